"""What the software says by itself about every report: movable, not removable."""

from __future__ import annotations

from collections.abc import Sequence

from vendepunkt.language import text
from vendepunkt.report.blocks import Block, Heading, Paragraph, Statement
from vendepunkt.report.compose import Context
from vendepunkt.report.inline import literal, ref
from vendepunkt.report.sections.movement_statements import (
    about_dropout,
    about_movement,
    about_sizes,
    about_the_lot,
)
from vendepunkt.report.sections.panels_seen import panel_meetings


def statements(context: Context) -> Sequence[Block]:
    """Give those of the twelve sentences that hold for what this report shows."""
    about, made = context.about, context.method
    said: list[Block] = [Statement("associations")]
    said += [Paragraph(sentence) for sentence in about_the_lot(context)]
    said += [*about_movement(context), *about_dropout(context)]
    if made.classes and made.placed:
        values = {"K": ref(made.classes, "n"), "e": ref(made.placed, "points")}
        said.append(Statement("model", values))
    said += about_sizes(context)
    if panel_meetings(context):
        said.append(Statement("panel"))
    if made.n:
        said.append(Statement("interval"))
    if about.outside_frame:
        said.append(Statement("frame"))
    said += [
        Statement("fieldwork", {"wave": literal(wave), "fieldwork": literal(when)})
        for wave, when in about.waves.items()
        if when
    ]
    return [Heading(text("report.statements.heading", context.language)), *said]
