"""Open data of a meeting as a folder of csv files, or as a workbook with a sheet for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vendepunkt.convene.formats.cells import csv_text, write_text, write_workbook
from vendepunkt.convene.formats.opened import open_data
from vendepunkt.convene.formats.protocol import Choice, Imported, Loss, Written
from vendepunkt.convene.types import Meeting
from vendepunkt.terms import UsageError


def _not_read(name: str) -> UsageError:
    return UsageError(
        "not_read",
        f"The format {name} is written only: counts are no meeting.",
        allowed="frozen, pabulib, ballots, places, polis, spreadsheet",
        try_="--format spreadsheet with a mapping of the sheet counts",
    )


@dataclass(frozen=True, slots=True)
class Tables:
    """Counts, themes, channels and released ideas, a csv file each; small splits are hidden."""

    name: str = "tables"
    words: str = "folder of csv files with what may leave"
    suffix: str = ""
    reads: bool = False
    writes: bool = True
    holds: frozenset[str] = frozenset()

    def claims(self, path: Path) -> bool:
        """Never: it is written only."""
        return False

    def read(self, path: Path, mapping: Mapping[str, Any]) -> Imported:
        """Refuse: it is written only."""
        raise _not_read(self.name)

    def write(self, meeting: Meeting, path: Path, choice: Choice) -> Written:
        """Write the folder."""
        tables, losses = open_data(meeting)
        path.mkdir(parents=True, exist_ok=True)
        for name, rows in tables:
            write_text(path / f"{name}.csv", csv_text(rows))
        return Written(tuple(path / f"{name}.csv" for name, _ in tables), losses)


@dataclass(frozen=True, slots=True)
class Workbook:
    """The same tables as sheets of one workbook."""

    name: str = "workbook"
    words: str = "xlsx with a sheet for each table of what may leave"
    suffix: str = ".xlsx"
    reads: bool = False
    writes: bool = True
    holds: frozenset[str] = frozenset()

    def claims(self, path: Path) -> bool:
        """Never: it is written only."""
        return False

    def read(self, path: Path, mapping: Mapping[str, Any]) -> Imported:
        """Refuse: it is written only."""
        raise _not_read(self.name)

    def write(self, meeting: Meeting, path: Path, choice: Choice) -> Written:
        """Write the workbook."""
        tables, losses = open_data(meeting)
        if write_workbook(path, tables):
            losses += (Loss("cut", {"most": 32767}),)
        return Written((path,), losses)
