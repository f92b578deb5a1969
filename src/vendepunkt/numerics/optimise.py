"""The Newton finish: from where EM slows down to the maximum itself."""

from __future__ import annotations

from typing import Protocol, TypeVar

import numpy as np

from vendepunkt.numerics.items import Floats

#: Half the Newton decrement under which nothing is left to gain: for a log-likelihood of up to
#: 1,000, and in proportion beyond.
ENOUGH = 1e-9
MOST_STEPS = 25
#: A direction with less information than this, relative to the rest, is not identified. Models
#: that are identified have some 1e-2, flat ridges 1e-7 and less (values.csv with three classes).
NO_INFORMATION = 1e-6
#: A logit that wants to move by more at once is on its way to a boundary; where the surface keeps
#: its word, the next step may be longer.
REACH, LONGER = 5.0, 4.0


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


def newton(
    surface: Surface[Found], state: Floats, most: int = MOST_STEPS, leave: float = 0.0
) -> tuple[Floats, float, bool]:
    """Take safeguarded Newton steps on the interior parameters.

    Parameters
    ----------
    surface
        What is climbed.
    state
        ``(D, L)`` where to begin.
    most
        Steps at most.
    leave
        What may be left to gain after the last step: where coefficients run away there is no
        finite maximum to arrive at.

    Returns
    -------
    state, loglik, converged
        The state is never worse than the one that came in.
    """
    found = surface.derivatives(state)
    loglik, reach = found.loglik, REACH
    for _ in range(most):
        step, gain, sure = ascent(found, reach)
        # What is left along directions without information is no gain: they run away or are flat.
        if sure < ENOUGH * max(1.0, abs(loglik) * 1e-3):
            return state, loglik, True
        for _ in range(10):
            moved = surface.move(state, found, step)
            reached = surface.loglik(moved)
            if reached > loglik:
                reach = reach * LONGER if reached - loglik > gain / 2 else max(reach, REACH)
                break
            step, reach = step / 4, reach / 4
        else:
            # No better point within rounding: that is the top.
            return state, loglik, sure < max(1e-6, leave)
        state = moved
        found = surface.derivatives(state)
        loglik = found.loglik
    return state, loglik, ascent(found, reach)[2] < leave


def ascent(found: Slopes, reach: float = REACH) -> tuple[Floats, float, float]:
    """Give an ascent direction: Newton's, bent where the surface is not a hill.

    Returns
    -------
    step, gain, sure
        The step ``(p,)``, half its decrement, and the part of that along directions in which the
        data have information.
    """
    information = -found.hessian
    if information.size == 0:
        return found.gradient, 0.0, 0.0
    # In units of its own curvature each parameter counts alike, whatever its covariate's unit.
    size = np.sqrt(np.maximum(np.abs(np.diag(information)), 1e-12))
    value, vector = np.linalg.eigh(information / np.outer(size, size))
    most = max(float(np.abs(value).max()), 1e-300)
    directions = vector / size[:, None]
    slope = directions.T @ found.gradient
    along = slope / np.maximum(np.abs(value), 1e-8 * most)
    # Each direction is held back by itself: a flat one does not slow the others down.
    along *= np.minimum(1.0, reach / np.maximum(np.abs(directions * along).max(axis=0), 1e-300))
    gains = 0.5 * along * slope
    known = np.abs(value) > NO_INFORMATION * most
    return np.asarray(directions @ along), float(gains.sum()), float(gains[known].sum())
