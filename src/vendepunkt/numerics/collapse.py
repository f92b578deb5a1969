"""Rows become distinct answer patterns with summed weights; the way back to rows is kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.items import FAMILY, Floats, ItemType, Membership
from vendepunkt.terms import DataError, UsageError

Codes = NDArray[np.int32]

#: A direct table of counts is used while it has at most this many cells.
DIRECT = 1 << 22


@dataclass(frozen=True, slots=True)
class Item:
    """The answers to one item as an array.

    Attributes
    ----------
    kind
        A key of :data:`vendepunkt.numerics.items.FAMILY`.
    codes
        ``(n,)`` index into `values` for each row, -1 where there is no answer.
    values
        ``(V,)`` the distinct values: 0, 1, … for categories, the count, or the measurement.
    shape
        Categories of the two items of a ``pair``; zeros otherwise.

    Examples
    --------
    >>> import numpy as np
    >>> Item("binary", np.array([0, 1, -1]), np.array([0.0, 1.0])).values
    array([0., 1.])
    """

    kind: str
    codes: Codes
    values: Floats
    shape: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        if self.kind not in FAMILY:
            raise UsageError(
                "unknown_item_type", f"The item type is {self.kind!r}.", allowed=", ".join(FAMILY)
            )
        if len(self.values) == 0:
            raise DataError("no_answers", "An item has no answer in the rows used.")


@dataclass(frozen=True, slots=True)
class LatentData:
    """What a latent class model sees of a survey.

    Attributes
    ----------
    items
        One bound item type for each item, in order.
    membership
        Class membership as an item over the distinct rows of covariates.
    codes
        ``(P, J + 1)`` for each pattern the row of covariates, then the value of each item; the
        number of values stands for a missing answer.
    weight
        ``(P,)`` summed weights, scaled to mean 1 over the rows used.
    weight_squared
        ``(P,)`` summed squares of the scaled weights.
    row_to_pattern
        ``(n_rows,)`` pattern of each row, -1 for rows without any answer.
    n
        Rows with an answer (with frequencies: their sum).
    n_empty
        Rows without any answer, left out.
    weighted_n
        Raw sum of weights over the rows used.
    scale
        What a raw weight was multiplied by.
    weighted
        Whether sampling weights were given, so that the log-likelihood is a pseudo one.
    freq
        ``(n_rows,)`` how many people a row stands for, or None.
    """

    items: tuple[ItemType, ...]
    membership: Membership
    codes: Codes
    weight: Floats
    weight_squared: Floats
    row_to_pattern: Codes
    n: float
    n_empty: float
    weighted_n: float
    scale: float
    weighted: bool
    freq: Floats | None = field(default=None, repr=False)
    row_weight: Floats | None = field(default=None, repr=False)

    @property
    def n_patterns(self) -> int:
        """Number of distinct patterns."""
        return len(self.weight)

    @property
    def n_rows(self) -> int:
        """Number of rows that came in, empty ones included."""
        return len(self.row_to_pattern)

    @property
    def totals(self) -> tuple[Floats, ...]:
        """Weighted answers of everybody by item, ``(V,)`` each."""
        return tuple(
            sums(self.codes[:, j + 1], self.weight, item.n_values + 1)[:-1]
            for j, item in enumerate(self.items)
        )

    def part(self, size: int, rng: np.random.Generator) -> LatentData:
        """Give the same model over `size` patterns drawn at random; it knows no rows."""
        kept = np.sort(rng.choice(self.n_patterns, size, replace=False))
        return replace(
            self,
            codes=np.ascontiguousarray(self.codes[kept]),
            weight=self.weight[kept],
            weight_squared=self.weight_squared[kept],
            row_to_pattern=np.zeros(0, dtype=np.int32),
            n=float(self.weight[kept].sum()),
            freq=None,
            row_weight=None,
        )

    @classmethod
    def collapse(
        cls,
        items: Sequence[Item],
        weights: Floats | None = None,
        freq: Floats | None = None,
        membership: Floats | None = None,
    ) -> LatentData:
        """Collapse rows to distinct patterns.

        Parameters
        ----------
        items
            At least one item, all over the same rows.
        weights
            ``(n,)`` sampling weights, 0 or more; scaled to mean 1 over the rows used, which are
            those with a weight over 0 and an answer.
        freq
            ``(n,)`` how many people each row stands for.
        membership
            ``(n, Q)`` design matrix of class membership with its constant; None for none.

        Raises
        ------
        DataError
            If no row has an answer, a weight is negative or not a number, or an item is constant.

        Examples
        --------
        >>> import numpy as np
        >>> item = Item("binary", np.array([0, 1, 1, -1]), np.array([0.0, 1.0]))
        >>> data = LatentData.collapse([item])
        >>> data.n, data.n_empty, data.n_patterns
        (3.0, 1.0, 2)
        """
        if not items:
            raise UsageError("no_items", "No item was given.", try_="--items a,b,c")
        design, design_row = distinct_rows(membership, len(items[0].codes))
        keys, pattern = distinct_patterns(
            [design_row, *(item.codes for item in items)],
            [len(design), *(len_of(item) for item in items)],
        )
        people = None if freq is None else checked_weights(freq, "freq")
        each = None if weights is None else checked_weights(weights, "weight")
        raw = product(people, each)
        if each is not None:
            # Nobody is counted who has no weight: such a row says nothing.
            people = product(people, (each > 0).astype(np.float64))
        missing = np.array([len_of(item) for item in items])
        answered = (keys[:, 1:] != missing).any(axis=1)
        counted = sums(pattern, people, len(keys))
        weight = sums(pattern, raw, len(keys))
        used = answered & (counted > 0)
        n, weighted_n = float(counted[used].sum()), float(weight[used].sum())
        if n <= 0 or weighted_n <= 0:
            raise DataError("no_answers", "No row has an answer to any of the items.")
        scale = n / weighted_n
        squared = sums(pattern, product(raw, each), len(keys))
        number = np.where(used, np.cumsum(used) - 1, -1).astype(np.int32)
        row_to_pattern = pattern if used.all() else number[pattern]
        if people is not None:
            row_to_pattern = np.where(people > 0, row_to_pattern, -1).astype(np.int32)
        return cls(
            items=tuple(FAMILY[item.kind](item.values, item.shape) for item in items),
            membership=Membership(design),
            codes=np.ascontiguousarray(keys[used]),
            weight=weight[used] * scale,
            weight_squared=squared[used] * scale**2,
            row_to_pattern=row_to_pattern,
            n=n,
            n_empty=float(counted[~answered].sum()),
            weighted_n=weighted_n,
            scale=scale,
            weighted=weights is not None,
            freq=None if freq is None else people,
            row_weight=each,
        )


def len_of(item: Item) -> int:
    """Give the number of distinct values of an item, sums of a pair included."""
    if item.kind == "pair":
        a, b = item.shape
        return a * b + a + b
    return len(item.values)


def sums(of: NDArray[np.integer[Any]], values: Floats | None, length: int) -> Floats:
    """Add up `values` (one each, if None) by the number in `of`."""
    return np.asarray(np.bincount(of, values, minlength=length), dtype=np.float64)


def product(one: Floats | None, other: Floats | None) -> Floats | None:
    """Multiply two columns of weights; None stands for ones."""
    if one is None or other is None:
        return one if other is None else other
    return one * other


def checked_weights(values: Floats, what: str) -> Floats:
    """Give a column of weights as numbers; refuse what is missing or negative."""
    array = np.asarray(values, dtype=np.float64)
    bad = np.flatnonzero(~np.isfinite(array) | (array < 0))
    if len(bad):
        rows = ", ".join(str(row + 1) for row in bad[:5])
        raise DataError(
            f"bad_{what}",
            f"The {what} is missing, negative or not a number in {len(bad)} rows (rows {rows}).",
            allowed="a number of 0 or more in every row",
        )
    return array


def distinct_rows(design: Floats | None, n_rows: int) -> tuple[Floats, Codes]:
    """Give the distinct rows of a design matrix and which of them each row has."""
    if design is None:
        return np.ones((1, 1)), np.zeros(n_rows, dtype=np.int32)
    rows, inverse = np.unique(np.asarray(design, dtype=np.float64), axis=0, return_inverse=True)
    return np.ascontiguousarray(rows), inverse.reshape(-1).astype(np.int32)


def distinct_patterns(columns: Sequence[Codes], sizes: Sequence[int]) -> tuple[Codes, Codes]:
    """Give the distinct patterns ``(P, J)`` and the pattern of each row.

    Each row becomes one number, digit by digit. While the numbers are few they are counted in a
    table and read back from their digits; when they would not fit, the rows so far are renumbered
    and counting goes on from there. A missing answer is the digit after the last value.
    """
    gaps = [int(column.min(initial=0)) < 0 for column in columns]
    bases = [size + gap for size, gap in zip(sizes, gaps, strict=True)]
    if math.prod(bases) <= min(DIRECT, 64 * len(columns[0]) + 4096):
        key = np.zeros(len(columns[0]), dtype=np.int32)
        for column, base, gap in zip(columns, bases, gaps, strict=True):
            _append(key, column, base, gap)
        space = math.prod(bases)
        present = np.flatnonzero(np.bincount(key, minlength=space))
        number = np.empty(space, dtype=np.int32)
        number[present] = np.arange(len(present))
        digits = np.column_stack(np.unravel_index(present, bases)).astype(np.int32)
        return np.ascontiguousarray(digits), number[key]
    long_key = np.zeros(len(columns[0]), dtype=np.int64)
    space = 1
    for column, base, gap in zip(columns, bases, gaps, strict=True):
        if space > (1 << 62) // base:
            _, long_key = np.unique(long_key, return_inverse=True)
            space = int(long_key.max()) + 1
        _append(long_key, column, base, gap)
        space *= base
    _, first, inverse = np.unique(long_key, return_index=True, return_inverse=True)
    patterns = np.column_stack(
        [
            np.where(column[first] < 0, size, column[first])
            for column, size in zip(columns, sizes, strict=True)
        ]
    )
    return np.ascontiguousarray(patterns.astype(np.int32)), inverse.astype(np.int32)


def _append(key: NDArray[Any], column: Codes, base: int, gap: bool) -> None:
    """Write one more digit to the number of each row."""
    key *= base
    key += column
    if gap:
        key += (column < 0) * key.dtype.type(base)
