"""Two panels side by side: differences of shares, orders alike or opposite, overlap of the tops."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from vendepunkt.convene.intervals import newcombe, wilson
from vendepunkt.convene.rankings import TopOverlap, ranked, rbo, tau_b, top_overlap
from vendepunkt.convene.sides import Side

#: Where a theme is among the chosen: in both panels, in one, or in none.
Verdict = Literal["both", "first", "second", "neither"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One theme in two panels.

    Attributes
    ----------
    theme
        The name it is compared under.
    first, second
        Share of those who voted in each panel who marked it; None where only places are known.
    difference, low, high
        First less second, with Newcombe's interval; None where it cannot be said, the interval
        also where all members of both panels took part.
    p_value, p_adjusted
        Fisher's exact test and the same adjusted for all themes of the pair; None unless the
        panels are random draws.
    rank_first, rank_second
        Place among the themes that both have, 1 for most votes, ties alike; None for a theme that
        is not among the published places.
    verdict
        Whether it is among the chosen of both, one, or neither.
    """

    theme: str
    first: float | None
    second: float | None
    difference: float | None
    low: float | None
    high: float | None
    p_value: float | None
    p_adjusted: float | None
    rank_first: int | None
    rank_second: int | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Pair:
    """Two panels in one vote, or in two votes of one life phase.

    Attributes
    ----------
    vote
        Id of the vote; two ids with a plus sign where the panels voted apart.
    first, second
        Ids of the panels.
    differences
        Every theme that both have, the largest difference first.
    alone_first, alone_second
        Theme ids that the other panel has no counterpart for: listed, never dropped silently.
    rbo, tau_b
        Agreement of the orders; tau-b is None where a panel ties all themes.
    overlap
        How many themes are chosen in both, against chance.
    opposite
        Pairs of themes, one at least chosen somewhere, that the panels put in opposite order: the
        first panel puts the first of them higher.
    places_only
        Whether one panel has published places only.
    """

    vote: str
    first: str
    second: str
    differences: tuple[Difference, ...]
    alone_first: tuple[str, ...]
    alone_second: tuple[str, ...]
    rbo: float
    tau_b: float | None
    overlap: TopOverlap
    opposite: tuple[tuple[str, str], ...]
    places_only: bool


def paired(
    first: Side, second: Side, *, p: float, random_draws: bool, conf_level: float
) -> Pair | None:
    """Compare two sides; None where they share no theme.

    Parameters
    ----------
    first, second
        The sides.
    p
        Persistence of rank-biased overlap.
    random_draws
        Whether both panels are random draws, so that a test means something.
    conf_level
        Level of the intervals.
    """
    theirs = set(second.names.values())
    common = [name for name in dict.fromkeys(first.names.values()) if name in theirs]
    one, other = _only(first, common), _only(second, common)
    if not (one and other):
        return None
    tau = tau_b(one, other)
    rows = [_difference(name, first, second, common, conf_level) for name in common]
    if random_draws:
        rows = _tested(rows, first, second)
    rows.sort(key=lambda row: -abs(row.difference or 0.0))
    vote = first.vote if first.vote == second.vote else f"{first.vote}+{second.vote}"
    shared = set(common)
    return Pair(
        vote=vote,
        first=first.panel,
        second=second.panel,
        differences=tuple(rows),
        alone_first=_alone(first, second),
        alone_second=_alone(second, first),
        rbo=rbo(ranked(one), ranked(other), p=p),
        tau_b=None if math.isnan(tau) else tau,
        overlap=top_overlap(set(first.top) & shared, set(second.top) & shared, len(common)),
        opposite=_opposite(first, second, common),
        places_only=first.places_only or second.places_only,
    )


def _only(side: Side, names: Sequence[str]) -> dict[str, float]:
    return {name: float(side.scores[name]) for name in names if name in side.scores}


def _rank(side: Side, name: str, common: Sequence[str]) -> int | None:
    known = _only(side, common)
    return 1 + sum(score > known[name] for score in known.values()) if name in known else None


def _difference(
    name: str, first: Side, second: Side, common: Sequence[str], level: float
) -> Difference:
    one, other = _share(first, name, level), _share(second, name, level)
    known = one is not None and other is not None
    fixed = first.all_members and second.all_members
    low, high = newcombe(one, other) if one and other and not fixed else (None, None)
    return Difference(
        theme=name,
        first=None if one is None else one[0],
        second=None if other is None else other[0],
        difference=one[0] - other[0] if known and one and other else None,
        low=low,
        high=high,
        p_value=None,
        p_adjusted=None,
        rank_first=_rank(first, name, common),
        rank_second=_rank(second, name, common),
        verdict=_verdict(name, first, second),
    )


def _share(side: Side, name: str, level: float) -> tuple[float, float, float] | None:
    if not side.voters or name not in side.people:
        return None
    share = side.people[name] / side.voters
    if side.all_members:
        return share, share, share
    return (share, *wilson(side.people[name], side.voters, level))


def _verdict(name: str, first: Side, second: Side) -> Verdict:
    if name in first.top:
        return "both" if name in second.top else "first"
    return "second" if name in second.top else "neither"


def _tested(rows: list[Difference], first: Side, second: Side) -> list[Difference]:
    """Add Fisher's exact test, adjusted for all themes (Benjamini and Hochberg)."""
    import numpy as np
    from scipy import stats

    if not (first.voters and second.voters):
        return rows
    values = [
        float(
            stats.fisher_exact(
                np.array(
                    [
                        [first.people[row.theme], first.voters - first.people[row.theme]],
                        [second.people[row.theme], second.voters - second.people[row.theme]],
                    ]
                )
            ).pvalue
        )
        for row in rows
    ]
    adjusted = stats.false_discovery_control(values)
    return [
        replace(row, p_value=p, p_adjusted=float(q))
        for row, p, q in zip(rows, values, adjusted, strict=True)
    ]


def _alone(side: Side, other: Side) -> tuple[str, ...]:
    theirs = set(other.names.values())
    return tuple(theme for theme, name in side.names.items() if name not in theirs)


def _opposite(first: Side, second: Side, common: Sequence[str]) -> tuple[tuple[str, str], ...]:
    chosen = first.top | second.top
    found = []
    placed = [name for name in common if name in first.scores and name in second.scores]
    for one, other in combinations(placed, 2):
        here = first.scores[one] - first.scores[other]
        there = second.scores[one] - second.scores[other]
        if here * there < 0 and {one, other} & chosen:
            found.append((one, other) if here > 0 else (other, one))
    return tuple(found)
