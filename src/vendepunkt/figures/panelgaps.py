"""Panels side by side: how many of each chose a theme, and in words who chose it more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from matplotlib.figure import Figure

from vendepunkt.figures import style
from vendepunkt.figures.common import (
    Group,
    Row,
    Width,
    axis,
    distinct,
    groups_of,
    header,
    hidden_sentence,
    new_sheet,
    notes,
    number,
    percent_ticks,
    rows,
    share_limit,
)
from vendepunkt.figures.lettering import line_height
from vendepunkt.figures.lettering import width as measure
from vendepunkt.figures.movement import sentence
from vendepunkt.figures.sheet import Scale, Sheet
from vendepunkt.language import integer, listed, percent, points, text

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("theme", "panel", "estimate")
DIFFERENCES = ("theme", "first", "second", "estimate")
_LANE = 0.24
_LEFT = 0.52
_CLOSE, _NUDGE = 0.11, 0.05  # inches
_ROUNDS_TO_NOTHING: Final = 0.005


@dataclass(frozen=True, slots=True)
class _Theme:
    """One theme: the share of each panel that had it on the ballot, and the difference in words."""

    name: str
    shares: dict[str, float | None]
    words: str
    order: float


def panel_comparison(
    table: pd.DataFrame,
    language: str,
    *,
    differences: pd.DataFrame | None = None,
    random_draws: bool = False,
    width: Width = "wide",
    title: str | None = None,
) -> Figure:
    """Draw for each theme how many of each panel chose it, the largest difference first.

    Parameters
    ----------
    table
        One row per theme and panel: ``theme``, ``panel``, ``estimate`` (share of those voting,
        0–1; None = hidden). A theme that a panel did not have has no row for it.
    language
        ``"da"`` or ``"en"``.
    differences
        Of two panels, what is said in words: ``theme``, ``first``, ``second`` (panels),
        ``estimate`` (first less second, −1 to 1; None = hidden), optional ``conf_low``,
        ``conf_high``. Without it the differences of the shares are said, without an interval.
    random_draws
        Whether the panels were drawn at random.
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
        If there are more panels than can be told apart.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"theme": ["Bolig"] * 2, "panel": ["Brugere", "Råd"], "estimate": [0.6, 0.4]}
    ... )
    >>> print(panel_comparison(table, "da").get_figwidth())
    7.1
    """
    found = rows(table, COLUMNS, "panel_comparison")
    panels = groups_of((row["panel"] for row in found), None)
    themes = _themes(found, differences, language)
    sheet, y = new_sheet(width, language, title)
    lead = text("figure.panel_comparison.lead_many", language)
    if len(panels) == 2:
        names = {"first": panels[0].name, "second": panels[1].name}
        lead = text("figure.panel_comparison.lead", language, **names)
    y = sheet.block(0.08, y, lead, sheet.width - 0.16)
    y = header(sheet, panels, language, y + 0.06)
    end = share_limit([value for one in themes for value in one.shares.values()])
    scale = Scale(_LEFT, sheet.width - _LEFT, 0.0, end)
    top = y
    for one in themes:
        y = _lane(sheet, scale, one, panels, y, language)
    axis(sheet, scale, percent_ticks(end, language), (top, y), where="below")
    said = []
    if differences is not None and _ranged(differences):
        key = "note_random" if random_draws else "note"
        said.append(text(f"figure.panel_comparison.{key}", language))
    if any(share is None for one in themes for share in one.shares.values()):
        said.append(text("figure.panel_comparison.hidden_note", language))
    return sheet.finish(notes(sheet, y + 0.26, said) + 0.06)


def _lane(
    sheet: Sheet, scale: Scale, one: _Theme, panels: Sequence[Group], y: float, language: str
) -> float:
    """Draw one theme: name, the difference in words, a mark for each panel; give the y below."""
    limit = sheet.width - 0.16
    after = sheet.block(0.08, y, one.name, limit, weight="bold")
    beside = 0.2 + measure(one.name, style.TEXT, "bold")
    if beside + measure(one.words, style.SMALL) < sheet.width - 0.08:
        sheet.text(
            beside, y + line_height(style.TEXT) / 2, one.words, size=style.SMALL, colour=style.GREY
        )
    else:
        after = sheet.block(0.08, after, one.words, limit, size=style.SMALL, colour=style.GREY)
    y = after + _LANE / 2
    shown = [
        (scale(share), panel)
        for panel in panels
        if (share := one.shares.get(panel.name)) is not None
    ]
    if not shown:
        sheet.hidden_lane(scale, y, "")
        return y + _LANE / 2 + 0.06
    shown.sort(key=lambda pair: pair[0])
    first, last = shown[0], shown[-1]
    if len(shown) > 1:
        sheet.line((first[0], y), (last[0], y), colour=style.HIDDEN, points=1.6, layer=2)
    # Marks that would cover each other stand a little above and below the line.
    close = any(b[0] - a[0] < _CLOSE for a, b in pairwise(shown))
    for place, (x, panel) in enumerate(shown):
        sheet.mark(
            x,
            y + (_NUDGE * (1 - 2 * (place % 2)) if close else 0.0),
            panel.shape,
            panel.colour,
            8.0,
        )
    # The ends are written out; what lies between has its words above.
    low, high = (one.shares[panel.name] for _, panel in (first, last))
    if len(shown) > 1:
        sheet.text(first[0] - 0.1, y, points(low, language), size=style.SMALL, align="right")
    sheet.text(last[0] + 0.1, y, percent(high, language), size=style.SMALL)
    return y + _LANE / 2 + 0.06


def panel_comparison_alt(
    table: pd.DataFrame,
    language: str,
    *,
    differences: pd.DataFrame | None = None,
    random_draws: bool = False,
) -> str:
    """Say in words what :func:`panel_comparison` shows, from the same table.

    Returns
    -------
    str
        Each theme with the share of each panel and the difference, the largest first.
    """
    del random_draws  # said below the figure; the differences are the same
    found = rows(table, COLUMNS, "panel_comparison")
    names = distinct(row["panel"] for row in found)
    quoted = [f"“{name}”" if language == "en" else f"”{name}”" for name in names]
    said = [text("figure.panel_comparison.alt", language, panels=listed(quoted, language))]
    for one in _themes(found, differences, language):
        away = text("figure.hidden", language)
        shares = [
            f"{name} {away if share is None else percent(share, language)}"
            for name, share in one.shares.items()
        ]
        words = f" ({one.words})" if one.words else ""
        said.append(sentence(f"{one.name}: {', '.join(shares)}{words}"))
    missing = sum(number(row["estimate"]) is None for row in found)
    return " ".join([*said, *hidden_sentence(missing, language)])


def _themes(found: Sequence[Row], differences: pd.DataFrame | None, language: str) -> list[_Theme]:
    """Read the themes; what is known first, by difference, then hidden ones, then lone ones."""
    panels = distinct(row["panel"] for row in found)
    told = {}
    if differences is not None:
        told = {str(row["theme"]): row for row in rows(differences, DIFFERENCES, "differences")}
    themes = []
    for name in distinct(row["theme"] for row in found):
        shares = {
            str(row["panel"]): number(row["estimate"]) for row in found if row["theme"] == name
        }
        words, order = _words(shares, panels, told.get(name), language)
        themes.append(_Theme(name, shares, words, order))
    return sorted(themes, key=lambda one: one.order)


def _words(
    shares: dict[str, float | None], panels: Sequence[str], told: Row | None, language: str
) -> tuple[str, float]:
    """Say the difference of a theme, and where the theme stands in the order."""
    if len(shares) == 1 and len(panels) > 1:
        (panel,) = shares
        return text("figure.panel_comparison.only", language, panel=panel), 3.0
    hidden = [name for name, share in shares.items() if share is None]
    if hidden:
        return text("figure.panel_comparison.hidden", language, panel=hidden[0]), 2.0
    known = {name: share for name, share in shares.items() if share is not None}
    low, high = min(known, key=lambda name: known[name]), max(known, key=lambda name: known[name])
    if len(panels) != 2:
        said = text(
            "figure.panel_comparison.spread",
            language,
            low=percent(known[low], language),
            low_panel=low,
            high=percent(known[high], language),
            high_panel=high,
        )
        return said, known[low] - known[high]
    given = None if told is None else number(told["estimate"])
    first, second = panels if told is None else (str(told["first"]), str(told["second"]))
    gap = known[first] - known[second] if given is None else given
    bounds = () if told is None else (number(told.get("conf_low")), number(told.get("conf_high")))
    signed = gap if first == panels[0] else -gap
    return _gap_words(gap, bounds, (first, second), language), -signed


def _gap_words(
    gap: float, bounds: Sequence[float | None], ends: tuple[str, str], language: str
) -> str:
    """Say who chose it more, by how much, with the interval, and whether it may be chance."""
    low, high = (*bounds, None, None)[:2]
    ahead = ends[0] if gap > 0 else ends[1]
    if low is not None and high is not None and gap < 0:
        low, high = -high, -low
    count = integer(round(100 * abs(gap)), language)
    if abs(gap) < _ROUNDS_TO_NOTHING:
        # Neither panel is ahead, so an interval would have no direction.
        return text("figure.panel_comparison.same", language)
    if count == "1":
        said = text("figure.panel_comparison.one_more", language, panel=ahead)
    else:
        said = text("figure.panel_comparison.more", language, points=count, panel=ahead)
    if low is None or high is None:
        return said
    ends_said = {"low": points(low, language), "high": points(high, language)}
    said += " " + text("figure.panel_comparison.interval", language, **ends_said)
    if low < 0 < high:
        said += "; " + text("figure.panel_comparison.unsure", language)
    return said


def _ranged(differences: pd.DataFrame) -> bool:
    """Whether any difference has an interval."""
    return any(number(value) is not None for value in differences.get("conf_low", ()))
