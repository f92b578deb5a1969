"""SAS data files: .sas7bdat (their value labels live in a catalogue that is not read)."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

from vendepunkt.data.formats.raw import RawFile, ReadOptions
from vendepunkt.data.formats.statistical import date_unit, read_with
from vendepunkt.terms import DataError

#: Days from 1 January 1960 to 1970.
_DAYS: Final = 3653.0
_DATES: Final = (
    (r"(E8601|B8601|N8601)?DATETIME|E8601DT|B8601DT|DATEAMPM|DTDATE", _DAYS * 86_400.0, 1.0),
    (r"DATE|DDMMYY|MMDDYY|YYMMDD|JULIAN|MONYY|E8601DA|B8601DA|WEEKDATE|WORDDATE", _DAYS, 86_400.0),
)


def read(path: Path, options: ReadOptions) -> RawFile:
    """Read a SAS file; the tags ``.A`` to ``.Z`` of missing values are kept as reasons.

    Raises
    ------
    DataError
        When the file is cut off or damaged.
    """
    import pyreadstat

    _refuse_lies(path)
    return read_with(
        pyreadstat.read_sas7bdat,
        path,
        options,
        words="a SAS data file",
        clock=lambda text: date_unit(text, _DATES),
    )


def _refuse_lies(path: Path) -> None:
    """Hold the page count of the header against the size of the file, before anything is read."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(288)
    if len(head) < 288:
        raise _truncated(path.name)
    wide, order = head[32:33] == b"\x33", "<" if head[37:38] == b"\x01" else ">"
    shift = 4 if head[35:36] == b"\x33" else 0
    header, page = struct.unpack(f"{order}II", head[196 + shift : 204 + shift])
    at = 204 + shift
    (pages,) = struct.unpack(order + ("Q" if wide else "I"), head[at : at + (8 if wide else 4)])
    if header + page * pages > size:
        raise _truncated(path.name)


def _truncated(name: str) -> DataError:
    return DataError(
        "truncated_file",
        f"{name} begins like a SAS data file but is shorter than its header says.",
        try_="copy or export the file again",
    )
