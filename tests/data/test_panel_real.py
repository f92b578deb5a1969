"""Two real panels. All numbers are counts stated in the documentation of the data; no tolerance."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from vendepunkt.data import Survey, Wave, leavers, observed, panel, read_survey, retention
from vendepunkt.terms import DataError

ROOT = Path(__file__).parents[2]
GSS = ROOT / "examples" / "gss-panel" / "data" / "gss_panel0610.csv"
STAYED = ROOT / "examples" / "gss-panel-weighted" / "data" / "gss_panel0610_stayed.csv"
HOUSING = ROOT / "tests" / "reference" / "lta" / "housing.csv"

ITEMS = ["satfin", "health", "happy", "life", "trust", "fair", "helpful", "socrel", "socfrend"]
NOT = "Selected, but not Eligible and not Reinterviewd"
REASONS = {
    "Selected, Eligible, and Reinterviewed": "asked",
    "Selected, Eligible, but not Reinterviewed": "non-response: not reinterviewed",
    "Attrited": "non-response: attrited",
    f"{NOT} Because r Was Deceased": "exit: died",
    f"{NOT} Because r Was in Institution": "exit: institution",
    f"{NOT} Because r Lived Outside Us": "exit: abroad",
    NOT: "non-response: not eligible",
}
DESIGN = {"strata": "vstrat", "clusters": "vpsu", "nest": True, "single_psu": "adjust"}


@cache
def gss() -> Survey:
    waves = [Wave("1", "2006"), Wave("2", "2008"), Wave("3", "2010")]
    frame = pd.read_csv(GSS, dtype={"firstid": str})
    weights = pd.read_csv(STAYED, dtype={"firstid": str}).query("wave == 1")[
        ["firstid", "wtpannr123"]
    ]
    frame = frame.merge(weights, how="left", on="firstid")
    return Survey.from_frame(frame, person="firstid", wave="wave", waves=waves)


def test_gss_people_by_wave() -> None:
    held = panel(gss(), ITEMS, reason_column="panstat", reason_kinds=REASONS, **DESIGN)
    assert held.n == 2000
    assert held.asked.sum(axis=0).tolist() == [2000, 1536, 1276]
    assert held.asked.all(axis=1).sum() == 1276
    np.testing.assert_array_equal(held.present, held.asked)
    np.testing.assert_array_equal(held.times, [2006, 2008, 2010])
    assert held.design is not None
    assert held.design.n == 2000
    # Nobody has more than seven of the nine items in wave 1.
    codes = np.array([item.codes.reshape(2000, 3) for item in held.indicators])
    assert (codes[:, :, 0] >= 0).sum(axis=0).max() == 7
    assert held.notices == ()


def test_gss_reasons_of_the_second_wave_are_carried_to_the_third() -> None:
    held = panel(gss(), ITEMS, reason_column="panstat", reason_kinds=REASONS)
    assert "attrited" in held.reason_names
    found = leavers(held).set_index("reason")["n"].to_dict()
    # 40 + 32 died and 19 + 13 in institutions; 404 + 211 not reinterviewed; nobody just "attrited".
    assert found == {
        "died": 72, "institution": 32, "abroad": 4, "not reinterviewed": 615, "not eligible": 1,
    }  # fmt: skip
    assert int(held.left.sum()) == 2000 - 1276
    second = retention(held).query("wave == '2008'").set_index(["kind", "reason"])["n"]
    assert second["exit", "died"] == 40
    assert second["exit", "institution"] == 19
    assert held.exit_names == ("died", "institution", "abroad")
    assert held.absorbing == (True, True, True)
    assert np.bincount(held.exits[:, 2]).tolist() == [2000 - 108, 72, 32, 4]
    # Leaving out the wave in between leaves the reasons as they are.
    ends = panel(
        gss(), ITEMS, waves=["2006", "2010"], reason_column="panstat", reason_kinds=REASONS
    )
    np.testing.assert_array_equal(ends.reasons[:, 1], held.reasons[:, 2])


def test_gss_friends_were_asked_of_two_thirds() -> None:
    held = panel(gss(), ["socfrend"])
    friends = observed(held, "socfrend")
    assert (friends >= 0).all(axis=1).sum() == 838
    assert (friends >= 0).sum(axis=0).tolist() == [1309, 1001, 1274]
    # Who was interviewed is known from the other answers, without the column of reasons.
    assert held.asked.sum(axis=0).tolist() == [2000, 1536, 1276]


def test_gss_panel_weight() -> None:
    with pytest.raises(DataError) as caught:
        panel(gss(), ITEMS, weights="wtpannr123", **DESIGN)
    assert caught.value.code == "weight_missing"
    assert "724 of 2000 people" in caught.value.text
    held = panel(gss(), ITEMS, weights="wtpannr123", only_weighted=True, **DESIGN)
    assert held.n == 1276
    assert held.asked.all()
    assert held.design is not None
    assert (held.design.n_single_strata, held.design.n_strata) == (75, 144)
    out = [n.values["n"] for n in held.notices if n.code == "panel_only_weighted"]
    assert out == [724]


@pytest.fixture
def housing() -> dict[str, Any]:
    survey = read_survey(HOUSING, person="id", wave="time")
    return {"survey": survey, "held": panel(survey, ["y"], times=[0, 0.5, 1, 2])}


def test_housing_states_by_month(housing: dict[str, Any]) -> None:
    held = housing["held"]
    assert (held.n, held.waves) == (362, ("0", "6", "12", "24"))
    assert held.present.any(axis=1).sum() == 361
    states = observed(held, "y")
    counts = [[int((states[:, t] == s).sum()) for s in (0, 1, 2, -1)] for t in range(4)]
    assert counts == [[180, 136, 45, 1], [45, 138, 139, 40], [32, 108, 163, 59], [37, 102, 164, 59]]
    np.testing.assert_array_equal(held.intervals, [0.5, 0.5, 1.0])
    # 19.9 % and 12.7 % are missing at 24 months, by certificate.
    got = held.constant("sec").to_numpy() == 1
    gone = states[:, 3] < 0
    assert sorted([round(100 * gone[arm].mean(), 1) for arm in (got, ~got)]) == [12.7, 19.9]
    assert panel(housing["survey"], ["y"]).times is None
