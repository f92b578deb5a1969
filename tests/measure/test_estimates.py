"""Group estimates by the delta method against numerical differentiation; intervals by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.measure.cases import classes_of, gss_measured, item

from vendepunkt.measure import MeasureOptions, estimates, measure
from vendepunkt.measure.intervals import number_interval, probability_interval, small_cells
from vendepunkt.numerics.intervals import korn_graubard_interval, t_quantile

SHARES = np.array([0.5, 0.3, 0.2])
ITEMS = [
    np.array([[0.8, 0.4, 0.1], [0.2, 0.6, 0.9]]),
    np.array([[0.7, 0.3, 0.2], [0.2, 0.3, 0.3], [0.1, 0.4, 0.5]]),
]
MEMBERSHIP = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])


def covariance() -> np.ndarray:
    root = np.random.default_rng(4).normal(size=(18, 18)) * 0.01
    return root @ root.T


def test_errors_are_those_of_numerical_differentiation() -> None:
    joint = covariance()
    found = classes_of(SHARES.tolist(), ITEMS, ["a", "b"], joint)
    start = np.concatenate([SHARES, *[profile.ravel() for profile in ITEMS]])

    def group_values(x: np.ndarray) -> np.ndarray:
        shares, first, second = x[:3], x[3:9].reshape(2, 3), x[9:].reshape(3, 3)
        inside = shares[:, None] * MEMBERSHIP / (shares @ MEMBERSHIP)
        severe = 0.5 * first[1] + 0.5 * (second[1] / 2 + second[2])
        parts = [shares @ MEMBERSHIP, first @ inside, second @ inside, severe @ inside]
        return np.concatenate([np.ravel(part) for part in parts])

    step = 1e-6
    jacobian = np.column_stack(
        [
            (group_values(start + step * unit) - group_values(start - step * unit)) / (2 * step)
            for unit in np.eye(18)
        ]
    )
    expected = np.sqrt(np.diag(jacobian @ joint @ jacobian.T))
    ours = [
        estimates.shares(found, MEMBERSHIP, 0.95),
        estimates.profile(found, 0, MEMBERSHIP, 0.95),
        estimates.profile(found, 1, MEMBERSHIP, 0.95),
        estimates.severities(found, MEMBERSHIP, 0.95),
    ]
    assert np.concatenate([o.estimate.ravel() for o in ours]) == pytest.approx(group_values(start))  # type: ignore[union-attr]
    assert np.concatenate([o.std_error.ravel() for o in ours]) == pytest.approx(  # type: ignore[union-attr]
        expected, rel=1e-5
    )


def test_a_group_of_all_classes_has_no_error_of_its_share() -> None:
    found = classes_of(SHARES.tolist(), ITEMS, ["a", "b"], covariance())
    everybody = estimates.shares(found, np.ones((3, 1)), 0.95)
    assert everybody.estimate == pytest.approx([1.0])
    assert np.isnan(everybody.std_error).all()


def test_without_identification_there_is_no_error() -> None:
    found = classes_of(SHARES.tolist(), ITEMS, ["a", "b"])
    assert np.isnan(estimates.shares(found, np.eye(3), 0.95).std_error).all()
    assert np.isnan(estimates.profile(found, 1, np.eye(3), 0.95).conf_low).all()


def test_at_a_boundary_there_is_no_interval_and_elsewhere_there_is() -> None:
    found = gss_measured().classification
    for position, marks in enumerate(found.boundary):
        low = estimates.profile(found, position, np.eye(3), 0.95).conf_low
        assert np.isnan(low[marks]).all()
        assert np.isfinite(low[~marks]).all()
    assert sum(int(marks.sum()) for marks in found.boundary) > 0


def test_the_interval_is_the_t_interval_of_the_logit() -> None:
    low, high = probability_interval(np.array([0.2]), np.array([0.05]), 0.9, 12)
    logit, reach = np.log(0.25), 1.782288 * 0.05 / 0.16
    assert low[0] == pytest.approx(1 / (1 + np.exp(-(logit - reach))), rel=1e-5)
    assert high[0] == pytest.approx(1 / (1 + np.exp(-(logit + reach))), rel=1e-5)
    assert number_interval(np.array([3.0]), np.array([1.0]), 0.95, None)[1][0] == pytest.approx(
        4.959964
    )


@given(st.floats(1e-6, 1 - 1e-6), st.floats(0, 0.5), st.floats(0.51, 0.999), st.floats(1, 1e6))
def test_intervals_hold_the_estimate_and_stay_between_0_and_1(
    share: float, error: float, level: float, df: float
) -> None:
    low, high = probability_interval(np.array([share]), np.array([error]), level, df)
    assert 0 <= low[0] <= share + 1e-9
    assert share - 1e-9 <= high[0] <= 1
    assert t_quantile(df, level) >= t_quantile(np.inf, level) - 1e-9


def test_small_cells_of_a_rule_get_the_exact_interval_and_say_so() -> None:
    # 60 people: 58 well off in both items, two not; nobody who is well off answers "often".
    codes = [0] * 58 + [1] * 2
    people = [item("a", codes), item("b", codes), item("c", [0, 1] * 29 + [1, 1])]
    found = measure(people, MeasureOptions(classifier="sum_score")).table()
    shares = found[(found["term"] == "share") & found["class"].notna()].set_index("class")
    worst = shares.index.max()
    assert set(shares.loc[[worst], "interval"]) == {"korn_graubard"}
    share, error = shares.loc[worst, ["estimate", "std_error"]].astype(float)
    expected = korn_graubard_interval(share, share * (1 - share) / error**2)
    assert tuple(shares.loc[worst, ["conf_low", "conf_high"]]) == pytest.approx(expected)
    answers = found[(found["term"] == "profile") & (found["class"] == 1) & (found["item"] == "a")]
    # Nobody of the best off is deprived in a: no standard error, and yet an interval.
    never = answers[answers["estimate"] == 0].iloc[0]
    assert (never["conf_low"], never["interval"]) == (0.0, "korn_graubard")
    assert 0 < never["conf_high"] < 0.15


def test_small_cells_of_latent_classes_are_said_until_there_is_a_prior() -> None:
    found = gss_measured()
    assert "small_cells" in {notice.code for notice in found.notices}
    assert estimates.n_small(found.classification) > 0
    prior = measure(
        found.material.indicators, MeasureOptions(classes=(3,), starts=5, dirichlet=1.0)
    )
    codes = {notice.code for notice in prior.notices}
    assert "dirichlet" in codes
    assert not codes & {"small_cells", "boundary"}


def test_a_cell_is_small_by_its_people_or_by_its_share() -> None:
    assert small_cells(np.array([0.09, 0.11]), np.array([100.0, 100.0])).tolist() == [True, False]
    assert small_cells(np.array([0.985, 0.975]), np.array(1e6)).tolist() == [True, False]
