"""Three steps: the placings, the likelihood of step three, and the conditions."""

from __future__ import annotations

import numpy as np
import pytest
from tests.numerics.threestep_cases import YES, fitted, panel, refused, slow_loglik
from tests.simulation.markov_populations import STEPS, draw_codes, draw_paths, items_of, pick
from tests.simulation.threestep import gap_to_one_step

from vendepunkt.numerics import Item
from vendepunkt.numerics.markov import SequenceData, fit_markov
from vendepunkt.numerics.markov.observed import observed_transitions
from vendepunkt.numerics.threestep import (
    assign,
    measure_waves,
    three_step,
    three_step_estimates,
    three_step_notices,
)
from vendepunkt.terms import DataError, RefusedError, UsageError


@pytest.mark.parametrize("rule", ["modal", "proportional"])
def test_the_likelihood_is_a_sum_over_every_path_and_at_its_top(rule: str) -> None:
    found, weights = fitted(rule)
    fit = found.fit
    initial, steps = fit.initial, fit.transitions
    there = slow_loglik(found, weights, initial, steps)
    assert there == pytest.approx(fit.loglik, abs=1e-6)
    # Towards any other parameters it falls.
    rng = np.random.default_rng(1)
    for _ in range(4):
        other = initial * np.exp(0.05 * rng.standard_normal(3))
        moved = steps * np.exp(0.05 * rng.standard_normal(steps.shape))
        moved /= moved.sum(axis=2, keepdims=True)
        assert slow_loglik(found, weights, other / other.sum(), moved) < there


def test_a_wave_without_answers_places_nobody() -> None:
    items, weights, _ = panel()
    placed = assign(measure_waves(items, 3, 3, weights=weights, starts=5, seed=1))
    answered = np.stack([item.codes.reshape(-1, 3) >= 0 for item in items]).any(axis=0)
    assert np.array_equal(placed.codes >= 0, answered)
    assert (placed.codes[-3:] == -1).all()


def test_errors_are_those_of_the_posteriors_in_each_wave() -> None:
    items, weights, _ = panel()
    measured = measure_waves(items, 3, 3, weights=weights, starts=5, seed=1)
    for rule in ("modal", "proportional"):
        placed = assign(measured, rule)
        for t in range(3):
            block = measured.block_of(t)
            pattern = block.patterns(t)
            there = pattern >= 0
            post = block.fit.posterior[pattern[there]]
            drawn = np.eye(3)[post.argmax(axis=1)] if rule == "modal" else post
            joint = (post * weights[there, None]).T @ drawn
            wanted = joint / joint.sum(axis=1, keepdims=True)
            assert placed.errors[t] == pytest.approx(wanted, abs=1e-12)
    assert np.ptp(assign(measured).errors, axis=0).max() > 1e-3


def test_equal_shares_have_one_matrix_of_errors() -> None:
    items, weights, _ = panel()
    measured = measure_waves(items, 3, 3, weights=weights, shares="equal", starts=5, seed=1)
    errors = assign(measured).errors
    assert np.array_equal(errors[0], errors[2])


def test_without_error_it_counts_moves() -> None:
    """Items that never err: step three is the table of observed transitions."""
    rng = np.random.default_rng(3)
    paths = draw_paths(rng, np.tile([0.5, 0.3, 0.2], (400, 1)), np.tile(STEPS, (400, 1, 1, 1)))
    item = Item("nominal", paths.ravel().astype(np.int32), np.arange(3.0))
    measured = measure_waves([item] * 4, 3, 3, starts=10, seed=1)
    found = three_step(assign(measured), seed=1)
    order = [int(np.argmax(measured.blocks[0].fit.profiles[0][:, k])) for k in range(3)]
    counted = observed_transitions(paths, 3, steps=[(0, 1), (1, 2)])
    wanted = counted.probabilities[0][:, order][:, :, order]
    assert found.fit.transitions == pytest.approx(wanted, abs=1e-4)
    estimates = three_step_estimates(found)
    for carry in (True, False):
        where = estimates.shapes["steps"][0]
        errors = np.sqrt(np.diag(estimates.covariance(carry=carry))[where])
        joint = np.sqrt(np.diag(counted.covariance(kind="joint"))).reshape(2, 3, 3)
        assert errors == pytest.approx(joint[:, order][:, :, order].ravel(), abs=1e-5)


def test_frequencies_are_people() -> None:
    items, _, _ = panel(people=200)
    freq = np.random.default_rng(2).integers(1, 4, 200).astype(float)
    repeated = np.repeat(np.arange(200), freq.astype(int))
    longer = [
        Item(item.kind, item.codes.reshape(200, 3)[repeated].ravel(), item.values) for item in items
    ]
    short = three_step(assign(measure_waves(items, 3, 3, freq=freq, starts=5, seed=1)), seed=1)
    long = three_step(assign(measure_waves(longer, 3, 3, starts=5, seed=1)), seed=1)
    assert short.fit.transitions == pytest.approx(long.fit.transitions, abs=1e-4)
    one, other = three_step_estimates(short), three_step_estimates(long)
    assert one.covariance() == pytest.approx(other.covariance(), rel=1e-2, abs=1e-7)


def test_weights_are_relative() -> None:
    items, weights, _ = panel()
    one, other = (
        three_step_estimates(
            three_step(
                assign(measure_waves(items, 3, 3, weights=by * weights, starts=5, seed=1)), seed=1
            )
        )
        for by in (1.0, 40.0)
    )
    assert one.value == pytest.approx(other.value, abs=1e-8)
    assert one.covariance() == pytest.approx(other.covariance(), rel=1e-6, abs=1e-12)


def test_classes_in_another_order_move_alike() -> None:
    items, weights, _ = panel()
    measured = measure_waves(items, 3, 3, weights=weights, starts=5, seed=1)
    order = [2, 0, 1]
    plain = three_step(assign(measured), seed=1).fit.transitions
    turned = three_step(assign(measured.reorder(order)), seed=1).fit.transitions
    assert turned == pytest.approx(plain[:, order][:, :, order], abs=1e-4)


def test_exits_and_rates_are_destinations_and_intensities() -> None:
    items, weights, _ = panel()
    exits = np.zeros((300, 3), dtype=int)
    exits[:25, 2] = 1
    measured = measure_waves(items, 3, 3, weights=weights, starts=5, seed=1)
    left = three_step(assign(measured), exits=exits, absorbing=(True,), seed=1)
    assert three_step_estimates(left).get("shares").shape == (3, 4)
    share = weights[:25].sum() / weights[:-3].sum()
    assert three_step_estimates(left).get("shares")[2, 3] == pytest.approx(share, abs=2e-3)
    rates = three_step(assign(measured), "rate", intervals=np.array([1.0, 2.0]), seed=1)
    estimates = three_step_estimates(rates)
    assert estimates.get("rates").sum(axis=1) == pytest.approx(0.0, abs=1e-9)
    assert np.isfinite(estimates.covariance()).all()


@pytest.mark.parametrize("seed", [1, 2])
def test_three_steps_find_what_one_step_finds_and_the_cross_table_does_not(seed: int) -> None:
    """METHODS 6: n = 4,000, entropy of at least .75, at least 100 people in each origin."""
    gap = gap_to_one_step(seed)
    assert gap.entropy >= 0.75
    assert gap.least_origin >= 100
    assert np.abs(gap.three_steps).max() <= 0.03
    assert gap.cross_table > 0.1


def test_two_models_of_a_wave_are_one_where_profiles_are_equal() -> None:
    rng = np.random.default_rng(4)
    people = 3000
    steps = np.tile(STEPS[:1], (people, 1, 1, 1))
    paths = draw_paths(rng, np.tile([0.5, 0.3, 0.2], (people, 1)), steps)
    codes = draw_codes(rng, paths, [np.vstack([1.0 - p, p]) for p in YES])
    items = items_of(codes, "binary", 2)
    told: list[float] = []
    free = measure_waves(
        items,
        2,
        3,
        profiles="free",
        starts=5,
        seed=1,
        progress=lambda _what, share: told.append(share),
    )
    # Each of the three fits has its third of the whole.
    assert 0.0 < min(told) < 1 / 3
    assert sum(share > 2 / 3 for share in told) > 0
    assert told[-1] == pytest.approx(1.0)
    assert free.invariance is not None
    assert free.invariance.holds
    assert free.invariance.df == 18
    assert free.invariance.p_value > 0.01
    equal = measure_waves(items, 2, 3, starts=5, seed=1)
    one, other = (three_step(assign(found), seed=1).fit for found in (free, equal))
    assert one.transitions == pytest.approx(other.transitions, abs=0.03)


def test_profiles_that_differ_are_refused() -> None:
    rng = np.random.default_rng(4)
    paths = draw_paths(rng, np.tile([0.5, 0.3, 0.2], (900, 1)), np.tile(STEPS[:1], (900, 1, 1, 1)))
    turned = YES.copy()
    turned[:, 1] = 1.0 - turned[:, 1]
    profiles = [
        np.stack([np.vstack([1.0 - p, p]), np.vstack([1.0 - q, q])])
        for p, q in zip(YES, turned, strict=True)
    ]
    items = items_of(draw_codes(rng, paths, profiles), "binary", 2)
    with refused("profiles_differ", RefusedError):
        measure_waves(items, 2, 3, profiles="free", starts=5, seed=1)


def test_what_cannot_be_had_is_refused_by_name() -> None:
    items, weights, _ = panel(people=60)
    number = Item("continuous", np.arange(180, dtype=np.int32), np.arange(180.0))
    for code, error, given in (
        ("no_items", UsageError, {"items": []}),
        ("bad_waves", UsageError, {"waves": 7}),
        ("bad_classes", UsageError, {"classes": 1}),
        ("not_allowed", UsageError, {"shares": "some"}),
        ("not_allowed", UsageError, {"profiles": "some"}),
        ("free_needs_categories", UsageError, {"items": [*items, number], "profiles": "free"}),
        ("wave_without_answers", DataError, {"items": [_unanswered(i) for i in items]}),
        (
            "item_not_asked",
            UsageError,
            {"items": [*items, _unanswered(items[0])], "profiles": "free"},
        ),
    ):
        options = {"items": items, "waves": 3, "classes": 2, "starts": 2} | given
        with refused(code, error):
            measure_waves(**options)
    placed = assign(measure_waves(items, 3, 2, weights=weights, starts=2))
    with refused("not_allowed", UsageError):
        assign(placed.measurement, "random")
    missing = np.column_stack([np.ones(60), np.full(60, np.nan)])
    with refused("missing_covariate", DataError):
        three_step(placed, initial=missing)
    exits = np.zeros((60, 3), dtype=int)
    exits[30, 2] = 1
    with refused("answers_in_exit", DataError):
        three_step(placed, exits=exits, absorbing=(True,))
    estimates = three_step_estimates(three_step(placed, starts=2))
    with refused("not_allowed", UsageError):
        estimates.covariance("hessian")
    with refused("no_design", UsageError):
        estimates.covariance("design")


def test_proportional_placing_over_many_waves_is_refused() -> None:
    items, _, _ = panel(people=60)
    longer = [Item(i.kind, np.tile(i.codes.reshape(60, 3), 5).ravel(), i.values) for i in items]
    placed = assign(measure_waves(longer, 15, 3, starts=2), "proportional")
    with refused("too_many_placings", UsageError):
        three_step(placed)


def test_weak_answers_are_said() -> None:
    rng = np.random.default_rng(6)
    paths = draw_paths(rng, np.tile([0.5, 0.3, 0.2], (800, 1)), np.tile(STEPS[:1], (800, 1, 1, 1)))
    dull = 0.5 + 0.4 * (YES - 0.5)
    codes = draw_codes(rng, paths, [np.vstack([1.0 - p, p]) for p in dull])
    weak = assign(measure_waves(items_of(codes, "binary", 2), 2, 3, starts=5, seed=1))
    assert "three_step_weak" in [notice.code for notice in three_step_notices(weak)]
    items, _, _ = panel(missing=0.0)
    sharp = assign(measure_waves(items, 3, 3, starts=5, seed=1))
    assert three_step_notices(sharp) == ()


def test_one_wave_is_a_latent_class_model_with_its_covariates() -> None:
    """Where classes are nearly certain, three steps and one step have the same slopes."""
    rng = np.random.default_rng(7)
    x = rng.integers(0, 3, 1500) - 1.0
    design = np.column_stack([np.ones(1500), x])
    eta = np.column_stack([np.zeros(1500), 0.2 - 0.8 * x, -0.3 + 0.8 * x])
    chance = np.exp(eta) / np.exp(eta).sum(axis=1, keepdims=True)
    sharp = 0.5 + 1.2 * (YES - 0.5)
    codes = draw_codes(
        rng, pick(rng, chance)[:, None], [np.vstack([1.0 - p, p]) for p in [*sharp, *sharp]]
    )
    items = items_of(codes, "binary", 2)
    placed = assign(measure_waves(items, 1, 3, starts=5, seed=1))
    assert placed.measurement.entropy[0] > 0.99
    found = three_step(placed, initial=design)
    one = fit_markov(SequenceData.collapse(items, 1, initial=design), 3, starts=5, seed=1)
    assert found.fit.initial_coefficients == pytest.approx(one.initial_coefficients, abs=0.03)


def _unanswered(item: Item) -> Item:
    codes = item.codes.reshape(-1, 3).copy()
    codes[:, 1] = -1
    return Item(item.kind, codes.ravel(), item.values)
