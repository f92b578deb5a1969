"""``README.md`` of a frozen meeting: what a person finds in the folder, in the meeting's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from vendepunkt.convene.frozen_rows import FORMAT, FORMAT_VERSION, PARTS
from vendepunkt.convene.types import Meeting
from vendepunkt.language import LANGUAGES, date, text

_SPACES: Final = re.compile(r"\s+")
_MARKDOWN: Final = re.compile(r"([\\`*_\[\]<>|#])")


def readme(meeting: Meeting) -> str:
    """Write the page that lies beside the files of a frozen meeting.

    It says what each file holds and how many rows, what was redacted or removed, whether the
    meeting is invented and what must be said where its data are shown. No idea, note or reason
    stands in it.
    """
    language = meeting.language if meeting.language in LANGUAGES else "en"
    return "\n".join(_lines(meeting, language)) + "\n"


def _lines(meeting: Meeting, language: str) -> Iterator[str]:
    yield f"# {_plain(meeting.title.in_(language) or meeting.id)}"
    yield ""
    if meeting.invented:
        yield text("frozen.readme.invented", language)
        yield ""
    yield text("frozen.readme.what", language)
    yield ""
    if meeting.date is not None:
        yield text("frozen.readme.held", language, date=date(meeting.date, language))
        yield ""
    if meeting.attribution:
        yield f"{text('frozen.readme.attribution', language)}:"
        yield ""
        yield f"> {_plain(meeting.attribution)}"
        yield ""
    yield from _files(meeting, language)
    yield f"## {text('frozen.readme.redacted', language)}"
    yield ""
    yield from (f"- {said}" for said in _taken_out(meeting, language))
    yield ""
    yield f"## {text('frozen.readme.care', language)}"
    yield ""
    yield text("frozen.readme.care_text", language)


def _files(meeting: Meeting, language: str) -> Iterator[str]:
    yield f"## {text('frozen.readme.files', language)}"
    yield ""
    headings = (text(f"frozen.readme.{word}", language) for word in ("file", "count", "content"))
    yield f"| {' | '.join(headings)} |"
    yield "| --- | ---: | --- |"
    yield f"| `meeting.json` | 1 | {text('frozen.readme.head', language)} |"
    for name in PARTS:
        said = text(f"frozen.parts.{name}", language)
        yield f"| `{name}.jsonl` | {len(getattr(meeting, name))} | {said} |"
    yield ""
    yield text("frozen.readme.format", language, name=f"`{FORMAT}`", version=str(FORMAT_VERSION))
    yield ""


def _taken_out(meeting: Meeting, language: str) -> Iterator[str]:
    ideas = meeting.ideas
    numbers = {
        "redacted_texts": sum(idea.text is None for idea in ideas),
        "removed": sum(idea.state == "removed" for idea in ideas),
        "held_back": sum(idea.state == "held" for idea in ideas),
        "personal": sum(idea.state == "personal_case" for idea in ideas),
    }
    if not any(numbers.values()):
        yield text("frozen.readme.redacted_none", language)
    for name, n in numbers.items():
        if n:
            yield text(f"frozen.readme.{name}", language, n=n)
    if ideas:
        released = sum(idea.released for idea in ideas)
        yield text("frozen.readme.released", language, n=released, all=len(ideas))


def _plain(said: str) -> str:
    """Keep a title one line of plain words: nothing in it becomes a heading or a link."""
    return _MARKDOWN.sub(r"\\\1", _SPACES.sub(" ", said)).strip()
