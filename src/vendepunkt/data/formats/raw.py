"""What every format reader hands on: a frame and everything the file says about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vendepunkt.terms import Notice

if TYPE_CHECKING:
    import pandas as pd

#: A code or answer as it is stored: a whole number, a number, or text.
Value = int | float | str


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a file is to be read, where the file itself does not say.

    Attributes
    ----------
    encoding
        Character encoding, such as ``"windows-1252"``; None lets the reader find out.
    sheet
        Name of the sheet of a workbook; None takes the only one.
    as_text
        Columns that are kept exactly as written (ids: ``0009`` must not become 9).
    """

    encoding: str | None = None
    sheet: str | None = None
    as_text: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file as read, before anything is decided about missing answers or types.

    Attributes
    ----------
    frame
        One row per row of the file; declared user-missing codes still in place, tagged missing
        values (Stata ``.a``) already NaN and kept in `tags`.
    labels
        Column to its label (the question).
    value_labels
        Column to {code: label}.
    missing_codes
        Column to the codes that the file declares as missing.
    missing_ranges
        Column to closed ranges (low, high) that the file declares as missing.
    tags
        Column to an object Series with the tag of a tagged missing value, None elsewhere.
    scales
        Column to ``"nominal"``, ``"ordinal"`` or ``"scale"``, where the file says so.
    sets
        Name of a multiple-response set to its columns.
    format
        What the file is, in words.
    encoding
        The character encoding used.
    notices
        What had to be decided while reading.
    """

    frame: pd.DataFrame
    labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[Value, str]] = field(default_factory=dict)
    missing_codes: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    missing_ranges: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)
    tags: Mapping[str, pd.Series] = field(default_factory=dict)
    scales: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    format: str = ""
    encoding: str = ""
    notices: tuple[Notice, ...] = ()


def plain(value: object) -> Value:
    """Give a code in its simplest form: ``9.0`` becomes 9, numpy scalars become Python's.

    Examples
    --------
    >>> plain(9.0), plain(1.5), plain("a")
    (9, 1.5, 'a')
    """
    if isinstance(value, str):
        return value
    number = float(value)  # type: ignore[arg-type]
    return int(number) if number.is_integer() else number


def listed(names: list[str] | tuple[str, ...], most: int = 8) -> str:
    """Name columns in a sentence, the first few only.

    Examples
    --------
    >>> listed(["a", "b"]), listed(list("abcd"), most=2)
    ('a, b', 'a, b and 2 more')
    """
    shown = ", ".join(names[:most])
    rest = len(names) - most
    return f"{shown} and {rest} more" if rest > 0 else shown
