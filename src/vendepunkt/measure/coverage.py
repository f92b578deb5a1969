"""When an interval is likely too narrow, by what simulations showed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

#: Settings that covered less than this are warned of.
POOR = 0.90


@dataclass(frozen=True, slots=True)
class Setting:
    """One simulated setting and how often the interval of its smallest class covered.

    Attributes
    ----------
    smallest
        True share of the smallest class.
    n
        Effective number of people, (Σw)²/Σw².
    entropy
        Mean entropy of the fits.
    covered
        Share of 95 % intervals that held the truth.
    """

    smallest: float
    n: float
    entropy: float
    covered: float

    @property
    def people(self) -> float:
        """Expected people in the smallest class."""
        return self.smallest * self.n


@cache
def settings() -> tuple[Setting, ...]:
    """Read the table of simulated settings."""
    table = tomllib.loads(files(__package__).joinpath("coverage_settings.toml").read_text("utf-8"))
    return tuple(
        Setting(
            float(row["smallest"]), float(row["n"]), float(row["entropy"]), float(row["covered"])
        )
        for row in table["setting"]
    )


def too_narrow(people: float, entropy: float | None) -> Setting | None:
    """Does a class resemble one whose interval covered too seldom?

    Parameters
    ----------
    people
        Effective number of people expected in the class: its share times (Σw)²/Σw².
    entropy
        Entropy of the fit; None for one class, which is never warned of.

    Returns
    -------
    Setting or None
        The best-covering poor setting that was at least as informative as the result: as many
        people in the class or more, and as clear a separation or clearer.

    Examples
    --------
    >>> too_narrow(50, 0.70).covered
    0.77
    >>> too_narrow(600, 0.90) is None
    True
    """
    if entropy is None:
        return None
    alike = [
        setting
        for setting in settings()
        if setting.covered < POOR and people <= setting.people and entropy <= setting.entropy
    ]
    return max(alike, key=lambda setting: setting.covered, default=None)
