"""Sections: what a report says by itself, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.report import study
from tests.report.pages import Page

from vendepunkt.language import statement
from vendepunkt.report import About, Statement, compose
from vendepunkt.report.build import build
from vendepunkt.report.render import RENDERERS
from vendepunkt.report.sections import SECTIONS
from vendepunkt.report.sections.checklist import ITEMS
from vendepunkt.terms import DataError, UsageError


def words(language: str, sections: tuple[str, ...] | None = None, **changes: object) -> str:
    context = study.context(language, **changes)
    document = compose(context, sections)
    page = Page(RENDERERS["html"](build(document, study.REFS), document.date))
    return " ".join("".join(page.words).replace("\u00a0", " ").split())


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_statements_that_hold_are_there(language: str) -> None:
    said = words(language)
    assert statement("associations", language) in said
    assert statement("interval", language) in said
    assert statement("frame", language) in said
    assert statement("model", language, K=3, e="87") in said
    collected = study.FIELDWORK[language]
    assert statement("fieldwork", language, wave="2022", fieldwork=collected) in said


def test_statements_can_be_moved_and_not_removed() -> None:
    first = compose(study.context("da"), ["statements", "method"]).blocks
    last = compose(study.context("da"), ["method"]).blocks
    for blocks in (first, last):
        assert Statement("associations") in blocks
    assert isinstance(last[-1], Statement)
    assert not isinstance(first[-1], Statement)


def test_a_frame_that_holds_everybody_says_nothing_of_those_outside() -> None:
    about = replace(study.context("da").about, outside_frame=False)
    assert "Hjemløse" not in words("da", about=about)


def test_an_unstated_frame_is_an_error() -> None:
    with pytest.raises(DataError, match="whom its sample was drawn from"):
        About("T", study.demo.DAY, " ")


@pytest.mark.parametrize(
    ("language", "among", "population"),
    [
        ("da", "blandt dem, der har svaret", "gælder for befolkningen"),
        ("en", "among the respondents", "hold for the population"),
    ],
)
def test_unweighted_results_hold_among_the_respondents(
    language: str, among: str, population: str
) -> None:
    assert among in words(language, ("method",))
    assert study.REASON[language] in words(language, ("method",))
    assert population not in words(language, ("method",))
    weighted = replace(study.context(language).method, weighted=True)
    said = words(language, ("method",), method=weighted)
    assert population in said
    assert among not in said


def test_the_method_box_says_how_many_and_who() -> None:
    said = words("da", ("method",))
    assert "svar fra 1.276 personer" in said
    assert "Hertil kommer 6 personer uden svar" in said
    assert study.FRAME["da"] in said
    assert study.DESIGN["da"] in said


@pytest.mark.parametrize(("language", "open_"), [("da", "Åbent"), ("en", "Open")])
def test_checklist_items_without_an_answer_are_listed_as_open(language: str, open_: str) -> None:
    tables = [b for b in SECTIONS["checklist"](study.context(language)) if hasattr(b, "rows")]
    assert [len(table.rows) for table in tables] == [len(items) for items in ITEMS.values()]
    answers = {row.cells[0]: row.cells[2] for row in tables[0].rows}
    assert answers["9"] == open_
    assert answers["13"] == "0.87"
    assert answers["3c"] == study.MISSING[language]
    assert all(answers.values())


def test_items_about_time_are_open_when_there_are_waves() -> None:
    about = replace(study.context("da").about, waves={"2017": "a", "2022": "b"})
    table = SECTIONS["checklist"](study.context("da", about=about))[2]
    assert {row.cells[0]: row.cells[2] for row in table.rows}["7"] == "Åbent"  # type: ignore[union-attr]


def test_the_appendix_lets_others_repeat_and_cite() -> None:
    said = words("da", ("provenance",))
    for part in ("abababababababab", "7", "0.1.0", "2.4.6", "færre end 5 personer"):
        assert part in said
    assert "A. Forsker og B. Forsker (2026)." in said


def test_an_unknown_section_says_which_there_are() -> None:
    with pytest.raises(UsageError, match="sections is 'methods'"):
        compose(study.context("da"), ["methods"])
