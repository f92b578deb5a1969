"""Drop-out: known answers from simulated leavers, and the GSS panel.

Tolerances: estimates against the truth of the sample by 4 standard errors or as said; errors
against the spread over samples by 25 % (its own error with 60 samples is 9 %).
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tests.move.panels import STEP2, gss_panel, people

from vendepunkt.language import catalogue, keys, template
from vendepunkt.move import Movement, MoveOptions, move
from vendepunkt.move.dropout import DropOut, drop_out
from vendepunkt.move.leaving import leaving
from vendepunkt.move.tipping import ODDS, Tipping, worse

ONE = MoveOptions(classes=(2,), starts=10, compare_transitions=False, small_cells="flag")


@cache
def moved(seed: int = 1, n: int = 2500) -> tuple[np.ndarray, Movement]:
    truth = people(n, refuse=(0.1, 0.3), die=(0.01, 0.06), seed=seed)
    return truth.classes, move(truth.panel(), ONE)


@cache
def gss() -> tuple[Movement, DropOut]:
    options = MoveOptions(classes=(3,), starts=10, compare_transitions=False)
    found = move(gss_panel(), options)
    return found, drop_out(found.ground)


def test_odds_at_every_cut_are_multiplied() -> None:
    rng = np.random.default_rng(3)
    before = rng.dirichlet(np.ones(4), size=50)
    after = worse(before, 2.5)
    above, moved_above = (p[:, ::-1].cumsum(1)[:, ::-1][:, 1:] for p in (before, after))
    np.testing.assert_allclose(
        moved_above / (1 - moved_above), 2.5 * above / (1 - above), rtol=1e-10
    )
    np.testing.assert_allclose(worse(before, 1.0), before, atol=1e-12)
    np.testing.assert_allclose(worse(0.3 * before, 2.5), 0.3 * after, atol=1e-12)


@pytest.mark.parametrize("transitions", ["free", "constant", "rate"])
def test_odds_of_one_are_missing_at_random(transitions: str) -> None:
    truth = people(800, refuse=(0.1, 0.3), die=(0.01, 0.06), seed=5)
    options = MoveOptions(classes=(2,), starts=5, transitions=transitions,
                          compare_transitions=False, small_cells="flag")  # fmt: skip
    found = move(truth.panel(), options)
    made = drop_out(found.ground)
    table = made.tipping_table().query("odds == 1").set_index(["wave", "group"])["estimate"]
    model = found.shares_table().set_index(["wave", "group"])["estimate"]
    np.testing.assert_allclose(table, model[table.index], atol=1e-10)
    table = made.tipping_movement_table().query("odds == 1")
    keys_ = ["wave_from", "wave_to", "direction"]
    known = found.direction_table().set_index(keys_)["estimate"]
    table = table.set_index(keys_)["estimate"]
    np.testing.assert_allclose(table, known[table.index], atol=1e-10)


def test_worse_odds_move_leavers_only_and_only_one_way() -> None:
    _, found = moved()
    made = drop_out(found.ground)
    table = made.tipping_table().pivot_table(index=["wave", "odds"], columns="group")["estimate"]
    for wave in ("2004", "2006"):
        assert (np.diff(table.loc[wave, "B"]) > 0).all()
        assert (np.diff(table.loc[wave, "A"]) < 0).all()
    np.testing.assert_allclose(table.sum(axis=1), 1.0)
    # By hand, for one wave: who refused is shifted, who died is not.
    ground, panel = found.ground, found.material.panel
    sequence = found.material.data.row_to_pattern
    joint = ground.posterior((0, 2))[sequence]
    refused = (panel.reasons[:, 2] > 0) & (panel.exits[:, 2] == 0)
    assert made.tipping is not None
    assert made.tipping.n(2) == refused.sum()
    shifted = joint.copy()
    for i in np.flatnonzero(refused):
        for g in range(2):
            a, b = joint[i, g]
            shifted[i, g] = (a + b) * np.array([a, 2 * b]) / (a + 2 * b)
    model = found.ground.joint((0, 2)).value
    rows = model * shifted.sum(0) / joint.sum(0)
    rows *= (model.sum(1) / rows.sum(1))[:, None]
    assert table.loc[("2006", 2.0), "B"] == pytest.approx(rows[:, 1].sum(), abs=1e-9)
    # The first wave is as it was.
    np.testing.assert_allclose(made.tipping.joint(2, 3.0).sum(1), model.sum(1), atol=1e-10)


def test_the_odds_at_which_a_change_turns() -> None:
    _, found = moved()
    made = drop_out(found.ground)
    turning = made.turning_table().set_index("group")
    assert made.tipping is not None
    for letter, row in turning.iterrows():
        if np.isfinite(row["odds"]):
            g = found.ground.letters.index(str(letter))
            just = made.tipping.joint(2, float(row["odds"]))
            change = (just.sum(0) - just.sum(1))[g]
            assert change * row["change"] < 0
            assert abs(change) < 0.002


def test_shares_lost_by_true_class() -> None:
    classes, found = moved()
    panel = found.material.panel
    made = leaving(found.ground, panel.asked)
    for t in (1, 2):
        for g in (0, 1):
            mine = classes[:, 0] == g
            truth = (~panel.asked[mine, t]).mean()
            assert abs(made.shares[t, g] - truth) < 4 * made.std_error[t, g]
            assert made.conf_low[t, g] < truth < made.conf_high[t, g]
    assert (made.shares[0] == 0).all()
    assert np.isnan(made.std_error[0]).all()
    assert made.p_value is not None
    assert made.p_value < 1e-6
    assert made.most == 1


def test_groups_that_lose_alike_are_said_to() -> None:
    truth = people(1500, refuse=(0.2, 0.2), seed=2)
    made = drop_out(move(truth.panel(), ONE).ground)
    assert made.differs is False
    assert "move_left_alike" in [notice.code for notice in made.notices]


@pytest.mark.slow
def test_errors_of_shares_lost_against_their_spread() -> None:
    shares, errors, covered = [], [], []
    truth_next = np.array([0.15, 0.35])
    for seed in range(60):
        truth = people(600, refuse=(0.15, 0.35), seed=seed + 100)
        found = move(truth.panel(), ONE)
        made = leaving(found.ground, found.material.panel.asked)
        shares.append(made.shares[1:])
        errors.append(made.std_error[1:])
        covered.append((made.conf_low[1] < truth_next) & (truth_next < made.conf_high[1]))
    spread = np.std(shares, axis=0, ddof=1)
    np.testing.assert_allclose(np.mean(errors, axis=0), spread, rtol=0.25)
    # Nominal 95 % less four Monte-Carlo errors.
    assert np.mean(covered, axis=0).min() >= 0.84


@pytest.mark.slow
def test_intervals_of_destinations_cover() -> None:
    refuse, die = np.array([0.1, 0.3]), np.array([0.01, 0.04])
    stay = (1 - refuse) * (1 - die)
    truth = {
        letter: {
            "A": STEP2[g, 0] * stay[g],
            "B": STEP2[g, 1] * stay[g],
            "refused": refuse[g],
            "died": (1 - refuse[g]) * die[g],
        }
        for g, letter in enumerate("AB")
    }
    covered: dict[tuple[int, str, str], list[bool]] = {}
    for seed in range(100):
        panel = people(900, refuse=refuse, die=die, seed=seed + 5000).panel()
        model = drop_out(move(panel, ONE).ground)
        for row in model.destinations_table().query("step > 0").to_dict("records"):
            value = truth[row["from"]][row["to"]]
            place = (row["step"], row["from"], row["to"])
            covered.setdefault(place, []).append(row["conf_low"] <= value <= row["conf_high"])
    # Nominal 95 % less four Monte-Carlo errors.
    assert min(np.mean(each) for each in covered.values()) >= 0.86
    assert np.mean([np.mean(each) for each in covered.values()]) == pytest.approx(0.95, abs=0.02)


def test_destinations_by_true_class() -> None:
    classes, found = moved()
    made = drop_out(found.ground)
    table = made.destinations_table()
    assert made.model is not None
    assert made.model.fit.converged
    assert made.model.who.absorbing == tuple(n == "died" for n in made.model.who.names)
    sums = table.groupby(["step", "from"])["estimate"].sum()
    np.testing.assert_allclose(sums, 1.0, atol=1e-9)
    panel = found.material.panel
    for row in table.query("step == 1 and to in ['refused', 'died']").to_dict("records"):
        mine = classes[:, 0] == found.ground.letters.index(row["from"])
        exits = panel.exits[mine, 1] > 0
        gone = exits if row["to"] == "died" else ~panel.asked[mine, 1] & ~exits
        assert row["conf_low"] < gone.mean() < row["conf_high"]
        assert abs(row["estimate"] - gone.mean()) < 0.05
    # Who stays: the matrix the panel was made from, apart from those who left.
    stay = table.query("step == 1 and `from` == 'B' and to == 'B'")["estimate"].iloc[0]
    assert stay == pytest.approx(0.7 * (1 - 0.3) * (1 - 0.06), abs=0.05)


def test_people_who_come_back_are_followed() -> None:
    truth = people(1200, refuse=(0.1, 0.2), seed=8)
    frame = truth.frame
    # Everybody with an even number who refused at wave 2 is asked again at wave 3.
    gone = frame.query("wave == 2 and reason == 'refused' and id % 2 == 0")["id"]
    back = (frame["wave"] == 3) & frame["id"].isin(gone)
    rng = np.random.default_rng(1)
    frame.loc[back, "reason"] = "asked"
    for j, name in enumerate(truth.items):
        p = np.where(truth.classes[frame.loc[back, "id"], 2] == 1, 0.85, 0.15)
        frame.loc[back, name] = (rng.random(int(back.sum())) < p + 0 * j).astype(float)
    found = move(truth.panel(), ONE)
    made = drop_out(found.ground)
    assert made.model is not None
    assert made.model.who.absorbing == (False,)
    assert made.model.fit.converged
    assert made.model.errors.identified
    # From refusing, as many come back as did: half.
    exit_steps = made.model.fit.exit_transitions
    assert exit_steps is not None
    returned = len(gone) / (frame.query("wave == 2")["reason"] == "refused").sum()
    assert 1 - exit_steps[1, 2, 2] == pytest.approx(returned, abs=1e-3)


def test_nobody_left() -> None:
    made = drop_out(move(people(400, seed=3).panel(), ONE).ground)
    assert made.model is None
    assert made.destinations_table().empty
    assert made.statement("da") == ""
    assert (made.dropout_table()["share_lost"] == 0).all()


def test_gss() -> None:
    found, made = gss()
    assert made.left == 724
    assert made.share_left == pytest.approx(0.362)
    assert made.statement("da").startswith("36,2 pct. af de adspurgte i 2006 er ikke med i 2010")
    assert made.statement("en").startswith("36.2 % of those asked in 2006 are not in 2010")
    assert made.model is not None
    assert made.model.fit.converged
    assert made.model.apart < 0.03
    assert set(made.model.who.names) == {
        "died", "institution", "abroad", "not reinterviewed", "not eligible",
    }  # fmt: skip
    died = made.destinations_table().query("to == 'died' and step == 0")
    # 72 of 2,000 died: the joint shares add up to that.
    assert died["joint"].sum() == pytest.approx(0.036, abs=2e-4)
    reasons = made.reason_table()
    assert reasons.groupby("wave")["n"].sum().tolist() == [2000] * 3
    assert (made.tipping_table()["odds"].unique() == np.array(ODDS)).all()
    assert isinstance(made.tipping, Tipping)
    assert made.tipping.n(2) == 616
    assert found.material.n == 2000


def test_values_can_be_cited() -> None:
    truth = people(600, refuse=(0.1, 0.3), die=(0.02, 0.05), seed=9)
    found = move(truth.panel(), replace(ONE, dropout=True))
    refs = found.refs()
    made = found.further.dropout
    assert made is not None
    assert refs["move/summary/left"].value == pytest.approx(made.share_left, rel=1e-5)
    row = made.dropout_table().query("wave == '2006' and group == 'B'").iloc[0]
    assert refs["move/dropout/2006/B"].value == pytest.approx(row["share_lost"], rel=1e-5)
    assert "move/destinations/2002-2004/A-died" in refs
    assert refs["move/tipping/1/2006/A"].value == refs["move/shares/2006/A"].value


def test_nothing_claims_to_be_corrected_for_drop_out() -> None:
    wrong = re.compile(
        r"corrected for (non-random|not random|selective|attrition|drop)"
        r"|korrigeret for (ikke-tilfældigt|skævt|bortfald)", re.IGNORECASE,
    )  # fmt: skip
    folder = Path(catalogue.__file__).parent
    for file in sorted(folder.glob("*.toml")):
        assert not wrong.search(file.read_text(encoding="utf-8")), file.name
    for language in ("da", "en"):
        for key in keys(language):
            assert not wrong.search(template(key, language)), key
