"""What was made from what, so that a run with nothing changed does nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import vendepunkt
from vendepunkt.study.folder import read_json, write_json
from vendepunkt.terms import Notice

SCHEMA: Final = "state/1"
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Made:
    """What a stage made.

    Attributes
    ----------
    key
        Hash over everything the stage was made from.
    files
        Path within the study folder → SHA-256 of each file it wrote.
    notices
        What was said of its own accord.
    converged
        Whether the estimates reached a maximum.
    """

    key: str
    files: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    converged: bool = True


@dataclass(frozen=True, slots=True)
class State:
    """What the stages of a study have made so far.

    Attributes
    ----------
    stages
        Stage → what it made.
    """

    stages: Mapping[str, Made] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> State:
        """Read `work/state.json`; a missing or damaged file means that nothing was made."""
        content = read_json(path)
        if not isinstance(content, dict) or content.get("schema") != SCHEMA:
            return cls()
        try:
            return cls({str(name): _made(made) for name, made in content["stages"].items()})
        except (KeyError, TypeError, AttributeError):
            return cls()

    def write(self, path: Path) -> None:
        """Write `work/state.json`, whole or not at all."""
        stages = {
            name: {
                "key": made.key,
                "files": dict(made.files),
                "notices": [notice.as_json() for notice in made.notices],
                "converged": made.converged,
            }
            for name, made in self.stages.items()
        }
        write_json(path, {"schema": SCHEMA, "stages": stages})

    def with_stage(self, stage: str, made: Made) -> State:
        """Give a state in which a stage has made something."""
        return replace(self, stages={**self.stages, stage: made})

    def is_fresh(self, stage: str, key: str, root: Path) -> bool:
        """Whether a stage was made from just this, and its files are as it wrote them."""
        made = self.stages.get(stage)
        return (
            made is not None
            and made.key == key
            and all(hash_file(root / name) == digest for name, digest in made.files.items())
        )


def hash_file(path: Path) -> str:
    """Give the SHA-256 of a file's bytes; empty when it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError:
        return ""
    return digest.hexdigest()


def hash_bytes(content: bytes) -> str:
    """Give the SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()


def hash_values(*values: Any) -> str:
    """Give one SHA-256 over plain values; the order of keys does not matter.

    Examples
    --------
    >>> hash_values({"a": 1, "b": 2}) == hash_values({"b": 2, "a": 1})
    True
    >>> hash_values("ab", "c") == hash_values("a", "bc")
    False
    """
    # A date is written by its words; a key of any kind by its text.
    text = json.dumps(values, sort_keys=True, default=str)
    return hash_bytes(text.encode())


def relevant(source: Mapping[str, Any], tables: Iterable[str]) -> dict[str, Any]:
    """Give the tables of `study.toml` that a stage depends on.

    Parameters
    ----------
    source
        The parsed text.
    tables
        Names of tables, or of single keys as ``"study.seed"``.
    """
    found: dict[str, Any] = {}
    for name in tables:
        table, _, key = name.partition(".")
        content = source.get(table)
        found[name] = content.get(key) if key and isinstance(content, dict) else content
    return found


def _made(content: Mapping[str, Any]) -> Made:
    return Made(
        str(content["key"]),
        {str(name): str(digest) for name, digest in content["files"].items()},
        tuple(Notice(str(one["code"]), str(one["text"])) for one in content["notices"]),
        bool(content["converged"]),
    )


@cache
def program(parts: tuple[str, ...] = ()) -> str:
    """Give the version of this program: its number, and a hash over its source.

    The hash makes a development version whose code changed another program.

    Parameters
    ----------
    parts
        Packages to look at, such as ``("numerics", "data")``; all by default.
    """
    root = Path(vendepunkt.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        part = path.relative_to(root).parts[0]
        if parts and part not in parts:
            continue
        if path.is_file() and path.suffix != ".pyc" and "__pycache__" not in path.parts:
            digest.update(path.relative_to(root).as_posix().encode() + b"\0")
            digest.update(path.read_bytes())
    return f"{vendepunkt.__version__}+{digest.hexdigest()[:12]}"
