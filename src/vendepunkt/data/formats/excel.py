"""Excel workbooks: .xlsx."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path
from typing import Any, Final

from vendepunkt.data.formats.raw import RawFile, ReadOptions, listed
from vendepunkt.terms import DataError, Notice, UsageError

#: Text of a sheet packs about 10 to 1; far beyond that a workbook is built to fill the memory.
_PACKED_MOST: Final = 200
_SMALL: Final = 1 << 26


def read(path: Path, options: ReadOptions) -> RawFile:
    """Read one sheet of a workbook: names in the first row, one row per person below.

    Cells are read by openpyxl one by one, so a workbook takes about a minute for ten million
    cells; the conversion after that works on columns.

    Raises
    ------
    DataError
        When the workbook is damaged, empty or packed beyond reason.
    UsageError
        When it has several sheets and none was named, or the named one does not exist.
    """
    import pandas as pd

    _refuse_bombs(path)
    rows, sheet = _rows(path, options.sheet)
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    if len(rows) < 2:
        raise DataError("empty_file", f"Sheet {sheet} of {path.name} has no rows.")
    names = _names(rows[0], path.name)
    cells = list(zip(*(_fit(row, len(names)) for row in rows[1:]), strict=True))
    columns: dict[str, pd.Series] = {}
    tags: dict[str, pd.Series] = {}
    for name, values in zip(names, cells, strict=True):
        column = _column(values, as_text=name in options.as_text)
        columns[name] = column.answers
        if column.tags is not None:
            tags[name] = column.tags
    said = listed(list(tags))
    text = f"Written marks such as NA were taken as missing in {said}."
    notice = Notice("written_missing", text, {"columns": said})
    return RawFile(
        frame=pd.DataFrame(columns),
        tags=tags,
        format=f"an Excel workbook, sheet {sheet}",
        encoding="utf-8",
        notices=(notice,) if tags else (),
    )


def _refuse_bombs(path: Path) -> None:
    size = path.stat().st_size
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged(path.name) from error
    if unpacked > size * _PACKED_MOST + _SMALL:
        raise DataError(
            "header_lie",
            f"{path.name} claims to unpack its {size} bytes to {unpacked}.",
            try_="save the workbook again, or export the sheet as CSV",
        )


def _rows(path: Path, sheet: str | None) -> tuple[list[tuple[Any, ...]], str]:
    """Read all rows; openpyxl lets errors of its XML and zip parsers through, of any kind."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        raise _damaged(path.name) from error
    try:
        names = [page.title for page in book.worksheets]
        if sheet is None and len(names) > 1:
            raise UsageError(
                "which_sheet",
                f"{path.name} has {len(names)} sheets.",
                allowed=listed(names),
                try_=f"sheet={names[0]!r}",
            )
        if not names or (sheet is not None and sheet not in names):
            raise UsageError(
                "unknown_sheet", f"{path.name} has no sheet {sheet!r}.", allowed=listed(names)
            )
        page = book[sheet or names[0]]
        page.reset_dimensions()
        try:
            return list(page.iter_rows(values_only=True)), page.title
        except Exception as error:
            raise _damaged(path.name) from error
    finally:
        book.close()


def _names(row: tuple[Any, ...], file: str) -> list[str]:
    cells = list(row)
    while cells and cells[-1] is None:
        cells.pop()
    names = [
        str(cell).strip() if cell is not None and str(cell).strip() else f"column_{place}"
        for place, cell in enumerate(cells, start=1)
    ]
    doubles = [name for name, times in Counter(names).items() if times > 1]
    if doubles:
        raise DataError(
            "double_column",
            f"{file} has more than one column named {listed(doubles)}.",
            try_="give every column its own name",
        )
    if not names:
        raise DataError("bad_header", f"The first row of {file} holds no column names.")
    return names


def _fit(row: tuple[Any, ...], width: int) -> tuple[Any, ...]:
    return row[:width] + (None,) * (width - len(row))


def _column(values: tuple[Any, ...], *, as_text: bool) -> Any:
    """Convert the cells of one column: numbers, moments, or text as in a .csv."""
    import datetime as dt

    import pandas as pd
    import pyarrow as pa

    from vendepunkt.data.formats import text

    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float, bool} and not as_text:
        return text.Column(pd.Series(values, dtype="float64"))
    if kinds and kinds <= {dt.datetime, dt.date}:
        return text.Column(pd.to_datetime(pd.Series(values), errors="coerce"))
    written = [None if value is None else _written(value) for value in values]
    cells = pa.chunked_array([pa.array(written, pa.string())])
    return text.Column(text.as_written(cells)) if as_text else text.from_cells(cells)


def _written(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _damaged(name: str) -> DataError:
    return DataError(
        "damaged_file",
        f"{name} is not a whole Excel workbook: it is damaged or cut off.",
        try_="save the workbook again, or export the sheet as CSV",
    )
