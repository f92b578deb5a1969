"""What marks the groups that people move between: their answers at all waves taken together."""

from __future__ import annotations

import numpy as np

from vendepunkt.disclosure import ClassProtection
from vendepunkt.language import text
from vendepunkt.report.blocks import Block, Heading, Paragraph
from vendepunkt.report.sections.marks import marks
from vendepunkt.report.sections.measured import Shown
from vendepunkt.report.sections.movement_seen import Seen
from vendepunkt.report.sections.movement_tables import base
from vendepunkt.report.sections.profile import marked, pictures


def marking(at: Seen) -> list[Block]:
    """Give the answer that marks each group most, and the profile figure.

    A group that is hidden at a wave is left out. No sizes stand in the figure: they are means over
    the waves, and would help to work out one that is hidden.
    """
    language, last = at.language, at.found.waves[-1]
    names = tuple(at.name(letter, last) for letter in at.letters)
    away = np.array([at.group_hidden(letter) for letter in at.letters])
    part = np.asarray(at.shares.any(axis=0), dtype=np.bool_)
    protection = ClassProtection(away, part, at.cleared("movement-profile"))
    shown = Shown(at.found.as_measurement(), names, protection)
    said = marked(at.context, shown, text("move.page.marks.marks", language), stage="move")
    caption = text("move.page.marks.figure", language, base=base(at))
    drawn = pictures(at.context, shown, "movement-profile", caption, wave=last, sizes=False)
    if not said and not drawn:
        return []
    blocks: list[Block] = [Heading(text("measure.page.profile.heading", language), 2), *said]
    if drawn:
        if said and _shared(shown):
            blocks.append(Paragraph(text("move.page.marks.shared", language)))
        blocks.append(Paragraph(text("measure.page.profile.lead", language)))
    return [*blocks, *drawn]


def _shared(shown: Shown) -> bool:
    """Whether one answer marks several groups that are shown."""
    told = [(mark.item, mark.category) for mark in marks(shown.found) if shown.visible[mark.group]]
    return len(set(told)) < len(told)
