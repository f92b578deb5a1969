"""Committees from scores: who is in, who is tied at the cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations, islice
from math import comb

from vendepunkt.convene.rules.protocol import Outcome
from vendepunkt.terms import UsageError


def places_to_fill(places: int, themes: Sequence[str]) -> int:
    """Give how many places there are to fill: never more than there are themes.

    Raises
    ------
    UsageError
        With code ``"bad_places"`` where fewer than one was asked for.
    """
    if places < 1:
        raise UsageError("bad_places", f"places is {places}.", allowed="1 or more")
    return min(places, len(themes))


def by_scores(scores: Mapping[str, Fraction], places: int, cap: int) -> Outcome:
    """Fill the places with the highest scores, in every way that the ties at the cut allow.

    Parameters
    ----------
    scores
        Theme → score.
    places
        How many places.
    cap
        How many committees are listed at most.

    Examples
    --------
    >>> from fractions import Fraction
    >>> by_scores({"a": Fraction(3), "b": Fraction(2), "c": Fraction(2)}, 2, 1000).committees
    (('a', 'b'), ('a', 'c'))
    """
    fill = places_to_fill(places, tuple(scores))
    if not fill:
        return Outcome(committees=((),), places=0, certain=(), tied=(), cap=cap)
    cut = sorted(scores.values(), reverse=True)[fill - 1]
    certain = sorted(theme for theme, score in scores.items() if score > cut)
    at_cut = sorted(theme for theme, score in scores.items() if score == cut)
    free = fill - len(certain)
    if free == len(at_cut):
        certain, at_cut, free = sorted(certain + at_cut), [], 0
    listed = islice(combinations(at_cut, free), cap)
    return Outcome(
        committees=tuple(sorted(tuple(sorted((*certain, *some))) for some in listed)),
        places=fill,
        certain=tuple(certain),
        tied=tuple(at_cut),
        capped=comb(len(at_cut), free) > cap,
        cap=cap,
    )
