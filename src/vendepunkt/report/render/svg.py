"""Make a drawing fit to stand inside a page: named, without ids that clash, without addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_PROLOG: Final = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL
)
_NAMED: Final = re.compile(r"<(title|desc)\b[^>]*>.*?</\1>", re.DOTALL)
_ID: Final = re.compile(r'\bid="([^"]+)"')
_USE: Final = re.compile(r'(href="#|url\(#)([^")]+)')
_ROOT: Final = re.compile(r"<svg\b[^>]*>", re.DOTALL)
_SIZE: Final = re.compile(r'\s(?:width|height)="[^"]*"')
_WORDS: Final = re.compile(r'\s(?:role|aria-label)="[^"]*"')
_UNSAID: Final = ' aria-hidden="true" focusable="false">'

#: How matplotlib names the outline of a letter: the font, then the number of the glyph.
_FONT: Final = "DejaVuSans-"
_LETTER: Final = re.compile(rf'<path id="{_FONT}[^"]*"[^>]*/>')
_EMPTY: Final = re.compile(r"<defs>\s*</defs>")
_SPACE: Final = re.compile(r">\s+<")
#: A line end within the numbers of a path, where the letter that follows is division enough.
_NEAR: Final = re.compile(r"\s*\n([A-Za-z\"])")
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


def inline(svg: str, name: str) -> str:
    """Make a drawing part of a page; its words stand on the element around it.

    Parameters
    ----------
    svg
        The drawing.
    name
        Unique on the page; goes before every id inside the drawing, but for letters: a letter is
        the same in every drawing, see :func:`letters`.

    Returns
    -------
    str
        One ``<svg>`` element that assistive tools pass over.
    """
    bare = _LETTER.sub("", _NAMED.sub("", clean(svg)))
    bare = _EMPTY.sub("", bare)
    bare = _ID.sub(lambda m: f'id="{name}-{m[1]}"', bare)
    bare = _USE.sub(lambda m: m[0] if _is_letter(m[2]) else f"{m[1]}{name}-{m[2]}", bare)
    bare = _NEAR.sub(r"\1", _SPACE.sub("><", bare))
    return _ROOT.sub(lambda m: _SIZE.sub("", _WORDS.sub("", m[0][:-1])) + _UNSAID, bare, count=1)


def letters(svgs: Iterable[str]) -> str:
    """Give the outlines of all letters of some drawings once, to be put before them on a page.

    Examples
    --------
    >>> letters(['<svg><defs><path id="DejaVuSans-1" d="M 0 0"/></defs></svg>'] * 2)
    '<path id="DejaVuSans-1" d="M 0 0"/>'
    """
    found = (match[0] for svg in svgs for match in _LETTER.finditer(clean(svg)))
    return "".join(dict.fromkeys(_NEAR.sub(r"\1", letter) for letter in found))


def _is_letter(name: str) -> bool:
    return name.startswith(_FONT)
