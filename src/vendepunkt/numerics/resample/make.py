"""Replicate weights made from a design: jackknife and rescaled bootstrap."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vendepunkt.numerics.linearise.plan import CERTAIN, SamplingPlan, Stage
from vendepunkt.numerics.linearise.result import SINGLE_PSU_RULES
from vendepunkt.numerics.resample.replicates import ReplicateWeights
from vendepunkt.terms import DataError, UsageError, choose

#: Kinds that can be made from any design.
MADE_TYPES: Final = ("jk1", "jkn", "bootstrap")


def make_replicates(
    plan: SamplingPlan,
    weights: ArrayLike | None = None,
    kind: str = "bootstrap",
    *,
    n_replicates: int = 500,
    seed: int = 0,
    single_psu: str = "fail",
) -> ReplicateWeights:
    """Make replicate weights that vary as the primary sampling units would.

    Parameters
    ----------
    plan : SamplingPlan
        The coded design. Only its first stage is resampled: with corrections at later stages the
        variance is that of the first stage alone (as in R), which is a little too small.
    weights : array_like of shape (n,), optional
        Full-sample weights; 1 when absent. Frequencies of the plan multiply them.
    kind : {"jk1", "jkn", "bootstrap"}
        ``jk1`` leaves out one PSU at a time of an unstratified sample, ``jkn`` one at a time within
        strata, ``bootstrap`` draws n_h − 1 PSUs with replacement in each stratum and rescales [1]_.
    n_replicates : int
        Number of bootstrap replicates; the jackknife has one for each PSU.
    seed : int
        Seed of the draws.
    single_psu : {"fail", "average", "remove", "certainty"}
        Rule for strata with a single PSU, which no replicate can vary.

    Returns
    -------
    ReplicateWeights

    Raises
    ------
    UsageError
        With code ``jk1_strata``, ``single_psu_replicates`` or ``too_few_replicates``.
    DataError
        With code ``single_psu``, ``no_replication`` or ``freq_replicates``.

    References
    ----------
    .. [1] Rao, J. N. K., Wu, C. F. J. & Yue, K. (1992). Some recent work on resampling methods for
       complex surveys. *Survey Methodology*, 18, 209–217.
    .. [2] Rao, J. N. K. & Wu, C. F. J. (1988). Resampling inference with complex survey data.
       *JASA*, 83, 231–241. doi:10.1080/01621459.1988.10478591

    Examples
    --------
    >>> from vendepunkt.numerics.linearise import sampling_plan
    >>> plan = sampling_plan(4, strata=[1, 1, 2, 2])
    >>> make_replicates(plan, kind="jkn").factors[0]
    array([0., 2., 1., 1.])
    """
    choose(kind, MADE_TYPES, "the replicate type")
    choose(single_psu, SINGLE_PSU_RULES, "--single-psu")
    stage = plan.stages[0]
    base = np.ones(plan.n) if weights is None else np.asarray(weights, dtype=np.float64)
    if plan.freq is not None:
        if stage.units_are_rows:
            raise DataError(
                "freq_replicates",
                "Replicates cannot leave out one of the equal rows that a frequency stands for.",
                allowed="linearisation, or a file with a row for each unit",
            )
        base = base * plan.freq
    enlarge = _single_rule(stage, single_psu)
    df = plan.n_psu - plan.n_strata
    if kind == "bootstrap":
        if n_replicates < 2:
            raise UsageError(
                "too_few_replicates",
                f"The number of bootstrap replicates is {n_replicates}.",
                allowed="2 or more; several hundred for an interval",
            )
        factors = _rao_wu(stage, n_replicates, np.random.default_rng(seed))
        return ReplicateWeights(
            kind, factors, stage.unit, base, enlarge / (n_replicates - 1),
            np.ones(n_replicates), min(df, n_replicates - 1),
        )  # fmt: skip
    if kind == "jk1" and plan.n_strata > 1:
        raise UsageError(
            "jk1_strata",
            f"jk1 is for a sample without strata; there are {plan.n_strata}.",
            allowed="jkn or bootstrap",
            try_="jkn",
        )
    factors, rscales = _leave_one_out(stage)
    scale = enlarge
    if kind == "jk1":
        scale, rscales = enlarge * float(rscales[0]), np.ones(rscales.size)
    return ReplicateWeights(kind, factors, stage.unit, base, scale, rscales, df)


def _single_rule(stage: Stage, rule: str) -> float:
    """Refuse or allow single-PSU strata, and give the factor of the rule ``average``."""
    n_single = int(stage.single.sum())
    n_strata = int(np.count_nonzero(stage.sampled))
    if not (stage.sampled > 1).any():
        raise DataError(
            "no_replication",
            f"All {n_strata} strata have a single PSU; no replicate can be made.",
            allowed="strata joined to pairs",
        )
    if not n_single:
        return 1.0
    if rule == "fail":
        raise DataError(
            "single_psu",
            f"{n_single} of {n_strata} strata have a single PSU, which no replicate can vary.",
            allowed="average, remove or certainty",
            try_="--single-psu average",
        )
    if rule == "adjust":
        raise UsageError(
            "single_psu_replicates",
            f"The rule adjust has no replicate weights ({n_single} strata have a single PSU).",
            allowed="average, remove or certainty; or linearisation, which knows adjust",
            try_="--single-psu average",
        )
    return n_strata / (n_strata - n_single) if rule == "average" else 1.0


def _leave_one_out(stage: Stage) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Factors (R, U) and scales (R,), a replicate for each PSU that its stratum can spare."""
    sampled = stage.sampled[stage.stratum]
    spare = np.flatnonzero(
        (sampled > 1) & (stage.copies > 0) & (stage.uncovered[stage.stratum] >= CERTAIN)
    )
    factors = np.ones((spare.size, stage.stratum.size))
    for replicate, unit in enumerate(spare):
        same = stage.stratum == stage.stratum[unit]
        factors[replicate, same] = sampled[unit] / (sampled[unit] - 1.0)
        factors[replicate, unit] = 0.0
    rscales = (sampled[spare] - 1.0) / sampled[spare] * stage.uncovered[stage.stratum[spare]]
    return factors, rscales


def _rao_wu(stage: Stage, n_replicates: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Rescaled bootstrap factors (R, U): 1 − λ + λ n/(n − 1) × times drawn, λ² = 1 − fraction."""
    factors = np.ones((n_replicates, stage.stratum.size))
    counted = stage.copies > 0
    for stratum in np.flatnonzero((stage.sampled > 1) & (stage.uncovered >= CERTAIN)):
        units = np.flatnonzero((stage.stratum == stratum) & counted)
        size = units.size
        drawn = rng.multinomial(size - 1, np.full(size, 1.0 / size), size=n_replicates)
        shrink = np.sqrt(stage.uncovered[stratum])
        factors[:, units] = 1.0 - shrink + shrink * size / (size - 1.0) * drawn
    return factors
