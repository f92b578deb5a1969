"""The pages of a panel on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from vendepunkt.terms.errors import RefusedError
from vendepunkt.web.rights import public
from vendepunkt.web.room.admission import why_not
from vendepunkt.web.room.models import Opening, Step
from vendepunkt.web.room.phone.doors import come_in, show_door, unknown
from vendepunkt.web.room.phone.guesses import guesses
from vendepunkt.web.room.phone.place import place_of
from vendepunkt.web.room.phone.posts import Answered, take_idea, take_vote
from vendepunkt.web.room.phone.rendering import page
from vendepunkt.web.room.phone.visit import Visit, speaking
from vendepunkt.web.room.sending import cast_marks, sent_ideas
from vendepunkt.web.room.versions import current_version, tag, unchanged

Show: TypeAlias = Callable[..., HttpResponse]
#: How many ideas of others are shown on one page.
SHOWN: Final = 40
#: Why a phone may not go on → HTTP status.
_REFUSED: Final = {"code_in_use": 409, "code_retired": 403, "code_needed": 403}


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, code: str) -> HttpResponse:
    """Show where a panel has come to, and take what a phone sends."""
    here = place_of(code)
    if here is None:
        return speaking(request, None, lambda: unknown(request))
    if here.panel.code != code:
        return HttpResponseRedirect(reverse("place", args=[here.panel.code]))
    return speaking(request, here.panel.meeting, lambda: _answer(Visit.of(request, here)))


def _answer(visit: Visit) -> HttpResponse:
    if visit.place.kind == Step.Kind.END:
        return visit.leave(visit.show("end.html"))
    if visit.request.method != "POST":
        return show_place(visit, changing=visit.request.GET.get("do") == "change")
    try:
        return _posted(visit)
    except RefusedError as error:
        return refused(visit, error)


def _posted(visit: Visit) -> HttpResponse:
    do = visit.request.POST.get("do", "")
    if do == "join":
        return come_in(visit) or show_place(visit)
    if do not in {"idea", "vote"}:
        return show_place(visit, changing=do == "change")
    answered = take_idea(visit) if do == "idea" else take_vote(visit)
    if answered.template:
        return visit.show(answered.template, answered.status, **answered.context)
    if answered.status == 200:
        return show_place(visit, ok=do) if visit.in_form else visit.onward(ok=do)
    return show_place(visit, answered)


def show_place(
    visit: Visit, answered: Answered | None = None, *, changing: bool = False, ok: str = ""
) -> HttpResponse:
    """Show what there is to do now.

    Parameters
    ----------
    visit
        Whose phone.
    answered
        What was sent and could not be taken, to be shown again with the reason.
    changing
        Whether somebody wants to change the vote they cast.
    ok
        ``"idea"`` or ``"vote"`` where that was taken just now.
    """
    context: dict[str, Any] = {} if answered is None else dict(answered.context)
    status = 200 if answered is None else answered.status
    if visit.me is None:
        words = context.get("words", "")
        return show_door(visit.request, visit.place, status=status, words=words)
    error = why_not(visit.panel, visit.me.key, visit.me.secret)
    if error is not None:
        if error.code == "code_unknown":
            return show_door(visit.request, visit.place)  # of a rehearsal that was cleared
        return refused(visit, error)
    context["ok"] = ok or visit.request.GET.get("ok", "")
    context["changing"] = changing or "marks" in context
    show: Show = _SHOW.get(visit.place.kind, _wait)
    return show(visit, status, context)


def _wait(visit: Visit, status: int, context: dict[str, Any]) -> HttpResponse:
    if _is_plain(visit, status, context):
        return visit.show_common("wait.html", **_others(visit))
    return visit.show("wait.html", status, **(context | _others(visit)))


def _is_plain(visit: Visit, status: int, context: dict[str, Any]) -> bool:
    """Say whether a page says nothing that is this phone's own."""
    said = any(context.get(one) for one in ("ok", "changing", "problem", "draft"))
    return status == 200 and not said and not visit.request.GET.get("from")


def _ideas(visit: Visit, status: int, context: dict[str, Any]) -> HttpResponse:
    """Show the questions that are open, with what this phone sent to each."""
    if visit.me is None or not any(_is_open(one) for _, one in visit.place.questions):
        return _wait(visit, status, context)
    each = visit.panel.meeting.ideas_each
    rows = []
    for question, opening in visit.place.questions:
        if opening is not None and _is_open(opening):
            mine = sent_ideas(opening, visit.me.secret)
            rows.append(
                {
                    "question": question,
                    "opening": opening,
                    "mine": mine,
                    "left": each - len(mine),
                    "draft": context.get("draft", "") if _asks(context, opening) else "",
                    "problem": context.get("problem", "") if _asks(context, opening) else "",
                }
            )
    plain = _is_plain(visit, status, context) and not any(row["mine"] for row in rows)
    if plain:
        return visit.show_common("ideas.html", rows=rows, **_others(visit))
    return visit.show("ideas.html", status, rows=rows, **(context | _others(visit)))


def _asks(context: dict[str, Any], opening: Opening) -> bool:
    return context.get("opening") == opening.pk


def _is_open(opening: Opening | None) -> bool:
    return opening is not None and opening.state == Opening.State.OPEN


def _others(visit: Visit) -> dict[str, Any]:
    """Give everybody's ideas, some at a time: phones and their nets are slow."""
    ideas = visit.place.ideas
    asked = visit.request.POST.get("from", visit.request.GET.get("from", ""))
    first = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
    first = first if first < len(ideas) else 0
    after = first + SHOWN
    return {
        "others": ideas[first:after],
        "others_first": first + 1,
        "others_last": min(after, len(ideas)),
        "others_all": len(ideas),
        "others_next": after if after < len(ideas) else 0,
    }


def _vote(visit: Visit, status: int, context: dict[str, Any]) -> HttpResponse:
    """Show the ballot, or the receipt of the one that was cast."""
    opening = visit.place.opening
    if visit.me is None or opening is None or not _is_open(opening):
        return _wait(visit, status, context)
    cast = cast_marks(opening, visit.me.secret)
    may_change = visit.panel.meeting.may_change
    if cast is not None and not (context["changing"] and may_change):
        lines = [
            (theme, cast[str(theme.pk)]) for theme in visit.place.themes if str(theme.pk) in cast
        ]
        return visit.show("receipt.html", status, lines=lines, **context)
    marks = context.pop("marks", cast or {})
    cap = opening.vote.choices or 0 if opening.vote else 0
    paper = {
        "lines": [(theme, marks.get(str(theme.pk), 0)) for theme in visit.place.themes],
        "vote": opening.vote,
        "numbers": range(cap + 1),
    }
    if not marks and _is_plain(visit, status, context):
        return visit.show_common("vote.html", **paper)
    return visit.show("vote.html", status, **context, **paper)


def _result(visit: Visit, status: int, context: dict[str, Any]) -> HttpResponse:
    if visit.place.result is None:
        return _wait(visit, status, context)
    if _is_plain(visit, status, context):
        return visit.show_common("result.html", result=visit.place.result)
    return visit.show("result.html", status, result=visit.place.result, **context)


_SHOW: Final[dict[str, Show]] = {
    Step.Kind.IDEAS: _ideas,
    Step.Kind.VOTE: _vote,
    Step.Kind.RESULT: _result,
}


def refused(visit: Visit, error: RefusedError) -> HttpResponse:
    """Say why a phone cannot go on, and what to do."""
    if error.code in _REFUSED:
        return visit.show("refused.html", _REFUSED[error.code], why=error.code)
    guesses.wrong()
    return show_door(visit.request, visit.place, status=404, problem="wrong")


@public
@require_safe
def version(request: HttpRequest, code: str) -> HttpResponse:
    """Give the number that changes whenever the panel's phones have something new to show."""
    now = current_version(code)
    if now is None:
        guesses.wrong()
        return HttpResponseNotFound(content_type="text/plain")
    response = unchanged(request, now) or HttpResponse(f"{now}", content_type="text/plain")
    response["ETag"] = tag(now)
    response["Cache-Control"] = "no-cache"
    return response


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def kept(request: HttpRequest, code: str) -> HttpResponse:
    """Say in one screen of plain words what is kept."""
    here = place_of(code)
    if here is None:
        return speaking(request, None, lambda: unknown(request))
    visit = Visit.of(request, here)
    return speaking(request, here.panel.meeting, lambda: visit.show("kept.html"))


@public
@require_safe
def kept_anywhere(request: HttpRequest) -> HttpResponse:
    """Say what is kept to somebody who has not come in yet."""

    def answer() -> HttpResponse:
        return page("kept.html", method="get", here=reverse("door"), stay=request.path)

    return speaking(request, None, answer)
