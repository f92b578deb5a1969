"""Every renderer and every section keeps its family's promise, in every language."""

from __future__ import annotations

import pytest
from tests.report import demo, study

from vendepunkt.language import LANGUAGES
from vendepunkt.report import Document
from vendepunkt.report.build import build
from vendepunkt.report.render import RENDERERS
from vendepunkt.report.sections import REQUIRED, SECTIONS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", RENDERERS)
def test_a_renderer_gives_the_same_bytes_twice(name: str, language: str) -> None:
    built = build(demo.document(language), demo.REFS)
    first = RENDERERS[name](built, demo.DAY)
    assert isinstance(first, bytes)
    assert first
    assert RENDERERS[name](built, demo.DAY) == first


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_without_results_gives_blocks_that_every_renderer_writes(
    name: str, language: str
) -> None:
    blocks = tuple(SECTIONS[name](study.context(language)))
    document = Document("T", language, demo.DAY, blocks)
    for render in RENDERERS.values():
        assert render(build(document, study.REFS), demo.DAY)


def test_the_required_sections_exist() -> None:
    assert set(REQUIRED) <= set(SECTIONS)
