"""The sections about groups: what they print, in both languages, and what they never print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from tests.measure.cases import gss_measured, item, reference, spectrum_people
from tests.report import demo, study

from vendepunkt.language import LANGUAGES
from vendepunkt.measure import GroupOptions, Measurement, MeasureOptions, SumScoreOptions, measure
from vendepunkt.report import HIDDEN, Block, Document, Estimate, Figure, Row, Table
from vendepunkt.report.build import build
from vendepunkt.report.render import RENDERERS
from vendepunkt.report.sections import SECTIONS
from vendepunkt.report.sections.groups import merged
from vendepunkt.report.sections.marks import mark_refs, marks

NAMES = ("groups", "profile", "class_choice", "uncertainty", "answers")


def blocks(name: str, found: Measurement, language: str = "en") -> Sequence[Block]:
    context = study.context(language, results={"measure": found}, refs=refs(found))
    return SECTIONS[name](context)


def refs(found: Measurement) -> dict:
    return study.REFS | found.refs()


def table(made: Sequence[Block], name: str) -> Table:
    (only,) = [block for block in made if isinstance(block, Table) and block.name == name]
    return only


def body(made: Table) -> list[Row]:
    return [row for row in made.rows if row.kind == "body"]


@cache
def few() -> Measurement:
    """Three groups by sum score, of which the last has three people."""
    codes = np.repeat([0, 1, 2], [60, 37, 3])
    items = [
        item("a", np.where(codes >= 1, 1, 0), dimension="one"),
        item("b", np.where(codes >= 2, 1, 0), dimension="two"),
    ]
    options = MeasureOptions(
        classifier="sum_score", sum_score=SumScoreOptions(cutoffs=(1, 2)), order="severity"
    )
    return measure(items, options)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_renderer_writes_them_with_all_that_can_be_measured(name: str, language: str) -> None:
    found = measure(
        spectrum_people(400),
        MeasureOptions(
            classes=(2, 3), order="severity", starts=5, blrt=3, blrt_starts=2,
            local_dependence=True, continuum=True,
        ),
    )  # fmt: skip
    for result in (found, few()):
        made = tuple(blocks(name, result, language))
        built = build(Document("T", language, demo.DAY, made), refs(result))
        for render in RENDERERS.values():
            assert render(built, demo.DAY)


@pytest.mark.parametrize("name", NAMES)
def test_without_a_measurement_they_say_nothing(name: str) -> None:
    assert list(SECTIONS[name](study.context("en"))) == []


def test_the_table_of_groups_prints_shares_people_and_severity() -> None:
    made = table(blocks("groups", gss_measured()), "groups")
    rows = body(made)
    assert [row.cells[2] for row in rows] == pytest.approx([839, 213, 948], abs=1)
    share = rows[1].cells[1]
    assert isinstance(share, Estimate)
    assert share.value == pytest.approx(0.1066, abs=2e-3)
    assert share.low is not None
    assert made.rows[-1].cells[:3] == ("Total", 1.0, 2000)


def test_neutral_names_come_with_their_reasons() -> None:
    made = blocks("groups", gss_measured(), "da")
    words = str(made)
    assert "Grupperne hedder A, B og så videre" in words
    assert "svare i midten" in words
    assert "Eksklusionsgruppen" not in words


def test_a_group_of_three_people_is_hidden_whole_and_cannot_be_worked_out() -> None:
    rows = body(table(blocks("groups", few()), "groups"))
    hidden = [row.cells[1] is HIDDEN for row in rows]
    assert hidden[2]
    assert sum(hidden) >= 2  # the total would give one away
    assert rows[2].cells[2] is HIDDEN
    assert rows[2].cells[3] is HIDDEN
    answers = body(table(blocks("answers", few()), "answers"))
    assert all(row.cells[3] is HIDDEN for row in answers)
    assert not any(row.cells[1] is HIDDEN for row in answers)


def test_everybody_stands_beside_the_groups_unless_that_gave_one_away() -> None:
    found = gss_measured()
    made = table(blocks("answers", found), "answers")
    assert made.columns[-1].key == "all"
    shares = found.classification.shares
    first = body(made)[0].cells
    groups = [cell.value for cell in first[1:-1] if isinstance(cell, Estimate)]
    assert first[-1] == pytest.approx(shares[[0, 1, 2]] @ groups, abs=1e-9)
    assert table(blocks("answers", few()), "answers").columns[-1].key != "all"


def test_the_answer_that_leads_most_marks_a_group_in_words_with_refs() -> None:
    found = gss_measured()
    found_marks = {mark.group: mark for mark in marks(found)}
    depends = found_marks[1]
    assert found.classification.rows[depends.item][depends.category] == "Depends"
    values = mark_refs(found)
    assert values[depends.here].value == pytest.approx(0.70, abs=0.03)
    assert values[depends.here].value > values[depends.everybody].value + 0.5
    context = study.context("en", results={"measure": found}, refs=refs(found) | values)
    said = str(SECTIONS["profile"](context))
    assert "“{as:Depends}”" in said
    assert f"{{ref:{depends.here}|pct}}" in said


def test_what_marks_a_group_that_is_hidden_is_not_said() -> None:
    found = few()
    context = study.context("en", results={"measure": found}, refs=refs(found) | mark_refs(found))
    said = str(SECTIONS["profile"](context))
    assert "measure/marks/A" in said
    assert "measure/marks/C" not in said
    assert "measure/marks/all" not in said


def test_the_sizes_of_every_model_hide_a_class_that_is_too_small() -> None:
    found = gss_measured()
    made = table(blocks("class_choice", found), "class-sizes")
    assert [len([c for c in row.cells[1:] if c is not None]) for row in body(made)] == [2, 3]
    assert found.choice is not None
    three = found.choice.models[1]
    counts = three.classification.counts / 150
    tiny = replace(three, classification=replace(three.classification, counts=counts))
    choice = replace(found.choice, models=(found.choice.models[0], tiny))
    rows = body(table(blocks("class_choice", replace(found, choice=choice)), "class-sizes"))
    assert HIDDEN not in rows[0].cells
    assert rows[1].cells.count(HIDDEN) >= 2


def test_no_figure_draws_a_hidden_share() -> None:
    for name in ("groups", "profile", "answers"):
        for figure in [b for b in blocks(name, few()) if isinstance(b, Figure)]:
            assert "3 %" not in figure.svg
            assert "3 people" not in figure.svg
            assert "3 %" not in figure.alt
            assert "3 %" not in figure.narrow


def test_classes_of_a_group_with_a_small_class_are_all_hidden() -> None:
    people = spectrum_people()
    found = measure(
        people,
        MeasureOptions(
            classes=(3,),
            order="severity",
            starts=5,
            groups=GroupOptions(ranks={"majority": (1,), "rest": (2, 3)}),
        ),
    )
    shown = [row.cells[1] for row in body(table(blocks("groups", found), "classes"))]
    assert HIDDEN not in shown
    # The last class shrinks to four people, who go to the second.
    classification = found.classification
    counts, posterior = classification.counts.copy(), classification.posterior.copy()
    last = np.flatnonzero(posterior.argmax(axis=1) == 2)
    posterior[last] = [0.0, 1.0, 0.0]
    posterior[last[0]] = [0.0, 0.0, 1.0]
    counts[last[0]] = 4
    small = replace(
        found, classification=replace(classification, counts=counts, posterior=posterior)
    )
    shown = [row.cells[1] for row in body(table(blocks("groups", small), "classes"))]
    assert [cell is HIDDEN for cell in shown][1:] == [True, True]


def test_the_smallest_class_is_hidden_in_the_choice_where_it_is_too_small() -> None:
    found = gss_measured()
    assert found.choice is not None
    models = tuple(
        replace(m, criteria=replace(m.criteria, smallest_n=4.0)) if m.classes == 3 else m
        for m in found.models
    )
    small = replace(found, models=models, choice=replace(found.choice, models=models))
    rows = body(table(blocks("class_choice", small), "class-quality"))
    assert [row.cells[3] is HIDDEN for row in rows] == [False, True]


def test_shares_with_and_without_direct_effects_stand_side_by_side() -> None:
    found = measure(
        reference("gss82"), MeasureOptions(classes=(2,), starts=10, local_dependence=True)
    )
    rows = body(table(blocks("class_choice", found), "direct-effects"))
    assert sum(row.cells[1] for row in rows) == pytest.approx(1.0)
    assert sum(row.cells[2] for row in rows) == pytest.approx(1.0)
    assert rows[0].cells[1] == pytest.approx(0.8077, abs=2e-3)


@pytest.mark.parametrize("counts", [[1, 8, 9, 0, 6, 2], [0, 0, 3], [5, 5], [9], [0, 0, 0, 40, 1]])
def test_joined_bins_cover_all_and_hold_enough(counts: list[int]) -> None:
    edges = merged(np.array(counts), 5)
    assert edges[0] == 0
    assert edges[-1] == len(counts)
    assert edges == sorted(set(edges))
    parts = [sum(counts[a:b]) for a, b in pairwise(edges)]
    assert all(part >= 5 for part in parts) or len(parts) == 1
