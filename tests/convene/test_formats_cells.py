"""Nothing that leaves is a formula, and nothing is lost by saying so."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.convene.any_meeting import texts

from vendepunkt.convene.formats.cells import (
    csv_text,
    neutral,
    number,
    read_sheet,
    unmarked,
    write_workbook,
)


@given(texts)
def test_marking_is_undone_exactly(text: str) -> None:
    assert unmarked(neutral(text)) == text


@given(st.text(alphabet="'=+-@x1\t", max_size=6))
def test_marking_is_undone_exactly_near_the_edge(text: str) -> None:
    assert unmarked(neutral(text)) == text


@given(st.lists(texts, min_size=1, max_size=4))
def test_no_cell_of_a_csv_is_a_formula(cells: list[str]) -> None:
    [row] = csv.reader(io.StringIO(csv_text([cells]), newline=""))
    for cell in row:
        if cell[:1] in tuple("=+-@\t\r＝＋－＠"):
            float(cell)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "＝"])
def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path, start: str) -> None:
    path = tmp_path / "out.xlsx"
    write_workbook(path, [("S", [("text",), (f"{start}cmd|calc",), ("\x00\x0b\ud800x",)])])
    page = openpyxl.load_workbook(path)["S"]
    assert [page.cell(row, 1).data_type for row in (2, 3)] == ["s", "s"]
    assert page["A2"].value[0] == "'"
    assert page["A3"].value == "\ufffd\ufffd\ufffdx"
    back = read_sheet(path).rows[1][1][0]
    # Line ends are the one thing a workbook turns: \r comes back as \n.
    assert back.replace("\n", "\r").replace("_x000D_", "\r") == f"{start}cmd|calc".replace(
        "\n", "\r"
    )


def test_a_text_too_long_for_a_cell_is_cut_and_it_is_known(tmp_path: Path) -> None:
    assert write_workbook(tmp_path / "a.xlsx", [("S", [("text",), ("a" * 40_000,)])])
    assert not write_workbook(tmp_path / "b.xlsx", [("S", [("text",), ("a" * 30_000,)])])


@given(st.fractions())
def test_numbers_are_read_as_they_are_written(value: Fraction) -> None:
    assert number(str(value)) == value


@pytest.mark.parametrize(
    "text", ["", "x", "1/0", "1e9", "٣", "1_000", "NaN", "inf", "1.2.3", "--1", "½", "9" * 50]
)
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        number(text)
