"""The Newton finish: from where EM slows down to the maximum itself."""

from __future__ import annotations

import numpy as np

from vendepunkt.numerics.collapse import LatentData
from vendepunkt.numerics.em import twin
from vendepunkt.numerics.em.layout import Layout
from vendepunkt.numerics.information import Derivatives, derivatives
from vendepunkt.numerics.items import Floats

#: Half the Newton decrement under which nothing is left to gain: for a log-likelihood of up to
#: 1,000, and in proportion beyond.
ENOUGH = 1e-9
MOST_STEPS = 25


def newton(data: LatentData, layout: Layout, state: Floats) -> tuple[Floats, float, bool]:
    """Take safeguarded Newton steps on the interior parameters.

    Returns
    -------
    state, loglik, converged
        The state is never worse than the one that came in.
    """
    found = derivatives(data, layout, state)
    loglik = found.loglik
    for _ in range(MOST_STEPS):
        step = ascent(found)
        gain = 0.5 * float(step @ found.gradient)
        if gain < ENOUGH * max(1.0, abs(loglik) * 1e-3):
            return state, loglik, True
        for _ in range(10):
            moved = move(data, layout, state, found, step)
            reached = float(data.weight @ twin.posterior(data, layout, moved)[0])
            if reached > loglik:
                break
            step = step / 4
        else:
            # No better point within rounding: that is the top.
            return state, loglik, gain < 1e-6
        state = moved
        found = derivatives(data, layout, state)
        loglik = found.loglik
    return state, loglik, False


def ascent(found: Derivatives) -> Floats:
    """Give an ascent direction: Newton's, bent where the surface is not a hill."""
    information = -found.hessian
    if information.size == 0:
        return found.gradient
    value, vector = np.linalg.eigh(information)
    value = np.maximum(np.abs(value), 1e-8 * max(float(np.abs(value).max()), 1e-300))
    step = np.asarray(vector @ ((vector.T @ found.gradient) / value))
    # A logit that wants to move by more than 5 at once is on its way to a boundary.
    return np.asarray(step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-300)))


def move(
    data: LatentData, layout: Layout, state: Floats, found: Derivatives, step: Floats
) -> Floats:
    """Give the state after its free parameters moved by `step` ``(p,)``."""
    moved = state.copy()
    for j, (part, where) in enumerate(zip(twin.parts(data), layout.state_of, strict=True)):
        own = step[found.first[j] : found.first[j + 1]]
        moved[where] = part.move(state[where], found.locals[j], own)
    return moved
