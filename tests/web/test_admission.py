"""Coming in with a code, and a token that one phone holds at a time."""

from __future__ import annotations

import pytest
from tests.web.panels import panel_of, question_of, small_meeting

from vendepunkt.terms.errors import RefusedError
from vendepunkt.web.room.admission import admit, code_readings, find_panel, find_token
from vendepunkt.web.room.models import Token
from vendepunkt.web.room.openings import close, open_question
from vendepunkt.web.room.secrets import Pass, holder_image, new_key, new_secret

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel():
    return panel_of(small_meeting())


@pytest.fixture
def handed(request):
    """Give a panel whose codes are handed out, and one such token."""
    panel = panel_of(small_meeting(admission="single"))
    return panel, Token.objects.create(key="K7QL2XPA", panel=panel)


@pytest.mark.parametrize(
    "typed", ["abc2xy", " A B C 2 X Y ", "abc-2xy", "ＡＢＣ２ＸＹ", "abc.2xy\n"]
)
def test_spaces_and_small_letters_are_forgiven(panel, typed) -> None:
    panel.code = "ABC2XY"
    panel.save()
    assert find_panel(typed) == panel


@pytest.mark.parametrize(("code", "typed"), [("LQ23AB", "1O23AB"), ("LQ23AB", "i023ab")])
def test_letters_and_digits_that_look_alike_are_forgiven(panel, code, typed) -> None:
    panel.code = code
    panel.save()
    assert find_panel(typed) == panel


@pytest.mark.parametrize(("code", "typed"), [("A0B1CD", "aobicd"), ("AOBICD", "a0b1cd")])
def test_codes_made_by_hand_are_forgiven_too(panel, code, typed) -> None:
    panel.code = code
    panel.save()
    assert find_panel(typed) == panel


def test_the_code_as_typed_goes_before_what_may_be_meant(panel) -> None:
    other = panel.meeting.panels.get(key="local")
    panel.code, other.code = "LLLLLL", "IIIIII"
    panel.save()
    other.save()
    assert find_panel("iiiiii") == other


@pytest.mark.parametrize("typed", ["", "  ", "-", "🙂", "x" * 100_000, "\x00", "ZZZZZZ"])
def test_what_is_no_code_finds_nothing(panel, typed) -> None:
    assert find_panel(typed) is None
    assert find_token(typed) is None
    assert all(len(reading) <= 40 for reading in code_readings(typed))


def test_the_key_a_phone_carries_is_no_code(panel) -> None:
    token = admit(panel, None, new_secret())
    assert find_token(token.key) is None


def test_with_one_code_for_all_everybody_who_comes_is_a_person(panel) -> None:
    keys = {admit(panel, None, new_secret()).key for _ in range(5)}
    assert len(keys) == 5
    assert Token.objects.filter(panel=panel, arrived=True).count() == 5


def test_a_double_click_at_the_door_is_one_person(panel) -> None:
    mine = Pass.new()
    assert admit(panel, mine.key, mine.secret) == admit(panel, mine.key, mine.secret)
    assert Token.objects.filter(panel=panel).count() == 1


def test_an_open_meeting_takes_no_key_somebody_thought_of(panel) -> None:
    with pytest.raises(RefusedError) as caught:
        admit(panel, "MYOWNKEY", new_secret())
    assert caught.value.code == "code_unknown"


def test_a_meeting_with_single_codes_asks_for_one(handed) -> None:
    panel, _ = handed
    with pytest.raises(RefusedError) as caught:
        admit(panel, None, new_secret())
    assert caught.value.code == "code_needed"
    with pytest.raises(RefusedError) as caught:
        admit(panel, new_key(), new_secret())
    assert caught.value.code == "code_unknown"
    assert Token.objects.filter(panel=panel).count() == 1


def test_a_code_of_another_panel_is_unknown_here(handed) -> None:
    panel, token = handed
    other = panel.meeting.panels.get(key="local")
    with pytest.raises(RefusedError) as caught:
        admit(other, token.key, new_secret())
    assert caught.value.code == "code_unknown"


def test_a_retired_code_is_refused(handed) -> None:
    panel, token = handed
    Token.objects.update(retired=True)
    with pytest.raises(RefusedError) as caught:
        admit(panel, token.key, new_secret())
    assert caught.value.code == "code_retired"


def test_nothing_is_kept_of_a_phone_while_nothing_is_open(panel) -> None:
    token = admit(panel, None, new_secret())
    assert token.holder == ""
    assert token.arrived


def test_while_something_is_open_a_second_phone_is_refused(handed) -> None:
    panel, token = handed
    open_question(panel, question_of(panel.meeting))
    mine = new_secret()
    assert admit(panel, token.key, mine).holder == holder_image(mine)
    assert admit(panel, token.key, mine).holder == holder_image(mine)
    with pytest.raises(RefusedError) as caught:
        admit(panel, token.key, new_secret())
    assert caught.value.code == "code_in_use"


def test_closing_erases_the_image_and_the_phone_takes_its_token_again(handed) -> None:
    panel, token = handed
    opening = open_question(panel, question_of(panel.meeting))
    mine = new_secret()
    admit(panel, token.key, mine)
    close(opening)
    token.refresh_from_db()
    assert token.holder == ""
    assert token.arrived
    assert open_question(panel, question_of(panel.meeting)).round == 2
    assert admit(panel, token.key, mine).holder == holder_image(mine)


def test_the_image_stays_while_something_else_is_still_open(handed) -> None:
    panel, token = handed
    first = question_of(panel.meeting)
    second = type(first).objects.create(phase=first.phase, key="second", position=1)
    one, two = open_question(panel, first), open_question(panel, second)
    mine = new_secret()
    admit(panel, token.key, mine)
    close(one)
    token.refresh_from_db()
    assert token.holder == holder_image(mine)
    close(two)
    token.refresh_from_db()
    assert token.holder == ""
