"""How much people's severity changed: who came down, who went up, and by how much."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from matplotlib.figure import Figure

from vendepunkt.figures import style
from vendepunkt.figures.common import (
    Row,
    Width,
    axis,
    groups_of,
    hidden_sentence,
    new_sheet,
    notes,
    number,
    rows,
)
from vendepunkt.figures.flows import Amount
from vendepunkt.figures.lettering import line_height, wrap
from vendepunkt.figures.movement import sentence, share_words
from vendepunkt.figures.sheet import Align, Scale, Sheet
from vendepunkt.figures.strips import (
    HIGH,
    Bin,
    Strip,
    bins_of,
    columns,
    group_name,
    heading,
    largest_density,
)
from vendepunkt.language import points, text
from vendepunkt.terms import choose

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("low", "high", "estimate")
#: Parts of the distribution from left to right: colour of the columns, how their share is set.
PARTS: Final[Mapping[str, tuple[str, Align]]] = {
    "less": (style.GROUP_COLOURS[2][0], "left"),
    "near": (style.RULE, "center"),
    "more": (style.GROUP_COLOURS[3][2], "right"),
}
_EVEN = 1e-9
_MANY, _LOW = 4, 0.4
_STUB = 0.15  # a shorter line above a column would only look like a smudge


def severity_change(
    table: pd.DataFrame,
    language: str,
    *,
    summary: pd.DataFrame | None = None,
    near: float = 0.025,
    width: Width = "wide",
    title: str | None = None,
) -> Figure:
    """Draw the distribution of change in severity: less exclusion to the left, more to the right.

    Parameters
    ----------
    table
        One row per bin, or per starting group and bin: ``low`` and ``high`` (ends of the bin:
        severity at the last less that at the first wave, −1 to 1), ``estimate`` (share of those
        people in the bin, 0–1, so that a group's bins sum to 1; None = hidden), optional
        ``group``. Rows without a group (None or ``""``) are the distribution of all.
    language
        ``"da"`` or ``"en"``.
    summary
        The shares that are written above the columns, with their intervals: ``direction``
        (``"less"``, ``"near"``, ``"more"``), ``estimate`` (0–1; None = hidden), optional
        ``conf_low``, ``conf_high`` and ``group``. Without it they are summed from the bins.
    near
        Changes between −`near` and `near` are called almost unchanged. A bin that lies partly in
        there counts whole, and the words name the ends of the bins.
    width, title
        As for :func:`vendepunkt.figures.profile`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    DataError
        If a column is missing.
    UsageError
        If there are more than six groups, or a direction is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"low": [-0.5, -0.1, 0.1], "high": [-0.1, 0.1, 0.5], "estimate": [0.2, 0.5, 0.3]}
    ... )
    >>> print(severity_change(table, "en").get_figwidth())
    7.1
    """
    strips = _strips(table, near, language)
    said = _summaries(strips, summary, near)
    ends = _near_ends(strips, near, summary)
    sheet, y = new_sheet(width, language, title)
    y = sheet.block(0.08, y, text("figure.severity_change.lead", language), sheet.width - 0.16)
    reach = _reach(strips)
    scale = Scale(0.2, sheet.width - 0.2, -reach, reach)
    largest = largest_density(strips)
    # Many groups get lower columns in a wide figure, so that it fits a page.
    high = HIGH if width == "narrow" or len(strips) <= _MANY else _LOW
    hidden = False
    for strip in strips:
        y = heading(sheet, strip, y + 0.1) if len(strips) > 1 or strip.group else y + 0.06
        y = _part_words(sheet, scale, said[_name(strip)], ends, y, language)
        top = y + 0.02
        _zero(sheet, scale, strip, top, largest, high)
        y, some = columns(sheet, scale, strip, y, largest=largest, language=language, high=high)
        hidden = hidden or some
    ticks = [(at * reach / 2, _signed(at * reach / 2, language)) for at in (-2, -1, 0, 1, 2)]
    axis(sheet, scale, ticks, (y, y), where="below")
    y = sheet.block(0.08, y + 0.22, text("figure.severity_change.axis", language),
                    sheet.width - 0.16, size=style.SMALL, colour=style.GREY)  # fmt: skip
    below = [text("figure.severity_change.note", language)]
    if any(amount.low is not None for parts in said.values() for amount in parts.values()):
        below[0] += " " + text("figure.intervals", language)
    if len(strips) > 1:
        below.append(text("figure.severity_change.groups_note", language))
    if hidden:
        below.append(text("figure.bins_hidden_note", language))
    return sheet.finish(notes(sheet, y + 0.04, below) + 0.06)


def severity_change_alt(
    table: pd.DataFrame,
    language: str,
    *,
    summary: pd.DataFrame | None = None,
    near: float = 0.025,
) -> str:
    """Say in words what :func:`severity_change` shows, from the same table.

    Returns
    -------
    str
        For all and for each starting group the shares with less, about equal and more severity,
        and how many values are hidden.
    """
    strips = _strips(table, near, language)
    said = _summaries(strips, summary, near)
    ends = _near_ends(strips, near, summary)
    parts = [text("figure.severity_change.alt", language)]
    for strip in strips:
        words = [
            f"{_part_name(part, ends, language)} {_amount_words(amount, language)}"
            for part, amount in said[_name(strip)].items()
        ]
        parts.append(sentence(f"{strip.heading}: {'; '.join(words)}"))
    missing = sum(number(value) is None for value in table["estimate"])
    return " ".join([*parts, *hidden_sentence(missing, language)])


def _strips(table: pd.DataFrame, near: float, language: str) -> list[Strip]:
    """Read the table: one strip for all, then one for each starting group."""
    found = rows(table, COLUMNS, "severity_change")
    whole = [row for row in found if not group_name(row)]
    names = [name for row in found if (name := group_name(row))]
    strips = []

    def colour(piece: Bin) -> str:
        return PARTS[_part(piece, near)][0]

    if whole:
        strips.append(Strip(bins_of(whole), colour, None, text("figure.all", language)))
    for group in groups_of(names, None) if names else ():
        own = [row for row in found if group_name(row) == group.name]
        said = text("figure.severity_change.started", language, group=group.name)
        strips.append(Strip(bins_of(own), colour, group, said))
    return strips


def _name(strip: Strip) -> str:
    return strip.group.name if strip.group else ""


def _part(piece: Bin, near: float) -> str:
    """Give the part of a bin: near when some of it is nearer to zero than `near`."""
    if piece.low >= near - _EVEN:
        return "more"
    return "less" if piece.high <= -near + _EVEN else "near"


def _summaries(
    strips: Sequence[Strip], summary: pd.DataFrame | None, near: float
) -> dict[str, dict[str, Amount]]:
    """Give the shares of the three parts of each strip: as handed over, or summed from its bins."""
    listed: dict[tuple[str, str], Row] = {}
    if summary is not None:
        for row in rows(summary, ("direction", "estimate"), "severity_change"):
            listed[group_name(row), choose(row["direction"], tuple(PARTS), "direction")] = row
    out: dict[str, dict[str, Amount]] = {}
    for strip in strips:
        name = _name(strip)
        parts = out.setdefault(name, {})
        for part in PARTS:
            handed = listed.get((name, part))
            if handed is not None:
                parts[part] = Amount(
                    number(handed["estimate"]),
                    number(handed.get("conf_low")),
                    number(handed.get("conf_high")),
                )
                continue
            shares = [piece.share for piece in strip.bins if _part(piece, near) == part]
            known = [share for share in shares if share is not None]
            parts[part] = Amount(sum(known) if len(known) == len(shares) else None)
    return out


def _near_ends(
    strips: Sequence[Strip], near: float, summary: pd.DataFrame | None
) -> tuple[float, float]:
    """Give from where to where a change is called almost none."""
    pieces = [p for strip in strips for p in strip.bins if _part(p, near) == "near"]
    if summary is not None or not pieces:
        return -near, near
    return min(piece.low for piece in pieces), max(piece.high for piece in pieces)


def _reach(strips: Sequence[Strip]) -> float:
    """Give the end of the scale: the largest change, rounded up to a tenth."""
    far = max(max(abs(piece.low), abs(piece.high)) for strip in strips for piece in strip.bins)
    return max(0.1, math.ceil(round(far * 10, 6)) / 10)


def _signed(change: float, language: str) -> str:
    whole = abs(100 * change - round(100 * change)) < _EVEN
    said = points(change, language, 0 if whole else 1)
    return f"+{said}" if change > 0 else said


def _part_name(part: str, ends: tuple[float, float], language: str) -> str:
    if part != "near":
        return text(f"figure.severity_change.{part}", language)
    low, high = (_signed(end, language) for end in ends)
    return text(f"figure.severity_change.{part}", language, low=low, high=high)


def _amount_words(amount: Amount, language: str) -> str:
    return share_words(amount.share, amount.low, amount.high, language)


def _part_words(
    sheet: Sheet,
    scale: Scale,
    parts: Mapping[str, Amount],
    ends: tuple[float, float],
    y: float,
    language: str,
) -> float:
    """Write the three shares where their columns stand: left, at zero, right."""
    step = line_height(style.SMALL)
    limit = (sheet.width - 0.16) / 3 - 0.08
    named = {part: wrap(_part_name(part, ends, language), limit, style.SMALL) for part in PARTS}
    tall = max(len(lines) for lines in named.values()) * step
    for part, lines in named.items():
        align = PARTS[part][1]
        x = {"left": 0.08, "center": scale(0.0), "right": sheet.width - 0.08}[align]
        for place, line in enumerate(lines):
            at = y + (place + 0.5) * step
            sheet.text(x, at, line, size=style.SMALL, align=align)
        said = _amount_words(parts[part], language)
        sheet.text(x, y + tall + 0.08, said, weight="bold", align=align)
    return y + tall + 0.17


def _zero(
    sheet: Sheet, scale: Scale, strip: Strip, top: float, largest: float, high: float
) -> None:
    """Draw the line of no change, down to the number of a column that stands on it."""
    base = top + high + 0.16
    across = [
        piece.density / (largest or 1.0)
        for piece in strip.bins
        if piece.low < -_EVEN and piece.high > _EVEN
    ]
    bottom = base - high * max(across) - 0.14 if across else base
    place = scale(0.0)
    sheet.line((place, base), (place, base + 0.05), colour=style.GREY, points=0.8)
    if bottom > top + _STUB:
        sheet.line((place, top), (place, bottom), colour=style.GREY, points=0.8, layer=0.5)
