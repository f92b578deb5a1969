"""The family of file formats of meetings: one protocol, one file each, one dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from vendepunkt.convene.formats.ballots import Ballots
from vendepunkt.convene.formats.folder import Folder
from vendepunkt.convene.formats.mapping import load_mapping
from vendepunkt.convene.formats.pabulib import Pabulib
from vendepunkt.convene.formats.places import Places
from vendepunkt.convene.formats.polis import Polis
from vendepunkt.convene.formats.polis_totals import Difference, polis_differences, polis_totals
from vendepunkt.convene.formats.protocol import HOLDS, Choice, Format, Imported, Loss, Written
from vendepunkt.convene.formats.spreadsheet import Spreadsheet
from vendepunkt.convene.formats.tables import Tables, Workbook
from vendepunkt.convene.types import Meeting
from vendepunkt.terms import DataError, UsageError, choose

#: Every format by its name in options, in the order in which a file is offered to them.
FORMATS: Final[dict[str, Format]] = {
    "frozen": Folder(),
    "polis": Polis(),
    "pabulib": Pabulib(),
    "ballots": Ballots(),
    "places": Places(),
    "spreadsheet": Spreadsheet(),
    "tables": Tables(),
    "workbook": Workbook(),
}

__all__ = [
    "FORMATS",
    "HOLDS",
    "Choice",
    "Difference",
    "Format",
    "Imported",
    "Loss",
    "Written",
    "import_meeting",
    "polis_differences",
    "polis_totals",
    "read_meeting",
    "write_meeting",
]


def read_meeting(
    path: Path | str,
    format: str | None = None,  # noqa: A002  # the option is called so
    mapping: Path | Mapping[str, Any] | None = None,
) -> Meeting:
    r"""Read a meeting from a file or folder.

    Parameters
    ----------
    path
        The file or folder.
    format
        A name in :data:`FORMATS`; found by looking at the file where it is not given.
    mapping
        A TOML file, or what it holds: what columns mean, and what the file does not say about its
        meeting.

    Returns
    -------
    Meeting
        What the file holds; ballots in an order that tells nothing.

    Raises
    ------
    DataError
        When the file is missing, damaged or cannot be what it claims, with rows or lines.
    UsageError
        When the format cannot be found or is not read, or the mapping names what is not there.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "vote.csv"
    ...     _ = file.write_text("ballot,theme\n1,home\n1,work\n2,work\n3,\n")
    ...     meeting = read_meeting(file)
    >>> [theme.id for theme in meeting.themes], len(meeting.ballots)
    (['home', 'work'], 3)
    """
    return import_meeting(path, format, mapping).meeting


def import_meeting(
    path: Path | str,
    format: str | None = None,  # noqa: A002  # the option is called so
    mapping: Path | Mapping[str, Any] | None = None,
) -> Imported:
    """Read a meeting, with what the program says about the file of its own accord.

    Parameters, errors and result as :func:`read_meeting`; the notices name, for one, the
    statements for which files of a Polis conversation disagree.
    """
    path = Path(path)
    if not path.exists():
        raise DataError(
            "no_such_file",
            f"There is no {path.name} in the folder {path.parent.name or '.'}.",
            try_="check the spelling of the path",
        )
    given = load_mapping(mapping)
    if format:
        return FORMATS[choose(format, tuple(FORMATS), "--format")].read(path, given)
    # Who says what the columns are knows better than the names in the first row.
    told = "sheet" in given and FORMATS["spreadsheet"].claims(path)
    return (FORMATS["spreadsheet"] if told else _recognised(path)).read(path, given)


def write_meeting(
    meeting: Meeting,
    path: Path | str,
    format: str | None = None,  # noqa: A002  # the option is called so
    *,
    panel: str | None = None,
    phase: str | None = None,
) -> Written:
    """Write a meeting to a file or folder.

    Parameters
    ----------
    meeting
        The meeting.
    path
        The file; for ``frozen``, ``tables`` and ``polis`` the folder.
    format
        A name in :data:`FORMATS`; by the ending of the file where it is not given.
    panel, phase
        Ids of what is written by formats that hold one vote of one panel.

    Returns
    -------
    Written
        The files, and a sentence for each thing that the format cannot hold or that was hidden.

    Raises
    ------
    UsageError
        When the format cannot be found or is not written, or several votes could be meant.
    DataError
        When the format cannot hold the vote.
    RefusedError
        When fewer than five people voted and the format holds single ballots.
    """
    path = Path(path)
    name = format or _ENDINGS.get(path.suffix.lower(), "")
    writing = tuple(one.name for one in FORMATS.values() if one.writes)
    if not name:
        raise UsageError(
            "which_format",
            f"The ending of {path.name} does not say which format is meant.",
            allowed=", ".join(writing),
            try_="--format tables",
        )
    found = FORMATS[choose(name, tuple(FORMATS), "--format")]
    if found.suffix and not path.parent.is_dir():
        raise DataError("no_such_folder", f"There is no folder {path.parent.name}.")
    if not found.suffix and path.exists() and not path.is_dir():
        raise DataError("no_folder", f"{path.name} is a file; {found.name} is a folder.")
    if found.suffix and path.is_dir():
        raise DataError("no_file", f"{path.name} is a folder; {found.name} is a file.")
    return found.write(meeting, path, Choice(panel, phase))


_ENDINGS: Final = {".pb": "pabulib", ".csv": "ballots", ".xlsx": "workbook"}


def _recognised(path: Path) -> Format:
    for one in FORMATS.values():
        if one.reads and one.claims(path):
            return one
    raise DataError(
        "unknown_format",
        f"{path.name} is none of the formats that are read here.",
        allowed=", ".join(one.name for one in FORMATS.values() if one.reads),
        try_="--format NAME, where you know what it is",
    )
