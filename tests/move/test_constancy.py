"""One matrix for all steps, or rates, against a matrix for each: also under weights and clusters.

Rates of rejection: nominal 5 % within four Monte-Carlo errors of the number of samples.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import expm
from tests.move.panels import STEP2, Truth, people

from vendepunkt.move import Constancy, MoveOptions, move
from vendepunkt.move.constancy import _scaled

RATES = np.array([[-0.06, 0.06], [0.15, -0.15]])
#: Constant rates over one year and over five.
UNEQUAL = np.stack([expm(RATES), expm(5 * RATES)])


def in_clusters(truth: Truth, seed: int) -> Truth:
    """64 clusters in 8 strata, with weights."""
    n = len(truth.classes)
    rng = np.random.default_rng(seed)
    cluster = rng.integers(0, 64, n)
    columns = pd.DataFrame(
        {"psu": cluster, "stratum": cluster // 8, "w": rng.lognormal(0, 0.55, n)}
    ).reindex(truth.frame["id"])
    frame = truth.frame.assign(**{name: columns[name].to_numpy() for name in columns})
    return replace(truth, frame=frame)


def compared(truth: Truth, transitions: str, *, clusters: int | None = None, **options: Any) -> Any:
    if clusters is not None:
        truth = in_clusters(truth, clusters)
        options |= {"weights": "w", "strata": "stratum", "clusters": "psu", "nest": True}
    how = MoveOptions(classes=(2,), starts=5, transitions=transitions, small_cells="flag")
    found = move(truth.panel(**options), how).constancy
    assert isinstance(found, Constancy)
    return found


def test_rates_over_unequal_years_hold_where_one_matrix_does_not() -> None:
    truth = people(3000, step=UNEQUAL, seed=1)
    years = [2000.0, 2001.0, 2006.0]
    assert compared(truth, "rate", times=years).rejected is False
    assert compared(truth, "constant", times=years).rejected is True
    rate = compared(truth, "rate", times=years, clusters=3)
    assert rate.test == "scaled_lr"
    assert rate.rejected is False
    one = compared(truth, "constant", times=years, clusters=3)
    assert one.test == "wald"
    assert one.rejected is True


def test_rates_that_change_are_rejected_under_a_design() -> None:
    steps = np.stack([expm(RATES), expm(0.2 * RATES)])
    truth = people(3000, step=steps, seed=2)
    found = compared(truth, "rate", times=[0.0, 1.0, 2.0], clusters=4)
    assert found.test == "scaled_lr"
    assert found.rejected is True


def test_the_scaled_ratio_agrees_with_wald_and_not_with_the_raw_ratio() -> None:
    truth = people(2000, step=np.stack([STEP2, STEP2 @ STEP2]), seed=3)
    found = compared(truth, "constant", clusters=5)
    scaled = _scaled(found.restricted, found.free)
    raw = 2 * (found.free.fit.loglik - found.restricted.fit.loglik) / 2
    assert scaled.statistic == pytest.approx(found.statistic, rel=0.25)
    # Kish effect 1.35: the raw ratio claims more than there is.
    assert raw / scaled.statistic == pytest.approx(1.35, abs=0.35)


@pytest.mark.slow
def test_rejection_at_about_the_nominal_rate_under_a_design() -> None:
    samples = 120
    rejected = []
    for seed in range(samples):
        truth = people(800, step=UNEQUAL, seed=seed + 900)
        found = compared(truth, "rate", times=[0.0, 1.0, 6.0], clusters=seed)
        rejected.append(found.p_value < 0.05)
    assert abs(np.mean(rejected) - 0.05) < 4 * np.sqrt(0.05 * 0.95 / samples)
