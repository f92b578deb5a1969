"""The page: one file, nothing fetched, and built so that everybody can read it."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from tests.report import demo
from tests.report.pages import Page

from vendepunkt.disclosure import Door
from vendepunkt.report import Document, Figure, Paragraph, literal
from vendepunkt.report.build import build
from vendepunkt.report.render import RENDERERS
from vendepunkt.report.render.svg import clean, inline


def html(language: str = "da") -> bytes:
    return RENDERERS["html"](build(demo.document(language), demo.REFS), demo.DAY)


@pytest.fixture(params=["da", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


def test_nothing_is_fetched_and_nothing_runs(language: str) -> None:
    page = html(language).decode()
    addresses = set(re.findall(r"https?://[^\s\"'<)]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "<script" not in page
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_the_language_and_the_title_are_said(language: str) -> None:
    page = Page(html(language))
    assert page.all("html") == [{"lang": language}]
    assert len(page.all("title")) == 1
    assert len(page.all("main")) == 1
    assert page.all("a")[0] == {"class": "skip", "href": "#main"}


def test_headings_are_in_order(language: str) -> None:
    levels = [
        int(tag[1]) for tag, _ in Page(html(language)).elements if re.fullmatch("h[1-6]", tag)
    ]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_have_captions_and_scopes(language: str) -> None:
    page = Page(html(language))
    assert len(page.all("caption")) == len(page.all("table")) == 2
    assert {head.get("scope") for head in page.all("th")} == {"col", "row", "rowgroup"}


def test_ids_are_unique_and_what_is_pointed_at_exists(language: str) -> None:
    page = Page(html(language))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        for name in attributes.get("aria-labelledby", "").split():
            assert name in ids
        if attributes.get("href", "").startswith("#"):
            assert attributes["href"][1:] in ids


def test_a_drawing_is_named_and_its_parts_are_its_own() -> None:
    drawn = inline(demo.drawing(("a", "b", "c")), "fig-x")
    assert drawn.startswith("<svg")
    assert 'aria-hidden="true"' in drawn
    assert "<title" not in drawn
    assert 'id="fig-x-clip"' in drawn
    assert "url(#fig-x-clip)" in drawn
    assert "metadata" not in drawn
    assert 'viewBox="0 0 480 170"' in drawn
    assert 'width="480pt"' not in drawn


def test_a_figure_is_said_once_and_drawn_for_wide_and_narrow_screens() -> None:
    letter = '<defs><path id="DejaVuSans-{0}" d="M 0 {0} \nL 1 1 \nz\n"/></defs>'
    use = '<use xlink:href="#DejaVuSans-{0}"/>'
    wide, narrow = (
        '<svg xmlns:xlink=\'http://www.w3.org/1999/xlink\' role="img" aria-label="A">'
        + "".join(letter.format(n) + use.format(n) for n in glyphs)
        + "</svg>"
        for glyphs in ((1, 2), (2, 3))
    )
    clearance = Door().without_people("f")
    figure = Figure("f", "C", wide, "What is seen", clearance, narrow=narrow)
    written = RENDERERS["html"](build(Document("T", "en", demo.DAY, (figure,)), {}), demo.DAY)
    page = Page(written)
    assert [e["class"] for e in page.all("div")][-3:] == ["picture", "wide", "narrow"]
    pictures = [found for _, found in page.elements if found.get("role") == "img"]
    assert pictures == [page.all("div")[-3]]
    assert pictures[0]["aria-describedby"] == "fig-f-words"
    assert written.decode().count("What is seen") == 1
    assert all(found["aria-hidden"] == "true" for found in page.all("svg"))
    assert [found["id"] for found in page.all("path")] == [f"DejaVuSans-{n}" for n in (1, 2, 3)]
    assert len(page.all("use")) == 4


@pytest.mark.parametrize(
    "bad",
    [
        "<svg><script>x</script></svg>",
        '<svg><image href="https://example.org/a.png"/></svg>',
        '<svg onload="x"></svg>',
        "<p></p>",
    ],
)
def test_a_drawing_that_runs_or_fetches_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="A figure"):
        clean(bad)


def test_words_of_people_are_words_and_not_markup() -> None:
    sly = '<script>alert("x")</script> & co'
    document = Document(
        sly,
        "da",
        demo.DAY,
        (
            Paragraph(literal(sly)),
            Figure("f", sly, "<svg></svg>", sly, Door().without_people("f"), note=sly),
        ),
        subtitle=sly,
        lines=(sly,),
        authors=(sly,),
    )
    page = RENDERERS["html"](build(document, {}), demo.DAY).decode()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 6


def test_a_printed_number_says_where_it_comes_from() -> None:
    page = html("da").decode()
    assert '<data value="0.7143" data-ref="measure/shares/majority">71\u00a0pct.</data>' in page


def test_a_hidden_cell_is_said_aloud() -> None:
    page = html("da").decode()
    assert '<span aria-hidden="true">..</span><span class="unseen">skjult</span>' in page
