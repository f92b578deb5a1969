"""Where people in one class go next: the transition probabilities of one origin.

An origin is seen as one more item: its distinct values are the kinds of step people take from it.
"""

from __future__ import annotations

import numpy as np

from vendepunkt.numerics.items import BOUNDARY, Floats, Local, Membership
from vendepunkt.numerics.items.membership import STEEPEST


class Destination(Membership):
    """Multinomial logit of the destinations of one origin.

    Parameters
    ----------
    design
        ``(U, Q)`` distinct rows of covariates; ``[[1.0]]`` without any.
    origin
        The class people come from: staying there is the reference of the printed coefficients.
    bases
        Columns of the design, the first so many, that are constants: of all steps, or of each.
    """

    def __init__(self, design: Floats, origin: int, bases: int) -> None:
        super().__init__(design)
        self.origin = origin
        self.bases = bases

    def start(self, rng: np.random.Generator, counts: Floats, classes: int) -> Floats:
        """Begin where most stay."""
        state = np.zeros((self.n_state, classes))
        state[: self.bases] = rng.normal(0.0, 0.5, (self.bases, classes))
        state[: self.bases, self.origin] += 1.0 + np.log(max(classes, 2))
        return state

    def local(self, state: Floats, counts: Floats) -> Local:
        """Differentiate in the log-odds against staying, or the likeliest where there is one row.

        A destination that nobody reaches is held where it is.
        """
        q, lanes = state.shape
        p = self.probabilities(state)
        people = counts.sum(axis=1)
        total = float(people.sum())
        share = people @ p / total if total > 0 else p.mean(axis=0)
        reference = int(share.argmax()) if self.plain else self.origin
        alive = share >= BOUNDARY
        alive[reference] = False
        if total <= 0 or (self.plain and share[reference] > 1 - BOUNDARY):
            alive[:] = False
        # Ordered by destination, then covariate; a coefficient that ran away stays where it is.
        columns = np.repeat(alive, q) & (np.abs(state.T.ravel()) < STEEPEST)
        index = np.where(columns, np.cumsum(columns) - 1, -1)
        away = np.eye(lanes)[None] - p[:, None, :]  # (U, destination, parameter's destination)
        score = (away[:, :, :, None] * self.design[:, None, None, :]).reshape(len(p), lanes, -1)
        score = score * columns
        inner = p[:, :, None] * np.eye(lanes) - p[:, :, None] * p[:, None, :]
        # All destinations share the curvature of the denominator: it is written to the first.
        squares = (self.design[:, :, None] * self.design[:, None, :]).reshape(len(p), -1)
        weights = (people[:, None, None] * inner).reshape(len(p), -1)
        whole = (weights.T @ squares).reshape(lanes, lanes, q, q).transpose(0, 2, 1, 3)
        curvature = np.zeros((lanes, q * lanes, q * lanes))
        curvature[0] = -whole.reshape(q * lanes, q * lanes) * np.outer(columns, columns)
        jacobian = np.zeros((q, lanes, q * lanes))
        for k in range(lanes):
            for column in range(q):
                jacobian[column, k, k * q + column] = 1.0
                jacobian[column, k, self.origin * q + column] -= 1.0
        return Local(
            np.tile(index, (lanes, 1)), int(columns.sum()), score, curvature, jacobian * columns
        )

    def move(self, state: Floats, local: Local, step: Floats) -> Floats:
        """Move the coefficients; staying keeps its zeros."""
        q, lanes = state.shape
        full = np.where(local.index[0] >= 0, step[np.maximum(local.index[0], 0)], 0.0)
        return np.asarray(np.clip(state + full.reshape(lanes, q).T, -STEEPEST, STEEPEST))
