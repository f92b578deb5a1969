"""How large the groups are, with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from vendepunkt.figures import style
from vendepunkt.figures.common import (
    Width,
    axis,
    group_sentence,
    groups_of,
    hidden_sentence,
    new_sheet,
    notes,
    percent_ticks,
    rows,
    share_limit,
)
from vendepunkt.figures.lettering import width as measure
from vendepunkt.figures.sheet import Scale
from vendepunkt.language import percent, plural, text

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("group", "estimate")
_BAR = 0.2


def shares(
    table: pd.DataFrame, language: str, *, width: Width = "wide", title: str | None = None
) -> Figure:
    """Draw the groups' shares of all as bars with 95 % confidence intervals.

    Parameters
    ----------
    table
        One row per group, least severe first: ``group``, ``estimate`` (0–1; None = hidden);
        optional ``conf_low``, ``conf_high``, ``n``.
    language
        ``"da"`` or ``"en"``.
    width, title
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
    >>> table = pd.DataFrame({"group": ["A", "B"], "estimate": [0.7, 0.3]})
    >>> print(shares(table, "da").get_figwidth())
    7.1
    """
    rows(table, COLUMNS, "shares")
    groups = groups_of(table["group"], table)
    sheet, y = new_sheet(width, language, title)
    end = share_limit([value for group in groups for value in (group.share, group.high)])
    scale = Scale(0.1, sheet.width - 0.62, 0.0, end)
    ticks = percent_ticks(end, language)
    top = y = y + (0.16 if title else 0.02)
    hidden = False
    for group in groups:
        sheet.mark(0.17, y + 0.14, group.shape, group.colour, 7.0)
        after = sheet.block(0.3, y + 0.06, group.name, sheet.width - 0.38, weight="bold")
        people = "" if group.n is None else plural("figure.people", round(group.n), language)
        beside = 0.38 + measure(group.name, style.TEXT, "bold")
        if people and beside + measure(people, style.SMALL) < sheet.width - 0.08:
            sheet.text(beside, y + 0.14, people, size=style.SMALL, colour=style.GREY)
        elif people:
            after = sheet.block(0.3, after, people, sheet.width - 0.38, size=style.SMALL,
                                colour=style.GREY)  # fmt: skip
        y = after + 0.03
        middle = y + _BAR / 2
        if group.share is None:
            sheet.hidden_lane(scale, middle, text("figure.hidden", language))
            hidden = True
        else:
            sheet.box(scale.left, y, scale(group.share) - scale.left, _BAR, colour=group.colour)
            reach = scale(group.share)
            if group.low is not None and group.high is not None:
                # The interval is drawn on a white line, so that it also shows on the bar.
                ends = ((scale(group.low), middle), (scale(group.high), middle))
                sheet.line(*ends, colour=style.PAPER, points=3.4, layer=2)
                sheet.line(*ends, colour=style.INK, points=1.4, layer=3)
                reach = max(reach, scale(group.high))
            sheet.text(reach + 0.06, middle, percent(group.share, language), weight="bold")
        y += _BAR + 0.08
    axis(sheet, scale, ticks, (top, y), where="below")
    said = []
    if any(group.low is not None for group in groups):
        said.append(text("figure.shares.note", language))
    if hidden:
        said.append(text("figure.hidden_note", language))
    return sheet.finish(notes(sheet, y + 0.26, said) + 0.06)


def shares_alt(table: pd.DataFrame, language: str) -> str:
    """Say in words what :func:`shares` shows, from the same table.

    Returns
    -------
    str
        Every group with its share, interval and number of persons.
    """
    rows(table, COLUMNS, "shares")
    groups = groups_of(table["group"], table)
    said = [text("figure.shares.alt", language)]
    said.append(group_sentence(groups, language))
    missing = sum(group.share is None for group in groups)
    return " ".join([*said, *hidden_sentence(missing, language)])
