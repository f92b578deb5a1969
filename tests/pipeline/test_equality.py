"""`[measure] equal_across`: from study.toml to the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.pipeline.conftest import STUDY, make_study

from vendepunkt.pipeline import check_study, run_study

COMPARED = STUDY.replace(
    'classifier = "sum_score"', 'classes = 2\nstarts = 5\nequal_across = "area"'
).replace('sections = ["front", "method"]', 'sections = ["front", "statements", "equality"]')


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_page_says_whether_profiles_are_equal(tmp_path: Path, language: str) -> None:
    text = COMPARED.replace('language = "en"', f'language = "{language}"')
    done = run_study(make_study(tmp_path / "study", text))
    page = (done.folder / "out" / "report.html").read_text(encoding="utf-8")
    assert {"da": "på tværs af", "en": "across"}[language] in page
    table = (done.folder / "out" / "tables" / "equal-profiles.csv").read_text(encoding="utf-8-sig")
    # Equal profiles, three items, all.
    assert len(table.strip().splitlines()) >= 6


def test_a_column_that_is_not_there_is_named_with_its_line(tmp_path: Path) -> None:
    text = COMPARED.replace('equal_across = "area"', 'equal_across = "aera"')
    (problem,) = check_study(make_study(tmp_path / "study", text))
    assert problem.code == "unknown_column"
    assert "equal_across" in text.splitlines()[problem.line - 1]
    assert "area" in problem.try_
