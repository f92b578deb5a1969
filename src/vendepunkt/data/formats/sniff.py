"""What a file really is, from its first bytes, whatever its name says."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

#: First bytes, what they mean, and the suffix under which we read it ("" = we do not).
SIGNATURES: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"$FL2", "an SPSS data file", ".sav"),
    (b"$FL3", "a compressed SPSS data file", ".zsav"),
    (b"ASCII SPSS PORT FILE", "an SPSS portable file", ""),
    (b"<stata_dta>", "a Stata data file", ".dta"),
    (
        b"\x00" * 12 + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\x00",
        "a SAS data file",
        ".sas7bdat",
    ),
    (b"HEADER RECORD*******LIB", "a SAS transport file", ""),
    (b"PAR1", "a Parquet file", ".parquet"),
    (b"ARROW1", "an Arrow file", ""),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel (.xls) or other Office file", ""),
    (b"%PDF", "a PDF document", ""),
    (b"SQLite format 3", "an SQLite database", ""),
    (b"\x1f\x8b", "a gzip-compressed file", ""),
    (b"BZh", "a bzip2-compressed file", ""),
    (b"\xfd7zXZ", "an xz-compressed file", ""),
    (b"7z\xbc\xaf", "a 7-Zip archive", ""),
    (b"RDX", "an R data file", ""),
    (b"\x89PNG", "a picture", ""),
    (b"\xff\xd8\xff", "a picture", ""),
)

#: Beginnings of text files that hold no table.
_TEXTS: Final[tuple[tuple[tuple[bytes, ...], str], ...]] = (
    ((b"<!doctype html", b"<html"), "a web page"),
    ((b"<?xml",), "an XML file"),
    ((b'{"', b'[{"', b"{\n", b"[\n"), "a JSON file"),
)

TEXT_SUFFIXES: Final = (".csv", ".tsv")

#: First byte of a Stata file of versions 8 to 12, by release number.
_OLD_STATA: Final = range(105, 116)


def identify(path: Path) -> tuple[str, str]:
    """Say what a file is.

    Parameters
    ----------
    path
        An existing file.

    Returns
    -------
    tuple of str
        Words for it, and the suffix under which it can be read; both empty when the first bytes
        look like plain text or like nothing known.
    """
    with path.open("rb") as file:
        head = file.read(512)
    for signature, words, suffix in SIGNATURES:
        if head.startswith(signature):
            return words, suffix
    if head.startswith(b"PK\x03\x04"):
        return _zip(path)
    if len(head) > 4 and head[0] in _OLD_STATA and head[1] in (1, 2) and head[2] == 1:
        return "a Stata data file", ".dta"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return next((words for marks, words in _TEXTS if start.startswith(marks)), ""), ""


def _zip(path: Path) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "a damaged or cut-off zip file", ""
    if any(name.startswith("xl/") for name in names):
        return "an Excel workbook", ".xlsx"
    if any(name.startswith("word/") for name in names):
        return "a Word document", ""
    return "a zip archive", ""
