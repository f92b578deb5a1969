"""What a schema is made of: keys, tables, and kinds of values that several tables share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from vendepunkt.study.kinds import Kind, ListOf, Made, Text

MOST_CLASSES: Final = 26


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table.

    Attributes
    ----------
    name
        As written.
    kind
        What its value may be.
    about
        What it means, one sentence.
    default
        What holds without it, in words; empty when the key is required.
    required
        Whether a study without it is refused.
    of_surveys
        Required only where answers are read: not in a study of panel meetings alone.
    """

    name: str
    kind: Kind
    about: str
    default: str = "none"
    required: bool = False
    of_surveys: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table, or one pattern of tables with names of the study's choice.

    Attributes
    ----------
    name
        As written between the brackets, up to the first dot.
    about
        What it is for.
    keys
        Its keys, in the order of the reference page.
    named
        The table holds tables with names of the study's choice, each with these keys.
    required
        Whether a study without it is refused.
    example
        The table as it may stand in a study; the examples of all tables are one study together.
    of_surveys
        Required only where answers are read: not in a study of panel meetings alone.
    """

    name: str
    about: str
    keys: tuple[Key, ...]
    named: bool = False
    required: bool = False
    example: str = ""
    of_surveys: bool = False

    @property
    def heading(self) -> str:
        """The table as written, such as ``[items.NAME]``."""
        return f"[{self.name}.NAME]" if self.named else f"[{self.name}]"


def parse_classes(value: Any) -> tuple[int, ...] | None:
    """Read a number of classes, or several: ``3``, ``"1-6"``, ``[2, 3]``; None if it is neither.

    Examples
    --------
    >>> parse_classes("2-4")
    (2, 3, 4)
    """
    if isinstance(value, str):
        found = re.fullmatch(r"\s*(\d{1,3})\s*(?:[-–]\s*(\d{1,3})\s*)?", value)
        if not found:
            return None
        first = int(found[1])
        value = list(range(first, int(found[2] or first) + 1))
    numbers = value if isinstance(value, list) else [value]
    if not numbers or not all(type(n) is int and 1 <= n <= MOST_CLASSES for n in numbers):
        return None
    return tuple(sorted(set(numbers)))


def _weights(value: Any) -> dict[str, Any] | None:
    """Read a column name, or a table with `wave` and `panel`."""
    if isinstance(value, str) and value.strip():
        return {"all": value}
    if not isinstance(value, dict) or not value or set(value) - {"wave", "panel"}:
        return None
    waves, panel = value.get("wave", {}), value.get("panel", "x")
    if not isinstance(waves, dict):
        return None
    texts = [*waves.values(), panel]
    return value if all(isinstance(text, str) and text.strip() for text in texts) else None


COLUMN: Final = Text("a column name in quotes")
COLUMNS: Final = ListOf(COLUMN, single=True)
CLASSES: Final = Made(
    f'a whole number, 1 to {MOST_CLASSES}, a range "1-6", or a list [2, 3]', parse_classes
)
WEIGHTS: Final = Made('a column name, or {wave = {WAVE = "column"}, panel = "column"}', _weights)
