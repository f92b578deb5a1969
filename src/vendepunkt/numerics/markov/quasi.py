"""The finish where parameters are many: one Hessian, carried on by what each step tells of it.

References
----------
Nocedal, J. & Wright, S. J. (2006). Numerical optimization, 2nd ed., chapter 6. Springer.
https://doi.org/10.1007/978-0-387-40065-5
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import numpy as np

from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.markov.information import ChainDerivatives
from vendepunkt.numerics.optimise import ENOUGH, LONGER, REACH, ascent

#: Steps at most, and how often a step is shortened.
MOST_STEPS, SHORTER = 16, 6


class Hill(Protocol):
    """A log-likelihood over states that knows its slope cheaply and its Hessian dearly."""

    def derivatives(self, state: Floats) -> ChainDerivatives:
        """Differentiate twice at `state`."""

    def slope(self, state: Floats) -> ChainDerivatives:
        """Differentiate once at `state`."""

    def move(self, state: Floats, found: ChainDerivatives, step: Floats) -> Floats:
        """Give the state after its free parameters moved by `step`."""


def quasi_newton(hill: Hill, state: Floats, leave: float = 0.0) -> tuple[Floats, float, bool]:
    """Climb by quasi-Newton steps (BFGS) that begin with the Hessian.

    Parameters
    ----------
    hill
        What is climbed.
    state
        Where to begin.
    leave
        What may be left to gain after the last step.

    Returns
    -------
    state, loglik, converged
        The state is never worse than the one that came in.
    """
    found, reach, sure = hill.derivatives(state), REACH, np.inf
    for _ in range(MOST_STEPS):
        step, gain, sure = ascent(found, reach)
        if sure < ENOUGH * max(1.0, abs(found.loglik) * 1e-3):
            return state, found.loglik, True
        for _ in range(SHORTER):
            moved = hill.move(state, found, step)
            there = hill.slope(moved)
            if there.loglik > found.loglik:
                break
            step, reach = step / 4, reach / 4
        else:
            return state, found.loglik, sure < max(1e-6, leave)
        reach = reach * LONGER if there.loglik - found.loglik > gain / 2 else max(reach, REACH)
        state, found = moved, _carried(found, there, step)
    return state, found.loglik, sure < leave


def _carried(before: ChainDerivatives, there: ChainDerivatives, step: Floats) -> ChainDerivatives:
    """Give the slope of a point with the Hessian of the last, corrected by the step between them.

    What was free before and is no longer drops out; what has become free begins with the curvature
    it would have if all were known.
    """
    old, new = _names(before), _names(there)
    shared = [name for name in new if name in old]
    at, to = [old[name] for name in shared], [new[name] for name in shared]
    size = there.n_free
    curve, fall, moved = np.diag(_own_curvature(there)), np.zeros(size), np.zeros(size)
    curve[np.ix_(to, to)] = -before.hessian[np.ix_(at, at)]
    fall[to] = (before.gradient[at] - there.gradient[to]).ravel()
    moved[to] = step[at]
    along = curve @ moved
    if float(fall @ moved) > 1e-10 * float(moved @ along) > 0:
        curve = (
            curve
            + np.outer(fall, fall) / float(fall @ moved)
            - np.outer(along, along) / float(moved @ along)
        )
    return replace(there, hessian=-curve)


def _names(found: ChainDerivatives) -> dict[tuple[int, int, int], int]:
    """Give each free parameter's number by its piece, lane and column, where it first stands."""
    names: dict[tuple[int, int, int], int] = {}
    for piece, (local, first) in enumerate(zip(found.locals, found.first[:-1], strict=True)):
        seen = set()
        for lane, column in np.argwhere(local.index >= 0):
            number = int(local.index[lane, column])
            if number not in seen:
                seen.add(number)
                names[piece, int(lane), int(column)] = number + int(first)
    return names


def _own_curvature(found: ChainDerivatives) -> Floats:
    """Give the curvature of each free parameter by itself, ``(p,)``, were all known."""
    out = np.full(found.n_free, 1e-8)
    for local, first in zip(found.locals, found.first[:-1], strict=True):
        for lane, curvature in enumerate(local.curvature):
            free = np.flatnonzero(local.index[lane] >= 0)
            np.subtract.at(out, local.index[lane][free] + first, np.diag(curvature)[free])
    return out
