"""A whole meeting by two people in a real browser: the keyboard alone, no script, no cookies."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext as say
from django.utils.translation import pgettext
from tests.browser.hands import Hands, Keyboard, Mouse
from tests.browser.rooms import CHROMIUM
from tests.web.conftest import PASSWORD

from vendepunkt.web.room.models import CastBallot, Idea, Meeting, Opening, Placement

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt install chromium)"),
    pytest.mark.django_db(transaction=True),
]

PANEL, PHASE, QUESTION = "Brugerpanelet", "Barndom", "Hvad skubber unge ud?"
IDEA, SECOND = "Ingen at tale med", "Man føler sig alene"


@pytest.fixture
def danish():
    with translation.override("da"):
        yield


def window(chrome: Any, home: str, way: type[Hands], **settings: Any) -> Any:
    """Open a window, of a phone where no size is given."""
    size = settings.pop("viewport", {"width": 320, "height": 640})
    context = chrome.new_context(
        viewport=size, java_script_enabled=way is Keyboard, locale="da", **settings
    )
    return way(context.new_page(), home)


def prepare(bo: Any) -> str:
    """Sign in, make a meeting out of nothing, end its rehearsal; give the code of its panel."""
    bo.go("/sign-in/")
    bo.write(say("User name"), "bo")
    bo.write(say("Password"), PASSWORD)
    bo.press(say("Sign in"))
    bo.press(say("New meeting"))
    bo.write(say("Title in Danish"), "Minikonference")
    bo.press(say("Keep"))
    bo.press(say("Add a panel"))
    bo.write(say("Name in Danish"), PANEL)
    bo.press(say("Keep"))
    bo.press(say("Add a life phase"))
    bo.write(say("Name in Danish"), PHASE)
    bo.press(say("Keep"))
    bo.press(say("Add a question to %(name)s") % {"name": PHASE})
    bo.write(say("Question in Danish"), QUESTION)
    bo.press(say("Keep"))
    bo.reads(QUESTION)
    bo.press("Minikonference")
    bo.press(say("End the rehearsal and empty the room"))
    bo.reads(say("The rehearsal is over, and the room is empty."))
    code = bo.page.inner_text(".code").strip()
    bo.press(say("Lead %(name)s") % {"name": PANEL})
    return code


def come_in(phone: Any, code: str) -> None:
    phone.go("/")
    phone.write(say("Your code"), code)
    phone.press(say("Come in"))


def send_idea(phone: Any, text: str) -> None:
    phone.write(say("Your idea") if text == IDEA else say("Your next idea"), text)
    phone.press(say("Send the idea"))
    phone.reads(say("Your idea has been received."))
    phone.reads(text)


def look(phone: Any, then: str) -> None:
    """See what is new: by itself where there is a script, else by the button."""
    if isinstance(phone, Mouse):
        phone.press(say("See if there is something new"))
    phone.reads(then)


def group(bo: Any) -> None:
    """Make two themes with an idea each; take one back, and do it again."""
    bo.press(f"{say('Group the ideas')}: {PHASE}")
    bo.tick(IDEA)
    bo.write(say("New theme"), "Ensomhed")
    bo.press(say("Make it, with the ticked ideas"), stays=True)
    bo.page.get_by_role("heading", name="Ensomhed").wait_for()
    bo.write(say("New theme"), "Fattigdom")
    bo.press(say("Make it, with the ticked ideas"), stays=True)
    bo.page.get_by_role("heading", name="Fattigdom").wait_for()
    bo.tick(SECOND)
    bo.press(say("Place here") + " Fattigdom", stays=True)
    bo.reads(say("Every idea has its theme."))
    bo.press(say("Undo"))
    bo.tick(SECOND)
    bo.press(say("Place here") + " Ensomhed", stays=True)
    bo.reads(say("Every idea has its theme."))


def whole(bo: Any, phone: Any) -> None:
    """Hold the meeting."""
    code = prepare(bo)
    come_in(phone, code)
    phone.reads(say("You are in"))
    bo.press(say("Open for ideas: %(phase)s") % {"phase": PHASE})
    bo.reads(say("Open"))
    look(phone, QUESTION)
    send_idea(phone, IDEA)
    send_idea(phone, SECOND)
    bo.page.get_by_text(SECOND).first.wait_for() if isinstance(bo, Keyboard) else bo.page.reload()
    bo.reads(SECOND)
    bo.press(say("Close the ideas and group them"))
    group(bo)
    bo.press(PANEL)
    bo.press(say("Show the ideas on the screen"))
    if isinstance(phone, Keyboard):
        # Somebody may be writing: the page is not taken away, it says that there is something new.
        phone.reads(say("There is something new."))
        phone.press(pgettext("phone", "Go on"))
    look(phone, say("Ideas become themes"))
    bo.press(say("Open the vote"))
    look(phone, "Ensomhed")
    phone.reads(say("I vote blank"))
    phone.tick("Ensomhed")
    phone.press(say("Vote"))
    phone.reads(say("Your vote has been received"))
    phone.reads(say("You voted for:"))
    phone.reads("Ensomhed")
    phone.press(say("Change my vote"))
    phone.tick("Fattigdom")
    phone.press(say("Vote"))
    phone.reads(say("Your vote has been received"))
    bo.press(say("Close the vote"))
    bo.press(say("Show the result on the screen"))
    look(phone, say("The result"))
    bo.press(say("End the meeting"))
    bo.reads(say("The meeting is over."))
    look(phone, say("Thank you for today"))
    assert sorted(Idea.objects.values_list("text", flat=True)) == sorted([IDEA, SECOND])
    assert Placement.objects.filter(undone=False).count() == 2
    assert [len(ballot.marks) for ballot in CastBallot.objects.all()] == [2]
    assert set(Opening.objects.values_list("state", flat=True)) == {Opening.State.ERASED}
    assert not Meeting.objects.get().rehearsal


@pytest.mark.parametrize("way", [Keyboard, Mouse], ids=["keyboard alone", "no script"])
@pytest.mark.usefixtures("danish")
def test_a_whole_meeting(chrome: Any, live_server: Any, people: Any, way: type[Hands]) -> None:
    bo = window(chrome, live_server.url, way, viewport={"width": 1280, "height": 900})
    phone = window(chrome, live_server.url, way)
    whole(bo, phone)
