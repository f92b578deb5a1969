"""From columns to an indicator: recodes are worked out on distinct answers, then spread on rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vendepunkt.data.formats import Value, listed, plain
from vendepunkt.data.identity import rows_said
from vendepunkt.data.items import (
    NUMERIC_KINDS,
    REST,
    Indicator,
    ItemDefinition,
    stated_scores,
    step_scores,
)
from vendepunkt.data.variables import MOST_CATEGORIES, Variable
from vendepunkt.terms import DataError, Notice, UsageError

if TYPE_CHECKING:
    import numpy.typing as npt


def build(
    definition: ItemDefinition, columns: Sequence[pd.Series], variables: Sequence[Variable]
) -> Indicator:
    """Make the indicator of a definition.

    Parameters
    ----------
    definition
        What the study says.
    columns
        Its columns (n,), missing answers NaN.
    variables
        The variables of these columns.

    Raises
    ------
    DataError
        When answers are left without a place in the order, a person answered two versions
        differently, or there are more values than an item of categories can have.
    UsageError
        When a recode names an answer that does not exist.
    """
    if definition.kind in NUMERIC_KINDS:
        return _numeric(definition, columns, variables)
    for variable, column in zip(variables, columns, strict=True):
        _refuse_many(definition, variable, column)
    scales = [_Scale.of(v, c) for v, c in zip(variables, columns, strict=True)]
    names = _natural(scales)
    names = _recoded(definition, scales, names)
    _refuse_unknown(definition, scales)
    ordered = _ordered(definition)
    if ordered:
        names = _in_order(definition, scales, names, variables)
    place = {name: index for index, name in enumerate(names)}
    codes = _coalesce(definition, [scale.codes(place) for scale in scales])
    answers = {
        name: tuple(dict.fromkeys(str(v) for s in scales for v in s.labels if s.target[v] == name))
        for name in names
    }
    return _finish(definition, variables, codes, answers, ordered=ordered)


@dataclass(slots=True)
class _Scale:
    """The distinct answers of one column, and the category each goes to (None = missing)."""

    answers: list[Value]
    labels: dict[Value, str]
    rows: npt.NDArray[np.int64]
    occurring: set[Value]
    target: dict[Value, str | None] = field(default_factory=dict)

    @classmethod
    def of(cls, variable: Variable, column: pd.Series) -> _Scale:
        rows, found = pd.factorize(column)
        values = [plain(value) for value in found]
        labels = {**{value: str(value) for value in values}, **variable.labels}
        double = [v for v, text in labels.items() if list(labels.values()).count(text) > 1]
        # Two codes with the same words are kept apart until someone merges them.
        labels |= {value: f"{labels[value]} ({value})" for value in double}
        scale = cls(values, labels, np.asarray(rows, dtype=np.int64), set(values))
        scale.target = dict(labels)
        return scale

    def find(self, answer: Value) -> list[Value]:
        """Codes that an answer, named by label, code or category, stands for."""
        by_label = [v for v, text in self.labels.items() if text == answer]
        if by_label:
            return by_label
        by_code = [v for v in self.labels if v == answer or str(v) == str(answer)]
        return by_code or [v for v, text in self.target.items() if text == answer]

    def codes(self, place: Mapping[str, int]) -> npt.NDArray[np.int32]:
        """Place of each row's category, -1 where missing."""
        table = [place.get(self.target[value] or "", -1) for value in self.answers]
        return np.array([*table, -1], dtype=np.int32)[self.rows]


def _refuse_many(definition: ItemDefinition, variable: Variable, column: pd.Series) -> None:
    """Refuse numbers with many values, and free text, as categories unless asked for."""
    if definition.kind or definition.merge or definition.map or definition.missing == (REST,):
        most = 1000
    else:
        most = max(MOST_CATEGORIES, len(variable.labels))
    if column.dtype.kind == "M":
        raise DataError("date_item", f"{variable.name!r} holds dates and cannot be an item.")
    distinct = int(column.nunique())
    if distinct > most:
        raise DataError(
            "many_values",
            f"{variable.name!r} has {distinct} different answers, too many for categories.",
            allowed=f"at most {most} categories, or kind count or continuous",
            try_=f"type = 'continuous' for item {definition.name!r}, or merge its answers",
        )


def _natural(scales: Sequence[_Scale]) -> list[str]:
    """Category names in the order of the codes; written answers by the alphabet."""
    names: dict[str, None] = {}
    for scale in scales:
        numbers = sorted(v for v in scale.labels if not isinstance(v, str))
        texts = [v for v in scale.labels if isinstance(v, str)]
        if set(texts) <= scale.occurring and not numbers:
            texts = sorted(texts)
        for value in [*numbers, *texts]:
            names.setdefault(scale.labels[value])
    return list(names)


def _recoded(definition: ItemDefinition, scales: Sequence[_Scale], names: list[str]) -> list[str]:
    """Apply `map`, `merge` and `missing`; give the new names in place of the old."""
    renamed: dict[str, str | None] = {}
    for scale in scales:
        for answer, new in definition.map.items():
            for value in scale.find(answer):
                renamed[scale.labels[value]] = scale.target[value] = new
        for new, answers in _groups(definition, scale):
            for value in [v for answer in answers for v in scale.find(answer)]:
                renamed[scale.labels[value]] = scale.target[value] = new
        for answer in definition.missing:
            if answer == REST and not scale.find(answer):
                continue
            for value in scale.find(answer):
                renamed[scale.labels[value]] = scale.target[value] = None
    kept = (renamed.get(name, name) for name in names)
    return list(dict.fromkeys(name for name in kept if name is not None))


def _groups(definition: ItemDefinition, scale: _Scale) -> list[tuple[str, Sequence[Value]]]:
    """Name merged categories; a list without a name joins the labels."""
    if isinstance(definition.merge, Mapping):
        return list(definition.merge.items())
    groups: list[tuple[str, Sequence[Value]]] = []
    for answers in definition.merge:
        words = [scale.labels[v] for answer in answers for v in scale.find(answer)[:1]]
        groups.append((" / ".join(words or [str(answer) for answer in answers]), answers))
    return groups


def _refuse_unknown(definition: ItemDefinition, scales: Sequence[_Scale]) -> None:
    """Refuse a recode that names an answer no column has: a slip of the pen."""
    merged = (
        definition.merge.values() if isinstance(definition.merge, Mapping) else definition.merge
    )
    named = [*definition.map, *(answer for group in merged for answer in group)]
    named += [answer for answer in definition.missing if answer != REST]
    strange = [str(answer) for answer in named if not any(scale.find(answer) for scale in scales)]
    labelled = all(len(scale.labels) > len(scale.occurring) for scale in scales)
    if strange and (labelled or len(strange) == len(named)):
        raise UsageError(
            "unknown_answer",
            f"Item {definition.name!r} recodes {listed(strange)}, which no row or label has.",
            allowed=listed([str(text) for scale in scales for text in scale.labels.values()], 20),
        )


def _ordered(definition: ItemDefinition) -> bool:
    if definition.order or definition.reverse or definition.scores:
        return True
    return definition.kind in ("ordinal", "monotone")


def _in_order(
    definition: ItemDefinition,
    scales: Sequence[_Scale],
    names: list[str],
    variables: Sequence[Variable],
) -> list[str]:
    """Categories from good to bad; every answer that occurs must have its place."""
    if definition.order:
        order = _resolved(definition, scales, names)
        occurring = {s.target[v] for s in scales for v in s.answers} - {None}
        left = [name for name in names if name in occurring and name not in order]
        if left and REST not in definition.missing:
            shown = all(v.labels or v.categorical for v in variables)
            said = listed(left) if shown else f"{len(left)} answers"
            raise DataError(
                "not_in_order",
                f"The order of item {definition.name!r} has no place for {said}.",
                allowed="every answer in order, map, merge or missing",
                try_="missing = ['rest'] takes all that the order does not list as missing",
            )
        names = order
    elif any(_written(scale) and not v.labels for scale, v in zip(scales, variables, strict=True)):
        raise UsageError(
            "no_order",
            f"Item {definition.name!r} has written answers, whose order is not known.",
            try_="order = ['best', …, 'worst']",
        )
    return names[::-1] if definition.reverse else names


def _written(scale: _Scale) -> bool:
    return any(isinstance(value, str) for value in scale.answers)


def _resolved(definition: ItemDefinition, scales: Sequence[_Scale], names: list[str]) -> list[str]:
    """Names of the order's entries; parts of one merged category must stand together."""
    order: list[str] = []
    for entry in definition.order:
        name = str(entry)
        if name not in names:
            targets = [s.target[v] for s in scales for v in s.find(entry)]
            found = next((target for target in targets if target), None)
            if targets and found is None:
                continue
            name = found or name
        if order and order[-1] == name:
            continue
        if name in order:
            raise UsageError(
                "bad_order",
                f"The order of item {definition.name!r} lists {name!r} in two places.",
                allowed="each category once, from good to bad",
            )
        order.append(name)
    return order


def _coalesce(
    definition: ItemDefinition, parts: Sequence[npt.NDArray[np.int32]]
) -> npt.NDArray[np.int32]:
    """One answer per row from several versions of a question."""
    codes = parts[0]
    for other in parts[1:]:
        clash = (codes >= 0) & (other >= 0) & (codes != other)
        if clash.any():
            raise DataError(
                "two_answers",
                f"The columns of item {definition.name!r} answer differently "
                f"in {rows_said(clash)}.",
                try_="list only columns of which a person answered one",
            )
        codes = np.where(codes >= 0, codes, other)
    return codes


def _finish(
    definition: ItemDefinition,
    variables: Sequence[Variable],
    codes: npt.NDArray[np.int32],
    answers: Mapping[str, tuple[str, ...]],
    *,
    ordered: bool,
) -> Indicator:
    """Give the categories that occur their places and score the full scale."""
    names = list(answers)
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    if not counts.any():
        raise DataError("no_answers", f"No row has an answer to item {definition.name!r}.")
    scores = stated_scores(definition, names) if ordered else np.full(len(names), np.nan)
    held = counts > 0
    kind = definition.kind or ("binary" if held.sum() <= 2 else "nominal")
    if kind == "binary" and held.sum() > 2:
        raise DataError(
            "not_binary",
            f"Item {definition.name!r} is to be binary but has {int(held.sum())} categories.",
            try_="merge them to two, or type = 'nominal'",
        )
    notices = []
    if held.sum() == 1:
        text = f"All answers to {definition.name!r} are the same; it tells no groups apart."
        notices.append(Notice("constant_item", text, {"item": definition.name}))
    places = np.append(np.cumsum(held) - 1, -1).astype(np.int32)
    return Indicator(
        name=definition.name,
        label=definition.label or variables[0].label,
        dimension=definition.dimension,
        kind=kind,
        codes=places[codes],
        categories=tuple(name for name, kept in zip(names, held, strict=True) if kept),
        values=np.flatnonzero(held).astype(np.float64),
        scores=scores[held],
        unused=tuple(name for name, kept in zip(names, held, strict=True) if not kept),
        merged=_recode_words(definition),
        answers=tuple(answers[name] for name, kept in zip(names, held, strict=True) if kept),
        notices=tuple(notices),
    )


def _recode_words(definition: ItemDefinition) -> str:
    parts = [f"{old} → {new}" for old, new in definition.map.items()]
    if isinstance(definition.merge, Mapping):
        parts += [
            f"{', '.join(str(a) for a in answers)} → {new}"
            for new, answers in definition.merge.items()
        ]
    else:
        parts += [" + ".join(str(a) for a in answers) for answers in definition.merge]
    if definition.missing:
        parts.append(f"missing: {', '.join(str(a) for a in definition.missing)}")
    return "; ".join(parts)


def _numeric(
    definition: ItemDefinition, columns: Sequence[pd.Series], variables: Sequence[Variable]
) -> Indicator:
    """Make a count or continuous item of its distinct numbers, in rising order."""
    total = np.full(len(columns[0]), np.nan)
    for column, variable in zip(columns, variables, strict=True):
        values = _numbers(definition, column, variable)
        clash = ~np.isnan(total) & ~np.isnan(values) & (total != values)
        if clash.any():
            raise DataError(
                "two_answers",
                f"The columns of item {definition.name!r} answer differently "
                f"in {rows_said(clash)}.",
                try_="list only columns of which a person answered one",
            )
        total = np.where(np.isnan(total), values, total)
    rows, distinct = pd.factorize(total, sort=True)
    distinct = np.asarray(distinct, dtype=np.float64)
    if not len(distinct):
        raise DataError("no_answers", f"No row has an answer to item {definition.name!r}.")
    if definition.kind != "continuous" and ((distinct < 0) | (distinct % 1 != 0)).any():
        raise DataError(
            "not_a_count",
            f"Item {definition.name!r} is to be a count but has answers that are no counts.",
            allowed="whole numbers from 0 up",
            try_="type = 'continuous'",
        )
    return Indicator(
        name=definition.name,
        label=definition.label or variables[0].label,
        dimension=definition.dimension,
        kind=definition.kind,
        codes=rows.astype(np.int32),
        categories=tuple(str(plain(value)) for value in distinct),
        values=distinct,
        answers=tuple((str(plain(value)),) for value in distinct),
        scores=_numeric_scores(definition, distinct),
        merged=_recode_words(definition),
    )


def _numbers(
    definition: ItemDefinition, column: pd.Series, variable: Variable
) -> npt.NDArray[np.float64]:
    if column.dtype.kind != "f":
        raise DataError(
            "not_numbers",
            f"Item {definition.name!r} is to be {definition.kind} but {variable.name!r} "
            "does not hold numbers.",
            try_="type = 'nominal'",
        )
    if definition.map or definition.merge:
        raise UsageError(
            "no_recode",
            f"Item {definition.name!r} is {definition.kind}; map and merge are for categories.",
            allowed="missing, order = ['low', 'high'], reverse",
        )
    values = column.to_numpy(dtype=np.float64).copy()
    for answer in definition.missing:
        codes: list[Any] = [v for v, text in variable.labels.items() if answer in (text, v, str(v))]
        if not codes and not isinstance(answer, str):
            codes = [answer]
        values[np.isin(values, [float(code) for code in codes])] = np.nan
    values[~np.isfinite(values)] = np.nan
    return values


def _numeric_scores(
    definition: ItemDefinition, distinct: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Scores of a measure: from its least to its largest value, in the stated direction."""
    ends = tuple(str(end) for end in definition.order)
    if ends not in ((), ("low", "high"), ("high", "low")):
        raise UsageError(
            "bad_order",
            f"The order of item {definition.name!r} lists categories, but it is {definition.kind}.",
            allowed="order = ['low', 'high'] or ['high', 'low'], the good end first",
        )
    if not ends and not definition.reverse:
        return np.full(len(distinct), np.nan)
    span = distinct[-1] - distinct[0]
    scores = (distinct - distinct[0]) / span if span > 0 else step_scores(1)
    falling = (ends == ("high", "low")) != definition.reverse
    return 1.0 - scores if falling else scores
