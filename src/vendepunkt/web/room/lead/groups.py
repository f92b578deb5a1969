"""The table of ideas and themes, the page of one idea and the page of one theme."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vendepunkt.web.rights import needs
from vendepunkt.web.room import moderation
from vendepunkt.web.room.board import Board
from vendepunkt.web.room.grouping import cited
from vendepunkt.web.room.helping import help_beside, like
from vendepunkt.web.room.lead.commands import do
from vendepunkt.web.room.lead.common import answers, back_to, board_of, panel_of, tell, who
from vendepunkt.web.room.lead.sentences import Titles
from vendepunkt.web.room.models import Action, Note, Opening, Panel, Theme
from vendepunkt.web.room.notes import notes_of
from vendepunkt.web.room.standing import standing_of
from vendepunkt.web.room.undo import Line, last_to_undo
from vendepunkt.web.room.versions import tag, unchanged


@needs("meeting.lead")
@require_safe
def group(request: HttpRequest, slug: str, key: str, phase: str) -> HttpResponse:
    """Show the table of a panel in a life phase."""
    panel = panel_of(slug, key)
    board = board_of(panel, phase)
    return render(request, "lead/group.html", _table(board))


@needs("meeting.lead")
@require_safe
def group_table(request: HttpRequest, slug: str, key: str, phase: str) -> HttpResponse:
    """Give the table alone, if it changed since it was last asked for."""
    board = board_of(panel_of(slug, key), phase)
    version = _version(board)
    if (same := unchanged(request, version)) is not None:
        return same
    answer = render(request, "lead/table.html", _table(board))
    answer["ETag"] = tag(version)
    return answer


@needs("meeting.lead")
@require_POST
@answers
def group_do(request: HttpRequest, slug: str, key: str, phase: str) -> HttpResponse:
    """Do what a form on a table asks for."""
    panel = panel_of(slug, key)
    board = board_of(panel, phase)
    before = Action.objects.filter(meeting=panel.meeting).last()
    do(board, who(request), request.POST)
    sentence = _last_done(panel, before)
    if request.headers.get("HX-Request"):
        fresh = Board(panel, board.phase)
        return render(request, "lead/table.html", {**_table(fresh), "told": sentence})
    tell(request, sentence)
    return redirect(back_to(request.POST, {"slug": slug, "key": key, "phase": phase}))


def _last_done(panel: Panel, before: Action | None) -> str:
    """Give the sentence about what was just done; that nothing was, where that is so."""
    action = Action.objects.filter(meeting=panel.meeting).select_related("change").last()
    if action is None or action == before:
        return _("It is done.")
    return Titles(panel.meeting).say(Line(action, action.change, action.change.after()))


def _version(board: Board) -> str:
    return f"{board.version()}-{get_language()}"


def _table(board: Board) -> dict[str, Any]:
    """Give what the table shows."""
    version = _version(board)
    helped = help_beside(board)
    last = last_to_undo(board.panel, board.phase)
    titles = Titles(board.panel.meeting)
    running = Opening.objects.filter(
        vote__phase=board.phase, panel=board.panel, state=Opening.State.OPEN
    )
    return {
        "panel": board.panel,
        "meeting": board.panel.meeting,
        "phase": board.phase,
        "board": board,
        "version": version,
        "loose": [(card, helped.of(card)) for card in board.loose],
        "fault": helped.fault,
        "n_ideas": sum(card.count for card in board.cards.values()),
        "n_loose": sum(card.count for card in board.loose),
        "last": (last, titles.say(last)) if last else None,
        "waiting": moderation.waiting(board.panel),
        "vote_open": running.exists(),
        "standing": standing_of(board.panel, board.phase),
        "closed_to_change": running.exists(),
    }


@needs("meeting.lead")
@require_safe
def idea(request: HttpRequest, slug: str, key: str, phase: str, pk: UUID) -> HttpResponse:
    """Show one idea with everything that can be done with it."""
    board = board_of(panel_of(slug, key), phase)
    row = board.ideas().filter(pk=pk).select_related("same_as").first()
    if row is None:
        raise Http404
    return render(
        request,
        "lead/idea.html",
        {
            **_around(board),
            "card": board.card(row),
            "like": like(board, row),
            "others": [
                card
                for card in board.cards.values()
                if card.idea.pk != row.pk and card.idea.question_id == row.question_id
            ],
            "advice": moderation.advice(),
        },
    )


@needs("meeting.lead")
@require_safe
def theme(request: HttpRequest, slug: str, key: str, phase: str, pk: UUID) -> HttpResponse:
    """Show one theme with everything that can be done with it."""
    board = board_of(panel_of(slug, key), phase)
    column = next((one for one in board.columns if one.theme.pk == pk), None)
    if column is None:
        raise Http404
    return render(
        request,
        "lead/theme.html",
        {
            **_around(board),
            "column": column,
            "cited": cited(column.theme),
            "notes": _notes(board, column.theme),
            "place": board.columns.index(column),
            "standing": standing_of(board.panel, board.phase).get(str(pk)),
        },
    )


def _notes(board: Board, row: Theme) -> list[Note]:
    """Give the notes that a theme may cite: of its phase, those tagged with it first."""
    notes = list(notes_of(board.panel, board.phase))
    return sorted(notes, key=lambda note: note.theme_id != row.pk)


def _around(board: Board) -> dict[str, Any]:
    return {
        "panel": board.panel,
        "meeting": board.panel.meeting,
        "phase": board.phase,
        "board": board,
    }
