"""Intervals of transitions that rest on few people: a refit with a weak prior on the rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import intervals
from vendepunkt.move.ground import Ground
from vendepunkt.move.smooth import Smooth, conditional
from vendepunkt.numerics.markov import fit_markov, movement_estimates

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: Nearer than this to 0 or 1 a probability is held fixed in the information.
BOUNDARY = 1e-4
#: A refit with a share further off than this is another solution.
ANOTHER = 0.10
#: Pseudo-people in each cell of a row of transitions (Jeffreys' prior).
EACH = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Weak:
    """The same model under a weak prior.

    Attributes
    ----------
    ground
        The main groups with the estimates of the refit.
    size
        Pseudo-people in each row of transitions.
    """

    ground: Ground
    size: float


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """Probabilities with errors and intervals, each interval named.

    Attributes
    ----------
    estimate, std_error, conf_low, conf_high
        NaN where there is none.
    interval
        ``logit``; ``dirichlet`` (small cell: from the refit under a weak prior); ``small`` (small
        cell, no interval); or empty.
    """

    estimate: Floats
    std_error: Floats
    conf_low: Floats
    conf_high: Floats
    interval: npt.NDArray[np.str_]

    def row(self, *place: int) -> dict[str, float | str]:
        """Give one probability as columns of a table."""
        return {
            "estimate": float(self.estimate[place]),
            "std_error": float(self.std_error[place]),
            "conf_low": float(self.conf_low[place]),
            "conf_high": float(self.conf_high[place]),
            "interval": str(self.interval[place]),
        }


def weak_prior(ground: Ground) -> Weak | None:
    """Fit the model again under a weak Dirichlet prior, from where it stands.

    Returns
    -------
    Weak or None
        None where the refit ends in another solution: shares of groups that differ by more than
        :data:`ANOTHER`.

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
    estimates = movement_estimates(data, again)
    found = replace(ground, model=replace(ground.model, estimates=estimates))
    apart = float(np.abs(found.shares().value - ground.shares().value).max())
    return Weak(found, size) if apart <= ANOTHER else None


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


def transitions(ground: Ground, pair: tuple[int, int], weak: Weak | None) -> Named:
    """Give the transition probabilities of the main groups between two waves, (G, G).

    Parameters
    ----------
    ground
        The model.
    pair
        The two waves.
    weak
        The refit under a weak prior; None gives small cells no interval.
    """
    probability = conditional(ground.joint(pair))
    small = small_transitions(ground, pair)
    under = None if weak is None else conditional(weak.ground.joint(pair)).value
    worth = np.broadcast_to(_worth_of_origins(ground, probability, pair)[:, None], small.shape)
    return _named(ground, probability, small, weak, under, worth)


def shares(
    ground: Ground, weak: Weak | None, of: Callable[[Ground], Smooth], people: Floats | float
) -> Named:
    """Give shares of everybody with named intervals.

    Parameters
    ----------
    ground, weak
        The model, and its refit.
    of
        Takes the shares from a model.
    people
        Unweighted people that the shares are of, of a shape that broadcasts.
    """
    share = of(ground)
    value = share.value
    reached = value if weak is None else np.maximum(value, of(weak.ground).value)
    # What cannot be at all (no move is sideways) is no small cell; nor is everybody.
    possible = (reached > 0) & (value < 1)
    small = intervals.small_cells(value, np.asarray(people)) & possible
    under = None if weak is None else of(weak.ground).value
    everybody = np.full(value.shape, ground.material.n)
    return _named(ground, share, small, weak, under, _worth(ground, share, everybody))


def _named(
    ground: Ground,
    found: Smooth,
    small: Bools,
    weak: Weak | None,
    under: Floats | None,
    worth: Floats,
) -> Named:
    value, level = found.value, ground.options.conf_level
    error = found.std_error(ground.covariance)
    # At the boundary an estimate is held and has no error.
    inside = (value > BOUNDARY) & (value < 1 - BOUNDARY) & (error > 0)
    error = np.where(inside, error, np.nan)
    low, high = intervals.probability_interval(value, error, level, ground.model.errors.df)
    how = np.where(np.isfinite(low), "logit", "").astype("U9")
    if weak is not None and under is not None:
        lower, upper = weak_interval(value, under, worth, weak.size, level)
        low, high = np.where(small, lower, low), np.where(small, upper, high)
        how = np.where(small, "dirichlet", how)
    elif ground.options.dirichlet == 0:
        low, high = np.where(small, np.nan, low), np.where(small, np.nan, high)
        how = np.where(small, "small", how)
    return Named(value, error, low, high, how)


def _worth_of_origins(ground: Ground, probability: Smooth, pair: tuple[int, int]) -> Floats:
    """How many people, each placed for certain and counted alike, is each origin worth? (G,).

    By the standard error of staying.
    """
    stay = Smooth(
        np.diagonal(probability.value).copy(), np.einsum("ggp->gp", probability.gradient).copy()
    )
    pooled = ground.pooled_steps(pair)
    people = ground.shares().value[pooled].sum(axis=0) * ground.material.n
    return _worth(ground, stay, people)


def _worth(ground: Ground, found: Smooth, people: Floats) -> Floats:
    """How many people, each placed for certain and counted alike, does a probability rest on?

    p(1 − p)/s², which counts unequal weights, clusters and that nobody is placed for certain; never
    more than `people`. Where there is no error, people are worth their effective number times the
    certainty of their placing.
    """
    value, error = found.value, found.std_error(ground.covariance)
    worth = ground.material.n_effective / ground.material.n
    certain = people * worth * ground.model.criteria.accuracy
    known = (error > 0) & (value > BOUNDARY) & (value < 1 - BOUNDARY)
    by_error = np.divide(value * (1 - value), error**2, out=certain.copy(), where=known)
    return np.asarray(np.minimum(by_error, people), dtype=np.float64)


def weak_interval(
    estimate: Floats, under_prior: Floats, people: Floats, size: float, level: float
) -> tuple[Floats, Floats]:
    """Between which values does each probability of a small cell lie?

    The interval is that of the posterior: beta with as many people as the probability rests on and
    the prior adds, divided as in the refit. For states that are observed this is the binomial
    posterior under Jeffreys' prior. It is widened to hold the estimate.

    Parameters
    ----------
    estimate, under_prior
        The estimates, and those of the refit.
    people
        What each rests on, of the same shape.
    size
        Pseudo-people in each row.
    level
        Confidence level.

    Examples
    --------
    >>> low, high = weak_interval(
    ...     np.array([1.0, 0.0]), np.array([0.99, 0.01]), np.array([49.0, 49.0]), 1.0, 0.95
    ... )
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.95, 0.0], [1.0, 0.05])
    """
    from scipy import stats

    p = np.clip(under_prior, 1e-12, 1 - 1e-12)
    whole = people + size
    tail = (1 - level) / 2
    low = stats.beta.ppf(tail, whole * p, whole * (1 - p))
    high = stats.beta.ppf(1 - tail, whole * p, whole * (1 - p))
    return np.minimum(low, estimate), np.maximum(high, estimate)


def small_transitions(ground: Ground, pair: tuple[int, int]) -> Bools:
    """Say which transitions between main groups (G, G) rest on too little.

    Where one matrix holds for all steps, a transition rests on the people of all of them.
    """
    probability = conditional(ground.joint(pair)).value
    if probability.shape[0] == 1:
        return np.zeros(probability.shape, dtype=bool)
    steps = [(t, t + 1) for t in ground.pooled_steps(pair)]
    own = steps if pair[1] == pair[0] + 1 else [pair]
    people = np.sum([ground.cells(step).expected.sum(axis=1) for step in own], axis=0)
    found = intervals.small_cells(probability, people[:, None])
    return np.asarray(found & np.isfinite(probability))
