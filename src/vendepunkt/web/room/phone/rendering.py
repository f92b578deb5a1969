"""Make a page for a phone from what all phones share and what is its own.

Two thousand phones ask within seconds, and most of a page is the same on all of them. The frame
around a page, and whole pages that say nothing of one's own, are rendered once per place (half a
second) and language; what is a phone's own is put where a mark stands.
"""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.template import loader
from django.utils import translation

from vendepunkt.web.room.secrets import new_secret

#: Stand for a phone's guard, its pass and its part of the page; nobody can write them in a text.
GUARD: Final = new_secret()
PASS: Final = new_secret()
OWN: Final = new_secret()

#: What was rendered → text; kept on a place, or for pages that belong to none.
Pages = dict[tuple[str, ...], str]


def language_now() -> str:
    """Give the language of the page."""
    return translation.get_language() or settings.LANGUAGE_CODE


def page(template: str, status: int = 200, **context: Any) -> HttpResponse:
    """Give a page of participants; it knows no session and no account."""
    return answer(_rendered(template, "page", context), status)


def answer(text: str, status: int = 200) -> HttpResponse:
    """Give a response that a phone does not keep: many people may share one."""
    response = HttpResponse(text, status=status)
    response["Cache-Control"] = "no-store"
    return response


def common(pages: Pages, template: str, frame: str, context: dict[str, Any]) -> str:
    """Give a page that is the same on all phones, rendered once.

    Parameters
    ----------
    pages
        What was rendered already.
    template, frame
        Which page; ``"page"``, or ``"part"`` for what changes of it only.
    context
        What follows from the place, the language and the address alone.
    """
    key = ("common", template, frame, language_now(), str(context.get("stay")))
    if key not in pages:
        pages[key] = _rendered(template, frame, context)
    return pages[key]


def framed(pages: Pages, template: str, context: dict[str, Any]) -> str:
    """Give a page whose frame is that of all phones, around what is one phone's own.

    Parameters
    ----------
    pages
        Frames that were rendered already.
    template
        Which page.
    context
        What it shows. Its frame (title, top and foot) may follow from the place, the language,
        the address, and whether there is a problem.
    """
    stay, wrong = str(context.get("stay")), str(bool(context.get("problem")))
    key = ("frame", template, language_now(), stay, wrong)
    if key not in pages:
        pages[key] = _rendered(template, "page", context | {"own": OWN})
    return pages[key].replace(OWN, part(template, context))


def part(template: str, context: dict[str, Any]) -> str:
    """Give what stands inside the frame."""
    return _rendered(template, "part", context)


def _rendered(template: str, frame: str, context: dict[str, Any]) -> str:
    context = context | {"language": language_now(), "frame": f"phone/{frame}.html"}
    return loader.render_to_string(f"phone/{template}", context)
