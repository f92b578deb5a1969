"""Panels whose movement is known: draws of class paths and answers, and samples by a design.

`draw_paths` and `draw_codes` make any panel from its true probabilities. `MovingSetting` is the
population of the coverage simulations: strata differ in their first-wave shares, PSUs differ in
shares and in transitions (intraclass correlation 0.03), and the chance of being drawn depends on
the first class. The truth is the population's share of people who take each step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from tests.simulation.populations import PATTERN

from vendepunkt.numerics import Item
from vendepunkt.numerics.markov import SequenceData

Real = NDArray[np.float64]
Whole = NDArray[np.int_]

#: Of every step: most people stay, and nobody's chance to move is under .05.
STEPS = np.array(
    [
        [[0.82, 0.13, 0.05], [0.17, 0.68, 0.15], [0.06, 0.20, 0.74]],
        [[0.87, 0.08, 0.05], [0.12, 0.76, 0.12], [0.07, 0.14, 0.79]],
    ]
)
#: Rare moves out of small origins.
RARE = np.array(
    [
        [[0.95, 0.03, 0.02], [0.04, 0.94, 0.02], [0.02, 0.04, 0.94]],
        [[0.95, 0.03, 0.02], [0.03, 0.94, 0.03], [0.01, 0.04, 0.95]],
    ]
)


def pick(rng: np.random.Generator, chance: Real) -> Whole:
    """Draw one column for each row of probabilities (n, K)."""
    edges = chance.cumsum(axis=1)[:, :-1]
    return np.asarray((rng.random(len(chance))[:, None] > edges).sum(axis=1))


def draw_paths(
    rng: np.random.Generator, initial: Real, steps: Real, stayers: Real | None = None
) -> Whole:
    """Draw class paths (n, T) from initial (n, K) and steps (n, T - 1, K, K).

    Of those who begin in class k, a share `stayers` (K,) never moves, whatever the steps say.
    """
    people = np.arange(len(initial))
    paths = np.empty((len(initial), steps.shape[1] + 1), dtype=int)
    paths[:, 0] = pick(rng, initial)
    still = np.zeros(len(initial), dtype=bool)
    if stayers is not None:
        still = rng.random(len(initial)) < stayers[paths[:, 0]]
    for t in range(steps.shape[1]):
        moved = pick(rng, steps[people, t, paths[:, t]])
        paths[:, t + 1] = np.where(still, paths[:, 0], moved)
    return paths


def draw_codes(
    rng: np.random.Generator,
    paths: Whole,
    profiles: Sequence[Real],
    *,
    missing: float = 0.0,
    loadings: Sequence[Real] | None = None,
) -> Whole:
    """Draw answers (n, T, J) to nominal items, profiles (V, K) or (T, V, K) each; -1 missing.

    With loadings (V,) for each item, a standard normal intercept of each person times the loading
    is added to the log of the probabilities.
    """
    people, waves = paths.shape
    intercept = rng.standard_normal(people)
    codes = np.empty((people, waves, len(profiles)), dtype=int)
    for j, profile in enumerate(profiles):
        for t in range(waves):
            table = profile[t] if profile.ndim == 3 else profile
            logits = np.log(table).T[paths[:, t]]
            if loadings is not None:
                logits = logits + intercept[:, None] * loadings[j]
            chance = np.exp(logits)
            codes[:, t, j] = pick(rng, chance / chance.sum(axis=1, keepdims=True))
    codes[rng.random(codes.shape) < missing] = -1
    return codes


def items_of(codes: Whole, kind: str = "nominal", categories: int | None = None) -> list[Item]:
    """Codes (n, T, J) as the engine's items over person-waves."""
    sizes = codes.max(axis=(0, 1)) + 1 if categories is None else [categories] * codes.shape[2]
    return [
        Item(kind, codes[:, :, j].ravel().astype(np.int32), np.arange(float(size)))
        for j, size in enumerate(sizes)
    ]


@dataclass(frozen=True)
class MovingSetting:
    """One moving population and design to draw samples from.

    Attributes
    ----------
    name
        What the table of results calls it.
    n
        People drawn.
    shares
        True share of each class at the first wave (K,).
    steps
        True probabilities of each step (T - 1, K, K).
    items
        Yes/no items.
    sharpness
        Logit of the answer probabilities at full separation; sets the entropy.
    kish
        Effect of unequal weights.
    strata, psus
        Strata, and PSUs drawn in each.
    missing
        Share of answers missing completely at random.
    """

    name: str
    n: int = 2000
    shares: tuple[float, ...] = (0.5, 0.3, 0.2)
    steps: Real = field(default_factory=lambda: STEPS, repr=False)
    items: int = 8
    sharpness: float = 1.8
    kish: float = 1.4
    strata: int = 20
    psus: int = 4
    missing: float = 0.05

    @property
    def probabilities(self) -> Real:
        """Probability of a yes for each class and item, (K, J)."""
        columns = np.linspace(0, PATTERN.shape[1] - 1, self.items).round().astype(int)
        pattern = PATTERN[: len(self.shares), columns]
        return np.asarray(1.0 / (1.0 + np.exp(-self.sharpness * pattern)))

    @property
    def by_wave(self) -> Real:
        """True shares by wave (T, K)."""
        shares = [np.array(self.shares)]
        for step in self.steps:
            shares.append(shares[-1] @ step)
        return np.array(shares)


@dataclass(frozen=True)
class MovingSample:
    """One drawn panel: what the engine sees, and the design of its people."""

    data: SequenceData
    weights: Real
    strata: Whole
    psu: Whole
    paths: Whole = field(repr=False)


def draw_moving(setting: MovingSetting, seed: int) -> MovingSample:
    """Draw one sample: strata, PSUs, first classes, weights, paths, answers."""
    rng = np.random.default_rng([20261124, seed])
    shares = np.array(setting.shares)
    classes = len(shares)
    # Neighbouring strata lean to either side of the population's shares by the same amount.
    lean = 0.25 * shares.min() * np.array([1.0, *[0.0] * (classes - 2), -1.0])
    side = np.where(np.arange(setting.strata) % 2 == 0, 1.0, -1.0)
    of_stratum = shares + side[:, None] * lean
    stratum_of_psu = np.repeat(np.arange(setting.strata), setting.psus)
    psu_shares = np.vstack([rng.dirichlet(of_stratum[h] * 32.0) for h in stratum_of_psu])
    # Transitions differ between PSUs, independently of the shares, around the true ones.
    psu_steps = np.array(
        [
            [[rng.dirichlet(row * 32.0) for row in step] for step in setting.steps]
            for _ in stratum_of_psu
        ]
    )
    psu = np.arange(setting.n) % len(stratum_of_psu)
    # People who begin in later classes are harder to reach: drawn less often and weighted up.
    mean_weight = np.linspace(0.85, 1.25, classes)
    drawn = psu_shares / mean_weight
    reached = drawn / drawn.sum(axis=1, keepdims=True)
    paths = draw_paths(rng, reached[psu], psu_steps[psu])
    between = (shares * mean_weight).sum() * (shares / mean_weight).sum()
    spread = np.sqrt(np.log(setting.kish / between))
    noise = np.exp(spread * rng.standard_normal(setting.n) - spread**2 / 2.0)
    weights = mean_weight[paths[:, 0]] * noise * drawn.sum(axis=1)[psu]
    yes = setting.probabilities
    profiles = [np.vstack([1.0 - p, p]) for p in yes.T]
    codes = draw_codes(rng, paths, profiles, missing=setting.missing)
    data = SequenceData.collapse(
        items_of(codes, "binary", 2), setting.steps.shape[0] + 1, weights=weights
    )
    return MovingSample(data, weights, stratum_of_psu[psu], psu, paths)


#: The setting with a bar, and small cells.
BAR = MovingSetting("bar")
SMALL = MovingSetting("small cells", n=600, shares=(0.70, 0.18, 0.12), steps=RARE)
