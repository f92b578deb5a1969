"""On which line of a TOML file each key stands, so that a problem can name its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

#: The way to a value: names of tables and keys, and positions in arrays.
Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\n#]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Lines:
    """Line numbers of the keys of one TOML file.

    Attributes
    ----------
    known
        Path → line, counted from 1. A path is a tuple of keys and of positions in arrays.
    """

    known: Mapping[Path, int]

    def at(self, path: Path) -> int:
        r"""Give the line of a path; of what it stands in when it is not there; 0 if nothing is.

        Examples
        --------
        >>> lines = find_lines("[study]\ntitle = 'x'\n")
        >>> lines.at(("study", "title")), lines.at(("study", "frame")), lines.at(("data",))
        (2, 1, 0)
        """
        while path:
            if path in self.known:
                return self.known[path]
            path = path[:-1]
        return 0


def find_lines(text: str) -> Lines:
    r"""Find the line of every key and array element in a valid TOML text.

    Parameters
    ----------
    text
        A text that :func:`tomllib.loads` reads without complaint; this function reads only where
        things stand and leaves what they mean to it.

    Returns
    -------
    Lines
        The lines of all tables, keys, and elements of arrays.

    Examples
    --------
    >>> find_lines("a.b = [1,\n 2]").known[("a", "b", 1)]
    2
    """
    scan = _Scan(text.replace("\r\n", "\n"))
    scan.document()
    return Lines(scan.known)


@dataclass(slots=True)
class _Scan:
    text: str
    at: int = 0
    line: int = 1
    known: dict[Path, int] = field(default_factory=dict)
    tables: dict[Path, int] = field(default_factory=dict)

    def document(self) -> None:
        prefix: Path = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.text.startswith("[[", self.at):
                prefix = self.header(2)
            elif self.text[self.at] == "[":
                prefix = self.header(1)
            else:
                self.pair(prefix)
            self.skip(_BLANK)

    def header(self, brackets: int) -> Path:
        self.at += brackets
        line = self.line
        *outer, last = self.key()
        self.skip(_SPACE)
        self.at += brackets
        path: Path = ()
        for part in outer:
            path = self.newest((*path, part), line)
        path = (*path, last)
        if brackets == 1:
            self.note(path, line)
            return path
        self.note(path, line)
        self.tables[path] = self.tables.get(path, 0) + 1
        return self.newest(path, line)

    def newest(self, path: Path, line: int) -> Path:
        """Note a table on the way; in an array of tables the way goes on in the newest one."""
        self.note(path, line)
        if path in self.tables:
            path = (*path, self.tables[path] - 1)
            self.note(path, line)
        return path

    def pair(self, prefix: Path) -> None:
        line = self.line
        path = prefix
        for part in self.key():
            path = (*path, part)
            self.note(path, line)
        self.skip(_SPACE)
        self.at += 1  # the equals sign
        self.skip(_SPACE)
        self.value(path)

    def key(self) -> list[str]:
        parts = []
        while True:
            self.skip(_SPACE)
            if self.text[self.at] in "\"'":
                parts.append(_unquoted(self.skip(_STRING)))
            else:
                parts.append(self.skip(_BARE))
            self.skip(_SPACE)
            if self.text[self.at] != ".":
                return parts
            self.at += 1

    def value(self, path: Path) -> None:
        first = self.text[self.at]
        if first in "\"'":
            self.skip(_STRING)
        elif first == "[":
            self.array(path)
        elif first == "{":
            self.inline(path)
        else:
            self.skip(_SCALAR)

    def array(self, path: Path) -> None:
        self.at += 1
        self.skip(_BLANK)
        position = 0
        while self.text[self.at] != "]":
            self.note((*path, position), self.line)
            self.value((*path, position))
            position += 1
            self.skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1
                self.skip(_BLANK)
        self.at += 1

    def inline(self, path: Path) -> None:
        self.at += 1
        self.skip(_BLANK)
        while self.text[self.at] != "}":
            self.pair(path)
            self.skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1
                self.skip(_BLANK)
        self.at += 1

    def note(self, path: Path, line: int) -> None:
        self.known.setdefault(path, line)

    def skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        passed = found.group() if found else ""
        self.at += len(passed)
        self.line += passed.count("\n")
        return passed


def _unquoted(key: str) -> str:
    return str(tomllib.loads(f"key = {key}")["key"])
