"""How a study and its data fit: every misfit with its line, and what is decided on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.pipeline.conftest import DATA, STUDY, make_study

from vendepunkt.pipeline import check_study, run_study
from vendepunkt.pipeline.prepare import Findings, prepare
from vendepunkt.study import load_study

HEADER, *ROWS = DATA.splitlines()


def with_column(name: str, values: list[str]) -> str:
    """Give the data with one more column; values are repeated down the rows."""
    rows = [f"{row},{values[i % len(values)]}" for i, row in enumerate(ROWS)]
    return "\n".join([f"{HEADER},{name}", *rows]) + "\n"


def found(tmp_path: Path, old: str = "", new: str = "", data: str = DATA) -> list[tuple[str, str]]:
    """Give the code of each problem, with the text of the line it stands at."""
    assert STUDY.count(old) >= 1
    text = STUDY.replace(old, new, 1) if old else STUDY
    folder = make_study(tmp_path / "study", text, data)
    lines = text.splitlines()
    return [(p.code, lines[p.line - 1] if p.line else "") for p in check_study(folder)]


def test_a_good_study_has_no_problem(tmp_path: Path) -> None:
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("data/small.csv", "data/smal.csv", "no_file", 'file = "data/smal.csv"'),
        ('person = "id"', 'person = "idd"', "unknown_column", 'person = "idd"'),
        ('person = "id"', 'person = "area"', "duplicate_person", 'person = "area"'),
        ('person = "id"', 'person = "id"\nwave = "w"', "unknown_column", 'wave = "w"'),
        ('strata = "area"', 'strata = "aera"', "unknown_column", 'strata = "aera"'),
        ('strata = "area"', 'strata = "id"', "single_psu", "[design]"),
        (
            'strata = "area"',
            'cluster = ["area", "house"]',
            "unknown_column",
            'cluster = ["area", "house"]',
        ),
        (
            'strata = "area"',
            'replicates = "r*"\nreplicate_type = "jk1"',
            "unknown_column",
            "[design]",
        ),
        ('where = "age >= 18"', 'where = "age >= 200"', "no_rows", 'where = "age >= 200"'),
        ('where = "age >= 18"', 'where = "aeg >= 18"', "unknown_column", 'where = "aeg >= 18"'),
        ('where = "age >= 18"', 'where = "age = 18"', "bad_condition", 'where = "age = 18"'),
        (
            'where = "age >= 18"',
            'covariates = "age + sex"',
            "unknown_column",
            'covariates = "age + sex"',
        ),
        ('where = "age >= 18"', 'covariates = "f(age)"', "unknown_column", 'covariates = "f(age)"'),
        ('order = ["good", "bad"]', 'type = "continuous"', "not_numbers", 'type = "continuous"'),
        (
            'order = ["good", "bad"]',
            'order = ["good", "bd"]',
            "unknown_category",
            'order = ["good", "bd"]',
        ),
        (
            'order = ["good", "bad"]',
            'merge = { x = ["y"] }',
            "unknown_answer",
            'merge = { x = ["y"] }',
        ),
        (
            'order = ["high", "middle", "low"]',
            'order = ["high", "low"]',
            "not_in_order",
            'order = ["high", "low"]',
        ),
        (
            '["front", "method"]',
            '["front", "methods"]',
            "unknown_section",
            'sections = ["front", "methods"]',
        ),
        ('person = "id"', "delete_by = 2020-01-01", "past_delete_by", "delete_by = 2020-01-01"),
    ],
)
def test_each_misfit_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, code: str, line: str
) -> None:
    assert any(c == code and at.startswith(line) for c, at in found(tmp_path, old, new))


def test_misfits_of_every_kind_are_named_at_once(tmp_path: Path) -> None:
    text = STUDY.replace('"bad"', '"worse"').replace('person = "id"', 'person = "idd"')
    text = text.replace('strata = "area"', 'strata = "aera"').replace("seed = 7", "seed = true")
    text = text.replace('where = "age >= 18"', 'where = "age >"')
    codes = [p.code for p in check_study(make_study(tmp_path / "study", text))]
    assert codes == [
        "bad_value",
        "unknown_column",
        "unknown_column",
        "unknown_category",
        "bad_condition",
    ]


def test_a_row_without_a_weight_is_refused_by_number_and_never_by_value(tmp_path: Path) -> None:
    data = with_column("w", ["1.5", "2", "", "1"])
    text = STUDY.replace('strata = "area"', 'weights = "w"')
    text = "\n".join(line for line in text.splitlines() if not line.startswith("unweighted"))
    said = check_study(make_study(tmp_path / "study", text, data))
    assert [problem.code for problem in said] == ["weight_missing"]
    assert "30 rows (rows 3, 7, 11" in said[0].text
    assert text.splitlines()[said[0].line - 1] == 'weights = "w"'


def test_rows_outside_the_population_need_no_weight(tmp_path: Path) -> None:
    data = with_column("w", ["1.5", "2", "", "1"])
    text = STUDY.replace('strata = "area"', 'weights = "w"').replace(
        "age >= 18", "w is not missing"
    )
    text = "\n".join(line for line in text.splitlines() if not line.startswith("unweighted"))
    study = load_study(make_study(tmp_path / "study", text, data))
    findings = Findings(study)
    prepared = prepare(study, findings)
    assert findings.problems == []
    assert prepared is not None
    assert prepared.survey.n == 90
    assert prepared.design is not None


def test_weights_that_nobody_uses_are_said(tmp_path: Path) -> None:
    data = with_column("weight", ["1.5", "2.25", "0.5", "1.1"])
    done = run_study(make_study(tmp_path / "study", data=data), only=["data"])
    assert "weight_unused" in {notice.code for notice in done.notices}


def test_the_wave_that_is_asked_for_is_used_with_its_weight(tmp_path: Path) -> None:
    data = with_column("year,w", ["2006,1", "2006,3", "2008,"])
    text = STUDY.replace('person = "id"', 'wave = "year"').replace(
        'strata = "area"', "weights = { wave = { 2006 = 'w' } }"
    )
    text = "\n".join(line for line in text.splitlines() if not line.startswith("unweighted"))
    text = text.replace("[measure]", "[measure]\nwave = 2006").replace('where = "age >= 18"\n', "")
    study = load_study(make_study(tmp_path / "study", text, data))
    prepared = prepare(study, Findings(study))
    assert prepared is not None
    assert prepared.survey.n == 80
    assert prepared.design is not None
    assert set(prepared.design.weights.tolist()) == {1.0, 3.0}


def test_latent_classes_are_fitted_kept_and_reported(tmp_path: Path) -> None:
    text = STUDY.replace('classifier = "sum_score"', "classes = 2\ncompare = 2\nstarts = 5")
    folder = make_study(tmp_path / "study", text)
    first = run_study(folder)
    assert first.made == ("data", "measure", "report")
    (folder / "out" / "report.html").unlink()
    assert run_study(folder).made == ("report",)
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "latent class analysis" in page
