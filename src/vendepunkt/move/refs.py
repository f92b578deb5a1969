"""The citable values of a movement and how they are named.

Rows: ``shares/WAVE/A``, ``change/WAVE-WAVE/A``, ``transitions/WAVE-WAVE/A-B`` (probability of the
destination), ``joint/WAVE-WAVE/A-B`` (share of everybody), ``directions/WAVE-WAVE/more``,
``moved/WAVE-WAVE/gross`` and ``net``, ``moved/WAVE-WAVE/apparent``, ``smoothed``, ``corrected`` and
``excess``, ``severity/WAVE-WAVE/all`` and ``/A``, ``n/WAVE/A`` (people expected), ``cross/WAVE/A``,
``dropout/WAVE/A`` (share of the group at the first wave that is gone),
``destinations/WAVE-WAVE/A-died``, ``tipping/2/WAVE/A`` (odds, share),
``within/WAVE-WAVE/A-profile`` (change in severity: all, composition, profile; ``all-profile`` for
everybody), ``measurement/change/one`` and ``/all`` (largest change of a share when one item, or
all, are free), ``measurement/apart``, and ``summary/`` for ``left``, ``n``, ``n_always``,
``n_empty``, ``classes``, ``groups``, ``waves``, ``items``, ``accuracy``, ``entropy``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from vendepunkt.terms import Ref, RefValue

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.move.movement import Movement

STAGE = "move"


def refs_of(found: Movement) -> dict[str, RefValue]:
    """Give every citable value by its written ref."""
    values = [*_summary(found), *_by_wave(found), *_between(found), *_moved(found)]
    values += [*_left(found), *_meaning(found)]
    return {str(value.ref): value for value in values}


def steps_name(row: dict[str, Any]) -> str:
    """Name a pair of waves in a ref."""
    return f"{row['wave_from']}-{row['wave_to']}"


def _summary(found: Movement) -> Iterator[RefValue]:
    material = found.material
    always = float(material.people() @ material.present.all(axis=1))
    values: dict[str, float | int | None] = {
        "n": round(material.n),
        "n_always": round(always),
        "n_empty": round(material.n_empty),
        "classes": found.model.classes,
        "groups": len(found.groups.groups),
        "waves": len(found.waves),
        "items": len(material.answers.indicators),
        "accuracy": found.accuracy,
        "entropy": found.model.criteria.entropy,
    }
    for name, value in values.items():
        yield RefValue(Ref(STAGE, "summary", name), value)


def _by_wave(found: Movement) -> Iterator[RefValue]:
    for row in _rows(found.shares_table()):
        yield _value("shares", f"{row['wave']}/{row['group']}", row)
    for t, wave in enumerate(found.waves):
        expected = found.ground.wave_cells(t).expected
        for g, letter in enumerate(found.ground.letters):
            yield RefValue(Ref(STAGE, "n", f"{wave}/{letter}"), round(float(expected[g])))
    for row in _rows(found.cross_section_table()):
        yield _value("cross", f"{row['wave']}/{row['group']}", row)


def _between(found: Movement) -> Iterator[RefValue]:
    for row in _rows(found.change_table()):
        yield _value("change", f"{steps_name(row)}/{row['group']}", row)
    for row in _rows(found.transition_table("all")):
        tail = f"{steps_name(row)}/{row['from']}-{row['to']}"
        yield _value("transitions", tail, row)
        yield RefValue(Ref(STAGE, "joint", tail), row["joint"])
    for row in _rows(found.direction_table()):
        yield _value("directions", f"{steps_name(row)}/{row['direction']}", row)
    for row in _rows(found.mean_change_table()):
        yield _value("severity", f"{steps_name(row)}/{row['group'] or 'all'}", row)


def _moved(found: Movement) -> Iterator[RefValue]:
    for row in _rows(found.gross_net_table()):
        for kind in ("gross", "net"):
            name = Ref(STAGE, "moved", f"{steps_name(row)}/{kind}")
            yield RefValue(name, row[kind], row[f"{kind}_low"], row[f"{kind}_high"])
    for row in _rows(found.three_moved()):
        yield RefValue(Ref(STAGE, "moved", f"{steps_name(row)}/{row['kind']}"), row["moved"])
    for row in _rows(found.excess()):
        yield _value("moved", f"{steps_name(row)}/excess", row)


def _left(found: Movement) -> Iterator[RefValue]:
    dropout = found.further.dropout
    if dropout is None:
        return
    yield RefValue(Ref(STAGE, "summary", "left"), dropout.share_left)
    for row in _rows(dropout.dropout_table()):
        low, high = row["conf_low"], row["conf_high"]
        tail = f"{row['wave']}/{row['group']}"
        yield RefValue(Ref(STAGE, "dropout", tail), row["share_lost"], low, high)
    for row in _rows(dropout.destinations_table()):
        yield _value("destinations", f"{steps_name(row)}/{row['from']}-{row['to']}", row)
    for row in _rows(dropout.tipping_table()):
        tail = f"{row['odds']:g}/{row['wave']}/{row['group']}"
        yield RefValue(Ref(STAGE, "tipping", tail), row["estimate"])


def _meaning(found: Movement) -> Iterator[RefValue]:
    measurement, within = found.further.measurement, found.further.within
    if measurement is not None:
        yield RefValue(Ref(STAGE, "measurement", "change/one"), measurement.largest_change)
        yield RefValue(Ref(STAGE, "measurement", "change/all"), measurement.free.change)
        yield RefValue(Ref(STAGE, "measurement", "apart"), measurement.free.farthest)
    if within is not None:
        for row in _rows(within.parts_table()):
            tail = f"{steps_name(row)}/{row['group'] or 'all'}-{row['part']}"
            yield _value("within", tail, row)


def _value(result: str, tail: str, row: dict[str, Any]) -> RefValue:
    return RefValue(Ref(STAGE, result, tail), row["estimate"], row["conf_low"], row["conf_high"])


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
