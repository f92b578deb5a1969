"""What the value of a key may be: one small reader per kind of value."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from vendepunkt.study.lines import Lines, Path
from vendepunkt.terms import Problem

LANGUAGES: Final = ("da", "en")
FILE: Final = "study.toml"

#: A text for readers: language → words; a text without languages stands under each of them.
Label = Mapping[str, str]

#: A code or label of an answer, as it is written in the study.
Code = str | int | float


class BadValueError(Exception):
    """A value that cannot be read; the problem is already noted."""


@dataclass(slots=True)
class Notes:
    """Collects everything that is wrong, each with its line.

    Attributes
    ----------
    lines
        Where the keys stand.
    problems
        What was found so far.
    """

    lines: Lines
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: Path, code: str, text: str, allowed: str = "", try_: str = "") -> None:
        """Note a problem at the line of `path`."""
        line = self.lines.at(path)
        self.problems.append(Problem(code, text, allowed, try_, file=FILE, line=line))

    def bad(self, path: Path, text: str, allowed: str, try_: str = "") -> BadValueError:
        """Note a value that is not allowed and give the exception to raise."""
        self.add(path, "bad_value", f"{written(path)} {text}.", allowed, try_)
        return BadValueError()


class Kind(Protocol):
    """A kind of value: says what is allowed, and reads."""

    @property
    def allowed(self) -> str:
        """What is allowed, in words."""

    def read(self, value: Any, path: Path, notes: Notes) -> Any:
        """Give the value as the program uses it; note why not and raise :class:`BadValueError`."""


def written(path: Path) -> str:
    """Write a path as the reader of `study.toml` knows it.

    Examples
    --------
    >>> written(("items", "trust", "order", 1))
    '[items.trust] order, entry 2'
    >>> written(("design", "weights", "panel"))
    '[design] weights.panel'
    """
    names = [part for part in path if isinstance(part, str)]
    entries = "".join(f", entry {part + 1}" for part in path if isinstance(part, int))
    depth = 2 if names[0] in NAMED else 1
    rest = ".".join(names[depth:])
    return f"[{'.'.join(names[:depth])}]{' ' + rest if rest else ''}{entries}"


#: Tables that hold tables with names of the study's own choice.
NAMED: Final = ("data", "waves", "items", "dimensions")


def shown(value: Any) -> str:
    """Show a value of the study in a message, shortened.

    Examples
    --------
    >>> shown("x" * 80)
    "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"
    """
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 40 else text[:40] + "…"


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is not empty."""

    allowed: str = "a text in quotes"
    pattern: str = ""

    def read(self, value: Any, path: Path, notes: Notes) -> str:
        """Read the text."""
        if not isinstance(value, str):
            raise notes.bad(path, f"is {shown(value)}", self.allowed)
        if not value.strip():
            raise notes.bad(path, "is empty", self.allowed)
        if self.pattern and not re.fullmatch(self.pattern, value):
            raise notes.bad(path, f"is {shown(value)}", self.allowed)
        return value


@dataclass(frozen=True, slots=True)
class Words:
    """A text for readers: the same in each language, or a table with one text per language."""

    allowed: str = 'a text in quotes, or one per language: {da = "…", en = "…"}'

    def read(self, value: Any, path: Path, notes: Notes) -> Label:
        """Read the text or the table of texts."""
        if isinstance(value, dict) and value:
            unknown = [key for key in value if key not in LANGUAGES]
            if unknown:
                raise notes.bad((*path, unknown[0]), "is no language", ", ".join(LANGUAGES))
            return {key: Text().read(text, (*path, key), notes) for key, text in value.items()}
        if not isinstance(value, str) or not value.strip():
            raise notes.bad(path, f"is {shown(value)}", self.allowed)
        return dict.fromkeys(LANGUAGES, value)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within limits."""

    least: int
    most: int | None = None

    @property
    def allowed(self) -> str:
        """The limits in words."""
        top = f" to {self.most}" if self.most is not None else " or more"
        return f"a whole number, {self.least}{top}"

    def read(self, value: Any, path: Path, notes: Notes) -> int:
        """Read the number."""
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or value < self.least or (self.most is not None and value > self.most):
            raise notes.bad(path, f"is {shown(value)}", self.allowed)
        return int(value)


@dataclass(frozen=True, slots=True)
class Number:
    """A number within limits."""

    least: float
    most: float

    @property
    def allowed(self) -> str:
        """The limits in words."""
        return f"a number, {self.least:g} to {self.most:g}"

    def read(self, value: Any, path: Path, notes: Notes) -> float:
        """Read the number."""
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not self.least <= value <= self.most:
            raise notes.bad(path, f"is {shown(value)}", self.allowed)
        return float(value)


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    allowed: str = "true, false"

    def read(self, value: Any, path: Path, notes: Notes) -> bool:
        """Read the flag."""
        if not isinstance(value, bool):
            raise notes.bad(path, f"is {shown(value)}", self.allowed)
        return value


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    @property
    def allowed(self) -> str:
        """The words."""
        return ", ".join(self.words)

    def read(self, value: Any, path: Path, notes: Notes) -> str:
        """Read the word."""
        if value not in self.words or not isinstance(value, str):
            raise notes.bad(path, f"is {shown(value)}", self.allowed, nearest(value, self.words))
        return value


@dataclass(frozen=True, slots=True)
class Day:
    """A date."""

    allowed: str = "a date without quotes, such as 2029-12-31"

    def read(self, value: Any, path: Path, notes: Notes) -> dt.date:
        """Read the date."""
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise notes.bad(path, f"is {shown(value)}", self.allowed)
        return value


@dataclass(frozen=True, slots=True)
class CodeKind:
    """A code or label of an answer: a text or a number."""

    allowed: str = "a text in quotes or a number"

    def read(self, value: Any, path: Path, notes: Notes) -> Code:
        """Read the code."""
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise notes.bad(path, f"is {shown(value)}", self.allowed)
        if isinstance(value, float) and not math.isfinite(value):
            raise notes.bad(path, f"is {shown(value)}", self.allowed)
        return value


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list; with `single`, one value without brackets is a list of one."""

    inner: Kind
    single: bool = False
    least: int = 1
    distinct: bool = True

    @property
    def allowed(self) -> str:
        """What the list holds."""
        if self.single:
            return f"{self.inner.allowed}, or several in brackets"
        return f"a list in brackets, each {self.inner.allowed}"

    def read(self, value: Any, path: Path, notes: Notes) -> tuple[Any, ...]:
        """Read the list."""
        if self.single and not isinstance(value, list):
            return (self.inner.read(value, path, notes),)
        if not isinstance(value, list):
            raise notes.bad(path, f"is {shown(value)}", self.allowed)
        if len(value) < self.least:
            raise notes.bad(path, f"has {len(value)} entries", f"{self.least} or more")
        read = each([(i, entry) for i, entry in enumerate(value)], self.inner, path, notes)
        found = list(read.values())
        if self.distinct:
            for i, entry in enumerate(found):
                if entry in found[:i]:
                    raise notes.bad((*path, i), f"repeats {shown(entry)}", "each entry once")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class MapOf:
    """A table whose keys are of the study's own choice."""

    inner: Kind
    key: str = "name"

    @property
    def allowed(self) -> str:
        """What the table holds."""
        return f"a table {{{self.key} = …}}, each with {self.inner.allowed}"

    def read(self, value: Any, path: Path, notes: Notes) -> dict[str, Any]:
        """Read the table."""
        if not isinstance(value, dict) or not value:
            raise notes.bad(path, f"is {shown(value)}", self.allowed)
        return {
            str(key): entry for key, entry in each(value.items(), self.inner, path, notes).items()
        }


@dataclass(frozen=True, slots=True)
class ListOrMap:
    """A list or a table, each with its own kind of entries."""

    of_list: ListOf
    of_map: MapOf

    @property
    def allowed(self) -> str:
        """What both hold."""
        return f"{self.of_map.allowed}; or {self.of_list.allowed}"

    def read(self, value: Any, path: Path, notes: Notes) -> Any:
        """Read whichever it is."""
        kind = self.of_map if isinstance(value, dict) else self.of_list
        return kind.read(value, path, notes)


@dataclass(frozen=True, slots=True)
class Made:
    """A kind with a form of its own, made from a function."""

    allowed: str
    make: Callable[[Any], Any]

    def read(self, value: Any, path: Path, notes: Notes) -> Any:
        """Read the value; what `make` cannot use it answers with None."""
        made = self.make(value)
        if made is None:
            raise notes.bad(path, f"is {shown(value)}", self.allowed)
        return made


@dataclass(frozen=True, slots=True)
class FlagOrWords:
    """Yes or no, or yes in words for readers."""

    allowed: str = 'true, false, or a text in quotes, or one per language: {da = "…", en = "…"}'

    def read(self, value: Any, path: Path, notes: Notes) -> bool | Label:
        """Read the flag or the words."""
        if isinstance(value, bool):
            return value
        if not isinstance(value, (str, dict)):
            raise notes.bad(path, f"is {shown(value)}", self.allowed)
        return Words().read(value, path, notes)


@dataclass(frozen=True, slots=True)
class ReasonKind:
    """What a reason for not being interviewed means, and its name for readers."""

    kinds: tuple[str, ...] = ("exit", "non-response", "asked")

    @property
    def allowed(self) -> str:
        """The kinds in words."""
        named = ", ".join(f'"{kind}"' for kind in self.kinds)
        return f'{named}; with a name "exit: died" or {{exit = {{da = "…", en = "…"}}}}'

    def read(self, value: Any, path: Path, notes: Notes) -> tuple[str, Label | None]:
        """Read the kind, and the name where there is one."""
        if isinstance(value, dict) and len(value) == 1:
            ((kind, words),) = value.items()
            if kind in self.kinds:
                return kind, Words().read(words, (*path, kind), notes)
        if not isinstance(value, str):
            raise notes.bad(path, f"is {shown(value)}", self.allowed)
        kind, colon, name = (part.strip() for part in value.partition(":"))
        if kind not in self.kinds or (colon and not name):
            raise notes.bad(path, f"is {shown(value)}", self.allowed, nearest(kind, self.kinds))
        return kind, dict.fromkeys(LANGUAGES, name) if name else None


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on the rows of the data, and what readers see for it."""

    allowed: str = 'a condition in quotes, or {when = "…", label = {da = "…", en = "…"}}'

    def read(self, value: Any, path: Path, notes: Notes) -> tuple[str, Label | None]:
        """Read the condition, and the label where there is one."""
        if isinstance(value, dict) and set(value) <= {"when", "label"} and "when" in value:
            when = Text().read(value["when"], (*path, "when"), notes)
            label = value.get("label")
            return when, None if label is None else Words().read(label, (*path, "label"), notes)
        if not isinstance(value, str) or not value.strip():
            raise notes.bad(path, f"is {shown(value)}", self.allowed)
        return value, None


@dataclass(frozen=True, slots=True)
class Record:
    """A table with keys of its own, each of another kind."""

    fields: Mapping[str, Kind]
    required: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """The keys."""
        return f"a table {{{', '.join(f'{name} = …' for name in self.fields)}}}"

    def read(self, value: Any, path: Path, notes: Notes) -> dict[str, Any]:
        """Read every key; note those that are unknown or missing."""
        if not isinstance(value, dict):
            raise notes.bad(path, f"is {shown(value)}", self.allowed)
        read, failed = {}, False
        for name, entry in value.items():
            if name not in self.fields:
                notes.add(
                    (*path, name),
                    "unknown_key",
                    f"{written(path)} has no key {shown(name)}.",
                    allowed=", ".join(self.fields),
                    try_=nearest(name, list(self.fields)),
                )
                continue
            try:
                read[name] = self.fields[name].read(entry, (*path, name), notes)
            except BadValueError:
                failed = True
        for name in self.required:
            if name not in value:
                allowed = self.fields[name].allowed
                notes.add(path, "missing_key", f"{written(path)} has no {name}.", allowed=allowed)
                failed = True
        if failed:
            raise BadValueError
        return read


def each(pairs: Any, inner: Kind, path: Path, notes: Notes) -> dict[Any, Any]:
    """Read all entries before giving up, so that every bad one is named."""
    found = {}
    failed = False
    for key, entry in pairs:
        try:
            found[key] = inner.read(entry, (*path, key), notes)
        except BadValueError:
            failed = True
    if failed:
        raise BadValueError
    return found


def nearest(value: Any, words: tuple[str, ...] | list[str]) -> str:
    """Give the word that comes nearest to what was written, or nothing."""
    from difflib import get_close_matches

    found = get_close_matches(str(value), words, n=1, cutoff=0.6)
    return found[0] if found else ""
