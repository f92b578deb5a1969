"""What a reader with a pencil, or a computer, can find out about each hidden cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from vendepunkt.disclosure.rules import Rules
from vendepunkt.disclosure.system import CountSystem

_SLACK = 1e-6


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
    if system.equations.shape[0] and cells.size:
        seen = ~hidden | system.fixed
        free = system.equations[:, cells]
        right = -(system.equations[:, seen] @ system.counts[seen])
        for place in range(cells.size):
            low[place] = _extreme(free, right, place, sign=1)
            high[place] = _extreme(free, right, place, sign=-1)
    narrow = (high - low < rules.threshold) | (high < rules.threshold)
    return Audit(cells, low, high, cells[narrow])


def _extreme(free: sparse.csr_array, right: NDArray[np.float64], place: int, *, sign: int) -> float:
    size = free.shape[1]
    goal = np.zeros(size)
    goal[place] = sign
    answer = milp(
        goal,
        integrality=np.ones(size, np.int64),
        bounds=Bounds(0, np.inf),
        constraints=LinearConstraint(free, right, right),
    )
    if answer.x is None:  # HiGHS: 3 is unbounded, 4 unbounded or infeasible; the truth is feasible
        return np.inf if sign < 0 else 0.0
    found = float(answer.x[place])
    return float(np.ceil(found - _SLACK) if sign > 0 else np.floor(found + _SLACK))
