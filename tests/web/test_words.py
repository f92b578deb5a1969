"""Every page of a meeting in both languages: all of it translated, and plain to read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import pytest
from django.test import Client
from tests.web import pseudo
from tests.web.evening import Evening, Page

from vendepunkt.language import readability
from vendepunkt.web.room.phone.place import places
from vendepunkt.web.room.phone.visit import cookie_name

pytestmark = pytest.mark.django_db

#: What is written the same in Danish and English, or is a name.
SAME = frozenset(
    {"Vendepunkt", "PDF", "CSV", "Excel", "xlsx", "Pabulib", "JSON", "Polis", "Interval", "Log"}
    | {"Dansk", "English", "Interviewer", "Panel", "Print", "Problem", "Start", "app", "for"}
)
#: Elements whose words are one sentence or one label.
BLOCKS = {
    *("p", "li", "h1", "h2", "h3", "h4", "dt", "dd", "th", "td", "label", "button", "legend"),
    *("option", "summary", "caption", "title", "a", "figcaption"),
}


def names(evening: Evening) -> set[str]:
    """Give what people named: it stands in titles and choices, where nothing can be marked."""
    panels = evening.meeting.panels.values_list("title_da", flat=True)
    themes = evening.meeting.themes.values_list("title_da", flat=True)
    staff = {str(person) for person in evening.people.values()}
    own = {evening.meeting.title_da, evening.phase.title_da, *panels, *themes, *staff}
    return own | {"Dansk", "English"}


class Browsers:
    """One browser for each who looks at a meeting."""

    def __init__(self, evening: Evening, as_role: Callable[[str], Client]) -> None:
        self.evening, self.as_role = evening, as_role
        self.known: dict[str, Client] = {}

    def get(self, page: Page, language: str) -> str:
        places.forget(self.evening.panel.code)
        client = self.known.get(page.who) or self._new(page.who)
        client.cookies["language"] = language
        answer = client.get(page.url)
        assert answer.status_code < 500
        return answer.content.decode()

    def _new(self, who: str) -> Client:
        passes = self.evening.passes()
        client = Client() if who == "nobody" or who in passes else self.as_role(who)
        if who in passes:
            client.cookies[cookie_name(self.evening.panel)] = str(passes[who])
        self.known[who] = client
        return client


@pytest.fixture
def tour(people, as_role) -> Iterator[tuple[Evening, Browsers]]:
    evening = Evening(people, "da")
    return evening, Browsers(evening, as_role)


def test_every_text_of_every_page_can_be_translated(tour) -> None:
    """What comes from the library's own catalogue went through no gettext: it is held below."""
    evening, browsers = tour
    found: dict[str, list[str]] = {}
    for stop, pages in evening.stops():
        for page in pages:
            with pseudo.speaking():
                bare = pseudo.unmarked(browsers.get(page, "da"))
            # Names stand in titles and lists of choices too, where nothing can be marked.
            ours = [text for text in bare if text.strip(" :,") not in names(evening)]
            if ours and page.name != "results":
                found[f"{stop}: {page.name}"] = ours
    assert found == {}


class _Texts(HTMLParser):
    """The texts of ours on a page: by block, without the words of people."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[tuple[str, str]] = []
        self.open: list[tuple[str, bool]] = []
        self.now: list[str] = []

    def _end(self, tag: str) -> None:
        text = " ".join("".join(self.now).split())
        if text:
            self.texts.append((tag, text))
        self.now = []

    def handle_starttag(self, tag, attrs):
        if tag in BLOCKS and tag != "a":
            self._end(self.open[-1][0] if self.open else "")
        hidden = bool(self.open) and self.open[-1][1]
        quiet = hidden or dict(attrs).get("translate") == "no" or tag in pseudo.UNSEEN
        if quiet and not hidden:
            self.now.append("…")
        if tag not in pseudo.VOID:
            self.open.append((tag, quiet))

    def handle_endtag(self, tag):
        if tag in BLOCKS and tag != "a":
            self._end(tag)
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not self.open or not self.open[-1][1]:
            self.now.append(data)


def texts(page: str) -> list[tuple[str, str]]:
    """Give the blocks of a page and their texts."""
    reader = _Texts()
    reader.feed(page)
    reader.close()
    return reader.texts


def words_of(text: str) -> set[str]:
    """Give the words of a text that could be of a language."""
    return {word for word in re.findall(r"[^\W\d_]{3,}", text) if word not in SAME}


def test_no_text_is_the_same_in_danish_and_english(tour) -> None:
    """A text that both pages share is one that nobody translated."""
    evening, browsers = tour
    found: dict[str, set[str]] = {}
    for stop, pages in evening.stops():
        for page in pages:
            danish = {text for _, text in texts(browsers.get(page, "da"))}
            english = {text for _, text in texts(browsers.get(page, "en"))}
            both = {text for text in danish & english if words_of(text)}
            # The projector speaks the language of the meeting, whoever looks.
            if both and page.name != "screen":
                found[f"{stop}: {page.name}"] = both
    assert found == {}


def sentences(evening: Evening, browsers: Browsers, language: str) -> set[str]:
    """Give every running sentence of participants' pages, once each."""
    found: set[str] = set()
    for _, pages in evening.stops():
        for page in pages:
            if page.who in {"phone", "voter"} or page.name in {"door", "kept", "kept_anywhere"}:
                running = [
                    text
                    for tag, text in texts(browsers.get(page, language))
                    if tag in {"p", "li", "span"} and text.rstrip("…")[-1:] in {".", "!", "?"}
                ]
                found |= {one for text in running for one in re.split(r"(?<=[.!?])\s+", text)}
    return {one for one in found if len(one.split()) > 2}


@pytest.mark.parametrize(("language", "most"), [("da", 35), ("en", 35)])
def test_participants_read_plain_words(people, as_role, language, most, record_property) -> None:
    evening = Evening(people, language)
    said = sentences(evening, Browsers(evening, as_role), language)
    assert len(said) > 40
    value = readability(sorted(said)).lix
    record_property(f"lix_{language}", value)
    assert value < most, f"LIX {value:.1f} over {len(said)} sentences"
