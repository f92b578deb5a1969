"""Where each theme of a vote stands: people, share, place, margin at the cut, who is left out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Literal

from vendepunkt.convene.firmness import Firmness, rounded
from vendepunkt.convene.intervals import wilson
from vendepunkt.convene.rules import RULES, Outcome, Profile, Rule

#: Chosen, tied for a place, or below the cut.
Status = Literal["chosen", "tied", "below"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How one theme did.

    Attributes
    ----------
    theme
        Its id.
    people
        How many people marked it.
    votes
        What the rule counts: crosses, dots, points or wins.
    share, low, high
        Share of those who voted (blank ballots too) who marked it, with its Wilson interval "had
        other people like these come"; None where all members took part.
    rank
        1 for most votes; tied themes have the same, and the next one counts them (1, 2, 2, 4).
    status
        Whether it is chosen, tied for the last places, or below.
    committees
        The share of the tied sets that it is in: 1 if chosen for certain.
    margin
        Votes between it and the nearest theme on the other side of the cut: above 0 for a chosen
        theme, below 0 for others, 0 for those tied at the cut. None for proportional rules and
        Schulze, where more votes need not win, and where every theme is chosen.
    chance
        In which share of such meetings it would be chosen, rounded to 0.05; None where not asked.
    chance_exact, bootstrap
        The same not rounded (0 to 1), and by drawing from the ballots as they are.
    """

    theme: str
    people: int
    votes: Fraction
    share: float | None
    low: float | None
    high: float | None
    rank: int
    status: Status
    committees: Fraction
    margin: Fraction | None
    chance: float | None
    chance_exact: float | None
    bootstrap: float | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The themes chosen in one way, and who is left without any of them.

    Attributes
    ----------
    rule
        Name of the rule.
    certain, tied
        Themes chosen for certain, and those tied for the last places.
    committees
        All tied sets (up to the rule's cap).
    capped
        Whether there are more.
    without
        How many people who marked something marked none of the chosen themes: fewest and most
        over the tied sets.
    """

    rule: str
    certain: tuple[str, ...]
    tied: tuple[str, ...]
    committees: tuple[tuple[str, ...], ...]
    capped: bool
    without: tuple[int, int]

    @classmethod
    def of(cls, rule: str, outcome: Outcome, profile: Profile) -> Chosen:
        """Count who is left out under each of the tied sets."""
        marked = profile.approvers()
        everybody = reduce(lambda a, b: a | b, marked.values(), 0).bit_count()
        left = [
            everybody - reduce(lambda a, b: a | b, (marked[t] for t in some), 0).bit_count()
            for some in outcome.committees
        ]
        return cls(
            rule=rule,
            certain=outcome.certain,
            tied=outcome.tied,
            committees=outcome.committees,
            capped=outcome.capped,
            without=(min(left), max(left)),
        )

    @property
    def possible(self) -> frozenset[str]:
        """Themes in one of the sets at least."""
        return frozenset((*self.certain, *self.tied))


def representative(profile: Profile, rule: Rule, places: int) -> Chosen | None:
    """Choose the themes that represent most people, from the same ballots.

    By the Method of Equal Shares on who marked what; None for rules whose ballots are ranks, where
    a mark is not a vote for a theme.
    """
    if rule.form.kind == "ranks":
        return None
    crosses = Profile.of(
        (
            {theme: Fraction(1) for theme, value in marks.items() if value > 0}
            for marks, count in profile.ballots
            for _ in range(count)
        ),
        profile.themes,
    )
    return Chosen.of("equal-shares", RULES["equal-shares"].winners(crosses, places), crosses)


def standings(
    profile: Profile,
    rule: Rule,
    outcome: Outcome,
    firm: Firmness | None,
    *,
    interval: bool,
    conf_level: float,
) -> tuple[Standing, ...]:
    """Give where every theme stands, most votes first, ties in the order of the ballot paper."""
    votes, people = rule.scores(profile), profile.people()
    margins = _margins(votes, outcome) if _by_votes(rule) else dict.fromkeys(votes)
    order = sorted(profile.themes, key=lambda theme: -votes[theme])
    return tuple(
        Standing(
            theme=theme,
            people=people[theme],
            votes=votes[theme],
            **_share(people[theme], profile.voters, conf_level, interval=interval),
            rank=1 + sum(other > votes[theme] for other in votes.values()),
            status=_status(theme, outcome),
            committees=_committees(theme, outcome),
            margin=margins[theme],
            chance=None if firm is None else rounded(firm.chance[theme]),
            chance_exact=None if firm is None else firm.chance[theme],
            bootstrap=None if firm is None else firm.bootstrap[theme],
        )
        for theme in order
    )


def just_under(found: Sequence[Standing]) -> tuple[Standing, ...]:
    """Give the themes nearest below the cut; none for rules under which more votes need not win."""
    below = [one for one in found if one.status == "below" and one.margin is not None]
    most = max((one.votes for one in below), default=Fraction(0))
    return tuple(one for one in below if one.votes == most)


def _by_votes(rule: Rule) -> bool:
    return not rule.proportional and rule.unit != "wins"


def _share(people: int, voters: int, level: float, *, interval: bool) -> Mapping[str, float | None]:
    if not voters:
        return {"share": None, "low": None, "high": None}
    share = people / voters
    if not interval:
        return {"share": share, "low": None, "high": None}
    low, high = wilson(people, voters, level)
    return {"share": share, "low": low, "high": high}


def _status(theme: str, outcome: Outcome) -> Status:
    if theme in outcome.certain:
        return "chosen"
    return "tied" if theme in outcome.tied else "below"


def _committees(theme: str, outcome: Outcome) -> Fraction:
    if theme in outcome.certain:
        return Fraction(1)
    if theme not in outcome.tied:
        return Fraction(0)
    if outcome.capped:
        return Fraction(outcome.undecided, len(outcome.tied))
    return Fraction(sum(theme in some for some in outcome.committees), len(outcome.committees))


def _margins(votes: Mapping[str, Fraction], outcome: Outcome) -> dict[str, Fraction | None]:
    inside = set(outcome.certain)
    if len(inside) == len(votes):
        return dict.fromkeys(votes)
    cut = min((votes[t] for t in (*outcome.certain, *outcome.tied)), default=Fraction(0))
    beyond = max(votes[theme] for theme in votes if theme not in inside)
    return {
        theme: count - beyond if theme in inside else count - cut for theme, count in votes.items()
    }


def whole(value: Fraction | None) -> int | str | None:
    """Write an exact number: an integer where it is one, else "p/q".

    Examples
    --------
    >>> whole(Fraction(6, 2)), whole(Fraction(7, 2))
    (3, '7/2')
    """
    if value is None:
        return None
    return int(value) if value.denominator == 1 else str(value)


def finite(value: float | None) -> float:
    """Give a number for a table: nan where there is none."""
    return math.nan if value is None else value
