"""Observed transitions against R's survey package, and the known facts of the housing panel.

Tolerances. Shares, standard errors and intervals are the same closed sums in double precision on
the same file: 1e-9 relative. R's logit interval comes from an iterated logistic model: 1e-6; its
beta quantiles differ from scipy's in the eighth digit: 1e-7. R tests homogeneity by Pearson's
statistic and we by the likelihood ratio, which agree to first order only: 15 % in the statistic at
these counts; the degrees of freedom belong to the same eigenvalues: 5 %.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.reference.lta_data import HERE as LTA
from tests.reference.lta_data import housing_table

from vendepunkt.data import Design
from vendepunkt.numerics.intervals import korn_graubard_interval, logit_interval
from vendepunkt.numerics.markov.embedding import embedding
from vendepunkt.numerics.markov.observed import ObservedTransitions, observed_transitions
from vendepunkt.numerics.markov.observed_attrition import attrition
from vendepunkt.numerics.markov.observed_intervals import transition_intervals
from vendepunkt.numerics.markov.observed_models import chain_models
from vendepunkt.numerics.markov.observed_rates import fit_rates
from vendepunkt.numerics.markov.observed_time import expected_time

HERE = Path(__file__).parent / "housing"
TIGHT = 1e-9
YEARS = [0.0, 0.5, 1.0, 2.0]
R = pd.read_csv(HERE / "reference_r.csv")


@cache
def housing() -> tuple[np.ndarray, np.ndarray]:
    codes, certificate = housing_table()
    return codes[:, :, 0], certificate.astype(int)


@cache
def case(name: str) -> tuple[ObservedTransitions, Design]:
    if name == "gss":
        frame = pd.read_csv(HERE.parent / "survey" / "panel.csv")
        states = frame[["iso1", "iso2", "iso3"]].fillna(-1).to_numpy(int)
        weights = frame["wtpannr123"].to_numpy()
        group = frame["nojob"].fillna(-1).to_numpy(int)
        design = Design.from_frame(
            frame,
            weights="wtpannr123",
            strata="vstrat",
            clusters="vpsu",
            nest=True,
            single_psu="adjust",
        )
        return observed_transitions(states, 2, weights=weights, group=group), design
    states, group = housing()
    if name == "housing":
        return observed_transitions(states, 3, group=group), Design(len(states))
    frame = pd.read_csv(LTA / "housing.csv").sort_values(["id", "time"])
    ids = frame["id"].to_numpy()[::4]
    weights = 1 + (ids % 5) / 2
    design = Design(
        len(ids), weights=weights, strata=group, clusters=(ids * 7 % 30,), nest=True
    )  # fmt: skip
    return observed_transitions(states, 3, weights=weights, group=group), design


@pytest.mark.parametrize("name", ["housing", "housing_clusters", "gss"])
def test_shares_errors_and_intervals_are_those_of_r(name, measured):
    found, design = case(name)
    sure = transition_intervals(found, design)
    worst = 0.0
    for row in R[R["design"] == name].to_dict("records"):
        step = found.steps.index((row["begin"] - 1, row["end"] - 1))
        origin = (row["group"], step, row["origin"])
        cell = (*origin, row["destination"])
        share, error, df = found.probabilities[cell], sure.std_errors[cell], sure.df[origin]
        assert found.n_origin[origin] == row["n"]
        assert share == pytest.approx(row["estimate"], rel=TIGHT)
        assert error == pytest.approx(row["se"], rel=TIGHT, abs=1e-15)
        assert df == row["df"]
        if row["se"] > 0:
            worst = max(worst, abs(error / row["se"] - 1))
            logit = logit_interval(share, error, df)
            assert logit == pytest.approx((row["logit_low"], row["logit_high"]), rel=1e-6)
            # R takes the effective number from the cell alone and does not cap it at n.
            alone = share * (1 - share) / error**2
            exact = korn_graubard_interval(share, alone, df=df, n=row["n"], capped=False)
            assert exact == pytest.approx((row["beta_low"], row["beta_high"]), rel=1e-7)
            if sure.interval[cell] == "logit":
                assert (sure.low[cell], sure.high[cell]) == logit
    measured(
        "equals",
        data=name,
        quantity="standard errors of transition proportions (survey)",
        theirs=f"{len(R[R['design'] == name])} proportions",
        ours=f"relative difference at most {worst:.0e}",
    )


def test_the_covariance_of_a_table_is_that_of_r():
    found, design = case("housing_clusters")
    theirs = pd.read_csv(HERE / "covariance_r.csv", index_col="name").to_numpy()
    # R runs over origins first, then destinations.
    theirs = theirs.reshape(3, 3, 3, 3).transpose(1, 0, 3, 2).reshape(9, 9)
    whole = found.covariance(design).reshape(*found.counts.shape, *found.counts.shape)
    step = found.steps.index((0, 3))
    ours = whole[0, step, :, :, 0, step].reshape(9, 9)
    np.testing.assert_allclose(ours, theirs, rtol=TIGHT, atol=1e-15)


@pytest.mark.parametrize("row", pd.read_csv(HERE / "homogeneity_r.csv").to_dict("records"))
def test_the_test_of_equal_destinations_is_near_that_of_r(row):
    _, design = case(row["design"])
    states, group = housing()
    states = np.where(states[:, :1] == row["origin"], states, -1)
    found = observed_transitions(
        states, 3, weights=design.weights, group=group, steps=[(0, 3)]
    )  # fmt: skip
    test = chain_models(found, design, steps=[0])[1].test
    assert test is not None
    assert test.kind == "scaled"
    assert test.df == pytest.approx(row["ndf"], rel=0.05)
    assert test.df_denominator == pytest.approx(row["ddf"], rel=0.05)
    assert test.statistic / test.df == pytest.approx(row["f"], rel=0.15)


def test_log_likelihoods_of_tables_and_of_constant_rates(measured):
    states, group = housing()
    found = observed_transitions(states, 3, group=group, through_gaps=True)
    tables = chain_models(found, steps=range(len(found.steps)))[0]
    rates = fit_rates(found, YEARS, covariates=np.eye(2))
    assert tables.loglik == pytest.approx(-682.1, abs=0.05)
    assert rates.loglik == pytest.approx(-767.1, abs=0.05)
    assert (tables.n_parameters, rates.n_parameters) == (62, 12)
    assert rates.converged
    assert rates.rejected
    assert rates.test.statistic == pytest.approx(2 * (tables.loglik - rates.loglik), rel=1e-12)
    for quantity, theirs, ours in (
        ("log-likelihood, a table each", -682.1, tables.loglik),
        ("log-likelihood, constant rates", -767.1, rates.loglik),
    ):
        measured("equals", data="housing", quantity=quantity, theirs=theirs, ours=ours)


def test_from_wave_to_wave_alone_there_are_36_parameters():
    states, group = housing()
    found = observed_transitions(states, 3, group=group)
    models = chain_models(found)
    assert [model.n_parameters for model in models] == [36, 12, 18, 6]
    assert models[0].loglik == pytest.approx(-663.427, abs=1e-3)
    assert all(model.test is None or model.test.rejected for model in models)


def test_staying_on_the_street_without_a_certificate():
    found, _ = case("housing")
    staying = [found.probabilities[0, found.steps.index(s), 0, 0] for s in ((0, 1), (2, 3))]
    assert staying == pytest.approx([0.26, 0.73], abs=0.005)


def test_five_of_six_tables_cannot_come_from_constant_rates():
    found, _ = case("housing")
    verdicts = [embedding(found.probabilities[g, s]).valid for g in (0, 1) for s in found.chain]
    assert verdicts.count(False) == 5


def test_missing_at_24_months_by_certificate():
    states, group = housing()
    lost = attrition(states, group=group)
    assert lost.shares[:, 3] == pytest.approx([0.199, 0.127], abs=5e-4)
    assert lost.missing[:, 3].tolist() == [36, 23]
    assert (lost.intervals.low[:, 3] < lost.shares[:, 3]).all()
    present = attrition(states, group=group, base="first")
    assert present.people.tolist() == [180, 181]
    assert present.shares[0, 3] == pytest.approx(35 / 180)


def test_expected_time_says_that_it_stands_on_what_was_rejected():
    states, group = housing()
    found = observed_transitions(states, 3, group=group, through_gaps=True)
    time = expected_time(fit_rates(found, YEARS, covariates=np.eye(2)), 2.0)
    assert time.extrapolation
    assert time.rejected
    np.testing.assert_allclose(time.time.sum(axis=-1), 2.0, rtol=1e-12)
