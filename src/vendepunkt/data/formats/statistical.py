"""What SPSS, Stata and SAS files have in common: reading them through pyreadstat."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from vendepunkt.data.formats.raw import RawFile, ReadOptions, Value, plain
from vendepunkt.terms import DataError, Notice

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    #: (1970-01-01 in the file's own counting, seconds a unit) of a date format, or None.
    Clock = Callable[[str], tuple[float, float] | None]

_SCALES: Final = ("nominal", "ordinal", "scale")

#: What pyreadstat's engine says when a file ends early; every other message means "damaged".
_CUT_OFF: Final = ("expected number of rows", "Unable to read", "unexpectedly", "length")


def read_with(
    reader: Callable[..., tuple[Any, Any]],
    path: Path,
    options: ReadOptions,
    *,
    words: str,
    clock: Clock,
) -> RawFile:
    """Read a file with one of pyreadstat's readers, keeping codes, labels and reasons.

    Parameters
    ----------
    reader
        ``pyreadstat.read_sav`` and its like.
    path
        The file, already known to begin as its kind does.
    options
        Encoding, where the file has the wrong one or none.
    words
        What the file is, such as ``"an SPSS data file"``.
    clock
        How numbers with a date format count time.

    Raises
    ------
    DataError
        When the file is cut off or damaged.
    """
    frame, meta = _call(reader, path, options, words)
    if len(frame.columns) == 0 or len(frame) == 0:
        raise DataError("empty_file", f"{path.name} has no rows.", try_="export the data again")
    tags: dict[str, pd.Series] = {}
    columns: dict[str, pd.Series] = {}
    for name in frame.columns:
        column = frame[name]
        tagged = bool(meta.missing_user_values.get(name))
        if meta.readstat_variable_types.get(name) == "string" or (
            column.dtype == "str" and not tagged
        ):
            columns[name] = _text(column)
            continue
        if tagged or column.dtype == object:
            column, found = _untag(column)
            tags |= {name: found} if found.notna().any() else {}
        time = clock(meta.original_variable_types.get(name) or "")
        column = column.astype("float64")
        columns[name] = column if time is None else _moments(column, *time)
    codes, ranges = _declared(meta)
    return RawFile(
        frame=_assemble(columns),
        labels={k: v.strip() for k, v in meta.column_names_to_labels.items() if v and v.strip()},
        value_labels=_value_labels(meta, frame),
        missing_codes=codes,
        missing_ranges=ranges,
        tags=tags,
        scales={k: v for k, v in meta.variable_measure.items() if v in _SCALES},
        sets={k: tuple(v["variable_list"]) for k, v in (meta.mr_sets or {}).items()},
        format=words,
        encoding=meta.file_encoding or "",
        notices=_said(tags),
    )


def _call(
    reader: Callable[..., tuple[Any, Any]], path: Path, options: ReadOptions, words: str
) -> tuple[pd.DataFrame, Any]:
    """Call the reader; its errors become one sentence each."""
    from pyreadstat import PyreadstatError, ReadstatError

    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            frame, meta = reader(
                str(path),
                encoding=options.encoding,
                user_missing=True,
                disable_datetime_conversion=True,
            )
    except (ReadstatError, PyreadstatError) as error:
        message = str(error)
        if "encoding" in message or "string" in message:
            raise DataError(
                "wrong_encoding",
                f"The texts of {path.name} are not in the encoding it claims.",
                try_="encoding='windows-1252' or encoding='utf-8'",
            ) from error
        ended = any(part in message for part in _CUT_OFF)
        state = "cut off" if ended else "damaged"
        raise DataError(
            f"{'truncated' if ended else 'damaged'}_file",
            f"{path.name} begins like {words} but is {state}.",
            try_="copy or export the file again",
        ) from error
    except (UnicodeError, ValueError, MemoryError, OverflowError, KeyError, TypeError) as error:
        raise DataError(
            "damaged_file",
            f"{path.name} begins like {words} but is damaged.",
            try_="copy or export the file again, or name its encoding",
        ) from error
    if not all(isinstance(name, str) and name for name in frame.columns):
        raise DataError(
            "damaged_file",
            f"{path.name} begins like {words} but has a column without a name.",
            try_="copy or export the file again",
        )
    if any("duplicated" in str(warning.message) for warning in said):
        raise DataError(
            "double_column",
            f"{path.name} has more than one column of the same name.",
            try_="give every column its own name",
        )
    return frame, meta


def _text(column: pd.Series) -> pd.Series:
    """Trim padding; an empty text is no answer."""
    trimmed = column.astype("str").str.strip()
    return trimmed.mask(trimmed == "")


def _untag(column: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Separate numbers from the letters of tagged missing values."""
    import pandas as pd

    numbers = pd.to_numeric(column, errors="coerce").astype("float64")
    tagged = numbers.isna() & column.notna()
    return numbers, column.astype(object).where(tagged, None)


def _moments(column: pd.Series, origin: float, unit: float) -> pd.Series:
    """Turn counted time into datetimes, to the second."""
    import pandas as pd

    seconds = (column.to_numpy(dtype=float) - origin) * unit
    known = np.isfinite(seconds) & (np.abs(seconds) < 2.5e11)
    moments = np.full(len(seconds), np.datetime64("NaT"), dtype="datetime64[s]")
    moments[known] = np.round(seconds[known]).astype("int64").astype("datetime64[s]")
    return pd.Series(moments)


def _declared(
    meta: Any,
) -> tuple[dict[str, tuple[Value, ...]], dict[str, tuple[tuple[float, float], ...]]]:
    """Split declared missing values into single codes and ranges."""
    codes: dict[str, tuple[Value, ...]] = {}
    ranges: dict[str, tuple[tuple[float, float], ...]] = {}
    for name, declared in (meta.missing_ranges or {}).items():
        single = [plain(r["lo"]) for r in declared if r["lo"] == r["hi"]]
        wide = [(float(r["lo"]), float(r["hi"])) for r in declared if r["lo"] != r["hi"]]
        if single:
            codes[name] = tuple(v.strip() if isinstance(v, str) else v for v in single)
        if wide:
            ranges[name] = tuple(wide)
    return codes, ranges


def _value_labels(meta: Any, frame: pd.DataFrame) -> dict[str, dict[Value, str]]:
    return {
        name: {plain(code): str(label).strip() for code, label in labels.items()}
        for name, labels in meta.variable_value_labels.items()
        if name in frame.columns and labels
    }


def _assemble(columns: dict[str, pd.Series]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns)


def _said(tags: dict[str, pd.Series]) -> tuple[Notice, ...]:
    if not tags:
        return ()
    n = len(tags)
    return (
        Notice(
            "tagged_missing",
            f"{n} columns hold tagged missing values (.a to .z); their reasons are kept.",
            {"n": n},
        ),
    )


def date_unit(text: str, units: tuple[tuple[str, float, float], ...]) -> tuple[float, float] | None:
    """Find the first (pattern, origin, seconds a unit) whose pattern matches a date format.

    Examples
    --------
    >>> date_unit("%td", ((r"%t?d", 3653.0, 86400.0),))
    (3653.0, 86400.0)
    """
    for pattern, origin, seconds in units:
        if re.match(pattern, text, re.IGNORECASE):
            return origin, seconds
    return None
