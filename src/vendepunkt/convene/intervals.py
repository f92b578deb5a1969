"""Intervals of shares of a panel. Plain arithmetic, so that a page of results loads no numerics."""

from __future__ import annotations

import math
from statistics import NormalDist

from vendepunkt.terms import UsageError


def wilson(people: int, voters: int, level: float = 0.95) -> tuple[float, float]:
    """Give the score interval of a share.

    Parameters
    ----------
    people, voters
        How many of how many; at least one voter.
    level
        Coverage, above 0 and under 1.

    Raises
    ------
    UsageError
        ``level`` if it is none.

    References
    ----------
    .. [1] Wilson, E. B. (1927). Probable inference, the law of succession, and statistical
       inference. *JASA*, 22, 209–212. doi:10.1080/01621459.1927.10502953

    Examples
    --------
    >>> [round(limit, 4) for limit in wilson(0, 20)]
    [0.0, 0.1611]
    """
    if not 0 < level < 1:
        raise UsageError("level", f"The level is {level}.", allowed="above 0 and under 1, as 0.95")
    share = people / voters
    square = NormalDist().inv_cdf((1 + level) / 2) ** 2
    middle = share + square / (2 * voters)
    reach = math.sqrt(square * (share * (1 - share) / voters + square / (4 * voters**2)))
    whole = 1 + square / voters
    low = 0.0 if people == 0 else (middle - reach) / whole
    high = 1.0 if people == voters else (middle + reach) / whole
    return low, high


def newcombe(
    first: tuple[float, float, float], second: tuple[float, float, float]
) -> tuple[float, float]:
    """Give the interval of a difference of two shares from the interval of each.

    Parameters
    ----------
    first, second
        Share with its lower and upper limit; a share without uncertainty has itself as limits.

    References
    ----------
    .. [1] Newcombe, R. G. (1998). Interval estimation for the difference between independent
       proportions: comparison of eleven methods. *Statistics in Medicine*, 17, 873–890 (method
       10). doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I

    Examples
    --------
    >>> [round(x, 4) for x in newcombe((0.7, 0.5762, 0.8004), (0.6, 0.4905, 0.7000))]
    [-0.0591, 0.2486]
    """
    (p, p_low, p_high), (q, q_low, q_high) = first, second
    return (
        p - q - math.hypot(p - p_low, q_high - q),
        p - q + math.hypot(p_high - p, q - q_low),
    )
