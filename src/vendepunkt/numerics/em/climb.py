"""Climb from many starts at once: blocks of lanes over threads, the converged ones dropped."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

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

    @classmethod
    def join(cls, parts: Sequence[Climb]) -> Climb:
        """Put starts of several climbs side by side."""
        return cls(
            np.concatenate([part.states for part in parts]),
            np.concatenate([part.loglik for part in parts]),
            np.concatenate([part.done for part in parts]),
            np.concatenate([part.steps for part in parts]),
        )

    def put(self, which: NDArray[np.int64], later: Climb) -> Climb:
        """Give the same starts, those of `which` replaced by what became of them."""
        states, loglik = self.states.copy(), self.loglik.copy()
        done, steps = self.done.copy(), self.steps.copy()
        states[which], loglik[which], done[which] = later.states, later.loglik, later.done
        steps[which] += later.steps
        return Climb(states, loglik, done, steps)


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
    so_far = _Running(
        states.copy(),
        np.full(n_starts, -np.inf),
        np.zeros(n_starts, dtype=np.bool_),
        np.zeros(n_starts, dtype=np.int64),
        np.ones(n_starts),
    )
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        while True:
            left = np.flatnonzero(~so_far.done & (so_far.steps < most))
            if len(left) == 0:
                break
            length = min(LEG, most - int(so_far.steps[left].min()))
            # Starts spread evenly over blocks, so that the threads end together.
            blocks = np.array_split(left, -(-len(left) // starts_per_block(classes)))
            legs = [
                partial(so_far.leg, data, layout, block, lane_weight, prior, length, gain)
                for block in blocks
            ]
            if len(legs) == 1:
                legs[0]()
            else:
                list(pool.map(lambda leg: leg(), legs))
            if tick is not None:
                tick(float(so_far.done.mean()))
    return Climb(so_far.states, so_far.loglik, so_far.done, so_far.steps)


@dataclass(frozen=True, slots=True)
class _Running:
    """Starts under way; the arrays are written in place, each start by one thread at a time."""

    states: Floats
    loglik: Floats
    done: NDArray[np.bool_]
    steps: NDArray[np.int64]
    longest: Floats

    def leg(
        self,
        data: LatentData,
        layout: Layout,
        which: NDArray[np.int64],
        lane_weight: Floats | None,
        prior: float,
        length: int,
        gain: float,
    ) -> None:
        """Climb the starts `which` as one block for about `length` steps."""
        from vendepunkt.numerics.em import kernel

        classes = self.states.shape[2]
        block = pack(self.states[which])
        own = NO_WEIGHTS if lane_weight is None else np.ascontiguousarray(lane_weight[:, which])
        # Fancy indexing copies: the kernel works on its own and the ends are written back.
        ends = self.loglik[which], self.done[which], self.steps[which], self.longest[which]
        kernel.climb(
            block,
            layout.codes,
            data.weight,
            own,
            layout.spec,
            layout.values,
            layout.design,
            layout.n_table,
            classes,
            len(which),
            prior,
            layout.accelerated,
            length,
            gain,
            *ends,
        )
        self.states[which] = unpack(block, classes, len(which))
        self.loglik[which], self.done[which], self.steps[which], self.longest[which] = ends
