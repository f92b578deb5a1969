"""The table `[convene]`: what it may say, and a study that consists of panel meetings alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from vendepunkt.study import Study, read_text
from vendepunkt.study.schema_convene import RULES

ALONE = """\
[study]
title = "Paneler"
language = "da"

[convene]
"""


def read(text: str) -> tuple[Study, list[tuple[str, int]]]:
    reading = read_text(text.encode(), Path("study"))
    assert reading.study is not None
    return reading.study, [(problem.code, problem.line) for problem in reading.problems]


def test_a_study_of_panel_meetings_alone_needs_no_survey() -> None:
    study, problems = read(ALONE)
    assert problems == []
    assert not study.surveys
    assert not study.measures
    assert study.convene is not None
    assert study.convene.meetings == ()
    assert study.convene.chance


@pytest.mark.parametrize("table", ["[measure]\nclasses = 3\n", '[waves.2022]\nname = "2022"\n'])
def test_beside_any_table_of_a_survey_its_data_are_asked_for(table: str) -> None:
    study, problems = read(ALONE + table)
    assert study.surveys
    assert ("missing_key", 1) in problems
    assert problems.count(("missing_table", 0)) == 2


def test_without_the_table_no_meeting_is_read_and_the_survey_is_needed() -> None:
    study, problems = read(ALONE.replace("[convene]\n", ""))
    assert study.convene is None
    assert study.surveys
    assert problems.count(("missing_table", 0)) == 2


def test_everything_wrong_is_said_at_once_with_its_line() -> None:
    text = ALONE + (
        'meetings = ["panels/spring", "../elsewhere"]\n'
        'rule = "stv"\n'
        'mapping = "/tmp/common.csv"\n'
        "chance = false\n"
        "draws = 500\n"
        'text = "all"\n'
    )
    _, problems = read(text)
    assert set(problems) == {
        ("outside_folder", 6),
        ("bad_value", 7),
        ("outside_folder", 8),
        ("contradiction", 10),
        ("unknown_key", 11),
    }


def test_every_value_is_read() -> None:
    study, problems = read(
        ALONE
        + 'meetings = ["panels/spring"]\nrule = "approval"\nplaces = 2\ndraws = 500\n'
        + 'random_draws = true\nmapping = "panels/common.csv"\ntexts = "none"\n'
    )
    assert problems == []
    stated = study.convene
    assert stated is not None
    assert (stated.meetings, stated.rule, stated.places) == (("panels/spring",), "approval", 2)
    assert (stated.draws, stated.random_draws, stated.texts) == (500, True, "none")


def test_the_rules_are_those_that_the_stage_counts_by() -> None:
    from vendepunkt.convene.rules import RULES as KNOWN

    assert tuple(KNOWN) == RULES
