"""Between items as people know them and items as the engine fits them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vendepunkt.data import Indicator
from vendepunkt.measure.material import Material
from vendepunkt.measure.patterns import Patterns, patterns
from vendepunkt.numerics import Item, LatentData
from vendepunkt.terms import UsageError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]
Pair = tuple[str, str]

#: Item types whose profile rows are categories.
CATEGORICAL = frozenset({"binary", "nominal", "ordinal", "monotone"})

#: Names of the profile rows of item types without categories.
MOMENTS = {"count": ("mean",), "negbin": ("mean", "dispersion"), "continuous": ("mean", "variance")}


@dataclass(frozen=True, slots=True)
class Engine:
    """The data of one model, collapsed, and the way back to the items.

    Attributes
    ----------
    data
        What the engine fits to.
    answers
        The answer patterns in the engine's numbering.
    names
        The items.
    engine_items
        Names of the one item, or of the two of a pair, behind each of the engine's items.
    pairs
        Pairs of items with a direct effect, which the engine sees as one item.
    to_items : (R, E)
        Which of the engine's profile rows each of the items' rows is: one 1 in each row. They
        differ where a pair stands in the place of its two items.
    sizes
        Number of profile rows of each item.
    """

    data: LatentData
    answers: Patterns
    names: tuple[str, ...]
    engine_items: tuple[tuple[str, ...], ...]
    pairs: tuple[Pair, ...]
    to_items: Floats
    sizes: tuple[int, ...]

    def profiles(self, fitted: Sequence[Floats]) -> tuple[Floats, ...]:
        """Give the items' profiles from the engine's."""
        stacked = self.to_items @ np.concatenate(list(fitted))
        return tuple(np.split(stacked, np.cumsum(self.sizes)[:-1]))

    def boundary(
        self, fitted: Sequence[npt.NDArray[np.bool_]]
    ) -> tuple[npt.NDArray[np.bool_], ...]:
        """Give the items' boundary marks from the engine's."""
        stacked = self.to_items @ np.concatenate([marks.astype(np.float64) for marks in fitted])
        return tuple(np.split(stacked > 0.5, np.cumsum(self.sizes)[:-1]))

    def covariance(self, fitted: Floats, classes: int) -> Floats:
        """Give the covariance of shares and items' profiles from the engine's."""
        taken = self.to_items.argmax(axis=1)
        rows = (classes + taken[:, None] * classes + np.arange(classes)).ravel()
        index = np.concatenate([np.arange(classes), rows])
        return np.asarray(fitted[np.ix_(index, index)], dtype=np.float64)

    def single(self, codes: Integers) -> Integers:
        """Give the items' codes (P, J), -1 for missing, from the engine's own.

        Parameters
        ----------
        codes : (P, E)
            The engine's items, where the number of values of an item stands for missing.
        """
        columns: dict[str, Integers] = {}
        for column, names in enumerate(self.engine_items):
            answers = codes[:, column]
            if len(names) == 1:
                size = self.data.items[column].n_values
                columns[names[0]] = np.where(answers == size, -1, answers).astype(np.int32)
                continue
            rows, wide = self.data.items[column].shape
            cells = rows * wide
            columns[names[0]] = np.select(
                [answers < cells, answers < cells + rows], [answers // wide, answers - cells], -1
            ).astype(np.int32)
            columns[names[1]] = np.select(
                [answers < cells, answers < cells + rows, answers < cells + rows + wide],
                [answers % wide, -1, answers - cells - rows],
                -1,
            ).astype(np.int32)
        return np.column_stack([columns[name] for name in self.names])


def engine(material: Material, pairs: Sequence[Pair] = (), *, kind: str | None = None) -> Engine:
    """Collapse the material to what one model is fitted to.

    Parameters
    ----------
    material
        The people and answers.
    pairs
        Items that depend on each other within classes; no item may be in two pairs.
    kind
        Item type for every ordered item (``"monotone"``), instead of the item's own.

    Raises
    ------
    UsageError
        With code ``"bad_pair"``.
    """
    chosen = _checked(material, pairs)
    items, columns = engine_items(material, chosen, kind=kind)
    data = LatentData.collapse(
        items,
        weights=None
        if material.weights is None
        else np.where(material.used, material.weights, 0.0),
        freq=material.freq,
        membership=_membership(material),
    )
    sizes = tuple(_rows(indicator) for indicator in material.indicators)
    return Engine(
        data=data,
        answers=patterns(material, data.row_to_pattern),
        names=material.names,
        engine_items=tuple(tuple(name for name, _ in parts) for parts in columns),
        pairs=tuple(chosen),
        to_items=_blocks(material, columns, sizes),
        sizes=sizes,
    )


def engine_items(
    material: Material, pairs: Sequence[Pair] = (), *, kind: str | None = None
) -> tuple[list[Item], list[list[tuple[str, Floats]]]]:
    """Give the engine's items, and for each of them its own items with their rows of its profile.

    Parameters
    ----------
    material
        The people and answers.
    pairs
        Items that become one, in the order of the items.
    kind
        As in :func:`engine`.
    """
    partner = dict(pairs) | {b: a for a, b in pairs}
    by_name = {item.name: item for item in material.indicators}
    items: list[Item] = []
    columns: list[list[tuple[str, Floats]]] = []
    for indicator in material.indicators:
        other = partner.get(indicator.name)
        if other is None:
            items.append(_item(indicator, kind))
            columns.append([(indicator.name, np.eye(_rows(indicator)))])
        elif (indicator.name, other) in pairs:
            items.append(_pair_item(indicator, by_name[other]))
            columns.append(_marginals(indicator, by_name[other]))
    return items, columns


def _item(indicator: Indicator, kind: str | None) -> Item:
    ordered = len(indicator.scores) > 0 and not np.isnan(indicator.scores).any()
    used = (
        kind if kind is not None and ordered and indicator.kind in CATEGORICAL else indicator.kind
    )
    return Item(used, indicator.codes, indicator.values)


def _pair_item(first: Indicator, second: Indicator) -> Item:
    """Join two items: cells where both are answered, then the margins where one is."""
    rows, columns = len(first.values), len(second.values)
    a, b = first.codes.astype(np.int64), second.codes.astype(np.int64)
    joint = np.select(
        [(a >= 0) & (b >= 0), a >= 0, b >= 0],
        [a * columns + b, rows * columns + a, rows * columns + rows + b],
        -1,
    )
    values = np.arange(rows * columns + rows + columns, dtype=np.float64)
    return Item("pair", joint.astype(np.int32), values, (rows, columns))


def _marginals(first: Indicator, second: Indicator) -> list[tuple[str, Floats]]:
    """Pick the items' own rows of a pair's profile; its last rows are log odds ratios."""
    rows, columns = len(first.values), len(second.values)
    width = rows + columns + (rows - 1) * (columns - 1)
    return [
        (first.name, np.eye(rows, width)),
        (second.name, np.eye(columns, width, k=rows)),
    ]


def _blocks(
    material: Material, columns: list[list[tuple[str, Floats]]], sizes: tuple[int, ...]
) -> Floats:
    first = dict(zip(material.names, np.cumsum((0, *sizes[:-1])).tolist(), strict=True))
    width = [parts[0][1].shape[1] for parts in columns]
    out = np.zeros((sum(sizes), sum(width)))
    start = 0
    for parts, wide in zip(columns, width, strict=True):
        for name, block in parts:
            out[first[name] : first[name] + block.shape[0], start : start + wide] = block
        start += wide
    return out


def _membership(material: Material) -> Floats | None:
    if material.covariates is None:
        return None
    # Rows not used have no answers, so the engine never looks at their covariates.
    return np.nan_to_num(material.covariates.matrix, nan=0.0)


def _rows(indicator: Indicator) -> int:
    return len(MOMENTS[indicator.kind]) if indicator.kind in MOMENTS else len(indicator.values)


def row_names(indicator: Indicator) -> tuple[str, ...]:
    """Name the rows of an item's profile: its categories, or mean and variance."""
    if indicator.kind in MOMENTS:
        return MOMENTS[indicator.kind]
    if len(indicator.categories) == len(indicator.values):
        return tuple(indicator.categories)
    return tuple(f"{value:g}" for value in indicator.values)


def _checked(material: Material, pairs: Sequence[Pair]) -> list[Pair]:
    names = material.names
    kinds = {item.name: item.kind for item in material.indicators}
    chosen: list[Pair] = []
    for a, b in pairs:
        for name in (a, b):
            if name not in names:
                raise UsageError(
                    "bad_pair", f"A direct effect names {name!r}.", allowed=", ".join(names)
                )
            if kinds[name] not in CATEGORICAL:
                raise UsageError(
                    "bad_pair",
                    f"A direct effect names {name}, which is {kinds[name]}.",
                    allowed="items with categories",
                )
        if a == b or any(name in pair for pair in chosen for name in (a, b)):
            raise UsageError(
                "bad_pair",
                f"The direct effect {a}–{b} uses an item twice.",
                allowed="each item in at most one pair",
            )
        first, second = sorted((a, b), key=names.index)
        chosen.append((first, second))
    return chosen
