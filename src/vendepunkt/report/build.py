"""Build once, render many: from blocks to the printed words, numbers and cells every renderer gets.

No renderer formats a number or chooses a word; what it gets here is final. So two renderings of
one document carry the same sentences and the same numbers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from vendepunkt.language import date, number, p_value, percent, points, span, statement, text
from vendepunkt.report import blocks as b
from vendepunkt.report.inline import Inline, Span, plain, printable, resolve
from vendepunkt.terms import RefusedError, RefValue

#: How a hidden cell is printed.
HIDDEN_MARK: Final = ".."

#: Longest text of a first column that is only a number, such as "14a".
_NUMBER_LENGTH: Final = 4

#: A gap that prints as 0 per cent is not worth a sentence.
_SMALL_GAP: Final = 0.005

_DECIMALS: Final = {"pct": 0, "pct1": 1, "integer": 0, "num1": 1, "num2": 2, "num3": 3}


@dataclass(frozen=True, slots=True)
class BuiltCell:
    """A cell as printed."""

    text: Inline
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class BuiltRow:
    """A row as printed."""

    kind: str
    cells: tuple[BuiltCell, ...]


@dataclass(frozen=True, slots=True)
class BuiltTable:
    """A table as printed; `numeric` says which columns stand right-aligned."""

    name: str
    label: str
    caption: Inline
    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[BuiltRow, ...]
    notes: tuple[Inline, ...]

    @property
    def numbered(self) -> bool:
        """Whether the first column holds only short numbers, and so needs little room."""
        return all(len(plain(row.cells[0].text)) <= _NUMBER_LENGTH for row in self.rows)


@dataclass(frozen=True, slots=True)
class BuiltFigure:
    """A figure as printed."""

    name: str
    label: str
    caption: Inline
    svg: str
    narrow: str
    alt: str
    notes: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class BuiltText:
    """A paragraph, note or statement as printed; `role` says which."""

    role: str
    text: Inline


@dataclass(frozen=True, slots=True)
class BuiltBullets:
    """A list as printed."""

    items: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class BuiltHeading:
    """A heading as printed, with its anchor."""

    text: Inline
    level: int
    anchor: str


@dataclass(frozen=True, slots=True)
class BuiltContents:
    """The list of chapters as printed."""

    title: str
    entries: tuple[BuiltHeading, ...] = ()


@dataclass(frozen=True, slots=True)
class BuiltBox:
    """A box as printed."""

    title: Inline
    anchor: str
    parts: tuple[BuiltText | BuiltBullets, ...]


Built: TypeAlias = (
    BuiltTable | BuiltFigure | BuiltText | BuiltBullets | BuiltHeading | BuiltContents | BuiltBox
)


@dataclass(frozen=True, slots=True)
class BuiltDocument:
    """A report as printed: everything a renderer needs, and nothing left to decide but looks."""

    title: str
    subtitle: str
    lines: tuple[str, ...]
    date: str
    language: str
    authors: tuple[str, ...]
    parts: tuple[Built, ...]
    words: dict[str, str] = field(default_factory=dict)


def build(document: b.Document, refs: Mapping[str, RefValue]) -> BuiltDocument:
    """Print every text, number and cell of a document.

    Parameters
    ----------
    document
        The report.
    refs
        Values by the written form of their ref.

    Returns
    -------
    BuiltDocument
        The report in words.

    Raises
    ------
    RefusedError
        If a ref is missing or empty, a number is typed into running text, or a table or figure
        was cleared under another name.
    ValueError
        If two tables or figures have one name, or a heading skips a level.
    """
    for block in document.blocks:
        if isinstance(block, (b.Table, b.Figure)) and block.clearance.name != block.name:
            raise RefusedError(
                "no_clearance",
                f"{block.name!r} carries the clearance of {block.clearance.name!r}.",
                try_="let it pass a Door under its own name",
            )
    parts = _Builder(refs, document.language).all(document.blocks)
    headings = tuple(part for part in parts if isinstance(part, BuiltHeading))
    _check(headings, parts)
    shown = tuple(heading for heading in headings if heading.level <= 2)
    words = ("contents", "skip", "hidden", "page", "of")
    return BuiltDocument(
        title=printable(document.title),
        subtitle=printable(document.subtitle),
        lines=tuple(printable(line) for line in document.lines),
        date=date(document.date, document.language),
        language=document.language,
        authors=tuple(printable(author) for author in document.authors),
        parts=tuple(
            replace(part, entries=shown) if isinstance(part, BuiltContents) else part
            for part in parts
        ),
        words={word: text(f"report.{word}", document.language) for word in words},
    )


class _Builder:
    """Builds block by block, counting tables and figures on the way."""

    def __init__(self, refs: Mapping[str, RefValue], language: str) -> None:
        self.refs = refs
        self.language = language
        self.tables = 0
        self.figures = 0
        self.anchors: set[str] = set()

    def all(self, given: tuple[b.Block, ...]) -> tuple[Built, ...]:
        return tuple(self.one(block) for block in given)

    def one(self, block: b.Block) -> Built:
        match block:
            case b.Heading():
                words = self.loose(block.text)
                return BuiltHeading(words, block.level, self.anchor(plain(words)))
            case b.Table():
                return self.table(block)
            case b.Figure():
                return self.figure(block)
            case b.Contents():
                return BuiltContents(text("report.contents", self.language))
            case b.Box():
                title = self.loose(block.title)
                inside = tuple(self.simple(part) for part in block.blocks)
                return BuiltBox(title, self.anchor(plain(title)), inside)
            case _:
                return self.simple(block)

    def simple(
        self, block: b.Paragraph | b.Bullets | b.Note | b.Statement
    ) -> BuiltText | BuiltBullets:
        match block:
            case b.Bullets():
                return BuiltBullets(tuple(self.strict(item) for item in block.items))
            case b.Statement():
                said = statement(block.name, self.language, **block.values)
                return BuiltText("statement", self.strict(said))
            case b.Note():
                return BuiltText("note", self.strict(block.text))
            case b.Paragraph():
                return BuiltText("paragraph", self.strict(block.text))

    def strict(self, words: str) -> Inline:
        return resolve(words, self.refs, self.language)

    def loose(self, words: str) -> Inline:
        return resolve(words, self.refs, self.language, strict=False)

    def table(self, block: b.Table) -> BuiltTable:
        self.tables += 1
        rows = tuple(
            BuiltRow(
                row.kind,
                tuple(
                    self.cell(cell, column.kind)
                    for cell, column in zip(row.cells, block.columns, strict=False)
                ),
            )
            for row in block.rows
        )
        hidden = any(cell.hidden for row in rows for cell in row.cells)
        return BuiltTable(
            name=block.name,
            label=f"{text('report.table', self.language)} {self.tables}",
            caption=self.loose(block.caption),
            heads=tuple(printable(column.label) for column in block.columns),
            numeric=tuple(column.kind != "text" for column in block.columns),
            rows=rows,
            notes=self.notes(block, hidden=hidden),
        )

    def figure(self, block: b.Figure) -> BuiltFigure:
        self.figures += 1
        return BuiltFigure(
            name=block.name,
            label=f"{text('report.figure', self.language)} {self.figures}",
            caption=self.loose(block.caption),
            svg=block.svg,
            narrow=block.narrow,
            alt=plain(self.loose(block.alt)),
            notes=self.notes(block, hidden=False),
        )

    def notes(self, block: b.Table | b.Figure, *, hidden: bool) -> tuple[Inline, ...]:
        said = [block.note] if block.note else []
        if hidden:
            threshold = block.clearance.threshold
            said.append(text("disclosure.hidden_note", self.language, threshold=threshold))
        elif block.clearance.hidden:
            threshold = block.clearance.threshold
            said.append(text("disclosure.left_out_note", self.language, threshold=threshold))
        if hidden:
            said += self.not_best(block.clearance.gap)
        lines = [text("report.note", self.language, text=" ".join(said))] if said else []
        if block.source:
            lines.append(text("report.source", self.language, text=block.source))
        return tuple(self.loose(line) for line in lines)

    def not_best(self, gap: float | None) -> list[str]:
        """Say it where fewer cells might have been hidden."""
        if gap is None:
            return [text("disclosure.gap_unknown", self.language)]
        if gap < _SMALL_GAP:
            return []
        return [text("disclosure.gap", self.language, gap=percent(gap, self.language))]

    def cell(self, cell: b.Cell, kind: b.Kind) -> BuiltCell:
        if isinstance(cell, b.Hidden):
            return BuiltCell((Span(HIDDEN_MARK),), hidden=True)
        if isinstance(cell, str):
            return BuiltCell(self.loose(cell))
        said = self.estimate(cell, kind)
        return BuiltCell((Span(said),) if said else ())

    def estimate(self, cell: float | b.Estimate | None, kind: b.Kind) -> str:
        if not isinstance(cell, b.Estimate):
            return self.printed(cell, kind)
        value = self.printed(cell.value, kind)
        bounds = span(
            cell.low,
            cell.high,
            self.language,
            _DECIMALS.get(kind, 2),
            share=kind in {"pct", "pct1"},
        )
        return f"{value} ({bounds})" if value and bounds else value

    def printed(self, value: float | None, kind: b.Kind) -> str:
        if value is None:
            return ""
        if kind == "p":
            return p_value(value, self.language)
        if kind == "text":
            raise ValueError(f"{value!r} stands in a text column; give the column its kind.")
        write = points if kind in {"pct", "pct1"} else number
        return write(value, self.language, _DECIMALS[kind])

    def anchor(self, words: str) -> str:
        base = slug(words)
        found, count = base, 1
        while found in self.anchors:
            count += 1
            found = f"{base}-{count}"
        self.anchors.add(found)
        return found


def slug(words: str) -> str:
    """Make an anchor of a heading.

    Examples
    --------
    >>> slug("Hvad er målt, og hvordan?")
    'hvad-er-maalt-og-hvordan'
    """
    lowered = words.lower().replace("å", "aa").replace("æ", "ae").replace("ø", "oe")
    bare = unicodedata.normalize("NFKD", lowered).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-") or "section"


def _check(headings: tuple[BuiltHeading, ...], parts: tuple[Built, ...]) -> None:
    level = 0
    for heading in headings:
        if heading.level > level + 1:
            raise ValueError(f"Heading {plain(heading.text)!r} skips from level {level}.")
        level = heading.level
    names = [part.name for part in parts if isinstance(part, (BuiltTable, BuiltFigure))]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"More than one table or figure is called {sorted(twice)}.")
