"""Rows of a long file put in place: who, in which wave; values that a person has once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vendepunkt.data.identity import Wave, keys, rows_said, wave_codes
from vendepunkt.language import text
from vendepunkt.terms import DataError, Notice, UsageError, choose

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.data.survey import Survey

Rows = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """The rows of a survey by person and wave.

    Attributes
    ----------
    rows
        int32 (N, all waves): row of the survey, -1 where there is none.
    chosen
        Places of the T chosen waves among all.
    waves
        The T chosen waves.
    n_rows
        Rows of the survey.
    """

    rows: Rows
    chosen: npt.NDArray[np.int64]
    waves: tuple[Wave, ...]
    n_rows: int

    @property
    def panel_rows(self) -> Rows:
        """Rows in the chosen waves (N, T)."""
        return self.rows[:, self.chosen]

    def keep(self, people: Bools) -> Placed:
        """Keep some people."""
        return Placed(self.rows[people], self.chosen, self.waves, self.n_rows)


def place_rows(survey: Survey, waves: Sequence[str] | None) -> Placed:
    """Find the row of each person in each wave, in order of appearance.

    Raises
    ------
    UsageError
        With code ``no_person``, ``no_wave``, ``one_wave`` or for an unknown wave.
    DataError
        With code ``duplicate_person``.
    """
    import pandas as pd

    if survey.person is None:
        raise UsageError(
            "no_person",
            "The survey has no person column, and nobody can be followed without one.",
            try_="read_survey(…, person='id', wave='year')",
        )
    if survey.wave is None:
        survey.wave_keys()  # says how to name the wave column
    chosen = _chosen(survey.waves, waves)
    kept = tuple(survey.waves[place] for place in chosen)
    # One id in two forms was refused when the survey was made, so that equal means the same.
    person = np.asarray(pd.factorize(survey.frame[survey.person])[0], dtype=np.int64)
    held, found = pd.factorize(survey.frame[survey.wave])
    wave = wave_codes(keys(pd.Series(found)), survey.waves)[held]
    rows = np.full((int(person.max(initial=-1)) + 1, len(survey.waves)), -1, dtype=np.int32)
    rows[person, wave] = np.arange(survey.n, dtype=np.int32)
    if int((rows >= 0).sum()) != survey.n:
        raise _duplicated(person * len(survey.waves) + wave, survey)
    placed_rows = Placed(rows, np.array(chosen), kept, survey.n)
    return placed_rows.keep(np.any(placed_rows.panel_rows >= 0, axis=1))


def _chosen(known: Sequence[Wave], asked: Sequence[str] | None) -> list[int]:
    names, codes = [wave.name for wave in known], [wave.key for wave in known]
    if asked is None:
        places = list(range(len(known)))
    else:
        wanted = [asked] if isinstance(asked, str) else [str(wave) for wave in asked]
        places = sorted(
            {
                codes.index(wave)
                if wave in codes and wave not in names
                else names.index(choose(wave, names, "wave"))
                for wave in wanted
            }
        )
    if len(places) < 2:
        only = f"only {names[places[0]]}" if places else "none"
        raise UsageError(
            "one_wave",
            f"People are followed over at least two waves; here is {only}.",
            allowed=", ".join(names) if len(names) > 1 else "",
            try_="measure, for the groups of one wave",
        )
    return places


def _duplicated(cell: npt.NDArray[np.int64], survey: Survey) -> DataError:
    twice = np.bincount(cell)[cell] > 1
    return DataError(
        "duplicate_person",
        f"A person of {survey.person!r} stands more than once in the same wave "
        f"({survey.wave!r}): {rows_said(twice)}.",
        try_="keep one row per person and wave",
    )


def placed(column: pd.Series, rows: Rows) -> npt.NDArray[Any]:
    """Give the values of a column at rows of any shape; NaN or None where the row is -1."""
    there = rows >= 0
    if column.dtype.kind in "fiub":
        numbers = np.full(rows.shape, np.nan)
        numbers[there] = column.to_numpy(dtype=np.float64)[rows[there]]
        return numbers
    written = column.astype("object").where(column.notna(), None).to_numpy()
    texts = np.full(rows.shape, None, dtype=object)
    texts[there] = written[rows[there]]
    return texts


def one_value(
    frame: pd.DataFrame, name: str, rows: Rows, more: Rows | None = None, advice: str = ""
) -> pd.Series:
    """Give each person's one value of a column.

    Parameters
    ----------
    frame
        The survey's rows.
    name
        The column.
    rows
        (N, T) rows of each person.
    more
        (N, any) further rows, asked where the first have no value.
    advice
        What to do where the values differ.

    Returns
    -------
    pandas.Series
        (N,) missing where a person has no value in any row.

    Raises
    ------
    DataError
        With code ``differs_within_person``.
    """
    import pandas as pd

    column = frame[name].reset_index(drop=True)
    codes = np.asarray(pd.factorize(column)[0], dtype=np.int64)
    found = _first(codes, rows, name, advice)
    if more is not None and (found < 0).any():
        empty = np.flatnonzero(found < 0)
        found[empty] = _first(codes, more[empty], name, advice)
    return column.reindex(found).reset_index(drop=True)


def _first(
    codes: npt.NDArray[np.int64], rows: Rows, name: str, advice: str
) -> npt.NDArray[np.int64]:
    """Row of each person's first value, -1 without; refuse where a later value is another."""
    held = np.where(rows >= 0, codes[rows], -1)
    filled = held >= 0
    first = filled.argmax(axis=1)
    each = np.arange(len(rows))
    differs = filled & (held != held[each, first][:, None])
    if differs.any():
        wrong = np.zeros(len(codes), dtype=bool)
        wrong[rows[differs]] = True
        people = int(differs.any(axis=1).sum())
        raise DataError(
            "differs_within_person",
            f"{name!r} differs from a person's first value in {rows_said(wrong)}, "
            f"of {people} {'person' if people == 1 else 'people'}.",
            allowed="one value for each person; empty in some waves is allowed",
            try_=advice,
        )
    return np.where(filled.any(axis=1), rows[each, first], -1).astype(np.int64)


def noticed(code: str, **values: str | int) -> Notice:
    """Make a notice with its sentence from the catalogue."""
    return Notice(code, text(f"warning.{code}", "en", **values), dict(values))
