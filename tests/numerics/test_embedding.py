"""Which tables can come from constant rates: known cases, and exponentials, which always can."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import linalg

from vendepunkt.numerics.markov.embedding import REASONS, embedding
from vendepunkt.numerics.markov.generator import generator, transition_matrices


@given(seed=st.integers(0, 2**32 - 1), size=st.integers(2, 4), delta=st.sampled_from([0.1, 1, 3]))
def test_an_exponential_of_rates_is_found_out(seed, size, delta):
    q = generator(np.random.default_rng(seed).uniform(0.05, 1.0, (size, size)))
    p = transition_matrices(q, float(delta))
    found = embedding(p)
    # A table so near its equilibrium that rounding decides is the one case left open.
    assert found.valid or np.linalg.det(p) < 1e-9
    if found.generator is not None:
        np.testing.assert_allclose(linalg.expm(found.generator), p, atol=1e-8)
        np.testing.assert_allclose(found.generator.sum(axis=1), 0, atol=1e-7)


@given(seed=st.integers(0, 2**32 - 1))
def test_two_states_are_decided_by_the_determinant(seed):
    """Of two states exactly the tables with p11 + p22 > 1 are embeddable (Kendall)."""
    a, b = np.random.default_rng(seed).random(2)
    assert embedding([[1 - a, a], [b, 1 - b]]).valid is bool(a + b < 1)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (np.eye(3), "generator"),
        ([[0, 1], [1, 0]], "determinant_not_positive"),
        ([[0.5, 0.5, 0], [0, 0.5, 0.5], [0.5, 0, 0.5]], "determinant_too_large"),
        ([[0.8, 0.2, 0], [0.1, 0.8, 0.1], [0.05, 0.05, 0.9]], "unreachable"),
        ([[0.9, 0.1, 0.0], [0.0, 0.9, 0.1], [0.0, 0.0, 1.0]], "unreachable"),
        ([[0.85, 0.14, 0.01], [0.3, 0.4, 0.3], [0.005, 0.3, 0.695]], "negative_rate"),
    ],
)
def test_known_tables(table, reason):
    found = embedding(table)
    assert found.reason == reason
    assert found.reason in REASONS
    assert (found.generator is not None) == (reason == "generator")


def test_another_turn_of_the_logarithm_is_looked_at():
    """A fast cycle: the principal logarithm has negative rates, the true generator does not."""
    q = generator(3.6 * np.roll(np.eye(5), 1, axis=1) + 0.02)
    p = transition_matrices(q, 1.0)
    principal = linalg.logm(p).real
    assert principal[~np.eye(5, dtype=bool)].min() < -1.0
    found = embedding(p)
    assert found.valid
    np.testing.assert_allclose(linalg.expm(found.generator), p, atol=1e-9)


def test_equal_eigenvalues_without_a_principal_generator_are_left_open():
    """Eigenvalues 1, λ, λ: a doubled one may have real logarithms that keep no eigenvector."""
    cycle = generator([[0, 1, 0], [0, 0, 1], [1, 0, 0]])
    turns = 2 * np.pi / np.sqrt(3)
    p = linalg.expm(cycle * turns)
    assert embedding(p).reason == "open"
    assert embedding(p).valid is None


@pytest.mark.parametrize("table", [[[0.5, 0.4], [0, 1]], [[1.1, -0.1], [0, 1]], [[1.0, 0.0]]])
def test_what_is_no_table_is_refused(table):
    with pytest.raises(ValueError, match="sum to 1"):
        embedding(table)
