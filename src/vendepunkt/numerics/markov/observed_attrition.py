"""How many are missing at each wave, by group, and how sure is that?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vendepunkt.numerics.errors import Influence
from vendepunkt.numerics.markov.observed_intervals import (
    DesignOfPeople,
    ShareIntervals,
    share_intervals,
)
from vendepunkt.numerics.markov.observed_patterns import Patterns, collapse_states
from vendepunkt.terms import choose

Floats = NDArray[np.float64]

#: Who could be missing, by name.
BASES: Final[Mapping[str, str]] = {
    "everybody": "all rows, whether they ever answered or not",
    "first": "those who answered at the first wave",
}


@dataclass(frozen=True, slots=True)
class Attrition:
    """Shares missing by group and wave.

    Attributes
    ----------
    base : str
        A key of :data:`BASES`.
    people : ndarray of shape (G,)
        Of each group in the base; unweighted.
    missing : ndarray of shape (G, T)
        Of them, how many have no state at each wave; unweighted.
    shares : ndarray of shape (G, T)
        Weighted share without a state; nan for a group without people.
    intervals : ShareIntervals
        ``std_errors``, ``low``, ``high`` and ``interval`` of shape (G, T); none at the first wave
        where the base is ``"first"``, when nobody is missing by definition.
    influence : Influence
        Of people on the shares, groups × waves, waves fastest.
    covariance : ndarray of shape (G·T, G·T)
        Of the shares, for differences between groups and waves.
    """

    base: str
    people: Floats
    missing: Floats
    shares: Floats
    intervals: ShareIntervals
    influence: Influence = field(repr=False)
    covariance: Floats = field(repr=False)


def attrition(
    states: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    freq: ArrayLike | None = None,
    group: ArrayLike | None = None,
    base: str = "everybody",
    design: DesignOfPeople | None = None,
    level: float = 0.95,
) -> Attrition:
    """How many are missing at each wave?

    Parameters
    ----------
    states : array_like of int, shape (N, T)
        State of each person at each wave; -1 where it is not known. Only that is looked at.
    weights, freq, group
        As in :func:`vendepunkt.numerics.markov.observed.observed_transitions`. With the state at
        the first wave as group, the table says who drops out.
    base : {"everybody", "first"}
        Who could be missing.
    design
        The sampling design of the people; without one they count as drawn one by one.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Attrition

    Raises
    ------
    UsageError
        With code ``not_allowed`` or ``level``.
    DataError
        As :func:`~vendepunkt.numerics.markov.observed.observed_transitions`, and if the design has
        no variance for a group.

    Examples
    --------
    >>> lost = attrition([[0, 1], [1, -1], [0, -1], [1, 0]], group=[0, 0, 1, 1])
    >>> lost.shares.tolist(), lost.missing.tolist()
    ([[0.0, 0.5], [0.0, 0.5]], [[0.0, 1.0], [0.0, 1.0]])
    """
    choose(base, tuple(BASES), "base")
    known = np.asarray(states)
    if known.dtype.kind in "iub":
        # Which state does not matter, and sequences become few.
        known = np.minimum(known, 0)
    found = collapse_states(known, 1, weights=weights, freq=freq, group=group)
    inside = np.ones(len(found.group), dtype=np.bool_)
    if base == "first":
        inside = found.codes[:, 0] >= 0
    gone = (found.codes < 0).astype(np.float64)
    members = (found.group[:, None] == np.arange(found.n_groups)) & inside[:, None]
    weighted = (members.T * found.weight) @ gone
    total = members.T @ found.weight
    shares = _over(weighted, total[:, None])
    values = members[:, :, None] * (gone[:, None, :] - np.nan_to_num(shares))
    values = _over(values, total[:, None], empty=0.0)
    rows = np.where(inside[found.row_to_pattern], found.row_to_pattern, -1)
    rows = np.where(found.row_to_pattern < 0, -1, rows).astype(np.int32)
    waves = found.codes.shape[1]
    flat = values.reshape(len(found.group), -1)
    people = np.asarray(members.T @ found.people, dtype=np.float64)
    variances, df, covariance = _variances(found, flat, rows, members, design)
    squared = members.T @ found.squared
    effective = _over(total**2, squared, empty=0.0)
    by_definition = np.zeros(shares.shape, dtype=np.bool_)
    by_definition[:, 0] = base == "first"
    intervals = _two_sided(shares, variances, people, effective, df, by_definition, level)
    names = tuple(
        f"group {g + 1} wave {t + 1} missing" for g in range(found.n_groups) for t in range(waves)
    )
    return Attrition(
        base,
        people,
        (members.T * found.people) @ gone,
        shares,
        intervals,
        Influence(flat, rows, names),
        covariance,
    )


def _variances(
    found: Patterns,
    values: Floats,
    rows: NDArray[np.int32],
    members: NDArray[np.bool_],
    design: DesignOfPeople | None,
) -> tuple[Floats, Floats, Floats]:
    """Give variances (G, T), degrees of freedom (G,) and the covariance of all."""
    groups = members.shape[1]
    if design is None:
        covariance = np.asarray((values * found.squared[:, None]).T @ values)
        df = np.full(groups, np.inf)
    else:
        covariance = design.variance(values, rows).covariance
        df = np.full(groups, np.nan)
        for g in range(groups):
            own = np.where((rows >= 0) & members[rows, g], rows, -1).astype(np.int32)
            if (own >= 0).any():
                df[g] = design.variance(np.zeros((len(values), 1)), own).df
    return np.diag(covariance).reshape(groups, -1), df, covariance


def _two_sided(
    shares: Floats,
    variances: Floats,
    people: Floats,
    effective: Floats,
    df: Floats,
    by_definition: NDArray[np.bool_],
    level: float,
) -> ShareIntervals:
    """Give intervals of shares missing, each with its complement as a set that sums to 1."""
    sets = np.stack([shares, 1.0 - shares], axis=-1)
    sets[by_definition] = np.nan
    both = np.stack([variances, variances], axis=-1)
    wide = [np.broadcast_to(each[:, None], shares.shape) for each in (people, effective, df)]
    found = share_intervals(sets, both, *wide, level=level)
    errors = np.where(np.isfinite(shares), found.std_errors[..., 0], np.nan)
    return ShareIntervals(
        errors,
        found.low[..., 0],
        found.high[..., 0],
        found.interval[..., 0],
        found.effective_n,
        found.df,
        level,
    )


def _over(part: Floats, whole: Floats, empty: float = np.nan) -> Floats:
    out = np.full(np.broadcast_shapes(part.shape, whole.shape), empty)
    np.divide(part, whole, out=out, where=whole > 0)
    return out
