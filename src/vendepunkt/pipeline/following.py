"""The people that the stage `move` follows: all waves of a study as a panel, with covariates.

Everything that does not fit is collected with its line, so that `check` can say it all at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from vendepunkt.data import ItemDefinition, Panel, Survey, panel, rows_where
from vendepunkt.data import observed as states_of
from vendepunkt.study import DropOutTable, MoveTable, Study
from vendepunkt.terms import VendepunktError

if TYPE_CHECKING:
    from vendepunkt.measure import Covariates
    from vendepunkt.move import PersonGroups, TimeCovariates
    from vendepunkt.pipeline.prepare import Findings, Path

#: Which key of the study a complaint is about, by its code.
_KEYS: dict[str, Path] = {
    "one_wave": ("move", "waves"),
    "not_allowed": ("move", "waves"),
    "bad_times": ("waves",),
    "bad_condition": ("move", "asked"),
    "weight_missing": ("move", "only_weighted"),
    "differs_within_person": ("design",),
    "design_missing": ("design",),
    "unknown_reason": ("move", "dropout", "kinds"),
    "reasons_unmapped": ("move", "dropout", "kinds"),
    "reason_in_two_kinds": ("move", "dropout", "kinds"),
    "not_reasons": ("move", "dropout", "column"),
}


@dataclass(frozen=True, slots=True)
class Followed:
    """What the stage `move` takes from the data.

    Attributes
    ----------
    panel
        The people of all waves used, looked at where `[move] where` says so.
    initial, transition
        What the first class and moving depend on, or None.
    observed
        The item whose states are followed as they were answered, or None.
    by
        Groups of people set beside each other, or None.
    """

    panel: Panel
    initial: Covariates | None = None
    transition: TimeCovariates | None = None
    observed: ItemDefinition | None = None
    by: PersonGroups | None = None


def follow(study: Study, survey: Survey, findings: Findings) -> Followed | None:
    """Follow the people of a study over its waves.

    Parameters
    ----------
    study
        The study; without `[move]` there is nobody to follow.
    survey
        The data of all waves.
    findings
        Where everything that does not fit is noted.

    Returns
    -------
    Followed or None
        None without `[move]`, or where something was noted.
    """
    move = study.move
    if move is None or survey.person is None or survey.wave is None:
        return None  # a study that follows people without them is noted where it is read
    before = len(findings.problems)
    columns_there(study, move, survey, findings)
    if len(findings.problems) > before:
        return None
    held = _panel(study, move, survey, findings)
    if held is None:
        return None
    held = _domain(move, held, findings)
    _check_design(study, held, findings)
    _check_form(move, held, findings)
    _check_circumstances(study, move, held, findings)
    initial, transition = _covariates(move, held, findings)
    observed, by = _observed(study, move, held, findings)
    if len(findings.problems) > before:
        return None
    return Followed(held, initial, transition, observed, by)


def columns_there(study: Study, move: MoveTable, survey: Survey, findings: Findings) -> None:
    """Note columns and items of `[move]` that the data do not have."""
    from vendepunkt.pipeline.prepare import indicators, no_column

    known = set(survey.frame.columns)
    asked: list[tuple[Path, str]] = []
    if move.dropout is not None:
        asked.append((("move", "dropout", "column"), move.dropout.column))
    if move.by is not None and move.by not in study.items:
        asked.append((("move", "by"), move.by))
    for path, column in asked:
        if column not in known:
            no_column(findings, path, column, survey.frame)
    names = [name for name in _items(move) if name in study.items]
    indicators(study, tuple(names), survey, findings)


def _items(move: MoveTable) -> tuple[str, ...]:
    """Name the items in use: those of the classes, or the one that says the state."""
    named = move.items if move.latent else ()
    other = (move.observed,) if move.observed is not None and move.observed not in named else ()
    return (*named, *other)


def _panel(study: Study, move: MoveTable, survey: Survey, findings: Findings) -> Panel | None:
    from vendepunkt.pipeline.prepare import definition

    names = move.items if move.latent else _items(move)
    design, weight = study.design, panel_weight_column(study)
    times = {wave.key: wave.time for wave in study.waves.values() if wave.time is not None}
    options: dict[str, Any] = {"nest": design.nest, "single_psu": design.single_psu}
    if design.replicates:
        options["replicate_type"] = design.replicate_type
    try:
        held = panel(
            survey,
            [definition(study.items[name], study.language) for name in names],
            waves=move.waves or None,
            times=times or None,
            weights=weight,
            only_weighted=move.only_weighted,
            wave_weights=dict(design.wave_weights) if weight and design.wave_weights else None,
            freq=design.freq,
            strata=design.strata,
            clusters=design.cluster,
            fpc=design.fpc,
            replicates=design.replicates,
            reason_column=None if move.dropout is None else move.dropout.column,
            reason_kinds=None
            if move.dropout is None
            else reason_kinds(move.dropout, study.language),
            asked=move.asked,
            **options,
        )
    except VendepunktError as error:
        path = _KEYS.get(error.code, ("move",))
        ways = 'weight = "none", or only_weighted = true, under [move]'
        try_ = ways if error.code == "weight_missing" else error.try_
        findings.add(path, error.code, error.text, error.allowed, try_)
        return None
    given = None if move.dropout is None else move.dropout.absorbing
    if given is None:
        return held
    final = tuple(
        known and name in given for name, known in zip(held.exit_names, held.absorbing, strict=True)
    )
    return replace(held, absorbing=final)


def panel_weight_column(study: Study) -> str | None:
    """Name the column of weights that movement uses, or None."""
    if study.move is None or study.move.weight == "none":
        return None
    return study.design.panel_weight or study.design.weight


def reason_kinds(dropout: DropOutTable, language: str) -> dict[str, str]:
    """Say the kinds of `[move.dropout]` in the words of the data stage."""
    found = {}
    for label, (kind, words) in dropout.kinds.items():
        name = (words or {}).get(language, "")
        found[label] = f"{kind}: {name}" if name else kind
    return found


def _domain(move: MoveTable, held: Panel, findings: Findings) -> Panel:
    """Look at the people for whom the condition holds in the first wave they were asked in."""
    if move.where is None:
        return held
    labels = {name: variable.labels for name, variable in held.survey.variables.items()}
    try:
        mask = rows_where(held.frame_at(), move.where, labels, "[move] where")
    except VendepunktError as error:
        findings.error(("move", "where"), error)
        return held
    if not (mask & held.asked.any(axis=1)).any():
        findings.add(("move", "where"), "no_rows", "[move] where leaves nobody to follow.")
        return held
    return held.domain(mask)


def _check_design(study: Study, held: Panel, findings: Findings) -> None:
    from vendepunkt.pipeline.prepare import note_single_psus

    if held.design is not None:
        note_single_psus(study, held.design, findings)


def _check_form(move: MoveTable, held: Panel, findings: Findings) -> None:
    """Note models that these waves cannot tell of."""
    if not move.latent:
        return
    if move.transitions == "rate" and held.times is None:
        findings.add(
            ("move", "transitions"),
            "no_times",
            '[move] transitions is "rate", and it is not known when the waves were.',
            allowed="waves named by their year, or a time for every wave",
            try_=f"time = 0 under [waves.{held.wave_keys[0]}], and so on",
        )
    few = {"mover_stayer": 4 if len(move.items) == 1 else 3, "random_intercept": 3}
    least = few.get(move.form, 2)
    if held.n_waves < least:
        findings.add(
            ("move", "form"),
            "few_waves",
            f"[move] form is {move.form!r}, and the data have {held.n_waves} waves.",
            allowed=f"{least} waves or more with {len(move.items)} items",
            try_='form = "plain"',
        )


def _check_circumstances(study: Study, move: MoveTable, held: Panel, findings: Findings) -> None:
    """Note circumstances that cannot be found in the data, or have nothing to be set against."""
    labels = {name: variable.labels for name, variable in held.survey.variables.items()}
    for name, (condition, _) in move.circumstances.items():
        path = ("move", "circumstances", name)
        with findings.noting(path):
            rows_where(held.survey.frame, condition, labels, f"[move] circumstances.{name}")
    ordered = any(study.items[name].order for name in move.items if name in study.items)
    if move.circumstances and not (move.latent and ordered):
        findings.add(
            ("move", "circumstances"),
            "no_order",
            "[move] circumstances needs classes whose items have an order from good to bad.",
            try_="order = [good … bad] for the items",
        )


def _covariates(
    move: MoveTable, held: Panel, findings: Findings
) -> tuple[Covariates | None, TimeCovariates | None]:
    from vendepunkt.pipeline.covariates import person_covariates, step_covariates

    initial, transition = None, None
    if move.initial is not None:
        with findings.noting(("move", "initial")):
            initial = person_covariates(held, move.initial, "[move] initial")
    if move.transition is not None:
        with findings.noting(("move", "transition")):
            transition = step_covariates(
                held, move.transition, "[move] transition", move.transition_at
            )
    return initial, transition


def _observed(
    study: Study, move: MoveTable, held: Panel, findings: Findings
) -> tuple[ItemDefinition | None, PersonGroups | None]:
    from vendepunkt.move import person_groups
    from vendepunkt.pipeline.prepare import definition

    if move.observed is None:
        return None, None
    item, by = definition(study.items[move.observed], study.language), None
    with findings.noting(("move", "observed")):
        states_of(held, item)
    if move.by is not None:
        table = study.items.get(move.by)
        with findings.noting(("move", "by")):
            given = move.by if table is None else definition(table, study.language)
            by = person_groups(held, given)
    return item, by
