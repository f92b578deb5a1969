"""Damaged files end in one sentence with exit code 3, whatever is wrong with them."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vendepunkt.data import READERS, read_survey
from vendepunkt.terms import DataError, VendepunktError

FILES = Path(__file__).parents[1] / "reference" / "files"
EFC = Path(__file__).parents[2] / "examples" / "carers" / "data" / "efc.sav"
#: Signatures that let random bytes pass the first look.
MAGIC = {
    ".sav": b"$FL2@(#) SPSS DATA FILE",
    ".zsav": b"$FL3@(#) SPSS DATA FILE",
    ".dta": b"\x72\x02\x01\x00",
    ".sas7bdat": (FILES / "iris.sas7bdat").read_bytes()[:32],
    ".parquet": b"PAR1",
    ".xlsx": b"PK\x03\x04",
    ".csv": b"a,b\n",
    ".tsv": b"a\tb\n",
}


class Whole(dict[str, bytes]):
    """Whole files by kind; hypothesis prints its arguments, so this prints short."""

    def __repr__(self) -> str:
        return "whole files"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """Give one whole file of every format."""
    folder = tmp_path_factory.mktemp("whole")
    frame = pd.DataFrame({"id": range(50), "trust": [1.0, 2.0, 3.0, None, 1.0] * 10})
    frame.to_parquet(folder / "a.parquet")
    frame.to_excel(folder / "a.xlsx", index=False)
    import pyreadstat

    pyreadstat.write_sav(frame, str(folder / "a.zsav"), compress=True)
    labels = {"trust": {1: "yes, most of them", 2: "some of them", 3: "no, hardly anybody"}}
    pyreadstat.write_dta(frame, str(folder / "old.dta"), version=12, variable_value_labels=labels)
    return Whole(
        {
            ".parquet": (folder / "a.parquet").read_bytes(),
            ".xlsx": (folder / "a.xlsx").read_bytes(),
            ".zsav": (folder / "a.zsav").read_bytes(),
            "old.dta": (folder / "old.dta").read_bytes(),
            ".sav": EFC.read_bytes(),
            ".dta": (FILES / "tagged-na-int.dta").read_bytes(),
            ".sas7bdat": (FILES / "iris.sas7bdat").read_bytes(),
        }
    )


def _refused(path: Path) -> DataError:
    with pytest.raises(DataError) as caught:
        read_survey(path)
    assert caught.value.exit_code == 3
    assert "\n" not in caught.value.text
    assert caught.value.text.endswith(".")
    return caught.value


@pytest.mark.parametrize(
    "kind", [".sav", ".zsav", ".dta", "old.dta", ".sas7bdat", ".parquet", ".xlsx"]
)
@pytest.mark.parametrize("share", [0.0005, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_file_cut_off_anywhere(kind: str, share: float, whole: Whole, tmp_path: Path) -> None:
    data = whole[kind]
    path = tmp_path / f"cut{kind[kind.index('.') :]}"
    path.write_bytes(data[: max(1, int(share * len(data)))])
    error = _refused(path)
    assert error.code in {"truncated_file", "damaged_file", "wrong_extension", "header_lie"}


@pytest.mark.parametrize("kind", [".sav", ".dta", "old.dta", ".sas7bdat", ".parquet", ".xlsx"])
def test_the_last_bytes_are_missed_too(kind: str, whole: Whole, tmp_path: Path) -> None:
    path = tmp_path / f"cut{kind[kind.index('.') :]}"
    path.write_bytes(whole[kind][:-20])
    _refused(path)


@pytest.mark.parametrize("suffix", READERS)
def test_an_empty_file(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"nothing{suffix}"
    path.write_bytes(b"")
    assert _refused(path).code == "empty_file"


@pytest.mark.parametrize("suffix", READERS)
def test_no_such_file_and_a_folder(suffix: str, tmp_path: Path) -> None:
    assert _refused(tmp_path / f"absent{suffix}").code == "no_such_file"
    (tmp_path / f"folder{suffix}").mkdir()
    assert _refused(tmp_path / f"folder{suffix}").code == "no_such_file"


@pytest.mark.parametrize("suffix", [s for s in READERS if s not in (".csv", ".tsv")])
def test_text_under_another_name(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"named{suffix}"
    path.write_text("id,trust\n1,2\n" * 100, encoding="utf-8")
    assert _refused(path).code == "wrong_extension"


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize("kind", [".sav", ".dta", ".sas7bdat", ".parquet", ".xlsx"])
def test_the_message_says_what_the_file_really_is(
    kind: str, suffix: str, whole: Whole, tmp_path: Path
) -> None:
    path = tmp_path / f"named{suffix}"
    path.write_bytes(whole[kind])
    if suffix == kind or {suffix, kind} <= {".sav", ".zsav"}:
        assert read_survey(path).n > 0
        return
    error = _refused(path)
    words = {".sav": "SPSS", ".dta": "Stata", ".sas7bdat": "SAS", ".parquet": "Parquet",
             ".xlsx": "Excel"}[kind]  # fmt: skip
    assert words in error.text
    assert kind in error.try_


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"SQLite format 3\x00" + b"\x00" * 100, "SQLite"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "Excel"),
        (b"\x1f\x8b\x08" + b"\x01" * 50, "gzip"),
        (b'{"rows": []}', "JSON"),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".sav", ".xlsx"])
def test_documents_that_are_no_data(data: bytes, words: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"named{suffix}"
    path.write_bytes(data)
    assert words in _refused(path).text


def test_a_word_document_named_xlsx(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "Word" in _refused(path).text


def test_an_unknown_suffix_lists_the_known_ones(tmp_path: Path) -> None:
    error = _refused(tmp_path / "answers.docx")
    assert error.code == "unknown_format"
    assert ".sav" in error.allowed


def test_an_spss_header_that_claims_a_gigabyte(tmp_path: Path) -> None:
    data = bytearray(EFC.read_bytes())
    data[80:84] = struct.pack("<i", 2_000_000_000)
    path = tmp_path / "lie.sav"
    path.write_bytes(data)
    error = _refused(path)
    assert error.code == "header_lie"
    assert "2000000000" in error.text


@pytest.mark.parametrize("rows", [2**31 - 1, 2**40, 2**63])
def test_a_stata_header_that_claims_a_gigabyte(rows: int, tmp_path: Path) -> None:
    data = (
        Path(__file__).parents[1] / "reference/anes2020/anes_2020_stata_example.dta"
    ).read_bytes()
    at = data.index(b"<N>") + 3
    path = tmp_path / "lie.dta"
    path.write_bytes(data[:at] + struct.pack("<Q", rows) + data[at + 8 :])
    assert _refused(path).code == "header_lie"


def test_an_old_stata_header_that_claims_a_gigabyte(whole: Whole, tmp_path: Path) -> None:
    data = bytearray(whole["old.dta"])
    data[6:10] = struct.pack("<I", 2**31)
    path = tmp_path / "lie.dta"
    path.write_bytes(data)
    assert _refused(path).code == "header_lie"


def test_a_sas_header_that_claims_a_gigabyte(tmp_path: Path) -> None:
    data = bytearray((FILES / "iris.sas7bdat").read_bytes())
    shift = 4 if data[35:36] == b"\x33" else 0
    data[204 + shift : 208 + shift] = struct.pack("<I", 2**30)
    path = tmp_path / "lie.sas7bdat"
    path.write_bytes(data)
    assert _refused(path).code == "truncated_file"


def test_a_workbook_packed_to_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/workbook.xml", b" " * 120_000_000)
    assert _refused(path).code == "header_lie"


def test_a_sheet_that_claims_a_million_rows_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "wide.xlsx"
    book = openpyxl.Workbook()
    for row in (("id", "trust"), (1, 2), (2, 1)):
        book.active.append(row)
    book.save(path)
    lying = tmp_path / "lie.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(lying, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                assert b'<dimension ref="A1:B3"' in data
                data = data.replace(b'ref="A1:B3"', b'ref="A1:XFD1048576"')
            new.writestr(entry.filename, data)
    assert read_survey(lying).frame.shape == (2, 2)


@pytest.mark.parametrize("suffix", READERS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=600), signed=st.booleans())
def test_random_bytes_never_give_a_traceback(
    suffix: str, body: bytes, *, signed: bool, tmp_path: Path
) -> None:
    path = tmp_path / f"random{suffix}"
    path.write_bytes(MAGIC[suffix] + body if signed else body)
    try:
        read_survey(path)
    except VendepunktError as error:
        assert str(error)  # noqa: PT017 - any of our errors will do, nothing else


@pytest.mark.parametrize(
    "kind", [".sav", ".zsav", ".dta", "old.dta", ".sas7bdat", ".parquet", ".xlsx"]
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
# Most of what can break stands at the beginning and the end.
@given(
    flips=st.lists(
        st.tuples(st.integers(0, 3000) | st.integers(-500, -1), st.integers(0, 255)),
        min_size=1,
        max_size=8,
    )
)
def test_flipped_bytes_never_give_a_traceback(
    kind: str, flips: list[tuple[int, int]], whole: Whole, tmp_path: Path
) -> None:
    body = bytearray(whole[kind])
    for spot, byte in flips:
        body[spot % len(body)] = byte
    path = tmp_path / f"flipped{kind[kind.index('.') :]}"
    path.write_bytes(body)
    try:
        read_survey(path)
    except VendepunktError as error:
        assert str(error)  # noqa: PT017 - as above


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(
        st.lists(
            st.sampled_from(["1", "2,5", "01", "NA", "", "a;b", '"', "æ", "2020-01-01", ".a"]),
            max_size=4,
        ),
        max_size=6,
    ),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "windows-1252"]),
)  # fmt: skip
def test_odd_text_files_never_give_a_traceback(
    cells: list[list[str]], delimiter: str, encoding: str, tmp_path: Path
) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes("\n".join(delimiter.join(row) for row in cells).encode(encoding))
    try:
        read_survey(path)
    except VendepunktError as error:
        assert str(error)  # noqa: PT017 - as above
