"""Panels side by side: where they differ, what they agree on, who said which themes are alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vendepunkt.convene.comparison import Comparison
from vendepunkt.convene.pairing import Difference, Pair
from vendepunkt.convene.sides import Side
from vendepunkt.disclosure import Clearance
from vendepunkt.language import listed, text
from vendepunkt.report.blocks import (
    HIDDEN,
    Block,
    Bullets,
    Cell,
    Column,
    Figure,
    Heading,
    Note,
    Paragraph,
    Row,
    Table,
)
from vendepunkt.report.inline import literal
from vendepunkt.report.sections.measured import estimate, picture
from vendepunkt.report.sections.panels_seen import SeenMeeting

#: At most so many themes in opposite order are written out.
_MOST = 3


def compared(at: SeenMeeting) -> list[Block]:
    """Give every two panels side by side; what was mapped, by whom and why."""
    found, language = at.held.comparison, at.language
    if found is None:
        return []
    blocks: list[Block] = [
        Heading(text("convene.page.compare.heading", language), 2),
        Paragraph(text("convene.page.compare.lead", language)),
    ]
    for place, pair in enumerate(found.pairs, start=1):
        blocks += _pair(at, found, pair, f"{at.name}-compare-{place}")
    small = [notice for notice in found.notices if notice.code == "convene_panel_hidden"]
    if small:
        threshold = literal(at.context.door.rules.threshold)
        blocks.append(Note(text("convene.page.compare.too_few", language, threshold=threshold)))
    return [*blocks, *_mapping(at, found)]


def _pair(at: SeenMeeting, found: Comparison, pair: Pair, name: str) -> list[Block]:
    """Give two panels in one vote: picture, table, what they share and what they turn round."""
    language = at.language
    names = _names(found, pair, language)
    phase = next(one.phase for one in _sides(found, pair).values())
    title = next(one.title.in_(language) for one in at.meeting.phases if one.id == phase)
    words = {"phase": literal(title)} | {key: literal(value) for key, value in names.items()}
    quoted = words | {key: literal(at.quoted(value)) for key, value in names.items()}
    away = {row.theme: _hidden(at, found, pair, row.theme) for row in pair.differences}
    clearance = at.context.door.drawn_from(
        name, _clearance(at, pair), hidden=sum(any(ends) for ends in away.values())
    )
    blocks: list[Block] = [Heading(text("convene.page.compare.pair", language, **words), 3)]
    blocks += [Bullets(tuple(_said(at, found, pair, away)))]
    if pair.places_only:
        blocks.append(Paragraph(text("convene.page.compare.places_only", language)))
    else:
        caption = text("convene.page.compare.figure", language, **quoted)
        blocks.append(_figure(at, found, pair, away, name, caption, clearance))
    caption = text("convene.page.compare.caption", language, **quoted)
    blocks.append(_table(at, found, pair, away, name, caption, clearance))
    return [*blocks, *_alone(at, found, pair)]


def _names(found: Comparison, pair: Pair, language: str) -> dict[str, str]:
    return {
        "first": found.title(pair.first, language),
        "second": found.title(pair.second, language),
    }


def _sides(found: Comparison, pair: Pair) -> dict[str, Side]:
    """Give the two sides of a pair by panel."""
    votes = pair.vote.split("+") if "+" in pair.vote else [pair.vote]
    return {
        side.panel: side
        for side in found.sides
        if side.panel in (pair.first, pair.second) and side.vote in (*votes, pair.vote)
    }


def _hidden(at: SeenMeeting, found: Comparison, pair: Pair, name: str) -> tuple[bool, bool]:
    """Whether the share of a theme is hidden in the first and in the second panel."""
    sides = _sides(found, pair)
    one, other = (_hides(at, sides[panel], name) for panel in (pair.first, pair.second))
    return one, other


def _hides(at: SeenMeeting, side: Side, name: str) -> bool:
    """Whether so few chose it, or did not, that its share says something of a few people."""
    threshold = at.context.door.rules.threshold
    people, voters = side.people.get(name), side.voters
    if people is None or voters is None:
        return False
    if people < threshold or voters - people < threshold:
        return True
    seen = at.votes.get((side.vote, side.panel))
    themes = [theme for theme, common in side.names.items() if common == name]
    # Where one of several themes that became one is hidden, the whole would give it back.
    return seen is not None and any(seen.hides(theme) for theme in themes)


def _rows(found: Comparison, pair: Pair, away: Mapping[str, tuple[bool, bool]]) -> list[Difference]:
    """Give the themes, the largest difference first; hidden ones last, in no telling order."""
    shown = [row for row in pair.differences if not any(away[row.theme])]
    paper = list(dict.fromkeys(_sides(found, pair)[pair.first].names.values()))
    gone = [row for row in pair.differences if any(away[row.theme])]
    return [*shown, *sorted(gone, key=lambda row: paper.index(row.theme))]


def _clearance(at: SeenMeeting, pair: Pair) -> Clearance:
    """Give the door's word on one of the votes that are compared."""
    for (_, panel), seen in at.votes.items():
        if panel in (pair.first, pair.second):
            return seen.clearance
    return at.context.door.without_people(f"{at.name}-compare")


def _said(
    at: SeenMeeting, found: Comparison, pair: Pair, away: Mapping[str, tuple[bool, bool]]
) -> Iterator[str]:
    """Say what both chose, what only one did, how alike the orders are, what is turned round."""
    language = at.language
    names = {key: literal(at.quoted(value)) for key, value in _names(found, pair, language).items()}
    both = [row.theme for row in pair.differences if row.verdict == "both"]
    places = {
        "shared": at.place(_ref(at, pair, "summary/shared"), "n"),
        "expected": at.place(_ref(at, pair, "summary/expected"), "num1"),
    }
    if both:
        themes = _titles(at, found, both)
        yield text("convene.page.compare.both", language, themes=themes, **names)
    else:
        yield text("convene.page.compare.none", language, **names)
    yield text("convene.page.compare.overlap", language, **places)
    for side in ("first", "second"):
        only = [row.theme for row in pair.differences if row.verdict == side]
        if only:
            themes = _titles(at, found, only)
            yield text("convene.page.compare.only", language, panel=names[side], themes=themes)
    if any(at.votes[key].tally.chosen.tied for key in _keys(at, found, pair)):
        yield text("convene.page.compare.ties", language)
    for above, below in _turned(pair, away):
        yield text(
            "convene.page.compare.opposite",
            language,
            above=_titles(at, found, [above]),
            below=_titles(at, found, [below]),
            **names,
        )
    if pair.tau_b is not None:
        tau = at.place(_ref(at, pair, "summary/tau_b"), "num2")
        rbo = at.place(_ref(at, pair, "summary/rbo"), "num2")
        ends = {"zero": literal(0), "one": literal(1)}
        yield text("convene.page.compare.orders", language, tau=tau, rbo=rbo, **ends)
    agreed = _agreed(found, pair, away)
    if agreed:
        theme, vote = agreed
        score = at.place(f"convene/{at.held.mark}{vote}/panels/{theme}/consensus", "num2")
        yield text(
            "convene.page.compare.consensus",
            language,
            theme=_titles(at, found, [theme]),
            score=score,
            zero=literal(0),
            one=literal(1),
        )


def _keys(at: SeenMeeting, found: Comparison, pair: Pair) -> list[tuple[str, str]]:
    """Name the votes behind a pair, those with ballots."""
    keys = [(side.vote, side.panel) for side in _sides(found, pair).values()]
    return [key for key in keys if key in at.votes]


def _turned(pair: Pair, away: Mapping[str, tuple[bool, bool]]) -> list[tuple[str, str]]:
    """Give themes in opposite order; never hidden ones, whose order would say which has more."""
    shown = [one for one in pair.opposite if not any(any(away[theme]) for theme in one)]
    return shown[:_MOST]


def _agreed(
    found: Comparison, pair: Pair, away: Mapping[str, tuple[bool, bool]]
) -> tuple[str, str] | None:
    """Give the theme that all panels go furthest along with, where its numbers are shown."""
    if len({side.panel for side in found.sides}) != 2:
        return None
    values = found.consensus.get(pair.vote, {})
    known = {theme: value for theme, value in values.items() if theme in away}
    if not known:
        return None
    most = max(known, key=lambda theme: known[theme])
    return None if any(away[most]) else (most, pair.vote)


def _titles(at: SeenMeeting, found: Comparison, themes: list[str]) -> str:
    names = [at.quoted(found.title(theme, at.language)) for theme in themes]
    return literal(listed(names, at.language))


def _ref(at: SeenMeeting, pair: Pair, tail: str) -> str:
    return f"convene/{at.held.mark}{pair.vote}/{pair.first}+{pair.second}/{tail}"


def _figure(
    at: SeenMeeting,
    found: Comparison,
    pair: Pair,
    away: Mapping[str, tuple[bool, bool]],
    name: str,
    caption: str,
    clearance: Clearance,
) -> Figure:
    """Draw the two panels side by side; themes that only one had stand last."""
    import pandas as pd

    names, language = _names(found, pair, at.language), at.language
    shares: list[dict[str, Any]] = []
    for row in _rows(found, pair, away):
        for panel, share, gone in zip(
            names.values(), (row.first, row.second), away[row.theme], strict=True
        ):
            shares.append(
                {
                    "theme": found.title(row.theme, language),
                    "panel": panel,
                    "estimate": None if gone else share,
                }
            )
    taken = [found.title(row.theme, language) for row in pair.differences]
    taken += [theme for _, theme, _ in _lone(at, found, pair)]
    for panel, theme, share in _lone(at, found, pair):
        # Themes of one name that nobody has called the same are two themes.
        title = f"{theme} ({names[panel]})" if taken.count(theme) > 1 else theme
        shares.append({"theme": title, "panel": names[panel], "estimate": share})
    gaps = [
        {
            "theme": found.title(row.theme, language),
            **names,
            "estimate": None if any(away[row.theme]) else row.difference,
            "conf_low": None if any(away[row.theme]) else row.low,
            "conf_high": None if any(away[row.theme]) else row.high,
        }
        for row in _rows(found, pair, away)
    ]
    options = {"differences": pd.DataFrame(gaps), "random_draws": found.random_draws}
    return picture(
        at.context,
        f"{name}-side-by-side",
        "panel_comparison",
        pd.DataFrame(shares),
        caption,
        clearance,
        options,
        source=at.source(),
    )


def _lone(
    at: SeenMeeting, found: Comparison, pair: Pair
) -> Iterator[tuple[str, str, float | None]]:
    """Give the themes without a counterpart: whose, title, share."""
    sides = _sides(found, pair)
    for key, panel, alone in (
        ("first", pair.first, pair.alone_first),
        ("second", pair.second, pair.alone_second),
    ):
        side = sides[panel]
        for theme in alone:
            name = side.names[theme]
            people = side.people.get(name)
            if people is None or not side.voters:
                continue
            share = None if _hides(at, side, name) else people / side.voters
            yield key, found.title(theme, at.language), share


def _table(
    at: SeenMeeting,
    found: Comparison,
    pair: Pair,
    away: Mapping[str, tuple[bool, bool]],
    name: str,
    caption: str,
    clearance: Clearance,
) -> Table:
    language, names = at.language, _names(found, pair, at.language)
    tested = found.random_draws and any(row.p_adjusted is not None for row in pair.differences)
    columns = [Column("theme", text("convene.page.table.theme", language))]
    if pair.places_only:
        columns += [
            Column(key, text("convene.page.compare.place", language, panel=names[key]), "integer")
            for key in ("first", "second")
        ]
    else:
        columns += [
            Column(key, text("convene.page.compare.share", language, panel=names[key]), "pct")
            for key in ("first", "second")
        ]
        columns.append(
            Column("difference", text("convene.page.compare.difference", language), "pct")
        )
    if tested:
        columns.append(Column("p", text("convene.page.compare.p", language), "p"))
    columns.append(Column("chosen", text("convene.page.compare.chosen", language)))
    rows = tuple(
        Row(
            (
                literal(found.title(row.theme, language)),
                *_numbers(row, away[row.theme], places=pair.places_only, tested=tested),
                _verdict(row, names, language),
            )
        )
        for row in _rows(found, pair, away)
    )
    key = "tested" if tested else "places" if pair.places_only else "not_tested"
    return Table(
        f"{name}-differences",
        caption,
        tuple(columns),
        rows,
        at.cleared(f"{name}-differences", clearance),
        note=text(f"convene.page.compare.note_{key}", language),
        source=at.source(),
    )


def _numbers(row: Difference, away: tuple[bool, bool], *, places: bool, tested: bool) -> list[Cell]:
    if places:
        return [row.rank_first, row.rank_second]
    nan = float("nan")
    low, high = (nan if value is None else value for value in (row.low, row.high))
    gap: Cell = None if row.difference is None else estimate(row.difference, low, high)
    cells: list[Cell] = [
        HIDDEN if away[0] else row.first,
        HIDDEN if away[1] else row.second,
        HIDDEN if any(away) else gap,
    ]
    return [*cells, HIDDEN if any(away) else row.p_adjusted] if tested else cells


def _verdict(row: Difference, names: Mapping[str, str], language: str) -> str:
    if row.verdict in names:
        return literal(names[row.verdict])
    return text(f"convene.page.compare.chosen_{row.verdict}", language)


def _alone(at: SeenMeeting, found: Comparison, pair: Pair) -> list[Block]:
    """List the themes that the other panel did not have; none is dropped silently."""
    language, names = at.language, _names(found, pair, at.language)
    said = [
        text(
            "convene.page.compare.alone",
            language,
            panel=literal(at.quoted(names[key])),
            themes=literal(listed([at.quoted(found.title(t, language)) for t in themes], language)),
        )
        for key, themes in (("first", pair.alone_first), ("second", pair.alone_second))
        if themes
    ]
    return [Bullets(tuple(said))] if said else []


def _mapping(at: SeenMeeting, found: Comparison) -> list[Block]:
    """Say who decided which themes are the same, and why."""
    if not found.mapping:
        return []
    language = at.language
    whose = {theme.id: theme.panel for theme in at.meeting.themes}
    names = {panel.id: at.panel(panel) for panel in at.meeting.panels}
    rows = tuple(
        Row(
            (
                literal(found.title(row.theme, language)),
                literal(names.get(whose.get(row.theme) or "", "")),
                literal(found.title(row.common, language)),
                literal(row.by),
                literal(row.why),
            )
        )
        for row in found.mapping
    )
    name = f"{at.name}-mapping"
    columns = ("theme", "panel", "common", "by", "why")
    return [
        Heading(text("convene.page.mapping.heading", language), 3),
        Paragraph(text("convene.page.mapping.lead", language)),
        Table(
            name,
            text("convene.page.mapping.caption", language),
            tuple(Column(key, text(f"convene.page.mapping.{key}", language)) for key in columns),
            rows,
            at.cleared(name),
            source=at.source(),
        ),
    ]
