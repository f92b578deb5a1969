"""Do the classes mean the same in all waves? Each wave's own model beside the common one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vendepunkt.numerics.collapse import LatentData, distinct_patterns
from vendepunkt.numerics.errors import Influence, VarianceOfTotal, class_influence
from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.latentclass import LatentClassFit
from vendepunkt.terms import RefusedError, UsageError

#: Above this mean difference of item probabilities classes have no common name (METHODS 6).
APART = 0.10
#: Directions of the contrasts with less variance than this, relative to the most, do not count.
NO_VARIANCE = 1e-8

Fits = list[tuple[LatentData, LatentClassFit]]


@dataclass(frozen=True, slots=True)
class Invariance:
    """How far the profiles of the same class lie apart between waves.

    Attributes
    ----------
    change
        ``(T, T, K)`` mean absolute difference of the item probabilities of each class between two
        waves.
    statistic, df, p_value
        Wald test of equal profiles; people, not person-waves, are the units.
    """

    change: Floats
    statistic: float
    df: int
    p_value: float

    @property
    def largest(self) -> float:
        """Largest difference of any class between any two waves."""
        return float(self.change.max())

    @property
    def holds(self) -> bool:
        """Whether no class is further apart than classes with one name may be."""
        return self.largest <= APART


def matched(
    each: Fits, pooled: LatentClassFit, design: VarianceOfTotal | None
) -> tuple[Fits, Invariance]:
    """Put the classes of each wave into the order of the common ones and compare their profiles.

    Parameters
    ----------
    each
        Data and fit of each wave, over the same people.
    pooled
        The common model.
    design
        The sampling design over the people; None for people drawn independently.

    Raises
    ------
    UsageError
        With code ``free_needs_categories`` if an item is a count or a measurement.
    """
    from scipy.optimize import linear_sum_assignment

    if any(row for rows in pooled.profile_rows for row in rows):
        raise UsageError(
            "free_needs_categories",
            "Profiles of their own in each wave can be compared where every item has categories.",
            try_="one measurement model for all waves",
        )
    ordered = []
    for data, fit in each:
        apart = np.array([[_apart(pooled, k, fit, m) for m in range(fit.classes)]
                          for k in range(fit.classes)])  # fmt: skip
        ordered.append((data, fit.reorder(linear_sum_assignment(apart)[1].tolist())))
    fits = [fit for _, fit in ordered]
    change = np.array(
        [[[_apart(a, k, b, k) for k in range(a.classes)] for b in fits] for a in fits]
    )
    return ordered, Invariance(change, *_wald(ordered, design))


def refuse_unequal(found: Invariance) -> None:
    """Refuse to call classes by one name that do not mean the same.

    Raises
    ------
    RefusedError
        With code ``profiles_differ``.
    """
    if found.holds:
        return
    one, other, k = np.unravel_index(int(found.change.argmax()), found.change.shape)
    raise RefusedError(
        "profiles_differ",
        f"Class {k + 1} does not mean the same in all waves: between waves {one + 1} and "
        f"{other + 1} its item probabilities differ by {found.largest:.2f} on average.",
        allowed=f"at most {APART:.2f}",
        try_="one measurement model for all waves, or fewer classes",
    )


def _apart(one: LatentClassFit, k: int, other: LatentClassFit, m: int) -> float:
    """Give the mean absolute difference between class `k` of one fit and `m` of another."""
    return float(
        np.mean(
            [
                np.abs(a[:, k] - b[:, m]).mean()
                for a, b in zip(one.profiles, other.profiles, strict=True)
            ]
        )
    )


def _wald(each: Fits, design: VarianceOfTotal | None) -> tuple[float, int, float]:
    """Test that all profiles are equal, with the covariance over people."""
    from scipy.stats import chi2

    classes = each[0][1].classes
    value = np.stack([np.concatenate([p.ravel() for p in fit.profiles]) for _, fit in each])
    at_boundary = np.stack([np.concatenate([b.ravel() for b in fit.boundary]) for _, fit in each])
    inside = ~at_boundary.any(axis=0)
    influences = [class_influence(data, fit) for data, fit in each]
    covariance = _joint(influences, classes, each, design)
    waves, height = value.shape
    # Each later wave against the first one.
    against = np.kron(np.column_stack([-np.ones(waves - 1), np.eye(waves - 1)]), np.eye(height))
    kept = np.tile(inside, waves - 1)
    contrast = (against @ value.ravel())[kept]
    spread = (against @ covariance @ against.T)[np.ix_(kept, kept)]
    size, vector = np.linalg.eigh(spread)
    there = size > NO_VARIANCE * max(float(size.max(initial=0.0)), 1e-300)
    along = vector[:, there].T @ contrast
    statistic = float((along**2 / size[there]).sum())
    df = int(there.sum())
    return statistic, df, float(chi2.sf(statistic, df))


def _joint(
    influences: Sequence[Influence], classes: int, each: Fits, design: VarianceOfTotal | None
) -> Floats:
    """Give the covariance of the profiles of all waves from the same people."""
    numbers = [influence.row_to_pattern for influence in influences]
    sizes = [len(influence.values) for influence in influences]
    keys, row = distinct_patterns(numbers, sizes)
    parts = []
    for at, influence in zip(keys.T, influences, strict=True):
        padded = np.vstack([influence.values, np.zeros((1, influence.values.shape[1]))])
        parts.append(padded[at][:, classes:])
    values = np.concatenate(parts, axis=1)
    if design is not None:
        return design.variance(values, row).covariance
    data = each[0][0]
    raw = np.ones(data.n_rows) if data.row_weight is None else data.row_weight**2
    if data.freq is not None:
        raw = raw * data.freq
    squared = np.bincount(row, raw, minlength=len(keys))
    return np.asarray((values * squared[:, None]).T @ values)
