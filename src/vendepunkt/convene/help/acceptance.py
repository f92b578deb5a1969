"""How often was a theme that the help suggested the one that people chose?"""

from __future__ import annotations

from dataclasses import dataclass

from vendepunkt.terms import DataError


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The share of ideas with suggestions for which a suggested theme was the one chosen.

    It says how useful the help was, not how right: people may follow a suggestion because it is
    there.

    Attributes
    ----------
    shown, taken
        Ideas with a suggestion, and those of them placed under a suggested theme.
    share, low, high
        The share and its 95 % interval (Wilson); None where nothing was shown.
    """

    shown: int
    taken: int
    share: float | None = None
    low: float | None = None
    high: float | None = None


def acceptance(shown: int, taken: int) -> Acceptance:
    """Give the acceptance rate with its interval.

    Parameters
    ----------
    shown
        Ideas for which at least one theme was suggested.
    taken
        Those of them that were placed under one of the suggested themes.

    Raises
    ------
    DataError
        With code ``"bad_acceptance"`` if a count is negative or more were taken than shown.

    Examples
    --------
    >>> rate = acceptance(40, 26)
    >>> rate.share, round(rate.low, 2), round(rate.high, 2)
    (0.65, 0.5, 0.78)
    """
    if not 0 <= taken <= shown:
        raise DataError(
            "bad_acceptance",
            f"{taken} suggestions were taken of {shown} shown.",
            allowed="taken between 0 and shown",
        )
    if not shown:
        return Acceptance(0, 0)
    from vendepunkt.numerics.intervals import wilson_interval

    low, high = wilson_interval(taken / shown, shown)
    return Acceptance(shown, taken, taken / shown, low, high)
