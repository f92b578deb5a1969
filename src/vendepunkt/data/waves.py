"""From wide files (a column per wave) to long ones (a row per person and wave)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from vendepunkt.data.formats import Value, listed
from vendepunkt.data.missing import Reasons, none_missing
from vendepunkt.terms import DataError, Notice, UsageError

if TYPE_CHECKING:
    import pandas as pd

#: What may stand between the name of a question and the mark of a wave.
_SEPARATORS: Final = ("_", ".", "-")

T = TypeVar("T")

#: {wave: {variable: column}}, or the marks that column names end or begin with.
Wide = Sequence[str] | Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Parts:
    """A frame with what is known of its columns, before it becomes a survey."""

    frame: pd.DataFrame
    labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[Value, str]] = field(default_factory=dict)
    scales: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, Reasons] = field(default_factory=dict)
    declared: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


def wave_columns(columns: Sequence[str], wide: Wide) -> dict[str, dict[str, str]]:
    """Find which column holds which variable in which wave.

    Parameters
    ----------
    columns
        Names of the file's columns.
    wide
        Marks of the waves, such as ``("t1", "t2")``, as ends or beginnings of column names
        (``trust_t1``, ``t1_trust``, ``trust1``); or the columns spelt out,
        ``{"2017": {"trust": "q5a"}, "2022": {"trust": "q7"}}``. Where the marks are columns
        themselves these are one variable, named by what they begin with: ``t``.

    Returns
    -------
    dict
        Variable to {wave: column}.

    Raises
    ------
    UsageError
        When a wave has no column, or a named column does not exist.
    """
    if isinstance(wide, Mapping):
        return _spelt_out(columns, wide)
    marks = [str(mark) for mark in wide]
    if len(set(marks)) != len(marks) or not marks:
        raise UsageError(
            "bad_wide", f"The waves {', '.join(marks) or '(none)'} are not all different.",
            try_="wide=('t1', 't2')",
        )  # fmt: skip
    own = _themselves(columns, marks)
    columns = [column for column in columns if not own or column not in marks]
    for separators, ending in (
        (_SEPARATORS, True), (_SEPARATORS, False), (("",), True), (("",), False)
    ):  # fmt: skip
        found = _by_mark(columns, marks, separators, ending=ending)
        if separators == ("",):
            found = {stem: held for stem, held in found.items() if len(held) == len(marks)}
        if all(any(mark in held for held in found.values()) for mark in marks):
            return own | found
    if own:
        return own
    raise UsageError(
        "no_wave_columns",
        f"No columns begin or end with each of {', '.join(marks)}.",
        allowed=listed(list(columns), most=20),
        try_="spell the columns out: wide={'2017': {'trust': 'q5a'}, '2022': {'trust': 'q7'}}",
    )


def _themselves(columns: Sequence[str], marks: Sequence[str]) -> dict[str, dict[str, str]]:
    """Take marks that are columns themselves as one variable, by what their names begin with."""
    if not set(marks) <= set(columns):
        return {}
    shared = takewhile(lambda pair: pair[0] == pair[1], zip(min(marks), max(marks), strict=False))
    name = "".join(letter for letter, _ in shared).rstrip("0123456789" + "".join(_SEPARATORS))
    others = set(columns) - set(marks)
    return {name if name and name not in others else "answer": {mark: mark for mark in marks}}


def _spelt_out(
    columns: Sequence[str], wide: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    known = set(columns)
    for wave, held in wide.items():
        for variable, column in held.items():
            if column not in known:
                raise UsageError(
                    "unknown_column",
                    f"{column!r}, named for {variable!r} in wave {wave}, is not a column.",
                    allowed=listed(list(columns), most=20),
                )
            found.setdefault(variable, {})[str(wave)] = column
    return found


def _by_mark(
    columns: Sequence[str], marks: Sequence[str], separators: Sequence[str], *, ending: bool
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for column in columns:
        for mark in sorted(marks, key=len, reverse=True):
            stem = _stem(column, mark, separators, ending=ending)
            if stem:
                found.setdefault(stem, {})[mark] = column
                break
    return found


def _stem(column: str, mark: str, separators: Sequence[str], *, ending: bool) -> str:
    for separator in separators:
        if ending and column.endswith(separator + mark):
            return column[: -len(separator + mark)]
        if not ending and column.startswith(mark + separator):
            return column[len(mark + separator) :]
    return ""


def lengthen(parts: Parts, wide: Wide, wave: str) -> Parts:
    """Turn one row per person into one row per person and wave, person by person.

    Parameters
    ----------
    parts
        The wide file.
    wide
        As in :func:`wave_columns`.
    wave
        Name of the new wave column.

    Returns
    -------
    Parts
        n × T rows; columns that do not vary are repeated, a question not asked in a wave is NaN.

    Raises
    ------
    DataError
        When a variable is numbers in one wave and text in another, or its labels are swapped.
    """
    import pandas as pd

    held = wave_columns([str(c) for c in parts.frame.columns], wide)
    marks = [str(mark) for mark in wide]
    taken = {column for columns in held.values() for column in columns.values()}
    n, steps = len(parts.frame), len(marks)
    clash = ({wave} | set(held)) & (set(parts.frame.columns) - taken)
    if clash or wave in held:
        raise UsageError(
            "double_column",
            f"The data already have a column named {listed(sorted(clash | {wave} & set(held)))}.",
            try_="name the wave column otherwise: wave='round'",
        )
    columns: dict[str, pd.Series] = {}
    reasons: dict[str, Reasons] = {}
    for name in parts.frame.columns:
        if name not in taken:
            columns[name] = parts.frame[name].repeat(steps).reset_index(drop=True)
            if name in parts.reasons:
                reasons[name] = parts.reasons[name].take(np.repeat(np.arange(n), steps))
    columns[wave] = pd.Series(np.tile(np.array(marks, dtype=object), n), dtype="str")
    labels, value_labels = _kept(parts.labels, taken), _kept(parts.value_labels, taken)
    scales, declared = _kept(parts.scales, taken), _kept(parts.declared, taken)
    notices = list(parts.notices)
    for variable, by_wave in held.items():
        columns[variable] = _stack(parts.frame, variable, by_wave, marks)
        stacked = _stack_reasons(parts.reasons, by_wave, marks, n)
        if stacked.kinds:
            reasons[variable] = stacked
        names = list(by_wave.values())
        merged, differ = _merge_labels(variable, [parts.value_labels.get(c, {}) for c in names])
        if differ:
            text = f"The labels of {variable!r} are worded differently between waves."
            notices.append(Notice("labels_differ", text, {"item": variable}))
        labels[variable] = next((parts.labels[c] for c in names if c in parts.labels), "")
        value_labels[variable] = merged
        scales[variable] = next((parts.scales[c] for c in names if c in parts.scales), "")
        said = {code: text for c in names for code, text in parts.declared.get(c, {}).items()}
        declared |= {variable: said} if said else {}
    return Parts(
        pd.DataFrame(columns), labels, value_labels, scales, reasons, declared, tuple(notices)
    )


def _kept(held: Mapping[str, T], taken: set[str]) -> dict[str, T]:
    return {name: value for name, value in held.items() if name not in taken}


def _stack(
    frame: pd.DataFrame, variable: str, by_wave: Mapping[str, str], marks: Sequence[str]
) -> pd.Series:
    import pandas as pd

    given = [frame[column] for column in by_wave.values()]
    kinds = {column.dtype.kind if column.dtype != "str" else "str" for column in given}
    kinds -= {c.dtype.kind for c in given if c.isna().all()} if len(kinds) > 1 else set()
    if len(kinds) > 1:
        raise DataError(
            "mixed_waves",
            f"{variable!r} holds numbers in one wave and text in another "
            f"({listed(list(by_wave.values()))}).",
            try_="give it one type in the file",
        )
    pattern = next((c for c in given if not c.isna().all()), given[0])
    empty = pd.Series(index=frame.index, dtype=pattern.dtype)
    parts = [
        frame[by_wave[mark]].astype(pattern.dtype) if mark in by_wave else empty for mark in marks
    ]
    stacked = pd.concat(parts, ignore_index=True)
    n = len(frame)
    order = np.arange(n * len(marks)).reshape(len(marks), n).T.ravel()
    return stacked.iloc[order].reset_index(drop=True)


def _stack_reasons(
    reasons: Mapping[str, Reasons], by_wave: Mapping[str, str], marks: Sequence[str], n: int
) -> Reasons:
    stacked = none_missing(n * len(marks))
    for step, mark in enumerate(marks):
        held = reasons.get(by_wave.get(mark, ""))
        if held is None:
            continue
        for place, reason in enumerate(held.kinds, start=1):
            mask = np.zeros((n, len(marks)), dtype=bool)
            mask[:, step] = held.codes == place
            if reason in stacked.kinds:
                stacked.codes[mask.ravel()] = stacked.kinds.index(reason) + 1
            else:
                stacked = stacked.joined(mask.ravel(), reason)
    return stacked


def _merge_labels(
    variable: str, given: Sequence[Mapping[Value, str]]
) -> tuple[dict[Value, str], bool]:
    """Join the labels of the waves; refuse the same words on other codes."""
    merged: dict[Value, str] = {}
    differ = False
    for labels in given:
        for code, text in labels.items():
            if merged.setdefault(code, text) == text:
                continue
            differ = True
            if text in merged.values():
                raise DataError(
                    "swapped_labels",
                    f"The label {text!r} of {variable!r} stands on different codes in its waves.",
                    try_="recode one of the waves, or read them as two variables",
                )
    return merged, differ
