"""Sizes of the groups by wave, where people of each group went, gross and net change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from vendepunkt.language import text
from vendepunkt.move import alluvial_table, transition_table
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
from vendepunkt.report.sections.measured import estimate, picture, unless
from vendepunkt.report.sections.movement_seen import Seen
from vendepunkt.terms import RefValue

if TYPE_CHECKING:
    import pandas as pd

_NUMBERS = ["estimate", "conf_low", "conf_high"]


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows of a table as plain values."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def between(value: RefValue) -> tuple[float, float] | None:
    """Give the interval of a value, or None where there is none."""
    low, high = value.low, value.high
    if low is None or high is None or not (np.isfinite(low) and np.isfinite(high)):
        return None
    return low, high


def base(at: Seen) -> str:
    """Say whom movement is about."""
    kind = "weighted" if at.found.weighted else "respondents"
    return text(f"move.population.{kind}", at.language)


def step(at: Seen, start: str, end: str) -> str:
    """Name two waves: "2006 to 2010"."""
    return text("move.step.between", at.language, start=literal(start), end=literal(end))


def source(at: Seen) -> str:
    """Give where the data come from, for under a table."""
    return literal(at.context.about.source) if at.context.about.source else ""


def picture_of_flows(at: Seen) -> list[Block]:
    """Draw sizes and flows, each step; where only the ends are shown, from first to last."""
    found, language = at.found, at.language
    directions = found.direction_table()
    table = alluvial_table(found, language)
    if not at.whole:
        table = _ends(at)
        shown = [at.at(row) is not None for row in rows_of(directions)]
        directions = directions[shown].reset_index(drop=True)
    away = [at.direction_hidden(row) for row in rows_of(directions)]
    directions.loc[away, _NUMBERS] = np.nan
    caption = text("move.page.flows.caption", language, base=base(at))
    drawn = picture(
        at.context, "movement-flows", "alluvial", table, caption, at.cleared("movement"),
        {"directions": directions},
    )  # fmt: skip
    return [Heading(text("move.page.flows.heading", language), 2), drawn]


def _ends(at: Seen) -> pd.DataFrame:
    """Give shares of the first and last wave, and the flows between them, what is hidden as NaN."""
    import pandas as pd

    found, waves = at.found, at.found.waves
    names = at.names[waves[-1]]
    shares = found.shares_table().assign(kind="share")
    shares = shares[shares["wave"].isin([waves[0], waves[-1]])]
    away = [at.share_hidden(row["wave"], row["group"]) for row in rows_of(shares)]
    shares.loc[away, _NUMBERS] = np.nan
    flows = found.transition_table("first_last").assign(kind="flow")
    away = [at.cell_hidden(row) for row in rows_of(flows)]
    flows["estimate"] = flows["joint"].mask(np.array(away))
    letters = list(at.letters)
    flows["direction"] = [
        found.ground.direction(letters.index(row["from"]), letters.index(row["to"]))
        for row in rows_of(flows)
    ]
    # The interval of a transition is not that of the flow.
    flows[["conf_low", "conf_high"]] = np.nan
    shares["group"] = shares["group"].map(names)
    for end in ("from", "to"):
        flows[end] = flows[end].map(names)
    columns = ["kind", "wave", "group", "wave_from", "wave_to", "from", "to", "direction"]
    table = pd.concat([shares, flows], ignore_index=True)
    return table[[*columns, *_NUMBERS]]


def sizes(at: Seen) -> list[Block]:
    """Give the size of each group at each wave, and how much it changed from first to last."""
    found, language = at.found, at.language
    shares = {(row["wave"], row["group"]): row for row in rows_of(found.shares_table())}
    changes = {
        row["group"]: row
        for row in rows_of(found.change_table())
        if (row["wave_from"], row["wave_to"]) == (found.waves[0], found.waves[-1])
    }
    waves = [found.waves[t] for t in at.waves]
    rows = []
    for letter in at.letters:
        cells: list[Cell] = [literal(at.name(letter, found.waves[-1]))]
        for wave in waves:
            row = shares[wave, letter]
            cells.append(unless(at.share_hidden(wave, letter), _cell(row)))
        change = changes[letter]
        cells.append(unless(at.change_hidden(change), _cell(change)))
        rows.append(Row(tuple(cells)))
    made = Table(
        "movement-shares",
        text("move.page.sizes.caption", language, base=base(at)),
        (
            Column("group", text("move.page.group", language)),
            *(Column(f"wave_{place}", wave, "pct1") for place, wave in enumerate(waves, start=1)),
            Column("change", text("move.page.sizes.change", language), "pct1"),
        ),
        tuple(rows),
        at.cleared("movement-shares"),
        note=text("move.page.sizes.note", language),
        source=source(at),
    )
    blocks: list[Block] = [Heading(text("move.page.sizes.heading", language), 2), made]
    return [*blocks, *_everybody(at)]


def _cell(row: dict[str, Any]) -> Estimate:
    return estimate(row["estimate"], row["conf_low"], row["conf_high"])


def _everybody(at: Seen) -> list[Block]:
    """Give the sizes among everybody asked at each wave, beside those of the people followed."""
    found, language = at.found, at.language
    table = rows_of(found.cross_section_table())
    table = [row for row in table if found.waves.index(row["wave"]) in at.waves]
    if not table:
        return []
    rows = []
    for row in table:
        hidden = at.share_hidden(row["wave"], row["group"])
        model = next(
            one for one in rows_of(found.shares_table())
            if (one["wave"], one["group"]) == (row["wave"], row["group"])
        )  # fmt: skip
        name = at.name(row["group"], row["wave"])
        cells = (f"{literal(row['wave'])}: {literal(name)}", unless(hidden, _cell(row)))
        rows.append(Row((*cells, unless(hidden, _cell(model)))))
    made = Table(
        "movement-everybody",
        text("move.page.everybody.caption", language),
        (
            Column("group", text("move.page.group", language)),
            Column("everybody", text("move.page.everybody.column", language), "pct1"),
            Column("followed", text("move.page.everybody.followed", language), "pct1"),
        ),
        tuple(rows),
        at.cleared("movement-everybody"),
        note=text("move.page.everybody.note", language),
        source=source(at),
    )
    return [made]


def table_of_transitions(at: Seen) -> list[Block]:
    """Give where the people of each group went: in words, as a heat map, as a table."""
    found, language = at.found, at.language
    table = transition_table(found, language, "all")
    letters = rows_of(found.transition_table("all"))
    keep = [at.at(row) is not None for row in letters]
    table, letters = table[keep].reset_index(drop=True), [
        row for row, kept in zip(letters, keep, strict=True) if kept
    ]  # fmt: skip
    away = [at.cell_hidden(row) for row in letters]
    table.loc[away, _NUMBERS] = np.nan
    drawn = table.drop(columns=["n", "n_origin"])
    caption = text("move.page.transitions.figure", language, base=base(at))
    blocks: list[Block] = [
        Heading(text("move.page.transitions.heading", language), 2),
        *_in_words(at, letters),
        picture(at.context, "movement-map", "transitions", drawn, caption, at.cleared("movement")),
        _transitions(at, letters),
    ]
    return blocks


def _in_words(at: Seen, letters: list[dict[str, Any]]) -> list[Block]:
    """Say of each group where 100 of its people were at the last wave."""
    found, language = at.found, at.language
    first, last = found.waves[0], found.waves[-1]
    said = []
    for row in letters:
        if (row["wave_from"], row["wave_to"]) != (first, last) or row["from"] != row["to"]:
            continue
        if at.cell_hidden(row):
            continue
        place = f"move/transitions/{first}-{last}/{row['from']}-{row['to']}"
        known = between(at.context.refs[place]) is not None
        values = {
            "group": literal(at.name(row["from"], first)),
            "share": ref(place, "points"),
            "first": literal(first),
            "last": literal(last),
            "hundred": literal(100),
        } | ({"ci": ref(place, "ci")} if known else {})
        key = "of_hundred" if known else "of_hundred_alone"
        said.append(text(f"move.page.transitions.{key}", language, **values))
    return [Bullets(tuple(said))] if said else []


def _transitions(at: Seen, letters: list[dict[str, Any]]) -> Table:
    language, last = at.language, at.found.waves[-1]
    rows: list[Row] = []
    for one in at.between:
        start, end = (at.found.waves[wave] for wave in one.pair)
        if len(at.between) > 1:
            rows.append(Row((step(at, start, end),), "group"))
        own = [row for row in letters if (row["wave_from"], row["wave_to"]) == (start, end)]
        for g, letter in enumerate(at.letters):
            cells: list[Cell] = [literal(at.name(letter, start))]
            line = [row for row in own if row["from"] == letter]
            cells += [unless(at.cell_hidden(row), _cell(row)) for row in line]
            origin = int(one.people[g].sum())
            cells.append(unless(at.share_hidden(start, letter), origin))
            rows.append(Row(tuple(cells)))
    return Table(
        "movement-transitions",
        text("move.page.transitions.caption", language, base=base(at)),
        (
            Column("from", text("move.page.transitions.from", language)),
            *(
                Column(letter.lower(), text("move.page.transitions.to", language,
                                            group=at.name(letter, last)), "pct")
                for letter in at.letters
            ),
            Column("n", text("move.page.transitions.n", language), "integer"),
        ),
        tuple(rows),
        at.cleared("movement-transitions"),
        note=" ".join([text("move.page.transitions.note", language), *_intervals(at, letters)]),
        source=source(at),
    )  # fmt: skip


def _intervals(at: Seen, letters: list[dict[str, Any]]) -> list[str]:
    """Name the cells whose interval is another than the usual one."""
    arrow, said = " \N{RIGHTWARDS ARROW} ", []
    for kind in ("dirichlet", "small"):
        cells = []
        for row in letters:
            if row["interval"] == kind and not at.cell_hidden(row):
                ends = (at.name(row["from"], row["wave_from"]), at.name(row["to"], row["wave_to"]))
                waves = f"{row['wave_from']}\N{EN DASH}{row['wave_to']}"
                cells.append(arrow.join(ends) + (f" ({waves})" if len(at.between) > 1 else ""))
        if cells:
            key = f"move.page.transitions.interval_{kind}"
            said.append(text(key, at.language, cells=literal("; ".join(cells))))
    return said


def gross_net(at: Seen) -> list[Block]:
    """Set how many changed group beside how much of it shows in the sizes."""
    found, language = at.found, at.language
    rows = []
    for row in rows_of(found.gross_net_table()):
        one = at.at(row)
        if one is None:
            continue
        gross = estimate(row["gross"], row["gross_low"], row["gross_high"])
        net = estimate(row["net"], row["net_low"], row["net_high"])
        hidden = bool(at.shares[list(one.pair)].any())
        stayed = one.directions.get("stayed", False)
        name = step(at, row["wave_from"], row["wave_to"])
        rows.append(Row((name, unless(stayed, gross), unless(hidden, net))))
    made = Table(
        "movement-gross-net",
        text("move.page.gross.caption", language, base=base(at)),
        (
            Column("waves", text("move.page.waves", language)),
            Column("gross", text("move.page.gross.gross", language), "pct1"),
            Column("net", text("move.page.gross.net", language), "pct1"),
        ),
        tuple(rows),
        at.cleared("movement-gross-net"),
        note=text("move.page.gross.note", language),
        source=source(at),
    )
    return [
        Heading(text("move.page.gross.heading", language), 2),
        Paragraph(text("move.page.gross.lead", language)),
        made,
    ]
