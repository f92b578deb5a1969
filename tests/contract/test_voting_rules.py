"""Every voting rule keeps its promises, and counts as an obvious count does."""

from __future__ import annotations

from fractions import Fraction
from math import comb
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contract.voting_properties import CHECKS, Case
from tests.convene.twins import TWINS

from vendepunkt.convene.rules import PROPERTIES, RULES, Profile
from vendepunkt.terms import DataError, UsageError

NAMES = tuple(RULES)
PROMISES = [(name, promise) for name in NAMES for promise in sorted(RULES[name].properties)]
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "voting-rules.md"

#: Kind of ballot → what a mark on a theme can be; None is no mark. Few values make many ties.
MARKS = {
    "crosses": (None, 1),
    "dots": (None, None, 1, 2, 3),
    "scores": (None, 0, 1, 2, 3),
    "ranks": (None, 1, 2, 3, 4),
}


@st.composite
def cases(draw, name: str, most_themes: int = 5, most_ballots: int = 7) -> Case:
    rule = RULES[name]
    themes = tuple("abcdef"[: draw(st.integers(1, most_themes))])
    mark = st.sampled_from(MARKS[rule.form.kind])
    paper = st.fixed_dictionaries(dict.fromkeys(themes, mark)).map(
        lambda values: {t: Fraction(v) for t, v in values.items() if v is not None}
    )
    if rule.form.cap == "marks":
        paper = paper.map(lambda marks: dict(list(marks.items())[:2]))
    few = draw(st.lists(paper, min_size=1, max_size=4))
    ballots = draw(st.lists(st.sampled_from(few), max_size=most_ballots))
    places = draw(st.integers(1, len(themes) + 1))
    return Case(themes, tuple(ballots), places, cut=draw(st.integers(0, len(ballots))))


def test_the_rules_are_listed_under_their_names():
    assert {name: rule.name for name, rule in RULES.items()} == {name: name for name in NAMES}
    assert set(TWINS) == set(NAMES)


def test_every_promise_has_a_meaning_and_a_check():
    assert set(CHECKS) == set(PROPERTIES)
    for rule in RULES.values():
        assert rule.properties <= set(PROPERTIES)


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_stands_in_the_docs_and_cites_its_sources(name):
    assert f"`{name}`" in PAGE.read_text(encoding="utf-8")
    assert "doi:" in type(RULES[name]).__doc__


@pytest.mark.parametrize("name", NAMES)
def test_it_counts_as_the_obvious_count_does(name):
    @given(cases(name))
    @settings(max_examples=300)
    def same(case):
        outcome = RULES[name].winners(Profile.of(case.ballots, case.themes), case.places)
        expected = TWINS[name](list(case.ballots), list(case.themes), case.places)
        assert {frozenset(committee) for committee in outcome.committees} == expected
        assert len(outcome.committees) == len(expected)
        assert set(outcome.certain) == frozenset.intersection(*expected)
        assert set(outcome.tied) == frozenset.union(*expected) - set(outcome.certain)

    same()


@pytest.mark.parametrize(("name", "promise"), PROMISES)
def test_it_keeps_its_promise(name, promise):
    @given(cases(name))
    @settings(max_examples=100)
    def kept(case):
        assert CHECKS[promise](RULES[name], case)

    kept()


def _case(places: int, *ballots: tuple[int, str | dict[str, int]], cut: int = 0) -> Case:
    papers = [
        {t: Fraction(1) for t in marks} if isinstance(marks, str) else marks
        for count, marks in ballots
        for _ in range(count)
    ]
    return Case(tuple(sorted({t for p in papers for t in p})), tuple(papers), places, cut)


def _ranks(order: str) -> dict[str, int]:
    return {theme: i + 1 for i, theme in enumerate(order)}


#: Promises that a rule does not make, with ballots on which it breaks them: the checks can fail.
BROKEN = [
    ("approval", "justified-representation", _case(3, (4, "abc"), (2, "d"))),
    ("choose-k", "justified-representation", _case(3, (4, "abc"), (2, "d"))),
    ("choose-k", "justified-representation-5", _case(3, (4, "abc"), (2, "d"))),
    ("approval", "proportional-justified-representation", _case(3, (4, "abc"), (2, "d"))),
    ("approval", "extended-justified-representation", _case(3, (4, "abc"), (2, "d"))),
    ("dots", "majority", _case(1, (3, {"a": 2, "b": 1}), (2, {"b": 3}))),
    ("score", "majority", _case(1, (3, {"a": 3, "b": 2}), (2, {"b": 3}))),
    ("score", "condorcet-winner", _case(1, (3, {"a": 3, "b": 2}), (2, {"b": 3}))),
    ("score", "condorcet-loser", _case(1, (3, {"a": 3, "b": 2}), (2, {"b": 3}))),
    ("borda", "majority", _case(1, (3, _ranks("abc")), (2, _ranks("bca")))),
    ("borda", "condorcet-winner", _case(1, (3, _ranks("abc")), (2, _ranks("bca")))),
    ("equal-shares", "house-monotonicity", _case(2, (1, "ad"), (1, "abc"), (1, "bc"))),
    ("equal-shares", "reinforcement", _case(3, (1, "d"), (1, "bd"), (1, "ac"), cut=1)),
    ("phragmen", "reinforcement", _case(3, (1, "a"), (1, "acd"), (1, "bc"), cut=1)),
    (
        "sequential-pav",
        "reinforcement",
        _case(2, (1, "c"), (1, "ab"), (1, "b"), (1, "ac"), cut=2),
    ),
    (
        "schulze",
        "reinforcement",
        _case(1, *((1, _ranks(order)) for order in ("abc", "bca", "acb", "cab")), cut=2),
    ),
    ("borda", "smith", _case(1, (3, _ranks("abc")), (2, _ranks("bca")))),
]


@pytest.mark.parametrize(("name", "promise", "case"), BROKEN)
def test_a_promise_that_is_not_made_can_be_broken(name, promise, case):
    assert promise not in RULES[name].properties
    assert not CHECKS[promise](RULES[name], case)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ballots", [[], [{}], [{}, {}]])
def test_without_a_mark_all_themes_are_tied_for_all_places(name, ballots):
    outcome = RULES[name].winners(Profile.of(ballots, ("x", "z", "y")), 2)
    assert outcome.committees == (("x", "y"), ("x", "z"), ("y", "z"))
    assert (outcome.certain, outcome.tied, outcome.undecided) == ((), ("x", "y", "z"), 2)
    assert not outcome.capped


@pytest.mark.parametrize("name", NAMES)
def test_with_fewer_themes_than_places_all_are_chosen(name):
    outcome = RULES[name].winners(Profile.of([{"b": 1}, {}], ("b", "a")), 3)
    assert (outcome.committees, outcome.places) == ((("a", "b"),), 2)
    assert (outcome.certain, outcome.tied, outcome.undecided) == (("a", "b"), (), 0)


@pytest.mark.parametrize("name", NAMES)
def test_a_single_theme_is_chosen_and_no_theme_gives_an_empty_committee(name):
    assert RULES[name].winners(Profile.of([{"a": 1}], ("a",)), 1).committees == (("a",),)
    outcome = RULES[name].winners(Profile.of([{}], ()), 3)
    assert (outcome.committees, outcome.places, outcome.undecided) == (((),), 0, 0)
    assert RULES[name].scores(Profile.of([], ())) == {}


@pytest.mark.parametrize("name", NAMES)
def test_fewer_than_one_place_is_refused(name):
    with pytest.raises(UsageError) as refused:
        RULES[name].winners(Profile.of([], ("a",)), 0)
    assert refused.value.code == "bad_places"


@pytest.mark.parametrize("name", NAMES)
def test_more_ties_than_the_cap_are_said_and_what_is_certain_stays_known(name):
    themes = [f"t{i:02}" for i in range(20)]
    profile = Profile.of([{"t07": 1}] * 3, themes)
    all_of_them = RULES[name].winners(profile, 4)
    assert (len(all_of_them.committees), all_of_them.capped) == (comb(19, 3), False)
    small = RULES[name].winners(profile, 4, cap=10)
    assert (len(small.committees), small.capped, small.cap) == (10, True, 10)
    assert small.certain == all_of_them.certain == ("t07",)
    assert len(small.tied) == 19
    assert small.undecided == 3


@pytest.mark.parametrize("name", NAMES)
def test_scores_are_exact_for_every_theme_in_the_order_of_the_paper(name):
    scores = RULES[name].scores(Profile.of([{"b": 1, "c": 2}, {"c": 1}, {}], ("c", "a", "b")))
    assert list(scores) == ["c", "a", "b"]
    assert all(isinstance(score, Fraction) for score in scores.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_blank_ballot_keeps_every_form_and_a_strange_theme_none(name):
    rule = RULES[name]
    rule.check({}, 3, ("a",))
    rule.check({"a": Fraction(1)}, 3, ("a",))
    for marks, code in (
        ({"secret": Fraction(1)}, "theme_not_on_ballot"),
        ({"a": Fraction(1, 2)}, "wrong_mark"),
        ({"a": Fraction(-1)}, "wrong_mark"),
    ):
        with pytest.raises(DataError) as refused:
            rule.check(marks, 3, ("a",))
        assert refused.value.code == code
        assert "secret" not in str(refused.value)
