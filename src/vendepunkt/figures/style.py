"""Colours, shapes and sizes of every figure, and why they are as they are.

Six colours run from light to dark in the order of severity, so that the order survives a
greyscale print; each keeps a contrast of at least 3:1 against white (WCAG 2.2, 1.4.11), and each
pair stays apart under protanopia, deuteranopia and tritanopia. A group also has its own shape, so
that colour is never the only carrier. Text is never coloured: it is near-black or a grey of at
least 4.5:1 (WCAG 2.2, 1.4.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import matplotlib as mpl

INK: Final = "#1A1A1A"
GREY: Final = "#595959"
RULE: Final = "#C9C9C9"
FAINT: Final = "#E6E6E6"
HIDDEN: Final = "#8C8C8C"
PAPER: Final = "#FFFFFF"

#: Marker colours for 1 to 6 groups, from the least to the most severe.
GROUP_COLOURS: Final[dict[int, tuple[str, ...]]] = {
    1: ("#1A2458",),
    2: ("#3F97D9", "#8A3A06"),
    3: ("#3F97D9", "#B2500B", "#1A2458"),
    4: ("#3F97D9", "#C26A00", "#A5377F", "#1A2458"),
    5: ("#3F97D9", "#C26A00", "#0B8A6A", "#A5377F", "#1A2458"),
    6: ("#3F97D9", "#C26A00", "#0B8A6A", "#A5377F", "#6B3A12", "#1A2458"),
}
MOST_GROUPS: Final = max(GROUP_COLOURS)

#: matplotlib marker codes in the same order: circle, square, diamond, triangles, filled cross.
SHAPES: Final = ("o", "s", "D", "^", "v", "X")

#: Ends of the ramp on which the categories of one item stand, best to worst.
RAMP: Final = ("#DCE9F5", "#1A2458")

#: Figure widths in inches: a full text column of A4 (681 CSS pixels), and a phone (320).
WIDTHS: Final[dict[str, float]] = {"wide": 7.1, "narrow": 320 / 96}

#: Text sizes in points.
TITLE: Final = 11.0
TEXT: Final = 8.5
SMALL: Final = 7.5

#: The tallest figure in inches that still fits an A4 page with its caption.
TALLEST: Final = 9.0

_RC: Final = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "svg.fonttype": "path",
    "svg.hashsalt": "vendepunkt",
    "svg.image_inline": True,
    "path.simplify": False,
    "path.sketch": None,
    "text.usetex": False,
    "text.parse_math": False,
    "text.hinting": "none",
    "axes.unicode_minus": True,
    "lines.solid_capstyle": "butt",
    "hatch.linewidth": 0.6,
}


# What can change a figure of ours; other settings of matplotlib belong to the user alone.
_FAMILIES: Final = ("axes.", "figure.", "font.", "hatch.", "lines.", "patch.", "path.", "savefig.")


@contextmanager
def house_style() -> Iterator[None]:
    """Draw and save with our settings only, whatever matplotlibrc the user has."""
    settings: dict[Any, Any] = {
        key: value for key, value in mpl.rcParamsDefault.items() if key.startswith(_FAMILIES)
    }
    settings.update(_RC)
    with mpl.rc_context(settings):
        yield


def group_colours(count: int) -> tuple[str, ...]:
    """Give the colours of `count` groups, least severe first.

    Examples
    --------
    >>> len(group_colours(4))
    4
    """
    return GROUP_COLOURS[max(1, min(count, MOST_GROUPS))]


def ramp(count: int) -> tuple[str, ...]:
    """Give `count` colours from best (light) to worst (dark), evenly spaced.

    Examples
    --------
    >>> ramp(2)
    ('#dce9f5', '#1a2458')
    """
    from matplotlib.colors import to_hex, to_rgb

    first, last = to_rgb(RAMP[0]), to_rgb(RAMP[1])
    steps = [i / (count - 1) if count > 1 else 0.0 for i in range(count)]
    mixed = [tuple(a + t * (b - a) for a, b in zip(first, last, strict=True)) for t in steps]
    return tuple(to_hex((r, g, b)) for r, g, b in mixed)


def tint(colour: str, strength: float) -> str:
    """Mix a colour with white; `strength` 1 leaves it as it is, 0 is white.

    Examples
    --------
    >>> tint("#000000", 0.5)
    '#808080'
    """
    from matplotlib.colors import to_hex, to_rgb

    red, green, blue = (1.0 - strength * (1.0 - part) for part in to_rgb(colour))
    return to_hex((red, green, blue))


def contrast(first: str, second: str) -> float:
    """Give the WCAG contrast ratio of two colours, from 1 to 21.

    References
    ----------
    W3C (2023), Web Content Accessibility Guidelines 2.2, "contrast ratio".

    Examples
    --------
    >>> round(contrast("#000000", "#FFFFFF"))
    21
    """
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    from matplotlib.colors import to_rgb

    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in to_rgb(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
