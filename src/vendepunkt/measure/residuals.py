"""Bivariate residuals: do two items hang together more than the classes explain?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vendepunkt.measure.patterns import Patterns

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PairResidual:
    """How far the joint answers to two items are from what the classes predict.

    Attributes
    ----------
    first, second
        Names of the items.
    pearson
        Σ (observed − expected)² / expected over the joint table of those who answered both.
    df
        (C₁ − 1)(C₂ − 1).
    bvr
        pearson / df; about 1 where the classes explain the pair, but not chi-square distributed.
    p_value
        Bootstrap p-value; None without a bootstrap.
    n
        People who answered both.
    """

    first: str
    second: str
    pearson: float
    df: int
    bvr: float
    p_value: float | None
    n: float


def pair_residuals(
    names: Sequence[str],
    categorical: Sequence[bool],
    profiles: Sequence[Floats],
    prior: Floats,
    answers: Patterns,
    skip: frozenset[frozenset[str]] = frozenset(),
) -> tuple[PairResidual, ...]:
    """Which pairs of items depend on each other within the classes?

    Parameters
    ----------
    names, categorical
        Names of the items, and which of them have categories; the others are left out.
    profiles
        One (V, K) array per item.
    prior : (K,) or (P, K)
        Class shares, or with covariates the membership probabilities of each pattern.
    answers
        The answer patterns; each pair uses the people who answered both.
    skip
        Pairs with a direct effect in the model, which fit by construction.

    Returns
    -------
    tuple of PairResidual
        Largest first. A pair nobody answered together is not there.

    References
    ----------
    Vermunt, J. K. & Magidson, J. (2016). Technical guide for Latent GOLD 5.1. Statistical
    Innovations. Oberski, D., van Kollenburg, G. & Vermunt, J. (2013). A Monte Carlo evaluation of
    three methods to detect local dependence in binary data latent class models. Advances in Data
    Analysis and Classification, 7, 267–279. https://doi.org/10.1007/s11634-013-0146-2
    """
    found = []
    for i in range(len(names)):
        for j in range(i + 1, len(names)):
            if not (categorical[i] and categorical[j]) or frozenset((names[i], names[j])) in skip:
                continue
            joint = answers.joint(i, j, profiles[i].shape[0], profiles[j].shape[0])
            if joint.people == 0:
                continue
            sizes = joint.observed.sum() * prior
            if prior.ndim > 1:
                both = answers.both(i, j)
                sizes = answers.weights[both] @ prior[both]
            expected = (profiles[i] * sizes) @ profiles[j].T
            apart = (joint.observed - expected) ** 2 / np.maximum(expected, 1e-300)
            pearson = float(apart.sum())
            df = (profiles[i].shape[0] - 1) * (profiles[j].shape[0] - 1)
            found.append(
                PairResidual(names[i], names[j], pearson, df, pearson / df, None, joint.people)
            )
    return tuple(sorted(found, key=lambda pair: -pair.bvr))


def with_bootstrap(
    pairs: Sequence[PairResidual], draws: Sequence[Sequence[PairResidual]]
) -> tuple[PairResidual, ...]:
    """Add p = (1 + #{BVR* ≥ BVR}) / (B + 1) from residuals of samples drawn from the model."""
    drawn = [{(pair.first, pair.second): pair.bvr for pair in sample} for sample in draws]
    out = []
    for pair in pairs:
        key = (pair.first, pair.second)
        values = [sample[key] for sample in drawn if key in sample]
        above = sum(value >= pair.bvr for value in values)
        out.append(replace(pair, p_value=(1 + above) / (len(values) + 1) if values else None))
    return tuple(out)
