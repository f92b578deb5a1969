"""Errors from replicate weights: the model is fitted again with each set of weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vendepunkt.measure.engine import Engine
from vendepunkt.measure.material import Material
from vendepunkt.numerics import LatentClassFit, LatentData, fit_classes
from vendepunkt.terms import VendepunktError

Floats = npt.NDArray[np.float64]

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
    used, dropped
        Replicates used, and those left out because they could not be fitted or ended in another
        solution.
    """

    covariance: Floats
    df: float
    used: int
    dropped: int


def replicated(material: Material, made: Engine, fit: LatentClassFit) -> Replicated:
    """How far do the estimates vary over the replicates?

    Each replicate starts from the full-sample solution, so its classes keep their places.

    Parameters
    ----------
    material
        The people; its design has replicate weights.
    made, fit
        The collapsed data, and the full-sample fit.
    """
    if material.design is None:
        raise ValueError("replicate errors need a design")
    full = _stacked(made, fit)

    def estimate(weights: Floats) -> Floats:
        try:
            data = _reweighted(material, made, np.where(material.used, weights, 0.0))
            again = fit_classes(data, fit.classes, initial=fit.state, dirichlet=fit.dirichlet)
        except VendepunktError:
            return np.full(full.shape, np.nan)
        found = _stacked(made, again)
        apart = np.abs(found - full)[fit.classes :]
        return found if apart.size == 0 or apart.mean() <= ANOTHER else np.full(full.shape, np.nan)

    variance = material.design.replicate_variance(estimate, full)
    return Replicated(
        variance.covariance, float(variance.df), variance.n_replicates, variance.n_dropped
    )


def _stacked(made: Engine, fit: LatentClassFit) -> Floats:
    return np.concatenate(
        [fit.shares, *[profile.ravel() for profile in made.profiles(fit.profiles)]]
    )


def _reweighted(material: Material, made: Engine, weights: Floats) -> LatentData:
    """Give the same patterns with other weights, scaled to mean 1 over the people used."""
    from dataclasses import replace

    used = made.data.row_to_pattern >= 0
    # Replicate weights already hold the counts of rows that stand for several people.
    summed = np.bincount(
        made.data.row_to_pattern[used], weights=weights[used], minlength=made.data.n_patterns
    )
    return replace(made.data, weight=summed * (material.n / summed.sum()))
