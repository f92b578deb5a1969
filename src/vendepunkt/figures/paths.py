"""Which ways people went over all waves: one small picture per path, never of one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from vendepunkt.disclosure import Rules
from vendepunkt.figures import style
from vendepunkt.figures.common import (
    Group,
    Width,
    group_sentence,
    groups_of,
    header,
    hidden_sentence,
    new_sheet,
    notes,
    number,
    rows,
)
from vendepunkt.figures.lettering import line_height, wrap
from vendepunkt.figures.lettering import width as measure
from vendepunkt.figures.movement import ARROWS, direction_of, sentence, share_words
from vendepunkt.figures.sheet import Align, Sheet
from vendepunkt.language import plural, text
from vendepunkt.terms import DataError

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("path", "estimate", "n")
ARROW = "→"
_NOBODY = 1e-6
_LANE = 0.17
_GAP = 0.26


@dataclass(frozen=True, slots=True)
class _Path:
    """One way through the waves, and how many went it."""

    groups: tuple[str, ...]
    share: float
    low: float | None
    high: float | None
    n: float
    direction: str


@dataclass(frozen=True, slots=True)
class _Paths:
    """What is drawn, and what is left to "other paths"."""

    groups: tuple[Group, ...]
    waves: tuple[str, ...]
    shown: tuple[_Path, ...]
    others: int
    hidden: int


def paths(
    table: pd.DataFrame,
    language: str,
    *,
    waves: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    most: int = 12,
    threshold: int = 5,
    width: Width = "wide",
    title: str | None = None,
) -> Figure:
    """Draw the most frequent paths between the groups as small pictures, largest share first.

    Parameters
    ----------
    table
        One row per path: ``path`` (the groups at each wave with ``→`` between them, such as
        ``"A→A→B"``), ``estimate`` (share of all, 0–1; None = hidden), ``n`` (people who went it;
        None = hidden); optional ``conf_low``, ``conf_high``, ``direction``. Paths that are hidden
        or that fewer than `threshold` people went are never drawn; where that is one path, the
        smallest shown one is left out with it, because the rest would give it away.
    language
        ``"da"`` or ``"en"``.
    waves
        Names of the waves, as many as a path has groups; numbered when None.
    groups
        Every group, from the least to the most severe; in the order of their first appearance
        when None.
    most
        The largest number of small pictures.
    threshold
        Fewest people a path is drawn for, at least 3.
    width, title
        As for :func:`vendepunkt.figures.profile`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    DataError
        If a column is missing, or paths are of different length.
    UsageError
        If there are more than six groups, or `threshold` is under 3.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"path": ["A→A", "A→B", "B→B"], "estimate": [0.7, 0.1, 0.2], "n": [700, 100, 200]}
    ... )
    >>> print(paths(table, "en").get_figwidth())
    7.1
    """
    found = _read(table, waves, groups, language, most=most, threshold=threshold)
    sheet, y = new_sheet(width, language, title)
    y = sheet.block(0.08, y, text("figure.paths.lead", language), sheet.width - 0.16) + 0.1
    y = header(sheet, found.groups, language, y)
    across = 4 if width == "wide" else 2
    room = (sheet.width - 0.16 - (across - 1) * _GAP) / across
    for start in range(0, len(found.shown), across):
        below = y
        for place, path in enumerate(found.shown[start : start + across]):
            left = 0.08 + place * (room + _GAP)
            below = max(below, _picture(sheet, found, path, (left, y), room, language))
        y = below + 0.14
    for others in _others(found, language):
        y = sheet.block(0.08, y, others, sheet.width - 0.16) + 0.04
    said = [text("figure.paths.note", language)]
    if any(path.low is not None for path in found.shown):
        said[0] += " " + text("figure.intervals", language)
    ways = {path.direction for path in found.shown}
    if ways & {"more", "less"}:
        said.append(text("figure.alluvial.arrows", language))
    if "sideways" in ways:
        said.append(text("figure.paths.sideways", language))
    return sheet.finish(notes(sheet, y + 0.02, said) + 0.06)


def paths_alt(
    table: pd.DataFrame,
    language: str,
    *,
    waves: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    most: int = 12,
    threshold: int = 5,
) -> str:
    """Say in words what :func:`paths` shows, from the same table.

    Returns
    -------
    str
        The groups, the five most frequent paths with share and number of people, whether there
        are others, and how many values are hidden.
    """
    found = _read(table, waves, groups, language, most=most, threshold=threshold)
    count = plural("figure.path_count", len(found.shown), language)
    said = [text("figure.paths.alt", language, paths=count)]
    said.append(group_sentence(found.groups, language))
    for path in found.shown[:5]:
        people = plural("figure.people", round(path.n), language)
        share = share_words(path.share, path.low, path.high, language)
        said.append(sentence(f"{_words(path, language)}: {share}, {people}"))
    said += _others(found, language)
    return " ".join([*said, *hidden_sentence(found.hidden, language)])


def _words(path: _Path, language: str) -> str:
    if len(set(path.groups)) == 1:
        return text("figure.paths.all_along", language, group=path.groups[0])
    return f" {ARROW} ".join(path.groups)


def _read(
    table: pd.DataFrame,
    waves: Sequence[str] | None,
    groups: Sequence[str] | None,
    language: str,
    *,
    most: int,
    threshold: int,
) -> _Paths:
    Rules(threshold=threshold)  # refuses one that is too low
    found = rows(table, COLUMNS, "paths")
    listed = [tuple(part.strip() for part in str(row["path"]).split(ARROW)) for row in found]
    lengths = {len(path) for path in listed}
    if len(lengths) > 1 or (waves is not None and lengths != {len(waves)}):
        raise DataError(
            "figure_table",
            "The paths of the figure 'paths' do not all have one group for each wave.",
            allowed="paths such as 'A→A→B', with a group for each wave",
        )
    known = []
    for path, row in zip(listed, found, strict=True):
        share, n = number(row["estimate"]), number(row["n"])
        if share is not None and n is not None and n >= threshold:
            low, high = number(row.get("conf_low")), number(row.get("conf_high"))
            way = direction_of(row.get("direction"))
            known.append(_Path(path, share, low, high, n, way))
    known.sort(key=lambda path: -path.share)
    if len(found) - len(known) == 1:
        known = known[:-1]
    numbered = [text("figure.paths.wave", language, n=str(at + 1)) for at in range(max(lengths))]
    return _Paths(
        groups=groups_of([*(groups or ()), *(name for path in listed for name in path)], None),
        waves=tuple(waves or numbered),
        shown=tuple(known[:most]),
        others=len(found) - len(known[:most]),
        hidden=sum(number(row["estimate"]) is None for row in found),
    )


def _others(found: _Paths, language: str) -> list[str]:
    """Say that there are other paths, and how many people go them together.

    The table may hold the most frequent paths only, so they are not counted. The share of the rest
    would be that of a single hidden path, so it is said only where the table has two or more.
    """
    rest = 1.0 - sum(path.share for path in found.shown)
    if not found.others and rest < _NOBODY:
        return []
    said = text("figure.paths.others", language)
    if found.others > 1 and found.shown and rest > _NOBODY:
        share = share_words(rest, None, None, language)
        said += " " + text("figure.paths.rest", language, share=share)
    return [said]


def _picture(
    sheet: Sheet,
    found: _Paths,
    path: _Path,
    corner: tuple[float, float],
    room: float,
    language: str,
) -> float:
    """Draw one path with its share and number of people above it; return the y below."""
    left, y = corner
    arrow = ARROWS.get(path.direction, "")
    for sign in (True, False):
        share = share_words(path.share, path.low, path.high, language, sign=sign, arrow=arrow)
        if measure(share, style.TEXT, "bold") <= room:
            break
    y = sheet.block(left, y, [share], room, weight="bold")
    people = plural("figure.people", round(path.n), language)
    y = sheet.block(left, y, people, room, size=style.SMALL, colour=style.GREY) + 0.04
    names = [group.name for group in found.groups]
    places = [y + (at + 0.5) * _LANE for at in range(len(names))]
    for at in places:
        sheet.line((left, at), (left + room, at), colour=style.FAINT, layer=0.5)
    slot = room / len(path.groups)
    points = [
        (left + (wave + 0.5) * slot, places[names.index(name)])
        for wave, name in enumerate(path.groups)
    ]
    for first, second in pairwise(points):
        sheet.line(first, second, colour=style.INK, points=1.2, layer=2)
    for (x, at), name in zip(points, path.groups, strict=True):
        group = found.groups[names.index(name)]
        sheet.mark(x, at, group.shape, group.colour, 7.0)
    return _wave_names(sheet, found.waves, (left, y + len(names) * _LANE), room)


def _wave_names(
    sheet: Sheet, waves: Sequence[str], corner: tuple[float, float], room: float
) -> float:
    """Write the waves below a picture: all where they fit, else the first and the last."""
    left, y = corner
    slot = room / len(waves)
    middle = y + line_height(style.SMALL) / 2
    if all(measure(wave, style.SMALL) <= slot - 0.03 for wave in waves):
        for place, wave in enumerate(waves):
            x = left + (place + 0.5) * slot
            sheet.text(x, middle, wave, size=style.SMALL, colour=style.GREY, align="center")
        return y + line_height(style.SMALL)
    half = room / 2 - 0.04
    below = y
    ends: tuple[tuple[str, float, Align], ...] = (
        (waves[0], left, "left"),
        (waves[-1], left + room, "right"),
    )
    for wave, x, align in ends:
        lines = wrap(wave, half, style.SMALL)
        for place, line in enumerate(lines):
            at = middle + place * line_height(style.SMALL)
            sheet.text(x, at, line, size=style.SMALL, colour=style.GREY, align=align)
        below = max(below, y + len(lines) * line_height(style.SMALL))
    return below
