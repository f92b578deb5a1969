"""``vendepunkt convene import|export`` as people and programs call them."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from vendepunkt.cli import failure
from vendepunkt.cli.convene_files import export, import_
from vendepunkt.convene import thaw

LONDON = Path(__file__).parents[1] / "reference" / "polis-london"


def _run(command: click.Command, *words: object, code: int = 0) -> str:
    """Run a command with the exit codes and errors of the whole program."""

    @click.command("convene", context_settings={"ignore_unknown_options": True})
    @click.argument("rest", nargs=-1, type=click.UNPROCESSED)
    def program(rest: tuple[str, ...]) -> None:
        wanted = failure.Wanted(json="--json" in rest, debug=False)
        try:
            status = command.main(list(rest), standalone_mode=False)
        except Exception as error:  # noqa: BLE001  # as the whole program does
            status = failure.report(error, wanted)
        raise SystemExit(status or 0)

    result = CliRunner().invoke(program, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result.stdout


def test_a_conversation_is_frozen_and_its_quirks_are_said(tmp_path: Path) -> None:
    said = json.loads(_run(import_, LONDON, "--to", tmp_path, "--json"))
    assert said["schema"] == "convene-import/1"
    assert said["counts"]["ballots"] == 26
    assert said["counts"]["ideas"] == 39
    assert "CC BY 4.0" in said["attribution"]
    assert "statement 25" in said["warnings"][0]["text"]
    assert len(thaw(Path(said["frozen"])).ballots) == 26


def test_a_study_keeps_meetings_in_panels(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text("[study]\n")
    said = json.loads(_run(import_, LONDON, "--to", tmp_path, "--json"))
    assert Path(said["frozen"]) == tmp_path / "panels" / "polis-london" / "v1"


def test_looking_writes_nothing(tmp_path: Path) -> None:
    said = _run(import_, LONDON)
    assert "26  ballots" in said
    assert "Nothing was written" in said


def test_columns_can_be_named_in_the_call(tmp_path: Path) -> None:
    file = tmp_path / "svar.csv"
    file.write_text("Hvad skubber ud?\nAt være alene\nIngen penge\n", encoding="utf-8")
    said = json.loads(
        _run(import_, file, "--holds", "ideas", "--columns", "text=A", "--panel", "Land", "--json")
    )
    assert said["counts"]["ideas"] == 2
    assert said["counts"]["panels"] == 1


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("nowhere.csv",), 3, "no_such_file"),
        ((LONDON, "--format", "excel"), 2, "not_allowed"),
        ((LONDON / "README.md",), 3, "unknown_format"),
        ((LONDON / "summary.csv",), 2, "which_columns"),
        ((LONDON / "summary.csv", "--columns", "text=A"), 2, "which_columns"),
        ((LONDON / "summary.csv", "--holds", "ideas", "--columns", "text"), 2, "usage"),
        ((LONDON / "summary.csv", "--holds", "poems"), 2, "not_allowed"),
        (
            (LONDON / "summary.csv", "--holds", "ideas", "--columns", "text=Q"),
            3,
            "column_not_found",
        ),
    ],
)
def test_mistakes_end_with_their_code(words: tuple, code: int, error: str) -> None:
    said = json.loads(_run(import_, *words, "--json", code=code))
    assert said["error"]["code"] == error
    assert set(said["error"]) == {"code", "text", "allowed", "try"}


def test_a_meeting_is_exported_and_losses_are_said(tmp_path: Path) -> None:
    said = json.loads(_run(export, LONDON, "--to", tmp_path / "out.xlsx", "--json"))
    assert Path(said["files"][0]).stat().st_size > 1000
    assert "Single ballots are left out: only counts are given." in said["losses"]
    lines = _run(export, LONDON, "--to", tmp_path / "votes.csv")
    assert "Not in it:" in lines
    assert (tmp_path / "votes.csv").read_text().startswith("ballot,theme,value\n")


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("--to", "x.doc"), 2, "which_format"),
        (("--to", "nowhere/x.csv"), 3, "no_such_folder"),
        (("--to", "x.csv", "--panel", "none"), 2, "which_vote"),
        ((), 2, "usage"),
    ],
)
def test_mistakes_of_an_export(
    words: tuple, code: int, error: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = json.loads(_run(export, LONDON, *words, "--json", code=code))
    assert said["error"]["code"] == error
    assert list(tmp_path.iterdir()) == []
