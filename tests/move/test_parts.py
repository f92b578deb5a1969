"""The parts of the stage on arrays made by hand, and what is refused."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from tests.move.cases import (
    complete,
    exact_paths,
    noisy,
    panel_of,
    quick,
    simulated,
    without_error,
)

from vendepunkt.measure import Covariates, Severity
from vendepunkt.measure import naming as measured_naming
from vendepunkt.move import MoveOptions, TimeCovariates, move, plain_answer
from vendepunkt.move.ground import Ground
from vendepunkt.move.groups import at_every_wave
from vendepunkt.move.material import material
from vendepunkt.move.smooth import Smooth, conditional
from vendepunkt.move.tables import net_change
from vendepunkt.move.weak import nearest
from vendepunkt.terms import DataError, Result, UsageError

CLOSE = pytest.approx


def test_a_ratio_has_the_gradient_of_numerical_differentiation() -> None:
    rng = np.random.default_rng(1)
    x, mix = rng.dirichlet(np.ones(6)), rng.random((6, 6))

    def at(values: np.ndarray) -> Smooth:
        joint = Smooth((mix @ values).reshape(2, 3), mix.reshape(2, 3, 6))
        return conditional(joint).weighted("kl,k->l", np.array([0.3, 0.7]))

    step = 1e-6
    numeric = np.stack(
        [(at(x + step * e).value - at(x - step * e).value) / (2 * step) for e in np.eye(6)], axis=-1
    )
    assert at(x).gradient == CLOSE(numeric, abs=1e-8)


def test_a_product_and_a_difference() -> None:
    one, two = (
        Smooth(np.array(2.0), np.array([1.0, 0.0])),
        Smooth(np.array(5.0), np.array([0, 1.0])),
    )
    assert (one * two).gradient.tolist() == [5.0, 2.0]
    assert (two - one).value == 3.0
    assert (one / Smooth(np.array(0.0), np.zeros(2))).value == np.inf
    assert np.isnan(one.std_error(None))


def _by_hand(totals: list[float], dimensions: list[list[float]], size: int) -> Ground:
    severity = Severity(np.array(totals), ("a", "b", "c"), np.array(dimensions), ())
    groups = SimpleNamespace(
        severity=severity,
        groups=tuple(SimpleNamespace(letter=letter) for letter in "ABC"[:size]),
        membership=np.eye(size),
    )
    empty: Any = np.zeros(0)
    return Ground(
        cast("Any", None), cast("Any", None), cast("Any", groups), quick(), empty, empty, empty
    )


def test_a_move_that_is_reversed_in_two_dimensions_is_sideways() -> None:
    ground = _by_hand([0.2, 0.3, 0.5], [[0.1, 0.7, 0.8], [0.2, 0.1, 0.4], [0.3, 0.1, 0.3]], 3)
    assert ground.direction(0, 1) == "sideways"
    assert ground.direction(1, 0) == "sideways"
    assert ground.direction(0, 2) == "more"
    assert ground.direction(2, 0) == "less"
    assert ground.direction(2, 2) == "stayed"
    marks = ground.directions()
    assert marks.sum(axis=0) == CLOSE(np.ones((3, 3)))
    assert marks[2].tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]


def test_without_an_order_every_move_is_sideways() -> None:
    answers = without_error(exact_paths())
    found = move(panel_of(answers, ordered=False), quick(classes=(2,), order="size"))
    by = found.direction_table().set_index("direction")["estimate"]
    assert by["sideways"] == CLOSE(0.15, abs=1e-3)
    assert by["more"] == by["less"] == 0
    assert {"move_no_direction", "neutral_names"} <= {notice.code for notice in found.notices}
    assert found.severity_change().empty
    assert found.mean_change_table().empty
    assert "severity_first" not in found.people()


def test_the_interval_of_net_change_holds_whichever_group_grew() -> None:
    ground = cast(
        "Any",
        SimpleNamespace(
            covariance=np.diag([0.01**2, 0.0, 0.0]),
            options=quick(),
            model=SimpleNamespace(errors=SimpleNamespace(df=None)),
        ),
    )
    change = Smooth(np.array([0.005, -0.005]), np.array([[1.0, 0, 0], [-1.0, 0, 0]]))
    row = net_change(ground, change)
    assert row["net"] == CLOSE(0.005)
    assert row["net_low"] == 0.0
    assert row["net_high"] == CLOSE(0.005 + 1.96 * 0.01, abs=1e-4)


def test_names_hold_only_where_they_hold_at_every_wave() -> None:
    condition = measured_naming.Condition
    first = (
        condition("rises", passed=False, dimensions=("trust",)),
        condition("under", passed=True),
    )
    second = (condition("rises", passed=True), condition("under", passed=False, share=0.2))
    found = {one.key: one for one in at_every_wave((first, second))}
    assert found["rises"].dimensions == ("trust",)
    assert found["under"].share == 0.2
    assert not complete().groups.named
    assert [one.key for one in complete().groups.failed] == ["under"]
    assert complete().groups.name(complete().groups.groups[0], "da", "2014") == "Gruppe A"


def test_classes_are_matched_by_profile() -> None:
    one = np.array([[0.9, 0.1, 0.5], [0.1, 0.9, 0.5]])
    assert nearest((one,), (one[:, [2, 0, 1]],)) == [1, 2, 0]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"classes": ()}, "bad_classes"),
        ({"classes": (2, 3), "chosen": 4}, "bad_classes"),
        ({"form": "movers"}, "not_allowed"),
        ({"small_cells": "hide"}, "not_allowed"),
        ({"draws": 0}, "bad_draws"),
        ({"excess_replicates": -1}, "bad_excess_replicates"),
        ({"excess_replicates": 1}, "bad_excess_replicates"),
        ({"conf_level": 1.0}, "bad_conf_level"),
        ({"dirichlet": -1.0}, "bad_dirichlet"),
    ],
)
def test_options_are_checked_at_the_door(options: dict[str, Any], code: str) -> None:
    with pytest.raises(UsageError) as caught:
        MoveOptions(**options)
    assert caught.value.code == code


def test_rates_need_the_times_of_the_waves() -> None:
    panel = panel_of(without_error(exact_paths()), waves=("first", "second"))
    with pytest.raises(UsageError, match="Rates need to know when the waves were"):
        move(panel, quick(classes=(2,), transitions="rate"))


def test_covariates_are_missing_only_where_they_are_needed() -> None:
    answers = np.repeat(np.arange(8)[:, None, None] % 2, 3, axis=1).repeat(3, axis=2)
    answers[0, 1:] = -1  # leaves after the first wave
    answers[1, 2:] = -1  # leaves after the second
    panel = panel_of(answers)
    matrix = np.ones((8, 2, 2))
    matrix[:, :, 1] = np.arange(8)[:, None]
    matrix[1, 1, 1] = np.nan  # after the last answer: carried forward
    matrix[2, 1, 1] = np.nan  # before it: left out
    found = material(
        panel, quick(classes=(2,)), transition=TimeCovariates(("constant", "x"), matrix)
    )
    assert found.n == 7
    assert found.n_incomplete == 1
    assert found.n_carried == 1
    assert found.transition is not None
    assert found.transition.matrix[1, 1, 1] == matrix[1, 0, 1]
    assert not found.present[2].any()
    first = np.ones((8, 2))
    first[3, 1] = np.nan
    again = material(panel, quick(classes=(2,)), initial=Covariates(("constant", "x"), first))
    assert (again.n, again.n_incomplete) == (7, 1)


def test_covariates_must_fit_the_panel() -> None:
    panel = panel_of(without_error(exact_paths()))
    with pytest.raises(UsageError, match="100 people and 1 steps"):
        move(panel, quick(classes=(2,)), transition=TimeCovariates(("c",), np.ones((100, 2, 1))))
    with pytest.raises(UsageError, match="for 1 terms"):
        TimeCovariates(("c",), np.ones((100, 2, 2)))
    with pytest.raises(UsageError, match="99 rows"):
        move(panel, quick(classes=(2,)), initial=Covariates(("c",), np.ones((99, 1))))


def test_nobody_left_is_said() -> None:
    panel = panel_of(without_error(exact_paths()))
    nothing = Covariates(("c",), np.full((100, 1), np.nan))
    with pytest.raises(DataError, match="100 lack a covariate"):
        move(panel, quick(classes=(2,)), initial=nothing)


def test_two_waves_say_so_and_are_not_tested_for_constancy() -> None:
    found = move(panel_of(without_error(exact_paths())), quick(classes=(2,)))
    codes = [notice.code for notice in found.notices]
    assert "move_two_waves" in codes
    assert "move_per_year_assumed" not in codes
    assert "unweighted" in codes
    assert "move_population" in codes
    assert found.constancy is None


def test_transitions_that_differ_are_found_to() -> None:
    tested = complete().constancy
    assert tested is not None
    assert tested.test == "lr"
    assert tested.df == 6
    assert tested.statistic == CLOSE(
        2 * (tested.free.fit.loglik - tested.restricted.fit.loglik), abs=1e-9
    )
    codes = {notice.code for notice in complete().notices}
    assert ("move_steps_differ" in codes) == bool(tested.rejected)


def test_small_cells_are_flagged_or_have_a_prior_by_name() -> None:
    paths = np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], [55, 15, 5, 25], axis=0)
    answers = without_error(paths)
    named = move(panel_of(answers), quick(classes=(2,))).transition_table()
    flagged = move(panel_of(answers), quick(classes=(2,), small_cells="flag"))
    own = named.set_index(["from", "to"])
    assert own.loc[("B", "A"), "interval"] == "dirichlet"
    assert own.loc[("A", "B"), "interval"] == "logit"
    low, high = own.loc[("B", "A"), ["conf_low", "conf_high"]]
    # Jeffreys' interval of 5 in 30, from the beta distribution: .065 to .326.
    assert (low, high) == CLOSE((0.065, 0.326), abs=0.01)
    empty = flagged.transition_table().query("interval == 'small'")
    assert len(empty) == 2
    assert empty["conf_low"].isna().all()
    assert "move_small_flagged" in {notice.code for notice in flagged.notices}
    everything = move(panel_of(answers), quick(classes=(2,), dirichlet=1.0))
    assert set(everything.transition_table()["interval"]) == {"logit"}
    assert "move_dirichlet" in {notice.code for notice in everything.notices}


def test_a_result_has_the_shape_of_all_results() -> None:
    found = noisy()
    assert isinstance(found, Result)
    assert repr(found).startswith("<Movement: 3 classes over 3 waves; free transitions; 6 items")
    assert "unweighted" in repr(found)
    assert "<table>" in found._repr_html_()
    assert "10.1201/b13246" in found.cite()
    frame = found.material.panel.survey.frame
    full = found.augment(frame)
    assert len(full) == len(frame)
    assert set(full["group"].dropna()) == {"A", "B", "C"}
    assert full[["p_group_A", "p_group_B", "p_group_C"]].sum(axis=1).to_numpy() == CLOSE(1.0)
    with pytest.raises(UsageError, match="rows"):
        found.augment(frame.head(3))
    assert found.choice.recommended == 3
    assert found.models_table()["recommended"].tolist() == [False, True]


def test_every_value_has_one_name() -> None:
    found = noisy()
    refs = found.refs()
    shares = found.shares_table().set_index(["wave", "group"])["estimate"]
    assert found.ref("shares/2010/A").value == CLOSE(shares["2010", "A"], rel=1e-5)
    assert found.ref("move/moved/2010-2014/apparent").value is not None
    assert found.ref("directions/2010-2012/more").low is not None
    assert found.ref("summary/n").value == 1200
    assert found.ref("severity/2010-2014/all").value is not None
    assert all(name.startswith("move/") for name in refs)
    with pytest.raises(UsageError, match="no value"):
        found.ref("shares/1999/A")


def test_the_answer_is_plain() -> None:
    answer = plain_answer(noisy())
    json.dumps(answer)
    assert np.array(answer["transitions"]).shape == (2, 3, 3)
    assert np.array(answer["transitions"]).sum(axis=2) == CLOSE(1.0)
    assert answer["waves"] == ["2010", "2012", "2014"]
    assert answer["shares_by_wave"][0] == CLOSE(answer["initial"])
    assert len(answer["fits"]) == 2
    assert answer["coefficients"] == []
    assert answer["std_errors"]["kind"] == "robust"


def test_covariates_have_their_effects_with_errors() -> None:
    """Of those with x = 1 half move up, of the others a tenth: log-odds 2.2 apart."""
    paths = np.repeat([[0, 0], [0, 1], [0, 0], [0, 1], [1, 1]], [90, 10, 50, 50, 60], axis=0)
    x = np.repeat([0.0, 0.0, 1.0, 1.0, 0.0], [90, 10, 50, 50, 60])
    design = np.column_stack([np.ones(260), x])
    found = move(
        panel_of(without_error(paths)),
        quick(classes=(2,), transitions="constant"),
        transition=TimeCovariates.constant(("constant", "x"), design, 1),
    )
    rows = {
        (row["from"], row["to"], row["term"]): row for row in plain_answer(found)["coefficients"]
    }
    effect = rows[1, 2, "x"]
    assert effect["estimate"] == CLOSE(np.log(1.0) - np.log(1 / 9), abs=0.02)
    wanted = np.sqrt(1 / 90 + 1 / 10 + 1 / 50 + 1 / 50)
    assert effect["std_error"] == CLOSE(wanted, abs=0.02)
    assert found.cross_section is None


def test_further_parts_are_there_where_asked_for() -> None:
    answers = without_error(exact_paths())
    answers[:6, 1] = -1
    plain = move(panel_of(answers), quick(classes=(2,)))
    assert plain.dropout is None
    assert plain.dropout_table().empty
    assert plain.measurement_table().empty
    assert plain.profile_change_table().empty
    asked = move(panel_of(answers), quick(classes=(2,), dropout=True))
    lost = asked.dropout_table().query("wave == '2012'").set_index("group")
    assert lost.loc["A", "share_lost"] == CLOSE(6 / 70, abs=2e-3)
    assert not asked.tipping_table().empty
    assert not asked.reason_table().empty
    assert asked.ref("shares/2010/A").value is not None


def test_excess_and_measurement_over_waves_are_there_where_asked_for() -> None:
    answers, _ = simulated(600)
    asked = quick(classes=(3,), excess_replicates=10, measurement=True, compare_transitions=False)
    heard: list[float] = []
    found = move(panel_of(answers), asked, progress=lambda _, done: heard.append(done))
    row = found.excess().iloc[0]
    assert row["conf_low"] < row["estimate"] < row["conf_high"]
    assert row["replicates"] == 10
    forms = found.measurement_table()["form"].tolist()
    assert forms == ["equal", *["partly"] * 6, "free"]
    assert found.comparable
    profile = found.profile_change_table().query("item == 'q1' and category != ''")
    by = profile.groupby(["group", "wave"])["estimate"].sum()
    assert by.to_numpy() == CLOSE(1.0, abs=1e-6)
    assert heard == sorted(heard)
    assert 0.9 < heard[-1] <= 1.0
    assert noisy().comparable


def test_rates_are_per_year() -> None:
    """From state 0 people leave at 0.10 a year, from state 1 at 0.05: waves one and three apart."""
    from vendepunkt.numerics.markov.generator import generator, transition_matrices

    rng = np.random.default_rng(2)
    q = generator([[0.0, 0.10], [0.05, 0.0]])
    state = (rng.random(4000) < 0.4).astype(int)
    paths = [state]
    for years in (1.0, 3.0):
        up = transition_matrices(q, years)[state, 1]
        state = (rng.random(4000) < up).astype(int)
        paths.append(state)
    answers = without_error(np.stack(paths, axis=1), items=3)
    panel = panel_of(answers, waves=("2010", "2011", "2014"))
    found = move(panel, quick(classes=(2,), transitions="rate"))
    rows = found.rates_table().set_index(["from", "to"])
    for (start, end), rate in {(1, 2): 0.10, (2, 1): 0.05}.items():
        row = rows.loc[(start, end)]
        assert row["conf_low"] < rate < row["conf_high"]
        assert row["estimate"] == CLOSE(rate, abs=4 * row["std_error"])
        assert row["std_error"] < 0.01
    assert "move_rate_rejected" not in {notice.code for notice in found.notices}
    assert complete().rates_table().empty


def test_person_waves_are_a_measurement_for_figures() -> None:
    from vendepunkt.measure import profile_table, share_table

    measured = noisy().as_measurement()
    shares = share_table(measured, "en")
    mean = noisy().shares_table().groupby("group")["estimate"].mean()
    assert shares["estimate"].to_numpy() == CLOSE(mean.to_numpy(), abs=1e-9)
    profile = profile_table(measured, "da")
    assert len(profile) == 6 * 3
    assert profile["conf_low"].notna().all()
    assert measured.material.n == noisy().glance()["person_waves"].iloc[0]
    assert not measured.table().empty


@pytest.mark.parametrize("form", ["plain", "mover_stayer"])
def test_the_comparison_of_steps_starts_where_the_model_stands(form: str) -> None:
    """Climbing from one matrix for all steps never ends below it."""
    answers, _ = simulated(400)
    found = move(panel_of(answers), quick(classes=(2,), transitions="constant", form=form))
    tested = found.constancy
    assert tested is not None
    assert tested.free.fit.loglik >= tested.restricted.fit.loglik
    again = move(panel_of(answers), quick(classes=(2,), form=form)).constancy
    assert again is not None
    if form == "plain":
        assert again.statistic == CLOSE(tested.statistic, abs=1e-3)
