"""The sum score by hand, and its errors against the textbook."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.measure.cases import item

from vendepunkt.data import Design, Indicator
from vendepunkt.measure import Measurement, MeasureOptions, SumScoreOptions, measure
from vendepunkt.terms import UsageError

LABELS = ("never", "sometimes", "often")


def people() -> list[Indicator]:
    """Two dimensions: q1 and q2 in the first, q3 in the second."""
    return [
        item("q1", [0, 2, 2, 2, -1, -1], LABELS, dimension="a"),
        item("q2", [0, 0, 2, 2, 2, -1], LABELS, dimension="a"),
        item("q3", [0, 1, 0, 2, -1, -1], LABELS, dimension="b"),
    ]


def scored(items: list[Indicator] | None = None, **options: object) -> Measurement:
    stated = SumScoreOptions(**options)  # type: ignore[arg-type]
    return measure(items or people(), MeasureOptions(classifier="sum_score", sum_score=stated))


def test_the_score_counts_deprivations_by_dimension() -> None:
    # Scores: 0; 1/2; 1; 1 + 1; 1 of one dimension answered, doubled to 2; nothing answered.
    found = scored(cutoffs=(0.5, 1.0, 2.0))
    placed = found.classification.spread(found.classification.posterior).argmax(axis=1)
    assert placed[:5].tolist() == [0, 1, 2, 3, 3]
    assert np.isnan(found.classification.row_posterior()[5]).all()
    assert found.classification.shares == pytest.approx([0.2, 0.2, 0.2, 0.4])
    assert found.material.n == 5
    assert found.material.n_empty == 1


def test_a_stated_category_counts_from_there_on() -> None:
    strict = scored(cutoffs=(0.5,))
    mild = scored(cutoffs=(0.5,), deprived_from={"q3": "sometimes"})
    assert strict.classification.shares == pytest.approx([0.2, 0.8])
    # Person 2 (1/2 + 1) was over the cut-off already; nobody falls, nobody else rises.
    assert mild.classification.shares == pytest.approx([0.2, 0.8])
    assert scored(cutoffs=(1.5,)).classification.shares == pytest.approx([0.6, 0.4])
    lifted = scored(cutoffs=(1.5,), deprived_from={"q3": "sometimes"})
    assert lifted.classification.shares == pytest.approx([0.4, 0.6])


def test_the_profile_is_what_the_members_answered() -> None:
    found = scored(cutoffs=(0.5,))
    q1 = found.classification.profiles[0]
    # Of the deprived, three answered q1 and all of them "often"; the category 1 occurs nowhere.
    assert found.classification.rows[0] == ("never", "often")
    assert q1 == pytest.approx(np.array([[1.0, 0.0], [0.0, 1.0]]))
    assert found.classification.boundary[0].all()


def test_a_rank_without_people_is_named() -> None:
    found = scored(cutoffs=(1.2, 1.4, 1.9))
    assert found.classification.classes == 2
    assert [n.values for n in found.notices if n.code == "empty_rank"] == [{"ranks": "2, 3"}]


def test_the_error_of_a_share_is_that_of_a_proportion() -> None:
    rng = np.random.default_rng(2)
    items = [item(f"q{c}", rng.integers(0, 2, 400)) for c in range(3)]
    found = scored(items, cutoffs=(1.5,))
    p = found.classification.shares[1]
    errors, _ = found.classification.std_errors()
    assert errors[1] == pytest.approx(np.sqrt(p * (1 - p) / 399))
    simple = measure(
        items,
        MeasureOptions(classifier="sum_score", sum_score=SumScoreOptions(cutoffs=(1.5,))),
        design=Design(400),
    )
    assert simple.classification.std_errors()[0] == pytest.approx(errors)
    assert simple.classification.se_kind == "design"


def test_a_clustered_sample_is_less_sure_and_weights_change_the_share() -> None:
    rng = np.random.default_rng(2)
    area = np.repeat(np.arange(40), 10)
    bad = rng.random(40)[area] < 0.4
    items = [item(f"q{c}", np.where(bad, 1, rng.integers(0, 2, 400))) for c in range(3)]
    options = MeasureOptions(classifier="sum_score", sum_score=SumScoreOptions(cutoffs=(1.5,)))
    plain = measure(items, options)
    clustered = measure(items, options, design=Design(400, clusters=(area,)))
    assert clustered.classification.shares == pytest.approx(plain.classification.shares)
    assert clustered.classification.std_errors()[0][1] > plain.classification.std_errors()[0][1]
    assert clustered.classification.df == 39
    weighted = measure(items, options, design=Design(400, weights=np.where(bad, 5.0, 1.0)))
    by_hand = np.where(bad, 5.0, 1.0)
    member = plain.classification.row_posterior()[:, 1]
    assert weighted.classification.shares[1] == pytest.approx(
        (by_hand * member).sum() / by_hand.sum()
    )


def test_an_item_without_an_order_and_an_unknown_category_are_refused() -> None:
    unordered = replace(people()[0], scores=np.full(3, np.nan))
    with pytest.raises(UsageError) as caught:
        scored([unordered, *people()[1:]])
    assert caught.value.code == "item_without_order"
    with pytest.raises(UsageError, match="always"):
        scored(deprived_from={"q1": "always"})
    with pytest.raises(UsageError, match="q9"):
        scored(deprived_from={"q9": "often"})
    with pytest.raises(UsageError, match="cutoffs"):
        SumScoreOptions(cutoffs=(2.0, 1.0))
