"""How the groups answer: items by dimension, groups by colour and shape, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from matplotlib.figure import Figure

from vendepunkt.figures import style
from vendepunkt.figures.common import (
    Group,
    Row,
    Width,
    axis,
    by_dimension,
    distinct,
    group_sentence,
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
from vendepunkt.figures.lettering import line_height, width, wrap
from vendepunkt.figures.sheet import Scale, Sheet
from vendepunkt.language import plural, points, text
from vendepunkt.terms import choose

if TYPE_CHECKING:
    import pandas as pd

Values = Literal["share", "severity"]

COLUMNS = ("item", "group", "estimate")
_LANE = (0.1, 0.142)  # lowest and highest height of a group's line, in inches
_VALUES_FROM = 0.118  # from this height a number fits beside the marker
_PAD = 0.1


@dataclass(frozen=True, slots=True)
class _Item:
    dimension: str
    name: str
    category: str
    cells: dict[str, Row]
    name_lines: list[str]
    category_lines: list[str]

    @property
    def label_height(self) -> float:
        size = len(self.name_lines) * line_height(style.TEXT)
        return size + len(self.category_lines) * line_height(style.SMALL)


def profile(
    table: pd.DataFrame,
    language: str,
    *,
    shares: pd.DataFrame | None = None,
    values: Values = "share",
    width: Width = "wide",
    title: str | None = None,
) -> Figure:
    """Draw how each group answers each item: the figure a newspaper could print.

    Parameters
    ----------
    table
        One row per item and group, as the reader shall see the words: ``item``, ``group``,
        ``estimate`` (0–1; None = hidden); optional ``dimension``, ``category`` (the answer whose
        share is shown, printed below the item), ``conf_low``, ``conf_high``. Rows stand in the
        order in which they are drawn, groups from the least to the most severe.
    language
        ``"da"`` or ``"en"``.
    shares
        One row per group: ``group``, ``estimate`` (share of all; None = hidden), optional
        ``conf_low``, ``conf_high``, ``n``. Gives the order of the groups and the header.
    values
        ``"share"`` when estimates are shares of answers, ``"severity"`` when they are expected
        severities from 0 (best) to 1 (worst).
    width
        ``"wide"`` for a text column, ``"narrow"`` for a telephone (320 CSS pixels).
    title
        A title above the figure; none when the page has its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    DataError
        If a column is missing.
    UsageError
        If there are more than six groups.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"item": ["Trust"] * 2, "group": ["A", "B"], "estimate": [0.2, 0.7]})
    >>> print(profile(table, "en").get_figwidth())
    7.1
    """
    found = by_dimension(rows(table, COLUMNS, "profile"))
    groups = groups_of([row["group"] for row in found], shares)
    choose(values, ("share", "severity"), "values")
    sheet, y = new_sheet(width, language, title)
    wide = width == "wide"
    label_width = 2.3 if wide else sheet.width - 0.16
    items = _items(found, label_width)
    y = header(sheet, groups, language, y)
    scale, ticks = _scale(sheet, found, values, language, 2.55 if wide else 0.2)
    y = _axis_title(sheet, scale, y, text(f"figure.profile.axis_{values}", language), wide)
    top = y = y + 0.2
    lane = _lane_height(items, len(groups), y) if wide else _LANE[1]
    hidden = False
    dimension = ""
    for position, item in enumerate(items):
        if item.dimension and item.dimension != dimension:
            dimension = item.dimension
            y = _dimension(sheet, dimension, y)
        first = position == 0
        y, some = _item(
            sheet, scale, item, groups, y, lane=lane, wide=wide, first=first, language=language
        )
        hidden = hidden or some
    axis(sheet, scale, ticks, (top, y))
    axis(sheet, scale, ticks, (y, y), where="below")
    y += 0.26
    said = _interval_notes(found, language)
    if hidden:
        said.append(text("figure.hidden_note", language))
    return sheet.finish(notes(sheet, y, said) + 0.06)


def profile_alt(
    table: pd.DataFrame,
    language: str,
    *,
    shares: pd.DataFrame | None = None,
    values: Values = "share",
) -> str:
    """Say in words what :func:`profile` shows, from the same table.

    Returns
    -------
    str
        The kind of figure, the groups, the items that part them most and least, and how many
        values are hidden.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"item": ["Trust"] * 2, "group": ["A", "B"], "estimate": [0.2, 0.7]})
    >>> "from 20 in A to 70 in B" in profile_alt(table, "en")
    True
    """
    found = by_dimension(rows(table, COLUMNS, "profile"))
    groups = groups_of([row["group"] for row in found], shares)
    items = _items(found, 10.0)
    said = [
        text(
            f"figure.profile.alt_{values}",
            language,
            items=plural("figure.items", len(items), language),
            n_groups=plural("figure.group_count", len(groups), language),
        ),
        group_sentence(groups, language),
    ]
    spread = sorted((part for item in items if (part := _spread(item))), key=lambda part: -part[0])
    wanted = [("largest", spread[0])] if spread else []
    if len(spread) > 1:
        wanted.append(("smallest", spread[-1]))
    for word, (_, item, low, high) in wanted:
        said.append(
            text(
                f"figure.profile.{word}",
                language,
                item=f"{item.name}: {item.category}" if item.category else item.name,
                low=points(low[0], language),
                low_group=low[1],
                high=points(high[0], language),
                high_group=high[1],
            )
        )
    missing = sum(number(row["estimate"]) is None for row in found)
    return " ".join([*said, *hidden_sentence(missing, language)])


def _spread(item: _Item) -> tuple[float, _Item, tuple[float, str], tuple[float, str]] | None:
    """Give the distance between the lowest and the highest group of an item, and both."""
    known = [
        (value, name)
        for name, cell in item.cells.items()
        if (value := number(cell["estimate"])) is not None
    ]
    if len(known) < 2:
        return None
    low, high = min(known), max(known)
    return high[0] - low[0], item, low, high


def _items(found: Sequence[Row], label_width: float) -> list[_Item]:
    keys = list(
        dict.fromkeys(
            (str(row.get("dimension") or ""), str(row["item"]), str(row.get("category") or ""))
            for row in found
        )
    )
    items = []
    for dimension, name, category in keys:
        cells = {
            str(row["group"]): row
            for row in found
            if str(row["item"]) == name and str(row.get("category") or "") == category
        }
        items.append(
            _Item(
                dimension=dimension,
                name=name,
                category=category,
                cells=cells,
                name_lines=wrap(name, label_width, style.TEXT),
                category_lines=wrap(category, label_width, style.SMALL),
            )
        )
    return items


def _scale(
    sheet: Sheet, found: Sequence[Row], values: str, language: str, left: float
) -> tuple[Scale, list[tuple[float, str]]]:
    right = sheet.width - 0.32
    if values == "severity":
        ticks = [(tick / 4, points(tick / 4, language)) for tick in range(5)]
        return Scale(left, right, 0.0, 1.0), ticks
    drawn = [number(row.get(name)) for row in found for name in ("estimate", "conf_high")]
    end = share_limit(drawn)
    end = end if end > 0.3 else 0.5
    return Scale(left, right, 0.0, end), percent_ticks(end, language)


def _axis_title(sheet: Sheet, scale: Scale, y: float, said: str, wide: bool) -> float:
    left = scale.left if wide else 0.08
    limit = sheet.width - left - 0.08
    return sheet.block(left, y, said, limit, size=style.SMALL, colour=style.GREY)


def _lane_height(items: Sequence[_Item], groups: int, used: float) -> float:
    """Give the height of a group's line so that the whole figure fits a page if it can."""
    low, high = _LANE
    dimensions = len(distinct(item.dimension for item in items if item.dimension))
    fixed = used + 0.5 + dimensions * 0.3 + len(items) * _PAD
    room = (style.TALLEST - fixed) / (len(items) * groups)
    return max(low, min(high, room))


def _dimension(sheet: Sheet, name: str, y: float) -> float:
    y = sheet.block(0.08, y + 0.08, name, sheet.width - 0.16, weight="bold")
    sheet.line((0.08, y + 0.01), (sheet.width - 0.08, y + 0.01), colour=style.RULE, points=0.8)
    return y + 0.04


def _item(
    sheet: Sheet,
    scale: Scale,
    item: _Item,
    groups: Sequence[Group],
    y: float,
    *,
    lane: float,
    wide: bool,
    first: bool,
    language: str,
) -> tuple[float, bool]:
    """Draw one item's label and its groups; return the y below and whether a value is hidden."""
    # The first item also carries the names, so its lines need the height of a letter.
    lane = max(lane, _LANE[1]) if first else lane
    lanes = lane * len(groups)
    band = max(lanes, item.label_height) if wide else lanes
    label_top = y + _PAD / 2 + ((band - item.label_height) / 2 if wide else 0.0)
    end = sheet.block(0.08, label_top, item.name_lines, 0.0)
    end = sheet.block(0.08, end, item.category_lines, 0.0, size=style.SMALL, colour=style.GREY)
    start = y + _PAD / 2 + (band - lanes) / 2 if wide else end + 0.02
    hidden = False
    for number_, group in enumerate(groups):
        cell = item.cells.get(group.name)
        if cell is None:
            continue  # not asked of this group's wave: nothing to draw and nothing to hide
        centre = start + (number_ + 0.5) * lane
        if number(cell["estimate"]) is None:
            word = text("figure.hidden", language) if lane >= _VALUES_FROM else ""
            sheet.mark(scale.left - 0.08, centre, group.shape, group.colour, 4.4)
            sheet.hidden_lane(scale, centre, word)
            hidden = True
        else:
            _point(sheet, scale, group, cell, centre, lane=lane, first=first, language=language)
    below = max(start + lanes, end) + _PAD / 2
    sheet.line((0.08, below), (sheet.width - 0.08, below), colour=style.FAINT, layer=0.4)
    return below, hidden


def _point(
    sheet: Sheet,
    scale: Scale,
    group: Group,
    cell: Row,
    y: float,
    *,
    lane: float,
    first: bool,
    language: str,
) -> None:
    """Draw one estimate with its interval, its number, and on the first item its group's name."""
    value = number(cell["estimate"]) or 0.0
    low, high = number(cell.get("conf_low")), number(cell.get("conf_high"))
    reach = (scale(value) - 0.05, scale(value) + 0.05)
    if low is not None and high is not None:
        sheet.line((scale(low), y), (scale(high), y), colour=group.colour, points=1.6, layer=3)
        reach = (min(reach[0], scale(low)), max(reach[1], scale(high)))
    sheet.mark(scale(value), y, group.shape, group.colour, min(6.2, lane * 72 * 0.8))
    if lane < _VALUES_FROM:
        return
    bare = points(value, language)
    for said in [f"{bare}  {group.name}", bare] if first else [bare]:
        long = width(said, style.SMALL)
        if reach[1] + 0.05 + long <= sheet.width - 0.03:
            sheet.text(reach[1] + 0.05, y, said, size=style.SMALL)
            return
        if reach[0] - 0.05 - long >= scale.left:
            sheet.text(reach[0] - 0.05, y, said, size=style.SMALL, align="right")
            return


def _interval_notes(found: Sequence[Row], language: str) -> list[str]:
    """Say what the lines are, and why a shown point may have none."""
    shown = [row for row in found if number(row["estimate"]) is not None]
    ranged = [row for row in shown if number(row.get("conf_low")) is not None]
    if not ranged:
        return []
    said = text("figure.profile.note", language)
    if len(ranged) < len(shown):
        said += " " + text("figure.profile.no_interval", language)
    return [said]
