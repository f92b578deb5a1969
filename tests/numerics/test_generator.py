"""exp(QΔ) and its derivatives against scipy's, one matrix at a time.

Tolerances: scipy's Padé approximation is right to about 1e-14 of the norm, which is 1 for a
transition matrix; its Fréchet derivative likewise, in units of the norm of the direction.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import linalg

from vendepunkt.numerics.markov.generator import (
    derivatives,
    generator,
    log_rate_directions,
    pull_back,
    transition_matrices,
)


@st.composite
def drawn(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Generators with rates over six orders of magnitude and some of 0, with intervals."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size, many = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    rates = 10.0 ** rng.uniform(-4, 2, (many, size, size))
    rates[rng.random(rates.shape) < 0.2] = 0.0
    delta = rng.choice([0.0, 0.01, 0.5, 1.0, 7.5], many)
    return generator(rates), delta


@given(case=drawn())
def test_probabilities_are_those_of_scipy(case):
    q, delta = case
    found = transition_matrices(q, delta)
    theirs = np.array([linalg.expm(one * length) for one, length in zip(q, delta, strict=True)])
    np.testing.assert_allclose(found, theirs, rtol=0, atol=1e-11)
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=-1), 1.0, rtol=0, atol=1e-14)


@given(case=drawn())
def test_derivatives_are_those_of_scipy(case):
    q, delta = case
    directions = log_rate_directions(q)
    p, found = derivatives(q, delta, directions)
    np.testing.assert_array_equal(p, transition_matrices(q, delta))
    for i, (one, length) in enumerate(zip(q, delta, strict=True)):
        for a, direction in enumerate(directions[i]):
            theirs = linalg.expm_frechet(one * length, direction * length, compute_expm=False)
            size = max(1.0, np.abs(direction).max() * length)
            np.testing.assert_allclose(found[i, a], theirs, rtol=0, atol=1e-11 * size)


@given(case=drawn(), seed=st.integers(0, 99))
def test_pulling_back_is_the_sum_over_directions(case, seed):
    q, delta = case
    weights = np.random.default_rng(seed).normal(size=q.shape)
    directions = log_rate_directions(q)
    _, slopes = derivatives(q, delta, directions)
    direct = (slopes * weights[:, None]).sum(axis=(-2, -1))
    back = (pull_back(q, delta, weights)[:, None] * directions).sum(axis=(-2, -1))
    # A sum over entries that cancel: what is left is right in units of what went in.
    size = np.abs(directions * delta[:, None, None, None]).max(initial=1.0)
    np.testing.assert_allclose(back, direct, rtol=1e-10, atol=1e-11 * size)


def test_leading_axes_are_broadcast():
    rng = np.random.default_rng(1)
    q = generator(rng.random((4, 1, 3, 3)))
    delta = np.array([0.5, 1.0, 2.0])
    p = transition_matrices(q, delta)
    assert p.shape == (4, 3, 3, 3)
    np.testing.assert_allclose(p[2, 1] @ p[2, 1], p[2, 2], atol=1e-15)
    one, slopes = derivatives(q, delta, rng.random((2, 3, 3)))
    assert slopes.shape == (4, 3, 2, 3, 3)
    np.testing.assert_array_equal(one, p)
    assert pull_back(q, delta, np.ones((3, 3))).shape == (4, 3, 3, 3)


def test_small_probabilities_keep_their_digits():
    """A chain of three slow steps: P[0, 3] = q³Δ³/6 to first order, far under rounding of 1."""
    rates = np.zeros((4, 4))
    rates[0, 1] = rates[1, 2] = rates[2, 3] = 1e-7
    found = transition_matrices(generator(rates), 1.0)[0, 3]
    assert found == pytest.approx(1e-21 / 6, rel=1e-6)


def test_very_fast_rates_reach_the_equilibrium():
    q = generator([[0, 3e7], [1e7, 0]])
    np.testing.assert_allclose(transition_matrices(q, 1.0), [[0.25, 0.75]] * 2, rtol=1e-12)


def test_only_allowed_moves_have_a_direction():
    allowed = np.array([[True, True, False], [False, True, True], [False, False, True]])
    directions = log_rate_directions(generator(np.ones((3, 3)) * allowed), allowed)
    assert directions.shape == (2, 3, 3)
    assert directions[1].tolist() == [[0, 0, 0], [0, -1, 1], [0, 0, 0]]


@pytest.mark.parametrize(
    ("q", "delta"),
    [
        ([[-1.0, 0.5], [0.0, 0.0]], 1.0),
        ([[0.5, -0.5], [0.0, 0.0]], 1.0),
        ([[-1.0, 1.0], [0.0, 0.0]], -1.0),
        ([[np.nan, 1.0], [0.0, 0.0]], 1.0),
        ([[-1.0, 1.0], [0.0, 0.0]], np.inf),
    ],
)
def test_what_is_no_generator_is_refused(q, delta):
    with pytest.raises(ValueError, match=r"generator|interval"):
        transition_matrices(q, delta)
