"""All answers of every group: one bar per item and group, cut at the categories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from vendepunkt.figures import style
from vendepunkt.figures.common import (
    Group,
    Row,
    Width,
    by_dimension,
    distinct,
    group_sentence,
    groups_of,
    header,
    hidden_sentence,
    new_sheet,
    notes,
    number,
    rows,
)
from vendepunkt.figures.lettering import line_height, width, wrap
from vendepunkt.figures.sheet import Scale, Sheet
from vendepunkt.language import percent, plural, points, text

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("item", "category", "group", "estimate")
_BAR = 0.148
_STEP = 0.17
_KEY_GAP = 0.16
_MARKS_ONLY = 0.3  # where bars begin when the groups are told apart by their marks alone


def profile_categories(
    table: pd.DataFrame,
    language: str,
    *,
    shares: pd.DataFrame | None = None,
    width: Width = "wide",
    title: str | None = None,
) -> Figure:
    """Draw the full distribution of answers of each group on each item.

    Parameters
    ----------
    table
        One row per item, category and group: ``item``, ``category``, ``group``, ``estimate`` (0–1;
        None = hidden); optional ``dimension``. Categories stand from best to worst. Categories
        that are hidden in a bar share one hatched piece; where only one is hidden the whole bar
        is, because the others would give it away.
    language
        ``"da"`` or ``"en"``.
    shares, width, title
        As for :func:`vendepunkt.figures.profile`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    DataError, UsageError
        As for :func:`vendepunkt.figures.profile`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"item": "Trust", "category": ["Yes", "No"], "group": "A", "estimate": [0.6, 0.4]}
    ... )
    >>> print(profile_categories(table, "en").get_figwidth())
    7.1
    """
    found = by_dimension(rows(table, COLUMNS, "profile_categories"))
    groups = groups_of([row["group"] for row in found], shares)
    sheet, y = new_sheet(width, language, title)
    y = header(sheet, groups, language, y)
    left = _label_width(sheet, groups, width)
    scale = Scale(left, sheet.width - 0.08, 0.0, 1.0)
    dimension, hidden = "", False
    for key in _keys(found):
        if key[0] and key[0] != dimension:
            dimension = key[0]
            y = sheet.block(0.08, y + 0.04, dimension, sheet.width - 0.16, weight="bold")
            sheet.line((0.08, y + 0.01), (sheet.width - 0.08, y + 0.01), points=0.8)
            y += 0.03
        cells = [row for row in found if (str(row.get("dimension") or ""), str(row["item"])) == key]
        y, some = _item(sheet, scale, cells, groups, y, language=language)
        hidden = hidden or some
    said = [text("figure.categories.note", language)]
    if hidden:
        said.append(text("figure.categories.hidden_note", language))
    return sheet.finish(notes(sheet, y + 0.06, said) + 0.06)


def profile_categories_alt(
    table: pd.DataFrame, language: str, *, shares: pd.DataFrame | None = None
) -> str:
    """Say in words what :func:`profile_categories` shows, from the same table.

    Returns
    -------
    str
        The kind of figure, the groups, the most frequent answer of each group on the first item
        as an example of how to read it, and how many values are hidden.
    """
    found = by_dimension(rows(table, COLUMNS, "profile_categories"))
    groups = groups_of([row["group"] for row in found], shares)
    keys = _keys(found)
    said = [
        text(
            "figure.categories.alt",
            language,
            items=plural("figure.items", len(keys), language),
            n_groups=plural("figure.group_count", len(groups), language),
        ),
        group_sentence(groups, language),
    ]
    most = []
    for group in groups:
        known = [
            (value, str(row["category"]))
            for row in found
            if str(row["item"]) == keys[0][1]
            and str(row["group"]) == group.name
            and (value := number(row["estimate"])) is not None
        ]
        if known:
            value, category = max(known)
            most.append(f"{group.name}: {category}, {percent(value, language)}")
    if most:
        said.append(text("figure.categories.most", language, item=keys[0][1], most="; ".join(most)))
    missing = sum(number(row["estimate"]) is None for row in found)
    return " ".join([*said, *hidden_sentence(missing, language)])


def _keys(found: Sequence[Row]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((str(row.get("dimension") or ""), str(row["item"])) for row in found))


def _label_width(sheet: Sheet, groups: Sequence[Group], width_name: str) -> float:
    """Give the place where bars begin: after the names, or after the marks where not all fit."""
    names = 0.28 + max(width(group.name, style.SMALL) for group in groups) + 0.08
    return names if width_name == "wide" and names <= 0.45 * sheet.width else _MARKS_ONLY


def _item(
    sheet: Sheet,
    scale: Scale,
    cells: Sequence[Row],
    groups: Sequence[Group],
    y: float,
    *,
    language: str,
) -> tuple[float, bool]:
    """Draw one item: its name, the key of its categories, one bar per group."""
    name = str(cells[0]["item"])
    categories = distinct(row["category"] for row in cells)
    colours = style.ramp(len(categories))
    y += 0.05
    beside = 0.08 + width(name, style.TEXT) + 0.25
    one_line = sum(_KEY_GAP + 0.15 + width(category, style.SMALL) for category in categories)
    if beside + one_line <= sheet.width:
        sheet.block(0.08, y, name, sheet.width)
        y = _key(sheet, categories, colours, y + 0.01, beside) + 0.01
    else:
        y = sheet.block(0.08, y, name, sheet.width - 0.16)
        y = _key(sheet, categories, colours, y, 0.08)
    hidden = False
    for group in groups:
        own = {str(row["category"]): row for row in cells if str(row["group"]) == group.name}
        if not own:
            continue
        centre = y + _STEP / 2
        sheet.mark(0.17, centre, group.shape, group.colour)
        if scale.left > _MARKS_ONLY:
            sheet.text(0.28, centre, group.name, size=style.SMALL)
        values = [number(own[c]["estimate"]) if c in own else 0.0 for c in categories]
        hidden = _bar(sheet, scale, values, colours, centre, language=language) or hidden
        y += _STEP
    return y + 0.04, hidden


def _key(
    sheet: Sheet, categories: Sequence[str], colours: Sequence[str], y: float, left: float
) -> float:
    """Write the categories beside a square of their colour, in a flow; return the y below."""
    x = left
    step = line_height(style.SMALL)
    for category, colour in zip(categories, colours, strict=True):
        wide = 0.15 + width(category, style.SMALL)
        if x > left and x + wide > sheet.width - 0.08:
            x, y = left, y + step
        sheet.box(x, y + step / 2 - 0.05, 0.1, 0.1, colour=colour, edge=style.GREY, points=0.4)
        lines = wrap(category, sheet.width - x - 0.23, style.SMALL)
        sheet.block(x + 0.15, y, lines, 0.0, size=style.SMALL, colour=style.GREY)
        y += (len(lines) - 1) * step
        x += wide + _KEY_GAP
    return y + step + 0.02


def _bar(
    sheet: Sheet,
    scale: Scale,
    values: Sequence[float | None],
    colours: Sequence[str],
    centre: float,
    *,
    language: str,
) -> bool:
    """Draw one bar with the numbers that fit; return whether something in it is hidden.

    What stands before the first hidden piece is drawn from the left, what stands after the last
    from the right; all between is one hatched piece, so that no edge of a hidden piece shows.
    """
    unknown = [position for position, value in enumerate(values) if value is None]
    if not unknown:
        _pieces(sheet, scale, list(zip(values, colours, strict=True)), centre, language=language)
        return False
    pairs = list(zip(values, colours, strict=True))
    known = len(unknown) > 1
    before = pairs[: unknown[0]] if known else []
    after = pairs[unknown[-1] + 1 :] if known else []
    start = scale(sum(value or 0.0 for value, _ in before))
    tail = sum(value or 0.0 for value, _ in after)
    end = scale(1.0 - tail)
    _pieces(sheet, scale, before, centre, language=language)
    _pieces(sheet, scale, after, centre, start=1.0 - tail, language=language)
    if end - start > 0.02:
        top = centre - _BAR / 2
        edge = style.HIDDEN
        sheet.box(start, top, end - start, _BAR, colour=style.PAPER, edge=edge, hatch="/////")
        word = text("figure.hidden", language)
        long = width(word, style.SMALL) + 0.08
        if long <= end - start:
            left = (start + end - long) / 2
            sheet.box(left, top + 0.012, long, _BAR - 0.024, colour=style.PAPER, layer=2)
            sheet.text(left + 0.04, centre, word, size=style.SMALL, colour=style.GREY)
    return True


def _pieces(
    sheet: Sheet,
    scale: Scale,
    pieces: Sequence[tuple[float | None, str]],
    centre: float,
    *,
    language: str,
    start: float = 0.0,
) -> None:
    """Draw known pieces one after the other, each with its number where it fits."""
    for value, colour in pieces:
        left, right = scale(start), scale(start + (value or 0.0))
        start += value or 0.0
        edge = style.PAPER
        sheet.box(left, centre - _BAR / 2, right - left, _BAR, colour=colour, edge=edge, points=0.8)
        said = points(value, language)
        if width(said, style.SMALL) + 0.06 <= right - left:
            ink = max((style.INK, style.PAPER), key=lambda c: style.contrast(c, colour))
            middle = (left + right) / 2
            sheet.text(middle, centre, said, size=style.SMALL, colour=ink, align="center")
