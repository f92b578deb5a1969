"""How the model of movement was found: classes, form, starts, and whether steps differ."""

from __future__ import annotations

from vendepunkt.language import number, p_value, text
from vendepunkt.report.blocks import Block, Bullets, Cell, Column, Heading, Paragraph, Row, Table
from vendepunkt.report.inline import literal
from vendepunkt.report.sections.movement_seen import Seen

_SURE = "95"


def technical(at: Seen) -> list[Block]:
    """Give the model, the search for it, and the comparison of the numbers of classes."""
    found, language = at.found, at.language
    fit = found.model.fit
    said = [
        text(
            "move.page.fit.model",
            language,
            classes=literal(fit.classes),
            transitions=text(f"move.transitions.{fit.transitions_kind}", language),
            form=text(f"move.form.{fit.form}", language),
        )
    ]
    if fit.classes > 1:
        said.append(
            text(
                "move.page.fit.starts",
                language,
                best=literal(int(fit.starts_at_best)),
                finished=literal(int(fit.starts_finished)),
                share=literal(number(100 * min(float(fit.missed_basin_95), 1.0), language, 0)),
                sure=literal(_SURE),
            )
        )
    said.append(text(f"move.page.fit.{'converged' if found.converged else 'stuck'}", language))
    tested = found.constancy
    if tested is not None and tested.p_value is not None:
        key = "steps_differ" if tested.rejected else "steps_alike"
        p = literal(p_value(tested.p_value, language))
        said.append(text(f"move.page.fit.{key}", language, p=p))
    if len(found.models) > 1:
        said += [literal(sentence) for sentence in found.choice.sentences(language)]
    return [
        Heading(text("move.page.fit.heading", language), 2),
        Bullets(tuple(said)),
        _models(at),
        Paragraph(text("move.page.fit.notices", language)),
    ]


def _models(at: Seen) -> Table:
    language = at.language
    rows = []
    for model in at.found.models:
        fit, criteria = model.fit, model.criteria
        reached = text(
            "move.page.fit.of", language, best=int(fit.starts_at_best),
            finished=int(fit.starts_finished),
        )  # fmt: skip
        cells: tuple[Cell, ...] = (
            literal(fit.classes),
            int(fit.n_parameters),
            float(fit.loglik),
            round(float(criteria.bic)),
            None if criteria.dbic is None else round(float(criteria.dbic)),
            None if criteria.entropy is None else float(criteria.entropy),
            literal(reached),
            text("report.yes" if fit.converged else "report.no", language),
        )
        rows.append(Row(cells))
    adjusted = any(row.cells[4] is not None for row in rows)
    columns = (
        Column("classes", text("move.page.fit.classes", language)),
        Column("n_parameters", text("move.page.meaning.parameters", language), "integer"),
        Column("loglik", text("move.page.fit.loglik", language), "num1"),
        Column("bic", "BIC", "integer"),
        Column("dbic", text("move.page.fit.dbic", language), "integer"),
        Column("entropy", text("move.page.fit.entropy", language), "num2"),
        Column("starts", text("move.page.fit.reached", language)),
        Column("converged", text("move.page.fit.maximum", language)),
    )
    kept = [place for place in range(len(columns)) if place != 4 or adjusted]
    return Table(
        "movement-models",
        text("move.page.fit.caption", language),
        tuple(columns[place] for place in kept),
        tuple(Row(tuple(row.cells[place] for place in kept)) for row in rows),
        at.context.door.without_people("movement-models"),
    )
