"""The result of the stage: protocol, refs, augmenting, comparison, and what it says by itself."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from tests.measure.cases import gss82_measured, gss_measured, item, reference, spectrum_people

from vendepunkt.cli.answer import plain
from vendepunkt.data import Design, ItemDefinition, Survey
from vendepunkt.measure import (
    Covariates,
    MeasureOptions,
    SumScoreOptions,
    compare,
    measure,
    plain_answer,
)
from vendepunkt.measure.engine import engine
from vendepunkt.measure.material import material
from vendepunkt.measure.patterns import _numbers
from vendepunkt.terms import Result, UsageError
from vendepunkt.terms.columns import TIDY


def test_it_is_a_result() -> None:
    found = gss_measured()
    assert isinstance(found, Result)
    assert len(found.glance()) == 1
    assert "2000 people, unweighted" in repr(found)
    assert "<table>" in found._repr_html_()
    assert "doi.org" in found.cite()
    assert found.provenance.seed == 1
    assert len(found.provenance.data_hash) == 64
    json.dumps(found.provenance.call)


def test_the_table_is_tidy_and_profiles_add_to_one() -> None:
    table = gss_measured().table()
    known = [name for name in table.columns if name in TIDY]
    assert list(table.columns)[: len(known)] == [name for name in TIDY if name in known]
    profile = table[table["term"] == "profile"]
    sums = profile[profile["group"].notna()].groupby(["item", "group"])["estimate"].sum()
    assert sums.to_numpy() == pytest.approx(np.ones(len(sums)))
    shares = table[(table["term"] == "share") & table["class"].notna()]
    assert shares["estimate"].sum() == pytest.approx(1.0)
    inside = shares["conf_low"].le(shares["estimate"]) & shares["estimate"].le(shares["conf_high"])
    assert inside.all()


def test_classes_stand_by_severity_or_by_size() -> None:
    severe = gss_measured().classification.severity
    assert severe is not None
    assert (np.diff(severe.total) > 0).all()
    assert (np.diff(gss82_measured().classification.shares) < 0).all()


def test_refs_hold_what_the_table_holds() -> None:
    found = gss_measured()
    shares = found.table().query("term == 'share' and group == 'B'").iloc[0]
    value = found.ref("shares/B")
    assert value.value == pytest.approx(shares["estimate"], rel=1e-5)
    assert value.low == pytest.approx(shares["conf_low"], rel=1e-5)
    assert found.ref("measure/summary/n").value == 2000
    assert found.ref("profile/B/fair/Depends").value == pytest.approx(0.70, abs=0.01)
    assert sum(found.ref(f"n/{letter}").value for letter in "ABC") == pytest.approx(2000, abs=2)
    with pytest.raises(UsageError):
        found.ref("shares/Z")
    numbers = [name for name in found.refs() if name.startswith("measure/said/choice/")]
    assert numbers


def test_augment_gives_everybody_their_posterior_and_nothing_to_rows_not_used() -> None:
    items = [*spectrum_people(300)]
    blank = [item(i.name, [-1, *i.codes[1:]], i.categories, dimension=i.dimension) for i in items]
    found = measure(blank, MeasureOptions(classes=(3,), order="severity", starts=5))
    out = found.augment(pd.DataFrame({"id": range(300)}))
    posterior = out[["p_class_1", "p_class_2", "p_class_3"]]
    assert posterior.iloc[0].isna().all()
    assert out["group"].iloc[0] is None or pd.isna(out["group"].iloc[0])
    assert posterior.iloc[1:].sum(axis=1).to_numpy() == pytest.approx(np.ones(299))
    assert out["severity"].iloc[1:].between(0, 1).all()
    placed = posterior.iloc[1:].to_numpy().argmax(axis=1) + 1
    assert (out["class"].iloc[1:].to_numpy() == placed).all()
    with pytest.raises(UsageError):
        found.augment(pd.DataFrame({"id": range(299)}))


def test_two_classifiers_are_compared_on_the_same_people() -> None:
    people = spectrum_people()
    classes = measure(people, MeasureOptions(classes=(3,), order="severity", starts=10))
    score = measure(
        people,
        MeasureOptions(classifier="sum_score", sum_score=SumScoreOptions(cutoffs=(0.5, 1.5))),
    )
    found = compare(classes, score)
    assert found.shares.sum() == pytest.approx(1.0)
    assert found.shares.sum(axis=1) == pytest.approx(classes.classification.shares, abs=1e-6)
    assert found.shares.sum(axis=0) == pytest.approx(score.classification.shares)
    assert found.counts.sum() == found.n == 900
    assert found.agreement is not None
    assert 0.6 < found.agreement < 1
    assert found.kappa is not None
    assert 0.2 < found.kappa < found.agreement
    same = compare(score, score)
    assert (same.agreement, same.kappa) == (pytest.approx(1.0), pytest.approx(1.0))
    assert len(found.table()) == 9
    with pytest.raises(UsageError):
        compare(score, gss82_measured())


def test_frequency_two_is_every_row_twice_and_a_weight_of_two_is_not() -> None:
    items = reference("gss82")
    options = MeasureOptions(classes=(2,), starts=10)
    once = measure(items, options)
    double = measure(items, options, design=Design(1202, freq=np.full(1202, 2)))
    heavy = measure(items, options, design=Design(1202, weights=np.full(1202, 2.0)))
    assert double.models[0].fit.loglik == pytest.approx(2 * once.models[0].fit.loglik)
    assert double.material.n == 2404
    assert heavy.models[0].fit.loglik == pytest.approx(once.models[0].fit.loglik)
    assert (heavy.material.n, heavy.material.weighted_n) == (1202, 2404)
    assert heavy.classification.shares == pytest.approx(once.classification.shares, abs=1e-5)


def test_a_design_changes_errors_and_adds_adjusted_criteria() -> None:
    rng = np.random.default_rng(9)
    people = spectrum_people(1000)
    design = Design(1000, weights=rng.uniform(0.4, 2.0, 1000), strata=np.arange(1000) % 8)
    options = MeasureOptions(classes=(2, 3), order="severity", starts=5)
    found = measure(people, options, design=design)
    assert found.classification.se_kind == "design"
    assert found.classification.df == 992
    assert found.choice is not None
    assert found.choice.criterion == "dbic"
    for model in found.models:
        assert model.criteria.daic is not None
        # Uneven weights cost: more effective parameters than are counted, fewer people.
        assert model.criteria.daic > model.criteria.aic
    assert found.material.n_effective < 1000
    assert "unweighted" not in {notice.code for notice in found.notices}


def test_replicate_weights_fit_the_model_again_and_come_near_the_linearised_errors() -> None:
    people = spectrum_people(600)
    area = np.arange(600) % 30
    plain_design = Design(600, weights=np.ones(600), clusters=(area,))
    options = MeasureOptions(classes=(2,), order="severity", starts=5)
    linear = measure(people, options, design=plain_design)
    again = measure(people, options, design=plain_design.with_replicates("jk1"))
    assert again.classification.df == 29
    one, other = (m.classification.std_errors()[0] for m in (linear, again))
    assert one == pytest.approx(other, rel=0.1)
    assert (one != other).any()


def test_direct_effects_keep_partial_answers() -> None:
    codes_a, codes_b = [0, 1, 0, -1, 1, -1], [2, 0, -1, 1, -1, -1]
    items = [item("a", codes_a), item("b", codes_b, ("x", "y", "z")), item("c", [0, 1, 0, 1, 0, 1])]
    used = material(items, MeasureOptions(classes=(1,)))
    made = engine(used, [("b", "a")])
    assert made.pairs == (("a", "b"),)
    rows = made.data.row_to_pattern
    assert made.single(made.data.codes[rows, 1:]).tolist() == used.codes.tolist()
    for wrong in ([("a", "a")], [("a", "q")], [("a", "b"), ("b", "c")]):
        with pytest.raises(UsageError) as caught:
            engine(used, wrong)
        assert caught.value.code == "bad_pair"


def test_the_bootstrap_test_rejects_two_classes_of_gss82() -> None:
    found = measure(
        reference("gss82"), MeasureOptions(classes=(2, 3), starts=10, blrt=19, blrt_starts=4)
    )
    two, three = found.models
    assert two.blrt is None
    assert three.blrt is not None
    assert three.blrt.lr == pytest.approx(57.4452, abs=1e-3)
    assert three.blrt.p_value == pytest.approx(1 / 20)
    assert all(pair.p_value is not None for model in found.models for pair in model.residuals)
    assert two.residuals[0].p_value == pytest.approx(1 / 20)


def test_the_answer_has_every_field_and_no_number_that_json_lacks() -> None:
    said = plain(plain_answer(gss_measured()))
    text = json.dumps(said, allow_nan=False)
    assert json.loads(text) == said
    fit = said["fits"][1]
    assert fit["std_errors"]["kind"] == "robust"
    for mark in fit["boundary"]:
        value = fit["std_errors"]["profile"][mark["item"]][mark["category"]][mark["class"] - 1]
        assert value is None
    assert len(fit["boundary"]) == 2


def test_importing_the_stage_draws_no_pictures_in() -> None:
    code = (
        "import sys, vendepunkt.measure;"
        "print([m for m in ('matplotlib', 'typst', 'rich') if m in sys.modules])"
    )
    out = subprocess.run(  # what is loaded in this very process says nothing
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "[]"


def test_counts_measures_covariates_and_one_class_go_through_to_the_answer() -> None:
    rng = np.random.default_rng(0)
    first = rng.random(500) < 0.6
    frame = pd.DataFrame(
        {
            "a": np.where(rng.random(500) < np.where(first, 0.9, 0.2), 0, 1),
            "b": np.where(rng.random(500) < np.where(first, 0.9, 0.3), 0, 1),
            "visits": rng.poisson(np.where(first, 1, 5)),
            "weight": rng.normal(np.where(first, 24, 30), 3).round(1),
        }
    )
    survey = Survey.from_frame(frame)
    items = [
        *survey.indicators([ItemDefinition(name, order=(0, 1)) for name in "ab"]),
        survey.indicator(ItemDefinition("visits", kind="count")),
        survey.indicator(ItemDefinition("weight", kind="continuous")),
    ]
    explained = Covariates(
        ("Intercept", "x"), np.column_stack([np.ones(500), rng.normal(size=500)])
    )
    found = measure(items, MeasureOptions(classes=(1, 2), starts=5), covariates=explained)
    assert found.classification.rows[2:] == (("mean",), ("mean", "variance"))
    visits = found.classification.profiles[2][0]
    assert np.sort(visits) == pytest.approx([1, 5], abs=0.5)
    said = plain(plain_answer(found))
    assert [row["term"] for row in said["fits"][1]["coefficients"]] == ["Intercept", "x"]
    assert said["fits"][0]["coefficients"] == []
    # Items without categories have no bivariate residual here; those with, one pair.
    assert [pair["items"] for pair in said["fits"][1]["residuals"]] == [["a", "b"]]
    single = measure(items, MeasureOptions(classes=(1,)))
    assert single.classification.shares.tolist() == [1.0]
    assert single.accuracy == 1.0


def test_it_draws_itself_with_and_without_an_order() -> None:
    assert gss_measured().plot("da").axes
    assert gss82_measured().plot().axes


def test_collapsing_tells_every_row_apart_also_where_digits_run_out() -> None:
    codes = np.random.default_rng(1).integers(-1, 12, size=(300, 40)).astype(np.int32)
    codes[150:] = codes[:150]
    number = _numbers(codes)
    _, expected = np.unique(codes, axis=0, return_inverse=True)
    pairs = set(zip(number.tolist(), expected.reshape(-1).tolist(), strict=True))
    assert len(pairs) == len(set(number.tolist())) == len(set(expected.reshape(-1).tolist()))
