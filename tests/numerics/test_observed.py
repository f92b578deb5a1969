"""Observed transitions against a twin that walks from person to person, and their algebra.

Tolerances: the same closed sums in double precision, in another order: 1e-12.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vendepunkt.data import Design
from vendepunkt.numerics.markov.observed import ObservedTransitions, observed_transitions
from vendepunkt.numerics.markov.observed_counts import tabulate, transitions_from_counts
from vendepunkt.numerics.markov.observed_patterns import collapse_states
from vendepunkt.terms import DataError, UsageError

CLOSE = {"rtol": 1e-12, "atol": 1e-12}


@dataclass
class People:
    """A small random panel."""

    states: np.ndarray
    size: int
    weights: np.ndarray
    freq: np.ndarray
    group: np.ndarray

    def count(self, **options) -> ObservedTransitions:
        return observed_transitions(
            self.states, self.size, weights=self.weights, group=self.group, **options
        )


@st.composite
def panels(draw: st.DrawFn) -> People:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, waves = draw(st.integers(2, 40)), draw(st.integers(2, 5))
    size, groups = draw(st.integers(2, 4)), draw(st.integers(1, 3))
    states = rng.integers(0, size, (n, waves))
    states[rng.random(states.shape) < draw(st.sampled_from([0.0, 0.3]))] = -1
    weights = np.round(rng.uniform(0.2, 5, n), 3)
    weights[rng.random(n) < 0.1] = 0.0
    group = rng.integers(-1 if draw(st.booleans()) else 0, groups, n)
    assume(((states >= 0).any(axis=1) & (weights > 0) & (group >= 0)).any())
    return People(states, size, weights, rng.integers(1, 4, n), group)


def walk(people: People, steps, *, through_gaps: bool) -> np.ndarray:
    """Counts, sums of weights and of squared weights, person by person."""
    groups = max(people.group.max(), 0) + 1
    out = np.zeros((3, groups, len(steps), people.size, people.size))
    for i, row in enumerate(people.states):
        weight = people.weights[i]
        if people.group[i] < 0 or weight == 0:
            continue
        for s, (begin, end) in enumerate(steps):
            between = row[begin + 1 : end]
            if row[begin] < 0 or row[end] < 0 or (through_gaps and any(between >= 0)):
                continue
            out[:, people.group[i], s, row[begin], row[end]] += [1, weight, weight**2]
    return out


@given(people=panels(), through_gaps=st.booleans())
def test_counts_are_those_of_walking_from_person_to_person(people, through_gaps):
    found = people.count(through_gaps=through_gaps)
    counts, weighted, squared = walk(people, found.steps, through_gaps=through_gaps)
    np.testing.assert_array_equal(found.counts, counts)
    np.testing.assert_allclose(found.weighted, weighted, **CLOSE)
    np.testing.assert_allclose(found.squared, squared, **CLOSE)
    for row in np.ndindex(*weighted.shape[:3]):
        total = weighted[row].sum()
        if total == 0:
            assert np.isnan(found.probabilities[row]).all()
            continue
        np.testing.assert_allclose(found.probabilities[row], weighted[row] / total, **CLOSE)
        assert found.probabilities[row].sum() == pytest.approx(1.0, abs=1e-12)
        assert found.effective_n[row] == pytest.approx(total**2 / squared[row].sum())


@given(people=panels())
def test_steps_through_gaps_lose_nobody_and_meet_each_answer_once(people):
    found = people.count(through_gaps=True)
    used = (people.weights > 0) & (people.group >= 0)
    answers = (people.states[used] >= 0).sum(axis=1)
    assert found.counts.sum() == np.maximum(answers - 1, 0).sum()


@given(people=panels(), kind=st.sampled_from(["origin", "joint"]))
def test_influence_values_are_the_slopes_of_the_estimates_by_the_weights(people, kind):
    """One person's weight is raised a little: the estimate moves by so much times the value."""
    found = people.count()
    influence = found.influence(kind)
    h = 1e-6
    for i in np.flatnonzero(influence.row_to_pattern >= 0)[:5]:
        sides = []
        for sign in (1, -1):
            weights = people.weights.copy()
            weights[i] += sign * h
            other = observed_transitions(
                people.states, people.size, weights=weights, group=people.group
            )
            sides.append(other.probabilities if kind == "origin" else other.joint)
        slope = np.nan_to_num((sides[0] - sides[1]) / (2 * h)).ravel()
        value = influence.values[influence.row_to_pattern[i]]
        np.testing.assert_allclose(value, slope, rtol=1e-5, atol=1e-7)


@given(people=panels(), kind=st.sampled_from(["origin", "joint"]))
def test_influence_values_of_everybody_sum_to_nothing(people, kind):
    influence = people.count().influence(kind)
    rows = influence.row_to_pattern
    inside = rows >= 0
    total = people.weights[inside] @ influence.values[rows[inside]]
    np.testing.assert_allclose(total, 0.0, atol=1e-12)
    assert len(influence.names) == influence.values.shape[1]


@given(people=panels())
def test_a_frequency_is_so_many_rows(people):
    rows = np.repeat(np.arange(len(people.states)), people.freq)
    short = people.count(freq=people.freq)
    long = observed_transitions(
        people.states[rows], people.size, weights=people.weights[rows], group=people.group[rows]
    )
    for name in ("counts", "weighted", "squared"):
        np.testing.assert_allclose(getattr(short, name), getattr(long, name), **CLOSE)
    np.testing.assert_allclose(short.covariance(), long.covariance(), **CLOSE)


@given(people=panels())
def test_weights_of_one_are_no_weights(people):
    plain = observed_transitions(people.states, people.size, group=people.group)
    ones = observed_transitions(
        people.states, people.size, group=people.group, weights=np.ones(len(people.states))
    )
    assert not ones.weights_matter
    np.testing.assert_array_equal(plain.weighted, ones.weighted)
    np.testing.assert_array_equal(plain.covariance(), ones.covariance())


@given(people=panels(), factor=st.sampled_from([0.01, 250.0]))
def test_the_size_of_weights_does_not_matter(people, factor):
    found = people.count()
    other = observed_transitions(
        people.states, people.size, weights=people.weights * factor, group=people.group
    )
    np.testing.assert_allclose(found.probabilities, other.probabilities, rtol=1e-10)
    np.testing.assert_allclose(found.covariance(), other.covariance(), rtol=1e-9, atol=1e-12)


@given(people=panels())
def test_counts_alone_give_the_same_variances_within_rows(people):
    found = people.count(steps=[(0, 1)])
    alone = transitions_from_counts(
        found.counts, steps=found.steps, weighted=found.weighted, squared=found.squared
    )
    np.testing.assert_allclose(alone.covariance(), found.covariance(), **CLOSE)
    np.testing.assert_array_equal(alone.probabilities, found.probabilities)


def test_unweighted_variances_are_binomial():
    found = transitions_from_counts([[[[80, 20], [5, 45]]]])
    np.testing.assert_allclose(
        found.covariance()[:2, :2], np.array([[1, -1], [-1, 1]]) * 0.16 / 100, **CLOSE
    )


def test_a_design_gives_the_variance_of_its_clusters():
    rng = np.random.default_rng(5)
    states, clusters = rng.integers(0, 2, (60, 3)), np.repeat(np.arange(15), 4)
    weights = rng.uniform(1, 3, 60)
    design = Design(60, weights=weights, clusters=(clusters,))
    found = observed_transitions(states, 2, weights=weights)
    p = found.probabilities[0, 0, 0, 1]
    at_risk = states[:, 0] == 0
    residual = weights * at_risk * ((states[:, 1] == 1) - p) / weights[at_risk].sum()
    totals = np.bincount(clusters, residual)
    expected = 15 / 14 * (totals**2).sum()
    assert found.covariance(design)[1, 1] == pytest.approx(expected, rel=1e-12)


def test_each_wave_to_the_next_then_from_baseline():
    found = observed_transitions(np.zeros((3, 4), int), 2)
    assert found.steps == ((0, 1), (1, 2), (2, 3), (0, 2), (0, 3))
    assert found.chain == (0, 1, 2)


def test_people_without_a_group_a_weight_or_any_answer_are_left_out():
    states = [[0, 1], [0, 1], [0, 1], [-1, -1]]
    found = collapse_states(states, 2, weights=[1, 0, 1, 1], group=[0, 0, -1, 0])
    assert found.row_to_pattern.tolist()[1:3] == [-1, -1]
    assert observed_transitions(
        states, 2, weights=[1, 0, 1, 1], group=[0, 0, -1, 0]
    ).counts.sum() == 1  # fmt: skip


def test_a_register_is_counted_outside():
    table = tabulate([0, 0, 1, -1], [0, 1, 1, 0], [5, 2, 9, 4], (2, 1, 2), group=[1, 1, 0, 0])
    assert table[0, 0].tolist() == [[0, 0], [0, 9]]
    assert table[1, 0].tolist() == [[5, 2], [0, 0]]
    millions = transitions_from_counts(table * 1e6)
    assert millions.probabilities[1, 0, 0, 1] == pytest.approx(2 / 7)


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        ({"states": [[0, 2]]}, DataError, "bad_states"),
        ({"states": [[0, -2]]}, DataError, "bad_states"),
        ({"states": [[0.5, 1.0]]}, DataError, "bad_states"),
        ({"states": [0, 1]}, DataError, "bad_states"),
        ({"states": [[-1, -1]]}, DataError, "no_answers"),
        ({"weights": [-1.0]}, DataError, "bad_weight"),
        ({"weights": [0.0]}, DataError, "no_answers"),
        ({"freq": [1.0, 2.0]}, DataError, "bad_freq"),
        ({"group": [0, 1]}, DataError, "bad_group"),
        ({"steps": [(1, 0)]}, UsageError, "bad_step"),
        ({"steps": [(0, 2)]}, UsageError, "bad_step"),
    ],
)
def test_what_is_wrong_is_named(change, error, code):
    given_ = {"states": [[0, 1]], "n_states": 2, **change}
    with pytest.raises(error) as caught:
        observed_transitions(**given_)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("counts", "options"),
    [
        (np.ones((2, 2)), {}),
        (-np.ones((1, 1, 2, 2)), {}),
        (np.full((1, 1, 2, 2), np.nan), {}),
        (np.ones((1, 1, 2, 2)), {"weighted": np.ones((1, 1, 3, 3)), "squared": np.ones(3)}),
    ],
)
def test_a_table_that_is_none_is_refused(counts, options):
    with pytest.raises(DataError) as caught:
        transitions_from_counts(counts, **options)
    assert caught.value.code == "bad_counts"


def test_half_of_the_sums_is_refused():
    with pytest.raises(UsageError) as caught:
        transitions_from_counts(np.ones((1, 1, 2, 2)), weighted=np.ones((1, 1, 2, 2)))
    assert caught.value.code == "bad_counts"


def test_steps_that_do_not_fit_the_tables_are_refused():
    with pytest.raises(UsageError) as caught:
        transitions_from_counts(np.ones((1, 2, 2, 2)), steps=[(0, 1)])
    assert caught.value.code == "bad_step"


def test_a_move_beyond_the_states_is_refused():
    with pytest.raises(DataError) as caught:
        tabulate([0], [2], [1], (1, 1, 2))
    assert caught.value.code == "bad_counts"


def test_counts_alone_know_no_people():
    found = transitions_from_counts(np.ones((1, 1, 2, 2)))
    for ask in (found.influence, lambda: found.covariance(kind="joint"), found.values):
        with pytest.raises(UsageError) as caught:
            ask()
        assert caught.value.code == "only_counts"
