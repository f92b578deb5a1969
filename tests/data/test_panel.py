"""People over waves: places, codes over all waves, waves and times, states, subsets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from vendepunkt.data import (
    ItemDefinition,
    Panel,
    Survey,
    Wave,
    items_by_wave,
    observed,
    panel,
)
from vendepunkt.terms import DataError, UsageError

# Rows in no order; c has no row in 2022, d comes in 2019.
LONG = pd.DataFrame(
    [
        ("b", 2019, "low", 3.0),
        ("a", 2022, "high", None),
        ("a", 2017, "mid", 1.0),
        ("b", 2017, "low", 2.0),
        ("c", 2017, None, 5.0),
        ("c", 2019, "high", None),
        ("d", 2022, "never used before", 1.0),
        ("b", 2022, None, None),
        ("d", 2019, "low", 2.0),
        ("a", 2019, "mid", 4.0),
    ],
    columns=["k", "year", "trust", "visits"],
)
ORDER = ItemDefinition("trust", order=("high", "mid", "low", "never used before"))


def long_survey(**options: Any) -> Survey:
    return Survey.from_frame(LONG, person="k", wave="year", **options)


def three_waves(**options: Any) -> Panel:
    return panel(long_survey(), [ORDER, ItemDefinition("visits", kind="count")], **options)


def test_codes_stand_person_by_person_and_wave_by_wave() -> None:
    held = three_waves()
    assert (held.n, held.n_waves, held.waves) == (4, 3, ("2017", "2019", "2022"))
    # People in order of appearance: b, a, c, d.
    np.testing.assert_array_equal(held.person_rows, [[3, 0, 7], [2, 9, 1], [4, 5, -1], [-1, 8, 6]])
    trust, visits = held.indicators
    assert trust.categories == ("high", "mid", "low", "never used before")
    np.testing.assert_array_equal(
        trust.codes.reshape(4, 3), [[2, 2, -1], [1, 1, 0], [-1, 0, -1], [-1, 2, 3]]
    )
    assert trust.codes.dtype == np.int32
    assert visits.values[visits.codes[0]] == 2.0
    np.testing.assert_array_equal(
        held.present, [[1, 1, 0], [1, 1, 1], [1, 1, 0], [0, 1, 1]]
    )  # a's 2022 has trust, b's has neither item


def test_a_row_is_an_interview_where_the_file_has_no_rows_for_the_others() -> None:
    held = three_waves()
    np.testing.assert_array_equal(held.asked, [[1, 1, 1], [1, 1, 1], [1, 1, 0], [0, 1, 1]])
    (notice,) = [n for n in held.notices if n.code == "asked_by_rows"]
    assert notice.values == {"n": 1, "asked": 1, "empty": 0}
    np.testing.assert_array_equal(held.left, [False, False, True, False])


def test_in_a_rectangular_file_a_row_is_an_interview_by_what_else_it_holds() -> None:
    frame = pd.DataFrame(
        {
            "k": [1, 1, 2, 2, 3, 3],
            "wave": [1, 2] * 3,
            "trust": [1.0, None, 2.0, None, None, 1.0],
            "age": [40.0, 45.0, 50.0, None, 30.0, 35.0],
            "w12": [0.5, 0.5, None, None, 1.5, 1.5],  # a weight: the same in all waves
            "status": [None, "x", None, "y", None, "x"],  # said of everybody in wave 2
            "sex": [1.0, 1.0, 2.0, 2.0, 1.0, 1.0],
        }
    )
    held = panel(Survey.from_frame(frame, person="k", wave="wave"), ["trust"])
    # 1 was interviewed in wave 2, though trust was not asked; 2 was not, for all is empty.
    np.testing.assert_array_equal(held.asked, [[1, 1], [1, 0], [1, 1]])
    (notice,) = [n for n in held.notices if n.code == "asked_by_rows"]
    assert notice.values == {"n": 3, "asked": 2, "empty": 1}


def test_a_code_that_reads_as_no_interview_is_none() -> None:
    frame = pd.DataFrame(
        {"k": [1, 1, 2, 2], "wave": [1, 2] * 2, "a": [1.0, None, 1.0, None]}
        | {"b": [1.0, 2.0, 2.0, -9.0]}
    )
    labels = {"b": {1: "yes", 2: "no", -9: "No interview, not asked"}}
    survey = Survey.from_frame(frame, person="k", wave="wave", value_labels=labels)
    np.testing.assert_array_equal(panel(survey, ["a"]).asked, [[1, 1], [1, 0]])


def test_a_condition_says_which_rows_are_interviews() -> None:
    frame = LONG.assign(result=["done"] * 9 + ["broken off"])
    survey = Survey.from_frame(frame, person="k", wave="year")
    held = panel(survey, ["trust"], asked="result == 'done'")
    # a's row of 2019 is broken off but answers: answers win, and that is said.
    np.testing.assert_array_equal(held.asked, [[1, 1, 1], [1, 1, 1], [1, 1, 0], [0, 1, 1]])
    assert [n.values for n in held.notices if n.code == "answers_without_interview"] == [{"n": 1}]
    held = panel(survey, ["visits"], asked="year < 2022")
    assert held.asked.sum(axis=0).tolist() == [3, 4, 1]


def test_some_waves_may_be_chosen_in_the_order_of_the_survey() -> None:
    held = three_waves(waves=["2022", "2017"])
    assert held.waves == ("2017", "2022")
    np.testing.assert_array_equal(held.times, [2017, 2022])
    np.testing.assert_array_equal(held.person_rows[0], [3, 7])
    # Categories are those in use in the waves chosen.
    assert held.indicators[0].categories == ("high", "mid", "low", "never used before")
    held = three_waves(waves=["2017", "2019"])
    assert held.indicators[0].categories == ("high", "mid", "low")
    assert held.indicators[0].unused == ("never used before",)


def test_people_without_a_row_in_the_waves_chosen_are_not_there() -> None:
    frame = pd.DataFrame({"k": [1, 1, 2, 3, 3], "t": [1, 2, 3, 1, 2], "a": [1, 2, 1, 2, 1]})
    survey = Survey.from_frame(frame, person="k", wave="t")
    assert panel(survey, ["a"]).n == 3
    held = panel(survey, ["a"], waves=["1", "2"])
    np.testing.assert_array_equal(held.person_rows, [[0, 1], [3, 4]])


def test_waves_may_be_named_by_name_or_key() -> None:
    frame = LONG.assign(year=LONG["year"].map({2017: 1, 2019: 2, 2022: 3}))
    waves = [Wave("1", "2017"), Wave("2", "2019"), Wave("3", "2022")]
    survey = Survey.from_frame(frame, person="k", wave="year", waves=waves)
    held = panel(survey, ["trust"], waves=["2017", "3"])
    assert (held.waves, held.wave_keys) == (("2017", "2022"), ("1", "3"))
    assert (held.place("3"), held.place("2022")) == (1, 1)
    np.testing.assert_array_equal(held.times, [2017, 2022])
    with pytest.raises(UsageError, match="wave is '2018'"):
        held.place("2018")
    with pytest.raises(UsageError, match="wave is '2018'"):
        panel(survey, ["trust"], waves=["2017", "2018"])


@pytest.mark.parametrize("waves", [["2019"], "2019", ["2019", "2019"]])
def test_one_wave_is_no_panel(waves: Any) -> None:
    with pytest.raises(UsageError) as caught:
        three_waves(waves=waves)
    assert caught.value.code == "one_wave"
    assert "only 2019" in caught.value.text
    assert caught.value.allowed == "2017, 2019, 2022"


def test_without_person_wave_or_items_nobody_is_followed() -> None:
    for survey, code in (
        (Survey.from_frame(LONG, wave="year"), "no_person"),
        (Survey.from_frame(LONG.drop_duplicates("k"), person="k"), "no_wave"),
    ):
        with pytest.raises(UsageError) as caught:
            panel(survey, ["trust"])
        assert caught.value.code == code
    with pytest.raises(UsageError) as caught:
        panel(long_survey(), [])
    assert caught.value.code == "no_items"
    with pytest.raises(UsageError, match="'trst' is not a column"):
        panel(long_survey(), ["trst"])


def test_a_wave_in_two_forms_does_not_hide_a_person_twice() -> None:
    frame = pd.DataFrame({"k": [1, 1, 1], "t": ["01", "1", "2"], "a": [1, 2, 1]})
    survey = Survey.from_frame(frame, person="k", wave="t")
    with pytest.raises(DataError) as caught:
        panel(survey, ["a"])
    assert caught.value.code == "duplicate_person"
    assert "2 rows (1, 2;" in caught.value.text


@pytest.mark.parametrize(
    ("names", "given", "times"),
    [
        (("2006", "2008.5"), None, [2006, 2008.5]),
        (("first", "second"), None, None),
        (("2008", "2006"), None, None),
        (("0", "6"), None, None),
        (("0", "6"), [0, 0.5], [0, 0.5]),
        (("0", "6"), {"6": 0.5, "0": 0}, [0, 0.5]),
        (("2006", "2008"), [0, 1], [0, 1]),
    ],
)
def test_times_are_years_or_given(names: Any, given: Any, times: Any) -> None:
    frame = pd.DataFrame({"k": [1, 1], "t": ["x", "y"], "a": [1, 2]})
    waves = [Wave("x", names[0]), Wave("y", names[1])]
    held = panel(Survey.from_frame(frame, person="k", wave="t", waves=waves), ["a"], times=given)
    if times is None:
        assert held.times is None
        assert held.intervals is None
    else:
        np.testing.assert_array_equal(held.times, times)
        np.testing.assert_array_equal(held.intervals, [times[1] - times[0]])


@pytest.mark.parametrize(
    "times", [[1, 2], [3, 2, 1], [1, 1, 2], [1, 2, None], {"2017": 1}, [1, 2, float("inf")], ["a"]]
)
def test_times_that_do_not_rise(times: Any) -> None:
    with pytest.raises(UsageError) as caught:
        three_waves(times=times)
    assert caught.value.code == "bad_times"


def test_items_not_asked_in_a_wave_are_named() -> None:
    held = panel(
        Survey.from_frame(LONG.assign(visits=LONG["visits"].where(LONG["year"] != 2019)),
                          person="k", wave="year"),
        ["trust", ItemDefinition("visits", kind="count")],
    )  # fmt: skip
    notices = [n.values for n in held.notices if n.code == "items_not_asked"]
    assert notices == [{"wave": "2019", "items": "visits"}]
    table = items_by_wave(held)
    assert table["n"].tolist() == [2, 3, 4, 0, 2, 1]
    assert table["asked"].tolist() == [True, True, True, False, True, True]
    assert table["n_items"].tolist() == [2, 2, 1, 1, 2, 2]


def test_observed_states() -> None:
    held = panel(long_survey(), ["trust"])
    states = observed(held, "trust")
    assert states.shape == (4, 3)
    assert held.indicator("trust").categories == ("high", "low", "mid", "never used before")
    np.testing.assert_array_equal(states[1], [2, 2, 0])
    # An item that is not among the panel's, by definition.
    np.testing.assert_array_equal(
        observed(held, ORDER), three_waves().indicators[0].codes.reshape(4, 3)
    )
    with pytest.raises(UsageError) as caught:
        observed(three_waves(), "visits")
    assert caught.value.code == "not_a_state"


def test_values_by_wave_and_by_person() -> None:
    frame = LONG.assign(sex=["m", "f", None, "m", "f", "f", "m", "m", "m", "f"])
    survey = Survey.from_frame(frame, person="k", wave="year")
    held = panel(survey, ["trust"])
    np.testing.assert_array_equal(held.values("visits")[2], [5, np.nan, np.nan])
    assert held.values("trust")[3].tolist() == [None, "low", "never used before"]
    assert held.constant("sex").tolist() == ["m", "f", "f", "m"]
    first = held.frame_at()
    assert first["k"].tolist() == ["b", "a", "c", "d"]
    assert first["year"].tolist() == [2017, 2017, 2017, 2019]
    last = held.frame_at("2022")
    assert last["k"].tolist()[:2] == ["b", "a"]
    assert last.loc[2].isna().all()
    with pytest.raises(DataError) as caught:
        held.constant("visits")
    assert caught.value.code == "differs_within_person"
    # b's rows 1 (2017 has row 4), a's row 10 and d's row 7.
    assert "3 rows (1, 7, 10;" in caught.value.text
    assert "of 3 people" in caught.value.text


def test_people_can_be_taken() -> None:
    held = three_waves()
    some = held.take([True, False, True, False])
    assert (some.n, some.indicators[0].categories) == (2, ("high", "low"))
    np.testing.assert_array_equal(some.person_rows, held.person_rows[[0, 2]])
    np.testing.assert_array_equal(some.asked, held.asked[[0, 2]])
    assert held.take(np.ones(4, dtype=bool)) is held
    for mask, code in (([False] * 4, "no_rows"), ([True] * 3, "other_rows")):
        with pytest.raises((DataError, UsageError)) as caught:
            held.take(mask)
        assert caught.value.code == code


def test_a_domain_keeps_the_people_but_not_their_answers() -> None:
    held = three_waves()
    some = held.domain([True, True, True, False])
    assert some.n == 4
    assert not some.asked[3].any()
    assert some.inside.tolist() == [True, True, True, False]
    assert some.indicators[0].categories == ("high", "mid", "low")
    np.testing.assert_array_equal(some.indicators[0].codes.reshape(4, 3)[3], [-1, -1, -1])
    np.testing.assert_array_equal(observed(some, "trust")[3], [-1, -1, -1])
    again = some.domain([False, True, True, True])
    assert again.inside.tolist() == [False, True, True, False]


def test_neither_ids_nor_answers_show() -> None:
    frame = LONG.assign(k=LONG["k"].map(lambda k: f"secret-{k}"))
    held = panel(Survey.from_frame(frame, person="k", wave="year"), ["trust"])
    assert repr(held) == (
        "Panel(frame: 4 people, 3 waves (2017, 2019, 2022), 1 item; asked 3, 4, 3)"
    )
    assert "secret" not in held._repr_html_() + repr(held)
    assert "never used" not in held._repr_html_()


def test_wide_files_give_the_same_panel() -> None:
    wide = pd.DataFrame({"k": ["b", "a"], "sex": [1, 2]})
    wide["a_2017"], wide["a_2022"] = [1.0, 2.0], [2.0, None]
    held = panel(Survey.from_frame(wide, person="k", wide=("2017", "2022")), ["a"])
    np.testing.assert_array_equal(held.present, [[1, 1], [1, 0]])
    np.testing.assert_array_equal(held.asked, [[1, 1], [1, 0]])


def test_equal_to_a_slow_walk_through_the_rows() -> None:
    rng = np.random.default_rng(3)
    rows = [
        (f"p{p}", t, rng.choice(["x", "y", None]), rng.choice(["u", "v", "w", None]))
        for p in range(40)
        for t in range(5)
        if rng.random() < 0.7
    ]
    frame = pd.DataFrame(rows, columns=["k", "t", "a", "b"]).sample(frac=1, random_state=1)
    held = panel(Survey.from_frame(frame, person="k", wave="t"), ["a", "b"], waves=["1", "2", "4"])
    kept = frame[frame["t"].isin([1, 2, 4])]
    people = list(dict.fromkeys(kept["k"]))
    people = [k for k in dict.fromkeys(frame["k"]) if k in people]
    answers = {(k, t): (a, b) for k, t, a, b in kept.itertuples(index=False)}
    for place, item in enumerate(held.indicators):
        for i, k in enumerate(people):
            for step, t in enumerate((1, 2, 4)):
                said = answers.get((k, t), (None, None))[place]
                code = item.codes[i * 3 + step]
                assert (None if code < 0 else item.categories[code]) == (
                    None if pd.isna(said) else said
                )
