"""Criteria against poLCA's table, hand computation, and what must always hold.

Tolerances: the table prints BIC with three digits and entropy with four.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.measure.cases import gss82_measured, gss_measured

from vendepunkt.measure.criteria import average_posterior, criteria, design_parameters

#: poLCA 1.6.0.2: classes, log-likelihood, parameters, AIC, BIC, entropy (gss82, n = 1202).
GSS82 = [
    (1, -2872.2296, 6, 5756.459, 5787.010, None),
    (2, -2783.2680, 13, 5592.536, 5658.729, 0.7033),
    (3, -2754.5454, 20, 5549.091, 5650.926, 0.6669),
]


@pytest.mark.parametrize("row", GSS82, ids=lambda row: str(row[0]))
def test_gss82_has_the_criteria_of_the_table(row: tuple) -> None:
    classes, loglik, parameters, aic, bic, entropy = row
    model = gss82_measured().models[classes - 1]
    assert model.fit.loglik == pytest.approx(loglik, abs=1e-4)
    assert model.fit.n_parameters == parameters
    assert model.criteria.aic == pytest.approx(aic, abs=1e-3)
    assert model.criteria.bic == pytest.approx(bic, abs=1e-3)
    assert model.criteria.entropy == (entropy and pytest.approx(entropy, abs=1e-4))


def test_gss_wave_1_has_the_bic_of_the_table() -> None:
    two, three = gss_measured().models
    assert two.criteria.bic == pytest.approx(26660.756, abs=2e-3)
    assert three.criteria.bic == pytest.approx(26633.574, abs=2e-3)
    assert np.sort(three.fit.shares) == pytest.approx([0.1066, 0.4193, 0.4741], abs=2e-3)


def test_every_criterion_by_hand() -> None:
    posterior = np.array([[0.9, 0.1], [0.2, 0.8]])
    weights, counts = np.array([60.0, 40.0]), np.array([50.0, 50.0])
    found = criteria(
        -120.0, 5, 100.0, posterior, weights, counts, np.array([0.62, 0.38]),
        design_parameters=7.5, n_effective=80.0,
    )  # fmt: skip
    spread = -(60 * (0.9 * np.log(0.9) + 0.1 * np.log(0.1)))
    spread -= 40 * (0.2 * np.log(0.2) + 0.8 * np.log(0.8))
    assert found.aic == pytest.approx(250.0)
    assert found.bic == pytest.approx(240 + 5 * np.log(100))
    assert found.sabic == pytest.approx(240 + 5 * np.log(102 / 24))
    assert found.caic == pytest.approx(240 + 5 * (np.log(100) + 1))
    assert found.icl == pytest.approx(found.bic + 2 * spread)
    assert found.daic == pytest.approx(240 + 2 * 7.5)
    assert found.dbic == pytest.approx(240 * 0.8 + 5 * np.log(80))
    assert found.entropy == pytest.approx(1 - spread / (100 * np.log(2)))
    assert found.accuracy == pytest.approx(0.6 * 0.9 + 0.4 * 0.8)
    # 50 people are placed in each class; 55 and 45 are expected there.
    assert found.smallest_n == pytest.approx(45.0)
    assert found.average_posterior == pytest.approx(posterior)


def test_equal_weights_leave_the_bic_as_it_is() -> None:
    posterior = np.array([[0.9, 0.1], [0.2, 0.8]])
    weights = np.array([60.0, 40.0])
    found = criteria(
        -120.0, 5, 100.0, posterior, weights, weights, np.array([0.6, 0.4]), n_effective=100.0
    )
    assert found.dbic == pytest.approx(found.bic)
    assert found.daic is None


def test_design_parameters_are_the_parameters_times_an_even_design_effect() -> None:
    rng = np.random.default_rng(1)
    root = rng.normal(size=(4, 4))
    free = root @ root.T
    # Two shares that add to one, and the three probabilities of two classes: redundant.
    jacobian = np.array([[1, 0, 0, 0], [-1, 0, 0, 0], [0, 1, 0, 0], [0, -1, 0, 0], [0, 0, 1, 1]])
    naive = jacobian @ free @ jacobian.T
    assert design_parameters(naive, 1.7 * naive, 3) == pytest.approx(3 * 1.7)
    assert design_parameters(naive, 1.7 * naive, 5) == pytest.approx(5 * 1.7)


def test_nobody_placed_in_a_class_has_no_mean_posterior() -> None:
    found = average_posterior(np.array([[0.6, 0.4], [0.7, 0.3]]), np.ones(2))
    assert np.isnan(found[1]).all()


@given(
    arrays(np.float64, (7, 3), elements=st.floats(1e-6, 1.0)),
    arrays(np.float64, 7, elements=st.floats(0.1, 50.0)),
)
def test_placing_is_never_worse_than_chance(raw: np.ndarray, weights: np.ndarray) -> None:
    posterior = raw / raw.sum(axis=1, keepdims=True)
    shares = weights @ posterior / weights.sum()
    n = float(weights.sum())
    found = criteria(-50.0, 4, n, posterior, weights, weights, shares)
    assert 1 / 3 - 1e-9 <= found.accuracy <= 1
    assert found.entropy is not None
    assert -1e-9 <= found.entropy <= 1
    assert found.icl >= found.bic - 1e-9
    rows = found.average_posterior[~np.isnan(found.average_posterior).any(axis=1)]
    assert rows.sum(axis=1) == pytest.approx(np.ones(len(rows)))
    assert found.posterior_n.sum() == pytest.approx(n)
