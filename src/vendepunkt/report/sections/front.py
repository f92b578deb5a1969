"""The first page: what it is, for whom, the main results, and what follows."""

from __future__ import annotations

from collections.abc import Sequence

from vendepunkt.language import listed, text
from vendepunkt.report.blocks import Block, Box, Bullets, Contents
from vendepunkt.report.compose import Context
from vendepunkt.report.inline import literal, ref
from vendepunkt.report.sections.measured import Shown, measured, shown

_LEVEL = "95"


def front(context: Context) -> Sequence[Block]:
    """Give the box of main results, where there are any, and the contents."""
    title = text("report.main_results", context.language)
    main = context.main or _main(context)
    box = [Box(title, (Bullets(main),))] if main else []
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


def _main(context: Context) -> tuple[str, ...]:
    """Say how many people are in how many groups, and how large each group is."""
    found = measured(context)
    if found is None:
        return ()
    seen = shown(context, found, "main-results")
    divided = text(
        "report.main.divided",
        context.language,
        n=ref("measure/summary/n", "n"),
        groups=literal(len(seen.names)),
        items=ref("measure/summary/items", "n"),
    )
    return (divided, *(_share(context, seen, place) for place in range(len(seen.names))))


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
