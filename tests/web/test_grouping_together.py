"""Several facilitators at the same table at once, each in a thread with a browser of their own."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from tests.web.tables import TEXTS, a_table, bo, carla, idea, lies, seen

from vendepunkt.web.people.models import Change
from vendepunkt.web.record import verify
from vendepunkt.web.room import steps
from vendepunkt.web.room.models import Action, Opening, Placement, Theme
from vendepunkt.web.room.undo import undo

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(jobs) -> list:
    """Do things in threads that all begin together."""
    gate = threading.Barrier(len(jobs))

    def run(job):
        try:
            gate.wait()
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(run, jobs))


def window(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_two_who_place_the_same_idea_leave_one_placement_and_the_other_is_told() -> None:
    board = a_table()
    address = reverse("group_do", args=[board.panel.meeting.slug, board.panel.key, board.phase.key])
    windows = [window(bo()), window(carla()), window(bo()), window(carla())]
    themes = [str(theme.pk) for theme in board.themes()]
    accepted: Counter[str] = Counter()
    for number in range(len(TEXTS)):
        ((key, stamp),) = seen(board, number)

        def send(client, theme, value=f"{key}|{stamp}"):
            return client.post(address, {"command": f"place:{theme}", "idea": value}).status_code

        jobs = [
            lambda client=client, theme=theme: send(client, theme)
            for client, theme in zip(windows, themes, strict=True)
        ]
        answers = Counter(at_once(jobs))
        # All four saw it lying nowhere: one is first, and the three others are asked.
        assert answers == {302: 1, 409: 3}
        accepted[key] += answers[302]
    standing = Counter(
        str(p) for p in Placement.objects.filter(undone=False).values_list("idea_id", flat=True)
    )
    assert standing == accepted
    assert Placement.objects.count() == len(TEXTS)
    assert Change.objects.filter(what="idea.placed").count() == len(TEXTS)
    assert verify() == ()


def test_what_is_done_on_different_ideas_at_once_is_all_done() -> None:
    board = a_table()
    address = reverse("group_do", args=[board.panel.meeting.slug, board.panel.key, board.phase.key])
    theme = str(board.themes()[0].pk)
    jobs = []
    for number in range(len(TEXTS)):
        ((key, stamp),) = seen(board, number)
        fields = {"command": f"place:{theme}", "idea": f"{key}|{stamp}"}
        client = window(bo() if number % 2 else carla())
        jobs.append(lambda client=client, fields=fields: client.post(address, fields).status_code)
    assert at_once(jobs) == [302] * len(TEXTS)
    assert Placement.objects.filter(undone=False, theme=theme).count() == len(TEXTS)


def test_two_descriptions_at_once_do_not_lie_over_one_another() -> None:
    board = a_table()
    address = reverse("group_do", args=[board.panel.meeting.slug, board.panel.key, board.phase.key])
    theme = board.themes()[0]

    def write(client, words):
        fields = {"title_da": "Ensomhed", "description_da": words, "command": "describe"}
        answer = client.post(address, {**fields, "seen": f"theme:{theme.pk}@1"})
        return answer.status_code, words in answer.content.decode()

    jobs = [
        partial(write, window(person), words)
        for person, words in ((bo(), "Bos ord"), (carla(), "Carlas ord"))
    ]
    answers = sorted(at_once(jobs))
    assert [status for status, _kept in answers] == [302, 409]
    assert answers[1][1], "what the second one typed is on the page"
    assert Theme.objects.get(pk=theme.pk).version == 2


def test_undoing_the_same_thing_at_once_undoes_it_once() -> None:
    board = a_table()
    before = lies(board)
    ((key, stamp),) = seen(board, 0)
    from vendepunkt.web.room import grouping

    done = grouping.place(board, bo(), [(key, stamp)], str(board.themes()[0].pk))
    made = at_once([lambda: undo(board.panel.meeting, bo(), done.pk)] * 3)
    assert sum(one is not None for one in made) == 1
    assert Action.objects.count() == 2
    assert lies(board) == before
    assert idea(board, 0)


def test_two_who_press_next_at_once_go_one_step_and_open_one_question() -> None:
    board = a_table()
    address = reverse("lead_do", args=[board.panel.meeting.slug, board.panel.key])
    fields = {"command": "go:1", "at": "0"}
    jobs = [partial(window(person).post, address, fields) for person in (bo(), carla(), bo())]
    assert [answer.status_code for answer in at_once(jobs)] == [302] * 3
    board.panel.refresh_from_db()
    assert board.panel.at == 1
    assert Opening.objects.count() == 1
    assert steps.next_of(board.panel).position == 2
