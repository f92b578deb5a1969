"""Binned distributions as strips of columns below each other, one for all or for each group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vendepunkt.figures import style
from vendepunkt.figures.common import Group, Row, number
from vendepunkt.figures.lettering import line_height, wrap
from vendepunkt.figures.lettering import width as measure
from vendepunkt.figures.sheet import Scale, Sheet
from vendepunkt.language import points, text

#: Height of the highest column in inches.
HIGH = 0.72

_SEEN = 3.0  # contrast of a surface against the paper (WCAG 2.2, 1.4.11)

#: A mean with its interval.
Centre = tuple[float, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin: from, to, and the share of people in it (0–1; None = hidden)."""

    low: float
    high: float
    share: float | None

    @property
    def density(self) -> float:
        """Share per unit: in uneven bins the area says how many, not the height."""
        return (self.share or 0.0) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Strip:
    """One row of bars and what stands above and below it."""

    bins: Sequence[Bin]
    colour: str | Callable[[Bin], str]
    group: Group | None
    heading: str
    beside: str = ""
    centre: Centre | None = None


def group_name(row: Row) -> str:
    """Give the group of a row, or "" for all."""
    name = row.get("group")
    return name if isinstance(name, str) else ""


def largest_density(strips: Sequence[Strip]) -> float:
    """Give the highest density of all strips, so that all are drawn on one common height."""
    return max((piece.density for strip in strips for piece in strip.bins), default=0.0)


def bins_of(found: Sequence[Row]) -> list[Bin]:
    """Read the bins of a table in their order."""
    return [
        Bin(number(row["low"]) or 0.0, number(row["high"]) or 0.0, number(row["estimate"]))
        for row in found
    ]


def draw_strips(
    sheet: Sheet, scale: Scale, strips: Sequence[Strip], y: float, language: str
) -> tuple[float, list[str]]:
    """Draw the strips below each other on one common height; return the y below and the notes."""
    largest = largest_density(strips)
    keys: list[str] = []
    for strip in strips:
        if not strip.bins and strip.group is not None:
            y = _mean_lane(sheet, scale, strip, strip.group, y)
            keys += [] if strip.centre else ["figure.hidden_note"]
            continue
        y = heading(sheet, strip, y)
        y, some = columns(sheet, scale, strip, y, largest=largest, language=language)
        keys += ["figure.bins_hidden_note"] if some else []
        if strip.centre is not None and strip.group is not None:
            _mean_mark(sheet, scale, strip.group, strip.centre, y + 0.04)
            y += 0.12
        y += 0.04
    return y, [text(key, language) for key in dict.fromkeys(keys)]


def columns(
    sheet: Sheet,
    scale: Scale,
    strip: Strip,
    y: float,
    *,
    largest: float,
    language: str,
    high: float = HIGH,
) -> tuple[float, bool]:
    """Draw the columns of one strip; return the y below and whether one of them is hidden.

    `largest` is the density that is drawn `high` inches tall.
    """
    base = y + high + 0.18
    tallest = high / (largest or 1.0)
    some = [
        _column(
            sheet,
            scale,
            piece,
            base,
            colour=strip.colour if isinstance(strip.colour, str) else strip.colour(piece),
            hidden_high=0.2 * high,
            tallest=tallest,
            room=_room(scale, strip.bins, place, tallest),
            language=language,
        )
        for place, piece in enumerate(strip.bins)
    ]
    sheet.line((scale.left, base), (scale.right, base), colour=style.RULE, points=0.8)
    return base + 0.06, any(some)


def _mean_mark(sheet: Sheet, scale: Scale, group: Group, centre: Centre, y: float) -> None:
    middle, low, high = centre
    if low is not None and high is not None:
        sheet.line((scale(low), y), (scale(high), y), colour=group.colour, points=1.6, layer=3)
    sheet.mark(scale(middle), y, group.shape, group.colour, 7.0)


def _mean_lane(sheet: Sheet, scale: Scale, strip: Strip, group: Group, y: float) -> float:
    """Draw a group without columns: its mean in a line of its own, with its name beside it."""
    middle = y + 0.1
    said = f"{strip.heading}, {strip.beside}"
    if strip.centre is None:
        sheet.mark(scale.left - 0.08, middle, group.shape, group.colour, 4.4)
        sheet.hidden_lane(scale, middle, said)
        return y + 0.22
    _mean_mark(sheet, scale, group, strip.centre, middle)
    ends = [end for end in strip.centre if end is not None]
    right, left = scale(max(ends)) + 0.09, scale(min(ends)) - 0.09
    long = measure(said, style.SMALL)
    if right + long <= sheet.width - 0.03 or left - long < scale.left:
        lines = wrap(said, sheet.width - 0.03 - right, style.SMALL)
        sheet.block(right, middle - line_height(style.SMALL) / 2, lines, 0.0, size=style.SMALL)
        return y + 0.22 + (len(lines) - 1) * line_height(style.SMALL)
    sheet.text(left, middle, said, size=style.SMALL, align="right")
    return y + 0.22


def heading(sheet: Sheet, strip: Strip, y: float) -> float:
    """Write the heading of a strip and what stands beside it; return the y below."""
    left = 0.1
    if strip.group is not None:
        sheet.mark(0.15, y + 0.08, strip.group.shape, strip.group.colour, 7.0)
        left = 0.28
    end = sheet.block(left, y, strip.heading, sheet.width - left - 0.08, weight="bold")
    beside = left + 0.1 + measure(strip.heading, style.TEXT, "bold")
    if strip.beside and beside + measure(strip.beside, style.SMALL) <= sheet.width - 0.08:
        sheet.text(beside, y + 0.08, strip.beside, size=style.SMALL, colour=style.GREY)
        return end
    limit = sheet.width - left - 0.08
    return sheet.block(left, end, strip.beside, limit, size=style.SMALL, colour=style.GREY)


def _column(
    sheet: Sheet,
    scale: Scale,
    piece: Bin,
    base: float,
    *,
    colour: str,
    hidden_high: float,
    tallest: float,
    room: float,
    language: str,
) -> bool:
    """Draw one bin; a hidden one is a hatched box of fixed height that says nothing of its size."""
    left, right = scale(piece.low) + 0.012, scale(piece.high) - 0.012
    if piece.share is None:
        top = base - hidden_high
        sheet.box(left, top, right - left, hidden_high, colour=style.PAPER, edge=style.HIDDEN,
                  hatch="/////")  # fmt: skip
        return True
    tall = tallest * piece.density
    pale = style.contrast(colour, style.PAPER) < _SEEN
    edge = style.GREY if pale else None
    sheet.box(left, base - tall, right - left, tall, colour=colour, edge=edge, points=0.5)
    said = points(piece.share, language)
    if measure(said, style.SMALL) <= room:
        sheet.text((left + right) / 2, base - tall - 0.075, said, size=style.SMALL, align="center")
    return False


def _room(scale: Scale, bins: Sequence[Bin], place: int, tallest: float) -> float:
    """Give the width for a column's number: it may stand out over much lower or higher neighbours.

    Over half a neighbour at most, so that two numbers never meet.
    """
    piece = bins[place]
    wide = scale(piece.high) - scale(piece.low) - 0.024
    free = wide / 2 + 0.012
    for other in (place - 1, place + 1):
        near = bins[other] if 0 <= other < len(bins) else None
        if near is None or near.share is None:
            continue
        apart = abs(near.density - piece.density) * tallest
        free = min(free, wide / 2 + 0.012 if apart > line_height(style.SMALL) else 0.0)
    return wide + 2 * free
