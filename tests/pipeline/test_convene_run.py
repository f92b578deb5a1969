"""The stage `convene` in a run: alone and beside a survey; kept, recalled, left alone, outdated."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.pipeline.conftest import STUDY as SURVEY
from tests.pipeline.conftest import rows
from tests.pipeline.meetings import STUDY, apart, drawn_at_once, make_study, meeting
from tests.pipeline.test_run import files

from vendepunkt.convene import freeze, tally_meeting
from vendepunkt.pipeline import plan, run_study, study_status
from vendepunkt.pipeline.convening import Convened
from vendepunkt.pipeline.steps import recall_panels
from vendepunkt.study import Folder, RefStore, load_study
from vendepunkt.terms import ProblemsError, UsageError


@pytest.fixture(scope="module", autouse=True)
def _quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        drawn_at_once(patch)
        yield


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study that was run once; tests that change it work on a copy."""
    folder = make_study(tmp_path_factory.mktemp("ran") / "study")
    assert run_study(folder).made == ("convene", "report")
    return folder


@pytest.fixture
def study(ran: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ran, tmp_path / "study"))


def states(folder: Path) -> dict[str, str]:
    return {stage.name: stage.state for stage in study_status(folder)}


def test_a_study_of_panels_alone_runs_to_its_report(ran: Path) -> None:
    page = (ran / "out" / "report.html").read_text(encoding="utf-8")
    assert "What the panels said and chose" in page
    assert "The panel is not a sample" in page
    assert "The meeting is invented" in page
    assert "GRoLTS" not in page
    assert "sampling error" not in page


def test_every_value_has_a_ref_and_the_report_prints_it(ran: Path) -> None:
    refs = RefStore.read(Folder(ran).refs)
    counted = tally_meeting(meeting(), seed=7, draws=400).refs()
    assert counted
    assert all(refs[name].value == value.value for name, value in counted.items())
    assert refs["convene/adults/users/lonely/people"].value == 17
    assert refs["convene/adults/users+councils/summary/shared"].value == 2
    assert refs["convene/ideas/spring/i3"].value == "Idea number d"


def test_where_it_came_from_is_said(ran: Path) -> None:
    content = json.loads((ran / "out" / "provenance.json").read_text(encoding="utf-8"))
    assert set(content["stages"]) == {"convene"}
    assert content["stages"]["convene"]["seed"] == 7
    assert "panels/spring/v1/ballots.jsonl" in {row["file"] for row in content["panels"]}
    assert content["data"] == []


def test_what_is_recalled_is_what_was_kept(ran: Path) -> None:
    found = recall_panels(load_study(ran))
    assert isinstance(found, Convened)
    refs = RefStore.read(Folder(ran).refs)
    assert {str(value.ref): value for value in found.refs()} == dict(refs.values)
    assert found.meetings[0].meeting.ideas == meeting().ideas


def test_the_report_is_made_from_what_was_kept(study: Path, monkeypatch: Any) -> None:
    from dataclasses import replace

    first = files(study)["out/report.html"]

    def never(*_: Any) -> Any:
        raise AssertionError("the votes were counted again")

    stages = dict(plan.STAGES)
    stages["convene"] = replace(stages["convene"], step=never)
    monkeypatch.setattr(plan, "STAGES", stages)
    (study / "out" / "report.html").unlink()
    assert run_study(study).made == ("report",)
    assert files(study)["out/report.html"] == first


def test_a_changed_meeting_makes_it_outdated_and_nothing_else_does(study: Path) -> None:
    assert states(study) == {"convene": "fresh", "report": "fresh"}
    assert run_study(study).made == ()
    freeze(meeting(help_taken=1), study / "panels")
    assert states(study) == {"convene": "stale", "report": "stale"}
    assert run_study(study).made == ("convene", "report")
    assert RefStore.read(Folder(study).refs)["convene/meeting/spring/help_taken"].value == 1


def test_only_the_stage_can_be_asked_for(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "study")
    assert run_study(folder, only=["convene"]).made == ("convene",)
    assert not (folder / "out" / "report.html").exists()
    with pytest.raises(UsageError, match="convene"):
        run_study(folder, only=["measure"])


def test_a_damaged_meeting_stops_the_run_before_anything_is_written(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "study")
    (folder / "panels" / "spring" / "v1" / "votes.jsonl").write_text("{}", encoding="utf-8")
    with pytest.raises(ProblemsError, match=r"votes\.jsonl"):
        run_study(folder)
    assert not (folder / "work").exists()
    assert not (folder / "out").exists()


def test_panels_stand_beside_a_survey(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "small.csv").write_text(rows(), encoding="utf-8")
    text = SURVEY.replace("[report]\n", "[convene]\ndraws = 400\n\n[report]\n")
    text = text.replace('["front", "method"]', '["front", "panels", "method"]')
    (folder / "study.toml").write_text(text, encoding="utf-8")
    freeze(meeting(), folder / "panels")
    assert run_study(folder).made == ("data", "measure", "convene", "report")
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "What the panels said and chose" in page
    assert "The panel is not a sample" in page
    refs = RefStore.read(Folder(folder).refs)
    assert {name.split("/")[0] for name in refs.values} == {"measure", "convene"}
    (folder / "panels" / "spring" / "v1" / "votes.jsonl").unlink()
    with pytest.raises(ProblemsError):
        run_study(folder, force=True)


def test_votes_of_one_name_in_two_meetings_stay_apart(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "study", meeting(), apart())
    run_study(folder)
    refs = RefStore.read(Folder(folder).refs)
    assert refs["convene/spring:adults/users/lonely/people"].value == 17
    assert refs["convene/apart:adults/users/lonely-users/people"].value == 17
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "Panel meeting: Mini-conference" in page
    assert "Themes that were said to be the same" in page


def test_another_rule_is_said_beside_the_meetings_own(tmp_path: Path) -> None:
    text = STUDY.replace("draws = 400\n", 'draws = 400\nrule = "approval"\nplaces = 2\n')
    folder = make_study(tmp_path / "study", text=text)
    run_study(folder)
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "At the meeting the votes were counted by most crosses (up to a number)" in page
    assert RefStore.read(Folder(folder).refs)["convene/adults/users/summary/places"].value == 2


def test_how_firmly_places_hold_can_be_left_out(tmp_path: Path) -> None:
    text = STUDY.replace("draws = 400\n", "chance = false\n")
    folder = make_study(tmp_path / "study", text=text)
    run_study(folder)
    assert RefStore.read(Folder(folder).refs)["convene/adults/users/lonely/chance"].value is None
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "of 100" not in page.replace("\N{NO-BREAK SPACE}", " ")


def test_the_threshold_of_the_report_reaches_the_comparison(tmp_path: Path) -> None:
    text = STUDY.replace('formats = ["html"]', 'formats = ["html"]\nthreshold = 25')
    folder = make_study(tmp_path / "study", text=text)
    run_study(folder)
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "So few voted that no numbers are shown" in page
    content = (folder / "out" / "provenance.json").read_text(encoding="utf-8")
    assert "24 people voted" not in content
