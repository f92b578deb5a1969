"""The engine against its slow, obvious twin, for every item type and for all of them in one model.

Tolerances: log-likelihoods and posteriors at given parameters differ by rounding only (1e-7). The
finish stops where the score is flat: in the twin's unconstrained parameters every component of the
gradient is below 0.02, which moves a log-likelihood by less than 1e-6. Standard errors: the twin
differentiates numerically; 1e-5 relative, as METHODS asks. Recovery: 4.5 standard errors, which
a right engine passes on this fixed seed and a wrong one by far does not.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import optimize
from tests.contract.engine_cases import collapse, interior, mixture, parameters, stacked
from tests.contract.item_cases import CASES, ITEMS, SHARES, answers
from tests.twin import latent_class as twin

from vendepunkt.numerics import (
    LatentClassFit,
    LatentData,
    class_influence,
    fit_classes,
    standard_errors,
)
from vendepunkt.numerics.items import FAMILY

Real = NDArray[np.float64]
KINDS = (*sorted(FAMILY), "mixed")


def study(kind: str) -> tuple[tuple[str, ...], Real]:
    """Kinds and answers: four items of one type, or one item of each type (same two classes)."""
    if kind != "mixed":
        table = answers(kind)
        return (kind,) * ITEMS, table[~np.isnan(table).all(axis=1)]
    kinds = tuple(sorted(FAMILY))
    table = np.column_stack([answers(each)[:, 0] for each in kinds])
    return kinds, table[~np.isnan(table).all(axis=1)]


@cache
def fitted(kind: str) -> tuple[LatentData, LatentClassFit, twin.Mixture, Real]:
    kinds, table = study(kind)
    data = collapse(kinds, table)
    fit = fit_classes(data, 2, seed=1)
    model = mixture(kinds, table, 2)
    return data, fit, model, parameters(model, fit)


@pytest.mark.parametrize("kind", KINDS)
def test_its_loglikelihood_and_posterior_are_the_twins(kind: str) -> None:
    data, fit, model, theta = fitted(kind)
    assert fit.converged
    assert model.loglik(theta) == pytest.approx(fit.loglik, abs=1e-6)
    rows = np.asarray(fit.posterior)[data.row_to_pattern]
    assert np.allclose(rows, model.posterior(theta), atol=1e-7)


@pytest.mark.parametrize("kind", KINDS)
def test_it_stops_at_a_maximum_and_its_standard_errors_are_the_twins(kind: str) -> None:
    data, fit, model, theta = fitted(kind)
    free = interior(model, fit)
    assert np.abs(twin.complex_step(model.loglik, theta)[0][free]).max() < 0.02
    inside = ~stacked(np.zeros(2, dtype=bool), fit.boundary).astype(bool)
    assert inside.any()
    for form, covariance in twin.covariances(model, theta, free=free).items():
        errors = standard_errors(data, fit, kind=form)
        found = stacked(errors.shares, errors.profiles)
        expected = np.sqrt(np.diag(covariance))
        assert np.allclose(found[inside], expected[inside], rtol=1e-5, atol=1e-9)
        assert np.isnan(found[~inside]).all()
        assert errors.identified


@pytest.mark.parametrize("kind", KINDS)
def test_its_influence_sums_to_zero_and_squares_to_the_robust_covariance(kind: str) -> None:
    data, fit, _, _ = fitted(kind)
    influence = class_influence(data, fit)
    rows = influence.values[influence.row_to_pattern]
    assert np.abs(rows.sum(axis=0)).max() < 1e-4
    errors = standard_errors(data, fit, kind="robust")
    found = np.sqrt(np.diag(rows.T @ rows))
    expected = stacked(errors.shares, errors.profiles)
    known = ~np.isnan(expected)
    assert np.allclose(found[known], expected[known], rtol=1e-6)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "mixed"])
def test_it_recovers_the_truth(kind: str) -> None:
    data, fit, _, _ = fitted(kind)
    truth = CASES[kind].truth
    straight = abs(fit.profiles[0][0, 0] - truth[0, 0]) < abs(fit.profiles[0][0, 0] - truth[0, 1])
    fit = fit if straight else fit.reorder((1, 0))
    errors = standard_errors(data, fit, kind="robust")
    found = stacked(fit.shares, fit.profiles)
    expected = stacked(SHARES, [truth] * ITEMS)
    error = stacked(errors.shares, errors.profiles)
    assert np.all(np.abs(found - expected) < 4.5 * error)


@pytest.mark.parametrize("kind", KINDS)
def test_frequency_two_equals_a_duplicated_row(kind: str) -> None:
    kinds, table = study(kind)
    twice = np.arange(len(table)) % 3 == 0
    counted = collapse(kinds, table, freq=np.where(twice, 2.0, 1.0))
    written = collapse(kinds, np.vstack([table, table[twice]]))
    a, b = fit_classes(counted, 2, seed=1), fit_classes(written, 2, seed=1)
    assert counted.n == written.n
    assert a.loglik == pytest.approx(b.loglik, abs=1e-6)
    assert a.n_parameters == b.n_parameters
    for form in ("opg", "hessian", "robust"):
        one = standard_errors(counted, a, kind=form)
        two = standard_errors(written, b, kind=form)
        assert np.allclose(one.shares, two.shares, rtol=1e-4)
        for first, second in zip(one.profiles, two.profiles, strict=True):
            assert np.allclose(first, second, rtol=1e-3, equal_nan=True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sampling_weight_equals_duplication_in_estimates_only(kind: str) -> None:
    kinds, table = study(kind)
    weight = np.where(np.arange(len(table)) % 3 == 0, 2.0, 1.0)
    weighted = collapse(kinds, table, weights=weight * 7.0)
    written = collapse(kinds, np.vstack([table, table[weight > 1]]))
    a, b = fit_classes(weighted, 2, seed=1), fit_classes(written, 2, seed=1)
    assert weighted.n == len(table)
    assert a.loglik == pytest.approx(b.loglik * weighted.n / written.n, abs=1e-5)
    assert np.allclose(a.shares, b.shares, atol=1e-5)
    scaled = weight / weight.mean()
    model = mixture(kinds, table, 2, weights=scaled)
    theta = parameters(model, a)
    covariance = twin.covariances(model, theta, free=interior(model, a))["robust"]
    expected = np.sqrt(np.diag(covariance))
    errors = standard_errors(weighted, a, kind="robust")
    found = stacked(errors.shares, errors.profiles)
    known = ~np.isnan(found)
    assert np.allclose(found[known], expected[known], rtol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_rows_does_not_matter(kind: str) -> None:
    kinds, table = study(kind)
    _, fit, _, _ = fitted(kind)
    shuffled = np.random.default_rng(2).permutation(len(table))
    again = fit_classes(collapse(kinds, table[shuffled]), 2, seed=8)
    assert again.loglik == pytest.approx(fit.loglik, abs=1e-6)
    assert np.allclose(again.shares, fit.shares, atol=1e-5)


def test_the_order_of_labels_does_not_matter() -> None:
    kinds, table = study("nominal")
    _, fit, _, _ = fitted("nominal")
    mirrored = fit_classes(collapse(kinds, 2.0 - table), 2, seed=8)
    assert mirrored.loglik == pytest.approx(fit.loglik, abs=1e-6)
    for there, here in zip(mirrored.profiles, fit.profiles, strict=True):
        assert np.allclose(there[::-1], here, atol=1e-5)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"monotone", "mixed"}])
def test_the_order_of_classes_does_not_matter(kind: str) -> None:
    data, fit, _, _ = fitted(kind)
    swapped = fit.reorder((1, 0))
    assert swapped.loglik == fit.loglik
    assert np.array_equal(swapped.shares, fit.shares[::-1])
    assert np.array_equal(swapped.posterior, fit.posterior[:, ::-1])
    for there, here in zip(swapped.profiles, fit.profiles, strict=True):
        assert np.allclose(there, here[:, ::-1], atol=1e-12)
    straight = standard_errors(data, fit, kind="hessian")
    turned = standard_errors(data, swapped, kind="hessian")
    assert np.allclose(turned.shares, straight.shares[::-1], rtol=1e-6)
    for there, here in zip(turned.profiles, straight.profiles, strict=True):
        assert np.allclose(there, here[:, ::-1], rtol=1e-6, equal_nan=True)


def test_monotone_classes_are_ordered_where_free_ones_are_not() -> None:
    """On answers whose free classes cross, the ordered model fits less well and keeps the order."""
    rng = np.random.default_rng(6)
    group = (rng.random(1200) < 0.4).astype(int)
    high = np.array([[0.2, 0.8], [0.3, 0.7], [0.25, 0.75], [0.65, 0.35]])
    table = (rng.random((1200, 4)) < high[:, group].T).astype(float)
    free = fit_classes(collapse(("binary",) * 4, table), 2, seed=1)
    kept = fit_classes(collapse(("monotone",) * 4, table), 2, seed=1)
    assert kept.loglik < free.loglik - 5
    for profile in kept.profiles:
        assert np.diff(profile[1]).min() > -1e-9 or np.diff(profile[1]).max() < 1e-9
    rising = [np.diff(profile[1]).min() > -1e-9 for profile in kept.profiles[:3]]
    assert all(rising) or not any(rising)


def test_the_ordered_maximum_is_the_twins() -> None:
    """Where the order binds: the twin climbs in parameters that cannot leave it (log increments).

    Its increments end at exp(-12), which costs it about 1e-4 of log-likelihood.
    """
    rng = np.random.default_rng(6)
    group = (rng.random(600) < 0.4).astype(int)
    high = np.array([[0.2, 0.8], [0.3, 0.7], [0.25, 0.75], [0.65, 0.35]])
    table = (rng.random((600, 4)) < high[:, group].T).astype(int)
    kept = fit_classes(collapse(("monotone",) * 4, table.astype(float)), 2, seed=1)
    model = twin.Mixture([twin.Monotone(column, 2, 2) for column in table.T], 2)
    found = [
        optimize.minimize(
            lambda theta: -model.loglik(theta),
            np.random.default_rng(start).normal(size=model.n_parameters),
            jac=lambda theta: -twin.complex_step(model.loglik, theta)[0],
            method="L-BFGS-B",
            bounds=[(-12.0, 12.0)] * model.n_parameters,
            options={"maxiter": 3000, "ftol": 1e-14},
        ).fun
        for start in range(3)
    ]
    assert kept.loglik == pytest.approx(-min(found), abs=2e-3)
    assert kept.loglik > -min(found) - 1e-6


def test_rows_without_an_answer_are_left_out() -> None:
    kinds, table = study("nominal")
    _, fit, _, _ = fitted("nominal")
    empty = np.full((7, ITEMS), np.nan)
    data = collapse(kinds, np.vstack([empty, table]))
    again = fit_classes(data, 2, seed=1)
    assert (data.n, data.n_empty) == (len(table), 7)
    assert np.all(data.row_to_pattern[:7] == -1)
    assert again.loglik == pytest.approx(fit.loglik, abs=1e-6)


def test_covariates_on_membership_are_the_twins() -> None:
    rng = np.random.default_rng(9)
    x = np.round(rng.normal(size=1200), 1)
    design = np.column_stack([np.ones(1200), x])
    group = (rng.random(1200) < 1 / (1 + np.exp(0.3 - 0.9 * x))).astype(int)
    table = np.column_stack([CASES["nominal"].draw(rng, group) for _ in range(4)])
    table[rng.random(table.shape) < 0.1] = np.nan
    answered = ~np.isnan(table).all(axis=1)
    table, design = table[answered], design[answered]
    data = collapse(("nominal",) * 4, table, membership=design)
    fit = fit_classes(data, 2, seed=1)
    assert fit.coefficients is not None
    model = mixture(("nominal",) * 4, table, 2, membership=design)
    theta = parameters(model, fit)
    assert model.loglik(theta) == pytest.approx(fit.loglik, abs=1e-6)
    assert np.abs(twin.complex_step(model.loglik, theta)).max() < 0.02
    for form, covariance in twin.covariances(model, theta).items():
        errors = standard_errors(data, fit, kind=form)
        assert errors.coefficients is not None
        expected = np.sqrt(np.diag(covariance))
        found = errors.coefficients[:, np.abs(fit.coefficients).sum(axis=0) > 0]
        assert np.allclose(found.ravel(), expected[:2], rtol=1e-5)
