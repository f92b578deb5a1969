"""Confidence intervals of probabilities on the logit scale, and of numbers on their own."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]


def quantile(level: float, df: float | None) -> float:
    """Give the two-sided t (or, without degrees of freedom, normal) quantile of a level.

    Examples
    --------
    >>> round(quantile(0.95, None), 3), round(quantile(0.95, 10), 3)
    (1.96, 2.228)
    """
    upper = 0.5 + level / 2.0
    if df is None or not math.isfinite(df):
        return float(stats.norm.ppf(upper))
    return float(stats.t.ppf(upper, max(df, 1.0)))


def probability_interval(
    estimate: Floats, std_error: Floats, level: float, df: float | None
) -> tuple[Floats, Floats]:
    """Between which values does each probability lie?

    The interval is symmetric on the logit scale, so it stays between 0 and 1.

    Parameters
    ----------
    estimate, std_error
        Arrays of one shape. Where the error is NaN (a probability at 0 or 1) so is the interval.
    level
        Confidence level.
    df
        Degrees of freedom of the design; None for the normal quantile.

    Examples
    --------
    >>> import numpy as np
    >>> low, high = probability_interval(np.array([0.5]), np.array([0.05]), 0.95, None)
    >>> round(float(low[0]), 3), round(float(high[0]), 3)
    (0.403, 0.597)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logit = np.log(estimate) - np.log1p(-estimate)
        step = quantile(level, df) * std_error / (estimate * (1.0 - estimate))
        low, high = _expit(logit - step), _expit(logit + step)
    unknown = ~np.isfinite(std_error) | (estimate <= 0) | (estimate >= 1)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def number_interval(
    estimate: Floats, std_error: Floats, level: float, df: float | None
) -> tuple[Floats, Floats]:
    """Between which values does each number lie, on its own scale?"""
    step = quantile(level, df) * std_error
    return estimate - step, estimate + step


def _expit(values: Floats) -> Floats:
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * values)), dtype=np.float64)
