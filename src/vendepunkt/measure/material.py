"""Indicators, weights and design as the arrays that classifiers work on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vendepunkt.data import Design, Indicator
from vendepunkt.measure.options import MeasureOptions
from vendepunkt.terms import DataError, UsageError

Floats = npt.NDArray[np.float64]

#: Items that are numbers: they form the classes but have no worst answer to be severe by.
NUMERIC = frozenset({"count", "negbin", "continuous"})
Integers = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Covariates:
    """What may explain who is in which class, one row per person.

    Attributes
    ----------
    names
        Terms, the intercept first.
    matrix : (n, Q)
        Design matrix; NaN where a covariate is missing.
    """

    names: tuple[str, ...]
    matrix: Floats


@dataclass(frozen=True, slots=True)
class Material:
    """The people and answers a measurement is made of, row by row.

    Attributes
    ----------
    indicators
        The items; a row that is not used has no answer in `codes`.
    codes : (n, J)
        Category numbers, -1 for missing and throughout for rows not used.
    used : (n,)
        Rows used: inside the population, weight over 0, at least one answer, and complete where
        asked for.
    weights : (n,) or None
        Sampling weights as they stand in the data.
    freq : (n,) or None
        Counts: a row stands for so many people.
    design
        The sampling design, with the rows used as its domain, or None.
    covariates
        What explains membership, or None.
    n, n_empty, n_incomplete, n_weightless
        People used; people without any answer; people dropped because an answer or a covariate
        is missing; people of weight 0, who stand for nobody.
    weighted_n
        Raw sum of the weights of the people used.
    n_effective
        (Σw)²/Σw² of the people used.
    """

    indicators: tuple[Indicator, ...]
    codes: Integers
    used: Bools
    weights: Floats | None
    freq: Floats | None
    design: Design | None
    covariates: Covariates | None
    n: float
    n_empty: float
    n_incomplete: float
    n_weightless: float
    weighted_n: float
    n_effective: float

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the items."""
        return tuple(indicator.name for indicator in self.indicators)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Dimension of each item; an item without one is a dimension of its own."""
        return tuple(indicator.dimension or indicator.name for indicator in self.indicators)

    @property
    def scores(self) -> tuple[Floats, ...]:
        """Category scores of each item, NaN where it has no order and none for a number."""
        return tuple(
            np.asarray([] if indicator.kind in NUMERIC else indicator.scores, dtype=np.float64)
            for indicator in self.indicators
        )

    def people(self) -> Floats:
        """How many people each row stands for, 0 for rows not used, (n,)."""
        each = np.ones(self.used.size) if self.freq is None else self.freq
        return np.where(self.used, each, 0.0)

    def scaled_weights(self) -> Floats:
        """Weights times counts, scaled so that they add to the people used, (n,)."""
        people = self.people()
        if self.weights is None:
            return people
        raw = people * np.where(self.used, self.weights, 0.0)
        return np.asarray(raw * (people.sum() / raw.sum()), dtype=np.float64)


def material(
    indicators: Sequence[Indicator],
    options: MeasureOptions,
    design: Design | None = None,
    covariates: Covariates | None = None,
    where: Bools | None = None,
) -> Material:
    """Check the indicators and say which rows are used.

    Parameters
    ----------
    indicators
        At least one item, all of one length, with different names.
    options
        Says whether rows with a missing answer are dropped.
    design
        Sampling design of all n rows.
    covariates
        Design matrix of all n rows; rows where it has a NaN are dropped and counted.
    where : (n,)
        Rows in the population of interest; the design keeps the others.

    Raises
    ------
    UsageError
        If there is no item, an item is named twice, or lengths differ.
    DataError
        If no row is left, or an item has fewer than two categories in use.
    """
    _check(indicators, design, where)
    codes = np.column_stack([np.asarray(item.codes, dtype=np.int32) for item in indicators])
    inside = np.ones(codes.shape[0], dtype=bool) if where is None else np.asarray(where, dtype=bool)
    freq = (
        None if design is None or design.freq is None else np.asarray(design.freq, dtype=np.float64)
    )
    weights = (
        None
        if design is None or design.weights is None
        else np.asarray(design.weights, dtype=np.float64)
    )
    people = inside * (np.ones(inside.size) if freq is None else freq)
    weightless = 0.0
    if weights is not None:
        weightless = float(people[weights == 0].sum())
        people = people * (weights > 0)
    answered = (codes >= 0).any(axis=1)
    complete = np.ones(inside.size, dtype=bool)
    if options.missing == "listwise":
        complete &= (codes >= 0).all(axis=1)
    if covariates is not None:
        complete &= np.isfinite(covariates.matrix).all(axis=1)
    used = inside & answered & complete & (people > 0)
    if not used.any():
        raise DataError(
            "no_rows",
            "No row is left to measure: "
            f"{int(people[~answered].sum())} have no answer at all, "
            f"{int(people[answered & ~complete].sum())} lack an answer or a covariate.",
            try_="--missing fiml, or other items",
        )
    raw = people * used if weights is None else people * used * np.where(used, weights, 0.0)
    spread = float((raw * (1.0 if weights is None else np.where(used, weights, 0.0))).sum())
    codes = np.where(used[:, None], codes, np.int32(-1)).astype(np.int32)
    _check_categories(indicators, codes)
    kept = tuple(_in_use(item, codes[:, column]) for column, item in enumerate(indicators))
    return Material(
        indicators=kept,
        codes=np.column_stack([item.codes for item in kept]),
        used=used,
        weights=weights,
        freq=freq,
        # What the design says of itself, such as its degrees of freedom, is of the rows used.
        design=design if design is None or used.all() else design.domain(used),
        covariates=covariates,
        n=float(people[used].sum()),
        n_empty=float(people[~answered].sum()),
        n_incomplete=float(people[answered & ~complete].sum()),
        n_weightless=weightless,
        weighted_n=float(raw.sum()),
        n_effective=float(raw.sum() ** 2 / spread),
    )


def _check(indicators: Sequence[Indicator], design: Design | None, where: Bools | None) -> None:
    if not indicators:
        raise UsageError("no_items", "No item is named.", try_="--items a,b,c")
    names = [indicator.name for indicator in indicators]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(
            "item_twice", f"Named twice: {', '.join(twice)}.", allowed="each item once"
        )
    rows = {indicator.name: len(indicator.codes) for indicator in indicators}
    expected = rows[names[0]]
    for name, length in rows.items():
        if length != expected:
            raise UsageError("lengths", f"{name} has {length} rows and {names[0]} has {expected}.")
    if design is not None and design.n != expected:
        raise UsageError(
            "lengths", f"The design has {design.n} rows and {names[0]} has {expected}."
        )
    if where is not None and len(where) != expected:
        raise UsageError("lengths", f"where has {len(where)} rows and {names[0]} has {expected}.")


def _in_use(indicator: Indicator, codes: Integers) -> Indicator:
    """Leave out categories that nobody used gave: only what occurs counts as a parameter."""
    present = np.flatnonzero(np.bincount(codes[codes >= 0]))
    number = np.full(int(codes.max()) + 1, -1, dtype=np.int32)
    number[present] = np.arange(present.size, dtype=np.int32)
    renumbered = np.where(codes >= 0, number[codes], np.int32(-1)).astype(np.int32)
    if present.size == len(indicator.values):
        return replace(indicator, codes=renumbered)
    labelled = len(indicator.categories) == len(indicator.values)
    gone = np.setdiff1d(np.arange(len(indicator.values)), present)
    return replace(
        indicator,
        codes=renumbered,
        values=indicator.values[present],
        scores=indicator.scores[present] if len(indicator.scores) else indicator.scores,
        categories=tuple(indicator.categories[v] for v in present)
        if labelled
        else indicator.categories,
        unused=(*indicator.unused, *(indicator.categories[v] for v in gone if labelled)),
    )


def _check_categories(indicators: Sequence[Indicator], codes: Integers) -> None:
    for column, indicator in enumerate(indicators):
        answers = codes[:, column]
        different = np.count_nonzero(np.bincount(answers[answers >= 0]))
        if different == 0:
            raise DataError(
                "item_empty",
                f"{indicator.name} has no answer in the rows used.",
                try_="leave it out of --items",
            )
        if different == 1:
            raise DataError(
                "item_constant",
                f"{indicator.name} has one and the same answer in all rows used.",
                allowed="items with two or more categories in use",
                try_="leave it out of --items",
            )
