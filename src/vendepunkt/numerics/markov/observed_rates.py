"""Constant rates of moving between observed states, for waves of unequal distance.

Notes
-----
The rates Q are fitted directly: the probability of each observed step is an entry of exp(QΔ), and
the likelihood is climbed by scoring [1]_, and by Newton at the end. A root or logarithm of a fitted
table is never taken as an estimate. Log rates are linear in the covariates of the group.

Constant rates are an assumption: the fit is always compared with one table for each step, and where
that rejects them, rates and what is built on them describe no one.

References
----------
.. [1] Kalbfleisch, J. D. & Lawless, J. F. (1985). The analysis of panel data under a Markov
   assumption. *JASA*, 80, 863–871. doi:10.1080/01621459.1985.10478195
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vendepunkt.numerics.errors import Influence
from vendepunkt.numerics.markov.generator import derivatives, generator, log_rate_directions
from vendepunkt.numerics.markov.observed import ObservedTransitions
from vendepunkt.numerics.markov.observed_intervals import DesignOfPeople
from vendepunkt.numerics.markov.observed_models import (
    LikelihoodRatio,
    compare,
    free_parameters,
    log_likelihood,
)
from vendepunkt.terms import DataError, UsageError, choose

Floats = NDArray[np.float64]

#: The kinds of standard error by name, with what each is made of.
KINDS: Final = {
    "hessian": "inverse of the observed information",
    "robust": "sandwich: right also where rates are not constant",
    "design": "sandwich with the design-based variance of the scores",
}
#: A direction with less information (about the number of moves it is known from) has none.
NO_INFORMATION = 1e-6
#: A gain in log-likelihood that ends the climb.
_NO_GAIN = 1e-9
#: A gain that is left to steps by Newton.
_LITTLE_GAIN = 1e-4
#: At most so many steps by scoring, and in all.
_SCORING, _MAX_ITERATIONS = 120, 140
#: No log rate is changed by more at once.
_LONGEST_STEP = 2.0
#: A log rate beyond this is at the equilibrium at once.
_FASTEST = 20.0


@dataclass(frozen=True, slots=True)
class RateFit:
    """Constant rates of moving.

    Attributes
    ----------
    moves : tuple of (int, int)
        The moves that have a rate, from and to.
    coefficients : ndarray of shape (moves, Q)
        Of the covariates on the log rates.
    std_errors : ndarray of shape (moves, Q)
        Their standard errors; nan at the boundary.
    boundary : ndarray of bool, shape (moves, Q)
        Rates that went to 0, so that the data tell nothing about their logarithm.
    covariance : ndarray of shape (moves·Q, moves·Q)
        Of the coefficients, covariates fastest; 0 at the boundary.
    kind : str
        A key of :data:`KINDS`.
    rates : ndarray of shape (G, M, M)
        Q of each group, per unit of time.
    rate_errors : ndarray of shape (G, M, M)
        Standard errors of the rates off the diagonal, by the delta method; nan at the boundary.
    covariates : ndarray of shape (G, Q)
        What was given.
    steps : tuple of int
        Numbers of the steps fitted.
    intervals : ndarray of shape (S,)
        Their lengths.
    fitted : ndarray of shape (G, S, M, M)
        Transition probabilities.
    loglik : float
        Log-likelihood given the states at the start of each step; with weights a pseudo one, of
        weights scaled to mean 1.
    n_parameters : int
        Coefficients, those at the boundary included.
    test : LikelihoodRatio
        Against one table for each step and group.
    converged : bool
        Whether the climb ended at a maximum.
    iterations : int
        Steps it took.
    influence : Influence or None
        Of people on the coefficients; None where only counts came in.
    """

    moves: tuple[tuple[int, int], ...]
    coefficients: Floats
    std_errors: Floats
    boundary: NDArray[np.bool_]
    covariance: Floats
    kind: str
    rates: Floats
    rate_errors: Floats
    covariates: Floats
    steps: tuple[int, ...]
    intervals: Floats
    fitted: Floats
    loglik: float
    n_parameters: int
    test: LikelihoodRatio
    converged: bool
    iterations: int
    influence: Influence | None = field(default=None, repr=False)

    @property
    def rejected(self) -> bool:
        """Whether constant rates are rejected, so that they are not the main result."""
        return self.test.rejected


def fit_rates(
    found: ObservedTransitions,
    times: ArrayLike,
    *,
    covariates: ArrayLike | None = None,
    allowed: ArrayLike | None = None,
    kind: str | None = None,
    design: DesignOfPeople | None = None,
) -> RateFit:
    """How fast do people move, if the rates are the same at all times?

    Parameters
    ----------
    found : ObservedTransitions
        The transitions; best counted with ``through_gaps``, so that no step is lost.
    times : array_like of shape (T,)
        When each wave was, in years or any unit; rising.
    covariates : array_like of shape (G, Q), optional
        Covariates of the groups, with their constant: ``numpy.eye(G)`` for rates of their own, a
        column of ones for the same in all groups, which is the default.
    allowed : array_like of bool, shape (M, M), optional
        Moves that may happen at an instant; all if absent.
    kind : {"hessian", "robust", "design"}, optional
        Standard errors; ``design`` with a design, else ``robust``, if absent.
    design
        The sampling design of the people.

    Returns
    -------
    RateFit

    Raises
    ------
    UsageError
        With code ``not_allowed``, ``no_design``, ``bad_times``, ``bad_covariates``, ``bad_step``
        or ``only_counts``.
    DataError
        With code ``impossible_move`` if people made a move that `allowed` makes impossible.

    Examples
    --------
    >>> from vendepunkt.numerics.markov.observed_counts import transitions_from_counts
    >>> found = transitions_from_counts([[[[80, 20], [30, 70]], [[66, 34], [50, 50]]]])
    >>> fit = fit_rates(found, [0.0, 1.0, 3.0])
    >>> fit.rates[0].round(2).tolist()
    [[-0.31, 0.31], [0.46, -0.46]]
    >>> fit.n_parameters, fit.test.df, fit.rejected
    (2, 2.0, False)
    """
    kind = choose(kind or ("robust" if design is None else "design"), tuple(KINDS), "--se")
    if kind == "design" and design is None:
        raise UsageError(
            "no_design", "Design-based standard errors need a design.", try_="--se robust"
        )
    problem = _problem(found, times, covariates, allowed)
    beta, converged, iterations = _climb(problem)
    state = problem.at(beta)
    information = _information(problem, beta)
    bread, boundary = _inverse(information)
    influence = _influence(problem, state, bread)
    covariance = _covariance(problem, state, bread, influence, kind, design)
    coefficients = beta.reshape(len(problem.moves), -1)
    marks = boundary.reshape(coefficients.shape)
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0)).reshape(coefficients.shape)
    interior = ~boundary
    jacobian = _by_coefficient(state.slopes, problem.covariates)
    test = compare(
        found,
        problem.steps,
        state.probabilities,
        jacobian.reshape(len(beta), -1).T[:, interior],
        free_parameters(found, problem.steps) - int(interior.sum()),
        design,
    )
    return RateFit(
        moves=problem.moves,
        coefficients=coefficients,
        std_errors=np.where(marks, np.nan, errors),
        boundary=marks,
        covariance=covariance,
        kind=kind,
        rates=state.rates,
        rate_errors=_rate_errors(problem, state, covariance, marks),
        covariates=problem.covariates,
        steps=problem.steps,
        intervals=problem.intervals,
        fitted=state.probabilities,
        loglik=state.loglik,
        n_parameters=len(beta),
        test=test,
        converged=converged,
        iterations=iterations,
        influence=influence,
    )


@dataclass(frozen=True, slots=True)
class _State:
    """Rates, probabilities and their slopes by log rate at some coefficients."""

    rates: Floats
    probabilities: Floats
    slopes: Floats
    loglik: float


@dataclass(frozen=True, slots=True)
class _Problem:
    """What is fitted: scaled counts (G, S, M, M), intervals (S,), covariates (G, Q)."""

    found: ObservedTransitions
    steps: tuple[int, ...]
    counts: Floats
    scale: float
    intervals: Floats
    covariates: Floats
    allowed: NDArray[np.bool_]
    moves: tuple[tuple[int, int], ...]

    def at(self, beta: Floats) -> _State:
        """Give everything at these coefficients (moves·Q,)."""
        log_rates = self.covariates @ beta.reshape(len(self.moves), -1).T
        size = self.found.n_states
        rates = np.zeros((len(log_rates), size, size))
        origin, destination = np.array(self.moves).T
        rates[:, origin, destination] = np.exp(np.minimum(log_rates, _FASTEST))
        q = generator(rates)
        probabilities, slopes = derivatives(
            q[:, None], self.intervals, log_rate_directions(q, self.allowed)[:, None]
        )
        return _State(q, probabilities, slopes, log_likelihood(self.counts, probabilities))

    def gradient(self, state: _State) -> Floats:
        """Differentiate the log-likelihood by the coefficients (moves·Q,)."""
        relative = _ratio(self.counts, state.probabilities)
        by_rate = np.einsum("gsjk,gsmjk->gm", relative, state.slopes)
        return np.asarray((by_rate.T @ self.covariates).reshape(-1))

    def expected_information(self, state: _State) -> Floats:
        """Give the information of Kalbfleisch and Lawless (moves·Q, moves·Q)."""
        size = len(self.moves)
        started = self.counts.sum(axis=-1, keepdims=True)
        weight = np.sqrt(_ratio(np.broadcast_to(started, self.counts.shape), state.probabilities))
        tall = (state.slopes * weight[:, :, None]).swapaxes(1, 2).reshape(len(weight), size, -1)
        by_rate = tall @ tall.swapaxes(-1, -2)
        x = self.covariates
        whole = np.einsum("gab,gq,gr->aqbr", by_rate, x, x)
        return np.asarray(whole.reshape(size * x.shape[1], -1))


def _problem(
    found: ObservedTransitions,
    times: ArrayLike,
    covariates: ArrayLike | None,
    allowed: ArrayLike | None,
) -> _Problem:
    """Check what came in."""
    when = np.asarray(times, dtype=np.float64)
    last = max((end for _, end in found.steps), default=0)
    if when.ndim != 1 or len(when) <= last or not np.all(np.diff(when) > 0):
        raise UsageError(
            "bad_times", "The times of the waves do not rise.", allowed="one for each wave, rising"
        )
    groups, size = found.groups, found.n_states
    design = np.ones((groups, 1)) if covariates is None else np.asarray(covariates, np.float64)
    rank = np.linalg.matrix_rank(design) if design.ndim == 2 and len(design) == groups else -1
    if rank != design.shape[-1]:
        raise UsageError(
            "bad_covariates",
            f"Covariates of the groups have the shape {design.shape}.",
            allowed=f"{groups} rows, columns that do not follow from each other",
        )
    off = ~np.eye(size, dtype=np.bool_)
    wanted = off if allowed is None else np.asarray(allowed, dtype=np.bool_) & off
    steps = tuple(range(len(found.steps))) if found.through_gaps else found.chain
    if not steps or not wanted.any():
        raise UsageError(
            "bad_step", "There is no step from wave to wave, or no move that may happen."
        )
    picked = list(steps)
    scale = float(found.counts[:, picked].sum() / found.weighted[:, picked].sum())
    begin, end = np.array([found.steps[s] for s in steps]).T
    origin, destination = np.nonzero(wanted)
    moves = tuple(zip(origin.tolist(), destination.tolist(), strict=True))
    counts = found.weighted[:, picked] * scale
    return _Problem(found, steps, counts, scale, when[end] - when[begin], design, wanted, moves)


def _climb(problem: _Problem) -> tuple[Floats, bool, int]:
    """Reach the maximum by scoring, halving a step that does not gain."""
    beta = _start(problem)
    state = problem.at(beta)
    if not np.isfinite(state.loglik):
        raise DataError(
            "impossible_move",
            "People made moves that the rates allowed cannot lead to.",
            try_="more moves that may happen",
        )
    longest = np.tile(_LONGEST_STEP / np.abs(problem.covariates).max(axis=0), len(problem.moves))
    scoring = True
    for iteration in range(1, _MAX_ITERATIONS + 1):
        gradient = problem.gradient(state)
        # Scoring is safe far from the maximum and slow near it where rates are not constant.
        scoring = iteration <= _SCORING
        information = (
            problem.expected_information(state) if scoring else _information(problem, beta)
        )
        step = _ascent(information, gradient)
        if gradient @ step < _NO_GAIN:
            return beta, True, iteration
        # Rates on their way to 0 would hold all others back if the whole step were shortened.
        cut = np.clip(step, -longest, longest)
        whole = step * float((longest / np.maximum(np.abs(step), longest)).min())
        step = cut if gradient @ cut > 0 else whole
        for _ in range(40):
            trial = problem.at(beta + step)
            if trial.loglik > state.loglik:
                break
            step /= 2.0
        else:
            # No gain to be had in double precision: the maximum, or a wall.
            return beta, bool(gradient @ step < 1e-6), iteration
        beta, state = beta + step, trial
    return beta, False, _MAX_ITERATIONS


def _ascent(information: Floats, gradient: Floats) -> Floats:
    """Give a direction that rises, also where the surface is no hill."""
    value, vector = np.linalg.eigh(information)
    # The floor lets a rate on its way to 0, which has no information left, come to rest.
    size = np.maximum(np.abs(value), 1e-8)
    return np.asarray(vector @ ((vector.T @ gradient) / size))


def _start(problem: _Problem) -> Floats:
    """Give moves over time at risk, as if nobody had moved twice."""
    moved = problem.counts.sum(axis=1) + 0.5
    at_risk = (problem.counts.sum(axis=-1) * problem.intervals[:, None]).sum(axis=1) + 0.5
    origin, destination = np.array(problem.moves).T
    log_rates = np.log(moved[:, origin, destination] / at_risk[:, origin])
    return np.asarray(np.linalg.lstsq(problem.covariates, log_rates, rcond=None)[0].T.reshape(-1))


def _information(problem: _Problem, beta: Floats) -> Floats:
    """Give the observed information: central differences of the analytic gradient."""
    reach = np.tile(1e-4 / np.abs(problem.covariates).max(axis=0), len(problem.moves))
    columns = []
    for a, h in enumerate(reach):
        step = np.zeros_like(beta)
        step[a] = h
        above, below = problem.at(beta + step), problem.at(beta - step)
        columns.append((problem.gradient(below) - problem.gradient(above)) / (2.0 * h))
    information = np.array(columns)
    return np.asarray((information + information.T) / 2.0)


def _inverse(information: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Invert the information where there is any; mark the coefficients that have none."""
    value, vector = np.linalg.eigh(information)
    known = value > NO_INFORMATION
    half = vector[:, known] / np.sqrt(value[known])
    boundary = (np.abs(vector[:, ~known]) > 1e-3).any(axis=1)
    bread = half @ half.T
    bread[boundary] = 0.0
    bread[:, boundary] = 0.0
    return bread, boundary


def _influence(problem: _Problem, state: _State, bread: Floats) -> Influence | None:
    """Give the influence of each pattern on the coefficients."""
    people = problem.found.patterns
    if people is None:
        return None
    scores = np.zeros((len(people.group), len(bread)))
    by_cell = _log_slopes(problem, state)
    for s, number in enumerate(problem.steps):
        step = problem.found.steps[number]
        taken, begin, end = people.step(step, through_gaps=problem.found.through_gaps)
        scores[taken] += by_cell[people.group[taken], s, begin, end]
    n_covariates = problem.covariates.shape[1]
    names = tuple(
        f"log rate {j + 1} to {k + 1} covariate {q + 1}"
        for j, k in problem.moves
        for q in range(n_covariates)
    )
    return Influence(scores @ bread * problem.scale, people.row_to_pattern, names)


def _covariance(
    problem: _Problem,
    state: _State,
    bread: Floats,
    influence: Influence | None,
    kind: str,
    design: DesignOfPeople | None,
) -> Floats:
    if kind == "hessian":
        return bread
    if kind == "design" and design is not None:
        if influence is None:
            raise UsageError(
                "only_counts", "Only counts of moves are known, not whose they are.", try_="robust"
            )
        return design.variance(influence.values, influence.row_to_pattern).covariance
    people = problem.found.patterns
    if influence is not None and people is not None:
        return np.asarray((influence.values * people.squared[:, None]).T @ influence.values)
    squared = problem.found.squared[:, list(problem.steps)].reshape(-1)
    values = _log_slopes(problem, state).reshape(-1, len(bread)) @ bread * problem.scale
    return np.asarray((values * squared[:, None]).T @ values)


def _log_slopes(problem: _Problem, state: _State) -> Floats:
    """Differentiate the log of each probability by the coefficients, (G, S, M, M, moves·Q)."""
    by_coefficient = _by_coefficient(state.slopes, problem.covariates)
    slopes = _ratio(by_coefficient, np.broadcast_to(state.probabilities, by_coefficient.shape))
    return np.moveaxis(slopes, 0, -1)


def _by_coefficient(slopes: Floats, covariates: Floats) -> Floats:
    """Turn slopes by log rate (G, S, moves, M, M) into slopes by coefficient (moves·Q, G, …)."""
    found = np.einsum("gsmjk,gq->mqgsjk", slopes, covariates)
    return np.asarray(found.reshape(-1, *found.shape[2:]))


def _rate_errors(
    problem: _Problem, state: _State, covariance: Floats, boundary: NDArray[np.bool_]
) -> Floats:
    errors = np.full(state.rates.shape, np.nan)
    n_covariates = problem.covariates.shape[1]
    blocks = covariance.reshape(len(problem.moves), n_covariates, len(problem.moves), -1)
    for m, (j, k) in enumerate(problem.moves):
        own = blocks[m, :, m]
        variance = np.einsum("gq,qr,gr->g", problem.covariates, own, problem.covariates)
        unknown = (np.abs(problem.covariates[:, boundary[m]]) > 0).any(axis=1)
        error = state.rates[:, j, k] * np.sqrt(np.maximum(variance, 0.0))
        errors[:, j, k] = np.where(unknown, np.nan, error)
    return errors


def _ratio(part: Floats, whole: Floats) -> Floats:
    out = np.zeros(part.shape)
    np.divide(part, whole, out=out, where=whole > 0)
    return out
