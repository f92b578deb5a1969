"""Movers and stayers at the first wave: one membership over both."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.items import Floats, Local, Membership


class MoverStayerMembership(Membership):
    """Whether somebody is a mover or a stayer, and the class at the first wave, together.

    The lanes are the classes of movers, then those of stayers. The state ``(2 Q, K)`` holds the
    coefficients of movers over those of stayers.
    """

    def __init__(self, design: Floats) -> None:
        super().__init__(design)
        self.n_state = 2 * design.shape[1]

    def start(self, rng: np.random.Generator, counts: Floats, classes: int) -> Floats:
        """Begin with as many stayers as movers, give or take."""
        state = np.zeros((self.n_state, classes))
        state[self.n_state // 2] = rng.normal(0.0, 0.5)
        return state

    def probabilities(self, state: Floats) -> Floats:
        """Give the probabilities of both, ``(R, 2 K)``."""
        return super().probabilities(_wide(state))

    def maximise(self, counts: Floats, state: Floats, prior: float) -> Floats:
        """Give the shares, or take a Newton step with covariates."""
        return _tall(Membership(self.design).maximise(counts, _wide(state), prior))

    def n_parameters(self, classes: int) -> int:
        """Count a coefficient per column for each class of movers and stayers but one."""
        return int(self.design.shape[1] * (2 * classes - 1))

    def local(self, state: Floats, counts: Floats) -> Local:
        """Differentiate in the coefficients of movers and stayers."""
        return Membership(self.design).local(_wide(state), counts)

    def move(self, state: Floats, local: Local, step: Floats) -> Floats:
        """Move the coefficients."""
        return _tall(Membership(self.design).move(_wide(state), local, step))

    def at_boundary(self, state: Floats) -> NDArray[np.bool_]:
        """Mark coefficients that ran away, ``(Q, 2 K)``."""
        return Membership(self.design).at_boundary(_wide(state))


def _wide(state: Floats) -> Floats:
    """Lay movers and stayers side by side, ``(Q, 2 K)``."""
    return np.concatenate(np.split(state, 2), axis=1)


def _tall(state: Floats) -> Floats:
    """Lay movers over stayers, ``(2 Q, K)``."""
    return np.concatenate(np.split(state, 2, axis=1))
