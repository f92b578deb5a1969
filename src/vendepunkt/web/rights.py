"""Which role may do what. Every view declares the right it needs; a test walks all of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Final

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

View = Callable[..., HttpResponseBase]

_ALL: Final = frozenset(
    {"owner", "researcher", "interviewer", "coder", "facilitator", "note_taker", "reader"}
)

#: Right → roles that have it. "public" needs no account, "signed_in" any.
RIGHTS: Final[dict[str, frozenset[str]]] = {
    "signed_in": _ALL,
    "people": frozenset({"owner"}),
    "log": frozenset({"owner", "researcher"}),
    "meeting.see": frozenset({"owner", "researcher", "facilitator", "note_taker", "reader"}),
    "meeting.prepare": frozenset({"owner", "researcher", "facilitator"}),
    "meeting.lead": frozenset({"owner", "researcher", "facilitator"}),
    "meeting.note": frozenset({"owner", "researcher", "facilitator", "note_taker"}),
    "meeting.type": frozenset({"owner", "researcher", "facilitator", "note_taker"}),
    "meeting.release": frozenset({"owner", "researcher"}),
}


#: Names of views that somebody may use who has yet to set up a second factor that is asked for.
_BEFORE_SECOND: Final = frozenset({"second", "second_picture", "sign_out"})


def may(user: object, right: str) -> bool:
    """Say whether somebody has a right; nobody has any who is not signed in.

    Parameters
    ----------
    user
        ``request.user``.
    right
        A key of :data:`RIGHTS`.
    """
    return getattr(user, "role", None) in RIGHTS[right]


def public(view: View) -> View:
    """Mark a view that anybody may see."""
    view.right = "public"  # type: ignore[attr-defined]
    return view


def needs(right: str) -> Callable[[View], View]:
    """Let only those with a right see a view; others are asked to sign in, or told they may not.

    Parameters
    ----------
    right
        A key of :data:`RIGHTS`.
    """
    roles = RIGHTS[right]

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            user = request.user
            if not user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if user.role not in roles:
                raise PermissionDenied
            if _lacks_second(request):
                return redirect("second")
            return view(request, *args, **kwargs)

        guarded.right = right  # type: ignore[attr-defined]
        return guarded

    return decorate


def _lacks_second(request: HttpRequest) -> bool:
    if not settings.SECOND_FACTOR_REQUIRED:
        return False
    match = request.resolver_match
    before = match is not None and match.url_name in _BEFORE_SECOND
    return not before and not request.user.is_verified()  # type: ignore[union-attr]
