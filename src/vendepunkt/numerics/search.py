"""Find the maximum: rounds of staged starts, and how sure one can be (METHODS 2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.em.climb import Climb
from vendepunkt.numerics.items import Floats
from vendepunkt.terms import NotConvergedError

#: Steps of the first stage, in which all starts of a round take part.
SHORT = 24
#: The share of a round that goes on, and at least how many.
KEPT_SHARE, KEPT_LEAST = 0.2, 10
#: Two log-likelihoods nearer than this, for up to 100,000 answers, are the same maximum.
SAME = 1e-3
#: How often the best has to be reached, and steps after which a start is given up.
WANTED, LONGEST = 3, 20_000
#: Steps after which Newton helps a start that creeps along, and how often.
PATIENCE, HELPS = 600, 6
#: Beyond so many patterns the maximum is looked for on a part of them, and the best maxima found
#: there, so many at most, are compared on all.
LARGE, PART, REFINED = 60_000, 20_000, 3
#: A step that gains less has converged, likewise; Newton steps finish the best one.
GAIN = 1e-7

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
    searched
        Patterns on which the rounds were run; fewer than there are where these are very many.
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
    searched: int

    @property
    def replicated(self) -> bool:
        """Whether the best was reached often enough, or there is only one maximum."""
        return self.certain or self.at_best >= WANTED

    @property
    def missed_basin_95(self) -> float:
        """Largest share of starts that a better maximum could draw unseen, with 95 % confidence."""
        return 0.0 if self.certain else min(1.0, 3.0 / max(self.finished, 1))


class Problem(Protocol):
    """A model of some data with starts to climb from."""

    @property
    def n_patterns(self) -> int:
        """Distinct patterns."""

    @property
    def n_answers(self) -> float:
        """Answers at most: people times items (times waves)."""

    @property
    def certain(self) -> bool:
        """Whether there is only one maximum."""

    @property
    def smooth(self) -> bool:
        """Whether the maximum is a zero of the plain gradient, where Newton can help."""

    def part(self, size: int, rng: np.random.Generator) -> Problem:
        """Give the same model over `size` patterns drawn at random."""

    def draw(self, starts: int, rng: np.random.Generator) -> Floats:
        """Draw random parameters ``(S, D, L)``."""

    def climb(
        self,
        states: Floats,
        most: int,
        gain: float,
        tick: Callable[[float], None] | None = None,
    ) -> Climb:
        """Climb from each of `states` until a step gains less than `gain`, `most` steps at most."""

    def newton(self, state: Floats) -> tuple[Floats, float, bool]:
        """Take Newton steps; give state, log-likelihood, and whether they arrived."""


def search(
    problem: Problem,
    *,
    starts: int,
    seed: Sequence[int],
    max_rounds: int,
    what: str,
    progress: Progress | None = None,
) -> Search:
    """Run rounds of `starts` until the best is replicated and a full round brought no better.

    A round climbs all its starts for :data:`SHORT` steps and takes the best of them to the end.

    Parameters
    ----------
    problem
        What is to be maximised.
    starts, max_rounds
        Starts in a round, and rounds at most.
    seed
        Seeds the starts; the number of the round is added.
    what
        What is being done, for `progress`.

    Raises
    ------
    NotConvergedError
        With code ``"no_start_finished"`` if every start broke down.
    """
    part = problem
    if problem.n_patterns > LARGE and not problem.certain:
        part = problem.part(PART, np.random.default_rng(list(seed)))
    rounds = _rounds(part, starts, seed, max_rounds, what, progress)
    ends, same = rounds.ends, SAME * coarseness(part)
    at_best = int(np.sum(ends.loglik > ends.loglik.max() - same))
    finished, broken = int(np.isfinite(ends.loglik).sum()), rounds.broken
    if finished == 0:
        raise NotConvergedError(
            "no_start_finished",
            f"None of {sum(rounds.begun)} starts came to an end: the likelihood is not a number.",
            try_="look at the values of the items: a measurement far from the others, a huge count",
        )
    if part is not problem:
        kept = _distinct(ends.loglik, same)
        # From so near, a few steps on all patterns tell the maxima apart; Newton ends the best.
        ends = problem.climb(ends.states[kept], SHORT, GAIN * coarseness(problem))
    at = int(ends.loglik.argmax())
    return Search(
        state=ends.states[at],
        loglik=float(ends.loglik[at]),
        converged=bool(ends.done[at]),
        steps=int(ends.steps[at]) + SHORT,
        starts=sum(rounds.begun),
        finished=finished,
        at_best=at_best,
        rounds=len(rounds.begun),
        broken=broken,
        certain=problem.certain,
        searched=part.n_patterns,
    )


def warm(problem: Problem, state: Floats) -> Search:
    """Climb from one given state ``(D, L)`` instead of searching."""
    end = problem.climb(state[None], LONGEST, GAIN * coarseness(problem))
    return Search(
        state=end.states[0],
        loglik=float(end.loglik[0]),
        converged=bool(end.done[0]),
        steps=int(end.steps[0]),
        starts=1,
        finished=1,
        at_best=1,
        rounds=1,
        broken=0,
        certain=True,
        searched=problem.n_patterns,
    )


@dataclass(frozen=True, slots=True)
class _Rounds:
    """Where all finished starts of all rounds ended, starts begun in each, and those that broke."""

    ends: Climb
    begun: tuple[int, ...]
    broken: int


def _rounds(
    problem: Problem,
    starts: int,
    seed: Sequence[int],
    max_rounds: int,
    what: str,
    progress: Progress | None,
) -> _Rounds:
    same = SAME * coarseness(problem)
    ends: list[Climb] = []
    begun: list[int] = []
    best = -np.inf
    for number in range(1 if problem.certain else max_rounds):
        rng = np.random.default_rng([*seed, number])
        states = problem.draw(1 if problem.certain else starts, rng)
        ends.append(_round(problem, states, _teller(progress, what, number)))
        begun.append(len(states))
        top = float(ends[-1].loglik.max())
        better = top > best + same
        best = max(best, top)
        reached = sum(int(np.sum(end.loglik > best - same)) for end in ends)
        if number > 0 and not better and reached >= WANTED:
            break
    broken = sum(int(np.sum(~np.isfinite(end.loglik))) for end in ends)
    return _Rounds(Climb.join(ends), tuple(begun), broken)


def _distinct(loglik: Floats, same: float) -> NDArray[np.int64]:
    """Give one start for each of the best few maxima."""
    kept: list[int] = []
    for s in np.argsort(-loglik, kind="stable"):
        if len(kept) == REFINED or not np.isfinite(loglik[s]):
            break
        if not kept or loglik[kept[-1]] - loglik[s] > same:
            kept.append(int(s))
    return np.array(kept, dtype=np.int64)


def _round(problem: Problem, states: Floats, say: Callable[[float], None]) -> Climb:
    """Climb all of `states` a little and the best of them to the end."""
    gain = GAIN * coarseness(problem)
    short = problem.climb(states, SHORT, gain)
    say(0.3)
    kept = np.argsort(-short.loglik, kind="stable")[: _kept(len(states))]
    return to_the_end(problem, short.states[kept], gain, lambda share: say(0.3 + 0.7 * share))


def to_the_end(
    problem: Problem, states: Floats, gain: float, tick: Callable[[float], None]
) -> Climb:
    """Climb from each of `states` until nothing is gained; Newton helps those that creep."""
    so_far = problem.climb(states, PATIENCE, gain, tick)
    for _ in range(HELPS if problem.smooth else 0):
        left = np.flatnonzero(~so_far.done)
        if len(left) == 0:
            return so_far
        for s in left:
            so_far.states[s] = problem.newton(so_far.states[s])[0]
            tick(float((so_far.done.sum() + np.searchsorted(left, s)) / len(states)))
        # Newton holds what is near 0 or 1; EM moves it, and sees whether anything is left to gain.
        so_far = so_far.put(left, problem.climb(so_far.states[left], SHORT, gain))
    left = np.flatnonzero(~so_far.done)
    if len(left) == 0:
        return so_far
    return so_far.put(left, problem.climb(so_far.states[left], LONGEST, gain))


def coarseness(problem: Problem) -> float:
    """Give the factor by which a log-likelihood over many answers is known less finely."""
    return max(1.0, problem.n_answers / 1e5)


def _kept(starts: int) -> int:
    """Give how many starts of a round go on."""
    return min(starts, max(KEPT_LEAST, round(KEPT_SHARE * starts)))


def _teller(progress: Progress | None, what: str, number: int) -> Callable[[float], None]:
    if progress is None:
        return lambda _: None
    return lambda share: progress(f"{what}, round {number + 1}", share)
