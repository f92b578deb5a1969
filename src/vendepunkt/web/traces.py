"""What a backup may no longer hold: phones of what has closed, and words erased since.

Pure functions over the rows of a backup, each as Django writes it: ``model``, ``pk``, ``fields``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import SystemRandom
from typing import Any, Final

Row = dict[str, Any]
Tables = dict[str, list[Row]]

_CHANCE: Final = SystemRandom()


@dataclass(frozen=True, slots=True)
class Gone:
    """What is no longer in the database, of what a backup may hold.

    Attributes
    ----------
    closed
        Keys of openings that are not open any more.
    words
        Model → key of a row whose words were struck out → field → what stands there now.
    erased
        Digests of contents of the log that were erased.
    deleted
        Model → keys of rows that were deleted, as they stand in the backup.
    """

    closed: frozenset[int] = field(default_factory=frozenset)
    words: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    erased: frozenset[str] = field(default_factory=frozenset)
    deleted: Mapping[str, frozenset[Any]] = field(default_factory=dict)


def without(tables: Tables, gone: Gone, parents: Mapping[str, Mapping[str, str]]) -> Tables:
    """Give the tables of a backup without what is gone.

    Ballots of an opening that has closed since stay, as the ballots of a closed one: in random
    order, under random keys, with nothing that leads to a phone.

    Parameters
    ----------
    tables
        Model → rows.
    gone
        What to leave out.
    parents
        Model → field → model it points at, of fields whose row goes when the other does.
    """
    kept = _without_deleted(tables, gone.deleted, parents)
    now = [row for row in kept.get("room.opening", []) if row["fields"]["state"] == "open"]
    closed = {row["pk"] for row in now if row["pk"] in gone.closed}
    return {model: _cleaned(model, rows, gone, closed, kept) for model, rows in kept.items()}


def open_in(tables: Tables) -> list[int]:
    """Name the openings that are open in a backup."""
    rows = tables.get("room.opening", [])
    return [row["pk"] for row in rows if row["fields"]["state"] == "open"]


def _cleaned(
    model: str, rows: list[Row], gone: Gone, closed: set[int], tables: Tables
) -> list[Row]:
    mend: dict[str, Callable[[], list[Row]]] = {
        "room.openballot": lambda: [one for one in rows if one["fields"]["opening"] not in closed],
        "room.ideaclaim": lambda: [one for one in rows if one["fields"]["opening"] not in closed],
        "room.castballot": lambda: rows + _cast(tables, closed),
        "room.opening": lambda: [_closed(one, closed, tables) for one in rows],
        "room.token": lambda: _without_holders(rows, closed, tables),
        "people.blob": lambda: [
            _with(one, text="", key="") if one["pk"] in gone.erased else one for one in rows
        ],
    }
    if model in gone.words:
        now = gone.words[model]
        return [_with(one, **now.get(str(one["pk"]), {})) for one in rows]
    return mend[model]() if model in mend else rows


def _cast(tables: Tables, closed: set[int]) -> list[Row]:
    papers = {one["pk"]: one["fields"]["themes"] for one in tables["room.opening"]}
    cast = []
    for one in tables.get("room.openballot", []):
        opening, marks = one["fields"]["opening"], one["fields"]["marks"]
        if opening in closed:
            # In the order of the paper: not in the order in which they were marked.
            ordered = {theme: marks[theme] for theme in papers[opening] if theme in marks}
            fields = {**one["fields"], "marks": ordered, "channel": "phone"}
            row = {"model": "room.castballot", "pk": secrets.token_hex(16), "fields": fields}
            cast.append(row)
    _CHANCE.shuffle(cast)
    return cast


def _closed(row: Row, closed: set[int], tables: Tables) -> Row:
    if row["pk"] not in closed:
        return row
    ballots = [
        one["fields"]
        for one in tables.get("room.openballot", [])
        if one["fields"]["opening"] == row["pk"]
    ]
    if row["fields"]["vote"] is None:
        return _with(row, state="erased")
    blank = sum(not ballot["marks"] for ballot in ballots)
    return _with(row, state="erased", totals={"voted": len(ballots), "blank": blank})


def _without_holders(rows: list[Row], closed: set[int], tables: Tables) -> list[Row]:
    openings = tables.get("room.opening", [])
    still = {
        one["fields"]["panel"]
        for one in openings
        if one["fields"]["state"] == "open" and one["pk"] not in closed
    }
    mended = [one if one["fields"]["panel"] in still else _with(one, holder="") for one in rows]
    return sorted(mended, key=lambda one: str(one["pk"]))


def _with(row: Row, **fields: Any) -> Row:
    return {**row, "fields": {**row["fields"], **fields}}


def _without_deleted(
    tables: Tables,
    deleted: Mapping[str, frozenset[Any]],
    parents: Mapping[str, Mapping[str, str]],
) -> Tables:
    gone: dict[str, set[Any]] = {model: set(keys) for model, keys in deleted.items()}
    while True:
        before = sum(map(len, gone.values()))
        for model, rows in tables.items():
            points = parents.get(model, {})
            lost = {
                one["pk"]
                for one in rows
                if any(one["fields"].get(name) in gone.get(to, ()) for name, to in points.items())
            }
            gone.setdefault(model, set()).update(lost)
        if sum(map(len, gone.values())) == before:
            break
    return {
        model: [one for one in rows if one["pk"] not in gone[model]]
        for model, rows in tables.items()
    }
