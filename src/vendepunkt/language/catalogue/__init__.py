"""Catalogues of sentences: one file per namespace and language, equal keys, equal placeholders.

A file ``NAMESPACE.LANGUAGE.toml`` holds nested tables; the sentence ``title`` in the table
``[profile]`` of ``measure.da.toml`` has the key ``measure.profile.title``. A name in braces is a
place to be filled: ``"{n} people"``. Braces with a colon (``{ref:…}``, ``{as:…}``) belong to the
report and pass untouched.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final

from vendepunkt.language.numbers import LANGUAGES, integer
from vendepunkt.terms import choose

_PLACE: Final = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}")


def text(key: str, language: str, **values: str | int) -> str:
    """Give the sentence of a key, filled in.

    Parameters
    ----------
    key
        Dotted name, beginning with the namespace: ``"report.front.title"``.
    language
        ``"da"`` or ``"en"``.
    **values
        One value per placeholder, no more and no fewer. A text goes in as it stands; an integer
        is a count and gets its thousands marked. A year or the name of a wave is a text. Other
        numbers are refused: format them first, so that their decimals are a decision.

    Returns
    -------
    str
        The sentence.

    Raises
    ------
    LookupError
        If the catalogue has no such key.
    TypeError
        If a value is a number that is not a count, or the placeholders do not match.

    Examples
    --------
    >>> text("report.table", "da")
    'Tabel'
    >>> text("report.front.asked_by", "en", who="The Ministry")
    'Commissioned by The Ministry'
    """
    return fill(template(key, language), language, **values)


def plural(key: str, n: int, language: str, **values: str | int) -> str:
    """Give the sentence ``key.one`` when `n` is one, else ``key.other``, with ``{n}`` filled.

    Examples
    --------
    >>> plural("report.people", 1, "da")
    '1 person'
    >>> plural("report.people", 2292, "da")
    '2.292 personer'
    """
    form = "one" if n == 1 else "other"
    return text(f"{key}.{form}", language, n=n, **values)


def template(key: str, language: str) -> str:
    """Give the sentence of a key with its placeholders unfilled."""
    try:
        return _catalogue(choose(language, LANGUAGES, "language"))[key]
    except KeyError:
        raise LookupError(f"No sentence {key!r} in the {language!r} catalogues.") from None


def fill(sentence: str, language: str, **values: str | int) -> str:
    """Put values into the places of a sentence; see :func:`text` for what is refused."""
    wanted = set(_PLACE.findall(sentence))
    if wanted != set(values):
        raise TypeError(
            f"{sentence!r} wants {sorted(wanted)}, got {sorted(values)}.",
        )
    ready = {name: _said(name, value, language) for name, value in values.items()}
    return _PLACE.sub(lambda place: ready[place[1]], sentence)


def placeholders(key: str, language: str) -> frozenset[str]:
    """Give the names of the places in a sentence."""
    return frozenset(_PLACE.findall(template(key, language)))


def keys(language: str) -> tuple[str, ...]:
    """Give every key of a language, sorted."""
    return tuple(sorted(_catalogue(choose(language, LANGUAGES, "language"))))


def _said(name: str, value: object, language: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return integer(value, language)
    raise TypeError(f"{{{name}}} is a {type(value).__name__}; give a text or a count.")


@cache
def _catalogue(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sorted(files(__name__).iterdir(), key=lambda entry: entry.name):
        namespace, _, rest = file.name.partition(".")
        if rest == f"{language}.toml":
            found |= _flat(tomllib.loads(file.read_text(encoding="utf-8")), namespace)
    return found


def _flat(tree: dict[str, Any], prefix: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}.{name}")
        else:
            found[f"{prefix}.{name}"] = value
    return found
