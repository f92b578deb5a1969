"""Every word of the pages of those who lead, and of the screen, can be translated."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.web import pseudo
from tests.web.panels import stand_at, vote_of
from tests.web.tables import a_table, bo, idea, seen, theme

from vendepunkt.web.room import clock, grouping, moderation, notes, steps
from vendepunkt.web.room.models import CastBallot, Group, Idea
from vendepunkt.web.room.openings import open_vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(people):
    board = a_table()
    one = theme(board, "Tillid")
    grouping.place(board, bo(), seen(board, 0, 1), str(one.pk))
    grouping.fold(board, bo(), seen(board, 1, 4))
    grouping.carry(board, bo(), str(one.pk), one.version, "Rådet", "vigtigt")
    moderation.personal_case(board, bo(), seen(board, 2), "egen sag")
    Idea.objects.filter(pk=idea(board, 3).pk).update(state="held")
    group = Group.objects.create(panel=board.panel, name="Bord 1")
    notes.write(group, bo(), board.phase, "Sagt ved bordet", one)
    return board


def unmarked(client: Client, address: str) -> list[str]:
    with pseudo.speaking():
        return pseudo.unmarked(client.get(address).content.decode())


@pytest.mark.parametrize("name", ["lead", "queue", "history", "notes"])
def test_pages_of_a_panel(board, as_role, name) -> None:
    room = [board.panel.meeting.slug, board.panel.key]
    clock.start(board.panel, 5, bo())
    stand_at(board.panel, "ideas", revealed=True)
    assert unmarked(as_role("facilitator"), reverse(name, args=room)) == []


def test_pages_of_a_table_an_idea_a_theme_and_a_note(board, as_role) -> None:
    client = as_role("facilitator")
    room = [board.panel.meeting.slug, board.panel.key]
    table = [*room, board.phase.key]
    note = notes.notes_of(board.panel).get()
    for name, args in (
        ("group", table),
        ("idea", [*table, str(idea(board, 1).pk)]),
        ("idea", [*table, str(idea(board, 2).pk)]),
        ("theme", [*table, str(theme(board, "Tillid").pk)]),
        ("note", [*room, str(note.pk)]),
    ):
        assert unmarked(client, reverse(name, args=args)) == [], name


def test_what_stands_in_the_way(board, as_role) -> None:
    client = as_role("facilitator")
    address = reverse("group_do", args=[board.panel.meeting.slug, board.panel.key, board.phase.key])
    key = idea(board, 5).pk
    for fields in (
        {"command": "new", "title_da": "Tillid"},
        {"command": "unplace", "idea": f"{key}|stale"},
    ):
        with pseudo.speaking():
            page = client.post(address, fields).content.decode()
        assert pseudo.unmarked(page) == []


@pytest.mark.parametrize("kind", ["welcome", "ideas", "grouping", "vote", "result", "end"])
@pytest.mark.parametrize("revealed", [False, True])
def test_the_screen_at_every_step(board, kind, revealed) -> None:
    panel = board.panel
    opening = open_vote(panel, vote_of(panel.meeting))
    steps.close_all(panel, bo())
    for at in range(9):
        marks = {opening.themes[n]: 1 for n in ((0, 1, 2) if at < 5 else (0, 1, 3))}
        CastBallot.objects.create(key=f"{at:032x}", opening=opening, marks=marks)
    clock.start(panel, 5, bo())
    stand_at(panel, kind, revealed=revealed)
    assert unmarked(Client(), reverse("screen", args=[panel.screen_key])) == []
