"""What a phone sends, taken or answered with a sentence and what it sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from vendepunkt.terms.errors import DataError, RefusedError
from vendepunkt.web.room.models import Token
from vendepunkt.web.room.phone.forms import IdeaForm, VoteForm
from vendepunkt.web.room.phone.place import place_of, places
from vendepunkt.web.room.phone.visit import Visit
from vendepunkt.web.room.sending import cast, send_idea

#: What is wrong with what was sent is told in the form itself.
_WRONG: Final = 422


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of something that was sent.

    Attributes
    ----------
    status
        200 where it was taken.
    template
        A page of its own; empty where the place is shown again.
    context
        For the page: ``problem`` and what was sent.
    """

    status: int = 200
    template: str = ""
    context: dict[str, Any] = field(default_factory=dict)


def take_idea(visit: Visit) -> Answered:
    """Take an idea, or say why not and keep the words in the form."""
    form = IdeaForm.read(visit.request.POST)
    again = {"draft": form.words, "words": form.words, "opening": form.opening}
    if visit.me is None or not visit.guarded:
        return Answered(403, context=again | {"problem": "old"})
    _refresh(visit, form.opening)
    found = visit.place.open_question(form.opening)
    if found is None:
        return Answered(409, "closed.html", {"words": form.words})
    try:
        send_idea(found[1], _token(visit), visit.me.secret, form.slot, form.text)
    except DataError as error:
        return Answered(_WRONG, context=again | {"problem": error.code})
    except RefusedError as error:
        if error.code == "opening_closed":
            return Answered(409, "closed.html", {"words": form.words})
        if error.code == "ideas_full":
            return Answered(409, context=again | {"problem": error.code})
        raise
    return Answered()


def take_vote(visit: Visit) -> Answered:
    """Take a ballot, or say why not and keep its marks in the form."""
    _refresh(visit, _opening_said(visit))
    opening = visit.place.opening
    if opening is None or opening.vote is None:
        return Answered(409, "closed.html", {"lines": []})
    form = VoteForm.read(visit.request.POST, opening.vote, visit.place.themes)
    marked = [(t, form.marks[str(t.pk)]) for t in visit.place.themes if str(t.pk) in form.marks]
    again = {"marks": form.marks, "blank": form.blank}
    if visit.me is None or not visit.guarded:
        return Answered(403, context=again | {"problem": "old"})
    if form.opening != opening.pk or not visit.place.vote_is_open:
        return Answered(409, "closed.html", {"lines": marked})
    if form.stray:
        return Answered(_WRONG, context=again | {"problem": "wrong_mark"})
    if form.blank == bool(form.marks):
        return Answered(_WRONG, context=again | {"problem": "both" if form.blank else "none"})
    try:
        cast(opening, _token(visit), visit.me.secret, form.marks)
    except DataError as error:
        return Answered(_WRONG, context=again | {"problem": error.code})
    except RefusedError as error:
        if error.code == "opening_closed":
            return Answered(409, "closed.html", {"lines": marked})
        if error.code == "vote_stands":
            return Answered(409, context={"problem": error.code})
        raise
    return Answered()


def _opening_said(visit: Visit) -> int:
    said = visit.request.POST.get("opening", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else -1


def _refresh(visit: Visit, opening: int) -> None:
    """Read the place anew where it does not know an opening: it may be half a second old."""
    known = {one.pk for _, one in visit.place.questions if one is not None}
    if visit.place.opening is not None:
        known.add(visit.place.opening.pk)
    if opening not in known:
        places.forget(visit.panel.code)
        visit.place = place_of(visit.panel.code) or visit.place


def _token(visit: Visit) -> Token:
    """Give the phone's token; it is read only where its small group matters."""
    key = visit.me.key if visit.me else ""
    if visit.panel.meeting.record_groups:
        found = Token.objects.filter(key=key, panel=visit.panel).first()
        if found is not None:
            return found
    return Token(key=key, panel=visit.panel)
