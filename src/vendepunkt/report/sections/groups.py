"""The groups: how many people are in each, how severe it is, and why it is called what it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from vendepunkt.disclosure import Clearance
from vendepunkt.language import percent, text
from vendepunkt.measure import (
    LARGEST_EXCLUDED,
    Measurement,
    severities,
    share_table,
    shares,
    spectrum_counts,
    spectrum_edges,
)
from vendepunkt.report.blocks import Block, Bullets, Cell, Column, Heading, Paragraph, Row, Table
from vendepunkt.report.compose import Context
from vendepunkt.report.inline import literal, ref
from vendepunkt.report.sections.measured import (
    Bools,
    Shown,
    base,
    estimate,
    measured,
    picture,
    sentence,
    shown,
    unless,
    without,
)

if TYPE_CHECKING:
    import pandas as pd


def groups(context: Context) -> Sequence[Block]:
    """Give shares and severity of the groups, and the reasons for neutral names."""
    found = measured(context)
    if found is None:
        return []
    seen = shown(context, found, "groups")
    blocks: list[Block] = [
        Heading(text("measure.page.groups.heading", context.language)),
        *_naming(context, seen),
        _table(context, seen),
        _figure(context, seen),
    ]
    if len(found.groups.groups) < found.classification.classes:
        blocks.append(_classes(context, seen))
    return [*blocks, *_spectrum(context, seen)]


def _naming(context: Context, seen: Shown) -> list[Block]:
    failed = seen.found.groups.failed
    if not failed:
        return []
    language = context.language
    hidden = bool(seen.protection.hidden_shares[-1])
    last = seen.found.groups.groups[-1].letter
    places = {
        "share": text("report.hidden", language)
        if hidden
        else ref(f"measure/shares/{last}", "pct"),
        "limit": literal(percent(LARGEST_EXCLUDED, language)),
    }
    labels = {name: literal(label) for name, label in seen.found.dimension_labels.items()}
    return [
        Paragraph(text("measure.naming.lead", language)),
        Bullets(tuple(condition.sentence(language, labels, places) for condition in failed)),
    ]


def _table(context: Context, seen: Shown) -> Table:
    language, found = context.language, seen.found
    level = found.options.conf_level
    sizes = shares(found.classification, found.groups.membership, level)
    severe = severities(found.classification, found.groups.membership, level)
    expected = found.groups.expected(found.classification)
    rows = []
    for g, name in enumerate(seen.names):
        away = seen.protection.hidden_shares[g]
        share = estimate(sizes.estimate[g], sizes.conf_low[g], sizes.conf_high[g])
        cells: list[Cell] = [
            literal(name),
            unless(away, share),
            unless(away, round(float(expected[g]))),
        ]
        if severe is not None:
            value = estimate(severe.estimate[g], severe.conf_low[g], severe.conf_high[g])
            cells.append(unless(seen.protection.hidden_profiles[g], value))
        rows.append(Row(tuple(cells)))
    total: list[Cell] = [text("measure.page.total", language), 1.0, round(found.material.n)]
    rows.append(Row((*total, None) if severe is not None else tuple(total), "total"))
    columns = [
        Column("group", text("measure.page.group", language)),
        Column("share", text("measure.page.share", language), "pct1"),
        Column("n", text("measure.page.expected", language), "integer"),
    ]
    if severe is not None:
        columns.append(Column("severity", text("measure.page.severity", language), "pct"))
    return Table(
        "groups",
        text("measure.page.groups.caption", language, base=base(context)),
        tuple(columns),
        tuple(rows),
        seen.protection.clearance,
        note=text("measure.page.groups.note", language),
        source=literal(context.about.source) if context.about.source else "",
    )


def _figure(context: Context, seen: Shown) -> Block:
    table = without(
        share_table(seen.found, context.language), seen.names, seen.protection.hidden_shares
    )
    caption = text("measure.page.groups.figure", context.language, base=base(context))
    return picture(context, "shares", "shares", table, caption, seen.protection.clearance)


def _classes(context: Context, seen: Shown) -> Table:
    """Show the classes under the main groups.

    Where a class is too small all classes of its group are hidden: the group's own share would
    give one alone away.
    """
    language, found = context.language, seen.found
    hidden, clearance = class_protection(context, seen)
    level, own = found.options.conf_level, np.eye(found.classification.classes)
    sizes = shares(found.classification, own, level)
    expected = found.classification.counts @ found.classification.posterior
    rows = []
    for group, name in zip(found.groups.groups, seen.names, strict=True):
        rows.append(Row((literal(name),), "group"))
        for k in group.classes:
            share = estimate(sizes.estimate[k], sizes.conf_low[k], sizes.conf_high[k])
            label = literal(text("measure.page.class", language, number=str(k + 1)))
            cells = (label, unless(hidden[k], share), unless(hidden[k], round(float(expected[k]))))
            rows.append(Row(cells))
    return Table(
        "classes",
        text("measure.page.classes.caption", language, base=base(context)),
        (
            Column("class", text("measure.page.group", language)),
            Column("share", text("measure.page.share", language), "pct1"),
            Column("n", text("measure.page.expected", language), "integer"),
        ),
        tuple(rows),
        clearance,
    )


def class_protection(context: Context, seen: Shown) -> tuple[Bools, Clearance]:
    """Say which classes under the main groups are hidden, and let them pass the door."""
    classification = seen.found.classification
    small = classification.n() < context.door.rules.threshold
    hidden: Bools = small.copy()
    for g, group in enumerate(seen.found.groups.groups):
        inside = list(group.classes)
        if small[inside].any() or seen.protection.hidden_shares[g]:
            hidden[inside] = True
    expected = np.rint(classification.counts @ classification.posterior).astype(np.int64)
    protection, clearance = context.door.counts("classes", expected, totals="rows", small=hidden)
    return protection.hidden, clearance


def _spectrum(context: Context, seen: Shown) -> list[Block]:
    """Show everybody's expected severity, and where on it the groups lie."""
    import pandas as pd

    found, language = seen.found, context.language
    counted = spectrum_counts(found)
    if counted is None:
        return []
    blocks: list[Block] = [Heading(text("measure.page.spectrum.heading", language), 2)]
    blocks.append(Paragraph(text("measure.page.spectrum.lead", language)))
    if found.continuum is not None:
        blocks.append(Paragraph(sentence(found.continuum.said, language, "continuum")))
    counts, weights = counted[0].sum(axis=0), counted[1].sum(axis=0)
    edges, ends = merged(counts, context.door.rules.threshold), spectrum_edges(found)
    if len(edges) < 3:
        return blocks if found.continuum is not None else []
    people = np.add.reduceat(counts, edges[:-1])
    part = np.add.reduceat(weights, edges[:-1]) / weights.sum()
    protection, clearance = context.door.counts("spectrum", np.rint(people).astype(np.int64))
    table = pd.DataFrame(
        {
            "low": ends[edges[:-1]],
            "high": ends[edges[1:]],
            "estimate": np.where(protection.hidden, np.nan, part),
        }
    )
    options = {"means": _means(seen)}
    caption = text("measure.page.spectrum.caption", language, base=base(context))
    drawn = picture(context, "spectrum", "spectrum", table, caption, clearance, options)
    return [*blocks, drawn]


def _means(seen: Shown) -> pd.DataFrame | None:
    import pandas as pd

    found: Measurement = seen.found
    severe = severities(found.classification, found.groups.membership, found.options.conf_level)
    if severe is None:
        return None
    frame = pd.DataFrame(
        {
            "group": seen.names,
            "estimate": severe.estimate,
            "conf_low": severe.conf_low,
            "conf_high": severe.conf_high,
        }
    )
    return without(frame, seen.names, seen.protection.hidden_profiles)


def merged(counts: np.ndarray, threshold: int) -> list[int]:
    """Join neighbouring bins until each holds enough people; give where they begin and end.

    Examples
    --------
    >>> import numpy as np
    >>> merged(np.array([1, 8, 9, 0, 6, 2]), 5)
    [0, 2, 3, 6]
    """
    edges, held = [0], 0.0
    for place, people in enumerate(counts):
        held += float(people)
        if held >= threshold:
            edges.append(place + 1)
            held = 0.0
    if held or edges[-1] != len(counts):
        edges = [*edges[:-1], len(counts)] if len(edges) > 1 else [0, len(counts)]
    return edges
