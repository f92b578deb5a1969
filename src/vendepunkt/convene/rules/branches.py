"""Rules that fill one place after the other: every way the ties can go, each followed once."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import combinations, groupby, islice
from typing import Final, Generic, TypeVar

from vendepunkt.convene.rules.committees import places_to_fill
from vendepunkt.convene.rules.protocol import Outcome

#: How many different states are followed at most after each place.
WIDTH: Final = 20_000

StateT = TypeVar("StateT", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Step(Generic[StateT]):
    """What a rule does at one place.

    Attributes
    ----------
    best
        The themes tied for the place, with the state after each; empty where the ballots do not
        distinguish any of the themes that are left.
    """

    best: Mapping[int, StateT] = field(default_factory=dict)


def every_branch(
    themes: Sequence[str],
    places: int,
    start: StateT,
    step: Callable[[StateT, Sequence[int]], Step[StateT]],
    *,
    cap: int,
    width: int = WIDTH,
) -> Outcome:
    """Follow all ties and give every committee that can come out.

    Parameters
    ----------
    themes
        Ids of the themes, sorted: theme i of the steps is ``themes[i]``.
    places
        How many places; no more are filled than there are themes.
    start, step
        The state before the first place; and what happens at a place, given the state and the
        themes that are left. A state must hold all that later places depend on besides which
        themes were chosen; equal states with equal themes chosen are followed once.
    cap
        How many committees are listed at most.
    width
        How many states are followed at most after each place. Where there are more, the outcome is
        capped; `certain` and `tied` then count the others as open in all they have not filled.
    """
    fill = places_to_fill(places, themes)
    frontier: dict[tuple[int, StateT], None] = {(0, start): None}
    ends: dict[tuple[int, int], None] = {}
    cut_off: dict[tuple[int, int], None] = {}
    for filled in range(fill):
        after: dict[tuple[int, StateT], None] = {}
        for chosen, state in frontier:
            left = [i for i in range(len(themes)) if not chosen >> i & 1]
            best = step(state, left).best
            if not best:
                ends[chosen, fill - filled] = None
            for theme, then in best.items():
                after[chosen | 1 << theme, then] = None
        cut_off.update(dict.fromkeys((chosen, fill - filled - 1) for chosen, _ in [*after][width:]))
        frontier = dict.fromkeys(islice(after, width))
    ends.update(dict.fromkeys((chosen, 0) for chosen, _ in frontier))
    return _outcome(themes, fill, [*ends], [*cut_off], cap)


def _outcome(
    themes: Sequence[str],
    fill: int,
    ends: Sequence[tuple[int, int]],
    cut_off: Sequence[tuple[int, int]],
    cap: int,
) -> Outcome:
    """Put the ends together; an end is the themes chosen and how many of the others are free."""
    everyone = (1 << len(themes)) - 1
    bounds = [_bounds(chosen, free, everyone) for chosen, free in (*ends, *cut_off)]
    certain = reduce(lambda a, b: a & b, (sure for sure, _ in bounds), everyone)
    possible = reduce(lambda a, b: a | b, (may for _, may in bounds), 0)
    merged = heapq.merge(*(_completions(chosen, free, len(themes)) for chosen, free in ends))
    listed = [key for key, _ in islice(groupby(merged), cap + 1)]
    return Outcome(
        committees=tuple(tuple(themes[i] for i in key) for key in listed[:cap]),
        places=fill,
        certain=_named(themes, certain),
        tied=_named(themes, possible & ~certain),
        capped=len(listed) > cap or bool(cut_off),
        cap=cap,
    )


def _bounds(chosen: int, free: int, everyone: int) -> tuple[int, int]:
    """Give what is in every completion of an end, and what is in some."""
    if not free:
        return chosen, chosen
    whole = free == (everyone & ~chosen).bit_count()
    return (everyone if whole else chosen), everyone


def _completions(chosen: int, free: int, n: int) -> Iterator[tuple[int, ...]]:
    """Give the committees of an end, sorted: adding the same themes keeps the order of sets."""
    sure = [i for i in range(n) if chosen >> i & 1]
    rest = [i for i in range(n) if not chosen >> i & 1]
    return (tuple(sorted((*sure, *some))) for some in combinations(rest, free))


def _named(themes: Sequence[str], mask: int) -> tuple[str, ...]:
    return tuple(theme for i, theme in enumerate(themes) if mask >> i & 1)
