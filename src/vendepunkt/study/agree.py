"""Whether the tables of a study agree with each other."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any

from vendepunkt.study.agree_convene import check_convene, is_outside
from vendepunkt.study.agree_move import check_move
from vendepunkt.study.kinds import Notes, nearest, shown
from vendepunkt.study.lines import Path
from vendepunkt.study.tables import ItemTable, Study


def check_agreement(study: Study, values: Mapping[str, Any], notes: Notes) -> None:
    """Note everything in which the tables of a study contradict each other.

    Parameters
    ----------
    study
        The study, with defaults where something could not be read.
    values
        What was read; rules about a key that was not read are left alone, its problem is known.
    notes
        Where problems are noted.
    """
    _check_frame(study, values.get("study", {}), notes)
    _check_data(study, notes)
    _check_languages(study, notes)
    _check_design(study, notes)
    for item in study.items.values():
        _check_item(item, values["items"][item.name], notes)
    _check_dimensions(study, notes)
    _check_measure(study, values.get("measure", {}), notes)
    check_move(study, values.get("move", {}), notes)
    check_convene(study, notes)
    _check_groups(study, values.get("groups", {}), notes)


def _check_frame(study: Study, read: Mapping[str, Any], notes: Notes) -> None:
    if read.get("frame") == "other" and study.frame_text is None:
        notes.add(
            ("study", "frame"),
            "missing_key",
            '[study] frame is "other" and frame_text is missing.',
            try_='frame_text = "Whom the sample could reach"',
        )


def _check_data(study: Study, notes: Notes) -> None:
    for place, table in enumerate(study.data.values()):
        if place == 1:
            notes.add(
                ("data", table.name),
                "later_stage",
                f"[data.{table.name}] is a second data file; this version reads one per study.",
                try_="one file with a column for the wave",
            )
        if not table.file:
            continue
        path = PurePosixPath(table.file.replace("\\", "/"))
        if is_outside(table.file):
            notes.add(
                ("data", table.name, "file"),
                "outside_folder",
                f"[data.{table.name}] file is {shown(table.file)}, outside the study folder.",
                allowed="a path inside the study folder, so that the folder alone holds the study",
                try_=f"data/{path.name}",
            )
        if table.wide and table.wave:
            notes.add(
                ("data", table.name, "wide"),
                "contradiction",
                f"[data.{table.name}] has both wave and wide.",
                allowed="wave for one row per person and wave; wide for one row per person",
            )


def _check_languages(study: Study, notes: Notes) -> None:
    """Note texts that are given per language, and not in the language of the report."""
    for path, words in _texts(study.source):
        if study.language not in words:
            notes.add(
                path,
                "missing_language",
                f"This text is not given in the language of the report, {study.language}.",
                try_=f'{study.language} = "…"',
            )


def _texts(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[Any, dict[str, str]]]:
    if not isinstance(value, dict):
        return []
    if (
        path
        and value
        and set(value) <= {"da", "en"}
        and all(isinstance(t, str) for t in value.values())
    ):
        return [(path, value)]
    return [found for key, inner in value.items() for found in _texts(inner, (*path, key))]


def _check_design(study: Study, notes: Notes) -> None:
    design = study.design
    given = notes_of(study, "design")
    if design.replicates and not design.replicate_type and "replicate_type" not in given:
        notes.add(
            ("design", "replicates"),
            "missing_key",
            "[design] has replicates and no replicate_type.",
            allowed="jk1, jkn, brr, fay, bootstrap",
        )
    if len(design.fpc) > max(1, len(design.cluster)):
        notes.add(
            ("design", "fpc"),
            "contradiction",
            f"[design] fpc names {len(design.fpc)} stages and cluster {len(design.cluster)}.",
            allowed="at most one fpc per stage",
        )
    weighted = design.weight or design.wave_weights or design.panel_weight
    if weighted and design.unweighted is not None and study.measure.weight != "none":
        notes.add(
            ("design", "unweighted"),
            "contradiction",
            "[design] has weights, and unweighted says why there are none.",
            try_='leave one out, or set [measure] weight = "none"',
        )


def _check_item(item: ItemTable, read: Mapping[str, Any], notes: Notes) -> None:
    here = ("items", item.name)
    if "column" in read and "columns" in read:
        notes.add(
            (*here, "columns"), "contradiction", f"[items.{item.name}] has both column and columns."
        )
    groups = item.merge.values() if isinstance(item.merge, Mapping) else item.merge
    merged = [str(answer) for answers in groups for answer in answers]
    for answer in sorted({a for a in merged if merged.count(a) > 1}):
        notes.add(
            (*here, "merge"),
            "contradiction",
            f"[items.{item.name}] merge names {shown(answer)} in two categories.",
        )
    if item.order and item.type in ("count", "negbin", "continuous") and len(item.order) != 2:
        notes.add(
            (*here, "order"),
            "contradiction",
            f"[items.{item.name}] has an order, and type {item.type} has no categories.",
            allowed='["low", "high"] where low is good, ["high", "low"] where high is good',
        )
    elif item.order:
        _check_order(item, notes)


def _check_order(item: ItemTable, notes: Notes) -> None:
    """Note categories that scores, labels or merge name and the order does not have."""
    if not all(isinstance(entry, str) for entry in item.order):
        return  # named by code: what the categories are called is known to the data only
    merge = item.merge if isinstance(item.merge, Mapping) else {}
    became = {str(answer): name for name, answers in merge.items() for answer in answers}
    # An order may list merged answers singly; they stand for their category.
    order = list(dict.fromkeys(became.get(str(entry), str(entry)) for entry in item.order))
    named: dict[str, Mapping[str, object]] = {"merge": merge, "labels": item.labels}
    if isinstance(item.scores, Mapping):
        named["scores"] = item.scores
        for category in item.scores and [c for c in order if c not in item.scores]:
            notes.add(
                ("items", item.name, "scores"),
                "contradiction",
                f"[items.{item.name}] scores has no score for {shown(category)}.",
            )
    for key, mapping in named.items():
        for category in mapping:
            if category not in order:
                notes.add(
                    ("items", item.name, key, category),
                    "unknown_category",
                    f"[items.{item.name}] {key} names {shown(category)}, which is not in order.",
                    allowed=", ".join(order),
                    try_=nearest(category, order),
                )


def _check_dimensions(study: Study, notes: Notes) -> None:
    used = {item.dimension for item in study.items.values()}
    for name in study.dimensions:
        if name not in used:
            near = nearest(name, sorted(used))
            notes.add(
                ("dimensions", name),
                "unknown_dimension",
                f"[dimensions.{name}] is not the dimension of any item.",
                allowed=", ".join(sorted(used)),
                try_=near,
            )


def _check_measure(study: Study, read: Mapping[str, Any], notes: Notes) -> None:
    _check_item_names(study, read, notes)
    _check_pairs(study, notes)
    cutoffs = study.measure.cutoffs
    rising = all(low < high for low, high in pairwise(cutoffs))
    if not rising or cutoffs[0] <= 0:
        notes.add(
            ("measure", "cutoffs"), "bad_value", "[measure] cutoffs do not rise from above 0."
        )
    _check_weight(study, notes)
    _check_wave(study, notes)


def _check_item_names(study: Study, read: Mapping[str, Any], notes: Notes) -> None:
    names: list[tuple[Path, str]] = [
        (("measure", "items", i), name)
        for i, name in enumerate(study.measure.items if "items" in read else ())
    ]
    names += [
        (("measure", "direct_effects", i, j), name)
        for i, pair in enumerate(study.measure.direct_effects)
        for j, name in enumerate(pair)
    ]
    names += [(("measure", "deprived_from", name), name) for name in study.measure.deprived_from]
    for path, name in names:
        if name not in study.items:
            near = nearest(name, list(study.items))
            notes.add(
                path,
                "unknown_item",
                f"[measure] {path[1]} names {shown(name)}, and there is no [items.{name}].",
                allowed=", ".join(study.items),
                try_=near,
            )


def _check_pairs(study: Study, notes: Notes) -> None:
    pairs: tuple[tuple[str, ...], ...] = study.measure.direct_effects
    for i, pair in enumerate(pairs):
        if len(pair) != 2:
            notes.add(
                ("measure", "direct_effects", i),
                "bad_value",
                f"[measure] direct_effects, entry {i + 1} names {len(pair)} items.",
                allowed="two items",
            )


def _check_weight(study: Study, notes: Notes) -> None:
    design, measure = study.design, study.measure
    if measure.weight == "panel" and design.panel_weight is None:
        notes.add(
            ("measure", "weight"),
            "contradiction",
            '[measure] weight is "panel" and [design] weights has no panel.',
            try_='weights = {panel = "column"} under [design]',
        )
    if measure.weight == "wave" and design.wave_weights and measure.wave is None:
        notes.add(
            ("measure",),
            "missing_key",
            "[design] has weights per wave and [measure] names no wave.",
            allowed=", ".join(design.wave_weights),
            try_=f'wave = "{next(iter(design.wave_weights))}"',
        )
    elif (
        measure.weight == "wave" and design.wave_weights and measure.wave not in design.wave_weights
    ):
        notes.add(
            ("measure", "wave"),
            "contradiction",
            f"[measure] wave is {shown(measure.wave)} and [design] weights has none for it.",
            allowed=", ".join(design.wave_weights),
            try_='weight = "none" under [measure]',
        )


def _check_wave(study: Study, notes: Notes) -> None:
    wave = study.measure.wave
    if wave is None:
        return
    if study.waves and wave not in study.waves:
        notes.add(
            ("measure", "wave"),
            "unknown_wave",
            f"[measure] wave is {shown(wave)}, and there is no [waves.{wave}].",
            allowed=", ".join(study.waves),
        )
    if study.data and not any(table.wave or table.wide for table in study.data.values()):
        notes.add(
            ("measure", "wave"),
            "contradiction",
            f"[measure] wave is {shown(wave)}, and [data] names no column of waves.",
            try_='wave = "column" under [data.NAME]',
        )


def _check_groups(study: Study, read: Mapping[str, Any], notes: Notes) -> None:
    taken: dict[int, str] = {}
    for group in study.groups:
        for rank in group.ranks:
            if rank in taken:
                notes.add(
                    ("groups", group.name),
                    "contradiction",
                    f"[groups] {group.name} and {taken[rank]} both hold severity rank {rank}.",
                )
            taken[rank] = group.name
    names = [("names", name) for name in read.get("names", {})]
    names += [
        (f"wave_names.{w}", name)
        for w, inner in read.get("wave_names", {}).items()
        for name in inner
    ]
    for key, name in names:
        if name not in {group.name for group in study.groups}:
            notes.add(
                ("groups", *key.split(".", 1), name),
                "unknown_group",
                f"[groups] {key} names {shown(name)}, which is no group.",
                allowed=", ".join(group.name for group in study.groups),
            )
    _check_ranks(study, taken, notes)


def _check_ranks(study: Study, taken: Mapping[int, str], notes: Notes) -> None:
    """Note ranks that do not run through all classes, or whose groups are not in a row."""
    if not study.groups:
        return
    measured = "measure" in study.source or study.move is None
    table = "measure" if measured else "move"
    classes = study.measure.classes
    if not measured and study.move is not None:
        classes = study.move.classes
    listed = [rank for group in study.groups for rank in sorted(group.ranks)]
    if len(listed) == len(taken) and listed != sorted(listed):
        notes.add(
            ("groups",),
            "contradiction",
            "[groups] has a group whose severity ranks are not next to each other.",
            try_="majority = [1], at_risk = [2, 3], excluded = [4]",
        )
    if classes is None:
        notes.add(
            ("groups",),
            "contradiction",
            f"[groups] gathers classes, and [{table}] classes does not decide on a number of them.",
            try_=f"classes = {max(taken)} under [{table}]",
        )
    elif set(taken) != set(range(1, classes + 1)):
        notes.add(
            ("groups",),
            "contradiction",
            f"[groups] holds severity ranks {', '.join(map(str, sorted(taken)))}; "
            f"[{table}] classes is {classes}.",
            allowed=f"each rank from 1 to {classes} once",
        )
    elif study.move is not None and study.move.latent and study.move.classes != classes:
        notes.add(
            ("move", "classes"),
            "contradiction",
            f"[groups] gathers {classes} classes, and [move] classes is another number.",
            try_=f"classes = {classes}",
        )


def notes_of(study: Study, table: str) -> Mapping[str, Any]:
    """Give what stands under a table in the text, read or not."""
    content = study.source.get(table, {})
    return content if isinstance(content, dict) else {}
