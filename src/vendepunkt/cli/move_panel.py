"""From a data file and options to people over waves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vendepunkt.cli.items import defined, kinds_of, scored
from vendepunkt.cli.options import Common
from vendepunkt.terms import DataError, UsageError

if TYPE_CHECKING:
    from vendepunkt.data import Panel, Survey
    from vendepunkt.move import Circumstance
    from vendepunkt.terms import Notice


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom to follow in a data file, as the options name it."""

    person: str | None
    wave: str | None
    wide: tuple[str, ...]
    waves: tuple[str, ...]
    times: tuple[str, ...]
    items: tuple[str, ...]
    types: tuple[str, ...]
    initial: str | None
    transition: str | None
    transition_at: str
    order: str
    reasons: str | None
    kinds: tuple[str, ...]
    asked: str | None
    only_weighted: bool
    observed: str | None
    by: str | None
    lot: str | None


def prepared(data: Path, asked: Asked, common: Common) -> tuple[Panel, tuple[Notice, ...]]:
    """Read the file and follow its people.

    Returns
    -------
    panel, notices
        The people over waves, and what reading the file had to decide.
    """
    from vendepunkt.data import read_survey, unused_weights

    survey = read_survey(data, person=asked.person, wave=asked.wave, wide=asked.wide or None)
    try:
        held = _panel(survey, asked, common)
    except DataError as error:
        if error.code != "weight_missing":
            raise
        ways = "no --weight, or --only-weighted"
        raise DataError(error.code, error.text, allowed=error.allowed, try_=ways) from error
    if asked.order == "severity":
        kinds = kinds_of(asked.items, asked.types)
        items = tuple(scored(item, kinds, survey.frame) for item in held.indicators)
        held = replace(held, indicators=items)
    if common.where is not None:
        held = _domain(held, common.where)
    overlooked = unused_weights(survey, weighted=common.weight is not None)
    return held, (*survey.notices, *overlooked)


def check_conditions(held: Panel, circumstances: tuple[Circumstance, ...]) -> None:
    """Refuse circumstances that the data cannot tell of, before anything is fitted."""
    from vendepunkt.data import rows_where

    labels = {name: variable.labels for name, variable in held.survey.variables.items()}
    for one in circumstances:
        rows_where(held.survey.frame, one.condition, labels, f"--circumstance {one.name}")


def _panel(survey: Survey, asked: Asked, common: Common) -> Panel:
    from vendepunkt.data import panel

    kinds = kinds_of(asked.items, asked.types)
    options: dict[str, Any] = {"nest": common.nest, "single_psu": common.single_psu}
    if common.replicates:
        options["replicate_type"] = common.replicate_type
    names = asked.items or (asked.observed,)
    return panel(
        survey,
        [defined(str(name), kinds) for name in names],
        waves=asked.waves or None,
        times=_times(asked.times),
        weights=common.weight,
        only_weighted=asked.only_weighted,
        freq=common.freq,
        strata=common.strata,
        clusters=common.cluster,
        fpc=common.fpc,
        replicates=common.replicates,
        reason_column=asked.reasons,
        reason_kinds=_reason_kinds(asked.kinds) if asked.reasons else None,
        asked=asked.asked,
        **options,
    )


def _times(given: tuple[str, ...]) -> list[float] | None:
    if not given:
        return None
    try:
        return [float(time) for time in given]
    except ValueError:
        raise UsageError(
            "bad_times",
            f"--times is {','.join(given)!r}.",
            allowed="a number of years for each wave, rising",
            try_="--times 0,0.5,1,2",
        ) from None


def _reason_kinds(given: tuple[str, ...]) -> dict[str, str]:
    """Read ``LABEL=KIND``; a label may itself hold an equals sign."""
    found = {}
    for stated in given:
        label, _, kind = stated.rpartition("=")
        if not label:
            raise UsageError(
                "bad_reason",
                f"--reason is {stated!r}.",
                allowed="LABEL=KIND with exit, non-response or asked",
                try_='--reason "Died=exit"',
            )
        found[label] = kind
    return found


def _domain(held: Panel, condition: str) -> Panel:
    """Look at the people for whom a condition holds in the first wave they were asked in."""
    from vendepunkt.data import rows_where

    labels = {name: variable.labels for name, variable in held.survey.variables.items()}
    mask = rows_where(held.frame_at(), condition, labels)
    if not (mask & held.asked.any(axis=1)).any():
        raise DataError("no_rows", "--where leaves nobody to follow.", try_="another condition")
    return held.domain(mask)
