"""Are transitions the same in each step, and in each group? Log-likelihoods and their tests.

Notes
-----
Of people drawn one by one and counted once each, twice the difference of the log-likelihoods is
chi-squared [1]_. With sampling weights or a design it is not: it is then a weighted sum of
chi-squared variables, whose first two moments follow from the design-based covariance of the
probabilities; the statistic is scaled to them and compared with an F distribution [2]_ [3]_. The
unscaled difference is never tested then.

References
----------
.. [1] Anderson, T. W. & Goodman, L. A. (1957). Statistical inference about Markov chains.
   *Annals of Mathematical Statistics*, 28, 89–110. doi:10.1214/aoms/1177707039
.. [2] Rao, J. N. K. & Scott, A. J. (1984). On chi-squared tests for multiway contingency tables
   with cell proportions estimated from survey data. *Annals of Statistics*, 12, 46–60.
   doi:10.1214/aos/1176346391
.. [3] Lumley, T. & Scott, A. (2014). Tests for regression models fitted to survey data.
   *Australian & New Zealand Journal of Statistics*, 56, 1–14. doi:10.1111/anzs.12065
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from vendepunkt.numerics.markov.observed import ObservedTransitions
from vendepunkt.numerics.markov.observed_intervals import DesignOfPeople
from vendepunkt.terms import UsageError

Floats = NDArray[np.float64]

#: A test with a smaller p rejects.
REJECTED_UNDER = 0.05


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    """A smaller model against one transition table for each step and group.

    Attributes
    ----------
    kind : {"likelihood_ratio", "scaled"}
        ``"scaled"`` with weights or a design.
    statistic : float
        Twice the difference of the log-likelihoods; if scaled, brought to the mean of a
        chi-squared variable with `df` degrees of freedom.
    df : float
        Degrees of freedom; if scaled, the effective ones (not whole).
    df_denominator : float
        Of the F distribution that ``statistic / df`` is compared with; ``inf`` without a design.
    p_value : float
        Nan where there is nothing to test.
    """

    kind: Literal["likelihood_ratio", "scaled"]
    statistic: float
    df: float
    df_denominator: float
    p_value: float

    @property
    def rejected(self) -> bool:
        """Whether the smaller model is rejected at 5 %."""
        return self.p_value < REJECTED_UNDER


@dataclass(frozen=True, slots=True)
class ChainModel:
    """A Markov chain whose transition tables are shared by steps or groups, or by none.

    Attributes
    ----------
    by_step, by_group : bool
        Whether each step, and each group, has a table of its own.
    loglik : float
        Log-likelihood given the states at the start of each step; with weights a pseudo one, of
        weights scaled to mean 1.
    n_parameters : int
        Free probabilities in rows that somebody started from.
    probabilities : ndarray of shape (G, S, M, M)
        Fitted, for the steps tested; nan where nobody started.
    test : LikelihoodRatio or None
        Against a table for each step and group; None for that model itself.
    """

    by_step: bool
    by_group: bool
    loglik: float
    n_parameters: int
    probabilities: Floats
    test: LikelihoodRatio | None


def chain_models(
    found: ObservedTransitions,
    design: DesignOfPeople | None = None,
    *,
    steps: Sequence[int] | None = None,
) -> tuple[ChainModel, ...]:
    """Compare one table per step and group with fewer tables.

    Parameters
    ----------
    found : ObservedTransitions
        The transitions.
    design
        The sampling design of the people.
    steps : sequence of int, optional
        Which of ``found.steps``, by number; the steps from wave to wave if absent. One step from
        baseline tests whether the groups differ in it.

    Returns
    -------
    tuple of ChainModel
        The model with most tables first, each later one tested against it; those with one table
        for all steps only where there are several steps, likewise for groups. Equal tables over
        steps of unequal length are no constant rates: see
        :func:`vendepunkt.numerics.markov.observed_rates.fit_rates`.

    Raises
    ------
    UsageError
        With code ``bad_step``, if no step is named or known.

    Examples
    --------
    >>> from vendepunkt.numerics.markov.observed_counts import transitions_from_counts
    >>> found = transitions_from_counts([[[[30, 10], [5, 55]], [[20, 20], [10, 50]]]])
    >>> models = chain_models(found)
    >>> [(model.by_step, model.n_parameters) for model in models]
    [(True, 4), (False, 2)]
    >>> test = models[1].test
    >>> test.df, round(test.statistic, 3), round(test.p_value, 3)
    (2.0, 7.349, 0.025)
    """
    chosen = found.chain if steps is None else tuple(steps)
    if not chosen or not all(0 <= s < len(found.steps) for s in chosen):
        raise UsageError(
            "bad_step",
            "No step is named to test.",
            allowed=f"numbers from 0 to {len(found.steps) - 1}",
        )
    models = []
    for by_step, by_group in ((True, True), (False, True), (True, False), (False, False)):
        if (not by_step and len(chosen) == 1) or (not by_group and found.groups == 1):
            continue
        models.append(_model(found, chosen, design, by_step=by_step, by_group=by_group))
    return tuple(models)


def compare(
    found: ObservedTransitions,
    steps: Sequence[int],
    fitted: Floats,
    jacobian: Floats,
    df: float,
    design: DesignOfPeople | None = None,
) -> LikelihoodRatio:
    """Test fitted transition probabilities against one table per step and group.

    Parameters
    ----------
    found : ObservedTransitions
        The transitions.
    steps : sequence of int
        The steps of the likelihood, by number.
    fitted : ndarray of shape (G, S, M, M)
        Probabilities of the smaller model for these steps.
    jacobian : ndarray of shape (G·S·M·M, q)
        Their derivatives by its parameters.
    df : float
        Difference in the number of free parameters.
    design
        The sampling design of the people.
    """
    picked = list(steps)
    weighted = found.weighted[:, picked]
    difference = 2.0 * (
        log_likelihood(weighted, found.probabilities[:, picked]) - log_likelihood(weighted, fitted)
    )
    if design is None and not found.weights_matter:
        p_value = float(stats.chi2.sf(difference, df)) if df > 0 else math.nan
        return LikelihoodRatio("likelihood_ratio", difference, float(df), math.inf, p_value)
    inverse = np.zeros_like(fitted)
    np.divide(weighted.sum(axis=-1, keepdims=True), fitted, out=inverse, where=fitted > 0)
    weight = inverse.reshape(-1)
    apart = _residuals(_picked_covariance(found, picked, design), jacobian, weight)
    scaled = weight[:, None] * apart
    first, second = float(np.trace(scaled)), float((scaled * scaled.T).sum())
    if not (df > 0 and second > 0):
        return LikelihoodRatio("scaled", math.nan, 0.0, math.nan, math.nan)
    effective = first**2 / second
    freedom = _design_df(found, picked, design)
    statistic = difference / (second / first)
    p_value = float(
        stats.chi2.sf(statistic, effective)
        if math.isinf(freedom)
        else stats.f.sf(statistic / effective, effective, effective * freedom)
    )
    return LikelihoodRatio("scaled", statistic, effective, effective * freedom, p_value)


def log_likelihood(counts: Floats, probabilities: Floats) -> float:
    """Sum counts times the logarithm of their probabilities; empty cells add nothing.

    Examples
    --------
    >>> round(log_likelihood(np.array([3.0, 0.0]), np.array([0.5, 0.5])), 4)
    -2.0794
    """
    there = counts > 0
    with np.errstate(divide="ignore"):
        return float(counts[there] @ np.log(probabilities[there]))


def free_parameters(found: ObservedTransitions, steps: Sequence[int]) -> int:
    """Count the free probabilities of one table per step and group: rows with people only."""
    return int((found.n_origin[:, list(steps)] > 0).sum()) * (found.n_states - 1)


def _model(
    found: ObservedTransitions,
    steps: tuple[int, ...],
    design: DesignOfPeople | None,
    *,
    by_step: bool,
    by_group: bool,
) -> ChainModel:
    weighted = found.weighted[:, steps]
    over = tuple(axis for axis, own in ((0, by_group), (1, by_step)) if not own)
    shared = weighted.sum(axis=over, keepdims=True)
    total = shared.sum(axis=-1, keepdims=True)
    rows = np.full(shared.shape, np.nan)
    np.divide(shared, total, out=rows, where=total > 0)
    fitted = np.where(weighted.sum(axis=-1, keepdims=True) > 0, rows, np.nan)
    size = found.n_states
    n_parameters = int((total > 0).sum()) * (size - 1)
    scale = float(found.counts[:, steps].sum() / weighted.sum())
    loglik = scale * log_likelihood(weighted, fitted)
    test = None
    if over:
        # A cell that is empty everywhere adds nothing to the difference of the log-likelihoods.
        possible = np.broadcast_to((shared > 0).sum(axis=-1) - 1, found.n_origin[:, steps].shape)
        started = found.n_origin[:, steps] > 0
        df = int(possible[started].sum() - ((shared > 0).sum(axis=-1) - 1)[total[..., 0] > 0].sum())
        member = np.broadcast_to(np.arange(shared.size).reshape(shared.shape), weighted.shape)
        jacobian = np.zeros((weighted.size, shared.size))
        jacobian[np.arange(weighted.size), member.reshape(-1)] = 1.0
        test = compare(found, steps, np.nan_to_num(fitted), jacobian, df, design)
    return ChainModel(by_step, by_group, loglik, n_parameters, fitted, test)


def _residuals(covariance: Floats, jacobian: Floats, weight: Floats) -> Floats:
    """Give the covariance of what the smaller model leaves unexplained of the probabilities."""
    crossed = jacobian.T * weight
    explained = jacobian @ np.linalg.pinv(crossed @ jacobian, hermitian=True) @ crossed
    left = np.eye(len(weight)) - explained
    return np.asarray(left @ covariance @ left.T)


def _picked_covariance(
    found: ObservedTransitions, steps: list[int], design: DesignOfPeople | None
) -> Floats:
    cells = np.arange(found.counts.size).reshape(found.counts.shape)[:, steps].reshape(-1)
    return found.covariance(design)[np.ix_(cells, cells)]


def _design_df(
    found: ObservedTransitions, steps: list[int], design: DesignOfPeople | None
) -> float:
    if design is None or found.patterns is None:
        return math.inf
    taken = np.zeros(len(found.patterns.group), dtype=np.bool_)
    for s in steps:
        taken[found.patterns.step(found.steps[s], through_gaps=found.through_gaps)[0]] = True
    rows = found.patterns.row_to_pattern
    members = np.where((rows >= 0) & taken[rows], rows, -1).astype(np.int32)
    return float(design.variance(np.zeros((len(taken), 1)), members).df)
