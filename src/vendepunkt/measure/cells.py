"""How many people an estimate rests on: what decides whether its cell is small."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vendepunkt.measure.material import Material
from vendepunkt.measure.patterns import Patterns

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Base:
    """The people in each class: all of them (row 0), then those who answered each item.

    Attributes
    ----------
    people, weight, squares : (1 + J, K)
        Unweighted people, sum of weights, and sum of squared weights, by posterior.
    observed
        Whether people are in their class for certain, as under a rule; else classes are latent.
    """

    people: Floats
    weight: Floats
    squares: Floats
    observed: bool

    def n(self, row: int, membership: Floats) -> Floats:
        """Give the people in each group, (G,)."""
        return np.asarray(self.people[row] @ membership, dtype=np.float64)

    def effective_n(self, row: int, membership: Floats) -> Floats:
        """Give the effective number of people in each group, (Σw)²/Σw², (G,)."""
        total, squares = self.weight[row] @ membership, self.squares[row] @ membership
        return np.asarray(
            np.divide(total**2, squares, out=np.zeros_like(total), where=squares > 0),
            dtype=np.float64,
        )

    def reorder(self, order: list[int]) -> Base:
        """Give the same classes in another order."""
        return Base(
            self.people[:, order], self.weight[:, order], self.squares[:, order], self.observed
        )


def base(material: Material, collapsed: Patterns, posterior: Floats) -> Base:
    """Count the people behind the estimates.

    Parameters
    ----------
    material
        The people.
    collapsed
        Their answer patterns.
    posterior : (P, K)
        Probability of each class for each pattern; ones and zeros under a rule.
    """
    used = collapsed.row_to_pattern >= 0
    each, people = material.scaled_weights()[used], material.people()[used]
    # A row that stands for several people has the weight of one of them, as often as they are.
    squared = np.bincount(
        collapsed.row_to_pattern[used],
        weights=each**2 / np.maximum(people, 1.0),
        minlength=len(collapsed.counts),
    )
    given = np.column_stack([np.ones(len(collapsed.codes)), collapsed.codes >= 0])

    def summed(each_pattern: Floats) -> Floats:
        return np.asarray((given * each_pattern[:, None]).T @ posterior, dtype=np.float64)

    return Base(
        people=summed(collapsed.counts),
        weight=summed(collapsed.weights),
        squares=summed(squared.astype(np.float64)),
        observed=bool(((posterior < 1e-12) | (posterior > 1 - 1e-12)).all()),
    )
