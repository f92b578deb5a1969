"""Long figures cut into pages: whole items, as even as can be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from vendepunkt.figures import style
from vendepunkt.figures.common import distinct, rows
from vendepunkt.terms import choose

if TYPE_CHECKING:
    import pandas as pd

#: Per figure: height in inches of an item without groups, of one group, and of what is not items.
_HEIGHTS = {"profile": (0.12, 0.115, 1.5), "profile_categories": (0.4, 0.175, 1.0)}
_LEAST_ITEM = 0.5
_DIMENSION = 0.26


def pages(table: pd.DataFrame, figure: str) -> list[pd.DataFrame]:
    """Cut a table of many items so that each figure drawn from a part fits one A4 page.

    Parameters
    ----------
    table
        A table for :func:`vendepunkt.figures.profile` or
        :func:`vendepunkt.figures.profile_categories`.
    figure
        ``"profile"`` or ``"profile_categories"``.

    Returns
    -------
    list of pandas.DataFrame
        The rows in their order, those of a dimension together; an item stands whole in one part,
        and the parts are about equally tall. One part when everything fits.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"item": ["Trust"] * 2, "group": ["A", "B"], "estimate": [0.2, 0.7]})
    >>> len(pages(table, "profile"))
    1
    """
    choose(figure, tuple(_HEIGHTS), "figure")
    found = rows(table, ("item", "group"), figure)
    names = distinct(row.get("dimension") or "" for row in found)
    order = sorted(
        range(len(found)), key=lambda at: names.index(str(found[at].get("dimension") or ""))
    )
    table, found = table.iloc[order], [found[at] for at in order]
    fixed, per_group, around = _HEIGHTS[figure]
    groups = len(distinct(row["group"] for row in found))
    tall = max(_LEAST_ITEM, fixed + per_group * groups)
    keys = [f"{row.get('dimension') or ''}\x1f{row['item']}" for row in found]
    dimensions = {key: key.split("\x1f")[0] for key in keys}
    heights: dict[str, float] = {}
    before = ""
    for key in distinct(keys):
        heights[key] = tall + (_DIMENSION if dimensions[key] != before else 0.0)
        before = dimensions[key]
    count = math.ceil(sum(heights.values()) / (style.TALLEST - around))
    target = sum(heights.values()) / count
    part: dict[str, int] = {}
    used = 0.0
    for key, height in heights.items():
        part[key] = min(count - 1, int((used + height / 2) / target))
        used += height
    numbers = [part[key] for key in keys]
    return [table.loc[[number == wanted for number in numbers]] for wanted in sorted(set(numbers))]
