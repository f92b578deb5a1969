"""Two nominal items that go together beyond the classes: a direct effect."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.compile import kernel
from vendepunkt.numerics.items.base import (
    BOUNDARY,
    FLOOR,
    Floats,
    Integers,
    Local,
    draw_categories,
    probability_boundary,
)

KIND = 6
SWEEPS = 6
STEEPEST = 60.0
#: An effect beyond this stands for a cell that nobody is in.
STEEP = 12.0


class Pair:
    """``log p(a, b | k) = alpha_ka + beta_kb + delta_ab + constant``.

    The association ``delta`` is the same in all classes. The distinct values are first the
    ``A * B`` cells (b fastest), then ``A`` rows in which only the first item was answered, then
    ``B`` rows in which only the second was: their densities are the sums over what is missing.

    References
    ----------
    Hagenaars, J. A. (1988). Latent structure models with direct effects between indicators.
    Sociological Methods & Research 16(3), 379-405.
    https://doi.org/10.1177/0049124188016003002
    """

    kernel_kind = KIND
    accelerated = True

    def __init__(self, values: Floats, shape: tuple[int, int]) -> None:
        self.values = values
        self.shape = shape
        a, b = shape
        self.n_values = a * b + a + b
        self.n_state = (a - 1) + (b - 1) + (a - 1) * (b - 1)
        # Which cells each distinct value stands for, (V, A * B).
        cells = np.eye(a * b)
        first = np.repeat(np.eye(a), b, axis=1)
        second = np.tile(np.eye(b), (1, a))
        self._covers = np.vstack([cells, first, second])
        self._effects = self._cell_effects()

    def _cell_effects(self) -> Floats:
        """Build the design of the log-linear model, ``(A * B, D)``."""
        a, b = self.shape
        effects = np.zeros((a * b, self.n_state))
        for i in range(a):
            for j in range(b):
                cell = i * b + j
                if i:
                    effects[cell, i - 1] = 1
                if j:
                    effects[cell, a - 1 + j - 1] = 1
                if i and j:
                    effects[cell, a - 1 + b - 1 + (i - 1) * (b - 1) + j - 1] = 1
        return effects

    def start(self, rng: np.random.Generator, counts: Floats, classes: int) -> Floats:
        """Draw the main effects and begin without association."""
        a, b = self.shape
        state = np.zeros((self.n_state, classes))
        first = np.log(np.maximum(rng.dirichlet(np.ones(a), size=classes).T, 1e-3))
        second = np.log(np.maximum(rng.dirichlet(np.ones(b), size=classes).T, 1e-3))
        state[: a - 1] = first[1:] - first[0]
        state[a - 1 : a + b - 2] = second[1:] - second[0]
        return state

    def _cells(self, state: Floats) -> Floats:
        eta = self._effects @ state
        p = np.exp(eta - eta.max(axis=0))
        return np.asarray(p / p.sum(axis=0))

    def log_density(self, state: Floats) -> Floats:
        """Give the log of the probabilities of cells and margins."""
        return np.asarray(np.log(np.maximum(self._covers @ self._cells(state), FLOOR)))

    def maximise(self, counts: Floats, state: Floats, prior: float) -> Floats:
        """Share partial answers over their cells, then fit the margins one after the other."""
        a, b = self.shape
        classes = state.shape[1]
        p = np.maximum(self._cells(state), FLOOR)
        within = self._covers[:, :, None] * p / (self._covers @ p)[:, None, :]
        full = np.einsum("vk,vck->ck", counts, within).reshape(a, b, classes)
        fitted = p.reshape(a, b, classes) * full.sum(axis=(0, 1))
        log_factor = np.zeros((a, b, classes))
        for _ in range(SWEEPS):
            for axis in (1, 0, 2):  # the margins class x first, class x second, first x second
                wanted = full.sum(axis=axis, keepdims=True)
                has = fitted.sum(axis=axis, keepdims=True)
                factor = np.maximum(wanted, 1e-9) / np.maximum(has, 1e-9)
                fitted = fitted * factor
                log_factor += np.log(factor)
        # The factors have no three-way part, so their corner contrasts are changes of effects;
        # a contrast of the cells themselves would drown where cells are nearly empty.
        corner = log_factor[0, 0]
        main_a = log_factor[1:, 0] - corner
        main_b = log_factor[0, 1:] - corner
        both = log_factor[1:, 1:] - log_factor[1:, :1] - log_factor[:1, 1:] + corner
        shared = np.repeat(both[:, :, 0].reshape(-1, 1), classes, axis=1)
        change = np.vstack([main_a, main_b, shared])
        return np.asarray(np.clip(state + change, -STEEPEST, STEEPEST))

    def n_parameters(self, classes: int) -> int:
        """Count main effects per class and one association."""
        a, b = self.shape
        return classes * (a - 1 + b - 1) + (a - 1) * (b - 1)

    def local(self, state: Floats, counts: Floats) -> Local:
        """Differentiate in main effects and association; partial answers by their average cell."""
        classes, d = state.shape[1], self.n_state
        mains = sum(self.shape) - 2
        index = self._numbers(state)
        p = self._cells(state)
        within = self._covers[:, :, None] * p / np.maximum(self._covers @ p, 1e-300)[:, None, :]
        partial = np.einsum("vck,cd->vkd", within, self._effects)
        mean = p.T @ self._effects
        score = partial - mean
        spread = np.einsum("ck,cd,ce->kde", p, self._effects, self._effects)
        spread -= np.einsum("kd,ke->kde", mean, mean)
        inside = np.einsum("vk,vck,cd,ce->kde", counts, within, self._effects, self._effects)
        inside -= np.einsum("vk,vkd,vke->kde", counts, partial, partial)
        curvature = inside - counts.sum(axis=0)[:, None, None] * spread
        margin = self._covers[self.shape[0] * self.shape[1] :]
        cell_jacobian = p[:, :, None] * (self._effects[:, None, :] - mean)
        jacobian = np.zeros((len(self.profile_rows()), classes, d))
        jacobian[: len(margin)] = np.einsum("mc,ckd->mkd", margin, cell_jacobian)
        for row in range(d - mains):
            jacobian[len(margin) + row, :, mains + row] = 1
        return Local(index, int(index.max(initial=-1)) + 1, score, curvature, jacobian)

    def move(self, state: Floats, local: Local, step: Floats) -> Floats:
        """Move the log-linear effects."""
        change = np.where(local.index >= 0, step[np.maximum(local.index, 0)], 0.0)
        return np.asarray(np.clip(state + change.T, -STEEPEST, STEEPEST))

    def _numbers(self, state: Floats) -> Integers:
        """Number the free effects ``(K, D)``; one that ran to a cell of nobody is held fixed."""
        classes, mains = state.shape[1], sum(self.shape) - 2
        a = self.shape[0]
        margins = self._covers[self.shape[0] * self.shape[1] :] @ self._cells(state)
        rare = np.delete(margins < BOUNDARY, [0, a], axis=0)  # reference categories have no effect
        free = np.abs(state) < STEEP
        free[:mains] &= ~rare
        index = np.full((classes, self.n_state), -1, dtype=np.int64)
        own = free[:mains].T
        index[:, :mains][own] = np.arange(int(own.sum()))
        shared = free[mains:, 0]
        index[:, mains:][:, shared] = int(own.sum()) + np.arange(int(shared.sum()))
        return index

    def profile(self, state: Floats) -> Floats:
        """Give the probabilities of either item, then the log odds ratios of the association."""
        a, b = self.shape
        margins = self._covers[a * b :] @ self._cells(state)
        return np.asarray(np.vstack([margins, state[a + b - 2 :]]))

    def profile_rows(self) -> tuple[str, ...]:
        """Name the association; the rows before it are the categories of the two items."""
        a, b = self.shape
        return ("",) * (a + b) + ("log odds ratio",) * ((a - 1) * (b - 1))

    def at_boundary(self, state: Floats) -> NDArray[np.bool_]:
        """Mark probabilities at 0 or 1 and associations without bound."""
        a, b = self.shape
        profile = self.profile(state)
        marks = probability_boundary(profile)
        marks[a + b :] = np.abs(profile[a + b :]) >= STEEP
        return marks

    def draw(
        self, rng: np.random.Generator, state: Floats, member: Integers, codes: Integers
    ) -> tuple[Integers, Floats]:
        """Draw cells; where one item was not answered, only the other is kept."""
        a, b = self.shape
        cell = draw_categories(rng, self._cells(state), member, np.zeros(len(member), np.int64))
        only_first = (codes >= a * b) & (codes < a * b + a)
        only_second = (codes >= a * b + a) & (codes < self.n_values)
        drawn = np.where(only_first, a * b + cell // b, cell)
        drawn = np.where(only_second, a * b + a + cell % b, drawn)
        return np.where(codes == self.n_values, self.n_values, drawn), self.values


@kernel
def _cells(state: Floats, s0: int, lane: int, a: int, b: int, out: Floats) -> None:
    """Write the cell probabilities of one lane."""
    largest = -np.inf
    for i in range(a):
        for j in range(b):
            eta = 0.0
            if i > 0:
                eta += state[s0 + i - 1, lane]
            if j > 0:
                eta += state[s0 + a - 1 + j - 1, lane]
            if i > 0 and j > 0:
                eta += state[s0 + a + b - 2 + (i - 1) * (b - 1) + j - 1, lane]
            out[i * b + j] = eta
            largest = max(largest, eta)
    total = 0.0
    for c in range(a * b):
        out[c] = math.exp(out[c] - largest)
        total += out[c]
    for c in range(a * b):
        out[c] = max(out[c] / total, FLOOR)


@kernel
def density_lanes(
    state: Floats, s0: int, table: Floats, r0: int, a: int, b: int, classes: int, starts: int
) -> None:
    """Fill the density table with cells and margins."""
    p = np.empty(a * b)
    for lane in range(classes * starts):
        _cells(state, s0, lane, a, b, p)
        for row in range(a * b, a * b + a + b):
            table[r0 + row, lane] = 0.0
        for i in range(a):
            for j in range(b):
                table[r0 + i * b + j, lane] = p[i * b + j]
                table[r0 + a * b + i, lane] += p[i * b + j]
                table[r0 + a * b + a + j, lane] += p[i * b + j]


@kernel
def _complete(
    counts: Floats,
    r0: int,
    state: Floats,
    s0: int,
    s: int,
    a: int,
    b: int,
    classes: int,
    starts: int,
    full: Floats,
    fitted: Floats,
) -> None:
    """Share partial answers of one start over their cells; set the fit to where it stands."""
    p = np.empty(a * b)
    first = np.empty(a)
    second = np.empty(b)
    for k in range(classes):
        lane = k * starts + s
        _cells(state, s0, lane, a, b, p)
        first[:] = 0.0
        second[:] = 0.0
        for i in range(a):
            for j in range(b):
                first[i] += p[i * b + j]
                second[j] += p[i * b + j]
        total = 0.0
        for i in range(a):
            for j in range(b):
                c = i * b + j
                n = counts[r0 + c, lane]
                n += counts[r0 + a * b + i, lane] * p[c] / first[i]
                n += counts[r0 + a * b + a + j, lane] * p[c] / second[j]
                full[c, k] = n
                total += n
        for c in range(a * b):
            fitted[c, k] = p[c] * total


@kernel
def _sweep(full: Floats, fitted: Floats, change: Floats, a: int, b: int, classes: int) -> None:
    """Fit the margins class x first, class x second and first x second once each.

    The logs of the factors are added to `change` ``(a * b, classes)``.
    """
    for margin in range(3):
        for outer in range(classes if margin < 2 else a):
            for inner in range(a if margin == 0 else b):
                wanted = 0.0
                has = 0.0
                for summed in range(b if margin == 0 else a if margin == 1 else classes):
                    cell, k = _cell_of(margin, outer, inner, summed, b)
                    wanted += full[cell, k]
                    has += fitted[cell, k]
                factor = max(wanted, 1e-9) / max(has, 1e-9)
                log_factor = math.log(factor)
                for summed in range(b if margin == 0 else a if margin == 1 else classes):
                    cell, k = _cell_of(margin, outer, inner, summed, b)
                    fitted[cell, k] *= factor
                    change[cell, k] += log_factor


@kernel
def _cell_of(margin: int, outer: int, inner: int, summed: int, b: int) -> tuple[int, int]:
    """Give the cell and class of a place in one of the three margins."""
    if margin == 0:
        return inner * b + summed, outer
    if margin == 1:
        return summed * b + inner, outer
    return outer * b + inner, summed


@kernel
def maximise_lanes(
    counts: Floats,
    r0: int,
    state: Floats,
    out: Floats,
    s0: int,
    a: int,
    b: int,
    classes: int,
    starts: int,
) -> None:
    """Fit the log-linear model to the expected counts of every start."""
    full = np.empty((a * b, classes))
    fitted = np.empty((a * b, classes))
    change = np.empty((a * b, classes))
    for s in range(starts):
        _complete(counts, r0, state, s0, s, a, b, classes, starts, full, fitted)
        change[:, :] = 0.0
        for _ in range(SWEEPS):
            _sweep(full, fitted, change, a, b, classes)
        for k in range(classes):
            lane = k * starts + s
            for i in range(a):
                for j in range(b):
                    if i == 0 and j == 0:
                        continue
                    if j == 0:
                        row = s0 + i - 1
                        moved = change[i * b, k] - change[0, k]
                    elif i == 0:
                        row = s0 + a - 1 + j - 1
                        moved = change[j, k] - change[0, k]
                    else:
                        # No three-way part: the first class tells for all.
                        row = s0 + a + b - 2 + (i - 1) * (b - 1) + j - 1
                        moved = change[i * b + j, 0] - change[i * b, 0] - change[j, 0]
                        moved += change[0, 0]
                    out[row, lane] = min(max(state[row, lane] + moved, -STEEPEST), STEEPEST)
