"""What has changed since a screen last asked."""

from __future__ import annotations

import threading

import pytest
from django.test import RequestFactory
from tests.web.panels import panel_of, small_meeting

from vendepunkt.web.room.versions import Recent, bump, current_version, tag, unchanged


class Clock:
    """A clock that a test winds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_was_read_is_handed_out_for_half_a_second() -> None:
    clock, read = Clock(), []
    recent = Recent(lambda code: read.append(code) or len(read), clock)
    assert [recent.get("A"), recent.get("A")] == [1, 1]
    clock.now = 0.49
    assert recent.get("A") == 1
    clock.now = 0.5
    assert recent.get("A") == 2


def test_codes_nobody_has_do_not_fill_the_memory() -> None:
    recent = Recent({}.get, Clock())
    for n in range(5000):
        recent.get(str(n))
    assert len(recent._kept) <= 512


def test_one_reads_while_the_others_are_given_what_there_is() -> None:
    clock, reading, go_on, read = Clock(), threading.Event(), threading.Event(), []

    def slow(code: str) -> int:
        read.append(code)
        if len(read) > 1:
            reading.set()
            go_on.wait()
        return len(read)

    recent = Recent(slow, clock)
    assert recent.get("A") == 1
    clock.now = 1.0
    thread = threading.Thread(target=recent.get, args=("A",))
    thread.start()
    reading.wait()
    assert recent.get("A") == 1
    go_on.set()
    thread.join()
    assert recent.get("A") == 2
    assert len(read) == 2


def test_where_there_is_nothing_yet_one_reads_for_all_that_wait() -> None:
    begun, read = threading.Barrier(8), []
    recent = Recent(lambda code: read.append(code) or 7, Clock())
    found = []

    def ask() -> None:
        begun.wait()
        found.append(recent.get("A"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [7] * 8
    assert len(read) == 1


@pytest.mark.django_db
def test_a_change_is_seen_at_once_in_the_process_that_made_it() -> None:
    panel = panel_of(small_meeting())
    before = current_version(panel.code)
    bump(panel)
    assert current_version(panel.code) == before + 1 == panel.version


@pytest.mark.django_db
def test_asking_again_costs_no_query(django_assert_num_queries) -> None:
    panel = panel_of(small_meeting())
    current_version(panel.code)
    with django_assert_num_queries(0):
        current_version(panel.code)


@pytest.mark.parametrize("held", ['"7"', 'W/"7"', '"6", "7"'])
def test_who_has_it_gets_an_empty_answer(held) -> None:
    answer = unchanged(RequestFactory().get("/", headers={"If-None-Match": held}), 7)
    assert answer.status_code == 304
    assert answer["ETag"] == tag(7)


@pytest.mark.parametrize("held", ["", '"6"', "7x", '"77"'])
def test_who_has_another_gets_none(held) -> None:
    assert unchanged(RequestFactory().get("/", headers={"If-None-Match": held}), 7) is None
