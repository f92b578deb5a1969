"""Replicate weights: made, read and added up, against linearisation and their own algebra."""

from __future__ import annotations

import numpy as np
import pytest

from vendepunkt.numerics.linearise import plan_variance, sampling_plan
from vendepunkt.numerics.resample import (
    influence_variance,
    make_replicates,
    read_replicates,
    replicate_variance,
)
from vendepunkt.terms import DataError, UsageError, VendepunktError

RNG = np.random.default_rng(20261123)
STRATUM = np.repeat(np.arange(40), 12)
PSU = np.tile(np.repeat(np.arange(4), 3), 40)
N = STRATUM.size
W = RNG.uniform(0.5, 3, N)
X = 2 + STRATUM / 20 + RNG.normal(0, 0.4, N) + np.repeat(RNG.normal(0, 0.4, 160), 3)
Y = (RNG.random(N) < 1 / (1 + np.exp(-(X - 3)))).astype(float)
PLAN = sampling_plan(N, strata=STRATUM, clusters=[PSU], nest=True)


def curved(w: np.ndarray) -> np.ndarray:
    """A log odds ratio of two shares: smooth, and curved in the weights."""
    high = X > 3
    first, second = (w * high) @ Y / (w @ high), (w * ~high) @ Y / (w @ ~high)
    return np.array([np.log(first / (1 - first)) - np.log(second / (1 - second)), w @ X / w.sum()])


def curved_influence() -> np.ndarray:
    found = []
    for part, sign in ((X > 3, 1), (~(X > 3), -1)):
        share = (W * part) @ Y / (W @ part)
        found.append(sign * part * (Y - share) / (W @ part) / (share * (1 - share)))
    return np.column_stack([found[0] + found[1], (X - W @ X / W.sum()) / W.sum()])


@pytest.mark.parametrize("kind", ["bootstrap", "jkn"])
def test_replicates_give_the_linearised_variance_of_a_curved_estimate(kind):
    # 3,000 bootstrap draws: a standard error has a Monte-Carlo error of 1/√6000 = 1.3 %; four of
    # those, and 2 % for the curvature that linearisation leaves out (the jackknife has only that).
    straight = plan_variance(PLAN, curved_influence(), np.arange(N), W).std_errors
    made = make_replicates(PLAN, W, kind, n_replicates=3000, seed=1)
    again = replicate_variance(made, curved, curved(W))
    np.testing.assert_allclose(
        again.std_errors, straight, rtol=0.02 + (4 * 0.013 if kind == "bootstrap" else 0)
    )
    assert again.df == 120


def test_a_bootstrap_of_a_sampled_fraction_knows_its_correction():
    size = np.where(STRATUM % 2 == 0, 5.0, 40.0)
    plan = sampling_plan(N, strata=STRATUM, clusters=[PSU], fpc=[size], nest=True)
    straight = plan_variance(plan, curved_influence(), np.arange(N), W).std_errors
    made = make_replicates(plan, W, "bootstrap", n_replicates=3000, seed=2)
    assert (made.factors >= 0).all()
    found = influence_variance(made, curved_influence(), np.arange(N)).std_errors
    np.testing.assert_allclose(found, straight, rtol=0.05)
    jackknife = make_replicates(plan, W, "jkn")
    np.testing.assert_allclose(
        influence_variance(jackknife, curved_influence(), np.arange(N)).std_errors,
        straight,
        rtol=1e-10,
    )


def test_the_jackknife_of_a_total_is_its_linearised_variance_to_the_last_digit():
    values = np.column_stack([X, Y])
    straight = plan_variance(PLAN, values, np.arange(N), W).covariance
    made = make_replicates(PLAN, W, "jkn")
    found = influence_variance(made, values, np.arange(N)).covariance
    np.testing.assert_allclose(found, straight, rtol=1e-10)


def test_bootstrap_factors_keep_the_weight_of_every_stratum():
    made = make_replicates(PLAN, W, "bootstrap", n_replicates=50, seed=3)
    sizes = np.add.reduceat(made.factors, np.arange(0, 160, 4), axis=1)
    np.testing.assert_allclose(sizes, 4.0)
    other = make_replicates(PLAN, W, "bootstrap", n_replicates=50, seed=3)
    np.testing.assert_array_equal(made.factors, other.factors)
    another = make_replicates(PLAN, W, "bootstrap", n_replicates=50, seed=4)
    assert not np.array_equal(made.factors, another.factors)


def test_a_batched_estimator_and_given_estimates_are_the_same_door():
    made = make_replicates(PLAN, W, "bootstrap", n_replicates=30, seed=1)
    one = replicate_variance(made, curved, curved(W))
    many = replicate_variance(
        made, lambda weights: np.array([curved(w) for w in weights]), curved(W), batched=True
    )
    given = replicate_variance(made, np.array([curved(w) for w in made]), curved(W))
    # The order of a sum over columns in memory may differ: the last digit or two.
    np.testing.assert_allclose(one.covariance, many.covariance, rtol=1e-12)
    np.testing.assert_array_equal(one.covariance, given.covariance)


def test_collapsed_replicates_are_sums_of_row_weights():
    made = make_replicates(PLAN, W, "bootstrap", n_replicates=7, seed=1)
    pattern = RNG.integers(-1, 9, N)
    found = made.collapse(pattern, 9)
    for r, weights in enumerate(made):
        kept = pattern >= 0
        np.testing.assert_allclose(found[r], np.bincount(pattern[kept], weights[kept], 9))
    np.testing.assert_array_equal(made.matrix()[:, 3], made.weights(3))


def test_centred_at_the_estimate_a_variance_is_never_smaller():
    made = make_replicates(PLAN, W, "bootstrap", n_replicates=40, seed=5)
    mean = replicate_variance(made, curved, curved(W))
    estimate = replicate_variance(made, curved, curved(W), centre="estimate")
    assert (estimate.std_errors >= mean.std_errors).all()


@pytest.mark.parametrize("kind", ["bootstrap", "jkn"])
def test_lost_replicates_are_counted_and_made_up_for(kind):
    made = make_replicates(PLAN, W, kind, n_replicates=400, seed=6)
    found = np.array([curved(w) for w in made])
    whole = replicate_variance(made, found, curved(W))
    lost = found.copy()
    lost[::4] = np.nan
    part = replicate_variance(made, lost, curved(W))
    dropped = len(range(0, len(made), 4))
    assert (part.n_dropped, part.n_replicates) == (dropped, len(made) - dropped)
    kept = np.delete(found, np.s_[::4], axis=0)
    by_hand = kept.var(axis=0, ddof=1)
    if kind == "jkn":
        by_hand = 0.75 * ((kept - kept.mean(axis=0)) ** 2).sum(axis=0) * len(made) / len(kept)
    np.testing.assert_allclose(part.std_errors**2, by_hand, rtol=1e-12)
    np.testing.assert_allclose(part.std_errors, whole.std_errors, rtol=0.2)


def test_a_parameter_without_a_full_sample_estimate_costs_no_replicate():
    made = make_replicates(PLAN, W, "bootstrap", n_replicates=20, seed=7)
    found = np.array([curved(w) for w in made])
    found[:, 1] = np.nan
    result = replicate_variance(made, found, [curved(W)[0], np.nan])
    assert result.n_dropped == 0
    assert np.isnan(result.covariance[1]).all()
    assert result.std_errors[0] > 0


def test_single_psus_in_made_replicates_follow_their_rule():
    strata = np.append(STRATUM, [40, 40])
    psu = np.append(PSU, [0, 0])
    plan = sampling_plan(N + 2, strata=strata, clusters=[psu], nest=True)
    values, w = np.append(X, [3.0, 4.0])[:, None], np.append(W, [1.0, 1.0])
    for rule in ("remove", "certainty", "average"):
        straight = plan_variance(plan, values, np.arange(N + 2), w, single_psu=rule)
        made = make_replicates(plan, w, "jkn", single_psu=rule)
        found = influence_variance(made, values, np.arange(N + 2))
        np.testing.assert_allclose(found.covariance, straight.covariance, rtol=1e-10)
    for rule, error, code in (
        ("fail", DataError, "single_psu"),
        ("adjust", UsageError, "single_psu_replicates"),
    ):
        with pytest.raises(error) as caught:
            make_replicates(plan, w, "jkn", single_psu=rule)
        assert caught.value.code == code


def test_the_scales_of_a_file_are_read_from_its_weights():
    made = make_replicates(PLAN, W, "jkn")
    read = read_replicates(made.matrix(), "jkn", weights=W)
    np.testing.assert_allclose(read.rscales, 0.75)
    half = np.where(RNG.random((N, 8)) < 0.5, 0.3, 1.7) * W[:, None]
    assert read_replicates(half, "fay", weights=W).scale == pytest.approx(1 / (8 * 0.7**2))
    assert read_replicates(half, "fay", rho=0.5, weights=W).scale == pytest.approx(1 / (8 * 0.25))


@pytest.mark.parametrize(
    ("code", "columns", "options"),
    [
        ("not_allowed", np.ones((4, 3)), {"kind": "sdr"}),
        ("replicate_scales", np.ones((4, 1)), {"kind": "jk1"}),
        ("replicate_scales", np.ones((4, 3)), {"kind": "jkn"}),
        ("replicate_scales", np.ones((4, 3)), {"kind": "jk1", "rscales": [1, 1]}),
        ("replicates_impossible", np.array([[1.0, -1.0], [1.0, 1.0]]), {"kind": "brr"}),
        ("replicates_impossible", np.array([[1.0, np.nan], [1.0, 1.0]]), {"kind": "brr"}),
        ("replicates_are_factors", np.ones((4, 3)), {"kind": "brr", "weights": [90, 80, 70, 60]}),
        ("fay_rho", np.ones((4, 3)), {"kind": "brr", "rho": 0.5}),
        ("fay_rho", np.ones((4, 3)), {"kind": "fay", "rho": 1.0}),
        ("fay_rho", np.array([[0.3, 1.7], [1.0, 1.2]]), {"kind": "fay"}),
    ],
)
def test_replicates_that_cannot_be_are_refused(code, columns, options):
    with pytest.raises(VendepunktError) as caught:
        read_replicates(columns, **options)
    assert caught.value.code == code


def test_replicates_that_cannot_be_made_are_refused():
    for code, plan, options in (
        ("jk1_strata", PLAN, {"kind": "jk1"}),
        ("too_few_replicates", PLAN, {"n_replicates": 1}),
        ("freq_replicates", sampling_plan(2, freq=[3, 4]), {}),
        ("no_replication", sampling_plan(2, strata=[1, 2]), {}),
    ):
        with pytest.raises(VendepunktError) as caught:
            make_replicates(plan, **options)
        assert caught.value.code == code
    made = make_replicates(PLAN, W, n_replicates=5)
    with pytest.raises(DataError, match="Only 1 of 5 replicates"):
        replicate_variance(made, np.where(np.arange(5)[:, None] < 4, np.nan, 1.0), [1.0])
