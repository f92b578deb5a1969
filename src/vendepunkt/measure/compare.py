"""Two classifiers on the same people: one cross table, and how far they agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vendepunkt.terms import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.measure.measurement import Measurement

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Where two measurements place the same people.

    Attributes
    ----------
    rows, columns
        Letters of the main groups of the first and of the second.
    shares : (R, C)
        Share of people in both groups: the product of a person's posteriors, averaged.
    counts : (R, C)
        People whose most likely groups these are, unweighted.
    n
        People placed by both.
    agreement
        Share of people in the group of equal rank; None when the numbers of groups differ.
    kappa
        Agreement beyond what the margins give by chance (Cohen); None likewise.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    shares: Floats
    counts: Floats
    n: float
    agreement: float | None
    kappa: float | None

    def table(self) -> pd.DataFrame:
        """Give one row per pair of groups: ``from`` the first, ``to`` the second."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "from": first,
                    "to": second,
                    "estimate": float(self.shares[i, j]),
                    "n": float(self.counts[i, j]),
                }
                for i, first in enumerate(self.rows)
                for j, second in enumerate(self.columns)
            ]
        )


def compare(first: Measurement, second: Measurement) -> Comparison:
    """Do two ways of measuring find the same people?

    Parameters
    ----------
    first, second
        Measurements of the same rows, such as latent classes and a sum score.

    Raises
    ------
    UsageError
        If they are of different data.

    References
    ----------
    Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological
    Measurement, 20(1), 37–46. https://doi.org/10.1177/001316446002000104
    """
    if first.material.used.size != second.material.used.size:
        raise UsageError(
            "lengths",
            f"The measurements have {first.material.used.size} and "
            f"{second.material.used.size} rows.",
            allowed="two measurements of the same rows",
        )
    a, b = first.classification, second.classification
    both = (a.row_to_pattern >= 0) & (b.row_to_pattern >= 0)
    if not both.any():
        raise UsageError("no_common_rows", "Nobody was placed by both.")
    left = a.spread(first.groups.posterior(a))[both]
    right = b.spread(second.groups.posterior(b))[both]
    weights, people = first.material.scaled_weights()[both], first.material.people()[both]
    shares = (left * weights[:, None]).T @ right / weights.sum()
    placed = np.zeros(shares.shape)
    np.add.at(placed, (left.argmax(axis=1), right.argmax(axis=1)), people)
    agreement = kappa = None
    if shares.shape[0] == shares.shape[1]:
        agreement = float(np.trace(shares))
        chance = float(shares.sum(axis=1) @ shares.sum(axis=0))
        kappa = (agreement - chance) / (1.0 - chance) if chance < 1.0 else None
    return Comparison(
        rows=tuple(group.letter for group in first.groups.groups),
        columns=tuple(group.letter for group in second.groups.groups),
        shares=np.asarray(shares, dtype=np.float64),
        counts=placed,
        n=float(people.sum()),
        agreement=agreement,
        kappa=kappa,
    )
