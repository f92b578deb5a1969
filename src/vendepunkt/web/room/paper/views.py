"""Pages for typing what came on paper."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from vendepunkt.terms import DataError, RefusedError, VendepunktError
from vendepunkt.web.people.models import Person
from vendepunkt.web.rights import needs
from vendepunkt.web.room import typing_in
from vendepunkt.web.room.models import Batch, Opening, Panel, PaperBallot, Theme, Vote
from vendepunkt.web.room.paper.forms import BallotForm, SlipsForm
from vendepunkt.web.room.words import said

#: Code of what is wrong → how it is said to those who type.
SAID: Final = {
    "not_a_mark": gettext_lazy("Write the numbers of the themes, with a space between."),
    "no_such_theme": gettext_lazy("There is no theme with that number."),
    "marked_twice": gettext_lazy("A theme is marked twice."),
    "too_many_marks": gettext_lazy(
        "There are more marks than allowed. If the paper has too many, write why it does not count."
    ),
    "number_taken": gettext_lazy("That number is typed already, with other marks. Mend it below."),
    "no_such_ballot": gettext_lazy("There is no ballot with that number in this pile."),
    "slip_too_long": gettext_lazy("A line is too long. Shorten it, and keep its meaning."),
    "already_counted": gettext_lazy("This pile counts already. Begin a new one."),
    "other_typist": gettext_lazy("Another person types this pile. Begin one of your own."),
    "same_reader": gettext_lazy("The second reader must be another person than the first."),
    "not_read_twice": gettext_lazy("Some ballots are read by one person only."),
    "readings_differ": gettext_lazy("Some ballots were read in two ways. Mend them first."),
}


@needs("meeting.type")
@require_safe
def piles(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show a panel's piles, and what new ones can be begun."""
    panel = _panel(slug, key)
    openings = panel.openings.select_related("question", "vote__phase")
    batches = panel.batches.select_related("opening__question", "opening__vote__phase", "typed_by")
    context = {
        "panel": panel,
        "meeting": panel.meeting,
        "openings": [(one, _title(one)) for one in openings],
        "batches": [(one, _title(one.opening), one.ballots.count()) for one in batches],
    }
    return render(request, "paper/piles.html", context)


@needs("meeting.type")
@require_POST
def begin(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Begin a pile for an opening."""
    panel = _panel(slug, key)
    written = request.POST.get("opening", "")
    if not written.isdecimal() or len(written) > 18:
        raise Http404
    opening = get_object_or_404(Opening, pk=int(written), panel=panel)
    helper = request.POST.get("helper") == "1"
    batch = typing_in.new_batch(opening, _who(request), helper=helper)
    return redirect("pile", slug, key, batch.pk)


@needs("meeting.type")
def pile(request: HttpRequest, slug: str, key: str, pk: int) -> HttpResponse:
    """Type a pile: slips a line each, ballots one at a time."""
    batch = get_object_or_404(Batch, pk=pk, panel=_panel(slug, key))
    if batch.kind == Batch.Kind.IDEAS:
        return _slips(request, batch)
    return _ballots(request, batch)


@needs("meeting.type")
def second(request: HttpRequest, slug: str, key: str, pk: int) -> HttpResponse:
    """Read a pile of ballots a second time, without seeing the first reading."""
    batch = get_object_or_404(Batch, pk=pk, panel=_panel(slug, key), kind=Batch.Kind.BALLOTS)
    dots = _dots(batch)
    form = BallotForm(request.POST or None, second=True, dots=dots, initial=_unread(batch))
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        try:
            agree = typing_in.read_again(batch, found["marks"], found["number"], _who(request))
        except VendepunktError as wrong:
            form.add_error(None, str(SAID[wrong.code]))
        else:
            said_so = _("Both agree.") if agree else _("The readings differ. Look at it together.")
            (messages.success if agree else messages.warning)(request, said_so)
            return redirect("second_reading", slug, key, pk)
    left = batch.ballots.filter(spoilt="", second__isnull=True).count()
    context = _context(batch) | {"form": form, "left": left}
    return render(request, "paper/second.html", context)


@needs("meeting.type")
def mend(request: HttpRequest, slug: str, key: str, pk: int, number: int) -> HttpResponse:
    """Correct a ballot with the paper in hand."""
    batch = get_object_or_404(Batch, pk=pk, panel=_panel(slug, key), kind=Batch.Kind.BALLOTS)
    ballot = get_object_or_404(PaperBallot, batch=batch, number=number)
    typed = typing_in.shown_marks(ballot.marks, batch.opening)
    start = {"number": number, "marks": typed, "spoilt": ballot.spoilt}
    form = BallotForm(request.POST or None, dots=_dots(batch), initial=start)
    form.fields["number"].disabled = True
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        try:
            typing_in.mend(ballot, found["marks"], found["spoilt"], _who(request))
        except DataError as wrong:
            form.add_error(None, str(SAID[wrong.code]))
        else:
            messages.success(request, _("It is mended. What stood before is in the log."))
            return redirect("pile", slug, key, pk)
    return render(request, "paper/mend.html", _context(batch) | {"form": form, "ballot": ballot})


@needs("meeting.type")
@require_POST
def count(request: HttpRequest, slug: str, key: str, pk: int) -> HttpResponse:
    """Let a pile of ballots count."""
    batch = get_object_or_404(Batch, pk=pk, panel=_panel(slug, key), kind=Batch.Kind.BALLOTS)
    try:
        counted = typing_in.count(batch, _who(request))
    except RefusedError as refused:
        messages.error(request, str(SAID[refused.code]))
    else:
        told = ngettext("%(n)s ballot counts.", "%(n)s ballots count.", counted) % {"n": counted}
        messages.success(request, told)
    return redirect("pile", slug, key, pk)


def _slips(request: HttpRequest, batch: Batch) -> HttpResponse:
    form = SlipsForm(batch, request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        lines = found["lines"].splitlines()
        sending = str(found["sending"])
        try:
            added = typing_in.add_ideas(batch, lines, sending, found.get("group"))
        except DataError as wrong:
            form.add_error("lines", f"{SAID[wrong.code]} ({wrong.text})")
        else:
            told = ngettext("%(n)s slip is in.", "%(n)s slips are in.", added) % {"n": added}
            messages.success(request, told)
            return redirect("pile", batch.panel.meeting.slug, batch.panel.key, batch.pk)
    return render(request, "paper/slips.html", _context(batch) | {"form": form})


def _ballots(request: HttpRequest, batch: Batch) -> HttpResponse:
    start = {"number": typing_in.next_number(batch)}
    form = BallotForm(request.POST or None, dots=_dots(batch), initial=start)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        try:
            typing_in.add_ballot(
                batch, found["marks"], found["number"], found["spoilt"], who=_who(request)
            )
        except VendepunktError as wrong:
            form.add_error(None, str(SAID[wrong.code]))
        else:
            return redirect("pile", batch.panel.meeting.slug, batch.panel.key, batch.pk)
    apart = {one.number for one in typing_in.differing(batch)}
    rows = [
        {
            "ballot": one,
            "typed": typing_in.shown_marks(one.marks, batch.opening),
            "differs": one.number in apart,
        }
        for one in batch.ballots.order_by("-number")
    ]
    context = _context(batch) | {
        "form": form,
        "rows": rows,
        "unread": typing_in.next_unread(batch) is not None,
        "mine": request.user.pk == batch.typed_by_id,
    }
    return render(request, "paper/ballots.html", context)


def _context(batch: Batch) -> dict[str, Any]:
    themes = Theme.objects.in_bulk(batch.opening.themes)
    listed = [themes[key] for key in map(_uuid, batch.opening.themes) if key in themes]
    return {
        "batch": batch,
        "panel": batch.panel,
        "meeting": batch.panel.meeting,
        "title": _title(batch.opening),
        "themes": listed,
    }


def _uuid(text: str) -> Any:
    from uuid import UUID

    return UUID(str(text))


def _unread(batch: Batch) -> dict[str, int]:
    number = typing_in.next_unread(batch)
    return {} if number is None else {"number": number}


def _dots(batch: Batch) -> bool:
    vote = batch.opening.vote
    return vote is not None and vote.rule == Vote.Rule.DOTS


def _title(opening: Opening) -> str:
    if opening.question is not None:
        return said(opening.question, "text")
    if opening.vote is None:
        return ""
    title = _("Vote: %(phase)s") % {"phase": said(opening.vote.phase, "title")}
    return title if opening.round == 1 else f"{title} ({opening.round})"


def _panel(slug: str, key: str) -> Panel:
    return get_object_or_404(Panel.objects.select_related("meeting"), meeting__slug=slug, key=key)


def _who(request: HttpRequest) -> Person | None:
    return request.user if isinstance(request.user, Person) else None
