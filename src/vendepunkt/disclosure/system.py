"""A released table as a curious reader sees it: a system of linear equations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

#: Which sums of a table the reader gets, or can make: percentages that sum to 100 in each row
#: together with the row's n give the row's total.
Totals: TypeAlias = Literal["both", "rows", "columns", "none"]

_INTERIOR_COST: Final = 1.0
_MARGIN_COST: Final = 3.0
_TOTAL_COST: Final = 10.0


@dataclass(frozen=True, slots=True)
class CountSystem:
    """Counts of people, and the equations that everybody knows to hold between them.

    One table is a small such system. Several tables on the same people are a larger one: their
    cells side by side, their equations below each other, and an equation for each pair of cells
    that count the same people.

    Attributes
    ----------
    counts
        Unweighted counts, (m,).
    equations
        Sparse (e, m); ``equations @ counts == 0``.
    fixed
        Cells that are known without the table, such as structural zeros, (m,).
    costs
        What is lost when a cell is hidden, (m,).
    shape
        Shape of the table with its sums, for a system made of one.
    """

    counts: NDArray[np.int64]
    equations: sparse.csr_array
    fixed: NDArray[np.bool_]
    costs: NDArray[np.float64]
    shape: tuple[int, int]


def of_table(
    counts: ArrayLike, totals: Totals = "both", structural: ArrayLike | None = None
) -> CountSystem:
    """Write a table of counts as a system.

    Parameters
    ----------
    counts
        Unweighted counts without their sums, (rows, columns), or (columns,) for a single row.
    totals
        Which sums are released with them, or follow from released percentages and n: ``"both"``
        (and the sum of all), ``"rows"``, ``"columns"``, ``"none"``. A single row has one sum,
        released unless ``"none"``.
    structural
        Cells that are zero by definition, of the same shape.

    Returns
    -------
    CountSystem
        Its cells are the table's, row by row, each row's sum at its end and the columns' sums as
        the last row.
    """
    inside = np.asarray(counts, dtype=np.int64)
    zero = np.zeros(inside.shape, bool) if structural is None else np.asarray(structural, bool)
    if inside.ndim == 1:
        inside, zero = inside[None, :], zero[None, :]
        totals = "none" if totals == "none" else "rows"
    if (inside < 0).any() or (inside[zero] != 0).any():
        raise ValueError("Counts are at least 0, and 0 where they are so by definition.")
    with_rows, with_columns = totals in {"both", "rows"}, totals in {"both", "columns"}
    full, known = inside, zero
    if with_rows:
        full = np.hstack([full, full.sum(1, keepdims=True)])
        known = np.hstack([known, known.all(1, keepdims=True)])
    if with_columns:
        full = np.vstack([full, full.sum(0, keepdims=True)])
        known = np.vstack([known, known.all(0, keepdims=True)])
    shape = (full.shape[0], full.shape[1])
    cost = np.full(shape, _INTERIOR_COST)
    if with_rows:
        cost[:, -1] = _MARGIN_COST
    if with_columns:
        cost[-1, :] = _MARGIN_COST
    if totals == "both":
        cost[-1, -1] = _TOTAL_COST
    weight = np.log1p(full) / (2 * max(float(np.log1p(full.max(initial=1))), 1.0))
    return CountSystem(
        counts=full.ravel(),
        equations=_equations(shape, rows=with_rows, columns=with_columns),
        fixed=known.ravel(),
        costs=(cost * (1 + weight)).ravel(),
        shape=shape,
    )


def _equations(shape: tuple[int, int], *, rows: bool, columns: bool) -> sparse.csr_array:
    cells = np.arange(shape[0] * shape[1]).reshape(shape)
    lines = [*(cells if rows else ()), *(cells.T if columns else ())]
    matrix = np.zeros((len(lines), cells.size))
    for place, line in enumerate(lines):
        matrix[place, line[:-1]] = 1
        matrix[place, line[-1]] = -1
    return sparse.csr_array(matrix)
