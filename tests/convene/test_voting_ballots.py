"""Profiles, ballot forms, and ties too many to list or to follow."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest

from vendepunkt.convene.rules import RULES, Profile
from vendepunkt.convene.rules.branches import Step, every_branch
from vendepunkt.convene.rules.shares import put_together
from vendepunkt.terms import DataError

ABC = ("a", "b", "c")


def marks(text: str) -> dict[str, Fraction]:
    """Read "a1 b2" as marks."""
    return {word[0]: Fraction(word[1:]) for word in text.split()}


def test_a_profile_is_the_same_in_whatever_order_the_ballots_came():
    ballots = [marks("a1 b2"), {}, marks("b2 a1"), marks("c1")]
    assert Profile.of(ballots, ABC) == Profile.of(ballots[::-1], ABC)
    assert [count for _, count in Profile.of(ballots, ABC).ballots] == [1, 2, 1]


def test_a_profile_counts_voters_blank_ballots_people_and_totals():
    profile = Profile.of([marks("a2 b1"), marks("a1 c0"), {}, {}], ABC)
    assert (profile.voters, profile.blank) == (4, 2)
    assert profile.people() == {"a": 2, "b": 1, "c": 0}
    assert profile.totals() == {"a": Fraction(3), "b": Fraction(1), "c": Fraction(0)}


def test_exact_fractions_are_kept():
    profile = Profile.of([{"a": Fraction(1, 3)}] * 3, ABC)
    assert profile.totals()["a"] == 1


def test_who_crossed_what_is_one_bit_for_each_person():
    profile = Profile.of([marks("a1")] * 9 + [marks("a1 b1")] * 2 + [{}], ABC)
    approvers = profile.approvers()
    assert {theme: people.bit_count() for theme, people in approvers.items()} == profile.people()
    assert approvers["a"] & approvers["b"] == approvers["b"]


def test_themes_left_out_of_a_ranking_are_equal_and_last():
    profile = Profile.of([marks("b1 a1"), marks("c3"), {}], ABC)
    assert sorted(groups for groups, _ in profile.ranked()) == [
        (("a", "b"), ("c",)),
        (("c",), ("a", "b")),
    ]


@pytest.mark.parametrize(
    ("ballots", "themes", "code"),
    [([marks("x1")], ABC, "theme_not_on_ballot"), ([], ("a", "a"), "theme_twice")],
)
def test_a_profile_refuses_strange_themes(ballots, themes, code):
    with pytest.raises(DataError) as refused:
        Profile.of(ballots, themes)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("name", "ballot", "choices", "code"),
    [
        ("choose-k", "a1 b1", 2, None),
        ("choose-k", "a1 b1", 1, "too_many_choices"),
        ("choose-k", "a2", 3, "wrong_mark"),
        ("choose-k", "a1", None, "vote_without_choices"),
        ("choose-k", "a1", 0, "vote_without_choices"),
        ("approval", "a1 b1 c1", 1, None),
        ("approval", "a1", None, None),
        ("approval", "a0", None, "wrong_mark"),
        ("dots", "a2 b1", 3, None),
        ("dots", "a2 b2", 3, "too_many_choices"),
        ("dots", "a4", 3, "wrong_mark"),
        ("dots", "a0", 3, "wrong_mark"),
        ("dots", "a1", None, "vote_without_choices"),
        ("score", "a0 b5", 5, None),
        ("score", "a6", 5, "wrong_mark"),
        ("score", "a1", None, "vote_without_choices"),
        ("borda", "a1 b1 c7", 1, None),
        ("borda", "a0", None, "wrong_mark"),
        ("schulze", "a3/2", None, "wrong_mark"),
        ("sequential-pav", "a1 b1 c1", 1, None),
        ("equal-shares", "a1 b1 c1", 1, None),
        ("phragmen", "a2", 1, "wrong_mark"),
    ],
)
def test_a_ballot_keeps_to_the_form_of_the_rule(name, ballot, choices, code):
    if code is None:
        RULES[name].check(marks(ballot), choices, ABC)
        return
    with pytest.raises(DataError) as refused:
        RULES[name].check(marks(ballot), choices, ABC)
    assert refused.value.code == code


def test_an_error_says_the_limit_and_nothing_of_the_ballot():
    with pytest.raises(DataError) as refused:
        RULES["dots"].check(marks("a7 b6"), 5, ABC)
    assert str(refused.value) == (
        "A theme on a ballot has something else than a whole number of dots."
        " Allowed: whole numbers from 1 to 5."
    )


@pytest.mark.parametrize("name", ["sequential-pav", "equal-shares", "phragmen"])
def test_three_places_of_twenty_equal_themes_are_capped_and_wholly_undecided(name):
    themes = [f"t{i:02}" for i in range(20)]
    profile = Profile.of([{theme: 1} for theme in themes for _ in range(3)], themes)
    outcome = RULES[name].winners(profile, 3)
    assert (len(outcome.committees), outcome.capped, outcome.cap) == (1000, True, 1000)
    assert (outcome.undecided, outcome.tied) == (3, tuple(themes))
    every = RULES[name].winners(profile, 3, cap=2000)
    assert not every.capped
    assert every.committees == tuple(combinations(themes, 3))
    assert outcome.committees == every.committees[:1000]


def test_more_branches_than_are_followed_are_said_and_nothing_is_called_certain_for_that():
    """Theme 0 is always first; the rest is tied, and the order of choosing is part of the state."""

    def step(state, left):
        return Step({0: (0,)} if not state else {i: (*state, i) for i in left})

    themes = [f"t{i}" for i in range(8)]
    whole = every_branch(themes, 4, (), step, cap=1000)
    assert (len(whole.committees), whole.capped, whole.certain) == (35, False, ("t0",))
    narrow = every_branch(themes, 4, (), step, cap=1000, width=3)
    assert narrow.capped
    assert set(narrow.committees) < set(whole.committees)
    assert (narrow.certain, narrow.tied, narrow.undecided) == (("t0",), tuple(themes[1:]), 3)


def test_equal_budgets_stand_together_and_nobody_is_lost():
    parts = put_together([(Fraction(1, 2), 0b01), (Fraction(2, 4), 0b10), (Fraction(0), 0)])
    assert parts == ((Fraction(1, 2), 0b11),)


def test_money_left_over_counts_in_the_places_filled_last():
    """After a is bought at 1/8 each nothing else can be; the people of c have spent nothing."""
    ballots = [marks("a1 b1")] * 4 + [marks("a1")] * 4 + [marks("c1")] * 3 + [{}] * 40
    outcome = RULES["equal-shares"].winners(Profile.of(ballots, ABC), 2)
    assert outcome.committees == (("a", "c"),)


def test_a_blank_ballot_holds_no_money():
    """With a fifth part held by the blank ballot, bcd and bce would no longer be chosen."""
    ballots = [dict.fromkeys(some, 1) for some in ("abcde", "adef", "bcd", "bcefg")]
    outcome = RULES["equal-shares"].winners(Profile.of([*ballots, {}], "abcdefg"), 3)
    assert ["".join(some) for some in outcome.committees] == ["bcd", "bce", "bde", "cde"]


@pytest.mark.parametrize("name", ["approval", "phragmen"])
def test_as_many_committees_as_the_cap_are_all_listed(name):
    profile = Profile.of([{}], ABC)
    assert not RULES[name].winners(profile, 2, cap=3).capped
    assert RULES[name].winners(profile, 2, cap=2).capped
