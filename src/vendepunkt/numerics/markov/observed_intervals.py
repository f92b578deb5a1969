"""Intervals for observed transition probabilities, also where there are few people.

Notes
-----
The t-interval on the logit scale is used where there is enough to go on. Where fewer than ten
people (of the effective number) would be expected in the cell or beside it, or the estimate is
under .02 or over .98, the exact interval on the effective number of the origin takes over. That is
the smaller of two numbers: (Σw)²/Σw², and the sum of p(1 − p) over that of the variances, which
brings in the design effect of the row. The whole row is used because the variance of a cell with
one or two people in it says little, and at 0 nothing.

References
----------
.. [1] Korn, E. L. & Graubard, B. I. (1998). Confidence intervals for proportions with small
   expected number of positive counts estimated from survey data. *Survey Methodology*, 24,
   193–201.
.. [2] Dean, N. & Pagano, M. (2015). Evaluating confidence interval methods for binomial
   proportions in clustered surveys. *JSSAM*, 3, 484–503. doi:10.1093/jssam/smv024
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.intervals import korn_graubard_interval, logit_interval
from vendepunkt.numerics.markov.observed import ObservedTransitions

Floats = NDArray[np.float64]

#: Kinds of interval by name; none where nobody is in the origin or the design has too few PSUs.
KINDS: Final = ("logit", "korn_graubard", "none")
#: Fewer people than this in a cell, or beside it, are few.
FEW = 10.0
#: Shares under this, or over one less this, are near the edge.
EDGE = 0.02


class VarianceWithDf(Protocol):
    """Covariance with its degrees of freedom."""

    @property
    def covariance(self) -> Floats:
        """``(p, p)``."""

    @property
    def df(self) -> int:
        """PSUs less strata, or those of the replicate weights."""


class DesignOfPeople(Protocol):
    """What a sampling design must be able to do here."""

    def variance(self, values: Floats, row_to_pattern: NDArray[np.int32]) -> VarianceWithDf:
        """Give the variance of the weighted total of pattern-level values."""


@dataclass(frozen=True, slots=True)
class ShareIntervals:
    """How sure shares are.

    Attributes
    ----------
    std_errors, low, high : ndarray
        In the shape of the shares; nan where there is none to give.
    interval : ndarray of str
        A member of :data:`KINDS` for each share.
    effective_n, df : ndarray
        Effective number of people and degrees of freedom (``inf`` without a design), one for each
        set of shares that sum to 1: the shape of the shares without its last axis.
    level : float
        Coverage.
    """

    std_errors: Floats
    low: Floats
    high: Floats
    interval: NDArray[np.str_]
    effective_n: Floats
    df: Floats
    level: float


def transition_intervals(
    found: ObservedTransitions, design: DesignOfPeople | None = None, *, level: float = 0.95
) -> ShareIntervals:
    """Give an interval for each transition probability.

    Parameters
    ----------
    found : ObservedTransitions
        The transitions.
    design
        The sampling design of the people; without one they count as drawn one by one.
    level : float
        Coverage, above 0 and under 1.

    Returns
    -------
    ShareIntervals
        In the shape (G, S, M, M) of ``found.probabilities``.

    Raises
    ------
    UsageError
        With code ``level``; ``only_counts`` for counts under a design.
    DataError
        If the design has no variance for an origin, such as ``single_psu``.

    Examples
    --------
    >>> from vendepunkt.numerics.markov.observed_counts import transitions_from_counts
    >>> found = transitions_from_counts([[[[80, 20], [0, 50]]]])
    >>> sure = transition_intervals(found)
    >>> sure.interval[0, 0].tolist()
    [['logit', 'logit'], ['korn_graubard', 'korn_graubard']]
    >>> [round(float(limit), 3) for limit in (sure.low[0, 0, 1, 0], sure.high[0, 0, 1, 0])]
    [0.0, 0.071]
    """
    variance, df = _row_variances(found, design)
    return share_intervals(
        found.probabilities, variance, found.n_origin, found.effective_n, df, level=level
    )


def share_intervals(
    shares: Floats,
    variances: Floats,
    people: Floats,
    effective_n: Floats,
    df: Floats,
    *,
    level: float = 0.95,
) -> ShareIntervals:
    """Give an interval for each share of sets of shares that sum to 1.

    Parameters
    ----------
    shares, variances : ndarray of shape (..., M)
        Estimates and their variances; nan where nobody is at risk.
    people, effective_n, df : ndarray of shape (...)
        People at risk, (Σw)²/Σw² of them, and degrees of freedom (``inf`` without a design).
    level : float
        Coverage.

    Examples
    --------
    >>> shares = np.array([0.25, 0.75])
    >>> each = share_intervals(
    ...     shares, shares * (1 - shares) / 80, np.array(80.0), np.array(80.0), np.array(np.inf)
    ... )
    >>> each.interval.tolist(), each.low.round(3).tolist()
    (['logit', 'logit'], [0.167, 0.644])
    """
    spread = np.nansum(shares * (1.0 - shares), axis=-1)
    total = np.nansum(variances, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where((total > 0) & (spread > 0), spread / total, np.inf)
    size = np.minimum(size, effective_n)
    low, high = np.full(shares.shape, np.nan), np.full(shares.shape, np.nan)
    std_errors = np.sqrt(np.maximum(variances, 0.0))
    names = np.full(shares.shape, "none", dtype="<U13")
    for cell in np.ndindex(*shares.shape):
        row = cell[:-1]
        share, n = float(shares[cell]), float(people[row])
        if not (n > 0 and np.isfinite(share)):
            continue
        freedom = float(df[row])
        if is_small(share, float(size[row])):
            name = "korn_graubard"
            sampled = np.isfinite(freedom) and n > 1
            limits = korn_graubard_interval(
                share,
                float(size[row]),
                df=freedom if sampled else None,
                n=n if sampled else None,
                level=level,
            )
        else:
            name = "logit"
            limits = logit_interval(share, float(std_errors[cell]), freedom, level)
        if np.isfinite(limits.low) and np.isfinite(limits.high):
            low[cell], high[cell], names[cell] = *limits, name
    return ShareIntervals(std_errors, low, high, names, size, df, level)


def is_small(share: float, effective_n: float) -> bool:
    """Tell whether a cell is small: few expected in it or beside it, or the share near 0 or 1.

    Examples
    --------
    >>> is_small(0.05, 100.0), is_small(0.05, 1000.0), is_small(0.99, 10_000.0)
    (True, False, True)
    """
    return effective_n * min(share, 1.0 - share) < FEW or not EDGE <= share <= 1.0 - EDGE


def _row_variances(
    found: ObservedTransitions, design: DesignOfPeople | None
) -> tuple[Floats, Floats]:
    """Give the variance of each probability and the degrees of freedom of each origin."""
    nobody = found.n_origin <= 0
    if design is None:
        own = np.diagonal(found.row_covariance(), axis1=-2, axis2=-1).copy()
        own[nobody] = np.nan
        return own, np.where(nobody, np.nan, np.inf)
    # One origin at a time: its degrees of freedom are those of the PSUs that hold its people.
    influence = found.influence()
    values = influence.values.reshape(-1, *found.counts.shape)
    variance = np.full(found.counts.shape, np.nan)
    df = np.full(found.n_origin.shape, np.nan)
    for row in np.ndindex(*found.n_origin.shape):
        if nobody[row]:
            continue
        at_risk = found.at_risk(*row)
        members = influence.row_to_pattern
        members = np.where((members >= 0) & at_risk[members], members, -1).astype(np.int32)
        answer = design.variance(values[:, *row], members)
        variance[row] = np.diagonal(answer.covariance)
        df[row] = answer.df
    return variance, df
