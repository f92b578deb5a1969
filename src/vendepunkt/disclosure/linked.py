"""Several tables of the same people, protected as one: none gives away what another hides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from vendepunkt.disclosure.system import CountSystem

CELL: Final = 1.0
SUM: Final = 3.0


@dataclass(slots=True, eq=False)
class LinkedCounts:
    """Counts that are put together piece by piece: cells, sums of cells, and what is equal.

    A number that stands in two tables is one cell here, and a sum that any reader can make is a
    cell of its own, so that neither helps to find a hidden one. Pass it to
    :meth:`vendepunkt.disclosure.Door.linked`.

    Examples
    --------
    Two waves of two groups; the sums at both waves and the number who stayed are shown too.

    >>> from vendepunkt.disclosure import Door, LinkedCounts
    >>> linked = LinkedCounts()
    >>> moved = linked.cells([[40, 3], [20, 37]])
    >>> first = [linked.total(row) for row in moved]
    >>> last = [linked.total(column) for column in moved.T]
    >>> stayed = linked.total(moved.diagonal(), cost=1.0)
    >>> hidden, _ = Door().linked("movement", linked)
    >>> hidden[moved].tolist(), bool(hidden[stayed])
    ([[True, True], [True, True]], True)
    """

    _counts: list[int] = field(default_factory=list)
    _costs: list[float] = field(default_factory=list)
    _small: list[bool] = field(default_factory=list)
    _fixed: list[bool] = field(default_factory=list)
    _lines: list[tuple[list[int], int]] = field(default_factory=list)

    def cells(
        self,
        counts: ArrayLike,
        *,
        small: ArrayLike | None = None,
        structural: ArrayLike | None = None,
        cost: ArrayLike = CELL,
    ) -> NDArray[np.int64]:
        """Add cells.

        Parameters
        ----------
        counts
            Unweighted counts, any shape.
        small
            Cells too small for a reason the counts do not show, such as a modal count.
        structural
            Cells that are zero by definition.
        cost
            What is lost when one of them is hidden: one number, or one each.

        Returns
        -------
        ndarray of int64
            Their places, in the shape of `counts`.
        """
        inside = np.asarray(counts, dtype=np.int64)
        none = np.zeros(inside.shape, dtype=bool)
        less = none if small is None else np.asarray(small, dtype=bool)
        known = none if structural is None else np.asarray(structural, dtype=bool)
        if (inside < 0).any() or (inside[known] != 0).any():
            raise ValueError("Counts are at least 0, and 0 where they are so by definition.")
        start = len(self._counts)
        self._counts += inside.ravel().tolist()
        self._costs += np.broadcast_to(cost, inside.shape).astype(float).ravel().tolist()
        self._small += less.ravel().tolist()
        self._fixed += known.ravel().tolist()
        return np.arange(start, start + inside.size, dtype=np.int64).reshape(inside.shape)

    def total(self, parts: Iterable[int], *, small: bool = False, cost: float = SUM) -> int:
        """Add a cell that is the sum of others.

        Parameters
        ----------
        parts
            Places of its parts.
        small, cost
            As for :meth:`cells`.

        Returns
        -------
        int
            Its place.
        """
        inside = [int(place) for place in parts]
        fixed = all(self._fixed[place] for place in inside)
        count = sum(self._counts[place] for place in inside)
        (place,) = self.cells([count], small=[small], structural=[fixed and not count], cost=cost)
        self._lines.append((inside, int(place)))
        return int(place)

    def equal(self, parts: Iterable[int], place: int) -> None:
        """Say that a cell that is there already is the sum of others too.

        Raises
        ------
        ValueError
            If the counts say otherwise.
        """
        inside = [int(part) for part in parts]
        if sum(self._counts[part] for part in inside) != self._counts[place]:
            raise ValueError("The parts do not sum to the whole.")
        self._lines.append((inside, int(place)))

    @property
    def small(self) -> NDArray[np.bool_]:
        """Cells that are too small for a reason the counts do not show, (m,)."""
        return np.array(self._small, dtype=bool)

    def system(self) -> CountSystem:
        """Write everything as a system of linear equations."""
        size = len(self._counts)
        matrix = sparse.lil_array((len(self._lines), size))
        for line, (parts, place) in enumerate(self._lines):
            for part in parts:
                matrix[line, part] += 1.0
            matrix[line, place] -= 1.0
        counts = np.array(self._counts, dtype=np.int64)
        weight = np.log1p(counts) / (2 * max(float(np.log1p(counts.max(initial=1))), 1.0))
        return CountSystem(
            counts=counts,
            equations=sparse.csr_array(matrix),
            fixed=np.array(self._fixed, dtype=bool),
            costs=np.array(self._costs) * (1 + weight),
            shape=(1, size),
        )
