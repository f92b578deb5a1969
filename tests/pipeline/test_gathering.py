"""Which meetings a study reads, and everything about them that does not fit, with its line."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from tests.pipeline.meetings import STUDY, apart, make_study, meeting

from vendepunkt.convene import Ballot, Vote, freeze
from vendepunkt.pipeline import check_study
from vendepunkt.pipeline.gathering import gather, meeting_folders, panel_files
from vendepunkt.pipeline.prepare import Findings
from vendepunkt.study import load_study


def with_keys(text: str) -> str:
    return STUDY.replace("[convene]\n", f"[convene]\n{text}")


def problems(folder: Path) -> list[tuple[str, int]]:
    return [(problem.code, problem.line) for problem in check_study(folder)]


def test_every_meeting_in_panels_is_read_unless_some_are_named(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "study", meeting(), apart())
    (folder / "panels" / "photos").mkdir()
    assert meeting_folders(load_study(folder)) == ("panels/apart", "panels/spring")
    named = with_keys('meetings = ["panels/spring"]\n')
    (folder / "study.toml").write_text(named, encoding="utf-8")
    study = load_study(folder)
    (found,) = gather(study, Findings(study))
    assert found.meeting.id == "spring"
    assert problems(folder) == []


def test_the_latest_version_counts_and_its_files_are_what_the_stage_is_made_from(
    tmp_path: Path,
) -> None:
    folder = make_study(tmp_path / "study")
    study = load_study(folder)
    before = panel_files(study)
    assert "panels/spring/v1/ballots.jsonl" in before
    freeze(meeting(help_taken=6), folder / "panels")
    after = panel_files(study)
    assert all(name.startswith("panels/spring/v2/") for name in after)
    assert before != after
    (found,) = gather(study, Findings(study))
    assert found.meeting.help_taken == 6


def test_a_study_without_meetings_says_where_they_are_looked_for(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    assert problems(folder) == [("no_meeting", 6)]
    (folder / "study.toml").write_text(with_keys('meetings = ["panels/x"]\n'), encoding="utf-8")
    assert problems(folder) == [("no_meeting", 7)]


def test_a_damaged_meeting_is_named_by_its_folder_and_file(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "study", meeting(), apart())
    ballots = folder / "panels" / "apart" / "v1" / "ballots.jsonl"
    ballots.write_bytes(ballots.read_bytes()[:-40])
    (problem,) = check_study(folder)
    assert problem.code == "changed_meeting"
    assert "panels/apart: ballots.jsonl" in problem.text
    assert "lonely" not in str(problem)
    (folder / "panels" / "spring" / "v1" / "themes.jsonl").unlink()
    assert {problem.code for problem in check_study(folder)} == {
        "changed_meeting",
        "damaged_meeting",
    }


def test_the_same_meeting_twice_is_refused(tmp_path: Path) -> None:
    text = with_keys('meetings = ["panels/spring", "panels/spring/v1"]\n')
    folder = make_study(tmp_path / "study", text=text)
    assert problems(folder) == [("meeting_twice", 7)]


def test_another_rule_and_places_are_put_in_and_the_meetings_own_are_kept(tmp_path: Path) -> None:
    text = with_keys('rule = "approval"\nplaces = 2\n')
    study = load_study(make_study(tmp_path / "study", text=text))
    (found,) = gather(study, Findings(study))
    (vote,) = found.meeting.votes
    assert (vote.rule, vote.places) == ("approval", 2)
    assert (found.own["adults"].rule, found.own["adults"].places) == ("choose-k", 3)


def test_ballots_that_a_rule_cannot_read_are_said_at_the_rule(tmp_path: Path) -> None:
    scored = meeting(
        votes=(Vote("adults", "adult", rule="score", choices=5),),
        ballots=(Ballot("adults", "users", {"home": Fraction(4)}),),
    )
    folder = make_study(tmp_path / "study", scored)
    assert problems(folder) == []
    (folder / "study.toml").write_text(with_keys('rule = "approval"\n'), encoding="utf-8")
    (problem,) = check_study(folder)
    assert problem.line == 7
    assert problem.text.startswith("panels/spring: ")


def test_a_mapping_file_stands_in_place_of_the_meetings_own(tmp_path: Path) -> None:
    folder = make_study(
        tmp_path / "study", apart(), text=with_keys('mapping = "panels/common.csv"\n')
    )
    assert problems(folder) == [("no_mapping", 7)]
    common = folder / "panels" / "common.csv"
    common.write_text(
        "theme;common;by;why\nhome-users;Bolig;A. Forsker;samme ord\n"
        "home-councils;Bolig;A. Forsker;samme ord\n",
        encoding="utf-8-sig",
    )
    study = load_study(folder)
    assert problems(folder) == []
    (found,) = gather(study, Findings(study))
    assert [(same.theme, same.common) for same in found.meeting.mapping] == [
        ("home-users", "Bolig"),
        ("home-councils", "Bolig"),
    ]
    assert "panels/common.csv" in panel_files(study)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("theme,common,by\nhome-users,Bolig,A\n", "bad_mapping"),
        ("theme,common,by,why\nhouse,Bolig,A,\n", "bad_mapping"),
        ("theme,common,by,why\nhome-users,,A,\n", "bad_mapping"),
        ("theme,common,by,why\nhome-users,Bolig,A,\nhome-users,Hus,A,\n", "bad_mapping"),
        ("theme,common,by,why,meeting\nhome-users,Bolig,A,,autumn\n", "unknown_meeting"),
        (b"\xff\xfe\x00", "no_mapping"),
    ],
)
def test_a_mapping_that_does_not_fit_is_said(
    tmp_path: Path, content: str | bytes, code: str
) -> None:
    folder = make_study(
        tmp_path / "study", apart(), text=with_keys('mapping = "panels/common.csv"\n')
    )
    written = content if isinstance(content, bytes) else content.encode()
    (folder / "panels" / "common.csv").write_bytes(written)
    assert problems(folder) == [(code, 7)]


def test_with_several_meetings_a_mapping_says_which(tmp_path: Path) -> None:
    folder = make_study(
        tmp_path / "study", meeting(), apart(), text=with_keys('mapping = "panels/common.csv"\n')
    )
    common = folder / "panels" / "common.csv"
    common.write_text("theme,common,by,why\nhome-users,Bolig,A,\n", encoding="utf-8")
    assert problems(folder) == [("unknown_meeting", 7)]
    common.write_text("meeting,theme,common,by,why\napart,home-users,Bolig,A,\n", encoding="utf-8")
    study = load_study(folder)
    assert problems(folder) == []
    first, second = gather(study, Findings(study))
    assert [same.common for same in first.meeting.mapping] == ["Bolig"]
    assert second.meeting.mapping == ()
