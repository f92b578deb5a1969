"""Continuous items: a normal mean per class and one variance shared by the classes."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.compile import kernel
from vendepunkt.numerics.items.base import Floats, Integers, Local, draw_numbers

KIND = 4
#: The smallest variance, as a share of the squared range.
SMALLEST_SHARE = 1e-10
HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)


class Gaussian:
    """Measurements whose mean differs between the classes, with equal variance.

    A variance of its own for each class has no maximum: the likelihood is unbounded where a class
    shrinks to one person. The shared variance is the default of latent profile analysis.

    References
    ----------
    Day, N. E. (1969). Estimating the components of a mixture of normal distributions.
    Biometrika 56(3), 463-474. https://doi.org/10.1093/biomet/56.3.463
    """

    kernel_kind = KIND
    accelerated = True

    def __init__(self, values: Floats, shape: tuple[int, int] = (0, 0)) -> None:
        self.values = values
        self.shape = shape
        self.n_values = len(values)
        self.n_state = 2
        # A variance has a floor, whatever the unit: classes of equal values would have none.
        spread = float(values.max() - values.min()) if len(values) > 1 else 1.0
        self.smallest_variance = SMALLEST_SHARE * spread * spread

    def start(self, rng: np.random.Generator, counts: Floats, classes: int) -> Floats:
        """Spread the means over the range of everybody."""
        total = max(float(counts.sum()), 1e-12)
        mean = float(counts @ self.values) / total
        variance = max(float(counts @ (self.values - mean) ** 2) / total, self.smallest_variance)
        state = np.empty((2, classes))
        state[0] = mean + math.sqrt(variance) * rng.standard_normal(classes)
        state[1] = math.log(variance)
        return state

    def log_density(self, state: Floats) -> Floats:
        """Give the log of the normal density."""
        squared = (self.values[:, None] - state[0]) ** 2
        return np.asarray(-HALF_LOG_TWO_PI - 0.5 * state[1] - 0.5 * squared * np.exp(-state[1]))

    def maximise(self, counts: Floats, state: Floats, prior: float) -> Floats:
        """Give the weighted means and the pooled variance around them."""
        total = counts.sum(axis=0)
        out = state.copy()
        out[0] = np.divide(self.values @ counts, total, out=state[0].copy(), where=total > 0)
        squared = (self.values[:, None] - out[0]) ** 2
        variance = float((counts * squared).sum()) / max(float(total.sum()), 1e-300)
        out[1] = math.log(max(variance, self.smallest_variance))
        return out

    def n_parameters(self, classes: int) -> int:
        """Count one mean per class and one variance."""
        return classes + 1

    def local(self, state: Floats, counts: Floats) -> Local:
        """Differentiate in the means and the log of the variance."""
        classes = state.shape[1]
        precision = np.exp(-state[1, 0])
        away = self.values[:, None] - state[0]
        index = np.column_stack([np.arange(classes), np.full(classes, classes)])
        score = np.stack([away * precision, 0.5 * (away**2 * precision - 1)], axis=2)
        curvature = np.zeros((classes, 2, 2))
        curvature[:, 0, 0] = -counts.sum(axis=0) * precision
        curvature[:, 0, 1] = curvature[:, 1, 0] = -(counts * away).sum(axis=0) * precision
        curvature[:, 1, 1] = -0.5 * (counts * away**2).sum(axis=0) * precision
        jacobian = np.zeros((2, classes, 2))
        jacobian[0, :, 0] = 1.0
        jacobian[1, :, 1] = 1 / precision
        return Local(index, classes + 1, score, curvature, jacobian)

    def move(self, state: Floats, local: Local, step: Floats) -> Floats:
        """Move the means and the log of the variance."""
        moved = state.copy()
        moved[0] += step[:-1]
        moved[1] = max(moved[1, 0] + step[-1], math.log(self.smallest_variance))
        return moved

    def profile(self, state: Floats) -> Floats:
        """Give means and variance."""
        return np.asarray(np.vstack([state[0], np.exp(state[1])]))

    def profile_rows(self) -> tuple[str, ...]:
        """Name mean and variance."""
        return ("mean", "variance")

    def at_boundary(self, state: Floats) -> NDArray[np.bool_]:
        """Mark a variance that fell to its floor."""
        marks = np.zeros((2, state.shape[1]), dtype=np.bool_)
        marks[1] = np.exp(state[1]) <= self.smallest_variance * 1.0001
        return marks

    def draw(
        self, rng: np.random.Generator, state: Floats, member: Integers, codes: Integers
    ) -> tuple[Integers, Floats]:
        """Draw measurements."""
        drawn = state[0][member] + np.exp(0.5 * state[1, 0]) * rng.standard_normal(len(member))
        return draw_numbers(drawn, codes, self.n_values)


@kernel
def log_density_lanes(
    state: Floats,
    s0: int,
    table: Floats,
    r0: int,
    n_values: int,
    values: Floats,
    classes: int,
    starts: int,
) -> None:
    """Fill the table with the log densities of all lanes."""
    for lane in range(classes * starts):
        log_variance = state[s0 + 1, lane]
        precision = math.exp(-log_variance)
        constant = HALF_LOG_TWO_PI + 0.5 * log_variance
        for v in range(n_values):
            away = values[r0 + v] - state[s0, lane]
            table[r0 + v, lane] = -0.5 * away * away * precision - constant


@kernel
def maximise_lanes(
    counts: Floats,
    r0: int,
    n_values: int,
    values: Floats,
    state: Floats,
    out: Floats,
    s0: int,
    classes: int,
    starts: int,
) -> None:
    """Turn expected counts into means and the shared variance of each start."""
    low = np.inf
    high = -np.inf
    for v in range(n_values):
        low = min(low, values[r0 + v])
        high = max(high, values[r0 + v])
    spread = high - low if n_values > 1 else 1.0
    smallest = SMALLEST_SHARE * spread * spread
    for s in range(starts):
        everybody = 0.0
        squares = 0.0
        for k in range(classes):
            lane = k * starts + s
            total = 0.0
            weighted = 0.0
            for v in range(n_values):
                total += counts[r0 + v, lane]
                weighted += counts[r0 + v, lane] * values[r0 + v]
            mean = weighted / total if total > 0.0 else state[s0, lane]
            out[s0, lane] = mean
            everybody += total
            for v in range(n_values):
                away = values[r0 + v] - mean
                squares += counts[r0 + v, lane] * away * away
        variance = max(squares / max(everybody, 1e-300), smallest)
        for k in range(classes):
            out[s0 + 1, k * starts + s] = math.log(variance)
