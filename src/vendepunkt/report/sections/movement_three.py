"""Apparent, smoothed and corrected movement side by side, and how much of the first is error."""

from __future__ import annotations

import numpy as np

from vendepunkt.disclosure import LinkedCounts
from vendepunkt.language import text
from vendepunkt.report.blocks import (
    HIDDEN,
    Block,
    Cell,
    Column,
    Heading,
    Paragraph,
    Row,
    Statement,
    Table,
)
from vendepunkt.report.inline import literal, ref
from vendepunkt.report.sections.measured import Bools, unless
from vendepunkt.report.sections.movement_seen import Between, Seen
from vendepunkt.report.sections.movement_tables import base, between, rows_of, source, step

KINDS = ("apparent", "smoothed", "corrected")


def three(at: Seen, *, alone: bool) -> list[Block]:
    """Give the three tables and the apparent excess.

    Parameters
    ----------
    at
        The movement.
    alone
        Whether no counts of the same people stand in the report: people placed by their answers
        are counts too, and would help to work out hidden ones.
    """
    language = at.language
    blocks: list[Block] = [
        Heading(text("move.page.three.heading", language), 2),
        Paragraph(text("move.page.three.lead", language)),
    ]
    said = looks_like_movement(at)
    if said is not None:
        blocks.append(said)
    if not alone:
        return [*blocks, Paragraph(text("move.page.three.left_out", language))] if said else []
    hidden = {one.pair: hidden_cells(at, one) for one in at.between}
    return [*blocks, _moved(at, hidden), *_excess(at), _cells(at, hidden[at.last.pair])]


def looks_like_movement(at: Seen) -> Statement | None:
    """Say how many seem to have moved, and how many did by the model."""
    if at.last.directions.get("stayed", False):
        return None
    stem = f"move/moved/{at.pair}"
    values = {kind: ref(f"{stem}/{kind}", "points") for kind in ("apparent", "corrected")}
    return Statement("error_looks_like_movement", values)


def hidden_cells(at: Seen, one: Between) -> dict[str, tuple[Bools, bool]]:
    """Let people as they are placed pass the door: cells, and whether all who moved are hidden.

    Corrected movement is the model's, and is hidden as the transitions are.
    """
    found = {}
    size, start, end = len(at.letters), *(at.found.waves[wave] for wave in one.pair)
    counts = {
        (row["kind"], row["from"], row["to"]): row["n"]
        for row in rows_of(at.found.three_table())
        if (row["wave_from"], row["wave_to"]) == (start, end)
    }
    for kind in KINDS[:2]:
        people = np.array([[counts[kind, a, b] for b in at.letters] for a in at.letters])
        linked = LinkedCounts()
        places = linked.cells(np.rint(people).astype(np.int64))
        moved = linked.total(places[~np.eye(size, dtype=bool)])
        linked.equal([*places.diagonal(), moved], linked.total(places.ravel(), cost=10.0))
        hidden, _ = at.context.door.linked(f"movement-{kind}-{start}-{end}", linked)
        found[kind] = (hidden[places], bool(hidden[moved]))
    found["corrected"] = (one.hidden, one.directions.get("stayed", False))
    return found


def _moved(at: Seen, hidden: dict[tuple[int, int], dict[str, tuple[Bools, bool]]]) -> Table:
    language = at.language
    values = {
        (row["wave_from"], row["wave_to"], row["kind"]): row["moved"]
        for row in rows_of(at.found.three_moved())
    }
    rows = []
    for one in at.between:
        start, end = (at.found.waves[wave] for wave in one.pair)
        cells: list[Cell] = [step(at, start, end)]
        cells += [
            unless(hidden[one.pair][kind][1], float(values[start, end, kind])) for kind in KINDS
        ]
        rows.append(Row(tuple(cells)))
    return Table(
        "movement-three-moved",
        text("move.page.three.moved", language, base=base(at)),
        (
            Column("waves", text("move.page.waves", language)),
            *(Column(kind, _kind(at, kind), "pct1") for kind in KINDS),
        ),
        tuple(rows),
        at.cleared("movement-three-moved"),
        source=source(at),
    )


def _kind(at: Seen, kind: str) -> str:
    return text(f"move.page.three.{kind}", at.language)


def _excess(at: Seen) -> list[Block]:
    """Say which part of apparent movement is error in placing."""
    place = f"move/moved/{at.pair}/excess"
    known = at.context.refs.get(place)
    if known is None or at.last.directions.get("stayed", False):
        return []
    if not isinstance(known.value, (int, float)) or not np.isfinite(known.value):
        return []
    values = {"share": ref(place, "pct")}
    blocks: list[Block]
    if between(known) is None:
        blocks = [Paragraph(text("move.page.three.excess_alone", at.language, **values))]
    else:
        values["ci"] = ref(place, "ci")
        blocks = [Paragraph(text("move.page.three.excess", at.language, **values))]
    return [*blocks, Paragraph(text("move.excess.property", at.language))]


def _cells(at: Seen, hidden: dict[str, tuple[Bools, bool]]) -> Table:
    language, waves = at.language, at.found.waves
    values = {
        (row["kind"], row["from"], row["to"]): float(row["joint"])
        for row in rows_of(at.found.three_table())
        if (row["wave_from"], row["wave_to"]) == (waves[0], waves[-1])
    }
    rows: list[Row] = []
    for g, start in enumerate(at.letters):
        rows.append(
            Row((text("move.page.three.from", language,
                      group=literal(at.name(start, waves[0]))),), "group")
        )  # fmt: skip
        for h, end in enumerate(at.letters):
            cells: list[Cell] = [literal(at.name(end, waves[-1]))]
            cells += [
                HIDDEN if hidden[kind][0][g, h] else values[kind, start, end] for kind in KINDS
            ]
            rows.append(Row(tuple(cells)))
    return Table(
        "movement-three",
        text("move.page.three.caption", language, base=base(at),
             waves=step(at, waves[0], waves[-1])),
        (
            Column("to", text("move.page.three.to", language)),
            *(Column(kind, _kind(at, kind), "pct1") for kind in KINDS),
        ),
        tuple(rows),
        at.cleared("movement-three"),
        note=" ".join(
            f"{_kind(at, kind)}: {text(f'move.about.{kind}', language)}" for kind in KINDS
        ),
        source=source(at),
    )  # fmt: skip
