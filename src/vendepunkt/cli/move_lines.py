"""What ``vendepunkt move`` prints for people about movement between groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from vendepunkt.cli.move_further import further_lines
from vendepunkt.cli.tables import painted, percent, rows_of, with_span

#: Estimates with their intervals are wide.
WIDTH = 140

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.move import CircumstanceChange, Movement

DIRECTIONS = {
    "more": "to a more severe group",
    "less": "to a less severe group",
    "sideways": "sideways",
    "stayed": "stayed",
}


def movement_lines(found: Movement, changes: tuple[CircumstanceChange, ...] = ()) -> Iterator[str]:
    """Give the answer for people: fit, choice, shares, transitions, directions, and its limits."""
    yield repr(found).strip("<>")
    if len(found.models) > 1:
        yield ""
        yield from painted(_choice_rows(found))
        yield ""
        yield from found.choice.sentences("en")
    yield ""
    yield "Shares by wave"
    yield from painted(_share_rows(found), width=WIDTH)
    yield from found.groups.explanation("en")
    for title, table in _transitions(found) if found.comparable else ():
        yield ""
        yield title
        yield from painted(_transition_rows(found, table), width=WIDTH)
    yield ""
    yield "Who moved, of everybody"
    yield from painted(_direction_rows(found), width=WIDTH)
    yield ""
    yield "Who changed group, by how people are placed"
    yield from painted(_moved_rows(found))
    if found.material.initial is not None or found.material.transition is not None:
        yield ""
        yield from painted(_effect_rows(found), words=4, width=WIDTH)
    yield from further_lines(found, changes)
    yield ""
    yield from statements(found)


def statements(found: Movement) -> Iterator[str]:
    """Give what is always said beside movement."""
    from vendepunkt.language import STATEMENTS, statement

    values: dict[str, dict[str, str | int]] = {
        "error_looks_like_movement": _apparent(found),
        "model": {"K": found.model.classes, "e": f"{100 * found.accuracy:.0f}"},
    }
    wanted = {
        "associations",
        "error_looks_like_movement",
        "regression_to_the_mean",
        "model",
        "same_size",
        "interval",
    }
    if len(found.waves) == 2:
        wanted.add("two_measurements")
    for name in STATEMENTS:
        if name == "dropout" and found.dropout is not None:
            yield found.dropout.statement("en")
        elif name in wanted:
            yield statement(name, "en", **values.get(name, {}))


def _apparent(found: Movement) -> dict[str, str | int]:
    """Give apparent and corrected movement over the first step, in per cent."""
    first = [row for row in rows_of(found.three_moved()) if row["wave_to"] == found.waves[1]]
    moved = {row["kind"]: row["moved"] for row in first}
    return {kind: f"{100 * moved[kind]:.0f}" for kind in ("apparent", "corrected")}


def _choice_rows(found: Movement) -> list[list[str]]:
    rows = [
        ["classes", "log-likelihood", "parameters", "AIC", "BIC", "entropy", "smallest", "best"]
    ]
    for model in found.models:
        fit, judged = model.fit, model.criteria
        rows.append(
            [
                str(fit.classes),
                f"{fit.loglik:.3f}",
                str(fit.n_parameters),
                f"{judged.aic:.1f}",
                f"{judged.bic:.1f}",
                "" if judged.entropy is None else f"{judged.entropy:.3f}",
                f"{100 * judged.smallest_share:.1f} %",
                f"{fit.starts_at_best} of {fit.starts_finished}",
            ]
        )
    return rows


def _share_rows(found: Movement) -> list[list[str]]:
    table = found.shares_table()
    rows = [["wave", *(found.groups.name(group, "en") for group in found.groups.groups)]]
    for wave in found.waves:
        own = table[table["wave"] == wave]
        rows.append([wave, *(with_span(row) for row in rows_of(own))])
    return rows


def _transitions(found: Movement) -> Iterator[tuple[str, pd.DataFrame]]:
    """Give the tables to print: of each step, or the one that holds for all, then first to last."""
    steps = found.transition_table("steps")
    if found.model.fit.transitions_kind == "constant" and found.material.transition is None:
        first = steps[steps["wave_to"] == found.waves[1]]
        yield "Where the people of each group go from wave to wave", first
    else:
        for start, end in zip(found.waves, found.waves[1:], strict=False):
            own = steps[(steps["wave_from"] == start) & (steps["wave_to"] == end)]
            yield f"Where the people of each group go, {start} to {end}", own
    if len(found.waves) > 2:
        ends = f"{found.waves[0]} to {found.waves[-1]}"
        yield f"Where the people of each group go, {ends}", found.transition_table("first_last")


def _transition_rows(found: Movement, table: pd.DataFrame) -> list[list[str]]:
    names = {group.letter: found.groups.name(group, "en") for group in found.groups.groups}
    rows = [["from", *(f"to {name}" for name in names.values())]]
    for letter, name in names.items():
        own = table[table["from"] == letter].set_index("to").loc[list(names)]
        rows.append([name, *(with_span(row) for row in rows_of(own))])
    return rows


def _direction_rows(found: Movement) -> list[list[str]]:
    table = found.direction_table()
    present = set(table.loc[table["estimate"] > 0, "direction"])
    shown = {key: words for key, words in DIRECTIONS.items() if key in present}
    rows = [["", *shown.values()]]
    for (start, end), own in table.groupby(["wave_from", "wave_to"], sort=False):
        by_name = own.set_index("direction").loc[list(shown)]
        rows.append([f"{start} to {end}", *(with_span(row) for row in rows_of(by_name))])
    return rows


def _moved_rows(found: Movement) -> list[list[str]]:
    kinds = {
        "apparent": "by each wave's answers",
        "smoothed": "by the likeliest path",
        "corrected": "by the model",
    }
    table = found.three_moved()
    rows = [["", *kinds.values(), "people"]]
    for (start, end), own in table.groupby(["wave_from", "wave_to"], sort=False):
        moved = {row["kind"]: row["moved"] for row in rows_of(own)}
        shares = [percent(moved[kind]) for kind in kinds]
        rows.append([f"{start} to {end}", *shares, f"{own['n'].iloc[0]:.0f}"])
    return rows


def _effect_rows(found: Movement) -> list[list[str]]:
    from vendepunkt.move import fit_answer

    rows = [["effect on", "from", "to", "term", "estimate", "std error", "p"]]
    rows += [
        [
            str(row["part"]),
            "" if row["from"] is None else f"class {row['from']}",
            f"class {row['to']}",
            str(row["term"]),
            *(f"{row[key]:.3f}" for key in ("estimate", "std_error", "p_value")),
        ]
        for row in fit_answer(found, found.model)["coefficients"]
    ]
    return rows
