"""Small random panels of any shape, where estimates run into their limits: engine against twin.

Few people, up to three classes and four waves, any item types together, many missing answers,
weights: most of these fits hold probabilities at 0 or 1, and some waves are empty. Tolerances as
in `test_markov_engine.py`; a probability that the engine holds at 1e-10 is 0 to the twin, which
moves a log-likelihood by less than 1e-6.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contract.item_cases import CASES
from tests.contract.markov_cases import Panel, inside, parameters
from tests.simulation.markov_populations import draw_paths
from tests.twin import latent_class as twin

from vendepunkt.numerics.markov import SequenceData, fit_markov, fit_replicates, posterior
from vendepunkt.numerics.markov import movement_estimates as estimates_of

KINDS = ("binary", "nominal", "ordinal", "count", "continuous")


def random_panel(
    seed: int, waves: int, kinds: tuple[str, ...], people: int, missing: float, weighted: bool
) -> Panel:
    """Two true classes; answers missing by chance, whole waves for some, everybody asked once."""
    rng = np.random.default_rng([seed, 50])
    step = np.array([[0.8, 0.2], [0.3, 0.7]])
    first = np.tile([0.5, 0.5], (people, 1))
    paths = draw_paths(rng, first, np.broadcast_to(step, (people, waves - 1, 2, 2)))
    table = np.column_stack([CASES[kind].draw(rng, paths.ravel()) for kind in kinds])
    table[rng.random(table.shape) < missing] = np.nan
    table[rng.random(len(table)) < missing] = np.nan
    whole = table.reshape(people, waves, -1)
    empty = np.isnan(whole).all(axis=(1, 2))
    whole[empty, rng.integers(0, waves, empty.sum()), 0] = 1.0
    options: dict[str, Any] = {}
    if weighted:
        options["weights"] = rng.uniform(0.2, 4.0, people)
    return Panel(kinds, whole.reshape(people * waves, -1), waves, options)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    waves=st.integers(1, 4),
    classes=st.integers(1, 3),
    kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=4).map(tuple),
    people=st.integers(25, 70),
    missing=st.sampled_from([0.0, 0.1, 0.4]),
    weighted=st.booleans(),
    transitions=st.sampled_from(["constant", "free", "rate"]),
)
def test_any_panel_has_the_twins_likelihood_and_posteriors(
    seed: int,
    waves: int,
    classes: int,
    kinds: tuple[str, ...],
    people: int,
    missing: float,
    weighted: bool,
    transitions: str,
) -> None:
    panel = random_panel(seed, waves, kinds, people, missing, weighted)
    panel.fit["transitions"] = transitions
    panel.data["intervals"] = np.linspace(0.5, 2.0, waves - 1)
    data = panel.collapse()
    fit = fit_markov(data, classes, transitions=transitions, starts=3, max_rounds=1, seed=seed)
    model = panel.chain(classes)
    theta = parameters(model, fit)
    assert data.n == people
    assert fit.n_parameters == model.n_parameters
    assert model.loglik(theta) == pytest.approx(fit.loglik, abs=1e-6)
    paths = posterior(data, fit)
    assert np.allclose(paths.smoothed[data.row_to_pattern], model.smoothed(theta), atol=1e-6)
    ends = model.first_last_posterior(theta)
    assert np.allclose(paths.first_last[data.row_to_pattern], ends, atol=1e-6)
    assert np.allclose(fit.shares.sum(axis=1), 1.0, atol=1e-9)
    assert np.allclose(fit.shares, model.tables(theta)["shares"], atol=1e-6)
    if fit.converged and transitions != "rate":
        free = inside(model, fit)
        slope = twin.complex_step(model.loglik, theta)[0]
        assert np.abs(slope[free]).max(initial=0.0) < 0.05
    found = estimates_of(data, fit)
    assert np.allclose(found.get("shares"), fit.shares, atol=1e-9)
    assert np.all(np.isfinite(found.influence.values))


def test_replicates_are_the_fits_under_their_weights() -> None:
    panel = random_panel(3, 3, ("binary",) * 4 + ("nominal",), 300, 0.1, weighted=True)
    data = panel.collapse()
    fit = fit_markov(data, 2, transitions="free", starts=10, seed=1)
    base = panel.data["weights"]
    rng = np.random.default_rng(1)
    columns = base[:, None] * rng.multinomial(300, np.full(300, 1 / 300), size=3).T
    ends = fit_replicates(data, fit, columns)
    full = estimates_of(data, fit)
    assert np.allclose(ends.estimate, full.value, atol=1e-9)
    assert ends.estimates.shape == (3, len(full.value))
    for number, weights in enumerate(columns.T):
        drawn = SequenceData.collapse(panel.items(), 3, weights=weights)
        again = fit_markov(drawn, 2, transitions="free", starts=10, seed=1)
        orders = ([0, 1], [1, 0])
        best = min(orders, key=lambda o: float(np.abs(again.reorder(o).shares - fit.shares).sum()))
        value = estimates_of(drawn, again.reorder(best)).value
        if number + 1 not in ends.elsewhere:
            assert np.allclose(ends.estimates[number], value, atol=1e-3)
    assert len(ends.elsewhere) < 3


@pytest.mark.parametrize("transitions", ["constant", "free", "rate"])
def test_one_class_is_everybodys_answers(transitions: str) -> None:
    panel = random_panel(0, 3, ("nominal", "binary"), 60, 0.2, weighted=False)
    data = panel.collapse(intervals=np.array([1.0, 2.0]))
    fit = fit_markov(data, 1, transitions=transitions, starts=3, seed=0)
    assert fit.converged
    assert fit.starts_finished == 1
    assert fit.shares.tolist() == [[1.0]] * 3
    for profile, total in zip(fit.profiles, data.totals, strict=True):
        assert np.allclose(profile[:, 0], total / total.sum(), atol=1e-9)
    assert fit.loglik == pytest.approx(
        sum(float(t @ np.log(np.maximum(t, 1e-300) / t.sum())) for t in data.totals), abs=1e-6
    )


def test_one_class_that_answers_alike_has_nothing_to_estimate() -> None:
    panel = random_panel(0, 2, ("binary",), 25, 0.1, weighted=False)
    alike = np.where(np.isnan(panel.table), np.nan, 1.0)
    fit = fit_markov(Panel(("binary",), alike, 2).collapse(), 1, seed=0)
    assert fit.loglik == pytest.approx(0.0, abs=1e-6)


def test_rates_where_nobody_moves() -> None:
    """Three copies of an item that tells the class, and nobody changes it: all rates are 0."""
    rng = np.random.default_rng(2)
    table = np.repeat(np.repeat(rng.integers(0, 2, 40), 3)[:, None], 3, axis=1).astype(float)
    data = Panel(("binary",) * 3, table, 3).collapse(intervals=np.array([1.0, 2.0]))
    fit = fit_markov(data, 2, transitions="rate", starts=5, seed=1)
    assert np.allclose(fit.transitions, np.eye(2), atol=1e-4)
    first = np.bincount(table[::3, 0].astype(int))
    assert fit.loglik == pytest.approx(float(first @ np.log(first / 40)), abs=1e-2)
    assert np.all(np.isfinite(estimates_of(data, fit).influence.values))
