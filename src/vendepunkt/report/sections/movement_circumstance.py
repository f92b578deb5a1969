"""What became of people's circumstances, set against how their severity changed."""

from __future__ import annotations

from typing import Any

import numpy as np

from vendepunkt.language import text
from vendepunkt.move import CircumstanceChange
from vendepunkt.report.blocks import Block, Cell, Column, Heading, Paragraph, Row, Table
from vendepunkt.report.inline import literal
from vendepunkt.report.sections.measured import estimate, unless
from vendepunkt.report.sections.movement_seen import Seen
from vendepunkt.report.sections.movement_tables import base, rows_of, source

_CHANGES = ("stayed_without", "gained", "lost", "stayed_with")


def circumstances(at: Seen) -> list[Block]:
    """Give the change in severity of those whose circumstance changed; nothing where not asked for.

    The results are looked for under ``circumstances``, a sequence of changes.
    """
    found = [
        one
        for one in at.context.results.get("circumstances", ())
        if isinstance(one, CircumstanceChange)
    ]
    if not found:
        return []
    return [
        Heading(text("move.page.circumstance.heading", at.language), 2),
        Paragraph(text("move.page.circumstance.lead", at.language)),
        *(_table(at, one, number) for number, one in enumerate(found, start=1)),
    ]


def _table(at: Seen, found: CircumstanceChange, number: int) -> Table:
    language, name = at.language, f"movement-circumstance-{number}"
    means, differences = _by_change(found, "mean"), _by_change(found, "difference")
    counts = np.array([round(float(means[c]["n"])) if c in means else 0 for c in _CHANGES])
    # With several steps one person may count more than once.
    steps = len(at.found.waves) - 1 if found.which == "steps" else 1
    small = counts < at.context.door.rules.threshold * steps
    protection, clearance = at.context.door.counts(name, counts, small=small)
    called = literal(found.circumstance.name)
    rows = []
    for place, change in enumerate(_CHANGES):
        if change not in means:
            continue
        away = protection.hidden[place]
        against = differences.get(change)
        cells: tuple[Cell, ...] = (
            text(f"move.page.circumstance.{change}", language, name=called),
            unless(away, int(counts[place])),
            unless(away, _points(means[change])),
            None if against is None else unless(away or protection.hidden[_other(change)],
                                                _points(against)),
        )  # fmt: skip
        rows.append(Row(cells))
    return Table(
        name,
        text("move.page.circumstance.caption", language, base=base(at), name=called),
        (
            Column("change", text("move.page.circumstance.change", language)),
            Column("n", text("move.page.transitions.n", language), "integer"),
            Column("mean", text("move.page.severity.mean", language), "num1"),
            Column("difference", text("move.page.circumstance.difference", language), "num1"),
        ),
        tuple(rows),
        clearance,
        note=text("move.page.circumstance.note", language),
        source=source(at),
    )  # fmt: skip


def _by_change(found: CircumstanceChange, term: str) -> dict[str, dict[str, Any]]:
    """Give the rows of one term that are about everybody, by what became of the circumstance."""
    return {
        row["change"]: row
        for row in rows_of(found.table())
        if row["term"] == term and not row["group"]
    }


def _other(change: str) -> int:
    """Place of those whom a change is set against."""
    return _CHANGES.index("stayed_without" if change == "gained" else "stayed_with")


def _points(row: dict[str, Any]) -> Cell:
    return estimate(100 * row["estimate"], 100 * row["conf_low"], 100 * row["conf_high"])
