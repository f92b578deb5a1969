"""Who is who and when: persons, waves and duplicates, checked before anything is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from vendepunkt.data.formats import listed, plain
from vendepunkt.terms import DataError, UsageError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave of a panel or repeated survey.

    Attributes
    ----------
    key
        The value in the wave column (or the suffix of wide columns), as text.
    name
        What a reader is shown.
    fieldwork
        When the answers were collected, in words; kept apart from the name because a wave called
        2017 may have been asked in 2018.
    """

    key: str
    name: str
    fieldwork: str = ""


def waves_of(declared: Mapping[str, str] | Sequence[str | Wave] | None) -> tuple[Wave, ...]:
    """Read declared waves: ``Wave`` objects, keys, or {key: fieldwork}.

    Examples
    --------
    >>> waves_of({"2017": "March to May 2017"})
    (Wave(key='2017', name='2017', fieldwork='March to May 2017'),)
    """
    if not declared:
        return ()
    if isinstance(declared, Mapping):
        return tuple(Wave(str(key), str(key), text) for key, text in declared.items())
    return tuple(w if isinstance(w, Wave) else Wave(str(w), str(w)) for w in declared)


def need_column(frame: pd.DataFrame, name: str, what: str) -> None:
    """Say that a column is not there, and which name comes nearest.

    Raises
    ------
    UsageError
        With code ``unknown_column``.
    """
    if name in frame.columns:
        return
    columns = [str(column) for column in frame.columns]
    near = get_close_matches(name, columns, n=1, cutoff=0.5)
    folded = [column for column in columns if column.lower() == name.lower()]
    suggestion = (folded or near or [""])[0]
    raise UsageError(
        "unknown_column",
        f"{what} {name!r} is not a column of the data.",
        allowed=listed(columns, most=20),
        try_=suggestion,
    )


def rows_said(mask: np.ndarray) -> str:
    """Name at most five row numbers and the count; the first row of data is row 1.

    Examples
    --------
    >>> rows_said(np.array([False, True, True]))
    '2 rows (2, 3; the first row of data is 1)'
    """
    places = np.flatnonzero(mask) + 1
    first = ", ".join(str(place) for place in places[:5]) + (", …" if len(places) > 5 else "")
    return (
        f"{len(places)} row{'s' if len(places) != 1 else ''} ({first}; the first row of data is 1)"
    )


def keys(column: pd.Series) -> pd.Series:
    """Give ids and waves one written form: trimmed, without leading zeros or a ``.0`` ending.

    Examples
    --------
    >>> import pandas as pd
    >>> keys(pd.Series(["0009", "9.0", " 9", "A7"])).tolist()
    ['9', '9', '9', 'A7']
    """
    written = _written(column).str.strip()
    digits = written.fillna("").str.fullmatch(r"[+-]?\d+(?:\.0*)?")
    if not digits.any():
        return written
    # Plain patterns only: Arrow then works on the column, where a look-ahead goes row by row.
    short = written.str.replace(r"\.0*$", "", regex=True).str.lstrip("+-").str.lstrip("0")
    short = short.mask(short == "", "0")
    negative = written.str.startswith("-").fillna(value=False) & (short != "0")
    return short.mask(negative, "-" + short).where(digits, written)


def _written(column: pd.Series) -> pd.Series:
    """Cells as text; whole floats without their ``.0``."""
    if column.dtype.kind == "f":
        whole = column.dropna()
        if len(whole) and (whole == np.floor(whole)).all() and whole.abs().max() < 2**53:
            return column.astype("Int64").astype("str").where(column.notna())
    return column.astype("str").where(column.notna())


def check_persons(frame: pd.DataFrame, person: str) -> None:
    """Refuse empty ids, and one id written in two forms.

    Raises
    ------
    DataError
        With code ``missing_id`` or ``ids_in_two_forms``; rows are named, ids never.
    """
    column = frame[person]
    written = _written(column)
    empty = (written.isna() | (written.str.strip() == "")).to_numpy(dtype=bool)
    if empty.any():
        raise DataError(
            "missing_id",
            f"The person column {person!r} is empty in {rows_said(empty)}.",
            try_="give every row an id, or leave these rows out",
        )
    if column.dtype.kind == "f":
        return
    forms = written.drop_duplicates()
    same = keys(forms)
    twice = same.duplicated(keep=False)
    if not twice.any():
        return
    mask = written.isin(set(forms[twice])).to_numpy()
    raise DataError(
        "ids_in_two_forms",
        f"The person column {person!r} writes the same id in two forms (such as 0009 and 9) "
        f"in {rows_said(mask)}.",
        try_="write every id in one form",
    )


def check_waves(frame: pd.DataFrame, wave: str, declared: Sequence[Wave]) -> tuple[Wave, ...]:
    """Check the wave column against the declared waves; give the waves that are there.

    Raises
    ------
    DataError
        With code ``missing_wave`` or ``impossible_wave``.
    """
    column = keys(frame[wave])
    empty = column.isna().to_numpy(dtype=bool)
    if empty.any():
        raise DataError(
            "missing_wave",
            f"The wave column {wave!r} is empty in {rows_said(empty)}.",
            try_="give every row a wave, or leave these rows out",
        )
    present = list(column.drop_duplicates())
    if not declared:
        if len(present) > 100:
            raise DataError(
                "impossible_wave",
                f"The wave column {wave!r} holds {len(present)} different values.",
                allowed="at most 100 waves",
                try_="name the column that says which wave a row belongs to",
            )
        return tuple(Wave(key, key) for key in sorted(present, key=_wave_order))
    known = {str(keys(_one(w.key)).iloc[0]): w for w in declared}
    strange = [key for key in present if key not in known]
    if strange:
        raise DataError(
            "impossible_wave",
            f"The wave column {wave!r} holds {listed(sorted(strange))} "
            f"in {rows_said(column.isin(strange).to_numpy())}, which is no declared wave.",
            allowed=", ".join(w.key for w in declared),
        )
    return tuple(w for key, w in known.items() if key in set(present))


def _one(text: str) -> pd.Series:
    import pandas as pd

    return pd.Series([text], dtype="str")


def _wave_order(key: str) -> tuple[int, float, str]:
    try:
        return (0, float(plain(float(key))), key)
    except ValueError:
        return (1, 0.0, key)


def check_duplicates(frame: pd.DataFrame, person: str, wave: str | None) -> None:
    """Refuse a person who stands twice in the same wave.

    Raises
    ------
    DataError
        With code ``duplicate_person``; rows are named, ids never.
    """
    columns = [person] if wave is None else [person, wave]
    twice = frame.duplicated(columns, keep=False).to_numpy()
    if not twice.any():
        return
    where = "once" if wave is None else f"in the same wave ({wave!r})"
    raise DataError(
        "duplicate_person",
        f"A person of {person!r} stands more than {where if wave is None else 'once ' + where}: "
        f"{rows_said(twice)}.",
        try_="name the wave column" if wave is None else "keep one row per person and wave",
    )


def wave_codes(written: pd.Series, waves: Sequence[Wave]) -> np.ndarray:
    """Give each row the place (n,) of its wave.

    Examples
    --------
    >>> import pandas as pd
    >>> wave_codes(pd.Series(["2", "1"]), [Wave("1", "2006"), Wave("2", "2008")]).tolist()
    [1, 0]
    """
    places = {str(keys(_one(wave.key)).iloc[0]): place for place, wave in enumerate(waves)}
    return written.map(places).to_numpy(dtype=np.int64)
