"""Make a drawing fit to stand inside a page: named, without ids that clash, without addresses."""

from __future__ import annotations

import re
from html import escape
from typing import Final

_PROLOG: Final = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL
)
_NAMED: Final = re.compile(r"<(title|desc)\b[^>]*>.*?</\1>", re.DOTALL)
_ID: Final = re.compile(r'\bid="([^"]+)"')
_USE: Final = re.compile(r'(href="#|url\(#)([^")]+)')
_ROOT: Final = re.compile(r"<svg\b[^>]*>", re.DOTALL)
_SIZE: Final = re.compile(r'\s(?:width|height)="[^"]*"')
_FORBIDDEN: Final = re.compile(
    r"<script|<foreignObject|\son\w+=|href=\"(?!#|data:image/)", re.IGNORECASE
)


def clean(svg: str) -> str:
    """Take prolog, comments and metadata out of a drawing.

    Raises
    ------
    ValueError
        If it holds a script or fetches something.
    """
    bare = _PROLOG.sub("", svg).strip()
    if _FORBIDDEN.search(bare):
        raise ValueError("A figure holds a script or an address.")
    if not _ROOT.search(bare):
        raise ValueError("A figure is no SVG document.")
    return bare


def inline(svg: str, name: str, title: str, description: str) -> str:
    """Make a drawing part of a page.

    Parameters
    ----------
    svg
        The drawing.
    name
        Unique on the page; goes before every id inside the drawing.
    title, description
        What it is, and what it says to one who cannot see it.

    Returns
    -------
    str
        One ``<svg>`` element with a title and a description that assistive tools read.
    """
    bare = _NAMED.sub("", clean(svg))
    bare = _ID.sub(lambda m: f'id="{name}-{m[1]}"', bare)
    bare = _USE.sub(lambda m: f"{m[1]}{name}-{m[2]}", bare)
    words = (
        f' role="img" aria-labelledby="{name}-title {name}-desc" focusable="false">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(description)}</desc>'
    )
    return _ROOT.sub(lambda m: _SIZE.sub("", m[0][:-1]) + words, bare, count=1)
