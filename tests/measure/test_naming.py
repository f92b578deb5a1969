"""The conditions for the names: each alone can fail, and the page can say which."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.measure.cases import classes_of, gss_measured, spectrum_people

from vendepunkt.language import LANGUAGES
from vendepunkt.measure import GroupOptions, MeasureOptions, measure
from vendepunkt.measure.groups import MainGroups, main_groups
from vendepunkt.measure.naming import middle_share
from vendepunkt.terms import UsageError

SCORES = (np.array([0.0, 0.5, 1.0]),) * 2
RISING = np.array([[0.8, 0.4, 0.1], [0.15, 0.4, 0.2], [0.05, 0.2, 0.7]])


def grouped(
    shares: list[float],
    profiles: list[np.ndarray],
    options: GroupOptions | None = None,
) -> MainGroups:
    dimensions = ("economy", "health")[: len(profiles)]
    found = classes_of(shares, profiles, dimensions)
    return main_groups(found, SCORES[: len(profiles)], dimensions, options or GroupOptions())


def failed(groups: MainGroups) -> set[str]:
    return {condition.key for condition in groups.failed}


def test_three_rising_groups_with_a_small_last_one_carry_the_names() -> None:
    groups = grouped([0.71, 0.24, 0.05], [RISING, RISING])
    assert groups.named
    assert [groups.name(g, "da") for g in groups.groups] == [
        "Majoritetsgruppen", "Risikogruppen", "Eksklusionsgruppen",
    ]  # fmt: skip
    assert groups.explanation("en") == ()


def test_a_dimension_that_does_not_rise_is_named() -> None:
    turned = RISING[:, [0, 2, 1]]
    groups = grouped([0.71, 0.24, 0.05], [RISING, 0.7 * RISING + 0.3 * turned])
    assert groups.named
    groups = grouped([0.71, 0.24, 0.05], [RISING, 0.4 * RISING + 0.6 * turned])
    assert failed(groups) == {"rises"}
    assert "health" in groups.explanation("en")[0]
    assert "Helbred" in groups.explanation("da", {"health": "Helbred"})[0]
    assert groups.name(groups.groups[2], "en") == "Group C"


def test_the_most_severe_group_must_be_the_smallest() -> None:
    assert failed(grouped([0.82, 0.04, 0.14], [RISING, RISING])) >= {"smallest"}


def test_the_most_severe_group_must_be_under_fifteen_per_cent() -> None:
    assert failed(grouped([0.6, 0.24, 0.16], [RISING, RISING])) == {"under"}
    assert failed(grouped([0.6, 0.25, 0.149], [RISING, RISING])) == set()


def test_a_group_of_middle_answers_is_named() -> None:
    depends = np.array([[0.7, 0.15, 0.2], [0.05, 0.7, 0.05], [0.25, 0.15, 0.75]])
    rising = np.array([[0.9, 0.8, 0.1], [0.08, 0.15, 0.3], [0.02, 0.05, 0.6]])
    groups = grouped([0.8, 0.12, 0.08], [depends, rising])
    assert "middle" in failed(groups)
    (sentence,) = [c.sentence("en") for c in groups.failed if c.key == "middle"]
    assert "Group B" in sentence


def test_an_at_risk_group_that_answers_sometimes_is_not_marked_by_the_middle() -> None:
    found = middle_share([RISING, RISING], SCORES, np.array([0.71, 0.24, 0.05]))
    assert (found < 0.2).all()


def test_answering_as_everybody_is_no_mark() -> None:
    same = np.repeat(np.array([[0.3], [0.3], [0.4]]), 3, axis=1)
    assert middle_share([same], SCORES[:1], np.full(3, 1 / 3)) == pytest.approx([0, 0, 0])


def test_the_people_who_answer_depends_get_no_name_in_gss_wave_1() -> None:
    found = gss_measured()
    assert not found.groups.named
    letters = [found.groups.name(group, "da") for group in found.groups.groups]
    assert letters == ["Gruppe A", "Gruppe B", "Gruppe C"]
    (middle,) = [c for c in found.groups.failed if c.key == "middle"]
    (letter,) = middle.groups
    position = "ABC".index(letter)
    assert found.classification.shares[position] == pytest.approx(0.1066, abs=2e-3)
    trust = found.material.names.index("fair")
    depends = found.classification.rows[trust].index("Depends")
    assert found.classification.profiles[trust][depends, position] == pytest.approx(0.70, abs=0.01)
    assert any(notice.code == "neutral_names" for notice in found.notices)


def test_a_real_spectrum_keeps_the_names() -> None:
    found = measure(spectrum_people(), MeasureOptions(classes=(3,), order="severity", starts=10))
    assert found.groups.named
    assert found.groups.name(found.groups.groups[2], "en") == "The excluded group"


def test_names_of_the_study_hold_per_wave_and_language_and_only_where_allowed() -> None:
    options = GroupOptions(
        ranks={"majority": (1,), "at_risk": (2,), "excluded": (3,)},
        names={
            "2017": {"da": {"excluded": "Udsattegruppen"}},
            "": {"en": {"excluded": "The deeply excluded"}},
        },
    )
    groups = grouped([0.71, 0.24, 0.05], [RISING, RISING], options)
    last = groups.groups[2]
    assert groups.name(last, "da", "2017") == "Udsattegruppen"
    assert groups.name(last, "da", "2022") == "Eksklusionsgruppen"
    assert groups.name(last, "en", "2022") == "The deeply excluded"
    of_2017 = grouped([0.71, 0.24, 0.05], [RISING, RISING], replace(options, wave="2017"))
    assert of_2017.name(of_2017.groups[2], "da") == "Udsattegruppen"
    forced = grouped([0.4, 0.3, 0.3], [RISING, RISING], options)
    assert forced.name(forced.groups[2], "da", "2017") == "Gruppe C"


def test_classes_join_to_main_groups_by_severity_rank() -> None:
    profile = np.array([[0.1, 0.9, 0.6, 0.3], [0.2, 0.05, 0.3, 0.4], [0.7, 0.05, 0.1, 0.3]])
    options = GroupOptions(ranks={"majority": (1, 2), "at_risk": (3,), "excluded": (4,)})
    groups = grouped([0.05, 0.5, 0.3, 0.15], [profile, profile], options)
    assert [group.classes for group in groups.groups] == [(1, 2), (3,), (0,)]
    assert groups.named


@pytest.mark.parametrize(
    "ranks",
    [
        {"majority": (1,), "at_risk": (2,)},
        {"majority": (1,), "at_risk": (2,), "excluded": (2,)},
        {"majority": (2,), "at_risk": (1,), "excluded": (3,)},
        {"majority": (1, 3), "excluded": (2,)},
        {"majority": (0,), "at_risk": (1,), "excluded": (2,)},
    ],
)
def test_ranks_that_leave_a_class_out_or_break_the_order_are_refused(ranks: dict) -> None:
    with pytest.raises(UsageError) as caught:
        grouped([0.71, 0.24, 0.05], [RISING, RISING], GroupOptions(ranks=ranks))
    assert caught.value.code == "bad_groups"
    assert "1 to 3" in caught.value.allowed


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("passed", [True, False])
def test_every_condition_can_be_said(language: str, *, passed: bool) -> None:
    two = grouped([0.5, 0.5], [RISING[:, :2]])
    three = grouped([0.4, 0.3, 0.3], [RISING, RISING])
    unordered = classes_of([0.5, 0.5], [np.full((2, 2), 0.5)], ["a"])
    unordered = replace(unordered, severity=None)
    none = main_groups(unordered, (np.full(2, np.nan),), ("a",), GroupOptions())
    conditions = [*two.conditions, *three.conditions, *none.conditions]
    assert {c.key for c in conditions} == {
        "three_groups", "order", "rises", "smallest", "under", "middle",
    }  # fmt: skip
    for condition in conditions:
        assert replace(condition, passed=passed).sentence(language).endswith((".", "…"))
