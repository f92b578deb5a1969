"""Group-informed consensus: what every group or panel goes along with, the small ones too."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple, TypeVar

from vendepunkt.convene.rules import RULES
from vendepunkt.convene.types import Meeting
from vendepunkt.terms import UsageError

G = TypeVar("G", bound=Hashable)


class Said(NamedTuple):
    """What a group said of one statement or theme.

    Attributes
    ----------
    agrees
        How many agree, or chose the theme.
    seen
        How many said anything of it: agree, disagree or pass; on a ballot, everybody who voted.
    """

    agrees: int
    seen: int


def consensus(groups: Iterable[Said]) -> Fraction:
    """How far does every group go along? The product over groups of (agrees + 1)/(seen + 2).

    Parameters
    ----------
    groups
        One entry per group or panel; the product of none is 1.

    Returns
    -------
    Fraction
        Exact, above 0 and under 1. A group that has seen nothing counts 1/2. Only to be compared
        between statements over the same groups: more groups give smaller products.

    Raises
    ------
    UsageError
        ``bad_counts`` if more agree than have seen, or a count is below 0.

    References
    ----------
    .. [1] Small, C., Bjorkegren, M., Erkkilä, T., Shaw, L. & Megill, C. (2021). Polis: scaling
       deliberation by mapping high dimensional opinion spaces. *Recerca*, 26(2).
       doi:10.6035/recerca.5516

    Examples
    --------
    >>> consensus([Said(3, 3), Said(9, 18), Said(0, 3)])
    Fraction(2, 25)
    """
    product = Fraction(1)
    for agrees, seen in groups:
        if not 0 <= agrees <= seen:
            raise UsageError("bad_counts", f"{agrees} of {seen} agree.", allowed="0 to all seen")
        product *= Fraction(agrees + 1, seen + 2)
    return product


def consensus_by_statement(
    votes: Iterable[tuple[G | None, Mapping[str, int | None]]], statements: Iterable[str]
) -> dict[str, Fraction]:
    """Give the consensus of each statement over given groups, from every person's votes.

    Parameters
    ----------
    votes
        One entry per person: the group, None for a person of none (does not count), and
        statement → 1 agree, 0 pass, -1 disagree, None or absent where it was not seen.
    statements
        The statements to give, in this order.

    Returns
    -------
    dict
        Statement → consensus over all groups that a person stands in.

    Examples
    --------
    >>> people = [("a", {"s": 1}), ("a", {"s": -1}), ("b", {"s": 1}), (None, {"s": -1})]
    >>> consensus_by_statement(people, ["s"])
    {'s': Fraction(1, 3)}
    """
    people: dict[G, list[Mapping[str, int | None]]] = {}
    for group, said in votes:
        if group is not None:
            people.setdefault(group, []).append(said)
    return {
        statement: consensus(_said(members, statement) for members in people.values())
        for statement in statements
    }


def _said(members: Iterable[Mapping[str, int | None]], statement: str) -> Said:
    values = [value for one in members if (value := one.get(statement)) is not None]
    return Said(sum(value == 1 for value in values), len(values))


def consensus_of_groups(meeting: Meeting, vote: str, panel: str) -> dict[str, Fraction]:
    """Give the consensus of each theme of a vote over the groups that its ballots are of.

    On a ballot of crosses everybody has seen every theme. Where values are given, a theme without
    one was not seen by that person, and a value above 0 agrees.

    Parameters
    ----------
    meeting
        The meeting.
    vote, panel
        Ids of the vote and of the panel.

    Returns
    -------
    dict
        Theme → consensus; empty where no ballot is of a group. Groups may be small: for inside
        only.
    """
    rule = next(one.rule for one in meeting.votes if one.id == vote)
    themes = [theme.id for theme in meeting.themes_of(vote, panel)]
    unmarked = 0 if RULES[rule].form.kind == "crosses" else None
    votes = [
        (
            ballot.group,
            {
                theme: int(ballot.marks[theme] > 0) if theme in ballot.marks else unmarked
                for theme in themes
            },
        )
        for ballot in meeting.ballots_of(vote, panel)
    ]
    if not any(group for group, _ in votes):
        return {}
    return consensus_by_statement(votes, themes)
