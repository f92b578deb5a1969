"""Exactly once: many processes at once, and what arrives while it is being closed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.web.panels import panel_of, phones, question_of, small_meeting, vote_of

from vendepunkt.terms.errors import RefusedError
from vendepunkt.web.room.admission import admit
from vendepunkt.web.room.models import CastBallot, Idea, IdeaClaim, OpenBallot, Opening, Token
from vendepunkt.web.room.openings import close, open_question, open_vote
from vendepunkt.web.room.secrets import Pass
from vendepunkt.web.room.sending import cast, send_idea

pytestmark = pytest.mark.django_db(transaction=True)

PROCESSES = 8


@pytest.fixture(scope="module")
def processes() -> Iterator[list[subprocess.Popen[str]]]:
    """Give processes of their own that wait for something to send."""
    started = [
        subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("sender.py"))],
            env={**os.environ, "VENDEPUNKT_SECRET_KEY": "a key of the tests, long enough"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    yield started
    for one in started:
        one.communicate(timeout=60)


@pytest.fixture
def at_once(processes) -> Callable[[Opening, list[tuple[Pass, list[dict[str, Any]]]]], list]:
    """Give a function that lets a process per task go at the same time, and says what each got."""

    def go(opening, tasks):
        database = str(connection.settings_dict["NAME"])
        for one, (mine, sends) in zip(processes, tasks, strict=False):
            task = {"opening": opening.pk, "key": mine.key, "secret": mine.secret, "sends": sends}
            tell(one, json.dumps(task | {"database": database}))
        busy = processes[: len(tasks)]
        for one in busy:
            assert one.stdout.readline() == "ready\n"
        for one in busy:
            tell(one, "go")
        return [json.loads(one.stdout.readline()) for one in busy]

    return go


def tell(process: subprocess.Popen[str], line: str) -> None:
    """Write a line to a process."""
    process.stdin.write(line + "\n")
    process.stdin.flush()


def opened_vote(**settings) -> Opening:
    panel = panel_of(small_meeting(**settings))
    return open_vote(panel, vote_of(panel.meeting))


def opened_question(**settings) -> Opening:
    panel = panel_of(small_meeting(**settings))
    return open_question(panel, question_of(panel.meeting))


def test_one_ballot_from_eight_processes_is_one_ballot(at_once) -> None:
    opening = opened_vote()
    mine = Pass.new()
    admit(opening.panel, mine.key, mine.secret)
    themes = opening.themes
    sends = [{"marks": {themes[n % 4]: 1}} for n in range(6)]
    said = at_once(opening, [(mine, sends)] * PROCESSES)
    assert said == [["taken"] * 6] * PROCESSES
    assert OpenBallot.objects.count() == 1
    assert close(opening)["voted"] == 1


def test_where_votes_stand_one_of_eight_processes_is_first(at_once) -> None:
    opening = opened_vote(may_change=False)
    mine = Pass.new()
    admit(opening.panel, mine.key, mine.secret)
    tasks = [(mine, [{"marks": {opening.themes[n % 4]: n // 4 or 1}}]) for n in range(4)]
    said = [one[0] for one in at_once(opening, tasks)]
    assert sorted(said) == ["taken", "vote_stands", "vote_stands", "vote_stands"]
    assert OpenBallot.objects.count() == 1


def test_of_eight_phones_with_one_code_one_gets_in(at_once) -> None:
    panel = panel_of(small_meeting(admission="single"))
    opening = open_vote(panel, vote_of(panel.meeting))
    Token.objects.create(key="K7QL2XPA", panel=panel)
    tasks = [
        (Pass("K7QL2XPA", one.secret), [{"marks": {opening.themes[0]: 1}}])
        for one in phones(PROCESSES)
    ]
    said = sorted(one[0] for one in at_once(opening, tasks))
    assert said == ["code_in_use"] * (PROCESSES - 1) + ["taken"]
    assert OpenBallot.objects.count() == 1


def test_one_idea_from_eight_processes_is_one_idea(at_once) -> None:
    opening = opened_question()
    mine = Pass.new()
    admit(opening.panel, mine.key, mine.secret)
    sends = [{"slot": 0, "text": "Ensomhed"}] * 4
    assert at_once(opening, [(mine, sends)] * PROCESSES) == [["taken"] * 4] * PROCESSES
    assert Idea.objects.count() == IdeaClaim.objects.count() == 1


def test_eight_ideas_from_eight_windows_of_one_phone_are_eight(at_once) -> None:
    opening = opened_question()
    mine = Pass.new()
    admit(opening.panel, mine.key, mine.secret)
    tasks = [(mine, [{"slot": 0, "text": f"idé {n}"}] * 2) for n in range(PROCESSES)]
    assert at_once(opening, tasks) == [["taken", "taken"]] * PROCESSES
    assert sorted(Idea.objects.values_list("text", flat=True)) == [
        f"idé {n}" for n in range(PROCESSES)
    ]


@pytest.mark.parametrize("may_change", [True, False])
def test_whoever_was_told_that_the_vote_was_received_is_in_the_count(may_change) -> None:
    """Twelve phones vote while it is being closed: acknowledged means counted, and nothing else."""
    opening = opened_vote(may_change=may_change)
    themes = opening.themes
    told: list[str] = []
    begun = threading.Barrier(13)

    def vote(mine: Pass) -> None:
        try:
            admit(opening.panel, mine.key, mine.secret)
            begun.wait()
            cast(opening, Token(key=mine.key, panel=opening.panel), mine.secret, {themes[0]: 1})
            told.append("taken")
        except RefusedError as error:
            told.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=vote, args=(mine,)) for mine in phones(12)]
    for thread in threads:
        thread.start()
    begun.wait()
    totals = close(opening)
    for thread in threads:
        thread.join()
    assert set(told) <= {"taken", "opening_closed"}
    assert len(told) == 12
    assert totals["voted"] == told.count("taken") == CastBallot.objects.count()
    assert not OpenBallot.objects.exists()
    assert set(Token.objects.values_list("holder", flat=True)) == {""}


def test_an_idea_that_was_acknowledged_is_kept_when_it_is_closed_meanwhile() -> None:
    opening = opened_question()
    told: list[str] = []
    begun = threading.Barrier(9)

    def send(mine: Pass) -> None:
        try:
            admit(opening.panel, mine.key, mine.secret)
            begun.wait()
            send_idea(opening, Token(key=mine.key, panel=opening.panel), mine.secret, 0, "Tid")
            told.append("taken")
        except RefusedError as error:
            told.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(mine,)) for mine in phones(8)]
    for thread in threads:
        thread.start()
    begun.wait()
    totals = close(opening)
    for thread in threads:
        thread.join()
    assert totals["ideas"] == told.count("taken") == Idea.objects.count()
    assert not IdeaClaim.objects.exists()
    assert set(Token.objects.values_list("holder", flat=True)) == {""}


def test_two_facilitators_who_open_at_once_open_once() -> None:
    panel = panel_of(small_meeting())
    question = question_of(panel.meeting)
    vote = vote_of(panel.meeting)
    begun = threading.Barrier(4)
    opened: list[int] = []

    def press(n: int) -> None:
        try:
            begun.wait()
            one = open_vote(panel, vote) if n % 2 else open_question(panel, question)
            opened.append(one.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 4
    assert Opening.objects.count() == 2
