"""Of 100 people in a group, how many were in which group later: one heat map per step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from vendepunkt.figures import style
from vendepunkt.figures.common import (
    Group,
    Row,
    Width,
    distinct,
    groups_of,
    hidden_sentence,
    new_sheet,
    notes,
    number,
    rows,
)
from vendepunkt.figures.lettering import line_height, wrap
from vendepunkt.figures.lettering import width as measure
from vendepunkt.figures.movement import STEP, sentence, share_words
from vendepunkt.figures.sheet import Sheet
from vendepunkt.language import plural, points, span, text
from vendepunkt.terms import UsageError

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("wave_from", "wave_to", "from", "to", "estimate")
_MOST_COLUMNS = 8
_LABEL = 1.32  # width of the names of the rows in a wide figure
_CELL = (0.62, 1.1)  # lowest and highest width of a cell
_HIGH = 0.4
_GAP = 0.025
# The ramp is that of the answers, so that a reader learns one meaning of light and dark.
_RAMP_STEPS = 101


@dataclass(frozen=True, slots=True)
class _Step:
    """One panel: the cells between two waves."""

    waves: tuple[str, str]
    cells: dict[tuple[str, str], Row]
    people: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Map:
    """What all panels have in common."""

    starts: tuple[Group, ...]
    ends: tuple[str, ...]
    steps: tuple[_Step, ...]


def transitions(
    table: pd.DataFrame, language: str, *, width: Width = "wide", title: str | None = None
) -> Figure:
    """Draw where the people of each group went: a row is a group at first, a column later.

    Parameters
    ----------
    table
        One row per step and cell: ``wave_from``, ``wave_to``, ``from``, ``to``, ``estimate``
        (share of those in ``from`` who were in ``to`` later, 0–1; None = hidden); optional
        ``conf_low``, ``conf_high`` and ``n_origin`` (people in ``from``; printed at the row).
        Groups stand from the least to the most severe; steps are drawn in the order of the table,
        so first to last can be one of them; where there are many, hand over the rows of a few.
        ``to`` may have places more, such as ways out.
    language
        ``"da"`` or ``"en"``.
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
        If there are more than six groups, or more than eight places to go.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"wave_from": "2006", "wave_to": "2008", "from": ["A", "A", "B", "B"],
    ...      "to": ["A", "B"] * 2, "estimate": [0.9, 0.1, 0.3, 0.7]}
    ... )
    >>> print(transitions(table, "en").get_figwidth())
    7.1
    """
    found = _read(table)
    sheet, y = new_sheet(width, language, title)
    y = sheet.block(0.08, y, text("figure.transitions.lead", language), sheet.width - 0.16)
    for example in _example(found, language):
        y = sheet.block(0.08, y + 0.02, example, sheet.width - 0.16, colour=style.GREY)
    y += 0.1
    wide = width == "wide"
    label = _LABEL if wide else 0.0
    margin = 0.08 if wide else 0.04
    room = sheet.width - 2 * margin - label
    cell = min(_CELL[1], room / len(found.ends))
    # Two panels stand beside each other where cells stay wide enough for their numbers.
    across = 1
    half = (sheet.width - 0.16 - 0.25) / 2
    if wide and len(found.steps) > 1 and (half - label) / len(found.ends) >= _CELL[0]:
        across, cell = 2, (half - label) / len(found.ends)
    for start in range(0, len(found.steps), across):
        below = y
        for place, step in enumerate(found.steps[start : start + across]):
            left = margin + place * (half + 0.25)
            panel = _Panel(sheet, found, step, left, cell, label, language)
            below = max(below, panel.draw(y))
        y = below + 0.16
    said = [text("figure.transitions.note", language)]
    cells = [row for step in found.steps for row in step.cells.values()]
    if any(number(row.get("conf_low")) is not None for row in cells):
        said[0] += " " + text("figure.transitions.interval_note", language)
    if any(number(row["estimate"]) is None for row in cells):
        said.append(text("figure.transitions.hidden_note", language))
    return sheet.finish(notes(sheet, y - 0.02, said) + 0.06)


def transitions_alt(table: pd.DataFrame, language: str) -> str:
    """Say in words what :func:`transitions` shows, from the same table.

    Returns
    -------
    str
        For each step how many of 100 stayed in each group and where most of the others went, and
        how many values are hidden.
    """
    found = _read(table)
    count = plural("figure.group_count", len(found.starts), language)
    said = [text("figure.transitions.alt", language, n_groups=count)]
    for step in found.steps:
        parts = [part for group in found.starts if (part := _row_words(step, group, language))]
        said.append(sentence(f"{STEP.join(step.waves)}: {'; '.join(parts)}"))
    missing = sum(number(value) is None for value in table["estimate"])
    return " ".join([*said, *hidden_sentence(missing, language)])


def _row_words(step: _Step, group: Group, language: str) -> str:
    """Say of one group how many stayed, and where most of the others went."""
    stayed = step.cells.get((group.name, group.name))
    if stayed is None:
        return group.name
    parts = [
        text(
            "figure.transitions.stayed", language, group=group.name, share=_share(stayed, language)
        )
    ]
    away = [
        (value, end)
        for (start, end), row in step.cells.items()
        if start == group.name != end and (value := number(row["estimate"]))
    ]
    if away:
        _, end = max(away, key=lambda pair: pair[0])
        share = _share(step.cells[group.name, end], language)
        parts.append(text("figure.transitions.most", language, group=end, share=share))
    return ", ".join(parts)


def _share(row: Row, language: str) -> str:
    share, low, high = (number(row.get(key)) for key in ("estimate", "conf_low", "conf_high"))
    return share_words(share, low, high, language, sign=False)


def _read(table: pd.DataFrame) -> _Map:
    found = rows(table, COLUMNS, "transitions")
    starts = groups_of([row["from"] for row in found], None)
    known = [group.name for group in starts]
    reached = distinct(row["to"] for row in found)
    ends = [name for name in known if name in reached]
    ends += [name for name in reached if name not in known]
    if len(ends) > _MOST_COLUMNS:
        raise UsageError(
            "figure_groups",
            f"A figure cannot show {len(ends)} places to go so that they can be told apart.",
            allowed=f"1 to {_MOST_COLUMNS} places",
            try_="merging classes into main groups under [groups] in study.toml",
        )
    steps: dict[tuple[str, str], _Step] = {}
    for row in found:
        waves = (str(row["wave_from"]), str(row["wave_to"]))
        step = steps.setdefault(waves, _Step(waves, {}, {}))
        step.cells[str(row["from"]), str(row["to"])] = row
        people = number(row.get("n_origin"))
        if people is not None:
            step.people[str(row["from"])] = people
    return _Map(starts, tuple(ends), tuple(steps.values()))


def _example(found: _Map, language: str) -> list[str]:
    """Read one cell aloud: the first group that can be read, and those who stayed in it."""
    for step in found.steps:
        for group in found.starts:
            row = step.cells.get((group.name, group.name))
            share = None if row is None else number(row["estimate"])
            if share is not None:
                return [
                    text(
                        "figure.transitions.example",
                        language,
                        group=group.name,
                        first=step.waves[0],
                        last=step.waves[1],
                        count=points(share, language),
                    )
                ]
    return []


@dataclass(frozen=True, slots=True)
class _Panel:
    """One heat map on its place on the sheet."""

    sheet: Sheet
    found: _Map
    step: _Step
    left: float
    cell: float
    label: float
    language: str

    def draw(self, y: float) -> float:
        """Draw heading, names of the columns and rows; return the y below."""
        sheet, wide = self.sheet, self.label + self.cell * len(self.found.ends)
        y = sheet.block(self.left, y, STEP.join(self.step.waves), wide, weight="bold") + 0.03
        corner = text(
            "figure.transitions.corner",
            self.language,
            first=self.step.waves[0],
            last=self.step.waves[1],
        )
        if self.label:
            lines = wrap(corner, self.label - 0.1, style.SMALL)
            under = sheet.block(self.left, y, lines, 0.0, size=style.SMALL, colour=style.GREY)
            y = max(self._column_names(y), under)
        else:
            y = sheet.block(self.left, y, corner, wide, size=style.SMALL, colour=style.GREY) + 0.03
            y = self._column_names(y)
        y += 0.03
        for group in self.found.starts:
            y = self._row(group, y)
        return y

    def _column_names(self, y: float) -> float:
        """Write the names above the columns, standing on one line; return the y below."""
        step = line_height(style.SMALL)
        names = [wrap(name, self.cell - 0.02, style.SMALL) for name in self.found.ends]
        bottom = y + 0.15 + max(len(lines) for lines in names) * step
        marks = {group.name: group for group in self.found.starts}
        for place, (name, lines) in enumerate(zip(self.found.ends, names, strict=True)):
            middle = self.left + self.label + (place + 0.5) * self.cell
            top = bottom - len(lines) * step
            if name in marks:
                self.sheet.mark(middle, top - 0.07, marks[name].shape, marks[name].colour, 5.2)
            for line, said in enumerate(lines):
                at = top + (line + 0.5) * step
                self.sheet.text(middle, at, said, size=style.SMALL, align="center")
        return bottom

    def _row(self, group: Group, y: float) -> float:
        """Draw the name of a group and its cells; return the y below."""
        people = self.step.people.get(group.name)
        said = "" if people is None else plural("figure.people", round(people), self.language)
        step = line_height(style.SMALL)
        if self.label:
            lines = wrap(group.name, self.label - 0.22, style.SMALL)
            tall = (len(lines) + bool(said)) * step
            high = max(_HIGH, tall + 0.06)
            top = y + (high - tall) / 2
            self.sheet.mark(self.left + 0.06, top + step / 2, group.shape, group.colour, 5.2)
            below = self.sheet.block(self.left + 0.16, top, lines, 0.0, size=style.SMALL)
            if said:
                self.sheet.block(
                    self.left + 0.16, below, [said], 0.0, size=style.SMALL, colour=style.GREY
                )
        else:
            high = _HIGH
            self.sheet.mark(self.left + 0.06, y + step / 2, group.shape, group.colour, 5.2)
            limit = self.sheet.width - self.left - 0.24
            name = f"{group.name} · {said}" if said else group.name
            y = self.sheet.block(self.left + 0.16, y, name, limit, size=style.SMALL) + 0.02
        for place, end in enumerate(self.found.ends):
            row = self.step.cells.get((group.name, end))
            if row is not None:
                x = self.left + self.label + place * self.cell
                self._cell(row, (x, y), high, stayed=end == group.name)
        return y + high + (_GAP if self.label else 0.06)

    def _cell(self, row: Row, corner: tuple[float, float], high: float, *, stayed: bool) -> None:
        """Draw one cell: its share in large and its interval in small letters."""
        left, top = corner[0] + _GAP / 2, corner[1]
        wide = self.cell - _GAP
        middle, centre = left + wide / 2, top + high / 2
        share = number(row["estimate"])
        if share is None:
            self.sheet.box(
                left, top, wide, high, colour=style.PAPER, edge=style.HIDDEN, hatch="/////"
            )
            self.sheet.box(middle - 0.11, centre - 0.09, 0.22, 0.18, colour=style.PAPER, layer=2)
            self.sheet.text(middle, centre, "..", align="center")
            return
        colour = style.ramp(_RAMP_STEPS)[round(min(1.0, share) * (_RAMP_STEPS - 1))]
        edge, points_ = (style.INK, 1.4) if stayed else (style.RULE, 0.5)
        self.sheet.box(left, top, wide, high, colour=colour, edge=edge, points=points_)
        ink = max((style.INK, style.PAPER), key=lambda one: style.contrast(one, colour))
        low, upper = number(row.get("conf_low")), number(row.get("conf_high"))
        said = share_words(share, None, None, self.language, sign=False)
        lines = self._interval(low, upper)
        step = line_height(style.SMALL)
        place = centre - len(lines) * step / 2
        self.sheet.text(middle, place, said, weight="bold", colour=ink, align="center")
        for line, part in enumerate(lines):
            at = place + 0.02 + (line + 1) * step
            self.sheet.text(middle, at, part, size=style.SMALL, colour=ink, align="center")

    def _interval(self, low: float | None, high: float | None) -> list[str]:
        """Give the interval in one line, or in two where the cell is too narrow for it."""
        said = span(low, high, self.language)
        if not said or measure(said, style.SMALL) <= self.cell - _GAP - 0.04:
            return [said] if said else []
        first, last = said.split("\u2013")
        return [first + "\u2013", last]
