"""A vote tallied: counts, ties, margins, intervals, who is left without, what is hidden."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from vendepunkt.convene import (
    Ballot,
    LifePhase,
    Meeting,
    Panel,
    Tally,
    Theme,
    Vote,
    Words,
    tally,
    tally_meeting,
)
from vendepunkt.convene.rules import RULES, Profile
from vendepunkt.convene.splits import split
from vendepunkt.convene.standings import whole
from vendepunkt.disclosure import Rules
from vendepunkt.language import LANGUAGES, statement, text
from vendepunkt.terms import DataError, Provenance, Result, UsageError

THEMES = ("home", "work", "debt", "school", "bus")
CAST = (
    [{"home": 1, "work": 1}] * 9
    + [{"home": 1, "debt": 1}] * 6
    + [{"school": 1}] * 5
    + [{"debt": 1, "school": 1}] * 2
    + [{}] * 2
)


@pytest.fixture(scope="module")
def found() -> Tally:
    return tally(CAST, THEMES, places=2, choices=2, present=26, draws=2000)


def test_it_is_a_result(found: Tally) -> None:
    assert isinstance(found, Result)
    assert isinstance(found.provenance, Provenance)
    assert found.provenance.seed == 1
    assert found.provenance.call["draws"] == 2000
    assert list(found.table().columns) == ["item", "term", "estimate", "conf_low", "conf_high", "n"]
    assert "10.1080" in found.cite()
    assert "24 voted, 2 blank" in repr(found)
    assert "<table" in found._repr_html_()
    assert found.glance().loc[0, "voters"] == 24


def test_counts_and_places(found: Tally) -> None:
    assert (found.voters, found.blank, found.present) == (24, 2, 26)
    rows = [(one.theme, one.people, one.rank, one.status) for one in found.standings]
    assert rows == [
        ("home", 15, 1, "chosen"),
        ("work", 9, 2, "chosen"),
        ("debt", 8, 3, "below"),
        ("school", 7, 4, "below"),
        ("bus", 0, 5, "below"),
    ]
    assert [one.margin for one in found.standings] == [7, 1, -1, -2, -9]
    assert [(one.theme, one.margin) for one in found.just_under] == [("debt", -1)]


def test_the_interval_is_wilsons_over_all_who_voted(found: Tally) -> None:
    for one in found.standings:
        theirs = stats.binomtest(one.people, 24).proportion_ci(method="wilson")
        assert one.share == pytest.approx(one.people / 24)
        assert (one.low, one.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_chances_are_rounded_to_five_of_100_and_fill_the_places(found: Tally) -> None:
    chances = [one.chance for one in found.standings]
    assert all(round(20 * chance, 9) == round(20 * chance) for chance in chances)  # type: ignore[operator]
    assert sum(one.chance_exact or 0 for one in found.standings) == pytest.approx(2)
    assert chances == sorted(chances, reverse=True)  # type: ignore[type-var]


def test_two_views_and_who_loses_in_each(found: Tally) -> None:
    other = found.representative
    assert other is not None
    assert found.chosen.committees == (("home", "work"),)
    assert found.chosen.without == (7, 7)
    best = min(
        sum(bool(one) and not set(one) & set(pair) for one in CAST)
        for pair in combinations(THEMES, 2)
    )
    assert other.committees == (("home", "school"),)
    assert other.without == (best, best) == (0, 0)


def test_ties_at_the_cut_are_all_shown() -> None:
    cast = [{"home": 1}] * 4 + [{"work": 1}] * 2 + [{"debt": 1}] * 2 + [{"bus": 1}]
    found = tally(cast, THEMES, places=2, choices=1, chance=False)
    assert found.chosen.committees == (("debt", "home"), ("home", "work"))
    assert [(one.rank, one.status) for one in found.standings][:4] == [
        (1, "chosen"), (2, "tied"), (2, "tied"), (4, "below"),
    ]  # fmt: skip
    assert [one.margin for one in found.standings] == [2, 0, 0, -1, -2]
    assert [one.committees for one in found.standings][:3] == [1, Fraction(1, 2), Fraction(1, 2)]
    assert "convene_tied" in {one.code for one in found.notices}
    # Either way two or three people have none: those of bus, and those of the theme left out.
    assert found.chosen.without == (3, 3)


def test_votes_are_no_people_where_dots_pile_up() -> None:
    found = tally([{"home": 3}, {"work": 1, "debt": 2}], THEMES, rule="dots", choices=3)
    assert (found.standing("home").people, found.standing("home").votes) == (1, 3)


@pytest.mark.parametrize("name", ["schulze", "equal-shares"])
def test_more_votes_need_not_win_so_there_is_no_margin(name: str) -> None:
    cast = [{"home": 1, "work": 2}] * 3 if name == "schulze" else CAST
    found = tally(cast, THEMES, rule=name, places=2, chance=False)
    assert {one.margin for one in found.standings} == {None}
    assert found.just_under == ()
    assert (found.representative is None) == (name == "schulze")


def test_all_places_filled_have_no_margin() -> None:
    found = tally(CAST, THEMES, places=9, choices=2, chance=False)
    assert {one.margin for one in found.standings} == {None}
    assert {one.status for one in found.standings} == {"chosen"}


def test_when_all_members_took_part_nobody_else_could_have_come() -> None:
    found = tally(CAST, THEMES, choices=2, all_members=True)
    assert found.firmness is None
    assert {one.chance for one in found.standings} == {None}
    assert {one.low for one in found.standings} == {None}
    assert found.standing("home").share == 15 / 24
    assert {one.code for one in found.notices} == {"convene_panel", "convene_all_members"}
    assert found.provenance.seed is None
    assert np.isnan(found.standings_table()["conf_low"]).all()


def test_the_sentence_on_panels_is_always_there() -> None:
    for extra in ({}, {"all_members": True}, {"chance": False}):
        notice = tally(CAST, THEMES, choices=2, draws=50, **extra).notices[0]
        assert notice.text == statement("panel", "en")
    for language in LANGUAGES:
        assert text("warning.convene_panel", language) == statement("panel", language)


@pytest.mark.parametrize(
    ("code", "cast", "extra"),
    [
        ("convene_small", CAST, {}),
        ("convene_no_votes", [], {}),
        ("convene_no_chance", [{"home": 1}], {}),
        ("convene_more_than_present", CAST, {"present": 3}),
        ("convene_few_groups", CAST, {"groups": ["x", "y", "z"] * 8}),
        ("convene_one_group", CAST, {"groups": ["x"] * 24}),
        ("convene_too_costly", CAST, {"rule": "schulze", "draws": 10**8}),
        ("convene_chance", CAST * 3, {}),
        ("convene_capped", [{}] * 60, {"themes": tuple(map(str, range(30))), "places": 9}),
    ],
)
def test_what_is_said_of_its_own_accord(code: str, cast: list, extra: dict) -> None:
    asked = {"themes": THEMES, "draws": 50} | extra
    if asked.get("rule") == "schulze":
        cast = [{"home": 1}] * 24
    found = tally(cast, asked.pop("themes"), **asked)
    assert code in {one.code for one in found.notices}


def test_many_are_not_called_few() -> None:
    assert "convene_small" not in {one.code for one in tally(CAST * 3, THEMES, draws=50).notices}


def test_a_profile_does_as_well_and_the_order_of_ballots_says_nothing() -> None:
    first = tally(CAST, THEMES, choices=2, draws=300)
    second = tally(Profile.of(CAST[::-1], THEMES), choices=2, draws=300)
    assert first.standings == second.standings
    assert first.provenance.data_hash == second.provenance.data_hash
    assert first.provenance.data_hash != tally(CAST[1:], THEMES, draws=9).provenance.data_hash


def test_refs_name_every_value(found: Tally) -> None:
    assert str(found.ref("home/share").ref) == "convene/vote/panel/home/share"
    assert found.ref("home/share").value == 0.625
    assert found.ref("home/share").low == pytest.approx(0.427, abs=0.001)
    values = {name: found.ref(f"work/{name}").value for name in ("votes", "rank", "margin")}
    assert values == {"votes": 9, "rank": 2, "margin": 1}
    assert found.ref("convene/vote/panel/summary/blank").value == 2
    assert found.ref("summary/without_representative").value == 0
    assert len(found.refs()) == 8 * 5 + 12
    with pytest.raises(UsageError, match="summary/voters"):
        found.ref("nothing/there")


def test_standings_go_beside_a_table_of_themes(found: Tally) -> None:
    data = pd.DataFrame({"theme": ["bus", "home"], "note": ["x", "y"]})
    assert found.augment(data)["people"].tolist() == [0, 15]
    with pytest.raises(UsageError, match="theme"):
        found.augment(pd.DataFrame({"x": [1]}))


def test_the_figure_is_drawn_with_titles() -> None:
    titled = tally(
        CAST, THEMES, choices=2, draws=50, titles={"home": Words(da="Bolig", en="Housing")}
    )
    assert titled.placings_table("da")["theme"].tolist()[:2] == ["Bolig", "work"]
    assert titled.plot("en").axes is not None


def test_small_parts_are_hidden_and_cannot_be_worked_out() -> None:
    groups = ["x"] * 9 + ["y"] * 6 + ["z"] * 3 + ["w"] * 6
    found = tally(CAST, THEMES, choices=2, groups=groups, draws=50)
    shown = {part.name: part.voters for part in found.parts}
    assert shown == {"w": None, "x": 9, "y": 6, "z": None}
    table = found.parts_table()
    assert table[table["group"] == "z"]["people"].tolist() == [None] * 5
    assert table[table["group"] == "x"]["people"].tolist() == [9, 9, 0, 0, 0]
    # What is left over when the shown parts are taken from the published totals is of 9 people.
    rest = found.voters - sum(voters for voters in shown.values() if voters)
    assert rest == 9


def test_nothing_is_hidden_where_no_part_is_small() -> None:
    parts = split([{"a": 1}] * 12, ["x"] * 6 + [None] * 6, ("a",))
    assert [(part.name, part.voters, part.hidden) for part in parts] == [
        ("x", 6, False), ("", 6, False),
    ]  # fmt: skip
    stricter = split([{"a": 1}] * 12, ["x"] * 6 + [None] * 6, ("a",), Rules(threshold=7))
    assert all(part.hidden for part in stricter)


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("not_allowed", {"rule": "plurality"}),
        ("bad_places", {"places": 0}),
        ("bad_present", {"present": -1}),
        ("lengths", {"groups": ["x"]}),
        ("level", {"conf_level": 1.0}),
    ],
)
def test_refusals(code: str, asked: dict) -> None:
    with pytest.raises(UsageError) as error:
        tally(CAST, THEMES, draws=50, **asked)
    assert error.value.code == code


def test_refusals_of_what_is_missing() -> None:
    with pytest.raises(UsageError, match="could be voted on"):
        tally(CAST)
    with pytest.raises(UsageError) as error:
        tally(Profile.of(CAST, THEMES), groups=["x"] * 24)
    assert error.value.code == "groups_without_ballots"
    with pytest.raises(DataError) as wrong:
        tally(CAST, THEMES, choices=1)
    assert wrong.value.code == "too_many_choices"
    with pytest.raises(DataError, match="another value than 1"):
        tally([{"home": 2}], THEMES)


def test_exact_numbers_are_written_as_they_are() -> None:
    assert [whole(x) for x in (Fraction(4), Fraction(1, 3), None)] == [4, "1/3", None]


@pytest.fixture
def meeting() -> Meeting:
    themes = tuple(Theme(name, "p", Words(en=name.title(), da=name)) for name in THEMES)
    cast = tuple(
        Ballot("v", panel, marks, channel="paper" if place % 3 == 0 else "phone")
        for panel in ("users", "councils")
        for place, marks in enumerate(CAST)
    )
    return Meeting(
        "m",
        Words(en="Spring"),
        phases=(LifePhase("p", Words(en="Youth")),),
        panels=(
            Panel("users", Words(en="Users"), present=30),
            Panel("councils", Words(en="Councils"), all_members=True),
        ),
        themes=themes,
        votes=(Vote("v", "p", places=2, choices=2), Vote("w", "p")),
        ballots=cast,
    )


def test_every_vote_of_every_panel_with_ballots(meeting: Meeting) -> None:
    found = tally_meeting(meeting, draws=100)
    assert isinstance(found, Result)
    assert [(one.vote, one.panel) for one in found.tallies] == [("v", "users"), ("v", "councils")]
    users, councils = found.tallies
    assert users.channels == {"paper": 8, "phone": 16}
    assert found.ref("v/users/summary/paper").value == 8
    assert users.present == 30
    assert users.firmness is not None
    assert councils.firmness is None
    assert [one.code for one in found.notices].count("convene_panel") == 1
    assert set(found.standings_table()["panel"]) == {"users", "councils"}
    assert len(found.glance()) == 2
    assert set(found.refs()) == set(users.refs()) | set(councils.refs())
    assert users.title("home", "en") == "Home"
    with pytest.raises(UsageError, match="councils"):
        found.of("w", "councils")


def test_another_rule_and_other_places(meeting: Meeting) -> None:
    found = tally_meeting(meeting, rule="phragmen", places=3, chance=False)
    assert {one.rule for one in found.tallies} == {"phragmen"}
    expected = RULES["phragmen"].winners(Profile.of(CAST, THEMES), 3).committees
    assert found.of("v", "users").chosen.committees == expected


def test_dots_counted_as_crosses_are_said(meeting: Meeting) -> None:
    dots = replace(meeting, votes=(replace(meeting.votes[0], rule="dots"),))
    found = tally_meeting(dots, rule="approval", chance=False)
    assert found.of("v", "users").standing("home").votes == 15
    assert "convene_as_crosses" in {one.code for one in found.notices}


def test_groups_of_a_meeting_are_redrawn_whole(meeting: Meeting) -> None:
    grouped = replace(
        meeting,
        ballots=tuple(replace(b, group=f"g{i % 6}") for i, b in enumerate(meeting.ballots)),
    )
    firm = tally_meeting(grouped, draws=100).of("v", "users").firmness
    assert firm is not None
    assert firm.groups == 6
    assert tally_meeting(meeting, draws=100).of("v", "users").firmness.groups is None  # type: ignore[union-attr]


def test_a_meeting_without_ballots_has_empty_tables(meeting: Meeting) -> None:
    found = tally_meeting(replace(meeting, ballots=()))
    assert found.tallies == ()
    assert found.table().empty
    assert found.glance().empty
    with pytest.raises(UsageError, match="no ballots"):
        found.plot()
