"""Transitions counted elsewhere: a register is counted in its database, not row by row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vendepunkt.numerics.markov.observed import ObservedTransitions, Step, checked_steps
from vendepunkt.terms import DataError, UsageError

Floats = NDArray[np.float64]


def transitions_from_counts(
    counts: ArrayLike,
    *,
    steps: Sequence[Step] | None = None,
    weighted: ArrayLike | None = None,
    squared: ArrayLike | None = None,
    through_gaps: bool = False,
) -> ObservedTransitions:
    """Take transitions that were counted elsewhere, such as by a database over a register.

    Parameters
    ----------
    counts : array_like of shape (G, S, M, M)
        People by group, step, state at the start and state at the end.
    steps : sequence of (int, int), optional
        The S pairs of waves; each wave to the next if absent.
    weighted, squared : array_like of shape (G, S, M, M), optional
        Sums of weights and of squared weights; both or neither.
    through_gaps : bool
        As in :func:`observed_transitions`.

    Returns
    -------
    ObservedTransitions
        Without influence values; people count as drawn one by one.

    Raises
    ------
    DataError
        With code ``bad_counts``.
    UsageError
        With code ``bad_step``.

    Examples
    --------
    >>> register = transitions_from_counts([[[[900_000, 100_000], [50_000, 450_000]]]])
    >>> register.probabilities[0, 0].tolist()
    [[0.9, 0.1], [0.1, 0.9]]
    """
    people = _table(counts, None)
    if (weighted is None) != (squared is None):
        raise UsageError(
            "bad_counts",
            "Sums of weights and of squared weights go together; one of the two is missing.",
        )
    total = people if weighted is None else _table(weighted, people.shape)
    squares = people if squared is None else _table(squared, people.shape)
    n_steps = people.shape[1]
    chosen = tuple((t, t + 1) for t in range(n_steps)) if steps is None else checked_steps(steps)
    if len(chosen) != n_steps:
        raise UsageError(
            "bad_step", f"There are {len(chosen)} steps.", allowed=f"{n_steps}, one for each table"
        )
    return ObservedTransitions(people.shape[-1], chosen, people, total, squares, through_gaps)


def tabulate(
    origin: ArrayLike,
    destination: ArrayLike,
    amount: ArrayLike,
    shape: tuple[int, int, int],
    *,
    step: ArrayLike | None = None,
    group: ArrayLike | None = None,
) -> Floats:
    """Lay out a long table of counts: one row for each kind of move that occurs.

    Parameters
    ----------
    origin, destination : array_like of int, shape (n,)
        States from 0; a row with a state of -1 is left out.
    amount : array_like of shape (n,)
        Its number of people, or sum of weights or of squared weights.
    shape : (int, int, int)
        Groups G, steps S and states M.
    step, group : array_like of int, shape (n,), optional
        Step and group of the row, from 0; all 0 if absent.

    Returns
    -------
    ndarray of shape (G, S, M, M)
        For :func:`transitions_from_counts`; rows of the same kind are summed.

    Raises
    ------
    DataError
        With code ``bad_counts`` if a code lies outside `shape`.

    Examples
    --------
    >>> tabulate([0, 0, 1], [0, 1, 1], [5, 2, 9], (1, 1, 2)).tolist()
    [[[[5.0, 2.0], [0.0, 9.0]]]]
    """
    groups, n_steps, size = shape
    begin, end = np.asarray(origin, dtype=np.int64), np.asarray(destination, dtype=np.int64)
    nought = np.zeros(len(begin), dtype=np.int64)
    when = nought if step is None else np.asarray(step, dtype=np.int64)
    who = nought if group is None else np.asarray(group, dtype=np.int64)
    known = (begin >= 0) & (end >= 0) & (who >= 0)
    limits = ((begin, size), (end, size), (when, n_steps), (who, groups))
    if any(((code < 0) | (code >= limit))[known].any() for code, limit in limits):
        raise DataError(
            "bad_counts",
            "A table of moves holds a state, step or group beyond those there are.",
            allowed=f"states 0 to {size - 1}, steps 0 to {n_steps - 1}, groups 0 to {groups - 1}",
        )
    cell = ((who * n_steps + when) * size + begin) * size + end
    amounts = np.asarray(amount, dtype=np.float64)[known]
    table = np.bincount(cell[known], amounts, minlength=groups * n_steps * size * size)
    return np.asarray(table.reshape(groups, n_steps, size, size), dtype=np.float64)


def _table(values: ArrayLike, shape: tuple[int, ...] | None) -> Floats:
    table = np.asarray(values, dtype=np.float64)
    right = table.ndim == 4 and table.shape[2] == table.shape[3]
    if not right or (shape is not None and table.shape != shape):
        raise DataError(
            "bad_counts",
            f"A table of moves has the shape {table.shape}.",
            allowed="groups × steps × states × states",
        )
    if not (np.all(np.isfinite(table)) and np.all(table >= 0)):
        raise DataError("bad_counts", "A table of moves holds what is no count.", allowed="0, 1, …")
    return table
