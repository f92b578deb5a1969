"""The report as PDF/UA-1, set by Typst with the fonts it carries."""

from __future__ import annotations

import datetime as dt
import re
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
from vendepunkt.report.render.typeset import typeset

_SPAN: Final = re.compile(r"(?<=\d)\u2013(?=\d)")


def render_pdf(document: BuiltDocument, day: dt.date) -> bytes:
    """Write a built report as a tagged PDF.

    Parameters
    ----------
    document
        The report in words.
    day
        The report's date.

    Returns
    -------
    bytes
        The PDF.

    Raises
    ------
    UsageError, DataError
        As :func:`~vendepunkt.report.render.typeset.typeset`.
    """
    drawn: dict[str, str] = {}
    return typeset("report.typ", _as_data(document, drawn), drawn, day)


def _as_data(document: BuiltDocument, drawn: dict[str, str]) -> dict[str, Any]:
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "lines": [*document.lines, document.date],
        "language": document.language,
        "authors": list(document.authors),
        "words": document.words,
        "parts": [_part(part, drawn) for part in document.parts],
    }


def _part(part: Built, drawn: dict[str, str]) -> dict[str, Any]:
    data: dict[str, Any]
    match part:
        case BuiltHeading():
            data = {"kind": "heading", "level": part.level, "text": _plain(part.text)}
        case BuiltTable():
            data = _table(part)
        case BuiltFigure():
            file = f"{part.name}.svg"
            drawn[file] = drawings.clean(part.svg)
            data = {"kind": "figure", "file": file, "alt": part.alt, **_words(part)}
        case BuiltBox():
            inside = [_part(inner, drawn) for inner in part.parts]
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
