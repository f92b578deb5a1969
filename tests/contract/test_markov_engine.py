"""The latent Markov engine against its slow, obvious twin, for every item type and form of model.

Tolerances: log-likelihoods and posteriors at given parameters differ by rounding only (1e-9). The
finish stops where the score is flat: in the twin's unconstrained parameters every component of the
gradient is below 0.02, which moves a log-likelihood by less than 1e-6. Standard errors: the twin
differentiates numerically; 1e-5 relative, as METHODS asks.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.contract.markov_cases import PANELS, fitted, inside
from tests.twin import latent_class as twin
from tests.twin.latent_markov import robust_covariance

from vendepunkt.numerics.markov import MovementEstimates, Paths, movement_estimates, posterior

Real = NDArray[np.float64]
#: Ordered classes are not a smooth model where the order binds; the rest is tested all the same.
SMOOTH = [name for name in PANELS if name != "monotone"]


@cache
def estimated(name: str) -> MovementEstimates:
    _, data, fit, _, _ = fitted(name)
    return movement_estimates(data, fit)


@cache
def given(name: str) -> Paths:
    _, data, fit, _, _ = fitted(name)
    return posterior(data, fit)


@cache
def covariances(name: str) -> dict[str, Real]:
    """The twin's covariances of its estimates."""
    _, _, fit, model, theta = fitted(name)
    free = inside(model, fit)
    found = twin.covariances(model, theta, free=free)
    found["robust"] = robust_covariance(model, theta, free)
    if model.weights is not None:
        # As everywhere in the package: the outer products are weighted once, like the information.
        scores = twin.complex_step(model.row_loglik, theta)[:, free]
        jacobian = twin.complex_step(model.estimates, theta)[:, free]
        core = np.linalg.inv(scores.T @ (scores * model.weights[:, None]))
        found["opg"] = jacobian @ core @ jacobian.T
    return found


@pytest.mark.parametrize("name", PANELS)
def test_its_loglikelihood_is_the_twins(name: str) -> None:
    panel, data, fit, model, theta = fitted(name)
    assert data.n == panel.people
    assert fit.converged
    assert model.loglik(theta) == pytest.approx(fit.loglik, abs=1e-9 * abs(fit.loglik))
    assert fit.n_parameters == model.n_parameters


@pytest.mark.parametrize("name", SMOOTH)
def test_it_stops_where_the_twins_gradient_is_zero(name: str) -> None:
    _, _, fit, model, theta = fitted(name)
    free = inside(model, fit)
    assert free.mean() > 0.8
    assert np.abs(twin.complex_step(model.loglik, theta)[0][free]).max() < 0.02


@pytest.mark.parametrize("name", PANELS)
def test_its_posteriors_are_the_twins(name: str) -> None:
    _, data, _, model, theta = fitted(name)
    paths = given(name)
    for ours, theirs in (
        (paths.smoothed, model.smoothed(theta)),
        (paths.steps, model.steps_posterior(theta)),
        (paths.first_last, model.first_last_posterior(theta)),
        (paths.loglik, model.row_loglik(theta)),
    ):
        assert np.allclose(ours[data.row_to_pattern], theirs, atol=1e-9)


@pytest.mark.parametrize("name", PANELS)
def test_its_most_likely_paths_are_the_twins(name: str) -> None:
    _, data, _, model, theta = fitted(name)
    paths = given(name)
    chance = model.path_posterior(theta)
    number = {path: p for p, path in enumerate(model.paths)}
    found = np.asarray(paths.viterbi)[data.row_to_pattern]
    own = np.array([chance[number[tuple(path)], i] for i, path in enumerate(found.tolist())])
    best = chance.max(axis=0)
    assert np.allclose(own, best, atol=1e-9)  # a path as likely as the best one is as good
    assert np.allclose(np.asarray(paths.viterbi_probability)[data.row_to_pattern], best, atol=1e-9)


@pytest.mark.parametrize("name", PANELS)
def test_what_one_wave_says_alone_is_the_twins(name: str) -> None:
    _, data, _, model, theta = fitted(name)
    ours = given(name).alone[data.row_to_pattern]
    assert np.allclose(ours, model.alone(theta), atol=1e-9)


@pytest.mark.parametrize("name", PANELS)
def test_its_estimates_are_those_of_the_twin(name: str) -> None:
    _, _, fit, model, theta = fitted(name)
    found = estimated(name)
    tables = model.tables(theta)
    for key, theirs in tables.items():
        assert np.allclose(found.get(key), theirs, atol=1e-8), key
    assert np.allclose(fit.shares, tables["shares"][:, : fit.classes], atol=1e-8)
    assert np.allclose(fit.initial, tables["shares"][0, : fit.classes], atol=1e-8)
    for j, profile in enumerate(fit.profiles):
        assert np.array_equal(found.get(f"profile {j + 1}"), profile)
    assert len(found.names) == len(found.value) == len(set(found.names))


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("kind", ["opg", "hessian", "robust"])
def test_its_standard_errors_are_the_twins(name: str, kind: str) -> None:
    """With covariates the tables are averages over a sample, which robust errors know about."""
    fit = fitted(name)[2]
    found = estimated(name)
    assert found.identified
    errors = np.sqrt(np.maximum(np.diag(found.covariance(kind=kind)), 0.0))
    keys = ["shares", "steps", "first_last"]
    keys += [f"profile {j + 1}" for j in range(len(fit.profiles))]
    ours = np.concatenate([errors[found.shapes[key][0]] for key in keys])
    theirs = np.sqrt(np.maximum(np.diag(covariances(name)[kind]), 0.0))
    known = np.isfinite(ours) & (theirs > 1e-7)
    assert known.any()
    assert np.allclose(ours[known], theirs[known], rtol=1e-5)
    assert np.all(np.isfinite(ours))


@pytest.mark.parametrize("name", PANELS)
def test_its_influence_sums_to_zero_and_squares_to_the_robust_covariance(name: str) -> None:
    found = estimated(name)
    values = np.nan_to_num(found.influence.values)[found.influence.row_to_pattern]
    weights = fitted(name)[0].data.get("weights")
    values = values if weights is None else values * weights[:, None]
    errors = np.sqrt(np.diag(found.covariance(kind="robust")))
    known = np.isfinite(errors) & (errors > 1e-7)
    assert np.abs(values.sum(axis=0)[known] / errors[known]).max() < 1e-2
    assert np.allclose(np.sqrt((values**2).sum(axis=0))[known], errors[known], rtol=1e-6)
