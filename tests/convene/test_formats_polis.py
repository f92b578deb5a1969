"""Polis open data: every published total again, and where its files disagree."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from vendepunkt.convene.formats import (
    import_meeting,
    polis_differences,
    polis_totals,
    read_meeting,
    write_meeting,
)
from vendepunkt.terms import DataError, UsageError

LONDON = Path(__file__).parents[1] / "reference" / "polis-london"
README = LONDON / "README.md"


def _rows(name: str) -> list[dict[str, str]]:
    with (LONDON / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_total_of_the_summary_comes_out() -> None:
    with (LONDON / "summary.csv").open(encoding="utf-8", newline="") as file:
        published = {row[0]: int(row[1]) for row in csv.reader(file) if row[1].isdigit()}
    assert len(published) == 6
    assert dict(polis_totals(LONDON)) == published


def test_the_statements_whose_counts_differ_are_listed() -> None:
    """Counted here with nothing but the csv module."""
    matrix = _rows("participants-votes.csv")
    slow = []
    for row in sorted(_rows("comments.csv"), key=lambda one: int(one["comment-id"])):
        id_ = row["comment-id"]
        if id_ not in matrix[0]:
            continue
        votes = Counter(person[id_] for person in matrix)
        counts = (int(row["agrees"]), int(row["disagrees"]), votes["1"], votes["-1"])
        if counts[:2] != counts[2:]:
            slow.append((id_, *counts))
    found = polis_differences(LONDON)
    assert [
        (d.statement, d.agrees, d.disagrees, d.agrees_in_matrix, d.disagrees_in_matrix)
        for d in found
    ] == slow
    assert [d.statement for d in found] == ["10", "25"]
    assert len(slow) == round(0.06 * 36)


def test_the_import_says_where_files_disagree() -> None:
    notices = {one.code: one.text for one in import_meeting(LONDON).notices}
    assert set(notices) == {"polis_counts"}
    assert "statement 10" in notices["polis_counts"]
    assert "statement 25" in notices["polis_counts"]


def test_statements_votes_and_states_are_taken_over() -> None:
    meeting = read_meeting(LONDON)
    assert (len(meeting.ideas), len(meeting.themes), len(meeting.ballots)) == (39, 36, 26)
    assert Counter(idea.state for idea in meeting.ideas) == {"shown": 36, "removed": 3}
    assert all(idea.reason for idea in meeting.ideas if idea.state == "removed")
    assert Counter(ballot.group for ballot in meeting.ballots) == {
        "0": 3, "1": 18, "2": 3, None: 2,
    }  # fmt: skip
    matrix = _rows("participants-votes.csv")
    statements = [name for name in matrix[0] if name.isdigit()]
    expected = sorted(
        sorted((name, int(person[name])) for name in statements if person[name])
        for person in matrix
    )
    assert sorted(sorted(ballot.marks.items()) for ballot in meeting.ballots) == expected
    assert "CC BY 4.0" in meeting.attribution
    assert meeting.panels[0].present == 27
    assert meeting.title.en.startswith("What is the best way")


def test_nothing_leads_back_to_participants() -> None:
    meeting = read_meeting(LONDON)
    assert not any(hasattr(ballot, "id") for ballot in meeting.ballots)
    assert "1658934589213" not in repr(meeting)


def test_groups_can_be_panels() -> None:
    meeting = import_meeting(LONDON, mapping={"groups": "panels"})
    assert {one.code for one in meeting.notices} == {"polis_counts", "without_group"}
    cast = Counter(ballot.panel for ballot in meeting.meeting.ballots)
    assert cast == {"group-0": 3, "group-1": 18, "group-2": 3}


def test_consensus_of_the_groups_from_the_imported_meeting() -> None:
    """Equal, for every statement, to a slow twin over ``group-id`` with nothing but fractions."""
    from vendepunkt.convene.consensus import consensus_by_statement

    meeting = read_meeting(LONDON)
    statements = [theme.id for theme in meeting.themes]
    people = [(one.group, one.marks) for one in meeting.ballots]
    found = consensus_by_statement(people, statements)
    matrix = _rows("participants-votes.csv")
    groups = sorted({row["group-id"] for row in matrix if row["group-id"]})
    slow = {}
    for statement in (name for name in matrix[0] if name.isdigit()):
        slow[statement] = Fraction(1)
        for group in groups:
            votes = [row[statement] for row in matrix if row["group-id"] == group]
            seen = [vote for vote in votes if vote]
            slow[statement] *= Fraction(seen.count("1") + 1, len(seen) + 2)
    assert len(slow) == 36
    assert found == slow


def test_agreements_alone_are_a_vote_of_approval() -> None:
    meeting = read_meeting(LONDON, mapping={"marks": "agrees"})
    counts = Counter(theme for one in meeting.ballots for theme in one.marks)
    matrix = _rows("participants-votes.csv")
    assert counts == {
        name: n
        for name in matrix[0]
        if name.isdigit() and (n := sum(row[name] == "1" for row in matrix))
    }
    assert meeting.votes[0].rule == "approval"
    assert {value for one in meeting.ballots for value in one.marks.values()} == {1}


@pytest.mark.parametrize(("key", "value"), [("groups", "people"), ("marks", "none")])
def test_an_option_that_is_none_is_said(key: str, value: str) -> None:
    with pytest.raises(UsageError, match=value):
        read_meeting(LONDON, mapping={key: value})


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    place = tmp_path / "london"
    shutil.copytree(LONDON, place)
    return place


def _replace(path: Path, change) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(change(lines)) + "\n", encoding="utf-8")


def test_the_other_sign_is_noticed_and_turned(copy: Path) -> None:
    def turn(lines: list[str]) -> list[str]:
        out = lines[:1]
        for line in lines[1:]:
            cells = line.split(",")
            votes = [{"1": "-1", "-1": "1"}.get(cell, cell) for cell in cells[7:]]
            out.append(",".join(cells[:7] + votes))
        return out

    _replace(copy / "participants-votes.csv", turn)
    turned = import_meeting(copy)
    assert "votes_turned" in {one.code for one in turned.notices}
    assert turned.meeting.ballots == read_meeting(LONDON).ballots


def test_a_wrong_total_is_said(copy: Path) -> None:
    path = copy / "summary.csv"
    path.write_text(path.read_text().replace("voters,26", "voters,25", 1))
    assert "summary.csv says 25 voters; the other files hold 26." in {
        one.text for one in import_meeting(copy).notices
    }


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("comments.csv", "agrees,disagrees", "a,b"),
        ("comments.csv", ",35,23,2,1,1,", ",35,23,x,1,1,"),
        ("comments.csv", ",35,23,2,1,1,", ",35,23,2,1,7,"),
        ("comments.csv", ",35,23,", ",38,23,"),
        ("participants-votes.csv", "1,,1,0,12,4,8,-1", "1,,1,0,12,4,8,5"),
        ("participants-votes.csv", "1,,1,0,12,4,8,-1", "1,,1,0,12,4,8,-1,1"),
        ("participants-votes.csv", "group-id", "group"),
        ("votes.csv", ",1,1,-1", ",1,1,3"),
        ("stats-history.csv", "640,39,27,640,39", "640,39,27,640,x"),
    ],
)
def test_a_damaged_file_is_refused_by_name(copy: Path, file: str, old: str, new: str) -> None:
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError, match=file) as caught:
        import_meeting(copy)
    assert caught.value.code == "bad_polis"


def test_written_and_read_again_it_is_the_same_vote(tmp_path: Path) -> None:
    meeting = read_meeting(LONDON)
    written = write_meeting(meeting, tmp_path / "out", "polis")
    again = read_meeting(tmp_path / "out")
    assert [dict(one.marks) for one in again.ballots if one.group == "0"] == [
        dict(one.marks) for one in meeting.ballots if one.group == "1"
    ]
    assert Counter(len(one.marks) for one in again.ballots) == Counter(
        len(one.marks) for one in meeting.ballots
    )
    assert any("Groups of fewer than 5" in loss for loss in written.losses)
    assert polis_differences(tmp_path / "out") == ()
    assert Fraction(1) in again.ballots[0].marks.values()


@pytest.mark.parametrize("language", ["da", "en"])
def test_what_an_import_says_can_be_said_in_both_languages(copy: Path, language: str) -> None:
    from vendepunkt.language import text

    path = copy / "summary.csv"
    path.write_text(path.read_text().replace("views,27", "views,28"))
    notices = import_meeting(copy, mapping={"groups": "panels"}).notices
    assert {one.code for one in notices} == {"polis_counts", "polis_total", "without_group"}
    for one in notices:
        said = text(f"warning.{one.code}", language, **one.values)  # type: ignore[arg-type]
        assert said == one.text or language == "da"
