"""A phone as phones are: locked, without a net, without cookies, pressed twice."""

from __future__ import annotations

from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import translation
from django.utils.translation import gettext as say
from tests.browser.hands import Keyboard, Mouse
from tests.browser.rooms import CHROMIUM, Watched, Windows
from tests.browser.test_whole_meeting import come_in, window
from tests.web.evening import Evening
from tests.web.panels import panel_of, small_meeting

from vendepunkt.web.room import rehearsing, steps
from vendepunkt.web.room.models import Idea, OpenBallot, Panel, Token

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt install chromium)"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def _danish():
    with translation.override("da"):
        yield


@pytest.fixture
def panel() -> Panel:
    return panel_of(small_meeting(language="da", rehearsal=True))


def to(panel: Panel, kind: str) -> None:
    steps.go(panel, panel.meeting.steps.get(kind=kind).position, None)


def ask_now(phone: Any) -> None:
    """Let the phone ask whether there is something new, as it does when it is unlocked."""
    with phone.page.expect_response(lambda answer: answer.url.endswith("/v")):
        phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_form_somebody_is_in_is_never_taken_away(chrome, live_server, panel) -> None:
    to(panel, "ideas")
    phone = window(chrome, live_server.url, Keyboard)
    come_in(phone, panel.code)
    phone.write(say("Your idea"), "halvt skrevet")
    rehearsing.invented_answers(panel, None)
    steps.reveal(panel, None, shown=True)
    phone.page.wait_for_timeout(700)  # the cached version is at most half a second old
    ask_now(phone)
    phone.reads(say("There is something new."))
    assert phone.page.input_value("textarea") == "halvt skrevet"
    assert phone.page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    phone.page.keyboard.type(" og færdigt")
    phone.press(say("Send the idea"))
    phone.reads(say("Your idea has been received."))
    assert Idea.objects.filter(text="halvt skrevet og færdigt").count() == 1


def test_a_phone_without_a_net_loses_nothing_and_comes_back(chrome, live_server, panel) -> None:
    to(panel, "ideas")
    phone = window(chrome, live_server.url, Keyboard)
    come_in(phone, panel.code)
    phone.write(say("Your idea"), "skrevet uden net")
    phone.page.context.set_offline(True)
    phone.reads(say("There is no connection. We keep trying."))
    phone.reach(say("Send the idea"), "button")
    phone.page.keyboard.press("Enter")
    assert phone.page.input_value("textarea") == "skrevet uden net"
    assert not Idea.objects.exists()
    with phone.page.expect_response(lambda answer: answer.url.endswith("/v")):
        phone.page.context.set_offline(False)
    phone.reads(say("The connection is back."))
    phone.page.keyboard.press("Enter")
    phone.reads(say("Your idea has been received."))
    assert Idea.objects.get().text == "skrevet uden net"


def test_a_locked_phone_comes_back_to_its_place(chrome, live_server, panel) -> None:
    """The tab is thrown away, as phones do; the meeting has gone on; the receipt is there again."""
    to(panel, "vote")
    phone = window(chrome, live_server.url, Keyboard)
    come_in(phone, panel.code)
    phone.tick("Ensomhed")
    phone.press(say("Vote"))
    phone.reads(say("Your vote has been received"))
    context = phone.page.context
    phone.page.close()
    phone = Keyboard(context.new_page(), live_server.url)
    phone.go(f"/m/{panel.code}/")
    phone.reads(say("Your vote has been received"))
    phone.reads("Ensomhed")
    assert Token.objects.filter(arrived=True).count() == 1
    assert OpenBallot.objects.count() == 1


def test_pressed_twice_is_sent_once(chrome, live_server, panel) -> None:
    to(panel, "ideas")
    for way in (Keyboard, Mouse):
        phone = window(chrome, live_server.url, way)
        come_in(phone, panel.code)
        phone.page.fill("textarea", f"to gange {way.__name__}")
        phone.page.get_by_role("button", name=say("Send the idea")).dblclick()
        phone.reads(f"to gange {way.__name__}")
    texts = sorted(Idea.objects.values_list("text", flat=True))
    assert texts == ["to gange Keyboard", "to gange Mouse"]


def test_back_and_again_sends_nothing_again(chrome, live_server, panel) -> None:
    to(panel, "ideas")
    phone = window(chrome, live_server.url, Mouse)
    come_in(phone, panel.code)
    phone.write(say("Your idea"), "kun én gang")
    phone.press(say("Send the idea"))
    phone.page.reload()
    phone.page.go_back()
    phone.page.go_forward()
    assert Idea.objects.count() == 1


@pytest.mark.parametrize("way", [Keyboard, Mouse], ids=["script", "no script"])
def test_a_phone_that_keeps_no_cookies_takes_part(chrome, live_server, panel, way) -> None:
    phone = window(chrome, live_server.url, way)
    # Whatever the server wants kept is dropped on the way, as a browser set to that does.
    phone.page.route("**/m/**", _without_cookies)
    phone.page.route(f"{live_server.url}/", _without_cookies)
    to(panel, "ideas")
    come_in(phone, panel.code)
    assert phone.page.context.cookies() == []
    phone.write(say("Your idea"), "uden cookies")
    phone.press(say("Send the idea"))
    phone.reads(say("Your idea has been received."))
    phone.reads("uden cookies")
    to(panel, "vote")
    phone.press(say("See if there is something new"))
    phone.tick("Ensomhed")
    phone.press(say("Vote"))
    phone.reads(say("Your vote has been received"))
    assert phone.page.context.cookies() == []
    assert Token.objects.filter(arrived=True).count() == 1
    assert OpenBallot.objects.count() == 1


def _without_cookies(route: Any) -> None:
    asked, where = route.request, urlsplit(route.request.url)
    line = HTTPConnection(where.hostname or "", where.port, timeout=30)
    sent = {name: value for name, value in asked.headers.items() if name != "cookie"}
    path = where.path + (f"?{where.query}" if where.query else "")
    line.request(asked.method, path, asked.post_data_buffer, sent)
    answer = line.getresponse()
    headers = {name: value for name, value in answer.getheaders() if name != "Set-Cookie"}
    route.fulfill(status=answer.status, headers=headers, body=answer.read())
    line.close()


@pytest.mark.parametrize("language", ["da", "en"])
def test_pages_that_say_no_are_as_good_as_the_others(chrome, live_server, people, language) -> None:
    """Wrong codes, no words, too many words, crosses too many or none, what came too late."""
    evening = Evening(people, language)
    windows = Windows(chrome, live_server.url, people, language)
    found: dict[str, list[str]] = {}

    def send(watched: Watched, name: str, button: str, **fields: str) -> None:
        """Send what the browser itself would hold back."""
        for field in watched.page.query_selector_all("[required]"):
            field.evaluate("e => e.removeAttribute('required')")
        for field, value in fields.items():
            watched.page.fill(f"[name={field}]", value)
        with watched.page.expect_navigation():
            watched.page.click(button)
        assert watched.page.evaluate("document.title").strip()
        wrong = watched.faults(320, phone=True)
        if wrong:
            found[name] = wrong

    stranger, phone = windows.of("nobody", None, 320), windows.of("phone", evening, 320)
    stranger.page.goto(live_server.url)
    send(stranger, "a wrong code", "button.main", code="XXXXXX")
    here = f"{live_server.url}/m/{evening.panel.code}/"
    for stop, _pages in evening.stops():
        if stop == "ideas":
            phone.page.goto(here)
            send(phone, "no words", "button.main", text="   ")
            send(phone, "too many words", "button.main", text="ord " * 200)
            assert phone.page.input_value("textarea").startswith("ord ord")
        if stop == "grouping":
            send(phone, "an idea too late", "button.main", text="for sent")
            assert "for sent" in phone.page.inner_text("main")
        if stop == "vote":
            phone.page.goto(here)
            send(phone, "nothing chosen", "button.main")
            phone.page.check("[name=blank]")
            phone.page.locator("[name=theme]").first.check()
            send(phone, "blank and not", "button.main")
            phone.page.uncheck("[name=blank]")
            windows.of("voter", evening, 320).page.goto(here + "?do=change")
        if stop == "vote closed":
            send(windows.of("voter", evening, 320), "a vote too late", "button.main")
            break
    windows.close()
    assert found == {}
