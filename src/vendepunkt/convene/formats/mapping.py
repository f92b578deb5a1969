"""The mapping file: what a file does not say about its meeting, and what its columns mean."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from vendepunkt.convene.types import KINDS, Kind, Words
from vendepunkt.language import LANGUAGES
from vendepunkt.terms import DataError, UsageError, choose

#: What a sheet can hold, with the columns each needs and those it may have.
SHEETS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = MappingProxyType(
    {
        "ideas": (("text",), ("theme", "panel", "phase", "kind", "question", "channel", "group")),
        "counts": (("theme", "votes"), ("panel", "phase", "voters")),
        "voters": ((), ("choices", "ballot", "panel", "phase", "channel", "group")),
        "marks": (("ballot", "theme"), ("value", "panel", "phase", "channel", "group")),
        "places": (("theme", "place"), ("panel", "phase", "votes", "voters")),
    }
)
_TABLES: Final = ("meeting", "vote", "sheet", "panel", "phase", "groups", "marks")
_HEAD: Final = ("id", "title", "date", "language", "invented", "attribution")
_VOTE: Final = ("rule", "choices", "places")
_SHEET: Final = (
    "holds", "sheet", "header", "columns", "panel", "phase", "kind", "themes", "separator",
    "voters",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """What a file seldom says about its meeting."""

    id: str = "meeting"
    title: Words = field(default_factory=lambda: Words("Panelmøde", "Panel meeting"))
    date: dt.date | None = None
    language: str = "da"
    invented: bool = False
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class VoteMap:
    """Rule, cap of the ballot and number of places of the votes in a file.

    Where nothing names a rule it is approval if every mark is a cross, else score.
    """

    rule: str = ""
    choices: int | None = None
    places: int = 3


@dataclass(frozen=True, slots=True)
class SheetMap:
    """What stands in one sheet.

    Attributes
    ----------
    holds
        A key of :data:`SHEETS`; empty where the names of the columns say it.
    sheet, header
        Which sheet, and the row with the names of the columns.
    columns
        What we call it → what the file calls its column: a name, or a letter such as ``A``.
    panel, phase, kind
        What holds for every row, where no column says it.
    themes
        Columns with a theme each, where there is a row for each voter; empty for every column
        that is not named otherwise.
    separator
        What stands between the choices where one cell holds all of a voter's.
    voters
        How many voted, where the sheet holds counts.
    """

    holds: str
    sheet: str | None = None
    header: int = 1
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    panel: str = ""
    phase: str = ""
    kind: Kind = "free"
    themes: tuple[str, ...] = ()
    separator: str = ";"
    voters: int | None = None


def load_mapping(source: Path | Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Read a mapping file, or take what is one already.

    Raises
    ------
    DataError
        ``"bad_mapping"`` where the file is no TOML.
    UsageError
        ``"unknown_key"`` where it has a table that is not known.
    """
    if isinstance(source, Path):
        try:
            source = tomllib.loads(source.read_text(encoding="utf-8-sig"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            where = str(error).rpartition("(at ")[2].rstrip(")") if "(at " in str(error) else ""
            raise DataError(
                "bad_mapping",
                f"The mapping file cannot be read{f' ({where})' if where else ''}.",
                allowed="TOML with the tables [meeting], [vote] and [[sheet]]",
            ) from error
    mapping = source or {}
    _only(mapping, _TABLES, "the mapping", "{}")
    return mapping


def named(mapping: Mapping[str, Any], key: str) -> str:
    """Give the panel or phase that the mapping names for the whole file; empty where none."""
    return _text(mapping, key, "")


def head_of(mapping: Mapping[str, Any], otherwise: Head) -> Head:
    """Give what ``[meeting]`` says, and `otherwise` for what it does not say."""
    table = _table(mapping, "meeting", _HEAD)
    language = choose(str(table.get("language", otherwise.language)), LANGUAGES, "language")
    title = table.get("title", otherwise.title)
    if isinstance(title, str):
        title = Words(da=title) if language == "da" else Words(en=title)
    elif isinstance(title, Mapping):
        _only(title, LANGUAGES, "title", "{}")
        title = Words(str(title.get("da", "")), str(title.get("en", "")))
    date = table.get("date", otherwise.date)
    if date is not None and type(date) is not dt.date:
        raise _bad("date", "a date without quotes, such as 2026-11-23")
    return Head(
        id=_text(table, "id", otherwise.id),
        title=title,
        date=date,
        language=language,
        invented=_bool(table, "invented", otherwise=otherwise.invented),
        attribution=_text(table, "attribution", otherwise.attribution),
    )


def votes_of(mapping: Mapping[str, Any], otherwise: VoteMap) -> VoteMap:
    """Give what ``[vote]`` says, and `otherwise` for what it does not say."""
    from vendepunkt.convene.rules import RULES

    table = _table(mapping, "vote", _VOTE)
    rule = _text(table, "rule", otherwise.rule)
    if rule:
        choose(rule, tuple(RULES), "rule")
    choices = _whole(table, "choices", otherwise.choices)
    places = _whole(table, "places", otherwise.places)
    return VoteMap(rule, choices, places or otherwise.places)


def sheets_of(mapping: Mapping[str, Any]) -> tuple[SheetMap, ...]:
    """Give what the tables ``[[sheet]]`` say."""
    tables = mapping.get("sheet", [])
    if isinstance(tables, Mapping):
        tables = [tables]
    if not isinstance(tables, (list, tuple)) or not all(
        isinstance(each, Mapping) for each in tables
    ):
        raise _bad("sheet", "tables, written [[sheet]]")
    return tuple(_sheet(each) for each in tables)


def _sheet(table: Mapping[str, Any]) -> SheetMap:
    _only(table, _SHEET, "[[sheet]]", "{}")
    holds = _text(table, "holds", "")
    known = {name for needed, may in SHEETS.values() for name in (*needed, *may)}
    if holds:
        choose(holds, tuple(SHEETS), "holds")
        known = {*SHEETS[holds][0], *SHEETS[holds][1]}
    columns = table.get("columns", {})
    if not isinstance(columns, Mapping):
        raise _bad("columns", 'a table such as {text = "Response"}')
    _only(columns, tuple(sorted(known)), f"columns of {holds or 'a sheet'}", "{}")
    themes = table.get("themes", [])
    if not isinstance(themes, (list, tuple)) or not all(isinstance(one, str) for one in themes):
        raise _bad("themes", "a list of column names")
    header = _whole(table, "header", 1)
    kind = choose(_text(table, "kind", "free"), KINDS, "kind")
    return SheetMap(
        holds=holds,
        sheet=_text(table, "sheet", "") or None,
        header=1 if header is None else header,
        columns=MappingProxyType({key: str(value) for key, value in columns.items()}),
        panel=_text(table, "panel", ""),
        phase=_text(table, "phase", ""),
        kind=next(each for each in KINDS if each == kind),
        themes=tuple(themes),
        separator=_text(table, "separator", ";") or ";",
        voters=_whole(table, "voters", None),
    )


def _table(mapping: Mapping[str, Any], name: str, known: tuple[str, ...]) -> Mapping[str, Any]:
    table = mapping.get(name, {})
    if not isinstance(table, Mapping):
        raise _bad(name, f"a table, written [{name}]")
    _only(table, known, f"[{name}]", "{}")
    return table


def _only(table: Mapping[str, Any], known: tuple[str, ...], where: str, shape: str) -> None:
    strange = [key for key in table if key not in known]
    if strange:
        raise UsageError(
            "unknown_key",
            f"{where} has the key {strange[0]!r}.",
            allowed=", ".join(shape.format(key) for key in known),
        )


def _text(table: Mapping[str, Any], key: str, otherwise: str) -> str:
    value = table.get(key, otherwise)
    if not isinstance(value, str):
        raise _bad(key, "a text in quotes")
    return value


def _bool(table: Mapping[str, Any], key: str, *, otherwise: bool) -> bool:
    value = table.get(key, otherwise)
    if not isinstance(value, bool):
        raise _bad(key, "true or false")
    return value


def _whole(table: Mapping[str, Any], key: str, otherwise: int | None) -> int | None:
    value = table.get(key, otherwise)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 1_000_000:
        raise _bad(key, "a whole number, 1 or more")
    return value


def _bad(key: str, allowed: str) -> UsageError:
    return UsageError("bad_mapping_value", f"{key} is not as it should be.", allowed=allowed)
