"""Class membership, seen as one more item: its distinct values are the rows of covariates.

Without covariates there is one row, and the logits are those of the class shares.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.compile import kernel
from vendepunkt.numerics.items.base import BOUNDARY, FLOOR, Floats, Local, softmax
from vendepunkt.numerics.small import solve_positive

STEEPEST = 60.0


class Membership:
    """Multinomial logit of class membership on covariates, the first class as reference.

    Parameters
    ----------
    design
        ``(R, Q)`` distinct rows of the design matrix; ``[[1.0]]`` without covariates.

    References
    ----------
    Dayton, C. M. & Macready, G. B. (1988). Concomitant-variable latent-class models. Journal of the
    American Statistical Association 83(401), 173-178.
    https://doi.org/10.1080/01621459.1988.10478584
    """

    accelerated = True

    def __init__(self, design: Floats) -> None:
        self.design = design
        self.n_values, self.n_state = design.shape

    @property
    def plain(self) -> bool:
        """Whether there are no covariates."""
        return self.design.shape == (1, 1)

    def start(self, rng: np.random.Generator, counts: Floats, classes: int) -> Floats:
        """Begin with equal shares and no effects."""
        return np.zeros((self.n_state, classes))

    def probabilities(self, state: Floats) -> Floats:
        """Give the membership probabilities of each row of covariates, ``(R, K)``."""
        return softmax(self.design @ state, axis=1)

    def log_density(self, state: Floats) -> Floats:
        """Give the log of the membership probabilities."""
        return np.asarray(np.log(np.maximum(self.probabilities(state), FLOOR)))

    def maximise(self, counts: Floats, state: Floats, prior: float) -> Floats:
        """Give the shares, or take one safeguarded Newton step with covariates."""
        if self.plain:
            raised = counts + prior / counts.shape[1]
            if raised.sum() <= 0.0:  # nobody is there to go anywhere
                return state.copy()
            return np.asarray(np.log(np.maximum(raised / raised.sum(), FLOOR)))
        if counts.shape[1] == 1:
            return np.zeros_like(state)
        local = self.local(state, counts)
        free = local.index[0] >= 0
        gradient = np.einsum("rk,rkd->d", counts, local.score)[free]
        information = -local.curvature.sum(axis=0)[np.ix_(free, free)]
        information += (
            1e-10 * max(float(np.diag(information).max()), 1e-300) * np.eye(len(gradient))
        )
        step = np.linalg.solve(information, gradient)
        before = float((counts * self.log_density(state)).sum())
        for _ in range(12):
            moved = self.move(state, local, step)
            if float((counts * self.log_density(moved)).sum()) >= before:
                return moved
            step = step / 4
        return state

    def n_parameters(self, classes: int) -> int:
        """Count a coefficient per column for each class but one."""
        return int(self.n_state * (classes - 1))

    def local(self, state: Floats, counts: Floats) -> Local:
        """Differentiate in the coefficients; a class that nobody is in is held fixed."""
        q, classes = state.shape
        p = self.probabilities(state)
        share = (p * counts.sum(axis=1)[:, None]).sum(axis=0) / max(float(counts.sum()), 1e-300)
        alive = np.repeat(share[1:] >= BOUNDARY, q)  # columns ordered by class, then covariate
        index = np.where(alive, np.cumsum(alive) - 1, -1)
        own = np.eye(classes)[:, 1:]  # (K, K - 1)
        away = own[None, :, :] - p[:, None, 1:]  # (R, K, K - 1)
        score = away[:, :, :, None] * self.design[:, None, None, :]
        score = score.reshape(self.n_values, classes, -1) * alive
        inner = p[:, 1:, None] * np.eye(classes - 1) - p[:, 1:, None] * p[:, None, 1:]
        curvature = np.empty((classes, q * (classes - 1), q * (classes - 1)))
        squares = (self.design[:, :, None] * self.design[:, None, :]).reshape(len(p), -1)
        shape = (classes - 1, classes - 1, q, q)
        for k in range(classes):
            weights = (counts[:, k, None, None] * inner).reshape(len(p), -1)
            block = (weights.T @ squares).reshape(shape).transpose(0, 2, 1, 3)
            curvature[k] = -block.reshape(curvature.shape[1:]) * np.outer(alive, alive)
        jacobian = np.zeros((q, classes, q * (classes - 1)))
        for k in range(1, classes):
            for column in range(q):
                jacobian[column, k, (k - 1) * q + column] = 1
        return Local(
            np.tile(index, (classes, 1)), int(alive.sum()), score, curvature, jacobian * alive
        )

    def move(self, state: Floats, local: Local, step: Floats) -> Floats:
        """Move the coefficients."""
        q, classes = state.shape
        full = np.where(local.index[0] >= 0, step[np.maximum(local.index[0], 0)], 0.0)
        moved = state - state[:, :1]
        moved[:, 1:] += full.reshape(classes - 1, q).T
        return np.asarray(np.clip(moved, -STEEPEST, STEEPEST))

    def at_boundary(self, state: Floats) -> NDArray[np.bool_]:
        """Mark coefficients that ran away, ``(Q, K)``."""
        return np.asarray(np.abs(state - state[:, :1]) > 15)


@kernel
def density_lanes(
    state: Floats, s0: int, table: Floats, design: Floats, classes: int, starts: int
) -> None:
    """Fill the first rows of the density table with membership probabilities."""
    rows, columns = design.shape
    eta = np.empty(classes)
    for r in range(rows):
        for s in range(starts):
            largest = -np.inf
            for k in range(classes):
                total = 0.0
                for q in range(columns):
                    total += design[r, q] * state[s0 + q, k * starts + s]
                eta[k] = total
                largest = max(largest, total)
            total = 0.0
            for k in range(classes):
                eta[k] = math.exp(eta[k] - largest)
                total += eta[k]
            for k in range(classes):
                table[r, k * starts + s] = max(eta[k] / total, FLOOR)


@kernel
def maximise_lanes(
    counts: Floats,
    table: Floats,
    state: Floats,
    out: Floats,
    s0: int,
    design: Floats,
    classes: int,
    starts: int,
    prior: float,
) -> None:
    """Give shares, or take one safeguarded Newton step for every start."""
    rows, columns = design.shape
    if rows == 1 and columns == 1:
        raised = prior / classes
        for s in range(starts):
            total = 0.0
            for k in range(classes):
                total += counts[0, k * starts + s] + raised
            if total <= 0.0:  # nobody is there to go anywhere
                for k in range(classes):
                    out[s0, k * starts + s] = state[s0, k * starts + s]
                continue
            for k in range(classes):
                share = (counts[0, k * starts + s] + raised) / total
                out[s0, k * starts + s] = math.log(max(share, FLOOR))
        return
    size = columns * (classes - 1)
    gradient = np.empty(size)
    information = np.empty((size, size))
    for s in range(starts):
        gradient[:] = 0.0
        information[:, :] = 0.0
        before = 0.0
        for r in range(rows):
            total = 0.0
            for k in range(classes):
                total += counts[r, k * starts + s]
                before += counts[r, k * starts + s] * math.log(table[r, k * starts + s])
            for k in range(1, classes):
                p = table[r, k * starts + s]
                away = counts[r, k * starts + s] - total * p
                for q in range(columns):
                    at = (k - 1) * columns + q
                    gradient[at] += away * design[r, q]
                    for m in range(1, k + 1):
                        other = table[r, m * starts + s]
                        weight = total * p * ((1.0 - p) if m == k else -other)
                        for u in range(columns):
                            information[at, (m - 1) * columns + u] += (
                                weight * design[r, q] * design[r, u]
                            )
        for i in range(size):
            for j in range(i):
                information[j, i] = information[i, j]
        solve_positive(information, gradient, size)
        _step(counts, state, out, s0, design, classes, starts, s, gradient, before)


@kernel
def _step(
    counts: Floats,
    state: Floats,
    out: Floats,
    s0: int,
    design: Floats,
    classes: int,
    starts: int,
    s: int,
    step: Floats,
    before: float,
) -> None:
    """Move one start along `step`, shortened until the expected log-likelihood does not fall."""
    rows, columns = design.shape
    length = 1.0
    for _ in range(12):
        for k in range(classes):
            for q in range(columns):
                moved = state[s0 + q, k * starts + s] - state[s0 + q, s]
                if k > 0:
                    moved += length * step[(k - 1) * columns + q]
                out[s0 + q, k * starts + s] = min(max(moved, -STEEPEST), STEEPEST)
        after = 0.0
        for r in range(rows):
            total = 0.0
            people = 0.0
            for k in range(classes):
                eta = 0.0
                for q in range(columns):
                    eta += design[r, q] * out[s0 + q, k * starts + s]
                total += math.exp(eta)
                people += counts[r, k * starts + s]
                after += counts[r, k * starts + s] * eta
            after -= people * math.log(total)
        if after >= before:
            return
        length *= 0.25
    for k in range(classes):
        for q in range(columns):
            out[s0 + q, k * starts + s] = state[s0 + q, k * starts + s]
