"""One request of a phone: who it is, which language it reads, and how it is answered.

Participants have no account and no session. Forms of participants do not use Django's guard
against forged requests: it needs a cookie that phones without cookies do not have. In its place
stand three things. A form carries a value that only somebody who knows the phone's secret can
make (:func:`~vendepunkt.web.room.secrets.guard`), or, on a phone without cookies, the secret
itself. Browsers that say where a form came from are believed when they name another site. The
cookie is not sent along from other sites (SameSite).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation

from vendepunkt.web.room.models import Meeting, Panel
from vendepunkt.web.room.phone.place import Place
from vendepunkt.web.room.phone.rendering import GUARD, answer, common, framed, page, part
from vendepunkt.web.room.secrets import Pass, guard, guard_holds

#: Says that the phone keeps cookies; holds nothing.
TRIED: Final = "vp"
#: Seconds that a phone keeps its pass: to the end of the meeting, a day at most.
DAY: Final = 24 * 60 * 60
LANGUAGES: Final = ("da", "en")
Answer: TypeAlias = Callable[[], HttpResponse]


@dataclass
class Visit:
    """A phone that asks for a page of a panel.

    Attributes
    ----------
    request, place
        What it asks, and where its panel has come to.
    me
        Its pass; None where it has not come in.
    in_form
        Whether the pass travels in forms, because the phone keeps no cookies.
    """

    request: HttpRequest
    place: Place
    me: Pass | None = None
    in_form: bool = False
    _new: bool = field(default=False, repr=False)

    @classmethod
    def of(cls, request: HttpRequest, place: Place) -> Visit:
        """Give the visit with the pass that the phone carries."""
        mine = Pass.read(request.COOKIES.get(cookie_name(place.panel), ""))
        if mine is not None:
            return cls(request, place, mine)
        mine = Pass.read(request.POST.get("pass", ""))
        return cls(request, place, mine, in_form=mine is not None)

    @property
    def panel(self) -> Panel:
        """The panel it came to."""
        return self.place.panel

    @property
    def guarded(self) -> bool:
        """Whether a form that came is one of ours."""
        if not from_here(self.request) or self.me is None:
            return False
        return self.in_form or guard_holds(self.me.secret, self.request.POST.get("guard", ""))

    def enter(self, mine: Pass) -> None:
        """Let the phone carry a pass from now on."""
        self.me, self._new = mine, True
        self.in_form = not keeps_cookies(self.request)

    def show(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """Answer with a page.

        Parameters
        ----------
        template
            Name of the template under ``phone/``.
        status
            HTTP status.
        **context
            What the template shows beside what all of them do.
        """
        shown = self._context() | context
        if self._part:
            text = part(template, shown)
        elif self.in_form:
            return page(template, status, **shown)
        else:
            text = framed(self.place.pages, template, shown)
        return self._carried(answer(text, status))

    def show_common(self, template: str, **context: Any) -> HttpResponse:
        """Answer with a page that says nothing of this phone: only the guard is its own.

        Parameters
        ----------
        template
            Name of the template under ``phone/``.
        **context
            What follows from the place alone.
        """
        if self.in_form:
            return self.show(template, **context)
        shown = self._context() | {"guard": GUARD, **context}
        text = common(self.place.pages, template, "part" if self._part else "page", shown)
        return self._carried(answer(text.replace(GUARD, guard(self.me.secret) if self.me else "")))

    @property
    def _part(self) -> bool:
        return bool(self.request.GET.get("part"))

    def _context(self) -> dict[str, Any]:
        return {
            "place": self.place,
            "panel": self.panel,
            "meeting": self.panel.meeting,
            "here": reverse("place", args=[self.panel.code]),
            "carry": str(self.me) if self.in_form and self.me else "",
            "guard": guard(self.me.secret) if self.me and not self.in_form else "",
            "method": "post" if self.in_form else "get",
            "stay": self.request.path,
        }

    def onward(self, **query: str) -> HttpResponse:
        """Send a phone with cookies to its page, so that loading it again sends nothing again."""
        response = HttpResponseRedirect(
            reverse("place", args=[self.panel.code]) + (f"?{urlencode(query)}" if query else "")
        )
        response.status_code = 303
        return self._carried(response)

    def leave(self, response: HttpResponse) -> HttpResponse:
        """Take the pass from the phone: the meeting is over."""
        if cookie_name(self.panel) in self.request.COOKIES:
            response.delete_cookie(cookie_name(self.panel), samesite="Lax")
        return response

    def _carried(self, response: HttpResponse) -> HttpResponse:
        if self.me is not None and self._new and not self.in_form:
            put(response, self.request, cookie_name(self.panel), str(self.me))
        return response


def put(response: HttpResponse, request: HttpRequest, name: str, value: str) -> None:
    """Give the phone a cookie that scripts cannot read and other sites cannot send."""
    response.set_cookie(
        name,
        value,
        max_age=DAY,
        httponly=True,
        samesite="Lax",
        secure=settings.SECURE or request.is_secure(),
    )


def cookie_name(panel: Panel) -> str:
    """Give the name of the cookie that holds a phone's pass for a panel."""
    return f"{TRIED}-{panel.code}"


def keeps_cookies(request: HttpRequest) -> bool:
    """Say whether the phone sent back any cookie of ours."""
    return any(name == TRIED or name.startswith(f"{TRIED}-") for name in request.COOKIES)


def from_here(request: HttpRequest) -> bool:
    """Say whether a form can have come from one of our pages, as far as the browser tells.

    A page that hides where it stands (a frame of another site without rights) says "null": ours
    never do, for they tell our own site where they are.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    for header in ("Origin", "Referer"):
        if said := request.headers.get(header, ""):
            return urlsplit(said).netloc == request.get_host()
    return True


def language_of(request: HttpRequest, meeting: Meeting | None) -> str:
    """Give the language that somebody chose, else that of the meeting."""
    spoken = (
        request.POST.get("speak", request.GET.get("speak")),
        request.POST.get("language"),
        request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME),
        meeting.language if meeting else None,
        settings.LANGUAGE_CODE[:2],
    )
    return next(one for one in spoken if one in LANGUAGES)


def speaking(request: HttpRequest, meeting: Meeting | None, answer: Answer) -> HttpResponse:
    """Answer in the language of whoever asks, and remember a language that was chosen."""
    language = language_of(request, meeting)
    with translation.override(language):
        response = answer()
    response["Content-Language"] = language
    chosen = request.POST.get("speak", request.GET.get("speak"))
    if chosen == language:
        put(response, request, settings.LANGUAGE_COOKIE_NAME, language)
    return response
