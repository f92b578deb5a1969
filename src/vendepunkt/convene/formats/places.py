"""Published results without counts: which theme took which place in which panel and phase."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from vendepunkt.convene.formats.build import Builder, slug
from vendepunkt.convene.formats.cells import csv_text, read_sheet, write_text, write_workbook
from vendepunkt.convene.formats.mapping import (
    Head,
    SheetMap,
    VoteMap,
    head_of,
    named,
    sheets_of,
    votes_of,
)
from vendepunkt.convene.formats.protocol import FEWEST, Choice, Imported, Loss, Written
from vendepunkt.convene.formats.spreadsheet import places
from vendepunkt.convene.formats.table import guessed, table_of
from vendepunkt.convene.types import Meeting, Words
from vendepunkt.terms import DataError, UsageError, VendepunktError

_COLUMNS: Final = ("panel", "phase", "place", "theme", "votes", "voters")
_BELOW: Final[Mapping[str, str]] = {"da": "lige under", "en": "just below"}


@dataclass(frozen=True, slots=True)
class Places:
    """A rank-only list: columns panel, phase, place and theme; equal places are ties.

    The place ``just below`` (``lige under``, ``0``) is for a theme that is said to lie just below
    those that were published. Counts may stand beside (``votes``, ``voters``), and seldom do.
    """

    name: str = "places"
    words: str = "xlsx or csv with published places: panel, phase, place, theme"
    suffix: str = ".csv"
    reads: bool = True
    writes: bool = True
    holds: frozenset[str] = frozenset({"places", "panels", "phases", "titles"})

    def claims(self, path: Path) -> bool:
        """Whether the first row of the only sheet names places and themes."""
        if path.suffix.lower() not in {".csv", ".xlsx"} or not path.is_file():
            return False
        try:
            found = guessed(read_sheet(path))
        except VendepunktError:
            return False
        return found is not None and found.holds == "places"

    def read(self, path: Path, mapping: Mapping[str, Any]) -> Imported:
        """Read the places.

        Raises
        ------
        DataError
            Naming the rows that are none.
        """
        maps = [each for each in sheets_of(mapping) if each.holds == "places"]
        asked = maps[0] if maps else SheetMap("places")
        holds = replace(
            asked,
            panel=asked.panel or named(mapping, "panel"),
            phase=asked.phase or named(mapping, "phase"),
        )
        head = Head(slug(path.stem) or "meeting", Words(path.stem, path.stem))
        built = Builder(head_of(mapping, head), votes_of(mapping, VoteMap("choose-k")))
        notices = places(table_of(read_sheet(path, holds.sheet), holds), built)
        return Imported(built.meeting(), tuple(notices))

    def write(self, meeting: Meeting, path: Path, choice: Choice) -> Written:
        """Write the places that were published.

        Raises
        ------
        UsageError
            ``"no_places"`` where the meeting holds none.
        """
        if not meeting.placings:
            raise UsageError(
                "no_places",
                "The meeting holds no published places.",
                try_="--format tables, which counts the ballots",
            )
        rows = [_COLUMNS, *_rows(meeting)]
        if path.suffix.lower() == ".xlsx":
            write_workbook(path, [("places", rows)])
        else:
            write_text(path, csv_text(rows))
        lost = {
            "counts": bool(meeting.ballots),
            "ideas_and_notes": bool(meeting.ideas or meeting.notes),
            "one_language": any(theme.title.da and theme.title.en for theme in meeting.themes),
            "small_counts": any(
                one.voters is not None and one.voters < FEWEST for one in meeting.placings
            ),
            "unsaid": bool(meeting.attribution or meeting.invented),
        }
        few: dict[str, dict[str, int]] = {"small_counts": {"n": FEWEST}}
        told = tuple(Loss(code, few.get(code, {})) for code, true in lost.items() if true)
        return Written((path,), told)


def _rows(meeting: Meeting) -> list[tuple[object, ...]]:
    language = meeting.language
    phase_of = {vote.id: vote.phase for vote in meeting.votes}
    titles = {
        kind: {one.id: one.title.in_(language) or one.id for one in parts}
        for kind, parts in (
            ("panel", meeting.panels),
            ("phase", meeting.phases),
            ("theme", meeting.themes),
        )
    }
    rows: list[tuple[object, ...]] = []
    for one in meeting.placings:
        phase = phase_of.get(one.vote, "")
        named_by = (("panel", one.panel), ("phase", phase), ("theme", one.theme))
        panel, phase, theme = (titles[kind].get(id_, id_) for kind, id_ in named_by)
        if not theme:
            raise DataError("no_theme", "A published place has no theme.")
        place = one.place or _BELOW.get(language, _BELOW["en"])
        few = one.voters is not None and one.voters < FEWEST
        counts = (None, None) if few else (one.votes, one.voters)
        rows.append((panel, phase, place, theme, *counts))
    return rows
