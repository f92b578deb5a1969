"""The page of `study.toml` and its examples, against the schema and the reader."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from vendepunkt.study import TABLES, read_text
from vendepunkt.study import tables as frozen
from vendepunkt.study.schema import LATER

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "study-toml.md"
SECTIONS = dict(
    re.findall(
        r"^## `\[(\w+)[^`]*`\n(.*?)(?=^## |\Z)", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
)


def test_the_page_has_every_table_and_no_other() -> None:
    assert list(SECTIONS) == list(TABLES)
    assert all(f"`[{name}]`" in PAGE.read_text("utf-8") for name in LATER)


@pytest.mark.parametrize("name", TABLES)
def test_the_page_has_every_key_of_a_table_and_no_other(name: str) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", SECTIONS[name], re.MULTILINE)
    assert [key for key, _ in rows] == [key.name for key in TABLES[name].keys]
    for (_, meaning), key in zip(rows, TABLES[name].keys, strict=True):
        assert key.about in meaning
        assert ("**Required.**" in meaning) == key.required


def test_the_examples_of_all_tables_are_one_study_together() -> None:
    text = "\n".join(
        re.search(r"```toml\n(.*?)```", SECTIONS[name], re.DOTALL)[1] for name in TABLES
    )
    reading = read_text(text.encode(), Path())
    assert reading.problems == ()
    assert reading.study is not None
    assert reading.study.measure.items == ("trust", "health")


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ("data", frozen.DataTable),
        ("items", frozen.ItemTable),
        ("measure", frozen.MeasureTable),
        ("move", frozen.MoveTable),
        ("waves", frozen.WaveTable),
        ("report", frozen.ReportTable),
    ],
)
def test_every_key_reaches_its_table(table: str, kind: type) -> None:
    """A key of the schema that no field takes would be read and forgotten."""
    fields = {field.name for field in dataclasses.fields(kind)}
    keys = {key.name for key in TABLES[table].keys} - {"column"}
    assert keys <= fields
