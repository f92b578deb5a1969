"""A change in a circumstance against a change in severity: truth by construction, and refusals.

Tolerance: 4 standard errors; with few errors in placing the draws are the true classes, and means
are means of counts (2e-3). Coverage of 60 samples at least 84 % (95 % less four Monte-Carlo errors)
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from tests.move.panels import STEP2, Truth, gss_panel, people

from vendepunkt.language import text
from vendepunkt.move import Movement, MoveOptions, move
from vendepunkt.move.circumstance import (
    CHANGES,
    Circumstance,
    CircumstanceChange,
    circumstance_change,
)
from vendepunkt.terms import DataError, UsageError

ONE = MoveOptions(classes=(2,), starts=5, compare_transitions=False, small_cells="flag")
#: Ten items at 3 and 97 %: hardly any error in placing.
SURE = np.array([[0.03, 0.97]] * 10)
JOB = Circumstance("job loss", "jobless == 1")


def working(n: int, seed: int, worse: np.ndarray = SURE) -> Truth:
    """People who become jobless with the chance .2 and of whom then more move down."""
    rng = np.random.default_rng(seed + 7_000)
    jobless = np.zeros((n, 2))
    jobless[:, 0] = rng.random(n) < 0.25
    flips = rng.random(n) < np.where(jobless[:, 0] == 1, 0.4, 0.2)
    jobless[:, 1] = np.where(flips, 1 - jobless[:, 0], jobless[:, 0])
    calm = people(n, waves=2, step=STEP2, worse=worse, extra={"jobless": jobless}, seed=seed)
    # Who lost the job moves from the better to the worse class with chance .4, not .1.
    gained = (jobless[:, 1] > jobless[:, 0]) & (calm.classes[:, 0] == 0)
    moved = calm.classes.copy()
    moved[gained, 1] = rng.random(int(gained.sum())) < 0.4
    frame = calm.frame.copy()
    second = frame["wave"] == 2
    answers = rng.random((n, len(worse))) < worse.T[moved[:, 1]]
    frame.loc[second, list(calm.items)] = answers.astype(float)
    return Truth(moved, frame, calm.items)


@cache
def moved(n: int = 4000, seed: int = 1) -> tuple[Truth, Movement]:
    truth = working(n, seed)
    return truth, move(truth.panel(), ONE)


@cache
def found() -> CircumstanceChange:
    return circumstance_change(moved()[1].ground, JOB, draws=20)


def by_hand() -> pd.DataFrame:
    truth, movement = moved()
    severity = movement.model.severity
    assert severity is not None
    wide = truth.frame.pivot_table(index="id", columns="wave", values="jobless")
    return pd.DataFrame(
        {
            "change": np.array(CHANGES)[(2 * wide[1] + wide[2]).astype(int)],
            "origin": np.array(["A", "B"])[truth.classes[:, 0]],
            "step": severity.total[truth.classes[:, 1]] - severity.total[truth.classes[:, 0]],
        }
    )


def test_means_are_means_of_the_true_changes() -> None:
    table = found().table().query("term == 'mean'").set_index(["change", "group"])["estimate"]
    people_ = by_hand()
    for change, mine in people_.groupby("change"):
        assert table[change, ""] == pytest.approx(mine["step"].mean(), abs=4e-3)
        for origin, some in mine.groupby("origin"):
            assert table[change, origin] == pytest.approx(some["step"].mean(), abs=8e-3)
    assert sum(found().n) == 4000


def test_changers_against_stayers_of_the_same_origin() -> None:
    table = found().table().query("term == 'difference'").set_index(["change", "group"])
    means = by_hand().groupby(["change", "origin"])["step"].mean()
    gained = by_hand().query("change == 'gained'")["origin"].value_counts(normalize=True)
    for origin in ("A", "B"):
        expected = means["gained", origin] - means["stayed_without", origin]
        assert table.loc[("gained", origin), "estimate"] == pytest.approx(expected, abs=0.012)
    expected = sum(
        share * (means["gained", origin] - means["stayed_without", origin])
        for origin, share in gained.items()
    )
    assert table.loc[("gained", ""), "estimate"] == pytest.approx(expected, abs=0.01)
    # The truth: three in ten more move, over the distance between the classes.
    assert table.loc[("gained", "A"), "conf_low"] > 0.2
    assert table.loc[("lost", "A"), "conf_low"] < 0 < table.loc[("lost", "A"), "conf_high"]
    assert (table["against"] == ["stayed_without"] * 3 + ["stayed_with"] * 3).all()


def test_errors_are_those_of_a_mean_where_placing_is_sure() -> None:
    table = found().table().query("term == 'mean'").set_index(["change", "group"])["std_error"]
    for change, mine in by_hand().groupby("change"):
        plain = mine["step"].std() / np.sqrt(len(mine))
        assert table[change, ""] == pytest.approx(plain, rel=0.1)


def test_draws_that_are_unsure_widen_the_error() -> None:
    worse = np.array([[0.25, 0.75]] * 4)
    truth = working(1500, 3, worse)
    ground = move(truth.panel(), ONE).ground
    table = circumstance_change(ground, JOB, draws=20).table().query("term == 'mean'")
    sure = circumstance_change(moved(1500, 3)[1].ground, JOB, draws=20).table()
    sure = sure.query("term == 'mean'")
    # On the scale of the distance between the classes.
    wide = [g.model.severity.total for g in (ground, moved(1500, 3)[1].ground)]
    ratio = (table["std_error"] / np.ptp(wide[0])).iloc[0] / (
        sure["std_error"] / np.ptp(wide[1])
    ).iloc[0]
    assert ratio > 1.2


def test_an_item_is_refused_and_a_second_fit_is_offered() -> None:
    ground = moved()[1].ground
    with pytest.raises(UsageError) as caught:
        circumstance_change(ground, Circumstance("health", "i3 == 1"), draws=2)
    assert caught.value.code == "item_as_circumstance"
    assert "--items i1,i2,i4" in str(caught.value)


def test_a_recode_of_an_item_is_refused() -> None:
    truth, _ = moved()
    frame = truth.frame.assign(poor=truth.frame["i2"].map({0: "no", 1: "yes"}))
    ground = move(replace(truth, frame=frame).panel(), ONE).ground
    with pytest.raises(UsageError, match="made of i2"):
        circumstance_change(ground, Circumstance("poor", "poor == 'yes'"), draws=2)


def test_unknown_columns_and_unknown_values() -> None:
    truth, _ = moved()
    with pytest.raises(UsageError, match="joblos"):
        circumstance_change(moved()[1].ground, Circumstance("x", "joblos == 1"), draws=2)
    frame = truth.frame.copy()
    frame.loc[(frame["wave"] == 2) & (frame["id"] < 100), "jobless"] = np.nan
    ground = move(replace(truth, frame=frame).panel(), ONE).ground
    made = circumstance_change(ground, JOB, draws=2)
    assert made.n_unknown == 100
    assert sum(made.n) == 3900
    codes = [notice.code for notice in made.notices]
    assert codes == ["move_circumstance_nearer", "move_circumstance_unknown"]
    frame["jobless"] = np.nan
    frame.loc[frame["wave"] == 1, "jobless"] = 0.0
    ground = move(replace(truth, frame=frame).panel(), ONE).ground
    with pytest.raises(DataError, match="at two waves"):
        circumstance_change(ground, JOB, draws=2)


def test_steps_are_pooled_and_people_counted_once_for_each() -> None:
    rng = np.random.default_rng(5)
    jobless = (rng.random((600, 3)) < 0.3).astype(float)
    truth = people(600, waves=3, extra={"jobless": jobless}, seed=5)
    ground = move(truth.panel(), ONE).ground
    pooled = circumstance_change(ground, JOB, draws=5)
    ends = circumstance_change(ground, JOB, which="first_last", draws=5)
    assert sum(pooled.n) == 1200
    assert sum(ends.n) == 600
    assert pooled.n[1] == ((jobless[:, 1:] > jobless[:, :-1]).sum())


def test_equal_seeds_give_equal_tables_and_words_stand_in_both_languages() -> None:
    ground = moved(1500, 3)[1].ground
    one, two = (circumstance_change(ground, JOB, draws=3).table() for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    for language in ("da", "en"):
        assert len({text(f"move.circumstance.{change}", language) for change in CHANGES}) == 4


def test_gss_health_is_an_item() -> None:
    options = MoveOptions(classes=(2,), starts=3, compare_transitions=False, small_cells="flag")
    ground = move(gss_panel(), options).ground
    with pytest.raises(UsageError, match="made of health"):
        circumstance_change(ground, Circumstance("poor health", "health == 'Poor'"))


@pytest.mark.slow
def test_the_interval_covers() -> None:
    covered = []
    for seed in range(60):
        _, movement = moved(700, seed + 400)
        severity = movement.model.severity
        assert severity is not None
        made = circumstance_change(movement.ground, JOB, draws=15).table()
        row = made.query("term == 'difference' and change == 'gained' and group == 'A'").iloc[0]
        covered.append(row["conf_low"] < 0.3 * np.ptp(severity.total) < row["conf_high"])
    assert np.mean(covered) >= 0.84
