"""Every address × every role: each view declares its right and answers as declared."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from vendepunkt.web.people.models import Person, Role
from vendepunkt.web.rights import RIGHTS, may

#: Converter of a path → a value that names nothing.
SAMPLES = {"int": 987654, "slug": "no-such", "str": "nosuch", "uuid": uuid.UUID(int=1)}
#: What a view answers that let somebody in; what it then finds is its own affair.
LET_IN = {200, 204, 302, 304, 400, 404, 405, 409, 410, 429}


def walk(patterns, before: str = "/") -> Iterator[tuple[str, URLPattern]]:
    """Give every address with its pattern."""
    for one in patterns:
        here = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from walk(one.url_patterns, here)
        else:
            yield here, one


def address(route: str, pattern: URLPattern) -> str:
    """Fill a route with values that name nothing."""
    for name, converter in ALL_CONVERTERS[route].items():
        kind = type(converter).__name__.removesuffix("Converter").casefold()
        value = converter.to_url(SAMPLES.get(kind, SAMPLES["str"]))
        route = route.replace(f"<{kind}:{name}>", value).replace(f"<{name}>", value)
    return route


ALL = dict(walk(get_resolver().url_patterns))
ALL_CONVERTERS: dict[str, dict] = {}


def _converters(patterns, before: str, inherited: dict) -> None:
    for one in patterns:
        here, known = before + str(one.pattern), {**inherited, **one.pattern.converters}
        if isinstance(one, URLResolver):
            _converters(one.url_patterns, here, known)
        else:
            ALL_CONVERTERS[here] = known


_converters(get_resolver().url_patterns, "/", {})


def right_of(pattern: URLPattern) -> str:
    return getattr(pattern.callback, "right", "")


@pytest.mark.parametrize("route", ALL)
def test_a_view_declares_the_right_it_needs(route):
    right = right_of(ALL[route])
    assert right == "public" or right in RIGHTS, (
        f"{route}: put @needs(…) or @public before the view, outermost"
    )


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("route", ALL)
def test_a_role_is_let_in_where_it_has_the_right(db, route, role):
    client, right = Client(raise_request_exception=False), right_of(ALL[route])
    client.force_login(Person.objects.create(username=role, role=role))
    answer = client.get(address(route, ALL[route]))
    if right == "public" or role in RIGHTS[right]:
        assert answer.status_code in LET_IN
    else:
        assert answer.status_code == 403


@pytest.mark.parametrize("route", ALL)
def test_who_is_not_signed_in_is_asked_to_unless_the_page_is_for_anybody(db, route):
    answer = Client(raise_request_exception=False).get(address(route, ALL[route]))
    to_sign_in = answer.headers.get("Location", "").startswith(reverse("sign_in"))
    if right_of(ALL[route]) == "public":
        assert answer.status_code in LET_IN
        assert not to_sign_in or route == "/sign-in/code/"
    else:
        assert to_sign_in


@pytest.mark.parametrize("route", [one for one in ALL if right_of(ALL[one]) != "public"])
def test_a_form_sent_by_another_place_is_refused(db, route):
    """Forged forms of those who work here are refused; participants have a guard of their own."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(Person.objects.create(username="a", role=Role.OWNER))
    assert client.post(address(route, ALL[route])).status_code == 403


def test_each_right_is_used_and_each_role_has_one(db):
    used = {right_of(pattern) for pattern in ALL.values()}
    assert used - {"public"} <= set(RIGHTS)
    assert set(Role.values) == set().union(*RIGHTS.values())
    assert not may(None, "log")


def test_out_of_use_means_out(db):
    person = Person.objects.create(username="a", role=Role.OWNER)
    client = Client()
    client.force_login(person)
    assert client.get(reverse("people")).status_code == 200
    Person.objects.update(is_active=False)
    assert client.get(reverse("people")).status_code == 302
