"""A browser in front of a meeting: who is signed in, what a page does wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.test import Client
from tests.web.evening import Evening

from vendepunkt.web.people.models import Person
from vendepunkt.web.room.phone.visit import cookie_name

CHROMIUM = shutil.which("chromium")
#: Smallest side of what is pressed, in CSS pixels: WCAG 2.5.8 asks for 24, a thumb for 44.
LEAST, THUMB = 24, 44

#: What is pressed and smaller than it may be; links in running text are excepted.
_SMALL = """least => [...document.querySelectorAll(
  'button, input:not([type=hidden]), select, textarea, summary, a[href]')]
  .filter(e => {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    if (!box.width || style.visibility === 'hidden' || e.closest('.skip, [hidden]')) return false;
    const label = e.closest('label') || (e.id && document.querySelector(`label[for="${e.id}"]`));
    const inline = style.display === 'inline' && e.tagName === 'A';
    if (inline) return false;
    const boxes = [box].concat(label ? [label.getBoundingClientRect()] : []);
    return !boxes.some(b => b.height >= least && b.width >= least);
  })
  .map(e => `${e.tagName} ${(e.textContent || e.name || '').trim().slice(0, 30)} ` +
    `${Math.round(e.getBoundingClientRect().width)}x` +
    `${Math.round(e.getBoundingClientRect().height)}`)"""

#: Remembers what the rules for contents refused, from the first line of the page on.
_REFUSED = """window.refused = [];
document.addEventListener('securitypolicyviolation', e =>
  window.refused.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.lineNumber));"""


@contextmanager
def chromium() -> Iterator[Any]:
    """Give a browser. Its loop lives in this thread, which Django would refuse to share."""
    from playwright.sync_api import sync_playwright

    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            yield started
            started.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


class Watched:
    """A page that remembers what it fetched and what it complained of."""

    def __init__(self, page: Any, home: str) -> None:
        self.page, self.home = page, home
        self.elsewhere: list[str] = []
        self.said: list[str] = []
        page.on("request", self._asked)
        page.on("console", self._told)
        # Told by the page itself: what axe tries on a page is no fault of it.
        page.add_init_script(_REFUSED)
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def _told(self, message: Any) -> None:
        # Refused styles are read from the page; a status such as 404 is no fault of the page, and
        # where the script has gone to what is wrong, the browser need not go to the field.
        told = ("Content Security Policy", "responded with", "Autofocus processing")
        if not any(one in message.text for one in told):
            self.said.append(message.text)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.home, "data:", "about:", "blob:")):
            self.elsewhere.append(request.url)

    def faults(self, width: int, *, phone: bool, axe: bool = True) -> list[str]:
        """Name what is wrong with the page that is shown."""
        from axe_playwright_python.sync_playwright import Axe

        found = [f"fetched {url}" for url in self.elsewhere]
        found += [f"said {text}" for text in self.said]
        found += [f"refused {what}" for what in self.page.evaluate("window.refused")]
        self.elsewhere, self.said = [], []
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"scrolls sideways: {wide}")
        small = self.page.evaluate(_SMALL, THUMB if phone else LEAST)
        found += [f"small: {one}" for one in small]
        if axe:
            for one in Axe().run(self.page).response["violations"]:
                where = one["nodes"][0]["html"][:110]
                found.append(f"axe {one['id']}: {where} ({len(one['nodes'])})")
        return found


class Windows:
    """One window for each who looks at an evening."""

    def __init__(self, browser: Any, home: str, people: dict[str, Person], language: str) -> None:
        self.browser, self.home, self.people = browser, home, people
        self.language = language
        self.known: dict[str, Watched] = {}

    def of(self, who: str, evening: Evening | None = None, width: int = 1200) -> Watched:
        """Give the window of somebody, opening it the first time."""
        if who not in self.known:
            context = self.browser.new_context(viewport={"width": width, "height": 800})
            context.add_cookies([self._cookie(*one) for one in self._cookies(who, evening)])
            self.known[who] = Watched(context.new_page(), self.home)
        return self.known[who]

    def _cookies(self, who: str, evening: Evening | None) -> list[tuple[str, str]]:
        passes = evening.passes() if evening else {}
        found = [("language", self.language)]
        if evening and who in passes:
            found.append((cookie_name(evening.panel), str(passes[who])))
        elif who in self.people:
            client = Client()
            client.force_login(self.people[who])
            found += [(name, morsel.value) for name, morsel in client.cookies.items()]
        return found

    def _cookie(self, name: str, value: str) -> dict[str, str]:
        return {"name": name, "value": value, "url": self.home}

    def close(self) -> None:
        """Close all."""
        for watched in self.known.values():
            watched.page.context.close()
