"""The PDF: PDF/UA as Typst checks it, and as another program reads it back."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

import pytest
from pypdf import PdfReader
from tests.report import demo
from tests.report.pages import Page, letters, pdf_words

from vendepunkt.report import Document, Heading, Paragraph, literal
from vendepunkt.report.build import build
from vendepunkt.report.render import RENDERERS
from vendepunkt.terms import DataError


@pytest.fixture(scope="module", params=["da", "en"])
def written(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    built = build(demo.document(request.param), demo.REFS)
    return request.param, RENDERERS["pdf"](built, demo.DAY)


def test_title_language_and_mark_are_there(written: tuple[str, bytes]) -> None:
    language, pdf = written
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.metadata is not None
    assert reader.metadata.title == demo.WORDS[language]["title"]
    root: Any = reader.root_object
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    xmp = reader.xmp_metadata
    assert xmp is not None
    assert b"pdfuaid" in xmp.stream.get_data()


def test_the_parts_are_tagged(written: tuple[str, bytes]) -> None:
    language, pdf = written
    tree: Any = PdfReader(io.BytesIO(pdf)).root_object["/StructTreeRoot"]
    found: Counter[str] = Counter()
    alts: list[str] = []
    heap = [tree["/K"]]
    while heap:
        node = heap.pop()
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            heap.extend(node)
        elif isinstance(node, dict):
            found[str(node.get("/S", ""))] += 1
            alts += [str(node["/Alt"]).replace("\u00a0", " ")] if "/Alt" in node else []
            if "/K" in node:
                heap.append(node["/K"])
    assert found["/Table"] == 2
    assert found["/TH"] == 10  # seven columns, three groups of rows
    assert found["/H1"] == 2
    assert found["/H2"] == 2
    assert found["/Figure"] == 1
    assert demo.WORDS[language]["alt"] in alts


def test_all_fonts_travel_with_it(written: tuple[str, bytes]) -> None:
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in PdfReader(io.BytesIO(written[1])).pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    }
    assert fonts
    assert all("+" in font for font in fonts)  # a subset's name has a tag and a plus


def test_page_and_pdf_carry_the_same_words_and_numbers(written: tuple[str, bytes]) -> None:
    language, pdf = written
    page = Page(RENDERERS["html"](build(demo.document(language), demo.REFS), demo.DAY))
    said = letters(pdf_words(pdf))
    for words in page.words:
        assert letters(words) in said, words
    whole = letters("".join(page.words))
    numbers = Counter(character for character in whole if character.isdigit())
    contents = letters("".join(line for line in pdf_words(pdf).splitlines() if " . . " not in line))
    assert Counter(character for character in contents if character.isdigit()) == numbers


def test_equal_reports_are_equal_bytes(written: tuple[str, bytes]) -> None:
    language, pdf = written
    assert RENDERERS["pdf"](build(demo.document(language), demo.REFS), demo.DAY) == pdf


def test_later_pages_have_a_running_header(written: tuple[str, bytes]) -> None:
    language, pdf = written
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    word = {"da": "Side 2 af", "en": "Page 2 of"}[language]
    assert word in pages[1]
    assert word.replace("2", "1") not in pages[0]


@pytest.mark.parametrize("sign", ["中", "😀"])
def test_a_sign_without_a_letter_form_is_named(sign: str) -> None:
    built = build(Document(f"T {sign}", "en", demo.DAY, ()), {})
    with pytest.raises(DataError, match=f"no sign for '{sign}'"):
        RENDERERS["pdf"](built, demo.DAY)
    assert sign in RENDERERS["html"](built, demo.DAY).decode()


def test_control_characters_do_not_reach_a_page() -> None:
    sly = "a\x07b\ufeffc"
    blocks = (Heading(sly), Paragraph(literal(sly)))
    built = build(Document(sly, "en", demo.DAY, blocks, sly, (sly,), (sly,)), {})
    assert RENDERERS["pdf"](built, demo.DAY).startswith(b"%PDF")
    assert RENDERERS["html"](built, demo.DAY).decode().count("a bc") == 7
