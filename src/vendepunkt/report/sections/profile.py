"""What marks the groups: their answers item by item, as a picture and in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vendepunkt.language import text
from vendepunkt.measure import profile_table, share_table
from vendepunkt.report.blocks import Block, Bullets, Heading, Paragraph
from vendepunkt.report.compose import Context
from vendepunkt.report.inline import literal, ref
from vendepunkt.report.sections.marks import marks
from vendepunkt.report.sections.measured import (
    Shown,
    base,
    measured,
    picture,
    shown,
    without,
)


def profile(context: Context) -> Sequence[Block]:
    """Give the profile figure, and the answer that marks each group most."""
    found = measured(context)
    if found is None:
        return []
    language = context.language
    seen = shown(context, found, "profile-groups")
    blocks: list[Block] = [Heading(text("measure.page.profile.heading", language))]
    blocks += marked(context, seen, text("measure.page.profile.marks", language))
    caption = text("measure.page.profile.figure", language, base=base(context))
    drawn = pictures(context, seen, "profile", caption)
    if drawn:
        blocks.append(Paragraph(text("measure.page.profile.lead", language)))
    return [*blocks, *drawn]


def marked(context: Context, seen: Shown, lead: str, *, stage: str = "measure") -> list[Block]:
    """Give a lead and the answer that marks each group most; nothing where no answer does."""
    said = mark_sentences(context, seen, stage=stage)
    if not said:
        return []
    lines = [f"{literal(seen.names[place])}: {words}" for place, words in said.items()]
    return [Paragraph(lead), Bullets(tuple(lines))]


def mark_sentences(context: Context, seen: Shown, *, stage: str = "measure") -> dict[int, str]:
    """Say which answer marks each group most, by the place of the group.

    A group that is hidden is not spoken of; the share among all is left out where a group is
    hidden, because it would help to work that one out. `stage` is the one that the refs are of.
    """
    found, language = seen.found, context.language
    said = {}
    for mark in marks(found, stage):
        if seen.protection.hidden_profiles[mark.group] or mark.here not in context.refs:
            continue
        item = found.material.indicators[mark.item]
        values = {
            "item": literal(item.label or item.name),
            "answer": literal(found.classification.rows[mark.item][mark.category]),
            "share": ref(mark.here, "pct"),
        }
        if seen.protection.hidden_shares.any():
            said[mark.group] = text("measure.page.profile.mark_alone", language, **values)
        else:
            everybody = ref(mark.everybody, "pct")
            said[mark.group] = text("measure.page.profile.mark", language, all=everybody, **values)
    return said


def pictures(
    context: Context, seen: Shown, name: str, caption: str, *, wave: str = "", sizes: bool = True
) -> list[Block]:
    """Draw the answers of the groups, on as many figures as they need; none without an order.

    Parameters
    ----------
    context, seen
        The groups on their way out.
    name, caption
        Of the figure.
    wave
        Whose names the groups have, where they have others from wave to wave.
    sizes
        Whether the figure says how large the groups are.
    """
    from vendepunkt.figures import pages

    table = profile_table(seen.found, context.language, wave)
    if table.empty:
        return []
    hidden = seen.protection
    table = without(table, seen.names, hidden.hidden_profiles)
    parts = pages(table, "profile")
    options: dict[str, Any] = {"values": "severity"}
    if sizes:
        shares = share_table(seen.found, context.language, wave)
        options["shares"] = without(shares, seen.names, hidden.hidden_shares)
    return [
        picture(
            context,
            name if len(parts) == 1 else f"{name}-{number}",
            "profile",
            part,
            caption,
            hidden.clearance,
            options,
        )
        for number, part in enumerate(parts, start=1)
    ]
