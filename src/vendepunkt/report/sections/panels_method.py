"""What may be said from panels, and how their votes were counted."""

from __future__ import annotations

from collections.abc import Sequence

from vendepunkt.language import listed, text
from vendepunkt.report.blocks import Block, Box, Bullets, Heading, Statement
from vendepunkt.report.inline import literal
from vendepunkt.report.sections.panels_seen import SeenMeeting


def claims(at: SeenMeeting) -> list[Block]:
    """Say what the votes show and what they do not show."""
    language, meeting = at.language, at.meeting
    said = []
    if any(one.tally.firmness is not None for one in at.votes.values()):
        said.append(text("convene.page.claims.interval", language))
    said.append(text("convene.page.claims.below", language))
    if len(meeting.panels) > 1:
        said.append(text("convene.page.claims.panels", language))
    if meeting.placements:
        by = [one.by for one in meeting.placements if not one.undone and one.by]
        who = listed(list(dict.fromkeys(by))[:3], language)
        key = "grouped" if who else "grouped_unsaid"
        values = {"who": literal(who)} if who else {}
        said.append(text(f"convene.page.claims.{key}", language, **values))
    return [
        Heading(text("convene.page.claims.heading", language), 2),
        Statement("panel"),
        Bullets(tuple(said)),
    ]


def counted(at: SeenMeeting) -> list[Block]:
    """Say how the votes were counted, as a box."""
    said = [sentence for sentence in _sentences(at) if sentence]
    if not said:
        return []
    return [Box(text("convene.page.method.box", at.language), (Bullets(tuple(said)),))]


def _sentences(at: SeenMeeting) -> Sequence[str]:
    language, seen = at.language, list(at.votes.values())
    if not seen:
        return ()
    rules = dict.fromkeys(one.tally.rule for one in seen)
    said = [text(f"convene.page.counts.{rule}", language) for rule in rules]
    said.append(text("convene.page.method.ties", language))
    if any(one.tally.representative is not None for one in seen):
        said.append(text("convene.page.method.represent", language))
    if any(row.low is not None for one in seen for row in one.tally.standings):
        said.append(text("convene.page.method.interval", language))
    said += _chance(at)
    threshold = literal(at.context.door.rules.threshold)
    said.append(text("convene.page.method.hidden", language, threshold=threshold))
    said.append(text("convene.page.method.anonymous", language))
    return said


def _chance(at: SeenMeeting) -> list[str]:
    """Say how meetings were drawn again, and what was drawn whole."""
    language = at.language
    firm = [one.tally.firmness for one in at.votes.values() if one.tally.firmness is not None]
    if not firm:
        return []
    draws = listed([f"{n:d}" for n in sorted({one.draws for one in firm})], language)
    whole = any(one.groups is not None for one in firm)
    key = "chance_groups" if whole else "chance"
    said = [text(f"convene.page.method.{key}", language, draws=literal(draws))]
    if any(one.tally.all_members for one in at.votes.values()):
        said.append(text("convene.page.method.all_members", language))
    return said
