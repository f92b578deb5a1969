"""One's own account: password, second factor, recovery codes, sessions elsewhere."""

from __future__ import annotations

import io
from typing import Final

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp import login as otp_login

from vendepunkt.web.people import second as factor
from vendepunkt.web.people import waiting
from vendepunkt.web.people.forms import ChangePasswordForm, CodeForm, MoveForm
from vendepunkt.web.people.models import Person
from vendepunkt.web.record import changing, record
from vendepunkt.web.rights import needs

#: What is counted apart from signing in: attempts at the password of somebody who is in.
_PRESENT: Final = "present"
_WRONG: Final = gettext_lazy("This is not your present password, or you tried too often.")


def own(request: HttpRequest) -> Person:
    """Give the account of whoever asks."""
    if not isinstance(request.user, Person):
        raise TypeError("only views that need a right ask whose account it is")
    return request.user


@needs("signed_in")
def account(request: HttpRequest) -> HttpResponse:
    """Show one's own account."""
    person = own(request)
    context = {"has_second": factor.has_second(person), "codes_left": factor.codes_left(person)}
    return render(request, "people/account.html", context)


@needs("signed_in")
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; sessions elsewhere end."""
    person = own(request)
    if request.method == "POST" and not _may_try(request, person):
        messages.error(request, str(_WRONG))
        return redirect("account")
    form = ChangePasswordForm(person, request.POST or None)
    valid = request.method == "POST" and form.is_valid()
    if "present" in getattr(form, "cleaned_data", {}):
        _was_right(request, person)
    if valid:
        with changing():
            form.save()
            record(person, "person.password_changed", f"person:{person.pk}")
        update_session_auth_hash(request, person)
        messages.success(request, _("Your password is changed."))
        return redirect("account")
    return render(request, "people/password.html", {"form": form})


@needs("signed_in")
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End all sessions of the account but this one."""
    person = own(request)
    with changing():
        Person.objects.filter(pk=person.pk).update(epoch=F("epoch") + 1)
        record(person, "person.sessions_ended", f"person:{person.pk}")
    person.refresh_from_db()
    update_session_auth_hash(request, person)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("account")


@needs("signed_in")
@sensitive_post_parameters("present")
def second(request: HttpRequest) -> HttpResponse:
    """Set up an app that gives codes; one in place of another asks for the password again."""
    person = own(request)
    form = (MoveForm if factor.has_second(person) else CodeForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if "present" in form.fields and not _knows(request, person, form.cleaned_data["present"]):
            messages.error(request, str(_WRONG))
            return redirect("account")
        if device := factor.confirm(person, form.cleaned_data["code"]):
            otp_login(request, device)
            record(person, "person.second_set_up", f"person:{person.pk}")
            return _show_codes(request, person)
        form.add_error("code", _("This code does not hold. Codes of the app last 30 seconds."))
    device = factor.started(person)
    context = {"form": form, "key": factor.key_to_type(device)}
    return render(request, "people/second.html", context)


@needs("signed_in")
def second_picture(request: HttpRequest) -> HttpResponse:
    """Draw the QR code that the app scans."""
    import segno

    picture = io.BytesIO()
    code = segno.make(factor.started(own(request)).config_url, error="m")
    code.save(picture, kind="svg", scale=5, border=4, light="#fff", dark="#000")
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@needs("signed_in")
@require_POST
@sensitive_post_parameters("password")
def second_remove(request: HttpRequest) -> HttpResponse:
    """Take the second factor out of use; asks for the password again."""
    person = own(request)
    if not _knows(request, person, request.POST.get("password", "")):
        messages.error(request, str(_WRONG))
        return redirect("account")
    with changing():
        factor.remove(person)
        record(person, "person.second_removed", f"person:{person.pk}")
    messages.success(request, _("Signing in asks for no code any more."))
    return redirect("account")


@needs("signed_in")
@require_POST
@sensitive_post_parameters("password")
def new_codes(request: HttpRequest) -> HttpResponse:
    """Give new recovery codes, shown this once; asks for the password again."""
    person = own(request)
    if not factor.has_second(person):
        return redirect("second")
    if not _knows(request, person, request.POST.get("password", "")):
        messages.error(request, str(_WRONG))
        return redirect("account")
    return _show_codes(request, person)


def _may_try(request: HttpRequest, person: Person) -> bool:
    """Count an attempt at one's present password: a session may have been left open."""
    return waiting.begin(str(person.username), request, _PRESENT) is None


def _was_right(request: HttpRequest, person: Person) -> None:
    waiting.succeed(str(person.username), request, _PRESENT)


def _knows(request: HttpRequest, person: Person, typed: str) -> bool:
    """Say whether whoever sits there knows the password of the account."""
    if not _may_try(request, person) or not person.check_password(typed):
        return False
    _was_right(request, person)
    return True


def _show_codes(request: HttpRequest, person: Person) -> HttpResponse:
    with changing():
        codes = factor.new_codes(person)
        record(person, "person.codes_made", f"person:{person.pk}")
    return render(request, "people/codes.html", {"codes": codes})
