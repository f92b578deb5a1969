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
from vendepunkt.language.lix import Reading, readability
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
from vendepunkt.language.stems import fold, stem, stems, stop_words, words

__all__ = [
    "LANGUAGES",
    "STATEMENTS",
    "Reading",
    "date",
    "fill",
    "firmness",
    "fold",
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
    "readability",
    "span",
    "statement",
    "stem",
    "stems",
    "stop_words",
    "template",
    "text",
    "words",
]
