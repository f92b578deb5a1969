"""Bare ballots as csv: what a row says, and what it must not say."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from vendepunkt.convene.formats import import_meeting, read_meeting
from vendepunkt.terms import DataError

WHISPER = "Anne fra Vej 7"


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "vote.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_row_is_a_mark_and_an_empty_theme_a_blank_ballot(tmp_path: Path) -> None:
    meeting = read_meeting(_file(tmp_path, "ballot,theme\n1,home\n1,work\n2,work\n3,\n,rest\n"))
    assert sorted(sorted(one.marks) for one in meeting.ballots) == [[], ["home", "work"], ["work"]]
    assert [one.id for one in meeting.themes] == ["home", "work", "rest"]
    assert meeting.votes[0].rule == "approval"


def test_values_are_exact(tmp_path: Path) -> None:
    text = "Ballot;Theme;Value\n1;home;1/3\n1;work;0,5\n2;home;3\n"
    meeting = read_meeting(_file(tmp_path, text))
    assert {value for one in meeting.ballots for value in one.marks.values()} == {
        Fraction(1, 3),
        Fraction(1, 2),
        Fraction(3),
    }
    assert (meeting.votes[0].rule, meeting.votes[0].choices) == ("score", 3)


def test_a_mapping_says_the_rule_and_names(tmp_path: Path) -> None:
    mapping = {
        "vote": {"rule": "choose-k", "choices": 3, "places": 2},
        "panel": "Land",
        "phase": "Ung",
    }
    meeting = import_meeting(_file(tmp_path, "ballot,theme\n1,a\n"), mapping=mapping).meeting
    vote = meeting.votes[0]
    assert (vote.rule, vote.choices, vote.places) == ("choose-k", 3, 2)
    assert (meeting.panels[0].id, meeting.phases[0].id) == ("land", "ung")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("ballot,theme\n1,a\n1,a\n", "same theme twice (row 3)"),
        ("ballot,theme\n1,a\n1,\n", "blank and marked at once (row 3)"),
        ("ballot,theme,value\n1,a,x\n2,a,\n", "no number (rows 2, 3)"),
        (f"ballot,theme\n1,a,{WHISPER}\n", "more columns"),
        ("ballot,theme\n,a\n", "holds no ballots"),
        ("ballot,theme\n", "holds no ballots"),
        ("ballot,theme,who\n1,a,x\n", "does not name the columns"),
        ("ballot,theme,who,x\n", "does not name the columns"),
    ],
)
def test_what_cannot_be_is_refused_by_row(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(DataError) as caught:
        import_meeting(_file(tmp_path, text), "ballots")
    assert where in caught.value.text
    assert WHISPER not in str(caught.value)
