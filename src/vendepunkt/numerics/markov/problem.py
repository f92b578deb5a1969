"""A latent Markov model as something to climb: starts, EM, and the surface for Newton."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vendepunkt.numerics.em.climb import Climb
from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.markov.climb import climb, expect_all
from vendepunkt.numerics.markov.information import ChainDerivatives, derivatives, move, slope
from vendepunkt.numerics.markov.model import Chain
from vendepunkt.numerics.markov.quasi import quasi_newton
from vendepunkt.numerics.optimise import newton

#: Beyond so many parameters the Hessian is computed once, and carried on by what steps tell.
MANY = 100
#: Where coefficients ran away there is no finite maximum: so much log-likelihood may be left.
LEAVE = 0.05


def ran_away(chain: Chain, state: Floats) -> bool:
    """Whether any coefficient of a covariate is on its way to infinity."""
    return any(
        bool(piece.what.at_boundary(state[piece.rows, : piece.lanes]).any())
        for piece in chain.pieces
        if piece.role == "initial" or (piece.role == "transition" and not chain.data.steps.plain)
    )


@dataclass(frozen=True, slots=True)
class ChainProblem:
    """A latent Markov model of some sequences.

    Attributes
    ----------
    chain
        The model laid out.
    """

    chain: Chain

    @property
    def n_patterns(self) -> int:
        """Distinct sequences."""
        return self.chain.data.n_patterns

    @property
    def n_answers(self) -> float:
        """People times items times waves."""
        data = self.chain.data
        return data.n * len(data.items) * data.waves

    @property
    def certain(self) -> bool:
        """Whether there is only one maximum."""
        return self.chain.classes == 1 and self.chain.components == 1

    @property
    def smooth(self) -> bool:
        """Whether the maximum is a zero of the plain gradient, where Newton can help."""
        return self.chain.smooth

    @property
    def many(self) -> bool:
        """Whether parameters are so many that a Newton step is dear."""
        return self.chain.n_parameters > MANY

    def part(self, size: int, rng: np.random.Generator) -> ChainProblem:
        """Give the same model over `size` sequences drawn at random."""
        return ChainProblem(self.chain.over(self.chain.data.part(size, rng)))

    def draw(self, starts: int, rng: np.random.Generator) -> Floats:
        """Draw random parameters ``(S, D, M)``."""
        chain = self.chain
        totals = chain.data.totals
        states = np.zeros((starts, chain.n_state, chain.lanes))
        for s in range(starts):
            for piece in chain.pieces:
                counts = totals[piece.number] if piece.role == "item" else np.zeros(0)
                drawn = piece.what.start(rng, counts, piece.lanes)
                states[s, piece.rows, : piece.lanes] = drawn
                if piece.role == "item" and piece.what.n_state:
                    # An exit has no answers; its columns only fill the block.
                    states[s, piece.rows, piece.lanes :] = drawn[:, :1]
            states[s, chain.pieces[0].rows, chain.classes :] = -60.0
        return states

    def climb(
        self,
        states: Floats,
        most: int,
        gain: float,
        tick: Callable[[float], None] | None = None,
    ) -> Climb:
        """Climb from each of `states` ``(S, D, M)`` by EM."""
        return climb(self.chain, states, most=most, gain=gain, tick=tick)

    def newton(self, state: Floats) -> tuple[Floats, float, bool]:
        """Take Newton steps from `state`; with one Hessian where parameters are many."""
        leave = LEAVE if ran_away(self.chain, state) else 0.0
        return quasi_newton(self, state, leave) if self.many else newton(self, state, leave=leave)

    def slope(self, state: Floats) -> ChainDerivatives:
        """Give log-likelihood and gradient at `state`."""
        return slope(self.chain, state)

    def derivatives(self, state: Floats) -> ChainDerivatives:
        """Differentiate the log-likelihood at `state`, roughly where parameters are many."""
        return derivatives(self.chain, state, roughly=self.many)

    def loglik(self, state: Floats) -> float:
        """Give the log-likelihood at `state`."""
        return expect_all(self.chain, state[None])[0].loglik

    def move(self, state: Floats, found: ChainDerivatives, step: Floats) -> Floats:
        """Give the state after its free parameters moved by `step` ``(p,)``."""
        return move(self.chain, state, found.locals, found.first, step)
