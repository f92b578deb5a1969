"""A sheet whose columns have a meaning: by the mapping, or by what they are called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from vendepunkt.convene.formats.cells import Sheet, rows_named
from vendepunkt.convene.formats.mapping import SHEETS, SheetMap
from vendepunkt.terms import DataError, UsageError

#: What columns are called in exports and lists, in Danish and English; compared without case.
NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "text": ("text", "tekst", "idea", "ide", "idé", "ideas", "ideer", "response", "responses",
                 "svar", "answer", "indspil", "bud"),
        "theme": ("theme", "tema", "option", "choice", "valg", "svarmulighed"),
        "votes": ("votes", "stemmer", "count", "antal", "antal stemmer", "number"),
        "voters": ("voters", "antal, der stemte", "stemmende", "participants", "deltagere"),
        "panel": ("panel",),
        "phase": ("phase", "life phase", "fase", "livsfase"),
        "kind": ("kind", "slags"),
        "question": ("question", "spørgsmål"),
        "channel": ("channel", "kanal"),
        "group": ("group", "gruppe", "table", "bord"),
        "choices": ("choices", "votes for", "stemte på"),
        "ballot": ("ballot", "voter", "stemmeseddel"),
        "value": ("value", "værdi", "points", "point", "rank", "score"),
        "place": ("place", "placering", "plads", "nr.", "nr"),
    }
)  # fmt: skip
_LETTER: Final = re.compile(r"[A-Z]{1,2}")
_HELD: Final = ("marks", "places", "counts", "ideas")


@dataclass(slots=True)
class Table:
    """The rows of a sheet below its names, with the place of each column that means something.

    Attributes
    ----------
    sheet, holds
        Where it stands and what it holds.
    columns
        What we call it → which column, counted from 0.
    rows
        Row number and cells.
    """

    sheet: Sheet
    holds: SheetMap
    columns: Mapping[str, int]
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    _faults: dict[str, list[int]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Give each row with what its columns hold; a column that is missing is not there."""
        for number, cells in self.rows:
            yield (
                number,
                {
                    name: cells[place].strip() if place < len(cells) else ""
                    for name, place in self.columns.items()
                },
            )

    def fault(self, row: int, what: str) -> None:
        """Note that a row cannot be used, and why; said once, with all rows, by :meth:`settle`."""
        self._faults.setdefault(what, []).append(row)

    def settle(self) -> None:
        """Raise what was noted.

        Raises
        ------
        DataError
            ``"bad_cell"`` with at most five row numbers; never what stands in them.
        """
        for what, rows in self._faults.items():
            raise DataError(
                "bad_cell",
                f"{self.sheet.place}: {what} ({rows_named(rows)}).",
                try_="correct the rows, or name the columns with a mapping",
            )

    def letter(self, name: str) -> str:
        """Give the letter of a column, as spreadsheet programs show it."""
        return letter_of(self.columns[name])


def table_of(sheet: Sheet, holds: SheetMap) -> Table:
    """Find the columns of a sheet.

    Raises
    ------
    DataError
        ``"empty_file"``, or ``"column_not_found"`` naming what is missing and how many columns
        there are; their names are not said, since a sheet without names begins with an answer.
    """
    place = next((at for at, (row, _) in enumerate(sheet.rows) if row >= holds.header), None)
    if place is None or len(sheet.rows) <= place + 1:
        raise DataError("empty_file", f"{sheet.place} has no rows below its column names.")
    header = tuple(cell.strip() for cell in sheet.rows[place][1])
    rows = sheet.rows[place + 1 :]
    width = max(len(header), *(len(cells) for _, cells in rows))
    needed, may = SHEETS[holds.holds]
    columns: dict[str, int] = {}
    # What the mapping names comes first: a name of ours never takes a column away from it.
    for name in sorted((*needed, *may), key=lambda one: one not in holds.columns):
        found = _find(name, holds.columns.get(name), header, width)
        if found is not None and name not in holds.columns and found in columns.values():
            found = None
        if found is None and (name in needed or name in holds.columns):
            raise _missing(sheet, name, holds, width)
        if found is not None:
            columns[name] = found
    if len(set(columns.values())) < len(columns):
        raise UsageError(
            "column_twice",
            f"{sheet.place}: one column is taken for two things.",
            try_="name each column once in the mapping",
        )
    return Table(sheet, holds, MappingProxyType(columns), header, rows)


def guessed(sheet: Sheet) -> SheetMap | None:
    """Say what a sheet holds by the names in its first row; None where they say nothing."""
    header = sheet.rows[0][1] if sheet.rows else ()
    for holds in _HELD:
        needed = SHEETS[holds][0]
        if all(_find(name, None, header, len(header)) is not None for name in needed):
            return SheetMap(holds)
    if _find("choices", None, header, len(header)) is not None:
        return SheetMap("voters")
    return None


def letter_of(place: int) -> str:
    """Give the letters of a column counted from 0.

    Examples
    --------
    >>> letter_of(0), letter_of(25), letter_of(26)
    ('A', 'Z', 'AA')
    """
    out = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        out = chr(65 + rest) + out
    return out


def column_named(name: str, header: Sequence[str], width: int) -> int | None:
    """Find a column by its name, else by its letter."""
    plain = [cell.strip().casefold() for cell in header]
    if name.strip().casefold() in plain:
        return plain.index(name.strip().casefold())
    if _LETTER.fullmatch(name):
        return next((at for at in range(width) if letter_of(at) == name), None)
    return None


def _find(name: str, asked: str | None, header: Sequence[str], width: int) -> int | None:
    if asked is not None:
        return column_named(asked, header, width)
    plain = [cell.strip().casefold() for cell in header]
    return next((plain.index(word) for word in NAMES[name] if word in plain), None)


def _missing(sheet: Sheet, name: str, holds: SheetMap, width: int) -> DataError:
    asked = holds.columns.get(name)
    sought = f"named {asked!r}" if asked else f"with the {name} of {holds.holds}"
    return DataError(
        "column_not_found",
        f"{sheet.place} has no column {sought} in row {holds.header}; "
        f"it has the columns A to {letter_of(width - 1)}.",
        allowed="" if asked else ", ".join(NAMES[name]),
        try_=f'columns = {{{name} = "{letter_of(0)}"}} in the mapping, by name or letter',
    )
