"""Numbers made of class shares and profiles, with errors from their joint covariance."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vendepunkt.measure.classification import Classification
from vendepunkt.measure.intervals import (
    exact_interval,
    number_interval,
    probability_interval,
    small_cells,
)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimates:
    """Estimates with standard errors and intervals, all of one shape.

    Attributes
    ----------
    estimate, std_error, conf_low, conf_high
        NaN where there is none.
    interval
        How each interval was made: ``logit``, ``korn_graubard`` (small cells of observed groups),
        ``t``, or empty for none.
    small
        Whether the cell is small: fewer than ten people expected, or nearer than .02 to 0 or 1.
    """

    estimate: Floats
    std_error: Floats
    conf_low: Floats
    conf_high: Floats
    interval: npt.NDArray[np.str_]
    small: npt.NDArray[np.bool_]


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
    everybody: npt.NDArray[np.bool_] = np.all(membership, axis=0)
    error[everybody] = np.nan
    return _probabilities(found, 0, membership, level, estimate, error, ~everybody)


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
        anything = np.ones(estimate.shape, dtype=bool)
        return _probabilities(found, item + 1, membership, level, estimate, error, anything)
    return _numbers(estimate, error, level, found.df)


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
    low, high = probability_interval(estimate, error, level, found.df)
    return _named(estimate, error, low, high, "logit")


def _numbers(estimate: Floats, error: Floats, level: float, df: float | None) -> Estimates:
    return _named(estimate, error, *number_interval(estimate, error, level, df), "t")


def _named(estimate: Floats, error: Floats, low: Floats, high: Floats, name: str) -> Estimates:
    how = np.where(np.isfinite(low), name, "")
    return Estimates(estimate, error, low, high, how, np.zeros(estimate.shape, dtype=bool))


def _probabilities(
    found: Classification,
    row: int,
    membership: Floats,
    level: float,
    estimate: Floats,
    error: Floats,
    meant: npt.NDArray[np.bool_],
) -> Estimates:
    """Give shares their intervals: on the logit scale, or exact in small observed cells.

    `row` of the classification's base says who is asked; `meant` marks what can have an interval.
    """
    low, high = probability_interval(estimate, error, level, found.df)
    logit = _named(estimate, error, low, high, "logit")
    if found.base is None:
        return logit
    people = np.broadcast_to(_asked(found, row, membership, effective=False), estimate.shape)
    small = small_cells(estimate, people) & meant
    if not found.base.observed or found.covariance is None or not small.any():
        return replace(logit, small=small)
    effective = np.broadcast_to(_asked(found, row, membership, effective=True), estimate.shape)
    exact = np.full(estimate.shape, np.nan), np.full(estimate.shape, np.nan)
    exact[0][small], exact[1][small] = exact_interval(
        estimate[small], error[small], level, found.df, people[small], effective[small]
    )
    return replace(
        logit,
        conf_low=np.where(small, exact[0], low),
        conf_high=np.where(small, exact[1], high),
        interval=np.where(small & np.isfinite(exact[0]), "korn_graubard", logit.interval),
        small=small,
    )


def _asked(found: Classification, row: int, membership: Floats, *, effective: bool) -> Floats:
    """Count whom a share is of: everybody for the size of a group (row 0), else the group."""
    if found.base is None:
        raise ValueError("the people behind the estimates were not counted")
    whom = np.ones((found.classes, 1)) if row == 0 else membership
    return found.base.effective_n(row, whom) if effective else found.base.n(row, whom)


def n_small(found: Classification) -> int:
    """Count the shares and probabilities of the classes whose cells are small."""
    if found.base is None:
        return 0
    whole = found.base.people[0].sum()
    marks = [small_cells(found.shares, whole)] if found.classes > 1 else []
    marks += [
        small_cells(profile, found.base.people[item + 1])
        for item, profile in enumerate(found.profiles)
        if is_categorical(found, item)
    ]
    return int(sum(mark.sum() for mark in marks))


def is_categorical(found: Classification, item: int) -> bool:
    """Whether the rows of an item's profile are probabilities that add to one."""
    return bool(np.allclose(found.profiles[item].sum(axis=0), 1.0, atol=1e-6)) and (
        found.rows[item] not in {("mean",), ("mean", "variance"), ("mean", "dispersion")}
    )
