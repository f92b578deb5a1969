"""The design of people over waves: one stratum, one unit and one panel weight for each person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vendepunkt.data.identity import need_column, rows_said
from vendepunkt.data.panel_people import Placed, noticed, one_value
from vendepunkt.terms import DataError, Notice, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.data.design import Design
    from vendepunkt.data.survey import Survey

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_THREE_WAYS = (
    "one of three named analyses: (a) all people, unweighted, with strata and PSUs; (b) only the "
    "people who have this weight; (c) all people with weights made from a model of who responds"
)
_UNIT_ADVICE = "give every row of a person the value the person was drawn with"
_WEIGHT_ADVICE = "name a weight that differs by wave under wave_weights; a panel weight is one"


@dataclass(frozen=True, slots=True)
class DesignColumns:
    """Columns of the design of people, and how to read them; as of :meth:`Design.from_frame`."""

    weights: str | None = None
    only_weighted: bool = False
    wave_weights: str | Mapping[str, str] | None = None
    freq: str | None = None
    strata: str | None = None
    clusters: tuple[str, ...] = ()
    fpc: tuple[str, ...] = ()
    replicates: tuple[str, ...] = ()

    @property
    def units(self) -> tuple[str, ...]:
        """Columns that every person must have a value in."""
        single = tuple(name for name in (self.freq, self.strata) if name is not None)
        return (*single, *self.clusters, *self.fpc)

    @property
    def names(self) -> frozenset[str]:
        """All columns that are no answers."""
        waves = self.wave_weights
        each = waves.values() if isinstance(waves, Mapping) else (waves,)
        return frozenset(
            name for name in (*self.units, *self.replicates, self.weights, *each) if name
        )


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """Weights of people, and whom they keep.

    Attributes
    ----------
    panel
        (N,) panel weights, 0 for who has none and is kept for single waves; None without.
    waves
        Of each wave (N,) cross-section weights, 0 for who was not asked; None without.
    kept
        bool (N,): people in the panel.
    members
        bool (N,): people with a panel weight, all without such weights.
    notices
        Who was left out.
    """

    panel: Floats | None
    waves: tuple[Floats | None, ...]
    kept: Bools
    members: Bools
    notices: tuple[Notice, ...]


def read_weights(survey: Survey, held: Placed, asked: Bools, columns: DesignColumns) -> Weighted:
    """Read panel and cross-section weights; nobody is given weight 1 or dropped unsaid.

    Raises
    ------
    DataError
        With code ``weight_missing``, ``differs_within_person`` or as :class:`Design`.
    """
    if columns.only_weighted and not (columns.weights or columns.wave_weights):
        raise UsageError(
            "no_weight", "only_weighted is asked for, but no weight is named.", try_="weights='w'"
        )
    notices: list[Notice] = []
    across = _cross_sections(survey, held, asked, columns, notices)
    every = np.ones(len(held.rows), dtype=bool)
    if columns.weights is None:
        return Weighted(None, across, every, every, tuple(notices))
    panel = _panel_weight(survey, held, columns)
    missing = np.isnan(panel)
    if not missing.any():
        return Weighted(panel, across, every, every, tuple(notices))
    if not columns.only_weighted or missing.all():
        raise _no_weight(survey, held, columns.weights, missing)
    in_a_wave = np.zeros(len(panel), dtype=bool)
    for weights in across:
        in_a_wave |= False if weights is None else weights > 0
    n_single, n_out = int((missing & in_a_wave).sum()), int((missing & ~in_a_wave).sum())
    if n_single:
        notices.append(noticed("panel_single_waves", n=n_single, column=columns.weights))
    if n_out:
        notices.append(
            noticed("panel_only_weighted", n=n_out, of=len(panel), column=columns.weights)
        )
    members = ~missing
    return Weighted(
        np.where(members, panel, 0.0), across, members | in_a_wave, members, tuple(notices)
    )


def _panel_weight(survey: Survey, held: Placed, columns: DesignColumns) -> Floats:
    from vendepunkt.numerics.linearise.checks import check_weights, numbers

    name = str(columns.weights)
    need_column(survey.frame, name, "The weight")
    weights = numbers(survey.frame[name], survey.n, name)
    used = np.zeros(survey.n, dtype=bool)
    used[held.rows[held.rows >= 0]] = True
    check_weights(np.where(used & ~np.isnan(weights), weights, 1.0), survey.n, name)
    series = one_value(survey.frame, name, held.panel_rows, held.rows, _WEIGHT_ADVICE)
    return numbers(series, len(held.rows), name)


def _no_weight(survey: Survey, held: Placed, name: str, missing: Bools) -> DataError:
    rows = np.zeros(survey.n, dtype=bool)
    theirs = held.panel_rows[missing]
    rows[theirs[np.arange(len(theirs)), (theirs >= 0).argmax(axis=1)]] = True
    return DataError(
        "weight_missing",
        f"{name} is missing for {int(missing.sum())} of {len(missing)} people, who begin in "
        f"{rows_said(rows)}; a person without a weight is never given weight 1 and never "
        "dropped silently.",
        allowed=_THREE_WAYS,
        try_="(a) leave the weight out" + ("" if missing.all() else ", or (b) only_weighted=True"),
    )


def _cross_sections(
    survey: Survey, held: Placed, asked: Bools, columns: DesignColumns, notices: list[Notice]
) -> tuple[Floats | None, ...]:
    from vendepunkt.numerics.linearise.checks import check_weights, numbers

    found: list[Floats | None] = []
    for place, name in enumerate(_wave_columns(survey, held, columns.wave_weights)):
        if name is None:
            found.append(None)
            continue
        need_column(survey.frame, name, "The weight")
        wave = held.waves[place].name
        rows = held.panel_rows[:, place]
        in_wave = np.zeros(survey.n, dtype=bool)
        in_wave[rows[asked[:, place]]] = True
        weights = numbers(survey.frame[name], survey.n, name)
        missing = in_wave & np.isnan(weights)
        if missing.any() and not columns.only_weighted:
            raise DataError(
                "weight_missing",
                f"{name} is missing for {int(missing.sum())} of {int(in_wave.sum())} people asked "
                f"in wave {wave}: {rows_said(missing)}; a person without a weight is never given "
                "weight 1 and never dropped silently.",
                allowed=_THREE_WAYS,
                try_="(a) leave the weight out, or (b) only_weighted=True",
            )
        if missing.any():
            n = int(missing.sum())
            notices.append(noticed("wave_only_weighted", n=n, column=name, wave=wave))
        check_weights(np.where(in_wave & ~missing, weights, 1.0), survey.n, name)
        counted = np.where(in_wave & ~missing, weights, 0.0)
        found.append(np.where(rows >= 0, counted[rows], 0.0))
    return tuple(found)


def _wave_columns(
    survey: Survey, held: Placed, given: str | Mapping[str, str] | None
) -> list[str | None]:
    """Column of each chosen wave; a mapping may name waves by name or key."""
    if given is None or isinstance(given, str):
        return [given] * len(held.waves)
    known = {name for wave in survey.waves for name in (wave.name, wave.key)}
    strange = [str(wave) for wave in given if str(wave) not in known]
    if strange:
        raise UsageError(
            "not_allowed",
            f"wave_weights names the wave {strange[0]!r}.",
            allowed=", ".join(wave.name for wave in survey.waves),
        )
    by_wave = {str(wave): column for wave, column in given.items()}
    return [by_wave.get(wave.name, by_wave.get(wave.key)) for wave in held.waves]


def person_design(
    survey: Survey,
    held: Placed,
    weighted: Weighted,
    columns: DesignColumns,
    options: Mapping[str, Any],
) -> Design | None:
    """Make the design of the people kept, from one value of each column per person.

    Raises
    ------
    DataError
        With code ``differs_within_person`` or ``design_missing``, and as :class:`Design`.
    """
    from vendepunkt.data.design import Design
    from vendepunkt.data.design_columns import matching

    replicates = matching(survey.frame, columns.replicates)
    if weighted.panel is None and not columns.units and not replicates:
        return None
    kept = held.keep(weighted.kept)
    people: dict[str, Any] = {}
    for name in columns.units:
        need_column(survey.frame, name, "The design column")
        people[name] = _everybody(survey, kept, name, np.ones(len(kept.rows), dtype=bool))
    members = weighted.members[weighted.kept]
    for name in replicates:
        people[name] = _everybody(survey, kept, name, members)
    if weighted.panel is not None:
        people[str(columns.weights)] = weighted.panel[weighted.kept]
    import pandas as pd

    return Design.from_frame(
        pd.DataFrame(people),
        weights=columns.weights,
        freq=columns.freq,
        strata=columns.strata,
        clusters=columns.clusters,
        fpc=columns.fpc,
        replicates=replicates,
        **options,
    )


def _everybody(survey: Survey, held: Placed, name: str, needed: Bools) -> pd.Series:
    """One value for each person needed; 0 for the others."""
    values = one_value(survey.frame, name, held.panel_rows, held.rows, _UNIT_ADVICE)
    missing = values.isna().to_numpy(dtype=bool) & needed
    if missing.any():
        rows = np.zeros(survey.n, dtype=bool)
        theirs = held.panel_rows[missing]
        rows[theirs[theirs >= 0]] = True
        raise DataError(
            "design_missing",
            f"{name} is missing for {int(missing.sum())} of {len(missing)} people: "
            f"{rows_said(rows)}.",
            allowed="a value for every person; a person must belong somewhere in the design",
            try_="fill the value in, or leave these people out of the file",
        )
    return values if needed.all() else values.where(needed, 0)


def as_columns(given: str | Sequence[str]) -> tuple[str, ...]:
    """Give one name or several as several."""
    return (given,) if isinstance(given, str) else tuple(given)
