"""Change what a meeting consists of, before anything was asked; make codes; end the rehearsal."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max, Model
from django.forms.models import model_to_dict

from vendepunkt.terms import RefusedError
from vendepunkt.web.people.models import Person
from vendepunkt.web.record import changing, record
from vendepunkt.web.room.deletion import empty_room
from vendepunkt.web.room.erasing import erase_words
from vendepunkt.web.room.making import add_panel, lay_agenda, new_code
from vendepunkt.web.room.models import (
    Group,
    Meeting,
    Opening,
    Panel,
    Phase,
    Question,
    Token,
)
from vendepunkt.web.room.versions import bump

#: Length of a code that is handed to one person: 32⁸ codes cannot be guessed.
SINGLE_LENGTH = 8


def begun(meeting: Meeting) -> bool:
    """Say whether anything was ever opened: the agenda then stands."""
    return Opening.objects.filter(panel__meeting=meeting).exists()


def must_not_have_begun(meeting: Meeting) -> None:
    """Refuse a change of panels, phases or questions once people have answered.

    Raises
    ------
    RefusedError
        ``"has_begun"``.
    """
    if begun(meeting):
        raise RefusedError(
            "has_begun",
            f"The meeting {meeting.slug!r} has begun: its panels, phases and questions stand.",
            try_="end the rehearsal, or make a new meeting",
        )


@changing()
def change(row: Model, who: Person | None, before: dict[str, Any] | None = None) -> None:
    """Record that a row of the plan was made or changed, and lay the agenda anew."""
    meeting = meeting_of(row)
    what = f"{type(row).__name__.lower()}.{'change' if before is not None else 'make'}"
    record(who, what, about(row), before=before, after=plain(row))
    if isinstance(row, Phase) and not begun(meeting):
        lay_agenda(meeting)


@changing()
def remove(row: Model, who: Person | None) -> None:
    """Take a panel, phase, question or small group out of the plan."""
    meeting = meeting_of(row)
    must_not_have_begun(meeting)
    record(who, f"{type(row).__name__.lower()}.remove", about(row), before=plain(row))
    row.delete()
    if isinstance(row, Phase):
        lay_agenda(meeting)


def last_position(phases_or_questions: Any) -> int:
    """Give the position after the last one."""
    last = phases_or_questions.aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1


@changing()
def make_codes(panel: Panel, count: int, group: Group | None, who: Person | None) -> list[str]:
    """Make single-use codes to hand out. The record says how many, not which."""
    made: set[str] = set()
    while len(made) < count:
        fresh = {new_code(SINGLE_LENGTH) for _ in range(count - len(made))}
        made |= fresh - set(Token.objects.filter(key__in=fresh).values_list("key", flat=True))
    Token.objects.bulk_create([Token(key=key, panel=panel, group=group) for key in made])
    record(who, "panel.codes", about(panel), after={"made": count})
    return sorted(made)


@changing()
def end_rehearsal(meeting: Meeting, who: Person | None) -> None:
    """Empty the room of everything that was tried out; plan, codes and themes' list stay bare.

    Raises
    ------
    RefusedError
        ``"no_rehearsal"`` if the meeting is held for real already.
    """
    if not meeting.rehearsal:
        raise RefusedError("no_rehearsal", f"The meeting {meeting.slug!r} is no rehearsal.")
    empty_room(meeting, who)
    transaction.on_commit(erase_words, robust=True)
    for panel in meeting.panels.all():
        panel.at, panel.present, panel.ends_at, panel.revealed = 0, None, None, False
        panel.save()
        bump(panel)
    meeting.rehearsal = False
    meeting.save(update_fields=["rehearsal"])
    record(who, "meeting.rehearsal_ended", about(meeting))


def new_panel(meeting: Meeting, form: Any, key: str) -> Panel:
    """Add the panel of a form, with its code."""
    from vendepunkt.convene import Words

    found = form.cleaned_data
    panel = add_panel(meeting, key, Words(found["title_da"], found["title_en"]))
    panel.all_members = found["all_members"]
    panel.save()
    return panel


def meeting_of(row: Model) -> Meeting:
    """Give the meeting a row of the plan belongs to."""
    if isinstance(row, Meeting):
        return row
    if isinstance(row, Panel | Phase):
        return row.meeting
    if isinstance(row, Question):
        return row.phase.meeting
    if isinstance(row, Group):
        return row.panel.meeting
    raise TypeError(type(row).__name__)


def about(row: Model) -> str:
    """Give the key of a row in the record of changes."""
    key = row.slug if isinstance(row, Meeting) else row.pk
    return f"{type(row).__name__.lower()}:{key}"


def plain(row: Model) -> dict[str, Any]:
    """Give a row as plain values for the record."""
    return {name: value for name, value in model_to_dict(row).items() if name != "screen_key"}
