"""Missing answers: the code and the reason of each are kept; what only looks missing is offered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from vendepunkt.data.formats import RawFile, Value, plain
from vendepunkt.terms import Notice

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.data.variables import Variable

#: Reason of an empty cell, for which the file says nothing.
NO_REASON: Final = "no reason given"
DECLARED: Final = "declared missing"

#: Words of labels that stand for a missing answer, in English and Danish.
_MISSING_WORDS: Final = re.compile(
    r"^\W*[\d.:)= ]*\W*(refus|don.?t know|do not know|\bdk\b|no answer|not answered|not asked|"
    r"inapplicable|"
    r"not applicable|\biap\b|missing|no (post|pre)-?(election)? ?(interview|data)|"
    r"not ascertained|skipped|non-?response|no response|breakoff|"
    r"ved ikke|vil ikke svare|ønsker ikke|uoplyst|ubesvaret|ikke besvaret|intet svar|"
    r"ikke relevant|ikke spurgt|nægter|mangler|"
    r"(specified|coded) as refused)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why answers are missing.

    Attributes
    ----------
    code
        The code as the file has it (``"-9"``, ``".a"``, ``"NA"``); empty for an empty cell.
    text
        The reason in words, from the label of the code.
    """

    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.code}: {self.text}" if self.code else self.text


#: Reason of a number that is no number an analysis could use.
INFINITE: Final = Reason("inf", "not a finite number")


@dataclass(frozen=True, slots=True)
class Reasons:
    """The reasons of one column's missing answers.

    Attributes
    ----------
    codes
        int16 (n,): 0 where answered or empty, else 1 + the place in `kinds`.
    kinds
        The reasons that occur.
    """

    codes: np.ndarray
    kinds: tuple[Reason, ...]

    def take(self, rows: np.ndarray) -> Reasons:
        """Keep some rows, by mask or by place."""
        return Reasons(self.codes[rows], self.kinds)

    def joined(self, mask: np.ndarray, reason: Reason) -> Reasons:
        """Add a reason for the rows of a mask."""
        codes = self.codes.copy()
        codes[mask] = len(self.kinds) + 1
        return Reasons(codes, (*self.kinds, reason))


@dataclass(frozen=True, slots=True)
class Offer:
    """A labelled code that looks like a missing answer but is not declared as one.

    Attributes
    ----------
    column, code, label
        Where it stands and what it says.
    n
        Rows that hold it.
    why
        ``"negative code"`` or ``"label"``.
    """

    column: str
    code: Value
    label: str
    n: int
    why: str


def separate(raw: RawFile) -> tuple[pd.DataFrame, dict[str, Reasons], dict[str, dict[str, str]]]:
    """Take declared missing codes out of the frame, keeping their reasons.

    Parameters
    ----------
    raw
        A file as read.

    Returns
    -------
    frame
        With NaN where an answer is missing.
    reasons
        Column to the reasons of its rows, for columns that have any.
    declared
        Column to {code: reason} for every declared code, whether it occurs or not.
    """
    frame = raw.frame.copy(deep=False)
    reasons: dict[str, Reasons] = {}
    declared: dict[str, dict[str, str]] = {}
    for name in frame.columns:
        labels = raw.value_labels.get(name, {})
        found = none_missing(len(frame))
        said: dict[str, str] = {}
        for code in _declared_codes(raw, name, frame[name], labels):
            reason = Reason(str(code), labels.get(code, DECLARED))
            said[reason.code] = reason.text
            mask = (frame[name] == code).to_numpy(dtype=bool, na_value=False)
            if mask.any():
                found = found.joined(mask, reason)
                frame[name] = frame[name].mask(mask)
        if name in raw.tags:
            for tag in sorted(raw.tags[name].dropna().unique()):
                letter = f".{tag}" if len(tag) == 1 and tag.isalpha() else tag
                text = labels.get(tag) or labels.get(letter) or _tag_words(letter)
                said[letter] = text
                mask = (raw.tags[name] == tag).to_numpy()
                found = found.joined(mask, Reason(letter, text))
        if frame[name].dtype.kind == "f":
            mask = np.isinf(frame[name].to_numpy(dtype=float))
            if mask.any():
                found = found.joined(mask, INFINITE)
                frame[name] = frame[name].mask(mask)
        if found.kinds:
            reasons[name] = found
        if said:
            declared[name] = said
    return frame, reasons, declared


def none_missing(n: int) -> Reasons:
    """Reasons of a column of `n` rows for which nothing is said."""
    return Reasons(np.zeros(n, dtype=np.int16), ())


def _tag_words(tag: str) -> str:
    return (
        f"missing, tagged {tag}" if tag.startswith(".") and len(tag) == 2 else f"written as {tag}"
    )


def _declared_codes(
    raw: RawFile, name: str, column: pd.Series, labels: Mapping[Value, str]
) -> list[Value]:
    """Every code that the file declares missing: single codes, and those met within ranges."""
    codes = list(raw.missing_codes.get(name, ()))
    for low, high in raw.missing_ranges.get(name, ()):
        values = column.dropna().unique()
        met = {plain(v) for v in values if not isinstance(v, str) and low <= v <= high}
        met |= {c for c in labels if not isinstance(c, str) and low <= c <= high}
        codes += sorted(met - set(codes), key=str)
    return codes


def offers(variables: Mapping[str, Variable], frame: pd.DataFrame) -> tuple[Offer, ...]:
    """Find labelled codes that look like missing answers but are not declared so.

    Labelled negative codes are offered, unless they are the negative half of a scale labelled on
    both sides of zero; so are codes and written answers whose words say that the answer is
    missing ("Refused", "Ved ikke").

    Parameters
    ----------
    variables
        The variables of the frame.
    frame
        Answers, declared missing already NaN.
    """
    found = []
    for name, variable in variables.items():
        suspects = _suspects(variable, frame[name])
        if not suspects:
            continue
        counts = frame[name].value_counts()
        for code, (label, why) in suspects.items():
            n = int(counts.get(code, 0))
            if n:
                found.append(Offer(name, code, label, n, why))
    return tuple(found)


def _suspects(variable: Variable, column: pd.Series) -> dict[Value, tuple[str, str]]:
    labels: Mapping[Value, str] = variable.labels
    if not labels and variable.kind in ("nominal", "ordinal", "binary") and column.dtype == "str":
        labels = {word: word for word in column.dropna().unique()}
    negative: set[Value] = {c for c in labels if not isinstance(c, str) and c < 0}
    worded = {code for code, label in labels.items() if _MISSING_WORDS.search(label)}
    sizes = {c for c in labels if not isinstance(c, str) and c > 0}
    mirrored = sizes == {-c for c in labels if not isinstance(c, str) and c < 0}
    if mirrored and not worded & negative:
        negative = set()
    return {
        code: (label, "negative code" if code in negative else "label")
        for code, label in labels.items()
        if code in negative or code in worded
    }


def offer_notice(found: tuple[Offer, ...]) -> tuple[Notice, ...]:
    """Say which codes are offered as missing, and that they count as answers until accepted."""
    if not found:
        return ()
    columns = len({offer.column for offer in found})
    kinds: dict[str, int] = {}
    for offer in found:
        said = offer.label if str(offer.code) in offer.label else f"{offer.code} = {offer.label}"
        kinds[said] = kinds.get(said, 0) + 1
    ordered = sorted(kinds, key=lambda said: -kinds[said])
    shown = "; ".join(ordered[:8]) + (f"; and {len(ordered) - 8} more" if len(ordered) > 8 else "")
    text = (
        f"{columns} columns hold labelled codes that look like missing answers but are not "
        f"declared so ({shown}). They count as answers until you accept them as missing."
    )
    return (Notice("offered_missing", text, {"columns": columns, "codes": shown}),)
