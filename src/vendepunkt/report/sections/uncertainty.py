"""How sure the placing is: certainty by group, placing table, and how much people answered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vendepunkt.language import plural, text
from vendepunkt.measure import CERTAINTY_BINS, average_posterior, certainty_counts, share_table
from vendepunkt.report.blocks import Block, Cell, Column, Heading, Paragraph, Row, Table
from vendepunkt.report.compose import Context
from vendepunkt.report.inline import literal, ref
from vendepunkt.report.sections.measured import Shown, measured, picture, shown, unless, without


def uncertainty(context: Context) -> Sequence[Block]:
    """Give the certainty of the placing and the number of items behind it."""
    found = measured(context)
    if found is None:
        return []
    language = context.language
    blocks: list[Block] = [Heading(text("measure.page.uncertainty.heading", language))]
    if found.models and found.classification.classes > 1:
        seen = shown(context, found, "certainty-groups")
        sure = ref("measure/summary/accuracy", "points")
        blocks.append(Paragraph(text("measure.page.uncertainty.lead", language, sure=sure)))
        blocks += _figure(context, seen)
        blocks.append(_placing(context, seen))
    return [*blocks, *_answered(context)]


def _figure(context: Context, seen: Shown) -> list[Block]:
    import pandas as pd

    counts, weights = certainty_counts(seen.found)
    visible = seen.visible & (counts.sum(axis=1) > 0)
    if not visible.any():
        return []
    edges = _joined(counts[visible], context.door.rules.threshold)
    if len(edges) < 3:
        return []
    people = np.add.reduceat(counts, edges[:-1], axis=1)
    part = np.add.reduceat(weights, edges[:-1], axis=1)
    gone = np.repeat(~visible[:, None], people.shape[1], axis=1)
    protection, clearance = context.door.counts(
        "certainty", np.rint(people).astype(np.int64), totals="rows", small=gone
    )
    rows = [
        {
            "group": name,
            "low": CERTAINTY_BINS[edges[b]],
            "high": CERTAINTY_BINS[edges[b + 1]],
            "estimate": np.nan if protection.hidden[g, b] else float(part[g, b] / weights[g].sum()),
        }
        for g, name in enumerate(seen.names)
        for b in range(people.shape[1])
        if visible[g]
    ]
    sizes = without(
        share_table(seen.found, context.language), seen.names, seen.protection.hidden_shares
    )
    caption = text("measure.page.uncertainty.figure", context.language)
    options = {"shares": sizes}
    table = pd.DataFrame(rows)
    return [picture(context, "certainty", "uncertainty", table, caption, clearance, options)]


def _joined(counts: np.ndarray, threshold: int) -> list[int]:
    """Join neighbouring bins until every group has enough people in each."""
    edges, held = [0], np.zeros(counts.shape[0])
    for place in range(counts.shape[1]):
        held = held + counts[:, place]
        if (held >= threshold).all():
            edges.append(place + 1)
            held = np.zeros(counts.shape[0])
    if edges[-1] != counts.shape[1]:
        edges = [*edges[:-1], counts.shape[1]] if len(edges) > 1 else [0, counts.shape[1]]
    return edges


def _placing(context: Context, seen: Shown) -> Table:
    """Give the mean probabilities of those placed in each group."""
    language, found = context.language, seen.found
    posterior = found.groups.posterior(found.classification)
    means = average_posterior(posterior, found.classification.weights)
    rows = []
    for g, name in enumerate(seen.names):
        cells: list[Cell] = [literal(name)]
        for other in range(len(seen.names)):
            away = not (seen.visible[g] and seen.visible[other])
            value = means[g, other]
            cells.append(unless(away, float(value) if np.isfinite(value) else None))
        rows.append(Row(tuple(cells)))
    return Table(
        "placing",
        text("measure.page.uncertainty.caption", language),
        (
            Column("placed", text("measure.page.uncertainty.placed", language)),
            *(
                Column(group.letter.lower(), name, "pct")
                for group, name in zip(found.groups.groups, seen.names, strict=True)
            ),
        ),
        tuple(rows),
        context.door.drawn_from("placing", seen.protection.clearance),
        note=text("measure.page.uncertainty.note", language),
    )


def _answered(context: Context) -> list[Block]:
    """Say how many of the items people answered, and which pairs nobody answered both of."""
    found = measured(context)
    if found is None:
        return []
    language, answered = context.language, found.asked
    numbers = sorted(answered.people_by_items)
    counts = np.array([answered.people_by_items[number] for number in numbers])
    if len(numbers) < 2:
        return []
    protection, clearance = context.door.counts("answered", np.rint(counts).astype(np.int64))
    rows = [
        Row(
            (
                literal(number),
                unless(away, round(float(people))),
                unless(away, float(people / counts.sum())),
            )
        )
        for number, people, away in zip(numbers, counts, protection.hidden, strict=True)
    ]
    total = (text("measure.page.total", language), round(float(counts.sum())), 1.0)
    rows.append(Row(total, "total"))
    blocks: list[Block] = [
        Heading(text("measure.page.answered.heading", language), 2),
        Table(
            "answered",
            text("measure.page.answered.caption", language),
            (
                Column("items", text("measure.page.answered.items", language)),
                Column("n", text("measure.page.n", language), "integer"),
                Column("share", text("measure.page.share_plain", language), "pct1"),
            ),
            tuple(rows),
            clearance,
        ),
    ]
    if answered.never_together:
        labels = {item.name: item.label or item.name for item in found.material.indicators}
        pairs = "; ".join(
            f"{labels[a]} \N{MULTIPLICATION SIGN} {labels[b]}"
            for a, b in answered.never_together[:10]
        )
        key = "measure.page.answered.never"
        said = plural(key, len(answered.never_together), language, pairs=pairs)
        blocks.append(Paragraph(literal(said)))
    return blocks
