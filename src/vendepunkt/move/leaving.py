"""Whose groups left most: the share of each group at the first wave that is not there later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import intervals
from vendepunkt.move.ground import Ground
from vendepunkt.move.parameters import Parameters, person_variance, person_weights
from vendepunkt.move.weak import weak_interval
from vendepunkt.numerics.markov import MarkovFit
from vendepunkt.numerics.markov.passes import run

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: Sequences that the derivative of the posterior is taken over; of more, so many by chance.
ENOUGH = 20_000
#: Pseudo-people of the interval of a small cell (Jeffreys' prior over lost and kept).
PSEUDO = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Leaving:
    """Shares lost since the first wave, by main group there and wave.

    Attributes
    ----------
    shares, std_error, conf_low, conf_high : (T, G)
        Of those asked at the first wave, by the wave at which they are not asked.
    interval : (T, G)
        ``logit``; ``dirichlet`` for small cells; empty for none.
    asked, n : (G,), (T, G)
        Unweighted people asked at the first wave: the smaller of those expected in and placed in
        the group; and of them those lost.
    p_value
        Of the groups losing alike by the last wave (Wald); None with one group or without errors.
    """

    shares: Floats
    std_error: Floats
    conf_low: Floats
    conf_high: Floats
    interval: npt.NDArray[np.str_]
    asked: Floats
    n: Floats
    p_value: float | None

    @property
    def most(self) -> int | None:
        """Which group lost most by the last wave; None where nobody was lost."""
        last = np.nan_to_num(self.shares[-1], nan=-1.0)
        return int(last.argmax()) if last.max() > 0 else None


def leaving(ground: Ground, asked: Bools) -> Leaving:
    """Who left, by the group at the first wave?

    The group is known by its posterior given all answers, so that a share is
    Σ w·lost·P(group | answers) / Σ w·P(group | answers) over those asked at the first wave. That is
    right where leaving hangs on the answers (missing at random); the error counts that the model is
    an estimate too.

    Parameters
    ----------
    ground
        The model.
    asked : (N, T)
        Who was asked when.
    """
    weights = person_weights(ground)
    base = weights * asked[:, 0]
    lost = ~asked & asked[:, [0]]
    first = ground.model.paths.smoothed[:, 0] @ ground.membership
    shares = _shares(ground, first, base, lost)
    error, p_value = _errors(ground, shares, first, base, lost)
    expected, kept = _people(ground, asked[:, 0], first)
    gone = np.array([_people(ground, lost[:, t], first)[0] for t in range(lost.shape[1])])
    worth = np.divide(
        shares * (1 - shares), error**2, out=np.broadcast_to(expected, shares.shape).copy(),
        where=error > 0,
    )  # fmt: skip
    level = ground.options.conf_level
    low, high = intervals.probability_interval(
        shares, np.where(error > 0, error, np.nan), level, ground.model.errors.df
    )
    how = np.where(np.isfinite(low), "logit", "").astype("U9")
    small = intervals.small_cells(shares, expected) & (np.arange(len(shares)) > 0)[:, None]
    small &= np.isfinite(shares) & ground.model.errors.identified
    safe = np.nan_to_num(shares)
    people = np.minimum(worth, expected)
    lower, upper = weak_interval(
        safe, (safe * people + PSEUDO / 2) / (people + PSEUDO), people, PSEUDO, level
    )
    return Leaving(
        shares=shares,
        std_error=np.where(error > 0, error, np.nan),
        conf_low=np.where(small, lower, low),
        conf_high=np.where(small, upper, high),
        interval=np.where(small, "dirichlet", how),
        asked=np.minimum(expected, kept),
        n=np.minimum(gone, [_people(ground, own, first)[1] for own in lost.T]),
        p_value=p_value,
    )


def leaving_rows(ground: Ground, found: Leaving) -> list[dict[str, Any]]:
    """Give a row per wave after the first and group."""
    return [
        {
            "wave": wave,
            "group": letter,
            "asked": float(found.asked[g]),
            "share_lost": float(found.shares[t, g]),
            "std_error": float(found.std_error[t, g]),
            "conf_low": float(found.conf_low[t, g]),
            "conf_high": float(found.conf_high[t, g]),
            "interval": str(found.interval[t, g]),
            "n": float(found.n[t, g]),
        }
        for t, wave in enumerate(ground.waves)
        if t > 0
        for g, letter in enumerate(ground.letters)
    ]


def _by_sequence(ground: Ground, values: Floats) -> Floats:
    """Add values of people (N, …) up by sequence, frequencies counted, (P, …)."""
    data = ground.material.data
    freq = None if ground.material.design is None else ground.material.design.freq
    each = values if freq is None else values * freq.reshape(-1, *[1] * (values.ndim - 1))
    kept = data.row_to_pattern >= 0
    out = np.zeros((data.n_patterns, *values.shape[1:]))
    np.add.at(out, data.row_to_pattern[kept], each[kept])
    return out


def _shares(ground: Ground, first: Floats, base: Floats, lost: Bools) -> Floats:
    total = _by_sequence(ground, base) @ first
    gone = _by_sequence(ground, base[:, None] * lost).T @ first
    out = np.full(gone.shape, np.nan)
    np.divide(gone, total, out=out, where=total > 0)
    return out


def _people(ground: Ground, mine: Bools, first: Floats) -> tuple[Floats, Floats]:
    """Count unweighted people of each group: expected, and placed there."""
    counts = _by_sequence(ground, (ground.material.used & mine).astype(np.float64))
    placed = np.bincount(ground.modal_groups()[:, 0], weights=counts, minlength=len(ground.letters))
    return np.asarray(counts @ first), placed.astype(np.float64)


def _errors(
    ground: Ground, shares: Floats, first: Floats, base: Floats, lost: Bools
) -> tuple[Floats, float | None]:
    """Give the errors (T, G), and the p-value of equal shares at the last wave."""
    none = np.full(shares.shape, np.nan)
    if not ground.model.errors.identified:
        return none, None
    sequence = ground.material.data.row_to_pattern
    kept = sequence >= 0
    own = np.zeros((len(sequence), first.shape[1]))
    own[kept] = first[sequence[kept]]
    total = _by_sequence(ground, base) @ first
    value = np.nan_to_num(shares)
    safe = np.where(total > 0, total, np.inf)
    values = base[:, None, None] * (lost[:, :, None] - value) * own[:, None, :] / safe
    parameters = Parameters.of(ground.material, ground.model)
    slope = parameters.gradient(_of_posterior(ground, base, lost, value, total))
    flat = values.reshape(len(values), -1)
    flat = flat + parameters.influence(slope, ground.material.weights)
    covariance = person_variance(ground, flat)
    if covariance is None:
        return none, None
    error = np.sqrt(np.diag(covariance).clip(min=0.0)).reshape(shares.shape)
    return error, _alike(shares[-1], covariance[-shares.shape[1] :, -shares.shape[1] :], ground)


def _of_posterior(ground: Ground, base: Floats, lost: Bools, shares: Floats, total: Floats) -> Any:
    """Say how the shares move with the posterior of the first group: a function of the fit.

    The derivative is a mean over sequences, and of very many a part drawn by chance will do.
    """
    data = ground.material.data
    weight = _by_sequence(ground, base[:, None] * lost)
    mine = _by_sequence(ground, base)
    made, where, grow = ground.model.fit.chain, np.arange(data.n_patterns), 1.0
    if data.n_patterns > ENOUGH:
        seed = [ground.options.seed, 41]
        # `part` draws the same sequences from the same seed.
        where = np.sort(np.random.default_rng(seed).choice(data.n_patterns, ENOUGH, replace=False))
        made = made.over(data.part(ENOUGH, np.random.default_rng(seed)))
        grow = data.n_patterns / ENOUGH
    safe = np.where(total > 0, total, np.inf)

    def of(fit: MarkovFit) -> Floats:
        found = run(made, fit.state, slice(0, len(where))).smoothed[:, 0].sum(axis=1)
        first = found @ ground.membership
        gone = weight[where].T @ first - shares * (mine[where] @ first)
        return np.asarray((grow * gone / safe).ravel())

    return of


def _alike(shares: Floats, covariance: Floats, ground: Ground) -> float | None:
    """Test that all groups lost the same share (Wald, F with the design's degrees of freedom)."""
    from scipy import stats

    count = len(shares) - 1
    if count < 1 or not np.isfinite(shares).all():
        return None
    contrast = np.column_stack([-np.ones(count), np.eye(count)])
    variance = contrast @ covariance @ contrast.T
    if np.linalg.matrix_rank(variance) < count:
        return None
    gap = contrast @ shares
    wald = float(gap @ np.linalg.solve(variance, gap))
    df = ground.model.errors.df
    if df is None:
        return float(stats.chi2.sf(wald, count))
    freedom = df - count + 1
    if freedom < 1:
        return None
    return float(stats.f.sf(wald / count * freedom / df, count, freedom))
