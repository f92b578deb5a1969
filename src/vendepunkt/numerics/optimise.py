"""The Newton finish: from where EM slows down to the maximum itself."""

from __future__ import annotations

from typing import Protocol, TypeVar

import numpy as np

from vendepunkt.numerics.items import Floats

#: Half the Newton decrement under which nothing is left to gain: for a log-likelihood of up to
#: 1,000, and in proportion beyond.
ENOUGH = 1e-9
MOST_STEPS = 25


class Slopes(Protocol):
    """A log-likelihood with its first and second derivatives in the free parameters."""

    @property
    def loglik(self) -> float:
        """The log-likelihood."""

    @property
    def gradient(self) -> Floats:
        """``(p,)``."""

    @property
    def hessian(self) -> Floats:
        """``(p, p)``."""


Found = TypeVar("Found", bound=Slopes)


class Surface(Protocol[Found]):
    """A log-likelihood over states ``(D, L)`` that knows its derivatives."""

    def derivatives(self, state: Floats) -> Found:
        """Differentiate at `state`."""

    def loglik(self, state: Floats) -> float:
        """Give the log-likelihood at `state`."""

    def move(self, state: Floats, found: Found, step: Floats) -> Floats:
        """Give the state after the free parameters of `found` moved by `step` ``(p,)``."""


def newton(surface: Surface[Found], state: Floats) -> tuple[Floats, float, bool]:
    """Take safeguarded Newton steps on the interior parameters.

    Returns
    -------
    state, loglik, converged
        The state is never worse than the one that came in.
    """
    found = surface.derivatives(state)
    loglik = found.loglik
    for _ in range(MOST_STEPS):
        step = ascent(found)
        gain = 0.5 * float(step @ found.gradient)
        if gain < ENOUGH * max(1.0, abs(loglik) * 1e-3):
            return state, loglik, True
        for _ in range(10):
            moved = surface.move(state, found, step)
            reached = surface.loglik(moved)
            if reached > loglik:
                break
            step = step / 4
        else:
            # No better point within rounding: that is the top.
            return state, loglik, gain < 1e-6
        state = moved
        found = surface.derivatives(state)
        loglik = found.loglik
    return state, loglik, False


def ascent(found: Slopes) -> Floats:
    """Give an ascent direction: Newton's, bent where the surface is not a hill."""
    information = -found.hessian
    if information.size == 0:
        return found.gradient
    value, vector = np.linalg.eigh(information)
    value = np.maximum(np.abs(value), 1e-8 * max(float(np.abs(value).max()), 1e-300))
    step = np.asarray(vector @ ((vector.T @ found.gradient) / value))
    # A logit that wants to move by more than 5 at once is on its way to a boundary.
    return np.asarray(step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-300)))
