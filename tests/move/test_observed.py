"""Movement between observed states: tables, groups, the lot, designs, and what is said.

The numbers of transitions, intervals and tests are held against R in tests/reference; here the
front door is: a table by hand, what a design changes, what is refused.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vendepunkt.data import ItemDefinition, Panel, Survey, panel, read_survey
from vendepunkt.move import ObservedMovement, observed_movement, person_groups
from vendepunkt.move.observed_tables import rows_of
from vendepunkt.study import keep, recall
from vendepunkt.terms import DataError, Result, UsageError

HOUSING = Path(__file__).parents[1] / "reference" / "lta" / "housing.csv"
HOME = ItemDefinition("y", order=(2, 1, 0))


@pytest.fixture(scope="module")
def people() -> Panel:
    survey = read_survey(HOUSING, person="id", wave="time")
    return panel(survey, [HOME], times=[0, 0.5, 1, 2])


@pytest.fixture(scope="module")
def found(people: Panel) -> ObservedMovement:
    return observed_movement(people, HOME, by="sec", lot="A certificate")


def small(rows: list[tuple[object, ...]], **options: object) -> Panel:
    """A panel of two waves from (id, year, home, side, weight, area)."""
    frame = pd.DataFrame(rows, columns=["id", "year", "home", "side", "w", "area"])
    survey = Survey.from_frame(frame, person="id", wave="year")
    return panel(survey, [ItemDefinition("home", order=("own", "street"))], **options)


ROWS = [
    (person, year, state, "ab"[person % 2], 1.0 + person % 3, person % 4)
    for person in range(24)
    for year, state in (
        (2017, "street" if person % 4 < 2 else "own"),
        (2022, "own" if person % 3 else "street"),
    )
]


def test_a_table_by_hand() -> None:
    rows = [
        (1, 2017, "street", "a", 1, 1), (1, 2022, "own", "a", 1, 1),
        (2, 2017, "street", "a", 1, 1), (2, 2022, "street", "a", 1, 1),
        (3, 2017, "own", "b", 1, 1), (3, 2022, "own", "b", 1, 1),
        (4, 2017, "street", "b", 1, 1), (4, 2022, None, "b", 1, 1),
    ]  # fmt: skip
    seen = observed_movement(small(rows), "home")
    table = seen.transition_table().set_index(["from", "to"])
    assert table["estimate"].to_dict() == {
        ("own", "own"): 1.0, ("own", "street"): 0.0, ("street", "own"): 0.5,
        ("street", "street"): 0.5,
    }  # fmt: skip
    assert table["n_origin"].tolist() == [1, 1, 2, 2]
    assert table["joint"].sum() == pytest.approx(1)
    lost = seen.dropout_table().set_index("wave")
    assert lost.loc["2022", "estimate"] == 0.25
    shares = seen.shares_table().set_index(["wave", "group"])["estimate"]
    assert shares["2017", "street"] == 0.75
    assert shares["2022", "own"] == pytest.approx(2 / 3)
    directions = seen.direction_table().set_index("direction")["estimate"]
    assert directions.to_dict() == pytest.approx({"more": 0, "less": 1 / 3, "stayed": 2 / 3})


def test_it_is_a_result_like_those_of_other_stages(found: ObservedMovement) -> None:
    assert isinstance(found, Result)
    assert found.converged
    assert found.n == 361
    assert set(found.table()["term"]) == {"share", "transition", "difference", "lost"}
    (row,) = rows_of(found.glance())
    assert (row["waves"], row["states"], row["groups"]) == (4, 3, 2)
    assert "361 people, unweighted" in repr(found)
    assert "<caption>" in found._repr_html_()
    assert "doi.org" in found.cite()
    assert found.provenance.call["by"] == "sec"
    data = found.augment(pd.DataFrame(index=range(362)))
    assert data["state_24"].notna().sum() == 303


def test_what_is_kept_gives_the_same_tables(found: ObservedMovement, tmp_path: Path) -> None:
    keep(tmp_path / "o.zip", found)
    again = recall(tmp_path / "o.zip", ObservedMovement)
    assert again is not None
    pd.testing.assert_frame_equal(again.table(), found.table())
    assert again.refs() == found.refs()


def test_every_pair_of_waves_stands_there_once(found: ObservedMovement) -> None:
    table = found.transition_table("all")
    pairs = table[["wave_from", "wave_to"]].drop_duplicates().to_numpy().tolist()
    assert pairs == [["0", "6"], ["6", "12"], ["12", "24"], ["0", "12"], ["0", "24"]]
    first = found.transition_table("baseline")[["wave_from", "wave_to"]].drop_duplicates()
    assert first.to_numpy().tolist() == [["0", "6"], ["0", "12"], ["0", "24"]]
    with pytest.raises(UsageError):
        found.transition_table("last")


def test_differences_are_those_of_the_estimates_and_hold_them(found: ObservedMovement) -> None:
    keys = ["wave_from", "wave_to", "from", "to"]
    shares = found.transition_table("all").set_index(["by", *keys])["estimate"]
    table = found.difference_table("all")
    assert len(table) == 5 * 9
    for row in rows_of(table):
        cell = tuple(row[key] for key in keys)
        assert row["estimate"] == pytest.approx(shares["1", *cell] - shares["0", *cell])
        assert row["conf_low"] <= row["estimate"] <= row["conf_high"]


def test_an_interval_of_a_difference_is_that_of_newcombe() -> None:
    """Two proportions, 56/70 and 48/80: score intervals give .0524 to .3339 (Newcombe 1998)."""
    from vendepunkt.move.observed_tables import _difference_interval

    # The Wilson intervals of the two proportions, as Newcombe's method 10 takes them.
    low, high = _difference_interval((0.8, 0.6918, 0.8772), (0.6, 0.4905, 0.7004), 0.0)
    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=5e-4)


def test_without_groups_there_is_one_without_a_name(people: Panel) -> None:
    plain = observed_movement(people, HOME)
    assert plain.groups == ("",)
    assert plain.difference_table().empty
    assert plain.baseline == ()
    assert "observed_lot" not in {notice.code for notice in plain.notices}
    assert plain.ref("observed_transitions/0-6/0-2").value == pytest.approx(0.3515, abs=1e-4)
    with pytest.raises(UsageError, match="no value"):
        plain.ref("observed_transitions/0-6/0-9")


def test_the_lot_is_named_by_the_groups_where_it_has_no_words(people: Panel) -> None:
    assert observed_movement(people, HOME, by="sec", lot=True).lot == "sec"
    assert observed_movement(people, HOME, by="sec").lot == ""


def test_what_is_said_of_its_own_accord(found: ObservedMovement) -> None:
    codes = {notice.code for notice in found.notices}
    assert codes >= {
        "observed_states", "observed_lot", "unweighted", "move_steps_differ", "move_rate_rejected",
        "observed_no_generator",
    }  # fmt: skip
    said = next(n for n in found.notices if n.code == "observed_no_generator")
    assert said.values == {"n": 5, "of": 6}


def test_without_times_there_are_no_rates() -> None:
    survey = read_survey(HOUSING, person="id", wave="time")
    seen = observed_movement(panel(survey, [HOME]), HOME)
    assert seen.rates is None
    assert seen.rates_table().empty
    assert "constant rates" not in set(seen.tests_table()["same"])


def test_weights_and_clusters_change_estimates_and_errors() -> None:
    plain = observed_movement(small(ROWS), "home", by="side")
    drawn = observed_movement(small(ROWS, weights="w", clusters="area"), "home", by="side")
    assert drawn.weighted
    assert not plain.weighted
    weights = {person: 1.0 + person % 3 for person in range(24)}
    start = {p: s for p, y, s, *_ in ROWS if y == 2017}
    end = {p: s for p, y, s, *_ in ROWS if y == 2022}
    mine = [p for p in weights if p % 2 == 0 and start[p] == "street"]
    share = sum(weights[p] for p in mine if end[p] == "own") / sum(weights[p] for p in mine)
    table = drawn.transition_table().set_index(["by", "from", "to"])
    assert table.loc[("a", "street", "own"), "estimate"] == pytest.approx(share)
    assert table.loc[("a", "street", "own"), "n_origin"] == len(mine)
    other = plain.transition_table().set_index(["by", "from", "to"])
    assert not np.allclose(table["std_error"], other["std_error"], equal_nan=True)


def test_counts_are_people_of_their_own() -> None:
    once = [row for row in ROWS if row[0] < 8]
    often = small(once, freq="w")
    copies = [
        (100 * copy + person, *rest) for person, *rest in once for copy in range(int(rest[3]))
    ]
    one, other = observed_movement(often, "home"), observed_movement(small(copies), "home")
    assert one.n == other.n
    left, right = one.transition_table(), other.transition_table()
    columns = ["estimate", "std_error", "conf_low", "conf_high", "n"]
    np.testing.assert_allclose(left[columns].to_numpy(), right[columns].to_numpy(), atol=1e-12)


def test_people_outside_and_people_without_a_group_do_not_count(people: Panel) -> None:
    inside = people.domain((people.frame_at()["sec"] == 1).to_numpy())
    part = observed_movement(inside, HOME)
    whole = observed_movement(people, HOME, by="sec")
    mine = whole.transition_table()
    mine = mine[mine["by"] == "1"]["estimate"].to_numpy()
    np.testing.assert_allclose(part.transition_table()["estimate"], mine)
    rows = [(p, y, s, None if p < 4 else side, w, a) for p, y, s, side, w, a in ROWS]
    some = observed_movement(small(rows), "home", by="side")
    assert some.n == 20
    (said,) = (n for n in some.notices if n.code == "observed_no_group")
    assert said.values == {"n": 4, "by": "side"}


@pytest.mark.parametrize(
    ("rows", "options", "error", "code"),
    [
        ([(p, y, s, y, w, a) for p, y, s, _, w, a in ROWS], {"by": "side"}, DataError,
         "differs_within_person"),
        ([(p, y, "own", x, w, a) for p, y, _, x, w, a in ROWS], {}, DataError, "one_state"),
        ([(p, y, s, None, w, a) for p, y, s, _, w, a in ROWS], {"by": "side"}, DataError, ""),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_refused(
    rows: list, options: dict, error: type[Exception], code: str
) -> None:
    with pytest.raises(error) as caught:
        observed_movement(small(rows), "home", **options)
    assert not code or caught.value.code == code


def test_many_groups_are_no_groups() -> None:
    rows = [(p, y, s, f"g{p}", w, a) for p, y, s, _, w, a in ROWS]
    with pytest.raises(UsageError) as caught:
        person_groups(small(rows), ItemDefinition("side", kind="nominal"))
    assert caught.value.code == "many_groups"
    groups = person_groups(small(ROWS), "side")
    assert groups.names == ("a", "b")
    assert groups.codes.tolist() == [p % 2 for p in range(24)]


def test_the_flows_of_each_group_can_be_drawn(found: ObservedMovement) -> None:
    table = found.flow_table()
    for _, own in table.groupby("by"):
        flows = own[own["kind"] == "flow"]
        sums = flows.groupby(["wave_from", "wave_to"])["estimate"].sum()
        assert sums.to_numpy() == pytest.approx(1)
        shares = own[own["kind"] == "share"].groupby("wave")["estimate"].sum()
        assert shares.to_numpy() == pytest.approx(1)
    assert found.plot() is not None
