"""The citable values of movement between observed states and how they are named.

Rows, where S is a state and G a group of people (left out where there are none):
``observed_transitions/WAVE-WAVE/G/S-S``, ``observed_differences/WAVE-WAVE/G/S-S``,
``observed_shares/WAVE/G/S``, ``observed_lost/WAVE/G``, ``observed_directions/WAVE-WAVE/G/more``,
``observed_n/WAVE-WAVE/G/S`` (people in the origin), ``observed_tests/PLACE`` (p-values, in the
order of the table), and ``observed_summary/`` for ``n``, ``states``, ``waves``, ``groups``. Spaces
and signs in names of states and groups become ``_``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from vendepunkt.move.observed_tables import rows_of
from vendepunkt.terms import Ref, RefValue

if TYPE_CHECKING:
    from vendepunkt.move.observed import ObservedMovement

STAGE = "move"


def refs_of(found: ObservedMovement) -> dict[str, RefValue]:
    """Give every citable value by its written ref."""
    values = [*_summary(found), *_between(found), *_by_wave(found), *_tests(found)]
    return {str(value.ref): value for value in values}


def slug(name: str) -> str:
    """Write the name of a state or group as it stands in a ref.

    Examples
    --------
    >>> slug("own home, rented")
    'own_home_rented'
    """
    return re.sub(r"[^\w.]+", "_", name).strip("_") or "_"


def row_name(row: dict[str, Any], *parts: str) -> str:
    """Name a row of a table in a ref: the group of people, then the parts."""
    side = [slug(row["by"])] if row["by"] else []
    return "/".join([*side, *parts])


def _summary(found: ObservedMovement) -> Iterator[RefValue]:
    values = {
        "n": round(found.n),
        "states": len(found.states),
        "waves": len(found.waves),
        "groups": len(found.groups),
    }
    for name, value in values.items():
        yield RefValue(Ref(STAGE, "observed_summary", name), value)


def _between(found: ObservedMovement) -> Iterator[RefValue]:
    for row in rows_of(found.transition_table("all")):
        step, move = _step(row), f"{slug(row['from'])}-{slug(row['to'])}"
        yield _value("observed_transitions", f"{step}/{row_name(row, move)}", row)
        if row["from"] == row["to"]:
            origin = f"{step}/{row_name(row, slug(row['from']))}"
            yield RefValue(Ref(STAGE, "observed_n", origin), round(row["n_origin"]))
    for row in rows_of(found.difference_table("all")):
        move = f"{slug(row['from'])}-{slug(row['to'])}"
        yield _value("observed_differences", f"{_step(row)}/{row_name(row, move)}", row)
    for row in rows_of(found.direction_table()):
        tail = f"{_step(row)}/{row_name(row, row['direction'])}"
        yield _value("observed_directions", tail, row)


def _by_wave(found: ObservedMovement) -> Iterator[RefValue]:
    for row in rows_of(found.shares_table()):
        tail = f"{row['wave']}/{row_name(row, slug(row['group']))}"
        yield _value("observed_shares", tail, row)
    for row in rows_of(found.dropout_table()):
        tail = "/".join([row["wave"], *([slug(row["by"])] if row["by"] else [])])
        yield _value("observed_lost", tail, row)


def _tests(found: ObservedMovement) -> Iterator[RefValue]:
    for place, row in enumerate(rows_of(found.tests_table()), start=1):
        yield RefValue(Ref(STAGE, "observed_tests", str(place)), row["p_value"])


def _step(row: dict[str, Any]) -> str:
    return f"{row['wave_from']}-{row['wave_to']}"


def _value(result: str, tail: str, row: dict[str, Any]) -> RefValue:
    return RefValue(Ref(STAGE, result, tail), row["estimate"], row["conf_low"], row["conf_high"])
