"""The apparent excess: equal to the three tables, and its interval covers the truth.

Coverage: of 80 samples at least 86 % (nominal 95 % less four Monte-Carlo errors).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from tests.move.panels import Truth, gss_panel, people

from vendepunkt.language import text
from vendepunkt.move import Movement, MoveOptions, move
from vendepunkt.move.excess import excess, excess_of
from vendepunkt.terms import UsageError

ONE = MoveOptions(classes=(2,), starts=5, compare_transitions=False, small_cells="flag")
WORSE = np.array([[0.25, 0.75]] * 4)


def noisy(n: int, seed: int) -> Truth:
    return people(n, waves=2, worse=WORSE, refuse=(0.1, 0.2), seed=seed)


@cache
def moved(n: int = 800, seed: int = 1) -> Movement:
    return move(noisy(n, seed).panel(), ONE)


@cache
def truth() -> float:
    """The excess among 40,000 people."""
    found = move(noisy(40_000, 99).panel(), ONE)
    return float(found.excess()["estimate"].iloc[0])


def test_the_excess_is_that_of_the_three_tables() -> None:
    ground = moved().ground
    found = excess(ground, replicates=20)
    three = moved().three_moved().set_index("kind")["moved"]
    expected = (three["apparent"] - three["corrected"]) / three["apparent"]
    assert found.estimate[0] == pytest.approx(expected, abs=1e-12)
    again = excess_of(ground.material.data, ground.model.fit, ground.membership, ground.pairs())
    np.testing.assert_allclose(again, found.estimate, atol=1e-12)
    table = found.table()
    assert table["replicates"].tolist() == [20]
    assert (table["conf_low"] < table["estimate"]).all()
    assert (table["estimate"] < table["conf_high"]).all()
    assert found.notices == ()


def test_equal_seeds_give_equal_intervals() -> None:
    one, two = (excess(moved().ground, replicates=8, seed=4) for _ in range(2))
    np.testing.assert_array_equal(one.replicates, two.replicates)
    other = excess(moved().ground, replicates=8, seed=5)
    assert (other.replicates != one.replicates).any()


def test_progress_rises_to_one() -> None:
    heard: list[float] = []
    excess(moved().ground, replicates=5, progress=lambda _, share: heard.append(share))
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_error_in_placing_is_most_of_the_apparent_movement() -> None:
    # The classes are told apart by four items at 25 and 75 %: about half of it is error.
    assert 0.2 < truth() < 0.8


def test_groups_without_error_have_no_excess() -> None:
    sure = people(500, waves=2, worse=np.array([[0.0, 1.0]] * 6), seed=3)
    found = excess(move(sure.panel(), ONE).ground, replicates=5)
    assert found.estimate[0] == pytest.approx(0.0, abs=1e-3)


def test_people_are_drawn_by_the_design() -> None:
    made = noisy(800, 1)
    psu = np.random.default_rng(2).integers(0, 40, 800)
    columns = pd.DataFrame({"psu": psu, "stratum": psu // 8, "w": 1.0 + psu % 3})
    columns = columns.reindex(made.frame["id"])
    frame = made.frame.assign(**{name: columns[name].to_numpy() for name in columns})
    held = replace(made, frame=frame)
    drawn = held.panel(weights="w", strata="stratum", clusters="psu", nest=True)
    found = excess(move(drawn, ONE).ground, replicates=30)
    assert found.method == "design"
    assert found.notices == ()
    assert np.isfinite(found.conf_low).all()


def test_where_units_cannot_be_drawn_it_is_said() -> None:
    options = MoveOptions(classes=(2,), starts=3, compare_transitions=False, small_cells="flag")
    found = excess(move(gss_panel(), options).ground, replicates=2)
    assert found.method == "model"
    assert [notice.code for notice in found.notices] == ["move_excess_by_model"]


def test_one_replicate_is_refused() -> None:
    with pytest.raises(UsageError, match="excess_replicates is 1"):
        excess(moved().ground, replicates=1)


def test_it_is_never_called_a_property_of_a_person() -> None:
    assert "never of a person" in text("move.excess.property", "en")
    assert "aldrig ved en person" in text("move.excess.property", "da")


@pytest.mark.slow
def test_the_interval_covers_the_truth() -> None:
    covered, width = [], []
    for seed in range(80):
        found = excess(moved(600, seed + 300).ground, replicates=60)
        covered.append(found.conf_low[0] < truth() < found.conf_high[0])
        width.append(found.conf_high[0] - found.conf_low[0])
    assert np.mean(covered) >= 0.86
    assert np.mean(width) < 0.6
