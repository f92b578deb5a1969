"""The numpy twin of the compiled kernels: slow, obvious, the referee in tests and the fallback."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.collapse import LatentData
from vendepunkt.numerics.em.layout import Layout
from vendepunkt.numerics.items import Floats, ItemType, Membership


def parts(data: LatentData) -> tuple[Membership | ItemType, ...]:
    """Give membership and items as one sequence, in the order of the state."""
    return (data.membership, *data.items)


def log_joint(data: LatentData, densities: Sequence[Floats], rows: slice) -> Floats:
    """Add up the log densities of patterns, ``(rows, K)``, from :func:`log_densities`."""
    total = densities[0][data.codes[rows, 0]]
    for j in range(1, len(densities)):
        total = total + densities[j][data.codes[rows, j]]
    return np.asarray(total)


def log_densities(data: LatentData, layout: Layout, state: Floats) -> list[Floats]:
    """Give the log densities of each part; items have one more row, of zeros, for missing."""
    found = []
    for part, where in zip(parts(data), layout.state_of, strict=True):
        density = part.log_density(state[where])
        if part is not data.membership:
            density = np.vstack([density, np.zeros((1, density.shape[1]))])
        found.append(density)
    return found


def posterior(data: LatentData, layout: Layout, state: Floats) -> tuple[Floats, Floats]:
    """Give the log-likelihood of each pattern ``(P,)`` and its class probabilities ``(P, K)``."""
    joint = log_joint(data, log_densities(data, layout, state), slice(None))
    largest = joint.max(axis=1, keepdims=True)
    joint -= largest
    np.exp(joint, out=joint)
    total = joint.sum(axis=1, keepdims=True)
    joint /= total
    return np.log(total[:, 0]) + largest[:, 0], joint


def expected_counts(data: LatentData, weighted: Floats) -> list[Floats]:
    """Add weighted posteriors ``(P, K)`` up by value, for membership and each item."""
    found = []
    for j, part in enumerate(parts(data)):
        rows = part.n_values + (j > 0)
        counts = np.empty((rows, weighted.shape[1]))
        for k, column in enumerate(weighted.T):
            counts[:, k] = np.bincount(data.codes[:, j], column, minlength=rows)
        found.append(counts[: part.n_values])
    return found


def em_step(
    data: LatentData, layout: Layout, state: Floats, weight: Floats, prior: float
) -> tuple[Floats, float]:
    """Make one EM step for one start; give the next state and the log-likelihood of `state`."""
    loglik, post = posterior(data, layout, state)
    counts = expected_counts(data, post * weight[:, None])
    total = float(weight @ loglik)
    out = state.copy()
    for part, where, count in zip(parts(data), layout.state_of, counts, strict=True):
        out[where] = part.maximise(count, state[where], prior)
        if prior > 0:
            total += _log_prior(part, state[where], prior)
    return out, total


def _log_prior(part: Membership | ItemType, state: Floats, prior: float) -> float:
    density = part.log_density(state)
    if isinstance(part, Membership):
        return float(prior / density.shape[1] * density[0].sum())
    if part.kernel_kind in (0, 5):
        return float(prior / density.shape[0] * density.sum())
    return 0.0


def climb(
    data: LatentData,
    layout: Layout,
    states: Floats,
    weights: Floats,
    most: int,
    gain: float,
    prior: float,
) -> tuple[Floats, Floats, NDArray[np.bool_], NDArray[np.int64]]:
    """Climb by plain EM from each of `states` ``(S, D, K)``; `weights` is ``(P, S)``."""
    n_starts = len(states)
    states = states.copy()
    loglik = np.full(n_starts, -np.inf)
    done = np.zeros(n_starts, dtype=np.bool_)
    steps = np.zeros(n_starts, dtype=np.int64)
    for s in range(n_starts):
        before = -np.inf
        while steps[s] < most and not done[s]:
            states[s], loglik[s] = em_step(data, layout, states[s], weights[:, s], prior)
            done[s] = loglik[s] - before < gain
            before = loglik[s]
            steps[s] += 1
    return states, loglik, done, steps
