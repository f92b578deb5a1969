"""The compiled engine does what its numpy twin does, step by step and to the end.

Tolerance 1e-9: both add the same numbers in another order, over a few hundred patterns.
"""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from tests.numerics.conftest import KINDS, random_data

from vendepunkt.numerics import LatentData
from vendepunkt.numerics.em import kernel, twin
from vendepunkt.numerics.em.climb import NO_WEIGHTS, climb
from vendepunkt.numerics.em.layout import Layout, pack, unpack
from vendepunkt.numerics.problem import draw_states
from vendepunkt.numerics.small import digamma, log_lanes, solve_positive, trigamma


def compiled_step(
    data: LatentData, states: np.ndarray, prior: float = 0.0, own: np.ndarray = NO_WEIGHTS
) -> tuple[np.ndarray, np.ndarray]:
    layout = Layout.of(data)
    starts, _, classes = states.shape
    block = pack(states)
    out = block.copy()
    table = np.ones((layout.n_table, 64))
    counts, offset, loglik = np.empty_like(table), np.zeros_like(table), np.empty(64)
    kernel.em_step(
        block, out, table, counts, offset, loglik, layout.codes, data.weight, own, layout.spec,
        layout.values, layout.design, classes, starts, prior,
    )  # fmt: skip
    return unpack(out, classes, starts), loglik[:starts]


@pytest.mark.parametrize("covariates", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("classes", [1, 2, 5])
def test_one_step_of_each_type_is_the_twins(kind: str, classes: int, covariates: bool) -> None:
    data = random_data((kind, "nominal"), weighted=True, covariates=covariates)
    layout = Layout.of(data)
    states = draw_states(data, layout, classes, 3, np.random.default_rng(1))
    for _ in range(3):  # after a few steps states are no longer those of a start
        moved, loglik = compiled_step(data, states)
        for s, state in enumerate(states):
            expected, expected_loglik = twin.em_step(data, layout, state, data.weight, 0.0)
            assert loglik[s] == pytest.approx(expected_loglik, rel=1e-9)
            np.testing.assert_allclose(moved[s], expected, rtol=1e-7, atol=1e-9)
        states = moved


def test_a_step_with_a_prior_is_the_twins() -> None:
    data = random_data(("nominal", "binary", "monotone"))
    layout = Layout.of(data)
    states = draw_states(data, layout, 3, 2, np.random.default_rng(1))
    moved, loglik = compiled_step(data, states, prior=2.0)
    for s, state in enumerate(states):
        expected, expected_loglik = twin.em_step(data, layout, state, data.weight, 2.0)
        assert loglik[s] == pytest.approx(expected_loglik, rel=1e-9)
        np.testing.assert_allclose(moved[s], expected, rtol=1e-9)


def test_each_start_can_have_weights_of_its_own() -> None:
    data = random_data(KINDS)
    layout = Layout.of(data)
    states = draw_states(data, layout, 3, 2, np.random.default_rng(1))
    own = np.random.default_rng(5).uniform(0, 2, (data.n_patterns, 2))
    moved, loglik = compiled_step(data, states, own=own)
    for s, state in enumerate(states):
        expected, expected_loglik = twin.em_step(data, layout, state, own[:, s], 0.0)
        assert loglik[s] == pytest.approx(expected_loglik, rel=1e-9)
        np.testing.assert_allclose(moved[s], expected, rtol=1e-7, atol=1e-9)


def test_the_likelihood_never_falls(mixed: LatentData) -> None:
    states = draw_states(mixed, Layout.of(mixed), 3, 5, np.random.default_rng(2))
    before = np.full(5, -np.inf)
    for _ in range(60):
        states, loglik = compiled_step(mixed, states)
        assert (loglik >= before - 1e-7).all()
        before = loglik


def test_the_climb_ends_where_plain_em_ends() -> None:
    data = random_data(("nominal", "nominal", "ordinal", "binary", "count"), seed=4)
    layout = Layout.of(data)
    states = draw_states(data, layout, 2, 4, np.random.default_rng(2))
    fast = climb(data, layout, states, most=5000, gain=1e-10)
    weights = np.repeat(data.weight[:, None], 4, axis=1)
    _, slow, done, _ = twin.climb(data, layout, states, weights, 5000, 1e-9, 0.0)
    assert fast.done.all()
    assert done.all()
    assert fast.loglik.max() == pytest.approx(slow.max(), abs=1e-4)


def test_many_items_do_not_run_out_of_numbers() -> None:
    rng = np.random.default_rng(0)
    data = random_data(("nominal",) * 300, n=60, classes=2)
    states = draw_states(data, Layout.of(data), 2, 3, rng)
    _, loglik = compiled_step(data, states)
    for s, state in enumerate(states):
        expected = twin.em_step(data, Layout.of(data), state, data.weight, 0.0)[1]
        assert expected < -10_000
        assert loglik[s] == pytest.approx(expected, rel=1e-9)


def test_the_fallback_without_numba_gives_the_same_answer() -> None:
    script = (
        "import numpy as np, sys\n"
        "from vendepunkt.numerics import Item, LatentData, fit_classes\n"
        "rng = np.random.default_rng(1); z = rng.random(200) < .4\n"
        "items = [Item('binary', (rng.random(200) < np.where(z, .9, .2)).astype(np.int32),"
        " np.arange(2.)) for _ in range(4)]\n"
        "fit = fit_classes(LatentData.collapse(items), 2, starts=10, max_rounds=2)\n"
        "print(f'{fit.loglik:.6f}', 'numba' in sys.modules)\n"
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
    assert said["numpy"][0] == said[""][0]
    assert said["numpy"][1] == "False"


def test_small_pieces_against_scipy() -> None:
    from scipy import special

    x = np.geomspace(1e-300, 1e300, 4001)
    out = np.empty_like(x)
    log_lanes(x, out, np.empty(len(x), dtype=np.int64), len(x))
    np.testing.assert_allclose(out, np.log(x), rtol=1e-15, atol=1e-15)
    for value in (1e-3, 0.4, 1.0, 3.3, 40.0, 1e5):
        assert digamma(value) == pytest.approx(special.psi(value), rel=1e-10)
        assert trigamma(value) == pytest.approx(special.polygamma(1, value), rel=1e-9)
    matrix = np.array([[4.0, 1.0, 0.0], [1.0, 3.0, 0.5], [0.0, 0.5, 2.0]])
    right = np.array([1.0, -2.0, 0.5])
    expected = np.linalg.solve(matrix, right)
    solve_positive(matrix.copy(), right, 3)
    np.testing.assert_allclose(right, expected, rtol=1e-8)
