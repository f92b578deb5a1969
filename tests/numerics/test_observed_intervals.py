"""Which interval a transition probability gets, and what the intervals are.

Intervals are those of `numerics.intervals`, tested there; here it is seen that each cell gets the
right one on the right number of people, so equality is exact or to rounding.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vendepunkt.data import Design
from vendepunkt.numerics.intervals import korn_graubard_interval, logit_interval
from vendepunkt.numerics.markov.observed import observed_transitions
from vendepunkt.numerics.markov.observed_counts import transitions_from_counts
from vendepunkt.numerics.markov.observed_intervals import (
    EDGE,
    FEW,
    KINDS,
    is_small,
    share_intervals,
    transition_intervals,
)


@given(
    counts=st.lists(st.integers(0, 400), min_size=9, max_size=9),
    level=st.sampled_from([0.8, 0.95]),
)
def test_every_cell_with_people_gets_the_interval_its_size_asks_for(counts, level):
    table = np.array(counts, float).reshape(1, 1, 3, 3)
    found = transitions_from_counts(table)
    sure = transition_intervals(found, level=level)
    for cell in np.ndindex(1, 1, 3, 3):
        n, hits = table[cell[:3]].sum(), table[cell]
        assert sure.interval[cell] in KINDS
        if n == 0:
            assert sure.interval[cell] == "none"
            assert np.isnan(sure.low[cell])
            continue
        few = min(hits, n - hits) < FEW or not EDGE <= hits / n <= 1 - EDGE
        if min(hits, n - hits) != FEW:  # at ten exactly, rounding of a share decides
            assert (sure.interval[cell] == "korn_graubard") == few
        if sure.interval[cell] == "korn_graubard":
            tail = (1 - level) / 2
            low = stats.beta.ppf(tail, hits, n - hits + 1) if hits else 0.0
            high = stats.beta.ppf(1 - tail, hits + 1, n - hits) if hits < n else 1.0
            assert (sure.low[cell], sure.high[cell]) == pytest.approx((low, high), abs=1e-8)
        assert 0 <= sure.low[cell] <= found.probabilities[cell] <= sure.high[cell] <= 1


def test_nobody_seen_is_not_nobody():
    sure = transition_intervals(transitions_from_counts([[[[40, 0], [5, 5]]]]))
    assert sure.low[0, 0, 0, 1] == 0
    assert sure.high[0, 0, 0, 1] == pytest.approx(1 - 0.025 ** (1 / 40))
    assert sure.std_errors[0, 0, 0, 1] == 0


def test_unequal_weights_widen_a_small_cell():
    states = np.array([[0, 0]] * 48 + [[0, 1]] * 2)
    weights = np.tile([1.0, 4.0], 25)
    plain = transition_intervals(observed_transitions(states, 2))
    sure = transition_intervals(observed_transitions(states, 2, weights=weights))
    kish = weights.sum() ** 2 / (weights**2).sum()
    assert sure.effective_n[0, 0, 0] <= kish + 1e-9
    assert sure.interval[0, 0, 0, 1] == "korn_graubard"
    wide = sure.high[0, 0, 0, 1] - sure.low[0, 0, 0, 1]
    assert wide > plain.high[0, 0, 0, 1] - plain.low[0, 0, 0, 1]


def test_clusters_lower_the_effective_number_and_the_degrees_of_freedom():
    rng = np.random.default_rng(1)
    states = np.zeros((200, 2), int)
    states[:, 1] = np.repeat(rng.random(20) < 0.3, 10)
    design = Design(200, clusters=(np.repeat(np.arange(20), 10),))
    found = observed_transitions(states, 2)
    alone, sure = transition_intervals(found), transition_intervals(found, design)
    assert alone.effective_n[0, 0, 0] == pytest.approx(200)
    # Each cluster moves as one: the effective number is near that of the clusters.
    assert sure.effective_n[0, 0, 0] == pytest.approx(19)
    assert (alone.df[0, 0, 0], sure.df[0, 0, 0]) == (np.inf, 19)
    share = found.probabilities[0, 0, 0, 1]
    expected = korn_graubard_interval(share, 19.0, df=19, n=200)
    assert sure.interval[0, 0, 0, 1] == "korn_graubard"
    assert (sure.low[0, 0, 0, 1], sure.high[0, 0, 0, 1]) == pytest.approx(tuple(expected))


def test_degrees_of_freedom_are_those_of_the_clusters_with_people_at_risk():
    states = np.array([[0, 0], [0, 1], [0, 1], [0, 0]] * 20 + [[1, 0], [1, 1]] * 40)
    clusters = np.arange(160) // 8
    found = observed_transitions(states, 2)
    sure = transition_intervals(found, Design(160, clusters=(clusters,)))
    assert sure.df[0, 0].tolist() == [9, 9]
    error = sure.std_errors[0, 0, 1, 1]
    if sure.interval[0, 0, 1, 1] == "logit":
        limits = logit_interval(0.5, float(error), 9)
        assert (sure.low[0, 0, 1, 1], sure.high[0, 0, 1, 1]) == tuple(limits)


def test_an_origin_in_a_single_cluster_has_no_interval():
    states = np.array([[0, 0], [0, 1]] * 10 + [[1, 0], [1, 1]] * 2)
    clusters = np.r_[np.arange(20), np.full(4, 20)]
    sure = transition_intervals(
        observed_transitions(states, 2), Design(24, clusters=(clusters,))
    )  # fmt: skip
    assert sure.interval[0, 0, 1].tolist() == ["none", "none"]
    assert np.isnan(sure.low[0, 0, 1]).all()
    assert sure.interval[0, 0, 0, 0] != "none"


def test_the_edge_counts_as_small_however_many_people():
    assert is_small(0.019, 1e6)
    assert is_small(0.981, 1e6)
    assert not is_small(0.02, 500)
    assert is_small(0.5, 19)


def test_shares_of_many_sets_keep_their_shape():
    shares = np.full((2, 3, 4), 0.25)
    ones = np.full((2, 3), 400.0)
    found = share_intervals(
        shares, shares * (1 - shares) / 400, ones, ones, np.full((2, 3), np.inf)
    )
    assert found.low.shape == shares.shape
    assert (found.interval == "logit").all()


def test_replicate_weights_give_the_errors_of_their_design():
    rng = np.random.default_rng(2)
    states, weights = rng.integers(0, 2, (120, 2)), rng.uniform(1, 3, 120)
    design = Design(120, weights=weights, clusters=(np.arange(120) // 3,))
    found = observed_transitions(states, 2, weights=weights)
    linear = transition_intervals(found, design)
    jackknife = transition_intervals(found, design.with_replicates("jk1"))
    np.testing.assert_allclose(jackknife.std_errors, linear.std_errors, rtol=0.05)
    assert (jackknife.df == 39).all()
