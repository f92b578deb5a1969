"""The slow, obvious twin of the variance engine: n × p row values, loops over strata and units.

`multistage` follows Särndal, Swensson and Wretman (1992, result 4.3.1) and the rules for single
units of R's ``survey``, one stratum at a time. The estimators below give row values z (n, p) with
estimate − truth ≈ Σ wᵢ zᵢ, straight from the textbook (Lumley 2010, chapters 2 and 5).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def multistage(
    totals: Floats,
    strata: Sequence[object],
    clusters: Sequence[Sequence[object]],
    population: Sequence[Floats],
    rule: str,
    inside: NDArray[np.bool_],
) -> Floats:
    """Covariance of the column sums of totals = weight × row value (n, p), 0 where not inside.

    clusters holds ids of every stage, the last stage included; population counts may be inf.
    """
    p = totals.shape[1]
    found = np.zeros((p, p))
    n_strata, lonely = 0, 0
    for stratum in sorted(set(strata), key=str):
        rows = [i for i, s in enumerate(strata) if s == stratum]
        if not inside[rows].any():
            continue
        n_strata += 1
        units = sorted({clusters[0][i] for i in rows}, key=str)
        n, size = len(units), population[0][rows[0]]
        left = 1.0 if np.isinf(size) else (size - n) / size
        sums = np.array(
            [totals[[i for i in rows if clusters[0][i] == u]].sum(axis=0) for u in units]
        )
        if left >= 1e-7:
            if n > 1:
                deviation = sums - sums.mean(axis=0)
                found += left * n / (n - 1) * deviation.T @ deviation
            elif rule == "adjust":
                found += left * sums.T @ sums
            elif rule == "average":
                lonely += 1
    if lonely:
        found *= n_strata / (n_strata - lonely) if n_strata > lonely else 0.0
    if len(clusters) > 1:
        for stratum in sorted(set(strata), key=str):
            rows = [i for i, s in enumerate(strata) if s == stratum]
            units = sorted({clusters[0][i] for i in rows}, key=str)
            fraction = len(units) / population[0][rows[0]]
            for unit in units:
                mine = [i for i in rows if clusters[0][i] == unit]
                if not inside[mine].any() or fraction == 0:
                    continue
                found += fraction * multistage(
                    totals[mine],
                    [0] * len(mine),
                    [[stage[i] for i in mine] for stage in clusters[1:]],
                    [size[mine] for size in population[1:]],
                    rule,
                    inside[mine],
                )
    return found


def mean(y: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Weighted mean of columns, and its row values."""
    y = np.asarray(y, dtype=float).reshape(len(y), -1)
    estimate = w @ y / w.sum()
    return estimate, (y - estimate) / w.sum()


def total(y: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Weighted total, and its row values."""
    y = np.asarray(y, dtype=float).reshape(len(y), -1)
    return w @ y, y


def ratio(y: Floats, x: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Ratio of two totals, and its row values."""
    y, x = np.asarray(y, dtype=float), np.asarray(x, dtype=float)
    estimate = (w @ y) / (w @ x)
    return np.array([estimate]), ((y - estimate * x) / (w @ x))[:, None]


def linear(y: Floats, x: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Weighted least squares, and its row values."""
    bread = np.linalg.inv(x.T @ (w[:, None] * x))
    beta = bread @ (x.T @ (w * y))
    return beta, (x * (y - x @ beta)[:, None]) @ bread


def logit(y: Floats, x: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Logistic regression by Newton's method, and its row values."""
    beta = np.zeros(x.shape[1])
    for _ in range(60):
        fitted = 1 / (1 + np.exp(-x @ beta))
        bread = np.linalg.inv(x.T @ ((w * fitted * (1 - fitted))[:, None] * x))
        beta = beta + bread @ (x.T @ (w * (y - fitted)))
    return beta, (x * (y - fitted)[:, None]) @ bread
