"""Reasons and remarks as keys with values, said in the reader's language when they are printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vendepunkt.language import listed, number, text


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence to be said about a result.

    Attributes
    ----------
    key
        Key of the language catalogues.
    values
        What it is filled with: a count (int), a number (float, printed with one decimal), a text,
        or a tuple of texts that is printed as a list.

    Examples
    --------
    >>> Said("measure.choice.edge", {"classes": 6}).sentence("en")
    'The best stands at the end of the range (6): fit more classes before deciding.'
    """

    key: str
    values: dict[str, int | float | str | tuple[str, ...]] = field(default_factory=dict)

    def sentence(self, language: str, places: Mapping[str, str] | None = None) -> str:
        """Say it in Danish (``da``) or English (``en``).

        Parameters
        ----------
        language
            The language.
        places
            What to print in place of some of the values.
        """
        written = {name: _written(value, language) for name, value in self.values.items()}
        return text(self.key, language, **written | dict(places or {}))


def _written(value: int | float | str | tuple[str, ...], language: str) -> str | int:
    if isinstance(value, tuple):
        return listed(value, language)
    if isinstance(value, float):
        return number(value, language, 1)
    return value
