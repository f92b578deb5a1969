"""The commands about a study, as a person types them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.pipeline.conftest import DATA, STUDY, make_study

from vendepunkt.cli import cli


def typed(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return make_study(tmp_path / "study")


def test_run_prints_where_the_report_is(study: Path) -> None:
    result = typed("run", study)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [(study / "out" / "report.html").as_posix()]
    assert "measure …" in result.stderr
    again = typed("run", study)
    assert "nothing was done" in again.stdout


def test_run_answers_with_one_json_object(study: Path) -> None:
    result = typed("run", study, "--json")
    said = json.loads(result.stdout)
    assert said["schema"] == "run/1"
    assert said["made"] == ["data", "measure", "report"]
    assert {warning["code"] for warning in said["warnings"]} >= {"unweighted"}
    fresh = json.loads(typed("run", study, "--json").stdout)
    assert (fresh["made"], fresh["warnings"]) == ([], said["warnings"])


def test_check_says_everything_at_once_with_lines(study: Path) -> None:
    text = (
        STUDY.replace('"bad"', '"worse"')
        .replace("money_1", "mony_1")
        .replace("seed = 7", "seed = -7")
    )
    (study / "study.toml").write_text(text, encoding="utf-8")
    result = typed("check", study, "--json")
    assert result.exit_code == 3
    problems = json.loads(result.stdout)["error"]["problems"]
    lines = text.splitlines()
    assert [(p["code"], lines[p["line"] - 1]) for p in problems] == [
        ("bad_value", "seed = -7"),
        ("unknown_category", 'order = ["good", "worse"]'),
        ("unknown_column", 'column = "mony_1"'),
    ]
    assert problems[2]["try"] == "money_1"
    plain = typed("check", study)
    assert plain.exit_code == 3
    assert plain.stdout == ""
    assert plain.stderr.count("study.toml:") == 3


def test_check_of_a_good_study_says_so_and_writes_nothing(study: Path) -> None:
    before = sorted(study.rglob("*"))
    result = typed("check", study)
    assert (result.exit_code, result.stdout) == (0, "Nothing is wrong with study.\n")
    assert sorted(study.rglob("*")) == before


@pytest.mark.parametrize("words", [["run"], ["check"], ["status"]])
def test_a_folder_that_is_no_study_is_told(tmp_path: Path, words: list[str]) -> None:
    result = typed(*words, tmp_path, "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["error"]["code"] == "no_study"


def test_status_says_how_the_stages_stand(study: Path) -> None:
    assert json.loads(typed("status", study, "--json").stdout)["stages"] == {
        "data": "missing",
        "measure": "missing",
        "report": "missing",
    }
    typed("run", study, "--only", "measure")
    assert json.loads(typed("status", study, "--json").stdout)["stages"]["measure"] == "fresh"
    assert "report   missing" in typed("status", study).stdout


@pytest.mark.parametrize("language", ["da", "en"])
def test_a_new_study_passes_check_once_it_has_data(tmp_path: Path, language: str) -> None:
    data = tmp_path / "small.csv"
    data.write_text(DATA, encoding="utf-8")
    folder = tmp_path / "mine"
    made = typed("new", folder, "--data", data, "--language", language, "--json")
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["items"] == ["area", "trust", "health", "money_1"]
    result = typed("check", folder)
    assert result.exit_code == 0, result.stderr
    assert (folder / "data" / "small.csv").read_bytes() == data.read_bytes()


def test_a_new_study_without_data_says_what_to_do(tmp_path: Path) -> None:
    result = typed("new", tmp_path / "mine")
    assert result.exit_code == 0
    assert "Put your data file into" in result.stdout
    check = typed("check", tmp_path / "mine", "--json")
    problems = json.loads(check.stdout)["error"]["problems"]
    assert [problem["code"] for problem in problems] == ["no_file"]


def test_new_never_writes_over_anything(study: Path) -> None:
    before = (study / "study.toml").read_bytes()
    result = typed("new", study)
    assert result.exit_code == 2
    assert (study / "study.toml").read_bytes() == before


def test_later_options_and_formats_are_refused_by_name(study: Path) -> None:
    assert typed("run", study, "--draft").exit_code == 2
    result = typed("run", study, "--to", "docx", "--json")
    assert result.exit_code == 2
    assert "later version" in json.loads(result.stdout)["error"]["text"]
    assert not (study / "out").exists()


@pytest.mark.usefixtures("interrupts_are_heard")
def test_ctrl_c_ends_with_130_and_a_sentence(study: Path) -> None:
    """A signal to a real process, sent when its own progress says that it is at work."""
    program = [sys.executable, "-c", "from vendepunkt.cli import main; main()", "run", str(study)]
    with subprocess.Popen(
        program, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ.copy()
    ) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
        code = process.wait()
    assert said == "data …\n"
    assert code == 130, rest
    assert "Stopped." in rest
    assert "Traceback" not in rest
    assert not (study / "out").exists()
