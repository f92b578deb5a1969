"""Every page of a meeting in a real browser: axe, width, targets, nothing from elsewhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from tests.browser.rooms import CHROMIUM, Windows
from tests.web.evening import Evening

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt install chromium)"),
    pytest.mark.django_db(transaction=True),
]
#: Pages of participants: what is pressed there is pressed by thumbs.
PHONE = {"place", "door", "kept", "kept_anywhere", "the receipt", "changing a vote"}
#: A folder for pictures, where somebody wants to look at them.
PICTURES = os.environ.get("VENDEPUNKT_PICTURES", "")


@pytest.mark.parametrize(
    ("language", "width"),
    [
        ("da", 320),
        ("en", 1200),
        pytest.param("da", 1200, marks=pytest.mark.slow),
        pytest.param("en", 320, marks=pytest.mark.slow),
    ],
)
def test_no_page_has_a_fault(
    chrome: Any, live_server: Any, people: dict[str, Any], language: str, width: int
) -> None:
    """320 pixels are also what a window of 1280 has at 400 %."""
    evening = Evening(people, language)
    windows = Windows(chrome, live_server.url, people, language)
    found: dict[str, list[str]] = {}
    seen = 0
    for stop, pages in evening.stops():
        for page in pages:
            window = windows.of(page.who, evening, width)
            window.page.goto(live_server.url + page.url)
            seen += 1
            name = f"{stop}: {page.name}"
            if PICTURES:
                folder = Path(PICTURES)
                folder.mkdir(exist_ok=True)
                file = f"{seen:03}-{name.replace(': ', '-').replace(' ', '_')}-{language}-{width}"
                window.page.screenshot(path=folder / f"{file}.png", full_page=True)
            wrong = window.faults(width, phone=page.name in PHONE)
            if wrong:
                found[name] = wrong
    windows.close()
    assert seen > 80
    assert found == {}
