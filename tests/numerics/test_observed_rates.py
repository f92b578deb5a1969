"""Constant rates: recovered, equal to another optimiser, and with the right errors.

Tolerances: both optimisers stop where the gradient is lost in rounding, which leaves about 1e-5 in
a log rate and nothing in the log-likelihood. Numerical second derivatives: 1e-5.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, linalg, optimize

from vendepunkt.data import Design
from vendepunkt.numerics.markov.generator import generator, transition_matrices
from vendepunkt.numerics.markov.observed import observed_transitions
from vendepunkt.numerics.markov.observed_counts import transitions_from_counts
from vendepunkt.numerics.markov.observed_rates import fit_rates
from vendepunkt.numerics.markov.observed_time import expected_time
from vendepunkt.terms import DataError, UsageError

TIMES = np.array([0.0, 0.5, 2.0, 3.0])
RATES = np.array([[0.0, 0.5, 0.1], [0.3, 0.0, 0.4], [0.05, 0.2, 0.0]])


def walk(rates: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw people (n, T) who move by these rates."""
    states = np.empty((n, len(TIMES)), dtype=int)
    states[:, 0] = rng.integers(0, len(rates), n)
    tables = transition_matrices(generator(rates), np.diff(TIMES)).cumsum(axis=-1)
    for t, table in enumerate(tables):
        states[:, t + 1] = (rng.random(n)[:, None] > table[states[:, t]]).sum(axis=1)
    return np.minimum(states, len(rates) - 1)


def counted(seed: int) -> np.ndarray:
    """Draw counts of two groups over intervals of 1 and 2.5, near those of constant rates."""
    rng = np.random.default_rng(seed)
    rates = generator(rng.uniform(0.1, 0.6, (2, 1, 3, 3)))
    return rng.poisson(150 * transition_matrices(rates, [1.0, 2.5])).astype(float)


def negative(beta: np.ndarray, counts: np.ndarray, covariates: np.ndarray) -> float:
    """Minus the log-likelihood, by scipy and one matrix at a time."""
    size = counts.shape[-1]
    total = 0.0
    for g, x in enumerate(covariates):
        q = np.zeros((size, size))
        q[~np.eye(size, dtype=bool)] = np.exp(beta.reshape(-1, len(x)) @ x)
        q -= np.diag(q.sum(axis=1))
        for s, delta in enumerate((1.0, 2.5)):
            total -= (counts[g, s] * np.log(linalg.expm(q * delta))).sum()
    return total


@settings(max_examples=8)
@given(seed=st.integers(0, 999), kind=st.sampled_from(["own", "same", "slope"]))
def test_the_maximum_is_that_of_another_optimiser(seed, kind):
    counts = counted(seed)
    covariates = {"own": np.eye(2), "same": np.ones((2, 1)), "slope": [[1, 0], [1, 3]]}[kind]
    covariates = np.asarray(covariates, float)
    fit = fit_rates(
        transitions_from_counts(counts), [0, 1, 3.5], covariates=covariates, kind="hessian"
    )
    assert fit.converged
    start = fit.coefficients.ravel() + 0.1
    best = optimize.minimize(negative, start, (counts, covariates), method="BFGS")
    assert fit.loglik >= -best.fun - 1e-7
    if not fit.boundary.any():
        np.testing.assert_allclose(fit.coefficients.ravel(), best.x, atol=2e-3)
        assert fit.loglik == pytest.approx(-best.fun, abs=1e-5)


def test_errors_are_those_of_the_numerical_second_derivative():
    counts = counted(3)
    fit = fit_rates(
        transitions_from_counts(counts), [0, 1, 3.5], covariates=np.eye(2), kind="hessian"
    )
    assert not fit.boundary.any()
    beta, h = fit.coefficients.ravel(), 1e-3
    information = np.zeros((12, 12))
    for a in range(12):
        for b in range(12):
            ends = []
            for one, two in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                moved = beta.copy()
                moved[a] += one * h
                moved[b] += two * h
                ends.append(negative(moved, counts, np.eye(2)))
            information[a, b] = (ends[0] - ends[1] - ends[2] + ends[3]) / (4 * h * h)
    expected = np.sqrt(np.diag(np.linalg.inv(information))).reshape(fit.std_errors.shape)
    np.testing.assert_allclose(fit.std_errors, expected, rtol=1e-5)


def test_rates_are_recovered_and_not_rejected():
    states = walk(RATES, 6000, np.random.default_rng(7))
    fit = fit_rates(observed_transitions(states, 3), TIMES)
    assert fit.converged
    assert not fit.rejected
    off = ~np.eye(3, dtype=bool)
    distance = (fit.rates[0][off] - RATES[off]) / fit.rate_errors[0][off]
    assert np.abs(distance).max() < 3.5
    np.testing.assert_allclose(fit.rates[0][off], RATES[off], atol=0.06)


def test_errors_are_the_spread_over_samples():
    rng = np.random.default_rng(11)
    fits = [fit_rates(observed_transitions(walk(RATES, 500, rng), 3), TIMES) for _ in range(120)]
    spread = np.std([fit.coefficients.ravel() for fit in fits], axis=0, ddof=1)
    errors = np.sqrt(np.mean([fit.std_errors.ravel() ** 2 for fit in fits], axis=0))
    # The standard deviation of 120 draws is known to 6.5 %.
    np.testing.assert_allclose(errors / spread, 1.0, atol=0.25)
    rejected = np.mean([fit.rejected for fit in fits])
    assert rejected <= 0.12


def test_changing_rates_are_rejected():
    rng = np.random.default_rng(8)
    states = walk(RATES, 3000, rng)
    slow = walk(RATES / 6, 3000, rng)
    states[:, 2:] = np.where(states[:, 1:2] == slow[:, :1], slow[:, 1:3], -1)
    assert fit_rates(observed_transitions(states, 3), TIMES).rejected


def test_a_gap_is_a_longer_step():
    states = walk(RATES, 3000, np.random.default_rng(9))
    states[np.random.default_rng(1).random(states.shape) < 0.3] = -1
    found = observed_transitions(states, 3, through_gaps=True)
    fit = fit_rates(found, TIMES)
    assert fit.intervals.tolist() == [TIMES[b] - TIMES[a] for a, b in found.steps]
    assert not fit.rejected
    np.testing.assert_allclose(fit.rates[0][RATES > 0], RATES[RATES > 0], atol=0.08)


def test_influence_values_are_the_slopes_by_the_weights():
    states = walk(RATES, 200, np.random.default_rng(2))
    weights = np.random.default_rng(3).uniform(0.5, 3, 200)
    fit = fit_rates(observed_transitions(states, 3, weights=weights), TIMES)
    assert fit.influence is not None
    h = 1e-4
    for i in (0, 17, 121):
        sides = []
        for sign in (1, -1):
            moved = weights.copy()
            moved[i] += sign * h
            found = observed_transitions(states, 3, weights=moved)
            sides.append(fit_rates(found, TIMES).coefficients.ravel())
        slope = (sides[0] - sides[1]) / (2 * h)
        value = fit.influence.values[fit.influence.row_to_pattern[i]]
        np.testing.assert_allclose(value, slope, rtol=2e-3, atol=1e-6)


def test_a_design_of_single_people_is_the_robust_error():
    states = walk(RATES, 400, np.random.default_rng(4))
    weights = np.random.default_rng(5).uniform(0.5, 3, 400)
    found = observed_transitions(states, 3, weights=weights)
    robust = fit_rates(found, TIMES)
    design = fit_rates(found, TIMES, design=Design(400, weights=weights))
    assert (robust.kind, design.kind) == ("robust", "design")
    np.testing.assert_allclose(design.covariance, robust.covariance * 400 / 399, rtol=1e-9)
    assert design.test.kind == "scaled"


def test_people_in_clusters_have_wider_errors():
    states = np.repeat(walk(RATES * 2, 200, np.random.default_rng(4)), 3, axis=0)
    found = observed_transitions(states, 3)
    design = Design(600, clusters=(np.repeat(np.arange(200), 3),))
    ratio = fit_rates(found, TIMES, design=design).std_errors / fit_rates(found, TIMES).std_errors
    np.testing.assert_allclose(ratio, np.sqrt(3 * 200 / 199), rtol=1e-9)


def test_counts_alone_give_the_errors_of_independent_steps():
    states = walk(RATES, 3000, np.random.default_rng(6))
    found = observed_transitions(states, 3)
    chain = list(found.chain)
    alone = transitions_from_counts(found.counts[:, chain])
    people, register = fit_rates(found, TIMES), fit_rates(alone, TIMES)
    np.testing.assert_allclose(register.coefficients, people.coefficients, rtol=1e-12)
    np.testing.assert_allclose(register.std_errors, people.std_errors, rtol=0.1)
    assert register.influence is None


def test_a_move_that_never_happens_goes_to_the_boundary():
    counts = np.array([[[[50.0, 10, 0], [5, 40, 9], [0, 0, 30]]]])
    fit = fit_rates(transitions_from_counts(counts), [0, 1])
    assert fit.converged
    gone = fit.boundary[:, 0]
    assert {move for move, away in zip(fit.moves, gone, strict=True) if away} >= {(2, 0), (2, 1)}
    assert np.isnan(fit.std_errors[gone]).all()
    assert np.isfinite(fit.std_errors[~gone]).all()
    assert np.isnan(fit.rate_errors[0, 2, 0])
    assert fit.rates[0, 2, 1] < 1e-6


def test_only_allowed_moves_have_rates():
    allowed = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], dtype=bool)
    fit = fit_rates(transitions_from_counts(counted(1)), [0, 1, 3.5], allowed=allowed)
    assert fit.moves == ((0, 1), (1, 0), (1, 2), (2, 1))
    assert fit.rates[0, 0, 2] == 0
    assert fit.fitted[0, 0, 0, 2] > 0


def test_an_impossible_move_is_said():
    allowed = np.array([[0, 1], [0, 0]], dtype=bool)
    with pytest.raises(DataError) as caught:
        fit_rates(transitions_from_counts([[[[5, 5], [1, 9]]]]), [0, 1], allowed=allowed)
    assert caught.value.code == "impossible_move"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"times": [0, 0]}, "bad_times"),
        ({"times": [0]}, "bad_times"),
        ({"covariates": np.ones((2, 1))}, "bad_covariates"),
        ({"covariates": np.ones((1, 2))}, "bad_covariates"),
        ({"kind": "guess"}, "not_allowed"),
        ({"kind": "design"}, "no_design"),
        ({"allowed": np.zeros((2, 2))}, "bad_step"),
        ({"design": Design(3)}, "only_counts"),
    ],
)
def test_what_cannot_be_fitted_is_refused(options, code):
    given_ = {"times": [0, 1], **options}
    with pytest.raises(UsageError) as caught:
        fit_rates(transitions_from_counts([[[[5, 5], [1, 9]]]]), **given_)
    assert caught.value.code == code


def test_expected_time_is_the_integral_of_the_probabilities():
    fit = fit_rates(transitions_from_counts(counted(2)), [0, 1, 3.5], covariates=np.eye(2))
    found = expected_time(fit, 4.0)
    assert found.extrapolation
    for g, j, k in np.ndindex(2, 3, 3):
        area = integrate.quad(lambda t: transition_matrices(fit.rates[g], t)[j, k], 0, 4)[0]  # noqa: B023
        assert found.time[g, j, k] == pytest.approx(area, rel=1e-9)
    np.testing.assert_allclose(found.stay, -1 / np.diagonal(fit.rates, axis1=1, axis2=2))


def test_errors_of_expected_time_follow_from_those_of_the_rates():
    fit = fit_rates(transitions_from_counts(counted(2)), [0, 1, 3.5], kind="hessian")
    found = expected_time(fit, 4.0)
    slopes, stays = [], []
    for a in range(fit.coefficients.size):
        sides = []
        for sign in (1, -1):
            beta = fit.coefficients.ravel().copy()
            beta[a] += sign * 1e-5
            q = np.zeros((3, 3))
            q[~np.eye(3, dtype=bool)] = np.exp(beta)
            q = generator(q)
            block = np.zeros((6, 6))
            block[:3, :3], block[:3, 3:] = q, np.eye(3)
            sides.append((linalg.expm(block * 4)[:3, 3:], -1 / np.diag(q)))
        slopes.append((sides[0][0] - sides[1][0]) / 2e-5)
        stays.append((sides[0][1] - sides[1][1]) / 2e-5)
    for slope, errors in ((slopes, found.std_errors[0]), (stays, found.stay_errors[0])):
        flat = np.array(slope).reshape(fit.coefficients.size, -1)
        expected = np.sqrt(np.einsum("ac,ab,bc->c", flat, fit.covariance, flat))
        np.testing.assert_allclose(errors.ravel(), expected, rtol=1e-6)


def test_a_state_that_is_never_left_is_stayed_in_for_ever():
    allowed = np.array([[0, 1], [0, 0]], dtype=bool)
    fit = fit_rates(transitions_from_counts([[[[50, 50], [0, 90]]]]), [0, 1], allowed=allowed)
    found = expected_time(fit, 1.0)
    assert found.stay[0, 1] == np.inf
    assert np.isnan(found.stay_errors[0, 1])
    assert found.time[0, 1].tolist() == [0.0, 1.0]


@pytest.mark.parametrize("horizon", [0.0, -1.0, np.inf])
def test_a_horizon_lies_ahead(horizon):
    fit = fit_rates(transitions_from_counts([[[[50, 50], [5, 90]]]]), [0, 1])
    with pytest.raises(UsageError) as caught:
        expected_time(fit, horizon)
    assert caught.value.code == "bad_horizon"
