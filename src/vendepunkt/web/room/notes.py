"""Notes from the small groups: written by note-takers, tagged with a phase and a theme."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from vendepunkt.terms import RefusedError
from vendepunkt.web.people.models import Person
from vendepunkt.web.record import history
from vendepunkt.web.room.edits import Clash, ConflictError, Edit, Place, alone, thing
from vendepunkt.web.room.models import Action, Group, Note, Panel, Phase, Theme
from vendepunkt.web.room.sending import plain_text

#: As long as what a group says in one breath; longer belongs in two notes.
LONGEST = 4000


def notes_of(panel: Panel, phase: Phase | None = None) -> QuerySet[Note]:
    """Give the notes of a panel that are there, by group."""
    notes = Note.objects.filter(group__panel=panel, gone=False)
    if phase is not None:
        notes = notes.filter(phase=phase)
    return notes.select_related("group", "phase", "theme", "by").order_by("group__name", "id")


def write(
    group: Group, who: Person, phase: Phase, text: str, theme: Theme | None = None
) -> Note | None:
    """Write a note; the same words by the same person twice are one note.

    Parameters
    ----------
    group
        The small group it is from.
    who
        Who writes it.
    phase, theme
        What it is about.
    text
        The words.

    Raises
    ------
    RefusedError
        ``note_empty`` or ``note_long``.
    """
    text = _checked(text)
    with alone(group.panel.meeting):
        if Note.objects.filter(group=group, phase=phase, text=text, by=who, gone=False).exists():
            return None
        note = Note.objects.create(
            group=group, phase=phase, theme=theme, text=text, by=who, gone=True
        )
        edit = Edit(who, "note.written", _place(note), about=thing(note))
        edit.set(note, gone=False)
        edit.write()
    return note


def change(
    note: Note, who: Person, seen: int, phase: Phase, text: str, theme: Theme | None = None
) -> Action | None:
    """Change a note, as a new version.

    Raises
    ------
    RefusedError
        As :func:`write`.
    ConflictError
        Where somebody changed or removed it meanwhile.
    """
    text = _checked(text)
    with alone(note.group.panel.meeting):
        note.refresh_from_db()
        if (note.text, note.phase_id, note.theme_id) == (text, phase.pk, theme and theme.pk):
            return None
        _check(note, seen)
        edit = Edit(who, "note.changed", _place(note), about=thing(note))
        edit.rests_on(note, "gone")
        edit.set(note, text=text, phase=phase.pk, theme=str(theme.pk) if theme else None)
        return edit.write()


def remove(note: Note, who: Person, seen: int) -> Action | None:
    """Take a note away; it can be brought back.

    Raises
    ------
    ConflictError
        Where somebody changed it meanwhile.
    """
    with alone(note.group.panel.meeting):
        note.refresh_from_db()
        if note.gone:
            return None
        _check(note, seen)
        edit = Edit(who, "note.removed", _place(note), about=thing(note))
        edit.set(note, gone=True)
        return edit.write()


def _place(note: Note) -> Place:
    return Place(note.group.panel.meeting, note.group.panel, note.phase)


def _check(note: Note, seen: int) -> None:
    if note.version == seen and not note.gone:
        return
    last = history(thing(note)).last()
    by = str(last.who) if last and last.who else ""
    theirs = _("The note was removed.") if note.gone else note.text
    raise ConflictError([Clash(thing(note), note.group.name, theirs, by)])


def _checked(text: str) -> str:
    text = plain_text(text)
    if not text:
        raise RefusedError("note_empty", _("The note has no words."))
    if len(text) > LONGEST:
        raise RefusedError("note_long", _("The note is too long."), allowed=str(LONGEST))
    return text
