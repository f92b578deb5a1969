"""Movement between observed states: of 100 people in a state at first, where they were later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from vendepunkt.language import listed, text
from vendepunkt.move import slug
from vendepunkt.report.blocks import (
    Block,
    Bullets,
    Cell,
    Column,
    Heading,
    Kind,
    Note,
    Paragraph,
    Row,
    Table,
)
from vendepunkt.report.compose import Context
from vendepunkt.report.inline import literal, ref
from vendepunkt.report.sections.measured import estimate, picture, unless
from vendepunkt.report.sections.movement_tables import between, rows_of
from vendepunkt.report.sections.observed_seen import (
    SeenStates,
    observed_movement,
    seen_states,
)

if TYPE_CHECKING:
    import pandas as pd

_NUMBERS = ["estimate", "conf_low", "conf_high"]


def observed(context: Context) -> list[Block]:
    """Give where people were, in words, pictures and tables; nothing where no states are seen."""
    found, language = observed_movement(context), context.language
    if found is None:
        return []
    at = seen_states(context, found)
    first = literal(found.waves[0])
    population = "weighted" if found.weighted else "respondents"
    blocks: list[Block] = [
        Paragraph(
            text(
                "move.page.observed.lead",
                language,
                n=ref("move/observed_summary/n", "n"),
                item=literal(quoted(found.label, language)),
                first=first,
                population=text(f"move.population.{population}", language),
            )
        ),
        *_sentences(at),
        *_lot(at),
        *([*_flows(at), _sizes(at)] if at.whole else [_left_out(at), *_maps(at)]),
        _transitions(at, "baseline"),
    ]
    if len(found.waves) > 2:
        blocks.append(_transitions(at, "steps"))
    return [*blocks, *_differences(at), _lost(at), *_tests(at)]


def origin(at: SeenStates) -> int:
    """Pick the state that is told of in words: the worst, or without an order the largest."""
    found = at.found
    if found.ordered:
        return len(found.states) - 1
    return int(found.found.n_origin[:, -1].sum(axis=0).argmax())


def in_words(at: SeenStates) -> list[str]:
    """Say of 100 people in one state at first where they were at last, by group of people."""
    found, language = at.found, at.language
    first, last = found.waves[0], found.waves[-1]
    start = origin(at)
    said = []
    for by in found.groups:
        places = []
        for state in found.states:
            row = {"wave_from": first, "wave_to": last, "from": found.states[start], "to": state}
            if at.cell_hidden(by, row):
                continue
            name = _place("observed_transitions", at, by, found.states[start], state)
            known = between(at.context.refs[name]) is not None
            values = {"share": ref(name, "points"), "state": literal(quoted(state, language))}
            values |= {"ci": ref(name, "ci")} if known else {}
            key = "place" if known else "place_alone"
            places.append(text(f"move.page.observed.{key}", language, **values))
        if places:
            values = {
                "state": literal(quoted(found.states[start], language)),
                "first": literal(first),
                "last": literal(last),
                "places": listed(places, language),
                "hundred": literal(100),
            }
            key = "of_hundred" if by else "of_hundred_all"
            values |= {"by": literal(by)} if by else {}
            said.append(text(f"move.page.observed.{key}", language, **values))
    return said


def quoted(name: str, language: str) -> str:
    """Write a name that a person gave as it stands inside a sentence.

    Examples
    --------
    >>> quoted("Street", "en")
    '“Street”'
    """
    first = {"en": "\N{LEFT DOUBLE QUOTATION MARK}"}
    last = "\N{RIGHT DOUBLE QUOTATION MARK}"
    return first.get(language, last) + name + last


def _place(result: str, at: SeenStates, by: str, start: str, end: str) -> str:
    waves = at.found.waves
    side = f"{slug(by)}/" if by else ""
    return f"move/{result}/{waves[0]}-{waves[-1]}/{side}{slug(start)}-{slug(end)}"


def _sentences(at: SeenStates) -> list[Block]:
    said = in_words(at)
    return [Bullets(tuple(said))] if said else []


def main_observed(context: Context) -> tuple[str, ...]:
    """Say for the first page where people of one state were at the last wave, by group."""
    found = observed_movement(context)
    if found is None:
        return ()
    at = seen_states(context, found)
    return (*in_words(at), *_differences_in_words(at), *_lost_in_words(at))


def _differences_in_words(at: SeenStates) -> list[str]:
    """Say how much more often a group came from the worst state to the best than the first did."""
    found, language = at.found, at.language
    if not found.ordered or len(found.states) < 2:
        return []
    first, last = found.waves[0], found.waves[-1]
    start, end = found.states[-1], found.states[0]
    row = {"wave_from": first, "wave_to": last, "from": start, "to": end}
    said = []
    for by in found.groups[1:]:
        name = _place("observed_differences", at, by, start, end)
        if at.cell_hidden(by, row) or at.cell_hidden(found.groups[0], row):
            continue
        bounds = between(at.context.refs[name])
        if bounds is None:
            continue
        values = {
            "by": literal(quoted(by, language)),
            "against": literal(quoted(found.groups[0], language)),
            "from": literal(quoted(start, language)),
            "to": literal(quoted(end, language)),
            "first": literal(first),
            "last": literal(last),
            "points": ref(name, "points"),
            "ci": ref(name, "ci"),
        }
        key = "difference_more" if bounds[0] > 0 else "difference"
        said.append(text(f"move.page.observed.{key}", language, **values))
    return said


def _lost_in_words(at: SeenStates) -> list[str]:
    """Say which share of each group of people was not seen at the last wave."""
    found, language = at.found, at.language
    wave, parts = found.waves[-1], []
    for by in found.groups:
        name = f"move/observed_lost/{wave}/{slug(by)}"
        if not by or at.of(by).lost[-1] or between(at.context.refs[name]) is None:
            continue
        values = {"share": ref(name, "pct"), "by": literal(quoted(by, language))}
        said = text("move.page.observed.lost_part", language, **values, ci=ref(name, "ci"))
        parts.append(said)
    if not parts:
        return []
    values = {"last": literal(wave), "parts": listed(parts, language)}
    return [text("move.page.observed.lost_main", language, **values)]


def _lot(at: SeenStates) -> list[Block]:
    """Name what was given by lot, and say what follows from it and what does not."""
    found = at.found
    if not found.lot:
        return []
    return [Paragraph(lot_sentence(at.context, found.lot, found.waves[0]))]


def lot_sentence(context: Context, lot: str, first: str) -> str:
    """Say what was given by lot, and that only the step from the first wave shows a cause."""
    values = {"lot": literal(lot), "first": literal(first)}
    return text("move.page.observed.lot", context.language, **values)


def _left_out(at: SeenStates) -> Block:
    """Say that the states at each wave are left out, and why."""
    return Note(text("move.page.observed.left_out", at.language))


def _maps(at: SeenStates) -> list[Block]:
    """Draw where people of each state were at the last wave, a picture for each group."""
    found, language = at.found, at.language
    ends = (found.waves[0], found.waves[-1])
    everybody = found.transition_table("baseline")
    blocks: list[Block] = []
    for number, by in enumerate(found.groups, start=1):
        mine = (everybody["by"] == by) & (everybody["wave_from"] == ends[0])
        table = everybody[mine & (everybody["wave_to"] == ends[1])].reset_index(drop=True)
        away = [at.cell_hidden(by, row) for row in rows_of(table)]
        table.loc[away, _NUMBERS] = np.nan
        caption = text(f"move.page.observed.{'map' if by else 'map_all'}", language,
                       item=literal(found.label),
                       by=literal(quoted(by, language)))  # fmt: skip
        name = f"observed-map-{number}"
        drawn = table.drop(columns=["n", "n_origin"])
        blocks.append(
            picture(at.context, name, "transitions", drawn, caption, at.cleared(name, by))
        )
    return blocks


def _flows(at: SeenStates) -> list[Block]:
    """Draw the states at each wave and the flows between them, a picture for each group."""
    found, language = at.found, at.language
    blocks: list[Block] = []
    everybody = found.flow_table()
    for number, by in enumerate(found.groups, start=1):
        table = everybody[everybody["by"] == by].reset_index(drop=True)
        table.loc[_away(at, by, table), _NUMBERS] = np.nan
        caption = text(f"move.page.observed.{'flows' if by else 'flows_all'}", language,
                       item=literal(found.label),
                       by=literal(quoted(by, language)))  # fmt: skip
        name = f"observed-flows-{number}"
        clearance = at.cleared(f"{name}-source", by)
        blocks.append(picture(at.context, name, "alluvial", table, caption, clearance))
    return blocks


def _away(at: SeenStates, by: str, table: pd.DataFrame) -> list[bool]:
    found, counted = at.found, at.of(by)
    away = []
    for row in rows_of(table):
        if row["kind"] == "share":
            place = found.waves.index(row["wave"]), found.states.index(row["group"])
            away.append(bool(counted.shares[place]))
        else:
            away.append(at.cell_hidden(by, row))
    return away


def _group(by: str) -> list[Row]:
    return [Row((literal(by),), "group")] if by else []


def _sizes(at: SeenStates) -> Table:
    found, language = at.found, at.language
    known = {(row["by"], row["wave"], row["group"]): row for row in rows_of(found.shares_table())}
    rows: list[Row] = []
    for by in found.groups:
        rows += _group(by)
        for k, state in enumerate(found.states):
            cells: list[Cell] = [literal(state)]
            for t, wave in enumerate(found.waves):
                cells.append(unless(at.of(by).shares[t, k], _cell(known[by, wave, state])))
            rows.append(Row(tuple(cells)))
    return Table(
        "observed-shares",
        text("move.page.observed.sizes", language, item=literal(found.label)),
        (
            Column("state", found.label),
            *(Column(f"wave_{t}", wave, "pct") for t, wave in enumerate(found.waves, start=1)),
        ),
        tuple(rows),
        at.cleared("observed-shares"),
        note=text("move.page.observed.sizes_note", language),
        source=_source(at),
    )


def _cell(row: dict[str, Any]) -> Cell:
    return estimate(row["estimate"], row["conf_low"], row["conf_high"])


def _source(at: SeenStates) -> str:
    return literal(at.context.about.source) if at.context.about.source else ""


def _transitions(at: SeenStates, which: str) -> Table:
    """Give where people went: from the first wave to each later one, or from wave to wave."""
    found, language = at.found, at.language
    table = rows_of(found.transition_table(which))
    if which == "steps":  # the first step stands among those from the first wave
        table = [row for row in table if row["wave_from"] != found.waves[0]]
    pairs = list(dict.fromkeys((row["wave_from"], row["wave_to"]) for row in table))
    rows: list[Row] = []
    for start, end in pairs:
        for by in found.groups:
            waves = text("move.step.between", language, start=literal(start), end=literal(end))
            rows.append(Row((f"{literal(by)}, {waves}" if by else waves,), "group"))
            wanted = (by, start, end)
            own = [row for row in table
                   if (row["by"], row["wave_from"], row["wave_to"]) == wanted]  # fmt: skip
            for state in found.states:
                line = [row for row in own if row["from"] == state]
                cells: list[Cell] = [literal(state)]
                cells += [unless(at.cell_hidden(by, row), _cell(row)) for row in line]
                pair = at.pair(line[0])
                gone = at.of(by).origins[pair][found.states.index(state)]
                cells.append(unless(gone, round(float(line[0]["n_origin"]))))
                rows.append(Row(tuple(cells)))
    small = any(row["interval"] == "korn_graubard" for row in table)
    note = [text("move.page.observed.transitions_note", language)]
    note += [text("move.page.observed.small_note", language)] if small else []
    name = f"observed-{which}"
    return Table(
        name,
        text(f"move.page.observed.{which}", language, item=literal(found.label)),
        (
            Column("from", text("move.page.observed.from", language)),
            *(
                Column(f"to_{k}", text("move.page.transitions.to", language, group=state), "pct")
                for k, state in enumerate(found.states, start=1)
            ),
            Column("n", text("move.page.transitions.n", language), "integer"),
        ),
        tuple(rows),
        at.cleared(name),
        note=" ".join(note),
        source=_source(at),
    )


def _differences(at: SeenStates) -> list[Block]:
    """Give how much the groups of people differ in where they were at the last wave."""
    found, language = at.found, at.language
    ends = (found.waves[0], found.waves[-1])
    table = [
        row
        for row in rows_of(found.difference_table())
        if (row["wave_from"], row["wave_to"]) == ends
    ]
    if not table:
        return []
    rows: list[Row] = []
    for by in found.groups[1:]:
        against = text("move.page.observed.against", language, by=literal(quoted(by, language)),
                       against=literal(quoted(found.groups[0], language)))  # fmt: skip
        rows.append(Row((against,), "group"))
        for state in found.states:
            line = [row for row in table if row["by"] == by and row["from"] == state]
            cells: list[Cell] = [literal(state)]
            for row in line:
                gone = at.cell_hidden(by, row) or at.cell_hidden(found.groups[0], row)
                cells.append(unless(gone, _cell(row)))
            rows.append(Row(tuple(cells)))
    made = Table(
        "observed-differences",
        text("move.page.observed.differences", language, first=literal(ends[0]),
             last=literal(ends[1])),
        (
            Column("from", text("move.page.observed.from", language)),
            *(
                Column(f"to_{k}", text("move.page.transitions.to", language, group=state), "pct")
                for k, state in enumerate(found.states, start=1)
            ),
        ),
        tuple(rows),
        at.cleared("observed-differences"),
        note=text("move.page.observed.differences_note", language),
        source=_source(at),
    )  # fmt: skip
    return [made]


def _lost(at: SeenStates) -> Table:
    found, language = at.found, at.language
    known = {(row["by"], row["wave"]): row for row in rows_of(found.dropout_table())}
    rows = []
    for by in found.groups:
        name = literal(by) if by else text("measure.page.total", language)
        cells: list[Cell] = [name, round(float(known[by, found.waves[0]]["people"]))]
        for t, wave in enumerate(found.waves):
            cells.append(unless(at.of(by).lost[t], _cell(known[by, wave])))
        rows.append(Row(tuple(cells)))
    return Table(
        "observed-lost",
        text("move.page.observed.lost", language),
        (
            Column("by", found.by.label if found.by is not None else ""),
            Column("people", text("move.page.observed.people", language), "integer"),
            *(Column(f"wave_{t}", wave, "pct") for t, wave in enumerate(found.waves, start=1)),
        ),
        tuple(rows),
        at.cleared("observed-lost"),
        note=text("move.page.observed.lost_note", language),
        source=_source(at),
    )


def _tests(at: SeenStates) -> list[Block]:
    """Test whether one table holds for all steps or groups, and whether rates are constant."""
    found, language = at.found, at.language
    rows: list[Row] = []
    names = _tested(at)
    whole: Kind = "integer"
    for name, row in zip(names, rows_of(found.tests_table()), strict=True):
        p_value, df = row["p_value"], row["df"]
        if p_value is None or not np.isfinite(p_value):
            continue
        whole = whole if float(df).is_integer() else "num1"
        rows.append(Row((name, float(row["statistic"]), float(df), float(p_value))))
    if not rows:
        return []
    said: list[Block] = [Heading(text("move.page.observed.tests_heading", language), 2)]
    if found.rates is not None and found.rates.rejected is not None:
        key = "rates_rejected" if found.rates.rejected else "rates_hold"
        said.append(Paragraph(text(f"move.page.observed.{key}", language)))
    made = Table(
        "observed-tests",
        text("move.page.observed.tests", language),
        (
            Column("same", text("move.page.observed.same", language)),
            Column("statistic", text("move.page.observed.statistic", language), "num1"),
            Column("df", text("move.page.observed.df", language), whole),
            Column("p", text("move.page.meaning.p", language), "p"),
        ),
        tuple(rows),
        at.context.door.without_people("observed-tests"),
        note=text("move.page.observed.tests_note", language),
    )
    return [*said, made]


def _tested(at: SeenStates) -> Sequence[str]:
    """Say what each test takes to be the same, in the order of their table."""
    found, language = at.found, at.language

    def said(key: str, **values: str) -> str:
        return text(f"move.page.observed.test_{key}", language, **values)

    names = []
    for model in found.models:
        kind = {(True, True): "none", (False, True): "steps", (True, False): "groups",
                (False, False): "both"}[model.by_step, model.by_group]  # fmt: skip
        names.append(said(kind))
    ends = sorted(end for start, end in found.found.steps if start == 0)
    for end, _ in zip(ends, found.baseline, strict=False):
        waves = {"start": literal(found.waves[0]), "end": literal(found.waves[end])}
        names.append(said("baseline", waves=text("move.step.between", language, **waves)))
    return [*names, said("rates")] if found.rates is not None else names
