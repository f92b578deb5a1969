"""How the themes came about: the trail from idea to theme, and what was carried forward."""

from __future__ import annotations

from collections.abc import Sequence

from vendepunkt.convene import Idea, LifePhase, Trail, Under, trail
from vendepunkt.language import text
from vendepunkt.report.blocks import Block, Bullets, Cell, Column, Heading, Paragraph, Row, Table
from vendepunkt.report.inline import literal
from vendepunkt.report.sections.panels_seen import SeenMeeting


def themes(at: SeenMeeting) -> list[Block]:
    """Give the themes with their descriptions, the ideas under them, and who grouped them."""
    language, meeting = at.language, at.meeting
    if not meeting.themes:
        return []
    found = trail(meeting)
    blocks: list[Block] = [
        Heading(text("convene.page.themes.heading", language), 2),
        Paragraph(text("convene.page.themes.lead", language)),
    ]
    if meeting.ideas:
        blocks.append(Paragraph(_counts(at, found)))
    blocks += helped(at)
    for place, phase in enumerate(meeting.phases, start=1):
        own = [one for one in found.under if one.theme.phase == phase.id]
        if own:
            blocks.append(_table(at, phase, own, f"{at.name}-themes-{place}"))
    return [*blocks, *carried(at), *_trail(at, found)]


def _counts(at: SeenMeeting, found: Trail) -> str:
    """Say how many ideas came, and where they went."""
    language, states = at.language, found.states
    said = [
        text(
            "convene.page.themes.ideas",
            language,
            n=at.own("meeting", "ideas"),
            placed=at.own("meeting", "placed"),
            themes=at.own("meeting", "themes"),
        )
    ]
    if found.repeated:
        said.append(text("convene.page.themes.repeated", language, n=at.own("meeting", "repeated")))
    if found.alone:
        said.append(text("convene.page.themes.alone", language, n=at.own("meeting", "alone")))
    said += [
        text(f"convene.page.themes.{state}", language, n=at.own("meeting", state))
        for state in ("held", "removed", "personal_case")
        if states.get(state)
    ]
    return " ".join(said)


def helped(at: SeenMeeting) -> list[Block]:
    """Say how often what the program suggested was what a person chose."""
    shown, taken = at.meeting.help_shown, at.meeting.help_taken
    if shown is None or taken is None:
        return []
    if not shown:
        return [Paragraph(text("convene.page.help.none", at.language))]
    values = {
        "shown": at.own("meeting", "help_shown"),
        "taken": at.own("meeting", "help_taken"),
        "rate": at.own("meeting", "help_rate", "pct"),
    }
    return [Paragraph(text("convene.page.help.rate", at.language, **values))]


def _table(at: SeenMeeting, phase: LifePhase, own: Sequence[Under], name: str) -> Table:
    language = at.language
    whose = any(one.theme.panel is not None for one in own)
    rows = []
    for one in own:
        theme = one.theme
        cells: list[Cell] = [
            literal(at.title(theme.id)),
            literal(theme.description.in_(language)),
        ]
        if whose:
            cells.append(literal(_panel_of(at, theme.panel)))
        cells.append(one.said)
        rows.append(Row(tuple(cells)))
    columns = [
        Column("theme", text("convene.page.table.theme", language)),
        Column("description", text("convene.page.themes.description", language)),
    ]
    if whose:
        columns.append(Column("panel", text("convene.page.themes.panel", language)))
    columns.append(Column("ideas", text("convene.page.themes.count", language), "integer"))
    note = [text("convene.page.themes.note", language)]
    if not all(one.theme.on_ballot for one in own):
        off = [one.theme.id for one in own if not one.theme.on_ballot]
        note.append(text("convene.page.themes.off_ballot", language, themes=at.titles(off)))
    return Table(
        name,
        text("convene.page.themes.caption", language, phase=literal(phase.title.in_(language))),
        tuple(columns),
        tuple(rows),
        at.cleared(name),
        note=" ".join(note),
        source=at.source(),
    )


def _panel_of(at: SeenMeeting, panel: str | None) -> str:
    if panel is None:
        return text("convene.page.themes.all_panels", at.language)
    return next((at.panel(one) for one in at.meeting.panels if one.id == panel), panel)


def carried(at: SeenMeeting) -> list[Block]:
    """Say which themes are carried forward, whatever their votes: decided by whom, and why."""
    said = [
        text(
            "convene.page.carried.one" if one.carried.why else "convene.page.carried.no_why",
            at.language,
            theme=at.titles([one.id]),
            by=literal(one.carried.by),
            **({"why": literal(one.carried.why.rstrip("."))} if one.carried.why else {}),
        )
        for one in at.meeting.themes
        if one.carried is not None
    ]
    if not said:
        return []
    return [
        Heading(text("convene.page.carried.heading", at.language), 3),
        Paragraph(text("convene.page.carried.lead", at.language)),
        Bullets(tuple(said)),
    ]


def _trail(at: SeenMeeting, found: Trail) -> list[Block]:
    """Give the ideas that may be printed under their themes; say how many may not."""
    language = at.language
    if not at.meeting.ideas:
        return []
    blocks: list[Block] = [Heading(text("convene.page.trail.heading", language), 3)]
    rows: list[Row] = []
    for one in found.under:
        own = [idea for idea in one.ideas if at.held.released and idea.released and idea.text]
        if own:
            rows.append(Row((literal(_headed(at, one)),), "group"))
            rows += [_idea(at, idea, found) for idea in own]
    alone = [idea for idea in found.alone if at.held.released and idea.released and idea.text]
    if alone:
        rows.append(Row((text("convene.page.trail.alone", language),), "group"))
        rows += [_idea(at, idea, found) for idea in alone]
    if not rows:
        return [*blocks, Paragraph(text("convene.page.trail.none", language))]
    name = f"{at.name}-trail"
    table = Table(
        name,
        text("convene.page.trail.caption", language),
        (
            Column("idea", text("convene.page.trail.idea", language)),
            Column("panel", text("convene.page.trail.panel", language)),
            Column("question", text("convene.page.trail.question", language)),
            Column("said", text("convene.page.trail.said", language), "integer"),
        ),
        tuple(rows),
        at.cleared(name),
        note=text("convene.page.trail.note", language),
        source=at.source(),
    )
    printed = text(
        "convene.page.trail.lead",
        language,
        released=at.own("meeting", "released"),
        n=at.own("meeting", "ideas"),
    )
    return [*blocks, Paragraph(printed), table]


def _headed(at: SeenMeeting, one: Under) -> str:
    """Name a theme over its ideas; with its panel where each panel had its own themes."""
    title = at.title(one.theme.id)
    if one.theme.panel is None:
        return title
    return f"{title} ({_panel_of(at, one.theme.panel)})"


def _idea(at: SeenMeeting, idea: Idea, found: Trail) -> Row:
    panel = _panel_of(at, idea.panel)
    question = next((one for one in at.meeting.questions if one.id == idea.question), None)
    kind = "" if question is None else text(f"convene.page.kind.{question.kind}", at.language)
    said = 1 + found.repeated.get(idea.id, 0)
    return Row((literal(at.quoted(idea.text or "")), literal(panel), kind, said))
