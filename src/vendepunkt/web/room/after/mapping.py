"""Say which themes of panels that were grouped apart are about the same, and why."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from vendepunkt.web.people.models import Person
from vendepunkt.web.record import changing, record
from vendepunkt.web.rights import needs
from vendepunkt.web.room.freezing import short
from vendepunkt.web.room.models import Meeting

#: Longest common name and reason.
_MOST = 300


@needs("meeting.release")
def mapping(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the themes of each panel, and take under which common name they are compared."""
    meeting = get_object_or_404(Meeting, slug=slug)
    themes = meeting.themes.filter(gone=False).select_related("phase", "panel")
    themes = themes.order_by("phase__position", "panel_id", "position")
    kept = {row["theme"]: row for row in meeting.mapping}
    if request.method == "POST":
        who = request.user if isinstance(request.user, Person) else None
        rows = []
        for theme in themes:
            key = short(theme.pk)
            common = request.POST.get(f"common-{key}", "").strip()[:_MOST]
            why = request.POST.get(f"why-{key}", "").strip()[:_MOST]
            before = kept.get(key, {})
            if not common:
                continue
            same = (before.get("common"), before.get("why")) == (common, why)
            by = before.get("by", "") if same else (who.username if who else "")
            rows.append({"theme": key, "common": common, "by": by, "why": why})
        with changing():
            record(
                who,
                "meeting.map",
                f"meeting:{slug}",
                before={"mapping": meeting.mapping},
                after={"mapping": rows},
            )
            Meeting.objects.filter(pk=meeting.pk).update(mapping=rows)
        messages.success(request, _("It is kept."))
        return redirect("mapping", slug)
    lines = [(theme, short(theme.pk), kept.get(short(theme.pk), {})) for theme in themes]
    names = sorted({row["common"] for row in meeting.mapping})
    return render(
        request, "after/mapping.html", {"meeting": meeting, "lines": lines, "names": names}
    )
