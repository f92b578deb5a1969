"""Samples drawn by a complex design from a population whose classes are known.

Strata differ in their class shares, PSUs within a stratum differ (intraclass correlation 0.03), and
the chance of being drawn depends on the class, so that an unweighted estimate is wrong and an
error that ignores the PSUs is too small. The truth is the population's share of each class.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics import Item, LatentData

Real = NDArray[np.float64]
Whole = NDArray[np.int_]

#: Direction in which each of twelve yes/no items separates the classes, from -1 to 1.
PATTERN = np.array(
    [
        [-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1],
        [1, 1, 1, 1, -0.2, -0.2, -0.2, -0.2, -1, -1, -1, -1],
        [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.6, 0.6],
    ],
    dtype=np.float64,
)


@dataclass(frozen=True)
class Setting:
    """One population and design to draw samples from.

    Attributes
    ----------
    name
        What the table of results calls it.
    n
        People drawn.
    shares
        True share of each class.
    sharpness
        Logit of the answer probabilities at full separation; sets the entropy.
    kish
        Effect of unequal weights, 1 + squared coefficient of variation.
    strata, psus
        Strata, and PSUs drawn in each.
    missing
        Share of answers missing completely at random.
    """

    name: str
    n: int = 2000
    shares: tuple[float, ...] = (0.5, 0.3, 0.2)
    sharpness: float = 1.5
    kish: float = 1.4
    strata: int = 20
    psus: int = 4
    missing: float = 0.05

    @property
    def probabilities(self) -> Real:
        """Probability of a yes for each class and item, (K, J)."""
        pattern = PATTERN[: len(self.shares)]
        return np.asarray(1.0 / (1.0 + np.exp(-self.sharpness * pattern)))


@dataclass(frozen=True)
class Sample:
    """One drawn sample: what the engine sees, and the design of its rows."""

    data: LatentData
    weights: Real
    strata: Whole
    psu: Whole
    group: Whole = field(repr=False)


def draw(setting: Setting, seed: int) -> Sample:
    """Draw one sample: strata, PSUs, classes, weights, answers."""
    rng = np.random.default_rng([20261123, seed])
    shares = np.array(setting.shares)
    classes = len(shares)
    # Neighbouring strata lean to either side of the population's shares by the same amount.
    lean = 0.25 * shares.min() * np.array([1.0, *[0.0] * (classes - 2), -1.0])
    side = np.where(np.arange(setting.strata) % 2 == 0, 1.0, -1.0)
    of_stratum = shares + side[:, None] * lean
    n_psu = setting.strata * setting.psus
    stratum_of_psu = np.repeat(np.arange(setting.strata), setting.psus)
    psu_shares = np.vstack([rng.dirichlet(of_stratum[h] * 32.0) for h in stratum_of_psu])
    psu = np.arange(setting.n) % n_psu
    # People of later classes are harder to reach: drawn less often and weighted up.
    mean_weight = np.linspace(0.85, 1.25, classes)
    drawn = psu_shares / mean_weight
    reached = drawn / drawn.sum(axis=1, keepdims=True)
    group = (rng.random(setting.n)[:, None] > reached.cumsum(axis=1)[psu, :-1]).sum(axis=1)
    between = (shares * mean_weight).sum() * (shares / mean_weight).sum()
    spread = np.sqrt(np.log(setting.kish / between))
    noise = np.exp(spread * rng.standard_normal(setting.n) - spread**2 / 2.0)
    # A PSU whose people are hard to reach stands for as many people as any other.
    weights = mean_weight[group] * noise * drawn.sum(axis=1)[psu]
    yes = rng.random((setting.n, PATTERN.shape[1])) < setting.probabilities[group]
    codes = np.where(rng.random(yes.shape) < setting.missing, -1, yes).astype(np.int32)
    two = np.array([0.0, 1.0])
    items = [Item("binary", column, two) for column in codes.T]
    data = LatentData.collapse(items, weights)
    return Sample(data, weights, stratum_of_psu[psu], psu, group)


#: The setting with a bar, then those that are printed without one.
BAR = Setting("bar", sharpness=1.7)
PRINTED = (
    Setting("entropy .90", sharpness=1.87),
    Setting("entropy .75", sharpness=1.33),
    Setting("entropy .60", sharpness=0.98),
    Setting("small group, entropy .86", n=1276, shares=(0.71, 0.24, 0.05), sharpness=1.5),
    Setting("small group, entropy .75", n=1276, shares=(0.71, 0.24, 0.05), sharpness=1.1),
)
