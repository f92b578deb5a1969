"""Keys of meetings, panels and phases, as they stand in addresses."""

from __future__ import annotations

from typing import Final

from django.utils.text import slugify

#: Words that stand in addresses beside the panels' keys.
RESERVED: Final = frozenset(
    {
        "new",
        "show-me",
        "prepare",
        "print",
        "results",
        "trail",
        "release",
        "export",
        "freeze",
        "delete",
    }
)

_DANISH: Final = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "ae", "Ø": "oe", "Å": "aa"})


def key_of(text: str, taken: frozenset[str] = frozenset()) -> str:
    """Make a key of a title that is not taken.

    Examples
    --------
    >>> key_of("Børn og unge", frozenset({"boern-og-unge"}))
    'boern-og-unge-2'
    """
    base = slugify(text.translate(_DANISH))[:36].strip("-") or "x"
    key, n = base, 2
    while key in taken or key in RESERVED:
        key, n = f"{base}-{n}", n + 1
    return key
