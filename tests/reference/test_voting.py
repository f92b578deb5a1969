"""Voting rules against abcvoting, pref-voting and published examples; sets of committees equal."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest

from vendepunkt.convene.rules import RULES, Profile

FOLDER = Path(__file__).parent / "voting"


def rows(name: str) -> list[dict]:
    return [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]


APPROVAL, RANKED, SCORED = rows("approval.jsonl"), rows("ranked.jsonl"), rows("scored.jsonl")


def names(n: int) -> tuple[str, ...]:
    return tuple(f"t{i:02}" for i in range(n))


def profile(row: dict) -> Profile:
    themes = names(row["themes"])
    ballots = []
    for count, marks in row["ballots"]:
        values = dict.fromkeys(marks, 1) if isinstance(marks, list) else marks
        ballots += [{themes[int(i)]: v for i, v in values.items()}] * count
    return Profile.of(ballots, themes)


def numbers(committees) -> list[list[int]]:
    return [[int(theme[1:]) for theme in committee] for committee in committees]


@pytest.mark.parametrize("name", ["approval", "sequential-pav", "phragmen", "equal-shares"])
@pytest.mark.parametrize("kind", ["small", "panel", "large", "lodz-mileszki", "lodz-nad-nerem"])
def test_all_tied_committees_are_those_of_abcvoting(name, kind):
    chosen = [row for row in APPROVAL if row["kind"] == kind]
    assert len(chosen) >= 4
    for row in chosen:
        outcome = RULES[name].winners(profile(row), row["places"])
        assert numbers(outcome.committees) == row["committees"][name], row


def test_choose_k_counts_as_approval_does():
    for row in APPROVAL:
        outcome = RULES["choose-k"].winners(profile(row), row["places"])
        assert numbers(outcome.committees) == row["committees"]["approval"]


def test_the_profiles_have_ties_under_every_rule():
    for name in APPROVAL[0]["committees"]:
        assert sum(len(row["committees"][name]) > 1 for row in APPROVAL) > 100
    assert sum(len(row["schulze"]) > 1 for row in RANKED) > 50
    assert sum(len(row["borda"]) > 1 for row in RANKED) > 30


@pytest.mark.parametrize("kind", ["linear", "ties"])
def test_borda_points_and_winners_are_those_of_pref_voting(kind):
    for row in (row for row in RANKED if row["kind"] == kind):
        votes, m = profile(row), row["themes"]
        points = [RULES["borda"].scores(votes)[theme] for theme in names(m)]
        if kind == "linear":
            assert points == row["borda_scores"]
        # Above minus below, as pref-voting counts ranks with ties, is twice the points less a
        # constant: every ballot gives each theme m - 1 comparisons.
        else:
            symmetric = [2 * point - votes.voters * (m - 1) for point in points]
            assert symmetric == row["symmetric_borda_scores"]
        assert numbers(RULES["borda"].winners(votes, 1).committees) == [[i] for i in row["borda"]]


@pytest.mark.parametrize("kind", ["linear", "ties"])
def test_schulze_winners_and_order_are_those_of_pref_voting(kind):
    for row in (row for row in RANKED if row["kind"] == kind):
        votes, m = profile(row), row["themes"]
        winners = RULES["schulze"].winners(votes, 1)
        assert numbers(winners.committees) == [[i] for i in row["schulze"]]
        wins = [RULES["schulze"].scores(votes)[theme] for theme in names(m)]
        assert wins == [sum(a == i for a, _ in row["ahead"]) for i in range(m)]
        for places in range(1, m + 1):
            tops = [
                list(some)
                for some in combinations(range(m), places)
                if not any(a not in some and b in some for a, b in row["ahead"])
            ]
            assert numbers(RULES["schulze"].winners(votes, places).committees) == tops


def test_sums_of_scores_and_winners_are_those_of_pref_voting():
    for row in SCORED:
        votes = profile(row)
        for name in ("score", "dots"):
            sums = RULES[name].scores(votes)
            assert [sums[theme] for theme in names(row["themes"])] == row["sums"]
            chosen = RULES[name].winners(votes, 1).committees
            assert numbers(chosen) == [[i] for i in row["score"]]


def crosses(*ballots: tuple[int, str]) -> Profile:
    papers = [dict.fromkeys(marks, 1) for count, marks in ballots for _ in range(count)]
    return Profile.of(papers, sorted({t for paper in papers for t in paper}))


def orders(*ballots: tuple[int, str]) -> Profile:
    papers = [
        {theme: i + 1 for i, theme in enumerate(order)}
        for count, order in ballots
        for _ in range(count)
    ]
    return Profile.of(papers, sorted(ballots[0][1]))


def chosen(name: str, votes: Profile, places: int) -> set[str]:
    return {"".join(some) for some in RULES[name].winners(votes, places).committees}


#: Lackner & Skowron (2023), doi:10.1007/978-3-031-09016-5, example 2.1: twelve voters.
TWELVE = crosses(
    (3, "ab"), (3, "ac"), (2, "ad"), (1, "bcf"), (1, "e"), (1, "f"), (1, "g")
)  # fmt: skip


@pytest.mark.parametrize("name", ["phragmen", "equal-shares"])
def test_the_twelve_voters_of_lackner_and_skowron(name):
    """Examples 2.9 and 2.11 of the book: the one committee is a, b, c, d."""
    assert chosen(name, TWELVE, 4) == {"abcd"}


def test_equal_shares_and_phragmen_part_on_eight_voters():
    """Example 2.12 of the same book."""
    votes = crosses((3, "cd"), (2, "ab"), (2, "ac"), (1, "bd"))
    assert chosen("equal-shares", votes, 3) == {"acd"}
    assert chosen("phragmen", votes, 3) == {"bcd"}


def test_phragmen_gives_a_sixth_of_the_people_one_theme_where_equal_shares_gives_two():
    """Why Phragmén does not promise EJR, after Brill and others, doi:10.1007/s10107-023-01926-8.

    The first four of 24 people are worth two of twelve places, and agree on a and b.
    """
    rest = "cdefghijklmn"
    votes = crosses((2, "abc"), (2, "abd"), (6, rest), (5, rest[1:]), (9, rest[2:]))
    assert chosen("phragmen", votes, 12) == {rest}
    assert chosen("equal-shares", votes, 12) == {"ab" + rest[2:]}


def test_sequential_pav_leaves_out_who_was_first_by_votes():
    """Example 2.5 of the same book: PAV takes a and c, sequential PAV takes c and d."""
    votes = crosses((3, "ab"), (6, "ad"), (4, "b"), (5, "c"), (5, "cd"))
    assert chosen("sequential-pav", votes, 2) == {"cd"}


def test_sequential_pav_on_thieles_own_example():
    """Janson (2016), arXiv:1611.08826, example 13.3, after Thiele: a and c."""
    votes = crosses(
        (960, "acd"), (3000, "bcd"), (520, "bc"), (1620, "ab"), (1081, "ad"),
        (1240, "ac"), (360, "bd"), (360, "d"), (120, "c"), (60, "b"),
    )  # fmt: skip
    assert chosen("sequential-pav", votes, 2) == {"ac"}


def test_schulze_on_the_forty_five_voters():
    """The example of the method's presentations: e before a before c before b before d."""
    votes = orders(
        (5, "acbed"), (5, "adecb"), (8, "bedac"), (3, "cabed"),
        (7, "caebd"), (2, "cbade"), (7, "dceba"), (8, "ebadc"),
    )  # fmt: skip
    assert [chosen("schulze", votes, places) for places in range(1, 5)] == [
        {"e"}, {"ae"}, {"ace"}, {"abce"},
    ]  # fmt: skip
    assert {t: int(s) for t, s in RULES["schulze"].scores(votes).items()} == {
        "e": 4, "a": 3, "c": 2, "b": 1, "d": 0,
    }  # fmt: skip


def test_schulze_on_the_first_example_of_his_article():
    """Schulze (2011), doi:10.1007/s00355-010-0475-4, example 1: d before a before c before b."""
    votes = orders((8, "acdb"), (2, "badc"), (4, "cdba"), (4, "dbac"), (3, "dcba"))
    assert [chosen("schulze", votes, places) for places in (1, 2, 3)] == [{"d"}, {"ad"}, {"acd"}]


def test_borda_on_the_capital_of_tennessee():
    """The textbook example: Nashville 194, Chattanooga 173, Memphis 126, Knoxville 107."""
    votes = orders((42, "mnck"), (26, "nckm"), (15, "cknm"), (17, "kcnm"))
    points = {"n": 194, "c": 173, "m": 126, "k": 107}
    assert RULES["borda"].scores(votes) == {t: Fraction(p) for t, p in points.items()}
    assert chosen("schulze", votes, 1) == chosen("borda", votes, 1) == {"n"}


def test_mileszki_a_road_that_many_want_and_a_light_that_others_want():
    """955 people: the three with most crosses, and the three that all proportional rules take."""
    row = next(r for r in APPROVAL if r["kind"] == "lodz-mileszki" and r["places"] == 3)
    votes = profile(row)
    assert votes.voters == 955
    assert numbers(RULES["approval"].winners(votes, 3).committees) == [[2, 6, 7]]
    for name in ("sequential-pav", "phragmen", "equal-shares"):
        assert numbers(RULES[name].winners(votes, 3).committees) == [[2, 3, 7]]
