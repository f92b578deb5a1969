"""One panel's side of a comparison: what it chose, under the names both panels share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from vendepunkt.convene.rules import RULES, Outcome, Profile, Rule
from vendepunkt.convene.types import Meeting, Panel, Placing, SameTheme, Theme, Vote, Words


@dataclass(frozen=True, slots=True)
class Side:
    """What a panel chose in one vote.

    Attributes
    ----------
    vote, phase, panel
        Ids of the vote, its life phase and the panel.
    all_members
        Whether all members took part.
    voters
        How many voted; None where only places are published.
    people
        Name → how many marked it; empty where only places are published.
    scores
        Name → votes, or for published places minus the place: the highest is first.
    top
        Names that are chosen, all that are tied at the cut included.
    names
        Theme id → the name it is compared under.
    places_only
        Whether only places are known, so that nothing but orders can be compared.
    """

    vote: str
    phase: str
    panel: str
    all_members: bool
    voters: int | None
    people: Mapping[str, int]
    scores: Mapping[str, Fraction]
    top: frozenset[str]
    names: Mapping[str, str]
    places_only: bool


def names_of(themes: Sequence[Theme], mapping: Sequence[SameTheme]) -> dict[str, str]:
    """Give the name each theme is compared under: by the mapping, else its own id."""
    mapped = {row.theme: row.common for row in mapping}
    return {theme.id: mapped.get(theme.id, theme.id) for theme in themes}


def titles_of(meeting: Meeting, mapping: Sequence[SameTheme]) -> dict[str, Words]:
    """Give the title of each name: of the theme, or the words of the mapping."""
    titles = {theme.id: theme.title for theme in meeting.themes}
    return titles | {row.common: Words(da=row.common, en=row.common) for row in mapping}


def sides_of(
    meeting: Meeting, mapping: Sequence[SameTheme], *, rule: str | None, places: int | None
) -> Iterator[Side]:
    """Give every panel's side of every vote that it has ballots or published places in."""
    for vote in meeting.votes:
        for panel in meeting.panels:
            themes = meeting.themes_of(vote.id, panel.id)
            ballots = meeting.ballots_of(vote.id, panel.id)
            placed = [p for p in meeting.placings if (p.vote, p.panel) == (vote.id, panel.id)]
            names = names_of(themes, mapping)
            fill = places or vote.places
            if ballots:
                profile = Profile.of((one.marks for one in ballots), tuple(names))
                yield _by_ballots(vote, panel, profile, names, RULES[rule or vote.rule], fill)
            elif placed:
                yield _by_places(vote, panel, placed, names, fill)


def _by_ballots(
    vote: Vote, panel: Panel, profile: Profile, names: Mapping[str, str], rule: Rule, places: int
) -> Side:
    outcome = rule.winners(profile, places)
    people = _people(profile, names)
    return Side(
        vote=vote.id,
        phase=vote.phase,
        panel=panel.id,
        all_members=panel.all_members,
        voters=profile.voters,
        people=people,
        scores=_scores(profile, names, rule, people),
        top=_top(outcome, names),
        names=names,
        places_only=False,
    )


def _people(profile: Profile, names: Mapping[str, str]) -> dict[str, int]:
    """Count people by name: who marked two themes of one name is counted once."""
    marked = profile.approvers()
    together: dict[str, int] = {}
    for theme, who in marked.items():
        together[names[theme]] = together.get(names[theme], 0) | who
    return {name: who.bit_count() for name, who in together.items()}


def _scores(
    profile: Profile, names: Mapping[str, str], rule: Rule, people: Mapping[str, int]
) -> dict[str, Fraction]:
    """Give what a name is ranked by: where several themes share it, people or the best theme."""
    votes: dict[str, list[Fraction]] = {}
    for theme, score in rule.scores(profile).items():
        votes.setdefault(names[theme], []).append(score)
    crosses = rule.form.kind == "crosses"
    sums = rule.form.kind == "dots"
    return {
        name: Fraction(people[name]) if crosses else sum(each, Fraction(0)) if sums else max(each)
        for name, each in votes.items()
    }


def _top(outcome: Outcome, names: Mapping[str, str]) -> frozenset[str]:
    return frozenset(names[theme] for theme in (*outcome.certain, *outcome.tied))


def _by_places(
    vote: Vote, panel: Panel, placed: Sequence[Placing], names: Mapping[str, str], places: int
) -> Side:
    """Read published places; with votes and voters published too, shares can be compared."""
    known = [row for row in placed if row.theme in names]
    last = max((row.place for row in known), default=0) + 1
    rank: dict[str, int] = {}
    for row in known:
        name, place = names[row.theme], row.place or last
        rank[name] = min(rank.get(name, place), place)
    voters = {row.voters for row in known}
    counted = (
        RULES[vote.rule].form.kind == "crosses"
        and None not in voters
        and len(voters) == 1
        and all(row.votes is not None for row in known)
        and len({names[row.theme] for row in known}) == len(known)
    )
    return Side(
        vote=vote.id,
        phase=vote.phase,
        panel=panel.id,
        all_members=panel.all_members,
        voters=next(iter(voters)) if counted else None,
        people={names[row.theme]: row.votes or 0 for row in known} if counted else {},
        scores={name: Fraction(-place) for name, place in rank.items()},
        top=frozenset(name for name, place in rank.items() if place <= places and place < last),
        names=names,
        places_only=not counted,
    )
