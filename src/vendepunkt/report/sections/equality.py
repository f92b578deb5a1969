"""Whether the groups mean the same to all: profiles equal across groups of people, or free."""

from __future__ import annotations

from collections.abc import Sequence

from vendepunkt.language import text
from vendepunkt.measure import Equality, EqualityModel
from vendepunkt.report.blocks import Block, Cell, Column, Heading, Paragraph, Row, Table
from vendepunkt.report.compose import Context
from vendepunkt.report.inline import literal
from vendepunkt.report.sections.measured import measured, sentence


def equality(context: Context) -> Sequence[Block]:
    """Give what each item changes when its answers may differ between groups of people."""
    found = measured(context)
    if found is None or found.equality is None:
        return []
    language, equal = context.language, found.equality
    return [
        Heading(text("measure.page.equality.heading", language)),
        Paragraph(sentence(equal.said, language, "equality")),
        Paragraph(sentence(equal.said_change, language, "equality-change")),
        _models(context, equal),
    ]


def _models(context: Context, equal: Equality) -> Table:
    language = context.language

    def said(key: str) -> str:
        return text(f"measure.page.equality.{key}", language)

    tests = {model.test for model in equal.models}
    return Table(
        "equal-profiles",
        text("measure.page.equality.caption", language, column=equal.label),
        (
            Column("free", said("free")),
            Column("n_parameters", said("parameters"), "integer"),
            Column("bic", "BIC", "integer"),
            Column("p", said("p"), "p"),
            Column("change", said("change"), "num1"),
        ),
        tuple(Row(_cells(equal, model, said("none"), said("all"))) for model in equal.models),
        context.door.without_people("equal-profiles"),
        note=said("note_lr" if "lr" in tests else "note_wald"),
    )


def _cells(equal: Equality, model: EqualityModel, none: str, every: str) -> tuple[Cell, ...]:
    name = ", ".join(model.free) or none
    if len(model.free) > 1 and model is equal.models[-1]:
        name = every
    change = None if model.change is None else 100 * model.change
    return literal(name), model.n_parameters, model.bic, model.p_value, change
