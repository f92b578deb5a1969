"""Local dependence: what direct effects between items do to the shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vendepunkt.measure.choice import LARGE_BVR
from vendepunkt.measure.classifiers.protocol import Progress
from vendepunkt.measure.engine import engine
from vendepunkt.measure.material import Material
from vendepunkt.measure.model import ClassModel, class_model
from vendepunkt.measure.options import MeasureOptions
from vendepunkt.measure.residuals import PairResidual
from vendepunkt.numerics import fit_classes

if TYPE_CHECKING:
    import pandas as pd

#: At most this many direct effects at once.
MOST_PAIRS = 3


@dataclass(frozen=True, slots=True)
class LocalDependence:
    """Shares with and without direct effects for the pairs with the largest residuals.

    Attributes
    ----------
    pairs
        The pairs given a direct effect.
    without, with_effects : (K,)
        Class shares before and after, classes matched by profile.
    bic_without, bic_with
        BIC of both.
    largest_change
        Largest change in a share.
    """

    pairs: tuple[tuple[str, str], ...]
    without: npt.NDArray[np.float64]
    with_effects: npt.NDArray[np.float64]
    bic_without: float
    bic_with: float

    @property
    def largest_change(self) -> float:
        """Largest absolute change in a class share."""
        return float(np.abs(self.with_effects - self.without).max())

    def table(self) -> pd.DataFrame:
        """Give one row per class: share without, share with, difference."""
        import pandas as pd

        return pd.DataFrame(
            {
                "class": np.arange(1, self.without.size + 1),
                "without": self.without,
                "with": self.with_effects,
                "difference": self.with_effects - self.without,
            }
        )


def large_pairs(residuals: Sequence[PairResidual]) -> tuple[tuple[str, str], ...]:
    """Choose pairs with large residuals, the largest first, each item at most once.

    A residual is large when its bootstrap p is at most .05 or, without a bootstrap, when it
    exceeds 3.84.
    """
    chosen: list[tuple[str, str]] = []
    taken: set[str] = set()
    for pair in residuals:
        large = pair.p_value <= 0.05 if pair.p_value is not None else pair.bvr > LARGE_BVR
        if large and pair.first not in taken and pair.second not in taken:
            chosen.append((pair.first, pair.second))
            taken |= {pair.first, pair.second}
        if len(chosen) == MOST_PAIRS:
            break
    return tuple(chosen)


def local_dependence(
    material: Material, model: ClassModel, options: MeasureOptions, progress: Progress | None = None
) -> LocalDependence | None:
    """How do the shares change when the most dependent items may depend on each other?

    Parameters
    ----------
    material
        The people and answers.
    model
        The fit without further direct effects.
    options
        Starts and seed.

    Returns
    -------
    LocalDependence or None
        None when no residual is large, or for one class.

    References
    ----------
    Hagenaars, J. A. (1988). Latent structure models with direct effects between indicators.
    Sociological Methods & Research, 16(3), 379–405. https://doi.org/10.1177/0049124188016003002
    """
    pairs = large_pairs(model.residuals)
    if not pairs or model.classes == 1:
        return None
    made = engine(material, pairs)
    fit = fit_classes(
        made.data,
        model.classes,
        starts=options.starts,
        seed=options.seed,
        max_rounds=options.max_rounds,
        progress=progress,
    )
    changed = class_model(material, made, fit, replace(options, direct_effects=pairs))
    order = match(model, changed)
    return LocalDependence(
        pairs=pairs,
        without=model.fit.shares,
        with_effects=changed.fit.shares[order],
        bic_without=model.criteria.bic,
        bic_with=changed.criteria.bic,
    )


def match(first: ClassModel, second: ClassModel) -> npt.NDArray[np.intp]:
    """Give the class of `second` that answers most like each class of `first`, one to one."""
    from scipy.optimize import linear_sum_assignment

    distance = np.zeros((first.classes, second.classes))
    for a, b in zip(first.classification.profiles, second.classification.profiles, strict=True):
        distance += np.abs(a[:, :, None] - b[:, None, :]).sum(axis=0)
    return np.asarray(linear_sum_assignment(distance)[1], dtype=np.intp)
