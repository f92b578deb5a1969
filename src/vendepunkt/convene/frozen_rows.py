"""Parts of a meeting as lines of JSON, and back, without losing anything."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from fractions import Fraction
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from vendepunkt.convene.types import (
    Ballot,
    Group,
    Idea,
    LifePhase,
    Meeting,
    Note,
    Panel,
    Placement,
    Placing,
    Question,
    SameTheme,
    Theme,
    Vote,
)

#: What a folder says it is, and the version of the format that this program writes.
FORMAT: Final = "vendepunkt panel meeting"
FORMAT_VERSION: Final = 1

#: Part of a meeting → what it consists of. Each is one file, ``PART.jsonl``.
PARTS: Final[Mapping[str, type]] = MappingProxyType(
    {
        "phases": LifePhase,
        "panels": Panel,
        "groups": Group,
        "questions": Question,
        "notes": Note,
        "ideas": Idea,
        "themes": Theme,
        "placements": Placement,
        "votes": Vote,
        "ballots": Ballot,
        "placings": Placing,
        "mapping": SameTheme,
    }
)

#: Fields of a meeting that stand in ``meeting.json`` itself.
HEAD: Final = tuple(field.name for field in fields(Meeting) if field.name not in PARTS)

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_FRACTION: Final = re.compile(r"-?\d{1,400}(/[1-9]\d{0,399})?")


class NotARowError(ValueError):
    """A line that is none of ours; the message names the field, never what stands in it."""


def canonical(meeting: Meeting) -> Meeting:
    """Give the meeting as it is frozen: its ballots in an order that tells nothing.

    Ballots are sorted by what stands in them, so that neither who came first nor who sat beside
    whom can be read from their order. Everything else is kept as it is.

    Examples
    --------
    >>> from vendepunkt.convene import Ballot, Meeting, Words
    >>> first, second = Ballot("v", "p", {"b": Fraction(1)}), Ballot("v", "p", {"a": Fraction(1)})
    >>> [*canonical(Meeting("m", Words("M"), ballots=(first, second))).ballots[0].marks]
    ['a']
    """
    from dataclasses import replace

    return replace(meeting, ballots=tuple(sorted(meeting.ballots, key=to_line)))


def to_line(row: Any) -> str:
    """Write one part of a meeting as one line of JSON, its fields in their order.

    Fractions are written as ``"p/q"``. Letters stand as they are; only halves of a broken
    character are escaped, since no file in UTF-8 can hold them.
    """
    return _json(to_plain(row))


def to_plain(value: Any) -> Any:
    """Turn a part of a meeting, or one of its fields, into what JSON knows."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: str(Fraction(value[key])) for key in sorted(value)}
    if isinstance(value, tuple):
        return [to_plain(each) for each in value]
    return value


def from_lines(kind: type, lines: Iterable[str]) -> tuple[Any, ...]:
    """Read the lines of a file back.

    Raises
    ------
    NotARowError
        Naming the line, counted from 1, and the field.
    """
    rows = []
    for number, line in enumerate(lines, start=1):
        try:
            rows.append(from_plain(kind, json.loads(line)))
        except NotARowError as error:
            raise NotARowError(f"line {number}: {error}") from None
        except (ValueError, RecursionError) as error:
            raise NotARowError(f"line {number} is no JSON") from error
    return tuple(rows)


def from_plain(kind: type, plain: Any) -> Any:
    """Build a part of a meeting from what JSON held.

    A field that is missing takes its default, so that archives stay readable when fields are
    added; a field that is not known is refused.
    """
    if not isinstance(plain, dict):
        raise NotARowError("it is no object")
    known = _readers(kind)
    if set(plain) - set(known):
        raise NotARowError(f"it has a field that {kind.__name__} does not have")
    given = {}
    for name, (read, needed) in known.items():
        if name in plain:
            try:
                given[name] = read(plain[name])
            except NotARowError:
                raise
            except (ValueError, TypeError, KeyError) as error:
                raise NotARowError(f"the field {name} is not as it should be") from error
        elif needed:
            raise NotARowError(f"the field {name} is missing")
    return kind(**given)


def head_from_plain(plain: Any) -> dict[str, Any]:
    """Read the fields of the meeting itself: its id, title, date and the like."""
    if not isinstance(plain, dict):
        raise NotARowError("the meeting is no object")
    whole = from_plain(Meeting, plain)
    return {name: getattr(whole, name) for name in HEAD}


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


@cache
def _readers(kind: type) -> dict[str, tuple[Callable[[Any], Any], bool]]:
    """Give, for each field of a part, how it is read and whether it must be there."""
    hints = get_type_hints(kind)
    return {
        field.name: (
            _reader(hints[field.name]),
            field.default is MISSING and field.default_factory is MISSING,
        )
        for field in fields(kind)
    }


def _reader(hint: Any) -> Callable[[Any], Any]:
    origin, inside = get_origin(hint), get_args(hint)
    if origin in {UnionType, Union}:
        kept = _reader(next(each for each in inside if each is not NoneType))
        return lambda value: None if value is None else kept(value)
    if origin is Literal:
        return lambda value: inside[inside.index(value)]
    if origin is tuple:
        each = _reader(inside[0])
        return lambda value: tuple(each(one) for one in _only(value, list))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _marks
    if isinstance(hint, type) and is_dataclass(hint):
        return lambda value: from_plain(hint, value)
    return _PLAIN[hint]


def _only(value: Any, kind: type) -> Any:
    # A bool is an int to Python, and must not become one here.
    if type(value) is not kind:
        raise TypeError
    return value


def _fraction(value: Any) -> Fraction:
    if not _FRACTION.fullmatch(_only(value, str)):
        raise ValueError
    return Fraction(value)


def _marks(value: Any) -> Mapping[str, Fraction]:
    read = {key: _fraction(each) for key, each in _only(value, dict).items()}
    return MappingProxyType(read)


_PLAIN: Final[Mapping[Any, Callable[[Any], Any]]] = MappingProxyType(
    {
        str: lambda value: _only(value, str),
        int: lambda value: _only(value, int),
        bool: lambda value: _only(value, bool),
        dt.date: lambda value: dt.date.fromisoformat(_only(value, str)),
        dt.datetime: lambda value: dt.datetime.fromisoformat(_only(value, str)),
    }
)
