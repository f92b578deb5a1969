"""What is refused in a sampling design, in words that teach what to do instead."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vendepunkt.terms import DataError

_ROWS_NAMED = 5


def row_list(wrong: NDArray[np.bool_]) -> str:
    """Count the rows marked and name at most five of them, the first row of data being row 1.

    Examples
    --------
    >>> row_list(np.array([False, True, True]))
    '2 rows (rows 2, 3)'
    """
    rows = np.flatnonzero(wrong) + 1
    named = ", ".join(str(row) for row in rows[:_ROWS_NAMED])
    more = ", …" if rows.size > _ROWS_NAMED else ""
    return f"1 row (row {named})" if rows.size == 1 else f"{rows.size} rows (rows {named}{more})"


def numbers(values: ArrayLike, n: int | None, name: str) -> NDArray[np.float64]:
    """Read a column as numbers of shape (n,); what is missing becomes nan.

    Raises
    ------
    DataError
        With code ``design_length`` or ``design_not_numbers``.
    """
    array = np.asarray(values)
    if array.ndim != 1 or (n is not None and array.shape[0] != n):
        raise DataError(
            "design_length",
            f"{name} has shape {array.shape} where the data have {n} rows.",
            allowed="one value for each row",
        )
    if array.dtype.kind in "fiub":
        return array.astype(np.float64)
    try:
        return np.array([np.nan if is_missing(v) else float(v) for v in array])
    except (TypeError, ValueError):
        raise DataError(
            "design_not_numbers",
            f"{name} holds something that is not a number.",
            allowed="numbers",
            try_="another column, or recode it",
        ) from None


def is_missing(value: Any) -> bool:
    """Tell whether a cell is empty: None, nan, NaT, NA or a blank text."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    unequal = value != value  # noqa: PLR0124 - only what is not a number differs from itself
    # pandas.NA compares to NA, whose truth is not defined: it too is missing.
    return bool(unequal) if isinstance(unequal, (bool, np.bool_)) else True


def codes(values: ArrayLike, n: int, name: str) -> NDArray[np.int64]:
    """Give the distinct values of a column the codes 0, 1, …; a missing value is refused.

    Raises
    ------
    DataError
        With code ``design_length`` or ``design_missing``.

    Examples
    --------
    >>> codes(np.array(["b", "a", "b"], dtype=object), 3, "strata")
    array([0, 1, 0])
    """
    array = np.asarray(values)
    if array.ndim != 1 or array.shape[0] != n:
        raise DataError(
            "design_length",
            f"{name} has shape {array.shape} where the data have {n} rows.",
            allowed="one value for each row",
        )
    if array.dtype.kind in "iub":
        return np.unique(array, return_inverse=True)[1].astype(np.int64)
    if array.dtype.kind == "f":
        _refuse_missing(np.isnan(array), name)
        return np.unique(array, return_inverse=True)[1].astype(np.int64)
    cells = array.tolist()
    _refuse_missing(np.fromiter((is_missing(v) for v in cells), dtype=bool, count=n), name)
    seen: dict[Any, int] = {}
    return np.fromiter((seen.setdefault(v, len(seen)) for v in cells), dtype=np.int64, count=n)


def _refuse_missing(missing: NDArray[np.bool_], name: str) -> None:
    if missing.any():
        raise DataError(
            "design_missing",
            f"{name} is missing in {row_list(missing)}.",
            allowed="a value in every row; a row must belong somewhere in the design",
            try_="fill the value in, or leave these rows out of the file with --where",
        )


def check_weights(values: ArrayLike, n: int, name: str) -> NDArray[np.float64]:
    """Read sampling weights: finite, none negative, not all zero, one for each row.

    Raises
    ------
    DataError
        With code ``weight_missing``, ``weight_negative``, ``weight_infinite`` or
        ``weights_all_zero``.
    """
    weights = numbers(values, n, name)
    missing = np.isnan(weights)
    if missing.any():
        raise DataError(
            "weight_missing",
            f"{name} is missing in {row_list(missing)} of {n}; a row without a weight is never "
            "given weight 1 and never dropped silently.",
            allowed="one of three named analyses: (a) all rows, unweighted, with strata and PSUs; "
            "(b) only the rows that have this weight; (c) all rows with weights made from a model "
            "of who responds",
            try_="(a) leave the weight out, or (b) choose the rows that have it with --where",
        )
    negative = weights < 0
    if negative.any():
        raise DataError(
            "weight_negative",
            f"{name} is negative in {row_list(negative)}.",
            allowed="0 or more",
            try_="look them up in the codebook: a negative weight is often a code for missing",
        )
    if np.isinf(weights).any():
        raise DataError("weight_infinite", f"{name} is infinite in {row_list(np.isinf(weights))}.")
    if not weights.any():
        raise DataError("weights_all_zero", f"{name} is 0 in every row.", allowed="a weight over 0")
    return weights


def check_freq(values: ArrayLike, n: int, name: str) -> NDArray[np.float64]:
    """Read frequency weights: whole numbers from 0, one for each row.

    Raises
    ------
    DataError
        With code ``freq_not_whole`` or ``weights_all_zero``.
    """
    freq = numbers(values, n, name)
    wrong = ~(np.isfinite(freq) & (freq >= 0) & (freq == np.floor(freq)))
    if wrong.any():
        raise DataError(
            "freq_not_whole",
            f"{name} is not a whole number from 0 in {row_list(wrong)}; a frequency says how many "
            "rows this row stands for.",
            allowed="0, 1, 2, …",
            try_="--weight for sampling weights",
        )
    if not freq.any():
        raise DataError("weights_all_zero", f"{name} is 0 in every row.", allowed="a count over 0")
    return freq
