"""What of a meeting may leave: counts with small splits hidden, words only where released."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, TypeAlias

from vendepunkt.convene.formats.protocol import FEWEST, Loss
from vendepunkt.convene.types import CHANNELS, Ballot, Meeting, Vote
from vendepunkt.language import statement

Rows: TypeAlias = list[Sequence[object]]

#: What stands in place of a number that is hidden.
HIDDEN: Final = f"<{FEWEST}"


def open_data(meeting: Meeting) -> tuple[tuple[tuple[str, Rows], ...], tuple[Loss, ...]]:
    """Give the tables of a meeting's open data, and what is left out of them.

    Returns
    -------
    tuple
        Name and rows of each table, the headings first; and one entry for each thing that was
        hidden or left out.
    """
    tables = (
        ("about", _about(meeting)),
        ("panels", _panels(meeting)),
        ("themes", _themes(meeting)),
        ("counts", _counts(meeting)),
        ("channels", _channels(meeting)),
        ("places", _places(meeting)),
        ("ideas", _ideas(meeting)),
    )
    return tables, _left_out(meeting)


def releasable(meeting: Meeting) -> tuple[str, ...]:
    """Give the ids of ideas whose words may leave: shown, not redacted, and released."""
    return tuple(
        idea.id
        for idea in meeting.ideas
        if idea.released and idea.state == "shown" and idea.text is not None
    )


def small(ballots: Sequence[Ballot]) -> bool:
    """Whether a split has so few voters that its numbers are hidden; nobody is not few."""
    return 0 < len(ballots) < FEWEST


def _about(meeting: Meeting) -> Rows:
    rows: Rows = [
        ("key", "value"),
        ("meeting", meeting.id),
        ("title_da", meeting.title.da),
        ("title_en", meeting.title.en),
        ("date", meeting.date or ""),
        ("language", meeting.language),
        ("invented", "yes" if meeting.invented else "no"),
        ("attribution", meeting.attribution),
        ("hidden", f"{HIDDEN}: numbers of fewer than {FEWEST} voters"),
        ("sample_da", statement("panel", "da")),
        ("sample_en", statement("panel", "en")),
    ]
    return rows


def _panels(meeting: Meeting) -> Rows:
    rows: Rows = [("panel", "title_da", "title_en", "present", "all_members")]
    for one in meeting.panels:
        here = "" if one.present is None else one.present
        everybody = "yes" if one.all_members else "no"
        rows.append((one.id, one.title.da, one.title.en, here, everybody))
    return rows


def _themes(meeting: Meeting) -> Rows:
    rows: Rows = [
        ("phase", "theme", "title_da", "title_en", "description_da", "description_en", "panel",
         "on_ballot", "ideas", "carried_by", "carried_why"),
    ]  # fmt: skip
    said = Counter(one.theme for one in meeting.placements if not one.undone)
    for one in meeting.themes:
        if one.gone:
            continue
        carried = (one.carried.by, one.carried.why) if one.carried else ("", "")
        rows.append(
            (
                one.phase,
                one.id,
                one.title.da,
                one.title.en,
                one.description.da,
                one.description.en,
                one.panel or "",
                "yes" if one.on_ballot else "no",
                said[one.id],
                *carried,
            )
        )
    return rows


def _counts(meeting: Meeting) -> Rows:
    rows: Rows = [
        ("vote", "phase", "rule", "places", "panel", "voters", "blank", "theme", "title", "people",
         "sum"),
    ]  # fmt: skip
    for vote in meeting.votes:
        for panel in meeting.panels:
            ballots = meeting.ballots_of(vote.id, panel.id)
            if ballots:
                rows += _counted(meeting, vote, panel.id, ballots)
    return rows


def _counted(meeting: Meeting, vote: Vote, panel: str, ballots: Sequence[Ballot]) -> Rows:
    hide = small(ballots)
    blank = sum(not one.marks for one in ballots)
    voters: tuple[object, object] = (HIDDEN, "") if hide else (len(ballots), blank)
    rows: Rows = []
    for theme in meeting.themes_of(vote.id, panel):
        values = [one.marks[theme.id] for one in ballots if one.marks.get(theme.id)]
        counts: tuple[object, object] = ("", "") if hide else (len(values), sum(values))
        title = theme.title.in_(meeting.language)
        first = (vote.id, vote.phase, vote.rule, vote.places, panel)
        rows.append((*first, *voters, theme.id, title, *counts))
    return rows


def _channels(meeting: Meeting) -> Rows:
    """Count ballots by channel; all channels of a vote are hidden where one is small.

    Their total is known, so that one hidden channel alone could be worked out.
    """
    rows: Rows = [("vote", "panel", "channel", "ballots")]
    for vote in meeting.votes:
        for panel in meeting.panels:
            ballots = meeting.ballots_of(vote.id, panel.id)
            by = {name: [one for one in ballots if one.channel == name] for name in CHANNELS}
            hide = any(small(each) for each in by.values())
            if ballots:
                rows += [
                    (vote.id, panel.id, name, "" if hide else len(each))
                    for name, each in by.items()
                ]
    return rows


def _places(meeting: Meeting) -> Rows:
    rows: Rows = [("vote", "panel", "place", "theme", "votes", "voters")]
    for one in meeting.placings:
        few = one.voters is not None and 0 < one.voters < FEWEST
        counts = ("", HIDDEN) if few else (_or(one.votes), _or(one.voters))
        rows.append((one.vote, one.panel, one.place or "just below", one.theme, *counts))
    return rows


def _or(value: int | None) -> object:
    return "" if value is None else value


def _ideas(meeting: Meeting) -> Rows:
    rows: Rows = [("panel", "question", "phase", "kind", "theme", "text")]
    questions = {one.id: one for one in meeting.questions}
    theme_of = {one.idea: one.theme for one in meeting.placements if not one.undone}
    titles = {one.id: one.title.in_(meeting.language) for one in meeting.themes}
    free = set(releasable(meeting))
    for one in meeting.ideas:
        if one.id in free:
            asked = questions.get(one.question)
            phase, kind = (asked.phase, asked.kind) if asked else ("", "")
            theme = titles.get(theme_of.get(one.id, ""), "")
            rows.append((one.panel, one.question, phase, kind, theme, one.text))
    # In the order of the words: the order they were sent in could say who sent them.
    return [rows[0], *sorted(rows[1:], key=lambda row: tuple(str(cell) for cell in row))]


def _left_out(meeting: Meeting) -> tuple[Loss, ...]:
    few = [
        (vote.id, panel.id)
        for vote in meeting.votes
        for panel in meeting.panels
        if small(meeting.ballots_of(vote.id, panel.id))
    ]
    kept_back = len(meeting.ideas) - len(releasable(meeting))
    told: dict[str, tuple[object, dict[str, str | int]]] = {
        "small_votes": (few, {"n": len(few), "fewest": FEWEST}),
        "unreleased": (kept_back, {"n": kept_back}),
        "single_ballots": (meeting.ballots, {}),
        "notes": (meeting.notes, {}),
        "groups_left_out": (meeting.groups, {}),
        "who_placed": (meeting.placements, {}),
        "mapping": (meeting.mapping, {}),
    }
    return tuple(Loss(code, values) for code, (true, values) in told.items() if true)
