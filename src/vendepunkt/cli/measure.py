"""``vendepunkt measure DATA``: fit groups to a data file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vendepunkt.cli.answer import answer
from vendepunkt.cli.augment import check_ending, write_frame
from vendepunkt.cli.items import defined, kinds_of, scored
from vendepunkt.cli.options import NAMES, Common, common_options, data_argument
from vendepunkt.cli.tables import painted, span

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from vendepunkt.data import Design, Indicator, Survey
    from vendepunkt.measure import Comparison, Covariates, Equality, Measurement, MeasureOptions

NOT_CONVERGED = 4


@click.command("measure")
@data_argument
@click.option("--items", type=NAMES, required=True, help="Columns of the items.")
@click.option(
    "--types",
    type=NAMES,
    default=(),
    metavar="a=ordinal,…",
    help="Item types: binary nominal ordinal monotone count negbin continuous.",
)
@click.option(
    "--classes", default="1-6", show_default=True, metavar="3|1-6", help="Numbers of classes."
)
@click.option(
    "--covariates", metavar="FORMULA", help='What explains the class, such as "x + C(z)".'
)
@click.option(
    "--missing", type=click.Choice(("fiml", "listwise")), default="fiml", show_default=True
)
@click.option("--order", type=click.Choice(("size", "severity")), default="size", show_default=True)
@click.option("--starts", type=int, default=50, show_default=True, help="Starts in each round.")
@click.option(
    "--blrt", type=int, default=0, metavar="B", help="Bootstrap replicates of the test; 0 for none."
)
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
    help="Weak prior: pseudo-observations per item and class.",
)
@click.option(
    "--classifier",
    type=click.Choice(("latent_classes", "sum_score")),
    default="latent_classes",
    show_default=True,
)
@click.option(
    "--equal-across",
    metavar="COL",
    help="Compare profiles that are equal across these groups of people with free ones.",
)
@click.option(
    "--beside",
    type=click.Choice(("latent_classes", "sum_score")),
    help="Another classifier of the same people, in one table with the first.",
)
@click.option("--cutoffs", type=NAMES, default=("1", "2"), help="Cut-offs of the sum score.")
@common_options
def command(
    data: Path,
    items: tuple[str, ...],
    types: tuple[str, ...],
    classes: str,
    covariates: str | None,
    missing: str,
    order: str,
    starts: int,
    blrt: int,
    se: str | None,
    dirichlet: float,
    classifier: str,
    equal_across: str | None,
    beside: str | None,
    cutoffs: tuple[str, ...],
    common: Common,
) -> None:
    """Fit groups to a data file and say how many there are, how large, and how sure that is.

    Classes are numbered by size, or with --order severity from the least to the most severe;
    categories then count from the first (best) to the last (worst).
    """
    from vendepunkt.data import read_survey, unused_weights
    from vendepunkt.measure import MeasureOptions, SumScoreOptions, parse_classes, plain_answer

    check_ending(common.augment)
    options = MeasureOptions(
        classes=parse_classes(classes),
        classifier=classifier,
        starts=starts,
        seed=common.seed,
        order=order,
        missing=missing,
        se=se,
        blrt=blrt,
        dirichlet=dirichlet,
        sum_score=SumScoreOptions(cutoffs=_numbers(cutoffs)),
    )
    survey = read_survey(data)
    kept, found, both = _measured(
        survey, _Asked(items, types, covariates, equal_across, beside), options, common
    )
    if common.augment is not None:
        _write(found, survey, kept, common.augment)
    overlooked = unused_weights(survey, weighted=common.weight is not None)
    answer(
        plain_answer(found) | {"beside": both},
        schema="measure/1",
        notices=(*survey.notices, *overlooked, *found.notices),
        as_json=common.as_json,
        lines=chain(_lines(found), _beside_lines(both, beside)),
    )
    if not found.converged:
        raise click.exceptions.Exit(NOT_CONVERGED)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is measured of a data file, as the options name it."""

    items: tuple[str, ...]
    types: tuple[str, ...]
    covariates: str | None
    equal_across: str | None
    beside: str | None


def _measured(
    survey: Survey, asked: _Asked, options: MeasureOptions, common: Common
) -> tuple[npt.NDArray[np.bool_], Measurement, Comparison | None]:
    """Measure the rows asked for; give the rows of the design, the result and the comparison."""
    from vendepunkt.cli.progress import showing
    from vendepunkt.data import drawn_rows
    from vendepunkt.measure import compare, measure

    where = _where(survey, common.where)
    kept = drawn_rows(survey.frame, common.weight, where)
    drawn = survey if kept.all() else survey.take(kept)
    inside = None if where is None else where[kept]
    ordered = options.order == "severity" or "sum_score" in (options.classifier, asked.beside)
    indicators = _indicators(drawn, asked.items, asked.types, needs_order=ordered)
    design = _design(drawn, common)
    across = None if asked.equal_across is None else drawn.indicator(asked.equal_across)
    with showing() as show:
        found = measure(
            indicators,
            options,
            design=design,
            covariates=_covariates(drawn, asked.covariates),
            where=inside,
            equal_across=across,
            progress=lambda what, done: show("measure", what, done),
        )
    both = None
    if asked.beside is not None:
        second = replace(options, classifier=asked.beside, blrt=0)
        both = compare(found, measure(indicators, second, design=design, where=inside))
    return kept, found, both


def _indicators(
    survey: Survey, items: Sequence[str], types: Sequence[str], *, needs_order: bool
) -> list[Indicator]:
    """Turn columns into items; where severity is asked for, the codes run from good to bad."""
    kinds = kinds_of(items, types)
    out = [survey.indicator(defined(name, kinds)) for name in items]
    return [scored(item, kinds, survey.frame) for item in out] if needs_order else out


def _design(survey: Survey, common: Common) -> Design | None:
    from vendepunkt.data import Design

    if not common.has_design:
        return None
    return Design.from_frame(
        survey.frame,
        weights=common.weight,
        freq=common.freq,
        strata=common.strata,
        clusters=common.cluster,
        fpc=common.fpc,
        replicates=common.replicates,
        replicate_type=common.replicate_type,
        nest=common.nest,
        single_psu=common.single_psu,
    )


def _covariates(survey: Survey, formula: str | None) -> Covariates | None:
    if formula is None:
        return None
    from vendepunkt.measure import Covariates
    from vendepunkt.pipeline.formula import model_matrix

    made = model_matrix(survey.frame, formula, "--covariates")
    return Covariates(made.names, made.matrix)


def _where(survey: Survey, condition: str | None) -> npt.NDArray[np.bool_] | None:
    if condition is None:
        return None
    from vendepunkt.data import rows_where

    labels = {name: variable.labels for name, variable in survey.variables.items()}
    return rows_where(survey.frame, condition, labels)


def _write(found: Measurement, survey: Survey, kept: npt.NDArray[np.bool_], path: Path) -> None:
    """Write the data with everybody's posteriors: microdata, for inside the workplace.

    Rows that are no part of the design stay in the file, with nothing added.
    """
    data = survey.frame
    added = found.augment(data[kept]).drop(columns=data.columns)
    write_frame(data.join(added), path)


def _numbers(cutoffs: Sequence[str]) -> tuple[float, ...]:
    from vendepunkt.terms import UsageError

    try:
        return tuple(float(cutoff) for cutoff in cutoffs)
    except ValueError:
        raise UsageError(
            "bad_cutoffs", f"--cutoffs is {','.join(cutoffs)!r}.", allowed="numbers", try_="1,2"
        ) from None


def _lines(found: Measurement) -> Iterator[str]:
    """Give the answer for people: what was fitted, the choice, groups and their answers."""
    yield repr(found).strip("<>")
    if found.choice is not None and len(found.models) > 1:
        yield ""
        yield from painted(_choice_rows(found))
        yield ""
        yield from found.choice.sentences("en")
    yield ""
    yield from painted(_share_rows(found))
    yield from found.groups.explanation("en")
    yield ""
    yield from painted(_profile_rows(found))
    if found.equality is not None:
        yield ""
        yield found.equality.said.sentence("en")
        yield found.equality.said_change.sentence("en")
        yield from painted(_equality_rows(found.equality))


def _choice_rows(found: Measurement) -> list[list[str]]:
    rows = [
        ["classes", "log-likelihood", "parameters", "AIC", "BIC", "entropy", "smallest", "best"]
    ]
    for model in found.models:
        fit, scored = model.fit, model.criteria
        rows.append(
            [
                str(fit.classes),
                f"{fit.loglik:.3f}",
                str(fit.n_parameters),
                f"{scored.aic:.1f}",
                f"{scored.bic:.1f}",
                "" if scored.entropy is None else f"{scored.entropy:.3f}",
                f"{100 * scored.smallest_share:.1f} %",
                f"{fit.starts_at_best} of {fit.starts_finished}",
            ]
        )
    return rows


def _share_rows(found: Measurement) -> list[list[str]]:
    table = found.table()
    rows = [["group", "share", "95 % interval", "people", "severity"]]
    for group in found.groups.groups:
        own = table[table["group"] == group.letter]
        size = own[own["term"] == "share"].iloc[0]
        severe = own[own["term"] == "severity"]
        rows.append(
            [
                found.groups.name(group, "en"),
                f"{100 * size['estimate']:.1f} %",
                span(size["conf_low"], size["conf_high"]),
                f"{size['n']:.0f}",
                "" if severe.empty else f"{severe.iloc[0]['estimate']:.2f}",
            ]
        )
    return rows


def _profile_rows(found: Measurement) -> list[list[str]]:
    classes = range(found.classification.classes)
    rows = [["item", "answer", *(f"class {k + 1}" for k in classes)]]
    classification = found.classification
    for item, names, values in zip(
        found.material.names, classification.rows, classification.profiles, strict=True
    ):
        for name, value in zip(names, values, strict=True):
            shown = item if name == names[0] else ""
            rows.append([shown, name, *(f"{number:.3f}" for number in value)])
    return rows


def _equality_rows(equal: Equality) -> list[list[str]]:
    rows = [["free", "log-likelihood", "parameters", "BIC", "test", "df", "p", "largest change"]]
    for model in equal.models:
        every = len(model.free) > 1 and model is equal.models[-1]
        rows.append(
            [
                "all items" if every else ", ".join(model.free) or "none",
                f"{model.loglik:.3f}",
                str(model.n_parameters),
                f"{model.bic:.1f}",
                "" if model.statistic is None else f"{model.test} {model.statistic:.1f}",
                "" if model.df is None else f"{model.df:.0f}",
                "" if model.p_value is None else f"{model.p_value:.3f}",
                "other classes" if model.change is None else f"{100 * model.change:.1f} points",
            ]
        )
    return rows


def _beside_lines(both: Comparison | None, other: str | None) -> Iterator[str]:
    """Give the cross table of two classifiers, in per cent of all people."""
    if both is None or other is None:
        return
    rows = [["group", *(f"{other} {letter}" for letter in both.columns)]]
    for letter, shares in zip(both.rows, both.shares, strict=True):
        rows.append([letter, *(f"{100 * share:.1f} %" for share in shares)])
    yield ""
    yield from painted(rows)
    if both.agreement is not None and both.kappa is not None:
        yield f"In the group of equal rank: {100 * both.agreement:.1f} %; kappa {both.kappa:.2f}."
