"""How small is too small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vendepunkt.terms import UsageError

#: No setting goes below this.
MINIMUM_THRESHOLD: Final = 3

#: Seconds that the search for the best pattern may take per table.
TIME_LIMIT: Final = 10.0


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules at the exit.

    Attributes
    ----------
    threshold
        A count of fewer people than this, unweighted, is not shown; and what can be worked out
        about a hidden count stays at least this uncertain. At least 3, usually 5.
    time_limit
        Seconds for the search for the pattern that hides least; after that the best safe pattern
        found is used.

    Raises
    ------
    UsageError
        ``"threshold_too_low"`` if the threshold is under 3.

    Examples
    --------
    >>> Rules().threshold
    5
    """

    threshold: int = 5
    time_limit: float = TIME_LIMIT

    def __post_init__(self) -> None:
        if self.threshold < MINIMUM_THRESHOLD:
            raise UsageError(
                "threshold_too_low",
                f"The disclosure threshold is {self.threshold}.",
                allowed=f"{MINIMUM_THRESHOLD} or more",
                try_="threshold = 5",
            )
