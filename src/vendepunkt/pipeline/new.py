"""A new study folder, with a `study.toml` that says in its comments what to decide."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vendepunkt.study import Folder, write_bytes
from vendepunkt.terms import DataError, UsageError, choose

if TYPE_CHECKING:
    from vendepunkt.data import Survey, Variable

#: Items that are written ready to use; the rest stand there as comments.
MOST_ITEMS: Final = 12
_ABOUT_ROWS: Final = re.compile(r"wave|year|round|bølge|boelge|år|aar|runde", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NewStudy:
    """A study folder that was just made.

    Attributes
    ----------
    folder
        The folder.
    items
        Columns that are written as items.
    data
        Path of the data file within the folder, or None where there is none yet.
    """

    folder: Path
    items: tuple[str, ...]
    data: str | None


def new_study(
    folder: str | Path, *, data: str | Path | None = None, language: str = "en"
) -> NewStudy:
    """Make a study folder.

    Parameters
    ----------
    folder
        Folder to make; it may exist when it is empty.
    data
        A data file to copy into it; its columns with categories become the items.
    language
        ``"da"`` or ``"en"``: the language of the comments and of the report.

    Returns
    -------
    NewStudy
        What was made. With `data`, ``vendepunkt check`` finds nothing wrong with it.

    Raises
    ------
    UsageError
        If the folder exists and is not empty, or the language is no language of the program.
    DataError
        If the data file cannot be read, or holds nothing that can be an item.
    """
    folder = Path(folder)
    choose(language, ("da", "en"), "--language")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            "folder_exists",
            f"{str(folder)!r} exists and is not empty.",
            try_="another name; an existing study is never written over",
        )
    survey = None
    if data is not None:
        from vendepunkt.data import read_survey

        survey = read_survey(data)
    name = f"data/{Path(data).name}" if data is not None else None
    items = _candidates(survey) if survey is not None else ()
    if survey is not None and not items:
        raise DataError(
            "no_items",
            f"{survey.source} has no column of answers with 2 to 12 categories.",
            try_="vendepunkt describe, to see what the columns hold",
        )
    text = _text(language, folder.name or folder.resolve().name, name, survey, items)
    place = Folder(folder)
    _make(place, data)
    write_bytes(place.toml, text.encode())
    return NewStudy(folder, tuple(v.name for v in items[:MOST_ITEMS]), name)


def _make(place: Folder, data: str | Path | None) -> None:
    try:
        place.data.mkdir(parents=True, exist_ok=True)
        if data is not None:
            shutil.copyfile(data, place.data / Path(data).name)
        # What is private stays out of a repository even when nobody thinks of it.
        write_bytes(place.root / ".gitignore", b"/data/\n/work/\n")
    except OSError as error:
        raise DataError(
            "not_writable", f"The folder {place.root.name!r} cannot be made: {error.strerror}."
        ) from error


def _candidates(survey: Survey) -> tuple[Variable, ...]:
    """Give the variables that can be items: answers with a few categories, at least two in use."""
    from vendepunkt.data import design_candidates, weight_candidates

    found = (*weight_candidates(survey), *design_candidates(survey))
    other = {candidate.column for candidate in found}
    return tuple(
        variable
        for variable in survey.variables.values()
        if variable.categorical
        and variable.name not in other
        and not _ABOUT_ROWS.fullmatch(variable.name)
        and 2 <= survey.frame[variable.name].nunique() <= 12
    )


def _text(
    language: str,
    title: str,
    data: str | None,
    survey: Survey | None,
    items: tuple[Variable, ...],
) -> str:
    template = (
        files("vendepunkt.pipeline").joinpath(f"new_study.{language}.toml").read_text("utf-8")
    )
    example = '[items.trust]\ndimension = "trust"\norder = ["high", "middle", "low"]\n'
    blocks = "\n".join(_items(survey, items)) if survey is not None else example
    return (
        template.replace("@title@", _quoted(title))
        .replace("@file@", _quoted(data or "data/survey.csv"))
        .replace("@items@", blocks.rstrip())
    )


def _items(survey: Survey, items: tuple[Variable, ...]) -> Iterator[str]:
    for place, variable in enumerate(items):
        lines = [f"[items.{_name(variable.name)}]"]
        if variable.label:
            lines.append(f"label = {_quoted(variable.label)}")
        shown = [
            _shown(variable, value)
            for value in sorted(survey.frame[variable.name].dropna().unique())
        ]
        lines.append(f"# order = [{', '.join(shown)}]")
        off = "" if place < MOST_ITEMS else "# "
        yield "\n".join(off + line for line in lines) + "\n"


def _shown(variable: Variable, value: object) -> str:
    label = next((text for code, text in variable.labels.items() if code == value), None)
    if label is not None:
        return _quoted(label)
    return f"{value:g}" if isinstance(value, float) else _quoted(str(value))


def _name(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else _quoted(text)


def _quoted(text: str) -> str:
    """Quote a text for TOML; JSON's escapes are among those of TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
