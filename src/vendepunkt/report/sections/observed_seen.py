"""Movement between observed states on its way out: what is hidden of each group of people.

All tables of a group are of the same people. Where every count is large they leave together with
the states at each wave. Where one is small, the states at each wave stay inside: they would be the
sums of every table that begins or ends there. What is left is looked at as one system, with those
who are not seen as a place of their own, and rows that give something away go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from vendepunkt.disclosure import Audit, Clearance, Door, LinkedCounts, audit
from vendepunkt.move import ObservedMovement
from vendepunkt.report.compose import Context

Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]
Pair = tuple[int, int]


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
    clearances
        For everything drawn from these.
    """

    cells: dict[Pair, Bools]
    shares: Bools
    origins: dict[Pair, Bools]
    lost: Bools
    clearances: tuple[Clearance, ...]


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

    @property
    def whole(self) -> bool:
        """Whether nothing is hidden, so that the states at each wave are shown too."""
        return not any(one.shares.any() for one in self.counted)

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
        known = [clearance for one in counted for clearance in one.clearances]
        most = max(known, key=lambda clearance: clearance.hidden)
        # What it hides it marks itself, cell by cell.
        return self.context.door.drawn_from(name, most, hidden=0)


#: What has passed a door already: several sections of a report speak of the same people.
_KNOWN: WeakKeyDictionary[Door, tuple[ObservedMovement, tuple[Counted, ...]]] = WeakKeyDictionary()


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
    known = _KNOWN.get(context.door)
    if known is not None and known[0] is found:
        return SeenStates(context, found, known[1])
    threshold = context.door.rules.threshold
    tables = [
        {pair: _people(found, group, pair) for pair in found.found.steps}
        for group in range(len(found.groups))
    ]
    whole = all(_large(people, threshold) for one in tables for people in one.values())
    counted = tuple(
        _counted(context, found, group, one, whole=whole) for group, one in enumerate(tables)
    )
    _KNOWN[context.door] = (found, counted)
    return SeenStates(context, found, counted)


def _large(people: Integers, threshold: int) -> bool:
    """Whether every count of a table is large; that nobody was missing is known by design."""
    seen = people[:-1, :-1]
    missing = np.concatenate([people[-1], people[:-1, -1]])
    return bool((seen >= threshold).all() and ((missing >= threshold) | (missing == 0)).all())


def _counted(
    context: Context,
    found: ObservedMovement,
    group: int,
    tables: dict[Pair, Integers],
    *,
    whole: bool,
) -> Counted:
    """Hide small cells and what gives them away: first in each row, then over all tables."""
    door, waves, size = context.door, found.waves, len(found.states)
    cells, origins, clearances = {}, {}, []
    for (start, end), people in tables.items():
        name = f"observed-{group + 1}-{waves[start]}-{waves[end]}"
        protection, clearance = door.counts(name, people[:size, :size], totals="rows")
        clearances.append(clearance)
        cells[start, end] = protection.hidden.copy()
        origins[start, end] = protection.hidden_rows.copy()
    missing = np.array([_margin(tables, wave)[size] for wave in range(len(waves))])
    everybody = int(next(iter(tables.values())).sum())
    there = np.minimum(missing, everybody - missing)
    # That everybody was seen at a wave tells of no single person.
    lost = (there < door.rules.threshold) & (missing > 0)
    shares = np.full((len(waves), size), not whole)
    one = Counted(cells, shares, origins, lost, tuple(clearances))
    while not whole and _hide_exposed(context, one, tables):
        pass
    return one


def _hide_exposed(context: Context, one: Counted, tables: dict[Pair, Integers]) -> bool:
    """Hide the rows with a number that all tables together give away; say whether there were any.

    States at each wave are not shown, nor who of a state is not seen later. The latter are people
    too: where they are few, nothing that is shown may give them away.
    """
    size, rules = one.shares.shape[1], context.door.rules
    linked = LinkedCounts()
    at = [_margin(tables, wave) for wave in range(len(one.lost))]
    none = [people[size] == 0 for people in at]  # nobody is missing at the wave
    not_seen = np.arange(size + 1) == size
    margins = [
        linked.cells(people, structural=not_seen & nobody)
        for people, nobody in zip(at, none, strict=True)
    ]
    everybody = linked.total(margins[0])
    for places in margins[1:]:
        linked.equal(places, everybody)
    away: list[tuple[Integers, Bools | bool]] = []
    row_of: dict[int, tuple[Pair, int]] = {}
    for places, hidden in zip(margins, one.lost, strict=True):
        away += [(places[:size], True), (places[size:], bool(hidden))]
    for pair, people in tables.items():
        start, end = pair
        nobody = (not_seen[:, None] & none[start]) | (not_seen[None, :] & none[end])
        places = linked.cells(people, structural=nobody)
        for state in range(size + 1):
            linked.equal(places[state], int(margins[start][state]))
            linked.equal(places[:, state], int(margins[end][state]))
        for state in range(size):
            seen = linked.total(places[state, :size])
            away.append((np.array([seen]), bool(one.origins[pair][state])))
            away.append((places[state, :size], one.cells[pair][state]))
            row_of |= dict.fromkeys([seen, *places[state, :size].tolist()], (pair, state))
            if people[state, size] < rules.threshold:
                row_of[int(places[state, size])] = (pair, state)
        away += [(places[:, size], True), (places[size], True)]
    system = linked.system()
    hidden_cells = np.zeros(system.counts.size, dtype=bool)
    for places, gone in away:
        hidden_cells[places] = gone
    return _hide(one, audit(system, hidden_cells, rules), row_of)


def _hide(one: Counted, found: Audit, row_of: dict[int, tuple[Pair, int]]) -> bool:
    """Hide whole rows with exposed cells that are of people; say whether one was left to hide."""
    more = False
    for place in found.exposed.tolist():
        if place not in row_of:
            continue
        pair, state = row_of[place]
        more = more or not (one.cells[pair][state].all() and one.origins[pair][state])
        one.cells[pair][state] = True
        one.origins[pair][state] = True
    return more


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
