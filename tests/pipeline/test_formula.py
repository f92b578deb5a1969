"""The right-hand side of a formula: its columns, its missing rows, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vendepunkt.pipeline.formula import model_matrix
from vendepunkt.terms import DataError, UsageError, VendepunktError

FRAME = pd.DataFrame(
    {
        "x": [1.0, 2.0, np.nan, 4.0, 6.0],
        "z": [1.0, 0.0, 1.0, 0.0, 2.0],
        "sex": ["f", "m", "f", None, "m"],
        "odd name": [3.0, 1.0, 4.0, 1.0, 5.0],
        "one": 1.0,
    }
)


def test_an_intercept_stands_first_and_numbers_are_themselves() -> None:
    made = model_matrix(FRAME, "x + z", "--covariates")
    assert made.names == ("Intercept", "x", "z")
    assert made.columns == ("x", "z")
    assert made.matrix[0].tolist() == [1.0, 1.0, 1.0]


def test_a_row_with_a_missing_column_is_missing_throughout() -> None:
    made = model_matrix(FRAME, "x + sex", "--covariates")
    assert np.isnan(made.matrix).all(axis=1).tolist() == [False, False, True, True, False]
    assert np.isnan(made.matrix).any(axis=1).tolist() == [False, False, True, True, False]


def test_categories_are_compared_with_the_first() -> None:
    made = model_matrix(FRAME, "C(z)", "--covariates")
    assert made.names == ("Intercept", "C(z)[T.1.0]", "C(z)[T.2.0]")
    assert made.matrix[2].tolist() == [1.0, 1.0, 0.0]
    assert model_matrix(FRAME, "sex", "--covariates").names == ("Intercept", "sex[T.m]")


def test_interactions_and_odd_names() -> None:
    made = model_matrix(FRAME, "`odd name`*z", "--covariates")
    assert len(made.names) == 4
    assert made.matrix[4].tolist() == [1.0, 5.0, 2.0, 10.0]


@pytest.mark.parametrize(
    "formula",
    [
        "", "1", "x + ", "x ** 2", "x.real", "exec('x')", "{x}", "x; z", "`x", "x ~ z", "x[0]",
        "__import__('os')", "x + " * 1000 + "x",
    ],
)  # fmt: skip
def test_what_is_no_formula_is_refused_and_never_run(formula: str) -> None:
    with pytest.raises(VendepunktError) as caught:
        model_matrix(FRAME, formula, "--covariates")
    assert isinstance(caught.value, (UsageError, DataError))


def test_the_nearest_column_is_named() -> None:
    with pytest.raises(UsageError, match="Try: sex"):
        model_matrix(FRAME, "x + sexx", "--covariates")


@pytest.mark.parametrize("formula", ["x + one", "x + x:one"])
def test_terms_that_depend_on_each_other_are_refused(formula: str) -> None:
    with pytest.raises(DataError, match="depend on each other"):
        model_matrix(FRAME, formula, "--covariates")


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("xz C()+:*`-1 .'sex"), max_size=25))
def test_any_text_is_a_formula_or_a_sentence(formula: str) -> None:
    said = "--covariates"
    try:
        model_matrix(FRAME, formula, "--covariates")
    except VendepunktError as error:
        said = error.text
    assert said.startswith("--covariates")
