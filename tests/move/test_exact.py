"""Where states are seen without error, every table is a count and every error has a formula.

Tolerance 2e-3: the engine holds probabilities of 0 and 1 a little inside, and errors are taken
there by the sandwich.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.move.cases import exact, exact_paths, panel_of, quick, without_error

from vendepunkt.move import move

CLOSE = pytest.approx


def test_transitions_are_counts_with_binomial_errors() -> None:
    table = exact().transition_table().set_index(["from", "to"])
    assert table.loc[("A", "B"), "estimate"] == CLOSE(10 / 70, abs=2e-3)
    assert table.loc[("B", "A"), "estimate"] == CLOSE(5 / 30, abs=2e-3)
    up = 10 / 70
    assert table.loc[("A", "B"), "std_error"] == CLOSE(np.sqrt(up * (1 - up) / 70), abs=1e-3)
    assert table.loc[("A", "B"), "joint"] == CLOSE(0.10, abs=1e-3)
    assert table.loc[("A", "B"), "expected"] == CLOSE(10, abs=0.1)
    assert table.loc[("A", "B"), "n_origin"] == CLOSE(70, abs=0.1)
    assert table.loc[("B", "B"), "n"] == CLOSE(25, abs=0.1)


def test_the_change_of_a_share_counts_that_the_same_people_were_asked() -> None:
    row = exact().change_table().set_index("group").loc["B"]
    up, down, n = 10, 5, 100
    overlap = np.sqrt(up + down - (up - down) ** 2 / n) / n
    apart = np.sqrt(0.3 * 0.7 / n + 0.35 * 0.65 / n)
    assert row["estimate"] == CLOSE(0.05, abs=1e-3)
    assert row["std_error"] == CLOSE(overlap, abs=1e-3)
    assert row["std_error"] < 0.65 * apart


def test_gross_and_net() -> None:
    row = exact().gross_net_table().iloc[0]
    assert row["gross"] == CLOSE(0.15, abs=1e-3)
    assert row["net"] == CLOSE(0.05, abs=1e-3)
    assert row["net_low"] == 0.0
    assert row["net_high"] > row["net"]
    assert 0.08 < row["gross_low"] < row["gross"] < row["gross_high"] < 0.25


def test_three_tables_are_one() -> None:
    moved = exact().three_moved()
    assert moved["moved"].tolist() == CLOSE([0.15] * 3, abs=1e-3)
    assert (moved["n"] == 100).all()
    assert exact().excess()["estimate"].iloc[0] == CLOSE(0.0, abs=1e-2)


def test_directions() -> None:
    shares = exact().direction_table().set_index("direction")["estimate"]
    assert shares["more"] == CLOSE(0.10, abs=1e-3)
    assert shares["less"] == CLOSE(0.05, abs=1e-3)
    assert shares["stayed"] == CLOSE(0.85, abs=1e-3)
    assert shares["sideways"] == 0.0


def test_change_in_severity_is_a_count_too() -> None:
    summary = exact().severity_change_summary().set_index("group").loc[""]
    assert summary["more"] == CLOSE(0.10, abs=2e-3)
    assert summary["less"] == CLOSE(0.05, abs=2e-3)
    assert summary["mean"] == CLOSE(0.05, abs=2e-3)
    assert summary["n"] == 100
    density = exact().severity_change().query("group == ''")
    middle = density[(density["low"] < 0) & (density["high"] > 0)]
    assert middle["estimate"].sum() == CLOSE(0.85, abs=2e-3)
    assert density["estimate"].sum() == CLOSE(1.0)
    mean = exact().mean_change_table().set_index("group")
    assert mean.loc["", "estimate"] == CLOSE(0.05, abs=2e-3)
    assert mean.loc["B", "estimate"] == CLOSE(-5 / 30, abs=3e-3)


def test_people_are_where_they_are() -> None:
    people = exact().people()
    paths = exact_paths()
    assert len(people) == 100
    letters = np.array(["A", "B"])
    assert (people["group_2010"].to_numpy() == letters[paths[:, 0]]).all()
    assert (people["group_2012"].to_numpy() == letters[paths[:, 1]]).all()
    up = (paths[:, 0] == 0) & (paths[:, 1] == 1)
    assert people.loc[up, "p_more"].min() > 0.999
    assert people.loc[~up, "p_more"].max() < 0.001
    assert people.loc[up, "path"].unique().tolist() == ["A→B"]
    assert people.loc[up, "severity_change"].to_numpy() == CLOSE(1.0, abs=2e-3)


def test_everybody_asked_and_the_panel_agree_to_the_error() -> None:
    table = exact().cross_section_table()
    assert np.abs(table["difference"]).max() < 1e-3
    assert not table["disagree"].any()
    own = exact().shares_table()
    assert table["std_error"].to_numpy() == CLOSE(own["std_error"].to_numpy(), abs=2e-3)
    change = exact().cross_section_change().set_index("group").loc["B"]
    panel = exact().change_table().set_index("group").loc["B"]
    assert change["std_error"] == CLOSE(panel["std_error"], abs=2e-3)


def test_weights_move_the_estimates_as_copies_of_people_would() -> None:
    answers = without_error(exact_paths())
    twice = np.where(np.arange(100) < 60, 2.0, 1.0)
    weighted = move(panel_of(answers, columns={"w": twice}, weights="w"), quick(classes=(2,)))
    copied = np.concatenate([answers, answers[:60]])
    copies = move(panel_of(copied), quick(classes=(2,)))
    for name in ("shares_table", "transition_table", "direction_table", "three_moved"):
        column = "moved" if name == "three_moved" else "estimate"
        one, other = getattr(weighted, name)()[column], getattr(copies, name)()[column]
        assert one.to_numpy() == CLOSE(other.to_numpy(), abs=1e-4), name
    assert weighted.weighted
    assert weighted.transition_table()["n_origin"].iloc[0] == CLOSE(70, abs=0.1)


def test_counts_stand_for_people() -> None:
    answers = without_error(np.array([[0, 0], [0, 1], [1, 0], [1, 1]]))
    counted = move(
        panel_of(answers, columns={"f": np.array([60, 10, 5, 25])}, freq="f"), quick(classes=(2,))
    )
    assert counted.material.n == 100
    want, got = exact().transition_table(), counted.transition_table()
    assert got["estimate"].to_numpy() == CLOSE(want["estimate"].to_numpy(), abs=1e-4)
    assert got["std_error"].to_numpy() == CLOSE(want["std_error"].to_numpy(), rel=0.02)
    assert got["n"].to_numpy() == CLOSE(want["n"].to_numpy(), abs=0.1)


def test_clusters_of_copies_count_as_one_person_each() -> None:
    answers = without_error(exact_paths())
    doubled = np.repeat(answers, 2, axis=0)
    clustered = panel_of(
        doubled, columns={"home": np.repeat(np.arange(100), 2)}, clusters="home", nest=False
    )
    found = move(clustered, quick(classes=(2,)))
    assert found.model.errors.kind == "design"
    assert found.model.errors.df == 99
    for name in ("change_table", "transition_table", "direction_table", "gross_net_table"):
        column = "gross_std_error" if name == "gross_net_table" else "std_error"
        alone = getattr(exact(), name)()[column].to_numpy()
        assert getattr(found, name)()[column].to_numpy() == CLOSE(
            alone * np.sqrt(100 / 99), rel=1e-3, nan_ok=True
        ), name
    apart = move(panel_of(doubled), quick(classes=(2,))).change_table()["std_error"]
    assert apart.to_numpy() == CLOSE(exact().change_table()["std_error"] / np.sqrt(2), rel=1e-3)
