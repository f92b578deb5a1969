"""The themes of a vote in their order: how many chose each, and how firmly it holds its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matplotlib.figure import Figure

from vendepunkt.figures import style
from vendepunkt.figures.common import (
    Row,
    Width,
    axis,
    hidden_sentence,
    new_sheet,
    notes,
    number,
    percent_ticks,
    rows,
    share_limit,
)
from vendepunkt.figures.lettering import width as measure
from vendepunkt.figures.movement import sentence
from vendepunkt.figures.sheet import Scale, Sheet
from vendepunkt.language import firmness, percent, plural, span, text
from vendepunkt.terms import choose

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("theme", "estimate", "status")
#: Where a theme stands, from the top: its colour. Words above each part say the same.
STATUS: Final = {
    "chosen": style.GROUP_COLOURS[2][0],
    "tied": style.GROUP_COLOURS[3][1],
    "below": style.HIDDEN,
}
_BAR = 0.18
_LEFT = 0.16


@dataclass(frozen=True, slots=True)
class _Theme:
    """One theme as it is drawn."""

    name: str
    status: str
    share: float | None
    low: float | None
    high: float | None
    n: float | None
    chance: float | None

    @classmethod
    def of(cls, row: Row) -> _Theme:
        return cls(
            str(row["theme"]),
            choose(str(row["status"]), tuple(STATUS), "status"),
            share=number(row["estimate"]),
            low=number(row.get("conf_low")),
            high=number(row.get("conf_high")),
            n=number(row.get("n")),
            chance=number(row.get("chance")),
        )

    def firm(self, language: str) -> str:
        """Say how firmly it holds its place: "ligger fast: 95 af 100"."""
        if self.chance is None or self.share is None:
            return ""
        return text(
            "figure.placings.firm",
            language,
            words=firmness(self.chance, language),
            of_hundred=round(100 * self.chance),
        )

    def votes(self, language: str) -> str:
        """Say the share and the number of people: "57 pct. · 16 personer"."""
        if self.share is None:
            return text("figure.hidden", language)
        said = percent(self.share, language)
        if self.n is not None:
            said += " · " + plural("figure.people", round(self.n), language)
        return said


def placings(
    table: pd.DataFrame,
    language: str,
    *,
    places: int = 3,
    width: Width = "wide",
    title: str | None = None,
) -> Figure:
    """Draw the themes of a vote in their order, with the line between the chosen and the others.

    Parameters
    ----------
    table
        One row per theme, in the order of their places: ``theme``, ``estimate`` (share of those
        voting who chose it, 0–1; None = hidden), ``status`` (``"chosen"``, ``"tied"`` where more
        themes stand alike than there are places left, ``"below"``); optional ``conf_low``,
        ``conf_high``, ``n`` (people), ``chance`` (share of meetings with other people like these
        that would choose it, rounded to 0.05).
    language
        ``"da"`` or ``"en"``.
    places
        How many themes are chosen.
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
        If a status is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"theme": ["Ensomhed", "Bolig"], "estimate": [0.6, 0.4], "status": ["chosen", "below"]}
    ... )
    >>> print(placings(table, "da", places=1).get_figwidth())
    7.1
    """
    themes = [_Theme.of(row) for row in rows(table, COLUMNS, "placings")]
    sheet, y = new_sheet(width, language, title)
    end = share_limit([value for one in themes for value in (one.share, one.high)])
    room = max(measure(one.votes(language), style.TEXT, "bold") for one in themes)
    scale = Scale(_LEFT, sheet.width - 0.22 - room, 0.0, end)
    before = ""
    for one in themes:
        if one.status != before:
            y = _part(sheet, y, _heading(themes, one.status, places, language), cut=bool(before))
            before = one.status
        y = _theme(sheet, scale, one, y, language)
    axis(sheet, scale, percent_ticks(end, language), (y, y), where="below")
    return sheet.finish(notes(sheet, y + 0.24, _said(themes, places, language)) + 0.06)


def _part(sheet: Sheet, y: float, heading: str, *, cut: bool) -> float:
    """Head a part of the list; with a line above where it lies behind a cut."""
    if cut:
        y += 0.03
        sheet.line((0.08, y), (sheet.width - 0.08, y), colour=style.INK, points=1.4, layer=3)
        y += 0.05
    limit = sheet.width - 0.16
    return sheet.block(0.08, y, heading, limit, colour=style.GREY, weight="bold") + 0.05


def _theme(sheet: Sheet, scale: Scale, one: _Theme, y: float, language: str) -> float:
    """Draw one theme: its name, how firmly it holds, its bar; return the y below."""
    firm = one.firm(language)
    limit = sheet.width - _LEFT - 0.08
    after = sheet.block(_LEFT, y, one.name, limit, weight="bold")
    beside = _LEFT + 0.12 + measure(one.name, style.TEXT, "bold")
    if firm and beside + measure(firm, style.SMALL) < sheet.width - 0.08:
        sheet.text(beside, y + 0.075, firm, size=style.SMALL, colour=style.GREY)
    elif firm:
        after = sheet.block(_LEFT, after, firm, limit, size=style.SMALL, colour=style.GREY)
    y = after + 0.03
    middle = y + _BAR / 2
    if one.share is None:
        sheet.hidden_lane(scale, middle, text("figure.hidden", language))
        return y + _BAR + 0.09
    sheet.box(scale.left, y, scale(one.share) - scale.left, _BAR, colour=STATUS[one.status])
    reach = scale(one.share)
    if one.low is not None and one.high is not None:
        # The interval is drawn on a white line, so that it also shows on the bar.
        ends = ((scale(one.low), middle), (scale(one.high), middle))
        sheet.line(*ends, colour=style.PAPER, points=3.4, layer=2)
        sheet.line(*ends, colour=style.INK, points=1.4, layer=3)
        reach = max(reach, scale(one.high))
    sheet.text(reach + 0.07, middle, one.votes(language), weight="bold")
    return y + _BAR + 0.09


def _heading(themes: Sequence[_Theme], status: str, places: int, language: str) -> str:
    chosen = sum(one.status == "chosen" for one in themes)
    if status == "chosen":
        return _top("chosen", chosen, language)
    if status == "tied":
        left = plural("figure.open_places", max(1, places - chosen), language)
        return text("figure.placings.tied", language, open=left)
    tied = any(one.status == "tied" for one in themes)
    return text(f"figure.placings.{'below_tied' if tied else 'below'}", language)


def _top(key: str, places: int, language: str) -> str:
    """Say "the top three" as a heading or within a sentence, also where it is one."""
    if places == 1:
        return text(f"figure.placings.{key}_one", language)
    return text(f"figure.placings.{key}", language, places=places)


def _said(themes: Sequence[_Theme], places: int, language: str) -> list[str]:
    """Give the notes: what bar and line are, what the words on firmness rest on, what is hidden."""
    ranged = any(one.low is not None for one in themes)
    said = [text(f"figure.placings.{'interval' if ranged else 'bars'}", language)]
    if any(one.chance is not None for one in themes):
        top = _top("top", places, language)
        said.append(text("figure.placings.firm_note", language, top=top))
    if any(one.share is None for one in themes):
        said.append(text("figure.hidden_note", language))
    return said


def placings_alt(table: pd.DataFrame, language: str, *, places: int = 3) -> str:
    """Say in words what :func:`placings` shows, from the same table.

    Returns
    -------
    str
        Each theme in its order with share, interval, number of people and how firmly it holds its
        place, by which side of the line it stands on.
    """
    themes = [_Theme.of(row) for row in rows(table, COLUMNS, "placings")]
    said = [text("figure.placings.alt", language)]
    for status in dict.fromkeys(one.status for one in themes):
        named = "; ".join(_spoken(one, language) for one in themes if one.status == status)
        heading = _heading(themes, status, places, language)
        said.append(sentence(f"{heading}: {named}"))
    missing = sum(one.share is None for one in themes)
    return " ".join([*said, *hidden_sentence(missing, language)])


def _spoken(one: _Theme, language: str) -> str:
    if one.share is None:
        return f"{one.name} ({text('figure.hidden', language)})"
    said = percent(one.share, language)
    if one.low is not None and one.high is not None:
        said += f" ({span(one.low, one.high, language)})"
    if one.n is not None:
        said += ", " + plural("figure.people", round(one.n), language)
    firm = one.firm(language)
    return f"{one.name} {said}" + (f", {firm}" if firm else "")
