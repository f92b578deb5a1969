"""Shares, their change, transitions, directions, gross and net: tidy tables with intervals."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import intervals
from vendepunkt.move import weak as small
from vendepunkt.move.ground import DIRECTIONS, Ground
from vendepunkt.move.smooth import Smooth, estimated
from vendepunkt.move.weak import Weak

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Row = dict[str, Any]

#: Beyond so many groups the interval of net change looks at the estimated signs only.
MOST_SIGNS = 10


def share_rows(ground: Ground, weak: Weak | None) -> list[Row]:
    """How large is each main group at each wave? Rows as :meth:`Movement.shares_table`."""
    people = np.array([[ground.counts @ there] for there in ground.present.T])
    found = small.shares(ground, weak, Ground.shares, people)
    rows = []
    for t, wave in enumerate(ground.waves):
        n = ground.wave_cells(t).n
        rows += [
            {"wave": wave, "group": letter} | found.row(t, g) | {"n": float(n[g])}
            for g, letter in enumerate(ground.letters)
        ]
    return rows


def change_rows(ground: Ground) -> list[Row]:
    """How much did each main group grow? The error counts that the same people were asked."""
    shares = ground.shares()
    rows = []
    for start, end in ground.pairs():
        change = shares[end] - shares[start]
        error = change.std_error(ground.covariance)
        if len(ground.letters) == 1:
            error = np.full(error.shape, np.nan)
        low, high = _number_interval(ground, change.value, error)
        n = np.minimum(ground.wave_cells(start).n, ground.wave_cells(end).n)
        rows += [
            ground.between((start, end))
            | {
                "group": letter,
                "estimate": float(change.value[g]),
                "std_error": float(error[g]),
                "conf_low": float(low[g]),
                "conf_high": float(high[g]),
                "n": float(n[g]),
            }
            for g, letter in enumerate(ground.letters)
        ]
    return rows


def transition_rows(ground: Ground, pairs: list[tuple[int, int]], weak: Weak | None) -> list[Row]:
    """Where do the people of each main group go? A row per pair of waves, origin, destination."""
    rows = []
    for pair in pairs:
        joint, cells = ground.joint(pair).value, ground.cells(pair)
        origin = cells.sum(axis=1)
        found = small.transitions(ground, pair, weak)
        step = pair[0] + 1 if pair[1] == pair[0] + 1 else 0
        for g, start in enumerate(ground.letters):
            rows += [
                {"step": step}
                | ground.between(pair)
                | {"from": start, "to": end}
                | found.row(g, h)
                | {
                    "n": float(cells.n[g, h]),
                    "expected": float(cells.expected[g, h]),
                    "n_origin": float(origin.n[g]),
                    "joint": float(joint[g, h]),
                }
                for h, end in enumerate(ground.letters)
            ]
    return rows


def flow_rows(ground: Ground, pairs: list[tuple[int, int]], weak: Weak | None) -> list[Row]:
    """Which share of everybody goes from each main group to each? For the alluvial figure."""
    rows = []
    for pair in pairs:
        cells, people = ground.cells(pair), float(ground.counts @ ground.both(pair))
        found = small.shares(ground, weak, partial(Ground.joint, pair=pair), people)
        rows += [
            ground.between(pair)
            | {"from": start, "to": end, "direction": ground.direction(g, h)}
            | found.row(g, h)
            | {"n": float(cells.n[g, h])}
            for g, start in enumerate(ground.letters)
            for h, end in enumerate(ground.letters)
        ]
    return rows


def direction_rows(ground: Ground, weak: Weak | None) -> list[Row]:
    """Which share of everybody moved toward more or less exclusion, sideways, or stayed?"""
    marks = ground.directions()
    rows = []
    for pair in ground.pairs():
        cells, people = ground.cells(pair), float(ground.counts @ ground.both(pair))
        n = np.minimum(
            np.einsum("gh,dgh->d", cells.expected, marks),
            np.einsum("gh,dgh->d", cells.modal, marks),
        )
        found = small.shares(ground, weak, partial(_directed, pair=pair, marks=marks), people)
        rows += [
            ground.between(pair) | {"direction": name} | found.row(d) | {"n": float(n[d])}
            for d, name in enumerate(DIRECTIONS)
        ]
    return rows


def _directed(ground: Ground, pair: tuple[int, int], marks: Floats) -> Smooth:
    return ground.joint(pair).weighted("gh,dgh->d", marks)


def gross_net_rows(ground: Ground) -> list[Row]:
    """How many changed group, and how much of it shows in the size of the groups?

    Gross is the share who changed group; net is half the sum of the changes in share, the least
    number of moves that could have made them.
    """
    shares, size = ground.shares(), len(ground.letters)
    rows = []
    for start, end in ground.pairs():
        gross = ground.joint((start, end)).weighted("gh,gh->", 1.0 - np.eye(size))
        error = gross.std_error(ground.covariance)
        error = np.where((gross.value > 0) & (error > 0), error, np.nan)
        low, high = intervals.probability_interval(
            gross.value, error, ground.options.conf_level, ground.model.errors.df
        )
        cells = ground.cells((start, end))
        off = 1.0 - np.eye(size)
        rows.append(
            ground.between((start, end))
            | {
                "gross": float(gross.value),
                "gross_std_error": float(error),
                "gross_low": float(low),
                "gross_high": float(high),
            }
            | net_change(ground, shares[end] - shares[start])
            | {"n": float(min((cells.expected * off).sum(), (cells.modal * off).sum()))}
        )
    return rows


def net_change(ground: Ground, change: Smooth) -> Row:
    """Give net change with an interval that stays right where a change may be of either sign.

    As the changes add to 0, net change is the largest sum of changes over any set of groups. The
    upper limit is the largest of the upper limits of those sums, so that it holds whichever set is
    the true one; the lower limit is that of the estimated set, and not under 0.
    """
    size = change.value.size
    best = (change.value > 0).astype(np.float64)
    if size <= MOST_SIGNS:
        sets = np.array(list(np.ndindex(*[2] * size)), dtype=np.float64)[1:-1]
    else:
        sets = np.array([best, 1.0 - best])
    net = change.weighted("g,g->", best)
    error = net.std_error(ground.covariance)
    if ground.covariance is None or size == 1:
        low = high = np.array(np.nan)
        error = np.array(np.nan)
    else:
        low, _ = _number_interval(ground, net.value, error)
        sums = change.weighted("g,sg->s", sets)
        _, highest = _number_interval(ground, sums.value, sums.std_error(ground.covariance))
        low, high = np.maximum(low, 0.0), np.asarray(highest.max())
    return {
        "net": float(net.value),
        "net_std_error": float(error),
        "net_low": float(low),
        "net_high": float(high),
    }


def rate_rows(ground: Ground) -> list[Row]:
    """Give the rates per year between classes, with intervals by the logarithm; none unless fitted.

    A rate is above 0, so that its interval is symmetric for the logarithm.
    """
    fit = ground.model.fit
    if fit.rates is None:
        return []
    rates = estimated(ground.model.estimates, "rates")
    error = rates.std_error(ground.covariance)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = _number_interval(ground, np.log(rates.value), error / rates.value)
    return [
        {
            "from": j + 1,
            "to": k + 1,
            "estimate": float(rates.value[j, k]),
            "std_error": float(error[j, k]),
            "conf_low": float(np.exp(low[j, k])),
            "conf_high": float(np.exp(high[j, k])),
        }
        for j, k in np.ndindex(*rates.value.shape)
        if j != k
    ]


def any_small(ground: Ground, pairs: list[tuple[int, int]]) -> int:
    """Count the transitions that rest on few people."""
    return sum(int(small.small_transitions(ground, pair).sum()) for pair in pairs)


def frame(rows: list[Row], columns: list[str]) -> pd.DataFrame:
    """Put tidy rows into a data frame with these columns."""
    import pandas as pd

    return pd.DataFrame(rows, columns=columns)


def _number_interval(ground: Ground, value: Floats, error: Floats) -> tuple[Floats, Floats]:
    return intervals.number_interval(
        np.asarray(value), np.asarray(error), ground.options.conf_level, ground.model.errors.df
    )
