"""Errors from replicate weights: the model is fitted again with each set of weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vendepunkt.measure.engine import CATEGORICAL, Engine
from vendepunkt.measure.material import Material
from vendepunkt.numerics import LatentClassFit, class_replicates

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: A replicate whose profiles are further than this from the full sample's, on average over
#: probabilities, has ended in another solution.
ANOTHER = 0.10


@dataclass(frozen=True, slots=True)
class Replicated:
    """Covariance of shares and item profiles from replicate weights.

    Attributes
    ----------
    covariance : (p, p)
        Shares, then profiles item by item, row by row, classes fastest.
    df
        Degrees of freedom.
    used
        Replicates used.
    elsewhere
        Numbers of the replicates, from 1, that ended in another solution and are left out.
    """

    covariance: Floats
    df: float
    used: int
    elsewhere: tuple[int, ...]


def replicated(material: Material, made: Engine, fit: LatentClassFit) -> Replicated:
    """How far do the estimates vary over the replicates?

    All replicates are fitted in one batch. Each starts from the full-sample solution, so its
    classes keep their places.

    Parameters
    ----------
    material
        The people; its design has replicate weights.
    made, fit
        The collapsed data, and the full-sample fit.
    """
    design = material.design
    if design is None or design.replicate_weights is None:
        raise ValueError("replicate errors need a design with replicate weights")
    found = class_replicates(made.data, fit, design.replicate_weights.matrix())
    full = _by_item(made, found.estimate[None], fit.classes)[0]
    estimates, apart = _aligned(
        _by_item(made, found.estimates, fit.classes), full, _looked_at(material, made)
    )
    another = ~(apart <= ANOTHER)
    estimates[another] = np.nan
    variance = design.replicate_variance(estimates, full)
    return Replicated(
        covariance=variance.covariance,
        df=float(variance.df),
        used=variance.n_replicates,
        elsewhere=tuple((np.flatnonzero(another) + 1).tolist()),
    )


def _looked_at(material: Material, made: Engine) -> Bools:
    """Say which rows (shares, then profiles) tell solutions apart.

    Items without categories say nothing here: their means have units. Where no item has
    categories, the class shares speak.
    """
    categorical = np.repeat([item.kind in CATEGORICAL for item in material.indicators], made.sizes)
    return np.concatenate([[not categorical.any()], categorical])


def _aligned(estimates: Floats, full: Floats, looked_at: Bools) -> tuple[Floats, Floats]:
    """Put each replicate's classes in the order of the full sample's, and say how far they are.

    Returns
    -------
    estimates : (R, p)
        With the classes in the order that brings the profiles nearest.
    apart : (R,)
        Mean absolute difference left; NaN for a replicate without a fit.
    """
    from scipy.optimize import linear_sum_assignment

    rows = looked_at.size
    wanted = full.reshape(rows, -1)
    aligned, apart = estimates.copy(), np.full(len(estimates), np.nan)
    for r, one in enumerate(estimates.reshape(len(estimates), rows, -1)):
        if not np.isfinite(one).all():
            continue
        between = np.abs(wanted[looked_at, :, None] - one[looked_at, None, :]).mean(axis=0)
        at, order = linear_sum_assignment(between)
        aligned[r] = one[:, order].ravel()
        apart[r] = between[at, order].mean()
    return aligned, apart


def _by_item(made: Engine, vectors: Floats, classes: int) -> Floats:
    """Turn shares and the engine's profiles (R, p) into shares and the items' profiles."""
    profiles = vectors[:, classes:].reshape(len(vectors), -1, classes)
    items = np.einsum("ie,rek->rik", made.to_items, profiles)
    return np.concatenate([vectors[:, :classes], items.reshape(len(vectors), -1)], axis=1)
