"""Intervals against R's binom.test and prop.test, and where they must and must not exist.

Tolerance 1e-9: R's quantile of the beta distribution and scipy's agree to about 1e-12, R's Wilson
interval is a closed form.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vendepunkt.numerics.intervals import (
    korn_graubard_interval,
    logit_interval,
    t_interval,
    t_quantile,
    wilson_interval,
)
from vendepunkt.terms import UsageError

WHERE = Path(__file__).parent.parent / "reference" / "survey" / "intervals_r.csv"
ROWS = list(csv.DictReader(WHERE.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['method']} {row['hits']}/{row['n']}")
def test_without_a_design_they_are_the_intervals_of_r(row):
    n, share = float(row["n"]), float(row["hits"]) / float(row["n"])
    make = {"exact": korn_graubard_interval, "wilson": wilson_interval}[row["method"]]
    low, high = make(share, n)
    assert low == pytest.approx(float(row["low"]), abs=1e-9)
    assert high == pytest.approx(float(row["high"]), abs=1e-9)


@given(
    share=st.one_of(st.floats(1e-6, 1 - 1e-6), st.sampled_from([0.0, 1.0])),
    n=st.floats(2, 5000),
    df=st.integers(1, 200),
    level=st.sampled_from([0.8, 0.95, 0.99]),
)
def test_intervals_of_a_share_hold_it_and_stay_inside(share, n, df, level):
    error = math.sqrt(share * (1 - share) / n)
    made = [
        wilson_interval(share, n, df, level),
        korn_graubard_interval(share, n, df=df, n=5000, level=level),
    ]
    if error > 0:
        made.append(logit_interval(share, error, df, level))
    for low, high in made:
        assert 0 <= low <= share * (1 + 1e-9) + 1e-12
        assert share * (1 - 1e-9) - 1e-12 <= high <= 1


def test_fewer_degrees_of_freedom_make_every_interval_wider():
    for make in (
        lambda df: t_interval(0.3, 0.05, df),
        lambda df: logit_interval(0.3, 0.05, df),
        lambda df: wilson_interval(0.3, 84, df),
        lambda df: korn_graubard_interval(0.3, 84, df=df, n=2000),
    ):
        widths = [make(df).high - make(df).low for df in (3, 10, 60, 2000)]
        assert widths == sorted(widths, reverse=True)
        assert widths[0] > 1.2 * widths[-1]


def test_korn_graubard_never_uses_more_people_than_were_asked():
    generous = korn_graubard_interval(0.5, 1000.0, df=40, n=100, capped=False)
    capped = korn_graubard_interval(0.5, 1000.0, df=40, n=100)
    assert capped == korn_graubard_interval(0.5, 100.0)
    assert capped.high - capped.low > generous.high - generous.low


def test_what_has_no_interval_gets_none():
    nothing = [
        logit_interval(0.0, 0.0, 10),
        logit_interval(1.0, 0.1, 10),
        logit_interval(0.2, float("nan"), 10),
        t_interval(0.2, 0.1, 0),
        wilson_interval(1.2, 10),
        wilson_interval(0.2, 0),
        korn_graubard_interval(0.2, float("nan")),
        korn_graubard_interval(0.2, 40, df=0, n=50),
    ]
    assert all(math.isnan(limit) for interval in nothing for limit in interval)


def test_the_t_quantile_without_degrees_of_freedom_is_the_normal_one():
    assert t_quantile(math.inf) == pytest.approx(stats.norm.ppf(0.975))
    assert t_quantile(5, 0.9) == pytest.approx(stats.t.ppf(0.95, 5))
    with pytest.raises(UsageError, match=r"The level is 95\."):
        t_quantile(5, 95)
