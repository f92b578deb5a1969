from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendepunkt.language import Reading, readability
from vendepunkt.language.lix import lix

# Counted by hand: words, sentences, words of more than six letters.
COUNTED = {
    "Du er med nu.": (4, 1, 0),
    "Hvad holder folk ude? Skriv din idé!": (7, 2, 0),
    "Kommunen sender breve, som ingen forstår.": (6, 1, 2),
    # A colon ends a sentence, as in Björnsson; not one inside a time.
    "Du kan: skrive, stemme, se på.": (6, 2, 0),
    "Mødet begynder kl. 12:30 i salen.": (7, 1, 1),
    # A full stop ends none before a small letter, nor between a short word and a number.
    "Skriv f.eks. noget om skolen.": (6, 1, 0),
    "Vi mødes den 3. november 2026. Kom!": (7, 2, 1),
    "Der var 30 mennesker. 12 stemte ikke.": (7, 2, 1),
    "Se nr. 4 på listen.": (5, 1, 0),
    "Han sagde: »Jeg går.« Så gik han.": (7, 3, 0),
    # Hyphens and apostrophes do not end a word, and are no letters.
    "Min e-boks er låst.": (4, 1, 0),
    "MitID-appen virker ikke": (3, 1, 1),
    "The person's phone": (3, 1, 1),
    # Six letters are not long, seven are.
    "bolig boligs boliger": (3, 1, 1),
    # A heading has no full stop: the line ends it. A wrapped line goes on.
    "Hvad gemmer vi\n\nVi gemmer din stemme,\nmen ikke dit navn.": (11, 2, 0),
    "Kort\nDin kode": (3, 2, 0),
    "Du kan\n- skrive\n- stemme": (4, 3, 0),
    "... ?! -": (0, 0, 0),
    "": (0, 0, 0),
}


@pytest.mark.parametrize("text", COUNTED)
def test_words_and_sentences_are_counted_as_by_hand(text: str) -> None:
    words, sentences, long = COUNTED[text]
    assert readability(text) == Reading(words, sentences, long)


def test_the_formula() -> None:
    """Björnsson's: words per sentence and the percentage of long words."""
    assert Reading(words=100, sentences=8, long=25).lix == 100 / 8 + 25


def test_sentences_count_together_not_by_their_mean() -> None:
    said = ["Kom.", "Kommunen sender breve, som ingen forstår."]
    assert lix(said) == 7 / 2 + 100 * 2 / 7
    assert lix(said) != sum(lix(one) for one in said) / 2
    assert lix(iter(said)) == lix(said)


def test_a_sentence_in_a_list_needs_no_full_stop() -> None:
    assert readability(["Skriv din idé", "Send", ""]) == Reading(4, 2, 0)


def test_no_words_have_no_lix() -> None:
    assert math.isnan(lix(""))
    assert math.isnan(lix([]))


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert readability("Mo\u0308der i ga\u030arden") == readability("Möder i gården")


@given(st.text())
def test_any_text_can_be_counted(text: str) -> None:
    found = readability(text)
    assert 0 <= found.long <= found.words
    assert (found.sentences > 0) == (found.words > 0)
    assert found.sentences <= max(found.words, 0)
    assert math.isnan(found.lix) or found.lix >= 1


@pytest.mark.parametrize("piece", ["a", "a ", ". ", ":'", "\n", ".\u00a0", "- a\n", "ﷺ", "a-"])
def test_a_hundred_thousand_characters_are_counted(piece: str) -> None:
    """What would take minutes if a pattern looked back: the test would not end in time."""
    text = piece * (100_000 // len(piece))
    assert readability(text + "." + " " * 100_000 + "1").words >= 1
