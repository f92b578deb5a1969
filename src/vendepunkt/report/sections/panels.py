"""Panel meetings: who was asked what, what they said, what they chose, and how firmly it holds."""

from __future__ import annotations

from collections.abc import Sequence

from vendepunkt.language import text
from vendepunkt.report.blocks import Block, Heading
from vendepunkt.report.compose import Context
from vendepunkt.report.inline import literal
from vendepunkt.report.sections.panels_asked import asked, lead
from vendepunkt.report.sections.panels_compare import compared
from vendepunkt.report.sections.panels_method import claims, counted
from vendepunkt.report.sections.panels_placed import placed_only
from vendepunkt.report.sections.panels_seen import SeenMeeting, SeenVote, panel_meetings
from vendepunkt.report.sections.panels_themes import themes
from vendepunkt.report.sections.panels_votes import vote_of, voted


def panels(context: Context) -> Sequence[Block]:
    """Give a chapter for each panel meeting of the study."""
    found = panel_meetings(context)
    return [block for at in found for block in _chapter(at, several=len(found) > 1)]


def _chapter(at: SeenMeeting, *, several: bool) -> list[Block]:
    title = at.meeting.title.in_(at.language) or at.meeting.id
    heading = text("convene.page.heading", at.language)
    if several:
        heading = text("convene.page.heading_of", at.language, meeting=literal(title))
    return [
        Heading(heading),
        *lead(at),
        *asked(at),
        *_votes(at),
        *compared(at),
        *themes(at),
        *claims(at),
        *counted(at),
    ]


def _votes(at: SeenMeeting) -> list[Block]:
    """Give what each panel chose, life phase by life phase."""
    blocks: list[Block] = []
    for phase in at.meeting.phases:
        own: list[Block] = []
        for panel, seen in at.tallies(phase.id):
            if seen:
                own += voted(at, panel, seen)
                continue
            for vote in at.meeting.votes:
                if vote.phase == phase.id:
                    own += placed_only(at, panel, vote)
        if own:
            blocks += [Heading(literal(phase.title.in_(at.language)), 2), *own]
    return blocks


def main_panels(context: Context) -> tuple[str, ...]:
    """Say for the first page what each panel chose on each life phase."""
    said = []
    for at in panel_meetings(context):
        for phase in at.meeting.phases:
            for _, seen in at.tallies(phase.id):
                if seen:
                    said += _main(at, seen[-1])
        if at.meeting.invented:
            said.append(text("convene.page.main_invented", context.language))
    return tuple(said)


def _main(at: SeenMeeting, seen: SeenVote) -> list[str]:
    """Say in a sentence what one panel chose."""
    language, found = at.language, seen.tally
    phase = next(one for one in at.meeting.phases if one.id == vote_of(at, seen).phase)
    panel = next(one for one in at.meeting.panels if one.id == found.panel)
    places = {
        "panel": literal(at.quoted(at.panel(panel))),
        "phase": literal(at.quoted(phase.title.in_(language))),
    }
    certain = [one.theme for one in seen.order() if one.theme in found.chosen.certain]
    if not certain:
        return [text("convene.page.main_tied", language, **places)]
    places["themes"] = at.titles(certain)
    if seen.whole:
        return [text("convene.page.main_few", language, **places)]
    places["voters"] = at.ref(found, found.panel, "summary/voters", "n")
    tied = [one.theme for one in seen.order() if one.theme in found.chosen.tied]
    if tied:
        return [text("convene.page.main_also", language, tied=at.titles(tied), **places)]
    return [text("convene.page.main", language, **places)]


def lines_panels(context: Context) -> tuple[str, ...]:
    """Give the lines under the title: each meeting with its day."""
    return tuple(
        text("convene.page.held", context.language, meeting=at.called())
        for at in panel_meetings(context)
    )
