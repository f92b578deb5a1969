"""Limit cases and invariances of the latent Markov engine: what it must be when it is simpler.

Tolerances: two ways to the same maximum agree to 1e-6 in log-likelihood and 1e-4 in estimates,
since both stop where the score is flat; where the same numbers are merely added in another order,
1e-9.
"""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.linalg import expm
from tests.contract.item_cases import CASES
from tests.contract.markov_cases import (
    PANELS,
    Panel,
    fitted,
    of_kind,
    with_free_measurement,
    with_rates,
    with_steps,
)
from tests.simulation.markov_populations import draw_codes, draw_paths, items_of

from vendepunkt.numerics import Item, LatentData, fit_classes, split_by_group, standard_errors
from vendepunkt.numerics.items import FAMILY
from vendepunkt.numerics.markov import (
    SequenceData,
    fit_markov,
    movement_estimates,
    posterior,
    simulate_sequences,
)

Real = NDArray[np.float64]


def binary(codes: NDArray[Any], waves: int, **options: Any) -> SequenceData:
    """Yes/no codes (N, T, J), -1 missing, collapsed."""
    return SequenceData.collapse(items_of(codes, "binary", 2), waves, **options)


def two_classes(n: int = 700, waves: int = 3, seed: int = 3) -> NDArray[Any]:
    """A panel of four yes/no items."""
    rng = np.random.default_rng(seed)
    step = np.array([[0.85, 0.15], [0.25, 0.75]])
    paths = draw_paths(
        rng, np.tile([0.6, 0.4], (n, 1)), np.broadcast_to(step, (n, waves - 1, 2, 2))
    )
    return draw_codes(rng, paths, [CASES["binary"].truth] * 4, missing=0.08)


# --- simpler models -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(FAMILY))
def test_one_wave_is_a_latent_class_model(kind: str) -> None:
    panel = of_kind(kind)
    items = [
        Item(item.kind, item.codes[::3].copy(), item.values, item.shape) for item in panel.items()
    ]
    weights = np.random.default_rng(1).uniform(0.5, 2.0, panel.people)
    flat = LatentData.collapse(items, weights)
    wide = SequenceData.collapse(items, 1, weights=weights)
    one, two = fit_classes(flat, 2, seed=1), fit_markov(wide, 2, seed=1)
    assert two.loglik == pytest.approx(one.loglik, abs=1e-5)
    assert two.n_parameters == one.n_parameters
    assert two.transitions.shape == (0, 2, 2)
    order = np.argsort(-two.initial)
    assert np.allclose(two.initial[order], one.shares, atol=1e-4)
    if kind == "monotone":
        return
    turned = two.reorder(order.tolist())
    for ours, theirs in zip(turned.profiles, one.profiles, strict=True):
        assert np.allclose(ours, theirs, rtol=1e-3, atol=1e-4)
    found = movement_estimates(wide, turned)
    errors = np.sqrt(np.diag(found.covariance(kind="robust")))
    expected = standard_errors(flat, one, kind="robust").shares
    assert np.allclose(errors[found.shapes["initial"][0]].ravel(), expected, rtol=1e-3)


@pytest.mark.parametrize("transitions", ["free", "constant"])
def test_without_measurement_error_transitions_are_shares_of_counted_moves(
    transitions: str,
) -> None:
    """Three copies of an item that tells the class for certain; K = 3."""
    rng = np.random.default_rng(5)
    steps = np.array([[[0.7, 0.2, 0.1], [0.3, 0.5, 0.2], [0.1, 0.3, 0.6]]] * 2)
    paths = draw_paths(rng, np.tile([0.5, 0.3, 0.2], (500, 1)), np.tile(steps, (500, 1, 1, 1)))
    codes = np.repeat(paths[:, :, None], 3, axis=2)
    data = SequenceData.collapse(items_of(codes), 3)
    fit = fit_markov(data, 3, transitions=transitions, seed=1)
    order = [int(fit.profiles[0][c].argmax()) for c in range(3)]
    fit = fit.reorder(order)
    assert np.allclose(fit.profiles[0], np.eye(3), atol=1e-4)
    counts = np.zeros((2, 3, 3))
    for path in paths:
        for t in range(2):
            counts[t, path[t], path[t + 1]] += 1
    if transitions == "constant":
        counts[:] = counts.sum(axis=0)
    expected = counts / counts.sum(axis=2, keepdims=True)
    assert np.allclose(fit.transitions, expected, atol=1e-4)
    first = np.bincount(paths[:, 0], minlength=3)
    assert np.allclose(fit.initial, first / 500, atol=1e-4)
    loglik = first @ np.log(first / 500)
    loglik += (counts * np.log(expected)).sum() / (2 if transitions == "constant" else 1)
    assert fit.loglik == pytest.approx(loglik, abs=1e-3)
    found = movement_estimates(data, fit)
    joint = found.get("steps")
    errors = np.sqrt(np.diag(found.covariance(kind="hessian")))[found.shapes["steps"][0]]
    if transitions == "free":  # the first step is then a table of 500 people
        closed = np.sqrt(joint[0] * (1 - joint[0]) / 500)
        assert np.allclose(errors.reshape(joint.shape)[0], closed, rtol=1e-4)


def test_independent_waves_are_latent_classes_of_pooled_person_waves() -> None:
    """Every pair of patterns as often as a two-class model of one wave has it, so exactly."""
    patterns = np.array(list(product((0, 1), repeat=4)))
    shares = np.array([0.6, 0.4])
    yes = np.array([[0.9, 0.25], [0.8, 0.3], [0.85, 0.2], [0.7, 0.15]])
    chance = np.where(patterns[:, :, None] == 1, yes, 1 - yes).prod(axis=1) @ shares
    pairs = np.array(list(product(range(16), repeat=2)))
    freq = 1000 * chance[pairs[:, 0]] * chance[pairs[:, 1]]
    codes = patterns[pairs]
    data = binary(codes, 2, freq=freq)
    fit = fit_markov(data, 2, seed=1)
    pooled = LatentData.collapse(
        items_of(codes.reshape(-1, 1, 4), "binary", 2), freq=np.repeat(freq, 2)
    )
    flat = fit_classes(pooled, 2, seed=1)
    assert np.allclose(flat.shares, shares, atol=1e-4)
    fit = fit.reorder(np.argsort(-fit.initial).tolist())
    assert fit.loglik == pytest.approx(flat.loglik, abs=1e-4)
    assert np.allclose(fit.shares, np.tile(flat.shares, (2, 1)), atol=1e-3)
    assert np.allclose(fit.transitions[0], np.tile(flat.shares, (2, 1)), atol=2e-3)


def test_rates_over_equal_intervals_are_one_matrix() -> None:
    codes = two_classes()
    one = fit_markov(binary(codes, 3), 2, transitions="constant", seed=1)
    half = binary(codes, 3, intervals=np.array([0.5, 0.5]))
    rated = fit_markov(half, 2, transitions="rate", seed=1)
    assert np.linalg.eigvals(one.transitions[0]).real.min() > 0  # so it has a generator
    assert rated.loglik == pytest.approx(one.loglik, abs=1e-6)
    order = np.argsort(-rated.initial).tolist()
    rated, one = rated.reorder(order), one.reorder(np.argsort(-one.initial).tolist())
    assert np.allclose(rated.transitions, one.transitions, atol=1e-4)
    generator = rated.rates - np.diag(rated.rates.sum(axis=1))
    assert np.allclose(expm(0.5 * generator), rated.transitions[0], atol=1e-9)


def test_rates_of_another_unit_of_time_are_the_same_model() -> None:
    panel = with_rates()
    years = panel.data["intervals"]
    a, b = panel.collapse(), panel.collapse(intervals=12 * years)
    first, second = panel.fitted(a), panel.fitted(b)
    assert first.loglik == pytest.approx(second.loglik, abs=1e-6)
    off = ~np.eye(2, dtype=bool)
    assert np.allclose(np.sort(first.rates[off]), 12 * np.sort(second.rates[off]), rtol=1e-3)


def test_one_step_has_one_matrix() -> None:
    data = binary(two_classes(waves=2), 2)
    one, own = (fit_markov(data, 2, transitions=kind, seed=1) for kind in ("constant", "free"))
    assert one.loglik == pytest.approx(own.loglik, abs=1e-6)
    assert one.n_parameters == own.n_parameters


def test_profiles_held_fixed_at_their_estimates_give_the_same_fit() -> None:
    data = binary(two_classes(), 3)
    free = fit_markov(data, 2, seed=1)
    held = fit_markov(data, 2, seed=1, fixed=free.profiles)
    assert held.loglik == pytest.approx(free.loglik, abs=1e-6)
    assert held.n_parameters == free.n_parameters - 2 * 4
    assert np.allclose(held.transitions, free.transitions, atol=1e-3)
    assert all(np.array_equal(a, b) for a, b in zip(held.profiles, free.profiles, strict=True))


def test_no_stable_differences_leave_the_loglikelihood_near_the_plain_one() -> None:
    """The plain model is a random intercept with loadings of zero, so it can never be better."""
    data = binary(two_classes(250), 3)
    plain = fit_markov(data, 2, seed=1)
    for form, more in (("random_intercept", 4), ("mover_stayer", 2)):
        fit = fit_markov(data, 2, seed=1, form=form, starts=4, max_rounds=2)
        assert fit.loglik > plain.loglik - 1e-3
        assert fit.loglik < plain.loglik + 8.0
        assert fit.n_parameters == plain.n_parameters + more


# --- the same model, told otherwise ---------------------------------------------------------------


def test_the_future_read_backwards_is_the_same_model() -> None:
    """With a matrix for each step a chain is a chain in both directions."""
    codes = two_classes()
    forth, back = binary(codes, 3), binary(codes[:, ::-1], 3)
    a = fit_markov(forth, 2, transitions="free", seed=1)
    b = fit_markov(back, 2, transitions="free", seed=1)
    assert a.loglik == pytest.approx(b.loglik, abs=1e-6)
    a = a.reorder(np.argsort(-a.profiles[0][1]).tolist())
    b = b.reorder(np.argsort(-b.profiles[0][1]).tolist())
    ours = movement_estimates(forth, a)
    theirs = movement_estimates(back, b)
    mirrored = theirs.get("steps")[::-1].transpose(0, 2, 1)
    assert np.allclose(ours.get("steps"), mirrored, atol=1e-4)
    assert np.allclose(ours.get("first_last"), theirs.get("first_last").T, atol=1e-4)


@pytest.mark.parametrize("name", ["nominal", "covariates, constant", "two exits"])
def test_frequency_two_equals_a_duplicated_person(name: str) -> None:
    panel = PANELS[name]()
    twice = np.arange(panel.people) % 3 == 0
    people = np.concatenate([np.arange(panel.people), np.flatnonzero(twice)])
    counted = panel.collapse(freq=np.where(twice, 2.0, 1.0))
    doubled = _of_people(panel, people)
    written = doubled.collapse()
    a, b = panel.fitted(counted), doubled.fitted(written)
    assert counted.n == written.n == len(people)
    assert a.loglik == pytest.approx(b.loglik, abs=1e-6)
    first, second = movement_estimates(counted, a), movement_estimates(written, b)
    assert np.allclose(first.value, second.value, atol=1e-4)
    for kind in ("opg", "hessian", "robust"):
        one, two = (np.sqrt(np.diag(each.covariance(kind=kind))) for each in (first, second))
        assert np.allclose(one, two, rtol=1e-3, atol=1e-6, equal_nan=True)


def test_a_sampling_weight_equals_duplication_in_estimates_only() -> None:
    panel = with_steps()
    twice = np.arange(panel.people) % 3 == 0
    people = np.concatenate([np.arange(panel.people), np.flatnonzero(twice)])
    weight = np.where(twice, 2.0, 1.0)
    weighted = panel.collapse(weights=7.0 * weight)
    doubled = _of_people(panel, people)
    written = doubled.collapse()
    a, b = panel.fitted(weighted), doubled.fitted(written)
    assert weighted.n == panel.people
    assert weighted.weighted
    assert a.loglik == pytest.approx(b.loglik * weighted.n / written.n, abs=1e-5)
    first, second = movement_estimates(weighted, a), movement_estimates(written, b)
    assert np.allclose(first.value, second.value, atol=1e-4)
    one, two = (np.sqrt(np.diag(each.covariance(kind="robust"))) for each in (first, second))
    assert np.nanmedian(one / two) > 1.02


def test_the_scale_of_weights_changes_nothing() -> None:
    panel = PANELS["every kind, weights, free steps"]()
    data = panel.collapse()
    large = panel.collapse(weights=1000.0 * panel.data["weights"])
    a, b = panel.fitted(data), panel.fitted(large)
    assert a.loglik == pytest.approx(b.loglik, abs=1e-9 * abs(a.loglik))
    first, second = movement_estimates(data, a), movement_estimates(large, b)
    one, two = (np.sqrt(np.diag(each.covariance(kind="robust"))) for each in (first, second))
    assert np.allclose(one, two, rtol=1e-6, equal_nan=True)


@pytest.mark.parametrize("name", ["nominal", "covariates, constant", "rates"])
def test_the_order_of_people_does_not_matter(name: str) -> None:
    panel = PANELS[name]()
    shuffled = _of_people(panel, np.random.default_rng(2).permutation(panel.people))
    a, b = panel.fitted(panel.collapse()), shuffled.fitted(shuffled.collapse(), seed=8)
    assert a.loglik == pytest.approx(b.loglik, abs=1e-6)
    assert np.allclose(np.sort(a.initial), np.sort(b.initial), atol=1e-4)


@pytest.mark.parametrize(
    "name",
    ["nominal", "ordinal", "rates", "covariates, constant", "covariates on rates",
     "mover-stayer", "random intercept", "two exits", "free measurement"],
)  # fmt: skip
def test_the_order_of_classes_does_not_matter(name: str) -> None:
    _, data, fit, _, _ = fitted(name)
    turned = fit.reorder((1, 0))
    assert turned.loglik == fit.loglik
    assert np.allclose(turned.shares, fit.shares[:, ::-1], atol=1e-12)
    assert np.allclose(turned.transitions, fit.transitions[:, ::-1, ::-1], atol=1e-12)
    straight, mirrored = posterior(data, fit), posterior(data, turned)
    whole = [1, 0, *range(2, straight.smoothed.shape[2])]
    assert np.allclose(mirrored.smoothed, straight.smoothed[..., whole], atol=1e-9)
    assert np.array_equal(np.array(whole)[mirrored.viterbi], straight.viterbi)
    one, two = movement_estimates(data, fit), movement_estimates(data, turned)
    swap = np.ix_(whole, whole)
    assert np.allclose(one.get("first_last"), two.get("first_last")[swap], atol=1e-9)
    where, shape = one.shapes["first_last"]
    first, second = (
        np.sqrt(np.diag(each.covariance(kind="robust")))[where].reshape(shape)
        for each in (one, two)
    )
    assert np.allclose(first, second[swap], rtol=1e-5, atol=1e-9)


def test_the_order_of_labels_does_not_matter() -> None:
    codes = two_classes()
    mirrored = np.where(codes < 0, -1, 1 - codes)
    a, b = (fit_markov(binary(each, 3), 2, seed=1) for each in (codes, mirrored))
    assert a.loglik == pytest.approx(b.loglik, abs=1e-6)


def test_people_without_an_answer_and_waves_without_one() -> None:
    codes = two_classes()
    fit = fit_markov(binary(codes, 3), 2, seed=1)
    empty = np.full((9, 3, 4), -1)
    more = binary(np.concatenate([empty, codes]), 3)
    assert (more.n, more.n_empty) == (len(codes), 9)
    assert np.all(more.row_to_pattern[:9] == -1)
    assert fit_markov(more, 2, seed=1).loglik == pytest.approx(fit.loglik, abs=1e-9)
    # A wave in which nobody was asked, at the end, says nothing about the rest.
    longer = np.concatenate([codes, np.full((len(codes), 1, 4), -1)], axis=1)
    again = fit_markov(binary(longer, 4), 2, transitions="constant", seed=1)
    assert again.loglik == pytest.approx(fit.loglik, abs=1e-6)


def test_an_item_asked_in_one_wave_only_is_the_same_as_one_free_in_each() -> None:
    """`split_by_group` over waves; all items free: no item is shared by two waves."""
    panel = with_free_measurement()
    wave = np.tile(np.arange(3, dtype=np.int32), panel.people)
    items = Panel(panel.kinds, panel.table, 3).items()
    data = SequenceData.collapse(split_by_group(items, wave, free=range(4)), 3)
    fit = fit_markov(data, 2, transitions="free", seed=1, starts=20)
    assert len(fit.profiles) == 12
    assert fit.n_parameters == 1 + 4 + 24
    equal = fit_markov(SequenceData.collapse(items, 3), 2, transitions="free", seed=1)
    assert fit.loglik > equal.loglik


# --- draws ----------------------------------------------------------------------------------------


def test_drawn_paths_follow_the_posterior() -> None:
    panel = with_steps()
    data = panel.collapse()
    fit = panel.fitted(data)
    paths = posterior(data, fit)
    drawn = paths.draw(np.random.default_rng(1), 4000)
    assert drawn.shape == (4000, data.n_patterns, 4)
    found = np.stack([(drawn == k).mean(axis=0) for k in range(2)], axis=-1)
    assert np.abs(found - paths.smoothed).max() < 0.05
    both = ((drawn[:, :, 0] == 0) & (drawn[:, :, 3] == 1)).mean(axis=0)
    assert np.abs(both - np.asarray(paths.first_last)[:, 0, 1]).max() < 0.05
    again = paths.draw(np.random.default_rng(1), 4000)
    assert np.array_equal(drawn, again)


@pytest.mark.parametrize(
    "name", ["nominal", "count", "mover-stayer", "random intercept", "covariates, constant"]
)
def test_simulated_answers_follow_the_model_and_keep_what_is_missing(name: str) -> None:
    panel, data, fit, _, _ = fitted(name)
    drawn = simulate_sequences(data, fit, np.random.default_rng(3))
    assert (drawn.n, drawn.waves) == (data.n, data.waves)
    assert np.array_equal(_missing(data), _missing(drawn))
    for before, after in zip(data.totals, drawn.totals, strict=True):
        if len(before) == len(after) == 2:  # shares of a yes
            assert after[1] / after.sum() == pytest.approx(before[1] / before.sum(), abs=0.05)
    if fit.loadings is None:
        again = panel.fitted(drawn)
        order = min(([0, 1], [1, 0]), key=lambda o: np.abs(again.initial[o] - fit.initial).sum())
        assert np.abs(again.reorder(order).shares - fit.shares).max() < 0.12


def test_the_fallback_without_numba_gives_the_same_answer() -> None:
    script = (
        "import numpy as np, sys\n"
        "from vendepunkt.numerics import Item\n"
        "from vendepunkt.numerics.markov import SequenceData, fit_markov, movement_estimates\n"
        "rng = np.random.default_rng(1); z = rng.random(150) < .4\n"
        "path = np.column_stack([z, np.where(rng.random(150) < .2, ~z, z)]).ravel()\n"
        "items = [Item('binary', np.where(rng.random(300) < .1, -1, rng.random(300)"
        " < np.where(path, .9, .2)).astype(np.int32), np.arange(2.)) for _ in range(4)]\n"
        "data = SequenceData.collapse(items, 2)\n"
        "fit = fit_markov(data, 2, starts=6, max_rounds=2)\n"
        "found = movement_estimates(data, fit)\n"
        "error = np.sqrt(np.diag(found.covariance(kind='robust')))[found.shapes['steps'][0]]\n"
        "print(f'{fit.loglik:.6f}', f'{np.sort(error.ravel())[0]:.4f}', 'numba' in sys.modules)\n"
    )
    said = {}
    for engine in ("numpy", ""):
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "VENDEPUNKT_ENGINE": engine},
            capture_output=True,
            text=True,
            check=True,
        )
        said[engine] = done.stdout.split()
    assert said["numpy"][:2] == said[""][:2]
    assert said["numpy"][2] == "False"


def _missing(data: SequenceData) -> NDArray[np.bool_]:
    """Which answers are missing, (N, T, J)."""
    nothing = np.array([item.n_values for item in data.items])
    return np.asarray(data.answers[data.observed[data.row_to_pattern]] == nothing)


def _of_people(panel: Panel, people: NDArray[np.int_]) -> Panel:
    """The panel of these people, in this order."""
    rows = (people[:, None] * panel.waves + np.arange(panel.waves)).ravel()
    options = {
        key: value[people] if key in {"initial", "transition", "weights", "exits"} else value
        for key, value in panel.data.items()
    }
    return Panel(panel.kinds, panel.table[rows], panel.waves, options, panel.fit, panel.free)
