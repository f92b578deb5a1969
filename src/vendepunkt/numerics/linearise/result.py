"""What a variance estimate says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

#: What may be done with a stratum in which only one primary sampling unit was drawn.
SINGLE_PSU_RULES: Final = ("fail", "adjust", "average", "remove", "certainty")


@dataclass(frozen=True, slots=True)
class DesignVariance:
    """How far estimates would vary over samples drawn by the same design.

    Attributes
    ----------
    covariance : ndarray of shape (p, p)
        Covariance of the p estimates.
    df : int
        Degrees of freedom for t-intervals: PSUs less strata among those the estimate touches, or
        the rank of the replicate weights less one.
    n_psu, n_strata : int
        Primary sampling units and strata that hold at least one row of the estimate. With
        replicate weights, where neither is known, both are 0.
    n_single_strata : int
        Strata among them with a single PSU drawn (and not drawn with certainty by their fpc).
    single_psu : str
        The rule used for these: ``fail``, ``adjust``, ``average``, ``remove`` or ``certainty``.
    method : str
        ``"linearisation"``, or the kind of replicate weights.
    n_replicates, n_dropped : int
        Replicates used, and those left out because the estimate could not be had or ended in
        another solution.

    Examples
    --------
    >>> import numpy as np
    >>> DesignVariance(np.array([[4.0]]), 9, 10, 1, 0, "fail").std_errors
    array([2.])
    """

    covariance: NDArray[np.float64]
    df: int
    n_psu: int
    n_strata: int
    n_single_strata: int
    single_psu: str
    method: str = "linearisation"
    n_replicates: int = 0
    n_dropped: int = 0

    @property
    def std_errors(self) -> NDArray[np.float64]:
        """Square roots of the diagonal, of shape (p,)."""
        return np.asarray(np.sqrt(np.diagonal(self.covariance).clip(min=0.0)))
