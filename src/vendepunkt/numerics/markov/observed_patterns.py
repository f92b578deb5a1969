"""People become distinct sequences of observed states; the way back to people is kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vendepunkt.numerics.collapse import checked_weights, distinct_patterns, sums
from vendepunkt.numerics.linearise.checks import row_list
from vendepunkt.terms import DataError

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Patterns:
    """The P distinct sequences of states.

    Attributes
    ----------
    codes : ndarray of shape (P, T)
        State at each wave, -1 where it is not known.
    group : ndarray of shape (P,)
        Group of those with this sequence.
    n_groups : int
        Number of groups.
    people, weight, squared : ndarray of shape (P,)
        How many have it, the sum of their weights and of their squared weights.
    row_to_pattern : ndarray of shape (N,)
        Sequence of each row; -1 for who has no weight or no group.
    """

    codes: Codes
    group: Codes
    n_groups: int
    people: Floats
    weight: Floats
    squared: Floats
    row_to_pattern: NDArray[np.int32]

    def step(self, step: tuple[int, int], *, through_gaps: bool) -> tuple[Codes, Codes, Codes]:
        """Give the patterns with an answer at both ends of a step, and the states there.

        Parameters
        ----------
        step
            Two waves.
        through_gaps
            Whether to take those only who gave no answer in between.
        """
        begin, end = self.codes[:, step[0]], self.codes[:, step[1]]
        there = (begin >= 0) & (end >= 0)
        if through_gaps:
            there &= (self.codes[:, step[0] + 1 : step[1]] < 0).all(axis=1)
        taken = np.flatnonzero(there)
        return taken, begin[taken], end[taken]


def collapse_states(
    states: ArrayLike,
    n_states: int,
    *,
    weights: ArrayLike | None = None,
    freq: ArrayLike | None = None,
    group: ArrayLike | None = None,
) -> Patterns:
    """Collapse people to distinct sequences of states.

    Parameters are those of :func:`vendepunkt.numerics.markov.observed.observed_transitions`.

    Raises
    ------
    DataError
        With code ``bad_states``, ``bad_group``, ``bad_weight``, ``bad_freq`` or ``no_answers``.

    Examples
    --------
    >>> collapse_states([[0, 1], [0, 1], [1, -1]], 2).codes.tolist()
    [[0, 1], [1, -1]]
    """
    codes = _whole(states, n_states, "bad_states", "A state")
    if codes.ndim != 2:
        raise DataError(
            "bad_states", f"States have the shape {codes.shape}.", allowed="people × waves"
        )
    rows = len(codes)
    member = np.zeros(rows, dtype=np.int64)
    if group is not None:
        member = _whole(group, None, "bad_group", "A group")
        if member.shape != (rows,):
            raise DataError(
                "bad_group", f"Groups have the shape {member.shape}.", allowed=f"{rows}"
            )
    n_groups = int(member.max(initial=0)) + 1
    each = np.ones(rows) if weights is None else _amounts(weights, rows, "weight")
    often = np.ones(rows) if freq is None else _amounts(freq, rows, "freq")
    columns = [np.ascontiguousarray(column, dtype=np.int32) for column in codes.T]
    sizes = [n_groups, *[n_states] * len(columns)]
    digits, pattern = distinct_patterns([member.astype(np.int32), *columns], sizes)
    counted = np.where((each > 0) & (member >= 0), often, 0.0)
    people = sums(pattern, counted, len(digits))
    used = people > 0
    if not used.any() or not (digits[used, 1:] < n_states).any():
        raise DataError("no_answers", "Nobody has a state at any wave.")
    number = np.where(used, np.cumsum(used) - 1, -1).astype(np.int32)
    known = digits[used, 1:].astype(np.int64)
    return Patterns(
        codes=np.where(known < n_states, known, -1),
        group=digits[used, 0].astype(np.int64),
        n_groups=n_groups,
        people=people[used],
        weight=sums(pattern, counted * each, len(digits))[used],
        squared=sums(pattern, counted * each**2, len(digits))[used],
        row_to_pattern=np.where(counted > 0, number[pattern], -1).astype(np.int32),
    )


def _whole(values: ArrayLike, limit: int | None, code: str, what: str) -> Codes:
    """Read codes: whole numbers from -1, under the limit."""
    given = np.asarray(values)
    if given.dtype.kind not in "iub":
        raise DataError(code, f"{what} is no whole number.", allowed="0, 1, …; -1 if not known")
    array = given.astype(np.int64)
    wrong = (array < -1) if limit is None else (array < -1) | (array >= limit)
    if wrong.any():
        rows = row_list(np.asarray(wrong.reshape(len(array), -1).any(axis=1)))
        top = "…" if limit is None else f"… {limit - 1}"
        raise DataError(
            code, f"{what} lies outside in {rows}.", allowed=f"0, 1, {top}; -1 if not known"
        )
    return array


def _amounts(values: ArrayLike, rows: int, what: str) -> Floats:
    array = checked_weights(np.asarray(values, dtype=np.float64), what)
    if array.shape != (rows,):
        raise DataError(
            f"bad_{what}", f"The {what} has the shape {array.shape}.", allowed=f"{rows}"
        )
    return array
