"""Find the maximum: rounds of staged starts, and how sure one can be (METHODS 2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vendepunkt.numerics.collapse import LatentData
from vendepunkt.numerics.em.climb import Climb, climb
from vendepunkt.numerics.em.layout import Layout
from vendepunkt.numerics.items import Floats

#: Steps of the first stage, in which all starts of a round take part.
SHORT = 24
#: The share of a round that goes on, and at least how many.
KEPT_SHARE, KEPT_LEAST = 0.2, 10
#: Two log-likelihoods nearer than this, for up to 100,000 answers, are the same maximum.
SAME = 1e-3
#: How often the best has to be reached, and steps after which a start is given up.
WANTED, LONGEST = 3, 20_000
#: A step that gains less has converged, likewise; Newton steps finish the best one.
GAIN = 1e-8

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Search:
    """What came of looking for the maximum.

    Attributes
    ----------
    state
        ``(D, K)`` parameters of the best start.
    loglik
        Its log-likelihood.
    converged
        Whether its last step gained less than :data:`GAIN`.
    steps
        EM steps it took.
    starts, finished, at_best, rounds
        Starts begun, climbed to the end, ending at the best maximum, and rounds run.
    broken
        Starts that broke down and were dropped.
    certain
        Whether nothing was searched: one class has one maximum, a warm start was given.
    """

    state: Floats
    loglik: float
    converged: bool
    steps: int
    starts: int
    finished: int
    at_best: int
    rounds: int
    broken: int
    certain: bool

    @property
    def replicated(self) -> bool:
        """Whether the best was reached often enough, or there is only one maximum."""
        return self.certain or self.at_best >= WANTED

    @property
    def missed_basin_95(self) -> float:
        """Largest share of starts that a better maximum could draw unseen, with 95 % confidence."""
        return 0.0 if self.certain else min(1.0, 3.0 / max(self.finished, 1))


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


def search(
    data: LatentData,
    layout: Layout,
    classes: int,
    *,
    starts: int,
    seed: int,
    max_rounds: int,
    prior: float = 0.0,
    progress: Progress | None = None,
) -> Search:
    """Run rounds of `starts` until the best is replicated and a full round brought no better.

    A round climbs all its starts for :data:`SHORT` steps and takes the best of them to the end.
    """
    fine = coarseness(data)
    ends: list[Climb] = []
    best = -np.inf
    begun = broken = 0
    for number in range(1 if classes == 1 else max_rounds):
        rng = np.random.default_rng([seed, classes, number])
        states = draw_states(data, layout, classes, 1 if classes == 1 else starts, rng)
        say = _teller(progress, classes, number)
        ends.append(_round(data, layout, states, prior, say))
        begun += len(states)
        broken += int(np.sum(~np.isfinite(ends[-1].loglik)))
        top = float(ends[-1].loglik.max())
        better = top > best + SAME * fine
        best = max(best, top)
        reached = sum(int(np.sum(end.loglik > best - SAME * fine)) for end in ends)
        if number > 0 and not better and reached >= WANTED:
            break
    loglik = np.concatenate([end.loglik for end in ends])
    at = int(loglik.argmax())
    return Search(
        state=np.concatenate([end.states for end in ends])[at],
        loglik=float(loglik[at]),
        converged=bool(np.concatenate([end.done for end in ends])[at]),
        steps=int(np.concatenate([end.steps for end in ends])[at]) + SHORT,
        starts=begun,
        finished=int(np.isfinite(loglik).sum()),
        at_best=int(np.sum(loglik > loglik[at] - SAME * fine)),
        rounds=len(ends),
        broken=broken,
        certain=classes == 1,
    )


def _round(
    data: LatentData,
    layout: Layout,
    states: Floats,
    prior: float,
    say: Callable[[float], None],
) -> Climb:
    """Climb all of `states` a little and the best of them to the end."""
    gain = GAIN * coarseness(data)
    short = climb(data, layout, states, most=SHORT, gain=gain, prior=prior)
    say(0.3)
    kept = np.argsort(-short.loglik, kind="stable")[: _kept(len(states))]
    return climb(
        data,
        layout,
        short.states[kept],
        most=LONGEST,
        gain=gain,
        prior=prior,
        tick=lambda share: say(0.3 + 0.7 * share),
    )


def coarseness(data: LatentData) -> float:
    """Give the factor by which a log-likelihood over many answers is known less finely."""
    return max(1.0, data.n * len(data.items) / 1e5)


def _kept(starts: int) -> int:
    """Give how many starts of a round go on."""
    return min(starts, max(KEPT_LEAST, round(KEPT_SHARE * starts)))


def _teller(progress: Progress | None, classes: int, number: int) -> Callable[[float], None]:
    what = f"{classes} classes, round {number + 1}"
    if progress is None:
        return lambda _: None
    return lambda share: progress(what, share)
