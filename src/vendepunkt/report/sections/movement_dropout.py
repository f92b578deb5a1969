"""Drop-out: who left, why, where people of each group went, and what if leavers were worse off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from vendepunkt.disclosure import Clearance, LinkedCounts
from vendepunkt.language import number, text
from vendepunkt.report.blocks import (
    Block,
    Cell,
    Column,
    Heading,
    Paragraph,
    Row,
    Statement,
    Table,
)
from vendepunkt.report.inline import literal
from vendepunkt.report.sections.measured import Bools, estimate, unless
from vendepunkt.report.sections.movement_seen import Seen
from vendepunkt.report.sections.movement_tables import base, rows_of, source, step

if TYPE_CHECKING:
    from vendepunkt.move import DropOut

_KINDS = ("exit", "non-response", "unknown")
_WAYS = ("more", "less")


def dropout(at: Seen, *, transitions: bool = True) -> list[Block]:
    """Give who left, and what it may mean for the results.

    Parameters
    ----------
    at
        The movement.
    transitions
        Whether transitions may be printed: the groups are the same at every wave.
    """
    found, language = at.found.dropout, at.language
    if found is None or not found.left:
        return []
    blocks: list[Block] = [Heading(text("move.page.dropout.heading", language), 2)]
    blocks += [Paragraph(literal(sentence)) for sentence in found.population(language)]
    blocks += [*left_most(at), *_by_group(at, found), *_reasons(at, found)]
    return [*blocks, *_destinations(at, found), *_tipping(at, found)] if transitions else blocks


def left_most(at: Seen) -> list[Block]:
    """Say how many are gone and whose group lost most, unless hidden, and if that is chance."""
    found = at.found.dropout
    if found is None or not found.left:
        return []
    said = _lost_most(at, found)
    blocks: list[Block] = [] if said is None else [said]
    if found.differs is False:
        blocks.append(Paragraph(text("move.page.dropout.alike", at.language)))
    return blocks


def _lost_most(at: Seen, found: DropOut) -> Statement | None:
    """Say how many are gone and whose group lost most; None where that is hidden."""
    if not found.most or at.group_hidden(found.most):
        return None
    threshold = at.context.door.rules.threshold
    if min(found.left, found.asked_first - found.left) < threshold:
        return None
    waves, language = at.found.waves, at.language
    values = {
        "x": literal(number(100 * found.share_left, language, 1)),
        "first": literal(waves[0]),
        "last": literal(waves[-1]),
        "groups": literal(at.name(found.most, waves[0])),
    }
    return Statement("dropout", values)


def _by_group(at: Seen, found: DropOut) -> list[Block]:
    """Give the share of each group that is gone at each later wave."""
    language, waves = at.language, at.found.waves
    known = {(row["wave"], row["group"]): row for row in rows_of(found.dropout_table())}
    later = [wave for wave in waves[1:] if any(known[wave, one]["n"] > 0 for one in at.letters)]
    if not later:
        return []
    gone, asked, clearance = _cleared(at, known, later)
    rows = []
    for g, letter in enumerate(at.letters):
        cells: list[Cell] = [literal(at.name(letter, waves[0]))]
        people = round(float(known[later[0], letter]["asked"]))
        cells.append(unless(asked[g], people))
        for t, wave in enumerate(later):
            row = known[wave, letter]
            lost = estimate(row["share_lost"], row["conf_low"], row["conf_high"])
            cells.append(unless(gone[t, g], lost))
        rows.append(Row(tuple(cells)))
    made = Table(
        "movement-left",
        text("move.page.dropout.caption", language, first=literal(waves[0])),
        (
            Column("group", text("move.page.dropout.group", language, first=waves[0])),
            Column("asked", text("move.page.dropout.asked", language), "integer"),
            *(
                Column(f"wave_{place}", text("move.page.dropout.gone", language, wave=wave), "pct1")
                for place, wave in enumerate(later, start=1)
            ),
        ),
        tuple(rows),
        clearance,
        source=source(at),
    )
    return [made]


def _cleared(
    at: Seen, known: dict[tuple[str, str], dict[str, Any]], later: list[str]
) -> tuple[Bools, Bools, Clearance]:
    """Let those gone and those still there pass the door, of all waves as one."""
    people = np.array([round(float(known[later[0], one]["asked"])) for one in at.letters])
    linked = LinkedCounts()
    size = at.context.door.rules.threshold
    asked = linked.cells(people, small=people < size, cost=4.0)
    linked.total(asked, cost=10.0)
    lost, kept = [], []
    for wave in later:
        counts = np.array([round(float(known[wave, one]["n"])) for one in at.letters])
        counts = np.minimum(counts, people)
        away, there = linked.cells(counts), linked.cells(people - counts)
        for g in range(len(people)):
            linked.equal([away[g], there[g]], int(asked[g]))
        linked.total(away, cost=4.0)
        lost.append(away)
        kept.append(there)
    hidden, clearance = at.context.door.linked("movement-left", linked)
    return hidden[np.array(lost)] | hidden[np.array(kept)], hidden[asked], clearance


def _reasons(at: Seen, found: DropOut) -> list[Block]:
    """Count why people are not asked, at each wave after the first."""
    language, waves = at.language, at.found.waves[1:]
    table = [row for row in rows_of(found.reason_table()) if row["kind"] in _KINDS]
    names = list(dict.fromkeys((row["kind"], row["reason"]) for row in table))
    names.sort(key=lambda name: _KINDS.index(name[0]))
    known = {(row["wave"], row["kind"], row["reason"]): int(row["n"]) for row in table}
    waves = tuple(wave for wave in waves if any(known.get((wave, *name)) for name in names))
    if not waves:
        return []
    counts = np.array([[known.get((wave, *name), 0) for name in names] for wave in waves])
    protection, clearance = at.context.door.counts("movement-reasons", counts, totals="rows")
    rows = []
    for place, (kind, reason) in enumerate(names):
        label = text("move.dropout.unknown", language) if kind == "unknown" else literal(reason)
        cells: list[Cell] = [
            label,
            text(f"move.page.dropout.kind.{kind.replace('-', '_')}", language),
        ]
        cells += [
            unless(protection.hidden[t, place], int(counts[t, place])) for t in range(len(waves))
        ]
        rows.append(Row(tuple(cells)))
    total: list[Cell] = [text("measure.page.total", language), ""]
    total += [
        unless(away, int(people))
        for away, people in zip(protection.hidden_rows, counts.sum(axis=1), strict=True)
    ]
    rows.append(Row(tuple(total), "total"))
    made = Table(
        "movement-reasons",
        text("move.page.dropout.reasons", language),
        (
            Column("reason", text("move.page.dropout.reason", language)),
            Column("kind", text("move.page.dropout.what", language)),
            *(Column(f"wave_{t}", wave, "integer") for t, wave in enumerate(waves, start=1)),
        ),
        tuple(rows),
        clearance,
        note=text("move.page.dropout.carried", language),
        source=source(at),
    )
    return [made]


def _destinations(at: Seen, found: DropOut) -> list[Block]:
    """Give where people of each group were at the last wave, with leaving among the places."""
    language, waves = at.language, at.found.waves
    table = [
        row
        for row in rows_of(found.destinations_table())
        if (row["wave_from"], row["wave_to"]) == (waves[0], waves[-1])
    ]
    if not table:
        return []
    ends = list(dict.fromkeys((row["kind"], row["to"]) for row in table))
    known = {(row["from"], row["to"]): row for row in table}
    counts = np.array([[round(float(known[one, to]["n"])) for _, to in ends] for one in at.letters])
    small = np.zeros(counts.shape, dtype=bool)
    small[:, : len(at.letters)] = at.last.hidden
    protection, clearance = at.context.door.counts("movement-destinations", counts, small=small)
    rows = []
    for g, letter in enumerate(at.letters):
        cells: list[Cell] = [literal(at.name(letter, waves[0]))]
        for place, (_, to) in enumerate(ends):
            row = known[letter, to]
            value = estimate(row["estimate"], row["conf_low"], row["conf_high"])
            cells.append(unless(protection.hidden[g, place], value))
        rows.append(Row(tuple(cells)))
    columns = [Column("from", text("move.page.transitions.from", language))]
    for place, (kind, to) in enumerate(ends, start=1):
        label = at.name(to, waves[-1]) if kind == "group" else to
        if kind == "unknown":
            label = text("move.dropout.unknown", language)
        columns.append(Column(f"to_{place}", label, "pct"))
    made = Table(
        "movement-destinations",
        text("move.page.dropout.destinations", language,
             waves=step(at, waves[0], waves[-1])),
        tuple(columns),
        tuple(rows),
        clearance,
        note=text("move.page.dropout.destinations_note", language),
        source=source(at),
    )  # fmt: skip
    return [made]


def _tipping(at: Seen, found: DropOut) -> list[Block]:
    """Give sizes and directions at the last wave, had leavers been worse off."""
    language, waves = at.language, at.found.waves
    shares = [row for row in rows_of(found.tipping_table()) if row["wave"] == waves[-1]]
    ways = {
        (row["odds"], row["direction"]): row["estimate"]
        for row in rows_of(found.tipping_movement_table())
        if row["wave_to"] == waves[-1]
    }
    if not shares or shares[0]["n"] < at.context.door.rules.threshold:
        return []
    by_group = {(row["odds"], row["group"]): row["estimate"] for row in shares}
    rows = []
    for odds in dict.fromkeys(row["odds"] for row in shares):
        times = number(odds, language, 0 if float(odds).is_integer() else 1)
        cells: list[Cell] = [literal(f"\N{MULTIPLICATION SIGN} {times}")]
        for letter in at.letters:
            away = at.share_hidden(waves[-1], letter)
            cells.append(unless(away, float(by_group[odds, letter])))
        cells += [
            unless(at.last.directions.get(way, False), float(ways[odds, way])) for way in _WAYS
        ]
        rows.append(Row(tuple(cells)))
    made = Table(
        "movement-tipping",
        text("move.page.dropout.tipping", language, last=literal(waves[-1]), base=base(at)),
        (
            Column("odds", text("move.page.dropout.odds", language)),
            *(Column(one.lower(), at.name(one, waves[-1]), "pct1") for one in at.letters),
            *(Column(way, text(f"move.page.dropout.{way}", language), "pct1") for way in _WAYS),
        ),
        tuple(rows),
        at.cleared("movement-tipping"),
        note=text("move.page.dropout.tipping_note", language),
        source=source(at),
    )
    return [made]
