"""Severity by hand, its order and direction, and that worse answers never lower it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vendepunkt.measure.severity import Severity, severity

STEPS = np.array([0.0, 0.5, 1.0])


def made(total: list[float], by_dimension: list[list[float]]) -> Severity:
    names = tuple(f"d{i}" for i in range(len(by_dimension)))
    return Severity(np.array(total), names, np.array(by_dimension), ())


def test_a_dimension_counts_once_however_many_items_it_has() -> None:
    good = np.array([[1.0], [0.0]])
    bad = np.array([[0.0], [1.0]])
    found = severity([good, bad, bad, bad], [STEPS[[0, 2]]] * 4, ["a", "b", "b", "b"])
    assert found is not None
    assert found.total == pytest.approx([0.5])
    assert found.by_dimension[:, 0] == pytest.approx([0.0, 1.0])
    assert [float(w[1]) for w in found.weights if w is not None] == pytest.approx(
        [1 / 2, 1 / 6, 1 / 6, 1 / 6]
    )


def test_own_scores_take_the_place_of_equal_steps() -> None:
    profile = np.array([[0.5], [0.5], [0.0]])
    found = severity([profile], [np.array([0.0, 0.9, 1.0])], ["a"])
    assert found is not None
    assert found.total == pytest.approx([0.45])


def test_items_without_an_order_are_left_out() -> None:
    profile = np.array([[0.4], [0.6]])
    assert severity([profile], [np.full(2, np.nan)], ["a"]) is None
    found = severity([profile, profile], [np.full(2, np.nan), np.array([0.0, 1.0])], ["a", "b"])
    assert found is not None
    assert found.dimensions == ("b",)
    assert found.weights[0] is None


def test_ties_keep_the_order_of_size() -> None:
    found = made([0.4, 0.1, 0.4], [[0.4, 0.1, 0.4]])
    assert found.order(np.array([0.2, 0.3, 0.5])) == [1, 2, 0]


def test_a_direction_needs_order_in_all_dimensions_but_one() -> None:
    one_reversed = made([0.2, 0.6], [[0.2, 0.9], [0.1, 0.8], [0.3, 0.1]])
    assert one_reversed.direction(0, 1) == "more"
    assert one_reversed.direction(1, 0) == "less"
    two_reversed = made([0.2, 0.4], [[0.0, 1.0], [0.3, 0.1], [0.3, 0.1]])
    assert two_reversed.direction(0, 1) == "sideways"
    assert two_reversed.direction(1, 0) == "sideways"
    assert made([0.3, 0.3], [[0.3, 0.3]]).direction(0, 1) == "sideways"
    assert one_reversed.direction(1, 1) == "same"


@given(
    arrays(np.float64, (3, 2), elements=st.floats(0.01, 1.0)),
    st.integers(0, 1),
    st.floats(0.0, 1.0),
)
def test_moving_answers_towards_worse_never_lowers_severity(
    raw: np.ndarray, step: int, part: float
) -> None:
    profile = raw / raw.sum(axis=0)
    worse = profile.copy()
    moved = part * worse[step, 0]
    worse[step, 0] -= moved
    worse[step + 1, 0] += moved
    before = severity([profile, profile], [STEPS, STEPS], ["a", "b"])
    after = severity([worse, profile], [STEPS, STEPS], ["a", "b"])
    assert before is not None
    assert after is not None
    assert after.total[0] >= before.total[0] - 1e-12
    assert after.total[1] == pytest.approx(before.total[1])
    assert (after.total >= 0).all()
    assert (after.total <= 1 + 1e-12).all()


@given(arrays(np.float64, (4, 5), elements=st.floats(0, 1)))
def test_a_move_and_the_move_back_have_opposite_directions(raw: np.ndarray) -> None:
    found = made(raw.mean(axis=0).tolist(), raw.tolist())
    opposite = {"more": "less", "less": "more", "sideways": "sideways", "same": "same"}
    for a in range(5):
        for b in range(5):
            assert found.direction(a, b) == opposite[found.direction(b, a)]
