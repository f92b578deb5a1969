"""The referee of movement is refereed: path sums against recursions, closed forms and enumeration.

Tolerance 1e-10: both sides are evaluated in double precision and differ by rounding only.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.linalg import expm
from tests.reference.lta_data import drug_table
from tests.twin import latent_class
from tests.twin.latent_class import Nominal
from tests.twin.latent_markov import (
    Chain,
    Shifted,
    em_chain,
    forward_backward,
    log_sum,
    richardson,
)

NOBODY = np.zeros(1, dtype=int)


def _rng() -> np.random.Generator:
    return np.random.default_rng(7)


def every_answer(waves: int, items: int) -> np.ndarray:
    """All yes/no answers of one person, (2 ** (T J), T, J)."""
    flat = np.array(list(product((0, 1), repeat=waves * items)))
    return flat.reshape(len(flat), waves, items)


def chain(codes: np.ndarray, classes: int = 2, categories: int = 2, **options: object) -> Chain:
    """A model of nominal items over codes (N, T, J)."""
    people, waves, n_items = codes.shape
    items = [Nominal(codes[:, :, j].ravel(), categories, classes) for j in range(n_items)]
    return Chain(items, people, waves, classes, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("transitions", ["constant", "free", "rate"])
@pytest.mark.parametrize("stayers", [False, True])
def test_it_sums_to_one_over_every_answer(transitions: str, stayers: bool) -> None:
    codes = every_answer(3, 2)
    model = chain(codes, transitions=transitions, stayers=stayers, intervals=np.array([1.0, 2.5]))
    theta = _rng().normal(size=model.n_parameters)
    assert np.exp(model.row_loglik(theta)).sum() == pytest.approx(1.0, abs=1e-12)


def test_it_sums_to_one_with_a_random_intercept() -> None:
    codes = every_answer(3, 2)
    items = [Shifted(codes[:, :, j].ravel(), 2, 2, 7) for j in range(2)]
    model = Chain(items, len(codes), 3, 2, nodes=7)
    theta = _rng().normal(size=model.n_parameters)
    assert np.exp(model.row_loglik(theta)).sum() == pytest.approx(1.0, abs=1e-12)


def test_it_sums_to_one_over_every_answer_and_exit() -> None:
    """Two waves, one item, an exit without a way back and one with: all that can be seen."""
    seen = [(first, second) for first in (0, 1) for second in (0, 1, -1, -2)]
    codes = np.array(seen)[:, :, None]
    exits = np.where(codes[:, :, 0] < 0, -codes[:, :, 0], 0)
    codes = np.maximum(codes, -1)
    model = chain(codes, exits=exits, absorbing=(True, False))
    theta = _rng().normal(size=model.n_parameters)
    assert np.exp(model.row_loglik(theta)).sum() == pytest.approx(1.0, abs=1e-12)


def test_nobody_comes_back_from_an_absorbing_exit_and_some_do_from_another() -> None:
    codes = np.array([[0, -1, 1]])[:, :, None]
    for absorbing, possible in ((True, False), (False, True)):
        model = chain(codes, exits=np.array([[0, 1, 0]]), absorbing=(absorbing,))
        theta = _rng().normal(size=model.n_parameters)
        assert (model.loglik(theta) > -100) == possible


def test_paths_and_recursions_agree() -> None:
    rng = _rng()
    codes = rng.integers(-1, 3, size=(9, 4, 2))
    model = chain(codes, classes=3, categories=3, transitions="free")
    theta = rng.normal(size=model.n_parameters)
    density = np.exp(model.log_answers(theta))
    first = np.exp(model.log_initial(theta)[0])
    steps = np.exp(model.log_steps(theta)[0])
    smoothed, both = model.smoothed(theta), model.steps_posterior(theta)
    for i, loglik in enumerate(model.row_loglik(theta)):
        total, at, step = forward_backward(first, steps, density[i])
        assert total == pytest.approx(loglik, abs=1e-12)
        assert np.allclose(at, smoothed[i], atol=1e-12)
        assert np.allclose(step, both[i], atol=1e-12)
    ends = model.first_last_posterior(theta)
    assert np.allclose(ends.sum(axis=2), smoothed[:, 0], atol=1e-12)
    assert np.allclose(ends.sum(axis=1), smoothed[:, -1], atol=1e-12)


def test_its_most_likely_path_is_found_by_dynamic_programming_too() -> None:
    rng = _rng()
    codes = rng.integers(0, 2, size=(6, 5, 2))
    model = chain(codes, classes=3)
    theta = rng.normal(size=model.n_parameters)
    paths, chance = model.viterbi(theta)
    answers, steps = model.log_answers(theta), model.log_steps(theta)[0]
    for i in range(6):
        score = model.log_initial(theta)[0] + answers[i, 0]
        back = []
        for t in range(4):
            table = score[:, None] + steps[t]
            back.append(table.argmax(axis=0))
            score = table.max(axis=0) + answers[i, t + 1]
        path = [int(score.argmax())]
        for pointer in reversed(back):
            path.insert(0, int(pointer[path[0]]))
        assert path == paths[i].tolist()
        assert np.exp(score.max() - model.row_loglik(theta)[i]) == pytest.approx(chance[i])


def test_rates_are_matrix_exponentials_and_log_linear_in_covariates() -> None:
    rng = _rng()
    moves = np.dstack([np.ones((4, 2)), rng.normal(size=(4, 2))])
    years = np.array([0.5, 3.0])
    codes = rng.integers(0, 2, size=(4, 3, 1))
    model = chain(codes, transitions="rate", moves=moves, intervals=years)
    theta = rng.normal(size=model.n_parameters)
    effects = model.split(theta)[1].reshape(2, 2)
    steps = np.exp(model.log_steps(theta))
    for i, t in product(range(4), range(2)):
        up, down = np.exp(moves[i, t] @ effects.T)
        generator = np.array([[-up, up], [down, -down]])
        assert np.allclose(steps[i, t], expm(generator * years[t]), atol=1e-12)


def test_a_share_of_stayers_of_zero_and_loadings_of_zero_change_nothing() -> None:
    rng = _rng()
    codes = rng.integers(0, 2, size=(8, 3, 2))
    plain = chain(codes)
    theta = rng.normal(size=plain.n_parameters)
    first, moves, *items = plain.split(theta)
    still = chain(codes, stayers=True)
    with_stayers = np.concatenate([first, [-60.0, -60.0], moves, *items])
    assert np.allclose(still.row_loglik(with_stayers), plain.row_loglik(theta), atol=1e-12)
    shifted = [Shifted(codes[:, :, j].ravel(), 2, 2, 9) for j in range(2)]
    model = Chain(shifted, 8, 3, 2, nodes=9)
    flat = np.concatenate([first, moves, *[np.append(item, 0.0) for item in items]])
    assert np.allclose(model.row_loglik(flat), plain.row_loglik(theta), atol=1e-12)


def test_a_random_intercept_is_integrated_out() -> None:
    """With many nodes: an average of the chain over a fine grid of the normal distribution."""
    rng = _rng()
    codes = rng.integers(0, 3, size=(5, 3, 2))
    items = [Shifted(codes[:, :, j].ravel(), 3, 2, 40) for j in range(2)]
    model = Chain(items, 5, 3, 2, nodes=40)
    theta = rng.normal(size=model.n_parameters)
    grid = np.linspace(-9.0, 9.0, 1801)
    mass = np.exp(-0.5 * grid**2) / np.exp(-0.5 * grid**2).sum()
    given = [
        log_sum(model.log_prior(theta) + model._along(model.log_answers(theta, u))) for u in grid
    ]
    assert np.allclose(model.row_loglik(theta), np.log(mass @ np.exp(np.array(given))), atol=1e-8)
    own = model.split(theta)[2]
    assert np.allclose(items[0].solve(items[0].profile(own), own[-2:]), own, atol=1e-9)


def test_people_who_never_move_are_the_stayers() -> None:
    """Where movers always move, the joint of the path is the share of stayers."""
    model = chain(np.full((1, 3, 1), -1), stayers=True)
    theta = np.array([*np.log([2.0, 3.0, 2.0]), 50.0, 50.0, 0.0, 0.0])
    ends = model.tables(theta)["first_last"]
    assert np.allclose(np.diag(ends), 0.5, atol=1e-12)  # movers are back after two steps
    assert np.allclose(model.tables(theta)["steps"][0], [[0.375, 0.125], [0.25, 0.25]], atol=1e-12)


def test_its_derivatives_are_those_of_finite_differences() -> None:
    rng = _rng()
    codes = rng.integers(-1, 2, size=(12, 3, 2))
    moves = np.dstack([np.ones((12, 2)), rng.normal(size=(12, 2))])
    exits = np.zeros((12, 3), dtype=int)
    exits[:3, 2] = 1
    for transitions in ("constant", "free", "rate"):
        model = chain(
            codes,
            transitions=transitions,
            moves=moves,
            initial=np.column_stack([np.ones(12), rng.normal(size=12)]),
            intervals=np.array([1.0, 2.0]),
            exits=exits,
            absorbing=(True,),
        )
        theta = 0.5 * rng.normal(size=model.n_parameters)
        exact = latent_class.complex_step(model.loglik, theta)[0]
        assert np.allclose(richardson(model.loglik, theta), exact, atol=1e-8)


def test_without_error_its_information_is_that_of_counted_moves() -> None:
    """Answers that give the class away: a step's probability has variance p (1 - p) / n."""
    moves = {(0, 0): 60, (0, 1): 20, (1, 0): 10, (1, 1): 30}
    codes = np.repeat(np.array(list(moves)), list(moves.values()), axis=0)[:, :, None]
    model = chain(codes)
    known = np.array([-40.0, 40.0])  # logit of yes in either class
    theta = np.concatenate([[np.log(40 / 80)], np.log([20 / 60, 10 / 30]), known])
    assert np.abs(latent_class.complex_step(model.loglik, theta)[0][:3]).max() < 1e-10
    expected = 80 * np.log(80 / 120) + 40 * np.log(40 / 120)
    expected += sum(n * np.log(n / (80 if a == 0 else 40)) for (a, _), n in moves.items())
    assert model.loglik(theta) == pytest.approx(expected, abs=1e-9)
    free = np.array([True, True, True, False, False])
    found = latent_class.covariances(model, theta, free=free)
    joint = found["hessian"][5, 5]  # share of all who moved from the first class to the second
    assert joint == pytest.approx((20 / 120) * (100 / 120) / 120, rel=1e-6)


def test_its_em_climbs_to_where_the_gradient_is_zero() -> None:
    rng = _rng()
    first = (rng.random(150) < 0.4).astype(int)
    second = np.where(rng.random(150) < 0.15, 1 - first, first)
    member = np.column_stack([first, second])
    codes = (rng.random((150, 2, 3)) < np.where(member, 0.85, 0.2)[:, :, None]).astype(int)
    codes[rng.random(codes.shape) < 0.1] = -1
    start = [np.array([[0.6, 0.3], [0.4, 0.7]])] * 3
    steps = np.array([[[0.8, 0.2], [0.2, 0.8]]])
    initial, steps, tables, trace = em_chain(
        codes, [2] * 3, np.array([0.5, 0.5]), steps, start, rounds=250
    )
    assert np.all(np.diff(trace) > -1e-9)
    model = chain(codes)
    parts = [item.invert(table) for item, table in zip(model.items, tables, strict=True)]
    head = np.log([initial[1] / initial[0], *(steps[0, [0, 1], [1, 0]] / np.diag(steps[0]))])
    theta = np.concatenate([head, *parts])
    assert model.loglik(theta) == pytest.approx(trace[-1], abs=1e-6)
    assert np.abs(latent_class.complex_step(model.loglik, theta)).max() < 1e-2


def test_its_em_reaches_what_r_says_of_the_drug_data() -> None:
    """LMest 3.2.5, three classes, one matrix for all steps: -658.5924."""
    codes, freq = drug_table()
    sure = np.full((3, 3), 0.05) + 0.85 * np.eye(3)
    steps = np.repeat(sure[None], 4, axis=0)
    found = em_chain(
        codes, [3], np.array([0.9, 0.07, 0.03]), steps, [sure], weights=freq, rounds=250
    )
    assert found[3][-1] == pytest.approx(-658.5924, abs=2e-3)
