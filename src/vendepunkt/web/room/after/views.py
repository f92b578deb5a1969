"""Pages for what comes of a meeting: the trail, what may leave, the frozen version, deletion."""

from __future__ import annotations

import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vendepunkt import convene
from vendepunkt.terms import VendepunktError
from vendepunkt.web.people.models import Person
from vendepunkt.web.record import record
from vendepunkt.web.rights import needs
from vendepunkt.web.room import deletion, freezing
from vendepunkt.web.room.models import Idea, Meeting, Placement
from vendepunkt.web.room.prepare.refused import refusals_as_messages


@needs("meeting.see")
@require_safe
def trail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show which idea went under which theme, who put it there, and what was undone."""
    meeting = get_object_or_404(Meeting, slug=slug)
    placements = (
        Placement.objects.filter(idea__panel__meeting=meeting)
        .select_related("idea__panel", "theme", "by")
        .order_by("theme__position", "id")
    )
    by_theme: dict[object, list[Placement]] = {}
    for one in placements:
        by_theme.setdefault(one.theme_id, []).append(one)
    phases = []
    for phase in meeting.phases.all():
        themes = [
            {
                "theme": theme,
                "standing": [p for p in by_theme.get(theme.pk, []) if not p.undone],
                "undone": [p for p in by_theme.get(theme.pk, []) if p.undone],
            }
            for theme in phase.themes.all()
        ]
        loose = Idea.objects.filter(
            question__phase=phase, state=Idea.State.SHOWN, same_as__isnull=True
        ).exclude(placements__undone=False)
        phases.append(
            {
                "phase": phase,
                "themes": [one for one in themes if not one["theme"].gone or one["undone"]],
                "loose": loose.select_related("panel"),
            }
        )
    return render(request, "after/trail.html", {"meeting": meeting, "phases": phases})


@needs("meeting.release")
def release(request: HttpRequest, slug: str) -> HttpResponse:
    """Decide, one idea at a time, whose words may leave in open data."""
    meeting = get_object_or_404(Meeting, slug=slug)
    ideas = Idea.objects.filter(
        panel__meeting=meeting, state=Idea.State.SHOWN, redacted=False
    ).select_related("panel", "question__phase")
    ideas = ideas.order_by("question__phase__position", "text")
    if request.method == "POST":
        chosen = set(request.POST.getlist("released"))
        with transaction.atomic():
            changed = [one for one in ideas if one.released != (str(one.pk) in chosen)]
            for one in changed:
                one.released = not one.released
                one.save(update_fields=["released"])
                state = {"released": one.released}
                record(_who(request), "idea.release", f"idea:{one.pk}", after=state)
        told = ngettext("%(n)s idea was changed.", "%(n)s ideas were changed.", len(changed))
        messages.success(request, told % {"n": len(changed)})
        return redirect("release", slug)
    return render(request, "after/release.html", {"meeting": meeting, "ideas": ideas})


@needs("meeting.release")
@require_safe
def exports(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what can be taken out, and what each kind leaves behind."""
    meeting = get_object_or_404(Meeting, slug=slug)
    context = {
        "meeting": meeting,
        "formats": FORMATS,
        "panels": meeting.panels.all(),
        "phases": meeting.phases.all(),
    }
    return render(request, "after/exports.html", context)


@needs("meeting.release")
@require_safe
@refusals_as_messages
def export(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Give a meeting in a format; only what may leave is in it."""
    if kind not in FORMATS:
        raise Http404
    meeting = get_object_or_404(Meeting, slug=slug)
    chosen = convene.Choice(request.GET.get("panel") or None, request.GET.get("phase") or None)
    with tempfile.TemporaryDirectory(prefix="vendepunkt-") as folder:
        try:
            written = convene.write_meeting(
                freezing.to_meeting(meeting), Path(folder) / slug, kind, chosen=chosen
            )
        except VendepunktError as refused:
            if refused.code == "still_open":
                raise
            messages.error(request, str(refused))
            return redirect("exports", slug)
        name, content = _one_file(written, Path(folder), slug)
    record(_who(request), "meeting.export", f"meeting:{slug}", after={"format": kind})
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@needs("meeting.release")
@require_POST
@refusals_as_messages
def freeze(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a frozen version into the study folder."""
    meeting = get_object_or_404(Meeting, slug=slug)
    if not settings.STUDY:
        messages.error(
            request, _("This server was started without a study. Start it with: vendepunkt serve STUDY")
        )
        return redirect("results", slug)
    folder = freezing.freeze_meeting(meeting, Path(settings.STUDY), _who(request))
    shown = folder.relative_to(Path(settings.STUDY)).as_posix()
    messages.success(request, _("The meeting is frozen as %(where)s.") % {"where": shown})
    return redirect("results", slug)


@needs("meeting.release")
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete a meeting for good, once its key is typed."""
    meeting = get_object_or_404(Meeting, slug=slug)
    wrong = False
    if request.method == "POST":
        if request.POST.get("typed", "").strip() == meeting.slug:
            deletion.delete_meeting(meeting, _who(request))
            messages.success(request, _("The meeting is deleted."))
            return redirect("meetings")
        wrong = True
    return render(request, "after/delete.html", {"meeting": meeting, "wrong": wrong})


def _one_file(written: convene.Written, folder: Path, slug: str) -> tuple[str, bytes]:
    """Give a file as it is; several, or what got lost on the way, as one zip."""
    paths = [path for one in written.paths for path in ([one] if one.is_file() else one.rglob("*"))]
    files = sorted(path for path in paths if path.is_file())
    if len(files) == 1 and not written.losses:
        return files[0].name, files[0].read_bytes()
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, path.relative_to(folder).as_posix())
        if written.losses:
            archive.writestr("not-in-these-files.txt", "\n".join(written.losses) + "\n")
    return f"{slug}.zip", packed.getvalue()


def _who(request: HttpRequest) -> Person | None:
    return request.user if isinstance(request.user, Person) else None
