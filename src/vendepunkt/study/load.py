"""From the text of `study.toml` to a :class:`Study`, or to everything that is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from vendepunkt.study.agree import check_agreement
from vendepunkt.study.build import build
from vendepunkt.study.kinds import FILE, BadValueError, Notes, nearest, shown
from vendepunkt.study.lines import Path, find_lines
from vendepunkt.study.schema import LATER, TABLES
from vendepunkt.study.schema_parts import Table
from vendepunkt.study.tables import Study, panels_alone
from vendepunkt.terms import DataError, Problem, ProblemsError


@dataclass(frozen=True, slots=True)
class Reading:
    """A study as far as it could be read.

    Attributes
    ----------
    study
        The study, with defaults in place of what could not be read; None when the file is no TOML.
    problems
        Everything that is wrong, in the order of the lines.
    """

    study: Study | None
    problems: tuple[Problem, ...]


def load_study(folder: str | FilePath) -> Study:
    """Read the study in a folder.

    Parameters
    ----------
    folder
        Study folder; it holds a file `study.toml`.

    Returns
    -------
    Study
        The study, checked as far as `study.toml` alone allows.

    Raises
    ------
    DataError
        If there is no such folder or file.
    ProblemsError
        With everything that is wrong at once, each problem with its line.

    Examples
    --------
    >>> load_study("no-such-folder")
    Traceback (most recent call last):
        ...
    vendepunkt.terms.errors.DataError: There is no folder 'no-such-folder'. ...
    """
    reading = read_study(folder)
    if reading.problems or reading.study is None:
        raise ProblemsError(reading.problems)
    return reading.study


def read_study(folder: str | FilePath) -> Reading:
    """Read a study as far as it goes, so that a check can go on behind the first mistakes.

    Parameters
    ----------
    folder
        Study folder.

    Raises
    ------
    DataError
        If there is no such folder or file.
    """
    folder = FilePath(folder)
    if not folder.is_dir():
        raise DataError(
            "no_study",
            f"There is no folder {str(folder)!r}.",
            try_=f"vendepunkt new {folder}",
        )
    path = folder / FILE
    if not path.is_file():
        raise DataError(
            "no_study", f"The folder {folder.name!r} has no {FILE}.", try_="vendepunkt new FOLDER"
        )
    try:
        return read_text(path.read_bytes(), folder)
    except OSError as error:
        raise DataError("no_study", f"{FILE} cannot be read: {error.strerror}.") from error


def read_text(content: bytes, folder: FilePath) -> Reading:
    """Read the bytes of a `study.toml`.

    Parameters
    ----------
    content
        The file as it is.
    folder
        The folder it belongs to; kept in the study, not looked into.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return _unreadable("not_utf8", "The file is not UTF-8.", "save it as UTF-8", line)
    try:
        source = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said, line = _place(str(error), text)
        return _unreadable("bad_toml", f"This is not TOML: {said}.", "", line)
    except (RecursionError, ValueError, OverflowError):
        # Brackets nested thousands deep, or a number of thousands of digits.
        return _unreadable(
            "bad_toml", "This is not TOML that can be read: too deep or too long.", "", 0
        )
    notes = Notes(find_lines(text))
    values = _tables(source, notes)
    study = build(values, source, notes.lines, folder)
    check_agreement(study, values, notes)
    problems = sorted(set(notes.problems), key=lambda p: (p.line, p.text))
    return Reading(study, tuple(problems))


def _unreadable(code: str, text: str, try_: str, line: int) -> Reading:
    return Reading(None, (Problem(code, text, try_=try_, file=FILE, line=line),))


def _place(said: str, text: str) -> tuple[str, int]:
    found = re.search(r" \(at line (\d+), column \d+\)$", said)
    if found:
        return said[: found.start()], int(found[1])
    return said.removesuffix(" (at end of document)"), text.count("\n") + 1


def _tables(source: Mapping[str, Any], notes: Notes) -> dict[str, Any]:
    """Read every table by its schema; what cannot be read is left out."""
    values: dict[str, Any] = {}
    alone = panels_alone(source)
    for name, content in source.items():
        if name in TABLES:
            values[name] = _table(TABLES[name], content, notes, alone=alone)
            continue
        if name in LATER:
            notes.add(
                (name,),
                "later_stage",
                f"[{name}] belongs to a stage that this version does not have ({LATER[name]}).",
                try_="leave it out",
            )
            continue
        near = nearest(name, list(TABLES))
        notes.add(
            (name,),
            "unknown_table",
            f"There is no table [{name}].",
            allowed=", ".join(f"[{known}]" for known in TABLES),
            try_=f"[{near}]" if near else "",
        )
    for table in TABLES.values():
        needed = table.required and not (alone and table.of_surveys)
        if needed and not source.get(table.name):
            notes.add((table.name,), "missing_table", f"{table.heading} is missing: {table.about}")
    return values


def _table(table: Table, content: Any, notes: Notes, *, alone: bool) -> dict[str, Any]:
    if not isinstance(content, dict):
        notes.add(
            (table.name,),
            "bad_value",
            f"{table.name} is {shown(content)}.",
            f"a table {table.heading}",
        )
        return {}
    if not table.named:
        return _keys(table, content, (table.name,), notes, alone=alone)
    read = {}
    for name, inner in content.items():
        if isinstance(inner, dict):
            read[name] = _keys(table, inner, (table.name, name), notes, alone=alone)
        else:
            notes.add(
                (table.name, name),
                "bad_value",
                f"[{table.name}] {name} is {shown(inner)}.",
                f"a table {table.heading}",
                try_=f"[{table.name}.{name}]",
            )
    return read


def _keys(
    table: Table, content: Mapping[str, Any], path: Path, notes: Notes, *, alone: bool
) -> dict[str, Any]:
    known = {key.name: key for key in table.keys}
    # [groups] and [labels] have keys of the study's own; their schema names them in capitals.
    free = next((key for key in table.keys if key.name.isupper()), None)
    heading = f"[{'.'.join(str(part) for part in path)}]"
    read: dict[str, Any] = {}
    for name, value in content.items():
        key = known.get(name) or free
        if key is None:
            near = nearest(name, list(known))
            notes.add(
                (*path, name),
                "unknown_key",
                f"{heading} has no key {shown(name)}.",
                allowed=", ".join(known),
                try_=near,
            )
            continue
        try:
            read[name] = key.kind.read(value, (*path, name), notes)
        except BadValueError:
            continue
    for key in table.keys:
        needed = key.required and not (alone and key.of_surveys)
        if needed and key.name not in content:
            notes.add(
                path, "missing_key", f"{heading} has no {key.name}.", allowed=key.kind.allowed
            )
    return read
