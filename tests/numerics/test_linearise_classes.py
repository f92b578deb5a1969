"""Class shares under a design: linearised errors against fitting again with replicate weights.

Both are first-order variances of the same estimate; the jackknife differs by the curvature of a
class model, which in a sample of this size is half a per cent of a standard error.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from vendepunkt.data import Design
from vendepunkt.numerics import (
    Item,
    LatentData,
    class_influence,
    fit_classes,
    standard_errors,
)

STRATA, PSUS, PEOPLE = 25, 3, 24


@pytest.fixture(scope="module")
def sample() -> dict[str, Any]:
    """Three classes in a stratified clustered sample with unequal weights."""
    rng = np.random.default_rng(11)
    n = STRATA * PSUS * PEOPLE
    stratum = np.repeat(np.arange(STRATA), PSUS * PEOPLE)
    psu = np.tile(np.repeat(np.arange(PSUS), PEOPLE), STRATA)
    shift = np.repeat(rng.normal(0, 0.6, STRATA * PSUS), PEOPLE) + stratum / STRATA
    score = np.column_stack([np.zeros(n), shift - 0.8, 0.8 * shift - 1.4])
    p = np.exp(score) / np.exp(score).sum(axis=1, keepdims=True)
    member = (rng.random(n)[:, None] > p.cumsum(axis=1)).sum(axis=1)
    likely = np.array([[0.9] * 7, [0.2, 0.2, 0.3, 0.8, 0.9, 0.8, 0.7], [0.1] * 7])
    answers = (rng.random((n, 7)) < likely[member]).astype(np.int32)
    answers[rng.random((n, 7)) < 0.05] = -1
    weights = np.exp(rng.normal(0, 0.4, n)) * (1 + 0.3 * (member == 2))
    items = [Item("binary", answers[:, j], np.array([0.0, 1.0])) for j in range(7)]
    design = Design(n, weights=weights, strata=stratum, clusters=[psu], nest=True)
    data = LatentData.collapse(items, weights=weights)
    fit = fit_classes(data, 3, starts=10, seed=1)
    return {"items": items, "design": design, "data": data, "fit": fit, "weights": weights}


def test_linearised_class_shares_vary_as_those_fitted_again(sample, measured):
    design, fit = sample["design"], sample["fit"]

    def again(weights: np.ndarray) -> np.ndarray:
        data = LatentData.collapse(sample["items"], weights=weights)
        return fit_classes(data, 3, initial=fit.state).shares

    made = design.with_replicates("jkn")
    refitted = made.replicate_variance(again, fit.shares)
    errors = standard_errors(sample["data"], fit, kind="design", design=design)
    assert refitted.n_dropped == 0
    np.testing.assert_allclose(errors.shares, refitted.std_errors, rtol=0.02)
    measured(
        "simulations",
        setting="3 classes, 25 strata of 3 PSUs, 1,800 people: standard errors of the shares",
        linearised=", ".join(f"{error:.4f}" for error in errors.shares),
        jackknife_fitted_again=", ".join(f"{error:.4f}" for error in refitted.std_errors),
    )
    # The design is felt: people drawn one by one would seem more certain by a sixth and more.
    robust = standard_errors(sample["data"], fit, kind="robust")
    assert (errors.shares > 1.15 * robust.shares).sum() >= 2


def test_influence_of_a_class_model_gives_the_errors_of_the_engine(sample):
    design, fit = sample["design"], sample["fit"]
    influence = class_influence(sample["data"], fit)
    found = design.variance(influence.values, influence.row_to_pattern)
    errors = standard_errors(sample["data"], fit, kind="design", design=design)
    np.testing.assert_allclose(found.std_errors[:3], errors.shares, rtol=1e-8)
    np.testing.assert_allclose(found.covariance, errors.covariance, rtol=1e-6, atol=1e-12)
    assert found.df == design.df == STRATA * (PSUS - 1)


def test_only_the_proportion_of_the_weights_matters(sample):
    design, fit = sample["design"], sample["fit"]
    other = Design(
        design.n,
        weights=1000 * sample["weights"],
        strata=design.strata,
        clusters=design.clusters,
        nest=True,
    )
    data = LatentData.collapse(sample["items"], weights=1000 * sample["weights"])
    again = standard_errors(data, fit, kind="design", design=other)
    errors = standard_errors(sample["data"], fit, kind="design", design=design)
    np.testing.assert_allclose(again.shares, errors.shares, rtol=1e-9)
