"""Numbers, percentages, intervals and dates as a Danish or an English reader writes them.

Danish has a decimal comma, a thousand point and "pct."; English a decimal point, a thousand comma
and "%". A minus is a minus sign, not a hyphen. What does not exist (None, NaN) is an empty text.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Final

from vendepunkt.terms import choose

#: The languages a reader can choose.
LANGUAGES: Final = ("da", "en")

_DECIMAL: Final = {"da": ",", "en": "."}
_THOUSAND: Final = {"da": ".", "en": ","}
_PERCENT: Final = {"da": "pct.", "en": "%"}
_AND: Final = {"da": "og", "en": "and"}
_TO: Final = {"da": "til", "en": "to"}
_INTERVAL: Final = {
    "da": "{level} %-sikkerhedsinterval: {span}",
    "en": "{level} % confidence interval: {span}",
}
_MONTHS: Final = {
    "da": (
        "januar", "februar", "marts", "april", "maj", "juni",
        "juli", "august", "september", "oktober", "november", "december",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip


def number(x: float | None, language: str, decimals: int = 1) -> str:
    """Write a number with a fixed number of decimals.

    Examples
    --------
    >>> number(1276.25, "da", 1), number(1276.25, "en", 1)
    ('1.276,2', '1,276.2')
    >>> number(-0.04, "da", 1), number(None, "da")
    ('0,0', '')
    """
    choose(language, LANGUAGES, "language")
    if x is None or not math.isfinite(x):
        return ""
    plain = f"{abs(x):,.{decimals}f}"
    swap = str.maketrans({",": _THOUSAND[language], ".": _DECIMAL[language]})
    negative = x < 0 and any(digit in plain for digit in "123456789")
    return ("\u2212" if negative else "") + plain.translate(swap)


def integer(n: float | None, language: str) -> str:
    """Write a count, with its thousands marked.

    Examples
    --------
    >>> integer(2292, "da"), integer(2292, "en")
    ('2.292', '2,292')
    """
    return number(n, language, 0)


def points(share: float | None, language: str, decimals: int = 0) -> str:
    """Write a share (0–1) as a percentage without its sign, for columns headed "Pct.".

    Examples
    --------
    >>> points(0.714, "da"), points(0.714, "da", 1)
    ('71', '71,4')
    """
    return number(None if share is None else 100 * share, language, decimals)


def percent(share: float | None, language: str, decimals: int = 0) -> str:
    """Write a share (0–1) as a percentage.

    Examples
    --------
    >>> percent(0.714, "da"), percent(0.714, "en", 1)
    ('71 pct.', '71.4 %')
    """
    bare = points(share, language, decimals)
    return f"{bare} {_PERCENT[language]}" if bare else ""


def p_value(p: float | None, language: str) -> str:
    """Write a p-value: three decimals, never 0.

    Examples
    --------
    >>> p_value(0.0123, "da"), p_value(0.0002, "en")
    ('0,012', '<0.001')
    """
    if p is not None and p < 0.0005:
        return "<" + number(0.001, language, 3)
    return number(p, language, 3)


def span(
    low: float | None, high: float | None, language: str, decimals: int = 0, *, share: bool = True
) -> str:
    """Write two bounds as one span, without a sign.

    Examples
    --------
    >>> span(0.68, 0.74, "da"), span(-0.02, 0.01, "en", 1)
    ('68–74', '−2.0 to 1.0')
    """
    write = points if share else number
    first, last = write(low, language, decimals), write(high, language, decimals)
    if not first or not last:
        return ""
    joint = f" {_TO[language]} " if "\u2212" in first + last else "\u2013"
    return first + joint + last


def interval(
    low: float | None,
    high: float | None,
    language: str,
    decimals: int = 0,
    *,
    share: bool = True,
    level: float = 0.95,
) -> str:
    """Write a confidence interval with its name.

    Parameters
    ----------
    low, high
        The bounds; shares (0–1) unless `share` is False.
    language
        ``"da"`` or ``"en"``.
    decimals
        Decimals of the printed bounds.
    share
        Whether the bounds are shares, printed as percentages.
    level
        Confidence level (0–1).

    Examples
    --------
    >>> interval(0.68, 0.74, "da")
    '95 %-sikkerhedsinterval: 68–74 pct.'
    >>> interval(1.2, 3.4, "en", 1, share=False)
    '95 % confidence interval: 1.2–3.4'
    """
    bare = span(low, high, language, decimals, share=share)
    if not bare:
        return ""
    sign = f" {_PERCENT[language]}" if share else ""
    said = _INTERVAL[language]
    return said.format(level=number(100 * level, language, 0), span=bare + sign)


def date(day: dt.date, language: str) -> str:
    """Write a date in full.

    Examples
    --------
    >>> date(dt.date(2026, 11, 3), "da"), date(dt.date(2026, 11, 3), "en")
    ('3. november 2026', '3 November 2026')
    """
    month = _MONTHS[choose(language, LANGUAGES, "language")][day.month - 1]
    return f"{day.day}{'.' if language == 'da' else ''} {month} {day.year}"


def listed(words: Sequence[str], language: str) -> str:
    """Join words to a list with "og" or "and" before the last.

    Examples
    --------
    >>> listed(["helbred", "netværk", "tillid"], "da")
    'helbred, netværk og tillid'
    """
    conjunction = _AND[choose(language, LANGUAGES, "language")]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"
