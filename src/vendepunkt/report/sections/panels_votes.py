"""What a panel chose: themes in their order, the cut, and whom another choice would represent."""

from __future__ import annotations

from collections.abc import Sequence

from vendepunkt.convene import Panel, Vote
from vendepunkt.convene.rules import RULES
from vendepunkt.convene.standings import Chosen, Standing
from vendepunkt.language import firmness, plural, text
from vendepunkt.report.blocks import (
    HIDDEN,
    Block,
    Bullets,
    Cell,
    Column,
    Heading,
    Note,
    Paragraph,
    Row,
    Table,
)
from vendepunkt.report.inline import literal
from vendepunkt.report.sections.measured import estimate, picture
from vendepunkt.report.sections.panels_seen import SeenMeeting, SeenVote, ways

#: Rules whose votes are the people who chose a theme, so that one column says both.
_PEOPLE = "votes"


def voted(at: SeenMeeting, panel: Panel, votes: Sequence[SeenVote]) -> list[Block]:
    """Give what a panel chose in a life phase; the last of several votes is the result.

    Parameters
    ----------
    at
        The meeting.
    panel
        The panel.
    votes
        Its votes on the phase, the first one first.
    """
    seen = votes[-1]
    blocks: list[Block] = [Heading(at.panel(panel), 3), Paragraph(_lead(at, seen))]
    blocks += [Paragraph(sentence) for sentence in _result(at, seen)]
    if seen.whole:
        return [*blocks, Note(text("convene.page.vote.too_few", at.language))]
    blocks += [_picture(at, panel, seen), _table(at, panel, seen)]
    blocks += _two_ways(at, panel, seen)
    return [*blocks, *_again(at, votes[:-1])]


def vote_of(at: SeenMeeting, seen: SeenVote) -> Vote:
    """Give the vote behind a tally."""
    return next(vote for vote in at.meeting.votes if vote.id == seen.tally.vote)


def _lead(at: SeenMeeting, seen: SeenVote) -> str:
    """Say how many voted, and what they could do."""
    language, vote = at.language, vote_of(at, seen)
    said = [text(f"convene.page.rule.{_form(vote)}", language, **_choices(vote))]
    own = at.held.own.get(vote.id)
    if own is not None and own.rule != vote.rule:
        names = {
            "rule": text(f"convene.page.named.{vote.rule}", language),
            "own": text(f"convene.page.named.{own.rule}", language),
        }
        said.append(text("convene.page.rule.other", language, **names))
    if not seen.whole:
        voters = at.ref(seen.tally, seen.tally.panel, "summary/voters", "n")
        said.insert(0, text("convene.page.vote.voters", language, n=voters))
    return " ".join(said)


def _form(vote: Vote) -> str:
    """Name the sentence that says what a ballot looked like."""
    form = RULES[vote.rule].form
    if form.kind == "crosses":
        return "crosses_cap" if form.cap == "marks" and vote.choices else "crosses"
    if form.kind == "dots":
        return "dots_cap" if vote.choices else "dots"
    return form.kind


def _choices(vote: Vote) -> dict[str, str]:
    capped = _form(vote).endswith("_cap")
    return {"choices": literal(vote.choices)} if capped else {}


def _result(at: SeenMeeting, seen: SeenVote) -> list[str]:
    """Say what was chosen, what is tied, and what lies just under."""
    language, chosen = at.language, seen.tally.chosen
    order = [one.theme for one in seen.order()]
    said = []
    if not seen.tally.voters or not order:
        return [text("convene.page.vote.nobody", language)]
    certain = [theme for theme in order if theme in chosen.certain]
    tied = [theme for theme in order if theme in chosen.tied]
    if certain:
        said.append(text("convene.page.vote.chosen", language, themes=at.titles(certain)))
    if tied:
        left = len(chosen.committees[0]) - len(chosen.certain)
        places = literal(plural("convene.page.places", left, language))
        said.append(text("convene.page.vote.tied", language, themes=at.titles(tied), places=places))
    return [*said, *_under(at, seen)]


def _under(at: SeenMeeting, seen: SeenVote) -> list[str]:
    """Say which theme lies just under the cut, and by how much."""
    under = seen.tally.just_under
    if not under:
        return []
    themes = at.titles(one.theme for one in under)
    cut = [one for one in seen.tally.standings if one.status != "below"]
    lowest = min(cut, key=lambda one: one.votes) if cut else None
    hidden = any(seen.hides(one.theme) for one in under)
    if lowest is None or hidden or seen.hides(lowest.theme):
        return [text("convene.page.vote.under_hidden", at.language, themes=themes)]
    one = under[0]
    unit = RULES[seen.tally.rule].unit
    form = "one" if one.margin is not None and abs(one.margin) == 1 else "other"
    gap = at.ref(seen.tally, seen.tally.panel, f"{one.theme}/margin", "gap")
    margin = text(f"convene.page.unit.{unit}.{form}", at.language, n=gap)
    return [text("convene.page.vote.under", at.language, themes=themes, margin=margin)]


def _picture(at: SeenMeeting, panel: Panel, seen: SeenVote) -> Block:
    import pandas as pd

    shown = [(one, seen.hides(one.theme)) for one in seen.order()]
    table = pd.DataFrame(
        {
            "theme": [at.title(one.theme) for one, _ in shown],
            "status": [one.status for one, _ in shown],
            "estimate": [None if away else one.share for one, away in shown],
            "conf_low": [None if away else one.low for one, away in shown],
            "conf_high": [None if away else one.high for one, away in shown],
            "n": [None if away else one.people for one, away in shown],
            "chance": [None if away else one.chance for one, away in shown],
        }
    )
    name = f"{seen.clearance.name}-placings"
    return picture(
        at.context,
        name,
        "placings",
        table,
        _caption(at, panel, seen, "figure"),
        seen.clearance,
        {"places": seen.tally.places},
        source=at.source(),
    )


def _caption(at: SeenMeeting, panel: Panel, seen: SeenVote, of: str) -> str:
    phase = next(one for one in at.meeting.phases if one.id == vote_of(at, seen).phase)
    return text(
        f"convene.page.vote.{of}_caption",
        at.language,
        panel=literal(at.quoted(at.panel(panel))),
        phase=literal(phase.title.in_(at.language)),
    )


def _table(at: SeenMeeting, panel: Panel, seen: SeenVote) -> Table:
    """Give every theme with its numbers, its side of the cut and how firmly it holds."""
    language, found = at.language, seen.tally
    unit = RULES[found.rule].unit
    firm = any(one.chance is not None for one in found.standings)
    columns = [
        Column("theme", text("convene.page.table.theme", language)),
        Column("people", text("convene.page.table.people", language), "integer"),
        Column("share", text("convene.page.table.share", language), "pct"),
    ]
    if unit != _PEOPLE:
        columns.append(Column("votes", text(f"convene.page.table.{unit}", language), "num1"))
    if firm:
        columns.append(Column("firmness", text("convene.page.table.chance", language)))
    rows: list[Row] = []
    status = ""
    for one in seen.order():
        if one.status != status:
            status = one.status
            rows.append(Row((text(f"convene.page.table.{status}", language),), "group"))
        rows.append(Row(tuple(_cells(at, seen, one, unit=unit, firm=firm))))
    return Table(
        f"{seen.clearance.name}-themes",
        _caption(at, panel, seen, "table"),
        tuple(columns),
        tuple(rows),
        at.cleared(f"{seen.clearance.name}-themes", seen.clearance),
        note=" ".join(_notes(at, panel, seen, firm=firm)),
        source=at.source(),
    )


def _cells(at: SeenMeeting, seen: SeenVote, one: Standing, *, unit: str, firm: bool) -> list[Cell]:
    away = seen.hides(one.theme)
    cells: list[Cell] = [literal(at.title(one.theme))]
    if away:
        cells += [HIDDEN] * (2 + (unit != _PEOPLE) + firm)
        return cells
    nan = float("nan")
    low, high = (nan if value is None else value for value in (one.low, one.high))
    cells += [one.people, None if one.share is None else estimate(one.share, low, high)]
    if unit != _PEOPLE:
        cells.append(float(one.votes))
    if firm and one.chance is not None:
        of_hundred = literal(round(100 * one.chance))
        words = firmness(one.chance, at.language)
        said = text("convene.page.table.firm", at.language, words=words, n=of_hundred)
        cells.append(said)
    elif firm:
        cells.append("")
    return cells


def _notes(at: SeenMeeting, panel: Panel, seen: SeenVote, *, firm: bool) -> list[str]:
    """Say what share and interval are of, and what "of 100" means or why it is not there."""
    language, said = at.language, []
    key = "all_members" if panel.all_members else "interval"
    said.append(text(f"convene.page.table.{key}_note", language))
    if firm:
        places = literal(seen.tally.places)
        said.append(text("convene.page.table.chance_note", language, places=places))
    elif not panel.all_members:
        said += [
            literal(text(f"warning.{notice.code}", language))
            for notice in seen.tally.notices
            if notice.code in {"convene_no_chance", "convene_one_group", "convene_too_costly"}
        ]
    said += [
        literal(text(f"warning.{notice.code}", language, n=int(str(notice.values["n"]))))
        for notice in seen.tally.notices
        if notice.code == "convene_few_groups"
    ]
    if RULES[seen.tally.rule].proportional:
        said.append(text("convene.page.table.proportional_note", language))
    return said


def _two_ways(at: SeenMeeting, panel: Panel, seen: SeenVote) -> list[Block]:
    """Set the top by votes beside the top that represents most people, and say who loses."""
    language, both = at.language, ways(seen.tally)
    if len(both) == 1 or not seen.tally.voters:
        return []
    order = [one.theme for one in seen.order()]
    rows = tuple(
        Row(
            (
                text(f"convene.page.two.{way}", language),
                _themes(at, order, chosen),
                HIDDEN if way in seen.without else chosen.without[1],
            )
        )
        for way, chosen in both.items()
    )
    name = f"{seen.clearance.name}-two-tops"
    table = Table(
        name,
        _caption(at, panel, seen, "two"),
        (
            Column("way", text("convene.page.two.way", language)),
            Column("themes", text("convene.page.two.themes", language)),
            Column("without", text("convene.page.two.without", language), "integer"),
        ),
        rows,
        at.cleared(name, seen.clearance),
        note=text("convene.page.two.note", language),
        source=at.source(),
    )
    return [Paragraph(_who_loses(at, order, both)), table]


def _themes(at: SeenMeeting, order: Sequence[str], chosen: Chosen) -> str:
    """Name the themes of a top, those that are tied after the others."""
    certain = [at.title(theme) for theme in order if theme in chosen.certain]
    tied = [at.title(theme) for theme in order if theme in chosen.tied]
    said = "; ".join(certain)
    if tied:
        left = len(chosen.committees[0]) - len(chosen.certain)
        among = text(
            "convene.page.two.among",
            at.language,
            n=literal(left),
            themes=literal("; ".join(tied)),
        )
        return "; ".join(part for part in (literal(said) if said else "", among) if part)
    return literal(said)


def _who_loses(at: SeenMeeting, order: Sequence[str], both: dict[str, Chosen]) -> str:
    """Say which themes are in one of the two tops only."""
    language = at.language
    votes, people = both["votes"], both["people"]
    gone = [theme for theme in order if theme in votes.certain and theme not in people.possible]
    new = [theme for theme in order if theme in people.certain and theme not in votes.possible]
    lead = text("convene.page.two.lead", language)
    if not gone and not new:
        key = "same" if not votes.tied and not people.tied else "same_but_ties"
        return f"{lead} {text(f'convene.page.two.{key}', language)}"
    said = [lead]
    for key, themes in (("only_votes", gone), ("only_people", new)):
        if themes:
            said.append(text(f"convene.page.two.{key}", language, themes=at.titles(themes)))
    return " ".join(said)


def _again(at: SeenMeeting, earlier: Sequence[SeenVote]) -> list[Block]:
    """Say what earlier votes on the same chose, where it was voted on again."""
    if not earlier:
        return []
    language = at.language
    said = []
    for place, seen in enumerate(earlier, start=1):
        chosen = [one.theme for one in seen.order() if one.status != "below"]
        names = at.titles(chosen) if chosen else literal("–")
        said.append(text("convene.page.vote.earlier", language, n=literal(place), themes=names))
    times = literal(len(earlier) + 1)
    return [Paragraph(text("convene.page.vote.again", language, n=times)), Bullets(tuple(said))]
