"""Real SPSS, Stata and SAS files, held against what other readers find in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from vendepunkt.data import Survey, read_survey

REFERENCE = Path(__file__).parents[1] / "reference"
FILES = REFERENCE / "files"
ANES = REFERENCE / "anes2020"
EFC = Path(__file__).parents[2] / "examples" / "carers" / "data" / "efc.sav"
PYREADSTAT: dict[str, dict[str, Any]] = json.loads(
    (FILES / "reference_pyreadstat.json").read_text(encoding="utf-8")
) | json.loads((ANES / "reference_pyreadstat.json").read_text(encoding="utf-8"))


def _path(name: str) -> Path:
    return (ANES if name.startswith("anes") else FILES) / name


def _typed(survey: Survey) -> list[str]:
    """Give the columns that hold numbers or dates: pyreadstat counts no empty text as missing."""
    return [name for name in survey.frame if survey.frame[name].dtype != "str"]


@pytest.mark.parametrize("name", PYREADSTAT)
def test_shape_encoding_and_sets(name: str) -> None:
    survey, said = read_survey(_path(name)), PYREADSTAT[name]
    assert survey.frame.shape == (said["rows"], said["columns"])
    assert (said["encoding"] or "").lower() in survey.format.lower()
    sets = {
        key: tuple(held["variable_list"]) for key, held in said["multiple_response_sets"].items()
    }
    assert survey.sets == sets


@pytest.mark.parametrize("name", PYREADSTAT)
def test_value_labels_of_every_labelled_variable(name: str) -> None:
    survey, said = read_survey(_path(name)), PYREADSTAT[name]
    labelled = [v for v in survey.variables.values() if v.labels or v.missing]
    declared = set(said["user_missing"]) | set(said["user_missing_tags"])
    only_missing = [v for v in labelled if not v.labels and v.name in declared]
    assert len(labelled) - len(only_missing) <= said["variables_with_value_labels"] <= len(labelled)


@pytest.mark.parametrize("name", PYREADSTAT)
def test_missing_answers_as_with_user_missing_dropped(name: str) -> None:
    survey = read_survey(_path(name))
    missing = int(survey.frame[_typed(survey)].isna().sum().sum())
    assert missing == PYREADSTAT[name]["nulls_when_user_missing_dropped"]


@pytest.mark.parametrize("name", PYREADSTAT)
def test_empty_cells_as_with_user_missing_kept(name: str) -> None:
    survey = read_survey(_path(name))
    empty = sum(
        n
        for column in _typed(survey)
        for reason, n in survey.missing_counts(column).items()
        if not reason.code
    )
    assert empty == PYREADSTAT[name]["nulls_when_user_missing_kept"]


@pytest.mark.parametrize("name", PYREADSTAT)
def test_every_declared_code_is_a_reason(name: str) -> None:
    survey, said = read_survey(_path(name)), PYREADSTAT[name]
    for column, ranges in said["user_missing"].items():
        single = {f"{r['lo']:g}" for r in ranges if r["lo"] == r["hi"]}
        assert single <= set(survey.variables[column].missing)
    for column, tags in said["user_missing_tags"].items():
        assert {f".{tag}" for tag in tags} == set(survey.variables[column].missing)


def test_values_of_an_old_spss_file_as_r_foreign_reads_them() -> None:
    survey = read_survey(FILES / "electric.sav")
    theirs = pd.read_csv(FILES / "electric_foreign.csv")
    assert list(survey.frame.columns) == list(theirs.columns)
    for name in theirs:
        ours = survey.frame[name]
        if ours.dtype == "str":
            assert ours.tolist() == theirs[name].tolist()
        else:
            np.testing.assert_array_equal(ours.to_numpy(), theirs[name].to_numpy(dtype=float))
    assert set(survey.missing_reasons("DAYOFWK").dropna()) == {"9: MISSING"}
    assert survey.variables["DAYOFWK"].labels[1] == "SUNDAY"


def test_ranges_and_single_codes_of_user_missing() -> None:
    survey = read_survey(FILES / "pyreadstat_sample_missing.sav")
    assert survey.missing_reasons("mynum").tolist() == [
        None, None, None, None, None, "-1: declared missing", "2500: declared missing",
    ]  # fmt: skip
    assert survey.missing_reasons("mylabl").tolist()[5:] == ["-1: undetermined", "no reason given"]
    assert survey.frame["mynum"].dropna().tolist() == [1.1, 1.2, -1000.3, -1.4, 1000.3]


def test_dates_before_1900_are_read() -> None:
    survey = read_survey(FILES / "pyreadstat_sample_missing.sav")
    days = survey.frame["mydate"].dt.strftime("%Y-%m-%d").tolist()
    assert days[:4] == ["2018-05-06", "1880-05-06", "1960-01-01", "1583-01-01"]
    assert survey.frame["dtime"].iloc[0].isoformat() == "2018-05-06T10:10:10"
    assert survey.variables["mydate"].kind == "date"


def test_tagged_missing_values_keep_letter_and_label() -> None:
    survey = read_survey(FILES / "tagged-na-int.dta")
    assert survey.frame["x"].tolist()[:5] == [1, 2, 3, 4, 5]
    assert survey.missing_reasons("x").tolist()[5:] == [
        ".a: apple", ".h: missing, tagged .h", ".z: .zebra",
    ]  # fmt: skip


def test_sas_file() -> None:
    survey = read_survey(FILES / "iris.sas7bdat")
    assert survey.frame.shape == (150, 5)
    assert survey.frame["Sepal_Length"].mean() == pytest.approx(5.843333, abs=1e-6)
    assert survey.frame["Species"].value_counts().to_dict() == {
        "setosa": 50, "versic": 50, "virgin": 50,
    }  # fmt: skip


def test_carers_items_count_as_published() -> None:
    survey = read_survey(EFC, person="id")
    items = [f"c{82 + place}cop{place + 1}" for place in range(9)]
    codes = np.column_stack([item.codes for item in survey.indicators(items)])
    assert codes.shape == (908, 9)
    assert int((codes < 0).all(axis=1).sum()) == 6
    first = survey.variables["c82cop1"]
    assert first.label == "do you feel you cope well as caregiver?"
    assert list(first.labels.values()) == ["never", "sometimes", "often", "always"]


def test_anes_values_as_pandas_reads_them() -> None:
    path = ANES / "anes_2020_stata_example.dta"
    survey = read_survey(path)
    theirs = pd.read_stata(path, convert_categoricals=False)
    pd.testing.assert_frame_equal(survey.frame, theirs.astype("float64"))


def test_anes_negative_codes_are_offered_not_taken() -> None:
    survey = read_survey(ANES / "anes_2020_stata_example.dta")
    offered = {(o.column, o.code): o.n for o in survey.offers}
    assert offered[("V201237", -9)] == 12
    assert offered[("V201237", -8)] == 1
    assert (survey.frame["V201237"] == -9).sum() == 12
    (notice,) = [n for n in survey.notices if n.code == "offered_missing"]
    assert "-9. Refused" in notice.text
    negative = {(c, v) for c in survey.frame for v in survey.frame[c].unique() if v < 0}
    assert negative <= set(offered)


def test_anes_accepted_codes_become_reasons() -> None:
    survey = read_survey(ANES / "anes_2020_stata_example.dta").accept_missing()
    assert not (survey.frame < 0).any().any()
    assert survey.offers == ()
    assert {str(r): n for r, n in survey.missing_counts("V201237").items()} == {
        "-9: -9. Refused": 12, "-8: -8. Don't know": 1,
    }  # fmt: skip
    assert survey.variables["V201237"].kind == "ordinal"
