"""Marked places in texts: numbers printed from their refs, and numbers a person decided on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from vendepunkt.language import integer, number, p_value, percent, points, span
from vendepunkt.terms import RefusedError, RefValue

_PLACE: Final = re.compile(r"\{(ref|as):([^{}]*)\}")
_DIGIT: Final = re.compile(r"\d")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UNIT: Final = re.compile(r"(?<=\d) (?=%|pct\.)")


def _number(decimals: int) -> Callable[[RefValue, str], str]:
    return lambda ref, language: number(_numeric(ref), language, decimals)


def _gap(ref: RefValue, language: str) -> str:
    """Write a distance: whole where it is, without its sign."""
    size = abs(_numeric(ref))
    return number(size, language, 0 if size == round(size) else 2)


#: How a value is printed, by the word after the bar in ``{ref:…|FORMAT}``. ``pct`` carries its
#: sign, ``points`` is for sentences that carry it themselves, ``ci`` is the interval's span,
#: ``gap`` a distance without its sign.
FORMATS: Final[dict[str, Callable[[RefValue, str], str]]] = {
    "text": lambda ref, _: str(ref.value),
    "n": lambda ref, language: integer(_numeric(ref), language),
    "pct": lambda ref, language: percent(_numeric(ref), language),
    "pct1": lambda ref, language: percent(_numeric(ref), language, 1),
    "points": lambda ref, language: points(_numeric(ref), language),
    "points1": lambda ref, language: points(_numeric(ref), language, 1),
    "ci": lambda ref, language: span(*_bounds(ref), language),
    "ci1": lambda ref, language: span(*_bounds(ref), language, 1),
    "num1": _number(1),
    "num2": _number(2),
    "num3": _number(3),
    "gap": _gap,
    "p": lambda ref, language: p_value(_numeric(ref), language),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of printed text; with `ref`, a number that was printed from there.

    Attributes
    ----------
    text
        As printed.
    ref
        Name of the ref, or an empty text.
    value
        The machine-readable value behind the print, or an empty text.
    """

    text: str
    ref: str = ""
    value: str = ""


Inline: TypeAlias = tuple[Span, ...]


def ref(name: object, form: str = "text") -> str:
    """Mark a place where the value of a ref is to be printed.

    Parameters
    ----------
    name
        The ref, or its written form ``stage/result/row``.
    form
        One of :data:`FORMATS`.

    Examples
    --------
    >>> ref("measure/shares/A", "pct")
    '{ref:measure/shares/A|pct}'
    """
    if form not in FORMATS:
        raise ValueError(f"Format {form!r} is none of {', '.join(FORMATS)}.")
    return f"{{ref:{name}|{form}}}"


def literal(words: object) -> str:
    """Mark a text that may hold digits because a person wrote them: a title, a year, a level.

    Never for a result: a result has a ref.

    Examples
    --------
    >>> literal("2017")
    '{as:2017}'
    """
    return "{as:" + str(words).replace("{", "(").replace("}", ")") + "}"


def resolve(
    text: str, refs: Mapping[str, RefValue], language: str, *, strict: bool = True
) -> Inline:
    """Print a text: fill its marked places, refuse what has no source.

    Parameters
    ----------
    text
        With places ``{ref:NAME|FORMAT}`` and ``{as:WORDS}``.
    refs
        Values by the written form of their ref.
    language
        ``"da"`` or ``"en"``.
    strict
        Whether digits outside the marked places are refused.

    Returns
    -------
    tuple of Span
        The printed text.

    Raises
    ------
    RefusedError
        ``"missing_ref"`` where a ref has no value, ``"typed_number"`` where a digit has no ref.
    """
    text = printable(text)
    spans: list[Span] = []
    end = 0
    for place in _PLACE.finditer(text):
        spans.append(_plain(text[end : place.start()], text, strict=strict))
        spans.append(
            Span(bind(place[2])) if place[1] == "as" else _printed(place[2], refs, language)
        )
        end = place.end()
    spans.append(_plain(text[end:], text, strict=strict))
    return _bound(tuple(part for part in spans if part.text))


def bind(text: str) -> str:
    r"""Keep a number and its unit on one line.

    Examples
    --------
    >>> bind("71 pct.") == "71\u00a0pct."
    True
    """
    return _UNIT.sub("\u00a0", text)


def printable(text: str) -> str:
    r"""Take out what no page can show: control characters and byte order marks.

    Examples
    --------
    >>> printable("a\x07b\ufeff")
    'a b'
    """
    return _CONTROL.sub(" ", text.replace("\ufeff", ""))


def plain(inline: Inline) -> str:
    """Give the words of a printed text alone."""
    return "".join(part.text for part in inline)


def _bound(spans: tuple[Span, ...]) -> Inline:
    """Join spans as one text: a unit stays with its number, "pct." ends a sentence by itself."""
    done: list[Span] = []
    for part in spans:
        text = part.text
        before = done[-1].text if done else ""
        if before[-1:].isdigit() and re.match(r" (?:%|pct\.)", text):
            text = "\u00a0" + text[1:]
        if before.endswith("pct.") and text.startswith("."):
            text = text[1:]
        if text:
            done.append(Span(text, part.ref, part.value))
    return tuple(done)


def _plain(text: str, whole: str, *, strict: bool) -> Span:
    if strict and _DIGIT.search(text):
        raise RefusedError(
            "typed_number",
            f"A number is typed into the sentence {whole!r}.",
            allowed="{ref:stage/result/row|format}, or {as:…} for a year, a name or a level",
            try_="print the number from its ref",
        )
    return Span(bind(text))


def _printed(place: str, refs: Mapping[str, RefValue], language: str) -> Span:
    name, _, form = place.partition("|")
    form = form or "text"
    if form not in FORMATS:
        raise RefusedError(
            "unknown_format", f"Ref {name!r} has the format {form!r}.", allowed=", ".join(FORMATS)
        )
    found = refs.get(name)
    if found is None:
        raise RefusedError(
            "missing_ref",
            f"The report prints {name!r}, which no result holds.",
            try_="run the stage that makes it, or take the sentence out",
        )
    said = FORMATS[form](found, language) if found.value is not None else ""
    if not said:
        raise RefusedError(
            "empty_ref",
            f"The report prints {name!r}, which has no value: hidden or not estimable.",
            try_="take the sentence out where the value is hidden",
        )
    value = f"{found.low} {found.high}" if form.startswith("ci") else str(found.value)
    return Span(bind(printable(said)), name, value)


def _numeric(found: RefValue) -> float:
    if isinstance(found.value, (int, float)):
        return float(found.value)
    raise RefusedError("text_ref", f"{str(found.ref)!r} is a text and is printed as a number.")


def _bounds(found: RefValue) -> tuple[float | None, float | None]:
    return found.low, found.high
