"""Movement on its way out: which of its numbers are hidden, so that none gives away another.

The shares of the waves are the sums of the transitions between them; how many moved which way, and
the columns of the density of severity change, are sums too. They pass the door as one system.
Where people's classes hang together from wave to wave, the steps multiply to the way from first to
last wave; where a cell of any of them is too small, only that from first to last is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from vendepunkt.disclosure import Clearance, LinkedCounts
from vendepunkt.move import DIRECTIONS, Movement, names_by_wave
from vendepunkt.report.compose import Context

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Pair = tuple[int, int]

#: What is lost when one of these is hidden; a cell of a table costs 1.
_SHARE, _DIRECTION, _EVERYBODY, _COLUMN = 4.0, 4.0, 10.0, 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Between:
    """The people of two waves, and what of them is hidden.

    Attributes
    ----------
    pair
        The waves.
    people : (G, G)
        Expected people who went from each group to each, rounded.
    hidden : (G, G)
        Cells that are not shown.
    directions
        Whether each of :data:`vendepunkt.move.DIRECTIONS` is hidden.
    columns
        Whether each column of the density of severity change (by its place in the bins) is hidden;
        empty where groups are more than one class.
    """

    pair: Pair
    people: Integers
    hidden: Bools
    directions: dict[str, bool]
    columns: dict[int, bool]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A movement on its way out.

    Attributes
    ----------
    context, found
        With the door; the movement.
    names
        Name of each group (by letter) at each wave.
    waves
        Waves that are shown.
    shares : (T, G)
        Shares that are hidden; all of them at a wave that is not shown.
    between
        What is shown between two waves.
    clearance
        For everything drawn from these.
    whole
        Whether nothing is hidden, so that the steps stand beside first to last.
    """

    context: Context
    found: Movement
    names: dict[str, dict[str, str]]
    waves: tuple[int, ...]
    shares: Bools
    between: tuple[Between, ...]
    clearance: Clearance
    whole: bool

    @property
    def language(self) -> str:
        """Of the report."""
        return self.context.language

    @property
    def letters(self) -> tuple[str, ...]:
        """Letters of the groups."""
        return self.found.ground.letters

    @property
    def last(self) -> Between:
        """From the first wave to the last."""
        return self.between[-1]

    @property
    def pair(self) -> str:
        """First and last wave as they stand in a ref."""
        return f"{self.found.waves[0]}-{self.found.waves[-1]}"

    def name(self, letter: str, wave: str) -> str:
        """Name a group at a wave."""
        return self.names[wave][letter]

    def at(self, row: dict[str, Any]) -> Between | None:
        """Find what is shown between the waves of a row; None where nothing is."""
        waves = self.found.waves
        wanted = (waves.index(row["wave_from"]), waves.index(row["wave_to"]))
        return next((one for one in self.between if one.pair == wanted), None)

    def share_hidden(self, wave: str, letter: str) -> bool:
        """Whether the share of a group at a wave is hidden."""
        return bool(self.shares[self.found.waves.index(wave), self.letters.index(letter)])

    def change_hidden(self, row: dict[str, Any]) -> bool:
        """Whether the change of a share is hidden: where either of the two is."""
        return any(self.share_hidden(row[end], row["group"]) for end in ("wave_from", "wave_to"))

    def cell_hidden(self, row: dict[str, Any]) -> bool:
        """Whether a transition is hidden."""
        at = self.at(row)
        start, end = self.letters.index(row["from"]), self.letters.index(row["to"])
        return at is None or bool(at.hidden[start, end])

    def direction_hidden(self, row: dict[str, Any]) -> bool:
        """Whether the share that moved one way is hidden."""
        at = self.at(row)
        return at is None or at.directions.get(row["direction"], False)

    def group_hidden(self, letter: str) -> bool:
        """Whether a group is too small at any wave, so that nothing is said of it alone."""
        return bool(self.shares[list(self.waves), self.letters.index(letter)].any())

    def cleared(self, name: str) -> Clearance:
        """Clear a table or figure that shows no more than this."""
        # What it hides it marks itself, cell by cell.
        return self.context.door.drawn_from(name, self.clearance, hidden=0)


def moved(context: Context) -> Movement | None:
    """Give the movement of the report, or None where the stage did not run."""
    found = context.results.get("move")
    return found if isinstance(found, Movement) else None


def seen(context: Context, found: Movement) -> Seen:
    """Let shares and movement pass the door.

    Parameters
    ----------
    context
        With the door.
    found
        The movement.
    """
    ground, door = found.ground, context.door
    pairs, threshold = ground.pairs(), door.rules.threshold
    sizes = np.array([ground.wave_cells(t).n for t in range(len(found.waves))])
    small = sizes < threshold
    whole = not small.any() and all((ground.cells(pair).n >= threshold).all() for pair in pairs)
    between, clearances = [], []
    shares = small.copy()
    for pair in pairs if whole else pairs[-1:]:
        linked, read = _linked(found, pair, small, threshold)
        name = f"movement-{found.waves[pair[0]]}-{found.waves[pair[1]]}"
        hidden, clearance = door.linked(name, linked)
        one, ends = read(hidden)
        between.append(one)
        clearances.append(clearance)
        shares[list(pair)] |= ends
    waves = tuple(range(len(found.waves)))
    if not whole and found.model.fit.transitions_kind != "free":
        # One matrix for all steps would follow from the waves between.
        waves = pairs[-1]
    for wave in waves:
        if wave not in pairs[-1]:
            people = np.rint(ground.wave_cells(wave).expected).astype(np.int64)
            name = f"movement-{found.waves[wave]}"
            shares[wave] |= door.counts(name, people, small=small[wave])[0].hidden
    gone = [wave for wave in range(len(found.waves)) if wave not in waves]
    shares[gone] = True
    names = names_by_wave(found, context.language)
    return Seen(context, found, names, waves, shares, tuple(between), clearances[-1], whole)


_Read = Callable[[Bools], tuple[Between, Bools]]


def _linked(
    found: Movement, pair: Pair, small: Bools, threshold: int
) -> tuple[LinkedCounts, _Read]:
    """Tie together what is shown of two waves; give what reads the hidden cells off the answer."""
    ground = found.ground
    cells = ground.cells(pair)
    people = np.rint(cells.expected).astype(np.int64)
    linked = LinkedCounts()
    places = linked.cells(people, small=cells.n < threshold)
    first = [
        linked.total(row, small=bool(small[pair[0], g]), cost=_SHARE)
        for g, row in enumerate(places)
    ]
    last = [
        linked.total(column, small=bool(small[pair[1], g]), cost=_SHARE)
        for g, column in enumerate(places.T)
    ]
    linked.equal(last, linked.total(first, cost=_EVERYBODY))
    marks = ground.directions().astype(bool)
    ways = {
        name: linked.total(places[mark], cost=_DIRECTION)
        for name, mark in zip(DIRECTIONS, marks, strict=True)
        if mark.any()
    }
    columns = {
        at: linked.total(parts, cost=_COLUMN) for at, parts in _columns(found, places).items()
    }

    def read(hidden: Bools) -> tuple[Between, Bools]:
        one = Between(
            pair,
            people,
            hidden[places],
            {name: bool(hidden[place]) for name, place in ways.items()},
            {at: bool(hidden[place]) for at, place in columns.items()},
        )
        return one, np.stack([hidden[first], hidden[last]])

    return linked, read


def _columns(found: Movement, places: Integers) -> dict[int, list[int]]:
    """Give the cells in each column of the density; none where a group is more than one class."""
    ground, change = found.ground, found.severity_changes
    severity = ground.model.severity
    if change is None or severity is None or ground.model.classes != len(ground.letters):
        return {}
    by_group = ground.membership.T @ severity.total
    step = by_group[None, :] - by_group[:, None]
    column = np.searchsorted(change.edges, step.ravel(), side="right") - 1
    found_in: dict[int, list[int]] = {}
    for place, at in zip(places.ravel().tolist(), column.tolist(), strict=True):
        found_in.setdefault(at, []).append(place)
    return found_in


def comparable(at: Seen) -> bool:
    """Whether the groups are the same at every wave; without that no transition is printed."""
    measurement = at.found.further.measurement
    return measurement is None or measurement.comparable
