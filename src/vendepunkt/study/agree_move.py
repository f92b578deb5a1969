"""Whether `[move]` agrees with itself and with the other tables of a study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vendepunkt.study.kinds import Notes, nearest, shown
from vendepunkt.study.tables import MoveTable, Study


def check_move(study: Study, read: Mapping[str, Any], notes: Notes) -> None:
    """Note everything in which `[move]` contradicts itself or another table.

    Parameters
    ----------
    study
        The study.
    read
        The keys of `[move]` that could be read.
    notes
        Where problems are noted.
    """
    move = study.move
    if move is None:
        return
    _check_waves(study, move, notes)
    _check_items(study, move, read, notes)
    _check_weight(study, move, notes)
    _check_form(move, notes)
    _check_observed(study, move, notes)
    _check_dropout(move, notes)


def _check_waves(study: Study, move: MoveTable, notes: Notes) -> None:
    for data in study.data.values():
        if not (data.wide or (data.wave and data.person)):
            notes.add(
                ("move",),
                "contradiction",
                f"[move] follows people over waves, and [data.{data.name}] does not say who is "
                "who and when.",
                allowed="person and wave, for one row per person and wave; or wide",
                try_=f'person = "id" and wave = "year" under [data.{data.name}]',
            )
    for place, wave in enumerate(move.waves):
        if study.waves and wave not in study.waves:
            notes.add(
                ("move", "waves", place),
                "unknown_wave",
                f"[move] waves names {shown(wave)}, and there is no [waves.{wave}].",
                allowed=", ".join(study.waves),
            )
    timed = [wave for wave in study.waves.values() if wave.time is not None]
    for key, table in study.waves.items():
        if timed and table.time is None:
            notes.add(
                ("waves", key),
                "missing_key",
                f"[waves.{key}] has no time, and other waves have one.",
                allowed="a time in years for every wave, or for none",
            )


def _check_items(study: Study, move: MoveTable, read: Mapping[str, Any], notes: Notes) -> None:
    for place, name in enumerate(move.items if "items" in read else ()):
        if name not in study.items:
            notes.add(
                ("move", "items", place),
                "unknown_item",
                f"[move] items names {shown(name)}, and there is no [items.{name}].",
                allowed=", ".join(study.items),
                try_=nearest(name, list(study.items)),
            )


def _check_weight(study: Study, move: MoveTable, notes: Notes) -> None:
    design = study.design
    panel = design.panel_weight or design.weight
    if move.weight == "panel" and panel is None:
        notes.add(
            ("move", "weight"),
            "contradiction",
            '[move] weight is "panel" and [design] weights has no panel.',
            try_='weights = {panel = "column"} under [design]',
        )
    if move.weight is None and panel is None and design.wave_weights:
        notes.add(
            ("move",),
            "missing_key",
            "[design] has weights per wave and none for the panel; [move] does not say whether "
            "movement is unweighted.",
            allowed='weights = {panel = "column"} under [design], or weight = "none" under [move]',
            try_='weight = "none"',
        )
    if move.only_weighted and (move.weight == "none" or panel is None):
        notes.add(
            ("move", "only_weighted"),
            "contradiction",
            "[move] only_weighted is true, and no panel weight is used.",
            try_='weight = "panel"',
        )


def _check_form(move: MoveTable, notes: Notes) -> None:
    if len(move.waves) == 2 and move.form != "plain":
        notes.add(
            ("move", "form"),
            "contradiction",
            f"[move] form is {shown(move.form)} and waves names two.",
            allowed='three waves or more, or form = "plain"',
        )


def _check_observed(study: Study, move: MoveTable, notes: Notes) -> None:
    if move.observed is not None and move.observed not in study.items:
        notes.add(
            ("move", "observed"),
            "unknown_item",
            f"[move] observed is {shown(move.observed)}, and there is no [items.{move.observed}].",
            allowed=", ".join(study.items),
            try_=nearest(move.observed, list(study.items)),
        )
    for key, given, needs, other in (
        ("by", move.by, "observed", move.observed),
        ("lot", move.lot, "by", move.by),
    ):
        if given and not other:
            notes.add(
                ("move", key),
                "contradiction",
                f"[move] has {key} and no {needs}.",
                allowed=f"{key} beside {needs}",
            )


def _check_dropout(move: MoveTable, notes: Notes) -> None:
    """Note names of exits that no label is given."""
    dropout = move.dropout
    if dropout is None or dropout.absorbing is None:
        return
    names: list[str] = []
    for label, (kind, words) in dropout.kinds.items():
        if kind == "exit":
            names += [label] if words is None else [*words.values()]
    for place, name in enumerate(dropout.absorbing):
        if name not in names:
            notes.add(
                ("move", "dropout", "absorbing", place),
                "unknown_reason",
                f"[move] dropout.absorbing names {shown(name)}, which is no exit of kinds.",
                allowed=", ".join(dict.fromkeys(names)),
                try_=nearest(name, names),
            )
