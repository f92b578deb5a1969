"""The stage `move` in a run: made, kept, recalled, left alone, and alone without groups."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.pipeline.panels import STUDY, make_panel
from tests.pipeline.test_run import change, files

from vendepunkt.pipeline import plan, run_study, study_status
from vendepunkt.pipeline.moving import Moved
from vendepunkt.pipeline.steps import recall_movement
from vendepunkt.study import Folder, RefStore, load_study
from vendepunkt.terms import UsageError

OBSERVED = (
    STUDY.split("[measure]")[0]
    + """\
[move]
items = ["trust"]
observed = "trust"
by = "certificate"
lot = { da = "et bevis", en = "a certificate" }

[report]
formats = ["html"]
sections = ["front", "method"]
"""
)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study that was run once; tests that change it work on a copy."""
    folder = make_panel(tmp_path_factory.mktemp("ran") / "study")
    assert run_study(folder).made == ("data", "measure", "move", "report")
    return folder


@pytest.fixture
def study(ran: Path, tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(ran, tmp_path / "study"))


def test_a_run_keeps_movement_and_its_citable_values(ran: Path) -> None:
    refs = RefStore.read(Folder(ran).refs)
    assert refs["move/summary/waves"].value == 3
    assert refs["move/summary/n"].value == 150
    assert refs["measure/summary/n"].value == 150
    content = json.loads((ran / "out" / "provenance.json").read_text(encoding="utf-8"))
    assert set(content["stages"]) == {"measure", "move"}
    assert content["stages"]["move"]["call"]["chosen"] == 2
    page = (ran / "out" / "report.html").read_text(encoding="utf-8")
    assert "latent Markov model" in page
    assert "as it was at the end of each step" in page
    assert "March 2017" in page


def test_what_is_recalled_gives_the_same_values_and_holds_no_answers(ran: Path) -> None:
    found = recall_movement(load_study(ran))
    assert isinstance(found, Moved)
    assert found.movement is not None
    refs = RefStore.read(Folder(ran).refs)
    mine = found.movement.refs()
    assert mine
    assert all(refs[name] == value for name, value in mine.items())
    assert found.movement.people()["person"].nunique() == 150
    assert list(found.movement.material.panel.survey.frame.columns) == ["id", "year"]
    (change,) = found.circumstances
    assert change.circumstance.name == "over 40"
    assert "move/circumstances/over 40/difference/gained/all" in refs
    assert {"deceased", "died"} & set(found.movement.material.panel.exit_names)


def test_nothing_is_done_when_nothing_has_changed(study: Path) -> None:
    before = files(study)
    again = run_study(study)
    assert (again.made, again.fresh) == ((), ("data", "measure", "move", "report"))
    assert {notice.code for notice in again.notices} >= {"move_population_weighted"}
    assert files(study) == before


@pytest.mark.parametrize(
    ("old", "new", "made"),
    [
        # Measuring does not depend on how people are followed.
        ("draws = 20", "draws = 30", ("data", "move", "report")),
        ("threshold = 5", "threshold = 6", ("report",)),
    ],
)
def test_only_what_a_change_reaches_is_made_again(
    study: Path, old: str, new: str, made: tuple[str, ...]
) -> None:
    if old.startswith("threshold"):
        change(study, "[report]\n", "[report]\nthreshold = 5\n")
        run_study(study)
    change(study, old, new)
    assert run_study(study).made == made
    assert {one.state for one in study_status(study)} == {"fresh"}


def test_the_report_is_made_from_what_was_kept(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    def never(*_: Any) -> Any:
        raise AssertionError("made again")

    first = files(study)["out/report.html"]
    stages = {
        name: replace(stage, step=never) if name != "report" else stage
        for name, stage in plan.STAGES.items()
    }
    monkeypatch.setattr(plan, "STAGES", stages)
    (study / "out" / "report.html").unlink()
    assert run_study(study).made == ("report",)
    assert files(study)["out/report.html"] == first


def test_damaged_movement_is_made_again_and_kept_again(study: Path) -> None:
    (study / "work" / "move.zip").write_bytes(b"PK\x03\x04")
    assert "move" in run_study(study).made
    assert recall_movement(load_study(study)) is not None
    run_study(study, force=True)
    assert recall_movement(load_study(study)) is not None


def test_only_movement(tmp_path: Path) -> None:
    folder = make_panel(tmp_path / "study")
    assert run_study(folder, only=["move"]).made == ("data", "move")
    assert not (folder / "out").exists()
    assert {one.name: one.state for one in study_status(folder)} == {
        "data": "fresh", "measure": "missing", "move": "fresh", "report": "missing",
    }  # fmt: skip


def test_a_study_in_which_nobody_is_followed_has_no_such_stage(tmp_path: Path) -> None:
    text = STUDY.split("[move]")[0] + '[report]\nformats = ["html"]\n'
    folder = make_panel(tmp_path / "study", text)
    assert [one.name for one in study_status(folder)] == ["data", "measure", "report"]
    with pytest.raises(UsageError) as caught:
        run_study(folder, only=["move"])
    assert caught.value.code == "stage_not_asked_for"


def test_observed_states_need_no_groups_to_be_measured(tmp_path: Path) -> None:
    folder = make_panel(tmp_path / "study", OBSERVED)
    done = run_study(folder)
    assert done.made == ("data", "move", "report")
    assert {notice.code for notice in done.notices} >= {"observed_states", "observed_lot"}
    refs = RefStore.read(Folder(folder).refs)
    assert refs["move/observed_summary/n"].value == 150
    assert "measure/summary/n" not in refs
    found = recall_movement(load_study(folder))
    assert found is not None
    assert found.movement is None
    assert found.observed is not None
    assert found.observed.by is not None
    assert found.observed.by.names == ("without", "with")
    assert found.observed.lot == "a certificate"
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "was counted over" in page


def test_names_for_readers_reach_the_results_of_the_report(tmp_path: Path) -> None:
    from vendepunkt.pipeline.spoken import say_movement, say_observed

    text = OBSERVED.replace('items = ["trust"]\n', "classes = 2\nstarts = 3\ncompare = 2\n")
    study = load_study(make_panel(tmp_path / "study", text))
    assert run_study(study.folder, only=["move"]).made == ("data", "move")
    found = recall_movement(study)
    assert found is not None
    assert found.observed is not None
    assert found.movement is not None
    seen = say_observed(found.observed, found.labels, study)
    assert seen.label == "Trust"
    assert seen.states == ("high", "low trust")
    assert seen.by is not None
    assert (seen.by.label, seen.by.names) == ("Certificate", ("without", "with it"))
    said = say_movement(found.movement, found.labels, study)
    trust = said.material.answers.indicators[0]
    assert (trust.label, trust.categories) == ("Trust", ("high", "low trust"))
    assert said.classification.rows[0] == ("high", "low trust")
    assert said.groups.severity is not None
    assert "Trust in others" in said.groups.severity.dimensions
    # Names change no value, and no ref.
    assert said.refs() == found.movement.refs()


def test_progress_names_the_stage(tmp_path: Path) -> None:
    folder = make_panel(tmp_path / "study")
    heard: list[tuple[str, str, float]] = []
    run_study(folder, only=["move"], progress=lambda *told: heard.append(told))
    mine = [done for stage, what, done in heard if stage == "move" and what]
    assert mine
    assert all(0 <= done <= 1 for done in mine)
