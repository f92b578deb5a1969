"""Replicate weights: what they are, and how the squared deviations are added up.

Notes
-----
The variance is ``scale × Σᵣ rscalesᵣ (θᵣ − centre)(θᵣ − centre)ᵀ``, with

==========  ==============================  =======================
kind        scale                           rscales
==========  ==============================  =======================
jk1         (R − 1)/R                       1
jkn         1                               (n_h − 1)/n_h of the PSU's stratum
brr         1/R                             1
fay         1/(R (1 − ρ)²)                  1
bootstrap   1/(R − 1)                       1
==========  ==============================  =======================

as in R's ``survey::svrepdesign``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vendepunkt.numerics.linearise.checks import numbers, row_list
from vendepunkt.terms import DataError, UsageError, choose

#: Kinds of replicate weights, as ``--replicate-type`` takes them.
REPLICATE_TYPES: Final = ("jk1", "jkn", "brr", "fay", "bootstrap")

_BLOCK_CELLS = 1 << 18
"""Numbers in a block of factors: 2 MiB."""

_SAME = 1e-6
"""How far weights written to a file may be from equal and still be the same number."""


@dataclass(frozen=True, slots=True)
class ReplicateWeights:
    """R sets of weights for the same n rows; set r is ``base × factors[r, unit]``.

    Kept as a factor for each unit, so that made replicates of a large file stay small.

    Attributes
    ----------
    kind : str
        One of :data:`REPLICATE_TYPES`.
    factors : ndarray of shape (R, U)
        Factor of each unit in each replicate.
    unit : ndarray of shape (n,)
        Unit of each row.
    base : ndarray of shape (n,)
        What the factors multiply.
    scale : float
        Scale of the sum of squared deviations.
    rscales : ndarray of shape (R,)
        Scale of each replicate.
    df : int
        Degrees of freedom for t-intervals.
    """

    kind: str
    factors: NDArray[np.float64]
    unit: NDArray[np.int64]
    base: NDArray[np.float64]
    scale: float
    rscales: NDArray[np.float64]
    df: int

    def __len__(self) -> int:
        return int(self.factors.shape[0])

    def __iter__(self) -> Iterator[NDArray[np.float64]]:
        return (self.weights(r) for r in range(len(self)))

    def weights(self, replicate: int) -> NDArray[np.float64]:
        """Weights of one replicate (n,), replicates counted from 0."""
        return np.asarray(self.base * self.factors[replicate, self.unit])

    def matrix(self) -> NDArray[np.float64]:
        """Weights of all replicates, of shape (n, R): as large as it sounds."""
        return self.base[:, None] * self.factors[:, self.unit].T

    def collapse(self, row_to_pattern: ArrayLike, n_patterns: int) -> NDArray[np.float64]:
        """Sum the weights of each replicate over answer patterns.

        Parameters
        ----------
        row_to_pattern : array_like of int, shape (n,)
            Pattern of each row, −1 for none.
        n_patterns : int
            Number P of patterns.

        Returns
        -------
        ndarray of shape (R, P)
        """
        from scipy import sparse

        pattern = np.asarray(row_to_pattern, dtype=np.int64)
        rows = np.flatnonzero(pattern >= 0)
        spread = sparse.csr_array(
            (self.base[rows], (self.unit[rows], pattern[rows])),
            shape=(self.factors.shape[1], n_patterns),
        )
        return np.asarray(self.factors @ spread)

    def within(self, mask: ArrayLike) -> ReplicateWeights:
        """Set the weights outside a subpopulation to 0, with the degrees of freedom left inside.

        Parameters
        ----------
        mask : array_like of bool, shape (n,)
        """
        inside = np.asarray(mask, dtype=bool)
        units = np.unique(self.unit[inside & (self.base > 0)])
        return replace(self, base=self.base * inside, df=_rank(self.factors, units))

    def take(self, mask: ArrayLike) -> ReplicateWeights:
        """Keep the rows of a mask or index; the scales stay those of the whole sample."""
        chosen = np.asarray(mask)
        return replace(self, unit=self.unit[chosen], base=self.base[chosen])


def read_replicates(
    columns: ArrayLike,
    kind: str,
    *,
    rho: float | None = None,
    scale: float | None = None,
    rscales: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    name: str = "the replicate weights",
) -> ReplicateWeights:
    """Take replicate weights as they come with a data file.

    Parameters
    ----------
    columns : array_like of shape (n, R)
        Weights of each replicate, whole weights (not factors of the full-sample weight).
    kind : {"jk1", "jkn", "brr", "fay", "bootstrap"}
        How they were made.
    rho : float, optional
        Fay's factor, 0 ≤ ρ < 1, with ``fay`` only. By default read from the weights, which are ρ or
        2 − ρ times the full-sample weight.
    scale : float, optional
        Scale of the sum; by default as the notes of this module say.
    rscales : array_like of shape (R,), optional
        Scale of each replicate. For ``jkn`` it is read from the weights themselves where they show
        it: the rows kept in the stratum of the PSU left out are raised by n_h/(n_h − 1).
    weights : array_like of shape (n,), optional
        Full-sample weights, by which factors are told from weights; 1 when absent.
    name : str
        What the columns are called in messages.

    Returns
    -------
    ReplicateWeights

    Raises
    ------
    UsageError
        With code ``fay_rho`` or ``replicate_scales``.
    DataError
        With code ``replicates_impossible`` or ``replicates_are_factors``.

    Examples
    --------
    >>> columns = np.array([[0.0, 1.5, 1.5], [1.5, 0.0, 1.5], [1.5, 1.5, 0.0]])
    >>> made = read_replicates(columns, "jk1")
    >>> len(made), round(made.scale, 4), made.df
    (3, 0.6667, 2)
    """
    choose(kind, REPLICATE_TYPES, "--replicate-type")
    matrix = np.asarray(columns, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[1] < 2:
        raise UsageError(
            "replicate_scales",
            f"{name}: shape {matrix.shape}.",
            allowed="at least two columns of replicate weights",
        )
    n, n_replicates = matrix.shape
    wrong = np.asarray(~(np.isfinite(matrix) & (matrix >= 0)).all(axis=1))
    if wrong.any():
        raise DataError(
            "replicates_impossible",
            f"{name} are missing, negative or infinite in {row_list(wrong)}.",
            allowed="0 or more in every row and replicate",
        )
    base = np.ones(n) if weights is None else numbers(weights, n, "the weight")
    _refuse_factors(matrix, base, name)
    if rscales is not None:
        each = numbers(rscales, None, "the scales of the replicates")
        if each.size != n_replicates or not (np.isfinite(each) & (each >= 0)).all():
            raise UsageError(
                "replicate_scales",
                f"There are {each.size} scales for {n_replicates} replicates, or one is negative.",
                allowed="one number from 0 for each replicate",
            )
    elif kind == "jkn":
        each = _stratum_scales(matrix, base, name)
    else:
        each = np.ones(n_replicates)
    if kind == "fay" and rho is None and scale is None:
        rho = _fay_rho(matrix, base, name)
    total = default_scale(kind, n_replicates, rho) if scale is None else float(scale)
    return ReplicateWeights(
        kind, matrix.T, np.arange(n), np.ones(n), total, each, _rank(matrix.T, np.arange(n))
    )  # fmt: skip


def default_scale(kind: str, n_replicates: int, rho: float | None) -> float:
    """Scale of the sum of squared deviations, by kind; see the notes of this module.

    Examples
    --------
    >>> default_scale("fay", 4, 0.5)
    1.0
    """
    if (kind == "fay") != (rho is not None) or (rho is not None and not 0 <= rho < 1):
        raise UsageError(
            "fay_rho",
            f"The replicate type is {kind} and rho is {rho}.",
            allowed="a rho from 0 to under 1 with type fay, and none with another type",
        )
    if kind == "jk1":
        return (n_replicates - 1) / n_replicates
    if kind == "jkn":
        return 1.0
    if kind == "bootstrap":
        return 1.0 / (n_replicates - 1)
    return 1.0 / (n_replicates * (1.0 - (rho or 0.0)) ** 2)


def _refuse_factors(matrix: NDArray[np.float64], base: NDArray[np.float64], name: str) -> None:
    ratio = float(matrix.sum() / matrix.shape[1] / base.sum())
    as_factors = float(matrix.mean())
    if not 0.5 < ratio < 2.0 and 0.5 < as_factors < 2.0:
        raise DataError(
            "replicates_are_factors",
            f"{name} sum to {ratio:.3g} times the full-sample weights and have mean "
            f"{as_factors:.3g}: they look like factors of the weight, not like weights.",
            allowed="whole replicate weights",
            try_="multiply each replicate column by the weight",
        )


def _stratum_scales(
    matrix: NDArray[np.float64], base: NDArray[np.float64], name: str
) -> NDArray[np.float64]:
    """Read (n_h − 1)/n_h from jkn weights: its inverse is the raise within the stratum (R,)."""
    kept = base > 0
    factor = matrix[kept] / base[kept, None]
    raised = np.where(factor > 1.0 + _SAME, factor, np.nan)
    highest = np.nanmax(raised, axis=0, initial=1.0)
    lowest = np.nanmin(raised, axis=0, initial=np.inf)
    units = highest / np.maximum(highest - 1.0, _SAME)
    seen = np.isfinite(lowest) & (highest - lowest <= 1e-4 * highest)
    seen &= np.abs(units - np.round(units)) <= 0.05
    if not seen.all():
        raise UsageError(
            "replicate_scales",
            f"{name} do not show the scale (n_h − 1)/n_h of {int((~seen).sum())} of {seen.size} "
            "jkn replicates, for instance because the weights were calibrated.",
            allowed="one scale for each replicate, as the data documentation gives them",
            try_="rscales",
        )
    return np.asarray(1.0 / highest)


def _fay_rho(matrix: NDArray[np.float64], base: NDArray[np.float64], name: str) -> float:
    """Read ρ from Fay weights: each is ρ or 2 − ρ times the full-sample weight."""
    kept = base > 0
    factor = matrix[kept] / base[kept, None]
    rho = float(factor.min())
    if not 0 <= rho < 1 or np.abs(np.abs(factor - 1.0) - (1.0 - rho)).max() > 1e-4:
        raise UsageError(
            "fay_rho",
            f"{name} do not show rho: they are not all rho or 2 − rho times the weight.",
            allowed="a rho from 0 to under 1, as the data documentation gives it",
            try_="rho",
        )
    return round(rho, 6)


def _rank(factors: NDArray[np.float64], units: NDArray[np.int64]) -> int:
    """Dimension that the replicates span around their mean: the degrees of freedom.

    Factors (R, U) are taken a block of units at a time, because there may be a unit for each row.
    """
    n_replicates = factors.shape[0]
    products = np.zeros((n_replicates, n_replicates))
    step = max(1, _BLOCK_CELLS // n_replicates)
    for start in range(0, units.size, step):
        block = factors[:, units[start : start + step]]
        deviation = block - block.mean(axis=0)
        products += deviation @ deviation.T
    eigenvalues = np.linalg.eigvalsh(products)
    return int(np.count_nonzero(eigenvalues > 1e-10 * max(eigenvalues[-1], 1e-300)))
