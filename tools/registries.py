"""What the code offers, read from the code: families, errors, commands, packages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SRC = Path(__file__).resolve().parent.parent / "src" / "vendepunkt"
#: Classes whose first argument is a code, and the exit code they end a command with.
CLASSES = {
    "UsageError": "2",
    "DataError": "3",
    "Problem": "3",
    "NotConvergedError": "4",
    "RefusedError": "5",
    "Notice": "",
}
#: Codes that the command line gives to what is no error of ours.
COMMAND_LINE = {"usage": "2", "file_access": "3", "interrupted": "130", "program": "1"}


@dataclass(frozen=True)
class Said:
    """A code that the program may say, with its sentence and where it is said."""

    code: str
    exit_code: str
    text: str
    where: str


def packages() -> list[str]:
    """Name the packages of the first level."""
    return sorted(path.parent.name for path in SRC.glob("*/__init__.py"))


@dataclass(frozen=True)
class Family:
    """A folder of like things, the dictionary that lists them, and what the folder is for."""

    module: str
    name: str
    summary: str
    members: tuple[str, ...]


def families() -> list[Family]:
    """Find the families: a package's package whose ``__init__`` holds a literal dictionary."""
    found = []
    for path in sorted(SRC.glob("*/*/__init__.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        summary = (ast.get_docstring(tree) or "").partition("\n")[0]
        for node in tree.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            target = node.target if isinstance(node, ast.AnnAssign) else target
            if not (isinstance(target, ast.Name) and target.id.isupper()):
                continue
            if isinstance(value := node.value, ast.Dict):  # type: ignore[attr-defined]
                module = ".".join(("vendepunkt", *path.parent.relative_to(SRC).parts))
                members = [str(k.value) for k in value.keys if isinstance(k, ast.Constant)]
                found.append(Family(module, target.id, summary, tuple(members)))
    return found


def said() -> list[Said]:
    """Find every error and every notice, by its code."""
    trees = {
        path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SRC.rglob("*.py"))
    }
    helpers = {name for tree in trees.values() for name in _helpers(tree)}
    found = [
        one
        for path, tree in trees.items()
        for one in _calls(tree, helpers, path.relative_to(SRC).as_posix())
    ]
    return sorted(set(found), key=lambda one: (one.code, one.where, one.text))


def _helpers(tree: ast.Module) -> Iterator[str]:
    """Name the functions that take a code first and a text second, and pass them on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [arg.arg for arg in node.args.args if arg.arg not in {"self", "cls"}]
            if names[:2] == ["code", "text"] and node.name != "__init__":
                yield node.name


def _calls(tree: ast.Module, helpers: set[str], where: str) -> Iterator[Said]:
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        named = {
            ast.unparse(node.targets[0]): node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
        }
        for node in ast.walk(function):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            name = ast.unparse(node.func).rpartition(".")[2]
            code = node.args[0]
            known = name in CLASSES or name in helpers
            if known and isinstance(code, ast.Constant) and isinstance(code.value, str):
                text = node.args[1] if len(node.args) > 1 else code
                sentence = _sentence(named.get(ast.unparse(text), text))
                exit_code = COMMAND_LINE.get(code.value, CLASSES.get(name, "3"))
                yield Said(code.value, exit_code, sentence, where)


def _sentence(node: ast.expr) -> str:
    """Give the sentence as it is written, with a brace where a value stands."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = [
            str(part.value) if isinstance(part, ast.Constant) else "‹…›" for part in node.values
        ]
        return "".join(parts)
    if isinstance(node, ast.BinOp):
        return _sentence(node.left) + _sentence(node.right)
    return ""
