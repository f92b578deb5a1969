"""What the figures of movement share: directions with their arrows, and how numbers are said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from vendepunkt.figures.common import number, rows
from vendepunkt.language import percent, points, span, text
from vendepunkt.terms import choose

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.figures.common import Row

#: Directions in the order in which they are said, each with its arrow on a figure. Severity rises
#: downwards on every figure of movement, so that an arrow points where its band goes.
ARROWS: Final[Mapping[str, str]] = {"more": "↓", "less": "↑", "sideways": "↔", "stayed": ""}
STEP: Final = " → "

# Below this a share is rounded to 0 although somebody is there.
_ROUNDED_AWAY = 0.005


def direction_of(value: object) -> str:
    """Read a cell of the column ``direction``: a key of :data:`ARROWS`, or "" where none is given.

    Raises
    ------
    UsageError
        If the direction is not known.
    """
    if not isinstance(value, str) or not value:
        return ""
    return choose(value, tuple(ARROWS), "direction")


def share_words(
    share: float | None,
    low: float | None,
    high: float | None,
    language: str,
    *,
    sign: bool = True,
    arrow: str = "",
) -> str:
    """Say a share with its interval: "↓ 6 pct. (5–8)"; a share that is not 0 never reads 0.

    Examples
    --------
    >>> share_words(0.06, 0.05, 0.08, "da", arrow="↓")
    '↓ 6 pct. (5–8)'
    >>> share_words(0.002, None, None, "en")
    '<1 %'
    """
    if share is None:
        return text("figure.hidden", language)
    write: Callable[..., str] = percent if sign else points
    small = 0 < share < _ROUNDED_AWAY
    said = "<" + write(0.01, language) if small else write(share, language)
    if low is not None and high is not None:
        said += f" ({span(low, high, language)})"
    return f"{arrow} {said}" if arrow else said


def sentence(words: str) -> str:
    """End a sentence with a full stop, unless an abbreviation ("pct.") has ended it already.

    Examples
    --------
    >>> sentence("A: 5 pct."), sentence("A: 5 %")
    ('A: 5 pct.', 'A: 5 %.')
    """
    return words if words.endswith(".") else words + "."


def direction_lines(
    directions: pd.DataFrame | None,
    steps: Sequence[tuple[str, str]],
    language: str,
    *,
    hold: bool = False,
) -> list[str]:
    """Say for each step how many moved which way, from the table of directions.

    Parameters
    ----------
    directions
        ``wave_from``, ``wave_to``, ``direction``, ``estimate``; optional ``conf_low``,
        ``conf_high``; rows of other steps are left aside.
    steps
        The steps that are drawn.
    language
        ``"da"`` or ``"en"``.
    hold
        Whether a number is held together with its interval when the line is wrapped.
    """
    if directions is None:
        return []
    found = rows(directions, ("wave_from", "wave_to", "direction", "estimate"), "directions")
    lines = []
    for step in steps:
        own = {
            direction_of(row["direction"]): row
            for row in found
            if (str(row["wave_from"]), str(row["wave_to"])) == step
        }
        parts = []
        for name, arrow in ARROWS.items():
            # Where classes are fully ordered nobody can go sideways: nothing to say.
            if name in own and not (name == "sideways" and number(own[name]["estimate"]) == 0):
                said = _said(own[name], arrow, language, hold)
                parts.append(text(f"figure.direction.{name}", language, share=said))
        if parts:
            lines.append(f"{STEP.join(step)}: {' · '.join(parts)}")
    return lines


def _said(row: Row, arrow: str, language: str, hold: bool) -> str:
    share, low, high = (number(row.get(key)) for key in ("estimate", "conf_low", "conf_high"))
    said = share_words(share, low, high, language, arrow=arrow)
    return said.replace(" ", "\u00a0") if hold else said
