"""Smooth functions of the estimates with their gradients: the delta method in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from vendepunkt.numerics.markov import MovementEstimates
    from vendepunkt.numerics.threestep import ThreeStepEstimates

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Smooth:
    """Numbers that are smooth functions of p estimates.

    Attributes
    ----------
    value : (…)
        The numbers.
    gradient : (…, p)
        Their derivatives by the estimates.

    Examples
    --------
    >>> import numpy as np
    >>> parts = Smooth(np.array([0.2, 0.6]), np.eye(2))
    >>> share = parts[0] / parts.sum(0)
    >>> round(float(share.value), 3), share.gradient.round(4).tolist()
    (0.25, [0.9375, -0.3125])
    """

    value: Floats
    gradient: Floats

    def __getitem__(self, key: int | tuple[int, ...] | slice) -> Smooth:
        return Smooth(np.asarray(self.value[key]), self.gradient[key])

    def __add__(self, other: Smooth) -> Smooth:
        return Smooth(self.value + other.value, self.gradient + other.gradient)

    def __sub__(self, other: Smooth) -> Smooth:
        return Smooth(self.value - other.value, self.gradient - other.gradient)

    def __mul__(self, other: Smooth) -> Smooth:
        return Smooth(
            self.value * other.value,
            self.gradient * other.value[..., None] + other.gradient * self.value[..., None],
        )

    def __truediv__(self, other: Smooth) -> Smooth:
        """Divide; where the divisor is 0 there is no number (NaN)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = self.value / other.value
            change = self.gradient - ratio[..., None] * other.gradient
            return Smooth(np.asarray(ratio), np.asarray(change / other.value[..., None]))

    def scaled(self, factor: Floats | float) -> Smooth:
        """Multiply by known numbers of a shape that broadcasts."""
        known = np.asarray(factor, dtype=np.float64)
        return Smooth(np.asarray(self.value * known), self.gradient * known[..., None])

    def sum(self, axis: int, *, keepdims: bool = False) -> Smooth:
        """Add up along an axis of the numbers, counted from the first."""
        return Smooth(
            np.asarray(self.value.sum(axis=axis, keepdims=keepdims)),
            np.asarray(self.gradient.sum(axis=axis, keepdims=keepdims)),
        )

    def weighted(self, pattern: str, *known: Floats) -> Smooth:
        """Contract with known arrays: ``"tkl,kg->tgl"`` as in :func:`numpy.einsum`.

        The letter z is taken: it stands for the estimates.
        """
        into, out = pattern.split("->")
        first, *others = into.split(",")
        of_gradient = ",".join([f"{first}z", *others]) + f"->{out}z"
        return Smooth(
            np.asarray(np.einsum(pattern, self.value, *known)),
            np.asarray(np.einsum(of_gradient, self.gradient, *known)),
        )

    def std_error(self, covariance: Floats | None) -> Floats:
        """Give the standard errors by the delta method; NaN without a covariance."""
        if covariance is None:
            return np.full(self.value.shape, np.nan)
        flat = self.gradient.reshape(-1, self.gradient.shape[-1])
        variance = np.einsum("ip,ip->i", flat @ covariance, flat).clip(min=0.0)
        return np.asarray(np.sqrt(variance).reshape(self.value.shape), dtype=np.float64)


def estimated(estimates: MovementEstimates | ThreeStepEstimates, name: str) -> Smooth:
    """Take one block of the estimates as it stands: ``shares``, ``steps``, ``first_last`` …"""
    where, shape = estimates.shapes[name]
    places = np.arange(estimates.value.size)[where]
    gradient = np.zeros((places.size, estimates.value.size))
    gradient[np.arange(places.size), places] = 1.0
    return Smooth(estimates.get(name), gradient.reshape(*shape, estimates.value.size))


def profile_name(item: int) -> str:
    """Name the profile of an item, counted from 0, among the estimates."""
    return f"profile {item + 1}"


def conditional(joint: Smooth) -> Smooth:
    """Turn joint probabilities (…, from, to) of two waves into transition probabilities."""
    return joint / joint.sum(joint.value.ndim - 1, keepdims=True)
