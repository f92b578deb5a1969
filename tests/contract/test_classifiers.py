"""Every classifier keeps the family's promise."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.measure.cases import item, spectrum_people

from vendepunkt.cli.answer import plain
from vendepunkt.data import Design, Indicator
from vendepunkt.language import LANGUAGES, text
from vendepunkt.measure import (
    CLASSIFIERS,
    Measurement,
    MeasureOptions,
    SumScoreOptions,
    measure,
    plain_answer,
)
from vendepunkt.terms import Result

NAMES = tuple(CLASSIFIERS)


def placed(name: str, items: tuple[Indicator, ...], design: Design | None = None) -> Measurement:
    options = MeasureOptions(
        classifier=name,
        classes=(3,),
        order="severity",
        starts=10,
        sum_score=SumScoreOptions(cutoffs=(0.5, 1.5)),
    )
    return measure(items, options, design=design)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_listed_under_its_name_with_words_and_sources(name: str) -> None:
    member = CLASSIFIERS[name]
    assert member.name == name
    assert member.sources
    assert all("doi.org" in source for source in member.sources)
    for language in LANGUAGES:
        assert text(f"measure.classifier.{name}", language)


@pytest.mark.parametrize("name", NAMES)
def test_everybody_belongs_to_the_classes_together(name: str) -> None:
    found = placed(name, spectrum_people())
    assert isinstance(found, Result)
    classification = found.classification
    assert classification.posterior.sum(axis=1) == pytest.approx(
        np.ones(len(classification.weights))
    )
    assert classification.shares.sum() == pytest.approx(1.0)
    assert classification.counts.sum() == 900
    assert (classification.row_to_pattern >= 0).all()
    for profile in classification.profiles:
        assert profile.sum(axis=0) == pytest.approx(np.ones(classification.classes))
    expected = classification.weights @ classification.posterior / classification.weights.sum()
    assert classification.shares == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_shares_and_profiles_have_a_joint_covariance(name: str) -> None:
    classification = placed(name, spectrum_people()).classification
    size = classification.classes + sum(profile.size for profile in classification.profiles)
    assert classification.covariance is not None
    assert classification.covariance.shape == (size, size)
    known = classification.known_covariance()
    assert np.linalg.eigvalsh(known).min() > -1e-10
    errors, _ = classification.std_errors()
    assert ((errors > 0) & (errors < 0.1)).all()


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_rows_does_not_matter(name: str) -> None:
    items = spectrum_people()
    turned = tuple(item(i.name, i.codes[::-1], i.categories, dimension=i.dimension) for i in items)
    first, second = placed(name, items), placed(name, turned)
    assert first.classification.shares == pytest.approx(second.classification.shares, abs=1e-5)
    assert first.classification.row_posterior()[::-1] == pytest.approx(
        second.classification.row_posterior(), abs=1e-4
    )


@pytest.mark.parametrize("name", NAMES)
def test_frequencies_are_rows_repeated(name: str) -> None:
    items = spectrum_people(400)
    times = np.arange(400) % 3 + 1
    long = tuple(
        item(i.name, np.repeat(i.codes, times), i.categories, dimension=i.dimension) for i in items
    )
    short = placed(name, items, Design(400, freq=times))
    whole = placed(name, long)
    assert short.material.n == whole.material.n
    assert short.classification.shares == pytest.approx(whole.classification.shares, abs=1e-5)
    assert short.groups.n(short.classification) == pytest.approx(
        whole.groups.n(whole.classification), abs=1e-2
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_weight_counts_as_so_many_people_in_the_estimates(name: str) -> None:
    items = spectrum_people(400)
    times = np.arange(400) % 3 + 1
    weighted = placed(name, items, Design(400, weights=times.astype(float)))
    counted = placed(name, items, Design(400, freq=times))
    assert weighted.classification.shares == pytest.approx(counted.classification.shares, abs=1e-5)
    assert weighted.material.n == 400


@pytest.mark.parametrize("name", NAMES)
def test_its_answer_is_plain(name: str) -> None:
    said = plain(plain_answer(placed(name, spectrum_people())))
    assert json.loads(json.dumps(said, allow_nan=False)) == said
    assert said["classifier"] == name
    assert len(said["groups"]) == 3
