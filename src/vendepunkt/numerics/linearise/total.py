"""Variance of weighted totals of influence values under a sampling design.

Notes
-----
Influence values are given per answer pattern, and every row names its pattern. Row values are never
laid out: weights are summed into a sparse matrix units × patterns, whose product with the values
gives the total of each unit, a block of units at a time. Units that are one row each (no clusters)
are first collapsed to distinct (stratum, pattern, weight) with a count, so that a million
unweighted rows cost no more than their patterns.

The single-PSU rules mean what they mean in R's ``options(survey.lonely.psu)``:

``fail``
    refused, with the number of such strata;
``adjust``
    the stratum is centred at the grand mean, which is zero for every estimate whose weighted
    influence values sum to zero (shares, means, ratios, regressions, class shares); for a plain
    total R centres at zero too, and so do we;
``average``
    the stratum is given the average variance of the other strata;
``remove``, ``certainty``
    the stratum adds nothing at this stage.

References
----------
.. [1] Binder, D. A. (1983). On the variances of asymptotically normal estimators from complex
   surveys. *International Statistical Review*, 51, 279–292. doi:10.2307/1402588
.. [2] Lumley, T. (2010). *Complex Surveys: A Guide to Analysis Using R*. Wiley.
   doi:10.1002/9780470580066
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from vendepunkt.numerics.linearise.checks import check_weights
from vendepunkt.numerics.linearise.plan import CERTAIN, SamplingPlan, Stage, sampling_plan
from vendepunkt.numerics.linearise.result import SINGLE_PSU_RULES, DesignVariance
from vendepunkt.terms import DataError, choose

Csr: TypeAlias = "sparse.csr_array[np.float64, tuple[int, int]]"

_BLOCK_CELLS = 1 << 18
"""Numbers in a block of unit totals: 2 MiB, so that neither n × p nor U × p is ever laid out."""


def total_variance(
    values: ArrayLike,
    row_to_pattern: ArrayLike,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: Sequence[ArrayLike] = (),
    fpc: Sequence[ArrayLike] = (),
    single_psu: str = "fail",
    domain: ArrayLike | None = None,
    *,
    freq: ArrayLike | None = None,
    nest: bool = False,
) -> DesignVariance:
    """Estimate how far Σ wᵢ zᵢ varies over samples drawn by this design.

    With zᵢ the influence values of estimates (estimate − truth ≈ Σ wᵢ zᵢ), this is the design-based
    covariance of the estimates.

    Parameters
    ----------
    values : array_like of shape (P, p)
        Influence values of p estimates for P answer patterns.
    row_to_pattern : array_like of int, shape (n,)
        Pattern of each row; −1 for a row without an answer, which adds 0 and stays in the design.
    weights : array_like of shape (n,), optional
        Sampling weights, the same the influence values were made with; 1 when absent.
    strata, clusters, fpc, freq, nest
        The design, as in :func:`sampling_plan`. A frequency of 2 is the same as the row twice.
    single_psu : {"fail", "adjust", "average", "remove", "certainty"}
        What to do with a stratum in which a single PSU was drawn.
    domain : array_like of bool, shape (n,), optional
        Rows of the subpopulation; the others add 0 and stay in the design.

    Returns
    -------
    DesignVariance
        Covariance of shape (p, p), with degrees of freedom and counts of the PSUs and strata that
        hold rows of the estimate.

    Raises
    ------
    DataError
        With code ``single_psu`` under the rule ``fail``, ``no_replication`` if every stratum has a
        single PSU and the rule leaves nothing to compute from, and those of :func:`sampling_plan`.

    Examples
    --------
    The mean of 1, 2, 3, 4 in a simple random sample: influence (y − ȳ)/n, standard error s/√n.

    >>> import numpy as np
    >>> y = np.array([1.0, 2.0, 3.0, 4.0])
    >>> result = total_variance(((y - y.mean()) / 4)[:, None], np.arange(4))
    >>> bool(np.isclose(result.std_errors[0], y.std(ddof=1) / 2)), result.df
    (True, 3)
    """
    n = np.asarray(row_to_pattern).shape[0]
    plan = sampling_plan(n, strata=strata, clusters=clusters, fpc=fpc, freq=freq, nest=nest)
    if weights is not None:
        weights = check_weights(weights, n, "the weight")
    return plan_variance(
        plan, values, row_to_pattern, weights, single_psu=single_psu, domain=domain
    )


def plan_variance(
    plan: SamplingPlan,
    values: ArrayLike,
    row_to_pattern: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    single_psu: str = "fail",
    domain: ArrayLike | None = None,
) -> DesignVariance:
    """Do what :func:`total_variance` does, for a design that was coded before.

    Parameters, returned value and errors are those of :func:`total_variance`.
    """
    choose(single_psu, SINGLE_PSU_RULES, "--single-psu")
    influence = np.asarray(values, dtype=np.float64)
    if influence.ndim != 2:
        raise ValueError(f"values must have two dimensions (P, p), not shape {influence.shape}")
    rows = _rows_used(plan, row_to_pattern, weights, domain, influence.shape[0])
    first = plan.stages[0]
    touched = _touched(first, rows)
    n_psu = int(first.copies[_unit_mask(first, rows)].sum())
    n_strata = int(touched.sum())
    n_single = int((touched & first.single).sum())
    if single_psu == "fail" and n_single:
        raise DataError(
            "single_psu",
            f"{n_single} of {n_strata} strata have a single PSU, so the variation between PSUs "
            "cannot be seen there.",
            allowed="a rule, named in every result: adjust (centre at the grand mean; cautious), "
            "average (as the other strata), remove or certainty (the stratum adds nothing)",
            try_="--single-psu adjust",
        )
    covariance = np.zeros((influence.shape[1], influence.shape[1]))
    for level, stage in enumerate(plan.stages):
        covariance += _stage_covariance(stage, rows, influence, single_psu, level)
    return DesignVariance(
        covariance=(covariance + covariance.T) / 2,
        df=n_psu - n_strata,
        n_psu=n_psu,
        n_strata=n_strata,
        n_single_strata=n_single,
        single_psu=single_psu,
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """The m rows of the estimate: where they stand, their pattern, weight and frequency (m,)."""

    place: NDArray[np.int64]
    pattern: NDArray[np.int64]
    weight: NDArray[np.float64]
    freq: NDArray[np.float64] | None

    def total_weight(self, stage: Stage) -> NDArray[np.float64]:
        """Give what a row adds to its unit's total: frequency counts inside a cluster only."""
        if self.freq is None or stage.units_are_rows:
            return self.weight
        return self.weight * self.freq


def _rows_used(
    plan: SamplingPlan,
    row_to_pattern: ArrayLike,
    weights: ArrayLike | None,
    domain: ArrayLike | None,
    n_patterns: int,
) -> _Rows:
    pattern = np.asarray(row_to_pattern, dtype=np.int64)
    if pattern.shape != (plan.n,):
        raise ValueError(f"row_to_pattern has shape {pattern.shape}, the design {plan.n} rows")
    if pattern.max(initial=-1) >= n_patterns:
        raise ValueError(f"row_to_pattern names a pattern beyond the {n_patterns} of values")
    weight = np.ones(plan.n) if weights is None else np.asarray(weights, dtype=np.float64)
    used = (pattern >= 0) & (weight != 0)
    if domain is not None:
        used &= np.asarray(domain, dtype=bool)
    if plan.freq is not None:
        used &= plan.freq > 0
    place = np.flatnonzero(used)
    if not place.size:
        raise DataError(
            "no_rows",
            "No row is left for this estimate: none has an answer and a weight over 0 inside the "
            "subpopulation.",
        )
    freq = None if plan.freq is None else plan.freq[place]
    return _Rows(place, pattern[place], weight[place], freq)


def _unit_mask(stage: Stage, rows: _Rows) -> NDArray[np.bool_]:
    mask = np.zeros(stage.stratum.size, dtype=bool)
    mask[stage.unit[rows.place]] = True
    return mask


def _touched(stage: Stage, rows: _Rows) -> NDArray[np.bool_]:
    """Strata of the stage that hold a row of the estimate (H,)."""
    mask = np.zeros(stage.sampled.size, dtype=bool)
    mask[stage.stratum[stage.unit[rows.place]]] = True
    return mask


def _stage_covariance(
    stage: Stage, rows: _Rows, values: NDArray[np.float64], rule: str, level: int
) -> NDArray[np.float64]:
    """Between-unit variance within the strata of one stage, with its factor from above (p, p)."""
    touched = _touched(stage, rows)
    single = stage.single & touched
    scale = stage.factor * np.where(stage.uncovered < CERTAIN, 0.0, stage.uncovered)
    several = stage.sampled > 1
    scale[several] *= stage.sampled[several] / (stage.sampled[several] - 1.0)
    if single.any():
        if rule == "fail":
            raise _lonely_below(int(single.sum()), int(touched.sum()), level)
        if rule != "adjust":
            scale[single] = 0.0
            n_good = int((touched & ~single).sum())
            if not n_good and level == 0:
                raise DataError(
                    "no_replication",
                    f"All {int(touched.sum())} strata have a single PSU; the rule {rule} leaves "
                    "nothing to compute a variance from.",
                    allowed="adjust, or strata joined to pairs",
                    try_="--single-psu adjust",
                )
            if rule == "average" and n_good:
                scale *= touched.sum() / n_good
    return _between_units(stage, rows, values, scale, centred=~stage.single)


def _lonely_below(n_single: int, n_strata: int, level: int) -> DataError:
    return DataError(
        "single_psu",
        f"At stage {level + 1}, {n_single} of {n_strata} units of the stage above hold a single "
        "sampled unit, so the variation within them cannot be seen.",
        allowed="adjust, average, remove, certainty; or an fpc that says the unit was taken whole",
        try_="--single-psu adjust",
    )


def _between_units(
    stage: Stage,
    rows: _Rows,
    values: NDArray[np.float64],
    scale: NDArray[np.float64],
    centred: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Sum over strata of scale × squared deviations of unit totals from their mean (p, p)."""
    n_patterns, p = values.shape
    n_strata = stage.sampled.size
    unit = stage.unit[rows.place]
    weight = rows.total_weight(stage)
    matrix = sparse.csr_array(
        (weight, (unit, rows.pattern)), shape=(stage.stratum.size, n_patterns)
    )
    active = np.flatnonzero(np.diff(matrix.indptr))
    matrix, stratum, copies = _collapse(matrix[active], stage.stratum[active], stage.copies[active])
    sums = sparse.csr_array(
        (weight * stage.copies[unit], (stage.stratum[unit], rows.pattern)),
        shape=(n_strata, n_patterns),
    )
    shrink = np.divide(centred, stage.sampled, out=np.zeros(n_strata), where=stage.sampled > 0)
    covariance = np.zeros((p, p))
    step = max(1, _BLOCK_CELLS // max(p, 1))
    carried, mean = -1, covariance[:0]
    for start in range(0, stratum.size, step):
        block = slice(start, start + step)
        low, high = stratum[start], stratum[block][-1] + 1
        # A stratum larger than a block is summed once: its mean is carried to the next block.
        fresh = low + 1 if low == carried else low
        centre = _times(sums[fresh:high], values) * shrink[fresh:high, None]
        centre = np.concatenate([mean, centre]) if fresh > low else centre
        carried, mean = high - 1, centre[-1:]
        deviation = _times(matrix[block], values) - centre[stratum[block] - low]
        deviation *= np.sqrt(scale[stratum[block]] * copies[block])[:, None]
        covariance += deviation.T @ deviation
    # Sampled units without a row of the estimate have total 0 and deviate by the stratum's mean.
    empty = stage.sampled - np.bincount(stratum, weights=copies, minlength=n_strata)
    idle = np.flatnonzero((empty > 0) & (np.diff(sums.indptr) > 0) & centred)
    for start in range(0, idle.size, step):
        part = idle[start : start + step]
        centre = _times(sums[part], values)
        centre *= (shrink * np.sqrt(scale * empty))[part, None]
        covariance += centre.T @ centre
    return covariance


def _times(matrix: Csr, values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(matrix @ values)


def _collapse(
    matrix: Csr, stratum: NDArray[np.int64], copies: NDArray[np.float64]
) -> tuple[Csr, NDArray[np.int64], NDArray[np.float64]]:
    """Join units of one pattern with equal stratum, pattern and weight; strata stay in order."""
    lone = np.flatnonzero(np.diff(matrix.indptr) == 1)
    if lone.size < 2:
        return matrix, stratum, copies
    at = matrix.indptr[lone]
    pattern, weight = matrix.indices[at], matrix.data[at]
    order = np.lexsort((weight, pattern, stratum[lone]))
    keys = np.stack([stratum[lone][order], pattern[order]])
    fresh = np.empty(lone.size, dtype=bool)
    fresh[0] = True
    fresh[1:] = (keys[:, 1:] != keys[:, :-1]).any(axis=0) | (np.diff(weight[order]) != 0)
    begins = np.flatnonzero(fresh)
    kept = lone[order[begins]]
    copies = copies.copy()
    copies[kept] = np.add.reduceat(copies[lone][order], begins)
    several = np.flatnonzero(np.diff(matrix.indptr) != 1)
    chosen = np.concatenate([several, kept])
    chosen = chosen[np.argsort(stratum[chosen], kind="stable")]
    return matrix[chosen], stratum[chosen], copies[chosen]
