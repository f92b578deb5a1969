"""A latent class model as something to climb: starts, EM, and the surface for Newton."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vendepunkt.numerics.collapse import LatentData
from vendepunkt.numerics.em import twin
from vendepunkt.numerics.em.climb import Climb, climb
from vendepunkt.numerics.em.layout import Layout
from vendepunkt.numerics.information import Derivatives, derivatives
from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.optimise import newton


@dataclass(frozen=True, slots=True)
class ClassProblem:
    """Latent classes of some collapsed answers.

    Attributes
    ----------
    data
        The answers.
    layout
        Where parameters and densities lie.
    classes
        Number of classes.
    prior
        Weight of the Dirichlet prior.
    """

    data: LatentData
    layout: Layout
    classes: int
    prior: float = 0.0

    @classmethod
    def of(cls, data: LatentData, classes: int, prior: float = 0.0) -> ClassProblem:
        """Lay out the model of `classes` classes for `data`."""
        return cls(data, Layout.of(data), classes, prior)

    @property
    def n_patterns(self) -> int:
        """Distinct answer patterns."""
        return self.data.n_patterns

    @property
    def n_answers(self) -> float:
        """People times items."""
        return self.data.n * len(self.data.items)

    @property
    def certain(self) -> bool:
        """Whether there is only one maximum."""
        return self.classes == 1

    @property
    def smooth(self) -> bool:
        """Whether the maximum is a zero of the plain gradient, where Newton can help."""
        return self.layout.accelerated and self.prior == 0

    def part(self, size: int, rng: np.random.Generator) -> ClassProblem:
        """Give the same model over `size` patterns drawn at random."""
        drawn = self.data.part(size, rng)
        return ClassProblem(drawn, self.layout.over(drawn), self.classes, self.prior)

    def draw(self, starts: int, rng: np.random.Generator) -> Floats:
        """Draw random parameters ``(S, D, K)``."""
        return draw_states(self.data, self.layout, self.classes, starts, rng)

    def climb(
        self,
        states: Floats,
        most: int,
        gain: float,
        tick: Callable[[float], None] | None = None,
    ) -> Climb:
        """Climb from each of `states` ``(S, D, K)`` by EM."""
        return climb(
            self.data, self.layout, states, most=most, gain=gain, prior=self.prior, tick=tick
        )

    def newton(self, state: Floats) -> tuple[Floats, float, bool]:
        """Take Newton steps from `state`."""
        return newton(self, state)

    def derivatives(self, state: Floats) -> Derivatives:
        """Differentiate the log-likelihood at `state` ``(D, K)``."""
        return derivatives(self.data, self.layout, state)

    def loglik(self, state: Floats) -> float:
        """Give the log-likelihood at `state`."""
        return float(self.data.weight @ twin.posterior(self.data, self.layout, state)[0])

    def move(self, state: Floats, found: Derivatives, step: Floats) -> Floats:
        """Give the state after its free parameters moved by `step` ``(p,)``."""
        moved = state.copy()
        places = zip(twin.parts(self.data), self.layout.state_of, strict=True)
        for j, (part, where) in enumerate(places):
            own = step[found.first[j] : found.first[j + 1]]
            moved[where] = part.move(state[where], found.locals[j], own)
        return moved


def draw_states(
    data: LatentData, layout: Layout, classes: int, starts: int, rng: np.random.Generator
) -> Floats:
    """Draw random parameters ``(S, D, K)``."""
    totals = data.totals
    states = np.empty((starts, layout.n_state, classes))
    for s in range(starts):
        states[s, layout.state_of[0]] = data.membership.start(rng, np.zeros(0), classes)
        for item, where, total in zip(data.items, layout.state_of[1:], totals, strict=True):
            states[s, where] = item.start(rng, total, classes)
    return states
