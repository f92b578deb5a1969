"""One stratum, one unit and one panel weight for each person; cross-section weights per wave."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from vendepunkt.data import Design, Panel, Survey, panel
from vendepunkt.language import text
from vendepunkt.terms import DataError, UsageError

N, T = 8, 3
BASE = pd.DataFrame(
    {
        "k": np.repeat(np.arange(100, 100 + N), T),
        "t": np.tile([2017, 2019, 2022], N),
        "a": np.tile([1.0, 2.0, 1.0], N),
        "area": np.repeat([1, 1, 1, 1, 2, 2, 2, 2], T),
        "psu": np.repeat([1, 1, 2, 2, 1, 1, 2, 2], T),
        "w": np.repeat([0.5, 1.5, 1.0, 1.0, 2.0, 0.5, 0.5, 1.0], T),
    }
)


def follow(frame: pd.DataFrame, **options: Any) -> Panel:
    return panel(Survey.from_frame(frame, person="k", wave="t"), ["a"], **options)


def refused(frame: pd.DataFrame, **options: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        follow(frame, **options)
    return caught.value


def changed(column: str, rows: list[int], value: Any) -> pd.DataFrame:
    frame = BASE.copy()
    frame[column] = frame[column].astype("object")
    frame.loc[rows, column] = value
    frame[column] = pd.to_numeric(frame[column])
    return frame


def test_the_design_has_a_row_for_each_person() -> None:
    held = follow(BASE, weights="w", strata="area", clusters="psu", nest=True)
    design = held.design
    assert design is not None
    assert (design.n, design.n_strata, design.n_psu, design.df) == (N, 2, 4, 2)
    np.testing.assert_array_equal(design.weights, BASE["w"][::T])
    assert design.names.weights == "w"
    assert held.members.all()
    # The same as the design of a file with a row per person.
    once = Design.from_frame(
        BASE[::T], weights="w", strata="area", clusters="psu", nest=True, single_psu="fail"
    )
    values = np.arange(N, dtype=float)[:, None]
    np.testing.assert_allclose(
        design.variance(values, np.arange(N)).covariance,
        once.variance(values, np.arange(N)).covariance,
    )
    assert follow(BASE).design is None


def test_a_value_may_stand_in_some_waves_only() -> None:
    last = BASE.assign(
        w=BASE["w"].where(BASE["t"] == 2022), area=BASE["area"].where(BASE["t"] == 2017)
    )
    held = follow(last, weights="w", strata="area")
    assert held.design is not None
    np.testing.assert_array_equal(held.design.weights, BASE["w"][::T])
    # Also where it stands in a wave that is not chosen.
    held = follow(last, weights="w", strata="area", waves=["2017", "2019"])
    assert held.design is not None
    np.testing.assert_array_equal(held.design.weights, BASE["w"][::T])


def test_what_differs_within_a_person_is_named_by_row() -> None:
    error = refused(changed("area", [1, 5], 9), strata="area")
    assert error.code == "differs_within_person"
    assert "'area'" in error.text
    assert "2 rows (2, 6; the first row of data is 1), of 2 people" in error.text
    error = refused(changed("w", [4], 9.0), weights="w")
    assert error.code == "differs_within_person"
    assert "1 row (5;" in error.text
    assert "wave_weights" in error.try_
    assert "9" not in error.text
    # In a wave that is not chosen it does not matter.
    assert follow(changed("area", [2], 9), strata="area", waves=["2017", "2019"]).n == N


def test_many_rows_are_counted_and_five_are_named() -> None:
    error = refused(BASE.assign(area=BASE["t"]), strata="area")
    assert "16 rows (2, 3, 5, 6, 8, …;" in error.text


def test_everybody_belongs_somewhere_in_the_design() -> None:
    error = refused(changed("psu", [3, 4, 5], None), clusters="psu")
    assert error.code == "design_missing"
    assert "1 of 8 people" in error.text
    assert "3 rows (4, 5, 6;" in error.text
    with pytest.raises(UsageError, match="'pzu' is not a column"):
        follow(BASE, clusters="pzu")


def test_people_without_a_weight_are_an_error_that_offers_three_ways() -> None:
    error = refused(changed("w", [0, 1, 2, 21, 22, 23], None), weights="w")
    assert error.code == "weight_missing"
    assert "2 of 8 people" in error.text
    assert "2 rows (1, 22;" in error.text
    assert "(c) all people with weights made" in error.allowed
    assert "only_weighted" in error.try_


def test_only_weighted_says_how_many_are_out() -> None:
    frame = changed("w", [0, 1, 2, 21, 22, 23], None)
    held = follow(frame, weights="w", only_weighted=True, strata="area", clusters="psu", nest=True)
    assert held.n == 6
    assert held.design is not None
    assert held.design.n == 6
    assert held.members.all()
    np.testing.assert_array_equal(held.person_rows[0], [3, 4, 5])
    (notice,) = held.notices
    assert notice.code == "panel_only_weighted"
    assert notice.values == {"n": 2, "of": 8, "column": "w"}
    error = refused(BASE.assign(w=np.nan), weights="w", only_weighted=True)
    assert error.code == "weight_missing"
    with pytest.raises(UsageError) as caught:
        follow(BASE, only_weighted=True)
    assert caught.value.code == "no_weight"


@pytest.mark.parametrize(("value", "code"), [(-1.0, "weight_negative"), (np.inf, "weight_missing")])
def test_weights_that_cannot_be(value: float, code: str) -> None:
    error = refused(changed("w", [6, 7, 8], value), weights="w")
    # The reader takes an infinite number as missing.
    assert error.code == code
    assert "7" in error.text


def test_cross_section_weights_are_of_those_asked() -> None:
    frame = BASE.drop(index=[1, 4]).reset_index(drop=True)
    frame["w17"] = frame["w"] * 2
    frame["w19"] = (frame["w"] * 3).where(frame["t"] == 2019)
    held = follow(frame, wave_weights={"2017": "w17", "2019": "w19"})
    first, second, third = held.wave_weights
    assert third is None
    assert held.design is None
    each = BASE["w"][::T].to_numpy()
    np.testing.assert_array_equal(first, 2 * each)
    np.testing.assert_array_equal(second, 3 * each * ~np.isin(np.arange(N), [0, 1]))
    held = follow(BASE.assign(x=np.arange(N * T) + 1.0), wave_weights="x")
    np.testing.assert_array_equal(held.wave_weights[2], np.arange(N * T)[2::T] + 1.0)
    with pytest.raises(UsageError, match="names the wave '2018'"):
        follow(BASE, wave_weights={"2018": "w"})


def test_who_was_asked_needs_the_weight_of_the_wave() -> None:
    frame = changed("w", [4], None).assign(panel=BASE["w"])
    error = refused(frame, wave_weights={"2019": "w"})
    assert error.code == "weight_missing"
    assert "1 of 8 people asked in wave 2019: 1 row (5;" in error.text
    held = follow(frame, wave_weights={"2019": "w"}, only_weighted=True)
    assert held.n == N
    weights = held.wave_weights[1]
    assert weights is not None
    assert weights[1] == 0
    assert [n.code for n in held.notices] == ["wave_only_weighted"]


def test_overlapping_cross_sections_keep_people_for_single_waves() -> None:
    # 100 and 101 have no panel weight; 101 has no weight at all.
    frame = changed("w", [0, 1, 2, 3, 4, 5], None).assign(x=BASE["w"])
    frame.loc[[3, 4, 5], "x"] = None
    options = {"weights": "w", "wave_weights": "x", "only_weighted": True, "strata": "area"}
    held = follow(frame, **options)
    assert held.n == 7
    assert held.members.tolist() == [False] + [True] * 6
    assert held.design is not None
    assert held.design.weights[0] == 0
    assert held.wave_weights[0] is not None
    assert held.wave_weights[0][0] == 0.5
    assert {n.code: n.values["n"] for n in held.notices} == {
        "wave_only_weighted": 1, "panel_single_waves": 1, "panel_only_weighted": 1,
    }  # fmt: skip
    for notice in held.notices:
        for language in ("da", "en"):
            assert text(f"warning.{notice.code}", language, **notice.values)  # type: ignore[arg-type]


def test_replicate_weights_are_one_for_each_person() -> None:
    frame = BASE.assign(r1=BASE["w"] * 2, r2=0.0, r3=BASE["w"])
    held = follow(frame, weights="w", replicates="r?", replicate_type="bootstrap")
    assert held.design is not None
    assert held.design.replicate_weights is not None
    assert len(held.design.replicate_weights) == 3
    error = refused(
        frame.assign(r2=frame["t"]), weights="w", replicates="r?", replicate_type="bootstrap"
    )
    assert error.code == "differs_within_person"


def test_taken_people_take_their_design() -> None:
    frame = BASE.assign(x=BASE["w"])
    held = follow(frame, weights="w", strata="area", clusters="psu", nest=True, wave_weights="x")
    mask = np.arange(N) < 4
    some = held.take(mask)
    assert some.design is not None
    assert (some.design.n, some.design.n_strata) == (4, 1)
    assert some.wave_weights[0] is not None
    assert len(some.wave_weights[0]) == 4
    within = held.domain(mask)
    assert within.design is not None
    assert (within.design.n, within.design.n_counted) == (N, 4)
    assert within.wave_weights[0] is not None
    assert within.wave_weights[0][4:].sum() == 0


def test_a_design_of_rows_is_not_that_of_people() -> None:
    survey = Survey.from_frame(BASE, person="k", wave="t").with_design(Design(N * T))
    with pytest.raises(UsageError) as caught:
        panel(survey, ["a"])
    assert caught.value.code == "design_of_rows"
