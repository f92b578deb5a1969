"""The page of whoever leads a panel: the agenda, the next button, who is in, what arrives."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vendepunkt.web.people.models import Person
from vendepunkt.web.rights import needs
from vendepunkt.web.room import clock, erasing, moderation, steps
from vendepunkt.web.room.board import Board
from vendepunkt.web.room.lead import codes
from vendepunkt.web.room.lead.common import answers, number, panel_of, tell, who, words
from vendepunkt.web.room.models import Idea, OpenBallot, Opening, Panel, Step, Token
from vendepunkt.web.room.screen.shown import pages_of
from vendepunkt.web.room.versions import tag, unchanged


@needs("meeting.lead")
@require_safe
def lead(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show where a panel is and what comes next."""
    panel = panel_of(slug, key)
    now = steps.step_now(panel)
    context = {
        **_state(panel),
        "agenda": steps.steps_of(panel),
        "now": now,
        "next": steps.next_of(panel),
        "may_open_again": _may_open_again(panel, now),
        "pages": pages_of(panel),
        "phases": panel.meeting.phases.all(),
        "minutes": (now.minutes if now else None) or 10,
    }
    return render(request, "lead/lead.html", context)


@needs("meeting.lead")
@require_safe
def lead_state(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Give who is in and what arrived, if that changed since it was last asked for."""
    panel = panel_of(slug, key)
    context = _state(panel)
    if (same := unchanged(request, context["version"])) is not None:
        return same
    answer = render(request, "lead/state.html", context)
    answer["ETag"] = tag(context["version"])
    return answer


def _state(panel: Panel) -> dict[str, Any]:
    """Give what changes by itself while people arrive, write and vote."""
    now = steps.step_now(panel)
    admitted = Token.objects.filter(panel=panel, arrived=True, retired=False).count()
    openings = steps.openings_now(panel)
    votes = [one for one in openings if one.vote_id is not None]
    voted = OpenBallot.objects.filter(opening__in=votes).count() if votes else None
    ideas: list[Idea] = []
    if now is not None and now.phase is not None and now.kind in _WITH_IDEAS:
        ideas = list(Board(panel, now.phase).ideas())
    seen = (
        panel.version,
        panel.at,
        admitted,
        voted,
        [(str(i.pk), i.text, i.state) for i in ideas],
        clock.announcement(panel),
        get_language(),
        traces := erasing.traces_left(),
    )
    return {
        "panel": panel,
        "meeting": panel.meeting,
        "now": now,
        "admitted": admitted,
        "voted": voted,
        "open": bool(openings),
        "ideas": ideas,
        "waiting": moderation.waiting(panel),
        "traces": traces,
        "time": clock.announcement(panel),
        "version": hashlib.blake2b(repr(seen).encode(), digest_size=9).hexdigest(),
        "last": _last_closed(panel, now),
    }


_WITH_IDEAS: Final = frozenset({Step.Kind.IDEAS, Step.Kind.GROUPING})


def _last_closed(panel: Panel, now: Step | None) -> Opening | None:
    """Give the latest round of the vote that the panel is at, once it is closed."""
    if now is None or now.vote is None:
        return None
    last = steps.last_opening(panel, now.vote)
    return last if last is not None and last.state != Opening.State.OPEN else None


def _may_open_again(panel: Panel, now: Step | None) -> bool:
    """Say whether the step is one that opens something, and that is closed."""
    opens = now is not None and now.kind in {Step.Kind.IDEAS, Step.Kind.VOTE}
    return opens and not steps.openings_now(panel)


@needs("meeting.lead")
@require_POST
@answers
def lead_do(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Do what a button on the page asks for."""
    panel = panel_of(slug, key)
    name, *arguments = request.POST.get("command", "").split(":")
    command = _COMMANDS.get(name)
    if command is None:
        raise Http404
    tell(request, command(Sent(panel, who(request), request.POST, arguments)))
    return redirect("lead", slug, key)


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was sent: in which panel, by whom, what is in it, and what its button says."""

    panel: Panel
    person: Person
    post: QueryDict
    arguments: list[str]


def _go(sent: Sent) -> str:
    position = number(QueryDict(f"to={''.join(sent.arguments[:1])}"), "to")
    return steps.go(sent.panel, position, sent.person, seen=number(sent.post, "at"))


def _again(sent: Sent) -> str:
    steps.again(sent.panel, sent.person, seen=number(sent.post, "at"))
    return _("A new round is open. The earlier one is kept.")


def _reveal(sent: Sent) -> str:
    steps.reveal(sent.panel, sent.person, shown=True)
    return _("It is on the screen now.")


def _hide(sent: Sent) -> str:
    steps.reveal(sent.panel, sent.person, shown=False)
    return _("It is hidden again.")


def _page(sent: Sent) -> str:
    page = number(QueryDict(f"to={''.join(sent.arguments[:1])}"), "to")
    steps.reveal(sent.panel, sent.person, shown=sent.panel.revealed, page=page)
    return ""


def _present(sent: Sent) -> str:
    steps.count_present(sent.panel, number(sent.post, "present"), sent.person)
    return _("The count is written down.")


def _clock(sent: Sent) -> str:
    if sent.arguments == ["stop"]:
        clock.stop(sent.panel, sent.person)
        return _("No time is set any more.")
    turn = clock.extend if sent.arguments == ["extend"] else clock.start
    turn(sent.panel, number(sent.post, "minutes"), sent.person)
    return _("The time is set.")


def _hand_out(sent: Sent) -> str:
    code = codes.hand_out(sent.panel, sent.person)
    return _("A new code: %(code)s. Write it down; it is shown this once.") % {"code": code}


def _retire(sent: Sent) -> str:
    codes.retire(sent.panel, words(sent.post, "code", 60), sent.person)
    return _("The code is out of use.")


_COMMANDS: Final = {
    "go": _go,
    "again": _again,
    "reveal": _reveal,
    "hide": _hide,
    "page": _page,
    "present": _present,
    "clock": _clock,
    "hand-out": _hand_out,
    "retire": _retire,
}
