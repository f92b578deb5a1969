"""Bivariate residuals against a person-by-person computation and scipy's independence test."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2_contingency
from tests.measure.cases import gss82_measured, item

from vendepunkt.measure import ClassModel, Measurement, MeasureOptions, measure
from vendepunkt.measure.residuals import PairResidual, with_bootstrap


def slow(found: Measurement, model: ClassModel, i: int, j: int) -> float:
    """Count one person at a time, with the weight each has."""
    codes, weights = found.material.codes, found.material.scaled_weights()
    a, b = model.classification.profiles[i], model.classification.profiles[j]
    observed, expected = np.zeros((2, a.shape[0], b.shape[0]))
    for person in range(codes.shape[0]):
        if codes[person, i] < 0 or codes[person, j] < 0:
            continue
        observed[codes[person, i], codes[person, j]] += weights[person]
        for k, share in enumerate(model.fit.shares):
            expected += weights[person] * share * np.outer(a[:, k], b[:, k])
    pearson = ((observed - expected) ** 2 / expected).sum()
    return float(pearson / ((a.shape[0] - 1) * (b.shape[0] - 1)))


def test_a_full_table_by_hand() -> None:
    found = gss82_measured()
    names = found.material.names
    model = found.models[1]
    assert len(model.residuals) == 6
    for pair in model.residuals:
        by_hand = slow(found, model, names.index(pair.first), names.index(pair.second))
        assert pair.bvr == pytest.approx(by_hand, rel=1e-9)
    assert list(model.residuals) == sorted(model.residuals, key=lambda pair: -pair.bvr)


def test_missing_answers_and_weights_by_hand() -> None:
    rng = np.random.default_rng(3)
    from vendepunkt.data import Design

    raw = rng.integers(0, 3, size=(200, 3))
    raw[rng.random((200, 3)) < 0.2] = -1
    items = [item(f"i{c}", raw[:, c], ("a", "b", "c"), ordered=False) for c in range(3)]
    design = Design(200, weights=rng.uniform(0.5, 2, 200))
    found = measure(items, MeasureOptions(classes=(2,), starts=5, se="robust"), design=design)
    for pair in found.models[0].residuals:
        names = found.material.names
        i, j = names.index(pair.first), names.index(pair.second)
        assert pair.bvr == pytest.approx(slow(found, found.models[0], i, j), rel=1e-9)
        assert pair.n == ((raw[:, i] >= 0) & (raw[:, j] >= 0)).sum()


def test_one_class_is_the_test_of_independence() -> None:
    found = gss82_measured()
    names, codes = found.material.names, found.material.codes
    for pair in found.models[0].residuals:
        table = np.zeros((3, 3))
        np.add.at(table, (codes[:, names.index(pair.first)], codes[:, names.index(pair.second)]), 1)
        table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
        expected = chi2_contingency(table, correction=False)
        assert pair.pearson == pytest.approx(expected.statistic, rel=1e-6)
        assert pair.df == expected.dof


def test_the_bootstrap_p_counts_draws_at_least_as_large() -> None:
    pair = PairResidual("a", "b", 6.0, 2, 3.0, None, 100.0)
    draws = [(PairResidual("a", "b", 0.0, 2, value, None, 100.0),) for value in (1.0, 3.0, 4.0)]
    assert with_bootstrap([pair], draws)[0].p_value == pytest.approx(3 / 4)
    assert with_bootstrap([pair], [()])[0].p_value is None


def test_dependent_items_are_found_and_a_direct_effect_removes_the_residual() -> None:
    rng = np.random.default_rng(11)
    group = rng.random(1500) < 0.6
    columns = [np.where(rng.random(1500) < np.where(group, 0.9, 0.2), 0, 1) for _ in range(5)]
    twin = np.where(rng.random(1500) < 0.75, columns[0], rng.integers(0, 2, 1500))
    items = [item(f"i{c}", codes, ordered=False) for c, codes in enumerate([*columns, twin])]
    found = measure(items, MeasureOptions(classes=(2,), starts=10, local_dependence=True))
    assert {found.models[0].residuals[0].first, found.models[0].residuals[0].second} == {"i0", "i5"}
    assert found.dependence is not None
    assert ("i0", "i5") in found.dependence.pairs
    assert found.dependence.bic_with < found.dependence.bic_without - 50
    table = found.dependence.table()
    assert table["without"].sum() == pytest.approx(1.0)
    assert table["with"].sum() == pytest.approx(1.0)
    inside = measure(items, MeasureOptions(classes=(2,), starts=10, direct_effects=(("i5", "i0"),)))
    assert {"i0", "i5"} not in [{p.first, p.second} for p in inside.models[0].residuals]
    assert inside.classification.profiles[0].sum(axis=0) == pytest.approx([1.0, 1.0])
