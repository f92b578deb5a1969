"""Leavers who fared worse: by hand, and what must hold whatever the data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendepunkt.numerics.markov.observed import observed_transitions
from vendepunkt.numerics.markov.observed_tipping import tipping_point, worse
from vendepunkt.terms import UsageError


def panel(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    states = rng.integers(0, 3, (80, 3))
    gone = rng.random((80, 2)) < 0.3
    states[:, 1:][gone] = -1
    return states, rng.integers(0, 2, 80)


@given(seed=st.integers(0, 2**32 - 1), factor=st.floats(0.2, 5))
def test_odds_of_every_cut_are_multiplied(seed, factor):
    shares = np.random.default_rng(seed).dirichlet(np.ones(4))
    order = np.random.default_rng(seed).permutation(4)
    found = worse(shares, order, factor)
    assert found.sum() == pytest.approx(1.0)
    for cut in range(1, 4):
        before, after = shares[order[cut:]].sum(), found[order[cut:]].sum()
        assert after / (1 - after) == pytest.approx(factor * before / (1 - before), rel=1e-9)


@given(seed=st.integers(0, 999))
def test_at_odds_of_one_the_leavers_are_like_those_who_stayed(seed):
    states, group = panel(seed)
    found = tipping_point(states, 3, group=group, odds=(1.0,))
    stayed = observed_transitions(states, 3, group=group, steps=[(0, 1), (0, 2)])
    known = ~found.alone[:, 1:]
    np.testing.assert_allclose(
        found.transitions[0][:, 1:][known], stayed.probabilities[known], rtol=1e-12
    )


@given(seed=st.integers(0, 999))
def test_worse_odds_make_worse_shares_and_nothing_else(seed):
    states, group = panel(seed)
    found = tipping_point(states, 3, group=group, order=(2, 0, 1))
    assert (np.diff(found.shares[:, :, 1:, 1], axis=0) >= -1e-12).all()
    assert (np.diff(found.shares[:, :, 1:, 2], axis=0) <= 1e-12).all()
    np.testing.assert_allclose(found.shares.sum(axis=-1), 1.0)
    np.testing.assert_allclose(found.shares[:, :, 0], found.shares[:1, :, 0].repeat(4, axis=0))
    expected = [np.mean(states[group == g] < 0, axis=0) for g in (0, 1)]
    np.testing.assert_allclose(found.missing, expected)


def test_where_nobody_left_nothing_tips():
    states = np.random.default_rng(1).integers(0, 3, (50, 2))
    found = tipping_point(states, 3)
    np.testing.assert_allclose(found.shares, found.shares[:1].repeat(4, axis=0), rtol=1e-12)


def test_weights_count_people():
    states = np.array([[0, 0], [0, 1], [0, -1]])
    found = tipping_point(states, 2, weights=[3, 1, 4], odds=(1, 2))
    assert found.missing.tolist() == [[0.0, 0.5]]
    assert found.shares[:, 0, 1, 1] == pytest.approx([0.25, (1 + 4 * 0.4) / 8])


def test_a_first_state_that_all_have_left_is_said():
    found = tipping_point([[0, 0], [0, 1], [1, -1]], 2, odds=(1,))
    assert found.alone[0, 1].tolist() == [False, True]
    assert found.transitions[0, 0, 1, 1].tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"order": (0, 0)}, "bad_order"),
        ({"order": (0,)}, "bad_order"),
        ({"odds": ()}, "bad_odds"),
        ({"odds": (0.0,)}, "bad_odds"),
        ({"odds": (np.inf,)}, "bad_odds"),
    ],
)
def test_what_cannot_be_is_refused(options, code):
    with pytest.raises(UsageError) as caught:
        tipping_point([[0, 1]], 2, **options)
    assert caught.value.code == code
