from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.convene.help_cases import ideas

from vendepunkt.convene import Helper, Pair, Theme, ThemeBook, Words, acceptance
from vendepunkt.terms import DataError, UsageError

BOOK = ThemeBook.shipped()
HELPER = Helper(BOOK)


def theme(id_: str, da: str, description: str = "") -> Theme:
    return Theme(id_, "adult", Words(da=da), Words(da=description))


# -- suggestions ------------------------------------------------------------------------------


def test_a_suggestion_says_what_speaks_for_it() -> None:
    first = HELPER.suggest("Der mangler billige lejligheder!")[0]
    assert first.theme == "homelessness"
    assert first.title.da == "Hjemløshed"
    assert first.new
    assert set(first.why) == {"mangler", "billige", "lejligheder"}
    assert 0 < first.score <= 1


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "det er jo det", "xxx", "\x00", "???"])
def test_nothing_is_said_of_what_overlaps_with_nothing(text: str) -> None:
    assert HELPER.suggest(text) == ()


def test_every_suggestion_has_a_word_that_speaks_for_it() -> None:
    for group in ("fifteen", "other", "nothing"):
        for idea in ideas(group, "da"):
            for found in HELPER.suggest(idea.text):
                assert found.why, (idea.text, found.theme)
                assert found.score > 0


def test_a_theme_of_the_meeting_comes_in_place_of_the_book_s() -> None:
    helper = Helper(BOOK, themes=[theme("t1", "Hjemløshed"), theme("t2", "Psykiatri")])
    found = helper.suggest("Smidt ud af min bolig")
    assert (found[0].theme, found[0].new) == ("t1", False)
    assert "homelessness" not in {one.theme for one in found}
    # "Psykiatri" is the book's "Psykiatri og psykisk sårbarhed".
    assert helper.suggest("Angst og depression")[0].theme == "t2"


def test_a_title_with_one_word_in_common_is_another_theme() -> None:
    helper = Helper(BOOK, themes=[theme("t1", "Barndommen på landet")])
    assert helper.suggest("Blev slået derhjemme")[0].theme == "neglect"


def test_the_meeting_s_own_theme_needs_no_book() -> None:
    helper = Helper(themes=[theme("t1", "Transport", "Busser og tog"), theme("t2", "Gæld")])
    assert [one.theme for one in helper.suggest("Bussen kommer aldrig")] == ["t1"]
    assert [one.theme for one in helper.suggest("Gaelden vokser")] == ["t2"]


def test_what_people_placed_is_learnt() -> None:
    themes = [theme("t1", "Rødt"), theme("t2", "Blåt")]
    assert Helper(themes=themes).suggest("Kviklån igen") == ()
    helper = Helper(themes=themes, examples=[("Kviklån", "t2"), ("Inkasso", "t2")])
    assert [one.theme for one in helper.suggest("Kviklån igen")] == ["t2"]


def test_an_example_of_a_theme_that_is_gone_is_left_out() -> None:
    themes = [theme("t1", "Rødt")]
    helper = Helper(themes=themes, examples=[("Kviklån", "t9"), ("Kviklån", "homelessness")])
    assert helper.suggest("Kviklån") == ()


def test_an_example_of_a_book_s_theme_that_is_not_the_meeting_s_is_left_out() -> None:
    helper = Helper(BOOK, examples=[("Zebraer", "homelessness")])
    assert helper.suggest("Zebraer") == ()


def test_ties_keep_the_order_of_the_themes() -> None:
    themes = [theme("b", "Gæld"), theme("a", "Gæld")]
    assert [one.theme for one in Helper(themes=themes).suggest("gæld")] == ["b", "a"]


def test_many_ideas_at_once_are_each_answered_as_alone() -> None:
    texts = [one.text for group in ("fifteen", "other", "nothing") for one in ideas(group, "da")]
    assert HELPER.suggest_each(texts) == tuple(HELPER.suggest(text) for text in texts)
    assert HELPER.suggest_each([]) == ()
    assert Helper().suggest_each(["bolig", ""]) == ((), ())


def test_no_more_than_asked_for() -> None:
    assert HELPER.suggest("Børn og unge i skole, klub og familie", n=0) == ()
    assert len(HELPER.suggest("Børn og unge i skole, klub og familie", n=1)) == 1
    assert len(HELPER.suggest("Børn og unge i skole, klub og familie", n=5)) > 3


def test_the_same_meeting_gives_the_same_help_in_another_process() -> None:
    """Nothing may hang on the order of a set, which differs from process to process."""
    program = (
        "from vendepunkt.convene import Helper, ThemeBook\n"
        "h = Helper(ThemeBook.shipped())\n"
        "t = ['Ingen bolig til de unge', 'Skole og bolig', 'Lange ventetider']\n"
        "print([h.suggest(x) for x in t], h.like(t[0], t), h.same(t))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            text=True,
            env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_no_other_language() -> None:
    with pytest.raises(UsageError, match="'sv'"):
        Helper(language="sv")


def test_english() -> None:
    helper = Helper(BOOK, language="en")
    assert helper.suggest("Evicted from our flat")[0].theme == "homelessness"


# -- alike and the same -----------------------------------------------------------------------


def test_like_gives_the_nearest_first_and_not_itself() -> None:
    texts = ["Ingen billige boliger", "Bussen kommer ikke", "Billige boliger mangler", "Boliger"]
    found = Helper().like(texts[0], texts, but=0)
    assert [one.at for one in found] == [2, 3]
    assert Helper().like(texts[0], texts)[0].at == 0


def test_like_finds_other_words_for_one_theme() -> None:
    texts = ["Bor på sofaen hos venner", "Bussen kommer ikke", "Smidt ud af min bolig"]
    assert Helper().like(texts[0], texts, but=0) == ()
    assert HELPER.like(texts[0], texts, but=0)[0].at == 2


def test_like_among_other_ideas_is_not_kept_from_before() -> None:
    assert [one.at for one in HELPER.like("bolig", ["bolig", "bus"])] == [0]
    assert [one.at for one in HELPER.like("bolig", ["bus", "bolig"])] == [1]
    assert HELPER.like("bolig", []) == ()


def test_the_same_idea_in_other_letters() -> None:
    texts = [
        "Gælden vokser hver måned",
        "Bussen kommer ikke",
        "gaelden vokser hver maaned!!",
        "Hver måned vokser gælden",
        "",
        "😀",
        "😀",
    ]
    assert HELPER.same(texts) == (Pair(0, 2, 100.0), Pair(0, 3, 100.0), Pair(2, 3, 100.0))
    assert HELPER.same([]) == ()
    assert HELPER.same(["alene"]) == ()


def test_pairs_are_what_rapidfuzz_says_of_sorted_words() -> None:
    from rapidfuzz import fuzz

    texts = ["lange ventetider på psykiater", "lange ventetider på psykolog", "på lange ture"]
    (pair,) = HELPER.same(texts)
    plain = ["lange ventetider pa psykiater", "lange ventetider pa psykolog"]
    assert pair.score == round(fuzz.token_sort_ratio(*plain), 1)


# -- any text ---------------------------------------------------------------------------------


@given(st.text(), st.lists(st.text(), max_size=5))
@hypothesis_settings(max_examples=60)
def test_any_text_can_be_asked(text: str, texts: list[str]) -> None:
    assert len(HELPER.suggest(text)) <= 3
    assert all(0 < one.score <= 1 for one in HELPER.suggest(text))
    assert all(0 <= one.at < len(texts) for one in HELPER.like(text, texts))
    assert all(one.first < one.second for one in HELPER.same(texts))


@given(st.lists(st.text(), max_size=3), st.lists(st.text(), max_size=3))
@hypothesis_settings(max_examples=40)
def test_any_text_can_be_a_title_or_an_example(titles: list[str], placed: list[str]) -> None:
    themes = [theme(str(at), title) for at, title in enumerate(titles)]
    helper = Helper(themes=themes, examples=[(text, "0") for text in placed])
    for text in (*titles, *placed, "bolig"):
        assert len(helper.suggest(text)) <= len(themes)


@pytest.mark.parametrize("piece", ["å", "ord ", "\u0301", "ﷺ", "a-", "abcdefg1 "])
def test_a_hundred_thousand_characters_are_cut(piece: str) -> None:
    """What lies behind the cut changes nothing, so it cannot cost time either."""
    text = "bolig " + piece * 100_000
    assert HELPER.suggest(text) == HELPER.suggest(text[:3_000])
    assert HELPER.like(text, ["bolig", text]) == HELPER.like(text[:3_000], ["bolig", text[:3_000]])
    assert HELPER.same([text, text[:3_000]])[0].score == 100.0


# -- how often a suggestion was taken ---------------------------------------------------------


def test_acceptance_has_wilson_s_interval() -> None:
    """Wilson's limits are the roots of (p - x/n)^2 = z^2 p (1 - p) / n."""
    rate = acceptance(40, 26)
    assert rate.share == 26 / 40
    assert rate.low is not None
    assert rate.high is not None
    for limit in (rate.low, rate.high):
        assert (limit - 0.65) ** 2 == pytest.approx(
            1.959964**2 * limit * (1 - limit) / 40, rel=1e-5
        )
    assert rate.low < 0.65 < rate.high


def test_nothing_shown_has_no_rate() -> None:
    rate = acceptance(0, 0)
    assert (rate.share, rate.low, rate.high) == (None, None, None)


@pytest.mark.parametrize(("shown", "taken"), [(3, 4), (-1, 0), (3, -1)])
def test_no_more_taken_than_shown(shown: int, taken: int) -> None:
    with pytest.raises(DataError) as caught:
        acceptance(shown, taken)
    assert caught.value.code == "bad_acceptance"


def test_all_taken() -> None:
    rate = acceptance(5, 5)
    assert Fraction(rate.share or 0) == 1
    assert rate.high == pytest.approx(1.0)
