"""`vendepunkt convene tally|compare`: the JSON that was promised, tables, exit codes, refusals."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from vendepunkt.cli import cli
from vendepunkt.convene.rules import RULES

ROOT = Path(__file__).parents[2]
MEETING = ROOT / "examples" / "panels" / "panels" / "minikonference"
CAST = [["home", "work"]] * 9 + [["home", "debt"]] * 6 + [["school"]] * 7 + [[]] * 2


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["convene", *words])


def said(*words: str) -> dict:
    found = run(*words, "--json")
    assert found.exit_code == 0, found.output
    answer: dict = json.loads(found.stdout)
    return answer


def refused(code: int, *words: str) -> dict:
    found = run(*words, "--json")
    assert found.exit_code == code, found.output
    error: dict = json.loads(found.stdout)["error"]
    assert set(error) >= {"code", "text", "allowed", "try"}
    return error


def write(path: Path, cast: list[list[str]]) -> str:
    lines = ["ballot,theme"]
    for number, marks in enumerate(cast):
        lines += [f"{number},{theme}" for theme in marks] or [f"{number},"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def ballots(tmp_path: Path) -> str:
    return write(tmp_path / "users.csv", CAST)


def test_the_answer_has_the_fields_that_were_promised(ballots: str) -> None:
    found = said("tally", ballots, "--method", "choose-k", "--places", "2", "--draws", "500")
    assert found["schema"] == "convene-tally/1"
    assert (found["method"], found["places"]) == ("choose-k", 2)
    assert (found["voters"], found["blank"]) == (24, 2)
    assert found["counts"] == {"home": 15, "work": 9, "school": 7, "debt": 6}
    assert found["winners"] == [["home", "work"]]
    assert all(0 <= chance <= 1 for chance in found["chance_in_top"].values())
    assert all(round(20 * c, 9) % 1 == 0 for c in found["chance_in_top"].values())
    assert found["just_under"] == {"school": -2}
    assert found["representative"]["without"] == {"least": 0, "most": 0}
    assert found["without"] == {"least": 7, "most": 7}
    assert {"convene_panel", "convene_chance"} <= {one["code"] for one in found["warnings"]}
    assert found["tallies"][0]["counts"] == found["counts"]


@pytest.mark.parametrize("method", list(RULES))
def test_every_method_counts_a_plain_file(method: str, ballots: str) -> None:
    found = said("tally", ballots, "--method", method, "--places", "2", "--draws", "20")
    assert found["method"] == method
    assert all(len(committee) == 2 for committee in found["winners"])


def test_ties_give_every_committee(tmp_path: Path) -> None:
    path = write(tmp_path / "tied.csv", [["a"], ["b"], ["c"]])
    found = said("tally", path, "--method", "approval", "--places", "2", "--draws", "20")
    assert [tuple(one) for one in found["winners"]] == list(combinations("abc", 2))
    assert found["tied"] == ["a", "b", "c"]


def test_exact_fractions_are_written_as_such(tmp_path: Path) -> None:
    path = tmp_path / "ranks.csv"
    rows = "ballot,theme,value\n1,a,1\n1,b,1\n1,c,3\n2,a,1\n2,b,2\n2,c,3\n"
    path.write_text(rows, encoding="utf-8")
    found = said("tally", str(path), "--method", "borda", "--places", "1", "--draws", "20")
    assert found["counts"] == {"a": "7/2", "b": "5/2", "c": 0}
    assert sum(Fraction(value) for value in found["counts"].values()) == 6


def test_when_all_took_part_there_is_no_chance(ballots: str) -> None:
    found = said("tally", ballots, "--method", "approval", "--all-members")
    assert found["chance_in_top"] is None
    assert found["shares"]["home"]["conf_low"] is None


def test_the_same_seed_gives_the_same(ballots: str) -> None:
    words = ("tally", ballots, "--method", "approval", "--draws", "300", "--seed")
    first, same, other = (said(*words, seed)["bootstrap_in_top"] for seed in ("4", "4", "5"))
    assert first == same != other


def test_a_meeting_is_tallied_vote_by_vote() -> None:
    found = said("tally", str(MEETING), "--draws", "200")
    assert len(found["tallies"]) == 4
    assert "counts" not in found
    one = said("tally", str(MEETING), "--draws", "200", "--vote", found["tallies"][0]["vote"],
               "--panel", found["tallies"][0]["panel"])  # fmt: skip
    assert one["counts"] == found["tallies"][0]["counts"]
    assert sum(one["channels"].values()) == one["voters"]


def test_the_table_for_people_and_notes_apart(ballots: str) -> None:
    found = run("tally", ballots, "--method", "choose-k", "--places", "2", "--present", "25")
    assert found.exit_code == 0
    assert "25 present, 24 voted" in found.stdout
    assert "Just under: school, 2 votes short of the last place" in found.stdout
    assert "Chosen by choose-k: home, work (7 voters have none of theirs)" in found.stdout
    assert "To represent most people: home, school (0 voters have none of theirs)" in found.stdout
    assert "Note: The panel is not a sample" in found.stderr
    assert "Note" not in found.stdout


def test_panels_from_two_files_are_compared(tmp_path: Path, ballots: str) -> None:
    other = write(tmp_path / "councils.csv", [["work", "bus"]] * 8 + [["home"]] * 4)
    found = said("compare", ballots, other, "--places", "2")
    assert found["schema"] == "convene-compare/1"
    pair = found["pairs"][0]
    assert (pair["first"], pair["second"]) == ("users", "councils")
    assert {row["theme"] for row in pair["differences"]} == {"home", "work"}
    home = next(row for row in pair["differences"] if row["theme"] == "home")
    assert home["difference"] == pytest.approx(15 / 24 - 4 / 12)
    assert home["p_value"] is None
    assert [row["theme"] for row in found["unmapped"]] == ["debt", "school", "bus"]
    assert found["consensus"]["vote-phase"]["home"] == str(Fraction(16, 26) * Fraction(5, 14))
    shown = run("compare", ballots, other, "--places", "2")
    assert "Rank-biased overlap" in shown.stdout
    assert "the other way round" in shown.stdout


def test_a_mapping_is_read_and_shown(tmp_path: Path, ballots: str) -> None:
    other = write(tmp_path / "councils.csv", [["jobs"]] * 8 + [["home"]] * 4)
    mapping = tmp_path / "same.csv"
    mapping.write_text(
        "theme,common,by,why\nwork,Work,the council,same ideas\njobs,Work,the council,same\n",
        encoding="utf-8",
    )
    found = said("compare", ballots, other, "--mapping", str(mapping))
    assert {row["theme"] for row in found["pairs"][0]["differences"]} == {"home", "Work"}
    assert [row["by"] for row in found["mapping"]] == ["the council"] * 2
    mapping.write_text("theme,common\nwork,Work\n", encoding="utf-8")
    assert refused(3, "compare", ballots, other, "--mapping", str(mapping))["code"] == "bad_mapping"


def test_a_theme_that_some_of_three_have_is_compared_between_those(tmp_path: Path) -> None:
    one = write(tmp_path / "one.csv", [["a", "b"]] * 6)
    two = write(tmp_path / "two.csv", [["a", "b"]] * 7)
    three = write(tmp_path / "three.csv", [["a", "c"]] * 8)
    pairs = {(p["first"], p["second"]): p for p in said("compare", one, two, three)["pairs"]}
    themes = {who: {row["theme"] for row in p["differences"]} for who, p in pairs.items()}
    assert themes == {("one", "two"): {"a", "b"}, ("one", "three"): {"a"}, ("two", "three"): {"a"}}


def test_random_draws_are_tested(tmp_path: Path, ballots: str) -> None:
    other = write(tmp_path / "councils.csv", [["work"]] * 8 + [["home"]] * 4)
    found = said("compare", ballots, other, "--random-draws")
    assert all(row["p_adjusted"] is not None for row in found["pairs"][0]["differences"])
    assert "p, adjusted" in run("compare", ballots, other, "--random-draws").stdout


def test_a_meeting_of_two_panels_is_compared() -> None:
    found = said("compare", str(MEETING))
    assert len(found["pairs"]) == 2
    assert found["unmapped"] == []


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (2, "not_allowed", ("tally", "BALLOTS", "--method", "plurality")),
        (2, "usage", ("tally", "BALLOTS", "--places", "0")),
        (2, "no_groups", ("tally", "BALLOTS", "--groups")),
        (2, "unknown_vote", ("tally", "BALLOTS", "--vote", "spring")),
        (2, "unknown_panel", ("tally", "BALLOTS", "--panel", "us")),
        (2, "several_panels", ("tally", str(MEETING), "--present", "30")),
        (2, "usage", ("count", "BALLOTS")),
        (2, "one_panel", ("compare", "BALLOTS")),
        (2, "bad_persistence", ("compare", str(MEETING), "--persistence", "1")),
        (3, "too_many_choices", ("tally", "BALLOTS", "--method", "choose-k", "--choices", "1")),
    ],
)
def test_refusals(status: int, code: str, words: tuple[str, ...], ballots: str) -> None:
    asked = [ballots if word == "BALLOTS" else word for word in words]
    assert refused(status, *asked)["code"] == code


def test_a_file_that_is_not_there_is_no_traceback() -> None:
    assert refused(3, "tally", "nowhere.csv")["code"]


def test_help_names_the_parts() -> None:
    found = CliRunner().invoke(cli, ["convene", "--help"])
    assert found.exit_code == 0
    for part in ("tally", "compare", "import", "export"):
        assert f"  {part} " in found.stdout
