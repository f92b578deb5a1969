"""Distinct answer patterns for classifiers that need no engine."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from vendepunkt.measure.material import Material

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Joint:
    """The joint answers to two items, among those who answered both.

    Attributes
    ----------
    observed : (V_i, V_j)
        Weighted counts.
    people
        Unweighted people.
    """

    observed: Floats
    people: float


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """People with equal answers, taken together.

    Attributes
    ----------
    codes : (P, J)
        The answers, -1 for missing.
    row_to_pattern : (n,)
        Pattern of each row, -1 for rows not used.
    weights, counts : (P,)
        Summed scaled weights, and people.
    tables
        Joint answers to pairs of items that were asked for already.
    """

    codes: Integers
    row_to_pattern: Integers
    weights: Floats
    counts: Floats
    tables: dict[tuple[int, int], Joint] = field(default_factory=dict, repr=False)

    def joint(self, i: int, j: int, rows: int, columns: int) -> Joint:
        """Count the joint answers to two items; each pair is counted once and kept."""
        if (i, j) not in self.tables:
            both = self.both(i, j)
            cell = self.codes[both, i].astype(np.int64) * columns + self.codes[both, j]
            counted = np.bincount(cell, weights=self.weights[both], minlength=rows * columns)
            table = counted.reshape(rows, columns).astype(np.float64)
            self.tables[i, j] = Joint(table, float(self.counts[both].sum()))
        return self.tables[i, j]

    def both(self, i: int, j: int) -> npt.NDArray[np.intp]:
        """Give the patterns in which both items are answered."""
        return np.flatnonzero((self.codes[:, i] >= 0) & (self.codes[:, j] >= 0))


def patterns(material: Material, row_to_pattern: Integers | None = None) -> Patterns:
    """Collapse the rows used to distinct answers.

    Parameters
    ----------
    material
        The people and answers.
    row_to_pattern : (n,)
        A collapsing made elsewhere (by the engine, which also tells covariates apart); None
        collapses on the answers alone.
    """
    if row_to_pattern is None:
        row_to_pattern = np.full(material.used.size, -1, dtype=np.int32)
        row_to_pattern[material.used] = _numbers(material.codes[material.used])
    used = row_to_pattern >= 0
    size = int(row_to_pattern.max()) + 1
    first = np.zeros(size, dtype=np.intp)
    # Written from the last row to the first, so that the first row of each pattern stays.
    rows = np.flatnonzero(used)[::-1]
    first[row_to_pattern[rows]] = rows

    def total(values: Floats) -> Floats:
        return np.bincount(row_to_pattern[used], weights=values[used], minlength=size).astype(
            np.float64
        )

    return Patterns(
        codes=material.codes[first],
        row_to_pattern=row_to_pattern,
        weights=total(material.scaled_weights()),
        counts=total(material.people()),
    )


def _numbers(codes: Integers) -> npt.NDArray[np.intp]:
    """Number equal rows alike: as digits of one number, renumbered before it grows too large."""
    key = np.zeros(codes.shape[0], dtype=np.int64)
    space = 1
    for column in codes.T:
        size = int(column.max()) + 2
        if space > (1 << 62) // size:
            distinct, key = np.unique(key, return_inverse=True)
            space = distinct.size
        key = key * size + column + 1
        space *= size
    return np.asarray(np.unique(key, return_inverse=True)[1].reshape(-1), dtype=np.intp)
