"""Design: what it says, what it refuses and how, and the two ways to leave rows out."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from vendepunkt.data.design import Design
from vendepunkt.language import keys, placeholders
from vendepunkt.terms import DataError, UsageError

REFERENCE = Path(__file__).parent.parent / "reference" / "survey"


@pytest.fixture
def people() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "weight": [1.0, 3.0, 2.0, 2.0, 1.0, 3.0],
            "area": ["north", "north", "north", "south", "south", "south"],
            "street": [1, 1, 2, 1, 2, 2],
            "size": [20, 20, 20, 10, 10, 10],
            "count": [1, 2, 3, 1, 1, 2],
            "answer": [0.0, 1.0, 1.0, 0.0, np.nan, 1.0],
        }
    )


def test_a_design_is_taken_from_named_columns_of_pandas_and_polars(people):
    options = {"weights": "weight", "strata": "area", "clusters": "street", "nest": True}
    for frame in (people, pl.from_pandas(people)):
        design = Design.from_frame(frame, **options)
        assert (design.n, design.n_psu, design.n_strata, design.df) == (6, 4, 2, 2)
        assert design.names.strata == "area"
    assert Design.from_spec(people, options).df == 2


def test_an_unknown_column_is_named_with_the_nearest(people):
    with pytest.raises(UsageError) as caught:
        Design.from_frame(people, weights="Wieght")
    assert caught.value.code == "unknown_column"
    assert "'Wieght'" in caught.value.text
    assert caught.value.try_ == "weight"
    with pytest.raises(UsageError, match="Allowed: weight, area, street"):
        Design.from_frame(people, strata="zzzz")
    with pytest.raises(UsageError, match=r"no column 'rep\*'"):
        Design.from_frame(people, replicates="rep*", replicate_type="brr")


def test_a_row_without_a_weight_is_an_error_that_offers_three_analyses(people):
    people.loc[[1, 4], "weight"] = np.nan
    with pytest.raises(DataError) as caught:
        Design.from_frame(people, weights="weight")
    said = str(caught.value)
    assert "weight is missing in 2 rows (rows 2, 5) of 6" in said
    assert "never given weight 1 and never dropped silently" in said
    assert all(way in said for way in ("(a) all rows, unweighted", "(b) only the rows", "(c) all"))


def test_a_negative_weight_names_column_and_rows_but_no_value(people):
    people.loc[2, "weight"] = -9.5
    with pytest.raises(DataError) as caught:
        Design.from_frame(people, weights="weight")
    assert caught.value.code == "weight_negative"
    assert "weight is negative in 1 row (row 3)" in caught.value.text
    assert "9.5" not in str(caught.value)


def test_forgetting_nest_is_recognised_and_explained(people):
    with pytest.raises(DataError) as caught:
        Design.from_frame(people, strata="area", clusters="street")
    assert caught.value.code == "design_not_nested"
    assert "2 of 2 ids occur in more than one stratum of area" in caught.value.text
    assert caught.value.try_ == "--nest"


def test_a_correction_smaller_than_the_sample_is_refused_with_its_numbers(people):
    people["size"] = [2, 2, 2, 10, 10, 10]
    with pytest.raises(DataError) as caught:
        Design.from_frame(people, strata="area", fpc="size")
    assert caught.value.code == "fpc_too_small"
    assert "size gives a population smaller than the sample in 1 of 2 strata" in caught.value.text
    assert "2 for 3 units drawn" in caught.value.text


def test_replicates_and_their_type_go_together(people):
    for options in ({"replicate_type": "brr"}, {"replicates": ["weight", "size"]}):
        with pytest.raises(UsageError) as caught:
            Design.from_frame(people, **options)
        assert caught.value.code == "replicate_type"
    with pytest.raises(UsageError) as caught:
        Design(2, freq=[1, 2], replicates=[[1.0, 2.0], [2.0, 1.0]], replicate_type="brr")
    assert caught.value.code == "freq_with_replicates"
    with pytest.raises(UsageError, match="no replicate weights"):
        Design(3).replicate_variance(lambda w: w[:1], [1.0])


def test_kish_effect_and_effective_n_are_those_of_the_rows_spelled_out(people):
    counted = Design.from_frame(people, weights="weight", freq="count")
    rows = people.loc[people.index.repeat(people["count"])]
    spelled = Design.from_frame(rows, weights="weight")
    assert counted.n_counted == spelled.n_counted == 10
    assert counted.effective_n == pytest.approx(spelled.effective_n)
    w = rows["weight"].to_numpy()
    assert spelled.effective_n == pytest.approx(w.sum() ** 2 / (w**2).sum())
    assert spelled.kish_effect == pytest.approx(len(w) * (w**2).sum() / w.sum() ** 2)
    assert Design(7).kish_effect == 1.0


def test_a_domain_keeps_the_design_and_taking_rows_forgets_it():
    frame = pd.read_csv(REFERENCE / "apistrat.csv")
    design = Design.from_frame(frame, weights="pw", strata="stype", fpc="fpc")
    mask = (frame["sch.wide"] == "No").to_numpy()
    domain, taken = design.domain(mask), design.take(mask)
    assert (domain.n, taken.n) == (200, int(mask.sum()))
    assert domain.n_counted == taken.n_counted == int(mask.sum())
    assert domain.df == taken.df == int(mask.sum()) - 3
    y = frame["api00"].to_numpy(float)
    w = domain.analysis_weights
    z = ((y - w @ y / w.sum()) / w.sum())[:, None]
    kept = domain.variance(z, np.arange(200)).std_errors[0]
    forgotten = taken.variance(z[mask], np.arange(taken.n)).std_errors[0]
    # In the domain the number of such schools is itself a matter of chance.
    assert kept != pytest.approx(forgotten, rel=1e-3)
    assert domain.domain(~mask).n_counted == 0
    np.testing.assert_array_equal(design.take(np.flatnonzero(mask)).weights, taken.weights)


def test_weights_other_than_the_designs_can_be_named(people):
    design = Design.from_frame(people, weights="weight", clusters="street")
    z, scaled = np.arange(6.0)[:, None], people["weight"].to_numpy() / 2
    raw = design.variance(z, np.arange(6)).std_errors
    np.testing.assert_allclose(design.variance(z, np.arange(6), weights=scaled).std_errors, raw / 2)
    made = Design.from_frame(people, weights="weight", clusters="street").with_replicates("jk1")
    raw = made.variance(z, np.arange(6)).std_errors
    np.testing.assert_allclose(made.variance(z, np.arange(6), weights=scaled).std_errors, raw / 2)


def test_made_replicates_stand_in_for_the_design(people):
    design = Design.from_frame(
        people, weights="weight", strata="area", clusters="street", nest=True
    )
    made = design.with_replicates("jkn")
    z = np.arange(6.0)[:, None]
    straight, again = design.variance(z, np.arange(6)), made.variance(z, np.arange(6))
    assert again.std_errors[0] == pytest.approx(straight.std_errors[0])
    assert (again.method, again.n_replicates, again.df) == ("jkn", 4, straight.df)
    assert made.take([0, 1, 2]).replicate_weights.matrix().shape == (3, 4)
    inside = made.domain(people["area"] == "north")
    assert inside.df == 1
    assert inside.replicate_weights.matrix()[3:].sum() == 0


def test_a_design_says_itself_in_both_languages(people):
    design = Design.from_frame(
        people, weights="weight", strata="area", clusters="street", nest=True, fpc="size"
    )
    assert design.describe("en") == (
        "Weighted by weight, so that 6 answers are as uncertain as 5 unweighted ones (Kish effect "
        "1.17); 2 strata (parts drawn from separately) with 4 primary sampling units (the places "
        "drawn first); with finite-population correction; 2 degrees of freedom."
    )
    assert design.describe("da") == (
        "Vægtet med weight, så 6 svar er lige så usikre som 5 uvægtede (Kish-effekt 1,17); 2 "
        "strata (dele, der er trukket fra hver for sig) med 4 primære stikprøveenheder (de "
        "steder, der er udtrukket først); med korrektion for endelig population; 2 frihedsgrader."
    )
    assert Design(5).describe("da").startswith("Uvægtet; 5 personer trukket hver for sig; ")
    lonely = Design(3, strata=["a", "a", "b"], single_psu="adjust")
    assert "1 stratum with a single unit (centred at the grand mean)" in lonely.describe("en")
    assert "jackknife" in design.with_replicates("jkn").describe("en")
    assert "3 rows in the subpopulation of 6" in design.domain(people["area"] == "north").describe()
    assert "rækker talt efter count" in Design.from_frame(people, freq="count").describe("da")


def test_the_sentences_of_a_design_exist_with_equal_places_in_both_languages():
    mine = [key for key in keys("en") if key.startswith("design.")]
    assert mine == [key for key in keys("da") if key.startswith("design.")]
    assert len(mine) == 23
    assert all(placeholders(key, "en") == placeholders(key, "da") for key in mine)


def test_what_a_careful_reader_would_ask_is_said_unasked():
    scaled = Design(4, weights=[0.5, 1.5, 0.5, 1.5])
    assert [notice.code for notice in scaled.notices] == ["weights_sum_to_n"]
    assert not Design(4, weights=[1, 1, 1, 1]).notices
    lonely = Design(40, strata=np.repeat([0, 1, 2], [20, 19, 1]), single_psu="average")
    (notice,) = lonely.notices
    assert notice.text == "1 of 3 strata have only one primary sampling unit (rule: average)."
    assert [n.code for n in Design(4, clusters=[[1, 1, 2, 2]]).notices] == ["few_psu"]


def test_a_design_is_never_changed(people):
    design = Design.from_frame(people, weights="weight")
    with pytest.raises(dataclasses.FrozenInstanceError):
        design.n = 3
    before = design.weights.copy()
    _ = design.domain(people["area"] == "north").analysis_weights
    np.testing.assert_array_equal(design.weights, before)


def test_the_panel_has_the_kish_effect_of_its_readme():
    frame = pd.read_csv(REFERENCE / "panel.csv")
    design = Design.from_frame(
        frame, weights="wtpannr123", strata="vstrat", clusters="vpsu", nest=True
    )
    assert design.effective_n == pytest.approx(1276**2 / 1819.1671655324)
    assert [n.code for n in design.notices] == ["weights_sum_to_n", "single_psu"]


def test_the_command_line_offers_the_rules_and_types_there_are():
    from vendepunkt.cli import options
    from vendepunkt.numerics.linearise import SINGLE_PSU_RULES
    from vendepunkt.numerics.resample import REPLICATE_TYPES

    assert options.SINGLE_PSU == SINGLE_PSU_RULES
    assert options.REPLICATE_TYPES == REPLICATE_TYPES
