"""Pages that belong to no room: the way in, the language, the accessibility statement."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from vendepunkt.web.rights import may, needs, public

_MARK: Final = settings.HERE / "static" / "mark.svg"


@needs("signed_in")
def home(request: HttpRequest) -> HttpResponse:
    """Go where somebody begins: to the meetings, or to their own account."""
    return redirect("meetings" if may(request.user, "meeting.see") else "account")


@public
@csrf_exempt  # the worst a forged form does is to show a page in the other language
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language that was chosen in a cookie, and go back to the page."""
    onward = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, request.is_secure()):
        onward = "/"
    response = HttpResponseRedirect(onward)
    if (chosen := request.POST.get("language", "")) in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
    return response


@public
@require_safe
def icon(_request: HttpRequest) -> HttpResponse:
    """Give the mark to browsers that ask for it without having been told where it is."""
    response = HttpResponse(_MARK.read_bytes(), content_type="image/svg+xml")
    response["Cache-Control"] = f"public, max-age={7 * 24 * 3600}"
    return response


@public
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the accessibility statement, or go to where it stands."""
    if settings.WAS_URL:
        return redirect(settings.WAS_URL)
    context = {"run_by": settings.RUN_BY, "contact": settings.CONTACT}
    return render(request, "people/accessibility.html", context)
