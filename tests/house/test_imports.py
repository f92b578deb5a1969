"""Who may use whom, and what starting the program costs."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import tree

SRC = tree.ROOT / "src" / "vendepunkt"
CONFIG = tomllib.loads((tree.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = sorted(path.parent.name for path in SRC.glob("*/__init__.py"))
HEAVY = {"pandas", "numba", "matplotlib", "typst", "scipy", "pyarrow", "pyreadstat", "formulaic"}
HELP = """
from click.testing import CliRunner
from vendepunkt.cli.group import cli
assert CliRunner().invoke(cli, ["--help"]).exit_code == 0
"""
STAGES = {"data", "measure", "move", "report"}


def test_every_package_is_in_the_layers_contract() -> None:
    contract = CONFIG["tool"]["importlinter"]["contracts"][0]
    assert contract["type"] == "layers"
    assert contract["exhaustive"] is True
    assert sorted(contract["layers"]) == PACKAGES


@pytest.mark.parametrize(
    "program",
    [
        "import vendepunkt",
        "import vendepunkt.cli",
        HELP,
    ],
    ids=["import", "import the commands", "--help"],
)
def test_starting_loads_nothing_heavy(program: str) -> None:
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{program}\nimport sys, json; print(json.dumps(list(sys.modules)))",
        ],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert not HEAVY & set(json.loads(loaded.splitlines()[-1]))


def _imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
        elif isinstance(node, ast.Import):
            found += [name.name for name in node.names]
    return found


@pytest.mark.parametrize("stage", sorted(STAGES & set(PACKAGES)))
def test_a_stage_is_entered_by_its_front_door(stage: str) -> None:
    inside = f"vendepunkt.{stage}."
    around = [
        f"{path.relative_to(SRC)}: {name}"
        for path in SRC.rglob("*.py")
        if path.relative_to(SRC).parts[0] != stage
        for name in _imports(path)
        if name.startswith(inside)
    ]
    assert around == []
