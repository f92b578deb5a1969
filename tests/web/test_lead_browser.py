"""Grouping ideas in a real browser: with the keyboard alone, by dragging, without JavaScript."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.web.tables import TEXTS, a_table, carla, idea, seen, theme

from vendepunkt.web.people.models import Person
from vendepunkt.web.room import grouping, steps
from vendepunkt.web.room.models import Group, Idea

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt install chromium)"),
]


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
def board() -> Any:
    return a_table(language="en")


@pytest.fixture
def enter(browser: Any, live_server: Any) -> Iterator[Any]:
    """Give a function that opens a window in which Bo, who leads, is signed in."""
    contexts = []

    def open_window(language: str = "en", **settings: Any) -> Any:
        bo, _new = Person.objects.get_or_create(username="bo", first_name="Bo", role="facilitator")
        client = Client()
        client.force_login(bo)
        context = browser.new_context(viewport={"width": 1280, "height": 1000}, **settings)
        contexts.append(context)
        cookies = {**{name: c.value for name, c in client.cookies.items()}, "language": language}
        context.add_cookies(
            [{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()]
        )
        page = context.new_page()
        # Asked each second while a test looks on: what is waited for is the answer, not the clock.
        page.set_default_timeout(20_000)
        return page

    yield open_window
    for context in contexts:
        context.close()


def address(live_server: Any, board: Any, name: str = "group", *more: str) -> str:
    room = [board.panel.meeting.slug, board.panel.key]
    of_phase = name in {"group", "idea", "theme"}
    return live_server.url + reverse(name, args=[*room, *([board.phase.key] * of_phase), *more])


def under(board: Any, number: int) -> str | None:
    placed = board.card(idea(board, number)).placement
    return placed.theme.title_en if placed else None


def tab_to(page: Any, element: str) -> None:
    """Press Tab until an element has the focus, as somebody without a mouse does."""
    for _press in range(150):
        if page.evaluate("document.activeElement?.id") == element:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{element} is not reached with the Tab key")


def test_ideas_are_placed_and_taken_back_with_the_keyboard_alone(
    enter: Any, live_server: Any, board: Any
) -> None:
    page = enter()
    page.goto(address(live_server, board))
    for number in (0, 1):
        tab_to(page, f"tick-{idea(board, number).pk}")
        page.keyboard.press("Space")
    target = f"place-{theme(board, 'Tillid').pk}"
    tab_to(page, target)
    page.keyboard.press("Enter")
    page.locator("#said", has_text="Trust").wait_for()
    assert under(board, 0) == under(board, 1) == "Trust"
    # The focus stays where the work is.
    assert page.evaluate("document.activeElement.id") == target
    page.keyboard.press("Shift+Tab")
    tab_to(page, "undo")
    page.keyboard.press("Enter")
    page.wait_for_selector(".messages")
    assert under(board, 0) is None


def test_a_theme_is_made_with_the_keyboard_alone(enter: Any, live_server: Any, board: Any) -> None:
    page = enter()
    page.goto(address(live_server, board))
    tab_to(page, f"tick-{idea(board, 3).pk}")
    page.keyboard.press("Space")
    page.focus("#new-theme")
    page.keyboard.type("School")
    page.keyboard.press("Enter")
    page.locator("#table", has_text="School").wait_for()
    assert under(board, 3) == "School"
    assert page.input_value("#new-theme") == ""


def test_an_idea_is_dragged_to_a_theme_and_out_again(
    enter: Any, live_server: Any, board: Any
) -> None:
    page = enter()
    page.goto(address(live_server, board))
    card = f"li:has(#tick-{idea(board, 2).pk})"
    place = theme(board, "Fattigdom").pk
    page.drag_and_drop(card, f"[data-drop='place-{place}'] h2")
    page.wait_for_selector(f"[data-drop='place-{place}'] {card}")
    assert under(board, 2) == "Poverty"
    page.drag_and_drop(card, ".loose h2")
    page.wait_for_selector(f".loose {card}")
    assert under(board, 2) is None


def test_what_others_do_and_what_arrives_is_shown_and_ticks_stay(
    enter: Any, live_server: Any, board: Any
) -> None:
    page = enter()
    page.goto(address(live_server, board))
    page.check(f"#tick-{idea(board, 0).pk}")
    page.check(f"#tick-{idea(board, 1).pk}")
    grouping.place(board, carla(), seen(board, 1), str(theme(board, "Tillid").pk))
    question = board.phase.questions.get()
    Idea.objects.create(panel=board.panel, question=question, text="Something new")
    page.locator("#table", has_text="Something new").wait_for()
    assert page.is_checked(f"#tick-{idea(board, 0).pk}")
    # That one somebody else moved: whoever had ticked it looks again.
    assert not page.is_checked(f"#tick-{idea(board, 1).pk}")


def test_a_conflict_is_said_on_the_page_with_both_sides(
    enter: Any, live_server: Any, board: Any
) -> None:
    page = enter()
    page.route("**/table", lambda route: route.abort())
    page.goto(address(live_server, board))
    page.check(f"#tick-{idea(board, 0).pk}")
    grouping.place(board, carla(), seen(board, 0), str(theme(board, "Tillid").pk))
    page.click(f"#place-{theme(board, 'Ensomhed').pk}")
    page.wait_for_selector("#again-box")
    assert "Carla" in page.inner_text("#again-box")
    assert page.evaluate("document.activeElement.id") == "again-box"
    page.click("text=Do it my way")
    page.wait_for_selector(".messages")
    assert under(board, 0) == "Loneliness"


def test_what_somebody_is_typing_is_never_replaced(
    enter: Any, live_server: Any, board: Any
) -> None:
    page = enter()
    page.goto(address(live_server, board))
    page.fill("#new-theme", "Half a na")
    question = board.phase.questions.get()
    Idea.objects.create(panel=board.panel, question=question, text="Something new")
    page.locator("#table", has_text="Something new").wait_for()
    assert page.input_value("#new-theme") == "Half a na"
    assert page.evaluate("document.activeElement.id") == "new-theme"


def test_everything_on_the_table_works_without_javascript(
    enter: Any, live_server: Any, board: Any
) -> None:
    page = enter(java_script_enabled=False)
    page.goto(address(live_server, board))
    page.check(f"#tick-{idea(board, 0).pk}")
    page.check(f"#tick-{idea(board, 5).pk}")
    page.click(f"#place-{theme(board, 'Tillid').pk}")
    assert "Placed under “Trust”: 2" in page.inner_text(".messages")
    page.fill("#new-theme", "School")
    page.check(f"#tick-{idea(board, 3).pk}")
    page.click("button[value=new]")
    assert under(board, 3) == "School"
    page.click("#undo")
    assert under(board, 3) is None
    page.click(f"#more-{idea(board, 0).pk}")
    page.select_option("#to", label="Poverty")
    page.click("button[value=place]")
    assert under(board, 0) == "Poverty"


def test_a_whole_meeting_is_led_with_the_keyboard_and_without_javascript(
    enter: Any, live_server: Any, board: Any
) -> None:
    page = enter(java_script_enabled=False)
    page.goto(address(live_server, board, "lead"))
    pressed = []
    while page.locator("button.next").count():
        pressed.append(page.inner_text("button.next"))
        page.focus("button.next")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert pressed == [
        "Open for ideas: Childhood and youth",
        "Close the ideas and group them",
        "Open the vote",
        "Close the vote",
        "Show the result on the screen",
        "End the meeting",
    ]


def test_the_page_that_leads_shows_what_arrives(enter: Any, live_server: Any, board: Any) -> None:
    steps.go(board.panel, 1, carla())
    page = enter()
    page.goto(address(live_server, board, "lead"))
    question = board.phase.questions.get()
    Idea.objects.create(panel=board.panel, question=question, text="Something new")
    page.locator("#state", has_text="Something new").wait_for()
    steps.go(board.panel, 2, carla())
    page.wait_for_selector("[data-moved]:not([hidden])")


def test_the_screen_shows_what_is_revealed_by_itself(
    browser: Any, live_server: Any, board: Any
) -> None:
    steps.go(board.panel, 1, carla())
    page = browser.new_page(viewport={"width": 1024, "height": 768})
    page.set_default_timeout(20_000)
    page.goto(live_server.url + reverse("screen", args=[board.panel.screen_key]))
    assert TEXTS[0] not in page.inner_text("main")
    steps.reveal(board.panel, carla(), shown=True)
    page.locator("main", has_text=TEXTS[0]).wait_for()
    page.close()


@pytest.mark.parametrize("language", ["da", "en"])
def test_axe_finds_no_fault_and_nothing_scrolls_sideways(
    browser: Any, enter: Any, live_server: Any, language: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    board = a_table(language=language)
    grouping.place(board, carla(), seen(board, 0, 1), str(theme(board, "Tillid").pk))
    group = Group.objects.create(panel=board.panel, name="Bord 1")
    from vendepunkt.web.room import notes

    note = notes.write(group, carla(), board.phase, "Sagt ved bordet")
    page = enter(language)
    for name, *more in (
        ("lead",),
        ("group",),
        ("idea", str(idea(board, 0).pk)),
        ("theme", str(theme(board, "Tillid").pk)),
        ("queue",),
        ("history",),
        ("notes",),
        ("note", str(note.pk)),
    ):
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(address(live_server, board, name, *more))
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        results = Axe().run(page)
        assert results.violations_count == 0, f"{name}: {results.generate_report()}"
    for position in range(6):
        steps.go(board.panel, position, carla())
        steps.reveal(board.panel, carla(), shown=True)
        page.set_viewport_size({"width": 1024, "height": 768})
        page.goto(live_server.url + reverse("screen", args=[board.panel.screen_key]))
        results = Axe().run(page)
        assert results.violations_count == 0, f"screen {position}: {results.generate_report()}"
        for width, height in ((1024, 768), (1920, 1080)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollHeight") <= height, position
