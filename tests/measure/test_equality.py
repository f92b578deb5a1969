"""Equal profiles across groups of people, against free ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.measure.cases import item, reference, spectrum_people

from vendepunkt.data import Design, Indicator
from vendepunkt.measure import Equality, MeasureOptions, measure
from vendepunkt.terms import DataError, UsageError

LCA = Path(__file__).parents[1] / "reference" / "lca"
TWO = MeasureOptions(classes=(2,), starts=10)


def compared(
    people: tuple[Indicator, ...], across: Indicator, design: Design | None = None
) -> Equality:
    found = measure(people, TWO, design=design, equal_across=across).equality
    assert found is not None
    return found


def shifted(n: int = 1200) -> tuple[tuple[Indicator, ...], Indicator]:
    """Two classes in five items; in one of them women of both classes say no far more often."""
    rng = np.random.default_rng(8)
    cls, sex = rng.integers(2, size=n), rng.integers(2, size=n).astype(np.int32)
    chance = np.where(cls == 1, 0.8, 0.15)
    codes = [(rng.random(n) < chance).astype(np.int32) for _ in range(4)]
    codes.append((rng.random(n) < np.clip(chance + 0.35 * (sex - 0.5), 0, 1)).astype(np.int32))
    people = tuple(item(f"q{j + 1}", each) for j, each in enumerate(codes))
    return people, item("sex", sex, ("man", "woman"), ordered=False)


def test_the_item_that_means_something_else_to_some_is_found() -> None:
    people, sex = shifted()
    found = compared(people, sex)
    assert [model.free for model in found.models[:3]] == [(), ("q1",), ("q2",)]
    assert found.models[-1].free == tuple(f"q{j}" for j in range(1, 6))
    assert found.lowest_bic.free == ("q5",)
    assert found.said.values["item"] == "q5"
    p = {model.free: model.p_value for model in found.models}
    assert p[("q5",)] is not None
    assert p[("q5",)] < 1e-6
    assert min(p[(f"q{j}",)] or 0 for j in range(1, 5)) > 0.01
    assert all(model.test == "lr" for model in found.models[1:])
    assert sum(found.n) == 1200


def test_likelihoods_are_those_of_the_page_on_comparing_groups() -> None:
    # docs/how-to/compare-groups.md fits the same models by hand.
    names = ("MORALG", "CARESG", "KNOWG", "LEADG")
    people = tuple(one for one in reference("election") if one.name in names)
    gender = pd.read_csv(LCA / "election.csv")["GENDER"].to_numpy()
    found = compared(people, item("GENDER", (gender - 1).astype(np.int32), ("men", "women")))
    ratios = [model.statistic for model in found.models[1:]]
    assert ratios == pytest.approx([11.8, 12.2, 7.9, 11.3, 67.1], abs=0.06)
    assert [model.df for model in found.models[1:]] == [6, 6, 6, 6, 24]
    assert found.models[0].bic == pytest.approx(14877.9, abs=0.06)


def test_under_a_design_differences_are_tested_by_its_covariance() -> None:
    people, sex = shifted()
    area = np.arange(1200) % 60
    found = compared(people, sex, Design(1200, weights=np.ones(1200), clusters=(area,)))
    plain = compared(people, sex)
    test = {model.free: model for model in found.models}
    assert test[("q5",)].test == "wald"
    assert test[("q5",)].p_value is not None
    assert test[("q5",)].p_value < 1e-4
    # With equal weights and areas of no importance, F times its restrictions is near the ratio.
    for one, other in zip(found.models[1:-1], plain.models[1:-1], strict=True):
        assert one.statistic is not None
        assert one.df is not None
        assert other.statistic is not None
        if other.statistic < 10:
            assert one.statistic * one.df == pytest.approx(other.statistic, abs=3)


def test_one_class_and_unknown_groups() -> None:
    people, sex = shifted()
    assert measure(people, MeasureOptions(classes=(1,)), equal_across=sex).equality is None
    some = replace(sex, codes=np.where(np.arange(1200) < 100, -1, sex.codes).astype(np.int32))
    found = compared(people, some)
    assert (sum(found.n), found.n_without) == (1100, 100)


def test_what_cannot_be_compared_is_refused() -> None:
    people = spectrum_people(300)
    alike = item("sex", np.zeros(300, dtype=np.int32), ("man",), ordered=False)
    for wrong, kind in ((alike, DataError), (alike.take(np.arange(10)), UsageError)):
        with pytest.raises(kind):
            measure(people, TWO, equal_across=wrong)
    with pytest.raises(UsageError, match="latent classes"):
        measure(people, MeasureOptions(classifier="sum_score"), equal_across=alike)
