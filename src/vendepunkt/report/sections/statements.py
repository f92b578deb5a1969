"""What the software says by itself about every report: movable, not removable."""

from __future__ import annotations

from collections.abc import Sequence

from vendepunkt.language import text
from vendepunkt.report.blocks import Block, Heading, Statement
from vendepunkt.report.compose import Context
from vendepunkt.report.inline import literal, ref


def statements(context: Context) -> Sequence[Block]:
    """Give those of the twelve sentences that hold for what this report shows."""
    about, made = context.about, context.method
    said = [Statement("associations")]
    if made.classes and made.placed:
        values = {"K": ref(made.classes, "n"), "e": ref(made.placed, "points")}
        said.append(Statement("model", values))
    said.append(Statement("interval"))
    if about.outside_frame:
        said.append(Statement("frame"))
    said += [
        Statement("fieldwork", {"wave": literal(wave), "fieldwork": literal(when)})
        for wave, when in about.waves.items()
        if when
    ]
    return [Heading(text("report.statements.heading", context.language)), *said]
