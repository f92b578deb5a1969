"""How `[move]` and the data fit: every misfit with its line, and whom the stage follows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.pipeline.panels import DATA, STUDY, make_panel

from vendepunkt.pipeline import check_study
from vendepunkt.pipeline.moving import move_options
from vendepunkt.pipeline.prepare import Findings, prepare
from vendepunkt.study import Study, load_study


def found(tmp_path: Path, old: str = "", new: str = "", data: str = DATA) -> list[tuple[str, str]]:
    """Give the code of each problem, with the text of the line it stands at."""
    assert STUDY.count(old) >= 1
    text = STUDY.replace(old, new, 1) if old else STUDY
    folder = make_panel(tmp_path / "study", text, data)
    lines = text.splitlines()
    return [(p.code, lines[p.line - 1] if p.line else "") for p in check_study(folder)]


def prepared(tmp_path: Path, old: str = "", new: str = "", data: str = DATA) -> tuple:
    text = STUDY.replace(old, new, 1) if old else STUDY
    study = load_study(make_panel(tmp_path / "study", text, data))
    findings = Findings(study)
    ready = prepare(study, findings)
    assert findings.problems == []
    assert ready is not None
    assert ready.followed is not None
    return study, ready.followed


def test_a_good_study_has_no_problem(tmp_path: Path) -> None:
    assert found(tmp_path) == []


WEIGHTLESS = DATA.replace(",a3,1,", ",a3,,").replace(",a3,2,", ",a3,,")


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ('initial = "age"', 'initial = "agee"', "unknown_column", 'initial = "agee"'),
        ('initial = "age"', 'initial = "f(age)"', "unknown_column", 'initial = "f(age)"'),
        ('transition = "certificate"', 'transition = "a ="', "bad_formula", 'transition = "a ="'),
        ('column = "status"', 'column = "stauts"', "unknown_column", 'column = "stauts"'),
        ('column = "status"', 'column = "id"', "not_reasons", 'column = "id"'),
        ('refused = "non-response"\n', "", "reasons_unmapped", "[move.dropout.kinds]"),
        (
            'refused = "non-response"',
            'refuse = "non-response"',
            "unknown_reason",
            "[move.dropout.kinds]",
        ),
        ("age >= 40", "agee >= 40", "unknown_column", "circumstances = "),
        ("age >= 40", "age = 40", "bad_condition", "circumstances = "),
        ("waves = [2017, 2019, 2022]", 'items = ["other"]', "no_order", "circumstances = "),
        ('initial = "age"', 'where = "age > 300"', "no_rows", 'where = "age > 300"'),
        ('initial = "age"', 'where = "agee > 3"', "unknown_column", 'where = "agee > 3"'),
        ('initial = "age"', 'asked = "age = 3"', "bad_condition", 'asked = "age = 3"'),
        (
            "waves = [2017, 2019, 2022]",
            'waves = [2017, 2022]\ntransitions = "rate"\nform = "random_intercept"',
            "contradiction",
            'form = "random_intercept"',
        ),
        (
            'name = { da = "Sidst", en = "Last" }',
            'name = { da = "Sidst", en = "Last" }\ntime = 2022',
            "missing_key",
            "[waves.2017]",
        ),
        (
            "waves = [2017, 2019, 2022]",
            'observed = "trust"\nby = "sex"',
            "unknown_column",
            'by = "sex"',
        ),
        (
            "waves = [2017, 2019, 2022]",
            'observed = "trust"\nby = "health"',
            "differs_within_person",
            'by = "health"',
        ),
        ('cluster = "area"', 'cluster = "status"', "differs_within_person", "[design]"),
        ('order = ["yes", "no"]', 'order = ["yes", "non"]', "unknown_category", ""),
    ],
)
def test_what_does_not_fit_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, code: str, line: str
) -> None:
    problems = found(tmp_path, old, new)
    assert code in [name for name, _ in problems], problems
    assert any(name == code and place.startswith(line) for name, place in problems), problems


def test_a_problem_of_an_item_is_said_once_though_two_stages_look(tmp_path: Path) -> None:
    problems = found(tmp_path, 'order = ["yes", "no"]', 'order = ["yes", "non"]')
    assert [code for code, _ in problems] == ["unknown_category"]


def test_people_without_a_weight_are_refused_unless_they_are_left_out(tmp_path: Path) -> None:
    (problem,) = check_study(make_panel(tmp_path / "a", STUDY, WEIGHTLESS))
    assert problem.code == "weight_missing"
    assert "only_weighted = true" in problem.try_
    _, followed = prepared(tmp_path / "b", 'initial = "age"', "only_weighted = true", WEIGHTLESS)
    assert followed.panel.n < 150
    assert any(notice.code == "panel_only_weighted" for notice in followed.panel.notices)
    _, everybody = prepared(tmp_path / "c", 'initial = "age"', 'weight = "none"', WEIGHTLESS)
    assert everybody.panel.n == 150
    assert everybody.panel.design.weights is None
    assert everybody.panel.design.clusters


def test_the_people_of_all_waves_are_followed_while_one_wave_is_measured(tmp_path: Path) -> None:
    study = load_study(make_panel(tmp_path / "study"))
    ready = prepare(study, Findings(study))
    assert ready is not None
    assert ready.survey.n == 150
    panel = ready.followed.panel
    assert panel.waves == ("2017", "2019", "Last")
    assert panel.times.tolist() == [2017, 2019, 2022]
    assert panel.design.weights is not None
    assert ready.design.weights is None


def test_reasons_have_names_in_the_language_of_the_study(tmp_path: Path) -> None:
    _, followed = prepared(tmp_path / "a")
    panel = followed.panel
    assert dict(zip(panel.reason_names, panel.reason_kinds, strict=True)) == {
        "died": "exit", "refused": "non-response",
    }  # fmt: skip
    assert (panel.exit_names, panel.absorbing) == (("died",), (True,))
    danish = ('language = "en"', 'language = "da"')
    text = STUDY.replace(*danish, 1).replace('absorbing = ["died"]\n', "")
    study = load_study(make_panel(tmp_path / "b", text))
    ready = prepare(study, Findings(study))
    assert ready is not None
    assert ready.followed.panel.exit_names == ("døde",)
    _, other = prepared(tmp_path / "c", 'absorbing = ["died"]', "")
    assert other.panel.absorbing == (True,)


def test_an_exit_that_is_not_named_as_final_is_none(tmp_path: Path) -> None:
    kinds = 'dead = { exit = { da = "døde", en = "died" } }'
    more = kinds + '\nrefused = { exit = { da = "flyttet", en = "moved" } }'
    text = STUDY.replace('refused = "non-response"\n', "").replace(kinds, more)
    study = load_study(make_panel(tmp_path / "study", text))
    ready = prepare(study, Findings(study))
    assert ready is not None
    panel = ready.followed.panel
    assert dict(zip(panel.exit_names, panel.absorbing, strict=True)) == {
        "moved": False, "died": True,
    }  # fmt: skip


def test_covariates_stand_by_person_and_by_step(tmp_path: Path) -> None:
    _, followed = prepared(tmp_path)
    assert followed.initial.matrix.shape == (150, 2)
    assert followed.transition.matrix.shape == (150, 2, 2)
    assert np.isfinite(followed.transition.matrix).all()


def test_some_people_are_looked_at_and_all_stay_in_the_design(tmp_path: Path) -> None:
    _, followed = prepared(tmp_path, 'initial = "age"', 'where = "age >= 40"')
    panel = followed.panel
    assert panel.n == 150
    assert 0 < panel.inside.sum() < 150
    assert panel.design.n == 150


def test_the_options_say_what_the_study_says(tmp_path: Path) -> None:
    text = STUDY.replace(
        "[report]",
        "[groups]\nmajority = [1]\nexcluded = [2]\n\n[groups.wave_names.2022]\n"
        'excluded = { da = "De udsatte", en = "The excluded then" }\n\n[report]',
    )
    study: Study = load_study(make_panel(tmp_path / "study", text))
    assert study.move is not None
    options = move_options(study, study.move)
    assert (options.classes, options.chosen, options.seed) == ((2,), 2, 7)
    assert options.dropout
    assert not options.compare_transitions
    # Names of a wave go by what the wave is called in the results.
    assert options.groups.names["Last"]["en"] == {"excluded": "The excluded then"}
    assert options.groups.ranks == {"majority": (1,), "excluded": (2,)}
