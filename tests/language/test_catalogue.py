"""Every sentence exists in both languages, with the same places to fill."""

from __future__ import annotations

import pytest

from vendepunkt.language import LANGUAGES, keys, placeholders, plural, template, text

#: Sentences that are written alike in both languages.
ALIKE = {
    "checklist.answer.software",
    "report.people.one",
    "report.provenance.design",
    "report.provenance.part",
    "report.provenance.program",
    "report.provenance.python",
}


def test_languages_have_the_same_keys() -> None:
    first, *others = (set(keys(language)) for language in LANGUAGES)
    assert first
    for other in others:
        assert first == other


def test_a_sentence_has_the_same_places_in_every_language() -> None:
    for key in keys("en"):
        assert len({placeholders(key, language) for language in LANGUAGES}) == 1, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_or_has_stray_blanks(language: str) -> None:
    for key in keys(language):
        said = template(key, language)
        assert said, key
        assert said == said.strip(" "), key
        assert "  " not in said, key


def test_danish_is_not_english() -> None:
    same = {
        key
        for key in keys("en")
        if key.startswith(("report.", "statement.", "disclosure.", "checklist."))
        and template(key, "da") == template(key, "en")
    }
    assert same <= ALIKE


def test_a_count_gets_its_thousands_and_a_text_stays() -> None:
    assert plural("report.people", 2292, "da") == "2.292 personer"
    assert plural("report.people", 1, "en") == "1 person"
    said = text("report.front.collected", "da", wave="2017", fieldwork="maj")
    assert said == "2017: indsamlet maj"


@pytest.mark.parametrize("value", [0.5, True, None])
def test_a_number_that_is_no_count_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=r"\{who\} is a"):
        text("report.front.asked_by", "en", who=value)  # type: ignore[arg-type]


def test_values_must_match_the_places() -> None:
    with pytest.raises(TypeError, match="wants"):
        text("report.front.asked_by", "en")
    with pytest.raises(TypeError, match="wants"):
        text("report.front.asked_by", "en", who="A", what="B")


def test_an_unknown_key_is_named() -> None:
    with pytest.raises(LookupError, match=r"report\.nothing"):
        text("report.nothing", "en")


def test_a_value_is_not_filled_again() -> None:
    assert text("report.front.asked_by", "en", who="{who}") == "Commissioned by {who}"
