"""The projector's page, its version, and the picture that phones read."""

from __future__ import annotations

from io import BytesIO

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from vendepunkt.web.rights import public
from vendepunkt.web.room import clock
from vendepunkt.web.room.models import Panel
from vendepunkt.web.room.screen.shown import shown, version_of
from vendepunkt.web.room.versions import tag, unchanged


@public
@require_safe
def screen(request: HttpRequest, key: str) -> HttpResponse:
    """Show what the room is to see, in the language of the meeting."""
    panel = _panel(key)
    with translation.override(panel.meeting.language):
        now = shown(panel)
        context = {
            "now": now,
            "panel": panel,
            "meeting": panel.meeting,
            "version": version_of(panel),
            "address": f"{request.get_host()}",
            "time": clock.announcement(panel),
        }
        answer = render(request, "screen/screen.html", context)
    answer["Content-Language"] = panel.meeting.language
    answer["Cache-Control"] = "no-store"
    return answer


@public
@require_safe
def version(request: HttpRequest, key: str) -> HttpResponse:
    """Give the version of the screen; nothing where the asker has it already."""
    panel = _panel(key)
    with translation.override(panel.meeting.language):
        now = version_of(panel)
    if (same := unchanged(request, now)) is not None:
        return same
    answer = HttpResponse(now, content_type="text/plain; charset=utf-8")
    answer["ETag"] = tag(now)
    answer["Cache-Control"] = "no-cache"
    return answer


@public
@require_safe
def picture(request: HttpRequest, key: str) -> HttpResponse:
    """Give the picture that a phone reads to come in."""
    import segno

    panel = _panel(key)
    address = request.build_absolute_uri(reverse("place", args=[panel.code]))
    out = BytesIO()
    segno.make(address, error="m").save(out, kind="svg", border=2, light="#fff", xmldecl=False)
    answer = HttpResponse(out.getvalue(), content_type="image/svg+xml")
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


def _panel(key: str) -> Panel:
    if not key.isprintable():
        raise Http404  # PostgreSQL takes no such text
    return get_object_or_404(Panel.objects.select_related("meeting"), screen_key=key[:60])
