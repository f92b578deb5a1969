"""A table of the report as csv: plain numbers for other programs, the same cells hidden."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping

from vendepunkt.report.blocks import Cell, Estimate, Hidden, Row, Table
from vendepunkt.report.inline import plain, resolve
from vendepunkt.terms import RefValue


def as_csv(table: Table, refs: Mapping[str, RefValue], language: str) -> str:
    r"""Write a table as csv with decimal points, whatever the report's language.

    Shares stay shares (0–1). A column with intervals becomes three: ``KEY``, ``KEY_low``,
    ``KEY_high``. A hidden cell is empty, and its column is named in a last column ``hidden``,
    so that it cannot be taken for a missing one. Headings over rows become a column ``group``.

    Parameters
    ----------
    table
        The table.
    refs
        Values by the written form of their ref, for cells that print one.
    language
        The language such a cell is printed in.

    Returns
    -------
    str
        Lines that end in ``\n``, comma between cells, UTF-8 when encoded.
    """
    bounded = [_bounded(table, place) for place in range(len(table.columns))]
    grouped = any(row.kind == "group" for row in table.rows)
    marked = any(isinstance(cell, Hidden) for row in table.rows for cell in row.cells)
    head = ["group"] if grouped else []
    for column, wide in zip(table.columns, bounded, strict=True):
        head += [column.key, *([f"{column.key}_low", f"{column.key}_high"] if wide else [])]
    head += ["hidden"] if marked else []

    def said(cell: Cell) -> str:
        return plain(resolve(str(cell), refs, language, strict=False))

    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(head)
    group = ""
    for row in table.rows:
        if row.kind == "group":
            group = said(row.cells[0])
            continue
        line = [group] if grouped else []
        for cell, wide in zip(row.cells, bounded, strict=True):
            line += _values(said(cell) if isinstance(cell, str) else cell, wide=wide)
        line += [_hidden(table, row)] if marked else []
        writer.writerow(line)
    return stream.getvalue()


def _bounded(table: Table, place: int) -> bool:
    cells = (row.cells[place] for row in table.rows if row.kind != "group")
    return any(isinstance(cell, Estimate) and cell.low is not None for cell in cells)


def _values(cell: Cell, *, wide: bool) -> list[str]:
    if isinstance(cell, Estimate):
        parts = [cell.value, *((cell.low, cell.high) if wide else ())]
        return [_plain(part) for part in parts]
    return [_plain(cell), *(["", ""] if wide else [])]


def _plain(cell: Cell) -> str:
    if cell is None or isinstance(cell, (Hidden, Estimate)):
        return ""
    if isinstance(cell, float):
        return f"{cell:.6g}" if math.isfinite(cell) else ""
    return str(cell)


def _hidden(table: Table, row: Row) -> str:
    pairs = zip(table.columns, row.cells, strict=True)
    return " ".join(column.key for column, cell in pairs if isinstance(cell, Hidden))
