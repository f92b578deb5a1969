"""A language in which every translated string is marked, and a reader that finds what is not.

``with pseudo.speaking(): page = client.get(...)`` gives a page in which each string that went
through gettext stands between ⟦ and ⟧; ``pseudo.unmarked(page.content.decode())`` then names the
visible text that nobody can translate. People's own words stand in elements with translate="no".
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser

from django.utils import translation

OPEN, CLOSE = "⟦", "⟧"
#: Attributes that are read or heard.
SPOKEN = ("alt", "title", "aria-label", "aria-description", "placeholder", "label")
#: Elements whose text nobody sees.
UNSEEN = {"script", "style", "template"}
#: Elements without an end.
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@contextmanager
def speaking(language: str = "da") -> Iterator[None]:
    """Speak a language with every translated string marked."""
    from vendepunkt.web.room.phone import doors

    real = translation._trans
    # The page for a code is rendered once for all phones: not before, and not for those after.
    doors._CODE.clear()
    names = ("gettext", "ngettext", "pgettext", "npgettext")
    before = {name: getattr(real, name) for name in names}

    def marking(function):
        return lambda *words: f"{OPEN}{function(*words)}{CLOSE}" if words[0] else function(*words)

    try:
        for name, function in before.items():
            setattr(real, name, marking(function))
        with translation.override(language):
            yield
    finally:
        for name, function in before.items():
            setattr(real, name, function)
        doors._CODE.clear()


def unmarked(page: str) -> list[str]:
    """Name the visible text of a page that is neither marked nor somebody's own words."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        #: Open elements: name, and whether what is in them is looked at.
        self.within: list[tuple[str, bool]] = []
        self.marks = 0

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        seen = (
            (not self.within or self.within[-1][1])
            and said.get("translate") != "no"
            and tag not in UNSEEN
        )
        if tag not in VOID:
            self.within.append((tag, seen))
        if seen:
            for name in SPOKEN:
                self._look(said.get(name) or "", f'{name}="…": ', inside=False)
            if tag == "input" and said.get("type") in {"submit", "button", "reset"}:
                self._look(said.get("value") or "", "value: ", inside=False)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        while self.within:
            name, _ = self.within.pop()
            if name == tag:
                break

    def handle_data(self, data):
        seen = not self.within or self.within[-1][1]
        self._look(data, "", inside=True, report=seen)

    def _look(self, text: str, where: str, *, inside: bool, report: bool = True) -> None:
        depth, bare = self.marks if inside else 0, []
        for letter in text:
            if letter == OPEN:
                depth += 1
            elif letter == CLOSE:
                depth = max(0, depth - 1)
            elif not depth:
                bare.append(letter)
        if inside:
            self.marks = depth
        words = "".join(bare).split()
        if report and any(letter.isalpha() for word in words for letter in word):
            self.found.append(where + " ".join(words))
