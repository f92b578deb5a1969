from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendepunkt.convene import Helper, ThemeBook
from vendepunkt.convene.help import BOOK
from vendepunkt.convene.help.book import LONGEST, WHOLE
from vendepunkt.language import LANGUAGES
from vendepunkt.language.lix import lix
from vendepunkt.terms import DataError, ProblemsError

DEBT = '[debt]\ntitle.da = "Gæld"\ntext.da = "Lån og regninger."\n'
#: The fifteen further themes of the published list, in its order.
PUBLISHED = (
    "poverty", "leisure", "stigma", "transition", "unemployment", "psychiatry", "digitalisation",
    "grief", "education", "zero-error", "neglect", "criminalisation", "health", "authorities",
    "homelessness",
)  # fmt: skip


def test_the_shipped_book_has_the_published_fifteen_and_one_of_ours() -> None:
    book = ThemeBook.shipped()
    assert tuple(one.id for one in book.themes if one.origin == "published") == PUBLISHED
    assert [one.id for one in book.themes if one.origin != "published"] == ["relations"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_theme_has_a_paragraph_in_both_languages(language: str) -> None:
    for theme in ThemeBook.shipped().themes:
        assert len(getattr(theme.title, language)) > 2
        assert 40 <= len(getattr(theme.text, language).split()) <= 120, theme.id
    titles = {getattr(one.title, language) for one in ThemeBook.shipped().themes}
    assert len(titles) == len(ThemeBook.shipped().themes)


def test_the_danish_texts_are_no_harder_than_officialese() -> None:
    """They list words, so sentences are long; facilitators may read them."""
    assert lix([one.text.da for one in ThemeBook.shipped().themes]) < 50


def test_a_study_has_its_own_book_or_the_shipped_one(tmp_path: Path) -> None:
    assert ThemeBook.of(tmp_path) == ThemeBook.shipped()
    (tmp_path / BOOK).write_text("\ufeff" + DEBT, encoding="utf-8")
    book = ThemeBook.of(tmp_path)
    assert [(one.id, one.title.da, one.origin) for one in book.themes] == [("debt", "Gæld", "own")]


def test_a_book_in_one_language_serves_the_other() -> None:
    helper = Helper(ThemeBook.parse(DEBT), language="en")
    assert [one.theme for one in helper.suggest("regninger")] == ["debt"]


def test_examples_are_words_of_the_theme() -> None:
    book = ThemeBook.parse(DEBT + 'examples.da = ["Kviklån", "RKI"]\n')
    assert book.themes[0].examples == {"da": ("Kviklån", "RKI")}
    assert [one.theme for one in Helper(book).suggest("kviklån")] == ["debt"]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "empty_theme_book", 0),
        ("[debt]\ntitle.da = ", "bad_toml", 2),
        ("[debt\n", "bad_toml", 1),
        (DEBT + "colour = 1\n", "unknown_key", 4),
        (DEBT + 'title.sv = "Skuld"\n', "unknown_key", 4),
        (DEBT + 'origin = "theirs"\n', "bad_value", 4),
        (DEBT + "origin = [1]\n", "bad_value", 4),
        (DEBT + 'examples.da = "Lån"\n', "bad_value", 4),
        (DEBT + 'examples.da = [\n"Lån",\n" ",\n]\n', "bad_value", 6),
        (DEBT + 'examples = ["Lån"]\n', "bad_value", 4),
        ('[debt]\ntitle.da = "Gæld"\n', "missing_key", 1),
        ('[debt]\n\ntitle = "Gæld"\ntext.da = "Lån"\n', "bad_value", 3),
        ('[debt]\ntitle.da = "Gæld"\ntext.da = 3\n', "bad_value", 3),
        ('[debt]\ntitle.da = ""\ntext.da = "Lån"\n', "bad_value", 2),
        (f'[debt]\ntitle.da = "Gæld"\ntext.da = "{"a" * (LONGEST + 1)}"\n', "bad_value", 3),
        ('["Min gæld"]\ntitle.da = "Gæld"\ntext.da = "Lån"\n', "bad_theme_name", 1),
        ("debt = 1\n", "bad_value", 1),
        (DEBT + '[loan]\ntitle.da = "GÆLD"\ntext.da = "Lån"\n', "same_title", 5),
        ("#" * (WHOLE + 1), "long_theme_book", 0),
        ("a = " + "[" * 5_000, "bad_toml", 0),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, code: str, line: int) -> None:
    with pytest.raises(ProblemsError) as caught:
        ThemeBook.parse(text)
    (problem,) = caught.value.problems
    assert (problem.code, problem.line, problem.file) == (code, line, BOOK)


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(ProblemsError) as caught:
        ThemeBook.parse('[a]\ntitle.da = ""\n[b]\ntext.en = 2\n')
    assert [(one.code, one.line) for one in caught.value.problems] == [
        ("missing_key", 1),
        ("bad_value", 2),
        ("missing_key", 3),
        ("bad_value", 4),
    ]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        ThemeBook.read(tmp_path / "none.toml")
    assert caught.value.code == "no_theme_book"
    (tmp_path / BOOK).write_bytes(b"[a]\n# \xe6\n")
    with pytest.raises(ProblemsError) as wrong:
        ThemeBook.of(tmp_path)
    assert [(one.code, one.line) for one in wrong.value.problems] == [("not_utf8", 2)]


@given(st.text(alphabet="[]a.=\"\n\\{},1' #-", max_size=60))
def test_any_text_is_a_book_or_refused(text: str) -> None:
    with suppress(ProblemsError):
        assert ThemeBook.parse(text).themes
