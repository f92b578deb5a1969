"""Codes for single people: one more handed out, or one taken out of use when a phone is lost."""

from __future__ import annotations

from django.utils.translation import gettext as _

from vendepunkt.terms import RefusedError
from vendepunkt.web.people.models import Person
from vendepunkt.web.record import changing, record
from vendepunkt.web.room.admission import find_token
from vendepunkt.web.room.making import new_code
from vendepunkt.web.room.models import Panel, Token

#: As long as those that are printed: nobody guesses one of some hundreds among 32⁸.
LENGTH = 8


def hand_out(panel: Panel, who: Person) -> str:
    """Make a code for one person and give it. The record says that it was, not which.

    Parameters
    ----------
    panel, who
        Where, and who hands it out.
    """
    with changing():
        code = new_code(LENGTH)
        Token.objects.create(key=code, panel=panel)
        record(who, "code.handed_out", f"panel:{panel.meeting.slug}/{panel.key}")
    return code


def retire(panel: Panel, typed: str, who: Person) -> None:
    """Take a code out of use. What was done with it stays: nobody can tell what that was.

    Parameters
    ----------
    panel, who
        Where, and who does it.
    typed
        The code, as it was typed.

    Raises
    ------
    RefusedError
        ``code_unknown`` where no such code was handed out.
    """
    with changing():
        token = find_token(typed, panel)
        if token is None:
            raise RefusedError("code_unknown", _("No such code was handed out for this panel."))
        Token.objects.filter(key=token.key).update(retired=True, holder="")
        record(who, "code.retired", f"panel:{panel.meeting.slug}/{panel.key}")
