"""How long somebody waits who failed to sign in: per account and device, never per address.

A whole room sits behind one address, so an address says nothing. A device that has signed in to
an account before is counted by itself; all others are counted together. Whoever guesses from
elsewhere therefore keeps neither the room nor the owner's own computer out.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from vendepunkt.web.people.models import Attempt, Person

#: Failures that cost nothing; each further one doubles the wait.
FREE: Final = 5
FIRST_WAIT: Final = timedelta(seconds=15)
LONGEST_WAIT: Final = timedelta(minutes=15)
#: After so long without an attempt all is forgotten.
FORGOTTEN: Final = timedelta(days=1)

COOKIE: Final = "device"
_SALT: Final = "vendepunkt.web.people.device"
_YEAR: Final = 365 * 24 * 3600


def begin(username: str, request: HttpRequest, step: str = "") -> timedelta | None:
    """Count an attempt before it is made; it is taken off again by :func:`succeed`.

    Counting first means that many at once cannot try more often than one after the other.

    Parameters
    ----------
    username
        As it was typed.
    request
        Where the cookie of the device is.
    step
        What is tried: the password (empty), or another thing that is counted apart.

    Returns
    -------
    timedelta or None
        How long to wait, where this attempt may not be made.
    """
    now = timezone.now()
    with transaction.atomic():
        Attempt.objects.filter(until__lt=now - FORGOTTEN).delete()
        key = _key(username, request, step)
        Attempt.objects.get_or_create(key=key, defaults={"until": now})
        attempt = Attempt.objects.select_for_update().get(key=key)
        if attempt.until > now:
            return attempt.until - now
        attempt.failures += 1
        attempt.until = now + _wait(attempt.failures)
        attempt.save()
    return None


def succeed(username: str, request: HttpRequest, step: str = "") -> None:
    """Forget the attempts of this device at an account."""
    Attempt.objects.filter(key=_key(username, request, step)).delete()


def know(response: HttpResponse, request: HttpRequest, person: Person) -> None:
    """Let the browser remember that it has signed in to an account; the cookie signs nobody in."""
    ids = _device(request, str(person.username)) or secrets.token_hex(16)
    response.set_cookie(
        COOKIE,
        signing.dumps([ids, _name(str(person.username))], salt=_SALT),
        max_age=_YEAR,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def _wait(failures: int) -> timedelta:
    if failures < FREE:
        return timedelta(0)
    doubled: int = 2 ** min(failures - FREE, 20)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def _name(username: str) -> str:
    """Give what stands for an account, however its name is spelt.

    A database has ways of its own to tell whether two names are the same but for capitals; so
    the account is looked up as it is when somebody signs in.
    """
    found = Person.objects.filter(username__iexact=username).values_list("username", flat=True)
    name = found.first() or username
    return salted_hmac(_SALT, name.casefold(), algorithm="sha256").hexdigest()


def _device(request: HttpRequest, username: str) -> str:
    """Give the id of a device that has signed in to this very account; else nothing."""
    try:
        device, name = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_YEAR)
    except (signing.BadSignature, ValueError):
        return ""
    return str(device) if name == _name(username) else ""


def _key(username: str, request: HttpRequest, step: str) -> str:
    all_three = f"{_name(username)}|{_device(request, username)}|{step}"
    return salted_hmac(_SALT, all_three, algorithm="sha256").hexdigest()


def seconds(wait: timedelta) -> int:
    """Round a wait up to whole seconds, for a page."""
    return int(wait.total_seconds()) + 1
