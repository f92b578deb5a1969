"""Where a panel has come to: what opens, what closes, and what does not open again by itself."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone, translation
from tests.web.panels import panel_of, question_of, small_meeting, vote_of
from tests.web.tables import bo

from vendepunkt.terms import RefusedError
from vendepunkt.web.people.models import Change
from vendepunkt.web.room import clock, steps
from vendepunkt.web.room.models import Idea, Opening, Step, Theme

pytestmark = pytest.mark.django_db
WELCOME, IDEAS, GROUPING, VOTE, RESULT, END = range(6)


@pytest.fixture
def panel():
    return panel_of(small_meeting())


def state(panel, **of) -> list[str]:
    return [o.state for o in Opening.objects.filter(panel=panel, **of).order_by("round")]


def test_entering_ideas_opens_the_questions_and_leaving_closes_them(panel) -> None:
    steps.go(panel, IDEAS, bo())
    assert state(panel, question=question_of(panel.meeting)) == ["open"]
    steps.go(panel, GROUPING, bo())
    assert state(panel, question=question_of(panel.meeting)) == ["closed"]
    assert [c.what for c in Change.objects.filter(what="panel.moved")] == ["panel.moved"] * 2


def test_going_back_does_not_open_again_but_says_how(panel) -> None:
    for position in (IDEAS, GROUPING):
        assert steps.go(panel, position, bo()) == ""
    assert steps.go(panel, IDEAS, bo()) != ""
    assert state(panel, question=question_of(panel.meeting)) == ["closed"]
    steps.again(panel, bo(), seen=IDEAS)
    assert state(panel, question=question_of(panel.meeting)) == ["closed", "open"]


def test_a_vote_held_again_is_a_new_round_and_the_first_is_kept(panel) -> None:
    steps.go(panel, VOTE, bo())
    steps.go(panel, RESULT, bo())
    assert steps.go(panel, VOTE, bo()) != ""
    assert state(panel, vote=vote_of(panel.meeting)) == ["closed"]
    steps.again(panel, bo(), seen=VOTE)
    assert state(panel, vote=vote_of(panel.meeting)) == ["closed", "open"]


def test_a_vote_without_themes_does_not_open_and_the_panel_stays(panel) -> None:
    Theme.objects.all().delete()
    steps.go(panel, GROUPING, bo())
    with pytest.raises(RefusedError) as caught:
        steps.go(panel, VOTE, bo())
    assert caught.value.code == "no_themes"
    panel.refresh_from_db()
    assert panel.at == GROUPING


def test_two_presses_on_next_go_one_step(panel) -> None:
    steps.go(panel, IDEAS, bo(), seen=WELCOME)
    steps.go(panel, IDEAS, bo(), seen=WELCOME)
    assert panel.at == IDEAS
    with pytest.raises(steps.MovedError):
        steps.go(panel, GROUPING, bo(), seen=WELCOME)
    panel.refresh_from_db()
    assert panel.at == IDEAS


def test_a_step_begins_hidden_and_without_a_clock(panel) -> None:
    steps.go(panel, IDEAS, bo())
    clock.start(panel, 10, bo())
    steps.reveal(panel, bo(), shown=True, page=2)
    version = panel.version
    steps.go(panel, GROUPING, bo())
    assert (panel.revealed, panel.page, panel.ends_at) == (False, 0, None)
    assert panel.version > version


def test_there_is_always_one_next_button_until_the_end(panel) -> None:
    deeds = []
    while (then := steps.next_of(panel)) is not None:
        deeds.append((then.deed, then.position))
        if then.deed == "reveal":
            steps.reveal(panel, bo(), shown=True)
        else:
            steps.go(panel, then.position, bo())
    go, show = "go", "reveal"
    assert deeds == [(go, 1), (go, 2), (go, 3), (go, 4), (show, 4), (go, 5)]


def test_opening_the_vote_warns_of_ideas_that_are_not_placed(panel) -> None:
    steps.go(panel, GROUPING, bo())
    Idea.objects.create(panel=panel, question=question_of(panel.meeting), text="x")
    with translation.override("en"):
        assert "not placed" in steps.next_of(panel).warning
    Theme.objects.all().delete()
    with translation.override("en"):
        assert "fewer than two" in steps.next_of(panel).warning


def test_people_are_counted_at_any_time(panel) -> None:
    steps.count_present(panel, 31, bo())
    steps.count_present(panel, 30, bo())
    panel.refresh_from_db()
    assert panel.present == 30
    with pytest.raises(RefusedError):
        steps.count_present(panel, -1, bo())


def test_another_panel_of_the_meeting_is_not_moved(panel) -> None:
    other = panel.meeting.panels.get(key="local")
    steps.go(panel, IDEAS, bo())
    other.refresh_from_db()
    assert other.at == WELCOME
    assert Step.objects.filter(meeting=panel.meeting).count() == 6


def test_the_clock_is_set_extended_and_stopped(panel) -> None:
    clock.start(panel, 5, bo())
    first = panel.ends_at
    clock.extend(panel, 5, bo())
    assert panel.ends_at - first == dt.timedelta(minutes=5)
    clock.stop(panel, bo())
    panel.refresh_from_db()
    assert panel.ends_at is None
    with pytest.raises(RefusedError):
        clock.start(panel, 0, bo())


def test_more_time_after_the_end_counts_from_now(panel) -> None:
    panel.ends_at = timezone.now() - dt.timedelta(minutes=10)
    panel.save()
    clock.extend(panel, 3, bo())
    assert clock.minutes_left(panel) == 3


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (899, "Up to 15 minutes left."),
        (700, "Up to 15 minutes left."),
        (601, "Up to 15 minutes left."),
        (600, "Up to 10 minutes left."),
        (299, "5 minutes left."),
        (30, "1 minute left."),
        (-5, "The time is over. Nothing closes by itself."),
    ],
)
def test_the_clock_is_announced_seldom(panel, seconds, said) -> None:
    now = timezone.now()
    panel.ends_at = now + dt.timedelta(seconds=seconds)
    with translation.override("en"):
        assert clock.announcement(panel, now) == said
