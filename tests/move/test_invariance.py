"""Measurement over waves: a changed item is found, an unchanged one is not, groups stay matched.

Rates of rejection: nominal 5 % within four Monte-Carlo errors of the number of samples.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.move.panels import WORSE2, gss_panel, people

from vendepunkt.move import MoveOptions, move
from vendepunkt.move.invariance import Invariance, invariance
from vendepunkt.move.invariance_fit import Waves
from vendepunkt.move.scaled import design_effects, scaled_ratio, wald

ONE = MoveOptions(classes=(2,), starts=10, compare_transitions=False, small_cells="flag")


def compared(**options: Any) -> Invariance:
    found = invariance(move(people(**options).panel(), ONE).ground)
    assert found is not None
    return found


@cache
def changed() -> Invariance:
    other = WORSE2.copy()
    other[2] = [0.35, 0.95]
    return compared(n=2000, worse_at={2: other}, seed=4)


@cache
def unchanged() -> Invariance:
    return compared(n=2000, seed=4)


def test_a_changed_item_is_found_and_only_that() -> None:
    found = changed()
    assert found.differing == ("i3",)
    assert found.lowest_bic.items == ("i3",)
    table = found.table()
    assert table["form"].tolist() == ["equal", *["partly"] * 6, "free"]
    assert table.query("items == 'i3'")["p_value"].iloc[0] < 1e-8
    assert (table.query("form == 'partly' and items != 'i3'")["p_value"] > 0.005).all()
    assert found.comparable
    assert "i3" in found.sentences("en")[0]
    assert [notice.code for notice in found.notices] == ["move_measurement_differs"]


def test_likelihood_ratios_are_those_of_nested_models() -> None:
    found = unchanged()
    equal, free = found.models[0].fit.fit, found.free.fit.fit
    assert found.free.test.kind == "lr"
    assert found.free.test.statistic == pytest.approx(2 * (free.loglik - equal.loglik))
    assert found.free.test.df == 6 * 2 * 2
    assert all(m.fit.fit.loglik >= equal.loglik - 1e-6 for m in found.models)
    assert all(m.fit.fit.loglik <= free.loglik + 1e-6 for m in found.models)


def test_unchanged_items_are_left_alone() -> None:
    found = unchanged()
    assert found.differing == ()
    assert found.lowest_bic.form == "equal"
    assert found.comparable
    assert found.largest_change < 0.01
    assert found.notices == ()
    equal = found.shares_table().query("form == 'equal'")
    model = found.ground.shares().value
    np.testing.assert_allclose(equal["estimate"], model.ravel(), atol=1e-12)


def test_free_classes_are_matched_by_profile_wave_by_wave() -> None:
    found = changed().free.fit
    for wave in range(3):
        for item in range(6):
            # The first class is the better off, at every wave.
            assert found.profile(item, wave)[1, 0] < found.profile(item, wave)[1, 1]
    np.testing.assert_allclose(found.shares.sum(axis=1), 1.0)
    assert found.profile(2, 2)[1, 0] == pytest.approx(0.35, abs=0.06)
    assert found.profile(2, 0)[1, 0] == pytest.approx(0.15, abs=0.06)
    # Its estimates stand in the same order.
    np.testing.assert_allclose(found.smooth_profile(2, 2).value, found.profile(2, 2), atol=1e-12)
    np.testing.assert_allclose(found.smooth_shares().value, found.shares, atol=1e-12)


def test_groups_that_change_their_meaning_are_no_groups() -> None:
    other = np.array([[0.45, 0.98]] * 3 + [[0.02, 0.5]] * 3)
    found = compared(n=1500, worse_at={2: other}, seed=6)
    assert not found.comparable
    assert found.free.farthest > 0.10
    assert found.notices[0].code == "move_measurement_apart"
    assert "0,10" in found.sentences("da")[0]
    largest = found.apart_table().query("`class` == 'all'")["estimate"].max()
    assert largest == pytest.approx(found.free.farthest)


def test_an_item_asked_at_two_of_three_waves() -> None:
    truth = people(1500, seed=7)
    truth.frame.loc[truth.frame["wave"] == 2, "i1"] = np.nan
    truth.frame.loc[truth.frame["wave"] > 1, "i2"] = np.nan
    found = invariance(move(truth.panel(), ONE).ground)
    assert found is not None
    work = Waves.of(found.ground.material, found.ground.model, ONE)
    assert work.freeable == (0, 2, 3, 4, 5)  # i2 was asked once: it cannot differ
    by_item = found.table().query("form == 'partly'").set_index("items")
    assert by_item.loc["i1", "df"] == 2
    assert by_item.loc["i3", "df"] == 4


def weighted(n: int, seed: int, worse_at: dict[int, np.ndarray] | None = None) -> Invariance:
    """People drawn in 60 clusters of 8 strata, with weights."""
    truth = people(n, waves=2, worse_at=worse_at, seed=seed)
    rng = np.random.default_rng(seed + 10_000)
    cluster = rng.integers(0, 64, n)
    person = pd.DataFrame(
        {"psu": cluster, "stratum": cluster // 8, "w": rng.lognormal(0, 0.55, n)}
    ).reindex(truth.frame["id"])
    frame = truth.frame.assign(**{name: person[name].to_numpy() for name in person})
    held = replace(truth, frame=frame).panel(
        weights="w", strata="stratum", clusters="psu", nest=True
    )
    found = invariance(move(held, ONE).ground)
    assert found is not None
    return found


def test_under_a_design_no_raw_likelihood_ratio_is_printed() -> None:
    other = WORSE2.copy()
    other[1] = [0.35, 0.95]
    found = weighted(1500, 3, {1: other})
    assert {model.test.kind for model in found.models[1:]} == {"wald"}
    assert found.differing == ("i2",)
    # With more restrictions than the covariance is good for, the ratio is scaled.
    small = replace(found.free.fit.errors, df=10.0)
    freed = replace(found.free.fit)
    freed.__dict__["errors"] = small
    work = Waves.of(found.ground.material, found.ground.model, ONE)
    scaled = work.test(freed)
    assert scaled.kind == "scaled_lr"
    raw = 2 * (found.free.fit.fit.loglik - found.models[0].fit.fit.loglik)
    assert scaled.statistic is not None
    assert scaled.statistic < raw / 12


def test_scaled_ratio_in_closed_form() -> None:
    from scipy import stats

    # Two restrictions with design effects 2 and 2: half the ratio is a chi-square with 2.
    test = scaled_ratio(-100.0, -90.0, np.array([2.0, 2.0]), None)
    assert test.p_value == pytest.approx(stats.chi2.sf(10.0, 2))
    effects = design_effects(np.diag([1.0, 4.0, 0.0]), np.diag([3.0, 4.0, 9.0]))
    np.testing.assert_allclose(effects, [1.0, 3.0])
    assert wald(np.array([2.0]), np.array([[1.0]]), None).p_value == pytest.approx(
        stats.chi2.sf(4.0, 1)
    )
    assert wald(np.array([2.0]), np.array([[1.0]]), 10.0).p_value == pytest.approx(
        stats.f.sf(4.0, 1, 10)
    )


@pytest.mark.slow
@pytest.mark.parametrize("how", ["unweighted", "design"])
def test_rejection_at_about_the_nominal_rate(how: str) -> None:
    samples = 100
    rejected = []
    for seed in range(samples):
        found = weighted(800, seed) if how == "design" else compared(n=800, waves=2, seed=seed)
        tests = [m.test.p_value for m in found.models[1:]]
        assert all(p is not None for p in tests)
        rejected.append([p < 0.05 for p in tests if p is not None])
    rates = np.mean(rejected, axis=0)
    error = np.sqrt(0.05 * 0.95 / samples)
    # The tests of the six single items and the one of all of them.
    assert np.abs(rates[:-1].mean() - 0.05) < 4 * error / np.sqrt(3)
    assert np.abs(rates[-1] - 0.05) < 4 * error


@pytest.mark.slow
def test_gss() -> None:
    options = MoveOptions(classes=(3,), starts=10, compare_transitions=False)
    found = invariance(move(gss_panel(), options).ground)
    assert found is not None
    assert found.comparable
    assert found.free.farthest == pytest.approx(0.037, abs=0.005)
    assert found.lowest_bic.form == "equal"
    assert set(found.differing) <= {"trust", "fair", "helpful"}
    assert "lr" not in set(found.table()["test"])
