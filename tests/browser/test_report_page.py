"""The page in a real browser: no accessibility faults, no sideways scrolling, nothing fetched."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.report import demo, study

from vendepunkt.disclosure import Door
from vendepunkt.report import Document, Figure, compose, literal, write_report

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt install chromium)"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module", params=["da", "en"])
def page_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the invented report with every section after it."""
    out = tmp_path_factory.mktemp(request.param)
    document = demo.document(request.param)
    rest = compose(study.context(request.param)).blocks[2:]
    document = replace(document, blocks=(*document.blocks, *rest))
    write_report(document, out, ["html"], refs=study.REFS)
    return out / "report.html"


@pytest.mark.parametrize("width", [1200, 320])
def test_axe_finds_no_fault(browser: Any, page_file: Path, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(page_file.as_uri())
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert len(results.response["passes"]) > 20
    page.close()


@pytest.mark.parametrize("width", [1200, 600, 320])
def test_the_page_never_scrolls_sideways(browser: Any, page_file: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize(
    ("width", "medium", "seen"),
    [(320, "screen", "narrow"), (1200, "screen", "wide"), (320, "print", "wide")],
)
def test_a_figure_is_drawn_for_the_width_there_is(
    browser: Any, tmp_path: Path, width: int, medium: str, seen: str
) -> None:
    """One drawing shows, it fits, and there is one picture with one name for those who listen."""
    from vendepunkt.figures import alt_text, draw, svg_text

    table = pd.DataFrame({"group": ["A", "B"], "estimate": [0.7, 0.3]})
    alt = alt_text("shares", table, "en")
    wide, narrow = (svg_text(draw("shares", table, "en", width=w), alt) for w in ("wide", "narrow"))
    figure = Figure("f", "C", wide, literal(alt), Door().without_people("f"), narrow=narrow)
    write_report(Document("T", "en", dt.date(2026, 1, 1), (figure,)), tmp_path, ["html"], refs={})
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto((tmp_path / "report.html").as_uri())
    page.emulate_media(media=medium)
    shown = page.evaluate(
        "[...document.querySelectorAll('.picture > div')]"
        ".filter(e => e.getClientRects().length).map(e => e.className)"
    )
    assert shown == [seen]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_role("img").count() == 1
    assert page.get_by_role("img", name="Figure 1. C").count() == 1
    page.close()


def test_nothing_is_fetched_and_nothing_is_wrong(browser: Any, page_file: Path) -> None:
    page = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(page_file.as_uri())
    assert asked == [page_file.as_uri()]
    assert said == []
    page.close()


def test_the_keyboard_reaches_the_contents_first(browser: Any, page_file: Path) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.close()


def test_no_table_row_is_cut_on_paper(browser: Any, page_file: Path) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    page.emulate_media(media="print")
    cuts = page.evaluate(
        "[...document.querySelectorAll('tr, figure, .box')]"
        ".map(e => getComputedStyle(e).breakInside)"
    )
    assert cuts
    assert set(cuts) == {"avoid"}
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.close()
