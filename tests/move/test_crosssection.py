"""Repeated cross-sections that overlap: everybody asked at a wave beside the panel members.

States are seen without error, so that shares are weighted means with textbook errors.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from tests.move.cases import complete, exact_paths, gss, panel_of, quick, without_error

from vendepunkt.data import ItemDefinition, Survey, panel
from vendepunkt.move import Movement, move

CLOSE = pytest.approx


@cache
def overlapping() -> Movement:
    """100 panel members over two waves; 50 more asked at the first and 30 at the second only.

    Members have panel weight 1; every second person asked has wave weight 2, the others 1.
    """
    members = exact_paths()
    rng = np.random.default_rng(4)
    rows = [(i, t, members[i, t], 1.0) for i in range(100) for t in range(2)]
    rows += [(100 + i, 0, int(rng.random() < 0.5), np.nan) for i in range(50)]
    rows += [(150 + i, 1, int(rng.random() < 0.5), np.nan) for i in range(30)]
    frame = pd.DataFrame(rows, columns=["id", "t", "state", "panel"])
    frame["wave"] = np.where(frame["t"] == 0, "2010", "2012")
    frame["cross"] = 1.0 + frame["id"] % 2
    for number, column in enumerate(without_error(frame[["state"]].to_numpy())[:, 0].T):
        frame[f"q{number + 1}"] = column
    survey = Survey.from_frame(frame.drop(columns=["t", "state"]), person="id", wave="wave")
    items = [ItemDefinition(f"q{j + 1}", order=(0, 1)) for j in range(4)]
    followed = panel(survey, items, weights="panel", only_weighted=True, wave_weights="cross")
    return move(followed, quick(classes=(2,)))


def _asked(wave: str) -> pd.DataFrame:
    frame = overlapping().material.panel.survey.frame
    return frame[frame["wave"].astype(str) == wave]


def test_shares_are_of_everybody_asked_with_the_weight_of_the_wave() -> None:
    table = overlapping().cross_section_table().set_index(["wave", "group"])
    for wave in ("2010", "2012"):
        frame = _asked(wave)
        mean = np.average(frame["q1"], weights=frame["cross"])
        row = table.loc[(wave, "B")]
        assert row["estimate"] == CLOSE(mean, abs=1e-3)
        assert row["n"] == len(frame)
        weight = frame["cross"] / frame["cross"].sum()
        error = np.sqrt((weight**2 * (frame["q1"] - mean) ** 2).sum())
        assert row["std_error"] == CLOSE(error, rel=0.03)
    assert table.loc[("2010", "B"), "panel"] == CLOSE(0.30, abs=1e-3)
    assert overlapping().material.n == 100


def test_the_error_of_the_change_counts_who_was_asked_twice() -> None:
    parts, means = [], []
    for wave in ("2010", "2012"):
        frame = _asked(wave).set_index("id")
        weight = frame["cross"] / frame["cross"].sum()
        means.append(float((weight * frame["q1"]).sum()))
        parts.append(weight * (frame["q1"] - means[-1]))
    together = parts[1].subtract(parts[0], fill_value=0.0)
    row = overlapping().cross_section_change().set_index("group").loc["B"]
    assert row["estimate"] == CLOSE(means[1] - means[0], abs=1e-3)
    assert row["std_error"] == CLOSE(np.sqrt((together**2).sum()), rel=0.03)


def test_who_has_no_panel_weight_is_said() -> None:
    codes = {notice.code for notice in overlapping().notices}
    assert "move_population_weighted" in codes
    assert codes & {"move_no_panel_weight", "panel_single_waves"}


def test_the_error_counts_that_the_profiles_are_estimates() -> None:
    """With error in the answers, shares of one wave are less sure than shares given all waves."""
    table = complete().cross_section_table()
    own = complete().shares_table()["std_error"].to_numpy()
    assert (table["std_error"].to_numpy() > 0.98 * own).all()
    assert (table["difference"].abs() < 4 * table["std_error"]).all()


def test_where_they_disagree_it_is_said() -> None:
    table = gss().cross_section_table()
    waves = table.loc[table["disagree"], "wave"].unique().tolist()
    said = [notice for notice in gss().notices if notice.code == "move_disagree"]
    assert [notice.values["waves"] for notice in said] == ([", ".join(waves)] if waves else [])


def test_a_weighted_panel_without_weights_of_the_waves_has_no_cross_section() -> None:
    answers = without_error(exact_paths())
    weighted = panel_of(answers, columns={"w": np.ones(100) * 2}, weights="w")
    found = move(weighted, quick(classes=(2,)))
    assert found.cross_section is None
    assert found.cross_section_table().empty
