"""Expected time in each state under constant rates: an extrapolation, and called so.

References
----------
.. [1] Kalbfleisch, J. D. & Lawless, J. F. (1985). The analysis of panel data under a Markov
   assumption. *JASA*, 80, 863–871. doi:10.1080/01621459.1985.10478195
.. [2] Van Loan, C. F. (1978). Computing integrals involving the matrix exponential. *IEEE
   Transactions on Automatic Control*, 23, 395–404. doi:10.1109/TAC.1978.1101743
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.markov.generator import log_rate_directions
from vendepunkt.numerics.markov.observed_rates import RateFit
from vendepunkt.terms import UsageError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ExpectedTime:
    """How long people would be in each state if rates stayed what they were.

    Attributes
    ----------
    horizon : float
        Time looked ahead, in the unit of the rates.
    time : ndarray of shape (G, M, M)
        Expected time of the horizon in each state, by state at its start; rows sum to the horizon.
    std_errors : ndarray of shape (G, M, M)
        By the delta method.
    stay : ndarray of shape (G, M)
        Expected length of one stay, ``inf`` in a state that is never left.
    stay_errors : ndarray of shape (G, M)
        Their standard errors; nan where there is none.
    rejected : bool
        Whether constant rates were rejected by the data, so that this describes no one.
    extrapolation : bool
        True, always: nobody was followed between the waves or beyond the last one.
    """

    horizon: float
    time: Floats
    std_errors: Floats
    stay: Floats
    stay_errors: Floats
    rejected: bool
    extrapolation: bool = True


def expected_time(fit: RateFit, horizon: float) -> ExpectedTime:
    """How long in each state, if rates stay what they were? This is an extrapolation.

    Parameters
    ----------
    fit : RateFit
        Constant rates. There is no expected time under tables that differ from step to step.
    horizon : float
        Time to look ahead, over 0, in the unit of the rates.

    Returns
    -------
    ExpectedTime
        With ``extrapolation`` set, and whether the data reject what it stands on.

    Raises
    ------
    UsageError
        With code ``bad_horizon``.

    Examples
    --------
    >>> from vendepunkt.numerics.markov.observed_counts import transitions_from_counts
    >>> from vendepunkt.numerics.markov.observed_rates import fit_rates
    >>> found = transitions_from_counts([[[[80, 20], [30, 70]], [[66, 34], [50, 50]]]])
    >>> time = expected_time(fit_rates(found, [0.0, 1.0, 3.0]), 2.0)
    >>> time.time[0].round(2).tolist(), time.extrapolation
    ([[1.6, 0.4], [0.59, 1.41]], True)
    """
    if not (math.isfinite(horizon) and horizon > 0):
        raise UsageError("bad_horizon", f"The horizon is {horizon}.", allowed="a time over 0")
    allowed = np.zeros(fit.rates.shape[1:], dtype=np.bool_)
    allowed[tuple(np.array(fit.moves).T)] = True
    directions = log_rate_directions(fit.rates, allowed)
    time = np.empty(fit.rates.shape)
    errors = np.empty(fit.rates.shape)
    stay = np.full(fit.rates.shape[:2], np.inf)
    stay_errors = np.full(stay.shape, np.nan)
    for g, (q, x) in enumerate(zip(fit.rates, fit.covariates, strict=True)):
        time[g], slopes = _integral(q, directions[g], horizon)
        # By log rate, then by coefficient: covariates run fastest.
        spread = _spread(slopes, x, fit.covariance)
        errors[g] = np.sqrt(spread)
        leaving = -np.diag(q)
        left = leaving > 0
        stay[g, left] = 1.0 / leaving[left]
        change = -np.diagonal(directions[g], axis1=-2, axis2=-1)
        by_rate = np.zeros_like(change)
        by_rate[:, left] = -change[:, left] / leaving[left] ** 2
        stay_errors[g, left] = np.sqrt(_spread(by_rate, x, fit.covariance))[left]
    return ExpectedTime(horizon, time, errors, stay, stay_errors, fit.rejected)


def _integral(q: Floats, directions: Floats, horizon: float) -> tuple[Floats, Floats]:
    """Integrate exp(Qt) from 0 to the horizon, with derivatives by direction (p, M, M)."""
    from scipy.linalg import expm, expm_frechet

    size = len(q)
    whole = np.zeros((2 * size, 2 * size))
    whole[:size, :size] = q * horizon
    whole[:size, size:] = np.eye(size) * horizon
    slopes = np.empty(directions.shape)
    for m, direction in enumerate(directions):
        change = np.zeros_like(whole)
        change[:size, :size] = direction * horizon
        slopes[m] = np.asarray(expm_frechet(whole, change, compute_expm=False))[:size, size:]
    return np.asarray(expm(whole)[:size, size:]), slopes


def _spread(by_rate: Floats, covariates: Floats, covariance: Floats) -> Floats:
    """Give the variance of what has these derivatives by log rate, (p, ...)."""
    slopes = np.einsum("m...,q->mq...", by_rate, covariates)
    flat = slopes.reshape(len(covariance), -1)
    variance = np.einsum("ac,ab,bc->c", flat, covariance, flat)
    return np.asarray(np.maximum(variance, 0.0).reshape(by_rate.shape[1:]), dtype=np.float64)
