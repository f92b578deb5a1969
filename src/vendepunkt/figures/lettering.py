"""How wide a text is, and how it is broken into lines: wrapped, never cut."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

Weight = Literal["normal", "bold"]

LINE = 1.28  # line height in units of the text size
_POINTS = 72.0
_CLUSTER = r"(?:[bfgkpv][lr]|[dt]r|t[vw]|[kg]n|kv|s[klmnptv])"
_ONSET_CLUSTER = re.compile(_CLUSTER)
_ONSET = re.compile(rf"(?:{_CLUSTER}r?|[^\W\d_aeiouyæøå])[aeiouyæøå]")
# A renderer may round each glyph to whole pixels; a line is planned this much wider than measured.
_SLACK = 1.015


@lru_cache(maxsize=4096)
def width(text: str, size: float, weight: Weight = "normal") -> float:
    """Measure a line of text in inches, from the font that ships with matplotlib.

    Parameters
    ----------
    text
        One line.
    size
        Text size in points.
    weight
        ``"normal"`` or ``"bold"``.

    Examples
    --------
    >>> width("mm", 10) > width("ii", 10)
    True
    """
    font = FontProperties(family="DejaVu Sans", weight=weight, size=size)
    points, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(points) / _POINTS * _SLACK


def line_height(size: float) -> float:
    """Give the distance between two baselines in inches."""
    return size * LINE / _POINTS


def wrap(text: str, limit: float, size: float, weight: Weight = "normal") -> list[str]:
    """Break a text into lines no wider than `limit` inches.

    A word that is wider than a whole line is broken with a hyphen, so that long Danish compounds
    stay readable and nothing is left out.

    Parameters
    ----------
    text
        The text; runs of plain white space count as one space, no-break spaces hold.
    limit
        Width of a line in inches.
    size, weight
        As for :func:`width`.

    Returns
    -------
    list of str
        The lines; empty when the text is.

    Examples
    --------
    >>> wrap("one two", 10, 8)
    ['one two']
    >>> "".join(wrap("arbejdsmarkedstilknytning", 0.8, 8)).replace("-", "")
    'arbejdsmarkedstilknytning'
    """
    lines: list[str] = []
    current = ""
    # A no-break space holds a number and its unit together, so only plain white space counts.
    for word in re.split(r"[ \t\n]+", text.strip()):
        candidate = f"{current} {word}" if current else word
        if width(candidate, size, weight) <= limit:
            current = candidate
            continue
        if current:
            lines.append(current)
        *whole, current = _break_word(word, limit, size, weight)
        lines.extend(whole)
    return [*lines, current] if current else lines


def _break_word(word: str, limit: float, size: float, weight: Weight) -> list[str]:
    """Break one word into pieces that fit, after a hyphen or slash where it has one."""
    pieces: list[str] = []
    while width(word, size, weight) > limit and len(word) > 1:
        fits = 1
        while fits < len(word) and width(word[: fits + 1] + "-", size, weight) <= limit:
            fits += 1
        own = max(word[:fits].rfind("-"), word[:fits].rfind("/")) + 1
        if own > 1:
            pieces.append(word[:own])
            word = word[own:]
            continue
        # A piece of one or two letters on the next line reads badly: leave it three.
        fits = _syllable(word, max(1, min(fits, len(word) - 3)))
        pieces.append(word[:fits] + "-")
        word = word[fits:]
    return [*pieces, word]


def _syllable(word: str, fits: int) -> int:
    """Give the last place up to `fits`, at most five letters before it, where a syllable begins.

    A syllable is taken to begin with one consonant or a cluster that can begin a word, before a
    vowel: Majoritets-gruppen, not Majoritetsg-ruppen.
    """
    low = word.lower()
    for at in range(fits, max(fits - 6, 2), -1):
        onset = _ONSET.match(low, at)
        if onset and not _ONSET_CLUSTER.match(low, at - 1):
            return at
    return fits
