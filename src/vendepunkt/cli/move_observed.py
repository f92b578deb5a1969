"""What ``vendepunkt move --observed`` answers: plain values, and lines for people."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from vendepunkt.cli.tables import painted, rows_of, span, with_span

#: Estimates with their intervals are wide.
WIDTH = 140

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.move import ObservedMovement


def observed_answer(found: ObservedMovement) -> dict[str, Any]:
    """Give movement between observed states as plain values, the tables as rows."""
    counted = found.found
    return {
        "item": found.item,
        "n": round(found.n),
        "weighted": found.weighted,
        "waves": list(found.waves),
        "times": None if found.times is None else found.times.tolist(),
        "states": list(found.states),
        "by": None if found.by is None else found.by.name,
        "groups": [] if found.by is None else list(found.by.names),
        "lot": found.lot or None,
        "steps": [[found.waves[start], found.waves[end]] for start, end in counted.steps],
        "probabilities": counted.probabilities.tolist(),
        "counts": counted.counts.tolist(),
        "transitions": rows_of(found.transition_table("all")),
        "differences": rows_of(found.difference_table("all")),
        "shares": rows_of(found.shares_table()),
        "directions": rows_of(found.direction_table()),
        "lost": rows_of(found.dropout_table()),
        "tests": rows_of(found.tests_table()),
        "rates": rows_of(found.rates_table()),
        "embedding": rows_of(found.embedding_table()),
    }


def observed_lines(found: ObservedMovement) -> Iterator[str]:
    """Give the answer for people: steps, from the first wave, drop-out, and what it rests on."""
    from vendepunkt.language import statement

    yield repr(found).strip("<>")
    for which, words in (("steps", "from wave to wave"), ("baseline", "from the first wave")):
        if which == "baseline" and len(found.waves) == 2:
            continue
        yield ""
        yield f"Where the people of each state go, {words}"
        yield from painted(
            _transition_rows(found, found.transition_table(which)), words=3, width=WIDTH
        )
    differences = found.difference_table()
    if len(differences):
        yield ""
        yield f"How the groups differ from {found.groups[0]}, from the first wave"
        yield from painted(_difference_rows(differences), words=4, width=WIDTH)
    yield ""
    yield "Without an answer, of everybody"
    yield from painted(_lost_rows(found), width=WIDTH)
    yield ""
    yield "Is one table enough?"
    yield from painted(_test_rows(found))
    yield ""
    if not found.lot:
        yield statement("associations", "en")
    yield statement("same_size", "en")


def _transition_rows(found: ObservedMovement, table: pd.DataFrame) -> list[list[str]]:
    rows = [["step", "group", "from", *(f"to {state}" for state in found.states), "people"]]
    keys = ["wave_from", "wave_to", "by", "from"]
    for (start, end, side, state), own in table.groupby(keys, sort=False):
        cells = [with_span(row) for row in rows_of(own)]
        people = f"{own['n_origin'].iloc[0]:.0f}"
        rows.append([f"{start} to {end}", str(side), str(state), *cells, people])
    return rows


def _difference_rows(table: pd.DataFrame) -> list[list[str]]:
    rows = [["step", "group", "from", "to", "points", "95 % interval"]]
    for row in rows_of(table):
        points = f"{100 * row['estimate']:+.1f}" if math.isfinite(row["estimate"]) else ""
        step = f"{row['wave_from']} to {row['wave_to']}"
        limits = span(row["conf_low"], row["conf_high"])
        rows.append([step, row["by"], row["from"], row["to"], points, limits])
    return rows


def _lost_rows(found: ObservedMovement) -> list[list[str]]:
    rows = [["group", *found.waves, "people"]]
    table = found.dropout_table()
    for side, own in table.groupby("by", sort=False):
        cells = [with_span(row) for row in rows_of(own)]
        rows.append([str(side) or "everybody", *cells, f"{own['people'].iloc[0]:.0f}"])
    return rows


def _test_rows(found: ObservedMovement) -> list[list[str]]:
    rows = [["", "log-likelihood", "parameters", "statistic", "df", "p"]]
    for row in rows_of(found.tests_table()):
        tested = isinstance(row["test"], str)
        rows.append(
            [
                row["same"],
                f"{row['loglik']:.3f}",
                f"{row['n_parameters']:.0f}",
                f"{row['statistic']:.1f}" if tested else "",
                f"{row['df']:.1f}".removesuffix(".0") if tested else "",
                f"{row['p_value']:.3f}" if tested else "",
            ]
        )
    return rows
