"""Items with a random intercept: people differ for good, not only by the class they are in.

The log-odds of each category against the first are those of the class plus a loading times a
standard normal value that a person keeps over all waves; the normal is a few Gauss-Hermite nodes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.items import BOUNDARY, FLOOR, Floats, Local
from vendepunkt.numerics.items.base import probability_boundary, softmax


class InterceptItem:
    """A categorical item whose lanes are node by node the classes.

    The state ``(2 V, K)`` holds the log-odds of the categories (the first 0) over their loadings,
    which are the same in all classes.

    Parameters
    ----------
    values
        ``(V,)`` distinct values.
    node, weight
        ``(G,)`` values of the random intercept and their probabilities.
    """

    kernel_kind = -1
    accelerated = True
    shape = (0, 0)

    def __init__(self, values: Floats, node: Floats, weight: Floats) -> None:
        self.values = values
        self.node = node
        self.weight = weight
        self.n_values = len(values)
        self.n_state = 2 * len(values)

    def start(self, rng: np.random.Generator, counts: Floats, classes: int) -> Floats:
        """Draw each class's probabilities flat over the simplex, and small loadings that rise."""
        draw = np.log(np.maximum(rng.dirichlet(np.ones(self.n_values), size=classes).T, 1e-3))
        loading = np.linspace(0.0, 1.0, self.n_values) * rng.uniform(0.2, 0.8)
        return np.concatenate([draw - draw[:1], np.repeat(loading[:, None], classes, axis=1)])

    def probabilities(self, state: Floats) -> Floats:
        """Give the probability of each category, ``(V, G, K)``."""
        base, loading = np.split(state, 2)
        eta = base[:, None, :] + self.node[None, :, None] * loading[:, None, :]
        return softmax(eta)

    def log_density(self, state: Floats) -> Floats:
        """Give the log of the probabilities, ``(V, G K)``."""
        p = self.probabilities(state).reshape(self.n_values, -1)
        return np.asarray(np.log(np.maximum(p, FLOOR)))

    def maximise(self, counts: Floats, state: Floats, prior: float) -> Floats:
        """Take one Newton step, shortened until the expected log-likelihood does not fall."""
        local = self.local(state, counts)
        if local.n_free == 0:
            return state
        gradient = np.zeros(local.n_free)
        information = 1e-10 * np.eye(local.n_free)
        own = np.einsum("vl,vld->ld", counts, local.score)
        for lane, index in enumerate(local.index):
            free = np.flatnonzero(index >= 0)
            at = index[free]
            gradient[at] += own[lane, free]
            information[np.ix_(at, at)] -= local.curvature[lane][np.ix_(free, free)]
        step = np.asarray(np.linalg.lstsq(information, gradient, rcond=1e-10)[0], np.float64)
        step *= min(1.0, 3.0 / max(float(np.abs(step).max(initial=0.0)), 1e-300))
        before = float((counts * self.log_density(state)).sum())
        for _ in range(12):
            moved = self.move(state, local, step)
            if float((counts * self.log_density(moved)).sum()) >= before:
                return moved
            step = step / 4
        return state

    def n_parameters(self, classes: int) -> int:
        """Count one less than the categories in each class, and for the loadings."""
        return (classes + 1) * (self.n_values - 1)

    def local(self, state: Floats, counts: Floats) -> Local:
        """Differentiate in log-odds and loadings; what is at the boundary is held."""
        v, classes = self.n_values, state.shape[1]
        p = self.probabilities(state)
        mean = np.einsum("vgk,g->vk", p, self.weight)
        free = mean >= BOUNDARY
        free[0] = False
        loads = free.any(axis=1)
        number = np.where(free.T, np.cumsum(free.T.ravel()).reshape(classes, v) - 1, -1)
        shared = np.where(loads, free.sum() + np.cumsum(loads) - 1, -1)
        index = np.concatenate([number, np.tile(shared, (classes, 1))], axis=1)
        on = np.concatenate([number >= 0, np.tile(shared >= 0, (classes, 1))], axis=1)
        unit = np.eye(v)
        # By node and class; log-odds first, then loadings, which act by the value of the node.
        away = unit - p.transpose(1, 2, 0)[:, :, None, :]
        f = self.node[:, None, None, None]
        both = np.concatenate([away, f * away], axis=3) * on[None, :, None, :]
        reach = np.concatenate(
            [np.broadcast_to(unit, (len(self.node), v, v)), self.node[:, None, None] * unit], axis=2
        )
        reach = reach[:, None] * on[None, :, None, :]
        own = p.transpose(1, 2, 0)
        spread = own[..., None] * unit - own[..., None] * own[:, :, None, :]
        people = counts.reshape(v, len(self.node), classes).sum(axis=0)
        curvature = -people[:, :, None, None] * (reach.transpose(0, 1, 3, 2) @ spread @ reach)
        score = both.transpose(2, 0, 1, 3)
        jacobian = np.einsum("g,gkv,gkvd->vkd", self.weight, own, both)
        lanes = len(self.node) * classes
        return Local(
            np.tile(index, (len(self.node), 1)),
            int(free.sum() + loads.sum()),
            score.reshape(v, lanes, 2 * v),
            curvature.reshape(lanes, 2 * v, 2 * v),
            jacobian,
        )

    def move(self, state: Floats, local: Local, step: Floats) -> Floats:
        """Move log-odds and loadings."""
        moved = state.copy()
        classes = state.shape[1]
        for k in range(classes):
            full = np.where(local.index[k] >= 0, step[np.maximum(local.index[k], 0)], 0.0)
            moved[:, k] += full
        return np.clip(moved, -30.0, 30.0)

    def profile(self, state: Floats) -> Floats:
        """Give the probabilities averaged over the random intercept, ``(V, K)``."""
        return np.asarray(np.einsum("vgk,g->vk", self.probabilities(state), self.weight))

    def profile_rows(self) -> tuple[str, ...]:
        """Name nothing: the rows are the categories."""
        return ("",) * self.n_values

    def loadings(self, state: Floats) -> Floats:
        """Give the loading of each category, ``(V,)``, the first 0."""
        return state[self.n_values :, 0]

    def at_boundary(self, state: Floats) -> NDArray[np.bool_]:
        """Mark probabilities at 0 or 1."""
        return probability_boundary(self.profile(state))


class FixedItem:
    """An item whose profile is known and is not estimated.

    Parameters
    ----------
    profile
        ``(V, K)`` probabilities of its categories in each class.
    """

    kernel_kind = -1
    accelerated = True
    shape = (0, 0)
    n_state = 0

    def __init__(self, values: Floats, profile: Floats) -> None:
        self.values = values
        self.known = np.asarray(profile, dtype=np.float64)
        self.n_values = len(values)

    def start(self, rng: np.random.Generator, counts: Floats, classes: int) -> Floats:
        """Give nothing to estimate."""
        return np.zeros((0, classes))

    def log_density(self, state: Floats) -> Floats:
        """Give the log of the known probabilities."""
        return np.asarray(np.log(np.maximum(self.known, FLOOR)))

    def maximise(self, counts: Floats, state: Floats, prior: float) -> Floats:
        """Leave all as it is."""
        return state

    def n_parameters(self, classes: int) -> int:
        """Count none."""
        return 0

    def local(self, state: Floats, counts: Floats) -> Local:
        """Differentiate in nothing."""
        v, k = self.known.shape
        nothing = np.zeros((k, 0), dtype=np.int64)
        return Local(nothing, 0, np.zeros((v, k, 0)), np.zeros((k, 0, 0)), np.zeros((v, k, 0)))

    def move(self, state: Floats, local: Local, step: Floats) -> Floats:
        """Leave all as it is."""
        return state

    def profile(self, state: Floats) -> Floats:
        """Give the known probabilities."""
        return self.known

    def profile_rows(self) -> tuple[str, ...]:
        """Name nothing: the rows are the categories."""
        return ("",) * self.n_values

    def at_boundary(self, state: Floats) -> NDArray[np.bool_]:
        """Mark nothing: what is known is not at a boundary of an estimate."""
        return np.zeros(self.known.shape, dtype=np.bool_)
