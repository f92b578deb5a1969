"""The right-hand side of a formula as a design matrix; nothing in it is run as code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from vendepunkt.terms import DataError, UsageError

if TYPE_CHECKING:
    import pandas as pd

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<name>[^\W\d]\w*)|`(?P<quoted>[^`]+)`|(?P<mark>[+:*()]|-\s*1|1))"
)
_LONGEST: Final = 2_000
_ALLOWED: Final = "column names, C(column) for categories, + : * and parentheses"


@dataclass(frozen=True, slots=True)
class ModelMatrix:
    """A design matrix with the names of its columns.

    Attributes
    ----------
    names
        Terms, the intercept first.
    matrix : (n, Q)
        Values; NaN in rows where a column of the formula is missing.
    columns
        Columns of the data that the formula uses.
    """

    names: tuple[str, ...]
    matrix: npt.NDArray[np.float64]
    columns: tuple[str, ...]


def model_matrix(frame: pd.DataFrame, formula: str, option: str) -> ModelMatrix:
    """Make the design matrix of the right-hand side of a formula.

    Parameters
    ----------
    frame
        Columns by name, NaN where missing.
    formula
        Such as ``"age + C(region)"``. Texts are categories; the first, by the alphabet, is the
        reference. Names that are no plain word stand in backticks.
    option
        Name of the option or key, for the message.

    Returns
    -------
    ModelMatrix
        With an intercept, always.

    Raises
    ------
    UsageError
        If the formula cannot be read, or names a column that is not there.
    DataError
        If a column of it does not vary.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"age": [20.0, None, 60.0, 30.0], "sex": ["m", "f", "f", "m"]})
    >>> model_matrix(frame, "age + sex", "--covariates").names
    ('Intercept', 'age', 'sex[T.m]')
    """
    columns = formula_columns(frame, formula, option)
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    used = frame[list(columns)]
    try:
        made: Any = Formula(f"1 + {formula}").get_model_matrix(used, na_action="ignore", context={})
    except (FormulaicError, SyntaxError, ValueError, TypeError) as error:
        raise _unreadable(f"{formula!r} cannot be worked out", option) from error
    matrix = np.array(made, dtype=np.float64)
    matrix[used.isna().any(axis=1).to_numpy(dtype=bool)] = np.nan
    names = tuple(str(name) for name in made.columns)
    known = matrix[np.isfinite(matrix).all(axis=1)]
    if len(known) and np.linalg.matrix_rank(known) < len(names):
        raise DataError(
            "covariates_dependent",
            f"{option}: the terms {', '.join(names[1:])} depend on each other or do not vary.",
            try_="leave one of them out",
        )
    return ModelMatrix(names, matrix, columns)


def _unreadable(why: str, option: str) -> UsageError:
    return UsageError("bad_formula", f"{option} {why}.", allowed=_ALLOWED, try_='"age + C(region)"')


def formula_columns(frame: pd.DataFrame, formula: str, option: str) -> tuple[str, ...]:
    """Give the columns of a formula; what is not a column, a sign or ``C`` is refused.

    Raises
    ------
    UsageError
        If the formula cannot be read, or names a column that is not there.
    """
    if len(formula) > _LONGEST:
        raise _unreadable("is too long", option)
    text, at = formula.rstrip(), 0
    found: dict[str, None] = {}
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unreadable(f"has {text[at:].strip()[:10]!r}", option)
        at = match.end()
        name = match["name"] or match["quoted"]
        calls = match["name"] == "C" and text[at:].lstrip().startswith("(")
        if name and not calls:
            found[name] = None
    if not found:
        raise _unreadable("names no column", option)
    known = [str(column) for column in frame.columns]
    for name in found:
        if name not in known:
            near = get_close_matches(name, known, n=3)
            raise UsageError(
                "unknown_column",
                f"{option} names the column {name!r}, which the data do not have.",
                try_=" or ".join(near),
            )
    return tuple(found)
