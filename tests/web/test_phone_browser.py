"""Participants' pages in a real browser: with and without JavaScript, by keyboard, at 320 px."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from tests.web.panels import panel_of, phones, question_of, small_meeting, stand_at, vote_of

from vendepunkt.web.room.admission import admit
from vendepunkt.web.room.models import Idea, OpenBallot
from vendepunkt.web.room.openings import close, open_question, open_vote
from vendepunkt.web.room.phone.guesses import guesses
from vendepunkt.web.room.sending import cast
from vendepunkt.web.room.versions import bump, forget

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt install chromium)"),
]
#: The script asks every five to ten seconds, and at once when the phone comes back to the net.
ASK = "window.dispatchEvent(new Event('online'))"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright runs a loop in this thread, which Django takes for an asynchronous view.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def panel() -> Any:
    forget()
    guesses.forget()
    return panel_of(small_meeting())


@pytest.fixture
def phone(browser: Any, live_server: Any, panel: Any) -> Iterator[Any]:
    """Give a function that opens a phone at the panel's door."""
    contexts = []

    def take_out(*, language: str = "en", script: bool = True, path: str = "") -> Any:
        context = browser.new_context(
            viewport={"width": 320, "height": 568}, java_script_enabled=script
        )
        contexts.append(context)
        context.add_cookies([{"name": "language", "value": language, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(f"{live_server.url}{path or f'/m/{panel.code}/'}")
        return page

    yield take_out
    for context in contexts:
        context.close()


def come_in(page: Any) -> Any:
    page.click("form.entry button")
    page.wait_for_selector("h1")
    return page


def ask_for_ideas(panel: Any) -> Any:
    stand_at(panel, "ideas")
    return open_question(panel, question_of(panel.meeting))


def ask_for_votes(panel: Any) -> Any:
    stand_at(panel, "vote")
    return open_vote(panel, vote_of(panel.meeting))


def test_a_whole_meeting_without_javascript(phone, panel) -> None:
    page = phone(script=False, path="/")
    page.fill("#code", panel.code.lower())
    page.click("form.entry button")
    assert page.inner_text("h1") == "You are in"
    ask_for_ideas(panel)
    page.click("footer button[value=look]")
    page.fill("textarea", "Ensomhed i skolen")
    page.click("form.entry button")
    assert "Your idea has been received" in page.inner_text("main")
    close(panel.openings.get())
    ask_for_votes(panel)
    page.click("footer button[value=look]")
    page.click("text=Loneliness")
    page.click("form.entry button")
    assert page.inner_text("h1") == "Your vote has been received"
    page.click("text=Change my vote")
    page.click("text=Poverty")
    page.click("form.entry button")
    assert "Poverty" in page.inner_text("main")
    assert len(OpenBallot.objects.get().marks) == 2
    assert Idea.objects.get().text == "Ensomhed i skolen"


def test_a_whole_vote_with_the_keyboard_alone(phone, panel) -> None:
    opening = ask_for_votes(panel)
    page = phone(path="/")
    page.keyboard.type(panel.code)  # the field has the focus
    page.keyboard.press("Enter")
    page.wait_for_selector("fieldset")
    order = []
    for _ in range(12):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.name || document.activeElement.tagName")
        order.append(name)
        if name == "theme" and order.count("theme") in {1, 3}:
            page.keyboard.press("Space")
        if name == "do":
            page.keyboard.press("Enter")
            break
    page.wait_for_selector("text=Your vote has been received")
    assert order == ["A", "theme", "theme", "theme", "theme", "blank", "do"]
    assert list(OpenBallot.objects.get().marks) == [opening.themes[0], opening.themes[2]]


def test_a_waiting_page_becomes_the_next_by_itself(phone, panel) -> None:
    page = come_in(phone())
    assert page.inner_text("h1") == "You are in"
    ask_for_ideas(panel)
    page.evaluate(ASK)
    page.wait_for_selector("textarea")
    assert page.inner_text("#live") == "What pushes young people out?", "said to a screen reader"
    page.fill("textarea", "Tid")
    page.click("form.entry button")
    page.wait_for_selector("text=Your idea has been received")
    assert Idea.objects.get().text == "Tid"


def test_a_form_somebody_is_in_is_never_taken_away(phone, panel) -> None:
    ask_for_ideas(panel)
    page = come_in(phone())
    page.fill("textarea", "halvt skrevet")
    close(panel.openings.get())
    stand_at(panel, "grouping")
    page.evaluate(ASK)
    page.wait_for_selector("#news:not([hidden])")
    assert page.inner_text("#live") == "There is something new."
    assert page.input_value("textarea") == "halvt skrevet"
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    page.click("#news button")
    page.wait_for_selector("text=Ideas become themes")


def test_a_lost_connection_is_told_and_nothing_is_lost(phone, panel) -> None:
    ask_for_ideas(panel)
    page = come_in(phone())
    page.fill("textarea", "mine ord")
    page.context.set_offline(True)
    page.wait_for_selector("#live:has-text('There is no connection')")
    page.click("form.entry button")
    assert page.input_value("textarea") == "mine ord"
    page.context.set_offline(False)
    page.wait_for_selector("#live:has-text('The connection is back')")
    page.click("form.entry button")
    page.wait_for_selector("text=Your idea has been received")
    assert Idea.objects.count() == 1


def test_after_a_mistake_the_focus_is_on_the_sentence_that_says_so(phone, panel) -> None:
    ask_for_votes(panel)
    page = come_in(phone())
    page.click("form.entry button.main")
    page.wait_for_selector("#problem")
    assert page.evaluate("document.activeElement.id") == "problem"
    assert page.title().startswith("Error:")
    page.click("#problem a")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "theme"


def every_page(page: Any, panel: Any) -> Iterator[str]:
    """Lead a phone through every page there is; give the name of each when it is there."""
    url = page.url
    yield "door"
    page.goto(url.split("/m/")[0])
    yield "code"
    page.fill("#code", "NOPE99")
    page.click("form.entry button")
    yield "wrong code"
    page.goto(url)
    come_in(page)
    yield "waiting"
    page.goto(f"{url}kept")
    yield "kept"
    yield from idea_pages(page, panel, url)
    yield from vote_pages(page, panel, url)
    stand_at(panel, "end")
    page.goto(url)
    yield "end"


def idea_pages(page: Any, panel: Any, url: str) -> Iterator[str]:
    opening = ask_for_ideas(panel)
    page.goto(url)
    yield "ideas"
    page.fill("textarea", "x" * 300)
    page.click("form.entry button")
    yield "too long"
    page.fill("textarea", "Tid")
    page.click("form.entry button")
    yield "idea sent"
    stand_at(panel, "ideas", revealed=True)
    page.goto(url)
    yield "ideas shown"
    page.fill("textarea", "for sent")
    close(opening)
    page.click("form.entry button")
    yield "too late"
    stand_at(panel, "grouping", revealed=True)
    page.goto(url)
    yield "themes"


def vote_pages(page: Any, panel: Any, url: str) -> Iterator[str]:
    opening = ask_for_votes(panel)
    page.goto(url)
    yield "ballot"
    page.click("form.entry button.main")
    yield "empty ballot"
    page.click("fieldset label >> nth=1")
    page.click("form.entry button.main")
    yield "receipt"
    for mine in phones(6):
        cast(opening, admit(panel, mine.key, mine.secret), mine.secret, {opening.themes[0]: 1})
    close(opening)
    stand_at(panel, "result", revealed=True)
    page.goto(url)
    yield "result"
    vote_of(panel.meeting).__class__.objects.update(rule="dots", choices=5)
    bump(panel)
    ask_for_votes(panel)
    page.goto(url)
    yield "dots"


#: What stands out to the right, and what can be pressed and is smaller than 44 px: for a cross,
#: what is pressed is its line.
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
TOO_SMALL = """
Array.prototype.filter.call(
  document.querySelectorAll("button, input:not([type=hidden]), select, textarea, footer a"),
  function (one) {
    var box = (one.type === "checkbox" ? one.parentNode : one).getBoundingClientRect();
    return box.width > 0 && (box.height < 44 || box.width < 44);
  }).map(function (one) { return one.outerHTML; })
"""


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_page_fits_320_px_and_axe_finds_nothing(phone, panel, language) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = phone(language=language)
    axe, seen = Axe(), []
    for name in every_page(page, panel):
        page.wait_for_load_state()
        assert page.evaluate(TOO_WIDE) <= 0, name
        assert page.evaluate(TOO_SMALL) == [], name
        found = axe.run(page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        assert page.get_attribute("html", "lang") == language
        assert len(page.query_selector_all("h1")) == 1, name
        seen.append(name)
    assert len(seen) == 17


@pytest.mark.parametrize("width", [320, 1280])
def test_large_letters_break_nothing(phone, panel, width) -> None:
    """Only the letters are made twice as large (WCAG 1.4.4), also on the narrowest phone."""
    page = phone(language="da")
    page.set_viewport_size({"width": width, "height": 568})
    for name in every_page(page, panel):
        page.wait_for_load_state()
        page.evaluate("document.documentElement.style.fontSize = '225%'")
        assert page.evaluate(TOO_WIDE) <= 0, name
