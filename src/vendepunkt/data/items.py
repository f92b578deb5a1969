"""Indicators: what a study says of an item, and the codes the engine sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from vendepunkt.data.formats import Value
from vendepunkt.terms import DataError, Notice, UsageError, choose

if TYPE_CHECKING:
    import numpy.typing as npt

#: Kinds of item that can be asked for; "" takes the answers as unordered categories.
ITEM_KINDS: Final = (
    "binary", "nominal", "ordinal", "monotone", "count", "negbin", "continuous",
)  # fmt: skip
NUMERIC_KINDS: Final = ("count", "negbin", "continuous")

#: ``missing=REST``: every answer that `order` does not list is missing.
REST: Final = "rest"


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """What a study says of an item.

    Recodes are done in this order: `map`, `merge`, `missing`, `order`, `reverse`, `scores`.
    Answers are named by label or by code.

    Attributes
    ----------
    name
        Name of the item in tables and figures.
    columns
        Its columns; several when a question was asked in different versions and each person
        answered at most one of them. Empty means the column called `name`.
    dimension
        The dimension it belongs to.
    kind
        ``binary nominal ordinal monotone count negbin continuous``; empty for unordered
        categories, whatever the guessed kind of the variable.
    order
        Categories from good to bad. Labels of merged answers may be listed singly. For counts
        and continuous items ``("low", "high")`` or ``("high", "low")`` says which end is good.
    merge
        Answers to be one category: ``{"often": ["weekly", "daily"]}``, or a list of lists, named
        by joining their labels.
    map
        Answer to category name, for answers that are to be called otherwise.
    missing
        Answers that are missing; ``("rest",)`` for all that `order` does not list.
    scores
        Score of each category from 0 best to 1 worst, in the order of `order` or by name; equal
        steps unless given.
    reverse
        Turns the order round.
    label
        The question, where the file's own label will not do.

    Examples
    --------
    >>> ItemDefinition("trust", order=("can trust", "depends", "cannot trust")).columns
    ()
    """

    name: str
    columns: tuple[str, ...] = ()
    dimension: str = ""
    kind: str = ""
    order: tuple[Value, ...] = ()
    merge: Mapping[str, Sequence[Value]] | Sequence[Sequence[Value]] = ()
    map: Mapping[Value, str] = field(default_factory=dict)
    missing: tuple[Value, ...] = ()
    scores: Mapping[str, float] | Sequence[float] = ()
    reverse: bool = False
    label: str = ""

    @classmethod
    def from_options(cls, name: str, options: Mapping[str, Any]) -> ItemDefinition:
        """Read a definition from the table ``[items.NAME]`` of a study.

        Parameters
        ----------
        name
            Name of the item.
        options
            Keys as the attributes; `column` for one column and `type` for the kind as well.

        Raises
        ------
        UsageError
            When a key or a kind is not known.

        Examples
        --------
        >>> ItemDefinition.from_options("net", {"column": "q5", "type": "ordinal"}).columns
        ('q5',)
        """
        given = dict(options)
        if "column" in given:
            given["columns"] = [given.pop("column"), *given.get("columns", ())]
        if "type" in given:
            given["kind"] = given.pop("type")
        allowed = tuple(cls.__dataclass_fields__)[1:]
        for key in given:
            choose(key, (*allowed, "column", "type"), f"the key of item {name!r}")
        if given.get("kind"):
            choose(given["kind"], ITEM_KINDS, f"type of item {name!r}")
        for key in ("columns", "order", "missing"):
            if key in given:
                value = given[key]
                given[key] = (value,) if isinstance(value, (str, int, float)) else tuple(value)
        return cls(name, **given)


@dataclass(frozen=True, slots=True, repr=False)
class Indicator:
    """An item as the engine sees it.

    Attributes
    ----------
    name, label, dimension
        As defined.
    kind
        ``binary nominal ordinal monotone count negbin continuous``.
    codes
        int32 (n,): place in `categories`, -1 where the answer is missing.
    categories
        Names of the categories that occur, from good to bad where an order was given.
    values
        float64 (V,): the number behind each category: its place on the full scale, or the count
        or measure itself.
    scores
        float64 (V,): 0 best to 1 worst on the full scale; NaN when the item has no order.
    unused
        Categories that are labelled or listed but do not occur; they count no parameters.
    merged
        What was recoded, in words; empty when nothing was.
    answers
        Codes (as text) that each category stands for, one tuple per category.
    notices
        What had to be decided.
    """

    name: str
    label: str
    dimension: str
    kind: str
    codes: npt.NDArray[np.int32]
    categories: tuple[str, ...]
    values: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float64]
    unused: tuple[str, ...] = ()
    merged: str = ""
    answers: tuple[tuple[str, ...], ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.codes)

    @property
    def n_answered(self) -> int:
        """Rows with an answer."""
        return int((self.codes >= 0).sum())

    @property
    def ordered(self) -> bool:
        """Whether its categories run from good to bad."""
        return not bool(np.isnan(self.scores).any())

    def __repr__(self) -> str:
        shown = ", ".join(self.categories[:6]) + (", …" if len(self.categories) > 6 else "")
        return f"Indicator({self.name}: {self.kind}, {self.n_answered} of {self.n} rows, {shown})"

    def take(self, rows: npt.NDArray[Any]) -> Indicator:
        """Keep some rows; categories that no longer occur become unused.

        Parameters
        ----------
        rows
            Mask (n,) or places.
        """
        codes = self.codes[rows]
        held = np.bincount(codes[codes >= 0], minlength=len(self.categories)) > 0
        if not held.any():
            raise DataError("no_answers", f"No row has an answer to {self.name!r}.")
        if held.all():
            return replace(self, codes=codes)
        gone = tuple(name for name, kept in zip(self.categories, held, strict=True) if not kept)
        places = np.append(np.cumsum(held) - 1, -1).astype(np.int32)
        numeric = self.kind in NUMERIC_KINDS
        return replace(
            self,
            codes=places[codes],
            categories=tuple(
                name for name, kept in zip(self.categories, held, strict=True) if kept
            ),
            values=self.values[held],
            answers=tuple(a for a, kept in zip(self.answers, held, strict=True) if kept),
            scores=self.scores[held],
            unused=self.unused if numeric else (*self.unused, *gone),
        )


def step_scores(n: int) -> npt.NDArray[np.float64]:
    """Equal steps from 0 best to 1 worst.

    Examples
    --------
    >>> step_scores(3).tolist()
    [0.0, 0.5, 1.0]
    """
    return np.linspace(0.0, 1.0, n) if n > 1 else np.zeros(n)


def stated_scores(definition: ItemDefinition, categories: Sequence[str]) -> npt.NDArray[np.float64]:
    """Scores of the full scale: as stated, else equal steps.

    Raises
    ------
    UsageError
        When their number, names or values do not fit.
    """
    scores = definition.scores
    if not scores:
        return step_scores(len(categories))
    what = f"scores of item {definition.name!r}"
    if isinstance(scores, Mapping):
        absent = [name for name in categories if name not in scores]
        extra = [name for name in scores if name not in categories]
        if absent or extra:
            raise UsageError(
                "bad_scores",
                f"{what} name {', '.join(extra) or 'no'} unknown and miss "
                f"{', '.join(absent) or 'no'} categories.",
                allowed=", ".join(categories),
            )
        given = [float(scores[name]) for name in categories]
    else:
        given = [float(score) for score in scores]
    if len(given) != len(categories):
        raise UsageError(
            "bad_scores",
            f"{what} are {len(given)} numbers for {len(categories)} categories.",
            allowed=", ".join(categories),
        )
    values = np.array(given)
    if not (np.isfinite(values).all() and (values >= 0).all() and (values <= 1).all()):
        raise UsageError("bad_scores", f"{what} leave the range.", allowed="0 (best) to 1 (worst)")
    if (np.diff(values) < 0).any():
        raise UsageError(
            "bad_scores",
            f"{what} fall although the order runs from good to bad.",
            try_="put the categories in another order",
        )
    return values
