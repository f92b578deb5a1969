"""From values that were read to the frozen tables of a study."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from vendepunkt.study.lines import Lines
from vendepunkt.study.tables import (
    ConveneTable,
    DataTable,
    DesignTable,
    DimensionTable,
    DropOutTable,
    GroupTable,
    ItemTable,
    MeasureTable,
    MoveTable,
    ReportTable,
    Study,
    WaveTable,
)

DEFAULT_SEED = 1
DEFAULT_CLASSES = tuple(range(1, 7))
DEFAULT_MOVING = tuple(range(2, 6))


def build(
    values: Mapping[str, Any], source: Mapping[str, Any], lines: Lines, folder: FilePath
) -> Study:
    """Build a study from what could be read; defaults stand for the rest.

    Parameters
    ----------
    values
        Table → key → value, as the schema read them.
    source
        The parsed text, kept for hashing.
    lines
        Where each key stands.
    folder
        The study folder.
    """
    about = values.get("study", {})
    items = {name: _item(name, read) for name, read in values.get("items", {}).items()}
    measured = _measure(values.get("measure", {}), tuple(items))
    return Study(
        folder=folder,
        title=about.get("title", {"da": "", "en": ""}),
        subtitle=about.get("subtitle"),
        aim=about.get("aim"),
        asked_by=about.get("asked_by"),
        authors=tuple(about.get("authors", ())),
        language=about.get("language", "en"),
        seed=about.get("seed", DEFAULT_SEED),
        frame=about.get("frame", "other"),
        frame_text=about.get("frame_text"),
        data={
            name: DataTable(name=name, **({"file": ""} | read))
            for name, read in values.get("data", {}).items()
        },
        waves={
            key: WaveTable(key, **({"name": {"da": key, "en": key}} | read))
            for key, read in values.get("waves", {}).items()
        },
        design=_design(values.get("design", {})),
        dimensions={
            name: DimensionTable(name, read.get("label", {"da": name, "en": name}))
            for name, read in values.get("dimensions", {}).items()
        },
        items=items,
        labels=values.get("labels", {}),
        measure=measured,
        move=_move(values["move"], measured) if "move" in values else None,
        convene=ConveneTable(**values["convene"]) if "convene" in values else None,
        groups=_groups(values.get("groups", {})),
        report=ReportTable(**values.get("report", {})),
        source=source,
        lines=lines,
    )


def _item(name: str, read: Mapping[str, Any]) -> ItemTable:
    rest = {
        key: value for key, value in read.items() if key not in ("column", "columns", "dimension")
    }
    column = read.get("column", name)
    return ItemTable(
        name=name,
        columns=read.get("columns", (column,)),
        dimension=read.get("dimension", name),
        **rest,
    )


def _design(read: Mapping[str, Any]) -> DesignTable:
    rest = {key: value for key, value in read.items() if key != "weights"}
    weights = read.get("weights", {})
    return DesignTable(
        **rest,
        weight=weights.get("all"),
        wave_weights=dict(weights.get("wave", {})),
        panel_weight=weights.get("panel"),
    )


def _measure(read: Mapping[str, Any], items: tuple[str, ...]) -> MeasureTable:
    rest = {
        key: value
        for key, value in read.items()
        if key not in ("items", "classes", "compare", "wave")
    }
    asked = read.get("classes", DEFAULT_CLASSES)
    chosen = asked[0] if len(asked) == 1 else None
    compare = read.get("compare", asked if chosen is None else tuple(range(1, chosen + 2)))
    wave = read.get("wave")
    if "direct_effects" in rest:
        rest["direct_effects"] = tuple(tuple(pair) for pair in rest["direct_effects"])
    return MeasureTable(
        items=read.get("items", items),
        classes=chosen,
        compare=tuple(sorted({*compare, *asked})),
        wave=None if wave is None else str(wave),
        **rest,
    )


def _move(read: Mapping[str, Any], measured: MeasureTable) -> MoveTable:
    rest = {
        key: value
        for key, value in read.items()
        if key not in ("items", "classes", "compare", "waves", "dropout")
    }
    decided = DEFAULT_MOVING if measured.classes is None else (measured.classes,)
    asked = read.get("classes", decided)
    chosen = asked[0] if len(asked) == 1 else None
    beside = asked if chosen is None else tuple(range(min(2, chosen), chosen + 2))
    dropout = read.get("dropout")
    return MoveTable(
        items=read.get("items", measured.items),
        classes=chosen,
        compare=tuple(sorted({*read.get("compare", beside), *asked})),
        latent="classes" in read or "observed" not in read,
        waves=tuple(str(wave) for wave in read.get("waves", ())),
        dropout=None if dropout is None else DropOutTable(**dropout),
        **rest,
    )


def _groups(read: Mapping[str, Any]) -> tuple[GroupTable, ...]:
    names = read.get("names", {})
    by_wave = read.get("wave_names", {})
    groups = [
        GroupTable(
            name,
            tuple(sorted(ranks)),
            names.get(name),
            {wave: labels[name] for wave, labels in by_wave.items() if name in labels},
        )
        for name, ranks in read.items()
        if name not in ("names", "wave_names")
    ]
    return tuple(sorted(groups, key=lambda group: group.ranks))
