"""Influence values of three steps against all three steps run again, and the corrected table.

The influence of a person on an estimate is its derivative by that person's weight. All three steps
are fitted again with the weight a little up and down; with the optimiser let run to rounding the
difference quotient is exact to some 1e-5 of the largest value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.numerics.threestep_cases import fitted, panel, refused

from vendepunkt.data import Design
from vendepunkt.numerics import Item
from vendepunkt.numerics.threestep import (
    assign,
    corrected_table,
    measure_waves,
    three_step,
    three_step_again,
    three_step_estimates,
    three_step_replicates,
)
from vendepunkt.numerics.threestep.replicates import line_up
from vendepunkt.terms import DataError, UsageError

Real = NDArray[np.float64]
#: Weights are moved by so much.
BY = 0.01


@pytest.fixture
def to_the_very_top(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the optimiser go on until nothing is left to gain but rounding."""
    monkeypatch.setattr("vendepunkt.numerics.optimise.ENOUGH", 1e-24)


def again(by_weights: Callable[[Real], Real], weights: Real, person: int) -> Real:
    """Difference an estimator by the weight of one person."""
    ends = []
    for by in (BY, -BY):
        moved = weights.copy()
        moved[person] += by
        ends.append(by_weights(moved))
    return np.asarray((ends[0] - ends[1]) / (2 * BY))


@pytest.mark.usefixtures("to_the_very_top")
@pytest.mark.parametrize("rule", ["modal", "proportional"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"shares": "equal", "transitions": "constant"},
        {"covariate": True},
        {"covariate": True, "waves": 1},
    ],
    ids=["free", "constant", "covariates", "one wave"],
)
def test_influence_is_what_running_all_steps_again_shows(
    rule: str, options: dict[str, Any]
) -> None:
    found, weights = fitted(rule, **options)
    estimates = three_step_estimates(found)
    assert estimates.identified
    assert estimates.value == pytest.approx(line_up(found), abs=1e-12)
    for person in (60, 100):
        seen = again(lambda w: line_up(three_step_again(found, w)), weights, person)
        said = estimates.influence.values[estimates.influence.row_to_pattern[person]]
        assert said == pytest.approx(seen, abs=3e-4 * np.abs(seen).max())


@pytest.mark.usefixtures("to_the_very_top")
def test_influence_with_a_model_for_each_wave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vendepunkt.numerics.threestep.invariance.APART", 1.0)
    found, weights = fitted(profiles="free")
    estimates = three_step_estimates(found)
    assert len(found.assignment.measurement.blocks) == 3
    seen = again(lambda w: line_up(three_step_again(found, w)), weights, 7)
    said = estimates.influence.values[estimates.influence.row_to_pattern[7]]
    # Of many parameters on 300 people some are at a boundary, and are held by one side only.
    assert said == pytest.approx(seen, abs=2e-3 * np.abs(seen).max())


@pytest.mark.usefixtures("to_the_very_top")
@pytest.mark.parametrize("rule", ["modal", "proportional"])
def test_influence_on_the_corrected_table(rule: str) -> None:
    items, weights, _ = panel(waves=2)
    measured = measure_waves(items, 2, 3, weights=weights, starts=10, seed=1)
    table = corrected_table(assign(measured, rule))
    for person in (60, 100):
        seen = again(
            lambda w: corrected_table(assign(measured.under(w), rule)).value, weights, person
        )
        said = table.influence.values[table.influence.row_to_pattern[person]]
        assert said == pytest.approx(seen, abs=3e-4 * np.abs(seen).max())


def test_the_corrected_table_is_the_sum_of_bch_weights() -> None:
    """Person by person: the weights of Vermunt (2010) of both waves, multiplied and added up."""
    items, weights, _ = panel(waves=2)
    placed = assign(measure_waves(items, 2, 3, weights=weights, starts=10, seed=1))
    one, other = (np.linalg.inv(errors) for errors in placed.errors)
    wanted, whole = np.zeros((3, 3)), 0.0
    for person, (first, last) in enumerate(placed.codes):
        if first >= 0 and last >= 0:
            wanted += weights[person] * np.outer(one[first], other[last])
            whole += weights[person]
    table = corrected_table(placed)
    assert table.get("first_last") == pytest.approx(wanted / whole, abs=1e-12)
    assert table.get("shares")[1] == pytest.approx((wanted / whole).sum(axis=0), abs=1e-12)
    assert table.n == int((placed.codes >= 0).all(axis=1).sum())


def test_the_corrected_table_agrees_with_the_likelihood() -> None:
    items, _, _ = panel(people=6000, waves=2, missing=0.0)
    whole = [Item(i.kind, i.codes[: 2 * 4000], i.values) for i in _all_answered(items)]
    placed = assign(measure_waves(whole, 2, 3, starts=5, seed=1))
    table, found = corrected_table(placed), three_step_estimates(three_step(placed, seed=1))
    assert table.negative == ()
    assert table.get("steps") == pytest.approx(found.get("steps"), abs=2e-3)
    own = np.sqrt(np.diag(table.covariance())[table.shapes["steps"][0]])
    likelihood = np.sqrt(np.diag(found.covariance())[found.shapes["steps"][0]])
    assert own == pytest.approx(likelihood, rel=0.1)


def test_negative_cells_stand_and_are_named() -> None:
    """Nobody moves from the third class to the second, and few people are asked."""
    items, _, _ = panel(people=90, waves=2, missing=0.3, seed=2)
    for seed in range(40):
        items, _, _ = panel(people=90, waves=2, missing=0.3, seed=seed)
        placed = assign(measure_waves(items, 2, 3, starts=4, max_rounds=1, seed=1))
        table = corrected_table(placed)
        if table.negative:
            break
    joint = table.get("first_last")
    assert all(joint[cell] < 0 for cell in table.negative)
    assert joint.sum() == pytest.approx(1.0)
    assert three_step_estimates(three_step(placed, seed=1)).get("steps").min() >= 0


def test_the_corrected_table_has_its_conditions() -> None:
    items, _, _ = panel(people=60)
    with refused("bch_two_waves", UsageError):
        corrected_table(assign(measure_waves(items, 3, 2, starts=2)))
    flat = [Item("binary", np.tile([0, 1, 1, 0], 30).astype(np.int32), np.arange(2.0))] * 2
    with refused("classes_not_told_apart", DataError):
        corrected_table(assign(measure_waves(flat, 2, 4, starts=2)))


def test_the_design_clusters_people_not_waves() -> None:
    """Each person three times, in one cluster: the same errors as each person once."""
    items, weights, _ = panel(people=200)
    thrice = [
        Item(i.kind, np.repeat(i.codes.reshape(200, 3), 3, axis=0).ravel(), i.values) for i in items
    ]
    cluster = np.repeat(np.arange(200), 3)
    one = three_step(assign(measure_waves(items, 3, 3, weights=weights, starts=5, seed=1)), seed=1)
    three = three_step(
        assign(measure_waves(thrice, 3, 3, weights=np.repeat(weights, 3), starts=5, seed=1)),
        seed=1,
    )
    alone = Design(200, weights=weights)
    together = Design(600, weights=np.repeat(weights, 3), clusters=(cluster,))
    wanted = three_step_estimates(one).covariance("design", alone)
    found = three_step_estimates(three).covariance("design", together)
    assert found == pytest.approx(wanted, rel=2e-2, abs=1e-6)


def test_robust_errors_are_those_of_a_design_without_clusters() -> None:
    found, weights = fitted()
    estimates = three_step_estimates(found)
    design = Design(len(weights), weights=weights)
    n = len(weights)
    plain = estimates.covariance("robust") * n / (n - 1)
    assert estimates.covariance("design", design) == pytest.approx(plain, rel=1e-3, abs=1e-9)


def test_replicates_run_all_steps_again() -> None:
    found, weights = fitted()
    columns = np.column_stack([weights, np.where(np.arange(300) < 20, 0.0, weights)])
    ends = three_step_replicates(found, columns)
    assert ends.estimates[0] == pytest.approx(ends.estimate, abs=1e-4)
    assert np.abs(ends.estimates[1] - ends.estimate).max() > 1e-3
    assert ends.elsewhere == ()
    with refused("bad_replicates", DataError):
        three_step_replicates(found, columns[:-1])


def _all_answered(items: list[Item]) -> list[Item]:
    """Leave out the people who missed a wave."""
    codes = np.stack([item.codes.reshape(-1, 2) for item in items])
    there = (codes >= 0).all(axis=(0, 2))
    return [
        Item(item.kind, own[there].ravel(), item.values)
        for item, own in zip(items, codes, strict=True)
    ]
