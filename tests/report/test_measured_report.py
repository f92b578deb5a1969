"""A whole report of a real measurement: main results, checklists, and groups too small to show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.measure.cases import gss_measured
from tests.report import study
from tests.report.pages import Page

from vendepunkt.disclosure import Door, Rules
from vendepunkt.language import integer, percent, text
from vendepunkt.report import Context, compose, write_report

#: Over the smallest of the three groups, which holds some two hundred people.
HIGH = Rules(threshold=400)


def context(language: str, **changes: Any) -> Context:
    found = gss_measured()
    return study.context(
        language,
        results={"measure": found},
        refs=study.REFS | found.refs(),
        checklist={},
        main=(),
        notices=(),
        **changes,
    )


def page(folder: Path, given: Context) -> str:
    write_report(compose(given), folder, ["html"], refs=given.refs)
    return (folder / "report.html").read_text(encoding="utf-8").replace("\u00a0", " ")


def words(html: str) -> str:
    return " ".join("".join(Page(html.encode()).words).split())


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_first_page_says_how_large_the_groups_are(tmp_path: Path, language: str) -> None:
    given = context(language)
    said = words(page(tmp_path, given))
    found = gss_measured()
    n = integer(found.refs()["measure/summary/n"].value, language)  # type: ignore[arg-type]
    assert re.search(rf"{re.escape(n)} (personer er delt i|people are divided into) 3 ", said)
    for group in found.groups.groups:
        share = found.refs()[f"measure/shares/{group.letter}"].value
        assert f"{found.groups.name(group, language)} " in said
        assert f"{percent(share, language)} " in said  # type: ignore[arg-type]


def test_the_checklists_are_filled_from_the_measurement(tmp_path: Path) -> None:
    said = words(page(tmp_path, context("da")))
    fit = gss_measured().model.fit  # type: ignore[union-attr]
    assert f"{fit.starts} tilfældige startpunkter blev prøvet, {fit.starts_finished} af dem" in said
    assert "2 modeller, med 2 til 3 klasser" in said
    assert "Entropi 0," in said
    assert "Se afsnittet ”Hvor mange grupper?”" in said
    assert "Åbent" in said


def test_an_item_does_not_point_to_a_section_that_is_left_out(tmp_path: Path) -> None:
    given = context("da")
    document = compose(given, ["groups", "checklist"])
    write_report(document, tmp_path, ["html"], refs=given.refs)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Se afsnittet ”Grupperne”" in html
    assert "Hvor mange grupper?" not in html


@pytest.mark.parametrize("language", ["da", "en"])
def test_nothing_of_a_group_that_is_too_small_leaves(tmp_path: Path, language: str) -> None:
    given = context(language, door=Door(HIGH))
    found = gss_measured()
    html = page(tmp_path, given)
    sizes = found.groups.expected(found.classification)
    small = [g for g in range(len(sizes)) if sizes[g] < HIGH.threshold]
    assert len(small) == 1
    letter = found.groups.groups[small[0]].letter
    name = found.groups.name(found.groups.groups[small[0]], language)
    assert f"{name}: " in words(html)
    assert text("disclosure.hidden_note", language, threshold=HIGH.threshold) in words(html)
    for term in ("shares", "severity", "n", "profile"):
        assert f"measure/{term}/{letter}" not in html
    share = found.refs()[f"measure/shares/{letter}"].value
    count = found.refs()[f"measure/n/{letter}"].value
    for file in tmp_path.rglob("*"):
        if file.is_file():
            content = file.read_text(encoding="utf-8")
            assert str(share) not in content, file
            assert not re.search(rf"(?<![\d.,#]){count}(?![\d.,])", readable(content)), file


def readable(content: str) -> str:
    """Give what can be read of a file: a page without its drawings' coordinates, a table whole."""
    return re.sub(r"<(style|path|g|use|clipPath|defs|svg)\b[^>]*>", " ", content)
