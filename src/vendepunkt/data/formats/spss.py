"""SPSS data files: .sav and the compressed .zsav."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

from vendepunkt.data.formats.raw import RawFile, ReadOptions
from vendepunkt.data.formats.statistical import date_unit, read_with
from vendepunkt.terms import DataError

#: SPSS counts seconds from 14 October 1582, which is this many before 1970.
_ORIGIN: Final = 12_219_379_200.0
_DATES: Final = ((r"(A|E|S|J)?DATE|DATETIME|MOYR|QYR|WKYR|YMDHMS", _ORIGIN, 1.0),)

#: A zlib stream cannot hold more than about this many bytes per byte.
_ZLIB_MOST: Final = 1032


def read(path: Path, options: ReadOptions) -> RawFile:
    """Read an SPSS file; declared user-missing codes are kept for :mod:`vendepunkt.data.missing`.

    Raises
    ------
    DataError
        When the file is cut off, damaged, or claims more rows than it can hold.
    """
    import pyreadstat

    _refuse_lies(path)
    return read_with(
        pyreadstat.read_sav,
        path,
        options,
        words="an SPSS data file",
        clock=lambda text: date_unit(text, _DATES),
    )


def _refuse_lies(path: Path) -> None:
    """Hold the row count of the header against the size of the file, before anything is read."""
    with path.open("rb") as file:
        head = file.read(84)
    size = path.stat().st_size
    if len(head) < 84:
        raise DataError(
            "truncated_file",
            f"{path.name} begins like an SPSS data file but is cut off.",
            try_="copy or export the file again",
        )
    order = "<" if struct.unpack("<i", head[64:68])[0] in (2, 3) else ">"
    width, compression, _, rows = struct.unpack(f"{order}iiii", head[68:84])
    most = {0: size // 8, 1: size}.get(compression, size * _ZLIB_MOST)
    if rows > 0 and rows * max(width, 1) > most:
        raise DataError(
            "header_lie",
            f"{path.name} claims {rows} rows, more than its {size} bytes can hold: "
            "it is cut off, or its header is wrong.",
            try_="copy or export the file again",
        )
