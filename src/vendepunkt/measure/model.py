"""One number of classes: fit, errors, criteria and residuals together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vendepunkt.measure.blrt import BootstrapTest
from vendepunkt.measure.cells import base
from vendepunkt.measure.classification import Classification
from vendepunkt.measure.criteria import Criteria, criteria, design_parameters
from vendepunkt.measure.engine import CATEGORICAL, Engine, row_names
from vendepunkt.measure.material import Material
from vendepunkt.measure.options import MeasureOptions
from vendepunkt.measure.replicated import Replicated, replicated
from vendepunkt.measure.residuals import PairResidual, pair_residuals
from vendepunkt.measure.severity import severity
from vendepunkt.numerics import ClassErrors, LatentClassFit, LatentData, standard_errors

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ClassModel:
    """One fitted number of classes with everything known about it.

    Attributes
    ----------
    fit
        The maximum the engine found, classes in the result's order.
    errors
        Its standard errors; None for a number of classes whose errors were not asked for.
    classification
        Classes, profiles and posteriors by item.
    criteria
        Information criteria and classification quality.
    residuals
        Bivariate residuals, largest first.
    blrt
        Test against one class fewer, or None.
    replicates_elsewhere
        Numbers of the replicate weights, from 1, that gave no fit or ended in another solution.
    """

    fit: LatentClassFit
    errors: ClassErrors
    classification: Classification
    criteria: Criteria
    residuals: tuple[PairResidual, ...]
    blrt: BootstrapTest | None = None
    replicates_elsewhere: tuple[int, ...] = ()

    @property
    def classes(self) -> int:
        """Number of classes."""
        return self.fit.classes

    @property
    def replicated(self) -> bool:
        """Whether the best maximum was reached from more than one start."""
        return self.fit.classes == 1 or self.fit.starts_at_best > 1

    @property
    def n_boundary(self) -> int:
        """Number of probabilities at 0 or 1."""
        return int(sum(marks.sum() for marks in self.classification.boundary))


def class_model(
    material: Material, made: Engine, fit: LatentClassFit, options: MeasureOptions
) -> ClassModel:
    """Put together what is known about a fit, its classes in the order asked for.

    Parameters
    ----------
    material
        The people and answers.
    made
        The collapsed data the fit belongs to.
    fit
        The engine's result, classes in any order.
    options
        Order of the classes and kind of the standard errors.
    """
    profiles = made.profiles(fit.profiles)
    ordered = severity(profiles, material.scores, material.dimensions)
    if options.order == "severity" and ordered is not None:
        order = ordered.order(fit.shares)
    else:
        order = sorted(range(fit.classes), key=lambda k: -fit.shares[k])
    fit = fit.reorder(order)
    profiles = made.profiles(fit.profiles)
    kind = options.se or ("robust" if material.design is None else "design")
    errors = standard_errors(made.data, fit, kind=kind, design=material.design)
    boundary = made.boundary(fit.boundary)
    again = _again(material, made, fit, kind)
    covariance, df = _covariance(made, errors, boundary, again), None
    if kind == "design" and material.design is not None:
        df = float(material.design.df) if again is None else again.df
    classification = Classification(
        posterior=fit.posterior,
        row_to_pattern=made.answers.row_to_pattern,
        weights=made.answers.weights,
        counts=made.answers.counts,
        shares=fit.shares,
        profiles=profiles,
        rows=tuple(row_names(item) for item in material.indicators),
        boundary=boundary,
        covariance=covariance,
        se_kind=kind,
        df=df,
        severity=severity(profiles, material.scores, material.dimensions),
        base=base(material, made.answers, fit.posterior),
    )
    return ClassModel(
        fit=fit,
        errors=errors,
        classification=classification,
        criteria=_criteria(material, made, fit, errors),
        residuals=residuals_of(material, made, fit),
        replicates_elsewhere=() if again is None else again.elsewhere,
    )


def _again(material: Material, made: Engine, fit: LatentClassFit, kind: str) -> Replicated | None:
    """Fit with each set of replicate weights, where the design has them and errors rest on it."""
    if kind != "design" or material.design is None or material.design.replicate_weights is None:
        return None
    return replicated(material, made, fit)


def _covariance(
    made: Engine,
    errors: ClassErrors,
    boundary: tuple[npt.NDArray[np.bool_], ...],
    again: Replicated | None,
) -> Floats | None:
    """Give the covariance by item, NaN at a boundary; None where not identified."""
    if not errors.identified:
        return None
    classes = errors.shares.size
    covariance = made.covariance(errors.covariance, classes) if again is None else again.covariance
    covariance = covariance.copy()
    fixed = np.concatenate([np.zeros(classes, dtype=bool), *[marks.ravel() for marks in boundary]])
    covariance[fixed] = np.nan
    covariance[:, fixed] = np.nan
    return covariance


def residuals_of(material: Material, made: Engine, fit: LatentClassFit) -> tuple[PairResidual, ...]:
    """Give the bivariate residuals of a fit."""
    return pair_residuals(
        material.names,
        [item.kind in CATEGORICAL for item in material.indicators],
        made.profiles(fit.profiles),
        membership_probabilities(made.data, fit),
        made.answers,
        frozenset(frozenset(pair) for pair in made.pairs),
    )


def membership_probabilities(data: LatentData, fit: LatentClassFit) -> Floats:
    """Give the class shares, or with covariates each pattern's membership probabilities."""
    if fit.coefficients is None:
        return fit.shares
    eta = data.membership.design[data.codes[:, 0]] @ fit.coefficients
    raised = np.exp(eta - eta.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float64)


def _criteria(
    material: Material, made: Engine, fit: LatentClassFit, errors: ClassErrors
) -> Criteria:
    adjusted = None
    if material.design is not None and errors.kind == "design" and errors.identified:
        naive = standard_errors(made.data, fit, kind="hessian")
        if naive.identified:
            adjusted = design_parameters(naive.covariance, errors.covariance, fit.n_parameters)
    return criteria(
        fit.loglik,
        fit.n_parameters,
        material.n,
        fit.posterior,
        made.answers.weights,
        made.answers.counts,
        fit.shares,
        design_parameters=adjusted,
        # People of equal weight are worth themselves: the adjusted BIC would say BIC twice.
        n_effective=None if material.weights is None else material.n_effective,
    )
