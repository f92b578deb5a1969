"""People placed in classes: what every classifier returns, whatever its method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vendepunkt.measure.cells import Base
from vendepunkt.measure.severity import Severity

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Classification:
    """Classes with their shares and profiles, and everybody's posterior over them.

    Attributes
    ----------
    posterior : (P, K)
        Posterior probability of each class for each answer pattern; a rule that places for
        certain gives ones and zeros.
    row_to_pattern : (n,)
        Pattern of each row of the data; -1 for a row that was not used.
    weights, counts : (P,)
        Summed weights (scaled to mean 1) and unweighted people of each pattern.
    shares : (K,)
        Share of each class.
    profiles
        One (M, K) array per item: the probability of each category in each class, or the mean
        and variance of an item that has no categories.
    rows
        Names of the M rows of each profile.
    boundary
        One (M, K) array per item: probabilities at 0 or 1, which have no Wald error.
    covariance : (p, p) or None
        Covariance of the shares followed by the profiles, item by item, row by row, class by
        class; NaN at a boundary. None where the information does not identify the model.
    se_kind
        ``opg``, ``hessian``, ``robust`` or ``design``.
    df
        Degrees of freedom of the intervals; None for the normal quantile.
    severity
        Severity of the classes, or None when no item has an order.
    base
        The people behind the estimates, or None where they were not counted.
    """

    posterior: Floats
    row_to_pattern: Integers
    weights: Floats
    counts: Floats
    shares: Floats
    profiles: tuple[Floats, ...]
    rows: tuple[tuple[str, ...], ...]
    boundary: tuple[npt.NDArray[np.bool_], ...]
    covariance: Floats | None
    se_kind: str
    df: float | None
    severity: Severity | None
    base: Base | None = None

    @property
    def classes(self) -> int:
        """Number of classes."""
        return int(self.shares.size)

    @property
    def modal(self) -> npt.NDArray[np.intp]:
        """Most likely class of each pattern, (P,)."""
        return np.asarray(self.posterior.argmax(axis=1), dtype=np.intp)

    def n(self) -> Floats:
        """Unweighted people in each class: the smaller of those expected and those placed, (K,)."""
        placed = np.bincount(self.modal, weights=self.counts, minlength=self.classes)
        return np.minimum(placed, self.counts @ self.posterior)

    def offsets(self) -> list[int]:
        """Position of each item's first profile row in the covariance."""
        sizes = [profile.size for profile in self.profiles]
        return [self.classes + sum(sizes[:j]) for j in range(len(sizes))]

    def known_covariance(self) -> Floats | None:
        """Give the covariance with what is held fixed at a boundary as without error."""
        if self.covariance is None:
            return None
        return np.nan_to_num(self.covariance, nan=0.0)

    def std_errors(self) -> tuple[Floats, tuple[Floats, ...]]:
        """Give the standard errors of the shares and of the profiles; NaN where there is none."""
        if self.covariance is None:
            return (
                np.full(self.classes, np.nan),
                tuple(np.full(profile.shape, np.nan) for profile in self.profiles),
            )
        with np.errstate(invalid="ignore"):
            errors = np.sqrt(np.diag(self.covariance))
        profiles = tuple(
            errors[first : first + profile.size].reshape(profile.shape)
            for first, profile in zip(self.offsets(), self.profiles, strict=True)
        )
        return errors[: self.classes], profiles

    def row_posterior(self) -> Floats:
        """Give everybody's posterior in the order of the data, (n, K); NaN for rows not used."""
        return self.spread(self.posterior)

    def spread(self, values: Floats) -> Floats:
        """Give pattern-level values row by row, NaN for rows not used."""
        out = np.full((self.row_to_pattern.size, *values.shape[1:]), np.nan)
        used = self.row_to_pattern >= 0
        out[used] = values[self.row_to_pattern[used]]
        return out

    def reorder(self, order: list[int]) -> Classification:
        """Give the same classes in another order."""
        index = [*order]
        for first, profile in zip(self.offsets(), self.profiles, strict=True):
            for row in range(profile.shape[0]):
                index.extend(first + row * self.classes + k for k in order)
        covariance = None if self.covariance is None else self.covariance[np.ix_(index, index)]
        severity = self.severity
        if severity is not None:
            severity = Severity(
                severity.total[order],
                severity.dimensions,
                severity.by_dimension[:, order],
                severity.weights,
            )
        return Classification(
            posterior=self.posterior[:, order],
            row_to_pattern=self.row_to_pattern,
            weights=self.weights,
            counts=self.counts,
            shares=self.shares[order],
            profiles=tuple(profile[:, order] for profile in self.profiles),
            rows=self.rows,
            boundary=tuple(marks[:, order] for marks in self.boundary),
            covariance=covariance,
            se_kind=self.se_kind,
            df=self.df,
            severity=severity,
            base=None if self.base is None else self.base.reorder(order),
        )

    def person_severity(self) -> Floats | None:
        """Give each pattern's severity: the posterior mean of the class severities, (P,)."""
        if self.severity is None:
            return None
        return np.asarray(self.posterior @ self.severity.total, dtype=np.float64)
