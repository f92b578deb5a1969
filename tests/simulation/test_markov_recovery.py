"""What panels were drawn from is found again, for every form of the latent Markov model.

Tolerance: 4.5 standard errors of the fit, which a right engine passes on these fixed seeds and a
wrong one by far does not; where a quantity has no standard error, a stated distance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.linalg import expm
from tests.contract.item_cases import CASES
from tests.contract.markov_cases import (
    STEP,
    Panel,
    with_covariates,
    with_exits,
    with_free_measurement,
    with_intercepts,
    with_rates,
    with_stayers,
)
from tests.simulation.markov_coverage import transition_errors

from vendepunkt.numerics.markov import MarkovFit, MovementEstimates, movement_estimates

Real = NDArray[np.float64]


def recovered(panel: Panel, **options: Any) -> tuple[MarkovFit, MovementEstimates, Real]:
    """Fit, put the class that says yes less often first, and give the standard errors."""
    data = panel.collapse()
    fit = panel.fitted(data, **options)
    assert fit.converged
    if fit.profiles[-1][-1, 0] > fit.profiles[-1][-1, 1]:
        fit = fit.reorder((1, 0))
    found = movement_estimates(data, fit)
    return fit, found, np.sqrt(np.diag(found.covariance(kind="robust")))


def near(found: Real, truth: Real, errors: Real) -> bool:
    return bool(np.all(np.abs(np.asarray(found) - truth) < 4.5 * errors))


def profiles_are_near(found: MovementEstimates, errors: Real, truths: list[Real]) -> bool:
    parts = [found.shapes[f"profile {j + 1}"][0] for j in range(len(truths))]
    return all(
        near(found.value[part], truth.ravel(), errors[part])
        for part, truth in zip(parts, truths, strict=True)
    )


def test_rates_over_unequal_intervals() -> None:
    panel = with_rates(n=3000)
    fit, found, errors = recovered(panel)
    off = ~np.eye(2, dtype=bool)
    own = errors[found.shapes["rates"][0]].reshape(2, 2)
    assert near(fit.rates[off], panel.truth["rates"][off], own[off])
    for step, years in zip(fit.transitions, panel.truth["years"], strict=True):
        generator = fit.rates - np.diag(np.diag(fit.rates))
        generator -= np.diag(generator.sum(axis=1))
        assert np.allclose(step, expm(generator * years), atol=1e-8)


@pytest.mark.parametrize("transitions", ["constant", "rate"])
@pytest.mark.parametrize("varying", [True, False], ids=["time-varying", "time-constant"])
def test_covariates_of_the_first_class_and_of_the_steps(transitions: str, varying: bool) -> None:
    panel = with_covariates(transitions, varying, n=3000)
    fit, found, errors = recovered(panel)
    first = errors[found.shapes["initial_coefficients"][0]].reshape(fit.initial_coefficients.shape)
    assert near(fit.initial_coefficients[:, 1], panel.truth["initial"], first[:, 1])
    assert np.all(fit.initial_coefficients[:, 0] == 0)
    own = errors[found.shapes["transition_coefficients"][0]].reshape(2, 2, 2)
    up, down = panel.truth["moves"]
    assert near(fit.transition_coefficients[0, :, 1], up, own[0, :, 1])
    assert near(fit.transition_coefficients[1, :, 0], down, own[1, :, 0])
    assert np.all(fit.transition_coefficients[[0, 1], :, [0, 1]] == 0)


def test_a_share_that_never_moves() -> None:
    panel = with_stayers(n=4000)
    fit, found, errors = recovered(panel)
    assert near(fit.stayers, panel.truth["stayers"], errors[found.shapes["stayers"][0]])
    # What a table of everybody shows is the movers' own matrix and the stayers together.
    movers = (fit.transitions[0] - np.diag(fit.stayers)) / (1 - fit.stayers)[:, None]
    assert np.abs(movers - panel.truth["step"]).max() < 0.15
    truth = np.array([0.6, 0.4])
    assert near(fit.initial, truth, errors[found.shapes["initial"][0]])
    moved = (truth * (1 - panel.truth["stayers"]))[:, None] * panel.truth["step"]
    moved += np.diag(truth * panel.truth["stayers"])
    first_step = errors[found.shapes["steps"][0]].reshape(3, 2, 2)[0]
    assert near(found.get("steps")[0], moved, first_step)


def test_stable_differences_between_people() -> None:
    """Without the random intercept the same answers look like far less movement."""
    panel = with_intercepts(n=1200, loading=1.5)
    fit, found, errors = recovered(panel)
    loads = np.array([loading[1] for loading in fit.loadings])
    assert np.abs(np.abs(loads) - panel.truth["loading"]).max() < 0.35
    assert np.ptp(np.sign(loads)) == 0
    chance, own = transition_errors(found, found.covariance(kind="robust"))
    assert np.all(np.abs(chance[0] - STEP) < 4.5 * own[0])
    plain, _, _ = recovered(panel, form="plain")
    assert plain.loglik < fit.loglik - 20
    assert errors.shape == found.value.shape


@pytest.mark.parametrize("absorbing", [(True,), (False,), (True, False)])
def test_ways_out_and_back(absorbing: tuple[bool, ...]) -> None:
    panel = with_exits(absorbing, n=3000)
    fit, found, _ = recovered(panel)
    with np.errstate(invalid="ignore"):  # nobody is in an exit at the first wave
        chance, own = transition_errors(found, found.covariance(kind="robust"))
    assert np.all(np.abs(chance[1] - panel.truth["step"]) < 4.5 * own[1] + 1e-9)
    assert np.allclose(fit.exit_transitions[1], chance[1], atol=1e-9)
    for e, final in enumerate(absorbing):
        assert np.isclose(chance[1, 2 + e, 2 + e], 1.0) == final


def test_an_item_that_changes_its_meaning() -> None:
    panel = with_free_measurement(n=3000)
    fit, found, errors = recovered(panel)
    drifting = panel.truth["drifting"]
    assert profiles_are_near(found, errors, [*drifting, *[CASES["binary"].truth] * 3])
    chance, own = transition_errors(found, found.covariance(kind="robust"))
    assert np.all(np.abs(chance - STEP) < 4.5 * own)
    rigid = Panel(panel.kinds, panel.table, panel.waves)
    equal, _, _ = recovered(rigid)
    assert equal.loglik < fit.loglik - 10
    assert equal.n_parameters == fit.n_parameters - 4
