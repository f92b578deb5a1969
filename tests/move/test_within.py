"""Change within a group: a group that keeps its size and grows worse.

Tolerance: 4 standard errors against the truth; standard errors against the spread over 60 samples
by 30 % (the spread's own error is 9 %).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from tests.move.panels import WORSE2, WORSE3, people

from vendepunkt.measure import GroupOptions
from vendepunkt.move import MoveOptions, move
from vendepunkt.move.invariance import invariance
from vendepunkt.move.within import Within, within

ONE = MoveOptions(classes=(2,), starts=5, compare_transitions=False, small_cells="flag")
#: At the last wave the worse class answers two of six items worse.
LATER = np.vstack([WORSE2[:4], [[0.15, 0.97]] * 2])


def found_within(n: int, seed: int) -> Within:
    # As many leave a class as enter it, so that sizes stay.
    step = np.array([[0.9, 0.1], [0.15, 0.85]])
    truth = people(n, step=step, worse_at={2: LATER}, seed=seed)
    compared = invariance(move(truth.panel(), ONE).ground)
    assert compared is not None
    return within(compared)


@cache
def grown_worse() -> Within:
    return found_within(3000, 1)


def test_a_group_of_equal_size_grows_worse() -> None:
    found = grown_worse()
    assert found.freed is not None
    sizes = found.freed.shares
    assert abs(sizes[2, 1] - sizes[0, 1]) < 0.03
    parts = found.parts_table().query("wave_from == '2002' and wave_to == '2006'")
    mine = parts.query("group == 'B'").set_index("part")
    truth = 2 * 0.12 / 6
    assert abs(mine.loc["all", "estimate"] - truth) < 4 * mine.loc["all", "std_error"]
    assert mine.loc["all", "conf_low"] > 0
    other = parts.query("group == 'A' and part == 'all'").iloc[0]
    assert other["conf_low"] < 0 < other["conf_high"]
    everybody = parts.query("group == ''").set_index("part")["estimate"]
    assert everybody["profile"] == pytest.approx(sizes[[0, 2], 1].mean() * truth, abs=0.012)
    assert abs(everybody["composition"]) < 0.02


def test_parts_add_up() -> None:
    table = grown_worse().parts_table()
    wide = table.pivot_table(index=["wave_from", "wave_to", "group"], columns="part")["estimate"]
    np.testing.assert_allclose(wide["all"], wide["composition"] + wide["profile"], atol=1e-12)
    by_wave = grown_worse().severity_table().set_index(["wave", "group"])["estimate"]
    for (start, end, group), row in wide.iterrows():  # type: ignore[misc]
        change = by_wave[end, group] - by_wave[start, group]
        assert row["all"] == pytest.approx(change, abs=1e-12)


def test_scores_and_probabilities_by_wave() -> None:
    found = grown_worse()
    table = found.table()
    cells = ["item", "group", "wave"]
    for_sure = table.query("category != ''").groupby(cells)["estimate"].sum()
    np.testing.assert_allclose(for_sure, 1.0, atol=1e-9)
    score = table.query("category == ''").set_index(cells)["estimate"]
    bad = table.query("category == '1'").set_index(cells)["estimate"]
    np.testing.assert_allclose(score, bad[score.index], atol=1e-12)
    assert score["i6", "B", "2006"] == pytest.approx(0.97, abs=0.04)
    assert score["i6", "B", "2002"] == pytest.approx(0.85, abs=0.04)
    change = found.change_table().set_index(["item", "group", "wave_from", "wave_to"])
    row = change.loc[("i6", "B", "2002", "2006")]
    assert row["conf_low"] > 0
    assert row["estimate"] == pytest.approx(
        score["i6", "B", "2006"] - score["i6", "B", "2002"], abs=1e-12
    )
    still = change.loc[("i1", "B", "2002", "2006")]
    assert abs(still["estimate"]) < 4 * still["std_error"]


def test_composition_within_a_group_of_two_classes() -> None:
    # More and more people of the joint group stand in its worse class; answers stay.
    step = np.array([[0.9, 0.08, 0.02], [0.02, 0.58, 0.4], [0.0, 0.03, 0.97]])
    truth = people(3000, shares=(0.5, 0.35, 0.15), step=step, worse=WORSE3, seed=2)
    options = MoveOptions(
        classes=(3,), starts=10, compare_transitions=False, small_cells="flag",
        groups=GroupOptions(ranks={"majority": (1,), "at_risk": (2, 3)}),
    )  # fmt: skip
    compared = invariance(move(truth.panel(), options).ground)
    assert compared is not None
    found = within(compared).parts_table().query("wave_to == '2006' and wave_from == '2002'")
    mine = found.query("group == 'B'").set_index("part")
    assert mine.loc["composition", "conf_low"] > 0.05
    assert abs(mine.loc["profile", "estimate"]) < 4 * mine.loc["profile", "std_error"]
    # By hand from the true classes.
    severity = WORSE3.mean(axis=0)
    share = [(truth.classes[:, t] == 2).sum() / (truth.classes[:, t] > 0).sum() for t in (0, 2)]
    expected = (share[1] - share[0]) * (severity[2] - severity[1])
    assert abs(mine.loc["composition", "estimate"] - expected) < 0.03


def test_groups_that_are_not_the_same_are_not_compared() -> None:
    other = np.array([[0.45, 0.98]] * 3 + [[0.02, 0.5]] * 3)
    compared = invariance(move(people(1500, worse_at={2: other}, seed=6).panel(), ONE).ground)
    assert compared is not None
    found = within(compared)
    assert found.table().empty
    assert found.parts_table().empty
    assert [notice.code for notice in found.notices] == ["move_within_none"]


@pytest.mark.slow
def test_standard_errors_against_their_spread() -> None:
    tables = [found_within(1500, seed + 50).parts_table() for seed in range(60)]
    values = np.array([table["estimate"] for table in tables])
    errors = np.array([table["std_error"] for table in tables])
    known = np.isfinite(errors).all(axis=0)
    ratio = errors[:, known].mean(axis=0) / values[:, known].std(axis=0, ddof=1)
    assert ratio.min() > 0.7
    assert ratio.max() < 1.3
    assert ratio.mean() == pytest.approx(1.0, abs=0.12)
