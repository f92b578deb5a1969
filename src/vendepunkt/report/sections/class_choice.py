"""How many groups: what each criterion says, what the program recommends, and why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vendepunkt.language import text
from vendepunkt.measure import CRITERIA, PRINTED, Choice, ClassModel, Measurement
from vendepunkt.report.blocks import (
    HIDDEN,
    Block,
    Bullets,
    Cell,
    Column,
    Heading,
    Paragraph,
    Row,
    Table,
)
from vendepunkt.report.compose import Context
from vendepunkt.report.inline import literal, ref
from vendepunkt.report.sections.groups import class_protection
from vendepunkt.report.sections.measured import measured, picture, sentence, shown, unless

#: Pairs of items shown with the largest bivariate residuals.
PAIRS = 10


def class_choice(context: Context) -> Sequence[Block]:
    """Give the criteria, the recommendation with its reasons, and the residuals."""
    found = measured(context)
    if found is None or found.choice is None:
        return []
    language, choice = context.language, found.choice
    blocks: list[Block] = [
        Heading(text("measure.page.choice.heading", language)),
        Paragraph(text("measure.page.choice.lead", language)),
        Bullets(
            tuple(
                sentence(reason, language, f"choice/{place}")
                for place, reason in enumerate(choice.reasons, start=1)
            )
        ),
    ]
    if len(choice.models) > 1:
        blocks += [_figure(context, choice), _criteria(context, choice)]
    blocks += [_quality(context, choice), *_sizes(context, choice)]
    return [*blocks, *_dependence(context, found)]


def _figure(context: Context, choice: Choice) -> Block:
    table = choice.table()
    present = ["classes", *(name for name in CRITERIA if table[name].notna().all())]
    return picture(
        context,
        "class-choice",
        "class_choice",
        table[present].astype(float).astype({"classes": int}),
        text("measure.page.choice.figure", context.language),
        context.door.without_people("class-choice"),
        {"recommended": choice.recommended},
    )


def _criteria(context: Context, choice: Choice) -> Table:
    language = context.language
    shown = [
        name
        for name in CRITERIA
        if all(getattr(model.criteria, name) is not None for model in choice.models)
    ]
    rows = tuple(
        Row(
            (
                literal(model.classes),
                model.fit.n_parameters,
                model.fit.loglik,
                *(getattr(model.criteria, name) for name in shown),
            )
        )
        for model in choice.models
    )
    kind = "pseudo" if context.method.weighted else "loglik"
    return Table(
        "class-criteria",
        text("measure.page.choice.caption", language),
        (
            Column("classes", text("measure.page.choice.classes", language)),
            Column("n_parameters", text("measure.page.choice.parameters", language), "integer"),
            Column("loglik", text(f"measure.page.choice.{kind}", language), "num1"),
            *(Column(name, PRINTED[name], "integer") for name in shown),
        ),
        rows,
        context.door.without_people("class-criteria"),
        note=text("measure.page.choice.criteria_note", language),
    )


def _quality(context: Context, choice: Choice) -> Table:
    language = context.language
    tested = any(model.blrt is not None for model in choice.models)

    def said(key: str) -> str:
        return text(f"measure.page.choice.{key}", language)

    columns = [
        Column("classes", said("classes")),
        Column("entropy", said("entropy"), "num2"),
        Column("accuracy", said("accuracy"), "pct"),
        Column("smallest", said("smallest"), "pct1"),
        Column("starts", said("starts")),
        Column("missed", said("missed"), "pct"),
        Column("bvr", said("bvr"), "num1"),
    ]
    if tested:
        columns.append(Column("blrt", said("blrt"), "p"))
    threshold = context.door.rules.threshold
    rows = []
    for model in choice.models:
        cells = _quality_cells(model, threshold)
        if tested:
            cells.append(None if model.blrt is None else model.blrt.p_value)
        rows.append(Row(tuple(cells)))
    small = any(model.criteria.smallest_n < threshold for model in choice.models)
    return Table(
        "class-quality",
        said("quality"),
        tuple(columns),
        tuple(rows),
        context.door.without_people("class-quality"),
        note=text("measure.page.choice.note", language)
        + (" " + text("disclosure.hidden_note", language, threshold=threshold) if small else ""),
    )


def _quality_cells(model: ClassModel, threshold: int) -> list[Cell]:
    fit, scored = model.fit, model.criteria
    too_small = scored.smallest_n < threshold
    return [
        literal(model.classes),
        scored.entropy,
        scored.accuracy,
        HIDDEN if too_small else scored.smallest_share,
        literal(f"{fit.starts_at_best}/{fit.starts_finished}"),
        fit.missed_basin_95,
        model.residuals[0].bvr if model.residuals else None,
    ]


def _sizes(context: Context, choice: Choice) -> list[Block]:
    """Give the size of every class of every model; those of one model are hidden together."""
    most = max(model.classes for model in choice.models)
    if len(choice.models) < 2 or most < 2:
        return []
    language = context.language
    rows, kept = [], []
    for model in choice.models:
        one = model.classification
        likely = one.posterior.argmax(axis=1)
        placed = np.bincount(likely, weights=one.counts, minlength=one.classes)
        expected = one.counts @ one.posterior
        seen = context.door.classes(f"class-sizes-{model.classes}", expected, placed)
        kept.append(seen.clearance)
        order = np.argsort(-one.shares, kind="stable")
        sizes = [unless(seen.hidden_shares[k], float(one.shares[k])) for k in order]
        rows.append(Row((literal(model.classes), *sizes, *[None] * (most - model.classes))))
    worst = max(kept, key=lambda clearance: clearance.hidden)
    places = [
        Column(
            f"class_{place}", text("measure.page.choice.place", language, place=str(place)), "pct1"
        )
        for place in range(1, most + 1)
    ]
    return [
        Table(
            "class-sizes",
            text("measure.page.choice.sizes", language),
            (Column("classes", text("measure.page.choice.classes", language)), *places),
            tuple(rows),
            context.door.drawn_from("class-sizes", worst),
        )
    ]


def _dependence(context: Context, found: Measurement) -> list[Block]:
    """Give the pairs that hang together most, and what direct effects do to the shares."""
    language, model = context.language, found.model
    if model is None or not model.residuals:
        return []
    labels = {item.name: item.label or item.name for item in found.material.indicators}
    tested = any(pair.p_value is not None for pair in model.residuals)
    rows = []
    for pair in model.residuals[:PAIRS]:
        name = literal(f"{labels[pair.first]} \N{MULTIPLICATION SIGN} {labels[pair.second]}")
        rows.append(Row((name, pair.bvr, *((pair.p_value,) if tested else ()))))
    columns = [
        Column("pair", text("measure.page.choice.pair", language)),
        Column("bvr", text("measure.page.choice.bvr_column", language), "num1"),
    ]
    if tested:
        columns.append(Column("p", text("measure.page.choice.p", language), "p"))
    blocks: list[Block] = [
        Table(
            "residuals",
            text("measure.page.choice.residuals", language),
            tuple(columns),
            tuple(rows),
            context.door.without_people("residuals"),
            note=text("measure.page.choice.residuals_note", language),
        )
    ]
    return [*blocks, *_direct(context, found, labels)]


def _direct(context: Context, found: Measurement, labels: dict[str, str]) -> list[Block]:
    """Show the class shares with and without direct effects for the pairs that need them."""
    language, dependent = context.language, found.dependence
    if dependent is None:
        return []
    hidden, clearance = class_protection(context, shown(context, found, "direct-effect-groups"))
    names = [f"{labels[a]} \N{MULTIPLICATION SIGN} {labels[b]}" for a, b in dependent.pairs]
    change = ref("measure/said/dependence/change", "points1")
    said = text(
        "measure.page.choice.direct", language, pairs=literal("; ".join(names)), change=change
    )
    rows = tuple(
        Row(
            (
                literal(text("measure.page.class", language, number=str(k + 1))),
                unless(hidden[k], float(dependent.without[k])),
                unless(hidden[k], float(dependent.with_effects[k])),
            )
        )
        for k in range(dependent.without.size)
    )
    return [
        Paragraph(said),
        Table(
            "direct-effects",
            text("measure.page.choice.direct_caption", language),
            (
                Column("class", text("measure.page.group", language)),
                Column("without", text("measure.page.choice.without", language), "pct1"),
                Column("with", text("measure.page.choice.with", language), "pct1"),
            ),
            rows,
            context.door.drawn_from("direct-effects", clearance),
        ),
    ]
