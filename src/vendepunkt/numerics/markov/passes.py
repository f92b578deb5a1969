"""The forward-backward pass in numpy, for one set of parameters: the referee, and for results."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vendepunkt.numerics.collapse import sums
from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.markov.model import Chain, Expected


@dataclass(frozen=True, slots=True)
class Pass:
    """What the answers of some sequences say about their chain.

    Attributes
    ----------
    loglik
        ``(P,)`` log-likelihood of each sequence.
    component
        ``(P, G)`` probability of each component.
    forward
        ``(P, T, G, M)`` probability of each state given the answers so far.
    smoothed
        ``(P, T, G, M)`` probability of each component and state given all answers.
    steps
        ``(P, T - 1, G, M, M)`` joint probability of each step given all answers.
    """

    loglik: Floats
    component: Floats
    forward: Floats
    smoothed: Floats
    steps: Floats


def wave_log_densities(chain: Chain, state: Floats) -> Floats:
    """Give the log density of each pattern of a wave in each component and state, ``(W, G, M)``."""
    data = chain.data
    total = np.zeros((len(data.answers), chain.components, chain.lanes))
    total[:, :, chain.classes :] = -np.inf
    for j, log in enumerate(chain.densities(state)):
        total[:, :, : chain.classes] += log[data.answers[:, j]]
    for out in range(1, data.exits + 1):
        gone = data.exit_of == out
        total[gone] = -np.inf
        total[gone, :, chain.classes + out - 1] = 0.0
    return total


def run(chain: Chain, state: Floats, rows: slice = slice(None)) -> Pass:
    """Run forward and backward over the sequences `rows`."""
    data = chain.data
    initial, trans = chain.initial(state), chain.trans(state).transpose(1, 2, 0, 3)
    log = wave_log_densities(chain, state)
    # Relative to the best state of the pattern, so that nothing underflows.
    best = log.max(axis=2, keepdims=True)
    density, scale = np.exp(log - best), best[:, :, 0]
    observed, kinds = data.observed[rows], chain.step_row[rows]
    people, waves = observed.shape
    shape = (people, waves, chain.components, chain.lanes)
    forward, unit = np.empty(shape), np.empty((people, waves, chain.components))
    loglik = np.zeros((people, chain.components))
    for t in range(waves):
        own = density[observed[:, t]]
        if t == 0:
            ahead = initial[data.initial_row[rows]]
        else:
            ahead = np.einsum("pgj,pgjk->pgk", forward[:, t - 1], trans[kinds[:, t - 1]])
        reached = ahead * own
        unit[:, t] = reached.sum(axis=2)
        with np.errstate(divide="ignore"):
            loglik += np.log(unit[:, t]) + scale[observed[:, t]]
        unit[:, t] = np.where(unit[:, t] > 0, unit[:, t], 1.0)
        forward[:, t] = reached / unit[:, t][:, :, None]
    top = loglik.max(axis=1)
    component = np.exp(loglik - top[:, None])
    whole = component.sum(axis=1)
    component = component / whole[:, None]
    smoothed = np.empty(shape)
    steps = np.empty((people, max(waves - 1, 0), chain.components, chain.lanes, chain.lanes))
    back = np.repeat(component[:, :, None], chain.lanes, axis=2)
    smoothed[:, -1] = forward[:, -1] * back
    for t in range(waves - 1, 0, -1):
        tail = back * density[observed[:, t]] / unit[:, t][:, :, None]
        moved = trans[kinds[:, t - 1]] * tail[:, :, None, :]
        steps[:, t - 1] = forward[:, t - 1][:, :, :, None] * moved
        back = moved.sum(axis=3)
        smoothed[:, t - 1] = forward[:, t - 1] * back
    return Pass(np.log(whole) + top, component, forward, smoothed, steps)


def expected(chain: Chain, state: Floats, weight: Floats) -> Expected:
    """Add up what is expected of one set of parameters, slowly and plainly."""
    data = chain.data
    found = run(chain, state)
    first = chain.initial(state)
    initial = np.zeros(first.shape)
    np.add.at(initial, data.initial_row, found.smoothed[:, 0] * weight[:, None, None])
    trans = np.zeros((chain.n_kinds, chain.components, chain.lanes, chain.lanes))
    wave = np.zeros((len(data.answers), chain.components, chain.lanes))
    for t in range(data.waves):
        known = weight * (t < data.length)
        np.add.at(wave, data.observed[:, t], found.smoothed[:, t] * known[:, None, None])
        if t > 0:
            own = found.steps[:, t - 1] * known[:, None, None, None]
            np.add.at(trans, chain.step_row[:, t - 1], own)
    wave[data.exit_of > 0] = 0.0
    items = []
    for j, item in enumerate(data.items):
        counts = np.empty((item.n_values + 1, chain.components, chain.lanes))
        for g, m in np.ndindex(chain.components, chain.lanes):
            counts[:, g, m] = sums(data.answers[:, j], wave[:, g, m], item.n_values + 1)
        items.append(counts[:-1])
    return Expected(
        initial, trans.transpose(2, 0, 1, 3), tuple(items), float(weight @ found.loglik)
    )
