"""Draw answers from a fitted model and fit again: bootstrap tests of the model.

References
----------
McLachlan, G. J. (1987). On bootstrapping the likelihood ratio test statistic for the number of
components in a normal mixture. Applied Statistics 36(3), 318-324. https://doi.org/10.2307/2347790
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from vendepunkt.numerics.collapse import Item, LatentData
from vendepunkt.numerics.em.climb import climb
from vendepunkt.numerics.em.layout import Layout
from vendepunkt.numerics.items import FAMILY, Floats
from vendepunkt.numerics.latentclass import LatentClassFit
from vendepunkt.numerics.problem import draw_states
from vendepunkt.numerics.search import LONGEST, SHORT, Progress
from vendepunkt.terms import UsageError

#: Replicates are compared to the observed statistic, far coarser than this gain in a step.
GAIN = 1e-6
#: Of the starts of a replicate, the share that goes on after the first stage.
KEPT = 0.5


@dataclass(frozen=True, slots=True)
class BootstrapLR:
    """A bootstrap likelihood-ratio test of one class less.

    Attributes
    ----------
    statistic
        Twice the gain in log-likelihood of the larger model.
    replicates
        ``(B,)`` the same in samples drawn from the smaller model.
    p_value
        ``(1 + number of replicates at least as large) / (B + 1)``; never 0.
    weighted
        Whether rows kept sampling weights, so that both are pseudo log-likelihoods.
    """

    statistic: float
    replicates: Floats
    p_value: float
    weighted: bool


def simulate(data: LatentData, fit: LatentClassFit, rng: np.random.Generator) -> LatentData:
    """Draw answers of the same people from a fitted model.

    Every row keeps its weight, its covariates and which answers are missing.
    """
    layout = Layout.of(data)
    used = data.row_to_pattern >= 0
    codes = data.codes[data.row_to_pattern[used]].astype(np.int64)
    weights = None if data.row_weight is None else data.row_weight[used]
    if data.freq is not None:
        # A row of f people becomes f rows, since each draws answers of their own.
        people = data.freq[used].round().astype(np.int64)
        codes = np.repeat(codes, people, axis=0)
        weights = None if weights is None else np.repeat(weights, people)
    p = data.membership.probabilities(fit.state[layout.state_of[0]])[codes[:, 0]]
    upper = p.cumsum(axis=1)[:, :-1]
    member = (rng.random(len(codes))[:, None] > upper).sum(axis=1)
    items = []
    for j, (item, where) in enumerate(zip(data.items, layout.state_of[1:], strict=True)):
        drawn, values = item.draw(rng, fit.state[where], member, codes[:, j + 1])
        missing = codes[:, j + 1] == item.n_values
        own = np.where(missing, -1, drawn).astype(np.int32)
        items.append(Item(item_kind(item), own, values, item.shape))
    covariates = None if data.membership.plain else data.membership.design[codes[:, 0]]
    return LatentData.collapse(items, weights=weights, membership=covariates)


def item_kind(item: object) -> str:
    """Name the type of a bound item."""
    return next(name for name, member in FAMILY.items() if member is type(item))


def best_loglik(
    data: LatentData,
    classes: int,
    starts: int,
    rng: np.random.Generator,
    initial: Floats | None = None,
) -> float:
    """Give the best log-likelihood of a few staged starts, and of `initial` ``(D, K)`` if given."""
    layout = Layout.of(data)
    states = draw_states(data, layout, classes, 1 if classes == 1 else starts, rng)
    if initial is not None and initial.shape == states.shape[1:]:
        states[0] = initial
    short = climb(data, layout, states, most=SHORT, gain=GAIN, threads=1)
    kept = np.argsort(-short.loglik, kind="stable")[: max(1, round(KEPT * len(states)))]
    if initial is not None and 0 not in kept:
        kept = np.append(kept, 0)
    end = climb(data, layout, short.states[kept], most=LONGEST, gain=GAIN, threads=1)
    return float(end.loglik.max())


def bootstrap_lr(
    data: LatentData,
    smaller: LatentClassFit,
    larger: LatentClassFit,
    replicates: int = 100,
    starts: int = 10,
    seed: int = 0,
    progress: Progress | None = None,
) -> BootstrapLR:
    """Test whether one class more is more than chance.

    Parameters
    ----------
    smaller, larger
        Fits with ``K - 1`` and ``K`` classes to `data`.
    replicates
        Samples drawn from the smaller model, 1 or more.
    starts
        Random starts for either model in each sample; the smaller model also starts at the truth.
    seed
        Seed of the samples.

    Raises
    ------
    UsageError
        If the models do not differ by one class.
    """
    if larger.classes != smaller.classes + 1:
        raise UsageError(
            "bad_classes",
            f"The models have {smaller.classes} and {larger.classes} classes.",
            allowed="models that differ by one class",
        )

    def one(number: int) -> float:
        rng = np.random.default_rng([seed, larger.classes, number])
        drawn = simulate(data, smaller, rng)
        low = best_loglik(drawn, smaller.classes, starts, rng, smaller.state)
        high = best_loglik(drawn, larger.classes, starts, rng)
        return max(2.0 * (high - low), 0.0)

    found = run_replicates(one, replicates, progress, f"bootstrap of {larger.classes} classes")
    statistic = 2.0 * (larger.loglik - smaller.loglik)
    at_least = int(np.sum(found >= statistic))
    return BootstrapLR(statistic, found, (1 + at_least) / (replicates + 1), data.weighted)


def run_replicates(
    one: Callable[[int], float], replicates: int, progress: Progress | None, what: str
) -> Floats:
    """Run replicates over threads, in any order, with progress; give their values in order."""
    found = np.empty(replicates)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for number, value in enumerate(pool.map(one, range(replicates))):
            found[number] = value
            if progress is not None:
                progress(what, (number + 1) / replicates)
    return found
