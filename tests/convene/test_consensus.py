"""Group-informed consensus in exact fractions, against a slow count over open data of Polis."""

from __future__ import annotations

import csv
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from vendepunkt.convene import (
    Ballot,
    LifePhase,
    Meeting,
    Panel,
    Theme,
    Vote,
    Words,
    tally_meeting,
)
from vendepunkt.convene.consensus import (
    Said,
    consensus,
    consensus_by_statement,
    consensus_of_groups,
)
from vendepunkt.convene.formats import read_meeting
from vendepunkt.terms import UsageError

LONDON = Path(__file__).parents[1] / "reference" / "polis-london" / "participants-votes.csv"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with LONDON.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _statements(rows: list[dict[str, str]]) -> list[str]:
    return [name for name in rows[0] if name.isdigit()]


def test_every_statement_equals_a_slow_count(rows: list[dict[str, str]]) -> None:
    statements = _statements(rows)
    people = [
        (row["group-id"] or None, {s: int(row[s]) if row[s] else None for s in statements})
        for row in rows
    ]
    ours = consensus_by_statement(people, statements)
    assert list(ours) == statements
    assert len(statements) == 36
    for statement in statements:
        numerator = denominator = 1
        for group in ("0", "1", "2"):
            said = [r[statement] for r in rows if r["group-id"] == group and r[statement] != ""]
            numerator *= said.count("1") + 1
            denominator *= len(said) + 2
        assert ours[statement] == Fraction(numerator, denominator)


def test_the_meeting_that_is_read_gives_the_same(rows: list[dict[str, str]]) -> None:
    meeting = read_meeting(LONDON.parent)
    statements = _statements(rows)
    people = [
        (row["group-id"] or None, {s: int(row[s]) if row[s] else None for s in statements})
        for row in rows
    ]
    ours = consensus_of_groups(meeting, meeting.votes[0].id, meeting.panels[0].id)
    assert ours == consensus_by_statement(people, statements)


def test_agreements_are_tallied_as_crosses_one_person_at_a_time() -> None:
    found = tally_meeting(read_meeting(LONDON.parent), draws=200).tallies[0]
    assert (found.rule, found.voters) == ("approval", 26)
    assert found.firmness is not None
    assert found.firmness.groups is None
    assert "convene_as_crosses" in {one.code for one in found.notices}


def test_who_left_a_cross_out_has_seen_the_theme() -> None:
    meeting = Meeting(
        "m",
        Words(en="Spring"),
        phases=(LifePhase("p", Words(en="Youth")),),
        panels=(Panel("users", Words(en="Users")),),
        themes=(Theme("home", "p", Words(en="Home")), Theme("work", "p", Words(en="Work"))),
        votes=(Vote("v", "p"),),
        ballots=(
            Ballot("v", "users", {"home": Fraction(1)}, group="a"),
            Ballot("v", "users", group="a"),
            Ballot("v", "users", {"work": Fraction(1)}, group="b"),
        ),
    )
    found = consensus_of_groups(meeting, "v", "users")
    assert found == {
        "home": Fraction(2, 4) * Fraction(1, 3),
        "work": Fraction(1, 4) * Fraction(2, 3),
    }
    alone = replace(meeting, ballots=tuple(replace(b, group=None) for b in meeting.ballots))
    assert consensus_of_groups(alone, "v", "users") == {}


def test_people_of_no_group_do_not_count(rows: list[dict[str, str]]) -> None:
    assert sum(not row["group-id"] for row in rows) == 2
    people = [("a", {"s": 1}), (None, {"s": -1}), (None, {"s": -1})]
    assert consensus_by_statement(people, ["s"]) == {"s": Fraction(2, 3)}


def test_pass_was_seen_and_blank_was_not() -> None:
    people = [("a", {"s": 1}), ("a", {"s": 0}), ("a", {"s": None}), ("b", {})]
    assert consensus_by_statement(people, ["s"])["s"] == Fraction(2, 4) * Fraction(1, 2)


def test_one_group_against_weighs_more_than_many_for() -> None:
    assert consensus([Said(10, 10), Said(0, 10)]) < consensus([Said(5, 10), Said(5, 10)])


@pytest.mark.parametrize("said", [Said(2, 1), Said(-1, 3)])
def test_impossible_counts_are_refused(said: Said) -> None:
    with pytest.raises(UsageError, match="agree"):
        consensus([said])
