"""Do intervals of rare transitions from small origins cover? One row per setting.

A replicate draws the people of one origin and where they go, among three destinations of which one
is rare; the interval is the one `transition_intervals` chooses by itself. Weights have a Kish
effect of 1.4 and are independent of the move, or people of a cluster tend to move alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vendepunkt.data import Design
from vendepunkt.numerics.markov.observed import observed_transitions
from vendepunkt.numerics.markov.observed_intervals import transition_intervals

KISH = 1.4
#: Correlation of two people of a cluster in whether they make the rare move.
ALIKE = 0.05
PER_CLUSTER = 3
OTHER = 0.25


@dataclass(frozen=True)
class Setting:
    """One design, one true probability, so many people in the origin."""

    design: str
    probability: float
    people: int


SETTINGS = [
    Setting(design, probability, people)
    for design in ("unweighted", "weights", "weights and clusters")
    for probability in (0.01, 0.02, 0.03, 0.05)
    for people in (30, 60, 100)
]


def draw(setting: Setting, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray | None]:
    """Draw where the people of an origin go, and their weights."""
    n, p = setting.people, setting.probability
    chance = np.full(n, p)
    if setting.design == "weights and clusters":
        # Beta-binomial clusters: mean p, correlation ALIKE.
        size = (1.0 - ALIKE) / ALIKE
        own = rng.beta(p * size, (1.0 - p) * size, -(-n // PER_CLUSTER))
        chance = np.repeat(own, PER_CLUSTER)[:n]
    rare = rng.random(n) < chance
    other = rng.random(n) < OTHER / (1.0 - p)
    goes = np.where(rare, 2, np.where(other, 1, 0))
    weights = None
    if setting.design != "unweighted":
        weights = np.exp(np.sqrt(np.log(KISH)) * rng.standard_normal(n))
    return goes, weights


def outcomes(setting: Setting, replicates: int, seed: int = 1) -> Iterator[tuple[int, str, float]]:
    """Give for each replicate -1, 0 or 1 (limits too low, covered, too high), kind and width."""
    rng = np.random.default_rng([seed, SETTINGS.index(setting)])
    n = setting.people
    clusters = (np.arange(n) // PER_CLUSTER,) if "clusters" in setting.design else ()
    for _ in range(replicates):
        goes, weights = draw(setting, rng)
        states = np.column_stack([np.zeros(n, dtype=int), goes])
        found = observed_transitions(states, 3, weights=weights)
        design = None
        if weights is not None:
            design = Design(n, weights=weights, clusters=clusters)
        sure = transition_intervals(found, design)
        low, high = float(sure.low[0, 0, 0, 2]), float(sure.high[0, 0, 0, 2])
        # An interval that is not there counts as a miss.
        side = 0 if low <= setting.probability <= high else 1 if low > setting.probability else -1
        yield side, str(sure.interval[0, 0, 0, 2]), high - low


def summary(setting: Setting, replicates: int) -> dict[str, object]:
    """Give the row of one setting."""
    found = list(outcomes(setting, replicates))
    sides = np.array([side for side, _, _ in found])
    kinds = [kind for _, kind, _ in found]
    return {
        "small_cells": setting.design,
        "people": setting.people,
        "truth": f"{setting.probability:.2f}",
        "replicates": replicates,
        "korn_graubard": f"{np.mean([kind == 'korn_graubard' for kind in kinds]):.3f}",
        "mean_width": f"{np.mean([width for _, _, width in found]):.3f}",
        "covered": f"{np.mean(sides == 0):.3f}",
        "low_misses": f"{np.mean(sides == -1):.3f}",
        "high_misses": f"{np.mean(sides == 1):.3f}",
    }
