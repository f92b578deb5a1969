"""One number of classes followed over the waves: fit, errors and criteria together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import Progress, Severity
from vendepunkt.measure import criteria as measured_criteria
from vendepunkt.measure import severity as measured_severity
from vendepunkt.move.material import MoveMaterial
from vendepunkt.move.options import MoveOptions
from vendepunkt.numerics.markov import (
    MarkovFit,
    MovementEstimates,
    Paths,
    fit_markov,
    fit_replicates,
    movement_estimates,
    posterior,
)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """How sure the estimates are.

    Attributes
    ----------
    kind
        ``opg``, ``hessian``, ``robust`` or ``design``.
    covariance : (p, p) or None
        Of the vector of estimates; None where the answers do not determine the model.
    df
        Degrees of freedom of the intervals; None for the normal quantile.
    elsewhere
        Numbers of the replicate weights, from 1, that gave no fit or ended in another solution.
    """

    kind: str
    covariance: Floats | None
    df: float | None
    elsewhere: tuple[int, ...] = ()

    @property
    def identified(self) -> bool:
        """Whether there are errors at all."""
        return self.covariance is not None


@dataclass(frozen=True, slots=True, eq=False)
class MoveModel:
    """One fitted number of classes with everything known about it.

    Attributes
    ----------
    fit
        The maximum the engine found, classes in the result's order.
    paths
        What the answers of each sequence say of the path of classes.
    estimates
        The estimates as one vector, with their influence values.
    errors
        Their covariance.
    criteria
        Information criteria (n = people) and separation over the person-waves with answers.
    severity
        Severity of the classes, equal over the waves; None when no item has an order.
    """

    fit: MarkovFit
    paths: Paths
    estimates: MovementEstimates
    errors: Errors
    criteria: measured_criteria.Criteria
    severity: Severity | None

    @property
    def classes(self) -> int:
        """Number of classes."""
        return int(self.fit.classes)

    @property
    def replicated(self) -> bool:
        """Whether the best maximum was reached from more than one start."""
        return self.fit.classes == 1 or self.fit.starts_at_best > 1

    @property
    def n_boundary(self) -> int:
        """Number of answer and transition probabilities at 0 or 1."""
        answers = sum(int(marks.sum()) for marks in self.fit.boundary)
        steps = self.fit.transition_boundary
        if self.fit.transitions_kind != "free":
            steps = steps[:1]
        return answers + int(steps.sum())


def fit_model(
    material: MoveMaterial,
    classes: int,
    options: MoveOptions,
    progress: Progress | None = None,
) -> MoveModel:
    """Fit one number of classes.

    Parameters
    ----------
    material
        The people and answers.
    classes
        Number of classes.
    options
        How transitions, starts and errors are meant.
    progress
        Called with what is being done and the fraction done.
    """
    fit = fit_markov(
        material.data,
        classes,
        transitions=options.transitions,
        form=options.form,
        starts=options.starts,
        seed=options.seed,
        max_rounds=options.max_rounds,
        progress=progress,
        dirichlet=options.dirichlet,
    )
    return describe(material, fit, options)


def describe(material: MoveMaterial, fit: MarkovFit, options: MoveOptions) -> MoveModel:
    """Put together what is known about a fit, its classes in the order asked for."""
    ordered = severity_of(material, fit)
    pooled = fit.shares.mean(axis=0)
    if options.order == "severity" and ordered is not None:
        order = ordered.order(pooled)
    else:
        order = sorted(range(fit.classes), key=lambda k: -pooled[k])
    fit = fit.reorder(order)
    paths = posterior(material.data, fit)
    estimates = movement_estimates(material.data, fit)
    errors = errors_of(material, fit, estimates, options)
    return MoveModel(
        fit=fit,
        paths=paths,
        estimates=estimates,
        errors=errors,
        criteria=_criteria(material, fit, paths, estimates, errors),
        severity=severity_of(material, fit),
    )


def severity_of(material: MoveMaterial, fit: MarkovFit) -> Severity | None:
    """Give the severity of the classes of a fit."""
    return measured_severity.severity(
        fit.profiles, material.answers.scores, material.answers.dimensions
    )


def errors_of(
    material: MoveMaterial, fit: MarkovFit, estimates: MovementEstimates, options: MoveOptions
) -> Errors:
    """Give the covariance of the estimates by the kind asked for."""
    design = material.design
    kind = options.se or ("robust" if design is None else "design")
    if not estimates.identified:
        return Errors(kind, None, None)
    if kind != "design" or design is None:
        return Errors(kind, estimates.covariance(kind, design), None)
    if design.replicate_weights is None:
        return Errors(kind, estimates.covariance(kind, design), float(design.df))
    again = fit_replicates(material.data, fit, design.replicate_weights.matrix())
    kept = again.estimates.copy()
    kept[[number - 1 for number in again.elsewhere]] = np.nan
    variance = design.replicate_variance(kept, again.estimate)
    return Errors(kind, variance.covariance, float(variance.df), again.elsewhere)


def _criteria(
    material: MoveMaterial,
    fit: MarkovFit,
    paths: Paths,
    estimates: MovementEstimates,
    errors: Errors,
) -> measured_criteria.Criteria:
    present = material.present_patterns()
    weight = np.broadcast_to(material.data.weight[:, None], present.shape)[present]
    counts = np.broadcast_to(material.counts()[:, None], present.shape)[present]
    adjusted = None
    if errors.kind == "design" and errors.covariance is not None:
        adjusted = measured_criteria.design_parameters(
            estimates.covariance("hessian"), errors.covariance, fit.n_parameters
        )
    found = measured_criteria.criteria(
        fit.loglik,
        fit.n_parameters,
        material.n,
        paths.smoothed[present],
        weight,
        counts,
        fit.shares.mean(axis=0),
        design_parameters=adjusted,
        n_effective=material.n_effective if material.weighted else None,
    )
    # What is classified is a person's whole path, so the penalty is the entropy of paths.
    return replace(found, icl=float(found.bic + 2.0 * path_entropy(paths, material.data.weight)))


def path_entropy(paths: Paths, weight: Floats) -> float:
    """How unsure are the paths, summed over people?

    By the chain rule: the entropy of the first class and of each step, less that of where the
    step begins.
    """
    total = _entropy(paths.smoothed[:, 0])
    for step in range(paths.steps.shape[1]):
        joint = paths.steps[:, step].reshape(len(weight), -1)
        total = total + _entropy(joint) - _entropy(paths.smoothed[:, step])
    return float(weight @ total)


def _entropy(probabilities: Floats) -> Floats:
    safe = np.where(probabilities > 0, probabilities, 1.0)
    return np.asarray(-np.sum(probabilities * np.log(safe), axis=1), dtype=np.float64)
