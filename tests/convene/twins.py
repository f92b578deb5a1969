"""Slow, obvious counts of the voting rules: one voter at a time, every order of ties tried.

Nothing is shared with the package: ballots are lists of dictionaries, committees are frozensets,
and every branch is walked again however often it was walked before.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise, permutations

Ballots = list[dict[str, Fraction]]
Committees = set[frozenset[str]]


def sums(ballots: Ballots, themes: list[str]) -> dict[str, Fraction]:
    return {t: sum((Fraction(b.get(t, 0)) for b in ballots), Fraction(0)) for t in themes}


def crosses(ballots: Ballots, themes: list[str]) -> dict[str, Fraction]:
    return {t: Fraction(sum(1 for b in ballots if b.get(t, 0) > 0)) for t in themes}


def above(ballot: dict[str, Fraction], one: str, other: str) -> bool:
    """Whether a ballot of ranks has one theme above another."""
    if one not in ballot:
        return False
    return other not in ballot or ballot[one] < ballot[other]


def borda_points(ballots: Ballots, themes: list[str]) -> dict[str, Fraction]:
    points = dict.fromkeys(themes, Fraction(0))
    for ballot in ballots:
        if not ballot:
            continue
        for one in themes:
            for other in themes:
                if one == other:
                    continue
                if above(ballot, one, other):
                    points[one] += 1
                elif not above(ballot, other, one):
                    points[one] += Fraction(1, 2)
    return points


def top(scores: dict[str, Fraction], places: int) -> Committees:
    """Every set of which no member has less than somebody left out."""
    fill = min(places, len(scores))
    return {
        frozenset(some)
        for some in combinations(scores, fill)
        if all(scores[i] >= scores[o] for i in some for o in scores if o not in some)
    }


def schulze(ballots: Ballots, themes: list[str], places: int) -> Committees:
    wins = {
        (a, b): sum(above(x, a, b) for x in ballots)
        for a in themes
        for b in themes
        if a != b and sum(above(x, a, b) for x in ballots) > sum(above(x, b, a) for x in ballots)
    }

    def strength(a: str, b: str) -> int:
        between = [t for t in themes if t not in {a, b}]
        best = 0
        for length in range(len(between) + 1):
            for middle in permutations(between, length):
                path = [a, *middle, b]
                weakest = min(wins.get(step, 0) for step in pairwise(path))
                best = max(best, weakest)
        return best

    strengths = {(a, b): strength(a, b) for a in themes for b in themes if a != b}
    return {
        frozenset(some)
        for some in combinations(themes, min(places, len(themes)))
        if not any(strengths[o, i] > strengths[i, o] for i in some for o in themes if o not in some)
    }


def sequential_pav(ballots: Ballots, themes: list[str], places: int) -> Committees:
    def go_on(chosen: list[str]) -> Committees:
        if len(chosen) == min(places, len(themes)):
            return {frozenset(chosen)}
        value = {
            t: sum(
                (Fraction(1, 1 + sum(c in b for c in chosen)) for b in ballots if t in b),
                Fraction(0),
            )
            for t in themes
            if t not in chosen
        }
        best = max(value.values())
        return set().union(*(go_on([*chosen, t]) for t in value if value[t] == best))

    return go_on([])


def phragmen(ballots: Ballots, themes: list[str], places: int) -> Committees:
    return _phragmen_from(ballots, themes, places, [], [Fraction(0)] * len(ballots))


def _phragmen_from(
    ballots: Ballots, themes: list[str], places: int, chosen: list[str], loads: list[Fraction]
) -> Committees:
    left = [t for t in themes if t not in chosen]
    missing = min(places, len(themes)) - len(chosen)
    new_load = {}
    for t in left:
        who = [v for v, b in enumerate(ballots) if t in b]
        if who:
            new_load[t] = (1 + sum(loads[v] for v in who)) / Fraction(len(who))
    if not missing or not new_load:
        return {frozenset([*chosen, *rest]) for rest in combinations(left, missing)}
    found: Committees = set()
    for t, load in new_load.items():
        if load == min(new_load.values()):
            after = [load if t in b else loads[v] for v, b in enumerate(ballots)]
            found |= _phragmen_from(ballots, themes, places, [*chosen, t], after)
    return found


def equal_shares(ballots: Ballots, themes: list[str], places: int) -> Committees:
    ballots = [b for b in ballots if b]
    fill = min(places, len(themes))

    def lowest_price(t: str, money: list[Fraction]) -> Fraction | None:
        """Try every budget of a supporter as the point from which people pay in full."""
        purses = [money[v] for v, b in enumerate(ballots) if t in b]
        if sum(purses) < 1:
            return None
        for paying in range(1, len(purses) + 1):
            poor = sorted(purses)[: len(purses) - paying]
            price = (1 - sum(poor, Fraction(0))) / paying
            rich = sorted(purses)[len(purses) - paying :]
            if all(p <= price for p in poor) and all(p >= price for p in rich):
                return price
        return None

    def go_on(chosen: list[str], money: list[Fraction]) -> Committees:
        if len(chosen) == fill:
            return {frozenset(chosen)}
        prices = {
            t: price
            for t in themes
            if t not in chosen and (price := lowest_price(t, money)) is not None
        }
        if not prices:
            return _phragmen_from(ballots, themes, places, chosen, [-m for m in money])
        found: Committees = set()
        for t, price in prices.items():
            if price == min(prices.values()):
                after = [
                    money[v] - min(money[v], price) if t in b else money[v]
                    for v, b in enumerate(ballots)
                ]
                found |= go_on([*chosen, t], after)
        return found

    return go_on([], [Fraction(fill, len(ballots) or 1)] * len(ballots))


TWINS = {
    "choose-k": lambda b, t, k: top(crosses(b, t), k),
    "approval": lambda b, t, k: top(crosses(b, t), k),
    "dots": lambda b, t, k: top(sums(b, t), k),
    "score": lambda b, t, k: top(sums(b, t), k),
    "borda": lambda b, t, k: top(borda_points(b, t), k),
    "schulze": schulze,
    "sequential-pav": sequential_pav,
    "equal-shares": equal_shares,
    "phragmen": phragmen,
}
