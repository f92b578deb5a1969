"""Fit a latent Markov model: the door to the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.items.base import probability_boundary
from vendepunkt.numerics.markov.implied import CovariateGroups, implied
from vendepunkt.numerics.markov.intercept import InterceptItem
from vendepunkt.numerics.markov.model import Chain, chain
from vendepunkt.numerics.markov.problem import ChainProblem
from vendepunkt.numerics.markov.sequences import SequenceData
from vendepunkt.numerics.search import LONGEST, Progress, Search, search, warm
from vendepunkt.terms import UsageError

Bools = NDArray[np.bool_]

#: Where EM has the last word, it stops when a step gains less.
FINEST = 1e-10


@dataclass(frozen=True, slots=True)
class MarkovFit:
    """A latent Markov model at its maximum.

    Attributes
    ----------
    classes, waves
        K and T.
    form, transitions_kind
        Keys of :data:`~vendepunkt.numerics.markov.forms.FORMS` and
        :data:`~vendepunkt.numerics.markov.model.TRANSITIONS`.
    loglik
        Log-likelihood (a pseudo one under sampling weights).
    n_parameters
        Parameters, those at a boundary included.
    initial
        ``(K,)`` shares at the first wave, falling unless put in another order.
    transitions
        ``(T - 1, K, K)`` [step][from][to]: over everybody, whatever their covariates, form or
        component. Rows of people who leave for an exit sum to less than 1.
    shares
        ``(T, K)`` shares of each wave under the model.
    profiles, profile_rows
        For each item ``(M, K)``: probabilities of its categories, or mean and spread, and the
        names of those rows.
    boundary, transition_boundary
        Estimates at 0 or 1: for each item ``(M, K)``, and ``(T - 1, K, K)``.
    initial_coefficients
        ``(Q0, K)`` effects on the class at the first wave, the first class as reference.
    transition_coefficients
        ``(K, Q, K)`` [from][covariate][to], staying as reference; with rates effects on their
        logarithms. With transitions of each step its own and covariates the first T - 1 columns
        are the steps' constants. None without covariates.
    rates
        ``(K, K)`` per year, at the average covariates; None without.
    stayers
        ``(K,)`` share of each class of the first wave that never moves; None without.
    loadings
        For each item ``(V,)`` on the random intercept; None without.
    exits, exit_transitions
        Number of exits and ``(T - 1, K + E, K + E)`` with them; None without.
    converged
        Whether the gradient vanished.
    iterations
        EM steps of the best start.
    starts, starts_finished, starts_at_best, starts_broken, rounds, replicated, missed_basin_95, \
searched
        How the maximum was looked for; see :class:`vendepunkt.numerics.search.Search`.
    seed, dirichlet
        Seed of the starts; weight of the Dirichlet prior.
    state
        ``(D, M)`` parameters as the engine keeps them.
    chain
        The model laid out.
    """

    classes: int
    waves: int
    form: str
    transitions_kind: str
    loglik: float
    n_parameters: int
    initial: Floats
    transitions: Floats
    shares: Floats
    profiles: tuple[Floats, ...]
    profile_rows: tuple[tuple[str, ...], ...]
    boundary: tuple[Bools, ...]
    transition_boundary: Bools
    initial_coefficients: Floats | None
    transition_coefficients: Floats | None
    rates: Floats | None
    stayers: Floats | None
    loadings: tuple[Floats, ...] | None
    exits: int
    exit_transitions: Floats | None
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
    chain: Chain

    def reorder(self, order: Sequence[int]) -> MarkovFit:
        """Give the same fit with its classes in another order; ``order[0]`` comes first."""
        at = list(order)
        if sorted(at) != list(range(self.classes)):
            raise UsageError(
                "bad_order", f"The order {at} is not a rearrangement of {self.classes} classes."
            )
        return described(self, self.chain, rearranged(self.chain, self.state, at))

    def __repr__(self) -> str:
        return (
            f"MarkovFit({self.classes} classes over {self.waves} waves, {self.transitions_kind} "
            f"transitions, log-likelihood {self.loglik:.4f}, {self.n_parameters} parameters, "
            f"best reached by {self.starts_at_best} of {self.starts_finished} finished starts"
            f"{'' if self.converged else ', NOT CONVERGED'})"
        )


def fit_markov(
    data: SequenceData,
    classes: int,
    transitions: str = "constant",
    form: str = "plain",
    *,
    starts: int = 50,
    seed: int = 0,
    max_rounds: int = 10,
    progress: Progress | None = None,
    initial_state: Floats | None = None,
    dirichlet: float = 0.0,
    fixed: Sequence[Floats] | None = None,
) -> MarkovFit:
    """Fit a latent Markov model of `classes` classes by maximum likelihood.

    Parameters
    ----------
    data
        Collapsed sequences.
    classes
        1 or more.
    transitions
        ``"constant"``, ``"free"`` (each step its own) or ``"rate"`` (rates per year).
    form
        ``"plain"``, ``"mover_stayer"`` or ``"random_intercept"``.
    starts
        Random starts in a round, 1 or more.
    seed
        Seed of the starts; the same seed gives the same fit on any number of cores.
    max_rounds
        Rounds at most, 1 or more.
    progress
        Called with what is being done and the share of it that is done, 0 to 1.
    initial_state
        ``(D, M)`` parameters to climb from instead of random starts (a warm start).
    dirichlet
        Weight of a weak Dirichlet prior on shares, transitions and categories; 0 for none.
    fixed
        ``(V, K)`` profiles held fixed, one for each item, as the third of three steps has them.

    Raises
    ------
    UsageError
        If an option is out of its range, or the model cannot be had from so many waves.

    References
    ----------
    Wiggins, L. M. (1973). Panel analysis: latent probability models for attitude and behavior
    processes. Elsevier.

    Bartolucci, F., Farcomeni, A. & Pennoni, F. (2013). Latent Markov models for longitudinal data.
    Chapman & Hall/CRC. https://doi.org/10.1201/b13246

    Examples
    --------
    >>> import numpy as np
    >>> from vendepunkt.numerics import Item
    >>> from vendepunkt.numerics.markov import SequenceData, fit_markov
    >>> paths = np.repeat([[0, 0, 0], [1, 1, 1], [1, 1, 0]], [60, 30, 10], axis=0).ravel()
    >>> items = [Item("binary", paths.astype(np.int32), np.arange(2.0)) for _ in range(3)]
    >>> fit = fit_markov(SequenceData.collapse(items, 3), 2, transitions="free", seed=1)
    >>> fit.shares.round(2).tolist()
    [[0.6, 0.4], [0.6, 0.4], [0.7, 0.3]]
    """
    for name, value, most in (("starts", starts, 100_000), ("max_rounds", max_rounds, 1_000)):
        if not 1 <= value <= most:
            raise UsageError(
                f"bad_{name}", f"{name} is {value}.", allowed=f"a whole number 1 to {most}"
            )
    made = chain(data, classes, transitions, form, fixed, dirichlet)
    problem = ChainProblem(made)
    if initial_state is None:
        found = search(
            problem,
            starts=starts,
            seed=(seed, classes),
            max_rounds=max_rounds,
            what=f"{classes} {'class' if classes == 1 else 'classes'} over {data.waves} waves",
            progress=progress,
        )
    else:
        found = warm(problem, initial_state)
    state, loglik, converged = _finish(problem, found)
    fit = _assemble(made, found, state, loglik, converged, seed)
    if fixed is not None or not made.layout.accelerated:
        return fit  # classes that are known, or in an order, keep their places
    return fit.reorder(np.argsort(-fit.initial, kind="stable").tolist())


def _finish(problem: ChainProblem, found: Search) -> tuple[Floats, float, bool]:
    """Take the best start to the very top.

    With a prior, and where order restrictions bind, the maximum is not a zero of the plain
    gradient: there EM's own stopping rule holds.
    """
    if not problem.smooth:
        end = problem.climb(found.state[None], LONGEST, FINEST)
        return end.states[0], problem.loglik(end.states[0]), bool(end.done[0])
    state, loglik, converged = problem.newton(found.state)
    if problem.many or not _held(problem.chain, state):
        return state, loglik, converged
    # Newton holds what is near 0 or 1; a few more steps of EM move it, and Newton the rest.
    again = problem.climb(state[None], 60, FINEST)
    if again.loglik[0] - loglik < FINEST * max(1.0, abs(loglik)):
        return state, loglik, converged
    second, better, again_converged = problem.newton(again.states[0])
    if better >= loglik:
        return second, better, again_converged
    return state, loglik, converged


def _held(made: Chain, state: Floats) -> bool:
    """Whether anything is at 0 or 1."""
    return any(
        bool(piece.what.at_boundary(state[piece.rows, : piece.lanes]).any())
        for piece in made.pieces
    )


def _assemble(
    made: Chain, found: Search, state: Floats, loglik: float, converged: bool, seed: int
) -> MarkovFit:
    nothing = np.zeros(0)
    empty = MarkovFit(
        classes=made.classes,
        waves=made.data.waves,
        form=made.form.name,
        transitions_kind=made.transitions,
        loglik=loglik,
        n_parameters=made.n_parameters,
        initial=nothing,
        transitions=nothing,
        shares=nothing,
        profiles=(),
        profile_rows=tuple(piece.what.profile_rows() for piece in made.items),
        boundary=(),
        transition_boundary=np.zeros(0, dtype=np.bool_),
        initial_coefficients=None,
        transition_coefficients=None,
        rates=None,
        stayers=None,
        loadings=None,
        exits=made.data.exits,
        exit_transitions=None,
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
        dirichlet=made.prior,
        state=state,
        chain=made,
    )
    return described(empty, made, state)


def described(
    fit: MarkovFit, made: Chain, state: Floats, groups: CovariateGroups | None = None
) -> MarkovFit:
    """Give the fit with everything that follows from its parameters."""
    model = implied(made, state, groups)
    k = made.classes
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = model.steps / model.steps.sum(axis=2, keepdims=True)
    items = [(piece.what, state[piece.rows, :k]) for piece in made.items]
    return replace(
        fit,
        initial=model.shares[0, :k] / model.shares[0, :k].sum(),
        transitions=whole[:, :k, :k],
        shares=model.shares[:, :k],
        profiles=tuple(what.profile(own) for what, own in items),
        boundary=tuple(what.at_boundary(own) for what, own in items),
        transition_boundary=probability_boundary(whole[:, :k, :k]),
        initial_coefficients=_initial_coefficients(made, state),
        transition_coefficients=_transition_coefficients(made, state),
        rates=mean_rates(made, state),
        stayers=model.stayers,
        loadings=tuple(what.loadings(own) for what, own in items if isinstance(what, InterceptItem))
        or None,
        exit_transitions=whole if made.data.exits else None,
        state=state,
        chain=made,
    )


def _initial_coefficients(made: Chain, state: Floats) -> Floats | None:
    if made.data.membership.plain:
        return None
    own = state[made.pieces[0].rows, : made.classes]
    if made.form.initial == "each":
        both = np.concatenate(np.split(own, 2), axis=1)
        return np.asarray(both - both[:, :1])
    return np.asarray(own - own[:, :1])


def _transition_coefficients(made: Chain, state: Floats) -> Floats | None:
    if made.data.steps.plain or not made.moves:
        return None
    if made.transitions == "rate":
        own = state[made.moves[0].rows].reshape(made.lanes, -1, made.lanes).copy()
        own.transpose(0, 2, 1)[~made.moves[0].what.allowed] = 0.0
        return np.asarray(own[: made.classes])
    found = [state[piece.rows] for piece in made.moves if piece.number < made.classes]
    return np.stack([own - own[:, j : j + 1] for j, own in enumerate(found)])


def mean_rates(made: Chain, state: Floats) -> Floats | None:
    """Give the rates per year at the average covariates, ``(M, M)``."""
    if made.transitions != "rate" or not made.moves:
        return None
    piece = made.moves[0]
    people = np.zeros(made.n_kinds)
    for t in range(made.data.waves - 1):
        people += np.bincount(made.step_row[:, t], made.data.weight, minlength=made.n_kinds)
    average = (people @ piece.what.design / people.sum())[None]
    return np.asarray(piece.what.rates(state[piece.rows], average)[0])


def rearranged(made: Chain, state: Floats, order: Sequence[int]) -> Floats:
    """Give the parameters with the classes in another order; exits stay last."""
    whole = [*order, *range(made.classes, made.lanes)]
    out = state[:, whole].copy()
    for piece in made.pieces:
        if piece.role != "transition":
            continue
        if piece.number < 0:
            blocks = state[piece.rows].reshape(made.lanes, -1, made.lanes)
            out[piece.rows] = blocks[whole][:, :, whole].reshape(-1, made.lanes)
    by_origin = [piece for piece in made.moves if 0 <= piece.number < made.classes]
    for piece in by_origin:
        source = next(
            other
            for other in by_origin
            if other.number == whole[piece.number] and other.kinds == piece.kinds
        )
        out[piece.rows] = state[source.rows][:, whole]
    return out
