"""Text files with a delimiter: .csv and .tsv in any of the encodings surveys come in."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vendepunkt.data.formats.raw import RawFile, ReadOptions, listed
from vendepunkt.terms import DataError, Notice

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_DELIMITERS: Final = (",", ";", "\t", "|")
_SAMPLE: Final = 1 << 16
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read(path: Path, options: ReadOptions) -> RawFile:
    """Read a .csv or .tsv file.

    The encoding is taken from the byte-order mark, else UTF-8, else windows-1252; the delimiter
    is comma, semicolon, tab or bar; a decimal comma is understood where the comma does not
    separate columns. Numbers written with leading zeros stay text.

    Raises
    ------
    DataError
        When the file is empty, is no text, or its rows have different numbers of columns.
    """
    import pandas as pd

    from vendepunkt.data.formats import text

    content, encoding = _decode(path.read_bytes(), options.encoding, path.name)
    header, delimiter = _header(content, path)
    names, notices = _names(header, path.name)
    table = _parse(content, names, delimiter, path.name)
    columns: dict[str, pd.Series] = {}
    tags: dict[str, pd.Series] = {}
    kept: dict[str, list[str]] = {"zeros": [], "long": []}
    for name in names:
        if name in options.as_text:
            columns[name] = text.as_written(table.column(name))
            continue
        column = text.from_cells(table.column(name), comma=delimiter != ",")
        columns[name] = column.answers
        if column.tags is not None:
            tags[name] = column.tags
        if column.kept:
            kept[column.kept].append(name)
    notices += _said(encoding, options.encoding, tags, kept)
    return RawFile(
        frame=pd.DataFrame(columns),
        tags=tags,
        format="text with tabs" if delimiter == "\t" else f"text with {delimiter!r}",
        encoding=encoding,
        notices=tuple(notices),
    )


def _decode(data: bytes, encoding: str | None, name: str) -> tuple[str, str]:
    """Turn bytes into text and say with which encoding."""
    if not data.strip(b"\x00 \t\r\n"):
        raise DataError("empty_file", f"{name} is empty.", try_="export the data again")
    for mark, found in _BOMS:
        if encoding is None and data.startswith(mark):
            encoding = found
            break
    if encoding is None and b"\x00" in data[:_SAMPLE]:
        raise DataError(
            "not_text",
            f"{name} is not a text file: it holds zero bytes.",
            allowed="text in UTF-8, UTF-16 with a byte-order mark, or windows-1252",
            try_="export the data as CSV, or name the encoding: encoding='utf-16-le'",
        )
    tried = (encoding,) if encoding else ("utf-8", "windows-1252", "latin-1")
    for candidate in tried:
        try:
            return data.decode(candidate), candidate
        except UnicodeError:
            continue
        except LookupError as error:
            raise DataError(
                "unknown_encoding",
                f"The encoding {candidate!r} is not known.",
                allowed="names such as utf-8, windows-1252, latin-1, utf-16",
            ) from error
    raise DataError(
        "wrong_encoding",
        f"{name} cannot be read as {tried[0]}.",
        try_="leave the encoding out, or name another one, such as windows-1252",
    )


def _header(content: str, path: Path) -> tuple[list[str], str]:
    """Find the delimiter and split the first row."""
    sample = content[:_SAMPLE]
    first = sample.lstrip("\r\n").split("\n", 1)[0]
    if path.suffix.lower() == ".tsv" and "\t" in first:
        delimiter = "\t"
    else:
        outside = "".join(first.split('"')[::2])
        counts = {mark: outside.count(mark) for mark in _DELIMITERS}
        delimiter = max(counts, key=lambda mark: counts[mark])
    try:
        header = next(csv.reader(io.StringIO(sample), delimiter=delimiter), [])
    except csv.Error as error:
        raise DataError(
            "bad_header", f"The first row of {path.name} cannot be read as column names."
        ) from error
    return header, delimiter


def _names(header: list[str], file: str) -> tuple[list[str], list[Notice]]:
    """Give every column one name; refuse doubles."""
    names = [name.strip() for name in header]
    unnamed = [place for place, name in enumerate(names, start=1) if not name]
    for place in unnamed:
        names[place - 1] = f"column_{place}"
    doubles = [name for name, times in Counter(names).items() if times > 1]
    if doubles:
        raise DataError(
            "double_column",
            f"{file} has more than one column named {listed(doubles)}.",
            try_="give every column its own name",
        )
    if not unnamed:
        return names, []
    said = listed([names[place - 1] for place in unnamed])
    text = f"Columns without a name were named {said}."
    return names, [Notice("unnamed_columns", text, {"columns": said})]


def _parse(content: str, names: list[str], delimiter: str, file: str) -> pa.Table:
    """Split the text into columns of strings."""
    import pyarrow as pa

    data = content.encode("utf-8", errors="replace")
    quoted = '"' in content
    try:
        table, bad = _split(data, names, delimiter, quoted=quoted, threads=True)
        if bad:
            table, bad = _split(data, names, delimiter, quoted=quoted, threads=False)
    except (pa.ArrowInvalid, pa.ArrowCapacityError, pa.ArrowKeyError) as error:
        raise DataError(
            "bad_rows",
            f"{file} cannot be split into {len(names)} columns.",
            try_="check quotes and delimiters, or export the data again",
        ) from error
    if bad:
        where = ", ".join(str(row) for row in bad[:5])
        raise DataError(
            "ragged_rows",
            f"{len(bad)} rows of {file} do not have {len(names)} columns like its header "
            f"(lines {where}{', …' if len(bad) > 5 else ''}).",
            try_="check quotes and delimiters, or export the data again",
        )
    if table.num_rows == 0:
        raise DataError("empty_file", f"{file} has column names but no rows.")
    return table


def _split(
    data: bytes, names: list[str], delimiter: str, *, quoted: bool, threads: bool
) -> tuple[pa.Table, list[int]]:
    """Split once; with one thread the numbers of rows that do not fit are known."""
    import pyarrow as pa
    import pyarrow.csv as pacsv

    bad: list[int] = []

    def note(row: pacsv.InvalidRow) -> str:
        bad.append(row.number or 0)
        return "skip"

    table = pacsv.read_csv(
        pa.BufferReader(data),
        read_options=pacsv.ReadOptions(
            column_names=names,
            skip_rows_after_names=1,
            block_size=min(max(len(data) + 1, 1 << 20), 1 << 26),
            use_threads=threads,
        ),
        parse_options=pacsv.ParseOptions(
            delimiter=delimiter, newlines_in_values=quoted, invalid_row_handler=note
        ),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
    return table, bad


def _said(
    encoding: str,
    asked: str | None,
    tags: dict[str, pd.Series],
    kept: dict[str, list[str]],
) -> list[Notice]:
    notices = []
    if asked is None and encoding not in ("utf-8", "utf-8-sig"):
        notices.append(
            Notice("encoding", f"The file was read as {encoding}.", {"encoding": encoding})
        )
    if tags:
        columns = listed(list(tags))
        text = f"Written marks such as NA were taken as missing in {columns}."
        notices.append(Notice("written_missing", text, {"columns": columns}))
    if kept["zeros"]:
        columns = listed(kept["zeros"])
        text = f"Numbers with leading zeros were kept as text in {columns}."
        notices.append(Notice("leading_zeros", text, {"columns": columns}))
    if kept["long"]:
        columns = listed(kept["long"])
        text = f"Numbers of 16 digits or more were kept as text in {columns}."
        notices.append(Notice("long_numbers", text, {"columns": columns}))
    return notices
