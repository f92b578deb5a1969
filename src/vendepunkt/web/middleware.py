"""What every answer says to a browser, and sessions that end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import BadRequest
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponseBase, HttpResponseForbidden, QueryDict
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.module_loading import import_string

Respond = Callable[[HttpRequest], HttpResponseBase]

#: Only what comes from here is run, shown or asked for; no style or script inside a page.
CONTENT: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
#: Nothing here needs any of these.
PERMISSIONS: Final = ", ".join(
    f"{name}=()"
    for name in (
        "accelerometer",
        "camera",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "payment",
        "usb",
    )
)
#: Pages of participants and projectors; nobody signs in there.
ROOM: Final = ("/m/", "/screen/", "/favicon.ico")
#: A session is written at most this often, in seconds, however often a screen asks.
STEP: Final = 60


def for_anybody(path: str) -> bool:
    """Say whether a path is of participants or a projector.

    Examples
    --------
    >>> for_anybody("/m/K7QP2F/"), for_anybody("/"), for_anybody("/meetings/")
    (True, True, False)
    """
    return path == "/" or path.startswith(ROOM)


def headers(respond: Respond) -> Respond:
    """Say to the browser what it may load, and that it keeps no page: phones are shared."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = respond(request)
        response.setdefault("Content-Security-Policy", CONTENT)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        if not request.path_info.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        return response

    return middleware


class Doors:
    """Two ways in: those who work here come with a session and an account, participants without.

    Pages of participants pay for neither, and nobody is signed in there, whatever the browser
    carries. They guard their forms themselves.

    Parameters
    ----------
    respond
        What both lead to.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, respond: Respond) -> None:
        self.anybody = respond
        self.staff: Any = respond
        for path in reversed(settings.STAFF_MIDDLEWARE):
            self.staff = convert_exception_to_response(import_string(path)(self.staff))
        self.guard = CsrfViewMiddleware(respond)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Lead a request in."""
        if not for_anybody(request.path_info):
            answer: HttpResponseBase = self.staff(request)
            return answer
        request.user = AnonymousUser()
        request.session = SessionStore()
        return self.anybody(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseForbidden | None:
        """Turn forged forms away, and what no database takes.

        Django asks the outermost middleware only.
        """
        if for_anybody(request.path_info):
            return None
        if any("\0" in one for sent in (request.GET, request.POST) for one in _values(sent)):
            raise BadRequest
        return self.guard.process_view(request, view, args, kwargs)


def _values(sent: QueryDict) -> Iterator[str]:
    for _name, values in sent.lists():
        yield from values


def sessions_end(respond: Respond) -> Respond:
    """End a session that was left alone, or that has lasted the longest it may."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            _look_at(request)
        return respond(request)

    return middleware


def _look_at(request: HttpRequest) -> None:
    if not request.user.is_authenticated:
        return
    now = int(time.time())
    began = request.session.setdefault("began", now)
    seen = request.session.get("seen", now)
    if now - began > settings.SESSION_HOURS * 3600 or now - seen > settings.IDLE_MINUTES * 60:
        logout(request)
    elif now - seen >= STEP or "seen" not in request.session:
        request.session["seen"] = now
