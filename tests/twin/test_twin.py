"""The referee is refereed: the twin against closed forms and complete enumeration.

Tolerance 1e-10: both sides are evaluated in double precision and differ by rounding only.
Derivatives by central differences of an exact gradient reach about 1e-8.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats
from tests.twin import latent_class as twin


def _rng() -> np.random.Generator:
    return np.random.default_rng(4)


def test_it_sums_to_one_over_every_pattern_of_categorical_items() -> None:
    grid = twin.enumerate_patterns([3, 2, 4, 6])
    first, second = np.divmod(grid[:, 3], 3)
    items = [
        twin.Nominal(grid[:, 0], 3, 2),
        twin.Monotone(grid[:, 1], 2, 2),
        twin.Ordinal(grid[:, 2], 4, 2),
        twin.Pair(first, second, (2, 3), 2),
    ]
    model = twin.Mixture(items, 2)
    theta = _rng().normal(size=model.n_parameters)
    assert np.exp(model.row_loglik(theta)).sum() == pytest.approx(1.0, abs=1e-12)


def test_it_gives_the_densities_of_scipy() -> None:
    y = np.array([0.0, 3.0, 11.0])
    size, mean = 1.7, np.array([2.0, 6.0])
    count = twin.Count(y, 2).log_density(np.log(mean))
    assert np.allclose(count, stats.poisson.logpmf(y[:, None], mean), atol=1e-12)
    negbin = twin.NegativeBinomial(y, 2).log_density(np.log(np.append(mean, size)))
    expected = stats.nbinom.logpmf(y[:, None], size, size / (size + mean))
    assert np.allclose(negbin, expected, atol=1e-12)
    normal = twin.Continuous(y, 2).log_density(np.append(mean, np.log(size)))
    assert np.allclose(normal, stats.norm.logpdf(y[:, None], mean, size), atol=1e-12)


def test_it_marginalises_a_pair_with_one_answer() -> None:
    whole = twin.Pair(np.array([1, 1, 1]), np.array([0, 1, 2]), (2, 3), 2)
    half = twin.Pair(np.array([1]), np.array([-1]), (2, 3), 2)
    theta = _rng().normal(size=whole.n_parameters)
    total = np.exp(whole.log_density(theta)).sum(axis=0)
    assert np.allclose(np.exp(half.log_density(theta))[0], total, atol=1e-12)


def test_its_inverses_undo_its_profiles() -> None:
    codes = np.zeros(1, dtype=int)
    for item in (
        twin.Nominal(codes, 4, 3),
        twin.Ordinal(codes, 4, 3),
        twin.Pair(codes, codes, (2, 3), 3),
        twin.Monotone(codes, 3, 3),
        twin.Count(codes, 3),
        twin.NegativeBinomial(codes, 3),
        twin.Continuous(codes, 3),
    ):
        theta = _rng().normal(size=item.n_parameters)
        profile = item.profile(theta)
        assert np.allclose(item.invert(profile), theta, atol=1e-9) or isinstance(item, twin.Nominal)
        assert np.allclose(item.profile(item.invert(profile)), profile, atol=1e-10)


def test_its_information_is_the_closed_form_for_one_class() -> None:
    """K = 1, one binary item: variance p (1 - p) / n by each kind."""
    codes = np.repeat([0, 1], [30, 70])
    model = twin.Mixture([twin.Nominal(codes, 2, 1)], 1)
    theta = np.array([np.log(70 / 30)])
    for covariance in twin.covariances(model, theta).values():
        assert covariance[2, 2] == pytest.approx(0.0021, rel=1e-7)


def test_its_em_climbs_to_where_the_gradient_is_zero() -> None:
    rng = _rng()
    group = rng.random(400) < 0.4
    codes = (rng.random((400, 4)) < np.where(group[:, None], 0.85, 0.2)).astype(int)
    codes[rng.random(codes.shape) < 0.1] = -1
    start = [np.array([[0.4, 0.6], [0.6, 0.4]])] * 4
    shares, tables, path = twin.em_nominal(codes, [2] * 4, np.array([0.5, 0.5]), start, steps=3000)
    assert np.all(np.diff(path) > -1e-9)
    items = [twin.Nominal(codes[:, j], 2, 2) for j in range(4)]
    model = twin.Mixture(items, 2)
    parts = [item.invert(table) for item, table in zip(items, tables, strict=True)]
    theta = np.concatenate([[np.log(shares[1] / shares[0])], *parts])
    assert model.loglik(theta) == pytest.approx(path[-1], abs=1e-6)
    assert np.abs(twin.complex_step(model.loglik, theta)).max() < 1e-4
    best = optimize.minimize(lambda t: -model.loglik(t), theta, method="BFGS")
    assert -best.fun == pytest.approx(path[-1], abs=1e-6)
