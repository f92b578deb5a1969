"""Three steps beside one step on the GSS panel: 2,000 people, three waves, nine indicators.

One step is the latent Markov fit whose log-likelihoods stand in `lta/solutions.csv`. Nobody has
published three steps on these data; what is held is what must follow, and the figures on the page
docs/explanation/three-step-transitions.md.
"""

from __future__ import annotations

from functools import cache
from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.reference.lta_data import gss_table, sequences

from vendepunkt.numerics import Item
from vendepunkt.numerics.markov import MarkovFit, fit_markov, movement_estimates
from vendepunkt.numerics.threestep import (
    WaveMeasurement,
    assign,
    measure_waves,
    three_step,
    three_step_estimates,
    three_step_notices,
)
from vendepunkt.terms import RefusedError

Real = NDArray[np.float64]


@cache
def items() -> tuple[Item, ...]:
    return tuple(
        Item("nominal", column.ravel().astype(np.int32), np.arange(column.max() + 1.0))
        for column in np.moveaxis(gss_table(), 2, 0)
    )


@cache
def one_step(classes: int) -> MarkovFit:
    return fit_markov(sequences("gss"), classes, "free", seed=1)


@cache
def step_one(classes: int) -> WaveMeasurement:
    """Classes in the order of those of one step, by profile."""
    found = measure_waves(items(), 3, classes, seed=1)
    own, wanted = found.blocks[0].fit.profiles, one_step(classes).profiles

    def apart(order: tuple[int, ...]) -> float:
        pairs = zip(own, wanted, strict=True)
        return float(sum(np.abs(a[:, list(order)] - b).mean() for a, b in pairs))

    return found.reorder(min(permutations(range(classes)), key=apart))


def moved(joint: Real) -> Real:
    return np.asarray(1.0 - np.trace(joint, axis1=1, axis2=2))


@pytest.mark.parametrize(
    ("classes", "one", "three", "cross"),
    [(2, [7.1, 2.8], [8.3, 1.0], [26.4, 20.6]), (3, [10.3, 4.5], [17.4, 6.1], [42.8, 31.4])],
)
def test_most_apparent_movement_is_error_of_placing(
    classes: int, one: list[float], three: list[float], cross: list[float]
) -> None:
    """Percent of the people who change class, in each step."""
    placed = assign(step_one(classes))
    found = three_step_estimates(three_step(placed, seed=1))
    whole = movement_estimates(sequences("gss"), one_step(classes))
    assert 100 * moved(whole.get("steps")) == pytest.approx(one, abs=0.1)
    assert 100 * moved(found.get("steps")) == pytest.approx(three, abs=0.1)
    assert 100 * moved(placed.apparent()) == pytest.approx(cross, abs=0.1)
    assert found.identified
    # Entropy of a wave is .52 to .63 on these data: the result says so itself.
    assert placed.measurement.entropy.max() < 0.65
    assert [notice.code for notice in three_step_notices(placed)] == ["three_step_weak"]


def test_two_classes_move_as_in_one_step() -> None:
    """The classes are the same, and so is where people go; step one is a third of the errors."""
    found = three_step_estimates(three_step(assign(step_one(2)), seed=1))
    whole = movement_estimates(sequences("gss"), one_step(2))
    where = found.shapes["steps"][0]
    carried = np.sqrt(np.diag(found.covariance())[where])
    known = np.sqrt(np.diag(found.covariance(carry=False))[where])
    apart = np.abs(found.value[where] - whole.get("steps").ravel())
    assert (apart <= 0.03).all()
    assert (carried / known).max() == pytest.approx(1.41, abs=0.02)


def test_three_classes_of_single_waves_are_other_classes() -> None:
    """Where step one finds other classes than one step, the movement is that of others too."""

    def apart(classes: int) -> float:
        pairs = zip(step_one(classes).blocks[0].fit.profiles, one_step(classes).profiles,
                    strict=True)  # fmt: skip
        return float(np.mean([np.abs(a - b).mean(axis=0) for a, b in pairs], axis=0).max())

    assert apart(2) < 0.01
    assert apart(3) > 0.10


def test_a_model_for_each_wave_is_refused_where_classes_change_meaning() -> None:
    two = measure_waves(items(), 3, 2, profiles="free", seed=1).invariance
    assert two is not None
    assert two.largest == pytest.approx(0.050, abs=0.002)
    assert two.p_value < 0.001
    with pytest.raises(RefusedError) as caught:
        measure_waves(items(), 3, 3, profiles="free", seed=1)
    assert caught.value.code == "profiles_differ"
    assert "0.24" in caught.value.text
