"""Ordinal items: adjacent-category logits, one slope per class."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.compile import kernel
from vendepunkt.numerics.items.base import (
    FLOOR,
    Floats,
    Integers,
    Local,
    draw_categories,
    probability_boundary,
    softmax,
)
from vendepunkt.numerics.small import solve_positive

KIND = 1
STEEPEST = 60.0


class Ordinal:
    """Ordered categories: ``log p(v | k) = a_v + x_v b_k + constant``.

    The intercepts ``a`` are shared by the classes, the position ``x`` runs from 0 to 1 in equal
    steps, and the slope ``b`` of the first class is 0. So neighbouring categories differ by a logit
    that moves by the same amount from class to class.

    References
    ----------
    Heinen, T. (1996). Latent class and discrete latent trait models. Sage. ISBN 0-8039-7470-9.
    """

    kernel_kind = KIND
    accelerated = True

    def __init__(self, values: Floats, shape: tuple[int, int] = (0, 0)) -> None:
        self.values = values
        self.shape = shape
        self.n_values = len(values)
        self.n_state = len(values)  # the intercepts but the first, and the slope
        self._x = np.arange(self.n_values) / max(self.n_values - 1, 1)

    def start(self, rng: np.random.Generator, counts: Floats, classes: int) -> Floats:
        """Take everybody's shares for the intercepts and draw the slopes."""
        shares = (counts + 0.5) / (counts + 0.5).sum()
        state = np.empty((self.n_state, classes))
        slopes = 4.0 * rng.standard_normal(classes)
        slopes -= slopes[0]
        # Centred so that the average class keeps everybody's shares.
        centre = np.log(shares) - self._x * slopes.mean()
        state[:-1] = (centre[1:] - centre[0])[:, None]
        state[-1] = slopes
        return state

    def _probabilities(self, state: Floats) -> Floats:
        intercepts = np.concatenate([np.zeros((1, state.shape[1])), state[:-1]])
        return softmax(intercepts + self._x[:, None] * state[-1])

    def log_density(self, state: Floats) -> Floats:
        """Give the log of the probabilities."""
        return np.asarray(np.log(np.maximum(self._probabilities(state), FLOOR)))

    def maximise(self, counts: Floats, state: Floats, prior: float) -> Floats:
        """Take one safeguarded Newton step on the expected log-likelihood (generalised EM)."""
        local = self.local(state, counts)
        gradient = np.zeros(local.n_free)
        information = np.zeros((local.n_free, local.n_free))
        total = np.einsum("vk,vkd->kd", counts, local.score)
        for k in range(state.shape[1]):
            seen = local.index[k] >= 0
            at = local.index[k][seen]
            gradient[at] += total[k][seen]
            information[np.ix_(at, at)] -= local.curvature[k][np.ix_(seen, seen)]
        information += (
            1e-10 * max(float(np.diag(information).max()), 1e-300) * np.eye(len(gradient))
        )
        step = np.asarray(np.linalg.solve(information, gradient), dtype=np.float64)
        before = float((counts * self.log_density(state)).sum())
        for _ in range(12):
            moved = self.move(state, local, step)
            if float((counts * self.log_density(moved)).sum()) >= before:
                return moved
            step = step / 4
        return state

    def n_parameters(self, classes: int) -> int:
        """Count the shared intercepts and a slope for each class but one."""
        return self.n_values - 1 + classes - 1

    def local(self, state: Floats, counts: Floats) -> Local:
        """Differentiate in intercepts and slopes."""
        n_values, classes = self.n_values, state.shape[1]
        p = self._probabilities(state)
        index = np.empty((classes, n_values), dtype=np.int64)
        index[:, :-1] = np.arange(n_values - 1)
        index[:, -1] = n_values - 2 + np.arange(classes)
        index[0, -1] = -1
        effects = np.column_stack([np.eye(n_values)[:, 1:], self._x])  # (V, d)
        mean = p.T @ effects  # (K, d)
        score = effects[:, None, :] - mean
        spread = np.einsum("vk,vkd,vke->kde", p, score, score)
        curvature = -counts.sum(axis=0)[:, None, None] * spread
        jacobian = p[:, :, None] * score
        return Local(index, n_values - 2 + classes, score, curvature, jacobian)

    def move(self, state: Floats, local: Local, step: Floats) -> Floats:
        """Move intercepts and slopes."""
        moved = state.copy()
        moved[:-1] += step[: self.n_values - 1, None]
        moved[-1, 1:] += step[self.n_values - 1 :]
        return np.asarray(np.clip(moved, -STEEPEST, STEEPEST))

    def profile(self, state: Floats) -> Floats:
        """Give the probabilities."""
        return self._probabilities(state)

    def profile_rows(self) -> tuple[str, ...]:
        """Name nothing: the rows are the categories."""
        return ("",) * self.n_values

    def at_boundary(self, state: Floats) -> NDArray[np.bool_]:
        """Mark probabilities at 0 or 1."""
        return probability_boundary(self._probabilities(state))

    def draw(
        self, rng: np.random.Generator, state: Floats, member: Integers, codes: Integers
    ) -> tuple[Integers, Floats]:
        """Draw categories."""
        return draw_categories(rng, self.profile(state), member, codes), self.values


@kernel
def _probabilities(state: Floats, s0: int, lane: int, n_values: int, out: Floats) -> None:
    """Write the probabilities of one lane into `out`."""
    step = 1.0 / max(n_values - 1, 1)
    slope = state[s0 + n_values - 1, lane]
    largest = 0.0
    out[0] = 0.0
    for v in range(1, n_values):
        out[v] = state[s0 + v - 1, lane] + v * step * slope
        largest = max(largest, out[v])
    total = 0.0
    for v in range(n_values):
        out[v] = math.exp(out[v] - largest)
        total += out[v]
    for v in range(n_values):
        out[v] = max(out[v] / total, FLOOR)


@kernel
def density_lanes(
    state: Floats, s0: int, table: Floats, r0: int, n_values: int, classes: int, starts: int
) -> None:
    """Fill the density table with the probabilities of all lanes."""
    p = np.empty(n_values)
    for lane in range(classes * starts):
        _probabilities(state, s0, lane, n_values, p)
        for v in range(n_values):
            table[r0 + v, lane] = p[v]


@kernel
def _expected(
    counts: Floats,
    r0: int,
    state: Floats,
    s0: int,
    start: int,
    n_values: int,
    classes: int,
    starts: int,
    p: Floats,
) -> float:
    """Give the expected log-likelihood of one start."""
    total = 0.0
    for k in range(classes):
        lane = k * starts + start
        _probabilities(state, s0, lane, n_values, p)
        for v in range(n_values):
            total += counts[r0 + v, lane] * math.log(p[v])
    return total


@kernel
def maximise_lanes(
    counts: Floats,
    r0: int,
    n_values: int,
    state: Floats,
    out: Floats,
    s0: int,
    classes: int,
    starts: int,
) -> None:
    """Take one safeguarded Newton step for every start."""
    size = n_values - 1 + classes - 1
    p = np.empty(n_values)
    gradient = np.empty(size)
    information = np.empty((size, size))
    step = 1.0 / max(n_values - 1, 1)
    for s in range(starts):
        gradient[:] = 0.0
        information[:, :] = 0.0
        for k in range(classes):
            lane = k * starts + s
            _probabilities(state, s0, lane, n_values, p)
            total = 0.0
            mean = 0.0
            square = 0.0
            for v in range(n_values):
                total += counts[r0 + v, lane]
                mean += p[v] * v * step
                square += p[v] * v * v * step * step
            for v in range(1, n_values):
                gradient[v - 1] += counts[r0 + v, lane] - total * p[v]
                information[v - 1, v - 1] += total * p[v]
                for u in range(1, n_values):
                    information[v - 1, u - 1] -= total * p[v] * p[u]
            if k > 0:
                at = n_values - 2 + k
                for v in range(n_values):
                    gradient[at] += (counts[r0 + v, lane] - total * p[v]) * v * step
                information[at, at] = total * (square - mean * mean)
                for v in range(1, n_values):
                    cross = total * p[v] * (v * step - mean)
                    information[at, v - 1] = cross
                    information[v - 1, at] = cross
        solve_positive(information, gradient, size)
        before = _expected(counts, r0, state, s0, s, n_values, classes, starts, p)
        length = 1.0
        for _ in range(12):
            for k in range(classes):
                lane = k * starts + s
                for v in range(n_values - 1):
                    moved = state[s0 + v, lane] + length * gradient[v]
                    out[s0 + v, lane] = min(max(moved, -STEEPEST), STEEPEST)
                slope = state[s0 + n_values - 1, lane]
                if k > 0:
                    slope += length * gradient[n_values - 2 + k]
                out[s0 + n_values - 1, lane] = min(max(slope, -STEEPEST), STEEPEST)
            if _expected(counts, r0, out, s0, s, n_values, classes, starts, p) >= before:
                break
            length *= 0.25
        else:
            for k in range(classes):
                lane = k * starts + s
                for v in range(n_values):
                    out[s0 + v, lane] = state[s0 + v, lane]
