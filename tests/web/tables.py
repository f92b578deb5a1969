"""A table of ideas for tests of grouping, and how it lies in plain words."""

from __future__ import annotations

from typing import Any

from tests.web.panels import panel_of, question_of, small_meeting

from vendepunkt.web.people.models import Person
from vendepunkt.web.room.board import Board
from vendepunkt.web.room.models import Cite, Idea, Placement

TEXTS = (
    "Man føler sig alene",
    "Ingen at tale med",
    "Der er ikke råd til fritid",
    "Skoleskift",
    "Ingen at snakke med",
    "Mistillid til kommunen",
)


def a_table(texts: tuple[str, ...] = TEXTS, **settings: Any) -> Board:
    """Lay a table with ideas and the four themes of the small meeting."""
    meeting = small_meeting(**settings)
    panel = panel_of(meeting)
    for text in texts:
        Idea.objects.create(panel=panel, question=question_of(meeting), text=text)
    return Board(panel, meeting.phases.get())


def again(board: Board) -> Board:
    """Give the same table, read anew."""
    panel = type(board.panel).objects.select_related("meeting").get(pk=board.panel.pk)
    return Board(panel, board.phase)


def bo() -> Person:
    """Give a facilitator."""
    return Person.objects.get_or_create(
        username="bo", defaults={"first_name": "Bo", "role": "facilitator"}
    )[0]


def carla() -> Person:
    """Give another."""
    return Person.objects.get_or_create(username="carla", first_name="Carla", role="facilitator")[0]


def idea(board: Board, at: int) -> Idea:
    """Give the idea with the words of a number."""
    return board.ideas().get(text=TEXTS[at])


def seen(board: Board, *numbers: int) -> list[tuple[str, str]]:
    """Give ideas with their stamps, as a page just read has them."""
    rows = [idea(board, at) for at in numbers]
    return [(str(row.pk), board.card(row).stamp) for row in rows]


def theme(board: Board, title: str) -> Any:
    """Give the theme with a Danish title."""
    return board.themes().get(title_da=title)


def lies(board: Board) -> dict[str, Any]:
    """Give everything that a facilitator can change, in plain words."""
    themes = [
        {
            "title": (one.title_da, one.title_en),
            "description": (one.description_da, one.description_en),
            "ballot": one.on_ballot,
            "carried": (one.carried_by, one.carried_why),
            "cites": {
                c.idea.text for c in Cite.objects.filter(theme=one).select_related("idea") if c.idea
            },
        }
        for one in board.themes()
    ]
    standing = Placement.objects.filter(idea__panel=board.panel, undone=False)
    under = {p.idea_id: p.theme.title_da for p in standing.select_related("theme")}
    ideas = {
        one.text: (
            one.state,
            one.reason,
            one.same_as.text if one.same_as else None,
            under.get(one.pk),
        )
        for one in board.ideas().select_related("same_as")
    }
    return {"themes": themes, "ideas": ideas}
