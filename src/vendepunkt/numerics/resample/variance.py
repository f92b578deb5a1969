"""Variance from estimates made again with replicate weights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vendepunkt.numerics.linearise import DesignVariance
from vendepunkt.numerics.resample.replicates import ReplicateWeights
from vendepunkt.terms import DataError, choose

Estimator = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From weights (n,) to estimates (p,); batched: from weights (R, n) to estimates (R, p)."""


def replicate_variance(
    replicates: ReplicateWeights,
    estimates: Estimator | ArrayLike,
    estimate: ArrayLike,
    *,
    centre: str = "mean",
    batched: bool = False,
) -> DesignVariance:
    """Measure how far estimates vary when the sample is replaced by its replicates.

    Parameters
    ----------
    replicates : ReplicateWeights
        R sets of weights.
    estimates : callable or array_like of shape (R, p)
        The estimator, called with the weights (n,) of each replicate and giving (p,), or the
        replicate estimates themselves. A row with a nan is a replicate without an estimate.
    estimate : array_like of shape (p,)
        The full-sample estimate.
    centre : {"mean", "estimate"}
        Deviations from the mean of the replicates (the default of R and Stata) or from the
        full-sample estimate (Stata's and R's ``mse``; never smaller).
    batched : bool
        Whether the estimator takes all weights (R, n) at once and gives (R, p).

    Returns
    -------
    DesignVariance
        ``n_dropped`` counts the replicates without an estimate. The others are scaled up for them,
        so that a lost replicate does not make the variance smaller.

    Raises
    ------
    DataError
        With code ``replicates_failed`` if fewer than two replicates have an estimate.

    Examples
    --------
    >>> from vendepunkt.numerics.resample import read_replicates
    >>> y = np.array([1.0, 2.0, 6.0])
    >>> columns = np.array([[0.0, 1.5, 1.5], [1.5, 0.0, 1.5], [1.5, 1.5, 0.0]])
    >>> mean = lambda w: np.array([np.average(y, weights=w)])
    >>> result = replicate_variance(read_replicates(columns, "jk1"), mean, [3.0])
    >>> bool(np.isclose(result.std_errors[0], y.std(ddof=1) / np.sqrt(3)))
    True
    """
    choose(centre, ("mean", "estimate"), "centre")
    full = np.atleast_1d(np.asarray(estimate, dtype=np.float64))
    found = _replicate_estimates(replicates, estimates, batched)
    if found.shape != (len(replicates), full.size):
        raise ValueError(
            f"replicate estimates have shape {found.shape}, not {(len(replicates), full.size)}"
        )
    # A parameter that the full sample cannot give (at a boundary) must not cost a replicate.
    wanted = np.isfinite(full)
    used = np.isfinite(found[:, wanted]).all(axis=1)
    if used.sum() < 2 or not replicates.rscales[used].any():
        raise DataError(
            "replicates_failed",
            f"Only {int(used.sum())} of {len(replicates)} replicates gave an estimate.",
            allowed="at least two",
        )
    each = replicates.rscales * used
    middle = full
    if centre == "mean":
        middle = found[used & (replicates.rscales > 0)].mean(axis=0)
    deviation = (found[used] - middle) * np.sqrt(each[used])[:, None]
    scale = replicates.scale * _lost(replicates, each)
    covariance = scale * (deviation.T @ deviation)
    covariance[~wanted] = np.nan
    covariance[:, ~wanted] = np.nan
    return DesignVariance(
        covariance=(covariance + covariance.T) / 2,
        df=min(replicates.df, int(used.sum()) - 1),
        n_psu=0,
        n_strata=0,
        n_single_strata=0,
        single_psu="fail",
        method=replicates.kind,
        n_replicates=int(used.sum()),
        n_dropped=int((~used).sum()),
    )


def influence_variance(
    replicates: ReplicateWeights, values: ArrayLike, row_to_pattern: ArrayLike
) -> DesignVariance:
    """Take the replicate variance of Σ wᵢ zᵢ from influence values, without a new estimate.

    Equal to :func:`replicate_variance` for linear estimates, close to it for smooth ones, and far
    cheaper.

    Parameters
    ----------
    replicates : ReplicateWeights
        R sets of weights on the scale the influence values were made with.
    values : array_like of shape (P, p)
        Influence values of the patterns.
    row_to_pattern : array_like of int, shape (n,)
        Pattern of each row, −1 for none.

    Returns
    -------
    DesignVariance
    """
    influence = np.asarray(values, dtype=np.float64)
    totals = replicates.collapse(row_to_pattern, influence.shape[0]) @ influence
    return replicate_variance(replicates, totals, np.zeros(influence.shape[1]))


def _replicate_estimates(
    replicates: ReplicateWeights, estimates: Estimator | ArrayLike, batched: bool
) -> NDArray[np.float64]:
    if not callable(estimates):
        found = np.asarray(estimates, dtype=np.float64)
        return found[:, None] if found.ndim == 1 else found
    if batched:
        return np.asarray(estimates(replicates.matrix().T), dtype=np.float64)
    return np.array([np.atleast_1d(estimates(weights)) for weights in replicates], dtype=np.float64)


def _lost(replicates: ReplicateWeights, each: NDArray[np.float64]) -> float:
    """Scale up for replicates without an estimate; a bootstrap's 1/(R − 1) counts those used."""
    if replicates.kind == "bootstrap":
        return (len(replicates) - 1) / max(int(np.count_nonzero(each)) - 1, 1)
    return float(replicates.rscales.sum() / each.sum())
