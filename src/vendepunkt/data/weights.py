"""Columns that look like weights or parts of a sampling design, so that none is overlooked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from vendepunkt.terms import Notice

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from vendepunkt.data.survey import Survey
    from vendepunkt.data.variables import Variable

_WEIGHT_NAME: Final = re.compile(
    r"^(w|pw|wt\w*|(\w*_)?(wt|wgt|wght|w)\d*|\w*(weight|wght|wgt|vægt|vaegt)\w*)$", re.IGNORECASE
)
_WEIGHT_LABEL: Final = re.compile(r"\b(weights?|weighting|\w*vægt(en|e)?)\b", re.IGNORECASE)
_BODY: Final = re.compile(
    r"(?:\b|_)(kg|kilo\w*|lbs?|pounds?|grams?|birth|body|bmi|height|overweight|underweight|"
    r"legemsvægt|fødselsvægt|overvægt|undervægt|højde)(?:\b|_)|birth_?weight|body_?weight|"
    r"overweight|overvægt",
    re.IGNORECASE,
)
_STRATUM: Final = re.compile(r"strat(um|a|if)|^v?strat\w*$|\bvariance stratum\b", re.IGNORECASE)
_CLUSTER: Final = re.compile(
    r"(^|[_.\W])v?psu|primary sampling|\bcluster\b|\bvariance unit\b|klynge", re.IGNORECASE
)
_FEWEST_ROWS: Final = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column that looks like part of the sampling design.

    Attributes
    ----------
    column, label
        Where it stands and what it says.
    part
        ``"weight"``, ``"strata"`` or ``"cluster"``.
    why
        What made it look so.
    """

    column: str
    label: str
    part: str
    why: str


def weight_candidates(survey: Survey) -> tuple[Candidate, ...]:
    """Find the columns that look like weights.

    A column does when its name or label says so, or when its numbers are not whole, never
    negative, and have mean 1. Weights of bodies are left out.

    Parameters
    ----------
    survey
        A survey.

    Returns
    -------
    tuple of Candidate
        In the order of the columns; empty when nothing looks like a weight.

    Examples
    --------
    >>> import pandas as pd
    >>> from vendepunkt.data import Survey
    >>> survey = Survey.from_frame(pd.DataFrame({"a": [1, 2, 1], "wgt": [0.5, 1.2, 1.3]}))
    >>> [(c.column, c.why) for c in weight_candidates(survey)]
    [('wgt', 'its name')]
    """
    found = []
    for name, variable in survey.variables.items():
        why = _why_weight(survey, name, variable)
        if why:
            found.append(Candidate(name, variable.label, "weight", why))
    return tuple(found)


def unused_weights(survey: Survey, *, weighted: bool = False) -> tuple[Notice, ...]:
    """Say that the data have a column that looks like a weight, when none is in use.

    Parameters
    ----------
    survey
        A survey.
    weighted
        Whether weights are used that the survey's own design does not know of.

    Returns
    -------
    tuple of Notice
        One notice with code ``weight_unused``, or none.
    """
    candidates = weight_candidates(survey)
    has_design = survey.design is not None and survey.design.weights is not None
    if weighted or has_design or not candidates:
        return ()
    columns = ", ".join(candidate.column for candidate in candidates)
    text = f"The data have columns that look like weights ({columns}); none is in use."
    return (Notice("weight_unused", text, {"columns": columns}),)


def drawn_rows(
    frame: pd.DataFrame, weight: str | None, where: npt.NDArray[np.bool_] | None
) -> npt.NDArray[np.bool_]:
    """Find the rows that belong to the sample that a weight stands for.

    A row that is outside the population of interest and has no weight was not drawn: it is no part
    of the design. All other rows are, so that the variance knows of them.

    Parameters
    ----------
    frame
        The data.
    weight
        Column of sampling weights, or None.
    where
        Rows in the population of interest (n,); None for all.

    Returns
    -------
    numpy.ndarray
        (n,) True for the rows to keep; all of them without a weight or such a column.

    Raises
    ------
    DataError
        If a row in the population of interest has no weight; rows are numbered as in `frame`.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"wave": [1, 2, 2], "w": [1.5, 0.5, None]})
    >>> drawn_rows(frame, "w", (frame["wave"] == 1).to_numpy()).tolist()
    [True, True, False]
    """
    from vendepunkt.numerics.linearise.checks import check_weights, numbers

    n = len(frame)
    if weight is None or weight not in frame.columns:
        return np.ones(n, dtype=bool)
    inside = np.ones(n, dtype=bool) if where is None else np.asarray(where, dtype=bool)
    weights = numbers(frame[weight], n, weight)
    check_weights(np.where(inside, weights, 1.0), n, weight)
    return inside | ~np.isnan(weights)


def design_candidates(survey: Survey) -> tuple[Candidate, ...]:
    """Find the columns whose name or label says that they are strata or clusters."""
    found = []
    for name, variable in survey.variables.items():
        for part, pattern in (("strata", _STRATUM), ("cluster", _CLUSTER)):
            if name in (survey.person, survey.wave):
                continue
            if pattern.search(name) or pattern.search(variable.label):
                why = "its name" if pattern.search(name) else "its label"
                found.append(Candidate(name, variable.label, part, why))
                break
    return tuple(found)


def _why_weight(survey: Survey, name: str, variable: Variable) -> str:
    column = survey.frame[name]
    if column.dtype.kind != "f" or variable.labels or name in (survey.person, survey.wave):
        return ""
    values = column.to_numpy(dtype=float)
    values = values[np.isfinite(values)]
    if len(values) < 2 or (values < 0).any() or values.min() == values.max():
        return ""
    if _BODY.search(name) or _BODY.search(variable.label):
        return ""
    if _WEIGHT_NAME.search(name):
        return "its name"
    if _WEIGHT_LABEL.search(variable.label):
        return "its label"
    whole = bool((values == np.floor(values)).all())
    if not whole and len(values) >= _FEWEST_ROWS and abs(values.mean() - 1) < 0.005:
        return "numbers that are not whole, with mean 1"
    return ""
