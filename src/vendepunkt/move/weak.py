"""Intervals of transitions that rest on few people: a refit with a weak prior on the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import intervals
from vendepunkt.move.ground import Ground
from vendepunkt.move.smooth import Smooth, conditional, estimated
from vendepunkt.numerics.markov import MovementEstimates, fit_markov, movement_estimates

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: Pseudo-people in each cell of a row of transitions (Jeffreys' prior).
EACH = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Weak:
    """The same model under a weak prior.

    Attributes
    ----------
    estimates
        Its estimates.
    size
        Pseudo-people in each row of transitions.
    """

    estimates: MovementEstimates
    size: float

    def probability(self, ground: Ground, pair: tuple[int, int]) -> Floats:
        """Transition probabilities of the main groups between two waves, (G, G)."""
        start, end = pair
        if end == start + 1:
            classes = estimated(self.estimates, "steps")[start]
        else:
            classes = estimated(self.estimates, "first_last")
        joint = classes.weighted("kl,kg,lh->gh", ground.membership, ground.membership)
        return conditional(joint).value


def weak_prior(ground: Ground) -> Weak:
    """Fit the model again under a weak Dirichlet prior, from where it stands.

    References
    ----------
    Brown, L. D., Cai, T. T. & DasGupta, A. (2001). Interval estimation for a binomial proportion.
    Statistical Science, 16(2), 101–133. https://doi.org/10.1214/ss/1009213286

    Vermunt, J. K. & Magidson, J. (2016). Technical guide for Latent GOLD 5.1 (Bayes constants).
    Statistical Innovations.
    """
    fit, data = ground.model.fit, ground.material.data
    size = EACH * fit.classes
    again = fit_markov(
        data,
        fit.classes,
        transitions=fit.transitions_kind,
        form=fit.form,
        starts=1,
        seed=fit.seed,
        max_rounds=1,
        initial_state=fit.state,
        dirichlet=size,
    )
    # The refit puts its classes by size; the nearest profiles say which is which.
    again = again.reorder(nearest(fit.profiles, again.profiles))
    return Weak(movement_estimates(data, again), size)


def nearest(wanted: tuple[Floats, ...], found: tuple[Floats, ...]) -> list[int]:
    """Say which of the classes of `found` is each class of `wanted`, by their profiles."""
    from scipy.optimize import linear_sum_assignment

    apart = np.sum(
        [
            np.abs(one[:, :, None] - other[:, None, :]).mean(axis=0) / max(np.ptp(one), 1e-12)
            for one, other in zip(wanted, found, strict=True)
        ],
        axis=0,
    )
    return [int(place) for place in linear_sum_assignment(apart)[1]]


def effective_people(ground: Ground, probability: Smooth, people: Floats) -> Floats:
    """How many people, each placed for certain and counted alike, is each origin worth?

    By the standard error of staying, p(1 − p)/s², which counts unequal weights, clusters and that
    nobody is placed for certain; never more than `people`. Where nobody moves there is no such
    error, and people are worth their effective number times the certainty of their placing.

    Parameters
    ----------
    ground
        The model.
    probability
        Transition probabilities (G, G).
    people : (G,)
        People expected in each origin.
    """
    stay = np.diagonal(probability.value).copy()
    error = np.diagonal(probability.std_error(ground.covariance)).copy()
    worth = ground.material.n_effective / ground.material.n
    certain = people * worth * ground.model.criteria.accuracy
    known = np.isfinite(error) & (error > 0) & (stay > 0) & (stay < 1)
    by_error = np.divide(stay * (1 - stay), error**2, out=certain.copy(), where=known)
    return np.asarray(np.minimum(by_error, people), dtype=np.float64)


def weak_interval(
    estimate: Floats, under_prior: Floats, people: Floats, size: float, level: float
) -> tuple[Floats, Floats]:
    """Between which values does each transition probability of a small cell lie?

    The interval is that of the row's posterior: beta with as many people as the origin is worth and
    the prior adds, divided as in the refit. For states that are observed this is the binomial
    posterior under Jeffreys' prior. It is widened to hold the estimate.

    Parameters
    ----------
    estimate, under_prior : (G, G)
        The estimates, and those of the refit.
    people : (G,)
        What each origin is worth.
    size
        Pseudo-people in each row.
    level
        Confidence level.

    Examples
    --------
    >>> low, high = weak_interval(
    ...     np.array([[1.0, 0.0]]), np.array([[0.99, 0.01]]), np.array([49.0]), 1.0, 0.95
    ... )
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([[0.951, 0.0]], [[1.0, 0.049]])
    """
    from scipy import stats

    p = np.clip(under_prior, 1e-12, 1 - 1e-12)
    whole = (people + size)[:, None]
    tail = (1 - level) / 2
    low = stats.beta.ppf(tail, whole * p, whole * (1 - p))
    high = stats.beta.ppf(1 - tail, whole * p, whole * (1 - p))
    return np.minimum(low, estimate), np.maximum(high, estimate)


def transition_intervals(
    ground: Ground, pair: tuple[int, int], weak: Weak | None
) -> tuple[Smooth, Floats, Floats, Floats, npt.NDArray[np.str_]]:
    """Give transition probabilities of the main groups with errors and named intervals.

    Parameters
    ----------
    ground
        The model.
    pair
        The two waves.
    weak
        The refit under a weak prior; None gives small cells no interval.

    Returns
    -------
    probability, std_error, conf_low, conf_high, interval : (G, G)
        ``interval`` is ``logit``, ``dirichlet`` (small cell, weak prior), ``small`` (small cell,
        no interval), or empty.
    """
    level = ground.options.conf_level
    probability = conditional(ground.joint(pair))
    value = probability.value
    error = probability.std_error(ground.covariance)
    error = np.where((value > 0) & (value < 1) & (error > 0), error, np.nan)
    low, high = intervals.probability_interval(value, error, level, ground.model.errors.df)
    how = np.where(np.isfinite(low), "logit", "").astype("U9")
    small = small_transitions(ground, pair)
    if weak is not None and small.any():
        pooled = 1 if ground.model.fit.transitions_kind == "free" else len(ground.waves) - 1
        people = ground.shares().value[pair[0]] * ground.material.n * pooled
        lower, upper = weak_interval(
            value,
            weak.probability(ground, pair),
            effective_people(ground, probability, people),
            weak.size,
            level,
        )
        low, high = np.where(small, lower, low), np.where(small, upper, high)
        how[small] = "dirichlet"
    elif ground.options.dirichlet == 0:
        low, high = np.where(small, np.nan, low), np.where(small, np.nan, high)
        how[small] = "small"
    return probability, error, low, high, how


def small_transitions(ground: Ground, pair: tuple[int, int]) -> Bools:
    """Say which transitions between main groups (G, G) rest on too little."""
    probability = conditional(ground.joint(pair)).value
    if probability.shape[0] == 1:
        return np.zeros(probability.shape, dtype=bool)
    people = ground.cells(pair).expected.sum(axis=1)
    found = intervals.small_cells(probability, people[:, None])
    return np.asarray(found & np.isfinite(probability))
