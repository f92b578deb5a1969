"""Which cells to hide: those that are too small, and as few others as keep them unknown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vendepunkt.disclosure.audit import Audit, audit
from vendepunkt.disclosure.rules import Rules
from vendepunkt.disclosure.search import find_pattern
from vendepunkt.disclosure.system import CountSystem, Totals, of_table


@dataclass(frozen=True, slots=True)
class Protection:
    """Which cells of a table are hidden, and how well.

    Attributes
    ----------
    hidden
        The cells without sums, in the shape they were given.
    hidden_rows, hidden_columns
        The rows' sums, (rows,), and the columns' sums, (columns,); all False where not released.
    hidden_total
        The sum of all.
    primary
        How many cells are hidden because they are too small; the rest protects these.
    audit
        The reader's interval of every hidden cell.
    gap
        How far the pattern may be from the best one, as a share of what it hides; 0 when it is
        the best, None when the search ran out of time before it could say.
    """

    hidden: NDArray[np.bool_]
    hidden_rows: NDArray[np.bool_]
    hidden_columns: NDArray[np.bool_]
    hidden_total: bool
    primary: int
    audit: Audit
    gap: float | None

    @property
    def count(self) -> int:
        """How many cells are hidden, sums included."""
        return int(
            self.hidden.sum()
            + self.hidden_rows.sum()
            + self.hidden_columns.sum()
            + self.hidden_total
        )


def protect(
    counts: ArrayLike,
    rules: Rules,
    *,
    totals: Totals = "both",
    structural: ArrayLike | None = None,
    small: ArrayLike | None = None,
) -> Protection:
    """Decide which cells of a table are hidden so that none can be got back from the others.

    Hidden first is every count under the threshold, zeros included unless they are so by
    definition: a zero says that nobody in the row has the property, and a row with one filled
    category says it of everybody. Then as few further cells as possible are hidden so that every
    hidden cell, seen from all that is shown, keeps an interval at least as wide as the threshold
    that reaches the threshold.

    Parameters
    ----------
    counts
        Unweighted counts without sums, (rows, columns) or (columns,).
    rules
        The threshold.
    totals
        Which sums are released or follow from what is: ``"both"``, ``"rows"``, ``"columns"``,
        ``"none"``. Percentages and their base give counts back: a table of row percentages with n
        has ``"rows"``.
    structural
        Cells that are zero by definition.
    small
        Further cells that are too small for a reason the counts do not show, such as a modal
        count; same shape as `counts`.

    Returns
    -------
    Protection
        What to hide. If the search takes longer than ``rules.time_limit``, a safe pattern that may
        hide more than needed.

    Examples
    --------
    >>> from vendepunkt.disclosure import Rules, protect
    >>> protect([[3, 40], [20, 31]], Rules()).hidden
    array([[ True,  True],
           [ True,  True]])
    """
    shape = np.shape(counts)
    system = of_table(counts, totals, structural)
    primary = (system.counts < rules.threshold) & ~system.fixed
    if small is not None:
        primary |= _inside(small, system, shape)
    hidden, gap = find_pattern(system, primary, rules)
    whole = hidden.reshape(system.shape)
    rows, columns = _sides(shape)
    has_rows, has_columns = whole.shape[1] > columns, whole.shape[0] > rows
    return Protection(
        hidden=whole[:rows, :columns].reshape(shape),
        hidden_rows=whole[:rows, -1] if has_rows else np.zeros(rows, bool),
        hidden_columns=whole[-1, :columns] if has_columns else np.zeros(columns, bool),
        hidden_total=bool(has_rows and has_columns and whole[-1, -1]),
        primary=int(primary.sum()),
        audit=audit(system, hidden, rules),
        gap=gap,
    )


def _inside(small: ArrayLike, system: CountSystem, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    whole = np.zeros(system.shape, bool)
    rows, columns = _sides(shape)
    whole[:rows, :columns] = np.asarray(small, bool).reshape(rows, columns)
    return whole.ravel() & ~system.fixed


def _sides(shape: tuple[int, ...]) -> tuple[int, int]:
    return (1, shape[0]) if len(shape) == 1 else (shape[0], shape[1])
