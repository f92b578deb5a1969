"""How far people moved, who contributes, and which paths they went: never of single persons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vendepunkt.disclosure import Clearance, LinkedCounts
from vendepunkt.language import text
from vendepunkt.report.blocks import (
    Block,
    Cell,
    Column,
    Estimate,
    Heading,
    Paragraph,
    Row,
    Statement,
    Table,
)
from vendepunkt.report.inline import literal, ref
from vendepunkt.report.sections.groups import merged
from vendepunkt.report.sections.measured import Bools, estimate, picture, unless
from vendepunkt.report.sections.movement_seen import Seen
from vendepunkt.report.sections.movement_tables import base, between, rows_of, source

if TYPE_CHECKING:
    import pandas as pd

_ARROW = "\N{RIGHTWARDS ARROW}"
#: Sums that stand in other tables already, and so cannot be hidden for the sake of a path.
_SHOWN = 1000.0


def severity(at: Seen) -> list[Block]:
    """Give the density of change in severity and each group's part in the mean."""
    change, language = at.found.severity_changes, at.language
    if change is None:
        return []
    drawn, table = _density(at), _contributions(at)
    if not drawn and not table:
        return []
    return [
        Heading(text("move.page.severity.heading", language), 2),
        Paragraph(text("move.page.severity.lead", language)),
        Statement("regression_to_the_mean"),
        *drawn,
        *table,
    ]


def _density(at: Seen) -> list[Block]:
    """Draw the density: of everybody, and by group at the start where nothing is hidden."""
    density = at.found.severity_change()
    names = at.names[at.found.waves[0]] | {"": ""}
    clearance = at.cleared("movement")
    if at.last.columns:
        everybody = density[density["group"] == ""].reset_index(drop=True)
        table = density.copy() if at.whole else everybody
        edges = at.found.severity_changes.edges  # type: ignore[union-attr]
        place = np.searchsorted(edges, table["low"].to_numpy() + 1e-6, side="right") - 1
        away = [at.last.columns.get(int(column), False) for column in place]
        table.loc[away, "estimate"] = np.nan
        # Between the columns where changes can lie there is nothing to say.
        table = table[np.isin(place, list(at.last.columns))].reset_index(drop=True)
    elif at.whole:
        table, clearance = _joined(at, density[density["group"] == ""])
        if len(table) < 3:
            return []
    else:
        return []
    table["group"] = table["group"].map(names)
    caption = text("move.page.severity.figure", at.language, base=base(at))
    drawn = picture(at.context, "movement-severity", "severity_change", table, caption, clearance)
    return [drawn]


def _joined(at: Seen, density: pd.DataFrame) -> tuple[pd.DataFrame, Clearance]:
    """Join neighbouring columns until each holds enough people, where groups are many classes."""
    import pandas as pd

    change = at.found.severity_changes
    people = density["estimate"].to_numpy() * (0.0 if change is None else change.n)
    edges = merged(people, at.context.door.rules.threshold)
    low, high = density["low"].to_numpy(), density["high"].to_numpy()
    counts = np.rint(np.add.reduceat(people, edges[:-1])).astype(np.int64)
    protection, clearance = at.context.door.counts("movement-severity-columns", counts)
    part = np.add.reduceat(density["estimate"].to_numpy(), edges[:-1])
    table = pd.DataFrame(
        {
            "group": "",
            "low": low[edges[:-1]],
            "high": high[np.array(edges[1:]) - 1],
            "estimate": np.where(protection.hidden, np.nan, part),
        }
    )
    return table, clearance


def _contributions(at: Seen) -> list[Block]:
    """Give mean change of everybody and from each group, and what each adds to the whole."""
    found, language, waves = at.found, at.language, at.found.waves
    # Without the sums over the groups hidden, the mean of all is theirs; that of a group is not.
    if not (at.whole or (at.last.columns and not at.shares[list(at.last.pair)].any())):
        return []
    if not at.whole:
        place = f"move/severity/{at.pair}/all"
        if between(at.context.refs[place]) is None:
            return []
        values = {"mean": ref(place, "points1"), "ci": ref(place, "ci1")}
        return [Paragraph(text("move.page.severity.everybody", language, **values))]
    means = [
        row
        for row in rows_of(found.mean_change_table())
        if (row["wave_from"], row["wave_to"]) == (waves[0], waves[-1])
    ]
    first = {
        row["group"]: row["estimate"]
        for row in rows_of(found.shares_table())
        if row["wave"] == waves[0]
    }
    rows = []
    for row in means:
        letter = row["group"]
        name = text("move.page.severity.all", language)
        value = _times(estimate(row["estimate"], row["conf_low"], row["conf_high"]), 100)
        if not letter:
            rows.append(Row((name, value, 100 * float(row["estimate"])), "total"))
            continue
        away = at.group_hidden(letter)
        part = 100 * float(row["estimate"]) * float(first[letter])
        name = literal(at.name(letter, waves[0]))
        cells: tuple[Cell, ...] = (name, unless(away, value), unless(away, part))
        rows.append(Row(cells))
    rows.sort(key=lambda row: row.kind == "total")
    made = Table(
        "movement-severity-mean",
        text("move.page.severity.caption", language, base=base(at)),
        (
            Column("group", text("move.page.severity.from", language)),
            Column("mean", text("move.page.severity.mean", language), "num1"),
            Column("part", text("move.page.severity.part", language), "num1"),
        ),
        tuple(rows),
        at.cleared("movement-severity-mean"),
        note=text("move.page.severity.note", language),
        source=source(at),
    )
    return [made]


def _times(cell: Estimate, factor: float) -> Estimate:
    values = (cell.value, cell.low, cell.high)
    return Estimate(*(None if value is None else value * factor for value in values))


def paths(at: Seen) -> list[Block]:
    """Draw the paths that enough people went; the others are one number together."""
    found = at.found
    if len(found.waves) < 3 or not at.whole:
        return []
    table = found.paths_table()
    if len(table) < len(at.letters) ** len(found.waves):
        return []
    hidden = _hidden_paths(at, table)
    if hidden is None or hidden.all():
        return []
    language = at.language
    names = at.names[found.waves[-1]]
    table["path"] = [
        _ARROW.join(names[letter] for letter in path.split(_ARROW)) for path in table["path"]
    ]
    table.loc[hidden, ["estimate", "conf_low", "conf_high", "n"]] = np.nan
    options = {
        "waves": found.waves,
        "groups": [names[letter] for letter in at.letters],
        "threshold": at.context.door.rules.threshold,
    }
    caption = text("move.page.paths.caption", language, base=base(at))
    drawn = picture(
        at.context, "movement-paths", "paths", table, caption, at.cleared("movement"), options
    )
    return [
        Heading(text("move.page.paths.heading", language), 2),
        Paragraph(text("move.page.paths.lead", language)),
        drawn,
    ]


def _hidden_paths(at: Seen, table: pd.DataFrame) -> Bools | None:
    """Hide small paths, and those that would give them away beside the steps; None for all.

    The steps and first to last are sums of paths, and all of them are shown.
    """
    found, letters = at.found, at.letters
    always = found.refs()["move/summary/n_always"].value
    people = np.rint(table["estimate"].to_numpy() * float(always or 0)).astype(np.int64)
    small = table["n"].to_numpy() < at.context.door.rules.threshold
    routes = np.array(
        [[letters.index(one) for one in path.split(_ARROW)] for path in table["path"]]
    )
    linked = LinkedCounts()
    # What many did is told first, and hidden last.
    cost = 1.0 + 20.0 * people / max(int(people.sum()), 1)
    places = linked.cells(people, small=small, cost=cost)
    sums = [
        linked.total(places[inside], cost=_SHOWN)
        for one in at.between
        for start in range(len(letters))
        for end in range(len(letters))
        if (inside := (routes[:, list(one.pair)] == (start, end)).all(axis=1)).any()
    ]
    hidden, _ = at.context.door.linked("movement-paths-people", linked)
    return None if hidden[sums].any() else hidden[places]
