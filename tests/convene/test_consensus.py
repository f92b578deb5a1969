"""Group-informed consensus in exact fractions, against a slow count over open data of Polis."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from vendepunkt.convene.consensus import Said, consensus, consensus_by_statement
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
