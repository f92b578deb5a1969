"""What marks the groups: their answers item by item, as a picture and in words."""

from __future__ import annotations

from collections.abc import Sequence

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
    said = mark_sentences(context, seen)
    if said:
        blocks.append(Paragraph(text("measure.page.profile.marks", language)))
        names = [literal(seen.names[place]) for place in said]
        blocks.append(
            Bullets(
                tuple(f"{name}: {words}" for name, words in zip(names, said.values(), strict=True))
            )
        )
    drawn = _figures(context, seen)
    if drawn:
        blocks.append(Paragraph(text("measure.page.profile.lead", language)))
    return [*blocks, *drawn]


def mark_sentences(context: Context, seen: Shown) -> dict[int, str]:
    """Say which answer marks each group most, by the place of the group.

    A group that is hidden is not spoken of; the share among all is left out where a group is
    hidden, because it would help to work that one out.
    """
    found, language = seen.found, context.language
    said = {}
    for mark in marks(found):
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


def _figures(context: Context, seen: Shown) -> list[Block]:
    from vendepunkt.figures import pages

    table = profile_table(seen.found, context.language)
    if table.empty:
        return []
    hidden = seen.protection
    table = without(table, seen.names, hidden.hidden_profiles)
    sizes = without(share_table(seen.found, context.language), seen.names, hidden.hidden_shares)
    parts = pages(table, "profile")
    options = {"shares": sizes, "values": "severity"}
    caption = text("measure.page.profile.figure", context.language, base=base(context))
    return [
        picture(
            context,
            "profile" if len(parts) == 1 else f"profile-{number}",
            "profile",
            part,
            caption,
            hidden.clearance,
            options,
        )
        for number, part in enumerate(parts, start=1)
    ]
