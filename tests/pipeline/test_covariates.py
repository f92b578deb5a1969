"""Formulas over people and waves: which value of whom stands at which step."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vendepunkt.data import Panel, Survey, panel
from vendepunkt.pipeline.covariates import person_covariates, step_covariates
from vendepunkt.terms import DataError, UsageError


@pytest.fixture
def people() -> Panel:
    """Person 2 comes in 2019 and has no row before; person 3 is not there in 2019."""
    frame = pd.DataFrame(
        [
            (1, 2017, 1, 30.0, None, "north"),
            (1, 2019, 2, 35.0, "m", "south"),
            (1, 2022, 2, 40.0, None, "south"),
            (2, 2019, 1, 45.0, "f", "north"),
            (2, 2022, 1, 50.0, "f", None),
            (3, 2017, 2, 20.0, "m", "north"),
            (3, 2022, 1, 24.0, None, "south"),
        ],
        columns=["id", "year", "q", "age", "sex", "area"],
    )
    return panel(Survey.from_frame(frame, person="id", wave="year"), ["q"])


def test_the_first_class_depends_on_the_first_wave_a_person_was_asked_in(people: Panel) -> None:
    made = person_covariates(people, "age + sex", "--initial")
    assert made.names == ("Intercept", "age", "sex[T.m]")
    # Sex does not change, so that one answer to it is enough.
    assert made.matrix.tolist() == [[1, 30, 1], [1, 45, 0], [1, 20, 1]]


@pytest.mark.parametrize(
    ("at", "age"),
    [
        ("start", [[30, 35], [np.nan, 45], [20, np.nan]]),
        ("end", [[35, 40], [45, 50], [np.nan, 24]]),
    ],
)
def test_a_column_that_changes_has_its_value_at_one_end_of_the_step(
    people: Panel, at: str, age: list[list[float]]
) -> None:
    made = step_covariates(people, "age", "--transition", at)
    assert made.matrix.shape == (3, 2, 2)
    np.testing.assert_array_equal(made.matrix[:, :, 1], age)


def test_a_column_that_does_not_change_stands_at_every_step(people: Panel) -> None:
    made = step_covariates(people, "sex", "--transition")
    np.testing.assert_array_equal(made.matrix[:, :, 1], [[1, 1], [0, 0], [1, 1]])


def test_words_have_the_same_reference_at_every_step(people: Panel) -> None:
    made = step_covariates(people, "area", "--transition", "start")
    assert made.names == ("Intercept", "area[T.south]")
    np.testing.assert_array_equal(made.matrix[:, :, 1], [[0, 1], [np.nan, 0], [0, np.nan]])


@pytest.mark.parametrize(
    ("formula", "error"), [("salary", UsageError), ("age = 1", UsageError), ("1", UsageError)]
)
def test_formulas_that_cannot_be_worked_out(
    people: Panel, formula: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        step_covariates(people, formula, "--transition")
    with pytest.raises(UsageError, match="transition_at"):
        step_covariates(people, "age", "--transition", "middle")


def test_terms_that_depend_on_each_other_are_refused(people: Panel) -> None:
    with pytest.raises(DataError) as caught:
        person_covariates(people, "sex + C(sex)", "--initial")
    assert caught.value.code == "covariates_dependent"
