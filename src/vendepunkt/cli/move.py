"""``vendepunkt move DATA``: follow people over the waves of a data file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vendepunkt.cli.answer import answer
from vendepunkt.cli.augment import check_ending, write_frame
from vendepunkt.cli.options import NAMES, Common, common_options, data_argument
from vendepunkt.terms import UsageError

if TYPE_CHECKING:
    from vendepunkt.cli.move_panel import Asked
    from vendepunkt.data import Panel
    from vendepunkt.move import (
        Circumstance,
        CircumstanceChange,
        Movement,
        MoveOptions,
        ObservedMovement,
    )
    from vendepunkt.terms import Notice

NOT_CONVERGED = 4


@click.command("move")
@data_argument
@click.option("--person", metavar="COL", help="Column with the person's id.")
@click.option("--wave", metavar="COL", help="Column with the wave, in a row per person and wave.")
@click.option(
    "--wide",
    type=NAMES,
    default=(),
    metavar="T1,T2",
    help="Marks of the waves in column names, in a row per person.",
)
@click.option(
    "--waves", type=NAMES, default=(), metavar="A,B", help="Waves to use.  [default: all]"
)
@click.option("--times", type=NAMES, default=(), metavar="0,0.5", help="When they were, in years.")
@click.option("--items", type=NAMES, default=(), help="Columns of the items.")
@click.option(
    "--types",
    type=NAMES,
    default=(),
    metavar="a=ordinal,…",
    help="Item types: binary nominal ordinal monotone count negbin continuous.",
)
@click.option(
    "--classes", default="2-5", show_default=True, metavar="3|2-5", help="Numbers of classes."
)
@click.option(
    "--transitions",
    type=click.Choice(("free", "constant", "rate")),
    default="free",
    show_default=True,
    help="A table for each step, one for all, or rates per year.",
)
@click.option(
    "--form",
    type=click.Choice(("plain", "mover_stayer", "random_intercept")),
    default="plain",
    show_default=True,
)
@click.option(
    "--initial", metavar="FORMULA", help='What explains the first class, such as "x + C(z)".'
)
@click.option("--transition", metavar="FORMULA", help="What explains who moves.")
@click.option(
    "--transition-at",
    type=click.Choice(("end", "start")),
    default="end",
    show_default=True,
    help="A column of it that changes counts as it is when a step ends, or starts.",
)
@click.option(
    "--order",
    type=click.Choice(("size", "severity")),
    default="size",
    show_default=True,
    help="Order of classes; with severity codes run from good to bad, and moves get a direction.",
)
@click.option("--starts", type=int, default=50, show_default=True, help="Starts in each round.")
@click.option(
    "--se",
    type=click.Choice(("opg", "hessian", "robust", "design")),
    help="Kind of standard errors.  [default: design with a design, else robust]",
)
@click.option(
    "--dirichlet",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    metavar="X",
    help="Weak prior: pseudo-observations per item and class, and per row of transitions.",
)
@click.option(
    "--compare-steps/--no-compare-steps",
    default=True,
    show_default=True,
    help="Test one table for all steps, or rates, against one for each: a second fit.",
)
@click.option(
    "--measurement",
    is_flag=True,
    help="Compare answers that mean the same in all waves with answers that do not.",
)
@click.option(
    "--excess",
    type=int,
    default=0,
    metavar="B",
    help="Bootstrap replicates for the interval of the apparent excess; 0 for none.",
)
@click.option(
    "--three-steps", is_flag=True, help="Fit the movement in three steps as well, beside the model."
)
@click.option(
    "--circumstance",
    "circumstances",
    multiple=True,
    metavar="NAME=EXPR",
    help="Set changes in it against changes in severity, within people; may be given again.",
)
@click.option("--reasons", metavar="COL", help="Column that says why a person was not interviewed.")
@click.option(
    "--reason",
    "kinds",
    multiple=True,
    metavar="LABEL=KIND",
    help="What a label of it means: exit, non-response or asked; once for each label.",
)
@click.option("--asked", metavar="EXPR", help="Rows that are interviews.")
@click.option("--only-weighted", is_flag=True, help="Leave out people without a weight.")
@click.option("--observed", metavar="ITEM", help="An item that says the state itself; counted.")
@click.option("--by", metavar="COL", help="With --observed: groups of people side by side.")
@click.option("--lot", metavar="WORDS", help="What was given to the groups of --by by lot.")
@common_options
def command(data: Path, common: Common, **given: Any) -> None:
    """Follow people over the waves: who moves, which way, and how sure that is.

    Classes are fitted to the --items of all waves, with one pattern of answers for each class;
    --observed counts the moves between the answers to one item, without a model. --where holds for
    people, by the first wave they were asked in. --augment writes a row per person and wave, for
    inside the workplace.
    """
    from vendepunkt.cli.move_panel import Asked, check_conditions, prepared

    asked = Asked(**{name: given[name] for name in Asked.__dataclass_fields__})
    _check(asked, common, given["circumstances"])
    check_ending(common.augment)
    options = _options(given, asked, common) if asked.items else None
    circumstances = _circumstances(given["circumstances"])
    held, notices = prepared(data, asked, common)
    check_conditions(held, circumstances)
    found, seen = _followed(held, asked, options)
    changes = _set_against(found, circumstances)
    if common.augment is not None:
        write_frame(_augmented(held, found, seen), common.augment)
    parts = [one for one in (found, seen, *changes) if one is not None]
    answer(
        _payload(found, seen, changes),
        schema="move/1",
        notices=_distinct([*notices, *(notice for one in parts for notice in one.notices)]),
        as_json=common.as_json,
        lines=_lines(found, seen, changes),
    )
    if found is not None and not found.converged:
        raise click.exceptions.Exit(NOT_CONVERGED)


def _check(asked: Asked, common: Common, circumstances: tuple[str, ...]) -> None:
    """Refuse options that do not go together, before anything is read."""
    if not asked.items and asked.observed is None:
        raise UsageError(
            "no_items",
            "Nothing is named to follow.",
            allowed="--items for classes, --observed for states that are seen, or both",
            try_="--items a,b,c",
        )
    if not asked.wide and not (asked.person and asked.wave):
        raise UsageError(
            "no_waves",
            "It is not said who is who and when.",
            allowed="--person and --wave, for a row per person and wave; or --wide",
            try_="--person id --wave year",
        )
    if asked.wide and asked.wave:
        raise UsageError(
            "contradiction", "--wide and --wave are both given.", allowed="one of them"
        )
    for name, value, needs, other in (
        ("--by", asked.by, "--observed", asked.observed),
        ("--lot", asked.lot, "--by", asked.by),
        ("--reason", asked.kinds, "--reasons", asked.reasons),
        ("--circumstance", circumstances, "--items", asked.items),
        ("--only-weighted", asked.only_weighted, "--weight", common.weight),
    ):
        if value and not other:
            raise UsageError("contradiction", f"{name} needs {needs}.", try_=f"{needs} with {name}")


def _options(given: dict[str, Any], asked: Asked, common: Common) -> MoveOptions:
    from vendepunkt.measure import parse_classes
    from vendepunkt.move import MoveOptions

    return MoveOptions(
        classes=parse_classes(given["classes"]),
        transitions=given["transitions"],
        form=given["form"],
        starts=given["starts"],
        seed=common.seed,
        order=asked.order,
        se=given["se"],
        dirichlet=given["dirichlet"],
        compare_transitions=given["compare_steps"],
        measurement=given["measurement"],
        excess_replicates=given["excess"],
        three_steps=given["three_steps"],
        dropout=asked.reasons is not None,
    )


def _followed(
    held: Panel, asked: Asked, options: MoveOptions | None
) -> tuple[Movement | None, ObservedMovement | None]:
    """Fit what is asked for, with progress."""
    from vendepunkt.cli.progress import showing
    from vendepunkt.move import move, observed_movement
    from vendepunkt.pipeline.covariates import person_covariates, step_covariates

    found = seen = None
    if options is not None:
        first = asked.initial and person_covariates(held, asked.initial, "--initial")
        steps = asked.transition and step_covariates(
            held, asked.transition, "--transition", asked.transition_at
        )
        with showing() as show:
            found = move(
                held,
                options,
                initial=first or None,
                transition=steps or None,
                progress=lambda what, done: show("move", what, done),
            )
    if asked.observed is not None:
        seen = observed_movement(held, asked.observed, by=asked.by, lot=asked.lot or False)
    return found, seen


def _circumstances(given: tuple[str, ...]) -> tuple[Circumstance, ...]:
    """Read ``NAME=EXPR``."""
    from vendepunkt.move import Circumstance

    found = []
    for stated in given:
        name, _, condition = stated.partition("=")
        if not name.strip() or not condition.strip() or condition.startswith("="):
            raise UsageError(
                "bad_circumstance",
                f"--circumstance is {stated!r}.",
                allowed="NAME=EXPR",
                try_="--circumstance \"unemployed=work == 'unemployed'\"",
            )
        found.append(Circumstance(name.strip(), condition.strip()))
    return tuple(found)


def _set_against(
    found: Movement | None, circumstances: tuple[Circumstance, ...]
) -> tuple[CircumstanceChange, ...]:
    """Set changes in circumstances against changes in severity."""
    from vendepunkt.move import circumstance_change

    return (
        () if found is None else tuple(circumstance_change(found.ground, c) for c in circumstances)
    )


def _payload(
    found: Movement | None,
    seen: ObservedMovement | None,
    changes: tuple[CircumstanceChange, ...],
) -> dict[str, Any]:
    """Give the answer as plain values: the fit that is used, all fits, and observed states."""
    from vendepunkt.cli.move_further import further_answer
    from vendepunkt.cli.move_observed import observed_answer
    from vendepunkt.move import fit_answer, plain_answer

    states = None if seen is None else observed_answer(seen)
    if found is None:
        return {"converged": True, "fits": [], "recommended": None, "observed": states}
    plain = plain_answer(found)
    return plain | {
        "fits": [fit_answer(found, model) for model in found.models],
        "models": plain["fits"],
        "further": further_answer(found, changes),
        "chosen": found.model.classes,
        "converged": found.converged,
        "observed": states,
    }


def _lines(
    found: Movement | None,
    seen: ObservedMovement | None,
    changes: tuple[CircumstanceChange, ...],
) -> Iterator[str]:
    from vendepunkt.cli.move_lines import movement_lines
    from vendepunkt.cli.move_observed import observed_lines

    if found is not None:
        yield from movement_lines(found, changes)
    if found is not None and seen is not None:
        yield ""
    if seen is not None:
        yield from observed_lines(seen)


def _augmented(held: Panel, found: Movement | None, seen: ObservedMovement | None) -> Any:
    """Give the data, a row per person and wave, with what the models say of each person."""
    import numpy as np
    import pandas as pd

    data = held.survey.frame
    if found is not None:
        data = found.augment(data)
    people = pd.DataFrame(index=range(held.n))
    if found is not None:
        people = people.join(found.people().set_index("person"))
    if seen is not None:
        people = seen.augment(people)
    person = np.full(len(data), -1)
    for rows in held.person_rows.T:
        there = rows >= 0
        person[rows[there]] = np.flatnonzero(there)
    taken = people.reindex(person).set_axis(data.index, axis=0)
    return data.join(taken[[name for name in taken.columns if name not in data.columns]])


def _distinct(notices: list[Notice]) -> tuple[Notice, ...]:
    return tuple({(one.code, one.text): one for one in notices}.values())
