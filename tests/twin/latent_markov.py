"""The slow, obvious twin of the latent Markov engine: sums over every path of classes.

A model of N people over T waves is a list of item models over the N * T person-waves (row
``i * T + t``; those of `latent_class`, or `Shifted` ones), a distribution of the first class and a
matrix for each step. The likelihood of a person is the sum over all D ** T paths, in log space: no
recursion, no collapsing, no shared code with the package. Posteriors, the most likely path and
joint tables are read off the same list of paths.

Logits of a distribution stand against a base destination: the class one stays in, or, where
`base` says so, another one (an estimate of 0 must not be the reference). Parameters are laid out as
``[first class | moves | item 1 | item 2 | ...]``, each block row-major: first class (Q0, K - 1), or
(Q0, 2 K - 1) of movers and then stayers in each class; moves (steps, origins, Q, D - 1), one step
unless transitions are free.

References
----------
.. [1] Wiggins, L. M. (1973). Panel analysis: latent probability models for attitude and behavior
   processes. Elsevier.
.. [2] Bartolucci, F., Farcomeni, A., Pennoni, F. (2013). Latent Markov models for longitudinal
   data. CRC Press. https://doi.org/10.1201/b13246
.. [3] Kalbfleisch, J. D., Lawless, J. F. (1985). The analysis of panel data under a Markov
   assumption. JASA 80, 863-871. https://doi.org/10.1080/01621459.1985.10478195
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize
from scipy.linalg import expm
from tests.twin.latent_class import ItemModel, complex_step, hessian, log_softmax

Real = NDArray[np.float64]
Whole = NDArray[np.int_]
Any_ = NDArray[Any]

#: Log of a probability that is 0 by design; exp of it is 0, and sums of it stay numbers.
NEVER = -1e5


@dataclass
class Shifted:
    """A nominal item whose logits move with a person's standard normal intercept.

    ``log p(v | k, u) = a_vk + u b_v + constant`` with a and b of category 0 fixed at 0. Parameters:
    the logits a, class by class, and then the loadings b. The profile is the average over u.
    """

    codes: Whole
    categories: int
    classes: int
    nodes: int

    def __post_init__(self) -> None:
        self.n_parameters = (self.categories - 1) * (self.classes + 1)

    def profile_at(self, theta: Any_, u: float) -> Any_:
        """Probabilities (V, K) of people whose intercept is u."""
        table = np.zeros((self.categories, self.classes + 1), dtype=theta.dtype)
        table[1:] = theta.reshape(self.classes + 1, self.categories - 1).T
        return np.exp(log_softmax(table[:, :-1] + u * table[:, -1:]))

    def profile(self, theta: Any_) -> Any_:
        return sum(p * self.profile_at(theta, u) for u, p in zip(*normal(self.nodes), strict=True))

    def log_density_at(self, theta: Any_, u: float) -> Any_:
        """Log density of every row in every class for one intercept."""
        logs = np.log(self.profile_at(theta, u))
        return np.where((self.codes >= 0)[:, None], logs[np.maximum(self.codes, 0)], 0.0)

    def log_density(self, theta: Any_) -> Any_:
        return self.log_density_at(theta, 0.0)

    def solve(self, profile: Real, loadings: Real) -> Real:
        """Parameters of an average profile (V, K) and loadings (V - 1,)."""

        def gap(free: Real) -> Real:
            theta = np.append(free, loadings)
            return np.asarray((self.profile(theta) - profile)[1:].T.ravel())

        start = np.log(profile[1:] / profile[0]).T.ravel()
        found = optimize.root(gap, start, tol=1e-14)
        return np.append(found.x, loadings)


@dataclass
class Chain:
    """A latent Markov model of N people over T waves.

    Attributes
    ----------
    items
        Item models over the N * T person-waves.
    people, waves, classes
        N, T, K.
    transitions
        ``"constant"``, ``"free"`` (a matrix per step) or ``"rate"`` (expm of intensities x years).
    initial, moves
        Design matrices (N, Q0) and (N, T - 1, Q) with their constant; None for plain shares.
    intervals
        Years of each step (T - 1,), for rates.
    stayers
        Whether a share of each first class never moves.
    exits, absorbing
        (N, T) number of the exit somebody stands in, 0 for none; for each exit, no way back.
    weights
        (N,), one each when None.
    nodes
        Gauss-Hermite nodes for `Shifted` items; 0 where there are none.
    base_initial, base
        Reference destination of the first class, and of each origin (steps, origins).
    """

    items: Sequence[ItemModel]
    people: int
    waves: int
    classes: int
    transitions: str = "constant"
    initial: Real | None = None
    moves: Real | None = None
    intervals: Real | None = None
    stayers: bool = False
    exits: Whole | None = None
    absorbing: tuple[bool, ...] = ()
    weights: Real | None = None
    nodes: int = 0
    base_initial: int = 0
    base: Whole | None = None

    # --- sizes -----------------------------------------------------------------------------------

    @property
    def states(self) -> int:
        """Classes and exits."""
        return self.classes + len(self.absorbing)

    @property
    def origins(self) -> list[int]:
        """States that can be left."""
        exits = range(self.classes, self.states)
        return [*range(self.classes), *(d for d in exits if not self.absorbing[d - self.classes])]

    @property
    def n_steps(self) -> int:
        """Steps with parameters of their own."""
        if self.waves == 1:
            return 0
        return self.waves - 1 if self.transitions == "free" else 1

    @property
    def sizes(self) -> list[int]:
        """Parameters of each block."""
        q0 = 1 if self.initial is None else self.initial.shape[1]
        q = 1 if self.moves is None else self.moves.shape[2]
        moves = self.n_steps * len(self.origins) * q * (self.states - 1)
        return [q0 * (self.kinds - 1), moves, *(item.n_parameters for item in self.items)]

    @property
    def kinds(self) -> int:
        """Kinds of people at the first wave: classes, or movers and stayers of each class."""
        return 2 * self.classes if self.stayers else self.classes

    @property
    def n_parameters(self) -> int:
        return sum(self.sizes)

    @cached_property
    def paths(self) -> list[tuple[int, ...]]:
        """Every path, classes first; nobody begins in an exit."""
        rest = [range(self.states)] * (self.waves - 1)
        return list(product(range(self.classes), *rest))

    def split(self, theta: Any_) -> list[Any_]:
        return np.split(theta, np.cumsum(self.sizes)[:-1])

    # --- the chain -------------------------------------------------------------------------------

    def log_initial(self, theta: Any_) -> Any_:
        """Log distribution of the first class (N or 1, K), or of movers and stayers (…, 2 K)."""
        x = np.ones((1, 1)) if self.initial is None else self.initial
        logits = np.zeros((len(x), self.kinds), dtype=theta.dtype)
        others = [k for k in range(self.kinds) if k != self.base_initial]
        logits[:, others] = x @ self.split(theta)[0].reshape(x.shape[1], self.kinds - 1)
        return log_softmax(logits.T).T

    def log_steps(self, theta: Any_) -> Any_:
        """Log probability of each step, (N or 1, T - 1, D, D) [step][from][to]."""
        z = np.ones((1, self.waves - 1, 1)) if self.moves is None else self.moves
        shape = (self.n_steps, len(self.origins), z.shape[2], self.states - 1)
        free = self.split(theta)[1].reshape(shape)
        logs = np.full((len(z), self.waves - 1, self.states, self.states), NEVER, dtype=theta.dtype)
        for d in range(self.states):
            logs[:, :, d, d] = 0.0
        for t in range(self.waves - 1):
            own = free[t if self.transitions == "free" else 0]
            if self.transitions == "rate":
                logs[:, t] = self._rated(z[:, t], own, t)
                continue
            for o, origin in enumerate(self.origins):
                base = origin if self.base is None else self.base[t % self.n_steps, o]
                others = [d for d in range(self.states) if d != base]
                logits = np.zeros((len(z), self.states), dtype=theta.dtype)
                logits[:, others] = z[:, t] @ own[o]
                logs[:, t, origin] = log_softmax(logits.T).T
        return logs

    def _rated(self, z: Real, own: Any_, t: int) -> Any_:
        """Log of expm(Q x years) for every distinct row of covariates."""
        rows, which = np.unique(z, axis=0, return_inverse=True)
        tables = []
        for row in rows:
            table = self.intensities(row, own)
            chance = expm(table * self.intervals[t])
            small = chance.real < 1e-300
            tables.append(np.where(small, NEVER, np.log(np.where(small, 1.0, chance))))
        return np.array(tables)[which.reshape(-1)]

    def intensities(self, row: Real, own: Any_) -> Any_:
        """Q (D, D) per year: off the diagonal exp of the linear predictor, rows sum to 0."""
        table = np.zeros((self.states, self.states), dtype=own.dtype)
        for o, origin in enumerate(self.origins):
            others = [d for d in range(self.states) if d != origin]
            table[origin, others] = np.exp(row @ own[o])
            table[origin, origin] = -table[origin].sum()
        return table

    def log_prior(self, theta: Any_) -> Any_:
        """Log probability of every path before any answer, (paths, N or 1)."""
        first, steps = self.log_initial(theta), self.log_steps(theta)
        logs = []
        for path in self.paths:
            log = first[:, path[0]]
            for t in range(self.waves - 1):
                log = log + steps[:, t, path[t], path[t + 1]]
            if self.stayers and len(set(path)) == 1:
                stays = np.broadcast_to(first[:, self.classes + path[0]], log.shape)
                log = log_sum(np.array([log, stays]))
            logs.append(log)
        return np.array(np.broadcast_arrays(*logs))

    # --- answers ---------------------------------------------------------------------------------

    def log_answers(self, theta: Any_, u: float | None = None) -> Any_:
        """Log density of the answers of each person-wave in each state, (N, T, D)."""
        parts = self.split(theta)[2:]
        total = np.zeros((self.people, self.waves, self.states), dtype=theta.dtype)
        for item, part in zip(self.items, parts, strict=True):
            if u is not None and isinstance(item, Shifted):
                logs = item.log_density_at(part, u)
            else:
                logs = item.log_density(part)
            total[..., : self.classes] += logs.reshape(self.people, self.waves, self.classes)
        if self.exits is not None:
            for state in range(self.states):
                stands = 0 if state < self.classes else state - self.classes + 1
                total[..., state] = np.where(self.exits == stands, total[..., state], NEVER)
        return total

    def log_paths(self, theta: Any_) -> Any_:
        """Log of P(path, answers), (paths, N); the intercept is integrated out."""
        prior = self.log_prior(theta)
        if not self.nodes:
            return prior + self._along(self.log_answers(theta))
        at, mass = normal(self.nodes)
        logs = np.array([self._along(self.log_answers(theta, u)) for u in at])
        return prior + log_sum(logs + np.log(mass)[:, None, None])

    def _along(self, answers: Any_) -> Any_:
        return np.array(
            [sum(answers[:, t, state] for t, state in enumerate(path)) for path in self.paths]
        )

    def row_loglik(self, theta: Any_) -> Any_:
        """Log-likelihood of each person (N,)."""
        return log_sum(self.log_paths(theta))

    def loglik(self, theta: Any_) -> Any:
        """Log-likelihood of everybody."""
        w = 1.0 if self.weights is None else self.weights
        return np.sum(w * self.row_loglik(theta))

    # --- what is read off the paths --------------------------------------------------------------

    def path_posterior(self, theta: Real) -> Real:
        """P(path | answers), (paths, N)."""
        logs = self.log_paths(theta)
        return np.asarray(np.exp(logs - log_sum(logs)))

    def smoothed(self, theta: Real) -> Real:
        """P(state at each wave | all answers), (N, T, D)."""
        return self._shares(self.path_posterior(theta))

    def steps_posterior(self, theta: Real) -> Real:
        """Joint posterior of both ends of each step, (N, T - 1, D, D)."""
        return self._joint(self.path_posterior(theta))

    def first_last_posterior(self, theta: Real) -> Real:
        """Joint posterior of the first and the last wave, (N, D, D)."""
        return self._ends(self.path_posterior(theta))

    def viterbi(self, theta: Real) -> tuple[Whole, Real]:
        """The most likely path of each person (N, T), and its probability."""
        chance = self.path_posterior(theta)
        best = chance.argmax(axis=0)
        return np.array(self.paths)[best], chance.max(axis=0)

    def alone(self, theta: Real) -> Real:
        """State from one wave's answers only, everybody's shares of that wave as prior."""
        logs = self.log_answers(theta)
        if self.nodes:
            at, mass = normal(self.nodes)
            given = np.array([self.log_answers(theta, u) for u in at])
            logs = log_sum(given + np.log(mass)[:, None, None, None])
        logs = logs + np.log(np.maximum(self.tables(theta)["shares"], 1e-300))
        joint = np.exp(logs - logs.max(axis=2, keepdims=True))
        return np.asarray(joint / joint.sum(axis=2, keepdims=True))

    def shares(self, theta: Any_) -> Any_:
        """Shares of the states by wave under the model, (N or 1, T, D)."""
        return self._shares(np.exp(self.log_prior(theta)))

    def tables(self, theta: Any_) -> dict[str, Any_]:
        """The model's shares (T, D), joint steps and first-last table, averaged over people."""
        prior = np.exp(self.log_prior(theta))
        w = np.ones(self.people) if self.weights is None else self.weights
        mass = w / w.sum() if prior.shape[1] > 1 else np.ones(1)
        prior = (prior * mass).sum(axis=1, keepdims=True)
        return {
            "shares": self._shares(prior)[0],
            "steps": self._joint(prior)[0],
            "first_last": self._ends(prior)[0],
        }

    def estimates(self, theta: Any_) -> Any_:
        """Shares by wave, joint steps, first-last table, then profiles row-major, stacked."""
        found = self.tables(theta)
        parts = self.split(theta)[2:]
        profiles = [item.profile(part) for item, part in zip(self.items, parts, strict=True)]
        return np.concatenate([table.ravel() for table in [*found.values(), *profiles]])

    def _shares(self, chance: Any_) -> Any_:
        found = np.zeros((chance.shape[1], self.waves, self.states), dtype=chance.dtype)
        for path, p in zip(self.paths, chance, strict=True):
            for t, state in enumerate(path):
                found[:, t, state] += p
        return found

    def _joint(self, chance: Any_) -> Any_:
        shape = (chance.shape[1], self.waves - 1, self.states, self.states)
        found = np.zeros(shape, dtype=chance.dtype)
        for path, p in zip(self.paths, chance, strict=True):
            for t in range(self.waves - 1):
                found[:, t, path[t], path[t + 1]] += p
        return found

    def _ends(self, chance: Any_) -> Any_:
        found = np.zeros((chance.shape[1], self.states, self.states), dtype=chance.dtype)
        for path, p in zip(self.paths, chance, strict=True):
            found[:, path[0], path[-1]] += p
        return found


def normal(nodes: int) -> tuple[Real, Real]:
    """Gauss-Hermite nodes of the standard normal distribution and their probabilities."""
    at, mass = np.polynomial.hermite_e.hermegauss(nodes)
    return at, mass / mass.sum()


def log_sum(logs: Any_) -> Any_:
    """Log of the sum of exp over axis 0; complex numbers are allowed."""
    top = logs.real.max(axis=0)
    return top + np.log(np.exp(logs - top).sum(axis=0))


def robust_covariance(model: Chain, theta: Real, free: NDArray[np.bool_]) -> Real:
    """Sandwich covariance of `Chain.estimates`, also of averages over people's covariates.

    An average moves with the parameters and with who is in the sample: the influence of a person is
    ``w_i (e_i - e) / sum w`` of the tables beside the scores times the bread and the Jacobian.
    """
    scores = complex_step(model.row_loglik, theta)[:, free]
    bread = np.linalg.inv(-hessian(model, theta)[np.ix_(free, free)])
    values = scores @ bread @ complex_step(model.estimates, theta)[:, free].T
    prior = np.exp(model.log_prior(theta))
    tables = [model._shares(prior), model._joint(prior), model._ends(prior)]
    own = np.concatenate([table.reshape(prior.shape[1], -1) for table in tables], axis=1)
    w = np.ones(model.people) if model.weights is None else model.weights
    size = own.shape[1]
    values[:, :size] += (own - model.estimates(theta)[:size]) / w.sum()
    values *= w[:, None]
    return np.asarray(values.T @ values)


# --- plain EM, one person at a time ---------------------------------------------------------------


def forward_backward(initial: Real, steps: Real, density: Real) -> tuple[float, Real, Real]:
    """Recursions of one person: log-likelihood, P(class at t), P(classes at t and t + 1).

    steps (T - 1, K, K), density (T, K) of the answers at each wave.
    """
    waves, classes = density.shape
    forward, backward = np.zeros((waves, classes)), np.ones((waves, classes))
    forward[0] = initial * density[0]
    for t in range(1, waves):
        forward[t] = (forward[t - 1] @ steps[t - 1]) * density[t]
    for t in range(waves - 2, -1, -1):
        backward[t] = steps[t] @ (density[t + 1] * backward[t + 1])
    total = forward[-1].sum()
    at = forward * backward / total
    both = np.zeros((waves - 1, classes, classes))
    for t in range(waves - 1):
        for j in range(classes):
            for k in range(classes):
                reach = forward[t, j] * steps[t, j, k]
                both[t, j, k] = reach * density[t + 1, k] * backward[t + 1, k] / total
    return float(np.log(total)), at, both


def em_chain(
    codes: Whole,
    categories: Sequence[int],
    initial: Real,
    steps: Real,
    profiles: Sequence[Real],
    *,
    constant: bool = True,
    weights: Real | None = None,
    rounds: int = 1,
) -> tuple[Real, Real, list[Real], list[float]]:
    """Plain EM for nominal items (N, T, J), -1 missing; the log-likelihood before each step."""
    people, waves, n_items = codes.shape
    w = np.ones(people) if weights is None else weights
    tables, trace = [np.array(table) for table in profiles], []
    for _ in range(rounds):
        counts = [np.zeros_like(table) for table in tables]
        first, moved, total = np.zeros_like(initial), np.zeros_like(steps), 0.0
        for i in range(people):
            density = np.ones((waves, len(initial)))
            for t in range(waves):
                for j in range(n_items):
                    if codes[i, t, j] >= 0:
                        density[t] *= tables[j][codes[i, t, j]]
            loglik, at, both = forward_backward(initial, steps, density)
            total += w[i] * loglik
            first += w[i] * at[0]
            moved += w[i] * both
            for t in range(waves):
                for j in range(n_items):
                    if codes[i, t, j] >= 0:
                        counts[j][codes[i, t, j]] += w[i] * at[t]
        trace.append(total)
        initial = first / first.sum()
        if constant:
            moved = np.repeat(moved.sum(axis=0, keepdims=True), waves - 1, axis=0)
        steps = moved / moved.sum(axis=2, keepdims=True)
        tables = [count / count.sum(axis=0) for count in counts]
    return initial, steps, tables, trace


# --- derivatives ----------------------------------------------------------------------------------


def richardson(function: Any, at: Real, step: float = 1e-3) -> Real:
    """Gradient by central differences, extrapolated from two step sizes; error of order h**4."""
    slopes = np.zeros(at.size)
    for j in range(at.size):
        found = []
        for h in (step, step / 2.0):
            up, down = at.copy(), at.copy()
            up[j] += h
            down[j] -= h
            found.append((function(up) - function(down)) / (2.0 * h))
        slopes[j] = (4.0 * found[1] - found[0]) / 3.0
    return slopes
