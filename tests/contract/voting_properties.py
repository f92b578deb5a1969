"""What each promise of a voting rule means, as a check that finds where it is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, combinations

from vendepunkt.convene.rules import Profile, Rule

Ballot = dict[str, Fraction]


@dataclass(frozen=True)
class Case:
    """Ballots of one vote; those from `cut` on are a second panel's where one is asked for."""

    themes: tuple[str, ...]
    ballots: tuple[Ballot, ...]
    places: int
    cut: int = 0


def chosen(rule: Rule, case: Case, **changes) -> set[frozenset[str]]:
    themes = changes.get("themes", case.themes)
    profile = Profile.of(changes.get("ballots", case.ballots), themes)
    outcome = rule.winners(profile, changes.get("places", case.places), cap=100_000)
    assert not outcome.capped
    return {frozenset(committee) for committee in outcome.committees}


def value(rule: Rule, ballot: Ballot, theme: str) -> Fraction | float:
    """How well a ballot likes a theme; what it leaves out is liked least."""
    if rule.form.kind == "ranks":
        return -ballot[theme] if theme in ballot else float("-inf")
    return ballot.get(theme, Fraction(0))


def marked(case: Case) -> list[Ballot]:
    return [ballot for ballot in case.ballots if ballot]


def beats(rule: Rule, case: Case, one: str, other: str) -> bool:
    pairs = [(value(rule, b, one), value(rule, b, other)) for b in marked(case)]
    return sum(a > b for a, b in pairs) > sum(a < b for a, b in pairs)


def anonymity(rule: Rule, case: Case) -> bool:
    return chosen(rule, case) == chosen(rule, case, ballots=case.ballots[::-1])


def neutrality(rule: Rule, case: Case) -> bool:
    new = dict(zip(case.themes, case.themes[1:] + case.themes[:1], strict=True))
    renamed = [{new[t]: v for t, v in ballot.items()} for ballot in case.ballots]
    same = {frozenset(new[t] for t in committee) for committee in chosen(rule, case)}
    return same == chosen(rule, case, ballots=renamed, themes=case.themes[::-1])


def blank_ballots(rule: Rule, case: Case) -> bool:
    return chosen(rule, case) == chosen(rule, case, ballots=[*case.ballots, {}, {}])


def unanimity(rule: Rule, case: Case) -> bool:
    for ballot in marked(case):
        liked = {t: value(rule, ballot, t) for t in case.themes}
        best = {
            frozenset(some)
            for some in combinations(case.themes, min(case.places, len(case.themes)))
            if all(liked[i] >= liked[o] for i in some for o in case.themes if o not in some)
        }
        if chosen(rule, case, ballots=[ballot] * len(case.ballots)) != best:
            return False
    return True


def raised(rule: Rule, ballot: Ballot, theme: str) -> Iterator[Ballot]:
    """The ballot with one theme marked more strongly, and everything else as it was."""
    kind = rule.form.kind
    if kind == "crosses":
        yield {**ballot, theme: Fraction(1)}
    elif kind in {"dots", "scores"}:
        yield {**ballot, theme: ballot.get(theme, Fraction(0)) + 1}
    else:
        ranks = list(ballot.values())
        yield {**ballot, theme: min(ranks, default=Fraction(1)) - 1}
        rank = ballot.get(theme, max(ranks, default=Fraction(0)) + 1)
        yield {**ballot, theme: rank - Fraction(1, 2)}


def monotonicity(rule: Rule, case: Case) -> bool:
    for theme in frozenset().union(*chosen(rule, case)):
        for i, ballot in enumerate(case.ballots):
            for more in raised(rule, ballot, theme):
                ballots = [*case.ballots[:i], more, *case.ballots[i + 1 :]]
                if not any(theme in some for some in chosen(rule, case, ballots=ballots)):
                    return False
    return True


def house_monotonicity(rule: Rule, case: Case) -> bool:
    few, more = chosen(rule, case), chosen(rule, case, places=case.places + 1)
    return all(any(a <= b for b in more) for a in few) and all(
        any(a <= b for a in few) for b in more
    )


def reinforcement(rule: Rule, case: Case) -> bool:
    both = chosen(rule, case, ballots=case.ballots[: case.cut]) & chosen(
        rule, case, ballots=case.ballots[case.cut :]
    )
    return not both or chosen(rule, case) == both


def majority(rule: Rule, case: Case) -> bool:
    for theme in case.themes:
        others = [t for t in case.themes if t != theme]
        first = sum(
            all(value(rule, b, theme) > value(rule, b, t) for t in others) for b in marked(case)
        )
        if 2 * first > len(marked(case)) and chosen(rule, case, places=1) != {frozenset([theme])}:
            return False
    return True


def condorcet_winner(rule: Rule, case: Case) -> bool:
    return all(
        chosen(rule, case, places=1) == {frozenset([theme])}
        for theme in case.themes
        if all(beats(rule, case, theme, t) for t in case.themes if t != theme)
    )


def condorcet_loser(rule: Rule, case: Case) -> bool:
    return len(case.themes) == 1 or not any(
        frozenset([theme]) in chosen(rule, case, places=1)
        for theme in case.themes
        if all(beats(rule, case, t, theme) for t in case.themes if t != theme)
    )


def smith(rule: Rule, case: Case) -> bool:
    for size in range(1, len(case.themes) + 1):
        for some in combinations(case.themes, size):
            outside = [t for t in case.themes if t not in some]
            if all(beats(rule, case, a, b) for a in some for b in outside):
                return all(committee <= set(some) for committee in chosen(rule, case, places=1))
    raise AssertionError("all themes together beat nobody outside")


def groups(case: Case) -> Iterator[tuple[int, list[frozenset[str]]]]:
    """Every group of voters with the number of places its size is worth."""
    voters = [frozenset(t for t, v in b.items() if v > 0) for b in marked(case)]
    sizes = (combinations(voters, size) for size in range(1, len(voters) + 1))
    for group in chain.from_iterable(sizes):
        yield len(group) * case.places // len(voters), list(group)


def justified(rule: Rule, case: Case, enough: Callable[[frozenset, list, int], bool], most: int):
    committees = chosen(rule, case)
    for worth, group in groups(case):
        agreed = len(frozenset.intersection(*group))
        for deserved in range(1, min(worth, agreed, most) + 1):
            if not all(enough(committee, group, deserved) for committee in committees):
                return False
    return True


def one_of_them_has(committee: frozenset, group: list[frozenset], deserved: int) -> bool:
    return any(len(committee & voter) >= deserved for voter in group)


def they_have_together(committee: frozenset, group: list[frozenset], deserved: int) -> bool:
    return len(committee & frozenset.union(*group)) >= deserved


def justified_representation(rule: Rule, case: Case) -> bool:
    return justified(rule, case, one_of_them_has, most=1)


def justified_representation_5(rule: Rule, case: Case) -> bool:
    return case.places > 5 or justified_representation(rule, case)


def proportional_justified_representation(rule: Rule, case: Case) -> bool:
    return justified(rule, case, they_have_together, most=case.places)


def extended_justified_representation(rule: Rule, case: Case) -> bool:
    return justified(rule, case, one_of_them_has, most=case.places)


#: Name of the promise → the check.
CHECKS: dict[str, Callable[[Rule, Case], bool]] = {
    check.__name__.replace("_", "-"): check
    for check in (
        anonymity,
        neutrality,
        blank_ballots,
        unanimity,
        monotonicity,
        house_monotonicity,
        reinforcement,
        majority,
        condorcet_winner,
        condorcet_loser,
        smith,
        justified_representation_5,
        justified_representation,
        proportional_justified_representation,
        extended_justified_representation,
    )
}
