"""Which confidence interval an estimate gets, over whole arrays."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from vendepunkt.numerics.intervals import (
    Interval,
    korn_graubard_interval,
    logit_interval,
    t_interval,
)

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: A cell is small where fewer people than this are expected in it …
FEW_EXPECTED = 10.0
#: … or the estimate is nearer to 0 or 1 than this.
NEAR_THE_END = 0.02


def small_cells(estimate: Floats, people: Floats) -> Bools:
    """Say which probabilities rest on too little for an interval by standard error.

    Parameters
    ----------
    estimate
        Probabilities.
    people
        Unweighted people each is a share of; of a shape that broadcasts.

    Examples
    --------
    >>> import numpy as np
    >>> small_cells(np.array([0.5, 0.05, 0.01]), np.array([100.0, 100.0, 9000.0])).tolist()
    [False, True, True]
    """
    nearest = np.minimum(estimate, 1.0 - estimate)
    return np.asarray((nearest < NEAR_THE_END) | (nearest * people < FEW_EXPECTED))


def probability_interval(
    estimate: Floats, std_error: Floats, level: float, df: float | None
) -> tuple[Floats, Floats]:
    """Between which values does each probability lie?

    The interval is symmetric on the logit scale, so it stays between 0 and 1.

    Parameters
    ----------
    estimate, std_error
        Arrays of one shape. Where the error is NaN (a probability at 0 or 1) so is the interval.
    level
        Confidence level.
    df
        Degrees of freedom of the design; None for the normal quantile.

    Examples
    --------
    >>> import numpy as np
    >>> low, high = probability_interval(np.array([0.5]), np.array([0.05]), 0.95, None)
    >>> round(float(low[0]), 3), round(float(high[0]), 3)
    (0.403, 0.597)
    """
    return _each(logit_interval, estimate, std_error, level, df)


def exact_interval(
    estimate: Floats,
    std_error: Floats,
    level: float,
    df: float | None,
    people: Floats,
    effective_n: Floats,
) -> tuple[Floats, Floats]:
    """Between which values does each observed share of a small cell lie (Korn and Graubard)?

    Parameters
    ----------
    estimate, std_error, level, df
        As in :func:`probability_interval`; at 0 and 1 there is an interval too.
    people
        Unweighted people each is a share of, of the shape of `estimate`.
    effective_n
        (Σw)²/Σw² of those people: used where the share is 0 or 1 and has no error.

    Examples
    --------
    >>> import numpy as np
    >>> n = np.array([59.0])
    >>> low, high = exact_interval(np.zeros(1), np.array([np.nan]), 0.95, None, n, n)
    >>> round(float(low[0]), 4), round(float(high[0]), 4)
    (0.0, 0.0606)
    """
    low, high = np.full(estimate.shape, np.nan), np.full(estimate.shape, np.nan)
    for place in np.ndindex(estimate.shape):
        share, error, n = float(estimate[place]), float(std_error[place]), float(people[place])
        size = float(effective_n[place])
        if 0 < share < 1 and error > 0:
            size = share * (1 - share) / error**2
        few = df is not None and n > 2  # a variance known from few PSUs counts for fewer people
        low[place], high[place] = korn_graubard_interval(
            share, size, df=df if few else None, n=n if few else None, level=level
        )
    return low, high


def number_interval(
    estimate: Floats, std_error: Floats, level: float, df: float | None
) -> tuple[Floats, Floats]:
    """Between which values does each number lie, on its own scale?"""
    return _each(t_interval, estimate, std_error, level, df)


def _each(
    interval: Callable[[float, float, float, float], Interval],
    estimate: Floats,
    std_error: Floats,
    level: float,
    df: float | None,
) -> tuple[Floats, Floats]:
    freedom = math.inf if df is None else df
    pairs = [
        interval(float(value), float(error), freedom, level)
        for value, error in zip(np.ravel(estimate), np.ravel(std_error), strict=True)
    ]
    both = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    return both[:, 0].reshape(estimate.shape), both[:, 1].reshape(estimate.shape)
