"""Who and when: ids, waves, duplicates, and wide files made long."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vendepunkt.data import Survey, Wave, read_survey
from vendepunkt.terms import DataError, UsageError

GSS = Path(__file__).parents[2] / "examples" / "gss-panel" / "data" / "gss_panel0610.csv"


def _refused(frame: pd.DataFrame, **options: object) -> DataError:
    with pytest.raises(DataError) as caught:
        Survey.from_frame(frame, **options)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize(
    "ids",
    [
        ["0009", "9"],
        ["9", "9.0"],
        ["9", " 9"],
        ["9", "+9"],
        ["-03", "-3"],
        ["A7", "A7 "],
        ["0", "00"],
    ],
)
def test_one_id_in_two_forms_is_an_error_that_names_rows_only(ids: list[str]) -> None:
    error = _refused(pd.DataFrame({"k": ["x1", *ids, "x2"], "a": range(4)}), person="k")
    assert error.code == "ids_in_two_forms"
    assert "2 rows (2, 3;" in error.text
    assert not any(name.strip() in error.text.replace("0009 and 9", "") for name in ("x1", "A7"))


@pytest.mark.parametrize(
    "ids", [["0009", "0010"], ["9", "10"], ["a", "A"], ["1e1", "10"], ["9", "-9"], ["9.5", "9"]]
)
def test_ids_that_differ_are_let_be(ids: list[str]) -> None:
    survey = Survey.from_frame(pd.DataFrame({"k": ids, "a": [1, 2]}), person="k")
    assert survey.frame["k"].tolist() == ids
    assert survey.n_persons == 2


def test_ids_in_two_forms_across_waves_of_a_file(tmp_path: Path) -> None:
    rows = [f"{k:04d},1" for k in range(1, 11)] + [f"{k},2" for k in range(1, 11)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["id,wave", *rows]))
    with pytest.raises(DataError) as caught:
        read_survey(path, person="id", wave="wave")
    assert caught.value.code == "ids_in_two_forms"
    # Ten ids, of which 10 alone would be "0010" and "10": all twenty rows, five of them named.
    assert "20 rows (1, 2, 3, 4, 5, …;" in caught.value.text


def test_empty_ids() -> None:
    error = _refused(pd.DataFrame({"k": ["a", None, "b", " "]}), person="k")
    assert (error.code, "2 rows (2, 4;" in error.text) == ("missing_id", True)


def test_duplicates() -> None:
    frame = pd.DataFrame({"k": [1, 1, 2, 2, 2], "t": [1, 2, 1, 1, 2]})
    error = _refused(frame, person="k", wave="t")
    assert error.code == "duplicate_person"
    assert "2 rows (3, 4;" in error.text
    error = _refused(frame, person="k")
    assert error.code == "duplicate_person"
    assert "wave" in error.try_


def test_impossible_waves_are_named() -> None:
    frame = pd.DataFrame({"k": [1, 2, 3, 4], "t": [2017, 2022, 2071, 2071]})
    error = _refused(frame, person="k", wave="t", waves=["2017", "2022"])
    assert error.code == "impossible_wave"
    assert "2071" in error.text
    assert "2 rows (3, 4;" in error.text
    assert error.allowed == "2017, 2022"
    error = _refused(pd.DataFrame({"t": [1, None]}), wave="t")
    assert error.code == "missing_wave"


def test_a_column_of_many_values_is_no_wave() -> None:
    assert _refused(pd.DataFrame({"t": range(500)}), wave="t").code == "impossible_wave"


def test_columns_that_are_not_there_are_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        read_survey(GSS, person="FirstId", wave="wave")
    assert caught.value.try_ == "firstid"
    with pytest.raises(UsageError, match="'trst' is not a column"):
        read_survey(GSS, items=["trst"])


def test_the_panel_by_wave_with_fieldwork_apart_from_the_name() -> None:
    waves = [Wave("1", "2006", "March to August 2006"), Wave("2", "2008"), Wave("3", "2010")]
    survey = read_survey(GSS, person="firstid", wave="wave", waves=waves)
    assert (survey.n, survey.n_persons) == (6000, 2000)
    assert survey.waves[0].fieldwork == "March to August 2006"
    second = survey.of_wave("2")
    assert (second.n, [w.name for w in second.waves]) == (2000, ["2008"])
    assert survey.frame["firstid"].str.len().min() == 4
    with pytest.raises(UsageError, match="wave is '4'"):
        survey.of_wave("4")
    codes = survey.person_codes()
    assert codes.max() == 1999
    np.testing.assert_array_equal(np.bincount(codes), 3)


def test_waves_are_in_the_order_of_time() -> None:
    survey = Survey.from_frame(pd.DataFrame({"t": [10, 9, 9, 10]}), wave="t")
    assert [w.key for w in survey.waves] == ["9", "10"]


@pytest.mark.parametrize(
    ("columns", "marks"),
    [
        (("trust_t1", "trust_t2", "health_t2"), ("t1", "t2")),
        (("t1_trust", "t2_trust", "t2_health"), ("t1", "t2")),
        (("trust.2017", "trust.2022", "health.2022"), ("2017", "2022")),
    ],
)
def test_wide_columns_become_rows(columns: tuple[str, ...], marks: tuple[str, str]) -> None:
    frame = pd.DataFrame({"k": ["a", "b"], "sex": [1, 2]})
    for place, column in enumerate(columns):
        frame[column] = [place * 10 + 1, place * 10 + 2]
    survey = Survey.from_frame(frame, person="k", wide=marks)
    assert survey.frame["k"].tolist() == ["a", "a", "b", "b"]
    assert survey.frame["wave"].tolist() == [*marks, *marks]
    assert survey.frame["trust"].tolist() == [1, 11, 2, 12]
    np.testing.assert_array_equal(survey.frame["health"], [np.nan, 21, np.nan, 22])
    assert survey.frame["sex"].tolist() == [1, 1, 2, 2]
    assert [w.key for w in survey.waves] == list(marks)


def test_marks_without_separator_need_every_wave() -> None:
    frame = pd.DataFrame({"ahappy": [1], "bhappy": [2], "age": [40], "born": [3]})
    survey = Survey.from_frame(frame, wide=("a", "b"), wave="round")
    assert survey.frame["happy"].tolist() == [1, 2]
    assert survey.frame["age"].tolist() == [40, 40]
    assert survey.person == "person"
    assert "numbered" in {n.code for n in survey.notices}


def test_columns_spelt_out() -> None:
    frame = pd.DataFrame({"k": [1, 2], "q5a": [1, 2], "q7": [3, 4]})
    wide = {"2017": {"trust": "q5a"}, "2022": {"trust": "q7"}}
    survey = Survey.from_frame(frame, person="k", wide=wide, waves={"2017": "spring", "2022": ""})
    assert survey.frame["trust"].tolist() == [1, 3, 2, 4]
    assert survey.waves[0].fieldwork == "spring"
    with pytest.raises(UsageError, match="'q9'"):
        Survey.from_frame(frame, wide={"2017": {"trust": "q9"}})


def test_marks_that_no_column_has() -> None:
    with pytest.raises(UsageError) as caught:
        Survey.from_frame(pd.DataFrame({"trust_t1": [1]}), wide=("t1", "t3"))
    assert caught.value.code == "no_wave_columns"
    with pytest.raises(UsageError, match="not all different"):
        Survey.from_frame(pd.DataFrame({"trust_t1": [1]}), wide=("t1", "t1"))


@pytest.mark.parametrize(
    ("marks", "name"), [(("t1", "t2"), "t"), (("2006", "2008"), "answer"), (("y_0", "y_6"), "y")]
)
def test_marks_that_are_columns_themselves_are_one_variable(
    marks: tuple[str, ...], name: str
) -> None:
    frame = pd.DataFrame({"id": [7, 8], marks[0]: [1, 2], marks[1]: [3, 4], "freq": [5, 6]})
    survey = Survey.from_frame(frame, person="id", wide=marks)
    assert survey.frame[name].tolist() == [1, 3, 2, 4]
    assert survey.frame["freq"].tolist() == [5, 5, 6, 6]
    more = frame.assign(**{f"work_{mark}": [1, 2] for mark in marks})
    both = Survey.from_frame(more, person="id", wide=marks)
    assert {name, "work"} <= set(both.frame.columns)


def test_a_wide_name_that_is_taken() -> None:
    frame = pd.DataFrame({"trust": [1], "trust_t1": [1], "trust_t2": [1]})
    with pytest.raises(UsageError, match="already have a column named trust"):
        Survey.from_frame(frame, wide=("t1", "t2"))


def test_labels_and_reasons_follow_into_the_long_file() -> None:
    frame = pd.DataFrame({"k": [1, 2], "a_t1": [1, 9], "a_t2": [9, 8]})
    labels = {"a_t1": {1: "yes", 9: "refused"}, "a_t2": {1: "yes", 8: "away", 9: "refused"}}
    survey = Survey.from_frame(
        frame, person="k", wide=("t1", "t2"), value_labels=labels, labels={"a_t1": "Is it so?"},
        missing={"a_t1": [9], "a_t2": [8, 9]},
    )  # fmt: skip
    assert survey.missing_reasons("a").tolist() == [None, "9: refused", "9: refused", "8: away"]
    assert survey.variables["a"].label == "Is it so?"
    assert survey.variables["a"].labels == {1: "yes"}


def test_labels_swapped_between_waves_are_refused() -> None:
    frame = pd.DataFrame({"a_t1": [1, 2], "a_t2": [1, 2]})
    swapped = {"a_t1": {1: "yes", 2: "no"}, "a_t2": {1: "no", 2: "yes"}}
    error = _refused(frame, wide=("t1", "t2"), value_labels=swapped)
    assert error.code == "swapped_labels"
    worded = {"a_t1": {1: "yes", 2: "no"}, "a_t2": {1: "Yes.", 2: "no"}}
    survey = Survey.from_frame(frame, wide=("t1", "t2"), value_labels=worded)
    assert "labels_differ" in {n.code for n in survey.notices}


def test_numbers_in_one_wave_and_text_in_another() -> None:
    frame = pd.DataFrame({"a_t1": [1, 2], "a_t2": ["x", "y"]})
    assert _refused(frame, wide=("t1", "t2")).code == "mixed_waves"


def test_a_condition_keeps_its_rows_reasons_and_waves() -> None:
    frame = pd.DataFrame({"t": [1, 1, 2], "a": [1, 9, 9]})
    survey = Survey.from_frame(frame, wave="t", missing={"a": [9]})
    kept = survey.where("t == 1")
    assert kept.missing_reasons("a").tolist() == [None, "9: declared missing"]
    assert [w.key for w in kept.waves] == ["1"]
    with pytest.raises(DataError, match="No row is left"):
        survey.where("t == 3")
