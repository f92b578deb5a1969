"""Does one transition matrix hold for all steps? A test of it against one for each step."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import Progress
from vendepunkt.move.material import MoveMaterial
from vendepunkt.move.model import MoveModel, fit_model
from vendepunkt.move.options import MoveOptions
from vendepunkt.move.smooth import conditional, estimated

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Constancy:
    """The comparison of a matrix for all steps (or rates per year) with a matrix for each step.

    Attributes
    ----------
    restricted, free
        The two fits; one of them is the result's own.
    test
        ``lr``: likelihood ratio; ``wald``: an F test of the differences between the steps by the
        covariance of the design; empty where there is none.
    statistic, df, p_value
        Of the test, or None.
    """

    restricted: MoveModel
    free: MoveModel
    test: str
    statistic: float | None
    df: float | None
    p_value: float | None

    @property
    def rejected(self) -> bool | None:
        """Whether the steps differ at the 5 % level; None without a test."""
        return None if self.p_value is None else self.p_value < 0.05


def constancy(
    material: MoveMaterial,
    model: MoveModel,
    options: MoveOptions,
    progress: Progress | None = None,
) -> Constancy | None:
    """Do the transitions change from step to step?

    Parameters
    ----------
    material, model, options
        The people, the result's fit, and how it was fitted.
    progress
        Called with what is being done and the fraction done.

    Returns
    -------
    Constancy or None
        None with two waves, or with one class.
    """
    if len(material.waves) < 3 or model.classes == 1:
        return None
    other = "constant" if options.transitions == "free" else "free"
    fitted = fit_model(
        material, model.classes, replace(options, transitions=other, compare_transitions=False),
        progress,
    )  # fmt: skip
    restricted, free = (fitted, model) if other == "constant" else (model, fitted)
    return compared(material, restricted, free)


def compared(material: MoveMaterial, restricted: MoveModel, free: MoveModel) -> Constancy:
    """Test by likelihood where people count alike, else by the design."""
    from scipy import stats

    design = material.design
    alike = design is None or (
        design.weights is None
        and design.strata is None
        and not design.clusters
        and design.replicates is None
    )
    df = float(free.fit.n_parameters - restricted.fit.n_parameters)
    if alike and df > 0:
        ratio = max(2.0 * (free.fit.loglik - restricted.fit.loglik), 0.0)
        return Constancy(restricted, free, "lr", ratio, df, float(stats.chi2.sf(ratio, df)))
    found = None if alike else _wald(free)
    if found is None:
        return Constancy(restricted, free, "", None, None, None)
    return Constancy(restricted, free, "wald", *found)


def _wald(free: MoveModel) -> tuple[float, float, float] | None:
    """Test the differences between the steps' transition probabilities; F, its df, and p."""
    from scipy import stats

    covariance = free.errors.covariance
    if covariance is None or free.fit.transition_coefficients is not None:
        return None
    probability = conditional(estimated(free.estimates, "steps"))
    inside = np.asarray(~free.fit.transition_boundary.any(axis=0))
    # Each row adds to 1: its likeliest destination follows from the others.
    size = free.classes
    inside[np.arange(size), free.fit.transitions.mean(axis=0).argmax(axis=1)] = False
    rows, columns = np.nonzero(inside)
    if not rows.size:
        return None
    differences = [
        probability[step] - probability[0] for step in range(1, len(free.fit.transitions))
    ]
    value = np.concatenate([part.value[rows, columns] for part in differences])
    gradient = np.concatenate([part.gradient[rows, columns] for part in differences])
    variance = gradient @ np.nan_to_num(covariance, nan=0.0) @ gradient.T
    count = len(value)
    if np.linalg.matrix_rank(variance) < count:
        return None
    wald = float(value @ np.linalg.solve(variance, value))
    df = free.errors.df
    if df is None:
        return wald, float(count), float(stats.chi2.sf(wald, count))
    freedom = df - count + 1
    if freedom < 1:
        return None
    # The correction that survey programs make for a covariance known from few PSUs.
    statistic = wald / count * freedom / df
    return statistic, float(count), float(stats.f.sf(statistic, count, freedom))
