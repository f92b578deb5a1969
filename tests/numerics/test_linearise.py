"""The variance engine against its slow twin on random designs, and its algebra."""

from __future__ import annotations

import tracemalloc
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twin import design_variance as twin

from vendepunkt.numerics.linearise import (
    DesignVariance,
    plan_variance,
    sampling_plan,
    total,
    total_variance,
)
from vendepunkt.terms import DataError, UsageError, VendepunktError

#: Sums of a few dozen products in double precision, of values up to 10 and weights up to 5.
TOLERANCE = {"rtol": 1e-9, "atol": 1e-9}


@dataclass
class Drawn:
    """A random design in every detail, with what the twin needs of it."""

    values: np.ndarray
    pattern: np.ndarray
    weights: np.ndarray
    strata: np.ndarray | None
    clusters: list[np.ndarray]
    fpc: list[np.ndarray]
    freq: np.ndarray | None
    domain: np.ndarray | None

    def engine(self, rule: str) -> DesignVariance:
        return total_variance(
            self.values, self.pattern, self.weights, self.strata, self.clusters, self.fpc,
            rule, self.domain, freq=self.freq, nest=True,
        )  # fmt: skip

    def twin(self, rule: str) -> np.ndarray:
        each = np.ones(len(self.pattern), int) if self.freq is None else self.freq
        rows = np.repeat(np.arange(len(self.pattern)), each)
        inside = (self.pattern >= 0) & (self.weights > 0)
        if self.domain is not None:
            inside = inside & self.domain
        z = np.where(inside[:, None], self.values[self.pattern], 0.0) * self.weights[:, None]
        stages: list[Any] = [list(stage[rows]) for stage in self.clusters]
        if not self.clusters or len(self.fpc) > len(self.clusters):
            stages.append(list(range(len(rows))))
        strata = [0] * len(rows) if self.strata is None else list(self.strata[rows])
        sizes = [self._population(k, stages, strata, rows) for k in range(len(stages))]
        return twin.multistage(z[rows], strata, stages, sizes, rule, inside[rows])

    def _population(self, level: int, stages: Any, strata: Any, rows: np.ndarray) -> np.ndarray:
        if level >= len(self.fpc):
            return np.full(len(rows), np.inf)
        given_ = self.fpc[level][rows].astype(float)
        if (given_ > 1).any():
            return given_
        above = list(zip(strata, *stages[:level], strict=True))
        drawn = [
            len({stages[level][j] for j in range(len(rows)) if above[j] == above[i]})
            for i in range(len(rows))
        ]
        return np.array(drawn) / given_


@st.composite
def designs(draw: st.DrawFn) -> Drawn:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, n_patterns, p = int(rng.integers(2, 40)), int(rng.integers(1, 7)), int(rng.integers(1, 4))
    stratified = draw(st.booleans())
    strata = rng.integers(0, rng.integers(1, 6), n) if stratified else None
    depth = draw(st.integers(0, 3))
    clusters = [rng.integers(0, rng.integers(1, 7), n) for _ in range(depth)]
    freq = rng.integers(0, 4, n) if draw(st.booleans()) else None
    if freq is not None and not freq.any():
        freq[0] = 2
    kind = draw(st.sampled_from(["none", "count", "fraction"]))
    fpc = []
    if kind != "none":
        stages = min(draw(st.integers(1, 4)), depth + 1)
        parent = np.zeros(n, int) if strata is None else strata.copy()
        for level in range(stages):
            ids = clusters[level] if level < depth else np.arange(n)
            unit = np.unique(np.stack([parent, ids]), axis=1, return_inverse=True)[1].ravel()
            if kind == "fraction":
                choices = rng.choice([0.1, 0.5, 0.9, 1.0], parent.max() + 1)
            else:
                each = np.ones(n) if freq is None or level < depth else freq
                drawn = np.array(
                    [
                        len(set(unit[parent == h])) if level < depth else each[parent == h].sum()
                        for h in range(parent.max() + 1)
                    ]
                )
                choices = np.maximum(drawn + rng.integers(0, 5, drawn.size), 1.0)
                choices[rng.random(drawn.size) < 0.2] = np.inf
                choices = np.where(choices == 1.0, 2.0, choices)
            fpc.append(choices[parent])
            parent = unit
    weights = np.round(rng.uniform(0.2, 5, n), 3)
    weights[rng.random(n) < 0.1] = 0.0
    pattern = rng.integers(-1 if draw(st.booleans()) else 0, n_patterns, n)
    return Drawn(
        values=np.round(rng.normal(0, 3, (n_patterns, p)), 4),
        pattern=pattern,
        weights=weights if draw(st.booleans()) else np.ones(n),
        strata=strata,
        clusters=clusters,
        fpc=fpc,
        freq=freq,
        domain=rng.random(n) < 0.6 if draw(st.booleans()) else None,
    )


@settings(max_examples=150, deadline=None)
@given(design=designs(), rule=st.sampled_from(["adjust", "remove", "certainty", "average"]))
def test_any_design_has_the_variance_of_the_twin(design, rule):
    several = len(design.clusters) > 1 or len(design.fpc) > len(design.clusters) > 0
    if rule == "average" and several and design.fpc:
        rule = "remove"  # R has no pooled average below the first stage; see the test of it below
    try:
        found = design.engine(rule)
    except DataError as error:
        assert error.code in {"no_rows", "no_replication"}  # noqa: PT017 - both are right answers
        return
    np.testing.assert_allclose(found.covariance, design.twin(rule), **TOLERANCE)
    assert found.single_psu == rule


@settings(max_examples=60, deadline=None)
@given(design=designs(), rule=st.sampled_from(["adjust", "remove"]), seed=st.integers(0, 99))
def test_order_of_rows_and_names_of_units_do_not_matter(design, rule, seed):
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(design.pattern))

    def named(column: np.ndarray) -> np.ndarray:
        words = np.array([f"u{k}" for k in rng.permutation(int(column.max()) + 1)], dtype=object)
        return words[column][order]

    other = Drawn(
        design.values,
        design.pattern[order],
        design.weights[order],
        None if design.strata is None else named(design.strata),
        [named(stage) for stage in design.clusters],
        [column[order] for column in design.fpc],
        None if design.freq is None else design.freq[order],
        None if design.domain is None else design.domain[order],
    )
    try:
        first = design.engine(rule)
    except DataError as error:
        with pytest.raises(DataError) as caught:
            other.engine(rule)
        assert caught.value.code == error.code  # noqa: PT017
        return
    second = other.engine(rule)
    np.testing.assert_allclose(first.covariance, second.covariance, **TOLERANCE)
    assert (first.df, first.n_psu, first.n_strata) == (second.df, second.n_psu, second.n_strata)


@settings(max_examples=40, deadline=None)
@given(design=designs())
def test_blocks_of_one_unit_give_the_same(design):
    kept = total._BLOCK_CELLS
    try:
        whole = design.engine("adjust")
        total._BLOCK_CELLS = 1
        np.testing.assert_allclose(
            design.engine("adjust").covariance, whole.covariance, **TOLERANCE
        )
    except DataError:
        pass
    finally:
        total._BLOCK_CELLS = kept


def test_a_frequency_is_so_many_rows():
    rng = np.random.default_rng(3)
    values, pattern, freq = rng.normal(size=(5, 2)), rng.integers(0, 5, 30), rng.integers(0, 5, 30)
    rows = np.repeat(np.arange(30), freq)
    short = total_variance(values, pattern, freq=freq)
    long = total_variance(values, pattern[rows])
    np.testing.assert_allclose(short.covariance, long.covariance, rtol=1e-12)
    assert short.df == long.df == freq.sum() - 1
    assert short.n_psu == freq.sum()


def test_a_frequency_inside_a_cluster_adds_people_not_clusters():
    rng = np.random.default_rng(4)
    values, pattern, freq = rng.normal(size=(5, 2)), rng.integers(0, 5, 30), rng.integers(1, 4, 30)
    cluster = np.repeat(np.arange(10), 3)
    rows = np.repeat(np.arange(30), freq)
    short = total_variance(values, pattern, clusters=[cluster], freq=freq)
    long = total_variance(values, pattern[rows], clusters=[cluster[rows]])
    np.testing.assert_allclose(short.covariance, long.covariance, rtol=1e-12)
    assert short.df == long.df == 9


def test_rows_outside_a_domain_stay_in_the_design():
    y = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    strata = np.array([1, 1, 1, 2, 2, 2])
    mask = np.array([True, False, True, True, True, False])
    z = np.where(mask, y - y[mask].mean(), 0.0)[:, None] / mask.sum()
    kept = total_variance(z, np.arange(6), strata=strata, domain=mask)
    silent = total_variance(z, np.where(mask, np.arange(6), -1), strata=strata)
    np.testing.assert_array_equal(kept.covariance, silent.covariance)
    by_hand = sum(3 * z[strata == h, 0].var(ddof=1) for h in (1, 2))
    assert kept.covariance[0, 0] == pytest.approx(by_hand)
    assert (kept.n_psu, kept.n_strata, kept.df) == (4, 2, 2)


def test_untouched_strata_cost_no_degrees_of_freedom_and_ask_for_no_rule():
    strata = np.array(["a", "a", "a", "b", "b", "c"])
    mask = np.array([True, True, True, False, False, False])
    found = total_variance(np.arange(6.0)[:, None], np.arange(6), strata=strata, domain=mask)
    assert (found.n_psu, found.n_strata, found.df, found.n_single_strata) == (3, 1, 2, 0)


def test_a_stratum_sampled_whole_adds_nothing_and_is_not_lonely():
    values = np.array([[3.0], [5.0], [9.0]])
    strata, size = np.array([1, 2, 2]), np.array([1, 10, 10])
    found = total_variance(values, np.arange(3), strata=strata, fpc=[size], single_psu="fail")
    assert found.n_single_strata == 0
    assert found.covariance[0, 0] == pytest.approx(0.8 * 2 * np.var([5.0, 9.0], ddof=1))


def test_fractions_and_counts_are_both_recognised():
    rng = np.random.default_rng(5)
    values, strata = rng.normal(size=(12, 2)), np.repeat([1, 2], 6)
    count = total_variance(values, np.arange(12), strata=strata, fpc=[np.repeat([12, 24], 6)])
    share = total_variance(values, np.arange(12), strata=strata, fpc=[np.repeat([0.5, 0.25], 6)])
    np.testing.assert_allclose(count.covariance, share.covariance, rtol=1e-12)
    none = total_variance(values, np.arange(12), strata=strata, fpc=[np.full(12, np.inf)])
    plain = total_variance(values, np.arange(12), strata=strata)
    np.testing.assert_allclose(none.covariance, plain.covariance, rtol=1e-12)


def test_average_below_the_first_stage_pools_the_other_units_of_that_stage():
    # Two PSUs of 4; the first has two second-stage units of 5, the second a single one of 5.
    values = np.array([[1.0], [4.0], [2.0]])
    psu, ssu = np.array([1, 1, 2]), np.array([1, 2, 1])
    sizes = [np.array([4, 4, 4]), np.array([5, 5, 5])]
    found = total_variance(values, np.arange(3), None, None, [psu, ssu], sizes, "average")
    between = 0.5 * 2 * np.var([5.0, 2.0], ddof=1)
    within = 0.6 * 2 * np.var([1.0, 4.0], ddof=1)
    assert found.covariance[0, 0] == pytest.approx(between + 0.5 * within * 2 / 1)


def test_a_parameter_at_the_boundary_is_nan_and_spoils_no_other():
    values = np.column_stack([np.arange(4.0), np.full(4, np.nan)])
    found = total_variance(values, np.arange(4))
    assert np.isnan(found.covariance[1]).all()
    assert found.std_errors[0] == pytest.approx(np.sqrt(4 * np.var(np.arange(4.0), ddof=1)))


def test_rows_times_parameters_are_never_laid_out():
    n, p = 200_000, 100
    rng = np.random.default_rng(1)
    values, pattern = rng.normal(size=(500, p)), rng.integers(0, 500, n)
    weights, clusters = rng.uniform(1, 2, n), rng.integers(0, 60_000, n)
    for units in ([], [clusters]):
        plan = sampling_plan(n, clusters=units)
        tracemalloc.start()
        plan_variance(plan, values, pattern, weights)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < n * p * 8 / 3


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("single_psu", {"strata": [1, 1, 2]}),
        ("no_replication", {"strata": [1, 2, 3], "single_psu": "remove"}),
        ("no_replication", {"strata": [1, 2, 3], "single_psu": "average"}),
        ("design_not_nested", {"strata": [1, 1, 2], "clusters": [[1, 2, 1]]}),
        ("design_missing", {"strata": [1.0, np.nan, 2.0]}),
        ("design_missing", {"clusters": [np.array(["a", None, " "], dtype=object)]}),
        ("design_length", {"strata": [1, 2]}),
        ("fpc_mixed", {"fpc": [[0.5, 20, 20]], "strata": [1, 2, 2]}),
        ("fpc_impossible", {"fpc": [[-1, 10, 10]]}),
        ("fpc_impossible", {"fpc": [[0, 0, 0]]}),
        ("fpc_impossible", {"fpc": [[np.nan, 10, 10]]}),
        ("fpc_too_small", {"fpc": [[2, 2, 2]]}),
        ("fpc_varies", {"fpc": [[10, 10, 11]]}),
        ("too_many_fpc", {"fpc": [[10, 10, 10], [20, 20, 20]]}),
        ("freq_not_whole", {"freq": [1, 1.5, 2]}),
        ("freq_not_whole", {"freq": [1, -1, 2]}),
        ("weight_negative", {"weights": [1, -1, 2]}),
        ("weight_missing", {"weights": [1, np.nan, 2]}),
        ("weight_infinite", {"weights": [1, np.inf, 2]}),
        ("weights_all_zero", {"weights": [0, 0, 0]}),
        ("design_not_numbers", {"weights": np.array(["1", "x", "2"], dtype=object)}),
        ("no_rows", {"domain": [False, False, False]}),
        ("not_allowed", {"single_psu": "centre"}),
    ],
)
def test_what_cannot_be_is_refused_by_name(code, options):
    with pytest.raises(VendepunktError) as caught:
        total_variance(np.ones((3, 1)), np.arange(3), **options)
    assert caught.value.code == code
    assert isinstance(caught.value, DataError | UsageError)
    assert caught.value.text.endswith(".")


def test_an_error_names_at_most_five_rows_and_no_value():
    weights = np.full(50, -77.25)
    with pytest.raises(DataError) as caught:
        total_variance(np.ones((1, 1)), np.zeros(50, int), weights)
    assert "50 rows (rows 1, 2, 3, 4, 5, …)" in caught.value.text
    assert "77" not in str(caught.value)
