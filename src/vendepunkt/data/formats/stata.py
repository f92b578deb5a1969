"""Stata data files: .dta of versions 8 to 18."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Final

from vendepunkt.data.formats.raw import RawFile, ReadOptions
from vendepunkt.data.formats.statistical import date_unit, read_with
from vendepunkt.terms import DataError

#: Days, and milliseconds, from 1 January 1960 to 1970.
_DAYS: Final = 3653.0
_DATES: Final = (
    (r"%-?t?d(?![\d.])", _DAYS, 86_400.0),
    (r"%-?tc", _DAYS * 86_400_000.0, 0.001),
)
#: Bytes of a value of each numeric type of an old file.
_OLD_WIDTHS: Final = {251: 1, 252: 2, 253: 4, 254: 4, 255: 8}
_CUT_OFF: Final = "{name} begins like a Stata data file but is cut off."


def read(path: Path, options: ReadOptions) -> RawFile:
    """Read a Stata file; the tags ``.a`` to ``.z`` of missing values are kept as reasons.

    Raises
    ------
    DataError
        When the file is cut off, damaged, or claims more rows than it can hold.
    """
    import pyreadstat

    _refuse_lies(path)
    return read_with(
        pyreadstat.read_dta,
        path,
        options,
        words="a Stata data file",
        clock=lambda text: date_unit(text, _DATES),
    )


def _refuse_lies(path: Path) -> None:
    """Hold the counts of the header against the size of the file, before anything is read."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(200)
        file.seek(max(0, size - 32))
        tail = file.read()
    if head.startswith(b"<stata_dta>"):
        columns, rows = _new_counts(head, path.name)
        if not tail.rstrip(b"\x00\r\n ").endswith(b"</stata_dta>"):
            raise _truncated(path.name)
    else:
        if len(head) < 10:
            raise _truncated(path.name)
        order = ">" if head[1] == 1 else "<"
        columns, rows = struct.unpack(f"{order}HI", head[4:10])
    if rows * max(columns, 1) > size:
        raise DataError(
            "header_lie",
            f"{path.name} claims {rows} rows of {columns} columns, "
            f"more than its {size} bytes can hold: it is cut off, or its header is wrong.",
            try_="copy or export the file again",
        )
    if 113 <= head[0] <= 115:
        _check_old_labels(path, head[0], order, columns, rows)


def _check_old_labels(path: Path, release: int, order: str, columns: int, rows: int) -> None:
    """Walk the label tables at the end of an old file, which its reader skips when they are cut.

    The layout of releases 113 to 115 (Stata 8 to 12) stands in Stata's ``help dta_115``.
    """
    with path.open("rb") as file:
        file.seek(109)
        types = file.read(columns)
        formats = 49 if release > 113 else 12
        file.seek(33 * columns + 2 * (columns + 1) + (formats + 33 + 81) * columns, 1)
        while True:
            field = file.read(5)
            if len(field) < 5:
                raise _truncated(path.name)
            (length,) = struct.unpack(f"{order}I", field[1:])
            if not any(field):
                break
            file.seek(length, 1)
        width = sum(kind if kind <= 244 else _OLD_WIDTHS.get(kind, 1) for kind in types)
        at, size = file.tell() + width * rows, path.stat().st_size
        while at < size:
            file.seek(at)
            table = file.read(4)
            at += 40 + (struct.unpack(f"{order}I", table)[0] if len(table) == 4 else 0)
        if at > size:
            raise _truncated(path.name)


def _new_counts(head: bytes, name: str) -> tuple[int, int]:
    """Columns and rows of a file of release 117 or later."""
    order = ">" if b"<byteorder>MSF" in head else "<"
    columns = re.search(rb"<K>(.{2,4})</K>", head, re.DOTALL)
    rows = re.search(rb"<N>(.{4,8})</N>", head, re.DOTALL)
    sizes = {2: "H", 4: "I", 8: "Q"}
    found = [match.group(1) if match else b"" for match in (columns, rows)]
    if any(len(field) not in sizes for field in found):
        raise _truncated(name)
    first, second = (struct.unpack(order + sizes[len(field)], field)[0] for field in found)
    return int(first), int(second)


def _truncated(name: str) -> DataError:
    return DataError(
        "truncated_file", _CUT_OFF.format(name=name), try_="copy or export the file again"
    )
