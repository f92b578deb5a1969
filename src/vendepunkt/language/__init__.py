"""Words and numbers in Danish and English: the one place that knows how each is written."""

from vendepunkt.language.catalogue import (
    fill,
    keys,
    placeholders,
    plural,
    template,
    text,
)
from vendepunkt.language.firmness import firmness
from vendepunkt.language.numbers import (
    LANGUAGES,
    date,
    integer,
    interval,
    listed,
    number,
    p_value,
    percent,
    points,
    span,
)
from vendepunkt.language.statements import STATEMENTS, statement

__all__ = [
    "LANGUAGES",
    "STATEMENTS",
    "date",
    "fill",
    "firmness",
    "integer",
    "interval",
    "keys",
    "listed",
    "number",
    "p_value",
    "percent",
    "placeholders",
    "plural",
    "points",
    "span",
    "statement",
    "template",
    "text",
]
