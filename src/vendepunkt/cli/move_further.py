"""What ``vendepunkt move`` answers about who left, and whether answers mean the same over waves."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from vendepunkt.cli.tables import painted, percent, rows_of, with_span

if TYPE_CHECKING:
    from vendepunkt.move import CircumstanceChange, Movement

#: Estimates with their intervals are wide.
WIDTH = 140


def further_answer(found: Movement, changes: tuple[CircumstanceChange, ...] = ()) -> dict[str, Any]:
    """Give drop-out, and measurement over the waves, as rows; null where not asked for."""
    dropout, measured = None, None
    if found.dropout is not None:
        dropout = {
            "left": rows_of(found.dropout_table()),
            "reasons": rows_of(found.reason_table()),
            "destinations": rows_of(found.destinations_table()),
            "tipping": rows_of(found.tipping_table()),
        }
    if found.measurement is not None:
        measured = {
            "comparable": found.comparable,
            "forms": rows_of(found.measurement_table()),
            "profiles": rows_of(found.profile_change_table()),
        }
    three = None if found.further.three_steps is None else rows_of(found.three_step_table())
    against = [{"name": one.circumstance.name, "changes": rows_of(one.table())} for one in changes]
    return {
        "dropout": dropout,
        "measurement": measured,
        "three_steps": three,
        "circumstances": against,
    }


def further_lines(found: Movement, changes: tuple[CircumstanceChange, ...] = ()) -> Iterator[str]:
    """Give what was asked for beside movement, for people."""
    if found.dropout is not None:
        yield ""
        yield "Who left, of those of each group asked at first"
        yield from painted(_left_rows(found), width=WIDTH)
        yield from painted(_reason_rows(found), words=3)
        if len(found.tipping_table()):
            yield "What if those who left were worse off than others with the same answers?"
            yield from painted(_tipping_rows(found), words=2)
    if found.measurement is not None:
        yield ""
        yield "Do answers mean the same at every wave?"
        yield from painted(_form_rows(found), words=2, width=WIDTH)
    if found.further.three_steps is not None:
        yield ""
        yield "The same movement in three steps: groups, placing, movement"
        yield from painted(_three_step_rows(found), words=4, width=WIDTH)
    for one in changes:
        yield ""
        yield f"Change in severity by what became of: {one.circumstance.name}"
        yield from painted(_change_rows(one), words=2)


def _three_step_rows(found: Movement) -> list[list[str]]:
    rows = [["from wave", "to wave", "from", "to", "in three steps", "in one"]]
    rows += [
        [str(row["wave_from"]), str(row["wave_to"]), str(row["from"]), str(row["to"]),
         with_span(row), percent(row["one_step"])]
        for row in rows_of(found.three_step_table())
    ]  # fmt: skip
    return rows


def _left_rows(found: Movement) -> list[list[str]]:
    rows = [["group", "asked", *(f"gone in {wave}" for wave in found.waves[1:])]]
    table = found.dropout_table()
    for group in found.groups.groups:
        own = rows_of(table[table["group"] == group.letter])
        if own:
            shares = [with_span({**row, "estimate": row["share_lost"]}) for row in own]
            rows.append([found.groups.name(group, "en"), f"{own[0]['asked']:.0f}", *shares])
    return rows


def _reason_rows(found: Movement) -> list[list[str]]:
    rows = [["wave", "reason", "kind", "people", "share"]]
    rows += [
        [row["wave"], row["reason"] or "asked", row["kind"], f"{row['n']:.0f}",
         percent(row["share"])]
        for row in rows_of(found.reason_table())
    ]  # fmt: skip
    return rows


def _tipping_rows(found: Movement) -> list[list[str]]:
    names = {group.letter: found.groups.name(group, "en") for group in found.groups.groups}
    rows = [["wave", "odds", *names.values()]]
    table = found.tipping_table()
    for (wave, odds), own in table.groupby(["wave", "odds"], sort=False):
        shares = {row["group"]: percent(row["estimate"]) for row in rows_of(own)}
        rows.append([str(wave), f"× {odds:g}", *(shares.get(letter, "") for letter in names)])
    return rows


def _form_rows(found: Movement) -> list[list[str]]:
    rows = [["free", "of items", "log-likelihood", "parameters", "BIC", "p", "largest change"]]
    rows += [
        [
            str(row["form"]),
            str(row["items"]),
            f"{row['loglik']:.3f}",
            f"{row['n_parameters']:.0f}",
            f"{row['bic']:.1f}",
            _number(row["p_value"]),
            _number(row["change"]),
        ]
        for row in rows_of(found.measurement_table())
    ]
    return rows


def _change_rows(found: CircumstanceChange) -> list[list[str]]:
    """Give the rows of everybody: means, and differences from stayers of the same origin."""
    rows = [["", "against", "change", "95 % interval", "people-steps"]]
    for row in rows_of(found.table()):
        if row["group"]:
            continue
        known = math.isfinite(row["conf_low"])
        rows.append(
            [
                str(row["change"]).replace("_", " "),
                str(row["against"] or "").replace("_", " "),
                f"{row['estimate']:+.3f}" if math.isfinite(row["estimate"]) else "",
                f"{row['conf_low']:+.3f} to {row['conf_high']:+.3f}" if known else "",
                f"{row['n']:.0f}",
            ]
        )
    return rows


def _number(value: float | None) -> str:
    return "" if value is None or math.isnan(value) else f"{value:.3f}"
