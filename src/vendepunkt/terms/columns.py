"""Column names of every tidy table, in the order in which they stand."""

from __future__ import annotations

from typing import Final

#: What a row is about; only the keys that apply are present.
KEYS: Final = ("wave", "item", "category", "class", "from", "to", "term", "group", "contrast")

#: What a row says.
VALUES: Final = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high", "n")

#: Every allowed column of a tidy table.
TIDY: Final = KEYS + VALUES


def ordered(columns: list[str]) -> list[str]:
    """Put tidy columns into their fixed order; columns of other names follow as they came.

    Examples
    --------
    >>> ordered(["n", "estimate", "item", "dimension"])
    ['item', 'estimate', 'n', 'dimension']
    """
    known = [name for name in TIDY if name in columns]
    return known + [name for name in columns if name not in TIDY]
