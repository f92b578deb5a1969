"""Undo what anybody did, as long as nothing that was done later rests on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from vendepunkt.terms import RefusedError
from vendepunkt.web.people.models import Change, Person
from vendepunkt.web.room.edits import Edit, Place, alone, read
from vendepunkt.web.room.models import Action, Meeting, Opening, Panel, Phase

#: Kinds of changes that alter what people are voting on; not undone while a vote is open.
_OF_BALLOT = ("title_da", "title_en", "description_da", "description_en", "position", "gone")


class BlockedError(RefusedError):
    """Something done later rests on what was to be undone.

    Attributes
    ----------
    later
        The actions that would have to be undone first, the last one first.
    """

    def __init__(self, later: list[Action]) -> None:
        self.later = later
        super().__init__(
            "undo_blocked",
            _("Something that was done later rests on this."),
            try_=_("undo that first"),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history.

    Attributes
    ----------
    action
        What was done.
    change
        Its entry in the record: who, when, what.
    after
        What it left, or None where that was erased.
    """

    action: Action
    change: Change
    after: dict[str, Any] | None

    @property
    def said(self) -> dict[str, Any]:
        """Give what the sentence about it says: keys of themes and numbers."""
        return dict((self.after or {}).get("said", {}))

    @property
    def may_undo(self) -> bool:
        """Say whether it can still be undone: its contents are there, and it was not undone."""
        return self.action.stands and self.after is not None


def history(
    meeting: Meeting, panel: Panel | None = None, phase: Phase | None = None, last: int = 200
) -> list[Line]:
    """Give what was done in a meeting, the last thing first.

    Parameters
    ----------
    meeting
        The meeting.
    panel, phase
        Only what belongs to these, where given.
    last
        How many lines at most.
    """
    actions = Action.objects.filter(meeting=meeting)
    if panel is not None:
        actions = actions.filter(panel=panel)
    if phase is not None:
        actions = actions.filter(phase=phase)
    found = actions.select_related("change__who", "undoes__change").order_by("-change_id")[:last]
    return [Line(action, action.change, action.change.after()) for action in found]


def last_to_undo(panel: Panel, phase: Phase) -> Line | None:
    """Give the last thing that was done at a table and still stands; not an undoing itself."""
    actions = Action.objects.filter(panel=panel, phase=phase, stands=True, undoes=None)
    last = actions.select_related("change__who").order_by("-change_id").first()
    return Line(last, last.change, last.change.after()) if last else None


def undo(meeting: Meeting, who: Person, number: int, *, with_later: bool = False) -> Action | None:
    """Put everything that an action changed back to what it was.

    Undoing is an action itself and can be undone. Pressed twice it counts once.

    Parameters
    ----------
    meeting
        The meeting that the action belongs to.
    who
        Who undoes it; may be another than who did it.
    number
        Its number in the record.
    with_later
        Whether what was done later and rests on it is undone first, the last thing first.

    Returns
    -------
    Action
        The undoing; None where it was undone already.

    Raises
    ------
    BlockedError
        Where something done later rests on it.
    RefusedError
        ``undo_erased`` where its words were erased; ``vote_open`` while people vote on it.
    """
    with alone(meeting):
        action = Action.objects.filter(meeting=meeting, pk=number).select_related("change").first()
        if action is None or not action.stands:
            return None
        before, after = action.change.before(), action.change.after()
        if before is None or after is None:
            raise RefusedError("undo_erased", _("Its words were erased; it cannot be undone."))
        if later := resting_on(action):
            if not with_later:
                raise BlockedError(later)
            for one in later:
                undo(meeting, who, one.pk, with_later=True)
        _check(action, after["rows"])
        return _put_back(action, who, before["rows"], after.get("said", {}))


def _put_back(
    action: Action, who: Person, rows: dict[str, dict[str, Any]], said: dict[str, Any]
) -> Action | None:
    place = Place(action.meeting, action.panel, action.phase)
    what = "action.undone" if action.undoes_id is None else "action.redone"
    edit = Edit(who, what, place, about=action.change.about, undoes=action)
    edit.said = {**said, "what": action.change.what}
    # What is gone comes back before anything is put under it.
    for name, fields in sorted(rows.items(), key=lambda row: "placement" in row[1]):
        for field, value in fields.items():
            edit.put(name, field, value)
    Action.objects.filter(pk=action.pk).update(stands=False)
    if action.undoes_id is not None:
        Action.objects.filter(pk=action.undoes_id).update(stands=True)
    made = edit.write()
    if made is not None and action.undoes_id is not None:
        # What was done first stands again and can be undone again; doing it again is no third.
        Action.objects.filter(pk=made.pk).update(stands=False)
    return made


def resting_on(action: Action) -> list[Action]:
    """Give the actions that must be undone before this one can be, the last one first."""
    mine, needed = set(action.touched), set(action.rests_on)
    if action.undoes is not None:
        needed |= set(action.undoes.rests_on)
    # An undoing cancels what it undid, but for what was done before this: that is missing now.
    cancelled = Q(undoes=None) | Q(undoes_id__lt=action.undoes_id or action.pk)
    later = Action.objects.filter(
        cancelled, meeting=action.meeting, pk__gt=action.pk, stands=True
    ).select_related("change__who")
    found = [
        one for one in later if mine & {*one.touched, *one.rests_on} or needed & {*one.touched}
    ]
    return found[::-1]


def _check(action: Action, rows: dict[str, dict[str, Any]]) -> None:
    """Refuse where something is not as the action left it, or is being voted on."""
    for name, fields in rows.items():
        for field, value in fields.items():
            if read(name, field) != value:
                raise RefusedError(
                    "undo_changed", _("It is no longer as it was left; it cannot be undone.")
                )
    of_ballot = any(
        name.startswith("theme:") and field in _OF_BALLOT
        for name, fields in rows.items()
        for field in fields
    )
    running = Opening.objects.filter(vote__phase=action.phase, state=Opening.State.OPEN)
    if of_ballot and running.exists():
        raise RefusedError(
            "vote_open",
            _("People are voting on these themes just now."),
            try_=_("close the vote first"),
        )
