"""What may explain who moves: covariates that can change from step to step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vendepunkt.terms import UsageError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TimeCovariates:
    """What may explain who moves, per person and step.

    Attributes
    ----------
    names
        Terms, the intercept first.
    matrix : (N, T-1, Q)
        Design matrix of each step; NaN where a covariate is missing: such people are left out and
        counted. A covariate of the person stands alike in all steps.

    Examples
    --------
    >>> import numpy as np
    >>> TimeCovariates(("constant",), np.ones((10, 2, 1))).steps
    2
    """

    names: tuple[str, ...]
    matrix: Floats

    def __post_init__(self) -> None:
        shape = self.matrix.shape
        if self.matrix.ndim != 3 or shape[2] != len(self.names):
            raise UsageError(
                "bad_covariates",
                f"The covariates of the steps have the shape {shape} for {len(self.names)} terms.",
                allowed="people × steps × terms",
            )

    @property
    def steps(self) -> int:
        """Number of steps."""
        return int(self.matrix.shape[1])

    @classmethod
    def constant(cls, names: tuple[str, ...], matrix: Floats, steps: int) -> TimeCovariates:
        """Take covariates of people (N, Q), the same in every step."""
        return cls(names, np.repeat(np.asarray(matrix)[:, None, :], steps, axis=1))
