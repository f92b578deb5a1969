"""The example studies are whole: they read in both languages, on the data their pages describe."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from vendepunkt.pipeline import check_study

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/study.toml"))
#: Those with answers of people; the others are panel meetings alone.
SURVEYS = [name for name in NAMES if name != "panels"]
GSS = ["satfin", "health", "happy", "life", "trust", "fair", "helpful", "socrel", "socfrend"]


def toml(name: str) -> dict[str, Any]:
    """Read an example's study.toml as it stands."""
    return tomllib.loads((EXAMPLES / name / "study.toml").read_text(encoding="utf-8"))


def texts(value: Any) -> Iterator[dict[str, str]]:
    """Give every table of texts per language."""
    if isinstance(value, dict):
        if set(value) & {"da", "en"}:
            yield value
        else:
            for inner in value.values():
                yield from texts(inner)


def test_the_examples_are_there() -> None:
    assert NAMES == ["carers", "gss-panel", "gss-panel-weighted", "housing", "panels"]
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert all(f"({name}/README.md)" in listed for name in NAMES)


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_with_it_in_either_language(
    name: str, language: str, tmp_path: Path
) -> None:
    folder = tmp_path / name
    shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns("work", "out"))
    text = (folder / "study.toml").read_text(encoding="utf-8")
    other = {"da": "en", "en": "da"}[language]
    changed = text.replace(f'language = "{other}"', f'language = "{language}"')
    (folder / "study.toml").write_text(changed, encoding="utf-8")
    assert check_study(folder) == ()


@pytest.mark.parametrize("name", SURVEYS)
def test_every_text_stands_in_both_languages(name: str) -> None:
    found = list(texts(toml(name)))
    assert len(found) > 10
    assert all(set(words) == {"da", "en"} for words in found)


@pytest.mark.parametrize("name", SURVEYS)
def test_every_item_and_dimension_has_words(name: str) -> None:
    study = toml(name)
    items = study["items"]
    assert len(items) == (2 if name == "housing" else 9)
    assert {item["dimension"] for item in items.values()} == set(study["dimensions"])
    for item in items.values():
        named = set(item.get("labels", {})) | set(study.get("labels", {}))
        assert set(item.get("map", {}).values()) <= {str(category) for category in item["order"]}
        assert {str(category) for category in item["order"]} <= named


@pytest.mark.parametrize("name", SURVEYS)
def test_its_page_names_source_and_licence(name: str) -> None:
    page = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    assert any(licence in page for licence in ("MIT", "GPL-3", "GPL-2 or 3"))
    assert f"vendepunkt run examples/{name}" in page
    assert all(data.name in page for data in (EXAMPLES / name / "data").iterdir())


def test_the_panel_has_only_the_columns_it_needs() -> None:
    frame = pd.read_csv(EXAMPLES / "gss-panel/data/gss_panel0610.csv")
    assert list(frame) == ["firstid", "wave", "panstat", "vstrat", "vpsu", *GSS]
    assert frame.groupby("wave").size().to_dict() == {1: 2000, 2: 2000, 3: 2000}
    first = frame[frame["wave"] == 1]
    assert first[GSS].notna().sum(axis=1).max() == 7, "rotating ballots, as the page says"


def test_everybody_in_the_weighted_study_has_a_weight() -> None:
    frame = pd.read_csv(EXAMPLES / "gss-panel-weighted/data/gss_panel0610_stayed.csv")
    assert frame.groupby("wave").size().to_dict() == {1: 1276, 2: 1276, 3: 1276}
    assert (frame["wtpannr123"] > 0).all()
    assert frame.groupby("firstid")["wtpannr123"].nunique().max() == 1
    units = frame.groupby("vstrat")["vpsu"].nunique()
    assert (int((units == 1).sum()), len(units)) == (75, 144), "as the page says"


def test_the_two_panel_studies_differ_in_nothing_but_people_and_weights() -> None:
    whole, stayed = toml("gss-panel"), toml("gss-panel-weighted")
    for table in ("items", "dimensions", "labels", "waves"):
        assert whole[table] == stayed[table]
    given = {key: value for key, value in whole["move"].items() if key != "dropout"}
    assert stayed["move"] == given | {"weight": "panel"}
    assert "weights" not in whole["design"]
    assert stayed["design"]["weights"] == {"panel": "wtpannr123"}
