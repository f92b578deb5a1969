"""Coming in: by a code that is typed, by the panel's QR code, or by one's own.

Nobody comes in by looking at a page: browsers, and programs that check links, do that by
themselves. Every door is a page with one button. The page holds a pass that nobody has yet, so
that the button pressed twice is one person.
"""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from vendepunkt.terms.errors import RefusedError
from vendepunkt.web.rights import public
from vendepunkt.web.room.admission import find_panel, find_token, let_in, why_not
from vendepunkt.web.room.models import Meeting, Panel, Step
from vendepunkt.web.room.phone.guesses import guesses
from vendepunkt.web.room.phone.place import Place, place_of
from vendepunkt.web.room.phone.rendering import GUARD, PASS, Pages, answer, common, page
from vendepunkt.web.room.phone.visit import (
    TRIED,
    Visit,
    cookie_name,
    from_here,
    put,
    speaking,
)
from vendepunkt.web.room.secrets import Pass, guard, guard_holds, is_secret, new_secret

_LONGEST: Final = 80
#: The first page, in both languages.
_CODE: Final[Pages] = {}


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest) -> HttpResponse:
    """Take a code that somebody types."""
    if request.method != "POST" or "code" not in request.POST:
        return speaking(request, None, lambda: _ask(request))
    return speaking(request, None, lambda: _typed(request))


@public
@require_safe
def own_code(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """Show the door of somebody with a code of their own, from its QR code."""
    here = place_of(code)
    if here is None:
        return speaking(request, None, lambda: unknown(request))
    return speaking(request, here.panel.meeting, lambda: _own_door(request, here, token))


def _own_door(request: HttpRequest, here: Place, typed: str) -> HttpResponse:
    found = find_token(typed, here.panel)
    if found is None:
        return unknown(request)
    carried = Visit.of(request, here).me
    if carried is not None and carried.key == found.key:
        return HttpResponseRedirect(reverse("place", args=[here.panel.code]))
    return show_door(request, here, Pass(found.key, new_secret()))


def show_door(
    request: HttpRequest, here: Place, mine: Pass | None = None, status: int = 200, **context: str
) -> HttpResponse:
    """Show the page with the button that lets a phone in.

    Parameters
    ----------
    request, here
        Who stands before which panel.
    mine
        The pass that the button will use; by default one that nobody has.
    status
        HTTP status.
    **context
        ``words``: what somebody had typed when their pass was gone; it is shown, so as not to be
        lost. ``problem``: why they are here again.
    """
    own = here.panel.meeting.admission == Meeting.Admission.SINGLE and mine is None
    plain = status == 200 and mine is None and not any(context.values())
    return _with_guard(
        request,
        "door.html",
        status,
        here.pages if plain else None,
        here=reverse("place", args=[here.panel.code]),
        panel=here.panel,
        meeting=here.panel.meeting,
        carry_new=str(mine or Pass.new()),
        own_code=own,
        **context,
    )


def come_in(visit: Visit) -> HttpResponse | None:
    """Let a phone in whose button was pressed; None where its page is to be shown at once.

    Raises
    ------
    RefusedError
        As :func:`~vendepunkt.web.room.admission.admit` does.
    """
    request, panel = visit.request, visit.panel
    if not _is_ours(request):
        return show_door(request, visit.place, status=403, problem="old")
    mine = Pass.read(request.POST.get("pass", "")) or Pass.new()
    if panel.meeting.admission == Meeting.Admission.SINGLE and "code" in request.POST:
        found = find_token(request.POST["code"], panel)
        if found is None:
            guesses.wrong()
            status = 429 if guesses.many else 404
            return show_door(request, visit.place, status=status, problem="wrong")
        mine = Pass(found.key, mine.secret)
    return _enter(visit, mine)


def _enter(visit: Visit, mine: Pass) -> HttpResponse | None:
    before = Pass.read(visit.request.COOKIES.get(cookie_name(visit.panel), ""))
    is_open = visit.panel.meeting.admission == Meeting.Admission.OPEN
    if before is not None and (is_open or before.key == mine.key):
        problem = why_not(visit.panel, before.key, before.secret)
        if problem is None:
            return visit.onward()  # this phone is in already, and stays who it is
        if problem.code != "code_unknown":
            raise problem
    let_in(visit.panel, mine.key, mine.secret)
    visit.enter(mine)
    return None if visit.in_form else visit.onward()


def _typed(request: HttpRequest) -> HttpResponse:
    typed = request.POST["code"]
    if not _is_ours(request):
        return _ask(request, status=403, problem="old", typed=typed)
    mine = Pass.read(request.POST.get("pass", "")) or Pass.new()
    panel = find_panel(typed)
    if panel is not None and panel.meeting.admission == Meeting.Admission.OPEN:
        return _through(request, panel, mine)
    if panel is not None:
        here = place_of(panel.code)
        if here is not None:
            return speaking(request, panel.meeting, lambda: show_door(request, here))
    return _typed_own(request, typed, mine)


def _typed_own(request: HttpRequest, typed: str, mine: Pass) -> HttpResponse:
    """Let somebody in with a code of their own, beside the panel's where there is guessing."""
    beside = request.POST.get("panel", "")
    panel = find_panel(beside) if beside else None
    if guesses.many and panel is None:
        if beside:
            guesses.wrong()
        return _ask(request, status=429, problem="many", typed=typed, both=True)
    found = find_token(typed, panel)
    if found is None:
        guesses.wrong()
        return _ask(request, status=404, problem="wrong", typed=typed, both=panel is not None)
    return _through(request, found.panel, Pass(found.key, mine.secret))


def _through(request: HttpRequest, panel: Panel, mine: Pass) -> HttpResponse:
    # Late, because that page leads here too.
    from vendepunkt.web.room.phone.views import refused, show_place

    here = place_of(panel.code) or Place(panel, None)
    visit = Visit(request, here)

    def answer() -> HttpResponse:
        if here.kind == Step.Kind.END:
            return visit.show("end.html")
        try:
            return _enter(visit, mine) or show_place(visit)
        except RefusedError as error:
            return refused(visit, error)

    return speaking(request, panel.meeting, answer)


def unknown(request: HttpRequest) -> HttpResponse:
    """Say that no panel has the code of an address, and count it as a wrong one."""
    guesses.wrong()
    return _ask(request, status=429 if guesses.many else 404, problem="wrong")


def _ask(
    request: HttpRequest,
    status: int = 200,
    problem: str = "",
    typed: str = "",
    *,
    both: bool = False,
) -> HttpResponse:
    both = both or guesses.many
    plain = status == 200 and not both and not typed
    return _with_guard(
        request,
        "code.html",
        status,
        _CODE if plain else None,
        here=reverse("door"),
        problem=problem,
        typed=typed[:_LONGEST],
        carry_new=str(Pass.new()),
        both=both,
    )


def _with_guard(
    request: HttpRequest, template: str, status: int, pages: Pages | None, **context: object
) -> HttpResponse:
    """Show a door, with a cookie that says whether the phone keeps cookies.

    The form carries the guard of that cookie: another site could otherwise make an old phone
    come in with a pass that the other site knows. A door without anything of one's own is
    rendered once for all and kept in `pages`.
    """
    tried = request.COOKIES.get(TRIED, "")
    fresh = tried if is_secret(tried) else new_secret()
    context["method"] = "get"
    if pages is None:
        response = page(template, status, guard=guard(fresh), **context)
    else:
        mine = str(context["carry_new"])
        context |= {"carry_new": PASS, "guard": GUARD}
        text = common(pages, template, "page", context)
        response = answer(text.replace(PASS, mine).replace(GUARD, guard(fresh)))
    put(response, request, TRIED, fresh)
    return response


def _is_ours(request: HttpRequest) -> bool:
    tried = request.COOKIES.get(TRIED, "")
    if not from_here(request):
        return False
    return not tried or guard_holds(tried, request.POST.get("guard", ""))
