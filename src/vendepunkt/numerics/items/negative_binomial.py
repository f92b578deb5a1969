"""Count items with more spread than Poisson: a mean per class and one dispersion."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, polygamma, psi

from vendepunkt.numerics.compile import kernel
from vendepunkt.numerics.items import poisson
from vendepunkt.numerics.items.base import Floats, Integers, Local, draw_numbers
from vendepunkt.numerics.small import digamma, trigamma

KIND = 3
SMALLEST_MEAN = 1e-8
#: Bounds of log size; the upper one is the Poisson limit.
LOW, HIGH = -8.0, 12.0


class NegativeBinomial:
    """Counts with variance ``mean + mean**2 / size``; the size is shared by the classes.

    References
    ----------
    Hilbe, J. M. (2011). Negative binomial regression (2nd ed.). Cambridge University Press.
    https://doi.org/10.1017/CBO9780511973420
    """

    kernel_kind = KIND
    accelerated = True

    def __init__(self, values: Floats, shape: tuple[int, int] = (0, 0)) -> None:
        self.values = values
        self.shape = shape
        self.n_values = len(values)
        self.n_state = 2

    def start(self, rng: np.random.Generator, counts: Floats, classes: int) -> Floats:
        """Spread the means around the mean of everybody and begin with size 3."""
        mean = max(float(counts @ self.values) / max(float(counts.sum()), 1e-12), 0.05)
        state = np.empty((2, classes))
        state[0] = np.log(mean) + 0.7 * rng.standard_normal(classes)
        state[1] = math.log(3.0)
        return state

    def log_density(self, state: Floats) -> Floats:
        """Give the log of the negative binomial probabilities."""
        v, mean, size = self.values[:, None], np.exp(state[0]), np.exp(state[1])
        return np.asarray(
            gammaln(v + size)
            - gammaln(size)
            - gammaln(v + 1)
            + size * (state[1] - np.log(size + mean))
            + v * (state[0] - np.log(size + mean))
        )

    def _size_derivatives(self, mean: Floats, size: float) -> tuple[Floats, Floats]:
        """Give first and second derivatives by log size, ``(V, K)`` each."""
        v = self.values[:, None]
        first = psi(v + size) - psi(size) + math.log(size) - np.log(size + mean) + 1
        first = first - (v + size) / (size + mean)
        second = polygamma(1, v + size) - polygamma(1, size) + 1 / size
        second = second - 2 / (size + mean) + (v + size) / (size + mean) ** 2
        return np.asarray(size * first), np.asarray(size * first + size * size * second)

    def maximise(self, counts: Floats, state: Floats, prior: float) -> Floats:
        """Give the weighted means and take one safeguarded Newton step for the size."""
        out = state.copy()
        total = counts.sum(axis=0)
        mean = np.divide(self.values @ counts, total, out=np.exp(state[0]), where=total > 0)
        out[0] = np.log(np.maximum(mean, SMALLEST_MEAN))
        first, second = self._size_derivatives(np.exp(out[0]), math.exp(out[1, 0]))
        slope, bend = float((counts * first).sum()), float((counts * second).sum())
        step = -slope / bend if bend < 0 else math.copysign(0.5, slope)
        step = min(max(step, -1.0), 1.0)
        before = float((counts * self.log_density(out)).sum())
        for _ in range(12):
            moved = out.copy()
            moved[1] = min(max(out[1, 0] + step, LOW), HIGH)
            if float((counts * self.log_density(moved)).sum()) >= before:
                return moved
            step /= 4
        return out

    def n_parameters(self, classes: int) -> int:
        """Count one mean per class and one size."""
        return classes + 1

    def local(self, state: Floats, counts: Floats) -> Local:
        """Differentiate in the logs of means and size; a size at its bound is held fixed."""
        classes = state.shape[1]
        mean, size = np.exp(state[0]), math.exp(state[1, 0])
        fixed = self.at_boundary(state)
        free = ~fixed[0]
        index = np.column_stack([np.where(free, np.cumsum(free) - 1, -1), np.full(classes, -1)])
        n_free = int(free.sum())
        if not fixed[1].any():
            index[:, 1] = n_free
            n_free += 1
        v = self.values[:, None]
        first, second = self._size_derivatives(mean, size)
        score = np.stack([size * (v - mean) / (size + mean), first], axis=2)
        curvature = np.zeros((classes, 2, 2))
        bend = -mean * size * (size + v) / (size + mean) ** 2
        cross = size * (v - mean) * mean / (size + mean) ** 2
        curvature[:, 0, 0] = (counts * bend).sum(axis=0)
        curvature[:, 0, 1] = curvature[:, 1, 0] = (counts * cross).sum(axis=0)
        curvature[:, 1, 1] = (counts * second).sum(axis=0)
        jacobian = np.zeros((2, classes, 2))
        jacobian[0, :, 0] = mean
        jacobian[1, :, 1] = size
        return Local(index, n_free, score, curvature, jacobian)

    def move(self, state: Floats, local: Local, step: Floats) -> Floats:
        """Move the logs of means and size."""
        moved = state.copy()
        for k in range(state.shape[1]):
            if local.index[k, 0] >= 0:
                moved[0, k] += step[local.index[k, 0]]
            if local.index[k, 1] >= 0:
                moved[1, k] = min(max(moved[1, k] + step[local.index[k, 1]], LOW), HIGH)
        return moved

    def profile(self, state: Floats) -> Floats:
        """Give means and size."""
        return np.asarray(np.exp(state))

    def profile_rows(self) -> tuple[str, ...]:
        """Name mean and size."""
        return ("mean", "size")

    def at_boundary(self, state: Floats) -> NDArray[np.bool_]:
        """Mark means of practically 0 and a size at its bounds (no over-dispersion)."""
        size = (state[1] <= LOW + 1e-6) | (state[1] >= HIGH - 1e-6)
        return np.asarray(np.vstack([np.exp(state[0]) < 1e-4, size]))

    def draw(
        self, rng: np.random.Generator, state: Floats, member: Integers, codes: Integers
    ) -> tuple[Integers, Floats]:
        """Draw counts."""
        size = math.exp(state[1, 0])
        mean = rng.gamma(size, np.exp(state[0])[member] / size)
        drawn = rng.poisson(mean).astype(np.float64)
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
    for s in range(starts):
        log_size = state[s0 + 1, s]
        size = math.exp(log_size)
        at_zero = math.lgamma(size)
        for v in range(n_values):
            count = values[r0 + v]
            constant = math.lgamma(count + size) - at_zero - math.lgamma(count + 1.0)
            for k in range(classes):
                lane = k * starts + s
                log_both = math.log(size + math.exp(state[s0, lane]))
                own = size * (log_size - log_both) + count * (state[s0, lane] - log_both)
                table[r0 + v, lane] = own + constant


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
    """Turn expected counts into means and, by a Newton step, the size of each start."""
    poisson.maximise_lanes(counts, r0, n_values, values, state, out, s0, classes, starts)
    for s in range(starts):
        log_size = _next_log_size(
            counts, r0, n_values, values, out, s0, classes, starts, s, state[s0 + 1, s]
        )
        for k in range(classes):
            out[s0 + 1, k * starts + s] = log_size


@kernel
def _size_terms(
    counts: Floats,
    r0: int,
    n_values: int,
    values: Floats,
    means: Floats,
    s0: int,
    classes: int,
    starts: int,
    s: int,
    log_size: float,
    out: Floats,
) -> None:
    """Write what the expected log-likelihood owes to the size, and its two derivatives."""
    size = math.exp(log_size)
    out[:] = 0.0
    for v in range(n_values):
        count = values[r0 + v]
        gammas = math.lgamma(count + size) - math.lgamma(size) + size * log_size
        digammas = digamma(count + size) - digamma(size) + log_size + 1.0
        trigammas = trigamma(count + size) - trigamma(size) + 1.0 / size
        for k in range(classes):
            lane = k * starts + s
            people = counts[r0 + v, lane]
            both = size + math.exp(means[s0, lane])
            log_both = math.log(both)
            first = digammas - log_both - (count + size) / both
            second = trigammas - 2.0 / both + (count + size) / (both * both)
            out[0] += people * (gammas - (count + size) * log_both)
            out[1] += people * size * first
            out[2] += people * (size * first + size * size * second)


@kernel
def _next_log_size(
    counts: Floats,
    r0: int,
    n_values: int,
    values: Floats,
    means: Floats,
    s0: int,
    classes: int,
    starts: int,
    s: int,
    log_size: float,
) -> float:
    """Take one Newton step for the size of a start, shortened until nothing is lost by it."""
    terms = np.empty(3)
    _size_terms(counts, r0, n_values, values, means, s0, classes, starts, s, log_size, terms)
    before = terms[0]
    step = -terms[1] / terms[2] if terms[2] < 0.0 else math.copysign(0.5, terms[1])
    step = min(max(step, -1.0), 1.0)
    for _ in range(12):
        moved = min(max(log_size + step, LOW), HIGH)
        _size_terms(counts, r0, n_values, values, means, s0, classes, starts, s, moved, terms)
        if terms[0] >= before:
            return moved
        step *= 0.25
    return log_size
