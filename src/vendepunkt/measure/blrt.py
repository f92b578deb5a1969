"""The bootstrap likelihood-ratio test: is one class fewer enough?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vendepunkt.numerics import LatentClassFit, LatentData, bootstrap_lr

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from vendepunkt.measure.classifiers.protocol import Progress


@dataclass(frozen=True, slots=True)
class BootstrapTest:
    """The test of K − 1 classes against K.

    Attributes
    ----------
    null_classes
        K − 1.
    lr
        Likelihood ratio 2 (loglik_K − loglik_{K−1}); of pseudo log-likelihoods with weights.
    p_value
        (1 + #{LR* ≥ LR}) / (B + 1): never 0.
    replicates
        Replicates that could be fitted, B.
    approximate
        True under strata or clusters, which the draws do not copy.
    draws : (B,)
        The LR* of the replicates.
    """

    null_classes: int
    lr: float
    p_value: float
    replicates: int
    approximate: bool
    draws: npt.NDArray[np.float64]

    def as_json(self) -> dict[str, float | int | bool]:
        """Give the test as ``--json`` prints it."""
        return {
            "null_classes": self.null_classes,
            "lr": self.lr,
            "p_value": self.p_value,
            "replicates": self.replicates,
            "approximate": self.approximate,
        }


def bootstrap_test(
    data: LatentData,
    null: LatentClassFit,
    alternative: LatentClassFit,
    *,
    replicates: int,
    starts: int,
    seed: int,
    approximate: bool,
    progress: Progress | None = None,
) -> BootstrapTest:
    """Is one class fewer enough?

    Answers are drawn from the model with K − 1 classes, each row keeping its weight and its
    missing answers, and both models are fitted again to each draw.

    Parameters
    ----------
    data
        The data both were fitted to.
    null, alternative
        The fits with K − 1 and K classes.
    replicates, starts, seed
        Draws, starts of each refit, and the seed.
    approximate
        Whether the sample has strata or clusters.
    progress
        Called with what is being done and the fraction done.

    References
    ----------
    McLachlan, G. J. (1987). On bootstrapping the likelihood ratio test statistic for the number of
    components in a normal mixture. Applied Statistics, 36(3), 318–324.
    https://doi.org/10.2307/2347790
    """
    found = bootstrap_lr(data, null, alternative, replicates, starts, seed, progress)
    return BootstrapTest(
        null_classes=null.classes,
        lr=found.statistic,
        p_value=found.p_value,
        replicates=int(found.replicates.size),
        approximate=approximate,
        draws=found.replicates,
    )
