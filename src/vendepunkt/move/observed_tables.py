"""Tidy tables of movement between observed states."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vendepunkt.numerics.markov.observed_intervals import ShareIntervals, share_intervals
from vendepunkt.numerics.markov.observed_models import LikelihoodRatio
from vendepunkt.terms import choose

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.move.observed import ObservedMovement

Floats = npt.NDArray[np.float64]
Row = dict[str, Any]

WHICH = ("steps", "baseline", "all")
#: Directions of a move between ordered states.
DIRECTIONS = ("more", "less", "stayed")
INTERVAL = ["estimate", "std_error", "conf_low", "conf_high", "interval"]
BETWEEN = ["wave_from", "wave_to"]


def picked(found: ObservedMovement, which: str) -> list[int]:
    """Give the numbers of the steps asked for, by where they start and end."""
    choose(which, WHICH, "which")
    steps = found.found.steps
    wanted = {
        "steps": [place for place, (start, end) in enumerate(steps) if end == start + 1],
        "baseline": [place for place, (start, _) in enumerate(steps) if start == 0],
        "all": list(range(len(steps))),
    }[which]
    return sorted(wanted, key=lambda place: (steps[place][0] if which == "steps" else 0, place))


def transition_table(found: ObservedMovement, which: str) -> pd.DataFrame:
    """Give a row per group, step, origin and destination."""
    counted, sure = found.found, found.intervals
    joint = counted.joint
    rows = []
    for step in picked(found, which):
        for g, name in enumerate(found.groups):
            for j, k in np.ndindex(len(found.states), len(found.states)):
                cell = (g, step, j, k)
                rows.append(
                    {"by": name}
                    | _between(found, step)
                    | {"from": found.states[j], "to": found.states[k]}
                    | _estimate(counted.probabilities, sure, cell)
                    | {
                        "n": float(counted.counts[cell]),
                        "n_origin": float(counted.n_origin[g, step, j]),
                        "joint": float(joint[cell]),
                    }
                )
    columns = ["by", *BETWEEN, "from", "to", *INTERVAL, "n", "n_origin", "joint"]
    return _frame(rows, columns)


def shares_table(found: ObservedMovement) -> pd.DataFrame:
    """Give a row per group, wave and state."""
    values = _seen(found)
    rows = []
    for t, wave in enumerate(found.waves):
        shares, sure, people = _shares_at(found, values, t)
        for g, name in enumerate(found.groups):
            for k, state in enumerate(found.states):
                rows.append(
                    {"by": name, "wave": wave, "group": state}
                    | _estimate(shares, sure, (g, k))
                    | {"n": float(people[g, k])}
                )
    return _frame(rows, ["by", "wave", "group", *INTERVAL, "n"])


def _seen(found: ObservedMovement) -> tuple[Floats, Floats]:
    """Give people and weights of each sequence by group, (P, G) each."""
    known = found.found.patterns
    if known is None:
        raise ValueError("observed movement always has its people")
    member = (known.group[:, None] == np.arange(known.n_groups)).astype(np.float64)
    return member * known.people[:, None], member * known.weight[:, None]


def _shares_at(
    found: ObservedMovement, values: tuple[Floats, Floats], wave: int
) -> tuple[Floats, ShareIntervals, Floats]:
    """Give the shares of the states at a wave by group, with intervals and people, (G, M)."""
    known = found.found.patterns
    if known is None:
        raise ValueError("observed movement always has its people")
    at = (known.codes[:, wave, None] == np.arange(len(found.states))).astype(np.float64)
    people, weight = (np.einsum("pg,pk->gk", each, at) for each in values)
    inside = (values[1] > 0) & (known.codes[:, wave] >= 0)[:, None]
    total = weight.sum(axis=1, keepdims=True)
    shares = np.divide(weight, total, out=np.full_like(weight, np.nan), where=total > 0)
    influence = inside[:, :, None] * (at[:, None, :] - np.nan_to_num(shares))
    influence /= np.where(total > 0, total, 1.0)
    variances, df = _variances(found, influence, inside)
    squared = np.einsum("pg,p,p->g", inside.astype(np.float64), at.sum(axis=1), known.squared)
    worth = np.divide(total[:, 0] ** 2, squared, out=np.zeros(len(total)), where=squared > 0)
    sure = share_intervals(shares, variances, people.sum(axis=1), worth, df, level=found.conf_level)
    return shares, sure, people


def _variances(
    found: ObservedMovement, influence: Floats, inside: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Give the variance of shares (G, M) from values (P, G, M), and degrees of freedom (G,)."""
    from vendepunkt.move.observed import drawn

    known, design = found.found.patterns, drawn(found.design)
    if known is None:
        raise ValueError("observed movement always has its people")
    groups = influence.shape[1]
    if design is None:
        return np.einsum("pgk,p->gk", influence**2, known.squared), np.full(groups, np.inf)
    variances = np.full(influence.shape[1:], np.nan)
    df = np.full(groups, np.nan)
    rows = known.row_to_pattern
    for g in range(groups):
        own = np.where((rows >= 0) & inside[rows, g], rows, -1).astype(np.int32)
        if (own >= 0).any():
            answer = design.variance(np.ascontiguousarray(influence[:, g]), own)
            variances[g], df[g] = np.diagonal(answer.covariance), answer.df
    return variances, df


def direction_table(found: ObservedMovement) -> pd.DataFrame:
    """Give a row per group, pair of waves and direction; none where states have no order."""
    known = found.found.patterns
    columns = ["by", *BETWEEN, "direction", *INTERVAL, "n"]
    if not found.ordered or known is None:
        return _frame([], columns)
    people, weight = _seen(found)
    rows = []
    for step in picked(found, "all"):
        start, end = (known.codes[:, wave] for wave in found.found.steps[step])
        both = (start >= 0) & (end >= 0)
        # States run from good to bad, so that a later one is worse.
        marks = np.stack([end > start, end < start, end == start], axis=1) & both[:, None]
        total = np.einsum("pg,p->g", weight, both.astype(np.float64))
        moved = np.einsum("pg,pd->gd", weight, marks.astype(np.float64))
        shares = np.divide(
            moved, total[:, None], out=np.full_like(moved, np.nan), where=total[:, None] > 0
        )
        inside = (weight > 0) & both[:, None]
        influence = inside[:, :, None] * (marks[:, None, :] - np.nan_to_num(shares))
        influence = influence / np.where(total > 0, total, 1.0)[:, None]
        variances, df = _variances(found, influence, inside)
        squared = np.einsum("pg,p->g", inside.astype(np.float64), known.squared)
        worth = np.divide(total**2, squared, out=np.zeros(len(total)), where=squared > 0)
        count = np.einsum("pg,pd->gd", people, marks.astype(np.float64))
        sure = share_intervals(
            shares, variances, count.sum(axis=1), worth, df, level=found.conf_level
        )
        rows += [
            {"by": name}
            | _between(found, step)
            | {"direction": direction}
            | _estimate(shares, sure, (g, d))
            | {"n": float(count[g, d])}
            for g, name in enumerate(found.groups)
            for d, direction in enumerate(DIRECTIONS)
        ]
    return _frame(rows, columns)


def difference_table(found: ObservedMovement, which: str) -> pd.DataFrame:
    """Give each group less the first, with intervals from those of the two (MOVER)."""
    counted = found.found
    shares, errors = counted.probabilities, found.intervals.std_errors
    covariance = None if found.design is None else _covariance(found)
    rows = []
    for step in picked(found, which):
        for g in range(1, len(found.groups)):
            for j, k in np.ndindex(len(found.states), len(found.states)):
                one, other = (g, step, j, k), (0, step, j, k)
                correlation = _correlation(covariance, errors, one, other, shares.shape)
                low, high = _difference_interval(
                    (shares[one], found.intervals.low[one], found.intervals.high[one]),
                    (shares[other], found.intervals.low[other], found.intervals.high[other]),
                    correlation,
                )
                origins = counted.n_origin[[g, 0], step, j]
                rows.append(
                    {"by": found.groups[g], "against": found.groups[0]}
                    | _between(found, step)
                    | {
                        "from": found.states[j],
                        "to": found.states[k],
                        "estimate": float(shares[one] - shares[other]),
                        "conf_low": low,
                        "conf_high": high,
                        "n": float(origins.min()),
                    }
                )
    columns = ["by", "against", *BETWEEN, "from", "to", "estimate", "conf_low", "conf_high", "n"]
    return _frame(rows, columns)


def _covariance(found: ObservedMovement) -> Floats | None:
    from vendepunkt.move.observed import drawn

    design = drawn(found.design)
    # People drawn one by one make groups independent.
    return None if design is None else found.found.covariance(design)


def _correlation(
    covariance: Floats | None,
    errors: Floats,
    one: tuple[int, ...],
    other: tuple[int, ...],
    shape: tuple[int, ...],
) -> float:
    product = float(errors[one] * errors[other])
    if covariance is None or not product > 0:
        return 0.0
    at = [int(np.ravel_multi_index(cell, shape)) for cell in (one, other)]
    return float(np.clip(covariance[at[0], at[1]] / product, -1.0, 1.0))


def _difference_interval(
    one: tuple[float, float, float], other: tuple[float, float, float], correlation: float
) -> tuple[float, float]:
    """Give an interval for a difference from the intervals of its parts.

    References
    ----------
    Zou, G. Y. & Donner, A. (2008). Construction of confidence limits about effect measures: a
    general approach. Statistics in Medicine, 27, 1693–1702. https://doi.org/10.1002/sim.3095
    """
    value, low, high = (float(number) for number in one)
    base, base_low, base_high = (float(number) for number in other)
    down, up = value - low, high - value
    base_down, base_up = base - base_low, base_high - base
    below = down**2 + base_up**2 - 2 * correlation * down * base_up
    above = up**2 + base_down**2 - 2 * correlation * up * base_down
    if not (math.isfinite(below) and math.isfinite(above)):
        return math.nan, math.nan
    difference = value - base
    return difference - math.sqrt(max(below, 0.0)), difference + math.sqrt(max(above, 0.0))


def dropout_table(found: ObservedMovement) -> pd.DataFrame:
    """Give a row per group and wave: how many of all its people have no state."""
    lost = found.lost
    rows = [
        {"by": name, "wave": wave, "people": float(lost.people[g])}
        | _estimate(lost.shares, lost.intervals, (g, t))
        | {"n": float(lost.missing[g, t])}
        for g, name in enumerate(found.groups)
        for t, wave in enumerate(found.waves)
    ]
    return _frame(rows, ["by", "wave", "people", *INTERVAL, "n"])


def tests_table(found: ObservedMovement) -> pd.DataFrame:
    """Give a row per test: what is taken to be the same, and whether that holds."""
    rows = []
    for model in found.models:
        alike = [
            name for name, own in (("steps", model.by_step), ("groups", model.by_group)) if not own
        ]
        free = model.test is None
        name = "one table for each" if free else f"same over {' and '.join(alike)}"
        rows.append(_test(name, model.loglik, model.n_parameters, model.test))
    ends = [end for start, end in found.found.steps if start == 0]
    for end, model in zip(sorted(ends), found.baseline, strict=False):
        name = f"same over groups, {found.waves[0]} to {found.waves[end]}"
        rows.append(_test(name, model.loglik, model.n_parameters, model.test))
    rates = found.rates
    if rates is not None:
        rows.append(_test("constant rates", rates.loglik, rates.n_parameters, rates.test))
    columns = ["same", "loglik", "n_parameters", "test", "statistic", "df", "df_denominator"]
    return _frame(rows, [*columns, "p_value", "rejected"])


def _test(same: str, loglik: float, n_parameters: int, test: LikelihoodRatio | None) -> Row:
    row: Row = {"same": same, "loglik": loglik, "n_parameters": n_parameters}
    if test is None:
        return row
    return row | {
        "test": test.kind,
        "statistic": test.statistic,
        "df": test.df,
        "df_denominator": test.df_denominator,
        "p_value": test.p_value,
        "rejected": test.rejected,
    }


def rates_table(found: ObservedMovement) -> pd.DataFrame:
    """Give a row per group, origin and destination; none where the times are not known."""
    rates = found.rates
    columns = ["by", "from", "to", "estimate", "std_error"]
    if rates is None:
        return _frame([], columns)
    rows = [
        {
            "by": name,
            "from": found.states[j],
            "to": found.states[k],
            "estimate": float(rates.rates[g, j, k]),
            "std_error": float(rates.rate_errors[g, j, k]),
        }
        for g, name in enumerate(found.groups)
        for j, k in np.ndindex(len(found.states), len(found.states))
        if j != k
    ]
    return _frame(rows, columns)


def embedding_table(found: ObservedMovement) -> pd.DataFrame:
    """Give a row per group and step: whether a generator exists, and why not."""
    rows: list[Row] = [
        {"by": name, **_between(found, step)}
        | {
            "reason": "" if verdict is None else verdict.reason,
            "valid": None if verdict is None else verdict.valid,
        }
        for g, name in enumerate(found.groups)
        for step, verdict in zip(found.found.chain, found.embeddings[g], strict=True)
    ]
    return _frame(rows, ["by", *BETWEEN, "reason", "valid"])


def flow_table(found: ObservedMovement) -> pd.DataFrame:
    """Give shares (``kind`` share) and flows (``kind`` flow) for the alluvial figure, by group.

    A flow is a share of those seen at both waves; its interval is that of the transition times
    the share of the origin.
    """
    import pandas as pd

    shares = shares_table(found).assign(kind="share")
    flows = transition_table(found, "steps").assign(kind="flow")
    factor = flows["joint"] / flows["estimate"].where(flows["estimate"] > 0)
    for column in ("conf_low", "conf_high"):
        flows[column] = flows[column] * factor
    flows["estimate"] = flows["joint"]
    table = pd.concat([shares, flows], ignore_index=True)
    columns = ["by", "kind", "wave", "group", *BETWEEN, "from", "to"]
    return table[[*columns, "estimate", "conf_low", "conf_high", "n"]]


def _between(found: ObservedMovement, step: int) -> Row:
    start, end = found.found.steps[step]
    return {"wave_from": found.waves[start], "wave_to": found.waves[end]}


def _estimate(values: Floats, sure: ShareIntervals, cell: tuple[int, ...]) -> Row:
    return {
        "estimate": float(values[cell]),
        "std_error": float(sure.std_errors[cell]),
        "conf_low": float(sure.low[cell]),
        "conf_high": float(sure.high[cell]),
        "interval": str(sure.interval[cell]),
    }


def _frame(rows: list[Row], columns: list[str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=columns)


def rows_of(table: pd.DataFrame) -> Iterator[Row]:
    """Give the rows of a table as plain values."""
    for row in table.to_dict("records"):
        yield {str(key): value for key, value in row.items()}
