"""The family of file formats: one file per format, one line per suffix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from vendepunkt.data.formats import arrow, delimited, excel, sas, spss, stata
from vendepunkt.data.formats.raw import RawFile, ReadOptions, Value, listed, plain
from vendepunkt.data.formats.sniff import TEXT_SUFFIXES, identify
from vendepunkt.terms import DataError

#: Suffix to reader. A new format is one module and one line here.
READERS: Final[dict[str, Callable[[Path, ReadOptions], RawFile]]] = {
    ".csv": delimited.read,
    ".tsv": delimited.read,
    ".parquet": arrow.read,
    ".sav": spss.read,
    ".zsav": spss.read,
    ".dta": stata.read,
    ".sas7bdat": sas.read,
    ".xlsx": excel.read,
}

__all__ = ["READERS", "RawFile", "ReadOptions", "Value", "listed", "plain", "read_raw"]


def read_raw(path: Path, options: ReadOptions) -> RawFile:
    """Read a file with the reader of its suffix, after looking at what it really is.

    Parameters
    ----------
    path
        The file.
    options
        Encoding, sheet, and columns to keep as text.

    Raises
    ------
    DataError
        When there is no such file, it is empty, its suffix is unknown or wrong, or it is damaged.
    """
    suffix = path.suffix.lower()
    if suffix not in READERS:
        raise DataError(
            "unknown_format",
            f"{path.name} has the suffix {suffix or '(none)'}, which is no data format read here.",
            allowed=", ".join(READERS),
        )
    try:
        if not path.is_file():
            raise DataError(
                "no_such_file",
                f"There is no file {path.name} in the folder {path.parent.name or '.'}.",
                try_="check the spelling of the path",
            )
        if path.stat().st_size == 0:
            raise DataError("empty_file", f"{path.name} is empty.", try_="export the data again")
        _refuse_disguise(path, suffix)
        return READERS[suffix](path, options)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DataError("unreadable_file", f"{path.name} cannot be opened: {reason}.") from error


def _refuse_disguise(path: Path, suffix: str) -> None:
    """Refuse a file whose first bytes are not those of its suffix."""
    words, real = identify(path)
    spss_pair = {suffix, real} <= {".sav", ".zsav"}
    if real == suffix or spss_pair:
        return
    if suffix in TEXT_SUFFIXES and not words:
        return
    raise DataError(
        "wrong_extension",
        f"{path.name} is named {suffix} but "
        + (f"is {words}." if words else "does not begin as such a file does."),
        allowed=", ".join(READERS),
        try_=f"rename it to end in {real}" if real else "export the data again",
    )
