"""Nominal and binary items: one free probability per category and class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.compile import LANES, kernel
from vendepunkt.numerics.items.base import (
    BOUNDARY,
    FLOOR,
    Floats,
    Integers,
    Local,
    draw_categories,
    probability_boundary,
)

KIND = 0


class Nominal:
    """Categories without order: the multinomial of Lazarsfeld's latent class model.

    References
    ----------
    Goodman, L. A. (1974). Exploratory latent structure analysis using both identifiable and
    unidentifiable models. Biometrika 61(2), 215-231. https://doi.org/10.1093/biomet/61.2.215
    """

    kernel_kind = KIND
    accelerated = True

    def __init__(self, values: Floats, shape: tuple[int, int] = (0, 0)) -> None:
        self.values = values
        self.shape = shape
        self.n_values = len(values)
        self.n_state = len(values)

    def start(self, rng: np.random.Generator, counts: Floats, classes: int) -> Floats:
        """Draw each class's probabilities from a flat distribution over the simplex."""
        draw = rng.dirichlet(np.ones(self.n_values), size=classes).T
        return np.asarray(np.maximum(draw, 1e-3), dtype=np.float64)

    def log_density(self, state: Floats) -> Floats:
        """Give the log of the probabilities."""
        return np.asarray(np.log(np.maximum(state, FLOOR)), dtype=np.float64)

    def maximise(self, counts: Floats, state: Floats, prior: float) -> Floats:
        """Give the shares of the expected counts; an empty class becomes flat."""
        raised = counts + prior / self.n_values
        total = raised.sum(axis=0)
        shares = np.divide(
            raised, total, out=np.full_like(raised, 1 / self.n_values), where=total > 0
        )
        return np.asarray(np.maximum(shares, FLOOR), dtype=np.float64)

    def n_parameters(self, classes: int) -> int:
        """Count one less than the categories in each class."""
        return classes * (self.n_values - 1)

    def local(self, state: Floats, counts: Floats) -> Local:
        """Differentiate in log-odds against each class's most likely category.

        Categories at the boundary are held where they are; the others share what is left.
        """
        n_values, classes = state.shape
        free = state >= BOUNDARY
        reference = state.argmax(axis=0)
        free[reference, np.arange(classes)] = False
        left = np.where(state >= BOUNDARY, state, 0.0).sum(axis=0)
        inner = np.where(free, state / left, 0.0)
        index = np.where(free.T, np.cumsum(free.T.ravel()).reshape(classes, n_values) - 1, -1)
        answered = (state >= BOUNDARY).astype(np.float64)
        score = np.zeros((n_values, classes, n_values))
        curvature = np.zeros((classes, n_values, n_values))
        jacobian = np.zeros((n_values, classes, n_values))
        unit = np.eye(n_values)
        for k in range(classes):
            among = answered[:, k, None]
            score[:, k] = among * (unit - inner[:, k]) * free[:, k]
            spread = np.diag(inner[:, k]) - np.outer(inner[:, k], inner[:, k])
            curvature[k] = -(counts[:, k] * answered[:, k]).sum() * spread
            jacobian[:, k] = state[:, k, None] * score[:, k]
        return Local(index, int(free.sum()), score, curvature, jacobian)

    def move(self, state: Floats, local: Local, step: Floats) -> Floats:
        """Move the log-odds of the free categories."""
        moved = state.copy()
        for k in range(state.shape[1]):
            free = local.index[k] >= 0
            inside = state[:, k] >= BOUNDARY
            eta = np.log(np.maximum(state[:, k], FLOOR))
            eta[free] += step[local.index[k][free]]
            weight = np.exp(eta[inside] - eta[inside].max())
            moved[inside, k] = state[inside, k].sum() * weight / weight.sum()
        return np.asarray(np.maximum(moved, FLOOR), dtype=np.float64)

    def profile(self, state: Floats) -> Floats:
        """Give the probabilities."""
        return state

    def profile_rows(self) -> tuple[str, ...]:
        """Name nothing: the rows are the categories."""
        return ("",) * self.n_values

    def at_boundary(self, state: Floats) -> NDArray[np.bool_]:
        """Mark probabilities at 0 or 1."""
        return probability_boundary(state)

    def draw(
        self, rng: np.random.Generator, state: Floats, member: Integers, codes: Integers
    ) -> tuple[Integers, Floats]:
        """Draw categories."""
        return draw_categories(rng, self.profile(state), member, codes), self.values


@kernel
def density_lanes(state: Floats, s0: int, table: Floats, r0: int, n_values: int) -> None:
    """Copy the probabilities of all lanes into the density table."""
    for v in range(n_values):
        for lane in range(LANES):
            table[r0 + v, lane] = state[s0 + v, lane]


@kernel
def maximise_lanes(
    counts: Floats, r0: int, n_values: int, out: Floats, s0: int, prior: float
) -> None:
    """Turn the expected counts of all lanes into probabilities."""
    total = np.zeros(LANES)
    raised = prior / n_values
    for v in range(n_values):
        for lane in range(LANES):
            total[lane] += counts[r0 + v, lane] + raised
    for lane in range(LANES):
        # A lane without anybody (a dead class, or no class at all) stays flat.
        total[lane] = 1.0 / total[lane] if total[lane] > 0.0 else -1.0
    flat = 1.0 / n_values
    for v in range(n_values):
        for lane in range(LANES):
            share = (counts[r0 + v, lane] + raised) * total[lane]
            share = share if total[lane] > 0.0 else flat
            out[s0 + v, lane] = max(share, FLOOR)


@kernel
def project_lanes(state: Floats, s0: int, n_values: int) -> None:
    """Bring extrapolated probabilities back onto the simplex."""
    total = np.zeros(LANES)
    for v in range(n_values):
        for lane in range(LANES):
            state[s0 + v, lane] = max(state[s0 + v, lane], FLOOR)
            total[lane] += state[s0 + v, lane]
    for v in range(n_values):
        for lane in range(LANES):
            state[s0 + v, lane] /= total[lane]
