"""The coverage bars of METHODS 3 for transitions, and bootstrap errors beside design errors.

With 1,000 replicates the Monte-Carlo error of a coverage of 95 % is 0.7 %, so a right interval
stays inside 93 to 97 % but for one run in two hundred.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests.simulation.markov_coverage import (
    COLUMNS,
    Outcome,
    aligned,
    replicate,
    summary,
    transition_errors,
)
from tests.simulation.markov_populations import BAR, SMALL, MovingSetting, draw_moving

from vendepunkt.data import Design
from vendepunkt.numerics.markov import fit_markov, fit_replicates, movement_estimates

Measured = Callable[..., None]
#: METHODS 3: transitions of at least this probability out of origins of at least so many people.
LEAST, ORIGIN = 0.05, 200


def simulate(setting: MovingSetting, replicates: int, measured: Measured) -> list[dict[str, str]]:
    outcomes = [replicate(setting, seed) for seed in range(1, replicates + 1)]
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in summary(setting, outcomes)]
    for row in rows:
        measured("simulations", **row)
    return rows


@pytest.mark.slow
def test_intervals_of_transitions_cover(measured: Measured) -> None:
    rows = simulate(BAR, 1000, measured)
    assert float(rows[0]["entropy"]) >= 0.85
    assert float(rows[0]["kish"]) >= 1.35
    assert int(rows[0]["psus"]) >= 60
    held = [row for row in rows if float(row["truth"]) >= LEAST and int(row["origin"]) >= ORIGIN]
    assert len(held) == len(rows)
    for row in held:
        assert 0.93 <= float(row["covered"]) <= 0.97, row


@pytest.mark.slow
def test_intervals_of_small_cells_cover_with_a_weak_prior(measured: Measured) -> None:
    """True probabilities .01 to .05 out of 30 to 100 people: at least 93 %."""
    rows = simulate(SMALL, 500, measured)
    held = [
        row
        for row in rows
        if 0.01 <= float(row["truth"]) <= 0.05 and 30 <= int(row["origin"]) <= 100
    ]
    assert len(held) >= 4
    for row in held:
        assert float(row["covered"]) >= 0.93, row


@pytest.mark.slow
def test_bootstrap_errors_are_the_design_errors(measured: Measured) -> None:
    """400 bootstrap weights: an error ratio has a Monte-Carlo error of 4 % and the bias of n."""
    sample = draw_moving(BAR, 1)
    fit = aligned(
        fit_markov(sample.data, 3, transitions="free", starts=10, seed=1), BAR.probabilities
    )
    design = Design(BAR.n, weights=sample.weights, strata=sample.strata, clusters=(sample.psu,))
    found = movement_estimates(sample.data, fit)
    _, linear = transition_errors(found, found.covariance(kind="design", design=design))
    kept = design.with_replicates("bootstrap", n_replicates=400, seed=1).replicate_weights
    assert kept is not None
    ends = fit_replicates(sample.data, fit, kept.matrix())
    where = found.shapes["steps"][0]
    each = ends.estimates[:, where].reshape(-1, *linear.shape)
    each = each / each.sum(axis=3, keepdims=True)
    replicated = each.std(axis=0, ddof=1)
    ratio = replicated / linear
    measured(
        "simulations",
        setting="bootstrap against design errors, transitions",
        replicates=len(each),
        elsewhere=len(ends.elsewhere),
        median_ratio=f"{np.median(ratio):.3f}",
        least=f"{ratio.min():.3f}",
        most=f"{ratio.max():.3f}",
    )
    assert np.median(ratio) == pytest.approx(1.0, abs=0.1)
    assert ratio.min() > 0.75
    assert ratio.max() < 1.35


@pytest.mark.parametrize("setting", [BAR, SMALL], ids=lambda setting: setting.name)
def test_one_replicate_gives_an_interval_per_transition(setting: MovingSetting) -> None:
    outcome = replicate(setting, 1)
    assert isinstance(outcome, Outcome)
    assert np.allclose(outcome.estimates.sum(axis=2), 1.0)
    assert np.all(outcome.low <= outcome.estimates)
    assert np.all(outcome.estimates <= outcome.high)
    assert np.all(outcome.low < outcome.high)
