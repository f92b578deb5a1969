"""Which rows are used, and what is said of those that are not."""

from __future__ import annotations

import numpy as np
import pytest
from tests.measure.cases import item, reference

from vendepunkt.data import Design
from vendepunkt.measure import Covariates, MeasureOptions, measure
from vendepunkt.measure.asked import asked
from vendepunkt.measure.material import material
from vendepunkt.terms import DataError, UsageError

A = item("a", [0, 1, -1, 1, -1, 0], ("good", "bad"))
B = item("b", [0, 1, 1, -1, -1, 2], ("good", "so-so", "bad"))
OPTIONS = MeasureOptions(classes=(1,))


def test_rows_without_an_answer_are_counted_and_left_out() -> None:
    found = material([A, B], OPTIONS)
    assert (found.n, found.n_empty, found.n_incomplete) == (5, 1, 0)
    assert found.used.tolist() == [True, True, True, True, False, True]


def test_listwise_drops_rows_with_any_missing_answer_and_counts_them() -> None:
    found = material([A, B], MeasureOptions(classes=(1,), missing="listwise"))
    assert (found.n, found.n_empty, found.n_incomplete) == (3, 1, 2)


def test_a_missing_covariate_drops_the_row() -> None:
    rows = Covariates(("Intercept", "x"), np.array([[1, 0], [1, np.nan], [1, 1]] * 2, dtype=float))
    found = material([A, B], OPTIONS, covariates=rows)
    assert (found.n, found.n_incomplete) == (4, 1)


def test_weights_are_scaled_over_the_rows_used_and_the_raw_sum_is_kept() -> None:
    weights = np.array([1.0, 2.0, 3.0, 4.0, 100.0, 2.0])
    found = material([A, B], OPTIONS, Design(6, weights=weights))
    assert found.weighted_n == 12
    assert found.scaled_weights() == pytest.approx(weights * [1, 1, 1, 1, 0, 1] * 5 / 12)
    assert found.n_effective == pytest.approx(12**2 / (1 + 4 + 9 + 16 + 4))


def test_people_of_weight_0_stand_for_nobody_and_are_counted() -> None:
    weights = np.array([1.0, 2.0, 3.0, 0.0, 100.0, 2.0])
    found = material([A, B], OPTIONS, Design(6, weights=weights))
    assert (found.n, found.n_empty, found.n_weightless) == (4, 1, 1)
    said = measure([A, B], OPTIONS, design=Design(6, weights=weights)).notices
    assert "n_weightless" in {notice.code for notice in said}


def test_degrees_of_freedom_are_those_of_the_rows_used() -> None:
    # Rows 5 and 6 have a stratum of their own, and the only answer there is that of row 6.
    strata, clusters = np.array([1, 1, 1, 1, 2, 2]), (np.arange(6),)
    found = measure([A, B], OPTIONS, design=Design(6, strata=strata, clusters=clusters))
    assert found.material.design is not None
    assert found.material.design.df == found.classification.df == 3


def test_frequencies_count_people() -> None:
    found = material([A, B], OPTIONS, Design(6, freq=np.array([2, 1, 1, 1, 7, 0])))
    assert (found.n, found.n_empty, found.weighted_n) == (5, 7, 5)


def test_categories_that_nobody_used_gave_count_no_parameter_and_are_named() -> None:
    found = material([A, B], OPTIONS, where=np.array([True] * 5 + [False]))
    b = found.indicators[1]
    assert b.categories == ("good", "so-so")
    assert b.scores.tolist() == [0.0, 0.5]
    assert b.unused == ("bad",)
    result = measure([A, B], OPTIONS, where=np.array([True] * 5 + [False]))
    assert result.models[0].fit.n_parameters == 2
    assert "unused_categories" in {notice.code for notice in result.notices}


@pytest.mark.parametrize(
    ("items", "code", "kind"),
    [
        ([], "no_items", UsageError),
        ([A, A], "item_twice", UsageError),
        ([A, item("c", [0, 1])], "lengths", UsageError),
        ([A, item("c", [-1] * 6)], "item_empty", DataError),
        ([A, item("c", [1, 1, 1, -1, -1, 1])], "item_constant", DataError),
    ],
)
def test_what_cannot_be_measured_is_refused_by_name(items: list, code: str, kind: type) -> None:
    with pytest.raises(kind) as caught:
        material(items, OPTIONS)
    assert caught.value.code == code


def test_nobody_left_is_an_error() -> None:
    with pytest.raises(DataError) as caught:
        material([A, B], OPTIONS, where=np.zeros(6, dtype=bool))
    assert caught.value.code == "no_rows"


@pytest.mark.parametrize(
    "wrong",
    [
        {"classes": ()},
        {"classes": (3, 2)},
        {"classes": (0, 1)},
        {"classes": (1, 2), "chosen": 3},
        {"starts": 0},
        {"blrt": -1},
        {"conf_level": 1.0},
        {"dirichlet": float("nan")},
        {"classifier": "tea_leaves"},
        {"order": "age"},
        {"missing": "mean"},
        {"se": "bootstrap"},
    ],
)
def test_options_out_of_range_are_refused(wrong: dict) -> None:
    with pytest.raises(UsageError) as caught:
        MeasureOptions(**wrong)
    assert caught.value.allowed


def test_pairs_never_answered_together_are_counted() -> None:
    codes = np.array([[0, -1, 1], [-1, 0, 1], [1, -1, -1]], dtype=np.int32)
    found = asked(("x", "y", "z"), codes, np.array([2.0, 3.0, 4.0]))
    assert found.never_together == (("x", "y"),)
    assert found.people_by_items == {1: 4.0, 2: 5.0}
    assert found.together[2].tolist() == [2.0, 3.0, 5.0]
    assert (found.most, found.mean) == (2, pytest.approx(14 / 9))


def test_the_election_counts_rows_as_polca_does() -> None:
    full = material(list(reference("election")), OPTIONS)
    assert (full.n, full.n_empty) == (1785, 0)
    complete = material(
        list(reference("election")), MeasureOptions(classes=(1,), missing="listwise")
    )
    assert complete.n == 1311
