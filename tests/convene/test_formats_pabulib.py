"""Pabulib files: every kind of vote becomes a rule, and what cannot be is refused by line."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from vendepunkt.convene import Ballot, LifePhase, Meeting, Panel, Theme, Vote, Words
from vendepunkt.convene.formats import import_meeting, read_meeting, write_meeting
from vendepunkt.terms import DataError, RefusedError, UsageError

HEAD = """META
key;value
description;Four wishes
country;Denmark
unit;Town
instance;2026
num_projects;4
num_votes;{n}
budget;{budget}
vote_type;{kind}
rule;greedy
date_begin;23.11.2026
date_end;23.11.2026
{more}PROJECTS
project_id;cost;name;votes
a;{cost};Æbler;2
b;{cost};Brød;1
c;{cost};"Citron; og mere";1
d;{cost};;0
VOTES
"""


def _file(tmp_path: Path, kind: str, votes: str, *, more: str = "", cost: int = 1) -> Path:
    n = len(votes.splitlines()) - 1
    head = HEAD.format(n=n, kind=kind, more=more, cost=cost, budget=2)
    path = tmp_path / "wishes.pb"
    path.write_text(head + votes, encoding="utf-8")
    return path


def _marks(meeting: Meeting) -> list[dict[str, int]]:
    found = [{key: int(value) for key, value in one.marks.items()} for one in meeting.ballots]
    return sorted(found, key=lambda one: sorted(one.items()))


def test_approval(tmp_path: Path) -> None:
    votes = (
        "voter_id;age;vote;voting_method\n1;40;a,b;paper\n2;30;a;internet\n3;20;c;internet\n4;;;\n"
    )
    found = import_meeting(_file(tmp_path, "approval", votes))
    meeting = found.meeting
    assert _marks(meeting) == [{}, {"a": 1}, {"a": 1, "b": 1}, {"c": 1}]
    assert meeting.votes[0].rule == "approval"
    assert meeting.votes[0].places == 2
    assert [theme.title.en for theme in meeting.themes] == ["Æbler", "Brød", "Citron; og mere", "d"]
    assert sorted(one.channel for one in meeting.ballots) == ["paper", "phone", "phone", "phone"]
    assert [one.code for one in found.notices] == ["personal_columns"]
    assert meeting.title.en == "Four wishes"


@pytest.mark.parametrize(
    ("kind", "more", "rule", "choices"),
    [
        ("approval", "max_length;4\n", "approval", None),
        ("approval", "max_length;2\n", "choose-k", 2),
        ("choose-1", "", "choose-k", 1),
        ("ordinal", "", "borda", None),
        ("cumulative", "max_sum_points;7\n", "dots", 7),
        ("cumulative", "", "dots", 3),
        ("scoring", "max_points;5\n", "score", 5),
        ("scoring", "", "score", 3),
    ],
)
def test_each_kind_of_vote_becomes_a_rule(
    tmp_path: Path, kind: str, more: str, rule: str, choices: int | None
) -> None:
    votes = "voter_id;vote;points\n1;a;3\n2;b;1\n3;c;2\n"
    meeting = read_meeting(_file(tmp_path, kind, votes, more=more))
    assert (meeting.votes[0].rule, meeting.votes[0].choices) == (rule, choices)


def test_an_order_becomes_ranks(tmp_path: Path) -> None:
    votes = "voter_id;vote\n1;c,a\n2;b\n3;\n"
    found = _marks(read_meeting(_file(tmp_path, "ordinal", votes)))
    assert found == [{}, {"a": 2, "c": 1}, {"b": 1}]


def test_points_and_a_default_score(tmp_path: Path) -> None:
    votes = "voter_id;vote;points\n1;c,a;3,1\n2;b;2\n3;;\n"
    file = _file(tmp_path, "scoring", votes, more="default_score;-1\n")
    assert _marks(read_meeting(file)) == [
        {},
        {"a": -1, "b": 2, "c": -1, "d": -1},
        {"a": 1, "b": -1, "c": 3, "d": -1},
    ]


def test_a_row_may_end_early(tmp_path: Path) -> None:
    votes = "voter_id;vote;points\n1;a;2\n2\n3;b;1\n"
    assert _marks(read_meeting(_file(tmp_path, "cumulative", votes))) == [{}, {"a": 2}, {"b": 1}]


def test_a_real_budget_says_that_costs_are_left_out(tmp_path: Path) -> None:
    votes = "voter_id;vote\n1;a\n1;b\n"
    found = import_meeting(_file(tmp_path, "approval", votes, cost=5000))
    assert {one.code for one in found.notices} == {"costs_left_out", "voter_twice", "votes_differ"}
    assert found.meeting.votes[0].places == 3


@pytest.mark.parametrize(
    ("kind", "votes", "more", "line", "what"),
    [
        ("approval", "voter_id;vote\n1;a,a\n", "", 22, "twice"),
        ("approval", "voter_id;vote\n1;a\n2;x\n", "", 23, "does not have"),
        ("approval", "voter_id;vote\n1;a,b,c\n", "max_length;2\n", 23, "more than 2"),
        ("approval", "voter_id;vote\n1;a\n", "min_length;2\n", 23, "fewer than 2"),
        ("approval", "voter_id;vote\n1;a\n", "max_length;two\n", 14, "no number"),
        ("approval", "voter_id;choice\n1;a\n", "", 21, "no column vote"),
        ("approval", "voter_id;vote\n1;a;extra\n", "", 22, "more columns"),
        ("choose-1", "voter_id;vote\n1;a,b\n", "", 22, "more than 1"),
        ("cumulative", "voter_id;vote\n1;a,b\n", "", 22, "another number of points"),
        ("cumulative", "voter_id;vote;points\n1;a,b;1\n", "", 22, "another number of points"),
        ("cumulative", "voter_id;vote;points\n1;a,b;1,x\n", "", 22, "no numbers"),
        (
            "cumulative",
            "voter_id;vote;points\n1;a,b;4,4\n",
            "max_sum_points;7\n",
            23,
            "more",
        ),
        ("scoring", "voter_id;vote;points\n1;a;9\n", "max_points;5\n", 23, "more"),
        ("scoring", "voter_id;vote;points\n1;a;-9\n", "min_points;0\n", 23, "fewer points"),
    ],
)
def test_what_cannot_be_is_refused_by_line(
    tmp_path: Path, kind: str, votes: str, more: str, line: int, what: str
) -> None:
    with pytest.raises(DataError, match=what) as caught:
        read_meeting(_file(tmp_path, kind, votes, more=more))
    assert caught.value.code == "bad_pabulib"
    assert f"line {line}:" in caught.value.text


@pytest.mark.parametrize(
    ("old", "new", "code", "what"),
    [
        ("num_votes;2", "num_votes;3", "bad_pabulib", "line 8: num_votes is 3"),
        ("num_projects;4", "num_projects;5", "bad_pabulib", "line 7: num_projects is 5"),
        ("vote_type;approval\n", "", "unknown_vote_type", "vote_type"),
        ("vote_type;approval", "vote_type;bids", "unknown_vote_type", "vote_type"),
        ("META\n", "", "bad_pabulib", "line 1: the file does not begin"),
        ("b;1;Brød", "a;1;Brød", "bad_pabulib", "line 17: a project stands twice"),
        ("b;1;Brød", "b,c;1;Brød", "bad_pabulib", "line 17: a project has no id"),
        ("PROJECTS\n", "", "bad_pabulib", "line 14: META has more columns"),
    ],
)
def test_a_file_that_is_not_whole(tmp_path: Path, old: str, new: str, code: str, what: str) -> None:
    path = _file(tmp_path, "approval", "voter_id;vote\n1;a\n2;b\n")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=what) as caught:
        read_meeting(path)
    assert caught.value.code == code


def _meeting(rule: str, marks: list[dict[str, Fraction]], *, choices: int | None = None) -> Meeting:
    return Meeting(
        "m",
        Words("Møde; med semikolon", "Meeting"),
        phases=(LifePhase("ung", Words("Ung")),),
        panels=(Panel("land", Words("Land")),),
        themes=tuple(Theme(one, "ung", Words(f"={one}")) for one in "abc"),
        votes=(Vote("v", "ung", rule, 2, choices),),
        ballots=tuple(Ballot("v", "land", one) for one in marks),
        invented=True,
        attribution="Ours",
    )


@pytest.mark.parametrize(
    ("rule", "choices"),
    [
        ("choose-k", 2),
        ("approval", None),
        ("equal-shares", None),
        ("dots", 3),
        ("score", 3),
        ("borda", None),
    ],
)
def test_written_and_read_again(tmp_path: Path, rule: str, choices: int | None) -> None:
    ranks = rule == "borda"
    marks = [{"a": 1, "b": 2 if ranks or rule == "dots" else 1}, {"c": 1}, {}, {"a": 1}, {"b": 1}]
    exact = [{key: Fraction(value) for key, value in one.items()} for one in marks]
    meeting = _meeting(rule, exact, choices=choices)
    written = write_meeting(meeting, tmp_path / "out.pb")
    again = read_meeting(tmp_path / "out.pb")
    assert _marks(again) == _marks(meeting)
    assert again.votes[0].rule == rule
    assert again.votes[0].choices == choices
    assert again.votes[0].places == 2
    assert [one.title.da for one in again.themes] == ["=a", "=b", "=c"]
    assert (again.invented, again.attribution, again.language) == (True, "Ours", "da")
    assert again.title.da == "Møde; med semikolon"
    assert written.losses == ()
    assert "\n=" not in (tmp_path / "out.pb").read_text()
    assert ";=" not in (tmp_path / "out.pb").read_text()


@pytest.mark.parametrize(
    ("rule", "marks", "what"),
    [
        ("borda", {"a": 1, "b": 1}, "same rank"),
        ("approval", {"a": Fraction(1, 2)}, "another value than 1"),
        ("approval", {"x": 1}, "not on the ballot paper"),
    ],
)
def test_a_vote_that_the_format_cannot_hold(tmp_path: Path, rule: str, marks, what: str) -> None:
    with pytest.raises(DataError, match=what):
        write_meeting(_meeting(rule, [marks] * 5), tmp_path / "out.pb")
    assert list(tmp_path.iterdir()) == []


def test_losses_are_said(tmp_path: Path) -> None:
    ranks = _meeting("schulze", [{"a": Fraction(1), "b": Fraction(3)}] * 6)
    losses = write_meeting(ranks, tmp_path / "out.pb").losses
    assert any("schulze" in one for one in losses)
    assert any("becomes 1 and 2" in one for one in losses)


def test_single_ballots_of_very_few_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="4 people voted"):
        write_meeting(_meeting("approval", [{}] * 4), tmp_path / "out.pb")


def test_one_of_several_votes_is_asked_for(tmp_path: Path) -> None:
    from dataclasses import replace

    one = _meeting("approval", [{}] * 5)
    two = replace(
        one,
        panels=(*one.panels, Panel("bruger", Words("Bruger"))),
        ballots=(*one.ballots, *(Ballot("v", "bruger", {}) for _ in range(6))),
    )
    with pytest.raises(UsageError) as caught:
        write_meeting(two, tmp_path / "out.pb")
    assert caught.value.allowed == "--panel land --phase ung; --panel bruger --phase ung"
    written = write_meeting(two, tmp_path / "out.pb", panel="bruger")
    assert len(read_meeting(tmp_path / "out.pb").ballots) == 6
    assert "Other votes and panels of the meeting are not in the file." in written.losses


def test_the_last_round_of_a_vote_is_written(tmp_path: Path) -> None:
    from dataclasses import replace

    one = _meeting("approval", [{"a": Fraction(1)}] * 5)
    second = tuple(Ballot("v-2", "land", {"b": Fraction(1)}) for _ in range(6))
    again = replace(
        one,
        votes=(*one.votes, replace(one.votes[0], id="v-2")),
        ballots=(*one.ballots, *second),
    )
    written = write_meeting(again, tmp_path / "out.pb")
    assert _marks(read_meeting(tmp_path / "out.pb")) == [{"b": 1}] * 6
    assert "Other votes and panels of the meeting are not in the file." in written.losses
