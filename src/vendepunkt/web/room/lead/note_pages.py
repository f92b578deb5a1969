"""Notes of the small groups, for note-takers and those who lead."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vendepunkt.terms import RefusedError
from vendepunkt.web.rights import needs
from vendepunkt.web.room import moderation
from vendepunkt.web.room import notes as services
from vendepunkt.web.room.board import Board
from vendepunkt.web.room.lead.common import answers, key_in, panel_of, seen_row, tell, who, words
from vendepunkt.web.room.models import Group, Note, Panel, Phase, Theme
from vendepunkt.web.room.steps import step_now


@needs("meeting.note")
@require_safe
def notes(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show the notes of a panel and the form for a new one."""
    panel = panel_of(slug, key)
    now = step_now(panel)
    context = {
        **_choices(panel),
        "notes": services.notes_of(panel),
        "phase_now": now.phase_id if now else None,
        "group_before": request.session.get(f"group-{panel.pk}"),
    }
    return render(request, "lead/notes.html", context)


@needs("meeting.note")
@require_safe
def note(request: HttpRequest, slug: str, key: str, pk: UUID) -> HttpResponse:
    """Show one note to change it."""
    panel = panel_of(slug, key)
    row = get_object_or_404(services.notes_of(panel), pk=pk)
    return render(request, "lead/note.html", {**_choices(panel), "note": row})


@needs("meeting.note")
@require_POST
@answers
def note_do(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Write, change or take away a note."""
    panel = panel_of(slug, key)
    command, _colon, rest = request.POST.get("command", "").partition(":")
    if command == "write":
        group = _group(panel, request.POST.get("group", ""))
        request.session[f"group-{panel.pk}"] = group.pk
        made = services.write(group, who(request), *_about(panel, request))
        tell(request, _("The note is written.") if made else _("That note is there already."))
        return redirect("notes", slug, key)
    pk, version = seen_row(request.POST)
    row = get_object_or_404(Note.objects.select_related("group__panel__meeting"), pk=pk)
    if row.group.panel_id != panel.pk:
        raise Http404
    if command == "change":
        services.change(row, who(request), version, *_about(panel, request))
        tell(request, _("The note is changed."))
    elif command == "remove":
        services.remove(row, who(request), version)
        tell(request, _("The note is taken away. “All that was done” can bring it back."))
    elif command == "redact":
        strike = None if rest == "all" else words(request.POST, "words")
        moderation.redact_note(row, who(request), version, words(request.POST, "reason"), strike)
        tell(request, _("The words are erased."))
    else:
        raise Http404
    return redirect("notes", slug, key)


def _about(panel: Panel, request: HttpRequest) -> tuple[Phase, str, Theme | None]:
    """Give the phase, the words and the theme of a form."""
    phase = get_object_or_404(Phase, meeting=panel.meeting, key=request.POST.get("phase", "")[:40])
    text = words(request.POST, "text", services.LONGEST)
    wanted = request.POST.get("theme", "")
    theme = Board(panel, phase).themes().filter(pk=key_in(wanted)).first() if wanted else None
    if wanted and theme is None:
        raise RefusedError("other_phase", _("That theme belongs to another life phase."))
    return phase, text, theme


def _group(panel: Panel, text: str) -> Group:
    is_number = text.isascii() and text.isdecimal() and len(text) < 10
    group = panel.groups.filter(pk=int(text)).first() if is_number else None
    if group is None:
        raise RefusedError("no_group", _("Choose the small group."))
    return group


def _choices(panel: Panel) -> dict[str, Any]:
    phases = list(panel.meeting.phases.all())
    return {
        "panel": panel,
        "meeting": panel.meeting,
        "groups": panel.groups.all(),
        "phases": phases,
        "themes": [(phase, Board(panel, phase).themes()) for phase in phases],
        "longest": services.LONGEST,
    }
