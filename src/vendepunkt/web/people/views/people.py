"""Who has an account, with which role; links to choose a password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.tokens import default_token_generator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from vendepunkt.web.people import second
from vendepunkt.web.people.forms import PasswordForm, PersonForm, last_owner
from vendepunkt.web.people.models import Person
from vendepunkt.web.people.views.account import own
from vendepunkt.web.people.views.signing import BACKEND, waited
from vendepunkt.web.record import changing, record
from vendepunkt.web.rights import needs, public


@needs("people")
def people(request: HttpRequest) -> HttpResponse:
    """List everybody with an account."""
    everybody = Person.objects.order_by("-is_active", "first_name", "username")
    return render(request, "people/people.html", {"people": everybody})


@needs("people")
def new(request: HttpRequest) -> HttpResponse:
    """Make an account; the person chooses the password by a link."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with changing():
            person = form.save(commit=False)
            person.set_unusable_password()
            person.save()
            record(own(request), "person.made", f"person:{person.pk}", after={"role": person.role})
        return _show_link(request, person)
    return render(request, "people/person.html", {"form": form})


@needs("people")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Change who somebody is and what they may do."""
    somebody = get_object_or_404(Person, pk=pk)
    before = {"role": somebody.role}
    form = PersonForm(request.POST or None, instance=somebody)
    if request.method == "POST" and form.is_valid():
        with changing():
            form.save()
            after = {"role": somebody.role}
            what = "person.role_changed" if after != before else "person.changed"
            record(own(request), what, f"person:{pk}", before, after)
        messages.success(request, _("Saved."))
        return redirect("people")
    context = {"form": form, "person": Person.objects.get(pk=pk)}
    context["has_second"] = second.has_second(somebody)
    return render(request, "people/person.html", context)


@needs("people")
@require_POST
def active(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an account out of use, or into use again; it is never deleted, the log names it."""
    somebody = get_object_or_404(Person, pk=pk)
    on = request.POST.get("active") == "1"
    if not on and last_owner(somebody):
        messages.error(request, _("This is the only owner; make somebody else an owner first."))
        return redirect("person", pk=pk)
    with changing():
        Person.objects.filter(pk=pk).update(is_active=on, epoch=F("epoch") + 1)
        what = "person.activated" if on else "person.deactivated"
        record(own(request), what, f"person:{pk}")
    messages.success(request, _("Saved."))
    return redirect("people")


@needs("people")
@require_POST
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link with which somebody chooses a new password, once; also without their app."""
    somebody = get_object_or_404(Person, pk=pk, is_active=True)
    with changing():
        if request.POST.get("second") == "remove":
            second.remove(somebody)
            record(own(request), "person.second_removed", f"person:{pk}")
        record(own(request), "person.link_made", f"person:{pk}")
    return _show_link(request, somebody)


@public
@sensitive_post_parameters()
def welcome(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """Choose a password by the link that the owner handed over."""
    somebody = Person.objects.filter(pk=pk, is_active=True).first()
    if somebody is None or not default_token_generator.check_token(somebody, token):
        raise Http404
    form = PasswordForm(somebody, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with changing():
            form.save()
            record(somebody, "person.password_changed", f"person:{pk}")
        if second.has_second(somebody):
            messages.success(request, _("Your password is changed. Sign in with it."))
            return redirect("sign_in")
        login(request, somebody, backend=BACKEND)
        return waited(redirect("home"), request, somebody)
    context = {"form": form, "person": somebody}
    return render(request, "people/welcome.html", context)


def _show_link(request: HttpRequest, somebody: Person) -> HttpResponse:
    token = default_token_generator.make_token(somebody)
    address = request.build_absolute_uri(reverse("welcome", args=[somebody.pk, token]))
    return render(request, "people/link.html", {"person": somebody, "address": address})
