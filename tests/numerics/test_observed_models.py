"""Likelihood-ratio tests of tables: against sums by hand, against known sizes under the null.

Tolerances: sums by hand 1e-12. Rejection rates of 400 samples have a standard error of 1.1 points.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vendepunkt.data import Design
from vendepunkt.numerics.markov.observed import observed_transitions
from vendepunkt.numerics.markov.observed_counts import transitions_from_counts
from vendepunkt.numerics.markov.observed_models import chain_models, log_likelihood
from vendepunkt.terms import UsageError

TABLE = np.array([[0.7, 0.2, 0.1], [0.2, 0.6, 0.2], [0.1, 0.3, 0.6]])


def walk(n: int, waves: int, rng: np.random.Generator) -> np.ndarray:
    states = np.zeros((n, waves), int)
    states[:, 0] = rng.integers(0, 3, n)
    cumulated = TABLE.cumsum(axis=1)
    for t in range(1, waves):
        states[:, t] = (rng.random(n)[:, None] > cumulated[states[:, t - 1]]).sum(axis=1)
    return np.minimum(states, 2)


@given(seed=st.integers(0, 2**32 - 1), groups=st.integers(1, 3), steps=st.integers(1, 3))
def test_log_likelihoods_are_those_of_their_tables(seed, groups, steps):
    counts = np.random.default_rng(seed).integers(0, 9, (groups, steps, 3, 3)).astype(float)
    found = transitions_from_counts(counts + np.eye(3))
    models = chain_models(found)
    assert len(models) == (1 if steps == 1 else 2) * (1 if groups == 1 else 2)
    for model in models:
        total = 0.0
        for g, s, j, k in np.ndindex(*found.counts.shape):
            steps_used = [s] if model.by_step else range(steps)
            groups_used = [g] if model.by_group else range(groups)
            row = found.counts[np.ix_(groups_used, steps_used, [j])].sum(axis=(0, 1, 2))
            assert model.probabilities[g, s, j, k] == pytest.approx(row[k] / row.sum())
            if found.counts[g, s, j, k]:
                total += found.counts[g, s, j, k] * np.log(row[k] / row.sum())
        assert model.loglik == pytest.approx(total, rel=1e-12)
        tables = (steps if model.by_step else 1) * (groups if model.by_group else 1)
        assert model.n_parameters == tables * 6


def test_the_raw_ratio_is_the_usual_one_for_counts():
    counts = np.array([[[[30.0, 10], [5, 55]], [[20, 20], [10, 50]]]])
    test = chain_models(transitions_from_counts(counts))[1].test
    g = [
        stats.chi2_contingency(counts[0, :, j], correction=False, lambda_="log-likelihood")[0]
        for j in (0, 1)
    ]
    assert test.kind == "likelihood_ratio"
    assert test.statistic == pytest.approx(sum(g), rel=1e-12)
    assert test.p_value == pytest.approx(stats.chi2.sf(sum(g), 2), rel=1e-12)
    assert test.df == 2


def test_cells_that_are_empty_everywhere_are_not_counted():
    counts = np.array([[[[30.0, 10, 0], [5, 55, 4], [0, 0, 9]]] * 2])
    test = chain_models(transitions_from_counts(counts))[1].test
    assert test.df == 1 + 2
    assert test.statistic == pytest.approx(0.0, abs=1e-9)


def test_weights_are_never_tested_unscaled():
    states = walk(300, 3, np.random.default_rng(1))
    weights = np.random.default_rng(2).uniform(0.2, 4, 300)
    for design in (None, Design(300, weights=weights)):
        found = observed_transitions(states, 3, weights=weights)
        assert chain_models(found, design)[1].test.kind == "scaled"
    assert chain_models(observed_transitions(states, 3), Design(300))[1].test.kind == "scaled"


@given(factor=st.sampled_from([0.01, 30.0]))
def test_the_size_of_weights_does_not_matter(factor):
    states = walk(300, 3, np.random.default_rng(1))
    weights = np.random.default_rng(2).uniform(0.2, 4, 300)
    tests = [
        chain_models(observed_transitions(states, 3, weights=scaled))[1]
        for scaled in (weights, weights * factor)
    ]
    assert tests[0].loglik == pytest.approx(tests[1].loglik, rel=1e-10)
    for name in ("statistic", "df", "p_value"):
        assert getattr(tests[0].test, name) == pytest.approx(getattr(tests[1].test, name), rel=1e-8)


def test_everybody_three_times_in_a_cluster_is_everybody_once():
    """The raw statistic is three times as large, the scaled one the same, but for rounding."""
    states = walk(200, 3, np.random.default_rng(5))
    once = chain_models(observed_transitions(states, 3), Design(200))[1].test
    thrice = chain_models(
        observed_transitions(np.repeat(states, 3, axis=0), 3),
        Design(600, clusters=(np.repeat(np.arange(200), 3),)),
    )[1].test
    assert thrice.statistic == pytest.approx(once.statistic, rel=1e-9)
    assert thrice.df == pytest.approx(once.df, rel=1e-9)


@pytest.mark.parametrize("setting", ["plain", "weighted", "clusters"])
def test_the_tests_keep_their_size(setting):
    rng = np.random.default_rng(17)
    rejected = 0
    for _ in range(400):
        if setting == "clusters":
            base = walk(150, 3, rng)
            states = np.repeat(base, 2, axis=0)
            design = Design(300, clusters=(np.repeat(np.arange(150), 2),))
            found = observed_transitions(states, 3)
        else:
            states = walk(400, 3, rng)
            weights = np.exp(0.58 * rng.standard_normal(400)) if setting == "weighted" else None
            design = None if weights is None else Design(400, weights=weights)
            found = observed_transitions(states, 3, weights=weights)
        rejected += chain_models(found, design)[1].test.rejected
    assert 0.02 <= rejected / 400 <= 0.09


def test_one_step_from_baseline_compares_groups():
    rng = np.random.default_rng(3)
    states, group = walk(2000, 3, rng), rng.integers(0, 2, 2000)
    states[group == 1, 2] = 0
    found = observed_transitions(states, 3, group=group)
    models = chain_models(found, steps=[found.steps.index((0, 2))])
    assert [(model.by_step, model.by_group) for model in models] == [(True, True), (True, False)]
    assert models[1].test.rejected
    assert not chain_models(found, steps=[0])[1].test.rejected


@pytest.mark.parametrize("steps", [[], [5], [-1]])
def test_steps_that_are_not_there_are_refused(steps):
    with pytest.raises(UsageError) as caught:
        chain_models(transitions_from_counts(np.ones((1, 2, 2, 2))), steps=steps)
    assert caught.value.code == "bad_step"


def test_what_was_seen_though_impossible_has_no_likelihood():
    assert log_likelihood(np.array([1.0, 0]), np.array([0.0, 1])) == -np.inf
