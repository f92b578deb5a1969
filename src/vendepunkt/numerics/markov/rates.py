"""Moves as rates per year: one generator for waves of unequal distance, P = exp(QΔ).

The generator is fitted directly, never taken from a fitted matrix by root or logarithm.

References
----------
Kalbfleisch, J. D. & Lawless, J. F. (1985). The analysis of panel data under a Markov assumption.
Journal of the American Statistical Association 80(392), 863-871.
https://doi.org/10.1080/01621459.1985.10478195
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.items import FLOOR, Floats, Local
from vendepunkt.numerics.markov.generator import (
    derivatives,
    generator,
    log_rate_directions,
    transition_matrices,
)

#: A log rate is differentiated a second time over this distance.
APART = 1e-5
#: A rate with fewer expected moves a person and interval is held where it is.
NO_MOVES = 1e-5


class Rates:
    """All transition probabilities as one item: row ``j * U + u`` is origin j in step kind u.

    Parameters
    ----------
    design
        ``(U, Q)`` covariates of each kind of step, log-linear on the rates.
    interval
        ``(U,)`` length of each kind of step in years.
    lanes
        States of the chain.
    open_
        ``(M,)`` whether an origin can be left.
    """

    def __init__(
        self, design: Floats, interval: Floats, lanes: int, open_: NDArray[np.bool_]
    ) -> None:
        self.design = design
        self.interval = interval
        self.lanes = lanes
        self.n_values = lanes * len(design)
        self.n_state = lanes * design.shape[1]
        self.allowed = open_[:, None] & ~np.eye(lanes, dtype=np.bool_)

    def start(self, rng: np.random.Generator, counts: Floats, classes: int) -> Floats:
        """Begin with slow moves: some 20 % leave a class in a step."""
        state = np.zeros((self.n_state, classes))
        slow = np.log(0.2 / max(classes - 1, 1) / float(self.interval.mean()))
        columns = self.design.shape[1]
        state[::columns] = slow + rng.normal(0.0, 0.5, (self.lanes, classes))
        return state

    def rates(self, state: Floats, design: Floats | None = None) -> Floats:
        """Give the generator of each kind of step, ``(U, M, M)``."""
        design = self.design if design is None else design
        eta = np.einsum("uq,jqk->ujk", design, state.reshape(self.lanes, -1, self.lanes))
        return generator(np.where(self.allowed, np.exp(np.clip(eta, -60.0, 5.0)), 0.0))

    def log_density(self, state: Floats) -> Floats:
        """Give the log of the transition probabilities, ``(M U, M)``."""
        p = transition_matrices(self.rates(state), self.interval)
        return self._rows(np.log(np.maximum(p, FLOOR)))

    def maximise(self, counts: Floats, state: Floats, prior: float) -> Floats:
        """Take one scoring step, shortened until the expected log-likelihood does not fall."""
        raised = counts + prior / self.lanes
        local = self._first(state)
        free = np.flatnonzero(local.index[0] >= 0)
        if len(free) == 0:
            return state
        score = local.score[:, :, free]
        gradient = np.einsum("rk,rkd->d", raised, score)
        expected = raised.sum(axis=1, keepdims=True) * np.exp(self.log_density(state))
        information = np.einsum("rk,rkd,rke->de", expected, score, score)
        information += (
            1e-9 * max(float(np.diag(information).max(initial=0.0)), 1e-300) * np.eye(len(free))
        )
        step = np.asarray(np.linalg.lstsq(information, gradient, rcond=1e-12)[0], np.float64)
        step *= min(1.0, 2.0 / max(float(np.abs(step).max(initial=0.0)), 1e-300))
        before = float((raised * self.log_density(state)).sum())
        for _ in range(12):
            moved = self.move(state, local, step)
            if float((raised * self.log_density(moved)).sum()) >= before:
                return moved
            step = step / 4
        return state

    def n_parameters(self, classes: int) -> int:
        """Count a coefficient per column for each move that is possible."""
        return int(self.allowed.sum() * self.design.shape[1])

    def local(self, state: Floats, counts: Floats) -> Local:
        """Differentiate in the coefficients of the log rates."""
        found = self._first(state)
        d = found.score.shape[2]
        curvature = np.zeros((self.lanes, d, d))
        for column in np.flatnonzero(found.index[0] >= 0):
            step = np.zeros(found.n_free)
            step[found.index[0][column]] = APART
            up = self._first(self.move(state, found, step)).score
            down = self._first(self.move(state, found, -step)).score
            curvature[0, :, column] = np.einsum("rk,rkd->d", counts, up - down) / (2 * APART)
        curvature[0] = (curvature[0] + curvature[0].T) / 2
        held = found.index[0] < 0
        curvature[0][held] = 0.0
        curvature[0][:, held] = 0.0
        return Local(found.index, found.n_free, found.score, curvature, found.jacobian)

    def _first(self, state: Floats) -> Local:
        """Give first derivatives; a move that nobody makes is held where it is."""
        q = self.rates(state)
        p, slope = derivatives(
            q, self.interval, log_rate_directions(q, self.allowed)
        )  # (U, pairs, M, M)
        slope = slope / np.maximum(p, FLOOR)[:, None]
        each = slope[:, :, None] * self.design[:, None, :, None, None]
        each = each.reshape(len(p), -1, self.lanes, self.lanes)  # pair, then covariate
        score = self._rows(np.moveaxis(each, 1, -1))
        moves = (q * self.interval[:, None, None]).max(axis=0)[self.allowed]
        alive = np.repeat(moves >= NO_MOVES, self.design.shape[1])
        index = np.where(alive, np.cumsum(alive) - 1, -1)
        nothing = np.zeros((self.lanes, score.shape[2], score.shape[2]))
        return Local(
            np.tile(index, (self.lanes, 1)),
            int(alive.sum()),
            score * alive,
            nothing,
            np.zeros((0, self.lanes, score.shape[2])),
        )

    def move(self, state: Floats, local: Local, step: Floats) -> Floats:
        """Move the coefficients of the log rates."""
        full = np.where(local.index[0] >= 0, step[np.maximum(local.index[0], 0)], 0.0)
        moved = state.reshape(self.lanes, -1, self.lanes).copy()
        origin, destination = np.nonzero(self.allowed)
        moved[origin, :, destination] += full.reshape(len(origin), -1)
        return np.clip(moved.reshape(state.shape), -60.0, 60.0)

    def at_boundary(self, state: Floats) -> NDArray[np.bool_]:
        """Mark rates at 0, ``(U, M, M)``."""
        return np.asarray(self.rates(state) * self.interval[:, None, None] < NO_MOVES)

    def _rows(self, by_step: Floats) -> Floats:
        """Lay ``(U, M, …)`` out as rows, origin by origin."""
        moved = np.moveaxis(by_step, 0, 1)
        return np.ascontiguousarray(moved.reshape(self.n_values, *by_step.shape[2:]))
