"""Fit latent classes: the door to the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.collapse import LatentData
from vendepunkt.numerics.em import twin
from vendepunkt.numerics.em.layout import Layout
from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.problem import ClassProblem
from vendepunkt.numerics.search import LONGEST, Progress, Search, search, warm
from vendepunkt.terms import UsageError

MOST_CLASSES = 32
#: Where EM has the last word, it stops when a step gains less.
FINEST = 1e-10


@dataclass(frozen=True, slots=True)
class LatentClassFit:
    """A latent class model at its maximum.

    Attributes
    ----------
    classes
        ``K``.
    loglik
        Log-likelihood (a pseudo one under sampling weights).
    n_parameters
        Parameters, those at a boundary included.
    shares
        ``(K,)`` class shares, falling.
    profiles
        For each item ``(M, K)``: probabilities of its categories, or mean and spread.
    profile_rows
        For each item the names of those rows; ``""`` for categories.
    coefficients
        ``(Q, K)`` effects on class membership, the first class as reference; None without
        covariates.
    posterior
        ``(P, K)`` class probabilities of each pattern of :class:`LatentData`.
    boundary
        For each item ``(M, K)``: estimates at 0 or 1.
    converged
        Whether the gradient vanished.
    iterations
        EM steps of the best start.
    starts, starts_finished, starts_at_best, rounds, starts_broken
        How the maximum was looked for; see :class:`vendepunkt.numerics.search.Search`.
    replicated
        Whether the best was reached by at least three finished starts.
    searched
        Patterns on which the maximum was looked for; all of them unless these are very many.
    missed_basin_95
        A better maximum that a larger share of starts would reach is excluded with 95 % confidence.
    seed
        Seed of the starts.
    dirichlet
        Weight of the Dirichlet prior; 0 for none.
    state
        ``(D, K)`` parameters as the engine keeps them.
    """

    classes: int
    loglik: float
    n_parameters: int
    shares: Floats
    profiles: tuple[Floats, ...]
    profile_rows: tuple[tuple[str, ...], ...]
    coefficients: Floats | None
    posterior: Floats
    boundary: tuple[NDArray[np.bool_], ...]
    converged: bool
    iterations: int
    starts: int
    starts_finished: int
    starts_at_best: int
    starts_broken: int
    rounds: int
    replicated: bool
    missed_basin_95: float
    searched: int
    seed: int
    dirichlet: float
    state: Floats

    def reorder(self, order: Sequence[int]) -> LatentClassFit:
        """Give the same fit with its classes in another order; ``order[0]`` comes first."""
        at = list(order)
        if sorted(at) != list(range(self.classes)):
            raise UsageError(
                "bad_order", f"The order {at} is not a rearrangement of {self.classes} classes."
            )
        coefficients = None
        if self.coefficients is not None:
            coefficients = self.coefficients[:, at] - self.coefficients[:, at[:1]]
        return replace(
            self,
            shares=self.shares[at],
            profiles=tuple(profile[:, at] for profile in self.profiles),
            coefficients=coefficients,
            posterior=self.posterior[:, at],
            boundary=tuple(marks[:, at] for marks in self.boundary),
            state=self.state[:, at],
        )

    def by_row(self, data: LatentData) -> Floats:
        """Give class probabilities of each row ``(n_rows, K)``; the shares for an empty row."""
        rows = self.posterior[np.maximum(data.row_to_pattern, 0)]
        return np.where(data.row_to_pattern[:, None] >= 0, rows, self.shares)

    def __repr__(self) -> str:
        return (
            f"LatentClassFit({self.classes} classes, log-likelihood {self.loglik:.4f}, "
            f"{self.n_parameters} parameters, "
            f"best reached by {self.starts_at_best} of {self.starts_finished} finished starts"
            f"{'' if self.converged else ', NOT CONVERGED'})"
        )


def fit_classes(
    data: LatentData,
    classes: int,
    starts: int = 50,
    seed: int = 0,
    max_rounds: int = 10,
    progress: Progress | None = None,
    initial: Floats | None = None,
    dirichlet: float = 0.0,
) -> LatentClassFit:
    """Fit a model of `classes` latent classes by maximum likelihood.

    Parameters
    ----------
    data
        Collapsed answers.
    classes
        1 to 32.
    starts
        Random starts in a round, 1 or more.
    seed
        Seed of the starts; the same seed gives the same fit on any number of cores.
    max_rounds
        Rounds at most, 1 or more.
    progress
        Called with what is being done and the share of it that is done, 0 to 1.
    initial
        ``(D, K)`` parameters to climb from instead of random starts (a warm start).
    dirichlet
        Weight of a weak Dirichlet prior on shares and categories; 0 for maximum likelihood.

    Raises
    ------
    UsageError
        If an option is out of its range.

    References
    ----------
    Lazarsfeld, P. F. & Henry, N. W. (1968). Latent structure analysis. Houghton Mifflin.

    Examples
    --------
    >>> import numpy as np
    >>> from vendepunkt.numerics import Item, LatentData
    >>> answers = np.repeat([[0, 0, 0], [1, 1, 1], [1, 0, 1]], [60, 30, 10], axis=0)
    >>> items = [Item("binary", column.astype(np.int32), np.arange(2.0)) for column in answers.T]
    >>> fit = fit_classes(LatentData.collapse(items), 2, seed=1)
    >>> [round(float(share), 2) for share in fit.shares]
    [0.6, 0.4]
    """
    for name, value, least, most in (
        ("classes", classes, 1, MOST_CLASSES),
        ("starts", starts, 1, 100_000),
        ("max_rounds", max_rounds, 1, 1_000),
    ):
        if not least <= value <= most:
            raise UsageError(
                f"bad_{name}", f"{name} is {value}.", allowed=f"a whole number {least} to {most}"
            )
    problem = ClassProblem.of(data, classes, dirichlet)
    if initial is None:
        found = search(
            problem,
            starts=starts,
            seed=(seed, classes),
            max_rounds=max_rounds,
            what=f"{classes} {'class' if classes == 1 else 'classes'}",
            progress=progress,
        )
    else:
        found = warm(problem, initial)
    state, loglik, converged = _finish(problem, found)
    return _assemble(data, problem.layout, found, state, loglik, converged, seed, dirichlet)


def _finish(problem: ClassProblem, found: Search) -> tuple[Floats, float, bool]:
    """Take the best start to the very top.

    With a prior, and where order restrictions bind, the maximum is not a zero of the plain
    gradient: there EM's own stopping rule holds.
    """
    if not problem.smooth:
        end = problem.climb(found.state[None], LONGEST, FINEST)
        return end.states[0], problem.loglik(end.states[0]), bool(end.done[0])
    state, loglik, converged = problem.newton(found.state)
    held = any(
        item.at_boundary(state[where]).any()
        for item, where in zip(problem.data.items, problem.layout.state_of[1:], strict=True)
    )
    if not held:
        return state, loglik, converged
    # Newton holds what is near 0 or 1; a few more steps of EM move it, and Newton the rest.
    again = problem.climb(state[None], 60, FINEST)
    second, better, again_converged = problem.newton(again.states[0])
    if better >= loglik:
        return second, better, again_converged
    return state, loglik, converged


def _assemble(
    data: LatentData,
    layout: Layout,
    found: Search,
    state: Floats,
    loglik: float,
    converged: bool,
    seed: int,
    dirichlet: float,
) -> LatentClassFit:
    classes = state.shape[1]
    post = twin.posterior(data, layout, state)[1]
    shares = data.weight @ post / data.weight.sum()
    own = layout.state_of[1:]
    fit = LatentClassFit(
        classes=classes,
        loglik=loglik,
        n_parameters=data.membership.n_parameters(classes)
        + sum(item.n_parameters(classes) for item in data.items),
        shares=shares,
        profiles=tuple(
            item.profile(state[where]) for item, where in zip(data.items, own, strict=True)
        ),
        profile_rows=tuple(item.profile_rows() for item in data.items),
        coefficients=None
        if data.membership.plain
        else state[layout.state_of[0]] - state[layout.state_of[0]][:, :1],
        posterior=post,
        boundary=tuple(
            item.at_boundary(state[where]) for item, where in zip(data.items, own, strict=True)
        ),
        converged=converged,
        iterations=found.steps,
        starts=found.starts,
        starts_finished=found.finished,
        starts_at_best=found.at_best,
        starts_broken=found.broken,
        rounds=found.rounds,
        replicated=found.replicated,
        missed_basin_95=found.missed_basin_95,
        searched=found.searched,
        seed=seed,
        dirichlet=dirichlet,
        state=state,
    )
    if not layout.accelerated:
        return fit  # ordered classes keep the order they were fitted in
    return fit.reorder(np.argsort(-shares, kind="stable").tolist())
