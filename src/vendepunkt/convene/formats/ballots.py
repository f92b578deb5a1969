"""Bare ballots as csv: ``ballot,theme[,value]``, a row a mark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from vendepunkt.convene.formats.build import Builder, slug
from vendepunkt.convene.formats.cells import (
    csv_rows,
    csv_text,
    number,
    read_sheet,
    rows_named,
    write_text,
)
from vendepunkt.convene.formats.mapping import Head, VoteMap, head_of, named, votes_of
from vendepunkt.convene.formats.protocol import (
    Choice,
    Imported,
    Loss,
    Written,
    lost_beside_the_vote,
    one_vote,
)
from vendepunkt.convene.types import Meeting, Words
from vendepunkt.terms import DataError, VendepunktError

_COLUMNS: Final = ("ballot", "theme", "value")


@dataclass(frozen=True, slots=True)
class Ballots:
    """Ballots and nothing else, for every program that counts votes.

    A row is a mark: which ballot, which theme, and its value (1 where there is no such column).
    A row without a theme is a blank ballot; one without a ballot names a theme that nobody
    marked. Values are whole numbers, decimals, or fractions written ``p/q``.
    """

    name: str = "ballots"
    words: str = "csv with a row for each mark: ballot,theme[,value]"
    suffix: str = ".csv"
    reads: bool = True
    writes: bool = True
    holds: frozenset[str] = frozenset({"marks", "blank", "themes"})

    def claims(self, path: Path) -> bool:
        """Whether it is a csv file whose first row names these columns."""
        if path.suffix.lower() != ".csv" or not path.is_file():
            return False
        try:
            row = next(csv_rows(path), (0, ()))[1]
        except VendepunktError:
            return False
        return tuple(cell.strip().lower() for cell in row) in {_COLUMNS, _COLUMNS[:2]}

    def read(self, path: Path, mapping: Mapping[str, Any]) -> Imported:
        """Read ballots.

        Raises
        ------
        DataError
            ``"bad_header"``, or ``"bad_ballots"`` with at most five row numbers; never what stands
            in a row.
        """
        found, themes = _marks(path)
        title = Words(path.stem, path.stem)
        head = head_of(mapping, Head(slug(path.stem) or "meeting", title))
        built = Builder(head, votes_of(mapping, VoteMap()))
        panel, phase = (built.panel(named(mapping, "panel")), built.phase(named(mapping, "phase")))
        vote = built.vote(phase)
        for theme in themes:
            built.theme(theme, phase, id_=theme)
        for marks in found.values():
            built.ballot(vote, panel, marks)
        return Imported(built.meeting())

    def write(self, meeting: Meeting, path: Path, choice: Choice) -> Written:
        """Write the ballots of one vote in one panel."""
        kept = one_vote(meeting, choice)
        rows: list[tuple[object, ...]] = [_COLUMNS]
        for place, ballot in enumerate(kept.ballots, start=1):
            marks = [(place, theme, value) for theme, value in sorted(ballot.marks.items())]
            rows += marks or [(place, "", "")]
        marked = {theme for ballot in kept.ballots for theme in ballot.marks}
        rows += [("", theme.id, "") for theme in kept.themes if theme.id not in marked]
        write_text(path, csv_text(rows))
        losses = lost_beside_the_vote(meeting, kept)
        if any(title != theme.id for title, theme in zip(kept.titles, kept.themes, strict=True)):
            losses.insert(0, Loss("titles"))
        if meeting.attribution or meeting.invented:
            losses.append(Loss("unsaid"))
        losses.append(Loss("rule", {"rule": kept.vote.rule}))
        return Written((path,), tuple(losses))


def _marks(path: Path) -> tuple[dict[str, dict[str, Fraction]], list[str]]:
    """Give the marks of each ballot, and the themes in the order they are met."""
    sheet = read_sheet(path)
    names = _names(sheet.rows[0][1] if sheet.rows else (), path.name)
    width = len(names)
    found: dict[str, dict[str, Fraction]] = {}
    themes: dict[str, None] = {}
    blank: dict[str, int] = {}
    faults: dict[str, list[int]] = {}
    for row, cells in sheet.rows[1:]:
        ballot, theme, value = (*cells, "", "", "")[:3]
        if any(cell.strip() for cell in cells[width:]) or not (ballot.strip() or theme.strip()):
            faults.setdefault("rows", []).append(row)
            continue
        if theme.strip():
            themes[theme] = None
        if not ballot.strip():
            continue
        marks = found.setdefault(ballot, {})
        if not theme.strip():
            blank[ballot] = row
        elif theme in marks:
            faults.setdefault("twice", []).append(row)
        else:
            try:
                marks[theme] = number(value) if width == 3 else Fraction(1)
            except ValueError:
                faults.setdefault("value", []).append(row)
    faults |= {
        kind: rows
        for kind, rows in (("blank", [row for one, row in blank.items() if found[one]]),)
        if rows
    }
    for what, rows in faults.items():
        raise DataError(
            "bad_ballots", f"{path.name}: {_FAULTS[what]} ({rows_named(rows)}).", allowed=_ALLOWED
        )
    if not found:
        raise DataError("empty_file", f"{path.name} holds no ballots.")
    return found, list(themes)


_ALLOWED: Final = "ballot,theme[,value]; values are whole numbers, decimals or p/q"
_FAULTS: Final[Mapping[str, str]] = {
    "rows": "a row has neither a ballot nor a theme, or more columns than the first row",
    "twice": "a ballot marks the same theme twice",
    "value": "a value is no number",
    "blank": "a ballot is blank and marked at once",
}


def _names(cells: tuple[str, ...], file: str) -> tuple[str, ...]:
    names = tuple(cell.strip().lower() for cell in cells)
    if names not in {_COLUMNS, _COLUMNS[:2]}:
        raise DataError(
            "bad_header",
            f"The first row of {file} does not name the columns of ballots.",
            allowed="ballot,theme or ballot,theme,value",
        )
    return names
