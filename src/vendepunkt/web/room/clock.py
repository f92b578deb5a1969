"""The time that was set for a step. It announces; nothing closes by itself when it is over."""

from __future__ import annotations

import datetime as dt
import math

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vendepunkt.terms import RefusedError
from vendepunkt.web.people.models import Person
from vendepunkt.web.record import changing, record
from vendepunkt.web.room.models import Panel
from vendepunkt.web.room.versions import bump

#: Longer than any step of a meeting, in minutes.
LONGEST = 240


def start(panel: Panel, minutes: int, who: Person | None) -> None:
    """Set the time: it is over in so many minutes from now.

    Raises
    ------
    RefusedError
        ``bad_minutes`` where they are not between 1 and :data:`LONGEST`.
    """
    _set(panel, timezone.now() + dt.timedelta(minutes=_checked(minutes)), "clock.started", who)


def extend(panel: Panel, minutes: int, who: Person | None) -> None:
    """Give more time: from the end that was set, or from now where that is past.

    Raises
    ------
    RefusedError
        As :func:`start`.
    """
    with changing():
        panel.refresh_from_db(fields=["ends_at"])
        begin = max(panel.ends_at or timezone.now(), timezone.now())
        ends = begin + dt.timedelta(minutes=_checked(minutes))
        _set(panel, ends, "clock.extended", who)


def stop(panel: Panel, who: Person | None) -> None:
    """Take the time away."""
    _set(panel, None, "clock.stopped", who)


def minutes_left(panel: Panel, now: dt.datetime | None = None) -> int | None:
    """Give the minutes that are left, begun ones whole; 0 when it is over, None if none was set."""
    if panel.ends_at is None:
        return None
    left = (panel.ends_at - (now or timezone.now())).total_seconds()
    return max(0, math.ceil(left / 60))


def announcement(panel: Panel, now: dt.datetime | None = None) -> str:
    """Say how much time is left, in words that change once a minute at most.

    From six minutes on it changes every fifth minute only, so that nobody who listens to the page
    is interrupted more often than they need to be.
    """
    left = minutes_left(panel, now)
    if left is None:
        return ""
    if left == 0:
        return _("The time is over. Nothing closes by itself.")
    if left > 5:
        left = math.ceil(left / 5) * 5
        return ngettext("Up to %(n)d minute left.", "Up to %(n)d minutes left.", left) % {"n": left}
    return ngettext("%(n)d minute left.", "%(n)d minutes left.", left) % {"n": left}


def _checked(minutes: int) -> int:
    if not 1 <= minutes <= LONGEST:
        raise RefusedError(
            "bad_minutes", _("That is no number of minutes."), allowed=f"1–{LONGEST}"
        )
    return minutes


def _set(panel: Panel, ends_at: dt.datetime | None, what: str, who: Person | None) -> None:
    with changing():
        panel.ends_at = ends_at
        panel.save(update_fields=["ends_at"])
        record(who, what, f"panel:{panel.meeting.slug}/{panel.key}", after={"ends_at": ends_at})
        bump(panel)
