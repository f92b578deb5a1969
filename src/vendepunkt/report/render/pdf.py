"""The report as PDF/UA-1, set by Typst with the fonts it carries."""

from __future__ import annotations

import datetime as dt
import json
import re
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from vendepunkt.report.build import (
    Built,
    BuiltBox,
    BuiltBullets,
    BuiltContents,
    BuiltDocument,
    BuiltFigure,
    BuiltHeading,
    BuiltTable,
    BuiltText,
)
from vendepunkt.report.inline import Inline
from vendepunkt.report.inline import plain as words_of
from vendepunkt.report.render import svg as drawings
from vendepunkt.report.render.extra import fetch
from vendepunkt.terms import DataError

#: How Typst says that no font has a sign.
_MISSING: Final = re.compile(r'the text `"(.+?)"` could not be displayed')
_SPAN: Final = re.compile(r"(?<=\d)\u2013(?=\d)")


def render_pdf(document: BuiltDocument, day: dt.date) -> bytes:
    """Write a built report as a tagged PDF.

    Typst itself refuses to write a file that breaks PDF/UA-1, so what comes back has a title, a
    language, headings in order, marked table headings and words for every picture.

    Parameters
    ----------
    document
        The report in words.
    day
        The report's date; also the time stamp of the file, so that equal reports are equal bytes.

    Returns
    -------
    bytes
        The PDF.

    Raises
    ------
    UsageError
        ``"missing_extra"`` if the report extra is not installed.
    DataError
        ``"no_glyph"`` if a title, name or label holds a sign that the fonts do not have; a PDF/UA
        may not leave a gap there.
    """
    typst = fetch("typst")
    template = files("vendepunkt.report.render") / "templates" / "report.typ"
    with TemporaryDirectory(prefix="vendepunkt-") as folder:
        room = Path(folder)
        (room / "report.typ").write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
        data = _as_data(document, room)
        (room / "report.json").write_text(json.dumps(data), encoding="utf-8")
        stamp = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
        try:
            written = typst.compile(
                str(room / "report.typ"),
                root=str(room),
                format="pdf",
                ignore_system_fonts=True,
                pdf_standards=["ua-1"],
                timestamp=int(stamp.timestamp()),
            )
        except typst.TypstError as error:
            missing = _MISSING.search(str(error))
            if missing is None:
                raise
            raise DataError(
                "no_glyph",
                f"The PDF's font has no sign for {missing[1]!r} (U+{ord(missing[1][0]):04X}).",
                allowed="letters of Latin, Greek, Cyrillic, Hebrew and Arabic scripts, and signs",
                try_="other words in the label, or --to html",
            ) from None
    return bytes(written)


def _as_data(document: BuiltDocument, room: Path) -> dict[str, Any]:
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "lines": [*document.lines, document.date],
        "language": document.language,
        "authors": list(document.authors),
        "words": document.words,
        "parts": [_part(part, room) for part in document.parts],
    }


def _part(part: Built, room: Path) -> dict[str, Any]:
    data: dict[str, Any]
    match part:
        case BuiltHeading():
            data = {"kind": "heading", "level": part.level, "text": _plain(part.text)}
        case BuiltTable():
            data = _table(part)
        case BuiltFigure():
            file = f"{part.name}.svg"
            (room / file).write_text(drawings.clean(part.svg), encoding="utf-8")
            data = {"kind": "figure", "file": file, "alt": part.alt, **_words(part)}
        case BuiltBox():
            inside = [_part(inner, room) for inner in part.parts]
            data = {"kind": "box", "title": _plain(part.title), "parts": inside}
        case BuiltContents():
            data = {"kind": "contents", "title": part.title}
        case BuiltBullets():
            data = {"kind": "bullets", "items": [_plain(item) for item in part.items]}
        case BuiltText():
            data = {"kind": part.role, "text": _plain(part.text)}
    return data


def _table(part: BuiltTable) -> dict[str, Any]:
    rows = [
        {"kind": row.kind, "cells": [_plain(cell.text) for cell in row.cells]} for row in part.rows
    ]
    return {
        "kind": "table",
        "heads": list(part.heads),
        "numeric": list(part.numeric),
        "numbered": part.numbered,
        "widest": [_widest(part, place) for place in range(len(part.heads))],
        "rows": rows,
        **_words(part),
    }


def _widest(part: BuiltTable, place: int) -> int:
    """Count the characters of a column's longest cell, by which its width is shared out."""
    cells = [row.cells[place].text for row in part.rows if len(row.cells) > place]
    return max(len(_plain(cell)) for cell in cells) if cells else 1


def _words(part: BuiltTable | BuiltFigure) -> dict[str, Any]:
    words: list[Inline] = list(part.notes)
    return {
        "label": part.label,
        "caption": _plain(part.caption),
        "notes": [_plain(line) for line in words],
    }


def _plain(inline: Inline) -> str:
    """Give the words, with a word joiner that keeps the two ends of a span on one line."""
    return _SPAN.sub("\u2013\u2060", words_of(inline))
