"""How many classes: each criterion by number of classes, the recommended number in words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from vendepunkt.figures import style
from vendepunkt.figures.common import Row, Width, new_sheet, notes, number, rows
from vendepunkt.figures.lettering import width as measure
from vendepunkt.figures.sheet import Align, Scale, Sheet
from vendepunkt.language import integer, plural, text
from vendepunkt.language import number as write
from vendepunkt.terms import DataError

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("classes",)
#: Column of the table → the name the field gives it, the same in both languages.
CRITERIA = {
    "bic": "BIC",
    "aic": "AIC",
    "sabic": "SABIC",
    "caic": "CAIC",
    "icl": "ICL",
    "dbic": "dBIC",
    "daic": "dAIC",
}
_LINE = "#1A2458"
_BAND = "#E8EEF6"


def class_choice(
    table: pd.DataFrame,
    language: str,
    *,
    recommended: int | None = None,
    width: Width = "wide",
    title: str | None = None,
) -> Figure:
    """Draw each criterion as its distance from its own lowest value, by number of classes.

    Parameters
    ----------
    table
        One row per number of classes: ``classes`` and at least one of ``bic``, ``aic``,
        ``sabic``, ``caic``, ``icl``, ``dbic``, ``daic``; None where a fit has no value.
    language
        ``"da"`` or ``"en"``.
    recommended
        The recommended number of classes, marked with a band and in words; None for none.
    width, title
        As for :func:`vendepunkt.figures.profile`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    DataError
        If there is no criterion in the table.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"classes": [1, 2, 3], "bic": [120.0, 100.0, 104.0]})
    >>> print(class_choice(table, "en", recommended=2).get_figwidth())
    7.1
    """
    found, present = _read(table)
    sheet, y = new_sheet(width, language, title)
    y = sheet.block(0.08, y, text("figure.choice.lead", language), sheet.width - 0.16)
    if recommended is not None:
        said = text("figure.choice.recommended", language, classes=_count(recommended, language))
        sheet.box(0.08, y + 0.045, 0.13, 0.11, colour=_BAND, edge=style.HIDDEN, points=0.5)
        y = sheet.block(0.28, y + 0.02, said, sheet.width - 0.36, weight="bold")
    y += 0.1
    columns = 3 if width == "wide" else 1
    across = (sheet.width - 0.16) / columns
    high = 1.55
    for position, name in enumerate(present):
        column, line = position % columns, position // columns
        corner = (0.08 + column * across, y + line * (high + 0.12))
        _panel(
            sheet,
            corner,
            (across - 0.2, high),
            [int(row["classes"]) for row in found],
            name,
            known=_known(found, name),
            recommended=recommended,
            language=language,
        )
    y += -(-len(present) // columns) * (high + 0.12)
    return sheet.finish(notes(sheet, y, [text("figure.choice.note", language)]) + 0.06)


def class_choice_alt(table: pd.DataFrame, language: str, *, recommended: int | None = None) -> str:
    """Say in words what :func:`class_choice` shows, from the same table.

    Returns
    -------
    str
        Which numbers of classes were tried, where each criterion is lowest, the recommendation.
    """
    found, present = _read(table)
    tried = [int(row["classes"]) for row in found]
    said = [text("figure.choice.alt", language, low=str(min(tried)), high=str(max(tried)))]
    for name in present:
        known = _known(found, name)
        if known:
            best, value = min(known, key=lambda pair: pair[1])
            said.append(
                text(
                    "figure.choice.lowest",
                    language,
                    criterion=CRITERIA[name],
                    classes=_count(best, language),
                    value=write(value, language, 1),
                )
            )
    if recommended is not None:
        said.append(
            text("figure.choice.recommended", language, classes=_count(recommended, language)) + "."
        )
    return " ".join(said)


def _count(classes: int, language: str) -> str:
    return plural("figure.class_count", classes, language)


def _read(table: pd.DataFrame) -> tuple[list[Row], list[str]]:
    found = rows(table, COLUMNS, "class_choice")
    present = [name for name in CRITERIA if name in table.columns]
    if not present:
        raise DataError(
            "figure_table",
            "The table of the figure 'class_choice' has no criterion.",
            allowed=", ".join(CRITERIA),
        )
    return found, present


def _known(found: Sequence[Row], name: str) -> list[tuple[int, float]]:
    return [
        (int(row["classes"]), value) for row in found if (value := number(row[name])) is not None
    ]


def _panel(
    sheet: Sheet,
    corner: tuple[float, float],
    size: tuple[float, float],
    numbers: Sequence[int],
    name: str,
    *,
    known: Sequence[tuple[int, float]],
    recommended: int | None,
    language: str,
) -> None:
    """Draw one criterion: a line with its distances written at the points."""
    left, top = corner
    wide, high = size
    sheet.text(left, top + 0.09, CRITERIA[name], weight="bold")
    across = Scale(left + 0.2, left + wide - 0.2, min(numbers), max(*numbers, min(numbers) + 1))
    floor, ceiling = top + high - 0.2, top + 0.42
    if recommended in numbers:
        middle = across(float(recommended or 0))
        band = min(0.34, 0.9 * (wide - 0.4) / max(1, len(numbers) - 1))
        tall = floor - ceiling + 0.2
        sheet.box(middle - band / 2, ceiling - 0.2, band, tall, colour=_BAND, layer=0.3)
    sheet.line((left, floor), (left + wide, floor), colour=style.RULE)
    for classes in numbers:
        place = (across(classes), floor + 0.11)
        sheet.text(*place, str(classes), size=style.SMALL, colour=style.GREY, align="center")
    if not known:
        return
    best = min(value for _, value in known)
    distances = [value - best for _, value in known]
    cap = _cap(distances)
    up = Scale(floor - 0.24, ceiling, 0.0, cap)
    places = [
        (across(classes), up(distance))
        for (classes, _), distance in zip(known, distances, strict=True)
    ]
    for first, second in pairwise(places):
        sheet.line(first, second, colour=_LINE, points=1.1, layer=2)
    for number_, ((x, y), distance) in enumerate(zip(places, distances, strict=True)):
        far = distance > cap
        dark = far or distance == 0
        colour = _LINE if dark else style.HIDDEN
        sheet.mark(x, y, "^" if far else "o", colour, 5.0 if distance else 7.0)
        if distance == 0:
            said = text("figure.choice.lowest_mark", language)
            _beside(sheet, x, y + 0.13, said, "center")
            continue
        falls_here = number_ > 0 and distances[number_ - 1] > distance
        rises_on = number_ + 1 < len(distances) and distances[number_ + 1] > distance
        # Beside the line that comes down from the left, or goes up to the right, not on it.
        side: Align = "left" if falls_here else "right" if rises_on else "center"
        _beside(sheet, x, y - 0.13, _plus(distance, language), side)


def _beside(sheet: Sheet, x: float, y: float, said: str, side: Align) -> None:
    """Write a number at a point, pulled inwards where it would leave the sheet."""
    wide = measure(said, style.SMALL)
    start = {"left": x - 0.06, "center": x - wide / 2, "right": x + 0.06 - wide}[side]
    start = min(max(start, 0.03), sheet.width - 0.03 - wide)
    sheet.text(start, y, said, size=style.SMALL)


def _cap(distances: Sequence[float]) -> float:
    """Give the top of the scale: one class is often so far off that it would flatten the rest."""
    ordered = sorted(distances)
    largest = ordered[-1] or 1.0
    if len(ordered) < 3:
        return largest
    return min(largest, 2.5 * ordered[-2]) or 1.0


def _plus(distance: float, language: str) -> str:
    return "+" + (integer(distance, language) if distance >= 10 else write(distance, language, 1))
