"""Movements: who went from which group to which, in words, pictures and tables."""

from __future__ import annotations

from collections.abc import Sequence

from vendepunkt.language import text
from vendepunkt.report.blocks import Block, Bullets, Heading, Note, Paragraph
from vendepunkt.report.compose import Context
from vendepunkt.report.inline import literal, ref
from vendepunkt.report.sections.measured import measured
from vendepunkt.report.sections.movement_circumstance import circumstances
from vendepunkt.report.sections.movement_dropout import dropout
from vendepunkt.report.sections.movement_fit import technical
from vendepunkt.report.sections.movement_marks import marking
from vendepunkt.report.sections.movement_meaning import meaning
from vendepunkt.report.sections.movement_observed import main_observed, observed
from vendepunkt.report.sections.movement_seen import Seen, comparable, moved, seen
from vendepunkt.report.sections.movement_severity import paths, severity
from vendepunkt.report.sections.movement_tables import (
    between,
    gross_net,
    picture_of_flows,
    sizes,
    table_of_transitions,
)
from vendepunkt.report.sections.movement_three import three

_DIRECTIONS = ("stayed", "more", "less", "sideways")


def movements(context: Context) -> Sequence[Block]:
    """Give who moved, which way and how sure, between observed states and between groups."""
    found, language = moved(context), context.language
    counted = observed(context)
    if found is None:
        return [Heading(text("move.page.heading", language)), *counted] if counted else []
    at = seen(context, found)
    blocks: list[Block] = [Heading(text("move.page.heading", language)), *counted]
    if counted:
        blocks.append(Heading(text("move.page.latent_heading", language), 2))
        blocks.append(Paragraph(text("move.page.latent_lead", language)))
    blocks += lead(at)
    if not comparable(at):
        return [*blocks, *meaning(at), *dropout(at, transitions=False), *technical(at)]
    return [
        *blocks,
        *marking(at),
        *picture_of_flows(at),
        *sizes(at),
        *table_of_transitions(at),
        *gross_net(at),
        *three(at, alone=not counted),
        *severity(at),
        *paths(at),
        *meaning(at),
        *circumstances(at),
        *dropout(at),
        *technical(at),
    ]


def lead(at: Seen) -> list[Block]:
    """Say how many moved which way, from the first wave to the last, and among whom."""
    found, language = at.found, at.language
    first, last = literal(found.waves[0]), literal(found.waves[-1])
    population = "weighted" if found.weighted else "respondents"
    blocks: list[Block] = [
        Paragraph(
            text(
                "move.page.lead.people",
                language,
                n=ref("move/summary/n", "n"),
                always=ref("move/summary/n_always", "n"),
                waves=ref("move/summary/waves", "n"),
                population=text(f"move.population.{population}", language),
            )
        )
    ]
    if measured(at.context) is not None:
        heading = literal(text("measure.page.groups.heading", language))
        blocks.append(Paragraph(text("move.page.lead.other_groups", language, heading=heading)))
    if not comparable(at):
        blocks.append(Paragraph(text("move.page.lead.apart", language)))
        return blocks
    said = [sentence for name in _DIRECTIONS for sentence in direction(at, name)]
    blocks.append(Paragraph(text("move.page.lead.between", language, first=first, last=last)))
    blocks.append(Bullets(tuple(said)))
    if found.groups.severity is None:
        blocks.append(Paragraph(text("move.page.lead.no_direction", language)))
    if not at.whole and len(found.waves) > 2:
        blocks.append(Note(text("move.page.lead.only_ends", language, first=first, last=last)))
    return blocks


def direction(at: Seen, name: str) -> list[str]:
    """Say which share moved one way; nothing of a way that does not exist."""
    hidden = at.last.directions.get(name)
    if hidden is None:
        return []
    if hidden:
        return [text(f"move.page.lead.{name}_hidden", at.language)]
    place = f"move/directions/{at.pair}/{name}"
    values = {
        "share": ref(place, "pct"),
        "part": _part(at),
    }
    if between(at.context.refs[place]) is None:
        return [text(f"move.page.lead.{name}_alone", at.language, **values)]
    if name == "stayed":
        values["level"] = literal(round(100 * at.found.options.conf_level))
    return [text(f"move.page.lead.{name}", at.language, **values, ci=ref(place, "ci"))]


def _part(at: Seen) -> str:
    return text(f"move.page.part.{'weighted' if at.found.weighted else 'unweighted'}", at.language)


def main_movement(context: Context) -> tuple[str, ...]:
    """Say for the first page, in a sentence, how many moved which way."""
    counted = main_observed(context)
    found = moved(context)
    if counted or found is None:
        return counted
    at, ways = seen(context, found), ("more", "less")
    if not comparable(at) or any(at.last.directions.get(way, True) for way in ways):
        return ()
    places = {way: f"move/directions/{at.pair}/{way}" for way in ways}
    if any(between(context.refs[place]) is None for place in places.values()):
        return ()
    values = {way: ref(place, "pct") for way, place in places.items()}
    values |= {f"{way}_ci": ref(place, "ci") for way, place in places.items()}
    values |= {"first": literal(found.waves[0]), "last": literal(found.waves[-1])}
    return (text("move.page.main", context.language, part=_part(at), **values),)
