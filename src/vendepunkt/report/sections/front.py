"""The first page: what it is, for whom, the main results, and what follows."""

from __future__ import annotations

from collections.abc import Sequence

from vendepunkt.language import listed, text
from vendepunkt.report.blocks import Block, Box, Bullets, Contents
from vendepunkt.report.compose import Context


def front(context: Context) -> Sequence[Block]:
    """Give the box of main results, where there are any, and the contents."""
    title = text("report.main_results", context.language)
    box = [Box(title, (Bullets(context.main),))] if context.main else []
    return [*box, Contents()]


def lines(context: Context) -> tuple[str, ...]:
    """Give the lines under the title: who asked, who answers for it, when it was collected."""
    about, language = context.about, context.language
    said = []
    if about.asked_by:
        said.append(text("report.front.asked_by", language, who=about.asked_by))
    if about.authors:
        who = listed(about.authors, language)
        said.append(text("report.front.made_by", language, who=who))
    said += [
        text("report.front.collected", language, wave=wave, fieldwork=when)
        for wave, when in about.waves.items()
        if when
    ]
    return tuple(said)
