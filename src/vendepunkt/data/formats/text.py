"""From written cells to numbers, dates and text: once per distinct cell, never row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMBER: Final = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_COMMA_NUMBER: Final = r"^[+-]?\d+(,\d+)?$"
_LEADING_ZERO: Final = r"^[+-]?0\d"
_LONG: Final = r"^[+-]?\d{16,}$"
_DATE: Final = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$"

#: Marks that stand for "missing" in any column (R writes it), and those only among numbers.
ALWAYS_MISSING: Final = ("NA",)
MISSING_AMONG_NUMBERS: Final = (
    "N/A", "#N/A", "NaN", "nan", "-nan", "NULL", "null", "None", ".",
    *(f".{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column read from text.

    Attributes
    ----------
    answers
        float64, datetime64 or str Series, NaN where nothing was answered.
    tags
        The written mark (``NA``, ``.a``) of each missing cell that carried one, else None.
    kept
        Why a column of digits was kept as text: ``"zeros"``, ``"long"`` or ``""``.
    """

    answers: pd.Series
    tags: pd.Series | None = None
    kept: str = ""


def from_cells(cells: pa.ChunkedArray, *, comma: bool = False) -> Column:
    """Decide what a column of written cells is, and convert it.

    Parameters
    ----------
    cells
        Strings (n,), null where the cell is empty.
    comma
        Whether a decimal comma is possible (not where the comma separates the columns).
    """
    encoded = cells.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    words = pc.utf8_trim_whitespace(encoded.dictionary)
    index = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    blank = _among(words, ("",))
    marks = _among(words, ALWAYS_MISSING)
    number_marks = marks | _among(words, MISSING_AMONG_NUMBERS)
    live = ~(blank | number_marks)
    candidates = words.filter(pa.array(live))
    if len(candidates) and _all(candidates, _NUMBER):
        return _number(words, index, live, number_marks)
    if comma and len(candidates) and _all(candidates, _COMMA_NUMBER):
        return _number(pc.replace_substring(words, ",", "."), index, live, number_marks)
    live = ~(blank | marks)
    if len(candidates) and _all(words.filter(pa.array(live)), _DATE):
        dates = pd.to_datetime(
            pd.Series(_masked(words, live)), errors="coerce", format="ISO8601"
        ).to_numpy()
        if not np.isnat(dates[live]).any():
            return Column(pd.Series(_spread(dates, index, np.datetime64("NaT"))))
    texts = pd.Series(_masked(words, live), dtype="str")
    return Column(_spread_text(texts, index), _tags(words, marks, index))


def as_written(cells: pa.ChunkedArray) -> pd.Series:
    """Keep cells exactly as they were written, for ids."""
    text: pd.Series = cells.to_pandas().astype("str")
    return text


def _number(words: pa.Array, index: np.ndarray, live: np.ndarray, marks: np.ndarray) -> Column:
    candidates = words.filter(pa.array(live))
    for why, pattern in (("zeros", _LEADING_ZERO), ("long", _LONG)):
        if pc.any(pc.match_substring_regex(candidates, pattern)).as_py():
            texts = pd.Series(_masked(words, live), dtype="str")
            return Column(_spread_text(texts, index), _tags(words, marks, index), why)
    numbers = np.full(len(words), np.nan)
    numbers[live] = pc.cast(candidates, pa.float64()).to_numpy(zero_copy_only=False)
    return Column(pd.Series(_spread(numbers, index, np.nan)), _tags(words, marks, index))


def _all(words: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(words, pattern)).as_py())


def _among(words: pa.Array, marks: Iterable[str]) -> np.ndarray:
    found: np.ndarray = pc.is_in(words, value_set=pa.array(list(marks), pa.string())).to_numpy(
        zero_copy_only=False
    )
    return found


def _masked(words: pa.Array, keep: np.ndarray) -> np.ndarray:
    shown: np.ndarray = pc.if_else(pa.array(keep), words, pa.scalar(None, pa.string())).to_numpy(
        zero_copy_only=False
    )
    return shown


def _spread(values: np.ndarray, index: np.ndarray, nothing: object) -> np.ndarray:
    """Take `values` by `index`, where -1 is an empty cell."""
    extended: np.ndarray = np.append(values, np.array([nothing], dtype=values.dtype))
    spread: np.ndarray = extended[index]
    return spread


def _spread_text(texts: pd.Series, index: np.ndarray) -> pd.Series:
    return texts.reindex(np.where(index < 0, len(texts), index)).reset_index(drop=True)


def _tags(words: pa.Array, marks: np.ndarray, index: np.ndarray) -> pd.Series | None:
    if not marks.any():
        return None
    written = np.append(_masked(words, marks), np.array([None], dtype=object))
    return pd.Series(written[index], dtype=object)
