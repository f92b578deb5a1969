"""Ideas and ballots from phones, each counted once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.panels import panel_of, question_of, small_meeting, theme_ids, vote_of

from vendepunkt.terms.errors import DataError, RefusedError
from vendepunkt.web.room.admission import admit
from vendepunkt.web.room.models import Idea, IdeaClaim, OpenBallot, Token
from vendepunkt.web.room.openings import close, open_question, open_vote
from vendepunkt.web.room.secrets import new_secret
from vendepunkt.web.room.sending import (
    cast,
    cast_marks,
    check_marks,
    plain_text,
    send_idea,
    sent_ideas,
)

pytestmark = pytest.mark.django_db


def asked(**settings):
    """Give an open question, a token and its phone's secret."""
    panel = panel_of(small_meeting(**settings))
    opening = open_question(panel, question_of(panel.meeting))
    secret = new_secret()
    return opening, admit(panel, None, secret), secret


def voted(**settings):
    """Give an open vote, a token, its phone's secret and the themes."""
    panel = panel_of(small_meeting(**settings))
    opening = open_vote(panel, vote_of(panel.meeting))
    secret = new_secret()
    return opening, admit(panel, None, secret), secret, theme_ids(panel.meeting)


def test_the_same_idea_sent_again_counts_once() -> None:
    opening, token, secret = asked()
    first = send_idea(opening, token, secret, 0, "Ensomhed i skolen")
    assert send_idea(opening, token, secret, 0, " Ensomhed i skolen\r\n") == first
    assert Idea.objects.count() == IdeaClaim.objects.count() == 1


def test_two_windows_of_one_phone_lose_nothing() -> None:
    opening, token, secret = asked()
    send_idea(opening, token, secret, 0, "fra den ene")
    second = send_idea(opening, token, secret, 0, "fra den anden")
    assert send_idea(opening, token, secret, 0, "fra den anden") == second
    assert [idea.text for idea in sent_ideas(opening, secret)] == ["fra den ene", "fra den anden"]


def test_an_idea_redacted_meanwhile_is_still_the_same_idea() -> None:
    opening, token, secret = asked()
    idea = send_idea(opening, token, secret, 0, "Min nabo Hans")
    Idea.objects.update(text="", redacted=True)
    assert send_idea(opening, token, secret, 0, "Min nabo Hans") == idea
    assert Idea.objects.count() == 1


def test_two_phones_with_the_same_words_are_two_ideas() -> None:
    opening, token, secret = asked()
    send_idea(opening, token, secret, 0, "Tid")
    other = new_secret()
    send_idea(opening, admit(opening.panel, None, other), other, 0, "Tid")
    assert Idea.objects.count() == 2


def test_a_phone_sends_as_many_ideas_as_the_meeting_lets_it() -> None:
    opening, token, secret = asked(ideas_each=3)
    for slot in range(3):
        send_idea(opening, token, secret, slot, f"idé {slot}")
    for slot in (0, 2, 3, 10**9, -1):
        with pytest.raises(RefusedError) as caught:
            send_idea(opening, token, secret, slot, "en til")
        assert caught.value.code == "ideas_full"
    assert Idea.objects.count() == 3


def test_a_place_far_down_the_form_falls_back_to_a_free_one() -> None:
    opening, token, secret = asked(ideas_each=2)
    send_idea(opening, token, secret, 10**9, "en")
    assert [idea.text for idea in sent_ideas(opening, secret)] == ["en"]


def test_a_long_idea_is_refused_with_its_length_and_the_limit() -> None:
    opening, token, secret = asked(idea_length=20)
    send_idea(opening, token, secret, 0, "x" * 20)
    with pytest.raises(DataError) as caught:
        send_idea(opening, token, secret, 1, "y" * 100_000)
    assert caught.value.code == "idea_too_long"
    assert "yy" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "  \n ", "\x00", "\u202e", "\u200f\ufeff"])
def test_an_idea_without_words_is_refused(text) -> None:
    opening, token, secret = asked()
    with pytest.raises(DataError) as caught:
        send_idea(opening, token, secret, 0, text)
    assert caught.value.code == "idea_empty"


def test_a_meeting_that_holds_back_shows_no_idea_by_itself() -> None:
    opening, token, secret = asked(held_back=True)
    assert send_idea(opening, token, secret, 0, "x").state == Idea.State.HELD


def test_nothing_gets_into_a_question_that_is_closed() -> None:
    opening, token, secret = asked()
    close(opening)
    with pytest.raises(RefusedError) as caught:
        send_idea(opening, token, secret, 0, "for sent")
    assert caught.value.code == "opening_closed"
    assert not Idea.objects.exists()


@given(st.text(max_size=400))
def test_any_text_can_be_kept_and_is_kept_the_same_again(text) -> None:
    kept = plain_text(text)
    assert plain_text(kept) == kept
    assert "\x00" not in kept
    kept.encode("utf-8")


def test_a_stack_of_marks_on_a_letter_is_cut() -> None:
    assert len(plain_text("a" + "\u0316" * 500)) <= 6


def test_danish_and_emoji_stay_as_they_are() -> None:
    assert plain_text("Blåbærgrød på øen 👩‍👧") == "Blåbærgrød på øen 👩‍👧"


def test_a_ballot_can_be_changed_and_is_one() -> None:
    opening, token, secret, themes = voted()
    cast(opening, token, secret, {themes[0]: 1})
    cast(opening, token, secret, {themes[1]: 1, themes[2]: 1})
    assert OpenBallot.objects.count() == 1
    assert cast_marks(opening, secret) == {themes[1]: 1, themes[2]: 1}


def test_where_votes_stand_the_first_stands() -> None:
    opening, token, secret, themes = voted(may_change=False)
    cast(opening, token, secret, {themes[0]: 1})
    assert cast(opening, token, secret, {themes[0]: 1}) == {themes[0]: 1}
    with pytest.raises(RefusedError) as caught:
        cast(opening, token, secret, {themes[1]: 1})
    assert caught.value.code == "vote_stands"
    assert cast_marks(opening, secret) == {themes[0]: 1}


def test_another_phone_on_the_same_token_casts_nothing() -> None:
    opening, token, secret, themes = voted()
    cast(opening, token, secret, {themes[0]: 1})
    with pytest.raises(RefusedError) as caught:
        cast(opening, token, new_secret(), {themes[1]: 1})
    assert caught.value.code == "code_in_use"
    assert OpenBallot.objects.count() == 1


def test_a_token_nobody_made_casts_nothing() -> None:
    opening, _, secret, themes = voted()
    with pytest.raises(RefusedError) as caught:
        cast(opening, Token(key="0" * 32, panel=opening.panel), secret, {themes[1]: 1})
    assert caught.value.code == "code_unknown"
    assert not OpenBallot.objects.exists()


def test_a_vote_that_is_closed_takes_no_ballot() -> None:
    opening, token, secret, themes = voted()
    close(opening)
    with pytest.raises(RefusedError) as caught:
        cast(opening, token, secret, {themes[0]: 1})
    assert caught.value.code == "opening_closed"


def test_a_blank_ballot_is_a_ballot() -> None:
    opening, token, secret, _ = voted()
    assert cast_marks(opening, secret) is None
    assert cast(opening, token, secret, {}) == {}
    assert cast_marks(opening, secret) == {}


@pytest.mark.parametrize(
    ("rules", "marks", "code"),
    [
        ({}, [1, 1, 1, 1], "too_many_choices"),
        ({}, [2], "wrong_mark"),
        ({}, [-1], "wrong_mark"),
        ({"rule": "dots", "choices": 5}, [3, 3], "too_many_choices"),
        ({"rule": "dots", "choices": 5}, [-1, 1], "wrong_mark"),
    ],
)
def test_a_ballot_over_its_cap_is_refused(rules, marks, code) -> None:
    opening, token, secret, themes = voted(**rules)
    with pytest.raises(DataError) as caught:
        cast(opening, token, secret, dict(zip(themes, marks, strict=False)))
    assert caught.value.code == code
    assert not OpenBallot.objects.exists()


def test_approval_has_no_cap_and_dots_may_be_piled() -> None:
    opening, token, secret, themes = voted(rule="approval")
    assert len(cast(opening, token, secret, dict.fromkeys(themes, 1))) == 4
    opening, token, secret, themes = voted(rule="dots", choices=5)
    assert cast(opening, token, secret, {themes[3]: 4, themes[0]: 1}) == {
        themes[0]: 1,
        themes[3]: 4,
    }


def test_marks_are_kept_in_the_order_of_the_ballot_and_not_of_the_voter() -> None:
    opening, _, _, themes = voted()
    marks = check_marks(opening.vote, themes, {themes[2]: 1, themes[0]: 1})
    assert list(marks) == [themes[0], themes[2]]


def test_a_theme_that_is_not_on_the_ballot_is_refused() -> None:
    opening, token, secret, _ = voted()
    with pytest.raises(DataError) as caught:
        cast(opening, token, secret, {"nothing": 1})
    assert caught.value.code == "theme_not_on_ballot"


def test_coming_in_and_voting_costs_few_queries(django_assert_num_queries) -> None:
    opening, token, secret, themes = voted()
    with django_assert_num_queries(5):  # begin, hold, take, write, commit
        cast(opening, token, secret, {themes[0]: 1})
