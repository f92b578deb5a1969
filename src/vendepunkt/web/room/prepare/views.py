"""Pages for preparing a meeting."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vendepunkt.web.people.models import Person
from vendepunkt.web.rights import needs
from vendepunkt.web.room import deletion, preparing, rehearsing, showing
from vendepunkt.web.room.making import lay_agenda
from vendepunkt.web.room.models import Group, Meeting, Panel, Phase, Question, Token
from vendepunkt.web.room.prepare.forms import (
    GroupForm,
    MeetingForm,
    PanelForm,
    PhaseForm,
    QuestionForm,
)
from vendepunkt.web.room.prepare.keys import key_of
from vendepunkt.web.room.prepare.refused import refusals_as_messages
from vendepunkt.web.room.versions import bump

#: Kind in addresses → (rows, form, heading of the page that adds one, whether it fixes the plan).
KINDS: Final[dict[str, tuple[type[Any], type[ModelForm[Any]], Any, bool]]] = {
    "panel": (Panel, PanelForm, gettext_lazy("New panel"), True),
    "phase": (Phase, PhaseForm, gettext_lazy("New life phase"), True),
    "question": (Question, QuestionForm, gettext_lazy("New question"), True),
    "group": (Group, GroupForm, gettext_lazy("New small group"), False),
}


@needs("meeting.see")
@require_safe
def list_meetings(request: HttpRequest) -> HttpResponse:
    """Show all meetings; those whose day of deletion has come are deleted first."""
    deletion.delete_due()
    meetings = Meeting.objects.prefetch_related("panels")
    return render(request, "prepare/list.html", {"meetings": meetings})


@needs("meeting.see")
@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one meeting: its rooms, and what is still missing."""
    meeting = get_object_or_404(Meeting, slug=slug)
    return render(
        request,
        "prepare/overview.html",
        {"meeting": meeting, "missing": _missing(meeting), "guide": meeting.invented},
    )


@needs("meeting.prepare")
def new_meeting(request: HttpRequest) -> HttpResponse:
    """Make a meeting; it begins as a rehearsal."""
    form = MeetingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            taken = frozenset(Meeting.objects.values_list("slug", flat=True))
            meeting = form.save(commit=False)
            meeting.slug = key_of(form.title(), taken)
            meeting.save()
            lay_agenda(meeting)
            preparing.change(meeting, _who(request))
        return redirect("prepare", meeting.slug)
    return render(
        request,
        "prepare/form.html",
        {"form": form, "heading": _("New meeting"), "back": "meetings"},
    )


@needs("meeting.prepare")
@refusals_as_messages
def prepare(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the plan of a meeting, and change how it is held."""
    meeting = get_object_or_404(Meeting, slug=slug)
    before = preparing.plain(meeting)
    form = MeetingForm(request.POST or None, instance=meeting)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            fixed = {"admission", "common_themes", "record_groups"} & set(form.changed_data)
            if fixed:
                preparing.must_not_have_begun(meeting)
            form.save()
            preparing.change(meeting, _who(request), before)
        messages.success(request, _("It is kept."))
        return redirect("prepare", meeting.slug)
    context = {"meeting": meeting, "form": form, "begun": preparing.begun(meeting)}
    return render(request, "prepare/plan.html", context)


@needs("meeting.prepare")
@refusals_as_messages
def add(request: HttpRequest, slug: str, kind: str, parent: int = 0) -> HttpResponse:
    """Add a panel, phase, question or small group."""
    meeting = get_object_or_404(Meeting, slug=slug)
    _model, form_class, heading, fixes = _kind(kind)
    if fixes:
        preparing.must_not_have_begun(meeting)
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            preparing.change(_new_row(meeting, kind, parent, form), _who(request))
        return redirect(reverse("prepare", args=[slug]) + f"#{kind}s")
    return _form_page(request, meeting, form, str(heading))


@needs("meeting.prepare")
@refusals_as_messages
def edit(request: HttpRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Change a panel, phase, question or small group."""
    meeting, row = _row(slug, kind, pk)
    before = preparing.plain(row)
    form = _kind(kind)[1](request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            # Words may be mended at any time; how a vote is counted may not.
            if {"rule", "choices", "places", "kind", "all_members"} & set(form.changed_data):
                preparing.must_not_have_begun(meeting)
            preparing.change(form.save(), _who(request), before)
            for panel in meeting.panels.all():
                bump(panel)
        return redirect(reverse("prepare", args=[slug]) + f"#{kind}s")
    return _form_page(request, meeting, form, _("Change"), remove=(kind, pk))


@needs("meeting.prepare")
@require_POST
@refusals_as_messages
def remove(request: HttpRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Take a panel, phase, question or small group out of the plan."""
    _meeting, row = _row(slug, kind, pk)
    preparing.remove(row, _who(request))
    messages.success(request, _("It is taken out."))
    return redirect("prepare", slug)


@needs("meeting.prepare")
@require_POST
@refusals_as_messages
def end_rehearsal(request: HttpRequest, slug: str) -> HttpResponse:
    """Empty the room, and begin in earnest."""
    meeting = get_object_or_404(Meeting, slug=slug)
    preparing.end_rehearsal(meeting, _who(request))
    messages.success(request, _("The rehearsal is over, and the room is empty."))
    return redirect("meeting", slug)


@needs("meeting.prepare")
@require_POST
@refusals_as_messages
def invented_answers(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Let invented people answer in a rehearsal."""
    panel = get_object_or_404(Panel, meeting__slug=slug, key=key)
    sent = rehearsing.invented_answers(panel, _who(request))
    told = ngettext("%(n)s invented answer came.", "%(n)s invented answers came.", sent)
    messages.success(request, told % {"n": sent})
    if request.POST.get("to") == "lead":
        return redirect("lead", slug, key)
    return redirect("meeting", slug)


@needs("meeting.prepare")
@require_POST
def show_me(request: HttpRequest) -> HttpResponse:
    """Make the invented meeting that shows how it works."""
    meeting = showing.show_me(_who(request), (get_language() or "da")[:2])
    return redirect("meeting", meeting.slug)


def _who(request: HttpRequest) -> Person | None:
    return request.user if isinstance(request.user, Person) else None


def _kind(kind: str) -> tuple[type[Any], type[ModelForm[Any]], Any, bool]:
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]


def _row(slug: str, kind: str, pk: int) -> tuple[Meeting, Any]:
    meeting = get_object_or_404(Meeting, slug=slug)
    row = get_object_or_404(_kind(kind)[0], pk=pk)
    if preparing.meeting_of(row) != meeting:
        raise Http404
    return meeting, row


def _new_row(meeting: Meeting, kind: str, parent: int, form: Any) -> Any:
    if kind == "panel":
        taken = frozenset(meeting.panels.values_list("key", flat=True))
        return preparing.new_panel(meeting, form, key_of(form.title(), taken))
    if kind == "phase":
        row = form.instance
        row.meeting = meeting
        row.key = key_of(form.title(), frozenset(meeting.phases.values_list("key", flat=True)))
        row.position = preparing.last_position(meeting.phases)
    elif kind == "question":
        row = form.instance
        row.phase = get_object_or_404(Phase, pk=parent, meeting=meeting)
        row.position = preparing.last_position(row.phase.questions)
        row.key = f"{row.phase.key}-{row.position + 1}"
    else:
        row = form.instance
        row.panel = get_object_or_404(Panel, pk=parent, meeting=meeting)
    return form.save()


def _form_page(
    request: HttpRequest,
    meeting: Meeting,
    form: Any,
    heading: str,
    remove: tuple[str, int] | None = None,
) -> HttpResponse:
    context = {"meeting": meeting, "form": form, "heading": heading, "remove": remove}
    return render(request, "prepare/form.html", context)


def _missing(meeting: Meeting) -> list[str]:
    """Say what a meeting cannot be held without."""
    said = []
    if not meeting.panels.exists():
        said.append(_("There is no panel yet."))
    if not meeting.phases.exists():
        said.append(_("There is no life phase yet."))
    if meeting.phases.filter(questions__isnull=True).exists():
        said.append(_("A life phase has no question yet."))
    single = meeting.admission == Meeting.Admission.SINGLE
    for panel in meeting.panels.all() if single else ():
        if not Token.objects.filter(panel=panel).exists():
            said.append(_("A panel has no codes to hand out yet."))
            break
    return said
