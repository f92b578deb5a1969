"""How severe a class, a group or a person is, and which moves have a direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Severities nearer than this are a tie.
TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Severity:
    """Severity of classes on the scale from 0 (best) to 1 (worst).

    Attributes
    ----------
    total : (K,)
        Mean over dimensions of the mean over items of the expected category score.
    dimensions
        Names of the dimensions that have an ordered item, in their order of appearance.
    by_dimension : (D, K)
        Severity within each dimension.
    weights
        For each item, what a probability of each category adds to the total: an (V,) array, or
        None for an item that has no order. ``total = Σ_j weights_j @ profile_j``.
    """

    total: Floats
    dimensions: tuple[str, ...]
    by_dimension: Floats
    weights: tuple[Floats | None, ...]

    def order(self, shares: Floats) -> list[int]:
        """Give the classes from least to most severe; ties stand by size, the larger first."""
        rounded = np.round(self.total / TIE) * TIE
        return sorted(range(self.total.size), key=lambda k: (rounded[k], -shares[k]))

    def direction(self, start: int, end: int) -> str:
        """Say where a move between two classes goes: ``more``, ``less``, ``sideways`` or ``same``.

        A move has a direction only where the severity of the two classes is ordered in the total
        and not reversed in more than one dimension; every other move is sideways.
        """
        if start == end:
            return "same"
        step = self.total[end] - self.total[start]
        if abs(step) <= TIE:
            return "sideways"
        steps = (self.by_dimension[:, end] - self.by_dimension[:, start]) * np.sign(step)
        if int(np.sum(steps < -TIE)) > 1:
            return "sideways"
        return "more" if step > 0 else "less"


def severity(
    profiles: Sequence[Floats],
    scores: Sequence[Floats],
    dimensions: Sequence[str],
) -> Severity | None:
    """How severe is each class?

    Parameters
    ----------
    profiles
        One (V, K) array per item: probability of each category in each class.
    scores
        One (V,) array per item: 0 for the best category to 1 for the worst; NaN throughout for
        an item without an order, which is left out.
    dimensions
        Dimension of each item.

    Returns
    -------
    Severity or None
        None when no item has an order.

    Examples
    --------
    >>> import numpy as np
    >>> item = np.array([[0.9, 0.2], [0.1, 0.8]])
    >>> severity([item], [np.array([0.0, 1.0])], ["trust"]).total.tolist()
    [0.1, 0.8]
    """
    ordered = [j for j, score in enumerate(scores) if score.size and not np.isnan(score).any()]
    if not ordered:
        return None
    names = tuple(dict.fromkeys(dimensions[j] for j in ordered))
    items_in = {name: [j for j in ordered if dimensions[j] == name] for name in names}
    weights: list[Floats | None] = [None] * len(scores)
    rows = []
    for name in names:
        inside = items_in[name]
        rows.append(np.mean([scores[j] @ profiles[j] for j in inside], axis=0))
        for j in inside:
            weights[j] = np.asarray(scores[j] / (len(inside) * len(names)), dtype=np.float64)
    by_dimension = np.asarray(rows, dtype=np.float64)
    return Severity(by_dimension.mean(axis=0), names, by_dimension, tuple(weights))
