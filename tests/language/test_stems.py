from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendepunkt.language import LANGUAGES, fold, stem, stems, stop_words, words
from vendepunkt.language.stems import READ, WORD
from vendepunkt.terms import UsageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ensomhed, igen!", ["ensomhed", "igen"]),
        ("børne- og ungepsykiatri", ["børne", "og", "ungepsykiatri"]),
        ("E-boks og e-mail", ["eboks", "og", "email"]),
        ("MitID på Nørrebro-skolen", ["mitid", "på", "nørrebro", "skolen"]),
        ("don't people's", ["dont", "peoples"]),
        ("fylder 18 år", ["fylder", "18", "år"]),
        ("BØRN i Ålborg", ["børn", "i", "ålborg"]),
        ("😀 … ---", []),
        ("snake_case", ["snake", "case"]),
    ],
)
def test_words_keep_danish_letters(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "ways",
    [
        ("gæld", "gaeld", "gald", "gäld", "GÆLD"),
        ("hjemløs", "hjemloes", "hjemlos", "hjemlös"),
        ("på", "paa", "pa"),
        ("café", "cafe", "cafe\u0301"),
    ],
)
def test_ways_of_writing_a_word_are_folded_to_one(ways: tuple[str, ...]) -> None:
    assert len({fold(way) for way in ways}) == 1


@pytest.mark.parametrize(
    ("language", "alike"),
    [
        ("da", ("ensomhed", "ensomheden", "ensomme")),
        ("da", ("kommunen", "kommuner", "kommunernes")),
        ("da", ("hjemløse", "hjemløs", "hjemloese")),
        ("en", ("homeless", "homelessness")),
        ("en", ("caseworker", "caseworkers")),
    ],
)
def test_forms_of_a_word_have_one_stem(language: str, alike: tuple[str, ...]) -> None:
    assert len({stem(word, language) for word in alike}) == 1


def test_stop_words_are_words_as_they_are_split() -> None:
    """A stop word that no text can hold after splitting would stop nothing."""
    for language in LANGUAGES:
        for word in stop_words(language):
            assert words(word) == [word] or "'" in word


def test_stems_leave_stop_words_out_before_folding() -> None:
    """ "Får" (gets) is one, "far" (father) is not, though both fold to the same."""
    assert stems("Man får ingen hjælp", "da") == [stem("hjælp", "da")]
    assert stems("Min far", "da") == ["far"]


def test_no_other_language() -> None:
    with pytest.raises(UsageError, match="'sv'"):
        stem("ensamhet", "sv")


@given(st.text(), st.sampled_from(LANGUAGES))
def test_any_text_has_stems(text: str, language: str) -> None:
    assert len(stems(text, language)) <= len(words(text))
    assert all(word and len(word) <= WORD for word in words(text))
    assert fold(fold(text)) == fold(fold(fold(text)))


def test_long_texts_are_cut() -> None:
    assert words("ord " * 25_000) == words(("ord " * 25_000)[:READ])
    assert [len(word) for word in words("å" * 100_000)] == [WORD]
