"""Does one transition matrix hold for all steps? A test of it against one for each step."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import Progress
from vendepunkt.measure import criteria as measured_criteria
from vendepunkt.move.material import MoveMaterial
from vendepunkt.move.model import MoveModel, describe
from vendepunkt.move.options import MoveOptions
from vendepunkt.move.scaled import (
    NestedTest,
    likelihood_ratio,
    people_count_alike,
    scaled_ratio,
    wald,
)
from vendepunkt.move.smooth import conditional, estimated
from vendepunkt.numerics.markov import MarkovFit, fit_markov
from vendepunkt.numerics.markov.model import chain

Floats = npt.NDArray[np.float64]

#: Random starts beside the one from where the model stands.
FEW_STARTS = 10
#: A transition starts no nearer to 0.
SMALLEST = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Constancy:
    """The comparison of a matrix for all steps (or rates per year) with a matrix for each step.

    Attributes
    ----------
    restricted, free
        The two fits; one of them is the result's own.
    test
        ``lr``: likelihood ratio; ``wald``: an F test of the differences between the steps by the
        covariance of the design; ``scaled_lr``: a ratio over its mean design effect, by F; empty
        where there is none.
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
    fitted = describe(material, _other(material, model, options, other, progress), options)
    restricted, free = (fitted, model) if other == "constant" else (model, fitted)
    return compared(material, restricted, free)


def _other(
    material: MoveMaterial,
    model: MoveModel,
    options: MoveOptions,
    kind: str,
    progress: Progress | None,
) -> MarkovFit:
    """Fit the other kind of transitions, of the same classes: from where the model stands.

    The model with a matrix for all steps is looked for from some random starts too, as its best
    solution may lie elsewhere and the test is not to reject it for that.
    """
    data, fit = material.data, model.fit
    fitted = partial(
        fit_markov,
        data,
        fit.classes,
        transitions=kind,
        form=fit.form,
        seed=fit.seed,
        dirichlet=fit.dirichlet,
    )
    found = []
    if data.steps.plain:
        found.append(fitted(initial_state=warm_state(material, fit, kind)))
    if kind == "constant" or not found:
        starts = min(options.starts, FEW_STARTS)
        found.append(fitted(starts=starts, max_rounds=1, progress=progress))
    return max(found, key=lambda one: one.loglik)


def warm_state(material: MoveMaterial, fit: MarkovFit, kind: str) -> Floats:
    """Give the parameters of a fit to a model of the same form with another kind of transitions.

    Parameters
    ----------
    material
        The people; without covariates on the steps.
    fit
        The model they come from.
    kind
        ``"constant"`` (the mean matrix of the steps) or ``"free"``.
    """
    made = chain(material.data, fit.classes, kind, fit.form, None, fit.dirichlet)
    state = np.zeros((made.n_state, fit.state.shape[1]))
    mean = fit.transitions.mean(axis=0, keepdims=True)
    steps = fit.transitions if kind == "free" else np.broadcast_to(mean, fit.transitions.shape)
    for piece in made.moves:
        own = steps[piece.kinds.start or 0, piece.number]
        state[piece.rows, : fit.classes] = np.log(np.maximum(own, SMALLEST))
    for piece, known in zip((made.pieces[0], *made.items), _common(fit), strict=True):
        state[piece.rows] = fit.state[known]
    return state


def _common(fit: MarkovFit) -> list[slice]:
    return [fit.chain.pieces[0].rows, *(piece.rows for piece in fit.chain.items)]


def compared(material: MoveMaterial, restricted: MoveModel, free: MoveModel) -> Constancy:
    """Test by likelihood where people count alike, else by the design.

    One matrix for all steps: by Wald, as the steps' probabilities then are equal. Rates per year
    give steps of unequal length unequal probabilities, so that there, and where Wald has too few
    degrees of freedom, the ratio of pseudo log-likelihoods is scaled.

    References
    ----------
    Satorra, A. & Bentler, P. M. (2001). A scaled difference chi-square test statistic for moment
    structure analysis. Psychometrika, 66(4), 507–514. https://doi.org/10.1007/BF02296192
    """
    if people_count_alike(material.design):
        df = float(free.fit.n_parameters - restricted.fit.n_parameters)
        found = likelihood_ratio(restricted.fit.loglik, free.fit.loglik, df)
    else:
        steps = None if restricted.fit.transitions_kind == "rate" else _differences(free)
        found = NestedTest() if steps is None else wald(*steps, free.errors.df)
        if not found.kind:
            found = _scaled(restricted, free)
    return Constancy(restricted, free, found.kind, found.statistic, found.df, found.p_value)


def _differences(free: MoveModel) -> tuple[Floats, Floats] | None:
    """Give the differences of the steps' transition probabilities, and their covariance."""
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
    apart = [probability[step] - probability[0] for step in range(1, len(free.fit.transitions))]
    value = np.concatenate([part.value[rows, columns] for part in apart])
    gradient = np.concatenate([part.gradient[rows, columns] for part in apart])
    return value, gradient @ np.nan_to_num(covariance, nan=0.0) @ gradient.T


def _scaled(restricted: MoveModel, free: MoveModel) -> NestedTest:
    """Scale the ratio by the design effects that the free model has more than the other."""
    count = free.fit.n_parameters - restricted.fit.n_parameters
    more, fewer = _design_parameters(free), _design_parameters(restricted)
    if more is None or fewer is None or count <= 0:
        return NestedTest()
    effect = (more - fewer) / count
    if effect <= 0:  # a difference of two estimates may be: the mean effect of all parameters
        effect = more / free.fit.n_parameters
    effects = np.full(count, effect)
    return scaled_ratio(restricted.fit.loglik, free.fit.loglik, effects, free.errors.df)


def _design_parameters(model: MoveModel) -> float | None:
    """How many parameters does the model have under the design?"""
    if model.errors.covariance is None:
        return None
    return measured_criteria.design_parameters(
        model.estimates.covariance("hessian"), model.errors.covariance, model.fit.n_parameters
    )
