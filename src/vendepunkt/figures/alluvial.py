"""Who went where: the groups at each wave as boxes, the flows between them as bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from vendepunkt.figures import style
from vendepunkt.figures.common import Group, Width, hidden_sentence, new_sheet, notes, number
from vendepunkt.figures.flows import Amount, Movement, Pair, ends, read_movement
from vendepunkt.figures.lettering import line_height, wrap
from vendepunkt.figures.lettering import width as measure
from vendepunkt.figures.movement import ARROWS, STEP, direction_lines, sentence, share_words
from vendepunkt.figures.sheet import Sheet
from vendepunkt.language import listed, plural, text

if TYPE_CHECKING:
    import pandas as pd

_STRIP = 0.085  # the coloured edge of a box; the interval of the share stands on it
_TEXT_FROM = 0.115
_SPACE = 0.09  # least room between two boxes of a wave
_HIDDEN_BOX = 0.26
_LABEL_APART = 0.115
_THIN = 0.04
_LABEL_LEAST = 0.07  # a band thinner than this has no room for its number

# Strength of a band's colour: who stayed recedes, so that movement is what is seen.
_STAYED, _MOVED, _UNCERTAIN = 0.22, 0.5, 0.12


@dataclass(frozen=True, slots=True)
class _Frame:
    """Sizes for one width, in inches."""

    per_row: int
    tall: float
    box: float


_End = tuple[float, float, float]  # x, upper y and lower y

# By width and number of waves (3: or more). Wide: three waves beside each other, narrow: two; more
# waves go on in a further row.
_FRAMES = {
    ("wide", 2): _Frame(2, 3.4, 1.7),
    ("wide", 3): _Frame(3, 3.4, 1.24),
    ("narrow", 2): _Frame(2, 2.9, 1.21),
    ("narrow", 3): _Frame(2, 2.9, 1.21),
}
_LEAST_TALL = 1.4
_AROUND = 1.6  # title, lead and notes


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    high: float
    group: Group
    amount: Amount


def alluvial(
    table: pd.DataFrame,
    language: str,
    *,
    directions: pd.DataFrame | None = None,
    width: Width = "wide",
    title: str | None = None,
) -> Figure:
    """Draw the groups' shares at each wave and the flows between them, with their intervals.

    Parameters
    ----------
    table
        Rows of two kinds. ``kind`` = ``"share"``: ``wave``, ``group``, ``estimate`` (share of all
        at the wave, 0–1; None = hidden), optional ``conf_low``, ``conf_high``. ``kind`` =
        ``"flow"``: ``wave_from``, ``wave_to``, ``from``, ``to``, ``estimate`` (share of *all* who
        were in the one and then in the other group: joint), optional ``conf_low``, ``conf_high``
        and ``direction`` (``"more"``, ``"less"``, ``"sideways"``, ``"stayed"``). Waves stand in
        order, groups from the least to the most severe. Flows between waves that are not
        neighbours are left aside.
    language
        ``"da"`` or ``"en"``.
    directions
        How many moved which way at each step: ``wave_from``, ``wave_to``, ``direction``,
        ``estimate`` (share of all), optional ``conf_low``, ``conf_high``. Written below.
    width, title
        As for :func:`vendepunkt.figures.profile`. A narrow figure shows two waves in a row.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    DataError
        If a column is missing or there are fewer than two waves.
    UsageError
        If there are more than six groups, or a direction is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> shares = pd.DataFrame(
    ...     {"kind": "share", "wave": ["1", "1", "2", "2"], "group": ["A", "B"] * 2,
    ...      "estimate": [0.8, 0.2, 0.7, 0.3]}
    ... )
    >>> flows = pd.DataFrame(
    ...     {"kind": "flow", "wave_from": "1", "wave_to": "2", "from": ["A", "A", "B"],
    ...      "to": ["A", "B", "B"], "estimate": [0.7, 0.1, 0.2]}
    ... )
    >>> print(alluvial(pd.concat([shares, flows]), "en").get_figwidth())
    7.1
    """
    movement = read_movement(table)
    sheet, y = new_sheet(width, language, title)
    y = sheet.block(0.08, y, text("figure.alluvial.lead", language), sheet.width - 0.16) + 0.08
    frame = _frame(movement, width, language)
    starts = range(0, len(movement.waves) - 1, frame.per_row - 1)
    for start in starts:
        waves = movement.waves[start : start + frame.per_row]
        y = _row(sheet, frame, movement, waves, y, language) + 0.12
    for line in direction_lines(directions, movement.steps, language, hold=True):
        y = sheet.block(0.08, y, line, sheet.width - 0.16, size=style.SMALL) + 0.03
    return sheet.finish(notes(sheet, y + 0.03, _notes(movement, language)) + 0.06)


def alluvial_alt(
    table: pd.DataFrame, language: str, *, directions: pd.DataFrame | None = None
) -> str:
    """Say in words what :func:`alluvial` shows, from the same table.

    Returns
    -------
    str
        The groups' shares at each wave, the largest movements of each step, who moved which way,
        and how many values are hidden.
    """
    movement = read_movement(table)
    said = [
        text(
            "figure.alluvial.alt",
            language,
            n_groups=plural("figure.group_count", len(movement.groups), language),
            waves=listed(movement.waves, language),
        )
    ]
    for wave in movement.waves:
        parts = [
            f"{group.name} {share_words(own.share, own.low, own.high, language)}"
            for group in movement.groups
            if (own := movement.shares.get((wave, group.name))) is not None
        ]
        said.append(sentence(f"{wave}: {'; '.join(parts)}"))
    for step in movement.steps:
        said += _largest(movement, step, language)
    said += [sentence(line) for line in direction_lines(directions, movement.steps, language)]
    missing = sum(number(value) is None for value in table["estimate"])
    return " ".join([*said, *hidden_sentence(missing, language)])


def _largest(movement: Movement, step: Pair, language: str) -> list[str]:
    """Name the two largest movements of a step."""
    shown = [
        (flow.share, pair)
        for pair, flow in movement.flows[step].items()
        if pair not in movement.hidden[step] and pair[0] != pair[1] and flow.share
    ]
    shown.sort(key=lambda one: -one[0])
    parts = []
    for _, pair in shown[:2]:
        flow = movement.flows[step][pair]
        said = share_words(flow.share, flow.low, flow.high, language)
        parts.append(text("figure.alluvial.flow", language, start=pair[0], end=pair[1], share=said))
    if not parts:
        return []
    said = text("figure.alluvial.largest", language, step=STEP.join(step), flows="; ".join(parts))
    return [sentence(said)]


def _notes(movement: Movement, language: str) -> list[str]:
    flows = [
        (flow, pair in movement.hidden[step])
        for step, own in movement.flows.items()
        for pair, flow in own.items()
    ]
    said = [text("figure.alluvial.note", language)]
    amounts = [*movement.shares.values(), *(flow for flow, _ in flows)]
    if any(own.low is not None for own in amounts):
        said[0] += " " + text("figure.alluvial.whisker", language)
        said[0] += " " + text("figure.intervals", language)
    if not movement.adds_up:
        said.append(text("figure.alluvial.scaled", language))
    ways = {flow.direction for flow, gone in flows if not gone}
    if ways & {"more", "less"}:
        said.append(text("figure.alluvial.arrows", language))
    if "sideways" in ways:
        said.append(text("figure.alluvial.sideways", language))
    if any(flow.uncertain for flow, gone in flows if not gone and flow.share):
        said.append(text("figure.alluvial.uncertain", language))
    if any(gone for _, gone in flows) or any(own.share is None for own in movement.shares.values()):
        said.append(text("figure.alluvial.hidden_note", language))
    return said


def _frame(movement: Movement, width: Width, language: str) -> _Frame:
    """Give the sizes; boxes are lower where a wide figure would otherwise not fit a page."""
    frame = _FRAMES[width, min(3, len(movement.waves))]
    row_count = -(-(len(movement.waves) - 1) // (frame.per_row - 1))
    while width == "wide" and frame.tall > _LEAST_TALL:
        high = frame.tall + sum(_gaps(frame, movement, language)) + 0.4
        if row_count * high + _AROUND <= style.TALLEST:
            break
        frame = replace(frame, tall=frame.tall - 0.1)
    return frame


def _row(
    sheet: Sheet, frame: _Frame, movement: Movement, waves: Sequence[str], y: float, language: str
) -> float:
    """Draw neighbouring waves beside each other; return the y below."""
    room = frame.box * frame.per_row
    apart = (sheet.width - 0.16 - room) / (frame.per_row - 1)
    lefts = [0.08 + place * (frame.box + apart) for place in range(len(waves))]
    below = y
    for wave, left in zip(waves, lefts, strict=True):
        lines = wrap(wave, frame.box, style.TEXT, "bold")
        below = max(below, sheet.block(left, y, lines, 0.0, weight="bold"))
    gaps = _gaps(frame, movement, language)
    columns = [
        _column(frame, movement, wave, (left, below + 0.05), gaps)
        for wave, left in zip(waves, lefts, strict=True)
    ]
    for place, step in enumerate(pairwise(waves)):
        _bands(sheet, frame, movement, step, (columns[place], columns[place + 1]), language)
    bottom = below
    for column in columns:
        for box in column.values():
            _draw_box(sheet, frame, box, language)
            place = [group.name for group in movement.groups].index(box.group.name)
            bottom = max(bottom, box.top + box.high + gaps[place])
    return bottom


def _label(frame: _Frame, group: Group, amount: Amount, language: str) -> tuple[list[str], str]:
    """Give the lines of a box's name, and its share with interval."""
    name = wrap(group.name, frame.box - _TEXT_FROM - 0.02, style.SMALL)
    said = share_words(amount.share, amount.low, amount.high, language)
    if 0.13 + measure(said, style.SMALL) > frame.box - _TEXT_FROM:
        said = share_words(amount.share, amount.low, amount.high, language, sign=False)
    return name, said


def _high(frame: _Frame, amount: Amount) -> float:
    """Give the height of a box: of its share, or the one height of all that are hidden."""
    return _HIDDEN_BOX if amount.share is None else amount.share * frame.tall


def _label_high(lines: Sequence[str]) -> float:
    return (len(lines) + 1) * line_height(style.SMALL)


def _inside(frame: _Frame, amount: Amount, lines: Sequence[str]) -> bool:
    return amount.share is not None and _high(frame, amount) >= _label_high(lines) + 0.04


def _gaps(frame: _Frame, movement: Movement, language: str) -> list[float]:
    """Give the room below each group, the same at every wave: for labels and intervals."""
    gaps = []
    for group in movement.groups:
        need = _SPACE
        for wave in movement.waves:
            amount = movement.shares.get((wave, group.name))
            if amount is None:
                continue
            lines, _ = _label(frame, group, amount, language)
            if not _inside(frame, amount, lines):
                need = max(need, _label_high(lines) + 0.08)
            if amount.share is not None and amount.high is not None:
                need = max(need, (amount.high - amount.share) * frame.tall + 0.06)
        gaps.append(need)
    return gaps


def _column(
    frame: _Frame,
    movement: Movement,
    wave: str,
    corner: tuple[float, float],
    gaps: Sequence[float],
) -> dict[str, _Box]:
    left, y = corner
    boxes = {}
    for group, gap in zip(movement.groups, gaps, strict=True):
        amount = movement.shares.get((wave, group.name))
        if amount is None:
            continue
        boxes[group.name] = _Box(left, y, _high(frame, amount), group, amount)
        y += boxes[group.name].high + gap
    return boxes


def _draw_box(sheet: Sheet, frame: _Frame, box: _Box, language: str) -> None:
    """Draw a box with its name, share and interval."""
    gone = box.amount.share is None
    colour = style.PAPER if gone else style.tint(box.group.colour, 0.1)
    sheet.box(
        box.left,
        box.top,
        frame.box,
        box.high,
        colour=colour,
        edge=style.HIDDEN if gone else box.group.colour,
        hatch="/////" if gone else None,
        points=0.5,
        layer=2,
    )
    if not gone:
        sheet.box(box.left, box.top, _STRIP, box.high, colour=box.group.colour, layer=2.1)
    lines, said = _label(frame, box.group, box.amount, language)
    tall = _label_high(lines)
    top = box.top + (box.high - tall) / 2
    if not _inside(frame, box.amount, lines):
        top = box.top + box.high + 0.03
    left = box.left + _TEXT_FROM
    below = sheet.block(left, top, lines, 0.0, size=style.SMALL)
    middle = below + line_height(style.SMALL) / 2
    sheet.mark(left + 0.05, middle, box.group.shape, box.group.colour, 5.2)
    sheet.text(left + 0.13, middle, said, size=style.SMALL)
    _whisker(sheet, frame, box)


def _whisker(sheet: Sheet, frame: _Frame, box: _Box) -> None:
    """Draw the interval of a share around the lower edge of its box."""
    share, low, high = box.amount.share, box.amount.low, box.amount.high
    if share is None or low is None or high is None:
        return
    x = box.left + _STRIP / 2
    top, bottom = box.top + low * frame.tall, box.top + high * frame.tall
    sheet.line((x, top), (x, min(bottom, box.top + box.high)), colour=style.PAPER, points=2.4,
               layer=2.2)  # fmt: skip
    sheet.line((x, top), (x, bottom), colour=style.INK, points=1.2, layer=3)
    for y in (top, bottom):
        sheet.line((x - 0.03, y), (x + 0.03, y), colour=style.INK, points=1.0, layer=3)


def _bands(
    sheet: Sheet,
    frame: _Frame,
    movement: Movement,
    step: Pair,
    columns: tuple[dict[str, _Box], dict[str, _Box]],
    language: str,
) -> None:
    """Draw the flows of one step, thin ones over thick ones, and their numbers at their start."""
    here, there = columns
    flows, gone = movement.flows[step], movement.hidden[step]
    names = [group.name for group in movement.groups]
    out, into = (
        {
            name: _side(flows, gone, names, (name, box.high / frame.tall), end)
            for name, box in column.items()
        }
        for end, column in enumerate(columns)
    )
    right = next(iter(here.values())).left + frame.box
    left = next(iter(there.values())).left
    labels: list[tuple[float, float, Amount]] = []
    for pair, flow in flows.items():
        start, end = pair
        if start not in here or end not in there or not (flow.share or pair in gone):
            continue
        first, last = out[start][end], into[end][start]
        top, low = (here[start].top + frame.tall * place for place in first)
        far = (there[end].top + frame.tall * place for place in last)
        ends_at = ((right, top, low), (left, next(far), next(far)))
        _band(sheet, ends_at, flow, pair, here[start].group.colour, hidden=pair in gone)
        if pair not in gone:
            labels.append((low - top, (top + low) / 2, flow))
    _band_labels(sheet, labels, (right, left), language)


def _side(
    flows: Mapping[Pair, Amount],
    gone: frozenset[Pair],
    names: Sequence[str],
    box: tuple[str, float],
    end: int,
) -> dict[str, tuple[float, float]]:
    """Divide one side of a box among the bands that start (end = 0) or finish (1) there."""
    name, high = box
    here = {pair[1 - end]: pair for pair in flows if pair[end] == name}
    known = {other: flows[pair].share or 0.0 for other, pair in here.items() if pair not in gone}
    return ends(high, names, known, [other for other, pair in here.items() if pair in gone])


def _band(
    sheet: Sheet,
    band: tuple[_End, _End],
    flow: Amount,
    pair: Pair,
    colour: str,
    *,
    hidden: bool,
) -> None:
    """Draw one flow; what is hidden, uncertain or sideways looks so without its colour too."""
    start, end = band
    if hidden:
        sheet.band(start, end, colour=style.PAPER, edge=style.HIDDEN, hatch="/////", layer=1.0)
        return
    share = flow.share or 0.0
    if flow.uncertain:
        fill, edge = style.tint(colour, _UNCERTAIN), style.tint(colour, 0.6)
        dots = (0.8, 1.6)
        sheet.band(start, end, colour=fill, edge=edge, hatch="......", dashes=dots, points=0.8,
                   layer=1.9 - share)  # fmt: skip
        return
    stayed = pair[0] == pair[1]
    fill = style.tint(colour, _STAYED if stayed else _MOVED)
    layer = 1.1 if stayed else 1.9 - 0.5 * share
    if flow.direction == "sideways":
        sheet.band(start, end, colour=fill, edge=style.INK, dashes=(4.0, 3.0), layer=layer)
    else:
        # A white edge would eat a thin band.
        edge = style.PAPER if start[2] - start[1] > _THIN else fill
        sheet.band(start, end, colour=fill, edge=edge, layer=layer)


def _band_labels(
    sheet: Sheet,
    labels: list[tuple[float, float, Amount]],
    between: tuple[float, float],
    language: str,
) -> None:
    """Write the numbers of the bands where they leave their box: the widest first, none twice."""
    room = between[1] - between[0] - 0.06
    taken: list[tuple[float, Amount]] = []
    for wide, y, flow in sorted(labels, key=lambda label: -label[0]):
        if wide >= _LABEL_LEAST and all(abs(y - other) >= _LABEL_APART for other, _ in taken):
            taken.append((y, flow))
    for sign in (True, False):
        said = [
            share_words(flow.share, flow.low, flow.high, language, sign=sign,
                        arrow=ARROWS.get(flow.direction, ""))
            for _, flow in taken
        ]  # fmt: skip
        if all(measure(words, style.SMALL) <= room for words in said):
            break
    for (y, _), words in zip(taken, said, strict=True):
        sheet.text(between[0] + 0.05, y, words, size=style.SMALL, halo=True)
