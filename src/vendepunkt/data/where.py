"""Conditions on rows, such as ``wave == 2017 and age >= 18``: read and worked out here, never run.

A comparison with a missing answer is neither true nor false; a row is used when the whole condition
is true. ``not`` of something unknown stays unknown.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from vendepunkt.terms import UsageError

if TYPE_CHECKING:
    import pandas as pd

Mask = npt.NDArray[np.bool_]
Literal = float | str

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)"
    r"|\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|`(?P<quoted>[^`]+)`"
    r"|(?P<word>[^\W\d][\w.]*)"
    r"|(?P<mark><=|>=|==|!=|<|>|[()\[\],-]))"
)
_COMPARE: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_WORDS: Final = frozenset({"and", "or", "not", "in", "is", "missing"})
_LONGEST: Final = 5_000
_DEEPEST: Final = 50
_ALLOWED: Final = "== != < <= > >=, and, or, not, in (…), is missing, parentheses"
_EXAMPLE: Final = 'wave == 2017 and age >= 18 and region in ("North", "South")'


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Truth:
    """Per row: whether it is true, and whether that is known; both (n,)."""

    true: Mask
    known: Mask

    def __and__(self, other: _Truth) -> _Truth:
        false = (self.known & ~self.true) | (other.known & ~other.true)
        true = self.true & other.true
        return _Truth(true, true | false)

    def __or__(self, other: _Truth) -> _Truth:
        true = self.true | other.true
        false = (self.known & ~self.true) & (other.known & ~other.true)
        return _Truth(true, true | false)

    def __invert__(self) -> _Truth:
        return _Truth(self.known & ~self.true, self.known)


def rows_where(
    frame: pd.DataFrame,
    condition: str,
    labels: Mapping[str, Mapping[Any, str]] | None = None,
    option: str = "--where",
) -> Mask:
    """Find the rows that meet a condition.

    Parameters
    ----------
    frame
        Columns by name, NaN where missing.
    condition
        Comparisons of columns with numbers or texts (``== != < <= > >=``), ``in (…)``,
        ``is missing``, joined by ``and``, ``or``, ``not`` and parentheses. A column whose name is
        no plain word stands in backticks. A text compared with a column of codes is looked up
        among its value labels.
    labels
        Column → code → value label.
    option
        Name of the option or key that the condition was given in, for the message.

    Returns
    -------
    numpy.ndarray
        (n,) True where the condition holds; False where it does not or cannot be known.

    Raises
    ------
    UsageError
        If the condition cannot be read, names a column or label that is not there, or compares
        what cannot be compared.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"age": [17.0, 40.0, float("nan")], "trust": [1.0, 2.0, 1.0]})
    >>> rows_where(frame, "age >= 18 or trust == 'high'", {"trust": {1: "high"}}).tolist()
    [True, True, True]
    >>> rows_where(frame, "not age >= 18").tolist()
    [True, False, False]
    """
    reading = _Reading(_tokens(condition, option), frame, labels or {}, option)
    truth = reading.either()
    if reading.at < len(reading.tokens):
        raise _unreadable(f"has {reading.tokens[reading.at].text!r} where it should end", option)
    return truth.true


def _unreadable(why: str, option: str, try_: str = _EXAMPLE) -> UsageError:
    return UsageError("bad_condition", f"{option} {why}.", allowed=_ALLOWED, try_=try_)


def _tokens(condition: str, option: str) -> list[_Token]:
    if len(condition) > _LONGEST:
        raise _unreadable(f"has {len(condition)} characters, more than {_LONGEST}", option)
    found = []
    at = 0
    text = condition.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            rest = text[at:].lstrip()
            hints = {"=": "== for equal", "&": "and", "|": "or", "!": "not", "~": "not"}
            raise _unreadable(
                f"cannot be read from {rest[:10]!r}", option, hints.get(rest[:1], _EXAMPLE)
            )
        kind = str(match.lastgroup)
        word = match[kind]
        if kind in ("double", "single"):
            kind = "text"
        elif kind == "quoted":
            kind = "column"
        elif kind == "word":
            kind = "mark" if word.lower() in _WORDS else "column"
            word = word.lower() if kind == "mark" else word
        found.append(_Token(kind, word))
        at = match.end()
    if not found:
        raise _unreadable("is empty", option)
    return found


@dataclass(slots=True)
class _Reading:
    """Reads the tokens from left to right and works the condition out on the way."""

    tokens: list[_Token]
    frame: pd.DataFrame
    labels: Mapping[str, Mapping[Any, str]]
    option: str
    at: int = 0
    depth: int = 0

    def takes(self, mark: str) -> bool:
        """Pass over a mark if it stands here."""
        here = self.tokens[self.at] if self.at < len(self.tokens) else None
        found = here is not None and here.kind == "mark" and here.text == mark
        self.at += found
        return found

    def take(self) -> _Token:
        if self.at >= len(self.tokens):
            raise _unreadable("ends too early", self.option)
        self.at += 1
        return self.tokens[self.at - 1]

    def either(self) -> _Truth:
        truth = self.both()
        while self.takes("or"):
            truth = truth | self.both()
        return truth

    def both(self) -> _Truth:
        truth = self.negated()
        while self.takes("and"):
            truth = truth & self.negated()
        return truth

    def negated(self) -> _Truth:
        odd = False
        while self.takes("not"):
            odd = not odd
        truth = self.comparison()
        return ~truth if odd else truth

    def comparison(self) -> _Truth:
        if self.takes("("):
            self.depth += 1
            if self.depth > _DEEPEST:
                raise _unreadable(f"has parentheses more than {_DEEPEST} deep", self.option)
            truth = self.either()
            if not self.takes(")"):
                raise _unreadable("has a parenthesis that is not closed", self.option)
            self.depth -= 1
            return truth
        left = self.operand()
        if self.takes("is"):
            return self.missing(left)
        turned = self.takes("not")
        if self.takes("in"):
            truth = self.member(left)
            return ~truth if turned else truth
        if turned:
            raise _unreadable("has `not` where `not in` was expected", self.option)
        return self.chain(left)

    def chain(self, left: _Token | Literal) -> _Truth:
        """One comparison, or several in a row as in ``18 <= age < 65``."""
        truth = None
        while self.at < len(self.tokens) and self.tokens[self.at].text in _COMPARE:
            how = self.take().text
            right = self.operand()
            one = self.compare(left, how, right)
            truth = one if truth is None else truth & one
            left = right
        if truth is None:
            raise _unreadable("has a value that is compared with nothing", self.option)
        return truth

    def operand(self) -> _Token | Literal:
        negative = self.takes("-")
        token = self.take()
        if token.kind == "number":
            return -float(token.text) if negative else float(token.text)
        if negative or token.kind == "mark":
            shown = "-" if negative else token.text
            raise _unreadable(f"has {shown!r} where a column or value was expected", self.option)
        return token.text if token.kind == "text" else token

    def member(self, left: _Token | Literal) -> _Truth:
        closing = ")" if self.takes("(") else "]" if self.takes("[") else ""
        if not closing:
            raise _unreadable("has `in` without a list in parentheses", self.option)
        truth = self.compare(left, "==", self.operand())
        while self.takes(","):
            truth = truth | self.compare(left, "==", self.operand())
        if not self.takes(closing):
            raise _unreadable("has a list that is not closed", self.option)
        return truth

    def missing(self, left: _Token | Literal) -> _Truth:
        turned = self.takes("not")
        if not self.takes("missing") or not isinstance(left, _Token):
            raise _unreadable(
                "has `is` without a column before it and `missing` behind it", self.option
            )
        empty = self.column(left.text).isna().to_numpy(dtype=bool)
        return _Truth(~empty if turned else empty, np.ones(len(empty), dtype=bool))

    def compare(self, left: _Token | Literal, how: str, right: _Token | Literal) -> _Truth:
        if not isinstance(left, _Token) and not isinstance(right, _Token):
            raise _unreadable("compares two values and no column", self.option)
        if not isinstance(left, _Token):
            mirrored = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
            return self.compare(right, mirrored.get(how, how), left)
        values, known = self.values(left.text)
        if isinstance(right, _Token):
            others, also = self.values(right.text)
            if (values.dtype.kind == "O") != (others.dtype.kind == "O"):
                raise self.mixed(left.text, f"column {right.text!r}")
            return self.truth(values, how, others, known & also)
        return self.truth(values, how, self.wanted(left.text, values, how, right), known)

    def truth(self, values: Any, how: str, others: Any, known: Mask) -> _Truth:
        true = np.zeros(len(known), dtype=bool)
        if isinstance(others, np.ndarray):
            others = others[known]
        true[known] = _COMPARE[how](values[known], others)
        return _Truth(true, known)

    def wanted(self, name: str, values: Any, how: str, literal: Literal) -> Any:
        """Turn the value in the condition into what the column holds."""
        if values.dtype.kind == "M":
            try:
                return np.datetime64(str(literal))
            except ValueError:
                raise self.mixed(name, f"{literal!r}, which is no date") from None
        if values.dtype.kind == "O":
            if isinstance(literal, str):
                return literal
            if how in ("==", "!="):
                return f"{literal:g}" if literal == int(literal) else repr(literal)
            raise self.mixed(name, f"the number {literal:g}")
        if isinstance(literal, float):
            return literal
        known = self.labels.get(name, {})
        codes = [code for code, label in known.items() if label == literal]
        if codes:
            return codes[0]
        near = get_close_matches(literal, known.values(), n=1)
        raise UsageError(
            "unknown_label",
            f"{self.option}: column {name!r} has no value label {literal!r}.",
            allowed=", ".join(repr(label) for label in known.values()) or "numbers",
            try_=repr(near[0]) if near else "",
        )

    def mixed(self, name: str, other: str) -> UsageError:
        return UsageError(
            "not_comparable", f"{self.option}: column {name!r} cannot be compared with {other}."
        )

    def values(self, name: str) -> tuple[Any, Mask]:
        """Give the values of a column (n,) as numbers, dates or texts, and which are known (n,)."""
        column = self.column(name)
        known = column.notna().to_numpy(dtype=bool)
        if column.dtype.kind == "M":
            return column.to_numpy(dtype="datetime64[ns]"), known
        if column.dtype.kind in "fiub":
            return column.to_numpy(dtype=float, na_value=np.nan), known
        return column.astype(object).astype(str).to_numpy(dtype=object), known

    def column(self, name: str) -> pd.Series:
        if name in self.frame.columns:
            return self.frame[name]
        names = [str(each) for each in self.frame.columns]
        near = get_close_matches(name, names, n=1)
        raise UsageError(
            "unknown_column",
            f"{self.option} names the column {name!r}, which the data do not have.",
            allowed=f"{len(names)} columns; those nearest in name are "
            f"{', '.join(get_close_matches(name, names, n=5, cutoff=0.3)) or names[:5]}",
            try_=near[0] if near else "vendepunkt describe DATA",
        )
