"""Count items: a Poisson mean per class."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from vendepunkt.numerics.compile import kernel
from vendepunkt.numerics.items.base import Floats, Integers, Local, draw_numbers

KIND = 2
SMALLEST_MEAN = 1e-8


class Poisson:
    """Counts whose mean differs between the classes and whose variance equals the mean.

    References
    ----------
    Wedel, M., DeSarbo, W. S., Bult, J. R. & Ramaswamy, V. (1993). A latent class Poisson regression
    model for heterogeneous count data. Journal of Applied Econometrics 8(4), 397-411.
    https://doi.org/10.1002/jae.3950080407
    """

    kernel_kind = KIND
    accelerated = True

    def __init__(self, values: Floats, shape: tuple[int, int] = (0, 0)) -> None:
        self.values = values
        self.shape = shape
        self.n_values = len(values)
        self.n_state = 1

    def start(self, rng: np.random.Generator, counts: Floats, classes: int) -> Floats:
        """Spread the means around the mean of everybody."""
        mean = max(float(counts @ self.values) / max(float(counts.sum()), 1e-12), 0.05)
        return np.asarray(np.log(mean) + 0.7 * rng.standard_normal((1, classes)))

    def log_density(self, state: Floats) -> Floats:
        """Give ``v log(mean) - mean - log v!``."""
        v = self.values[:, None]
        return np.asarray(v * state[0] - np.exp(state[0]) - gammaln(v + 1))

    def maximise(self, counts: Floats, state: Floats, prior: float) -> Floats:
        """Give the log of the weighted means."""
        total = counts.sum(axis=0)
        mean = np.divide(self.values @ counts, total, out=np.exp(state[0]), where=total > 0)
        return np.asarray(np.log(np.maximum(mean, SMALLEST_MEAN))[None, :])

    def n_parameters(self, classes: int) -> int:
        """Count one mean per class."""
        return classes

    def local(self, state: Floats, counts: Floats) -> Local:
        """Differentiate in the log of the mean; a mean of nearly 0 is held fixed."""
        classes = state.shape[1]
        mean = np.exp(state[0])
        free = ~self.at_boundary(state)[0]
        index = np.where(free, np.cumsum(free) - 1, -1)[:, None]
        score = (self.values[:, None] - mean)[:, :, None] * free[None, :, None]
        curvature = (-counts.sum(axis=0) * mean * free).reshape(classes, 1, 1)
        return Local(index, int(free.sum()), score, curvature, (mean * free).reshape(1, -1, 1))

    def move(self, state: Floats, local: Local, step: Floats) -> Floats:
        """Move the logs of the means."""
        moved = state.copy()
        free = local.index[:, 0] >= 0
        moved[0, free] += step[local.index[free, 0]]
        return moved

    def profile(self, state: Floats) -> Floats:
        """Give the means."""
        return np.asarray(np.exp(state))

    def profile_rows(self) -> tuple[str, ...]:
        """Name the mean."""
        return ("mean",)

    def at_boundary(self, state: Floats) -> NDArray[np.bool_]:
        """Mark means of practically 0."""
        return np.asarray(np.exp(state) < 1e-4)

    def draw(
        self, rng: np.random.Generator, state: Floats, member: Integers, codes: Integers
    ) -> tuple[Integers, Floats]:
        """Draw counts."""
        drawn = rng.poisson(np.exp(state[0])[member]).astype(np.float64)
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
    for v in range(n_values):
        count = values[r0 + v]
        constant = math.lgamma(count + 1.0)
        for lane in range(classes * starts):
            log_mean = state[s0, lane]
            table[r0 + v, lane] = count * log_mean - math.exp(log_mean) - constant


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
    """Turn expected counts into the logs of the means."""
    for lane in range(classes * starts):
        total = 0.0
        weighted = 0.0
        for v in range(n_values):
            total += counts[r0 + v, lane]
            weighted += counts[r0 + v, lane] * values[r0 + v]
        if total > 0.0:
            out[s0, lane] = math.log(max(weighted / total, SMALLEST_MEAN))
        else:
            out[s0, lane] = state[s0, lane]
