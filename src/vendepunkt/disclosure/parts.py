"""What is known about hidden cells, cut into pieces that have nothing to do with each other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csgraph

#: Status of HiGHS: unbounded, and "unbounded or infeasible"; the true table is always feasible.
UNBOUNDED = (3, 4)


def parts(
    equations: sparse.csr_array, cells: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], sparse.csr_array]]:
    """Split hidden cells into parts that share no equation.

    Parameters
    ----------
    equations
        Sparse (e, m).
    cells
        Positions of the hidden cells, (h,).

    Yields
    ------
    part
        Positions within `cells`; cells that stand in no equation are in no part.
    piece
        The equations between them.
    """
    free: sparse.csr_array = equations[:, cells]
    rows = free.shape[0]
    here, there = free.nonzero()
    ends = (here, there + rows)
    size = rows + free.shape[1]
    both = sparse.coo_array((np.ones(here.size), ends), shape=(size, size))
    count, label = csgraph.connected_components(both, directed=False)
    for name in range(count):
        part = np.flatnonzero(label[rows:] == name)
        lines = np.flatnonzero(label[:rows] == name)
        if part.size and lines.size:
            yield part, free[lines][:, part]


def extreme_table(
    piece: sparse.csr_array,
    known: NDArray[np.float64],
    goal: NDArray[np.float64],
    bounds: tuple[NDArray[np.float64] | float, NDArray[np.float64] | float],
) -> tuple[NDArray[np.float64] | None, bool]:
    """Find whole numbers x with ``piece @ x == known`` within bounds that minimise ``goal @ x``.

    Returns
    -------
    x
        The numbers, or None if there is no finite answer.
    unbounded
        Whether that is because the goal has no bound.
    """
    answer = milp(
        goal,
        integrality=np.ones(goal.size, np.int64),
        bounds=Bounds(*bounds),
        constraints=LinearConstraint(piece, known, known),
    )
    if answer.x is None:
        return None, answer.status in UNBOUNDED
    return np.rint(answer.x), False
