"""One simulated two-class study per item type: answers, the engine's items, the twin's items.

A new member of the family is tested the moment it has a case here; `test_items.py` fails when the
family has a member without one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tests.twin import latent_class as twin

Real = NDArray[np.float64]

ITEMS = 4
SHARES = np.array([0.6, 0.4])
LOW, HIGH = np.array([0.55, 0.3, 0.15]), np.array([0.1, 0.25, 0.65])
JOINT = np.array(
    [
        [[0.36, 0.08], [0.09, 0.09], [0.09, 0.16]],
        [[0.14, 0.08], [0.14, 0.2], [0.18, 0.39]],
    ]
)  # margins of either class, before the association
LINK = np.array([[1.0, 1.0, 1.0], [1.0, 1.8, 0.6]])


@dataclass(frozen=True)
class Case:
    """What one type needs: its truth per class, a draw of answers, its twin.

    Attributes
    ----------
    truth
        Printed profile (M, 2) of every item.
    draw
        From a generator and the class of each row, answers (n,); pairs are coded a * B + b.
    shape
        The two numbers of categories of a pair, else zeros.
    values
        Distinct values when they are known beforehand (categories), else None.
    """

    truth: Real
    draw: Callable[[np.random.Generator, NDArray[np.int_]], Real]
    values: Real | None = None
    shape: tuple[int, int] = (0, 0)


def _categorical(table: Real) -> Case:
    def draw(rng: np.random.Generator, group: NDArray[np.int_]) -> Real:
        edge = np.cumsum(table, axis=0)[:-1, group]
        return (rng.random(group.size) > edge).sum(axis=0).astype(float)

    return Case(table, draw, np.arange(len(table), dtype=float))


def _pair() -> Case:
    cells = JOINT * LINK[:, :, None]
    cells = cells / cells.sum(axis=(0, 1))
    flat = _categorical(cells.reshape(6, 2))
    odds = np.log(cells[1:, 1:] * cells[:1, :1] / cells[1:, :1] / cells[:1, 1:])
    margins = np.vstack([cells.sum(axis=1), cells.sum(axis=0)])
    # The association must be the same in both classes: here it is built so by construction only
    # up to the margins, so the second class takes the first class's odds by proportional fitting.
    item = twin.Pair(np.zeros(1, dtype=int), np.zeros(1, dtype=int), (2, 3), 2)
    theta = item.invert(np.vstack([margins, np.repeat(odds[..., 0].reshape(2, 1), 2, axis=1)]))
    flat = _categorical(item.joint(theta).reshape(6, 2))
    return Case(item.profile(theta), flat.draw, np.arange(11, dtype=float), (2, 3))


def _ordinal() -> Real:
    item = twin.Ordinal(np.zeros(1, dtype=int), 4, 2)
    return np.asarray(item.profile(np.array([0.4, -0.5, -1.1, 1.5])))


CASES: dict[str, Case] = {
    "binary": _categorical(np.array([[0.8, 0.25], [0.2, 0.75]])),
    "nominal": _categorical(np.column_stack([LOW, HIGH])),
    "ordinal": _categorical(_ordinal()),
    "monotone": _categorical(np.column_stack([LOW, HIGH])),
    "count": Case(
        np.array([[1.0, 4.0]]), lambda rng, g: rng.poisson(np.array([1.0, 4.0])[g]).astype(float)
    ),
    "negbin": Case(
        np.array([[1.5, 7.0], [2.0, 2.0]]),
        lambda rng, g: rng.negative_binomial(2.0, 2.0 / (2.0 + np.array([1.5, 7.0])[g])) * 1.0,
    ),
    "continuous": Case(
        np.array([[-1.0, 1.0], [0.8, 0.8]]),
        lambda rng, g: np.round(rng.normal(np.array([-1.0, 1.0])[g], np.sqrt(0.8)), 3),
    ),
    "pair": _pair(),
}


def answers(kind: str, n: int = 900, missing: float = 0.1, seed: int = 11) -> Real:
    """Draw (n, ITEMS) answers; a share is missing, of pairs half the time one of the two."""
    group = (np.random.default_rng(seed).random(n) < SHARES[1]).astype(int)
    rng = np.random.default_rng([seed, 1 + sorted(CASES).index(kind)])  # types answer independently
    case = CASES[kind]
    table = np.column_stack([case.draw(rng, group) for _ in range(ITEMS)])
    gone = rng.random(table.shape) < missing
    if kind == "pair":
        part = np.where(rng.random(table.shape) < 0.5, 6 + table // 3, 8 + table % 3)
        table = np.where(rng.random(table.shape) < missing, part, table)
    table[gone] = np.nan
    return table


def coded(kind: str, column: Real) -> tuple[NDArray[np.int32], Real]:
    """Codes (-1 missing) and distinct values of one column of answers."""
    values = CASES[kind].values
    if values is None:
        values = np.unique(column[~np.isnan(column)])
    codes = np.searchsorted(values, np.nan_to_num(column, nan=values[0]))
    return np.where(np.isnan(column), -1, codes).astype(np.int32), values


def twin_item(kind: str, column: Real, classes: int = 2) -> twin.ItemModel:
    """The twin's model of one column of answers."""
    codes, values = coded(kind, column)
    if kind == "count":
        return twin.Count(column, classes)
    if kind == "negbin":
        return twin.NegativeBinomial(column, classes)
    if kind == "continuous":
        return twin.Continuous(column, classes)
    if kind == "ordinal":
        return twin.Ordinal(codes, len(values), classes)
    if kind == "pair":
        whole = codes.astype(int)
        first = np.select([whole < 0, whole < 6, whole < 8], [-1, whole // 3, whole - 6], -1)
        second = np.select([whole < 0, whole < 6, whole < 8], [-1, whole % 3, -1], whole - 8)
        return twin.Pair(first, second, (2, 3), classes)
    return twin.Nominal(codes, len(values), classes)
