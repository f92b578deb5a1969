"""From a long survey to people × waves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from vendepunkt.data.items import Indicator, ItemDefinition
from vendepunkt.data.panel_design import (
    DesignColumns,
    Weighted,
    as_columns,
    person_design,
    read_weights,
)
from vendepunkt.data.panel_people import Placed, noticed, place_rows
from vendepunkt.data.panel_reasons import Attendance, attendance, read_reasons
from vendepunkt.data.panel_waves import Panel
from vendepunkt.terms import Notice, UsageError

if TYPE_CHECKING:
    from vendepunkt.data.design import Design
    from vendepunkt.data.identity import Wave
    from vendepunkt.data.survey import Survey

_YEAR: Final = re.compile(r"(1[89]|2[01])\d\d(\.\d+)?")

Times = Sequence[float] | Mapping[str, float]


def panel(
    survey: Survey,
    definitions: Iterable[ItemDefinition | str],
    *,
    waves: Sequence[str] | None = None,
    times: Times | None = None,
    weights: str | None = None,
    only_weighted: bool = False,
    wave_weights: str | Mapping[str, str] | None = None,
    freq: str | None = None,
    strata: str | None = None,
    clusters: str | Sequence[str] = (),
    fpc: str | Sequence[str] = (),
    replicates: str | Sequence[str] = (),
    reason_column: str | None = None,
    reason_kinds: Mapping[str, str] | None = None,
    asked: str | None = None,
    **design_options: Any,
) -> Panel:
    """Follow people over waves: the same items of the same people, who was asked, who left why.

    Parameters
    ----------
    survey
        With a row per person and wave; wide files are made so by ``read_survey(…, wide=…)``.
    definitions
        The items, the same in all waves, as definitions or names of columns.
    waves
        At least two waves, by name or key; all of them unless given. Their order is the survey's.
    times
        When the waves were, in years, in the order of the waves or by wave; read from wave names
        that are years unless given.
    weights
        Column of the panel weight: one value per person, which may stand in some waves only.
    only_weighted
        Whether people without a weight are left out, which is said; else they are an error.
        Where there are `wave_weights` too, those with the weight of a wave stay for its shares.
    wave_weights
        Column of the cross-section weights, or wave to column.
    freq, strata, clusters, fpc, replicates, **design_options
        As of :meth:`Design.from_frame`; one value per person.
    reason_column
        Column that says in the row of a wave why the person was not interviewed.
    reason_kinds
        Each label of it to ``"exit"`` (death, emigration, institution), ``"non-response"``
        (refusal, loss) or ``"asked"``; ``"exit: died"`` gives it a name too.
    asked
        Condition on the rows that are interviews, such as ``"result == 'complete'"``; by the
        reasons unless given, and where they are silent by what the rows hold.

    Returns
    -------
    Panel
        Everybody with a row in one of the waves, in order of appearance.

    Raises
    ------
    UsageError
        With code ``one_wave`` or ``no_person``, for unknown waves, columns and labels, and where it
        is not said what a reason means.
    DataError
        When a person stands twice in a wave, differs in a column of the design, or has no weight.

    Examples
    --------
    >>> import pandas as pd
    >>> from vendepunkt.data import Survey, panel
    >>> frame = pd.DataFrame({
    ...     "id": [1, 1, 2, 2, 3, 3],
    ...     "year": [2017, 2022] * 3,
    ...     "trust": ["high", "low", "low", None, "high", "high"],
    ...     "status": [None, None, None, "dead", None, None],
    ... })
    >>> people = panel(
    ...     Survey.from_frame(frame, person="id", wave="year"),
    ...     ["trust"],
    ...     reason_column="status",
    ...     reason_kinds={"dead": "exit"},
    ... )
    >>> people
    Panel(frame: 3 people, 2 waves (2017, 2022), 1 item; asked 3, 2)
    >>> people.indicators[0].codes.tolist(), people.intervals.tolist()
    ([0, 1, 1, -1, 0, 0], [5.0])
    """
    _refuse_ready_design(survey)
    columns = DesignColumns(
        weights, only_weighted, wave_weights, freq, strata,
        as_columns(clusters), as_columns(fpc), as_columns(replicates),
    )  # fmt: skip
    items = tuple(definitions)
    if not items:
        raise UsageError("no_items", "A panel needs at least one item.", try_="['trust']")
    held = place_rows(survey, waves)
    years = wave_times(held.waves, times)
    said = read_reasons(survey, reason_column, reason_kinds)
    indicators = spread(survey, items, held.panel_rows)
    no_answers = columns.names | {survey.person, survey.wave, reason_column}
    seen = attendance(
        survey,
        held,
        _answered_rows(survey, held, indicators),
        said,
        condition=asked,
        special=frozenset(name for name in no_answers if name),
    )
    weighted = read_weights(survey, held, seen.asked, columns)
    if not weighted.kept.all():
        indicators = spread(survey, items, held.panel_rows[weighted.kept])
    design = person_design(survey, held, weighted, columns, design_options)
    return _joined(survey, held, years, indicators, seen, weighted, design)


def _joined(
    survey: Survey,
    held: Placed,
    years: npt.NDArray[np.float64] | None,
    indicators: tuple[Indicator, ...],
    seen: Attendance,
    weighted: Weighted,
    design: Design | None,
) -> Panel:
    """Put the panel of the people kept together."""
    kept = weighted.kept
    rows = held.panel_rows[kept]
    names = tuple(wave.name for wave in held.waves)
    return Panel(
        survey=survey,
        waves=names,
        wave_keys=tuple(wave.key for wave in held.waves),
        times=years,
        person_rows=rows,
        indicators=indicators,
        present=_present(indicators, rows.shape),
        asked=seen.asked[kept],
        reasons=seen.reasons[kept],
        reason_names=seen.reason_names,
        reason_kinds=seen.reason_kinds,
        exits=seen.exits[kept],
        exit_names=seen.exit_names,
        absorbing=seen.absorbing,
        design=design,
        wave_weights=tuple(None if w is None else w[kept] for w in weighted.waves),
        members=weighted.members[kept],
        inside=np.ones(len(rows), dtype=bool),
        notices=(
            *(notice for item in indicators for notice in item.notices),
            *seen.notices,
            *weighted.notices,
            *_not_asked(indicators, names),
        ),
    )


def _refuse_ready_design(survey: Survey) -> None:
    if survey.design is not None:
        raise UsageError(
            "design_of_rows",
            "The survey has a design of its rows, and a panel needs one of its people.",
            allowed="columns: weights, strata, clusters, fpc, replicates",
            try_="a survey without with_design, and the names of its columns",
        )


def spread(
    survey: Survey, definitions: Iterable[ItemDefinition | str], rows: npt.NDArray[np.int32]
) -> tuple[Indicator, ...]:
    """Make indicators of the rows in use, with codes by person and wave.

    Parameters
    ----------
    survey
        A long survey.
    definitions
        The items.
    rows
        (N, T) row of each person in each wave, -1 for none.

    Returns
    -------
    tuple of Indicator
        With codes (N·T,); categories are those that occur in these rows.
    """
    there = rows >= 0
    used = np.zeros(survey.n, dtype=bool)
    used[rows[there]] = True
    part, at = survey, rows
    if not used.all():
        part = survey.take(used)
        at = np.where(there, (np.cumsum(used) - 1)[rows], -1).astype(np.int32)
    found = []
    for definition in definitions:
        item = part.indicator(definition)
        codes = np.where(there, item.codes[at], np.int32(-1))
        found.append(replace(item, codes=codes.ravel()))
    return tuple(found)


def _answered_rows(
    survey: Survey, held: Placed, indicators: Sequence[Indicator]
) -> npt.NDArray[np.bool_]:
    """Rows of the survey (n,) that answer an item, in the chosen waves."""
    rows = held.panel_rows
    answered = np.zeros(survey.n, dtype=bool)
    answered[rows[_present(indicators, rows.shape)]] = True
    return answered


def _present(indicators: Sequence[Indicator], shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    present = np.zeros(shape, dtype=bool)
    for item in indicators:
        present |= item.codes.reshape(shape) >= 0
    return present


def _not_asked(indicators: Sequence[Indicator], waves: Sequence[str]) -> list[Notice]:
    """Name the items that nobody answered in a wave."""
    answered = np.array(
        [(item.codes.reshape(-1, len(waves)) >= 0).any(axis=0) for item in indicators]
    )
    return [
        noticed(
            "items_not_asked",
            wave=wave,
            items=", ".join(
                item.name for item, yes in zip(indicators, answered[:, place], strict=True)
                if not yes
            ),
        )
        for place, wave in enumerate(waves)
        if not answered[:, place].all()
    ]  # fmt: skip


def wave_times(waves: Sequence[Wave], given: Times | None) -> npt.NDArray[np.float64] | None:
    """Give the times of waves in years: as given, else from names or keys that are years.

    Parameters
    ----------
    waves
        The T waves.
    given
        In the order of the waves, or by name or key.

    Returns
    -------
    numpy.ndarray or None
        (T,) rising; None where nothing is given and the names are no years.

    Raises
    ------
    UsageError
        With code ``bad_times``.

    Examples
    --------
    >>> from vendepunkt.data import Wave
    >>> wave_times([Wave("1", "2006"), Wave("2", "2008")], None).tolist()
    [2006.0, 2008.0]
    >>> wave_times([Wave("0", "start"), Wave("6", "half a year")], None) is None
    True
    """
    names = [wave.name for wave in waves]
    if given is None:
        for words in (names, [wave.key for wave in waves]):
            if all(_YEAR.fullmatch(word) for word in words):
                years = np.array([float(word) for word in words])
                return years if (np.diff(years) > 0).all() else None
        return None
    if isinstance(given, Mapping):
        by_wave = {str(wave): time for wave, time in given.items()}
        listed = [by_wave.get(wave.name, by_wave.get(wave.key)) for wave in waves]
    else:
        listed = list(given)
    try:
        times = np.array(listed, dtype=np.float64)
    except (TypeError, ValueError):
        times = np.array([np.nan])
    rising = times.shape == (len(waves),) and bool((np.diff(times) > 0).all())
    if not rising or not np.isfinite(times).all():
        raise UsageError(
            "bad_times",
            f"The times of the waves {', '.join(names)} do not rise, one number for each wave.",
            allowed="years, such as 2017 and 2022.5, or years since the first wave",
            try_=f"times={[float(2 * place) for place in range(len(waves))]}",
        )
    return times
