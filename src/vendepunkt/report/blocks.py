"""What a report is made of. Blocks are plain and frozen; how they look is the renderers' business.

Texts may hold marked places: ``{ref:measure/shares/A|pct}`` is printed from the value behind that
ref (see :func:`vendepunkt.report.inline.ref`), and ``{as:2017}`` is a number that a person has
decided on (see :func:`~vendepunkt.report.inline.literal`). A digit outside such a place in running
text is refused when the report is built.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from vendepunkt.disclosure import Clearance

#: How a column's values are printed: a text, a share as percentage without and with one decimal, a
#: count, a number with 1–3 decimals, a p-value.
Kind: TypeAlias = Literal["text", "pct", "pct1", "integer", "num1", "num2", "num3", "p"]

_NAME: Final = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number in a table with its interval, printed as ``71 (68–74)``.

    Attributes
    ----------
    value, low, high
        The estimate and its bounds in the unit of the column (shares 0–1); None where there is
        none, as at a boundary.
    """

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Hidden:
    """A cell that disclosure control holds back. Use the one instance, :data:`HIDDEN`."""


#: The hidden cell; printed as ``..``
HIDDEN: Final = Hidden()

#: What can stand in a cell; None is printed as an empty cell.
Cell: TypeAlias = str | int | float | Estimate | Hidden | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    key
        Its name in the csv file.
    label
        Its heading on the page.
    kind
        How its numbers are printed.
    """

    key: str
    label: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; its first cell is the row's heading.

    Attributes
    ----------
    cells
        One cell per column; for a ``"group"`` row the heading alone.
    kind
        ``"body"``; ``"group"``, a heading over the rows that follow; or ``"total"``.
    """

    cells: tuple[Cell, ...]
    kind: Literal["body", "group", "total"] = "body"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of results; it also leaves as ``tables/NAME.csv``.

    Attributes
    ----------
    name
        File name and anchor: lower-case words joined by ``-`` or ``_``.
    caption
        One line that says what is counted, among whom, and in which unit.
    columns, rows
        The table. The first column holds the headings of the rows.
    clearance
        What the door of :mod:`vendepunkt.disclosure` said; without it nothing leaves.
    note
        Printed under the table after "Anm.:"; base n, missing answers, kind of interval.
    source
        Printed after "Kilde:".
    appendix
        True for tables that describe the work and not the people; not written as csv.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    clearance: Clearance
    note: str = ""
    source: str = ""
    appendix: bool = False

    def __post_init__(self) -> None:
        _check_name(self.name)
        if not self.columns or not self.rows:
            raise ValueError(f"Table {self.name!r} is empty.")
        for place, row in enumerate(self.rows):
            want = 1 if row.kind == "group" else len(self.columns)
            if len(row.cells) != want:
                raise ValueError(
                    f"Table {self.name!r}, row {place}: {len(row.cells)} cells, not {want}."
                )


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its words; it also leaves as ``figures/NAME.svg``.

    Attributes
    ----------
    name
        As for :class:`Table`.
    caption
        The heading of the figure: what is seen, among whom.
    svg
        The drawing, as one SVG document without scripts and without addresses.
    alt
        What the picture says to one who cannot see it: its message, and its main numbers.
    clearance
        What the door of :mod:`vendepunkt.disclosure` said.
    note, source
        As for :class:`Table`.
    narrow
        The same drawing for the width of a telephone; where there is none the wide one shrinks.
    """

    name: str
    caption: str
    svg: str
    alt: str
    clearance: Clearance
    note: str = ""
    source: str = ""
    narrow: str = ""

    def __post_init__(self) -> None:
        _check_name(self.name)
        if not self.alt.strip():
            raise ValueError(f"Figure {self.name!r} has no alternative text.")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is a chapter. The title of the document stands above them all."""

    text: str
    level: Literal[1, 2, 3] = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. Digits only within ``{ref:…}`` and ``{as:…}``."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A short list, one sentence each."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A remark in small type, such as a warning that came with a result."""

    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One of the twelve sentences the software says by itself.

    Attributes
    ----------
    name
        One of :data:`vendepunkt.language.STATEMENTS`.
    values
        What it is filled with; numbers as marked places.
    """

    name: str
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Contents:
    """The list of the report's chapters, made from its headings."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box apart from the text: the main results, or the method in brief."""

    title: str
    blocks: tuple[Paragraph | Bullets | Note | Statement, ...]


Block: TypeAlias = (
    Heading | Paragraph | Bullets | Table | Figure | Box | Note | Statement | Contents
)


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report, before any renderer has seen it.

    Attributes
    ----------
    title, subtitle
        As on the first page.
    language
        ``"da"`` or ``"en"``.
    date
        The day printed on it, and the time stamp of the files: never the clock.
    blocks
        Its blocks, in order.
    lines
        Lines under the title: who asked, who made it.
    authors
        Names for the files' metadata.
    """

    title: str
    language: str
    date: dt.date
    blocks: tuple[Block, ...]
    subtitle: str = ""
    lines: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a file: lower-case words joined by '-' or '_'.")
