"""Text files, workbooks, Parquet and frames: what was written is what is read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendepunkt.data import Survey, read_survey
from vendepunkt.terms import DataError, UsageError


def _write(tmp_path: Path, text: str, encoding: str = "utf-8", name: str = "a.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters(encoding: str, delimiter: str, tmp_path: Path) -> None:
    rows = [["id", "tillid"], ["1", "høj"], ["2", "lav æøå"]]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    survey = read_survey(_write(tmp_path, text, encoding))
    assert survey.frame["tillid"].tolist() == ["høj", "lav æøå"]
    said = [n for n in survey.notices if n.code == "encoding"]
    assert bool(said) == (encoding in ("utf-16", "windows-1252"))


def test_a_named_encoding_is_used_and_a_wrong_one_refused(tmp_path: Path) -> None:
    path = _write(tmp_path, "id,by\n1,Łódź\n", "windows-1250")
    assert read_survey(path, encoding="windows-1250").frame["by"].tolist() == ["Łódź"]
    with pytest.raises(DataError, match="cannot be read as utf-8"):
        read_survey(path, encoding="utf-8")
    with pytest.raises(DataError, match="'klingon' is not known"):
        read_survey(path, encoding="klingon")


def test_decimal_comma_where_the_comma_does_not_separate(tmp_path: Path) -> None:
    survey = read_survey(_write(tmp_path, "id;vægt\n1;0,5\n2;1,25\n3;2\n"))
    assert survey.frame["vægt"].tolist() == [0.5, 1.25, 2.0]
    survey = read_survey(_write(tmp_path, 'id,w\n1,"0,5"\n2,"1,25"\n'))
    assert survey.frame["w"].tolist() == ["0,5", "1,25"]


def test_numbers_with_leading_zeros_or_many_digits_stay_text(tmp_path: Path) -> None:
    survey = read_survey(_write(tmp_path, "a,b,c\n0101,12345678901234567,0.5\n0147,1,0\n"))
    assert survey.frame["a"].tolist() == ["0101", "0147"]
    assert survey.frame["b"].tolist() == ["12345678901234567", "1"]
    assert survey.frame["c"].tolist() == [0.5, 0.0]
    assert {n.code for n in survey.notices} == {"leading_zeros", "long_numbers"}


def test_written_missing_marks_keep_their_reason(tmp_path: Path) -> None:
    survey = read_survey(_write(tmp_path, "a,b,c\n1,x,.\n.a,NA,2\nNA,y,.b\n,z,NaN\n"))
    assert survey.missing_reasons("a").tolist() == [
        None, ".a: missing, tagged .a", "NA: written as NA", "no reason given",
    ]  # fmt: skip
    assert survey.missing_reasons("b").tolist() == [None, "NA: written as NA", None, None]
    assert survey.frame["c"].tolist()[1] == 2
    assert "written_missing" in {n.code for n in survey.notices}


def test_quoted_line_breaks_and_delimiters(tmp_path: Path) -> None:
    survey = read_survey(_write(tmp_path, 'id,"a, b"\n1,"x\ny, z"\n2,w\n'))
    assert list(survey.frame.columns) == ["id", "a, b"]
    assert survey.frame["a, b"].tolist() == ["x\ny, z", "w"]


def test_iso_dates_become_dates(tmp_path: Path) -> None:
    survey = read_survey(
        _write(tmp_path, "d,e\n2017-03-01,2017-03-01\n,x\n2018-12-31,2018-01-01\n")
    )
    assert survey.variables["d"].kind == "date"
    assert survey.frame["d"].dt.year.tolist()[::2] == [2017, 2018]
    assert survey.frame["e"].dtype == "str"


def test_rows_of_other_lengths_are_named_by_line_never_shown(tmp_path: Path) -> None:
    path = _write(tmp_path, "id,a\n1,2\n2,3,secret\n3,4\n4\n")
    with pytest.raises(DataError) as caught:
        read_survey(path)
    assert caught.value.code == "ragged_rows"
    assert "2 rows" in caught.value.text
    assert "lines 3, 5" in caught.value.text
    assert "secret" not in str(caught.value)


def test_double_and_empty_column_names(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="more than one column named a"):
        read_survey(_write(tmp_path, "a,b,a\n1,2,3\n"))
    survey = read_survey(_write(tmp_path, ",b\n1,2\n"))
    assert list(survey.frame.columns) == ["column_1", "b"]
    assert "unnamed_columns" in {n.code for n in survey.notices}


def test_names_without_rows(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has column names but no rows"):
        read_survey(_write(tmp_path, "a,b\n"))


@given(
    values=st.lists(
        st.none() | st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=1
    ).filter(lambda v: any(x is not None for x in v))
)
def test_numbers_written_and_read_are_equal(
    values: list[float | None], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("numbers") / "a.csv"
    path.write_text(
        "\n".join(["k,x", *(f"1,{'' if v is None else repr(v)}" for v in values)]) + "\n"
    )
    read = read_survey(path).frame["x"].to_numpy()
    np.testing.assert_array_equal(read, np.array([np.nan if v is None else v for v in values]))


def _everything() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": ["0001", "0002", "0003"],
            "n": pd.array([1, None, 3], dtype="Int64"),
            "x": [0.5, np.nan, 2.25],
            "yes": pd.array([True, None, False], dtype="boolean"),
            "level": pd.Categorical(["low", None, "high"], ["low", "mid", "high"], ordered=True),
            "day": pd.to_datetime(["2017-01-01", None, "2022-06-30"]),
            "said": ["æ", None, "  "],
        }
    )


def _check_everything(survey: Survey) -> None:
    frame, variables = survey.frame, survey.variables
    assert frame["id"].tolist() == ["0001", "0002", "0003"]
    np.testing.assert_array_equal(frame["n"], [1, np.nan, 3])
    np.testing.assert_array_equal(frame["x"], [0.5, np.nan, 2.25])
    assert variables["yes"].labels == {0: "False", 1: "True"}
    assert (variables["level"].kind, variables["level"].unused_labels) == ("ordinal", ("mid",))
    assert frame["level"].isna().tolist() == [False, True, False]
    assert variables["day"].kind == "date"
    assert frame["said"].isna().tolist() == [False, True, True]


def test_parquet_round_trip(tmp_path: Path) -> None:
    _everything().to_parquet(tmp_path / "a.parquet")
    _check_everything(read_survey(tmp_path / "a.parquet", person="id"))


def test_a_pandas_frame_and_the_same_in_polars() -> None:
    frame = _everything()
    _check_everything(Survey.from_frame(frame, person="id"))
    polars = pl.from_pandas(frame.drop(columns="level")).with_columns(
        pl.Series("level", ["low", None, "high"], dtype=pl.Enum(["low", "mid", "high"]))
    )
    survey = Survey.from_frame(polars, person="id")
    pd.testing.assert_frame_equal(
        survey.frame[["n", "x", "said"]], Survey.from_frame(frame).frame[["n", "x", "said"]]
    )
    assert survey.variables["level"].unused_labels == ("mid",)


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(DataError, match="list is no data frame"):
        Survey.from_frame([1, 2])


def test_big_whole_numbers_stay_exact() -> None:
    survey = Survey.from_frame(pl.DataFrame({"k": [2**60 + 1, 2**60 + 2]}))
    assert survey.frame["k"].tolist() == [str(2**60 + 1), str(2**60 + 2)]


def test_columns_of_lists_are_left_and_said(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1, 2], "b": [[1], [2]]}), tmp_path / "a.parquet")
    survey = read_survey(tmp_path / "a.parquet")
    assert list(survey.frame) == ["a"]
    assert [n.code for n in survey.notices] == ["left_columns"]


def test_workbook_round_trip(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["id", "trust", "day", "w", "said"])
    book.active.append(["0009", 1, dt.datetime(2017, 3, 1), 0.5, "godt"])  # noqa: DTZ001
    book.active.append([" 10", "NA", dt.datetime(2018, 3, 1), 2, None])  # noqa: DTZ001
    book.active.append([11, 3, None, None, "skidt"])
    book.active.append([None, None, None, None, None])
    book.save(tmp_path / "a.xlsx")
    survey = read_survey(tmp_path / "a.xlsx", person="id")
    assert survey.frame["id"].tolist() == ["0009", " 10", "11"]
    np.testing.assert_array_equal(survey.frame["trust"], [1, np.nan, 3])
    assert survey.missing_reasons("trust").tolist() == [None, "NA: written as NA", None]
    assert survey.variables["day"].kind == "date"
    np.testing.assert_array_equal(survey.frame["w"], [0.5, 2, np.nan])


def test_sheets_are_chosen_by_name(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Svar"
    book.active.append(["a"])
    book.active.append([1])
    book.create_sheet("Noter").append(["b"])
    book.save(tmp_path / "a.xlsx")
    assert read_survey(tmp_path / "a.xlsx", sheet="Svar").frame["a"].tolist() == [1]
    with pytest.raises(UsageError, match="Svar, Noter"):
        read_survey(tmp_path / "a.xlsx")
    with pytest.raises(UsageError, match="no sheet 'Andet'"):
        read_survey(tmp_path / "a.xlsx", sheet="Andet")
    with pytest.raises(DataError, match=r"Sheet Noter of .* has no rows"):
        read_survey(tmp_path / "a.xlsx", sheet="Noter")


@pytest.mark.parametrize("suffix", ["sav", "zsav", "dta"])
def test_statistical_round_trip(suffix: str, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "id": [1.0, 2.0, 3.0, 4.0],
            "trust": [1.0, 2.0, 9.0, np.nan],
            "said": ["æøå", "", "b", "c"],
            "day": [dt.date(1899, 1, 2), dt.date(2017, 3, 1), None, dt.date(2022, 6, 30)],
        }
    )
    path = tmp_path / f"a.{suffix}"
    labels = {"trust": {1: "høj", 2: "lav", 9: "vil ikke svare"}}
    if suffix == "dta":
        pyreadstat.write_dta(frame, str(path), variable_value_labels=labels)
    else:
        pyreadstat.write_sav(
            frame, str(path), compress=suffix == "zsav", variable_value_labels=labels,
            missing_ranges={"trust": [9]}, column_labels={"trust": "Kan man stole på folk?"},
        )  # fmt: skip
    survey = read_survey(path, person="id")
    assert survey.frame["said"].isna().tolist() == [False, True, False, False]
    assert survey.frame["day"].dt.year.tolist()[:2] == [1899, 2017]
    if suffix == "dta":
        assert [(o.code, o.label, o.n) for o in survey.offers] == [(9, "vil ikke svare", 1)]
        survey = survey.accept_missing()
    else:
        assert survey.variables["trust"].label == "Kan man stole på folk?"
    assert survey.missing_reasons("trust").tolist() == [
        None, None, "9: vil ikke svare", "no reason given",
    ]  # fmt: skip
    assert survey.variables["trust"].labels == {1: "høj", 2: "lav"}


def test_spss_ranges_open_at_one_end(tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": [1.0, -5.0, 97.0, 99.0], "y": ["a", "b", "zz", "zz"]})
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(
        frame, str(path), missing_ranges={"x": [{"lo": 97, "hi": 99}, -5], "y": ["zz"]}
    )
    survey = read_survey(path)
    np.testing.assert_array_equal(survey.frame["x"], [1, np.nan, np.nan, np.nan])
    assert set(survey.variables["x"].missing) == {"-5", "97", "99"}
    assert survey.frame["y"].isna().tolist() == [False, False, True, True]


def test_rows_pass_without_python_touching_each(tmp_path: Path) -> None:
    """Counted, not timed: no function of ours or of Python's is called once per row."""
    import cProfile
    import pstats

    n = 50_000
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({f"q{j}": rng.integers(1, 5, n) for j in range(3)})
    frame.insert(0, "id", np.arange(n))
    frame.to_csv(tmp_path / "a.csv", index=False)
    read_survey(tmp_path / "a.csv", person="id")
    profile = cProfile.Profile()
    survey = profile.runcall(read_survey, tmp_path / "a.csv", person="id")
    calls = pstats.Stats(profile).total_calls  # type: ignore[attr-defined]
    assert survey.n == n
    assert calls < n


@pytest.mark.parametrize("suffix", ["sav", "dta"])
def test_a_file_with_the_wrong_encoding_is_read_when_the_right_one_is_named(
    suffix: str, tmp_path: Path
) -> None:
    path = tmp_path / f"a.{suffix}"
    frame = pd.DataFrame({"said": ["hxj", "lav"], "q": [1.0, 2.0]})
    labels = {"q": {1: "Nxsten", 2: "Altid"}}
    if suffix == "sav":
        pyreadstat.write_sav(frame, str(path), variable_value_labels=labels)
    else:
        pyreadstat.write_dta(frame, str(path), variable_value_labels=labels, version=13)
    latin = path.read_bytes().replace(b"hxj", b"h\xf8j").replace(b"Nxsten", b"N\xe6sten")
    path.write_bytes(latin)
    if suffix == "sav":
        with pytest.raises(DataError) as caught:
            read_survey(path)
        assert caught.value.code == "wrong_encoding"
        assert "windows-1252" in caught.value.try_
    survey = read_survey(path, encoding="windows-1252")
    assert survey.frame["said"].tolist() == ["høj", "lav"]
    assert survey.variables["q"].labels[1] == "Næsten"


def test_frames_of_pandas_users_with_odd_columns() -> None:
    with pytest.raises(DataError, match="more than one column named a"):
        Survey.from_frame(pd.DataFrame([[1, 2]], columns=["a", "a"]))
    survey = Survey.from_frame(pd.DataFrame({1: [1, "x", None], "b": [[1], [2], [3]]}))
    assert survey.frame["1"].tolist()[:2] == ["1", "x"]
    assert "left_columns" in {n.code for n in survey.notices}
    survey = Survey.from_frame(pd.DataFrame({"a": [1, np.inf, 2]}))
    assert survey.missing_reasons("a").tolist() == [None, "inf: not a finite number", None]
    assert survey.indicator("a").categories == ("1", "2")
