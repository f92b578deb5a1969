"""Three steps over populations whose truth is known: slopes of the first class, and transitions.

The slopes are those of Vermunt (2010) and Bakk, Tekle & Vermunt (2013): three classes of equal
size, six yes/no items, a covariate with the values 1 to 5, and slopes of -1 and 1 on the log-odds
of the second and third class. Answers agree with the class's type with probability .8 (entropy
.65) or .7 (entropy .36).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray
from tests.simulation.markov_populations import STEPS, draw_codes, draw_paths, items_of, pick

from vendepunkt.numerics.markov import SequenceData, fit_markov
from vendepunkt.numerics.threestep import (
    WaveMeasurement,
    assign,
    measure_waves,
    three_step,
    three_step_estimates,
    three_step_replicates,
)

Real = NDArray[np.float64]
Whole = NDArray[np.int_]

#: Which items each class says yes to.
TYPES = np.array([[1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0]])
#: On the log-odds of the second and third class against the first.
SLOPES = np.array([-1.0, 1.0])
#: With these the classes are of equal size where the covariate is 1 to 5, each as often.
INTERCEPTS = np.array([2.3446, -3.6554])
QUANTILE = 1.959963984540054


@dataclass(frozen=True)
class SlopeSetting:
    """One population for the slopes."""

    name: str
    n: int
    agree: float

    @property
    def probabilities(self) -> Real:
        """Probability of a yes, (K, J)."""
        return np.where(TYPES == 1, self.agree, 1.0 - self.agree)


@dataclass(frozen=True)
class SlopeOutcome:
    """One replicate: both slopes, their errors with and without step one, and of what sample."""

    estimates: Real
    carried: Real
    known: Real
    entropy: float


def first_class(covariate: Real) -> Real:
    """Probabilities of the classes, (n, 3)."""
    eta = np.column_stack([np.zeros(len(covariate)), INTERCEPTS + covariate[:, None] * SLOPES])
    return np.exp(eta) / np.exp(eta).sum(axis=1, keepdims=True)


def aligned(measured: WaveMeasurement, truth: Real) -> WaveMeasurement:
    """Classes in the order that comes nearest to the true probabilities of a yes (K, J)."""
    found = np.array([profile[1] for profile in measured.blocks[0].fit.profiles]).T
    orders = permutations(range(measured.classes))
    best = min(orders, key=lambda order: float(np.abs(found[list(order)] - truth).sum()))
    return measured.reorder(best)


def slopes(setting: SlopeSetting, seed: int, rule: str = "modal") -> SlopeOutcome | None:
    """Draw, run three steps, estimate the errors; None where any of it failed."""
    rng = np.random.default_rng([20261125, setting.n, seed])
    covariate = rng.integers(1, 6, setting.n).astype(float)
    classes = pick(rng, first_class(covariate))[:, None]
    profiles = [np.vstack([1.0 - p, p]) for p in setting.probabilities.T]
    codes = draw_codes(rng, classes, profiles)
    design = np.column_stack([np.ones(setting.n), covariate])
    try:
        measured = measure_waves(
            items_of(codes, "binary", 2), 1, 3, starts=8, max_rounds=2, seed=seed
        )
        placed = assign(aligned(measured, setting.probabilities), rule)
        found = three_step(placed, initial=design, starts=2, max_rounds=1, seed=seed)
        estimates = three_step_estimates(found)
    except (ArithmeticError, ValueError, np.linalg.LinAlgError):
        return None
    if not (measured.converged and found.fit.converged):
        return None
    where = estimates.shapes["initial_coefficients"][0]
    carried, known = (
        np.sqrt(np.diag(estimates.covariance(carry=carry))[where]).reshape(2, 3)[1, 1:]
        for carry in (True, False)
    )
    value = estimates.get("initial_coefficients")[1, 1:]
    return SlopeOutcome(value, carried, known, float(measured.entropy[0]))


def slope_rows(
    setting: SlopeSetting, outcomes: Sequence[SlopeOutcome | None]
) -> list[dict[str, str]]:
    """Rows of the table, one for each slope; no interval is a miss."""
    done = [outcome for outcome in outcomes if outcome is not None]
    estimates = np.array([outcome.estimates for outcome in done])
    rows = []
    for k, truth in enumerate(SLOPES):
        own = estimates[:, k]
        covered = {}
        for kind in ("carried", "known"):
            error = np.array([getattr(outcome, kind)[k] for outcome in done])
            inside = np.abs(own - truth) <= QUANTILE * error
            covered[kind] = (inside.sum() / len(outcomes), error)
        spread = float(own.std(ddof=1))
        rows.append(
            {
                "three_steps": setting.name,
                "n": str(setting.n),
                "entropy": f"{np.mean([outcome.entropy for outcome in done]):.2f}",
                "replicates": str(len(outcomes)),
                "failures": str(len(outcomes) - len(done)),
                "slope": f"{truth:g}",
                "mean_estimate": f"{own.mean():.4f}",
                "monte_carlo_error": f"{spread / np.sqrt(len(own)):.4f}",
                "error_ratio": f"{np.sqrt((covered['carried'][1] ** 2).mean()) / spread:.3f}",
                "covered": f"{covered['carried'][0]:.3f}",
                "covered_without_step_one": f"{covered['known'][0]:.3f}",
            }
        )
    return rows


@dataclass(frozen=True)
class Gap:
    """How far three steps and the cross table of placings are from one step."""

    entropy: float
    least_origin: float
    three_steps: Real
    cross_table: float
    bias_one_step: Real
    bias_three_steps: Real
    bias_cross_table: Real


def gap_to_one_step(
    seed: int,
    *,
    n: int = 4000,
    agree: float = 0.85,
    shares: Sequence[float] = (0.5, 0.3, 0.2),
    rule: str = "modal",
) -> Gap:
    """Fit a panel of three waves in one step and in three, and cross its likeliest classes."""
    rng = np.random.default_rng([20261126, seed])
    yes = np.where(TYPES == 1, agree, 1.0 - agree)
    paths = draw_paths(rng, np.tile(shares, (n, 1)), np.tile(STEPS, (n, 1, 1, 1)))
    codes = draw_codes(rng, paths, [np.vstack([1.0 - p, p]) for p in yes.T])
    items = items_of(codes, "binary", 2)
    measured = aligned(measure_waves(items, 3, 3, starts=8, max_rounds=2, seed=seed), yes)
    placed = assign(measured, rule)
    three = three_step(placed, starts=3, max_rounds=1, seed=seed).fit.transitions
    one = fit_markov(SequenceData.collapse(items, 3), 3, "free", starts=4, max_rounds=1, seed=seed)
    yes_of = np.array([profile[1] for profile in one.profiles]).T
    orders = permutations(range(3))
    one = one.reorder(min(orders, key=lambda order: float(np.abs(yes_of[list(order)] - yes).sum())))
    table = placed.apparent()
    naive = table / table.sum(axis=2, keepdims=True)
    return Gap(
        entropy=float(measured.entropy.min()),
        least_origin=float(n * one.shares[:-1].min()),
        three_steps=three - one.transitions,
        cross_table=float(np.abs(naive - one.transitions).max()),
        bias_one_step=one.transitions - STEPS,
        bias_three_steps=three - STEPS,
        bias_cross_table=naive - STEPS,
    )


def bootstrap_ratio(rule: str, replicates: int) -> tuple[Real, Real]:
    """Bootstrap errors of the joint steps over those linearised, with step one and without.

    People are drawn with replacement; all three steps are run again on each draw.
    """
    rng = np.random.default_rng(20261128)
    people, agree = 1200, 0.84
    yes = np.where(TYPES == 1, agree, 1.0 - agree)
    shares, steps = np.tile([0.5, 0.3, 0.2], (people, 1)), np.tile(STEPS[:1], (people, 1, 1, 1))
    codes = draw_codes(rng, draw_paths(rng, shares, steps), [np.vstack([1 - p, p]) for p in yes.T])
    measured = measure_waves(items_of(codes, "binary", 2), 2, 3, starts=10, seed=1)
    found = three_step(assign(measured, rule), seed=1)
    estimates = three_step_estimates(found)
    drawn = rng.multinomial(people, np.full(people, 1.0 / people), replicates).T.astype(float)
    ends = three_step_replicates(found, drawn)
    where = estimates.shapes["steps"][0]
    bootstrap = ends.estimates[:, where].std(axis=0, ddof=1)
    carried, known = (
        bootstrap / np.sqrt(np.diag(estimates.covariance(carry=carry))[where])
        for carry in (True, False)
    )
    return carried, known


#: Slopes of a covariate (-1, 0, 1) on each move against staying, [from][to].
MOVING = np.array([[0.0, 0.8, -0.8], [-0.8, 0.0, 0.8], [-0.8, 0.8, 0.0]])


@dataclass(frozen=True)
class MoveOutcome:
    """One replicate: slopes of the six moves and their errors with and without step one."""

    estimates: Real
    carried: Real
    known: Real


def move_slopes(seed: int, *, n: int = 4000, agree: float = 0.85) -> MoveOutcome | None:
    """Draw two waves whose moves depend on a covariate and run three steps; None if any failed."""
    rng = np.random.default_rng([20261129, seed])
    x = rng.integers(-1, 2, n).astype(float)
    weight = STEPS[0] * np.exp(MOVING * x[:, None, None])
    steps = (weight / weight.sum(axis=2, keepdims=True))[:, None]
    yes = np.where(TYPES == 1, agree, 1.0 - agree)
    paths = draw_paths(rng, np.tile([0.4, 0.35, 0.25], (n, 1)), steps)
    codes = draw_codes(rng, paths, [np.vstack([1.0 - p, p]) for p in yes.T])
    design = np.column_stack([np.ones(n), x])[:, None]
    try:
        measured = measure_waves(
            items_of(codes, "binary", 2), 2, 3, starts=8, max_rounds=2, seed=seed
        )
        found = three_step(
            assign(aligned(measured, yes)), transition=design, starts=2, max_rounds=1, seed=seed
        )
        estimates = three_step_estimates(found)
    except (ArithmeticError, ValueError, np.linalg.LinAlgError):
        return None
    if not (measured.converged and found.fit.converged):
        return None
    moves = ~np.eye(3, dtype=bool)
    where = estimates.shapes["transition_coefficients"][0]
    carried, known = (
        np.sqrt(np.diag(estimates.covariance(carry=carry))[where]).reshape(3, 2, 3)[:, 1][moves]
        for carry in (True, False)
    )
    return MoveOutcome(estimates.get("transition_coefficients")[:, 1][moves], carried, known)
