"""The recommendation: what it rests on, what it says against itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.measure.cases import gss82_measured, gss_measured

from vendepunkt.language import LANGUAGES
from vendepunkt.measure import Choice, ClassModel
from vendepunkt.measure.blrt import BootstrapTest
from vendepunkt.measure.choice import choose_classes, obstacles
from vendepunkt.measure.continuum import in_one_order, verdict
from vendepunkt.measure.coverage import Setting, settings, too_narrow


def models() -> tuple[ClassModel, ...]:
    return gss82_measured().models


def keys(choice: Choice) -> list[str]:
    return [reason.key.removeprefix("measure.choice.") for reason in choice.reasons]


def test_bic_recommends_and_the_disagreement_is_said() -> None:
    found = gss82_measured().choice
    assert found is not None
    assert found.recommended == 3
    assert found.criterion == "bic"
    assert not found.agree
    assert found.picks["bic"] == 3
    assert found.picks["icl"] == 1
    assert "disagree" in keys(found)
    table = found.table()
    assert table["classes"].tolist() == [1, 2, 3, 4]
    assert table.loc[table["recommended"], "classes"].tolist() == [3]
    assert table["entropy"].isna().tolist() == [True, False, False, False]


def test_the_end_of_the_range_is_pointed_out() -> None:
    assert "edge" in keys(choose_classes(models()[:3], 1202))
    assert "edge" not in keys(choose_classes(models(), 1202))
    assert keys(choose_classes(models()[2:3], 1202))[0] == "only"


@pytest.mark.parametrize("problem", ["converged", "identified", "small"])
def test_a_better_number_that_cannot_be_used_is_passed_over_with_the_reason(problem: str) -> None:
    three = models()[2]
    spoiled = {
        "converged": replace(three, fit=replace(three.fit, converged=False)),
        "identified": replace(three, errors=replace(three.errors, rank=three.errors.rank - 1)),
        "small": replace(three, criteria=replace(three.criteria, smallest_n=4.2)),
    }[problem]
    assert obstacles(spoiled) == (problem,)
    found = choose_classes([*models()[:2], spoiled], 1202)
    assert found.recommended == 2
    assert f"obstacle.{problem}" in keys(found)
    assert f"despite.{problem}" in keys(choose_classes([spoiled], 1202))


def test_the_bootstrap_test_never_decides_and_is_qualified_at_large_n() -> None:
    three = models()[2]
    test = BootstrapTest(2, 57.4, 0.01, 99, approximate=True, draws=three.fit.shares)
    tested = [*models()[:2], replace(three, blrt=test)]
    large = choose_classes(tested, 5000)
    assert {"blrt_rejects", "blrt_large", "blrt_approximate"} <= set(keys(large))
    small = choose_classes(tested, 300)
    assert "blrt_large" not in keys(small)
    # A test that favours one class more does not move the recommendation.
    four = replace(models()[3], blrt=replace(test, null_classes=3))
    assert choose_classes([*tested, four], 5000).recommended == 3


def test_a_best_start_that_stands_alone_is_flagged() -> None:
    three = models()[2]
    alone = replace(three, fit=replace(three.fit, starts_at_best=1))
    assert not alone.replicated
    assert "not_replicated" in keys(choose_classes([*models()[:2], alone], 1202))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_can_be_said(language: str) -> None:
    for choice in (gss82_measured().choice, gss_measured().choice):
        assert choice is not None
        for sentence in choice.sentences(language):
            assert sentence.endswith(".")
            assert "{" not in sentence


def test_gss_wave_1_is_no_single_spectrum() -> None:
    found = gss_measured().continuum
    assert found is not None
    assert found.verdict == "groups"
    assert found.ordered_loglik < found.free_loglik - 5
    assert "spectrum" in found.said.sentence("en")


def test_verdicts_and_the_order_of_located_classes() -> None:
    import numpy as np

    assert verdict(1000, 1000.2, None) == "spectrum"
    assert verdict(1000, 1005, 960) == "spectrum"
    assert verdict(1000, 1030, None) == "groups"
    scores = (np.array([0.0, 1.0]),) * 2
    up, down = np.array([[0.9, 0.1], [0.1, 0.9]]), np.array([[0.3, 0.6], [0.7, 0.4]])
    assert in_one_order([up, up], scores)
    assert not in_one_order([up, down], scores)


def test_too_narrow_is_asked_of_results_no_better_than_a_poor_setting() -> None:
    poor = [setting for setting in settings() if setting.covered < 0.9]
    assert poor
    for setting in poor:
        found = too_narrow(setting.people, setting.entropy)
        assert isinstance(found, Setting)
        assert found.covered < 0.9
    assert too_narrow(20, None) is None
    assert too_narrow(1e6, 0.5) is None
    assert too_narrow(20, 0.99) is None


def test_the_settings_are_those_of_the_simulations() -> None:
    """A row of the simulation page that covered poorly must be warned of, and no good one."""
    page = Path(__file__).parents[2] / "docs" / "reference" / "measured" / "simulations.md"
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.startswith(("| bar", "| entropy", "| small"))
    ]
    smallest = [row for row in rows if row[8] == "3"]
    assert len(smallest) >= 5
    for row in smallest:
        people = float(row[9]) * float(row[1]) / float(row[4])
        warned = too_narrow(people, float(row[5])) is not None
        assert warned == (float(row[12]) < 0.90), row
