"""What must hold for every file of the repository: sizes, hosts, paths, locks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import tree

FILES = tree.files()
SOURCES = [
    path
    for path in FILES
    # Migrations are written by Django, which knows no limit of ours.
    if path.suffix == ".py" and tree.ROOT / "src" in path.parents and "migrations" not in path.parts
]
MAX_FILE = 600
MAX_FUNCTION = 60
# In pieces, so that this file itself names no host and no path.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("python" + "hosted", "org"),
        ("npm" + "js", "org"),
        ("npm" + "js", "com"),
        ("debian", "org"),
        ("conda", "anaconda"),
        ("cran", "r-project"),
        ("ghcr", "io"),
    )
]
PATHS = [
    "/".join(("", *parts, ""))
    for parts in (
        ("work", "main"),
        ("work", "shared"),
        ("work", "notes"),
        ("root",),
        ("farm",),
        ("opt", "py" + "pi"),
    )
]


def _texts() -> Iterator[tuple[Path, str]]:
    for path in FILES:
        try:
            yield path.relative_to(tree.ROOT), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_there_are_files() -> None:
    assert SOURCES
    assert tree.ROOT / "pyproject.toml" in FILES


@pytest.mark.parametrize("host", HOSTS)
def test_no_file_names_a_registry(host: str) -> None:
    pattern = re.compile(re.escape(host), re.IGNORECASE)
    assert [str(path) for path, text in _texts() if pattern.search(text)] == []


@pytest.mark.parametrize("place", PATHS)
def test_no_file_names_a_path_of_one_machine(place: str) -> None:
    assert [str(path) for path, text in _texts() if place in text] == []


def test_no_lock_that_names_hosts() -> None:
    names = {path.name for path in FILES}
    assert not names & {"uv.lock", "pylock.toml", "poetry.lock", "package-lock.json"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(tree.ROOT)))
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_FILE, "too many lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not _single_loop(node):
            lines = (node.end_lineno or 0) - node.lineno + 1 - _docstring_lines(node)
            assert lines <= MAX_FUNCTION, f"{node.name} has {lines} lines"


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return (first.end_lineno or 0) - first.lineno + 1
    return 0


def _single_loop(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Is the function one loop, whose length is most of it? Kernels are."""
    loops = [one for one in node.body if isinstance(one, ast.For | ast.While)]
    total = (node.end_lineno or 0) - node.lineno
    return any(((one.end_lineno or 0) - one.lineno) * 2 > total for one in loops)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(tree.ROOT)))
def test_everything_public_says_what_it_is_for(path: Path) -> None:
    module = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(module), "the module has no docstring"
    assert list(_undocumented(module.body, "")) == []


def _undocumented(body: list[ast.stmt], inside: str) -> Iterator[str]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    for node in body:
        if not isinstance(node, kinds) or node.name.startswith("_") or _overload(node):
            continue
        name = f"{inside}{node.name}"
        if not ast.get_docstring(node):
            yield name
        if isinstance(node, ast.ClassDef):
            yield from _undocumented(node.body, f"{name}.")


def _overload(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    return any("overload" in ast.unparse(one) for one in node.decorator_list)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(tree.ROOT)))
def test_no_note_to_self(path: Path) -> None:
    marks = "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"))
    assert not re.search(rf"\b({marks})\b", path.read_text(encoding="utf-8"))
