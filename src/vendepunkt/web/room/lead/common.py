"""What all pages of those who lead have in common."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vendepunkt.terms import RefusedError, VendepunktError
from vendepunkt.web.people.models import Person
from vendepunkt.web.room.board import Board
from vendepunkt.web.room.edits import Clash, ConflictError
from vendepunkt.web.room.lead.sentences import Titles
from vendepunkt.web.room.models import Action, Idea, Note, Panel, Phase, Theme
from vendepunkt.web.room.sending import plain_text
from vendepunkt.web.room.steps import MovedError
from vendepunkt.web.room.undo import BlockedError, Line

_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
#: An idea with the stamp that the page saw, as it stands in forms.
SEEN_IDEA: Final = re.compile(rf"({_UUID})\|([0-9A-Za-z._]*)")
#: A theme or note with the version that the page saw.
SEEN_ROW: Final = re.compile(rf"(theme|note):({_UUID})@([0-9]{{1,9}})")

#: Fields of forms that people typed: shown again where something stands in the way.
TYPED: Final = {
    "title_da": gettext_lazy("Name in Danish"),
    "title_en": gettext_lazy("Name in English"),
    "description_da": gettext_lazy("Description in Danish"),
    "description_en": gettext_lazy("Description in English"),
    "text": gettext_lazy("Note"),
    "reason": gettext_lazy("Reason"),
    "words": gettext_lazy("Words to erase"),
    "by": gettext_lazy("Who decided it"),
    "why": gettext_lazy("Why"),
    "present": gettext_lazy("People present"),
    "minutes": gettext_lazy("Minutes"),
    "code": gettext_lazy("Code"),
}
_SLUG: Final = re.compile(r"[-a-zA-Z0-9_]+")
_SKIPPED: Final = frozenset({"csrfmiddlewaretoken"})


View: TypeAlias = Callable[..., HttpResponse]


def panel_of(slug: str, key: str) -> Panel:
    """Give a panel by the keys in its address, or answer that there is no such page."""
    panels = Panel.objects.select_related("meeting")
    return get_object_or_404(panels, meeting__slug=slug, key=key)


def board_of(panel: Panel, phase: str) -> Board:
    """Give the table of a panel in a life phase, or answer that there is no such page."""
    return Board(panel, get_object_or_404(Phase, meeting=panel.meeting, key=phase))


def who(request: HttpRequest) -> Person:
    """Give the person who is signed in; every view here needs a right, so there is one."""
    if not isinstance(request.user, Person):
        raise Http404
    return request.user


@dataclass(frozen=True, slots=True)
class Done:
    """Something that was done later, as a page says it."""

    sentence: str
    by: str

    @classmethod
    def of(cls, action: Action, titles: Titles) -> Done:
        """Say who did what."""
        line = Line(action, action.change, action.change.after())
        return cls(titles.say(line), str(action.change.who or ""))


def answers(view: View) -> View:
    """Answer conflicts and refusals with a page that keeps what was typed."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ConflictError as conflict:
            return _again(request, kwargs, 409, clashes=conflict.clashes)
        except MovedError:
            text = _("Somebody else took the panel to another step meanwhile.")
            return _again(request, kwargs, 409, clashes=(Clash("", "", text),), repeat=False)
        except BlockedError as blocked:
            titles = Titles(panel_of(kwargs["slug"], kwargs["key"]).meeting)
            later = tuple(Done.of(one, titles) for one in blocked.later)
            return _again(request, kwargs, 400, error=blocked, later=later)
        except VendepunktError as error:
            return _again(request, kwargs, 400, error=error)

    return answered


def _again(
    request: HttpRequest,
    address: dict[str, Any],
    status: int,
    *,
    clashes: tuple[Clash, ...] = (),
    error: VendepunktError | None = None,
    repeat: bool = True,
    later: tuple[Done, ...] = (),
) -> HttpResponse:
    """Show what stands in the way beside what was wanted, ready to be sent once more."""
    typed, kept = _fields(request.POST)
    if later:
        kept.append(("with", "later"))
    context = {
        "panel": panel_of(address["slug"], address["key"]),
        "clashes": clashes,
        "error": error,
        "later": later,
        "typed": typed,
        "kept": kept,
        "repeat": repeat and (bool(clashes) or bool(typed) or bool(later)),
        "action": request.path,
        "back": back_to(request.POST, address),
    }
    part = bool(request.headers.get("HX-Request"))
    answer = render(
        request, "lead/again_part.html" if part else "lead/again.html", context, status=status
    )
    if part:
        # A part of the page is put where what stands in the way is said, the rest stays as it is.
        answer["HX-Retarget"] = "#again"
        answer["HX-Reswap"] = "innerHTML"
    return answer


def _fields(post: QueryDict) -> tuple[list[tuple[str, Any, str]], list[tuple[str, str]]]:
    """Give the fields that were typed, and the others with what now stands instead of the seen."""
    typed: list[tuple[str, Any, str]] = []
    kept: list[tuple[str, str]] = []
    for name, values in post.lists():
        if name in _SKIPPED:
            continue
        for value in values:
            if name in TYPED:
                typed.append((name, TYPED[name], value))
            else:
                kept.append((name, freshen(value)))
    return typed, kept


def freshen(value: str) -> str:
    """Give a form's value with the stamps and versions that stand now in it."""

    def idea(found: re.Match[str]) -> str:
        row = Idea.objects.filter(pk=found[1]).select_related("panel__meeting", "question__phase")
        one = row.first()
        if one is None:
            return found[0]
        return f"{found[1]}|{Board(one.panel, one.question.phase).card(one).stamp}"

    def row(found: re.Match[str]) -> str:
        table: type[Theme | Note] = Theme if found[1] == "theme" else Note
        version = table.objects.filter(pk=found[2]).values_list("version", flat=True).first()
        return found[0] if version is None else f"{found[1]}:{found[2]}@{version}"

    return SEEN_ROW.sub(row, SEEN_IDEA.sub(idea, value))


def back_to(post: QueryDict, address: dict[str, Any]) -> str:
    """Give the address of the page a form was on, from its field ``back``.

    It is ``queue``, ``history``, ``notes``, ``group:PHASE``, ``idea:PHASE:KEY`` or
    ``theme:PHASE:KEY``; else the table of the phase in the address, or the page that leads.
    """
    room = [address["slug"], address["key"]]
    name, *rest = post.get("back", "").split(":")
    if name in {"queue", "history", "notes"}:
        return reverse(name, args=room)
    if rest and _SLUG.fullmatch(rest[0]):
        if name == "group":
            return reverse("group", args=[*room, rest[0]])
        if name in {"idea", "theme"} and len(rest) == 2 and re.fullmatch(_UUID, rest[1]):
            return reverse(name, args=[*room, *rest])
    if "phase" in address:
        return reverse("group", args=[*room, address["phase"]])
    return reverse("lead", args=room)


def words(post: QueryDict, name: str, longest: int = 300) -> str:
    """Give a text of a form, cleaned of what cannot be seen.

    Raises
    ------
    RefusedError
        ``too_long``.
    """
    text = plain_text(post.get(name, ""))
    if len(text) > longest:
        raise RefusedError("too_long", _("That is too long."), allowed=str(longest))
    return text


def number(post: QueryDict, name: str, default: int | None = None) -> int:
    """Give a whole number of a form.

    Raises
    ------
    RefusedError
        ``no_number`` where it is none and there is no default.
    """
    text = post.get(name, "").strip()
    if not text and default is not None:
        return default
    if not re.fullmatch(r"-?[0-9]{1,9}", text, re.ASCII):
        raise RefusedError("no_number", _("Write a whole number."))
    return int(text)


def key_in(text: str) -> str:
    """Give a key out of a form, or answer that there is no such page."""
    try:
        return str(UUID(text))
    except ValueError:
        raise Http404 from None


def seen_ideas(values: list[str]) -> list[tuple[str, str]]:
    """Give the ideas of a form with their stamps; what is none is left out."""
    found = (SEEN_IDEA.fullmatch(value) for value in values)
    return [(one[1], one[2]) for one in found if one]


def seen_row(post: QueryDict, name: str = "seen") -> tuple[str, int]:
    """Give key and version of the theme or note that a form is about."""
    found = SEEN_ROW.fullmatch(post.get(name, ""))
    if found is None:
        raise Http404
    return found[2], int(found[3])


def tell(request: HttpRequest, text: str) -> None:
    """Say on the next page what was done, or what was not."""
    if text:
        messages.success(request, text)
