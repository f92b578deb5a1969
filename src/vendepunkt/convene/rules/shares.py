"""People in parts: those with the same load or budget stand together."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import lcm
from typing import TypeAlias

#: Value → who has it, as sorted pairs; a person is a bit, and everybody is in one part.
Parts: TypeAlias = tuple[tuple[Fraction, int], ...]


def put_together(pieces: Iterable[tuple[Fraction, int]]) -> Parts:
    """Make parts of pieces: equal values become one, empty pieces go.

    Examples
    --------
    >>> from fractions import Fraction
    >>> put_together([(Fraction(1), 0b100), (Fraction(0), 0b001), (Fraction(1), 0b010)])
    ((Fraction(0, 1), 1), (Fraction(1, 1), 6))
    """
    together: dict[Fraction, int] = {}
    for value, people in pieces:
        if people:
            together[value] = together.get(value, 0) | people
    return tuple(sorted(together.items()))


def whole_numbers(parts: Parts) -> tuple[int, list[tuple[int, int]]]:
    """Give a common denominator and the numerators over it, each with who has it."""
    common = lcm(*(value.denominator for value, _ in parts))
    return common, [
        (value.numerator * (common // value.denominator), people) for value, people in parts
    ]
