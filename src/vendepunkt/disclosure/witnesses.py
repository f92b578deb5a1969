"""Other tables that a reader cannot rule out: each one protects many hidden cells at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from vendepunkt.disclosure.parts import extreme_table, parts
from vendepunkt.disclosure.system import CountSystem

#: Tables sought for a whole part before its cells are looked at one by one.
_JOINT_TRIES = 4


class Witnesses:
    """Remembers tables that agree with what is shown, and says which hidden cells are exposed.

    The audit of a finished pattern computes two exact bounds per cell. During the search that is
    far too slow, and not needed: one table that differs from the true one in many cells shows for
    all of them that they are uncertain, and goes on doing so for every pattern that hides these
    cells.

    Parameters
    ----------
    system
        The counts and their equations.
    threshold
        How uncertain a cell must stay.
    """

    def __init__(self, system: CountSystem, threshold: int) -> None:
        self.system = system
        self.threshold = threshold
        self._found = np.zeros((1, system.counts.size), dtype=np.int64)
        self._low = self._high = self._found[0]
        self._random = np.random.default_rng(0)

    def exposed(self, hidden: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Give the positions of hidden cells for which no witness exists.

        Parameters
        ----------
        hidden
            Which cells are not shown, (m,).
        """
        cells = np.flatnonzero(hidden & ~self.system.fixed)
        valid = ~self._found[:, ~hidden | self.system.fixed].any(axis=1)
        self._low = self._found[valid].min(axis=0)
        self._high = self._found[valid].max(axis=0)
        if not self._unsure(cells).any():
            return cells[:0]
        for part, piece in parts(self.system.equations, cells):
            self._ask(cells, part, piece)
        alone = np.asarray(abs(self.system.equations[:, cells]).sum(axis=0)).ravel() == 0
        left: NDArray[np.int64] = cells[self._unsure(cells) & ~alone]
        return left

    def _ask(
        self, cells: NDArray[np.int64], part: NDArray[np.int64], piece: sparse.csr_array
    ) -> None:
        """Look for witnesses in one part: first for all its cells, then for each."""
        mine = cells[part]
        for _ in range(_JOINT_TRIES):
            unsure = self._unsure(mine)
            if not unsure.any():
                return
            self._look(
                mine, piece, np.where(unsure, self._random.choice((-1.0, 1.0), mine.size), 0)
            )
        for place in range(mine.size):
            for sign in (-1.0, 1.0):
                if self._unsure(mine[place : place + 1]).any():
                    goal = np.zeros(mine.size)
                    goal[place] = sign
                    self._look(mine, piece, goal)

    def _look(
        self, cells: NDArray[np.int64], piece: sparse.csr_array, goal: NDArray[np.float64]
    ) -> None:
        """Find the table that goes furthest along the goal; no cell moves beyond the threshold."""
        down = -np.minimum(self.system.counts[cells], self.threshold).astype(float)
        up = np.full(cells.size, float(self.threshold))
        moved, _ = extreme_table(piece, np.zeros(piece.shape[0]), goal, (down, up))
        if moved is not None and moved.any():
            witness = np.zeros((1, self.system.counts.size), dtype=np.int64)
            witness[0, cells] = moved
            self._found = np.vstack([self._found, witness])
            self._low = np.minimum(self._low, witness[0])
            self._high = np.maximum(self._high, witness[0])

    def _unsure(self, cells: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say which cells have no witness yet."""
        counts, t = self.system.counts[cells], self.threshold
        low, high = self._low[cells], self._high[cells]
        unsure: NDArray[np.bool_] = (high - low < t) | (counts + high < t)
        return unsure
