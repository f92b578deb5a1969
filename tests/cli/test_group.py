"""The command group: help without heavy imports, exit codes, errors as sentences or JSON."""

from __future__ import annotations

import json
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from vendepunkt.cli import cli
from vendepunkt.cli.answer import answer, plain
from vendepunkt.cli.failure import Wanted, report
from vendepunkt.cli.group import COMMANDS, LATER
from vendepunkt.cli.options import Common, common_options
from vendepunkt.terms import DataError, NotConvergedError, Notice, RefusedError, UsageError

HELP = """
import sys
from vendepunkt.cli import cli
cli.main(["--help"], standalone_mode=False)
heavy = {"pandas", "numpy", "numba", "matplotlib", "scipy", "rich", "typst"}
print(sorted(heavy & set(sys.modules)))
"""


def test_help_imports_nothing_heavy() -> None:
    """What makes a program slow to start is what it imports, so that is what is tested."""
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            HELP,
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said.strip().endswith("[]")
    assert all(name in said for name in COMMANDS)
    assert not any(f"  {name} " in said for name in LATER)


@pytest.mark.parametrize("name", LATER)
def test_a_command_of_a_later_version_is_refused_by_name(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "x", "--json"])
    assert result.exit_code == 2
    error = json.loads(result.stdout)["error"]
    assert set(error) == {"code", "text", "allowed", "try"}
    assert f"`vendepunkt {name}` comes with a later version" in error["text"]


def test_an_unknown_command_names_the_nearest() -> None:
    result = CliRunner().invoke(cli, ["chekc"])
    assert result.exit_code == 2
    assert "Did you mean `check`?" in result.stderr
    assert result.stdout == ""


def test_an_unknown_option_is_json_when_json_is_asked_for() -> None:
    result = CliRunner().invoke(cli, ["check", "--jsno", "--json"])
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]["allowed"] == "--json"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("a", "A."), 2),
        (DataError("a", "A."), 3),
        (NotConvergedError("a", "A."), 4),
        (RefusedError("a", "A."), 5),
        (FileNotFoundError(2, "No such file", "x"), 3),
        (ValueError("secret answer 17"), 1),
    ],
)
def test_every_kind_of_error_has_its_exit_code(
    error: Exception, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(error, Wanted(json=True, debug=False)) == code
    said = capsys.readouterr()
    assert set(json.loads(said.out)["error"]) == {"code", "text", "allowed", "try"}
    assert "Traceback" not in said.err
    assert "secret" not in said.out


def test_a_failure_of_the_program_shows_its_traceback_only_on_request(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report(ValueError("x"), Wanted(json=False, debug=True))
    assert "this is not your mistake" in capsys.readouterr().err


def test_common_options_arrive_as_one_value() -> None:
    seen: list[Common] = []

    @click.command()
    @common_options
    def command(common: Common) -> None:
        seen.append(common)

    result = CliRunner().invoke(command, ["--cluster", "psu, house", "--weight", "w", "--nest"])
    assert result.exit_code == 0, result.output
    assert seen[0].cluster == ("psu", "house")
    assert seen[0].weight == "w"
    assert seen[0].nest
    assert seen[0].has_design
    assert seen[0].single_psu == "fail"


@pytest.mark.parametrize("names", ["a,,b", "a,a", ""])
def test_bad_lists_of_names_are_usage_errors(names: str) -> None:
    @click.command()
    @common_options
    def command(common: Common) -> None:
        raise AssertionError(common)

    assert CliRunner().invoke(command, ["--cluster", names]).exit_code == 2


def test_the_answer_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    answer({"x": float("inf")}, schema="s/1", notices=[Notice("n", "N.")], as_json=True)
    said = capsys.readouterr()
    assert json.loads(said.out) == {
        "schema": "s/1",
        "x": None,
        "warnings": [{"code": "n", "text": "N."}],
    }
    assert said.err == ""


def test_plain_knows_arrays() -> None:
    import numpy as np

    assert plain({"a": np.array([1.0, np.nan]), "b": np.int64(3), "c": np.float64("nan")}) == {
        "a": [1.0, None],
        "b": 3,
        "c": None,
    }
