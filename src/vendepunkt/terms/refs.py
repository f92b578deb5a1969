"""The spine: every number that can be cited has a name and a fingerprint."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

SIGNIFICANT_DIGITS = 6


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """The name of one citable value: which stage, which result, which row.

    Examples
    --------
    >>> str(Ref("measure", "shares", "A"))
    'measure/shares/A'
    >>> Ref.parse("measure/shares/A").row
    'A'
    """

    stage: str
    result: str
    row: str

    def __str__(self) -> str:
        return f"{self.stage}/{self.result}/{self.row}"

    @classmethod
    def parse(cls, text: str) -> Ref:
        """Read a ref from its written form; the row may itself contain slashes.

        Raises
        ------
        ValueError
            If `text` has fewer than three parts.
        """
        stage, result, row = text.split("/", 2)
        return cls(stage, result, row)


@dataclass(frozen=True, slots=True)
class RefValue:
    """A value as it stands behind a ref: rounded to six significant digits, and hashed.

    Attributes
    ----------
    ref
        Its name.
    value
        A number, a text, or None where there is none (hidden or not estimable).
    low, high
        The interval of the number, or None.
    """

    ref: Ref
    value: float | int | str | None
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            object.__setattr__(self, name, significant(getattr(self, name)))

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the ref, the rounded value and its interval."""
        said = "\x1f".join([str(self.ref), *(repr(v) for v in (self.value, self.low, self.high))])
        return hashlib.sha256(said.encode()).hexdigest()


def significant(value: float | int | str | None) -> float | int | str | None:
    """Round a number to six significant digits; leave texts, integers and None alone.

    Examples
    --------
    >>> significant(0.123456789)
    0.123457
    >>> significant(float("nan")) is None
    True
    """
    if value is None or isinstance(value, (int, str)):
        return value
    number = float(value)
    if not math.isfinite(number):
        return None
    return float(f"{number:.{SIGNIFICANT_DIGITS - 1}e}")
