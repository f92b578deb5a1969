"""Who is missing at each wave: against counting by hand, and the algebra of weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendepunkt.data import Design
from vendepunkt.numerics.intervals import logit_interval
from vendepunkt.numerics.markov.observed_attrition import BASES, attrition
from vendepunkt.terms import DataError, UsageError


@given(
    seed=st.integers(0, 2**32 - 1),
    base=st.sampled_from(sorted(BASES)),
    gone=st.sampled_from([0.1, 0.5]),
)
def test_shares_are_those_of_counting(seed, base, gone):
    rng = np.random.default_rng(seed)
    states = rng.integers(0, 3, (40, 3))
    states[rng.random(states.shape) < gone] = -1
    group, weights = rng.integers(0, 2, 40), rng.uniform(0.5, 3, 40)
    found = attrition(states, weights=weights, group=group, base=base)
    for g in range(found.people.size):
        inside = group == g
        if base == "first":
            inside &= states[:, 0] >= 0
        assert found.people[g] == inside.sum()
        for t in range(3):
            away = states[inside, t] < 0
            assert found.missing[g, t] == away.sum()
            if inside.any():
                share = np.average(away, weights=weights[inside])
                assert found.shares[g, t] == pytest.approx(share, abs=1e-12)
                residual = weights[inside] * (away - share) / weights[inside].sum()
                error = np.sqrt((residual**2).sum())
                assert found.intervals.std_errors[g, t] == pytest.approx(error, abs=1e-12)
    rows = found.influence.row_to_pattern
    total = weights[rows >= 0] @ found.influence.values[rows[rows >= 0]]
    np.testing.assert_allclose(total, 0, atol=1e-12)


def test_a_frequency_is_so_many_rows_and_weights_of_one_are_none():
    states = np.array([[0, 1, -1], [1, -1, -1], [0, 0, 0], [-1, -1, -1]])
    freq = np.array([30, 12, 50, 4])
    short = attrition(states, freq=freq, design=Design(4, freq=freq))
    rows = np.repeat(np.arange(4), freq)
    long = attrition(states[rows], design=Design(96))
    plain = attrition(states, freq=freq)
    ones = attrition(states, freq=freq, weights=np.ones(4))
    np.testing.assert_allclose(short.intervals.std_errors, long.intervals.std_errors, rtol=1e-12)
    np.testing.assert_allclose(short.intervals.low, long.intervals.low, rtol=1e-12)
    np.testing.assert_array_equal(plain.intervals.high, ones.intervals.high)


def test_intervals_are_logit_where_there_are_many_and_exact_where_few():
    states = np.array([[0, 0, -1]] * 60 + [[0, 0, 0]] * 138 + [[0, -1, 0]] * 2)
    found = attrition(states)
    assert found.intervals.interval.tolist() == [["korn_graubard", "korn_graubard", "logit"]]
    error = float(found.intervals.std_errors[0, 2])
    limits = (found.intervals.low[0, 2], found.intervals.high[0, 2])
    assert limits == tuple(logit_interval(0.3, error, np.inf))


def test_nobody_can_be_missing_where_all_were_chosen_for_being_there():
    found = attrition([[0, -1], [1, 1], [-1, 1]], base="first")
    assert found.intervals.interval[0, 0] == "none"
    assert np.isnan(found.intervals.low[0, 0])
    assert found.shares.tolist() == [[0.0, 0.5]]


def test_a_design_widens_what_clusters_share():
    rng = np.random.default_rng(3)
    states = np.zeros((400, 2), int)
    states[np.repeat(rng.random(40) < 0.3, 10), 1] = -1
    clusters = np.repeat(np.arange(40), 10)
    plain = attrition(states)
    found = attrition(states, design=Design(400, clusters=(clusters,)))
    ratio = found.intervals.std_errors[0, 1] / plain.intervals.std_errors[0, 1]
    assert ratio == pytest.approx(np.sqrt(10 * 40 / 39))
    assert found.intervals.df[0, 1] == 39


def test_the_difference_of_groups_has_its_error():
    states = np.array([[0, -1]] * 30 + [[0, 0]] * 70 + [[0, -1]] * 10 + [[0, 0]] * 90)
    found = attrition(states, group=np.repeat([0, 1], 100))
    contrast = np.array([0, 1, 0, -1])
    variance = contrast @ found.covariance @ contrast
    assert variance == pytest.approx(0.3 * 0.7 / 100 + 0.1 * 0.9 / 100)


def test_a_group_without_people_has_no_share():
    found = attrition([[0, 1], [0, -1]], group=[0, 2])
    assert np.isnan(found.shares[1]).all()
    assert found.intervals.interval[1].tolist() == ["none", "none"]


def test_what_is_wrong_is_named():
    with pytest.raises(UsageError) as caught:
        attrition([[0, 1]], base="last")
    assert caught.value.code == "not_allowed"
    with pytest.raises(DataError) as refused:
        attrition([["a", "b"]])
    assert refused.value.code == "bad_states"
