"""Binned distributions in rows, one per group: certainty of placing, and the spectrum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from vendepunkt.figures import style
from vendepunkt.figures.common import (
    Group,
    Row,
    Width,
    axis,
    group_sentence,
    groups_of,
    hidden_sentence,
    new_sheet,
    notes,
    number,
    rows,
)
from vendepunkt.figures.lettering import line_height
from vendepunkt.figures.lettering import width as measure
from vendepunkt.figures.sheet import Scale, Sheet
from vendepunkt.figures.strips import Bin, Centre, Strip, bins_of, draw_strips, group_name
from vendepunkt.language import percent, plural, points, span, text

if TYPE_CHECKING:
    import pandas as pd

UNCERTAINTY_COLUMNS = ("group", "low", "high", "estimate")
SPECTRUM_COLUMNS = ("low", "high", "estimate")
_SURE = 0.9


def uncertainty(
    table: pd.DataFrame,
    language: str,
    *,
    shares: pd.DataFrame | None = None,
    width: Width = "wide",
    title: str | None = None,
) -> Figure:
    """Draw how surely the people of each group are placed in it: bins, never single persons.

    Parameters
    ----------
    table
        One row per group and bin of the highest posterior probability: ``group``, ``low`` and
        ``high`` (ends of the bin, 0–1), ``estimate`` (share of the people placed in the group, 0–1;
        None = hidden).
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
    ...     {"group": "A", "low": [0.5, 0.9], "high": [0.9, 1.0], "estimate": [0.3, 0.7]}
    ... )
    >>> print(uncertainty(table, "en").get_figwidth())
    7.1
    """
    found = rows(table, UNCERTAINTY_COLUMNS, "uncertainty")
    groups = groups_of([row["group"] for row in found], shares)
    sheet, y = new_sheet(width, language, title)
    spans = sorted({(piece.low, piece.high) for piece in bins_of(found)})
    # Bins may be uneven (all below 50 per cent in one): each gets the same room, and its own name.
    scale = Scale(0.1, sheet.width - 0.1, 0.0, float(len(spans)))
    strips = []
    for group in groups:
        bins = bins_of([row for row in found if str(row["group"]) == group.name])
        sure = _sure(bins)
        beside = "" if sure is None else _sure_words(sure, language)
        even = [
            Bin(place, place + 1.0, piece.share)
            for piece in bins
            for place in [float(spans.index((piece.low, piece.high)))]
        ]
        strips.append(Strip(even, group.colour, group, group.name, beside))
    y, hidden = draw_strips(sheet, scale, strips, y, language)
    names = [span(low, high, language) for low, high in spans]
    y = _bin_names(sheet, scale, names, y) + 0.02
    y = sheet.block(
        0.08,
        y,
        text("figure.uncertainty.axis", language),
        sheet.width - 0.16,
        size=style.SMALL,
        colour=style.GREY,
    )
    said = [text("figure.uncertainty.note", language)]
    return sheet.finish(notes(sheet, y + 0.04, [*said, *hidden]) + 0.06)


def uncertainty_alt(
    table: pd.DataFrame, language: str, *, shares: pd.DataFrame | None = None
) -> str:
    """Say in words what :func:`uncertainty` shows, from the same table.

    Returns
    -------
    str
        For each group the share placed with a probability of at least 90 per cent.
    """
    found = rows(table, UNCERTAINTY_COLUMNS, "uncertainty")
    groups = groups_of([row["group"] for row in found], shares)
    count = plural("figure.group_count", len(groups), language)
    said = [text("figure.uncertainty.alt", language, n_groups=count)]
    for group in groups:
        sure = _sure(bins_of([row for row in found if str(row["group"]) == group.name]))
        if sure is not None:
            said.append(f"{group.name}: {_sure_words(sure, language)}.")
    missing = sum(number(row["estimate"]) is None for row in found)
    return " ".join([*said, *hidden_sentence(missing, language)])


def spectrum(
    table: pd.DataFrame,
    language: str,
    *,
    shares: pd.DataFrame | None = None,
    means: pd.DataFrame | None = None,
    width: Width = "wide",
    title: str | None = None,
) -> Figure:
    """Draw the spectrum of expected severity, and where on it the groups lie.

    Parameters
    ----------
    table
        One row per bin, or per group and bin: ``low`` and ``high`` (ends of the bin, severity
        0–1), ``estimate`` (share of *all* people, 0–1; None = hidden), optional ``group``. Rows
        without a group (None or ``""``) are the distribution of all.
    language
        ``"da"`` or ``"en"``.
    shares, width, title
        As for :func:`vendepunkt.figures.profile`.
    means
        One row per group: ``group``, ``estimate`` (mean severity, 0–1; None = hidden), optional
        ``conf_low``, ``conf_high``.

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
    >>> table = pd.DataFrame({"low": [0.0, 0.5], "high": [0.5, 1.0], "estimate": [0.8, 0.2]})
    >>> print(spectrum(table, "da").get_figwidth())
    7.1
    """
    found, groups, centres = _spectrum_parts(table, shares, means)
    sheet, y = new_sheet(width, language, title)
    scale = Scale(0.16, sheet.width - 0.32, 0.0, 1.0)
    strips = []
    whole = [row for row in found if not group_name(row)]
    if whole:
        strips.append(Strip(bins_of(whole), style.HIDDEN, None, text("figure.all", language)))
    for group in groups:
        centre = centres.get(group.name)
        beside = _mean_words(centre[0], language) if centre else ""
        if means is not None and centre is None:
            beside = text("figure.spectrum.mean", language, mean=text("figure.hidden", language))
        bins = bins_of([row for row in found if group_name(row) == group.name])
        strips.append(Strip(bins, group.colour, group, group.name, beside, centre))
    y, hidden = draw_strips(sheet, scale, strips, y, language)
    ticks = [(quarter / 4, points(quarter / 4, language)) for quarter in range(5)]
    y = _axis(sheet, scale, ticks, y, text("figure.spectrum.axis", language))
    said = [text("figure.spectrum.note", language)]
    if centres:
        said.append(text("figure.spectrum.means_note", language))
    return sheet.finish(notes(sheet, y, [*said, *hidden]) + 0.06)


def spectrum_alt(
    table: pd.DataFrame,
    language: str,
    *,
    shares: pd.DataFrame | None = None,
    means: pd.DataFrame | None = None,
) -> str:
    """Say in words what :func:`spectrum` shows, from the same table.

    Returns
    -------
    str
        Where most people lie, the groups and their mean severity.
    """
    found, groups, centres = _spectrum_parts(table, shares, means)
    said = [text("figure.spectrum.alt", language)]
    whole = [row for row in found if not group_name(row)]
    known = [piece for piece in bins_of(whole) if piece.share is not None]
    if known:
        top = max(known, key=lambda piece: piece.share or 0.0)
        said.append(
            text(
                "figure.spectrum.most",
                language,
                low=points(top.low, language),
                high=points(top.high, language),
                share=percent(top.share, language),
            )
        )
    if groups:
        said.append(group_sentence(groups, language))
    for group in groups:
        centre = centres.get(group.name)
        if centre is not None:
            said.append(f"{group.name}: {_mean_words(centre[0], language)}.")
    missing = sum(number(row["estimate"]) is None for row in found)
    missing += 0 if means is None else len(means) - len(centres)
    return " ".join([*said, *hidden_sentence(missing, language)])


def _spectrum_parts(
    table: pd.DataFrame, shares: pd.DataFrame | None, means: pd.DataFrame | None
) -> tuple[list[Row], tuple[Group, ...], dict[str, Centre]]:
    found = rows(table, SPECTRUM_COLUMNS, "spectrum")
    listed = [] if means is None else rows(means, ("group", "estimate"), "spectrum")
    names = [str(row["group"]) for row in listed]
    names += [name for row in found if (name := group_name(row))]
    groups = groups_of(names, shares) if names else ()
    centres = {
        str(row["group"]): (value, number(row.get("conf_low")), number(row.get("conf_high")))
        for row in listed
        if (value := number(row["estimate"])) is not None
    }
    return found, groups, centres


def _sure(bins: Sequence[Bin]) -> float | None:
    """Give the share in bins from 0.9 up; None when one of them is hidden or none is there."""
    upper = [piece.share for piece in bins if piece.low >= _SURE - 1e-9]
    known = [share for share in upper if share is not None]
    return sum(known) if known and len(known) == len(upper) else None


def _sure_words(share: float, language: str) -> str:
    return text("figure.uncertainty.sure", language, share=percent(share, language))


def _mean_words(mean: float, language: str) -> str:
    return text("figure.spectrum.mean", language, mean=points(mean, language))


def _bin_names(sheet: Sheet, scale: Scale, names: Sequence[str], y: float) -> float:
    """Write the name of each bin below it, in lines that fit its column."""
    room = scale(1.0) - scale(0.0)
    lines = [name.replace("\u2013", "\u2013\n").split("\n") for name in names]
    if all(measure(name, style.SMALL) <= room - 0.04 for name in names):
        lines = [[name] for name in names]
    step = line_height(style.SMALL)
    for place, parts in enumerate(lines):
        for row, part in enumerate(parts):
            middle = (scale(place) + scale(place + 1.0)) / 2
            height = y + (row + 0.5) * step
            sheet.text(middle, height, part, size=style.SMALL, colour=style.GREY, align="center")
    return y + max(len(parts) for parts in lines) * step


def _axis(
    sheet: Sheet, scale: Scale, ticks: Sequence[tuple[float, str]], y: float, said: str
) -> float:
    axis(sheet, scale, ticks, (y, y), where="below")
    limit = sheet.width - 0.16
    return sheet.block(0.08, y + 0.22, said, limit, size=style.SMALL, colour=style.GREY) + 0.04
