"""What a reader with a pencil, or a computer, can find out about each hidden cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from vendepunkt.disclosure.parts import extreme_table, parts
from vendepunkt.disclosure.rules import Rules
from vendepunkt.disclosure.system import CountSystem


@dataclass(frozen=True, slots=True)
class Audit:
    """The reader's interval of every hidden cell.

    Attributes
    ----------
    cells
        Positions of the hidden cells in the system, (h,).
    low, high
        The smallest and largest whole count that agrees with all that is shown, (h,); infinity
        where nothing bounds it.
    exposed
        Positions of the hidden cells whose interval is too narrow or stays too low.
    """

    cells: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    exposed: NDArray[np.int64]

    @property
    def safe(self) -> bool:
        """Whether every hidden cell stays unknown enough."""
        return self.exposed.size == 0


def audit(system: CountSystem, hidden: NDArray[np.bool_], rules: Rules) -> Audit:
    """Compute what the shown cells tell about each hidden one.

    For each hidden cell the smallest and the largest whole number is found that agrees with the
    shown cells and the equations. The cell is protected if this interval is at least as wide as
    the threshold and reaches the threshold or more.

    Parameters
    ----------
    system
        The counts and their equations.
    hidden
        Which cells are not shown, (m,).
    rules
        The threshold.

    Returns
    -------
    Audit
        The intervals, and the cells that are exposed.

    References
    ----------
    Fischetti, M., & Salazar-González, J.-J. (2001). Solving the cell suppression problem on
    tabular data with linear constraints. Management Science, 47(7), 1008–1027.
    https://doi.org/10.1287/mnsc.47.7.1008.9805

    Examples
    --------
    >>> from vendepunkt.disclosure import Rules, audit, of_table
    >>> import numpy as np
    >>> system = of_table([3, 40, 60])
    >>> audit(system, np.array([True, False, False, False]), Rules()).high
    array([3.])
    """
    cells = np.flatnonzero(hidden & ~system.fixed)
    low = np.zeros(cells.size)
    high = np.full(cells.size, np.inf)
    truth = system.counts[cells].astype(float)
    for part, piece in parts(system.equations, cells):
        known = piece @ truth[part]  # what is shown says what the hidden cells sum to
        for place, cell in enumerate(part):
            low[cell] = _bound(piece, known, place, truth[cell], sign=1)
            high[cell] = _bound(piece, known, place, truth[cell], sign=-1)
    narrow = (high - low < rules.threshold) | (high < rules.threshold)
    return Audit(cells, low, high, cells[narrow])


def _bound(
    piece: sparse.csr_array, known: NDArray[np.float64], place: int, truth: float, *, sign: int
) -> float:
    """Find the least (sign 1) or greatest (sign -1) whole number the cell can be."""
    goal = np.zeros(piece.shape[1])
    goal[place] = sign
    table, unbounded = extreme_table(piece, known, goal, (0.0, np.inf))
    if unbounded:
        return np.inf if sign < 0 else 0.0
    if table is None:  # without an answer the cell counts as found out
        return truth
    return float(table[place]) + 0.0
