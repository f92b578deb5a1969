"""Do design-based intervals of transition probabilities cover? Writes one row per transition.

    python -m tests.simulation.markov_coverage --replicates 1000 --out markov_coverage.csv

A replicate draws a panel (`markov_populations.py`), fits three classes with a matrix for each step
from random starts alone, aligns them to the truth by profile, and asks whether the logit-scale
t-interval holds the true probability. A replicate that fails in any way counts as a miss. Small
cells have the interval that the stage `move` gives them, from a refit under a weak Dirichlet prior.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from tests.simulation.markov_populations import BAR, SMALL, MovingSetting, draw_moving

from vendepunkt.data import Design
from vendepunkt.measure.intervals import small_cells
from vendepunkt.move.weak import EACH, weak_interval
from vendepunkt.numerics.markov import (
    MarkovFit,
    MovementEstimates,
    fit_markov,
    movement_estimates,
    posterior,
)

Real = NDArray[np.float64]
COLUMNS = (
    *("setting", "n", "psus", "kish", "entropy", "replicates", "failures"),
    *("step", "move", "origin", "truth", "mean_estimate", "error_ratio", "small"),
    *("covered", "low_misses", "high_misses"),
)


@dataclass(frozen=True)
class Outcome:
    """One replicate: transitions (T - 1, K, K), their errors and limits, which are small cells."""

    estimates: Real
    errors: Real
    low: Real
    high: Real
    small: NDArray[np.bool_]
    entropy: float
    kish: float


def aligned(fit: MarkovFit, truth: Real) -> MarkovFit:
    """Classes in the order that comes nearest to the true probabilities of a yes (K, J)."""
    found = np.array([profile[1] for profile in fit.profiles]).T
    orders = permutations(range(fit.classes))
    best = min(orders, key=lambda order: float(np.abs(found[list(order)] - truth).sum()))
    return fit.reorder(best)


def transition_errors(estimates: MovementEstimates, covariance: Real) -> tuple[Real, Real]:
    """Transitions (T - 1, K, K) and their errors, from joint steps by the delta method."""
    joint = estimates.get("steps")
    where = estimates.shapes["steps"][0]
    origin = joint.sum(axis=2, keepdims=True)
    chance = joint / origin
    size = joint.shape[1]
    own = covariance[where, where].reshape(*joint.shape, *joint.shape)
    errors = np.empty_like(chance)
    for t in range(len(joint)):
        for j in range(size):
            # d (s_k / sum s) / d s_l = (1{k = l} - p_k) / sum s
            slope = (np.eye(size) - chance[t, j][:, None]) / origin[t, j]
            block = own[t, j, :, t, j, :]
            errors[t, j] = np.sqrt(np.maximum(np.diag(slope @ block @ slope.T), 0.0))
    return chance, errors


def entropy(smoothed: Real, weight: Real) -> float:
    """One less the mean entropy of the posterior of a wave over its greatest value."""
    spread = (smoothed * np.log(np.maximum(smoothed, 1e-300))).sum(axis=2).mean(axis=1)
    return float(1.0 + weight @ spread / weight.sum() / np.log(smoothed.shape[2]))


def weak_limits(
    setting: MovingSetting, fit: MarkovFit, chance: Real, errors: Real, effective: float
) -> tuple[Real, Real, NDArray[np.bool_]]:
    """The limits of `move` for small cells: a refit under a weak prior, people by their worth."""
    size = EACH * fit.classes
    again = fit_markov(
        fit.chain.data,
        fit.classes,
        transitions="free",
        initial_state=fit.state,
        dirichlet=size,
    )
    again = aligned(again, setting.probabilities)
    people = fit.shares[:-1] * setting.n
    stay, error = np.einsum("tjj->tj", chance), np.einsum("tjj->tj", errors)
    worth = people * effective / setting.n
    known = (error > 0) & (stay > 1e-4) & (stay < 1 - 1e-4)
    worth = np.divide(stay * (1 - stay), error**2, out=worth, where=known)
    worth = np.broadcast_to(np.minimum(worth, people)[:, :, None], chance.shape)
    low, high = weak_interval(chance, again.transitions, worth, size, 0.95)
    return low, high, small_cells(chance, people[:, :, None])


def replicate(setting: MovingSetting, seed: int) -> Outcome | None:
    """Draw, fit, estimate the errors; None where any of it failed."""
    sample = draw_moving(setting, seed)
    try:
        fit = fit_markov(
            sample.data,
            len(setting.shares),
            transitions="free",
            starts=8,
            seed=seed,
            max_rounds=1,
        )
        fit = aligned(fit, setting.probabilities)
        design = Design(
            setting.n, weights=sample.weights, strata=sample.strata, clusters=(sample.psu,)
        )
        found = movement_estimates(sample.data, fit)
        covariance = found.covariance(kind="design", design=design)
        chance, errors = transition_errors(found, covariance)
        smoothed = posterior(sample.data, fit).smoothed
    except (ArithmeticError, ValueError, np.linalg.LinAlgError):
        return None
    if not fit.converged:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):  # no interval at the boundary
        reach = stats.t.ppf(0.975, design.df) * errors / (chance * (1.0 - chance))
        middle = np.log(chance / (1.0 - chance))
        low, high = (1.0 / (1.0 + np.exp(-(middle + sign * reach))) for sign in (-1.0, 1.0))
    lower, upper, small = weak_limits(setting, fit, chance, errors, design.effective_n)
    low, high = np.where(small, lower, low), np.where(small, upper, high)
    weights = sample.weights
    kish = float(np.mean(weights**2) / np.mean(weights) ** 2)
    certain = entropy(smoothed, sample.data.weight)
    return Outcome(chance, errors, low, high, small, certain, kish)


def summary(setting: MovingSetting, outcomes: Sequence[Outcome | None]) -> list[list[str]]:
    """Rows of the table: one for each transition of a setting; no interval is a miss."""
    done = [outcome for outcome in outcomes if outcome is not None]
    estimates = np.array([outcome.estimates for outcome in done])
    errors = np.array([outcome.errors for outcome in done])
    low = np.array([outcome.low for outcome in done])
    high = np.array([outcome.high for outcome in done])
    rows = []
    for t, j, k in np.ndindex(*setting.steps.shape):
        truth = setting.steps[t, j, k]
        too_high, too_low = low[:, t, j, k] > truth, high[:, t, j, k] < truth
        inside = (low[:, t, j, k] <= truth) & (high[:, t, j, k] >= truth)
        error = np.sqrt(np.nanmean(errors[:, t, j, k] ** 2))
        rows.append(
            [
                setting.name,
                str(setting.n),
                str(setting.strata * setting.psus),
                f"{np.mean([outcome.kish for outcome in done]):.2f}",
                f"{np.mean([outcome.entropy for outcome in done]):.3f}",
                str(len(outcomes)),
                str(len(outcomes) - len(done)),
                str(t + 1),
                f"{'ABC'[j]} to {'ABC'[k]}",
                f"{setting.n * setting.by_wave[t, j]:.0f}",
                f"{truth:.2f}",
                f"{np.nanmean(estimates[:, t, j, k]):.4f}",
                f"{error / np.nanstd(estimates[:, t, j, k], ddof=1):.3f}",
                f"{np.mean([outcome.small[t, j, k] for outcome in done]):.2f}",
                f"{inside.sum() / len(outcomes):.3f}",
                f"{too_low.mean():.3f}",
                f"{too_high.mean():.3f}",
            ]
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    with (
        multiprocessing.get_context("spawn").Pool(given.workers) as pool,
        given.out.open("w", newline="") as out,
    ):
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for setting in (BAR, SMALL):
            seeds = range(1, given.replicates + 1)
            outcomes = pool.map(partial(replicate, setting), seeds, chunksize=5)
            writer.writerows(summary(setting, outcomes))
            out.flush()


if __name__ == "__main__":
    main()
