"""Running a study: what is made, what is left alone, what an interruption leaves."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vendepunkt.pipeline import plan, run_study, study_status
from vendepunkt.study import Folder, RefStore
from vendepunkt.terms import ProblemsError, UsageError

#: The stages of a study in which nobody is followed.
STAGES = ("data", "measure", "report")


def files(folder: Path) -> dict[str, bytes]:
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert not any(name.rpartition("/")[2].startswith(".") for name in found)
    return found


def change(folder: Path, old: str, new: str, file: str = "study.toml") -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_run_makes_the_report_and_says_where_it_came_from(study: Path) -> None:
    done = run_study(study)
    assert done.made == STAGES
    assert "out/report.html" in done.files
    assert {notice.code for notice in done.notices} >= {"unweighted"}
    content = json.loads((study / "out" / "provenance.json").read_text(encoding="utf-8"))
    assert content["data"][0]["file"] == "data/small.csv"
    assert content["stages"]["measure"]["call"]["classifier"] == "sum_score"
    assert str(study) not in json.dumps(content)
    refs = RefStore.read(Folder(study).refs)
    adults = sum(
        int(line.split(",")[1]) >= 18
        for line in (study / "data" / "small.csv").read_text().splitlines()[1:]
    )
    assert refs["measure/summary/n"].value == adults
    page = (study / "out" / "report.html").read_text(encoding="utf-8")
    assert "There is no weight" in page
    assert "People in private households" in page


def test_nothing_is_done_when_nothing_has_changed(study: Path) -> None:
    run_study(study)
    before = files(study)
    stamps = {path: path.stat().st_mtime_ns for path in study.rglob("*") if path.is_file()}
    again = run_study(study)
    assert (again.made, again.fresh) == ((), STAGES)
    assert {notice.code for notice in again.notices} >= {"unweighted"}
    assert files(study) == before
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps


def test_nothing_heavy_is_imported_when_nothing_has_changed(study: Path) -> None:
    import subprocess
    import sys

    run_study(study)
    script = (
        "import sys; from vendepunkt.pipeline import run_study;"
        f"done = run_study({str(study)!r});"
        "print(done.made, [m for m in ('numpy','pandas','numba','matplotlib') if m in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    assert said.strip() == "() []"


@pytest.mark.parametrize(
    ("old", "new", "made"),
    [
        ("# a comment", "# another", ()),
        ("threshold = 5", "threshold = 6", ("report",)),
        ('en = "Three questions"', 'en = "3 questions"', ("report",)),
        # The data are read again for it: reading is quicker than keeping them.
        ("seed = 7", "seed = 8", ("data", "measure", "report")),
        ('where = "age >= 18"', 'where = "age >= 20"', ("data", "measure", "report")),
    ],
)
def test_only_what_a_change_reaches_is_made_again(
    study: Path, old: str, new: str, made: tuple[str, ...]
) -> None:
    with (study / "study.toml").open("a", encoding="utf-8") as file:
        file.write("threshold = 5\n# a comment\n")
    run_study(study)
    change(study, old, new)
    assert run_study(study).made == made
    assert {one.state for one in study_status(study)} == {"fresh"}


def test_other_data_make_everything_again(study: Path) -> None:
    run_study(study)
    change(study, "p0,", "p0x,", "data/small.csv")
    assert [one.state for one in study_status(study)] == ["stale"] * 3
    assert run_study(study).made == STAGES


def test_a_published_file_that_was_touched_is_made_again(study: Path) -> None:
    run_study(study)
    before = files(study)
    (study / "out" / "report.html").write_text("mine now", encoding="utf-8")
    assert set(run_study(study).made) >= {"report"}
    assert files(study)["out/report.html"] == before["out/report.html"]


@pytest.mark.parametrize("name", ["state.json", "refs.json", "measure.zip"])
@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"schema": "state/1", "stages": 3}', b"PK\x03\x04"]
)
def test_damaged_working_files_are_made_again(study: Path, name: str, content: bytes) -> None:
    run_study(study)
    (study / "work" / name).write_bytes(content)
    change(study, "formats", "threshold = 4\nformats")
    run_study(study)
    assert {one.state for one in study_status(study)} == {"fresh"}
    assert len(RefStore.read(Folder(study).refs)) > 0 or name == "refs.json"


def test_force_makes_it_again_and_gives_the_same(study: Path) -> None:
    run_study(study)
    before = files(study)
    assert run_study(study, force=True).made == STAGES
    assert files(study)["out/report.html"] == before["out/report.html"]
    assert files(study)["work/refs.json"] == before["work/refs.json"]
    assert "work/measure.zip" in files(study)


def test_only_runs_the_stages_named_and_what_they_need(study: Path) -> None:
    assert run_study(study, only=["measure"]).made == ("data", "measure")
    assert not (study / "out").exists()
    assert run_study(study, only=["report"]).made == ("report",)
    assert (study / "out" / "report.html").exists()


def test_an_unknown_stage_is_named_with_those_there_are(study: Path) -> None:
    with pytest.raises(UsageError, match=r"no stage.*data, measure, move, convene, report"):
        run_study(study, only=["mesure"])


def test_formats_can_be_asked_for(study: Path) -> None:
    with pytest.raises(UsageError, match="docx"):
        run_study(study, formats=["docx"])
    assert not (study / "out").exists()


def test_what_is_no_longer_made_goes_away_and_what_is_yours_stays(study: Path) -> None:
    run_study(study)
    (study / "out" / "notes.txt").write_text("mine", encoding="utf-8")
    change(study, 'sections = ["front", "method"]', 'sections = ["groups"]')
    run_study(study)
    tables = {name for name in files(study) if name.startswith("out/tables/")}
    assert tables
    change(study, 'sections = ["groups"]', 'sections = ["method"]')
    run_study(study)
    left = files(study)
    assert left["out/notes.txt"] == b"mine"
    assert not tables & set(left)


def test_a_problem_leaves_everything_as_it_was(study: Path) -> None:
    run_study(study)
    change(study, '"bad"', '"worse"')
    before = files(study)
    with pytest.raises(ProblemsError, match="worse"):
        run_study(study)
    assert files(study) == before


@pytest.mark.parametrize("stage", ["data", "measure", "report"])
def test_an_interruption_leaves_the_last_complete_result(
    study: Path, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_study(study)
    change(study, "seed = 7", "seed = 9")
    change(study, 'where = "age >= 18"', 'where = "age >= 30"')
    before = files(study)

    def stop(name: str, what: str, done: float) -> None:
        if name == stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_study(study, progress=stop)
    after = files(study)
    assert {n: c for n, c in after.items() if n.startswith("out/")} == {
        n: c for n, c in before.items() if n.startswith("out/")
    }
    assert "report" in run_study(study).made


def test_the_report_is_made_from_the_kept_measurement(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_study(study)
    first = files(study)["out/report.html"]

    def never(*_: Any) -> Any:
        raise AssertionError("the measurement was made again")

    stages = dict(plan.STAGES)
    for name in ("data", "measure"):
        stages[name] = replace(stages[name], step=never)
    monkeypatch.setattr(plan, "STAGES", stages)
    (study / "out" / "report.html").unlink()
    assert run_study(study).made == ("report",)
    assert files(study)["out/report.html"] == first


def test_the_report_speaks_the_language_of_the_study(study: Path) -> None:
    change(study, 'language = "en"', 'language = "da"')
    change(study, 'sections = ["front", "method"]', "")
    run_study(study)
    page = (study / "out" / "report.html").read_text(encoding="utf-8")
    assert "Ingen vægt" in page
    assert "Høj" in page
    assert "High trust" not in page
    assert "private husstande" in page
