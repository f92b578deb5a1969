"""Profiles across groups, and the estimator run again under replicate weights."""

from __future__ import annotations

import numpy as np
import pytest
from tests.numerics.conftest import random_data, random_item

from vendepunkt.numerics import (
    Item,
    LatentData,
    class_replicates,
    fit_classes,
    group_design,
    split_by_group,
    standard_errors,
)
from vendepunkt.terms import DataError


def two_groups(n: int = 600) -> tuple[list[Item], np.ndarray]:
    rng = np.random.default_rng(8)
    member = rng.integers(0, 2, n)
    items = [random_item("nominal", member, rng, 0.05) for _ in range(5)]
    return items, rng.integers(0, 2, n).astype(np.int32)


def test_all_profiles_free_is_one_model_for_each_group() -> None:
    items, group = two_groups()
    apart = split_by_group(items, group, free=range(5))
    together = fit_classes(LatentData.collapse(apart, membership=group_design(group)), 2)
    alone = 0.0
    for number in (0, 1):
        rows = group == number
        own = [Item(item.kind, item.codes[rows], item.values) for item in items]
        alone += fit_classes(LatentData.collapse(own), 2).loglik
    # Either group may name its classes in its own order, so nothing but the sum is the same.
    assert together.loglik == pytest.approx(alone, abs=1e-4)


def test_equal_profiles_are_nested_in_free_ones() -> None:
    items, group = two_groups()
    design = group_design(group)
    equal = fit_classes(LatentData.collapse(items, membership=design), 2)
    some = fit_classes(
        LatentData.collapse(split_by_group(items, group, free=[1]), membership=design), 2
    )
    assert some.loglik >= equal.loglik - 1e-6
    assert some.n_parameters == equal.n_parameters + 2 * 3


def test_a_row_without_group_is_named_by_number() -> None:
    items, group = two_groups(20)
    group[3] = -1
    with pytest.raises(DataError, match=r"1 rows \(rows 4\)"):
        split_by_group(items, group, free=[0])


def test_replicates_of_equal_weights_are_the_fit_itself() -> None:
    data = random_data(("nominal",) * 5, n=500, classes=2)
    fit = fit_classes(data, 2)
    again = class_replicates(data, fit, np.full((data.n_rows, 3), 7.0))
    np.testing.assert_allclose(again.estimates, np.tile(again.estimate, (3, 1)), atol=1e-4)
    assert again.elsewhere == ()


def test_jackknifed_errors_are_near_the_robust_ones() -> None:
    """Leave one of 50 parts out: both estimate the same variance, to sampling error of it."""
    data = random_data(("nominal",) * 6, n=1000, classes=2, missing=0.0)
    fit = fit_classes(data, 2)
    part = np.arange(data.n_rows) % 50
    weights = np.where(part[:, None] == np.arange(50), 0.0, 50 / 49)
    found = class_replicates(data, fit, weights)
    away = found.estimates - found.estimate
    jackknife = np.sqrt(49 / 50 * (away**2).sum(axis=0))[:2]
    robust = standard_errors(data, fit, "robust").shares
    np.testing.assert_allclose(jackknife, robust, rtol=0.35)


def test_replicates_of_another_length_are_refused() -> None:
    data = random_data(("nominal", "nominal"), n=50)
    with pytest.raises(DataError, match="49 rows"):
        class_replicates(data, fit_classes(data, 1), np.ones((49, 2)))
