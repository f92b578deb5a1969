"""Spreadsheets, ``.xlsx`` and ``.csv``, whose columns are named by a mapping or by themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from vendepunkt.convene.formats.build import Builder, slug
from vendepunkt.convene.formats.cells import Sheet, number, read_sheet
from vendepunkt.convene.formats.mapping import (
    SHEETS,
    Head,
    SheetMap,
    VoteMap,
    head_of,
    named,
    sheets_of,
    votes_of,
)
from vendepunkt.convene.formats.protocol import Choice, Imported, Written
from vendepunkt.convene.formats.table import Table, column_named, guessed, table_of
from vendepunkt.convene.types import CHANNELS, KINDS, Channel, Kind, Meeting, Placing, Words
from vendepunkt.terms import DataError, Notice, UsageError

_YES: Final = frozenset({"x", "ja", "yes", "true", "sand", "✓", "✔", "☑", "1"})
_NO: Final = frozenset({"", "0", "nej", "no", "false", "falsk", "-"})
#: Columns of exports that are about the voter or the moment: never a theme, and never kept.
_NO_THEMES: Final = frozenset(
    {"name", "navn", "date", "dato", "time", "tid", "timestamp", "session", "id", "email", "mail",
     "ip", "device", "respondent", "participant", "deltager"}
)  # fmt: skip
_KIND_WORDS: Final[Mapping[str, Kind]] = {
    **{kind: kind for kind in KINDS},
    "pushes out": "pushes_out",
    "skubber ud": "pushes_out",
    "lets in": "lets_in",
    "lukker ind": "lets_in",
    "free": "free",
    "frit": "free",
    "": "free",
}
_CHANNEL_WORDS: Final[Mapping[str, Channel]] = {
    **{channel: channel for channel in CHANNELS},
    "": "phone",
    "telefon": "phone",
    "papir": "paper",
    "hjælper": "helper",
}


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """Lists as people keep them, and exports of voting tools such as Mentimeter's.

    A sheet holds ``ideas`` (a row each), ``counts`` (votes for each theme, without ballots),
    ``voters`` (a row each: a column per theme, or one cell with all choices), ``marks`` (a row
    each) or ``places`` (published places). Several sheets make one meeting.
    """

    name: str = "spreadsheet"
    words: str = "xlsx or csv with ideas, votes or counts, by a column mapping"
    suffix: str = ".xlsx"
    reads: bool = True
    writes: bool = False
    holds: frozenset[str] = frozenset()

    def claims(self, path: Path) -> bool:
        """Whether the file is a workbook or csv."""
        return path.suffix.lower() in {".xlsx", ".csv", ".tsv"}

    def read(self, path: Path, mapping: Mapping[str, Any]) -> Imported:
        """Read the sheets that the mapping names, or the only one.

        Raises
        ------
        DataError
            Where rows cannot be used, naming at most five of them.
        UsageError
            ``"which_columns"`` where nothing says what the sheet holds.
        """
        maps = sheets_of(mapping) or (SheetMap(""),)
        read = [_known(each, read_sheet(path, each.sheet)) for each in maps]
        head = Head(slug(path.stem) or "meeting", Words(path.stem, path.stem))
        built = Builder(head_of(mapping, head), votes_of(mapping, VoteMap()))
        notices: list[Notice] = []
        for each, sheet in read:
            filled = replace(
                each,
                panel=each.panel or named(mapping, "panel"),
                phase=each.phase or named(mapping, "phase"),
            )
            notices += _READERS[each.holds](table_of(sheet, filled), built)
        return Imported(built.meeting(), tuple(notices))

    def write(self, meeting: Meeting, path: Path, choice: Choice) -> Written:
        """Refuse: what is written as a spreadsheet is the workbook."""
        raise UsageError(
            "not_written",
            "The format spreadsheet is read only.",
            allowed="workbook, tables",
            try_="--format workbook",
        )


def _known(asked: SheetMap, sheet: Sheet) -> tuple[SheetMap, Sheet]:
    """Say what a sheet holds: as asked, or by the names of its columns."""
    found = None if asked.holds else guessed(sheet)
    if not asked.holds and found is None:
        raise UsageError(
            "which_columns",
            f"Nothing says what the columns of {sheet.place} are.",
            allowed=f"[[sheet]] with holds = {', '.join(SHEETS)}",
            try_="--holds ideas --columns text=A, or --mapping FILE",
        )
    return (asked if found is None else replace(asked, holds=found.holds)), sheet


def where(table: Table, built: Builder, row: Mapping[str, str]) -> tuple[str, str]:
    """Give the ids of a row's panel and phase: its own, or those that hold for the sheet."""
    panel = built.panel(row.get("panel") or table.holds.panel)
    return panel, built.phase(row.get("phase") or table.holds.phase)


def channel_of(table: Table, number_: int, row: Mapping[str, str]) -> Channel:
    """Give how a row reached the meeting; the phone where nothing is said."""
    word = row.get("channel", "").lower()
    if word not in _CHANNEL_WORDS:
        table.fault(number_, "a channel is none of phone, paper, helper")
    return _CHANNEL_WORDS.get(word, "phone")


def _ideas(table: Table, built: Builder) -> list[Notice]:
    empty = 0
    for at, row in table:
        if not row["text"]:
            empty += 1
            continue
        panel, phase = where(table, built, row)
        word = row.get("kind", "").lower() or table.holds.kind
        if word not in _KIND_WORDS:
            table.fault(at, f"a kind is none of {', '.join(KINDS)}")
        kind = _KIND_WORDS.get(word, "free")
        question = built.question(phase, kind, row.get("question", ""))
        theme = built.theme(row["theme"], phase) if row.get("theme") else ""
        group = built.group(row["group"], panel) if row.get("group") else None
        built.idea(
            row["text"],
            panel,
            question,
            channel=channel_of(table, at, row),
            theme=theme,
            group=group,
        )
    table.settle()
    said = f"{empty} rows without an idea were left out."
    return [Notice("empty_ideas", said, {"n": empty})] * bool(empty)


def _counts(table: Table, built: Builder) -> list[Notice]:
    found: dict[tuple[str, str], list[tuple[str, int, int | None]]] = {}
    for at, row in table:
        if not row["theme"]:
            table.fault(at, "a row has no theme")
            continue
        votes, voters = _whole(table, at, row, "votes"), _whole(table, at, row, "voters")
        panel, phase = where(table, built, row)
        theme = built.theme(row["theme"], phase)
        rows = found.setdefault((panel, phase), [])
        if any(theme == one for one, _, _ in rows):
            table.fault(at, "a theme stands twice in a panel and phase")
        rows.append((theme, votes or 0, voters if voters is not None else table.holds.voters))
    table.settle()
    for (panel, phase), rows in found.items():
        vote = built.vote(phase)
        for theme, votes, voters in rows:
            place = 1 + sum(other > votes for _, other, _ in rows)
            built.placing(Placing(vote, panel, theme, place, votes, voters))
    return [
        Notice(
            "counts_without_ballots",
            "Only counts are known, no ballots: places hold, and how firmly they hold cannot be "
            "said.",
        )
    ]


def _whole(table: Table, at: int, row: Mapping[str, str], name: str) -> int | None:
    if not row.get(name):
        if name == "votes":
            table.fault(at, f"column {table.letter(name)} has no count")
        return None
    try:
        value = number(row[name])
    except ValueError:
        value = Fraction(-1)
    if value < 0 or value.denominator != 1 or value > 10**9:
        table.fault(at, f"column {table.letter(name)} holds no count")
        return None
    return int(value)


def _voters(table: Table, built: Builder) -> list[Notice]:
    if "choices" in table.columns:
        _lists(table, built)
        table.settle()
        return []
    n = _matrix(table, built)
    table.settle()
    return [Notice("themes_by_column", f"{n} columns were taken for themes.", {"n": n})]


def _lists(table: Table, built: Builder) -> None:
    """Read a row for each voter whose choices stand in one cell."""
    for at, row in table:
        panel, phase = where(table, built, row)
        vote = built.vote(phase)
        titles = [one.strip() for one in row["choices"].split(table.holds.separator)]
        themes = [built.theme(one, phase) for one in titles if one]
        if len(set(themes)) < len(themes):
            table.fault(at, "a voter chose the same theme twice")
        marks = dict.fromkeys(themes, Fraction(1))
        group = built.group(row["group"], panel) if row.get("group") else None
        built.ballot(vote, panel, marks, channel_of(table, at, row), group)


def _matrix(table: Table, built: Builder) -> int:
    """Read a row for each voter and a column for each theme; give how many themes there are."""
    columns = _theme_columns(table)
    for (at, cells), (_, row) in zip(table.rows, table, strict=True):
        panel, phase = where(table, built, row)
        vote = built.vote(phase)
        marks = {}
        for place, title in columns:
            cell = cells[place].strip() if place < len(cells) else ""
            theme = built.theme(title, phase)
            value = _mark(cell)
            if value is None:
                table.fault(at, "a cell is neither empty, a cross, nor a number")
            elif value:
                marks[theme] = value
        group = built.group(row["group"], panel) if row.get("group") else None
        built.ballot(vote, panel, marks, channel_of(table, at, row), group)
    return len(columns)


def _theme_columns(table: Table) -> list[tuple[int, str]]:
    width = len(table.header)
    if table.holds.themes:
        found = [(column_named(one, table.header, width), one) for one in table.holds.themes]
        missing = [one for place, one in found if place is None]
        if missing:
            raise DataError(
                "column_not_found",
                f"{table.sheet.place} has no column named {missing[0]!r}.",
                try_="the names as they stand in the sheet, or letters",
            )
        return [(place, table.header[place] or one) for place, one in found if place is not None]
    taken = set(table.columns.values())
    rest = [
        (at, one)
        for at, one in enumerate(table.header)
        if one and at not in taken and one.casefold() not in _NO_THEMES
    ]
    if not rest:
        raise DataError(
            "column_not_found",
            f"{table.sheet.place} has no column with a theme.",
            try_='themes = ["B", "C"] or columns = {choices = "B"} in the mapping',
        )
    return rest


def _mark(cell: str) -> Fraction | None:
    if cell.lower() in _NO:
        return Fraction(0)
    if cell.lower() in _YES:
        return Fraction(1)
    try:
        return number(cell)
    except ValueError:
        return None


def _marks(table: Table, built: Builder) -> list[Notice]:
    ballots: dict[tuple[str, str, str], dict[str, Fraction]] = {}
    told: dict[tuple[str, str, str], tuple[Channel, str | None]] = {}
    for at, row in table:
        panel, phase = where(table, built, row)
        theme = built.theme(row["theme"], phase) if row["theme"] else ""
        if not row["ballot"]:
            if not theme:
                table.fault(at, "a row has neither a ballot nor a theme")
            continue
        key = (panel, phase, row["ballot"])
        marks = ballots.setdefault(key, {})
        group = built.group(row["group"], panel) if row.get("group") else None
        told[key] = (channel_of(table, at, row), group)
        if theme in marks:
            table.fault(at, "a ballot marks the same theme twice")
        elif theme:
            value = _mark(row["value"]) if row.get("value") else Fraction(1)
            if value is None:
                table.fault(at, f"column {table.letter('value')} holds no number")
            marks[theme] = value or Fraction(0)
    table.settle()
    for (panel, phase, _), marks in ballots.items():
        channel, group = told[panel, phase, _]
        built.ballot(built.vote(phase), panel, marks, channel, group)
    return []


def places(table: Table, built: Builder) -> list[Notice]:
    """Read published places; just below the top is place 0."""
    seen: set[tuple[str, str]] = set()
    for at, row in table:
        if not row["theme"]:
            table.fault(at, "a row has no theme")
            continue
        place = place_of(row["place"])
        if place is None:
            table.fault(at, "a place is neither a number nor just below the top")
            continue
        panel, phase = where(table, built, row)
        theme = built.theme(row["theme"], phase)
        if (panel, theme) in seen:
            table.fault(at, "a theme stands twice in a panel and phase")
        seen.add((panel, theme))
        votes, voters = (_count(table, at, row, name) for name in ("votes", "voters"))
        built.placing(Placing(built.vote(phase), panel, theme, place, votes, voters))
    table.settle()
    return []


def _count(table: Table, at: int, row: Mapping[str, str], name: str) -> int | None:
    return _whole(table, at, row, name) if row.get(name) else None


#: How lists say that a theme came just below those that were published as chosen.
_BELOW: Final = frozenset(
    {"0", "just below", "just below the top", "just under", "lige under", "lige under top 3",
     "lige uden for", "under"}
)  # fmt: skip


def place_of(text: str) -> int | None:
    """Read a place: 1 is first, 0 is just below the top.

    Examples
    --------
    >>> place_of("2."), place_of("Lige under"), place_of("første")
    (2, 0, None)
    """
    plain = " ".join(text.casefold().split()).rstrip(".")
    if plain in _BELOW:
        return 0
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 4 else None


_READERS: Final[Mapping[str, Callable[[Table, Builder], list[Notice]]]] = {
    "ideas": _ideas,
    "counts": _counts,
    "voters": _voters,
    "marks": _marks,
    "places": places,
}
