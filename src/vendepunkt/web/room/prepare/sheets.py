"""What is printed for a meeting, as PDF."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.http import require_POST, require_safe

from vendepunkt.web.people.models import Person
from vendepunkt.web.rights import needs
from vendepunkt.web.room import preparing
from vendepunkt.web.room.models import Meeting, Panel, Phase, Token, Vote
from vendepunkt.web.room.prepare.forms import CodesForm
from vendepunkt.web.room.words import said

if TYPE_CHECKING:
    # The report brings much with it, and is fetched when something is printed.
    from vendepunkt.report import CodeSlips, IdeaSlips, PaperBallots, Poster, Sheet

#: Most copies of a slip or ballot in one file.
MOST_COPIES = 200


@needs("meeting.prepare")
@require_safe
def sheets(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what can be printed."""
    meeting = get_object_or_404(Meeting, slug=slug)
    panels = [
        {
            "panel": panel,
            "form": CodesForm(panel, prefix=panel.key),
            "codes": _unused(panel).count(),
        }
        for panel in meeting.panels.all()
    ]
    return render(request, "prepare/sheets.html", {"meeting": meeting, "panels": panels})


@needs("meeting.prepare")
@require_POST
def make_codes(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Make codes to hand out in a panel."""
    panel = get_object_or_404(Panel, meeting__slug=slug, key=key)
    form = CodesForm(panel, request.POST, prefix=panel.key)
    if form.is_valid():
        who = request.user if isinstance(request.user, Person) else None
        found = form.cleaned_data
        preparing.make_codes(panel, found["count"], found.get("group"), who)
        return redirect("sheets", slug)
    panels = [{"panel": panel, "form": form, "codes": _unused(panel).count()}]
    return render(
        request, "prepare/sheets.html", {"meeting": panel.meeting, "panels": panels}, status=400
    )


@needs("meeting.prepare")
@require_safe
def sheet(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Give one kind of sheet as PDF: ``?panel= &phase= &copies= &large=1``."""
    from vendepunkt.report import print_sheets

    meeting = get_object_or_404(Meeting, slug=slug)
    large = request.GET.get("large") == "1"
    with override(meeting.language):
        title, found = _sheet(request, meeting, kind)
        pdf = print_sheets(
            found,
            title,
            meeting.language,
            meeting.date or _today(),
            large=large,
            mark=_("Rehearsal") if meeting.rehearsal else "",
        )
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{slug}-{kind}.pdf"'},
    )


def _sheet(request: HttpRequest, meeting: Meeting, kind: str) -> tuple[str, Sheet]:
    if kind == "poster":
        return _("Poster"), _poster(request, _panel(request, meeting))
    if kind == "codes":
        return _("Codes to hand out"), _codes(request, _panel(request, meeting))
    if kind == "slips":
        return _("Slips for ideas"), _slips(request, meeting)
    if kind == "ballots":
        return _("Ballots"), _ballots(request, meeting)
    raise Http404


def _poster(request: HttpRequest, panel: Panel) -> Poster:
    from vendepunkt.report import Poster

    return Poster(
        heading=said(panel.meeting, "title"),
        lines=[
            _("Take out your phone."),
            _("Scan the picture, or type the address and the code."),
            _("You need no name and no account."),
        ],
        address=_shown(request),
        code=panel.code,
        qr=qr_svg(_place(request, panel)),
        qr_alt=_("QR code that leads to the page of the meeting"),
    )


def _codes(request: HttpRequest, panel: Panel) -> CodeSlips:
    from vendepunkt.report import CodeSlip, CodeSlips

    return CodeSlips(
        heading=said(panel.meeting, "title"),
        lines=[_("This code is only for you. It lets you take part once.")],
        address=f"{_shown(request)} · {panel.code}",
        slips=[
            CodeSlip(
                f"{token.key[:4]} {token.key[4:]}",
                qr_svg(_place(request, panel, token.key)),
            )
            for token in _unused(panel)
        ],
        qr_alt=_("QR code that lets one person in"),
    )


def _slips(request: HttpRequest, meeting: Meeting) -> IdeaSlips:
    from vendepunkt.report import IdeaSlips

    phase = _phase(request, meeting)
    asked = phase.questions.filter(pk=_number(request, "question", 0, 10**9)).first()
    question = asked or phase.questions.first()
    if question is None:
        raise Http404
    return IdeaSlips(
        heading=said(phase, "title"),
        question=said(question, "text"),
        lines=[_("One thing on each slip. Write no names.")],
        copies=_number(request, "copies", 1, MOST_COPIES),
    )


def _ballots(request: HttpRequest, meeting: Meeting) -> PaperBallots:
    from vendepunkt.report import PaperBallots

    phase = _phase(request, meeting)
    vote = phase.votes.first()
    if vote is None:
        raise Http404
    panel = meeting.panels.filter(key=request.GET.get("panel", "")).first()
    themes = phase.themes.filter(on_ballot=True, gone=False)
    if not meeting.common_themes:
        themes = themes.filter(panel=panel)
    return PaperBallots(
        heading=said(phase, "title"),
        question=said(vote, "text") or how_to_vote(vote),
        themes=[(said(theme, "title"), said(theme, "description")) for theme in themes],
        number=_("Number:"),
        dots=vote.rule == Vote.Rule.DOTS,
        lines=[_("Write no name. Fold the paper and put it in the box.")],
        copies=_number(request, "copies", 1, MOST_COPIES),
    )


def how_to_vote(vote: Vote) -> str:
    """Say in one sentence what to do with a ballot."""
    if vote.rule == Vote.Rule.APPROVAL:
        return _("Choose all the themes you find important.")
    if vote.rule == Vote.Rule.DOTS:
        return ngettext(
            "You have %(n)s dot. Give it to a theme.",
            "You have %(n)s dots. Share them out.",
            vote.choices or 1,
        ) % {"n": vote.choices}
    return ngettext(
        "Choose up to %(n)s theme.", "Choose up to %(n)s themes.", vote.choices or 1
    ) % {"n": vote.choices}


def qr_svg(text: str) -> str:
    """Draw a QR code as SVG with a quiet zone, dark on white."""
    import segno

    drawn = BytesIO()
    segno.make(text, error="m").save(
        drawn, kind="svg", scale=4, border=4, light="white", xmldecl=False
    )
    return drawn.getvalue().decode()


def _unused(panel: Panel) -> QuerySet[Token]:
    return Token.objects.filter(panel=panel, arrived=False, retired=False).order_by("key")


def _panel(request: HttpRequest, meeting: Meeting) -> Panel:
    return get_object_or_404(Panel, meeting=meeting, key=request.GET.get("panel", ""))


def _phase(request: HttpRequest, meeting: Meeting) -> Phase:
    return get_object_or_404(Phase, meeting=meeting, key=request.GET.get("phase", ""))


def _number(request: HttpRequest, name: str, least: int, most: int) -> int:
    written = request.GET.get(name, "")
    if not written.isdecimal() or len(written) > 18:
        return least
    return max(least, min(int(written), most))


def _place(request: HttpRequest, panel: Panel, token: str = "") -> str:
    where = reverse("place", args=[panel.code])
    return request.build_absolute_uri(f"{where}{token}/" if token else where)


def _shown(request: HttpRequest) -> str:
    """Give the address as people type it: without the scheme, which browsers add."""
    return request.get_host()


def _today() -> dt.date:
    return timezone.localdate()
