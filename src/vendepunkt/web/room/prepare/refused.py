"""What the room refuses is said on the page people came from."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from vendepunkt.terms import RefusedError

#: Code of a refusal → how it is said to those who prepare a meeting.
SAID: Final = {
    "has_begun": _(
        "The meeting has begun. Its panels, life phases, questions and rules stand. "
        "End the rehearsal, or make a new meeting."
    ),
    "no_rehearsal": _("The meeting is held in earnest. Nothing is emptied."),
    "nothing_open": _("No question and no vote is open. Begin the next step first."),
    "still_open": _("A question or a vote is still open. Close it first."),
}


def refusals_as_messages(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Turn a refusal into a message on the meeting's page."""

    @wraps(view)
    def guarded(request: HttpRequest, slug: str, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, slug, *args, **kwargs)
        except RefusedError as refused:
            if refused.code not in SAID:
                raise
            messages.error(request, str(SAID[refused.code]))
            return redirect("meeting", slug)

    return guarded
