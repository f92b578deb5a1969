"""What the figures share: groups with their marks, the header, axes and notes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, SupportsFloat

from vendepunkt.figures import style
from vendepunkt.figures.lettering import line_height, width
from vendepunkt.figures.sheet import Scale, Sheet
from vendepunkt.language import percent, plural, points, span, text
from vendepunkt.terms import DataError, UsageError, choose

if TYPE_CHECKING:
    import pandas as pd

Width = Literal["wide", "narrow"]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """One group as it is drawn everywhere in a study.

    Attributes
    ----------
    name
        As the reader sees it.
    colour, shape
        Its marks; the shape is a matplotlib marker code.
    share, low, high
        Share of all (0–1) with its interval; None where unknown or hidden.
    n
        Number of persons, or None.
    listed
        Whether the caller gave a table of shares; only then is a missing share "hidden".
    """

    name: str
    colour: str
    shape: str
    share: float | None = None
    low: float | None = None
    high: float | None = None
    n: float | None = None
    listed: bool = False

    def said(self, language: str) -> str:
        """Say the group's share and number: "47 pct. (44–50) · 948 personer"."""
        if not self.listed:
            return ""
        if self.share is None:
            return text("figure.hidden", language)
        parts = [percent(self.share, language)]
        if self.low is not None and self.high is not None:
            parts[0] += f" ({span(self.low, self.high, language)})"
        if self.n is not None:
            parts.append(plural("figure.people", round(self.n), language))
        return " · ".join(parts)


def number(value: object) -> float | None:
    """Read a cell: a finite number, or None for hidden, missing and not estimable."""
    if not isinstance(value, SupportsFloat):
        return None
    found = float(value)
    return found if math.isfinite(found) else None


def rows(table: pd.DataFrame, columns: Sequence[str], figure: str) -> list[Row]:
    """Give the rows of a table as mappings, after checking its columns.

    Raises
    ------
    DataError
        With code ``"figure_table"`` if a column is missing or there is no row.
    """
    absent = [name for name in columns if name not in table.columns]
    if absent:
        raise DataError(
            "figure_table",
            f"The table of the figure {figure!r} has no column {absent[0]!r}.",
            allowed=", ".join(columns),
        )
    if table.empty:
        raise DataError("figure_table", f"The table of the figure {figure!r} has no rows.")
    return [
        {str(key): value for key, value in row.items()} for row in table.to_dict(orient="records")
    ]


def distinct(values: Iterable[Any]) -> list[str]:
    """Give the distinct values as texts, in the order of their first appearance."""
    return list(dict.fromkeys(str(value) for value in values))


def by_dimension(found: Sequence[Row]) -> list[Row]:
    """Bring the rows of a dimension together, in the order of its first appearance."""
    dimensions = distinct(row.get("dimension") or "" for row in found)
    return sorted(found, key=lambda row: dimensions.index(str(row.get("dimension") or "")))


def groups_of(found: Iterable[Any], shares: pd.DataFrame | None) -> tuple[Group, ...]:
    """Give each group its marks, in the order of `shares` or else of appearance.

    Raises
    ------
    UsageError
        With code ``"figure_groups"`` if there are more groups than can be told apart.
    DataError
        With code ``"figure_table"`` if a group is not in `shares`.
    """
    names = distinct(found)
    known: dict[str, Row] = {}
    if shares is not None:
        known = {str(row["group"]): row for row in rows(shares, ("group", "estimate"), "shares")}
        strange = [name for name in names if name not in known]
        if strange:
            raise DataError(
                "figure_table",
                f"The group {strange[0]!r} has no row in the table of shares.",
                allowed=", ".join(known),
            )
        names = list(known)
    if len(names) > style.MOST_GROUPS:
        raise UsageError(
            "figure_groups",
            f"A figure cannot show {len(names)} groups so that they can be told apart.",
            allowed=f"1 to {style.MOST_GROUPS} groups",
            try_="merging classes into main groups under [groups] in study.toml",
        )
    return tuple(
        Group(
            name=name,
            colour=colour,
            shape=shape,
            share=number(known.get(name, {}).get("estimate")),
            low=number(known.get(name, {}).get("conf_low")),
            high=number(known.get(name, {}).get("conf_high")),
            n=number(known.get(name, {}).get("n")),
            listed=bool(known),
        )
        for name, colour, shape in zip(
            names, style.group_colours(len(names)), style.SHAPES, strict=False
        )
    )


def new_sheet(width_name: str, language: str, title: str | None) -> tuple[Sheet, float]:
    """Start a sheet with its title; return it and the y below."""
    choose(width_name, tuple(style.WIDTHS), "width")
    choose(language, ("da", "en"), "language")
    sheet = Sheet(style.WIDTHS[width_name])
    y = 0.08
    if title:
        limit = sheet.width - 0.16
        y = sheet.block(0.08, y, title, limit, size=style.TITLE, weight="bold") + 0.08
    return sheet, y


def header(sheet: Sheet, groups: Sequence[Group], language: str, y: float) -> float:
    """Name the groups with their marks, shares and numbers, in a flow; return the y below."""
    left, gap = 0.08, 0.28
    x = left
    step = line_height(style.TEXT)
    said = [group.said(language) for group in groups]
    tall = step + (line_height(style.SMALL) if any(said) else 0.0)
    for group, below in zip(groups, said, strict=True):
        wide = 0.2 + max(width(group.name, style.TEXT, "bold"), width(below, style.SMALL))
        if x > left and x + wide > sheet.width - 0.08:
            x, y = left, y + tall + 0.06
        sheet.mark(x + 0.07, y + step / 2, group.shape, group.colour, 7.5)
        limit = sheet.width - x - 0.28
        end = sheet.block(x + 0.2, y, group.name, limit, weight="bold")
        if below:
            end = sheet.block(x + 0.2, end, below, limit, size=style.SMALL, colour=style.GREY)
        y = max(y, end - tall)  # a name that had to wrap pushes the rest down
        x += wide + gap
    return y + tall + 0.1


def axis(
    sheet: Sheet,
    scale: Scale,
    ticks: Sequence[tuple[float, str]],
    span_y: tuple[float, float],
    *,
    where: Literal["above", "below"] = "above",
) -> None:
    """Draw light vertical rules with their values above or below them."""
    top, bottom = span_y
    place = top - 0.09 if where == "above" else bottom + 0.1
    for value, label in ticks:
        x = scale(value)
        sheet.line((x, top), (x, bottom), colour=style.FAINT if value else style.RULE, layer=0.5)
        # The outermost labels are pulled inwards where they would leave the sheet.
        half = width(label, style.SMALL) / 2
        centre = min(max(x, half + 0.02), sheet.width - half - 0.02)
        sheet.text(centre, place, label, size=style.SMALL, colour=style.GREY, align="center")


def percent_ticks(high: float, language: str) -> list[tuple[float, str]]:
    """Give the ticks of a scale of shares from 0 to `high`, the last with its unit."""
    step = 0.25 if high > 0.5 else 0.1 if high > 0.2 else 0.05
    count = round(high / step)
    ticks = [(i * step, points(i * step, language)) for i in range(count)]
    return [*ticks, (high, percent(high, language))]


def share_limit(values: Iterable[float | None]) -> float:
    """Give the end of a scale of shares that holds all values: .1, .2, .3, .5, .75 or 1."""
    largest = max((value for value in values if value is not None), default=1.0)
    return next((end for end in (0.1, 0.2, 0.3, 0.5, 0.75) if largest <= end), 1.0)


def notes(sheet: Sheet, y: float, sentences: Sequence[str]) -> float:
    """Write the notes below the figure; return the y below."""
    for sentence in sentences:
        limit = sheet.width - 0.16
        y = sheet.block(0.08, y, sentence, limit, size=style.SMALL, colour=style.GREY) + 0.02
    return y


def hidden_sentence(count: int, language: str) -> list[str]:
    """Say for an alternative text how many values are hidden, or nothing."""
    return [plural("figure.hidden_count", count, language)] if count else []


def group_sentence(groups: Sequence[Group], language: str) -> str:
    """Name the groups with their shares for an alternative text."""
    named = []
    for group in groups:
        said = group.said(language)
        named.append(f"{group.name}: {said.replace(' · ', ', ')}" if said else group.name)
    return text("figure.groups", language, groups="; ".join(named))
