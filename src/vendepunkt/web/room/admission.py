"""Coming in: a code becomes a token, and a token is held by one phone at a time."""

from __future__ import annotations

import unicodedata
from typing import Final

from django.db import connection

from vendepunkt.terms.errors import RefusedError
from vendepunkt.web.room.holding import hold_open, writing
from vendepunkt.web.room.models import Meeting, Panel, Token
from vendepunkt.web.room.secrets import holder_image, is_key, new_key

#: Longer than any code; what is longer is not looked up.
_LONGEST: Final = 40
#: Codes hold no I, 1, O and 0, so whoever types one of them misread one of these. The second pair
#: is for codes that somebody made by hand.
_MISREAD: Final = (
    str.maketrans({"I": "L", "1": "L", "O": "Q", "0": "Q"}),
    str.maketrans({"I": "1", "O": "0"}),
    str.maketrans({"1": "I", "0": "O"}),
)


#: Written out, because it runs with every page.
_LOOK: Final = "SELECT holder, retired FROM room_token WHERE key = %s AND panel_id = %s"


def code_readings(typed: str) -> tuple[str, ...]:
    """Give the codes that somebody may have meant, the one as typed first.

    Forgives spaces, hyphens, lower case, and the letters I and O taken for digits.

    Examples
    --------
    >>> code_readings(" ab-c 2o")
    ('ABC2O', 'ABC2Q', 'ABC20')
    """
    plain = unicodedata.normalize("NFKC", typed[: 4 * _LONGEST]).upper()
    code = "".join(c for c in plain if c.isascii() and c.isalnum())[:_LONGEST]
    readings = (code, *(code.translate(table) for table in _MISREAD))
    return tuple(dict.fromkeys(reading for reading in readings if reading))


def find_panel(typed: str) -> Panel | None:
    """Give the panel whose code somebody typed, or None."""
    readings = code_readings(typed)
    found = {
        panel.code: panel
        for panel in Panel.objects.filter(code__in=readings).select_related("meeting")
    }
    return next((found[code] for code in readings if code in found), None)


def find_token(typed: str, panel: Panel | None = None) -> Token | None:
    """Give the token whose handed-out code somebody typed, or None.

    Parameters
    ----------
    typed
        As it was typed.
    panel
        Where it must belong; anywhere by default.
    """
    readings = code_readings(typed)
    # A key that a phone carries is no code: it was never handed out, and is not typed.
    tokens = Token.objects.filter(key__in=readings).select_related("panel__meeting")
    if panel is not None:
        tokens = tokens.filter(panel=panel)
    found = {token.key: token for token in tokens if not is_key(token.key)}
    return next((found[code] for code in readings if code in found), None)


def admit(panel: Panel, token_key: str | None, secret: str) -> Token:
    """Let a phone into a panel.

    The same phone may come again and again, and is one person each time.

    Parameters
    ----------
    panel
        Where to.
    token_key
        The code that was handed out; in a meeting with one code for all, a random key that the
        phone got with its page, or None to make one.
    secret
        The phone's secret.

    Raises
    ------
    RefusedError
        ``code_needed``: this meeting hands a code to each; ``code_unknown``: nobody handed that
        one out; ``code_retired``: it was taken out of use; ``code_in_use``: another phone has it.
    """
    key = token_key or new_key()
    if token_key is None and panel.meeting.admission != Meeting.Admission.OPEN:
        raise RefusedError("code_needed", "This meeting hands a code to each person.")
    let_in(panel, key, secret)
    return Token.objects.get(key=key)


def let_in(panel: Panel, key: str, secret: str) -> None:
    """Let a phone into a panel with a key it has; as :func:`admit`, which also gives the token."""
    with writing():
        if panel.meeting.admission == Meeting.Admission.OPEN and is_key(key):
            Token.objects.bulk_create([Token(key=key, panel=panel)], ignore_conflicts=True)
        take(panel, key, secret, held=bool(hold_open(panel.pk)))


def take(panel: Panel, key: str, secret: str, *, held: bool) -> None:
    """Mark a token as held by a phone, in one statement; inside a transaction.

    Parameters
    ----------
    panel, key, secret
        Which token, and whose.
    held
        Whether something is open: only then does the token keep an image of the secret.

    Raises
    ------
    RefusedError
        As :func:`admit` does.
    """
    mine = holder_image(secret)
    changed = Token.objects.filter(
        key=key, panel=panel, retired=False, holder__in=("", mine)
    ).update(arrived=True, holder=mine if held else "")
    if not changed:
        raise refusal(Token.objects.filter(key=key, panel=panel).first())


def why_not(panel: Panel, key: str, secret: str) -> RefusedError | None:
    """Give why a phone may not use a token, without taking it; None where it may."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [key, panel.pk])
        found = cursor.fetchone()
    token = None if found is None else Token(key=key, holder=found[0], retired=bool(found[1]))
    if token is None or token.retired or token.holder not in {"", holder_image(secret)}:
        return refusal(token)
    return None


def refusal(token: Token | None) -> RefusedError:
    """Give why a phone may not use a token that it cannot take."""
    if token is None:
        return RefusedError("code_unknown", "No such code was handed out for this panel.")
    if token.retired:
        return RefusedError("code_retired", "The code was taken out of use.")
    return RefusedError("code_in_use", "Another phone uses the code.")
