"""Movement between observed states on its way out: all tables of a group of people as one system.

The states at a wave are the sums of every table that begins or ends there, once those who are not
seen are counted as a place of their own. So what is hidden in one table cannot be had from another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vendepunkt.disclosure import Clearance, LinkedCounts
from vendepunkt.move import ObservedMovement
from vendepunkt.report.compose import Context

Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]
Pair = tuple[int, int]

_SHARE, _EVERYBODY, _ORIGIN = 4.0, 10.0, 2.0
#: A step; from the first wave to another; and to the last, which is read most.
_STEP, _FROM_FIRST, _ENDS = 1.0, 1.5, 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What is hidden of one group of people.

    Attributes
    ----------
    cells : {pair of waves: (S, S)}
        Hidden transitions.
    shares : (T, S)
        Hidden states at each wave.
    origins : {pair of waves: (S,)}
        Hidden numbers of people in the states people came from.
    lost : (T,)
        Whether the number who are not seen is hidden.
    clearance
        For everything drawn from these.
    """

    cells: dict[Pair, Bools]
    shares: Bools
    origins: dict[Pair, Bools]
    lost: Bools
    clearance: Clearance


@dataclass(frozen=True, slots=True, eq=False)
class SeenStates:
    """Movement between observed states on its way out.

    Attributes
    ----------
    context, found
        With the door; the movement.
    counted
        What is hidden, by group of people.
    """

    context: Context
    found: ObservedMovement
    counted: tuple[Counted, ...]

    @property
    def language(self) -> str:
        """Of the report."""
        return self.context.language

    def of(self, by: str) -> Counted:
        """Give what is hidden of a group of people."""
        return self.counted[self.found.groups.index(by)]

    def pair(self, row: Mapping[str, object]) -> Pair:
        """Give the waves of a row."""
        waves = self.found.waves
        return waves.index(str(row["wave_from"])), waves.index(str(row["wave_to"]))

    def cell_hidden(self, by: str, row: Mapping[str, object]) -> bool:
        """Whether a transition of a group of people is hidden."""
        states = self.found.states
        start, end = states.index(str(row["from"])), states.index(str(row["to"]))
        counted, pair = self.of(by), self.pair(row)
        return bool(counted.cells[pair][start, end] or counted.origins[pair][start])

    def cleared(self, name: str, by: str | None = None) -> Clearance:
        """Clear a table or figure that shows no more than this."""
        counted = self.counted if by is None else (self.of(by),)
        most = max(counted, key=lambda one: one.clearance.hidden)
        # What it hides it marks itself, cell by cell.
        return self.context.door.drawn_from(name, most.clearance, hidden=0)


def observed_movement(context: Context) -> ObservedMovement | None:
    """Give the movement between observed states, or None where there is none."""
    for name in ("observed", "move"):
        found = context.results.get(name)
        if isinstance(found, ObservedMovement):
            return found
    return None


def seen_states(context: Context, found: ObservedMovement) -> SeenStates:
    """Let every table of every group of people pass the door.

    Parameters
    ----------
    context
        With the door.
    found
        The movement.
    """
    counted = tuple(_counted(context, found, group) for group in range(len(found.groups)))
    return SeenStates(context, found, counted)


def _counted(context: Context, found: ObservedMovement, group: int) -> Counted:
    size, waves = len(found.states), len(found.waves)
    linked = LinkedCounts()
    tables = {pair: _people(found, group, pair) for pair in found.found.steps}
    first = next(iter(tables))
    at = [_margin(tables, wave) for wave in range(waves)]
    # Whoever is followed was seen at first: that nobody was missing then is so by design.
    at_all = np.arange(size + 1) == size
    sums = [
        linked.cells(people, structural=at_all & (people == 0) & (wave == first[0]), cost=_SHARE)
        for wave, people in enumerate(at)
    ]
    everybody = linked.total(sums[0], cost=_EVERYBODY)
    for places in sums[1:]:
        linked.equal(places, everybody)
    for places in sums:
        linked.total(places[:size], cost=_SHARE)
    cells, origins = {}, {}
    for (start, end), people in tables.items():
        structural = np.zeros(people.shape, dtype=bool)
        structural[size] = at[start][size] == 0
        places = linked.cells(people, structural=structural, cost=_cost(start, end, waves))
        for state in range(size + 1):
            linked.equal(places[state], int(sums[start][state]))
            linked.equal(places[:, state], int(sums[end][state]))
        cells[start, end] = places[:size, :size]
        origins[start, end] = np.array(
            [linked.total(places[state, :size], cost=_ORIGIN) for state in range(size)]
        )
    hidden, clearance = context.door.linked(f"observed-{group + 1}", linked)
    shares = np.array([hidden[places] for places in sums])
    return Counted(
        cells={pair: hidden[places] for pair, places in cells.items()},
        shares=shares[:, :size],
        origins={pair: hidden[places] for pair, places in origins.items()},
        lost=shares[:, size],
        clearance=clearance,
    )


def _cost(start: int, end: int, waves: int) -> float:
    if (start, end) == (0, waves - 1):
        return _ENDS
    return _FROM_FIRST if start == 0 else _STEP


def _people(found: ObservedMovement, group: int, pair: Pair) -> Integers:
    """Count unweighted people by state at two waves, not seen as the last state, (S + 1, S + 1)."""
    size = len(found.states)
    known = found.codes if found.by is None else found.codes[found.by.codes == group]
    freq = None if found.design is None else found.design.freq
    people = np.ones(len(found.codes)) if freq is None else np.asarray(freq, dtype=np.float64)
    if found.by is not None:
        people = people[found.by.codes == group]
    codes = np.where(known >= 0, known, size)
    counts = np.bincount(
        codes[:, pair[0]] * (size + 1) + codes[:, pair[1]],
        weights=people * (known >= 0).any(axis=1),
        minlength=(size + 1) ** 2,
    )
    table = np.rint(counts).astype(np.int64).reshape(size + 1, size + 1)
    # People of the group who are never seen count among those not seen.
    table[size, size] += round(float(found.lost.people[group])) - int(table.sum())
    return table


def _margin(tables: dict[Pair, Integers], wave: int) -> Integers:
    """Count the people of each state at a wave."""
    for (start, end), people in tables.items():
        if start == wave:
            return np.asarray(people.sum(axis=1))
        if end == wave:
            return np.asarray(people.sum(axis=0))
    raise ValueError("every wave is in a step")
