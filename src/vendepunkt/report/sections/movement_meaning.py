"""Do answers mean the same at every wave, and did groups of one size grow worse?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vendepunkt.language import listed, number, text
from vendepunkt.report.blocks import (
    Block,
    Bullets,
    Cell,
    Column,
    Estimate,
    Heading,
    Paragraph,
    Row,
    Table,
)
from vendepunkt.report.inline import literal, ref
from vendepunkt.report.sections.measured import estimate, unless
from vendepunkt.report.sections.movement_observed import quoted
from vendepunkt.report.sections.movement_seen import Seen
from vendepunkt.report.sections.movement_tables import between, rows_of, source

if TYPE_CHECKING:
    from vendepunkt.move import Invariance


def meaning(at: Seen) -> list[Block]:
    """Give measurement equal, partly free and free over waves, and change within groups."""
    return [*_measurement(at), *_within(at)]


def labels(at: Seen) -> dict[str, str]:
    """Give what readers see for each item."""
    return {item.name: item.label or item.name for item in at.found.material.answers.indicators}


def _measurement(at: Seen) -> list[Block]:
    found, language = at.found.further.measurement, at.language
    if found is None:
        return []
    known = labels(at)
    rows = []
    for row in rows_of(found.table()):
        names = [known.get(name, name) for name in row["items"].split(", ") if name]
        name = literal(", ".join(names))
        if row["form"] != "partly":
            name = text(f"move.page.meaning.{row['form']}", language)
        change, p_value = row["change"], row["p_value"]
        cells: tuple[Cell, ...] = (
            name,
            int(row["n_parameters"]),
            round(float(row["bic"])),
            _known(p_value),
            _known(100 * change),
        )
        rows.append(Row(cells))
    made = Table(
        "movement-measurement",
        text("move.page.meaning.caption", language),
        (
            Column("free", text("move.page.meaning.free_items", language)),
            Column("n_parameters", text("move.page.meaning.parameters", language), "integer"),
            Column("bic", "BIC", "integer"),
            Column("p", text("move.page.meaning.p", language), "p"),
            Column("change", text("move.page.meaning.change", language), "num1"),
        ),
        tuple(rows),
        at.context.door.without_people("movement-measurement"),
        note=text("move.page.meaning.note", language),
    )
    return [
        Heading(text("move.page.meaning.heading", language), 2),
        Paragraph(text("move.page.meaning.lead", language)),
        Bullets(tuple(_said(at, found))),
        made,
    ]


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _said(at: Seen, found: Invariance) -> list[str]:
    """Say what was found, items by the names that readers see."""
    language, known, best = at.language, labels(at), found.lowest_bic

    def points(value: float) -> str:
        return literal(number(100 * value, language, 1))

    if not found.comparable:
        gap = number(found.free.farthest, language, 2)
        # The limit stands in the sentence as a number.
        return [literal(text("move.measurement.apart", language, difference=gap))]
    if best.form == "partly":
        item = literal(known.get(best.items[0], best.items[0]))
        said_of = [text("move.measurement.one", language, item=item)]
    else:
        said_of = [text(f"move.measurement.{'equal' if best.form == 'equal' else 'all'}", language)]
    if found.differing:
        names = [quoted(known.get(name, name), language) for name in found.differing]
        items = literal(listed(names, language))
        said_of.append(text("move.measurement.differing", language, items=items))
    change = points(found.largest_change)
    said_of.append(text("move.measurement.change", language, change=change))
    if found.free.change is not None:
        change = points(found.free.change)
        said_of.append(text("move.measurement.change_all", language, change=change))
    return said_of


def _within(at: Seen) -> list[Block]:
    found, language = at.found.further.within, at.language
    if found is None or found.freed is None:
        return []
    ends = (at.found.waves[0], at.found.waves[-1])
    parts = {
        (row["group"], row["part"]): row
        for row in rows_of(found.parts_table())
        if (row["wave_from"], row["wave_to"]) == ends
    }
    changes = {
        (row["item"], row["group"]): row
        for row in rows_of(found.change_table())
        if (row["wave_from"], row["wave_to"]) == ends
    }
    if not changes:
        return []
    blocks: list[Block] = [
        Heading(text("move.page.within.heading", language), 2),
        Paragraph(text("move.page.within.lead", language)),
        _items(at, changes),
    ]
    return [*blocks, *_parts(at, parts)] if parts else blocks


def _points(row: dict[str, float]) -> Estimate:
    return estimate(100 * row["estimate"], 100 * row["conf_low"], 100 * row["conf_high"])


def _items(at: Seen, changes: dict[tuple[str, str], dict[str, float]]) -> Table:
    language, known, last = at.language, labels(at), at.found.waves[-1]
    names = dict.fromkeys(item for item, _ in changes)
    rows = []
    for item in names:
        cells: list[Cell] = [literal(known.get(item, item))]
        cells += [
            unless(at.group_hidden(letter), _points(changes[item, letter])) for letter in at.letters
        ]
        rows.append(Row(tuple(cells)))
    return Table(
        "movement-within",
        text("move.page.within.caption", language),
        (
            Column("item", text("move.page.within.item", language)),
            *(Column(letter.lower(), at.name(letter, last), "integer") for letter in at.letters),
        ),
        tuple(rows),
        at.cleared("movement-within"),
        note=text("move.page.within.note", language),
        source=source(at),
    )


def _parts(at: Seen, parts: dict[tuple[str, str], dict[str, float]]) -> list[Block]:
    """Part the change in severity; where groups are single classes, that of everybody alone."""
    language, last = at.language, at.found.waves[-1]
    # People of a single class stand in no other class of their group.
    single = bool((np.asarray(at.found.ground.membership) > 0).sum(axis=0).max() == 1)
    kinds = ("all",) if single else ("all", "composition", "profile")
    rows = []
    for letter in (*at.letters, ""):
        away = bool(letter) and at.group_hidden(letter)
        name = literal(at.name(letter, last)) if letter else text(
            "move.page.severity.all", language
        )  # fmt: skip
        cells = (name, *(unless(away, _points(parts[letter, kind])) for kind in kinds))
        rows.append(Row(cells, "body" if letter else "total"))
    made = Table(
        "movement-within-parts",
        text(f"move.page.within.{'change' if single else 'parts'}", language),
        (
            Column("group", text("move.page.group", language)),
            *(Column(kind, text(f"move.page.within.{kind}", language), "num1") for kind in kinds),
        ),
        tuple(rows),
        at.cleared("movement-within-parts"),
        note=text("move.page.within.note" if single else "move.within.parts", language),
        source=source(at),
    )
    return [made, *_everybody(at)] if single else [made]


def _everybody(at: Seen) -> list[Block]:
    """Say how much of everybody's change is that people stand in other groups."""
    places = {kind: f"move/within/{at.pair}/all-{kind}" for kind in ("composition", "profile")}
    if any(between(at.context.refs[place]) is None for place in places.values()):
        return []
    values = {kind: ref(place, "points1") for kind, place in places.items()}
    values |= {f"{kind}_ci": ref(place, "ci1") for kind, place in places.items()}
    return [Paragraph(text("move.page.within.everybody", at.language, **values))]
