"""The theme book: what each theme is about, in words that people use, in Danish and English."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from vendepunkt.convene.types import Words
from vendepunkt.language import LANGUAGES
from vendepunkt.study import Lines, find_lines
from vendepunkt.terms import DataError, Problem, ProblemsError

#: Whose theme it is: published by the council, ours, or of those who keep the book.
Origin: TypeAlias = Literal["published", "ours", "own"]

#: The name of a study's own book, in its folder.
BOOK: Final = "theme-book.toml"
#: Characters of one text that are read.
LONGEST: Final = 2_000
#: Characters of a whole book that are read.
WHOLE: Final = 500_000

_ORIGINS: Final[tuple[Origin, ...]] = ("published", "ours", "own")
_KEYS: Final = ("title", "text", "examples", "origin")
_ID: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_LINE: Final = re.compile(r" \(at line (\d+), column \d+\)$")


@dataclass(frozen=True, slots=True)
class BookTheme:
    """A theme of the book.

    Attributes
    ----------
    id
        Its short name.
    title, text
        What it is called, and a paragraph on it.
    examples
        Language → ideas that belong under it.
    origin
        ``"published"``, ``"ours"`` or ``"own"``.
    """

    id: str
    title: Words
    text: Words
    examples: Mapping[str, tuple[str, ...]]
    origin: Origin = "own"

    def words(self, language: str) -> tuple[str, ...]:
        """Give everything said of it in a language; of the other where that language has none."""
        examples = self.examples.get(language, ())
        return (self.title.in_(language), self.text.in_(language), *examples)


@dataclass(frozen=True, slots=True)
class ThemeBook:
    """Themes that ideas may belong to.

    Attributes
    ----------
    themes
        The themes, in the order of the file.

    Examples
    --------
    >>> book = ThemeBook.shipped()
    >>> len(book.themes), book.themes[0].title.da
    (16, 'Fattigdom')
    """

    themes: tuple[BookTheme, ...] = ()

    @classmethod
    def shipped(cls) -> ThemeBook:
        """Give the book that comes with the program."""
        return _shipped()

    @classmethod
    def of(cls, folder: str | Path) -> ThemeBook:
        """Give the book of a study: its own `theme-book.toml`, or the one that is shipped.

        Parameters
        ----------
        folder
            A study folder.
        """
        path = Path(folder) / BOOK
        return cls.read(path) if path.is_file() else cls.shipped()

    @classmethod
    def read(cls, path: str | Path) -> ThemeBook:
        """Read a book from a file.

        Parameters
        ----------
        path
            A TOML file in UTF-8.

        Raises
        ------
        DataError
            If the file cannot be read.
        ProblemsError
            With everything that is wrong in it, each with its line.
        """
        path = Path(path)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise DataError(
                "no_theme_book",
                f"The theme book {path.name!r} cannot be read: {error.strerror}.",
                try_="the book that is shipped, by leaving the file out",
            ) from error
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise ProblemsError(
                [_problem("not_utf8", "The theme book is not UTF-8.", path.name, line)]
            ) from error
        return cls.parse(text, path.name)

    @classmethod
    def parse(cls, text: str, name: str = BOOK) -> ThemeBook:
        r"""Read a book from a text.

        Parameters
        ----------
        text
            TOML.
        name
            What the file is called in messages.

        Raises
        ------
        ProblemsError
            With everything that is wrong in it, each with its line.

        Examples
        --------
        >>> book = ThemeBook.parse('[debt]\ntitle.en = "Debt"\ntext.en = "Loans and bills."')
        >>> book.themes[0].id
        'debt'
        """
        source = _toml(text, name)
        reader = _Reader(name, find_lines(text))
        themes = tuple(reader.theme(id_, entry) for id_, entry in source.items())
        reader.titles(themes)
        if not source:
            reader.note((), "empty_theme_book", "The theme book has no theme.", "[name] tables")
        if reader.problems:
            raise ProblemsError(reader.problems)
        return cls(themes)


@cache
def _shipped() -> ThemeBook:
    place = files("vendepunkt.convene.help").joinpath("themes.toml")
    return ThemeBook.parse(place.read_text(encoding="utf-8"), "themes.toml")


def _problem(code: str, text: str, file: str, line: int, allowed: str = "") -> Problem:
    return Problem(code, text, allowed, file=file, line=line)


def _toml(text: str, name: str) -> dict[str, Any]:
    if len(text) > WHOLE:
        raise ProblemsError(
            [
                _problem(
                    "long_theme_book",
                    "The theme book is too long.",
                    name,
                    0,
                    allowed=f"up to {WHOLE} characters",
                )
            ]
        )
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        found = _LINE.search(said)
        line = int(found[1]) if found else text.count("\n") + 1
        said = said[: found.start()] if found else said.removesuffix(" (at end of document)")
        raise ProblemsError(
            [_problem("bad_toml", f"This is not TOML: {said}.", name, line)]
        ) from error
    except (RecursionError, ValueError, OverflowError) as error:
        raise ProblemsError(
            [_problem("bad_toml", "This is not TOML that can be read: too deep.", name, 0)]
        ) from error


class _Reader:
    """Reads themes and notes what is wrong, with its line."""

    def __init__(self, file: str, lines: Lines) -> None:
        self.file = file
        self.lines = lines
        self.problems: list[Problem] = []

    def note(self, path: tuple[str | int, ...], code: str, text: str, allowed: str = "") -> None:
        """Note a problem at the line of a key."""
        self.problems.append(_problem(code, text, self.file, self.lines.at(path), allowed))

    def theme(self, id_: str, entry: Any) -> BookTheme:
        """Read one table of the book."""
        if not _ID.fullmatch(id_):
            self.note(
                (id_,),
                "bad_theme_name",
                f"The theme is named {id_[:40]!r}.",
                "a small letter, then small letters, digits and hyphens, up to 40",
            )
        if not isinstance(entry, dict):
            self.note((id_,), "bad_value", f"{id_[:40]} is no table.", f"[{id_[:40]}]")
            return BookTheme(id_, Words(), Words(), {})
        for key in entry:
            if key not in _KEYS:
                text = f"[{id_[:40]}] has no key {key[:40]!r}."
                self.note((id_, key), "unknown_key", text, ", ".join(_KEYS))
        origin = entry.get("origin", "own")
        if origin not in _ORIGINS:
            text = f"[{id_[:40]}] origin is {str(origin)[:40]!r}."
            self.note((id_, "origin"), "bad_value", text, ", ".join(_ORIGINS))
        return BookTheme(
            id_,
            self.both(id_, "title", entry),
            self.both(id_, "text", entry),
            {
                language: self.list_(id_, language, given)
                for language, given in self.languages(id_, "examples", entry).items()
            },
            origin,
        )

    def languages(self, id_: str, key: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Read a table with one value per language."""
        found = entry.get(key, {})
        if not isinstance(found, dict):
            text = f"[{id_[:40]}] {key} is not given by language."
            self.note((id_, key), "bad_value", text, f'{key}.da = "…", {key}.en = "…"')
            return {}
        for language in found:
            if language not in LANGUAGES:
                text = f"[{id_[:40]}] {key}.{language[:40]} is in no language we know."
                self.note((id_, key, language), "unknown_key", text, ", ".join(LANGUAGES))
        return {language: found[language] for language in LANGUAGES if language in found}

    def both(self, id_: str, key: str, entry: Mapping[str, Any]) -> Words:
        """Read a text in one language or both."""
        found = self.languages(id_, key, entry)
        if key not in entry:
            text = f"[{id_[:40]}] has no {key}."
            self.note((id_,), "missing_key", text, f'{key}.da = "…" or {key}.en = "…"')
        read = {
            language: self.text((id_, key, language), value) for language, value in found.items()
        }
        return Words(**read)

    def list_(self, id_: str, language: str, given: Any) -> tuple[str, ...]:
        """Read a list of texts."""
        path = (id_, "examples", language)
        if not isinstance(given, list):
            self.note(path, "bad_value", f"{_written(path)} is no list.", '["…", "…"]')
            return ()
        return tuple(self.text((*path, at), one) for at, one in enumerate(given))

    def text(self, path: tuple[str | int, ...], value: Any) -> str:
        """Read a text that is not empty and not too long."""
        if not isinstance(value, str) or not value.strip():
            self.note(path, "bad_value", f"{_written(path)} is no text.", "a text in quotes")
            return ""
        if len(value) > LONGEST:
            text = f"{_written(path)} has {len(value)} characters."
            self.note(path, "bad_value", text, f"up to {LONGEST} characters")
        return " ".join(value.split())

    def titles(self, themes: tuple[BookTheme, ...]) -> None:
        """Two themes with one title cannot be told apart by those who choose."""
        for language in LANGUAGES:
            seen: dict[str, str] = {}
            for theme in themes:
                title = getattr(theme.title, language).casefold()
                if title and seen.setdefault(title, theme.id) != theme.id:
                    text = f"[{theme.id}] has the title of [{seen[title]}]."
                    self.note((theme.id, "title", language), "same_title", text, "one title each")


def _written(path: tuple[str | int, ...]) -> str:
    names = [str(part)[:40] for part in path if isinstance(part, str)]
    entry = "".join(f", entry {part + 1}" for part in path if isinstance(part, int))
    return f"[{names[0]}] {'.'.join(names[1:])}{entry}"
