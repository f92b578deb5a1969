"""The appendix with all answers of every group, as pictures and as a table."""

from __future__ import annotations

from collections.abc import Sequence

from vendepunkt.language import text
from vendepunkt.measure import estimates, pictures, share_table
from vendepunkt.report.blocks import Block, Cell, Column, Heading, Paragraph, Row, Table
from vendepunkt.report.compose import Context
from vendepunkt.report.inline import literal
from vendepunkt.report.sections.marks import everybody
from vendepunkt.report.sections.measured import (
    Shown,
    base,
    estimate,
    measured,
    picture,
    shown,
    unless,
    without,
)


def answers(context: Context) -> Sequence[Block]:
    """Give every answer of every group."""
    found = measured(context)
    if found is None:
        return []
    seen = shown(context, found, "answer-groups")
    return [
        Heading(text("measure.page.answers.heading", context.language)),
        Paragraph(text("measure.page.answers.lead", context.language)),
        *_figures(context, seen),
        *_tables(context, seen),
    ]


def _figures(context: Context, seen: Shown) -> list[Block]:
    from vendepunkt.figures import pages

    table = pictures.category_table(seen.found, context.language)
    if table.empty:
        return []
    hidden = seen.protection
    table = without(table, seen.names, hidden.hidden_profiles)
    sizes = without(share_table(seen.found, context.language), seen.names, hidden.hidden_shares)
    parts = pages(table, "profile_categories")
    caption = text("measure.page.answers.figure", context.language, base=base(context))
    if len(parts) > 1:
        captions = [
            f"{caption} ({literal(number)}/{literal(len(parts))})"
            for number in range(1, len(parts) + 1)
        ]
    else:
        captions = [caption]
    return [
        picture(
            context,
            "all-answers" if len(parts) == 1 else f"all-answers-{number}",
            "profile_categories",
            part,
            said,
            hidden.clearance,
            {"shares": sizes},
        )
        for number, (part, said) in enumerate(zip(parts, captions, strict=True), start=1)
    ]


def _tables(context: Context, seen: Shown) -> list[Block]:
    """Give the answers with categories, and apart from them the means of the other items."""
    found = seen.found
    categorical = [
        j
        for j in range(len(found.material.indicators))
        if estimates.is_categorical(found.classification, j)
    ]
    others = [j for j in range(len(found.material.indicators)) if j not in categorical]
    made: list[Block] = []
    if categorical:
        made.append(_table(context, seen, categorical, "answers", "pct"))
    if others:
        made.append(_table(context, seen, others, "answer-means", "num2"))
    return made


def _table(context: Context, seen: Shown, items: list[int], name: str, kind: str) -> Table:
    """Give one row per answer; all people beside the groups unless that gave a hidden one away."""
    language, found = context.language, seen.found
    whole = kind == "pct" and not seen.protection.hidden_shares.any()
    rows: list[Row] = []
    for j in items:
        item = found.material.indicators[j]
        values = estimates.profile(
            found.classification, j, found.groups.membership, found.options.conf_level
        )
        asked = text("measure.page.dimension_item", language, dimension=item.dimension,
                     item=item.label or item.name)  # fmt: skip
        rows.append(Row((literal(asked),), "group"))
        for v, category in enumerate(found.classification.rows[j]):
            cells: list[Cell] = [literal(_row_name(category, language))]
            for g, gone in enumerate(seen.protection.hidden_profiles):
                cell = estimate(
                    values.estimate[v, g], values.conf_low[v, g], values.conf_high[v, g]
                )
                cells.append(unless(gone, cell))
            rows.append(Row((*cells, float(everybody(found, j)[v])) if whole else tuple(cells)))
    key = "caption" if name == "answers" else "means_caption"
    columns = [
        Column("answer", text("measure.page.answer", language)),
        *(
            Column(group.letter.lower(), label, "pct" if kind == "pct" else "num2")
            for group, label in zip(found.groups.groups, seen.names, strict=True)
        ),
    ]
    if whole:
        columns.append(Column("all", text("figure.all", language), "pct"))
    return Table(
        name,
        text(f"measure.page.answers.{key}", language, base=base(context)),
        tuple(columns),
        tuple(rows),
        context.door.drawn_from(name, seen.protection.clearance),
        note=text("measure.page.answers.note", language),
        source=literal(context.about.source) if context.about.source else "",
    )


def _row_name(name: str, language: str) -> str:
    if name in ("mean", "variance", "dispersion"):
        return text(f"measure.page.moment.{name}", language)
    return name
