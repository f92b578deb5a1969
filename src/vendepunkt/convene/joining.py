"""Meetings of several files put side by side, so that their panels can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from vendepunkt.convene.types import Meeting, Panel, SameTheme, Theme, Words
from vendepunkt.terms import UsageError


def joined(meetings: Sequence[Meeting], names: Sequence[str]) -> Meeting:
    """Put meetings into one, whose panels are the panels of all.

    Themes of the same id are taken to be the same; where some of several meetings have it and
    others do not, the mapping of the result says so. Votes of the same id are one; where every
    meeting has a single vote, these are taken to be one vote in one life phase. The words of ideas
    and notes are left behind: only votes are compared.

    Parameters
    ----------
    meetings
        At least one.
    names
        What each is called, such as the name of its file; panels are called so where their own
        names would not tell them apart.

    Raises
    ------
    UsageError
        ``one_panel`` if there is but one panel.

    Examples
    --------
    >>> from vendepunkt.convene import Ballot, LifePhase, Vote
    >>> spring = Meeting(
    ...     "m", Words(en="Spring"), phases=(LifePhase("p", Words(en="Youth")),),
    ...     panels=(Panel("panel", Words(en="The panel")),), votes=(Vote("v", "p"),),
    ...     themes=(Theme("home", "p", Words(en="Home")),),
    ...     ballots=(Ballot("v", "panel", {"home": 1}),),
    ... )
    >>> [panel.id for panel in joined([spring, spring], ["users", "councils"]).panels]
    ['users', 'councils']
    """
    if sum(len(one.panels) for one in meetings) < 2:
        raise UsageError(
            "one_panel",
            "There is one panel only.",
            try_="a second file, or a meeting of two panels",
        )
    if len(meetings) == 1:
        return meetings[0]
    clear = _distinct(meetings, names)
    single = all(len(one.votes) == 1 for one in meetings)
    parts = [
        _as_part(_one_vote(one, meetings[0]) if single else one, panels)
        for one, panels in zip(meetings, clear, strict=True)
    ]
    often = Counter(theme.id for one in parts for theme in one.themes)
    some = {theme for theme, times in often.items() if 1 < times < len(parts)}
    parts = [_apart(one, some) for one in parts]
    first = parts[0]
    return replace(
        first,
        title=Words(),
        invented=any(one.invented for one in parts),
        attribution="\n".join(dict.fromkeys(one.attribution for one in parts if one.attribution)),
        panels=tuple(panel for one in parts for panel in one.panels),
        phases=tuple({phase.id: phase for one in parts for phase in one.phases}.values()),
        themes=_themes(parts),
        votes=tuple({vote.id: vote for one in reversed(parts) for vote in one.votes}.values()),
        ballots=tuple(ballot for one in parts for ballot in one.ballots),
        placings=tuple(row for one in parts for row in one.placings),
        mapping=tuple(row for one in parts for row in one.mapping),
        groups=(),
        questions=(),
        notes=(),
        ideas=(),
        placements=(),
    )


def _distinct(meetings: Sequence[Meeting], names: Sequence[str]) -> list[dict[str, Panel]]:
    """Give each meeting's panels under ids that tell all panels apart."""
    often = Counter(panel.id for one in meetings for panel in one.panels)
    out: list[dict[str, Panel]] = []
    used: set[str] = set()
    for one, name in zip(meetings, names, strict=True):
        own: dict[str, Panel] = {}
        for panel in one.panels:
            clear = panel
            if often[panel.id] > 1:
                id_ = name if len(one.panels) == 1 else f"{name}-{panel.id}"
                while id_ in used:
                    id_ = f"{id_}-2"
                title = Words(id_, id_) if len(one.panels) == 1 else panel.title
                clear = replace(panel, id=id_, title=title)
            used.add(clear.id)
            own[panel.id] = clear
        out.append(own)
    return out


def _one_vote(meeting: Meeting, first: Meeting) -> Meeting:
    """Put the only vote of a meeting under the name and life phase of the first one's."""
    old, vote = meeting.votes[0], first.votes[0]
    phase = next(one for one in first.phases if one.id == vote.phase)
    return replace(
        meeting,
        phases=(phase,),
        votes=(replace(old, id=vote.id, phase=vote.phase),),
        themes=tuple(replace(theme, phase=vote.phase) for theme in meeting.themes),
        ballots=tuple(replace(ballot, vote=vote.id) for ballot in meeting.ballots),
        placings=tuple(replace(row, vote=vote.id) for row in meeting.placings),
    )


def _as_part(meeting: Meeting, panels: dict[str, Panel]) -> Meeting:
    def theme_of(theme: Theme) -> Theme:
        own = theme.panel
        if own is None and len(panels) == 1:
            own = next(iter(panels))
        return theme if own is None else replace(theme, panel=panels[own].id)

    return replace(
        meeting,
        panels=tuple(panels.values()),
        themes=tuple(theme_of(theme) for theme in meeting.themes),
        ballots=tuple(replace(b, panel=panels[b.panel].id) for b in meeting.ballots),
        placings=tuple(replace(row, panel=panels[row.panel].id) for row in meeting.placings),
    )


def _apart(meeting: Meeting, some: set[str]) -> Meeting:
    """Give the themes that some meetings have and others have not an id of their own."""
    panel = meeting.panels[0].id
    own = {theme.id: f"{theme.id}@{panel}" for theme in meeting.themes if theme.id in some}
    same = tuple(SameTheme(new, old, "the same id", "") for old, new in own.items())
    return replace(
        meeting,
        themes=tuple(replace(t, id=own.get(t.id, t.id)) for t in meeting.themes),
        ballots=tuple(
            replace(b, marks={own.get(t, t): value for t, value in b.marks.items()})
            for b in meeting.ballots
        ),
        placings=tuple(replace(r, theme=own.get(r.theme, r.theme)) for r in meeting.placings),
        mapping=(*(replace(r, theme=own.get(r.theme, r.theme)) for r in meeting.mapping), *same),
    )


def _themes(parts: Sequence[Meeting]) -> tuple[Theme, ...]:
    """Give every theme once; one that stands in several meetings is common to all panels."""
    found: dict[str, Theme] = {}
    for theme in (theme for one in parts for theme in one.themes):
        before = found.get(theme.id)
        found[theme.id] = theme if before is None else replace(before, panel=None)
    return tuple(found.values())
