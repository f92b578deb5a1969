"""The first page: what it is, for whom, the main results, and what follows."""

from __future__ import annotations

from collections.abc import Sequence

from vendepunkt.language import listed, text
from vendepunkt.measure import Measurement
from vendepunkt.report.blocks import Block, Box, Bullets, Contents, Note, Paragraph
from vendepunkt.report.compose import Context
from vendepunkt.report.inline import literal, ref
from vendepunkt.report.sections.measured import Shown, measured, shown
from vendepunkt.report.sections.movements import main_movement
from vendepunkt.report.sections.panels import lines_panels, main_panels
from vendepunkt.report.sections.profile import mark_sentences

_LEVEL = "95"


def front(context: Context) -> Sequence[Block]:
    """Give the aim, the box of main results, where there are any, and the contents."""
    language, aim = context.language, context.about.aim
    title = text("report.main_results", language)
    blocks: list[Block] = []
    if aim:
        blocks.append(Paragraph(text("report.front.aim", language, aim=literal(aim))))
    main = context.main or _main(context)
    if main:
        remark = text("report.main.interval", language)
        sampled = context.method.n and not context.main
        notes = (Note(remark),) if sampled else ()
        blocks.append(Box(title, (Bullets(main), *notes)))
    return [*blocks, Contents()]


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
    return (*said, *lines_panels(context))


def _main(context: Context) -> tuple[str, ...]:
    """Say how large each group is, what marks it, who moved, and how sure all of this is."""
    found = measured(context)
    if found is None:
        return (*main_movement(context), *main_panels(context))
    seen = shown(context, found, "main-results")
    divided = text(
        "report.main.divided",
        context.language,
        n=ref("measure/summary/n", "n"),
        groups=literal(len(seen.names)),
        items=ref("measure/summary/items", "n"),
    )
    if found.classification.severity is not None and found.groups.failed:
        divided += " " + text("report.main.letters", context.language)
    marked = mark_sentences(context, seen)
    shares = [_share(context, seen, place) for place in range(len(seen.names))]
    groups = [
        f"{share} {marked[place]}" if place in marked else share
        for place, share in enumerate(shares)
    ]
    sure = _sure(context, found)
    return (divided, *groups, *main_movement(context), *sure, *main_panels(context))


def _sure(context: Context, found: Measurement) -> list[str]:
    """Say how surely people are placed, and whether the number of groups is the advised one."""
    language, said = context.language, []
    if found.model is not None and found.classification.classes > 1:
        sure = ref("measure/summary/accuracy", "pct")
        said.append(text("report.main.sure", language, sure=sure))
    choice = found.choice
    if choice is not None and choice.recommended != found.classification.classes:
        heading = text("measure.page.choice.heading", language)
        said.append(text("report.main.other_number", language, heading=heading))
    return said


def _share(context: Context, seen: Shown, place: int) -> str:
    group = literal(seen.names[place])
    if seen.protection.hidden_shares[place]:
        return text("report.main.hidden", context.language, group=group)
    name = f"measure/shares/{seen.found.groups.groups[place].letter}"
    weighting = "weighted" if context.method.weighted else "unweighted"
    part = text(f"report.part.{weighting}", context.language)
    values = {"group": group, "share": ref(name, "pct"), "part": part}
    if context.refs[name].low is None:
        return text("report.main.share_alone", context.language, **values)
    return text(
        "report.main.share",
        context.language,
        **values,
        ci=ref(name, "ci"),
        level=literal(_LEVEL),
    )
