"""Delete what a meeting holds, in the room, in the record's words and in the files' free pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from vendepunkt.web.people.models import Blob, Person
from vendepunkt.web.record import changing, erase, record
from vendepunkt.web.room.erasing import erase_words
from vendepunkt.web.room.models import (
    Batch,
    Group,
    Idea,
    Meeting,
    Note,
    Opening,
    Theme,
    Token,
)
from vendepunkt.web.room.models.actions import Action


def empty_room(meeting: Meeting, who: Person | None) -> None:
    """Delete everything that people said, gathered and voted, inside a transaction.

    What a meeting is — panels, phases, questions, votes, small groups — stays. The record keeps
    that things were done, and none of the words.
    """
    keys = set(_keys(meeting))
    written = Blob.objects.filter(_about(meeting, keys)).exclude(text="")
    erase(sorted(set(written.values_list("about", flat=True))), who)
    Action.objects.filter(meeting=meeting).delete()
    Note.objects.filter(group__panel__meeting=meeting).delete()
    Idea.objects.filter(panel__meeting=meeting).delete()
    Theme.objects.filter(meeting=meeting).delete()
    # Takes ballots and piles along.
    Opening.objects.filter(panel__meeting=meeting).delete()
    # Codes that were used are used up: people get new ones.
    Token.objects.filter(panel__meeting=meeting).delete()


def delete_meeting(meeting: Meeting, who: Person | None, *, why: str = "asked") -> None:
    """Delete a meeting for good. What was frozen in the study folder stays there.

    Parameters
    ----------
    meeting
        Which.
    who
        Who asked; None for the program itself at the delete-by date.
    why
        ``"asked"`` or ``"due"``; stands in the record.
    """
    slug = meeting.slug
    with changing():
        empty_room(meeting, who)
        plan = Blob.objects.filter(_about(meeting, set(_plan_keys(meeting)))).exclude(text="")
        erase(sorted(set(plan.values_list("about", flat=True))), who)
        meeting.delete()
        record(who, "meeting.delete", f"meeting:{slug}", after={"why": why})
        transaction.on_commit(erase_words, robust=True)


def delete_due(today: dt.date | None = None) -> list[str]:
    """Delete every meeting whose delete-by date has come; give their keys.

    Called when the program starts and when staff open the list of meetings.
    """
    due = Meeting.objects.filter(delete_by__lte=today or timezone.localdate())
    deleted = []
    for meeting in due:
        deleted.append(meeting.slug)
        delete_meeting(meeting, None, why="due")
    return deleted


def _about(meeting: Meeting, keys: set[str]) -> Q:
    """Match what the record says about things with some keys, or in a place of the meeting."""
    found = Q(about__in=keys) | Q(about__startswith=f"meeting:{meeting.slug}/")
    for pk in Batch.objects.filter(panel__meeting=meeting).values_list("pk", flat=True):
        found |= Q(about__startswith=f"paper:{pk}/")
    for key in keys:
        if key.startswith("theme:"):
            found |= Q(about__startswith=f"cite:{key.removeprefix('theme:')}:")
    return found


def _keys(meeting: Meeting) -> Iterator[str]:
    rows = {
        "idea": Idea.objects.filter(panel__meeting=meeting),
        "theme": Theme.objects.filter(meeting=meeting),
        "note": Note.objects.filter(group__panel__meeting=meeting),
        "opening": Opening.objects.filter(panel__meeting=meeting),
        "batch": Batch.objects.filter(panel__meeting=meeting),
    }
    for kind, found in rows.items():
        yield from (f"{kind}:{pk}" for pk in found.values_list("pk", flat=True))


def _plan_keys(meeting: Meeting) -> Iterator[str]:
    yield f"meeting:{meeting.slug}"
    for panel in meeting.panels.all():
        yield f"panel:{panel.pk}"
    for phase in meeting.phases.all():
        yield f"phase:{phase.pk}"
        yield from (f"question:{question.pk}" for question in phase.questions.all())
    for group in Group.objects.filter(panel__meeting=meeting):
        yield f"group:{group.pk}"
