"""Sign in, with a second factor where there is one, and sign out."""

from __future__ import annotations

import time
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp import login as otp_login

from vendepunkt.web.people import second, waiting
from vendepunkt.web.people.forms import CodeForm, OwnerForm, PasswordForm, SignInForm
from vendepunkt.web.people.models import Person, Role
from vendepunkt.web.record import changing, record
from vendepunkt.web.rights import needs, public

#: Seconds between the password and the code of the second factor.
HALFWAY: Final = 300
BACKEND: Final = "django.contrib.auth.backends.ModelBackend"


def first_key() -> str:
    """Give the key in the address of the first-run page: only who started the server knows it."""
    salt = "vendepunkt.web.people.first"
    return salted_hmac(salt, settings.SECRET_KEY, algorithm="sha256").hexdigest()[:32]


@public
@sensitive_post_parameters()
def first(request: HttpRequest, key: str) -> HttpResponse:
    """Make the account of the owner, once, for whoever has the key that `serve` printed."""
    if not constant_time_compare(key, first_key()) or Person.objects.exists():
        raise Http404
    owner = Person(role=Role.OWNER)
    form = OwnerForm(request.POST or None, instance=owner)
    password = PasswordForm(owner, request.POST or None)
    if request.method == "POST" and form.is_valid() and password.is_valid():
        with changing():
            if Person.objects.exists():
                raise Http404
            person = form.save(commit=False)
            password.save()
            record(person, "person.made", f"person:{person.pk}", after={"role": Role.OWNER})
        login(request, person, backend=BACKEND)
        return waited(redirect("home"), request, person)
    return render(request, "people/first.html", {"form": form, "password": password})


@public
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for user name and password."""
    onward = _onward(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(onward)
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        name, password = form.cleaned_data["username"], form.cleaned_data["password"]
        if wait := waiting.begin(name, request):
            form.add_error(None, _wait_words(waiting.seconds(wait)))
            status = 429
        elif person := authenticate(request, username=name, password=password):
            return _password_was_right(request, person, onward)
        else:
            form.add_error(None, _("User name and password do not belong together."))
    return render(request, "people/sign_in.html", {"form": form, "next": onward}, status=status)


@public
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the second factor."""
    halfway = request.session.get("halfway") or {}
    person = Person.objects.filter(pk=halfway.get("person", 0), is_active=True).first()
    if person is None or time.time() - halfway["at"] > HALFWAY:
        request.session.pop("halfway", None)
        return redirect("sign_in")
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        name = str(person.username)
        if wait := waiting.begin(name, request, "code"):
            form.add_error("code", _wait_words(waiting.seconds(wait)))
            status = 429
        elif device := second.check(person, form.cleaned_data["code"]):
            waiting.succeed(name, request, "code")
            login(request, person, backend=BACKEND)
            otp_login(request, device)
            request.session.pop("halfway", None)
            return _came_in(request, person, halfway["onward"])
        else:
            form.add_error("code", _("This code does not hold. Codes of the app last 30 seconds."))
    return render(request, "people/sign_in_code.html", {"form": form}, status=status)


@needs("signed_in")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("sign_in")


def waited(
    response: HttpResponseRedirect, request: HttpRequest, person: Person
) -> HttpResponseRedirect:
    """Forget failed attempts, and let the browser remember that it has been here."""
    waiting.succeed(str(person.username), request)
    waiting.know(response, request, person)
    return response


def _password_was_right(request: HttpRequest, person: Person, onward: str) -> HttpResponseRedirect:
    if not second.has_second(person):
        login(request, person)
        return _came_in(request, person, onward)
    waiting.succeed(str(person.username), request)
    request.session.cycle_key()
    request.session["halfway"] = {"person": person.pk, "at": time.time(), "onward": onward}
    return redirect("sign_in_code")


def _came_in(request: HttpRequest, person: Person, onward: str) -> HttpResponseRedirect:
    record(person, "person.signed_in", f"person:{person.pk}")
    return waited(HttpResponseRedirect(onward), request, person)


def _onward(request: HttpRequest) -> str:
    onward = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(onward, {request.get_host()}, request.is_secure()):
        return onward
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def _wait_words(seconds: int) -> str:
    return ngettext(
        "Too many attempts from here. Try again in %(seconds)d second.",
        "Too many attempts from here. Try again in %(seconds)d seconds.",
        seconds,
    ) % {"seconds": seconds}
