"""Panels side by side: differences, orders, overlap, mapping, what is listed, hidden and said."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from scipy import stats

from vendepunkt.convene import (
    Ballot,
    Comparison,
    LifePhase,
    Meeting,
    Panel,
    Placing,
    SameTheme,
    Theme,
    Vote,
    Words,
    compare,
)
from vendepunkt.convene.intervals import newcombe, wilson
from vendepunkt.language import LANGUAGES
from vendepunkt.numerics.intervals import wilson_interval
from vendepunkt.terms import DataError, Result, UsageError

THEMES = ("home", "work", "debt", "school")
USERS = [{"home": 1, "debt": 1}] * 12 + [{"home": 1, "work": 1}] * 5 + [{"school": 1}] * 3
COUNCILS = [{"work": 1, "school": 1}] * 9 + [{"home": 1, "work": 1}] * 6 + [{}]


def _ballots(panel: str, cast: list[dict[str, int]]) -> tuple[Ballot, ...]:
    return tuple(Ballot("v", panel, marks) for marks in cast)


@pytest.fixture(scope="module")
def meeting() -> Meeting:
    return Meeting(
        "m",
        Words(en="Spring"),
        phases=(LifePhase("p", Words(en="Youth")),),
        panels=(
            Panel("users", Words(da="brugerne", en="the users")),
            Panel("councils", Words(da="rådene", en="the councils")),
        ),
        themes=tuple(Theme(name, "p", Words(en=name.title(), da=name)) for name in THEMES),
        votes=(Vote("v", "p", places=2, choices=2),),
        ballots=_ballots("users", USERS) + _ballots("councils", COUNCILS),
    )


@pytest.fixture(scope="module")
def found(meeting: Meeting) -> Comparison:
    return compare(meeting)


def test_it_is_a_result(found: Comparison) -> None:
    assert isinstance(found, Result)
    assert list(found.table()["contrast"].unique()) == ["users - councils"]
    assert "10.1145/1852102.1852106" in found.cite()
    assert "not random draws" in repr(found)
    assert "<table" in found._repr_html_()
    assert len(found.glance()) == 1


def test_differences_have_newcombes_interval(found: Comparison) -> None:
    rows = {row.theme: row for row in found.pairs[0].differences}
    home = rows["home"]
    assert (home.first, home.second) == (17 / 20, 6 / 16)
    p, q = wilson_interval(17 / 20, 20), wilson_interval(6 / 16, 16)
    low = home.difference - ((17 / 20 - p.low) ** 2 + (q.high - 6 / 16) ** 2) ** 0.5  # type: ignore[operator]
    assert home.low == pytest.approx(low)
    assert {row.p_value for row in rows.values()} == {None}
    sizes = [abs(row.difference or 0) for row in found.pairs[0].differences]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize(("people", "voters"), [(0, 7), (3, 7), (7, 7), (56, 70)])
def test_the_plain_interval_is_the_one_of_the_numerics(
    people: int, voters: int, level: float
) -> None:
    assert wilson(people, voters, level) == pytest.approx(
        tuple(wilson_interval(people / voters, voters, level=level)), abs=1e-12
    )


def test_newcombes_worked_example() -> None:
    # Newcombe (1998), table II, example (a): 56/70 against 48/80, method 10.
    p, q = wilson_interval(56 / 70, 70), wilson_interval(48 / 80, 80)
    found = newcombe((56 / 70, p.low, p.high), (48 / 80, q.low, q.high))
    assert found == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_orders_overlap_and_verdicts(found: Comparison) -> None:
    pair = found.pairs[0]
    assert {row.theme: (row.rank_first, row.rank_second) for row in pair.differences} == {
        "home": (1, 3), "debt": (2, 4), "work": (3, 1), "school": (4, 2),
    }  # fmt: skip
    theirs = stats.kendalltau([17, 5, 12, 3], [6, 15, 0, 9]).statistic
    assert pair.tau_b == pytest.approx(theirs)
    assert {row.theme: row.verdict for row in pair.differences} == {
        "home": "first", "debt": "first", "work": "second", "school": "second",
    }  # fmt: skip
    assert (pair.overlap.shared, pair.overlap.expected) == (0, 1)
    assert set(pair.opposite) == {
        ("home", "work"), ("home", "school"), ("debt", "work"), ("debt", "school"),
    }  # fmt: skip


def test_panels_that_vote_alike_agree_fully(meeting: Meeting) -> None:
    alike = replace(meeting, ballots=_ballots("users", USERS) + _ballots("councils", USERS * 2))
    pair = compare(alike).pairs[0]
    assert (pair.rbo, pair.tau_b, pair.opposite) == (pytest.approx(1), pytest.approx(1), ())
    assert {row.difference for row in pair.differences} == {0.0}
    assert pair.overlap.shared == 2


def test_consensus_over_panels_is_exact(found: Comparison) -> None:
    assert found.consensus["v"]["home"] == Fraction(18, 22) * Fraction(7, 18)
    assert found.consensus["v"]["debt"] == Fraction(13, 22) * Fraction(1, 18)
    assert found.consensus_table()["theme"].tolist()[0] == "home"
    assert found.ref("v/panels/home/consensus").value == pytest.approx(18 * 7 / (22 * 18), abs=1e-6)


def test_random_draws_are_tested_and_others_never(meeting: Meeting, found: Comparison) -> None:
    tested = compare(meeting, random_draws=True)
    rows = tested.pairs[0].differences
    home = next(row for row in rows if row.theme == "home")
    assert home.p_value == pytest.approx(stats.fisher_exact([[17, 3], [6, 10]]).pvalue)
    values = [row.p_value for row in rows]
    assert [row.p_adjusted for row in rows] == pytest.approx(
        list(stats.false_discovery_control(values))
    )
    assert "convene_tested" in {one.code for one in tested.notices}
    assert "convene_not_tested" in {one.code for one in found.notices}
    assert found.difference_table()["p_value"].isna().all()


def test_all_members_have_no_interval(meeting: Meeting) -> None:
    users, councils = meeting.panels
    whole = (replace(users, all_members=True), replace(councils, all_members=True))
    assert {row.low for row in compare(replace(meeting, panels=whole)).pairs[0].differences} == {
        None
    }
    half = compare(replace(meeting, panels=(users, whole[1]))).pairs[0].differences
    home = next(row for row in half if row.theme == "home")
    assert home.high == pytest.approx(wilson_interval(17 / 20, 20).high - 6 / 16)


@pytest.fixture
def apart(meeting: Meeting) -> Meeting:
    own = {"work": "jobs", "school": "classes"}
    councils = [{own.get(theme, theme): 1 for theme in one} for one in COUNCILS]
    themes = (
        *(replace(theme, panel="users") for theme in meeting.themes if theme.id != "home"),
        next(theme for theme in meeting.themes if theme.id == "home"),
        Theme("jobs", "p", Words(en="Jobs"), panel="councils"),
        Theme("classes", "p", Words(en="Classes"), panel="councils"),
    )
    mapping = (
        SameTheme("work", "Work and jobs", "the council", "the same ideas"),
        SameTheme("jobs", "Work and jobs", "the council", "the same ideas"),
    )
    cast = _ballots("users", USERS) + _ballots("councils", councils)
    return replace(meeting, themes=themes, ballots=cast, mapping=mapping)


def test_themes_grouped_apart_need_a_mapping_and_the_rest_is_listed(apart: Meeting) -> None:
    found = compare(apart)
    pair = found.pairs[0]
    assert {row.theme for row in pair.differences} == {"home", "Work and jobs"}
    assert (pair.alone_first, pair.alone_second) == (("debt", "school"), ("classes",))
    assert found.unmapped_table()["theme"].tolist() == ["debt", "school", "classes"]
    assert found.mapping_table().loc[1].tolist() == [
        "jobs", "Work and jobs", "the council", "the same ideas",
    ]  # fmt: skip
    codes = {one.code: one.text for one in found.notices}
    assert "the council" in codes["convene_mapped"]
    assert codes["convene_unmapped"].startswith("3 themes")
    said = " ".join(found.sentences("en"))
    assert "for the users had nothing like it: “Classes” of the councils." in said


def test_who_marked_two_themes_of_one_name_counts_once(apart: Meeting) -> None:
    mapping = (*apart.mapping, SameTheme("classes", "Work and jobs", "us", "close"))
    row = next(
        row for row in compare(apart, mapping=mapping).pairs[0].differences if row.theme != "home"
    )
    # Nine marked both jobs and classes, six jobs alone: fifteen people of sixteen.
    assert row.second == 15 / 16


def test_without_a_common_theme_nothing_is_compared(apart: Meeting) -> None:
    own = tuple(replace(t, panel=t.panel or "users") for t in apart.themes)
    cast = tuple(
        replace(b, marks={t: v for t, v in b.marks.items() if t != "home"}) for b in apart.ballots
    )
    with pytest.raises(DataError, match="which themes are the same"):
        compare(replace(apart, themes=own, ballots=cast, mapping=()))
    with pytest.raises(DataError) as error:
        compare(apart, mapping=(SameTheme("nowhere", "x", "us", ""),))
    assert error.value.code == "unknown_mapped"


def test_published_places_are_compared_by_order_only(meeting: Meeting) -> None:
    placings = tuple(
        Placing("v", "councils", theme, place)
        for theme, place in (("work", 1), ("school", 2), ("home", 0))
    )
    found = compare(replace(meeting, ballots=_ballots("users", USERS), placings=placings))
    pair = found.pairs[0]
    assert pair.places_only
    assert {row.difference for row in pair.differences} == {None}
    ranks = {row.theme: row.rank_second for row in pair.differences}
    assert ranks == {"work": 1, "school": 2, "home": 3, "debt": None}
    verdicts = {row.theme: row.verdict for row in pair.differences}
    assert verdicts == {"home": "first", "debt": "first", "work": "second", "school": "second"}
    assert found.consensus == {}
    assert 0 < pair.rbo < 1
    with pytest.raises(UsageError, match="no shares to draw"):
        found.plot()
    assert "convene_places_only" in {one.code for one in found.notices}


def test_published_places_with_votes_have_shares(meeting: Meeting) -> None:
    placings = tuple(
        Placing("v", "councils", theme, place, votes=votes, voters=16)
        for theme, place, votes in (("work", 1, 15), ("school", 2, 9), ("home", 3, 6))
    )
    pair = compare(replace(meeting, ballots=_ballots("users", USERS), placings=placings)).pairs[0]
    assert not pair.places_only
    assert next(r for r in pair.differences if r.theme == "home").second == 6 / 16


def test_panels_of_few_voters_are_left_out_and_said(meeting: Meeting) -> None:
    third = Panel("few", Words(en="a few"))
    cast = meeting.ballots + _ballots("few", [{"home": 1}] * 4)
    three = replace(meeting, panels=(*meeting.panels, third), ballots=cast)
    found = compare(three)
    assert {side.panel for side in found.sides} == {"users", "councils"}
    assert "convene_panel_hidden" in {one.code for one in found.notices}
    assert len(compare(three, threshold=4).pairs) == 3
    with pytest.raises(UsageError):
        compare(three, threshold=2)


def test_votes_of_one_phase_are_compared_where_each_panel_had_its_own(meeting: Meeting) -> None:
    cast = _ballots("users", USERS) + tuple(
        replace(b, vote="w") for b in _ballots("councils", COUNCILS)
    )
    two = replace(meeting, votes=(*meeting.votes, replace(meeting.votes[0], id="w")), ballots=cast)
    found = compare(two)
    assert [pair.vote for pair in found.pairs] == ["v+w"]
    assert set(found.consensus) == {"v+w"}


def test_disagreement_is_said_in_both_languages(found: Comparison) -> None:
    english = found.sentences("en")
    assert english[0] == "No theme is chosen by both the users and the councils."
    assert "Only the councils chose “Work” and “School”." in english
    assert any("the other way round" in one for one in english)
    assert "1 more pair of themes stands in opposite order." in english
    danish = found.sentences("da")
    assert "Intet tema er valgt af både brugerne og rådene." in danish
    assert len({len(found.sentences(language)) for language in LANGUAGES}) == 1


def test_refs_and_columns(found: Comparison) -> None:
    value = found.ref("v/users+councils/home/difference")
    assert value.value == pytest.approx(0.475)
    assert value.low is not None
    assert found.ref("convene/v/users+councils/summary/themes").value == 4
    assert found.opposite_table().shape == (4, 5)
    with pytest.raises(UsageError, match="rbo"):
        found.ref("v/nothing")
    assert found.augment(found.difference_table())["common"].notna().all()


def test_the_figure_is_drawn(found: Comparison) -> None:
    assert found.plot("da").axes is not None
    assert set(found.shares_table("v", "en")["panel"]) == {"the users", "the councils"}
