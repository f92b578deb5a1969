"""A variable: its question, its codes, and what kind it is taken to be, with the reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from vendepunkt.data.formats import Value, plain

if TYPE_CHECKING:
    import pandas as pd

#: What a variable can be.
KINDS: Final = ("binary", "nominal", "ordinal", "count", "continuous", "text", "id", "date")

#: Whole numbers with at most so many values are categories.
MOST_CATEGORIES: Final = 12

_ID_NAME: Final = re.compile(
    r"(^|[_.])(id|caseid|respid|idno|idnr|person|pid|serial|loebenr|løbenr|cpr|pnr)([_.]|$)|"
    r"^(case|resp|person|first|hh|i)id$|\b(case|respondent|person)[ _-]?(id|number)\b",
    re.IGNORECASE,
)
_SCALE_WORDS: Final = re.compile(
    r"\b(never|seldom|rarely|sometimes|often|always|very|pretty|not too|rather|fairly|somewhat|"
    r"slightly|"
    r"moderately|extremely|not at all|quite|strongly|agree|disagree|excellent|good|fair|poor|bad|"
    r"better|worse|more|less|most|least|low|medium|high|satisfied|dissatisfied|several times|"
    r"daily|weekly|monthly|once a|times a|"
    r"aldrig|sjældent|nogle gange|af og til|ofte|altid|meget|ret|slet ikke|lidt|enig|uenig|"
    r"god|godt|dårlig|dårligt|nogenlunde|tilfreds|utilfreds|i høj grad|i nogen grad|i mindre grad|"
    r"dagligt|ugentligt|månedligt|høj|lav|bedre|værre|mere|mindre)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of a survey.

    Attributes
    ----------
    name
        Name of its column.
    label
        The question, or empty.
    labels
        Code to label, without the missing codes.
    kind
        One of ``binary nominal ordinal count continuous text id date``.
    kind_guessed
        True until someone says what it is.
    why
        Why it was taken to be of this kind.
    missing
        Declared missing code (as text) to its reason.
    unused_labels
        Labelled codes that no row holds.
    """

    name: str
    label: str = ""
    labels: Mapping[Value, str] = field(default_factory=dict)
    kind: str = "text"
    kind_guessed: bool = True
    why: str = ""
    missing: Mapping[str, str] = field(default_factory=dict)
    unused_labels: tuple[str, ...] = ()

    @property
    def categorical(self) -> bool:
        """Whether its answers are categories."""
        return self.kind in ("binary", "nominal", "ordinal")


def make_variable(
    column: pd.Series,
    *,
    label: str = "",
    labels: Mapping[Value, str] | None = None,
    missing: Mapping[str, str] | None = None,
    scale: str = "",
    role: str = "",
) -> Variable:
    """Describe a column, guessing its kind from labels and values.

    Parameters
    ----------
    column
        Answers (n,), NaN where missing.
    label
        The question.
    labels
        Code to label; labels of missing codes are taken out here.
    missing
        Declared missing code (as text) to its reason.
    scale
        ``nominal``, ``ordinal`` or ``scale`` where the file says so.
    role
        ``"person"`` or ``"wave"`` for the columns named as such.
    """
    missing = missing or {}
    name = str(column.name)
    tags = {code.removeprefix(".") for code in missing if re.fullmatch(r"\.[a-z]", code)}
    live = {
        code: text
        for code, text in (labels or {}).items()
        if str(code) not in missing and not (str(code) in tags and column.dtype != "str")
    }
    values = [plain(v) for v in _few_values(column)]
    if role:
        kind, why = ("id" if role == "person" else "nominal"), f"named as the {role}"
    else:
        kind, why = guess(column, values, live, scale, label)
    used = set(values)
    many = len(values) > _MOST_SEEN
    unused = tuple(text for code, text in live.items() if code not in used and not many)
    return Variable(
        name, label, live, kind, not role, why=why, missing=missing, unused_labels=unused
    )


_MOST_SEEN: Final = 1000


def _few_values(column: pd.Series) -> list[object]:
    """Distinct answers of a column, at most a thousand and one of them; none of a date."""
    if column.dtype.kind == "M":
        return []
    return list(column.dropna().unique()[: _MOST_SEEN + 1])


def guess(
    column: pd.Series, values: list[Value], labels: Mapping[Value, str], scale: str, label: str
) -> tuple[str, str]:
    """Guess what kind a variable is, and say why.

    Parameters
    ----------
    column
        Answers (n,).
    values
        Its distinct answers (at most 1,001 are needed).
    labels
        Code to label, without missing codes.
    scale
        What the file says of the level of measurement.
    label
        The question.

    Returns
    -------
    tuple of str
        The kind, and the reason in words.
    """
    if column.dtype.kind == "M":
        return "date", "the file stores dates"
    if not values:
        return "nominal", "no row has an answer"
    name = str(column.name)
    told = bool(_ID_NAME.search(name) or _ID_NAME.search(label))
    if column.dtype.kind != "f":
        return _guess_text(column, values, labels, scale, told=told)
    covered = sum(1 for value in values if value in labels)
    if len(values) == 2 and not (labels and covered < 2 and len(labels) > 2):
        return "binary", "two different answers"
    if labels and covered >= 0.5 * len(values) and len(values) <= _MOST_SEEN:
        return _guess_labelled([labels[v] for v in labels], scale)
    whole = _whole(column)
    if whole and _all_differ(column) and (told or len(column) >= 50):
        return "id", "a whole number that differs in every row"
    if not whole:
        return "continuous", "numbers that are not whole"
    if len(values) <= MOST_CATEGORIES:
        if scale in ("nominal", "ordinal"):
            return scale, f"the file says {scale}"
        return "ordinal", f"whole numbers with {len(values)} values and no labels"
    if min(float(v) for v in values if not isinstance(v, str)) in (0, 1) and len(values) <= 60:
        return "count", f"whole numbers from {min(values, key=float)} up, {len(values)} values"
    return "continuous", "whole numbers with many values"


def _guess_text(
    column: pd.Series, values: list[Value], labels: Mapping[Value, str], scale: str, *, told: bool
) -> tuple[str, str]:
    if told and _all_differ(column):
        return "id", "its name says id and it differs in every row"
    if scale == "ordinal" and labels:
        return "ordinal", "the file says ordinal"
    if labels and all(value in labels for value in values):
        return ("binary", "two labelled answers") if len(values) == 2 else ("nominal", "labelled")
    if told:
        return "id", "its name says id"
    if len(values) == 2:
        return "binary", "two different answers"
    repeated = column.notna().sum() > 2 * len(values)
    if len(values) <= MOST_CATEGORIES and repeated:
        return _guess_labelled([str(value) for value in values], scale, "written answers")
    return "text", f"written answers, {'many' if len(values) > 50 else len(values)} different"


def _guess_labelled(labels: list[str], scale: str, noun: str = "labels") -> tuple[str, str]:
    if len(labels) == 2:
        return "binary", f"two {noun}"
    if scale == "ordinal":
        return "ordinal", "the file says ordinal"
    spoken = [text for text in labels if _SCALE_WORDS.search(text)]
    if 2 * len(spoken) > len(labels):
        return "ordinal", f"{len(labels)} {noun} that read as a scale ({spoken[0]} … {spoken[-1]})"
    return "nominal", f"{len(labels)} {noun}"


def _whole(column: pd.Series) -> bool:
    values = column.to_numpy(dtype=float)
    values = values[~np.isnan(values)]
    return bool((values == np.floor(values)).all())


def _all_differ(column: pd.Series) -> bool:
    return bool(len(column) > 1 and column.notna().all() and column.is_unique)
