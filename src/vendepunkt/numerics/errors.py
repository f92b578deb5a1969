"""Standard errors of class shares and profiles, and their influence values (METHODS 3).

References
----------
White, H. (1982). Maximum likelihood estimation of misspecified models. Econometrica 50(1), 1-25.
https://doi.org/10.2307/1912526
Binder, D. A. (1983). On the variances of asymptotically normal estimators from complex surveys.
International Statistical Review 51(3), 279-292. https://doi.org/10.2307/1402588
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.collapse import LatentData
from vendepunkt.numerics.em.layout import Layout
from vendepunkt.numerics.information import Derivatives, derivatives
from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.latentclass import LatentClassFit
from vendepunkt.numerics.optimise import NO_INFORMATION
from vendepunkt.terms import UsageError, choose

#: The kinds of standard error by name, with what each is made of.
KINDS: Final = {
    "opg": "inverse of the summed outer products of the scores",
    "hessian": "inverse of the observed information",
    "robust": "sandwich of both: right also where the model is only an approximation",
    "design": "sandwich with the design-based variance of the scores",
}


class VarianceOfTotal(Protocol):
    """What a sampling design must be able to do: the variance of a weighted total."""

    def variance(self, values: Floats, row_to_pattern: NDArray[np.int32]) -> DesignVariance:
        """Give the variance of the weighted total of pattern-level `values` ``(P, p)``."""


class Weighed(Protocol):
    """What the variance of a total must know of the data."""

    @property
    def weight_squared(self) -> Floats:
        """``(P,)`` summed squares of the scaled weights."""

    @property
    def scale(self) -> float:
        """What a raw weight was multiplied by."""

    @property
    def row_to_pattern(self) -> NDArray[np.int32]:
        """``(n,)`` pattern of each row."""


class DesignVariance(Protocol):
    """What comes of it."""

    @property
    def covariance(self) -> Floats:
        """``(p, p)``."""


@dataclass(frozen=True, slots=True)
class ClassErrors:
    """How sure the estimates of a latent class model are.

    Attributes
    ----------
    kind
        One of :data:`KINDS`.
    shares
        ``(K,)`` standard errors of the class shares.
    profiles
        For each item ``(M, K)``; not a number at the boundary.
    coefficients
        ``(Q, K)`` for the covariates, 0 for the reference class; None without covariates.
    covariance
        ``(p, p)`` of shares, profiles (item by item, row by row, classes fastest) and coefficients.
    rank, n_free
        Rank of the information and number of free interior parameters.
    """

    kind: str
    shares: Floats
    profiles: tuple[Floats, ...]
    coefficients: Floats | None
    covariance: Floats
    rank: int
    n_free: int

    @property
    def identified(self) -> bool:
        """Whether every interior parameter has information of its own."""
        return self.rank == self.n_free


@dataclass(frozen=True, slots=True)
class Influence:
    """How much each answer pattern moves the estimates.

    An estimate differs from the truth by about the sum over rows of weight times
    ``values[row_to_pattern]``; rows of pattern -1 move nothing.

    Attributes
    ----------
    values
        ``(P, p)``.
    row_to_pattern
        ``(n,)``.
    names
        What each column is, such as ``"share 1"`` or ``"item 2 row 1 class 3"``.
    """

    values: Floats
    row_to_pattern: NDArray[np.int32]
    names: tuple[str, ...]


def standard_errors(
    data: LatentData,
    fit: LatentClassFit,
    kind: str = "robust",
    design: VarianceOfTotal | None = None,
) -> ClassErrors:
    """Give standard errors of a fit.

    Parameters
    ----------
    data
        What the model was fitted to.
    fit
        The model.
    kind
        A key of :data:`KINDS`; ``"design"`` needs `design`.
    design
        The sampling design over the same rows.

    Raises
    ------
    UsageError
        If `kind` is unknown, or ``"design"`` without a design.
    """
    choose(kind, tuple(KINDS), "--se")
    if kind == "design" and design is None:
        raise UsageError(
            "no_design",
            "Design-based standard errors need a design.",
            try_="--strata, --cluster or --weight, or --se robust",
        )
    layout = Layout.of(data)
    found = derivatives(data, layout, fit.state, keep_score=True)
    bread, rank = inverse_information(-found.hessian)
    jacobian = _jacobian(data, layout, fit, found)
    if fit.coefficients is not None and kind in ("robust", "design"):
        # With covariates the average share moves with the sample too, not only with the model.
        values = _influence_values(data, fit, found, bread, jacobian)
        covariance = variance_of_scores(data, values, kind, design)
    else:
        free = _free_covariance(data, found, bread, kind, design)
        covariance = jacobian @ free @ jacobian.T
    return _assemble(fit, kind, covariance, rank, found.n_free)


def class_influence(data: LatentData, fit: LatentClassFit) -> Influence:
    """Give the influence of each pattern on class shares and profiles.

    The columns are those of :attr:`ClassErrors.covariance`.
    """
    layout = Layout.of(data)
    found = derivatives(data, layout, fit.state, keep_score=True)
    bread, _ = inverse_information(-found.hessian)
    jacobian = _jacobian(data, layout, fit, found)
    values = _influence_values(data, fit, found, bread, jacobian)
    return Influence(values * data.scale, data.row_to_pattern, names(fit))


def _influence_values(
    data: LatentData, fit: LatentClassFit, found: Derivatives, bread: Floats, jacobian: Floats
) -> Floats:
    """Give the influence of a pattern per unit of scaled weight, ``(P, p)``."""
    values = (found.score @ bread) @ jacobian.T
    p = data.membership.probabilities(fit.state[Layout.of(data).state_of[0]])
    values[:, : fit.classes] += (p[data.codes[:, 0]] - fit.shares) / data.weight.sum()
    return np.asarray(values)


def names(fit: LatentClassFit) -> tuple[str, ...]:
    """Name the entries of a covariance: shares, profiles, coefficients."""
    found = [f"share {k + 1}" for k in range(fit.classes)]
    for j, profile in enumerate(fit.profiles):
        found += [f"item {j + 1} row {m + 1} class {k + 1}" for m, k in np.ndindex(*profile.shape)]
    if fit.coefficients is not None:
        found += [
            f"covariate {q + 1} class {k + 1}" for q, k in np.ndindex(*fit.coefficients.shape)
        ]
    return tuple(found)


def inverse_information(information: Floats) -> tuple[Floats, int]:
    """Invert the information where there is any; give the rank along."""
    if information.size == 0:
        return information, 0
    size = np.sqrt(np.maximum(np.diag(information), 1e-300))
    value, vector = np.linalg.eigh(information / np.outer(size, size))
    there = value > NO_INFORMATION * max(float(value.max()), 1e-300)
    half = vector[:, there] / np.sqrt(value[there])
    return np.asarray((half @ half.T) / np.outer(size, size)), int(there.sum())


def _free_covariance(
    data: LatentData,
    found: Derivatives,
    bread: Floats,
    kind: str,
    design: VarianceOfTotal | None,
) -> Floats:
    if kind == "hessian":
        return bread
    if kind == "opg":
        return inverse_information((found.score * data.weight[:, None]).T @ found.score)[0]
    return np.asarray(bread @ variance_of_scores(data, found.score, kind, design) @ bread)


def variance_of_scores(
    data: Weighed, values: Floats, kind: str, design: VarianceOfTotal | None
) -> Floats:
    """Give the variance of the weighted total of pattern-level `values` ``(P, p)``."""
    if kind == "robust" or design is None:
        return np.asarray((values * data.weight_squared[:, None]).T @ values)
    # The design knows raw weights, the values belong to scaled ones.
    return data.scale**2 * design.variance(values, data.row_to_pattern).covariance


def _jacobian(data: LatentData, layout: Layout, fit: LatentClassFit, found: Derivatives) -> Floats:
    """Differentiate shares, profiles and coefficients by the free parameters."""
    classes, p = fit.classes, found.n_free
    rows: list[Floats] = []
    membership = found.locals[0]
    people = np.bincount(data.codes[:, 0], data.weight, minlength=data.membership.n_values)
    probability = data.membership.probabilities(fit.state[layout.state_of[0]])
    shares = np.zeros((classes, p))
    for k in range(classes):
        free = np.flatnonzero(membership.index[k] >= 0)
        pulled = (people * probability[:, k]) @ membership.score[:, k, free] / people.sum()
        shares[k, membership.index[k][free]] = pulled
    rows.append(shares)
    for local, first in zip(found.locals[1:], found.first[1:-1], strict=True):
        rows.append(_spread(local.jacobian, local.index, int(first), p))
    if fit.coefficients is not None:
        rows.append(_spread(membership.jacobian, membership.index, 0, p))
    return np.concatenate(rows)


def _spread(jacobian: Floats, index: NDArray[np.int64], first: int, p: int) -> Floats:
    """Put an item's derivatives ``(M, K, d)`` into the columns of the whole model."""
    height, classes, _ = jacobian.shape
    out = np.zeros((height, classes, p))
    for k in range(classes):
        free = np.flatnonzero(index[k] >= 0)
        out[:, k, first + index[k][free]] = jacobian[:, k, free]
    return out.reshape(height * classes, p)


def _assemble(
    fit: LatentClassFit, kind: str, covariance: Floats, rank: int, n_free: int
) -> ClassErrors:
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    cuts = _cuts(fit)
    profiles = []
    for j, (profile, marks) in enumerate(zip(fit.profiles, fit.boundary, strict=True)):
        own_errors = errors[cuts[j + 1] : cuts[j + 2]].reshape(profile.shape)
        profiles.append(np.where(marks, np.nan, own_errors))
    coefficients = None
    if fit.coefficients is not None:
        coefficients = errors[cuts[-2] :].reshape(fit.coefficients.shape)
    return ClassErrors(
        kind, errors[: fit.classes], tuple(profiles), coefficients, covariance, rank, n_free
    )


def _cuts(fit: LatentClassFit) -> Sequence[int]:
    """Give where shares, each profile and the coefficients begin in a covariance."""
    sizes = [fit.classes, *(profile.size for profile in fit.profiles)]
    sizes.append(0 if fit.coefficients is None else fit.coefficients.size)
    return [0, *np.cumsum(sizes).tolist()]
