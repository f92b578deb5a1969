"""Do design-based intervals of class shares cover? Writes one row per setting and class.

    python -m tests.simulation.coverage --replicates 1000 --printed 400 --out coverage.csv

A replicate draws a sample (`populations.py`), fits three classes from random starts alone, aligns
them to the truth by profile, and asks whether the logit-scale t-interval from the design-based
standard error holds the true share. A replicate that fails in any way counts as a miss.
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
from tests.simulation.populations import BAR, PRINTED, Setting, draw

from vendepunkt.data import Design
from vendepunkt.numerics import LatentClassFit, LatentData, fit_classes, standard_errors

Real = NDArray[np.float64]
COLUMNS = (
    *("setting", "n", "strata", "psus", "kish", "entropy", "replicates", "failures", "class"),
    *("truth", "mean_estimate", "error_ratio", "covered", "low_misses", "high_misses"),
)


@dataclass(frozen=True)
class Outcome:
    """One replicate: estimates and errors of the aligned shares, whether each interval covered."""

    shares: Real
    errors: Real
    low: Real
    high: Real
    entropy: float
    kish: float


def entropy(data: LatentData, fit: LatentClassFit) -> float:
    """One less the mean entropy of the posterior over its greatest value."""
    posterior = np.asarray(fit.posterior)
    spread = data.weight @ (posterior * np.log(np.maximum(posterior, 1e-300)))
    return float(1.0 + spread.sum() / (data.n * np.log(fit.classes)))


def aligned(fit: LatentClassFit, truth: Real) -> LatentClassFit:
    """Classes in the order that comes nearest to the true probabilities of a yes (K, J)."""
    found = np.array([profile[1] for profile in fit.profiles]).T
    orders = permutations(range(fit.classes))
    best = min(orders, key=lambda order: float(np.abs(found[list(order)] - truth).sum()))
    return fit.reorder(best)


def replicate(setting: Setting, seed: int) -> Outcome | None:
    """Draw, fit, estimate the errors; None where any of it failed."""
    sample = draw(setting, seed)
    try:
        fit = fit_classes(sample.data, len(setting.shares), starts=10, seed=seed, max_rounds=2)
        fit = aligned(fit, setting.probabilities)
        design = Design(
            setting.n, weights=sample.weights, strata=sample.strata, clusters=(sample.psu,)
        )
        errors = standard_errors(sample.data, fit, kind="design", design=design).shares
    except (ArithmeticError, ValueError, np.linalg.LinAlgError):
        return None
    if not fit.converged or not np.all(np.isfinite(errors)) or np.any(errors <= 0):
        return None
    reach = stats.t.ppf(0.975, design.df) * errors / (fit.shares * (1.0 - fit.shares))
    logit = np.log(fit.shares / (1.0 - fit.shares))
    low, high = (1.0 / (1.0 + np.exp(-(logit + sign * reach))) for sign in (-1.0, 1.0))
    weights = sample.weights
    kish = float(np.mean(weights**2) / np.mean(weights) ** 2)
    return Outcome(fit.shares, errors, low, high, entropy(sample.data, fit), kish)


def summary(setting: Setting, outcomes: Sequence[Outcome | None]) -> list[list[str]]:
    """Rows of the table: one for each class of a setting."""
    done = [outcome for outcome in outcomes if outcome is not None]
    shares = np.array([outcome.shares for outcome in done])
    errors = np.array([outcome.errors for outcome in done])
    too_high = np.array([outcome.low for outcome in done]) > np.array(setting.shares)
    too_low = np.array([outcome.high for outcome in done]) < np.array(setting.shares)
    covered = (~too_high & ~too_low).sum(axis=0) / len(outcomes)
    ratio = np.sqrt((errors**2).mean(axis=0)) / shares.std(axis=0, ddof=1)
    rows = []
    for k, truth in enumerate(setting.shares):
        rows.append(
            [
                setting.name,
                str(setting.n),
                str(setting.strata),
                str(setting.strata * setting.psus),
                f"{np.mean([outcome.kish for outcome in done]):.2f}",
                f"{np.mean([outcome.entropy for outcome in done]):.3f}",
                str(len(outcomes)),
                str(len(outcomes) - len(done)),
                str(k + 1),
                f"{truth:.2f}",
                f"{shares[:, k].mean():.4f}",
                f"{ratio[k]:.3f}",
                f"{covered[k]:.3f}",
                f"{too_low[:, k].mean():.3f}",
                f"{too_high[:, k].mean():.3f}",
            ]
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--printed", type=int, default=400)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    settings = [(BAR, given.replicates), *[(setting, given.printed) for setting in PRINTED]]
    with (
        multiprocessing.get_context("spawn").Pool(given.workers) as pool,
        given.out.open("w", newline="") as out,
    ):
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for setting, replicates in settings:
            seeds = range(1, replicates + 1)
            outcomes = pool.map(partial(replicate, setting), seeds, chunksize=5)
            writer.writerows(summary(setting, outcomes) if outcomes else [])
            out.flush()


if __name__ == "__main__":
    main()
