"""How firmly a theme holds its place, in plain words."""

from __future__ import annotations

from typing import Final

from vendepunkt.language.catalogue import text

#: Least share of meetings with other people like these that would choose the theme → key of the
#: words. Shares come rounded to 0.05.
_STEPS: Final = ((0.95, "firm"), (0.75, "fairly"), (0.30, "open"), (0.10, "maybe"), (0.0, "far"))

_EVEN: Final = 1e-9


def firmness(chance: float, language: str) -> str:
    """Say how firmly a theme holds its place.

    Parameters
    ----------
    chance
        In which share of meetings with other people like these the theme would be chosen, 0 to 1.
    language
        ``"da"`` or ``"en"``.

    Examples
    --------
    >>> firmness(0.85, "da"), firmness(0.05, "en")
    ('ligger rimelig fast', 'is far from it')
    """
    key = next(name for least, name in _STEPS if chance >= least - _EVEN)
    return text(f"convene.firm.{key}", language)
