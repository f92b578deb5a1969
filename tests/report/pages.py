"""What tests read out of a written report."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

from pypdf import PdfReader

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """A page as a list of elements (tag, attributes, words), and its visible words."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.stack: list[str] = []
        self.feed(html.decode())
        assert not self.stack, f"not closed: {self.stack}"

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            unseen = dict(attrs).get("class") in {"unseen", "skip"}
            self.stack.append(f"{tag}!" if unseen else tag)

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack[-1].rstrip("!") == tag, (self.stack, tag)
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        hidden = {"style", "svg", "head", "nav"} | {tag for tag in self.stack if tag[-1] == "!"}
        if not hidden & set(self.stack):
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        """Give the attributes of every element of a tag."""
        return [attributes for name, attributes in self.elements if name == tag]


def letters(text: str) -> str:
    """Give a text without blanks and without signs that only steer line breaks."""
    return re.sub(r"[\s\u00a0\u2060\u00ad•]", "", text)


def pdf_words(pdf: bytes) -> str:
    """Give the letters of a PDF without its running header and its list of contents."""
    pages = []
    for number, page in enumerate(PdfReader(io.BytesIO(pdf)).pages, 1):
        lines = page.extract_text().splitlines()
        pages.append("\n".join(lines[2 if number > 1 and _header_in_two(lines) else number > 1 :]))
    return "\n".join(pages)


def _header_in_two(lines: list[str]) -> bool:
    return len(lines) > 1 and bool(re.match(r"(Side|Page) \d", lines[1]))
