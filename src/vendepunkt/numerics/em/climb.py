"""Climb from many starts at once: blocks of lanes over threads, the converged ones dropped."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.collapse import LatentData
from vendepunkt.numerics.compile import COMPILED
from vendepunkt.numerics.em import twin
from vendepunkt.numerics.em.layout import Layout, pack, starts_per_block, unpack
from vendepunkt.numerics.items import Floats

#: Steps between two looks at which starts are still climbing.
LEG = 60

NO_WEIGHTS: Floats = np.zeros((0, 0))


@dataclass(frozen=True, slots=True)
class Climb:
    """Where a set of starts has got to.

    Attributes
    ----------
    states
        ``(S, D, K)`` parameters.
    loglik
        ``(S,)`` log-likelihood one step before; minus infinity for a start that broke down.
    done
        ``(S,)`` whether the last step gained less than was asked for.
    steps
        ``(S,)`` EM steps made.
    """

    states: Floats
    loglik: Floats
    done: NDArray[np.bool_]
    steps: NDArray[np.int64]

    def take(self, which: NDArray[np.int64]) -> Climb:
        """Keep some of the starts."""
        return Climb(
            self.states[which], self.loglik[which], self.done[which], self.steps[which]
        )


def climb(
    data: LatentData,
    layout: Layout,
    states: Floats,
    *,
    most: int,
    gain: float = 1e-9,
    prior: float = 0.0,
    lane_weight: Floats | None = None,
    threads: int | None = None,
    tick: Callable[[float], None] | None = None,
) -> Climb:
    """Climb from each of `states` until a step gains less than `gain`, or for `most` steps.

    Parameters
    ----------
    states
        ``(S, D, K)`` where to begin.
    lane_weight
        ``(P, S)`` weights of its own for each start (bootstrap replicates); None: those of `data`.
    threads
        Blocks climbed at a time; None: as many as there are cores.
    tick
        Called with the share of starts that are done after every leg.
    """
    if not COMPILED:
        weights = np.repeat(data.weight[:, None], len(states), axis=1)
        weights = weights if lane_weight is None else lane_weight
        return Climb(*twin.climb(data, layout, states, weights, most, gain, prior))
    n_starts, _, classes = states.shape
    states = states.copy()
    loglik = np.full(n_starts, -np.inf)
    done = np.zeros(n_starts, dtype=np.bool_)
    steps = np.zeros(n_starts, dtype=np.int64)
    longest = np.ones(n_starts)
    width = starts_per_block(classes)

    def leg(which: NDArray[np.int64], length: int) -> None:
        block = pack(states[which])
        own = NO_WEIGHTS if lane_weight is None else np.ascontiguousarray(lane_weight[:, which])
        carried = [loglik[which], done[which], steps[which], longest[which]]
        _compiled_climb(data, layout, block, own, len(which), classes, prior, length, gain, carried)
        states[which] = unpack(block, classes, len(which))
        loglik[which], done[which], steps[which], longest[which] = carried

    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        while True:
            left = np.flatnonzero(~done & (steps < most))
            if len(left) == 0:
                break
            length = min(LEG, most - int(steps[left].min()))
            # Starts spread evenly over blocks, so that the threads end together.
            n_blocks = -(-len(left) // width)
            blocks = np.array_split(left, n_blocks)
            if n_blocks == 1:
                leg(left, length)
            else:
                list(pool.map(leg, blocks, [length] * n_blocks))
            if tick is not None:
                tick(float(done.mean()))
    return Climb(states, loglik, done, steps)


def _compiled_climb(
    data: LatentData,
    layout: Layout,
    block: Floats,
    lane_weight: Floats,
    starts: int,
    classes: int,
    prior: float,
    most: int,
    gain: float,
    carried: list[NDArray[np.generic]],
) -> None:
    from vendepunkt.numerics.em import kernel

    kernel.climb(
        block,
        layout.codes,
        data.weight,
        lane_weight,
        layout.spec,
        layout.values,
        layout.design,
        layout.n_table,
        classes,
        starts,
        prior,
        layout.accelerated,
        most,
        gain,
        *carried,
    )
