"""Formulas over people and waves: what the first class, and moving, may depend on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from vendepunkt.data import Panel
from vendepunkt.measure import Covariates
from vendepunkt.move import TimeCovariates
from vendepunkt.pipeline.formula import formula_columns, model_matrix
from vendepunkt.terms import choose

if TYPE_CHECKING:
    import pandas as pd

Rows = npt.NDArray[np.int64]


def person_covariates(held: Panel, formula: str, option: str) -> Covariates:
    """Make the design matrix of the people: one row each.

    Parameters
    ----------
    held
        People over waves.
    formula
        Such as ``"age + C(region)"``. A column that is the same in all waves counts wherever a
        person has it; any other has the value of the first wave the person was asked in.
    option
        Name of the option or key, for messages.

    Raises
    ------
    UsageError, DataError
        As :func:`vendepunkt.pipeline.formula.model_matrix`.

    Examples
    --------
    >>> import pandas as pd
    >>> from vendepunkt.data import Survey, panel
    >>> frame = pd.DataFrame({"id": [1, 1, 2, 2], "year": [2017, 2022] * 2, "q": [1, 2, 2, 1]})
    >>> frame["age"] = [30, 35, 40, 45]
    >>> people = panel(Survey.from_frame(frame, person="id", wave="year"), ["q"])
    >>> person_covariates(people, "age", "--initial").matrix.tolist()
    [[1.0, 30.0], [1.0, 40.0]]
    """
    there = held.person_rows >= 0
    first = np.where(held.asked.any(axis=1), held.asked.argmax(axis=1), there.argmax(axis=1))
    rows = held.person_rows[np.arange(held.n), first].astype(np.int64)
    made = model_matrix(_frame(held, formula, option, rows, 1), formula, option)
    return Covariates(made.names, made.matrix)


#: At which end of a step a column that changes is taken.
ENDS: Final = ("start", "end")


def step_covariates(held: Panel, formula: str, option: str, at: str = "end") -> TimeCovariates:
    """Make the design matrix of people and steps.

    Parameters
    ----------
    held
        People over waves.
    formula
        As in :func:`person_covariates`; a column that changes over the waves is missing where the
        person has no row at that end of the step.
    option
        Name of the option or key, for messages.
    at
        ``"start"`` takes the value a step begins with, so that it comes before the move; ``"end"``
        the value at the wave it leads to.

    Raises
    ------
    UsageError, DataError
        As :func:`vendepunkt.pipeline.formula.model_matrix`.
    """
    choose(at, ENDS, "transition_at")
    waves = slice(None, -1) if at == "start" else slice(1, None)
    rows = held.person_rows[:, waves].astype(np.int64).ravel()
    made = model_matrix(_frame(held, formula, option, rows, held.n_waves - 1), formula, option)
    return TimeCovariates(made.names, made.matrix.reshape(held.n, held.n_waves - 1, -1))


def _frame(held: Panel, formula: str, option: str, rows: Rows, times: int) -> pd.DataFrame:
    """Take the columns of a formula from rows of the survey, -1 for none."""
    import pandas as pd

    survey = held.survey.frame.reset_index(drop=True)
    columns: dict[str, pd.Series] = {}
    for name in formula_columns(survey, formula, option):
        only = _only_rows(survey[name], held.person_rows)
        taken = rows if only is None else np.repeat(only, times)
        columns[name] = survey[name].reindex(taken).reset_index(drop=True)
    return pd.DataFrame(columns)


def _only_rows(column: pd.Series, person_rows: npt.NDArray[np.int32]) -> Rows | None:
    """Give each person's first row with a value, where nobody's value changes; else None."""
    import pandas as pd

    codes = np.asarray(pd.factorize(column)[0], dtype=np.int64)
    has = (person_rows >= 0) & (codes[person_rows] >= 0)
    values = codes[person_rows]
    least = np.where(has, values, len(codes)).min(axis=1)
    most = np.where(has, values, -1).max(axis=1)
    if bool((most > least).any()):
        return None
    rows = person_rows[np.arange(len(person_rows)), has.argmax(axis=1)].astype(np.int64)
    return np.where(has.any(axis=1), rows, -1)
