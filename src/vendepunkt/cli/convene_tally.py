"""``vendepunkt convene tally BALLOTS``: count a vote and say how firmly each place holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vendepunkt.cli.answer import answer
from vendepunkt.cli.options import json_option
from vendepunkt.cli.tables import painted, percent, span
from vendepunkt.terms import DataError, UsageError

if TYPE_CHECKING:
    from vendepunkt.convene import Meeting, Tally
    from vendepunkt.convene.standings import Chosen

#: What a margin counts, by the rule.
_UNITS = {"choose-k": "vote", "approval": "vote", "dots": "dot"} | dict.fromkeys(
    ("score", "borda"), "point"
)


@click.command("tally")
@click.argument("source", metavar="BALLOTS", type=click.Path(path_type=Path))
@click.option("--method", metavar="NAME", help="Voting rule.  [default: that of the vote]")
@click.option(
    "--places", type=click.IntRange(min=1), metavar="N", help="Themes chosen.  [default: 3]"
)
@click.option(
    "--choices", type=click.IntRange(min=1), metavar="K", help="Crosses or dots of each person."
)
@click.option("--vote", metavar="ID", help="One vote of a meeting.  [default: all]")
@click.option("--panel", metavar="ID", help="One panel of a meeting.  [default: all]")
@click.option(
    "--groups/--no-groups",
    default=None,
    help="Redraw discussion groups whole.  [default: where they are recorded]",
)
@click.option("--present", type=click.IntRange(min=0), metavar="N", help="People in the room.")
@click.option("--all-members", is_flag=True, help="All members took part: nobody else could have.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option(
    "--draws",
    type=click.IntRange(min=1),
    metavar="N",
    help="Meetings drawn for the chance.  [default: 20000, or 2000 under rules that do not add up]",
)
@json_option
def command(
    source: Path,
    method: str | None,
    places: int | None,
    choices: int | None,
    vote: str | None,
    panel: str | None,
    groups: bool | None,
    present: int | None,
    seed: int,
    draws: int | None,
    *,
    all_members: bool,
    as_json: bool,
) -> None:
    """Count a vote: people, votes, shares, ties, margin, and how firmly each theme holds its place.

    BALLOTS is a Pabulib file, a csv with the columns ballot,theme[,value], a frozen meeting, or
    any other file that `convene import` reads. Methods: choose-k approval dots score borda schulze
    sequential-pav equal-shares phragmen.
    """
    from vendepunkt.convene import tally_meeting
    from vendepunkt.convene.formats import import_meeting
    from vendepunkt.convene.rules import RULES
    from vendepunkt.terms import choose

    if method is not None:
        choose(method, tuple(RULES), "--method")
    read = import_meeting(source)
    meeting = _wanted(read.meeting, vote, panel)
    meeting = _as_told(meeting, groups=groups, present=present, all_members=all_members)
    found = tally_meeting(
        meeting, rule=method, places=places, choices=choices, seed=seed, draws=draws
    )
    if not found.tallies:
        raise DataError(
            "no_ballots", f"{source.name} holds no ballots.", try_="vendepunkt convene compare"
        )
    tallies = [
        plain_tally(one) | {"consensus_of_groups": _consensus(meeting, one)}
        for one in found.tallies
    ]
    single = tallies[0] if len(tallies) == 1 else {}
    answer(
        {**single, "meeting": meeting.id, "tallies": tallies, "attribution": meeting.attribution},
        schema="convene-tally/1",
        notices=(*read.notices, *found.notices),
        as_json=as_json,
        lines=_all_lines(found.tallies, meeting),
    )


def _wanted(meeting: Meeting, vote: str | None, panel: str | None) -> Meeting:
    """Keep one vote or panel of a meeting."""
    for kind, id_, known in (
        ("vote", vote, meeting.votes),
        ("panel", panel, meeting.panels),
    ):
        if id_ is not None and id_ not in {one.id for one in known}:
            raise UsageError(
                f"unknown_{kind}",
                f"--{kind} is {id_!r}.",
                allowed=", ".join(one.id for one in known),
            )
    return replace(
        meeting,
        ballots=tuple(
            ballot
            for ballot in meeting.ballots
            if vote in {None, ballot.vote} and panel in {None, ballot.panel}
        ),
    )


def _as_told(
    meeting: Meeting, *, groups: bool | None, present: int | None, all_members: bool
) -> Meeting:
    """Put what the options say of the room in place of what the file says."""
    recorded = any(ballot.group for ballot in meeting.ballots)
    if groups and not recorded:
        raise UsageError(
            "no_groups",
            "--groups is given, and no ballot says which discussion group it came from.",
            try_="without --groups",
        )
    if groups is False:
        meeting = replace(meeting, ballots=tuple(replace(b, group=None) for b in meeting.ballots))
    voting = {ballot.panel for ballot in meeting.ballots}
    if present is not None and len(voting) > 1:
        raise UsageError(
            "several_panels",
            f"--present is {present}, and {len(voting)} panels voted.",
            try_=f"--panel {min(voting)}",
        )
    panels = tuple(
        replace(
            one,
            present=one.present if present is None else present,
            all_members=one.all_members or all_members,
        )
        for one in meeting.panels
    )
    return replace(meeting, panels=panels)


def plain_tally(found: Tally) -> dict[str, Any]:
    """Give a tally as plain values: exact fractions as "p/q", chances from 0 to 1."""
    from vendepunkt.convene.standings import whole

    rows, firm, other = found.standings, found.firmness, found.representative
    return {
        "method": found.rule,
        "places": found.places,
        "voters": found.voters,
        "blank": found.blank,
        "counts": {one.theme: whole(one.votes) for one in rows},
        "winners": [list(committee) for committee in found.chosen.committees],
        "chance_in_top": None if firm is None else {one.theme: one.chance for one in rows},
        "vote": found.vote,
        "panel": found.panel,
        "choices": found.choices,
        "present": found.present,
        "channels": dict(found.channels),
        "people": {one.theme: one.people for one in rows},
        "shares": {
            one.theme: {"share": one.share, "conf_low": one.low, "conf_high": one.high}
            for one in rows
        },
        "ranks": {one.theme: one.rank for one in rows},
        "margins": {one.theme: whole(one.margin) for one in rows},
        "just_under": {one.theme: whole(one.margin) for one in found.just_under},
        "certain": list(found.chosen.certain),
        "tied": list(found.chosen.tied),
        "capped": found.chosen.capped,
        "without": _without(found.chosen),
        "representative": None
        if other is None
        else {"winners": [list(one) for one in other.committees], "without": _without(other)},
        "bootstrap_in_top": None if firm is None else firm.bootstrap,
        "chance": None
        if firm is None
        else {
            "draws": firm.draws,
            "monte_carlo_error": firm.error,
            "luck": firm.luck,
            "groups": firm.groups,
            "normal": firm.normal,
            "seed": found.provenance.seed,
        },
        "all_members": found.all_members,
        "parts": [
            {"group": part.name, "voters": part.voters, "people": part.people}
            for part in found.parts
        ],
    }


def _consensus(meeting: Meeting, found: Tally) -> dict[str, str]:
    """Give what every group goes along with, exact; empty where no groups are recorded."""
    from vendepunkt.convene.consensus import consensus_of_groups

    exact = consensus_of_groups(meeting, found.vote, found.panel)
    return {theme: str(value) for theme, value in exact.items()}


def _without(chosen: Chosen) -> dict[str, int]:
    return {"least": chosen.without[0], "most": chosen.without[1]}


def _all_lines(tallies: tuple[Tally, ...], meeting: Meeting) -> Iterator[str]:
    panels = {panel.id: panel.title.in_("en") for panel in meeting.panels}
    phases = {phase.id: phase.title.in_("en") for phase in meeting.phases}
    of = {vote.id: phases.get(vote.phase, vote.phase) for vote in meeting.votes}
    for place, one in enumerate(tallies):
        if place:
            yield ""
        if len(tallies) > 1:
            yield f"{of[one.vote]}: {panels[one.panel]}"
        yield from _lines(one)


def _lines(found: Tally) -> Iterator[str]:
    """Give a tally for people: who voted, the themes in order, the cut, two ways to choose."""
    yield repr(found).strip("<>")
    present = "" if found.present is None else f"{found.present} present, "
    by = ", ".join(f"{n} {channel}" for channel, n in found.channels.items() if n)
    yield f"{present}{found.voters} voted ({by or 'not known how'}), {found.blank} blank"
    if found.firmness is not None and found.firmness.groups is not None:
        yield f"{found.firmness.groups} discussion groups, redrawn whole"
    yield ""
    yield from painted(_rows(found))
    yield from _cut_lines(found)
    yield ""
    yield f"Chosen by {found.rule}: {_chosen(found, found.chosen)}"
    if found.representative is not None and found.rule != "equal-shares":
        yield f"To represent most people: {_chosen(found, found.representative)}"


def _rows(found: Tally) -> list[list[str]]:
    from vendepunkt.convene.standings import whole

    said = {"chosen": "chosen", "tied": "tied", "below": ""}
    rows = [["theme", "place", "", "people", "votes", "share", "95 % interval", "chance"]]
    for one in found.standings:
        limits = "" if one.low is None or one.high is None else span(one.low, one.high)
        rows.append(
            [
                found.title(one.theme, "en"),
                str(one.rank),
                said[one.status],
                str(one.people),
                str(whole(one.votes)),
                "" if one.share is None else percent(one.share),
                limits,
                "" if one.chance is None else f"{round(100 * one.chance)} of 100",
            ]
        )
    return rows


def _cut_lines(found: Tally) -> Iterator[str]:
    if found.chosen.tied:
        names = ", ".join(found.title(theme, "en") for theme in found.chosen.tied)
        yield f"Tied at the cut: {names}"
    for one in found.just_under:
        if one.margin is not None:
            unit = _UNITS[found.rule] + ("" if one.margin == -1 else "s")
            lacks = f"{-one.margin} {unit} short of the last place"
            yield f"Just under: {found.title(one.theme, 'en')}, {lacks}"


def _chosen(found: Tally, chosen: Chosen) -> str:
    order = [one.theme for one in found.standings]
    names = [found.title(theme, "en") for theme in order if theme in chosen.certain]
    tied = [found.title(theme, "en") for theme in order if theme in chosen.tied]
    if tied:
        left = len(chosen.committees[0]) - len(chosen.certain)
        names.append(f"and {left} of {', '.join(tied)}")
    least, most = chosen.without
    many = str(least) if least == most else f"{least} to {most}"
    have = "1 voter has" if many == "1" else f"{many} voters have"
    return f"{', '.join(names)} ({have} none of theirs)"
