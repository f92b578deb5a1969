"""Climb a latent Markov model from many starts at once: blocks of lanes over threads."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.compile import COMPILED
from vendepunkt.numerics.em.climb import Climb
from vendepunkt.numerics.em.layout import pack, unpack
from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.markov.block import Block, log_prior
from vendepunkt.numerics.markov.model import Chain, Expected
from vendepunkt.numerics.markov.passes import expected

#: Steps between two looks at which starts are still climbing.
LEG = 30


def climb(
    chain: Chain,
    states: Floats,
    *,
    most: int,
    gain: float = 1e-9,
    own_weight: Floats | None = None,
    threads: int | None = None,
    tick: Callable[[float], None] | None = None,
) -> Climb:
    """Climb from each of `states` until a step gains less than `gain`, or for `most` steps.

    Parameters
    ----------
    states
        ``(S, D, M)`` where to begin.
    own_weight
        ``(P, S)`` weights of its own for each start (bootstrap replicates); None: those of the
        data.
    threads
        Blocks climbed at a time; None: as many as there are cores.
    tick
        Called with the share of starts that are done after every leg.
    """
    count = len(states)
    ends = Climb(
        states.copy(),
        np.full(count, -np.inf),
        np.zeros(count, dtype=np.bool_),
        np.zeros(count, dtype=np.int64),
    )
    longest = np.ones(count)
    cores = threads or os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as pool:
        while True:
            left = np.flatnonzero(~ends.done & (ends.steps < most))
            if len(left) == 0:
                break
            length = min(LEG, most - int(ends.steps[left].min()))
            blocks = shared_out(chain, left, cores)
            spare = max(cores // len(blocks), 1)
            legs = [
                partial(_leg, chain, ends, longest, block, own_weight, length, gain, spare)
                for block in blocks
            ]
            list(pool.map(lambda leg: leg(), legs))
            if tick is not None:
                tick(float(ends.done.mean()))
    return ends


def shared_out(chain: Chain, which: NDArray[np.int64], cores: int) -> list[NDArray[np.int64]]:
    """Share starts out to blocks, evenly and over all cores."""
    blocks = max(-(-len(which) // chain.starts_per_block), min(cores, len(which)))
    return np.array_split(which, blocks)


def expect_all(chain: Chain, states: Floats, threads: int | None = None) -> list[Expected]:
    """Give what is expected of each of `states` ``(S, D, M)``, in order."""
    if not COMPILED:
        return [expected(chain, state, chain.data.weight) for state in states]
    cores = threads or os.cpu_count() or 1
    if len(states) == 0:
        return []
    blocks = shared_out(chain, np.arange(len(states)), cores)
    spare = max(cores // len(blocks), 1)
    with ThreadPoolExecutor(cores) as pool:
        found = pool.map(
            lambda own: Block(chain, len(own), threads=spare).expect(states[own]), blocks
        )
        return [one for part in found for one in part]


def _leg(
    chain: Chain,
    ends: Climb,
    longest: Floats,
    which: NDArray[np.int64],
    own_weight: Floats | None,
    most: int,
    gain: float,
    threads: int,
) -> None:
    """Climb the starts `which` as one block for about `most` steps, written in place."""
    own = None if own_weight is None else np.ascontiguousarray(own_weight[:, which])
    if not COMPILED:
        _plain_leg(chain, ends, which, own, most, gain)
        return
    from vendepunkt.numerics.em import kernel

    starts = len(which)
    room = Block(chain, starts, own, threads)
    state = pack(ends.states[which])
    one, two, three = state.copy(), state.copy(), state.copy()
    loglik, done = ends.loglik[which], ends.done[which]
    steps, stretch = ends.steps[which], longest[which]
    columns, spec = chain.leaping
    made, waiting = 0, 1
    while waiting > 0 and made < most:
        before = room.step(state, one)
        after = room.step(one, two)
        made += 2
        waiting = kernel.settle(
            state, two, three, before, after, loglik, done, steps, gain, chain.lanes, starts
        )
        if chain.layout.accelerated:
            kernel.extrapolate(three, one, two, three, spec, columns, chain.lanes, starts, stretch)
            leapt = room.step(three, one)
            made += 1
            kernel.land(state, one, leapt, after, done, steps, stretch, chain.lanes, starts)
    ends.states[which] = unpack(state, chain.lanes, starts)
    ends.loglik[which], ends.done[which] = loglik, done
    ends.steps[which], longest[which] = steps, stretch


def _plain_leg(
    chain: Chain,
    ends: Climb,
    which: NDArray[np.int64],
    own_weight: Floats | None,
    most: int,
    gain: float,
) -> None:
    """Climb by plain EM in numpy: the fallback without a compiler, and the referee."""
    for place, s in enumerate(which):
        weight = chain.data.weight if own_weight is None else own_weight[:, place]
        for _ in range(most):
            found = expected(chain, ends.states[s], weight)
            loglik = found.loglik + (log_prior(chain, ends.states[s]) if chain.prior > 0 else 0.0)
            ends.states[s] = chain.maximise(ends.states[s], found)
            ends.done[s] = not np.isfinite(loglik) or loglik - ends.loglik[s] < gain
            ends.loglik[s] = loglik if np.isfinite(loglik) else -np.inf
            ends.steps[s] += 1
            if ends.done[s]:
                break
