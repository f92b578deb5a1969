"""A small meeting for tests: two panels, one life phase, four themes."""

from __future__ import annotations

import uuid
from typing import Any

from vendepunkt.convene import Words
from vendepunkt.web.room.making import PhasePlan, make_meeting
from vendepunkt.web.room.models import Meeting, Panel, Question, Step, Theme, Vote
from vendepunkt.web.room.secrets import Pass
from vendepunkt.web.room.versions import bump

TITLES = (
    ("Ensomhed", "Loneliness"),
    ("Fattigdom", "Poverty"),
    ("Overgange", "Transitions"),
    ("Tillid", "Trust"),
)


def small_meeting(**settings: Any) -> Meeting:
    """Make a meeting of two panels with a phase of one question, and four themes."""
    plan = PhasePlan(
        "youth",
        Words("Barndom og ungdom", "Childhood and youth"),
        [("pushes_out", Words("Hvad skubber unge ud?", "What pushes young people out?"))],
        rule=settings.pop("rule", "choose-k"),
        choices=settings.pop("choices", 3),
    )
    meeting = make_meeting(
        f"test-{uuid.uuid4().hex[:8]}",
        Words("Minikonference", "Mini-conference"),
        [("users", Words("Brugerpanelet", "Panel of users")), ("local", Words("Landspanelet", ""))],
        [plan],
        **settings,
    )
    for at, (da, en) in enumerate(TITLES):
        Theme.objects.create(
            meeting=meeting,
            phase=meeting.phases.get(),
            position=at,
            title_da=da,
            title_en=en,
            description_da=f"Om {da.lower()}.",
        )
    return meeting


def panel_of(meeting: Meeting) -> Panel:
    """Give the first panel."""
    return meeting.panels.select_related("meeting").get(key="users")


def question_of(meeting: Meeting) -> Question:
    """Give the only question."""
    return Question.objects.get(phase__meeting=meeting)


def vote_of(meeting: Meeting) -> Vote:
    """Give the only vote."""
    return Vote.objects.get(phase__meeting=meeting)


def theme_ids(meeting: Meeting) -> list[str]:
    """Give the themes' ids in their order."""
    return [str(theme.pk) for theme in meeting.themes.all()]


def stand_at(panel: Panel, kind: str, *, revealed: bool = False) -> None:
    """Put a panel at the step of a kind, without opening anything."""
    panel.at = Step.objects.get(meeting=panel.meeting, kind=kind).position
    panel.revealed = revealed
    panel.save(update_fields=["at", "revealed"])
    bump(panel)


def phones(n: int) -> list[Pass]:
    """Give the passes of some phones."""
    return [Pass.new() for _ in range(n)]
