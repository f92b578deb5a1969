"""Ideas that wait to be read, the history of what was done, and undoing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vendepunkt.web.rights import needs
from vendepunkt.web.room import moderation
from vendepunkt.web.room.board import Board
from vendepunkt.web.room.lead.common import answers, back_to, number, panel_of, tell, who
from vendepunkt.web.room.lead.sentences import Titles
from vendepunkt.web.room.models import Idea
from vendepunkt.web.room.undo import history as lines_of
from vendepunkt.web.room.undo import undo as take_back


@needs("meeting.lead")
@require_safe
def queue(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show the ideas that are not shown: those that wait first, then those that were taken away."""
    panel = panel_of(slug, key)
    piles = []
    for phase in panel.meeting.phases.all():
        board = Board(panel, phase)
        cards = [board.card(row) for row in board.ideas().exclude(state=Idea.State.SHOWN)]
        held = [card for card in cards if card.idea.state == Idea.State.HELD]
        gone = [card for card in cards if card.idea.state != Idea.State.HELD]
        if cards:
            piles.append((phase, held, gone))
    context = {
        "panel": panel,
        "meeting": panel.meeting,
        "piles": piles,
        "advice": moderation.advice(),
    }
    return render(request, "lead/queue.html", context)


@needs("meeting.lead")
@require_safe
def history(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show what was done at the tables of a panel, and by whom, each with its button to undo."""
    panel = panel_of(slug, key)
    titles = Titles(panel.meeting)
    lines = [(line, titles.say(line)) for line in lines_of(panel.meeting, panel)]
    context = {"panel": panel, "meeting": panel.meeting, "lines": lines}
    return render(request, "lead/history.html", context)


@needs("meeting.lead")
@require_POST
@answers
def undo(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Undo one thing, or do it again where it is an undoing."""
    panel = panel_of(slug, key)
    later = request.POST.get("with") == "later"
    which = number(request.POST, "number")
    done = take_back(panel.meeting, who(request), which, with_later=later)
    tell(request, _("It is undone.") if done else _("It was undone already."))
    return redirect(back_to(request.POST, {"slug": slug, "key": key}))
