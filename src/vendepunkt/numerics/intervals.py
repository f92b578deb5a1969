"""Confidence intervals for shares and other estimates, on the scale where they behave.

Notes
-----
A share near 0 or 1 has a skewed sampling distribution: the t-interval may leave [0, 1] and misses
too often on one side. The logit interval stays inside; Korn–Graubard is for expected cells under 10
and estimates under .02 or over .98, and is the only one here that says something at exactly 0 or 1.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from scipy import special, stats

from vendepunkt.terms import UsageError


class Interval(NamedTuple):
    """Lower and upper limit; nan where there is none to give."""

    low: float
    high: float


_NONE = Interval(math.nan, math.nan)


def t_quantile(df: float, level: float = 0.95) -> float:
    """Give how many standard errors a two-sided interval reaches to each side.

    Parameters
    ----------
    df : float
        Degrees of freedom; ``inf`` for the normal distribution. nan is given for less than 1.
    level : float
        Coverage, above 0 and under 1.

    Raises
    ------
    UsageError
        With code ``level``.

    Examples
    --------
    >>> round(t_quantile(69), 4), round(t_quantile(float("inf")), 4)
    (1.9949, 1.96)
    """
    if not 0 < level < 1:
        raise UsageError("level", f"The level is {level}.", allowed="above 0 and under 1, as 0.95")
    if not df >= 1:
        return math.nan
    if math.isinf(df):
        return float(stats.norm.ppf((1 + level) / 2))
    return float(stats.t.ppf((1 + level) / 2, df))


def t_interval(estimate: float, std_error: float, df: float, level: float = 0.95) -> Interval:
    """Give the interval estimate ± t × standard error.

    Parameters
    ----------
    estimate, std_error : float
        The estimate and its standard error.
    df : float
        Degrees of freedom of the design (PSUs less strata).
    level : float
        Coverage.

    Examples
    --------
    >>> [round(limit, 3) for limit in t_interval(10.0, 1.0, 9)]
    [7.738, 12.262]
    """
    reach = t_quantile(df, level) * std_error
    return Interval(estimate - reach, estimate + reach)


def logit_interval(share: float, std_error: float, df: float, level: float = 0.95) -> Interval:
    """Give the t-interval of log(p/(1 − p)), brought back to a share.

    The standard error on the logit scale is that of the share over p(1 − p).

    Parameters
    ----------
    share : float
        An estimate strictly between 0 and 1; at 0 and 1 there is no such interval (nan).
    std_error : float
        Its standard error.
    df : float
        Degrees of freedom of the design.
    level : float
        Coverage.

    Examples
    --------
    >>> [round(limit, 4) for limit in logit_interval(0.05, 0.02, 60)]
    [0.0222, 0.1089]
    """
    if not (0 < share < 1 and math.isfinite(std_error)):
        return _NONE
    reach = t_quantile(df, level) * std_error / (share * (1 - share))
    middle = math.log(share / (1 - share))
    return Interval(float(special.expit(middle - reach)), float(special.expit(middle + reach)))


def wilson_interval(share: float, n: float, df: float = math.inf, level: float = 0.95) -> Interval:
    """Give the score interval of a share on an (effective) number of people.

    Parameters
    ----------
    share : float
        Estimate from 0 to 1.
    n : float
        Number of people, or the effective number p(1 − p)/variance under a design.
    df : float
        Degrees of freedom of the design; ``inf`` gives Wilson's own interval.
    level : float
        Coverage.

    References
    ----------
    .. [1] Wilson, E. B. (1927). Probable inference, the law of succession, and statistical
       inference. *JASA*, 22, 209–212. doi:10.1080/01621459.1927.10502953
    .. [2] Dean, N. & Pagano, M. (2015). Evaluating confidence interval methods for binomial
       proportions in clustered surveys. *JSSAM*, 3, 484–503. doi:10.1093/jssam/smv024

    Examples
    --------
    >>> [round(limit, 4) for limit in wilson_interval(0.0, 20)]
    [0.0, 0.1611]
    """
    if not (0 <= share <= 1 and n > 0):
        return _NONE
    square = t_quantile(df, level) ** 2
    middle = (share + square / (2 * n)) / (1 + square / n)
    reach = math.sqrt(square * (share * (1 - share) / n + square / (4 * n * n))) / (1 + square / n)
    low = 0.0 if share == 0 else max(0.0, middle - reach)
    high = 1.0 if share == 1 else min(1.0, middle + reach)
    return Interval(low, high)


def korn_graubard_interval(
    share: float,
    n_effective: float,
    *,
    df: float | None = None,
    n: float | None = None,
    level: float = 0.95,
    capped: bool = True,
) -> Interval:
    """Give the exact (Clopper–Pearson) interval on the effective number of people.

    Parameters
    ----------
    share : float
        Estimate from 0 to 1. At 0 or 1 the interval is one-sided by nature and still has both
        limits.
    n_effective : float
        p(1 − p)/variance under the design; where the share is 0 or 1, (Σw)²/Σw² of those at risk.
    df, n : float, optional
        Degrees of freedom of the design and number of people: with both, the effective number is
        reduced by the ratio of the t quantiles, for a variance known from few PSUs.
    level : float
        Coverage, never below it if the effective number is right.
    capped : bool
        Never use more than `n` people, as Korn and Graubard advise (R does not cap).

    References
    ----------
    .. [1] Korn, E. L. & Graubard, B. I. (1998). Confidence intervals for proportions with small
       expected number of positive counts estimated from survey data. *Survey Methodology*, 24,
       193–201.

    Examples
    --------
    >>> [round(limit, 4) for limit in korn_graubard_interval(0.0, 59.0)]
    [0.0, 0.0606]
    """
    if not (0 <= share <= 1 and n_effective > 0):
        return _NONE
    size = n_effective
    if df is not None and n is not None:
        size *= (t_quantile(n - 1, level) / t_quantile(df, level)) ** 2
        if capped:
            size = min(size, n)
    if math.isnan(size):
        return _NONE
    tail = (1 - level) / 2
    hits, misses = size * share, size * (1 - share)
    low = 0.0 if share == 0 else float(stats.beta.ppf(tail, hits, misses + 1))
    high = 1.0 if share == 1 else float(stats.beta.ppf(1 - tail, hits + 1, misses))
    return Interval(low, high)
