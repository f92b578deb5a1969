"""Where the boxes and bands of an alluvial figure lie: shares and flows in, places out.

A band says how wide it is, so a hidden flow must not be drawn as wide as it is. What is hidden at a
box is the rest of the box, divided evenly among the bands that are hidden there. Where a single
band would be hidden, the rest would be its value; the smallest other band is then hidden with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from vendepunkt.figures.common import Group, distinct, groups_of, number, rows
from vendepunkt.figures.movement import direction_of
from vendepunkt.terms import DataError

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.figures.common import Row

Pair = tuple[str, str]

_CERTAIN = 5e-4  # a lower end that is 0.0 per cent when written with one decimal
_UNEQUAL = 0.01
_LEAST_REST = 0.008  # room for hidden bands where rounding leaves none, as a share of all


@dataclass(frozen=True, slots=True)
class Amount:
    """A share of all with its interval; None where hidden.

    Attributes
    ----------
    share, low, high
        Between 0 and 1, or None.
    direction
        ``"more"``, ``"less"``, ``"sideways"``, ``"stayed"`` or ``""``.
    """

    share: float | None
    low: float | None = None
    high: float | None = None
    direction: str = ""

    @property
    def uncertain(self) -> bool:
        """Whether the interval reaches down to nobody."""
        return self.low is not None and self.low < _CERTAIN


@dataclass(frozen=True, slots=True)
class Movement:
    """What an alluvial figure draws.

    Attributes
    ----------
    groups
        With their marks, least severe first.
    waves
        In order.
    shares
        By wave and group; a group that is not there at a wave has no entry.
    flows
        By step (wave, wave) and pair (from, to), adjacent waves only.
    hidden
        By step the pairs that are drawn as hidden.
    """

    groups: tuple[Group, ...]
    waves: tuple[str, ...]
    shares: Mapping[tuple[str, str], Amount]
    flows: Mapping[Pair, Mapping[Pair, Amount]]
    hidden: Mapping[Pair, frozenset[Pair]]

    @property
    def steps(self) -> list[Pair]:
        """Give the pairs of neighbouring waves."""
        return list(pairwise(self.waves))

    @property
    def adds_up(self) -> bool:
        """Whether the flows of each box sum to its share, where nothing is hidden."""
        for step, own in self.flows.items():
            for end, wave in enumerate(step):
                for group in self.groups:
                    box = self.shares.get((wave, group.name))
                    line = [pair for pair in own if pair[end] == group.name]
                    if box is None or box.share is None or not line:
                        continue
                    total = sum(own[pair].share or 0.0 for pair in line)
                    known = not self.hidden[step].intersection(line)
                    if known and abs(total - box.share) > _UNEQUAL:
                        return False
        return True


def read_movement(table: pd.DataFrame) -> Movement:
    """Read the table of an alluvial figure and decide what is drawn as hidden.

    Raises
    ------
    DataError
        With code ``"figure_table"`` if a column is missing or there are fewer than two waves.
    UsageError
        If there are more than six groups.
    """
    found = rows(table, ("kind", "wave", "group", "estimate"), "alluvial")
    listed = [row for row in found if row["kind"] == "share"]
    moved = [row for row in found if row["kind"] == "flow"]
    waves = tuple(distinct(row["wave"] for row in listed))
    if len(waves) < 2:
        raise DataError(
            "figure_table",
            f"The table of the figure 'alluvial' has shares for {len(waves)} waves.",
            allowed="two waves or more, as rows of the kind 'share'",
        )
    if moved:
        rows(table, ("wave_from", "wave_to", "from", "to"), "alluvial")
    shares = {(str(row["wave"]), str(row["group"])): _amount(row) for row in listed}
    flows: dict[Pair, dict[Pair, Amount]] = {step: {} for step in pairwise(waves)}
    for row in moved:
        step = (str(row["wave_from"]), str(row["wave_to"]))
        if step in flows:
            flows[step][str(row["from"]), str(row["to"])] = _amount(row)
    return Movement(
        groups=groups_of([row["group"] for row in listed], None),
        waves=waves,
        shares=shares,
        flows=flows,
        hidden={step: _hidden(step, own, shares) for step, own in flows.items()},
    )


def _amount(row: Row) -> Amount:
    share = number(row["estimate"])
    if share is None:
        return Amount(None, direction=direction_of(row.get("direction")))
    return Amount(
        share,
        number(row.get("conf_low")),
        number(row.get("conf_high")),
        direction_of(row.get("direction")),
    )


def _hidden(
    step: Pair, flows: Mapping[Pair, Amount], shares: Mapping[tuple[str, str], Amount]
) -> frozenset[Pair]:
    """Give the pairs to hide: those without a value, at hidden boxes, and their company."""
    gone = {
        pair
        for pair, flow in flows.items()
        if flow.share is None
        or any(
            (box := shares.get((wave, name))) is not None and box.share is None
            for wave, name in zip(step, pair, strict=True)
        )
    }
    while True:
        alone = _alone(flows, gone)
        if alone is None:
            return frozenset(gone)
        gone.add(alone)


def _alone(flows: Mapping[Pair, Amount], gone: set[Pair]) -> Pair | None:
    """Find a row or column with one hidden pair; give the smallest other pair in it."""
    for side in (0, 1):
        for name in dict.fromkeys(pair[side] for pair in flows):
            line = [pair for pair in flows if pair[side] == name]
            shown = [pair for pair in line if pair not in gone]
            if len(line) - len(shown) == 1 and shown:
                return min(shown, key=lambda pair: (not flows[pair].share, flows[pair].share or 0))
    return None


def ends(
    box: float, names: Sequence[str], known: Mapping[str, float], hidden: Iterable[str]
) -> dict[str, tuple[float, float]]:
    """Divide one side of a box among its bands, from the top; the bands fill it.

    Parameters
    ----------
    box
        Height of the box, in units of the shares.
    names
        The groups at the other end, in the order in which bands are stacked.
    known
        Share of each band that is drawn as wide as it is.
    hidden
        Bands that are drawn as hidden: all equally wide here.

    Returns
    -------
    dict
        From and to of each band, measured down from the top of the box.

    Examples
    --------
    >>> ends(0.5, ["A", "B"], {"A": 0.4, "B": 0.1}, ())
    {'A': (0.0, 0.4), 'B': (0.4, 0.5)}
    """
    gone = [name for name in names if name in set(hidden)]
    total = sum(known.values())
    rest = min(box, max(box - total, _LEAST_REST * len(gone))) if gone else 0.0
    factor = (box - rest) / total if total else 0.0
    places, at = {}, 0.0
    for name in names:
        wide = rest / len(gone) if name in gone else factor * known.get(name, 0.0)
        places[name] = (at, at + wide)
        at += wide
    return places
