"""Who was asked what, who came, and how they voted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vendepunkt.convene import CHANNELS, Channel
from vendepunkt.language import date, listed, plural, text
from vendepunkt.report.blocks import (
    HIDDEN,
    Block,
    Cell,
    Column,
    Heading,
    Note,
    Paragraph,
    Row,
    Table,
)
from vendepunkt.report.inline import literal
from vendepunkt.report.sections.measured import unless
from vendepunkt.report.sections.panels_seen import SeenMeeting, SeenVote

_COLUMNS: Final = ("vote", "present", "voted", "blank")


def lead(at: SeenMeeting) -> list[Block]:
    """Say what kind of meeting it was, when, with whom, and that it is invented where it is."""
    language, meeting = at.language, at.meeting
    blocks: list[Block] = []
    if meeting.invented:
        blocks.append(Note(text("convene.page.invented", language)))
    panels = listed([at.quoted(at.panel(one)) for one in meeting.panels], language)
    phases = listed([at.quoted(one.title.in_(language)) for one in meeting.phases], language)
    title = meeting.title.in_(language) or meeting.id
    values = {
        "meeting": literal(at.quoted(title)),
        "panels": literal(panels),
        "count": literal(plural("convene.page.panel_count", len(meeting.panels), language)),
        "phases": literal(phases),
    }
    if meeting.date is None:
        blocks.append(Paragraph(text("convene.page.lead_undated", language, **values)))
    else:
        day = literal(date(meeting.date, language))
        blocks.append(Paragraph(text("convene.page.lead", language, date=day, **values)))
    if meeting.attribution:
        blocks.append(Note(literal(meeting.attribution)))
    return blocks


def asked(at: SeenMeeting) -> list[Block]:
    """Give the questions, and who came and voted by which way."""
    blocks = [*_questions(at), *_came(at)]
    if not blocks:
        return []
    return [Heading(text("convene.page.asked.heading", at.language), 2), *blocks]


def _questions(at: SeenMeeting) -> list[Block]:
    language, meeting = at.language, at.meeting
    if not meeting.questions:
        return []
    rows = []
    for phase in meeting.phases:
        own = [one for one in meeting.questions if one.phase == phase.id]
        if own:
            rows.append(Row((literal(phase.title.in_(language)),), "group"))
        rows += [
            Row(
                (
                    literal(one.text.in_(language)),
                    text(f"convene.page.kind.{one.kind}", language),
                )
            )
            for one in own
        ]
    name = f"{at.name}-questions"
    table = Table(
        name,
        text("convene.page.asked.caption", language),
        (
            Column("question", text("convene.page.asked.question", language)),
            Column("kind", text("convene.page.asked.kind", language)),
        ),
        tuple(rows),
        at.cleared(name),
        source=at.source(),
    )
    return [table]


def _came(at: SeenMeeting) -> list[Block]:
    """Give present, voted, blank, and by which way, for every vote of every panel."""
    language, meeting = at.language, at.meeting
    seen = [at.votes[vote.id, panel.id] for panel in meeting.panels for vote in meeting.votes
            if (vote.id, panel.id) in at.votes]  # fmt: skip
    if not seen:
        return []
    used = [channel for channel in CHANNELS if any(one.tally.channels.get(channel) for one in seen)]
    ways = used if len(used) > 1 else []
    rows = []
    for panel in meeting.panels:
        own = [one for one in seen if one.tally.panel == panel.id]
        if own:
            rows.append(Row((literal(at.panel(panel)),), "group"))
        rows += [Row(tuple(_counts(at, one, ways))) for one in own]
    name = f"{at.name}-came"
    hidden = sum(HIDDEN in row.cells for row in rows)
    clearance = at.context.door.drawn_from(name, seen[0].clearance, hidden=hidden)
    table = Table(
        name,
        text("convene.page.came.caption", language),
        (
            *(
                Column(key, text(f"convene.page.came.{key}", language),
                       "text" if key == "vote" else "integer")
                for key in _COLUMNS
            ),
            *(
                Column(way, text(f"convene.page.came.{way}", language), "integer")
                for way in ways
            ),
        ),
        tuple(rows),
        clearance,
        note=text("convene.page.came.note", language),
        source=at.source(),
    )  # fmt: skip
    return [table, *_more_than_present(at, seen)]


def _counts(at: SeenMeeting, seen: SeenVote, ways: Sequence[Channel]) -> list[Cell]:
    found = seen.tally
    vote = next(one for one in at.meeting.votes if one.id == found.vote)
    phase = next(one for one in at.meeting.phases if one.id == vote.phase)
    cells: list[Cell] = [literal(phase.title.in_(at.language) + _round(at, found.vote))]
    cells.append(unless(seen.present and found.present is not None, found.present))
    cells.append(unless(seen.whole, found.voters))
    cells.append(unless(seen.whole or seen.blank, found.blank))
    for way in ways:
        count = found.channels.get(way)
        cells.append(unless(seen.whole or way in seen.channels, count))
    return cells


def _round(at: SeenMeeting, vote: str) -> str:
    """Number the votes where a phase was voted on several times."""
    phase = next(one.phase for one in at.meeting.votes if one.id == vote)
    same = [one.id for one in at.meeting.votes if one.phase == phase]
    if len(same) == 1:
        return ""
    return " " + text("convene.page.came.round", at.language, n=same.index(vote) + 1)


def _more_than_present(at: SeenMeeting, seen: list[SeenVote]) -> list[Block]:
    """Say it where more voted than were counted in the room."""
    said = []
    for one in seen:
        found = one.tally
        if found.present is None or one.whole or one.present or found.voters <= found.present:
            continue
        panel = next(each for each in at.meeting.panels if each.id == found.panel)
        values = {
            "panel": literal(at.quoted(at.panel(panel))),
            "voters": at.ref(found, found.panel, "summary/voters", "n"),
            "present": at.ref(found, found.panel, "summary/present", "n"),
        }
        said.append(Note(text("convene.page.came.more", at.language, **values)))
    return list(said)
