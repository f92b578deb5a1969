"""Numbers made of class shares and profiles, with errors from their joint covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vendepunkt.measure.classification import Classification
from vendepunkt.measure.intervals import number_interval, probability_interval

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimates:
    """Estimates with standard errors and intervals, all of one shape."""

    estimate: Floats
    std_error: Floats
    conf_low: Floats
    conf_high: Floats


def shares(found: Classification, membership: Floats, level: float) -> Estimates:
    """How large is each group?

    Parameters
    ----------
    found
        The classes.
    membership : (K, G)
        Ones where a class belongs to a group.
    level
        Confidence level.

    Returns
    -------
    Estimates
        Of shape (G,). A group's share is the sum of its classes' shares.
    """
    estimate = found.shares @ membership
    covariance = found.known_covariance()
    error = np.full(estimate.shape, np.nan)
    if covariance is not None:
        block = covariance[: found.classes, : found.classes]
        error = np.sqrt(np.einsum("kg,kl,lg->g", membership, block, membership).clip(min=0.0))
        error[estimate > 1.0 - 1e-12] = np.nan
    return Estimates(estimate, error, *probability_interval(estimate, error, level, found.df))


def profile(found: Classification, item: int, membership: Floats, level: float) -> Estimates:
    """What do the people of each group answer to one item?

    A group's probability is the mean of its classes' probabilities, weighted by their shares;
    the error counts that the shares are estimated too (delta method).

    Returns
    -------
    Estimates
        Of shape (M, G). An error is NaN where every class of the group is at a boundary.
    """
    values = found.profiles[item]
    sizes = found.shares @ membership
    inside = found.shares[:, None] * membership / sizes
    estimate = values @ inside
    error = np.full(estimate.shape, np.nan)
    covariance = found.known_covariance()
    if covariance is not None:
        classes, first = found.classes, found.offsets()[item]
        own = np.arange(classes)
        for row in range(values.shape[0]):
            block = np.concatenate([own, first + row * classes + own])
            joint = covariance[np.ix_(block, block)]
            by_share = membership * (values[row][:, None] - estimate[row]) / sizes
            gradient = np.concatenate([by_share, inside])
            error[row] = np.sqrt(np.einsum("kg,kl,lg->g", gradient, joint, gradient).clip(min=0.0))
        fixed = (found.boundary[item].astype(float) @ membership) >= membership.sum(axis=0)
        error[fixed] = np.nan
    if is_categorical(found, item):
        low, high = probability_interval(estimate, error, level, found.df)
    else:
        low, high = number_interval(estimate, error, level, found.df)
    return Estimates(estimate, error, low, high)


def severities(found: Classification, membership: Floats, level: float) -> Estimates | None:
    """How severe is each group, on the scale from 0 (best) to 1 (worst)?

    Returns
    -------
    Estimates or None
        Of shape (G,); None when no item has an order.
    """
    if found.severity is None:
        return None
    total, sizes = found.severity.total, found.shares @ membership
    inside = found.shares[:, None] * membership / sizes
    estimate = total @ inside
    error = np.full(estimate.shape, np.nan)
    covariance = found.known_covariance()
    if covariance is not None:
        gradient = np.zeros((covariance.shape[0], membership.shape[1]))
        gradient[: found.classes] = membership * (total[:, None] - estimate) / sizes
        for first, weight in zip(found.offsets(), found.severity.weights, strict=True):
            if weight is not None:
                rows = np.einsum("v,kg->vkg", weight, inside).reshape(-1, membership.shape[1])
                gradient[first : first + rows.shape[0]] = rows
        error = np.sqrt(np.einsum("pg,pq,qg->g", gradient, covariance, gradient).clip(min=0.0))
    return Estimates(estimate, error, *probability_interval(estimate, error, level, found.df))


def is_categorical(found: Classification, item: int) -> bool:
    """Whether the rows of an item's profile are probabilities that add to one."""
    return bool(np.allclose(found.profiles[item].sum(axis=0), 1.0, atol=1e-6)) and (
        found.rows[item] not in {("mean",), ("mean", "variance"), ("mean", "dispersion")}
    )
