"""What the software says by itself beside a result: twelve sentences, movable, never removable."""

from __future__ import annotations

from typing import Final

from vendepunkt.language.catalogue import text
from vendepunkt.terms import choose

#: The sentences by name, in their fixed order; the words stand in ``catalogue/statement.*.toml``.
STATEMENTS: Final[tuple[str, ...]] = (
    "associations",
    "error_looks_like_movement",
    "regression_to_the_mean",
    "dropout",
    "frame",
    "model",
    "same_size",
    "two_measurements",
    "interviewees",
    "panel",
    "interval",
    "fieldwork",
)


def statement(name: str, language: str, **values: str | int) -> str:
    """Give one of the twelve sentences that the software says by itself.

    Parameters
    ----------
    name
        One of :data:`STATEMENTS`.
    language
        ``"da"`` or ``"en"``.
    **values
        What the sentence is filled with, as texts or counts; percentages without their sign.

    Examples
    --------
    >>> statement("model", "da", K=3, e="87")
    'Grupperne er en model med 3 klasser; 87 pct. forventes placeret rigtigt.'
    """
    return text(f"statement.{choose(name, STATEMENTS, 'statement')}", language, **values)
