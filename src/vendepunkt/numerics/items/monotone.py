"""Categorical items on which the classes stand in order: deprivation scales, cumulative items."""

from __future__ import annotations

import numpy as np

from vendepunkt.numerics.compile import kernel
from vendepunkt.numerics.items.base import (
    BOUNDARY,
    FLOOR,
    Floats,
    Local,
)
from vendepunkt.numerics.items.nominal import Nominal

KIND = 5


class Monotone(Nominal):
    """Categories whose chance of being passed never falls from one class to the next.

    ``P(Y > v | Y >= v, k)`` is non-decreasing in the class for every category ``v``. This hazard
    order implies that the whole distribution moves up; each maximisation is an exact isotonic
    regression. A binary item is the ordered latent class model of Croon. Parameters are counted as
    for nominal items: inequalities do not take any away.

    References
    ----------
    Croon, M. (1990). Latent class analysis with ordered latent classes. British Journal of
    Mathematical and Statistical Psychology 43(2), 171-192.
    https://doi.org/10.1111/j.2044-8317.1990.tb00934.x
    Vermunt, J. K. (2001). The use of restricted latent class models for defining and testing
    nonparametric and parametric item response theory models. Applied Psychological Measurement
    25(3), 283-294. https://doi.org/10.1177/01466210122032082
    """

    kernel_kind = KIND
    accelerated = False

    def start(self, rng: np.random.Generator, counts: Floats, classes: int) -> Floats:
        """Draw continuation chances and sort them over the classes."""
        passing = np.sort(rng.uniform(0.05, 0.95, size=(self.n_values - 1, classes)), axis=1)
        return _from_passing(passing)

    def maximise(self, counts: Floats, state: Floats, prior: float) -> Floats:
        """Pool neighbouring classes wherever the shares that pass would fall."""
        raised = counts + prior / self.n_values
        at_risk = raised[::-1].cumsum(axis=0)[::-1]
        old = _passing(state)
        passing = np.empty_like(old)
        for v in range(self.n_values - 1):
            share = np.divide(at_risk[v + 1], at_risk[v], out=old[v].copy(), where=at_risk[v] > 0)
            passing[v] = _isotonic(share, at_risk[v])
        return np.asarray(np.maximum(_from_passing(passing), FLOOR))

    def local(self, state: Floats, counts: Floats) -> Local:
        """Differentiate in the logits of passing; pooled classes share a parameter."""
        steps, classes = self.n_values - 1, state.shape[1]
        passing = _passing(state)
        index = np.full((classes, steps), -1, dtype=np.int64)
        n_free = 0
        for v in range(steps):
            for k in range(classes):
                if not BOUNDARY <= passing[v, k] <= 1 - BOUNDARY:
                    continue
                pooled = k > 0 and abs(passing[v, k] - passing[v, k - 1]) < 1e-9
                if pooled and index[k - 1, v] >= 0:
                    index[k, v] = index[k - 1, v]
                else:
                    index[k, v] = n_free
                    n_free += 1
        at_risk = counts[::-1].cumsum(axis=0)[::-1]
        free = index >= 0
        score = np.zeros((self.n_values, classes, steps))
        for v in range(steps):
            score[v + 1 :, :, v] = (1 - passing[v]) * free[:, v]
            score[v, :, v] = -passing[v] * free[:, v]
        curvature = np.zeros((classes, steps, steps))
        for v in range(steps):
            curvature[:, v, v] = -at_risk[v] * passing[v] * (1 - passing[v]) * free[:, v]
        return Local(index, n_free, score, curvature, state[:, :, None] * score)

    def move(self, state: Floats, local: Local, step: Floats) -> Floats:
        """Move the logits of passing, and keep the order."""
        passing = np.clip(_passing(state), FLOOR, 1 - FLOOR)
        logit = np.log(passing / (1 - passing))
        for v, k in np.ndindex(logit.shape):
            if local.index[k, v] >= 0:
                logit[v, k] += step[local.index[k, v]]
        moved = np.maximum.accumulate(1 / (1 + np.exp(-logit)), axis=1)
        return np.asarray(np.maximum(_from_passing(moved), FLOOR))


def _passing(state: Floats) -> Floats:
    """Turn probabilities ``(V, K)`` into the chances of passing each category, ``(V - 1, K)``."""
    at_risk = state[::-1].cumsum(axis=0)[::-1]
    return np.asarray(at_risk[1:] / at_risk[:-1])


def _from_passing(passing: Floats) -> Floats:
    """Turn the chances of passing each category into probabilities."""
    reached = np.vstack([np.ones(passing.shape[1]), passing.cumprod(axis=0)])
    stays = np.vstack([1 - passing, np.ones(passing.shape[1])])
    return np.asarray(reached * stays)


def _isotonic(share: Floats, weight: Floats) -> Floats:
    """Give the non-decreasing sequence nearest to `share` (pool adjacent violators)."""
    level: list[float] = []
    mass: list[float] = []
    length: list[int] = []
    for s, w in zip(share, weight, strict=True):
        level.append(float(s))
        mass.append(float(max(w, 1e-12)))
        length.append(1)
        while len(level) > 1 and level[-2] > level[-1]:
            both = mass[-2] + mass[-1]
            level[-2] = (level[-2] * mass[-2] + level[-1] * mass[-1]) / both
            mass[-2] = both
            length[-2] += length[-1]
            del level[-1], mass[-1], length[-1]
    return np.repeat(level, length)


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
    prior: float,
) -> None:
    """Pool adjacent violators for every start and category."""
    level = np.empty(classes)
    mass = np.empty(classes)
    length = np.empty(classes, dtype=np.int64)
    reached = np.empty(classes)
    raised = prior / n_values
    for s in range(starts):
        reached[:] = 1.0
        for v in range(n_values - 1):
            blocks = 0
            for k in range(classes):
                lane = k * starts + s
                above = 0.0
                old_above = 0.0
                for u in range(v + 1, n_values):
                    above += counts[r0 + u, lane] + raised
                    old_above += state[s0 + u, lane]
                risk = above + counts[r0 + v, lane] + raised
                old = old_above / (old_above + state[s0 + v, lane])
                level[blocks] = above / risk if risk > 0.0 else old
                mass[blocks] = max(risk, 1e-12)
                length[blocks] = 1
                blocks += 1
                while blocks > 1 and level[blocks - 2] > level[blocks - 1]:
                    both = mass[blocks - 2] + mass[blocks - 1]
                    level[blocks - 2] = (
                        level[blocks - 2] * mass[blocks - 2] + level[blocks - 1] * mass[blocks - 1]
                    ) / both
                    mass[blocks - 2] = both
                    length[blocks - 2] += length[blocks - 1]
                    blocks -= 1
            k = 0
            for b in range(blocks):
                for _ in range(length[b]):
                    out[s0 + v, k * starts + s] = max(reached[k] * (1.0 - level[b]), FLOOR)
                    reached[k] *= level[b]
                    k += 1
        for k in range(classes):
            out[s0 + n_values - 1, k * starts + s] = max(reached[k], FLOOR)
