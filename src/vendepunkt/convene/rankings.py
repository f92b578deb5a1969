"""How alike two rankings with ties are: rank-biased overlap, Kendall's tau-b, overlap of the tops.

A ranking is a sequence of groups, the best first; the items of a group are tied.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Final, Literal, NamedTuple, TypeAlias

from vendepunkt.terms import UsageError, choose

Ranking: TypeAlias = Sequence[Sequence[str]]
Ties: TypeAlias = Literal["w", "a", "b"]

#: How likely a reader goes on to the next place: the first five places carry 86 % of the weight.
PERSISTENCE: Final = 0.8


def ranked(scores: Mapping[str, Fraction | float]) -> tuple[tuple[str, ...], ...]:
    """Put items into groups of equal score, the highest first.

    Examples
    --------
    >>> ranked({"home": 9, "school": 7, "work": 9})
    (('home', 'work'), ('school',))
    """
    groups: dict[Fraction | float, list[str]] = {}
    for item, score in scores.items():
        groups.setdefault(score, []).append(item)
    return tuple(tuple(groups[score]) for score in sorted(groups, reverse=True))


def rbo(first: Ranking, second: Ranking, *, p: float = PERSISTENCE, ties: Ties = "b") -> float:
    """How alike are two rankings, when the top counts most? Extrapolated rank-biased overlap.

    Parameters
    ----------
    first, second
        Rankings as groups of tied items, the best first; they may differ in length and in items.
        What stands below the last known place is taken to agree as much as what is known.
    p
        How likely a reader goes on from one place to the next, above 0 and under 1. Webber and
        others write of 0.9 for lists of hundreds; ballots have about ten themes, and with 0.8 the
        first three places carry 73 % of the weight (see :func:`weight_of_top`).
    ties
        What a tie means. ``"b"``: nobody knows who of the tied stands first, and what is lost by
        that is made up for, as in Kendall's tau-b, so that a ranking is alike to itself by 1.
        ``"a"``: the mean over all ways to break the ties. ``"w"``: the tied do stand at the same
        place, as in sports (the definition of Webber and others).

    Returns
    -------
    float
        0 where nothing is shared to 1 for the same ranking.

    Raises
    ------
    UsageError
        ``bad_persistence``, ``empty_ranking``, or ``repeated_item`` if an item stands twice.

    References
    ----------
    .. [1] Webber, W., Moffat, A. & Zobel, J. (2010). A similarity measure for indefinite rankings.
       *ACM TOIS*, 28(4), 20. doi:10.1145/1852102.1852106 (equation 32 for lists of unequal length)
    .. [2] Corsi, M. & Urbano, J. (2024). The treatment of ties in rank-biased overlap. *SIGIR '24*.
       doi:10.48550/arXiv.2406.07121 (variants w, a and b)

    Examples
    --------
    >>> rbo([["home"], ["school", "work"]], [["home"], ["work", "school"]])
    1.0
    >>> round(rbo([["home"], ["school"], ["work"]], [["work"], ["school"], ["home"]]), 3)
    0.72
    """
    if not 0 < p < 1:
        raise UsageError(
            "bad_persistence", f"p is {p:g}.", allowed="above 0 and under 1", try_="0.8"
        )
    choose(ties, ("w", "a", "b"), "ties")
    short, long = sorted((_steps(first), _steps(second)), key=_length)
    s, depth = _length(short), _length(long)
    agreed = [_agreement(short, long, d, ties) for d in range(1, s + 1)]
    agreed += [_beyond(short, long, d, ties) for d in range(s + 1, depth + 1)]
    total = math.fsum(value * p**d for d, value in enumerate(agreed, start=1))
    return (1 - p) / p * total + agreed[-1] * p**depth


def weight_of_top(depth: int, p: float = PERSISTENCE) -> float:
    """Give the weight that the first places carry in :func:`rbo` (equation 21 of Webber et al.).

    Examples
    --------
    >>> round(weight_of_top(3), 2), round(weight_of_top(10, 0.9), 2)
    (0.73, 0.86)
    """
    partial = math.fsum(p**i / i for i in range(1, depth))
    return 1 - p ** (depth - 1) + (1 - p) / p * depth * (math.log(1 / (1 - p)) - partial)


#: Item → first and last place of its group.
_Steps: TypeAlias = dict[str, tuple[int, int]]


def _steps(ranking: Ranking) -> _Steps:
    places: _Steps = {}
    top = 0
    for group in ranking:
        for item in group:
            if item in places:
                raise UsageError("repeated_item", "An item stands twice in a ranking.")
            places[item] = (top + 1, top + len(group))
        top += len(group)
    if not places:
        raise UsageError("empty_ranking", "A ranking has no items.")
    return places


def _length(steps: _Steps) -> int:
    return len(steps)


def _share(place: tuple[int, int], depth: int, ties: Ties) -> float:
    """Say how much of an item is among the first `depth`."""
    first, last = place
    if depth < first:
        return 0.0
    return 1.0 if ties == "w" or depth >= last else (depth - first + 1) / (last - first + 1)


def _agreement(short: _Steps, long: _Steps, depth: int, ties: Ties) -> float:
    shared = _shared(short, long, depth, ties)
    return shared / _norm(ties)(_shares(short, depth, ties), _shares(long, depth, ties), depth)


def _beyond(short: _Steps, long: _Steps, depth: int, ties: Ties) -> float:
    """Agree below the end of the shorter ranking: what is not known of it agrees as its end did.

    What agrees there is one of the items that the longer ranking has alone, and counts as much as
    they do on average at that depth: less than 1 while they are tied.
    """
    s = _length(short)
    unseen = depth - s
    alone = [c for item, at in long.items() if item not in short and (c := _share(at, depth, ties))]
    each = math.fsum(alone) / len(alone) if alone else 1.0
    shared = _shared(short, long, depth, ties) + unseen * each * _agreement(short, long, s, ties)
    seen = [*_shares(short, s, ties), *[1.0] * unseen]
    return shared / _norm(ties)(seen, _shares(long, depth, ties), depth)


def _shared(short: _Steps, long: _Steps, depth: int, ties: Ties) -> float:
    return math.fsum(
        _share(place, depth, ties) * _share(long[item], depth, ties)
        for item, place in short.items()
        if item in long
    )


def _shares(steps: _Steps, depth: int, ties: Ties) -> list[float]:
    return [_share(place, depth, ties) for place in steps.values()]


def _norm(ties: Ties) -> Callable[[Sequence[float], Sequence[float], int], float]:
    """Give what the overlap is divided by: the most it could be."""
    if ties == "w":
        return lambda x, y, _: (math.fsum(x) + math.fsum(y)) / 2
    if ties == "a":
        return lambda _x, _y, depth: float(depth)
    return lambda x, y, _: math.sqrt(math.fsum(v * v for v in x) * math.fsum(v * v for v in y))


def tau_b(first: Mapping[str, Fraction | float], second: Mapping[str, Fraction | float]) -> float:
    """How alike do two panels order the items that both have? Kendall's tau-b.

    Parameters
    ----------
    first, second
        Item → score; equal scores are ties. Items of one only do not count.

    Returns
    -------
    float
        1 for the same order, -1 for the opposite; nan where one of them ties all items.

    References
    ----------
    .. [1] Kendall, M. G. (1945). The treatment of ties in ranking problems. *Biometrika*, 33,
       239–251. doi:10.1093/biomet/33.3.239

    Examples
    --------
    >>> tau_b({"home": 9, "school": 7, "work": 2}, {"home": 3, "school": 8, "work": 1})
    0.3333333333333333
    """
    items = [item for item in first if item in second]
    concordant = untied_first = untied_second = 0
    for place, one in enumerate(items):
        for other in items[:place]:
            x = _sign(first[one], first[other])
            y = _sign(second[one], second[other])
            concordant += x * y
            untied_first += x * x
            untied_second += y * y
    if not (untied_first and untied_second):
        return math.nan
    return concordant / math.sqrt(untied_first * untied_second)


def _sign(x: Fraction | float, y: Fraction | float) -> int:
    return (x > y) - (x < y)


class TopOverlap(NamedTuple):
    """How many items two tops share, and how many chance alone would give.

    Attributes
    ----------
    shared
        Items in both tops.
    first, second, items
        Sizes of the tops, and of the list they are taken from.
    expected
        What two tops drawn blindly would share on average.
    chance
        How likely two tops drawn blindly share as many or more.
    """

    shared: int
    first: int
    second: int
    items: int
    expected: Fraction
    chance: Fraction


def top_overlap(first: set[str], second: set[str], items: int) -> TopOverlap:
    """How many items do two tops share, against what chance gives (hypergeometric, exact)?

    Parameters
    ----------
    first, second
        The tops; where items are tied at the cut, all of them are in.
    items
        How many items both had to choose among.

    Raises
    ------
    UsageError
        ``top_too_large`` if a top has more items than there are.

    Examples
    --------
    >>> found = top_overlap({"home", "work", "debt"}, {"home", "debt", "school"}, 9)
    >>> found.shared, str(found.expected), str(found.chance)
    (2, '1', '19/84')
    """
    a, b = len(first), len(second)
    if max(a, b) > items:
        raise UsageError("top_too_large", f"A top has {max(a, b)} of {items} items.")
    shared = len(first & second)
    ways = sum(
        math.comb(a, both) * math.comb(items - a, b - both) for both in range(shared, min(a, b) + 1)
    )
    expected = Fraction(a * b, items) if items else Fraction(0)
    return TopOverlap(shared, a, b, items, expected, Fraction(ways, math.comb(items, b)))
