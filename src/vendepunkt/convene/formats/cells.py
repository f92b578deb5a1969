"""Cells of spreadsheets and csv files: read as text, written so that none becomes a formula."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from vendepunkt.terms import DataError, UsageError

#: Largest file that is read, and what a workbook may unpack to: a meeting is never near it.
_LARGEST: Final = 1 << 26
_UNPACKED: Final = 1 << 28
_MOST_CELLS: Final = 5_000_000
_DELIMITERS: Final = (",", ";", "\t", "|")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: What a spreadsheet program takes for a formula or a command, also in its wide forms.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_MARKED: Final = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
_PLAIN_NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,15})?")
_NUMBER: Final = re.compile(r"([+-]?\d{1,40})(?:[.,](\d{1,40})|/([1-9]\d{0,39}))?")
#: What no workbook can hold.
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST: Final = 32_767


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of texts as it stands in a file.

    Attributes
    ----------
    file, name
        Name of the file, and of the sheet; empty for csv.
    rows
        Row number, counted from 1 as people see it, with its cells. Empty rows are left out.
    """

    file: str
    name: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def place(self) -> str:
        """Name of the sheet in its file, for sentences."""
        return f"Sheet {self.name} of {self.file}" if self.name else self.file


def read_sheet(path: Path, sheet: str | None = None) -> Sheet:
    """Read a sheet of a workbook, or a csv file, as text.

    Formulas are never evaluated: a sheet with one is refused, since what it shows is not in the
    file for sure.

    Raises
    ------
    DataError
        When there is no such file, or it is damaged, too large, no text, or holds formulas.
    UsageError
        When a workbook has several sheets and none was named, or the named one is not there.
    """
    check_file(path)
    if path.suffix.lower() == ".xlsx":
        return _from_workbook(path, sheet)
    rows = tuple(csv_rows(path))
    return Sheet(path.name, "", rows)


def check_file(path: Path) -> None:
    """Refuse a file that is not there or is larger than any meeting.

    Raises
    ------
    DataError
        ``"no_such_file"`` or ``"too_large"``.
    """
    if not path.is_file():
        raise DataError(
            "no_such_file",
            f"There is no file {path.name} in the folder {path.parent.name or '.'}.",
            try_="check the spelling of the path",
        )
    if path.stat().st_size > _LARGEST:
        raise DataError(
            "too_large", f"{path.name} is larger than {_LARGEST >> 20} MiB.", try_="a smaller file"
        )


def csv_rows(path: Path, delimiter: str = "") -> Iterator[tuple[int, tuple[str, ...]]]:
    """Give the rows of a csv file that are not empty, each with the line it begins on.

    Raises
    ------
    DataError
        ``"not_text"``, or ``"bad_rows"`` with the line.
    """
    content = text_of(path)
    first = content.lstrip("\r\n").split("\n", 1)[0]
    outside = "".join(first.split('"')[::2])
    mark = delimiter or max(_DELIMITERS, key=outside.count)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=mark, strict=True)
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, tuple(unmarked(cell) for cell in row)
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            "bad_rows",
            f"{path.name} cannot be split into columns (line {line}).",
            try_="check quotes and very long cells, or export the file again",
        ) from error


def text_of(path: Path) -> str:
    """Read a text file in UTF-8, UTF-16 with a byte-order mark, or windows-1252.

    Raises
    ------
    DataError
        ``"not_text"``.
    """
    check_file(path)
    data = path.read_bytes()
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), "")
    if encoding or b"\x00" not in data:
        for name in (encoding,) if encoding else ("utf-8", "windows-1252", "latin-1"):
            try:
                text = data.decode(name)
            except UnicodeError:
                continue
            if "\x00" not in text:
                return text
    raise DataError(
        "not_text",
        f"{path.name} is not a text file.",
        allowed="text in UTF-8, UTF-16 with a byte-order mark, or windows-1252",
        try_="export the file again as CSV",
    )


def number(text: str) -> Fraction:
    """Read a number: whole, with a decimal point or comma, or ``p/q``.

    Raises
    ------
    ValueError
        Where it is none; the message never holds the text.

    Examples
    --------
    >>> number(" 2,5 "), number("1/3")
    (Fraction(5, 2), Fraction(1, 3))
    """
    found = _NUMBER.fullmatch(text.strip())
    if found is None or not text.isascii():
        raise ValueError("no number")
    whole, decimals, parts = found.groups()
    if decimals is not None:
        return Fraction(f"{whole}.{decimals}")
    return Fraction(int(whole), int(parts or 1))


def neutral(text: str) -> str:
    """Mark a text that a spreadsheet program would take for a formula, with an apostrophe.

    Plain numbers stay. :func:`unmarked` takes exactly that apostrophe away again.

    Examples
    --------
    >>> neutral("=1+1"), neutral("-1"), neutral("-1 ven"), neutral("hus")
    ("'=1+1", '-1', "'-1 ven", 'hus')
    """
    if _FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def unmarked(text: str) -> str:
    """Take away the apostrophe that :func:`neutral` put there.

    Examples
    --------
    >>> unmarked("'=1+1"), unmarked("'twas")
    ('=1+1', "'twas")
    """
    return text[1:] if _MARKED.match(text) else text


def csv_text(rows: Sequence[Sequence[object]]) -> str:
    r"""Write rows as csv in which no cell is a formula.

    Examples
    --------
    >>> csv_text([("theme", "votes"), ("=x", 3)])
    "theme,votes\n'=x,3\n"
    """
    out = io.StringIO()
    plain = csv.writer(out, lineterminator="\n")
    # The csv module leaves a lone carriage return bare, and readers take it for the end of a row.
    quoted = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for row in rows:
        told = [_told(cell) for cell in row]
        (quoted if any("\r" in str(cell) for cell in told) else plain).writerow(told)
    return out.getvalue()


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.write_bytes(text.encode("utf-8", "replace"))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_workbook(path: Path, sheets: Sequence[tuple[str, Sequence[Sequence[object]]]]) -> bool:
    """Write a workbook whole or not at all; say whether a cell had to be cut.

    Parameters
    ----------
    sheets
        Name and rows of each; the first row holds the headings.
    """
    import openpyxl
    from openpyxl.styles import Alignment, Font

    book = openpyxl.Workbook()
    book.properties.creator = "vendepunkt"
    book.remove(book.worksheets[0])
    cut = False
    for name, rows in sheets:
        page = book.create_sheet(name)
        page.freeze_panes = "A2"
        for down, row in enumerate(rows, start=1):
            for across, value in enumerate(row, start=1):
                told = _told(value)
                cell = page.cell(down, across)
                if isinstance(told, str):
                    said = _ILLEGAL.sub("\ufffd", told)
                    cut = cut or len(said) > _LONGEST
                    cell.value = said[:_LONGEST]
                    # A text stays a text, whatever it begins with.
                    cell.data_type = "s"
                else:
                    cell.value = told
                cell.font = Font(bold=down == 1)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
        for across, heading in enumerate(rows[0], start=1):
            letter = openpyxl.utils.get_column_letter(across)
            page.column_dimensions[letter].width = 50 if heading in _WIDE else 16
    draft = path.with_name(f".{path.name}.draft")
    try:
        book.save(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return cut


_WIDE: Final = frozenset({"title", "description", "text", "why", "value", "question"})


def _told(cell: object) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, int) and not isinstance(cell, bool):
        return cell
    return neutral(str(cell))


def _from_workbook(path: Path, sheet: str | None) -> Sheet:
    import openpyxl

    _refuse_bombs(path)
    # Opened here: openpyxl leaves a workbook open that it cannot read.
    with warnings.catch_warnings(), path.open("rb") as file:
        # openpyxl warns of styles and extensions it does not know; none of them holds a word.
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(file, read_only=True)
        except Exception as error:
            raise _damaged(path.name) from error
        try:
            names = [page.title for page in book.worksheets]
            name = _chosen(path.name, names, sheet)
            page = book[name]
            page.reset_dimensions()
            try:
                found = list(_limited(path.name, page.iter_rows()))
            except DataError:
                raise
            except Exception as error:
                raise _damaged(path.name) from error
        finally:
            book.close()
    return Sheet(path.name, name, tuple(_texts(path.name, name, found)))


def _chosen(file: str, names: Sequence[str], sheet: str | None) -> str:
    if sheet is None and len(names) == 1:
        return names[0]
    if sheet is None and names:
        raise UsageError(
            "which_sheet",
            f"{file} has {len(names)} sheets.",
            allowed=", ".join(names),
            try_=f"--sheet {names[0]!r}",
        )
    if sheet is None or sheet not in names:
        raise UsageError(
            "unknown_sheet", f"{file} has no sheet {sheet or ''!r}.", allowed=", ".join(names)
        )
    return sheet


def _limited(file: str, rows: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    cells = 0
    for place, row in enumerate(rows, start=1):
        cells += len(row) + 1
        if cells > _MOST_CELLS:
            raise DataError(
                "too_large",
                f"{file} has more than {_MOST_CELLS} cells.",
                try_="delete what lies outside the table, and save again",
            )
        if row and any(cell.value is not None for cell in row):
            yield place, row


def _texts(
    file: str, sheet: str, rows: Sequence[tuple[int, tuple[Any, ...]]]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    formulas = [place for place, row in rows if any(cell.data_type == "f" for cell in row)]
    errors = [place for place, row in rows if any(cell.data_type == "e" for cell in row)]
    if formulas:
        raise DataError(
            "formula_cells",
            f"Sheet {sheet} of {file} has formulas, which are never evaluated here "
            f"({rows_named(formulas)}).",
            try_="copy the sheet and paste its values only",
        )
    if errors:
        raise DataError(
            "error_cells",
            f"Sheet {sheet} of {file} has cells with an error of the spreadsheet program "
            f"({rows_named(errors)}).",
            try_="correct the cells, and save again",
        )
    for place, row in rows:
        cells = tuple(_text(cell.value) for cell in row)
        if any(cell.strip() for cell in cells):
            yield place, cells


def rows_named(rows: Sequence[int]) -> str:
    """Name at most five rows, and how many there are.

    Examples
    --------
    >>> rows_named([3]), rows_named([1, 2, 3, 4, 5, 6])
    ('row 3', 'rows 1, 2, 3, 4, 5, …: 6 in all')
    """
    if len(rows) == 1:
        return f"row {rows[0]}"
    said = ", ".join(str(row) for row in rows[:5])
    return f"rows {said}, …: {len(rows)} in all" if len(rows) > 5 else f"rows {said}"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53:
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, (dt.date, dt.datetime, dt.time)):
        return value.isoformat()
    return unmarked(str(value))


def _refuse_bombs(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged(path.name) from error
    if unpacked > _UNPACKED:
        raise DataError(
            "header_lie",
            f"{path.name} claims to unpack to {unpacked} bytes.",
            try_="save the workbook again, or export the sheet as CSV",
        )


def _damaged(name: str) -> DataError:
    return DataError(
        "damaged_file",
        f"{name} is not a whole Excel workbook: it is damaged or cut off.",
        try_="save the workbook again, or export the sheet as CSV",
    )
