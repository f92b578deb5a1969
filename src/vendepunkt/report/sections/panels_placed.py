"""Published places of a panel of which no ballots are known, as older results have them."""

from __future__ import annotations

from vendepunkt.convene import Panel, Vote
from vendepunkt.language import text
from vendepunkt.report.blocks import HIDDEN, Block, Cell, Column, Heading, Row, Table
from vendepunkt.report.inline import literal
from vendepunkt.report.sections.panels_seen import SeenMeeting


def placed_only(at: SeenMeeting, panel: Panel, vote: Vote) -> list[Block]:
    """Give published places of which no ballots are known."""
    language = at.language
    found = sorted(
        (one for one in at.meeting.placings if (one.vote, one.panel) == (vote.id, panel.id)),
        key=lambda one: (one.place == 0, one.place),
    )
    if not found:
        return []
    threshold = at.context.door.rules.threshold
    counted = any(one.votes is not None for one in found)

    def votes(count: int | None, voters: int | None) -> Cell:
        if count is None:
            return None
        few = count < threshold or (voters is not None and voters - count < threshold)
        return HIDDEN if few else count

    rows = [
        Row(
            (
                literal(at.title(one.theme)),
                literal(one.place) if one.place else text("convene.page.placed.just", language),
                *((votes(one.votes, one.voters),) if counted else ()),
            )
        )
        for one in found
    ]
    hidden = sum(HIDDEN in row.cells for row in rows)
    votes_at = [vote.id for vote in at.meeting.votes].index(vote.id) + 1
    panel_at = [each.id for each in at.meeting.panels].index(panel.id) + 1
    name = f"{at.name}-places-{votes_at}-{panel_at}"
    base = at.context.door.without_people(name)
    columns = [
        Column("theme", text("convene.page.table.theme", language)),
        Column("place", text("convene.page.placed.place", language)),
    ]
    if counted:
        columns.append(Column("votes", text("convene.page.placed.votes", language), "integer"))
    phase = next(one for one in at.meeting.phases if one.id == vote.phase)
    names = {
        "panel": literal(at.quoted(at.panel(panel))),
        "phase": literal(phase.title.in_(language)),
    }
    table = Table(
        name,
        text("convene.page.placed.caption", language, **names),
        tuple(columns),
        tuple(rows),
        at.context.door.drawn_from(name, base, hidden=hidden),
        note=text("convene.page.placed.note", language),
        source=at.source(),
    )
    return [Heading(at.panel(panel), 3), table]
