"""Signing in: first run, password, second factor, waiting, sessions that end."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from tests.web.conftest import PASSWORD

from vendepunkt.web.people import waiting
from vendepunkt.web.people.models import Attempt, Change, Person
from vendepunkt.web.people.views.signing import first_key

HOME = reverse("home")
WRONG = "wrong"


def sign_in(client, name="alice", password=PASSWORD, onward=""):
    form = {"username": name, "password": password, "next": onward}
    return client.post(reverse("sign_in"), form)


def is_in(client) -> bool:
    return client.get(reverse("account")).status_code == 200


def code_of(person) -> str:
    device = TOTPDevice.objects.get(user=person)
    # Codes of one half-minute count once: the next one is let in as well.
    totp = TOTP(device.bin_key, drift=max(0, device.last_t - int(time.time()) // 30 + 1))
    totp.time = time.time()
    return f"{totp.token():06d}"


def enrol(client, person) -> list[str]:
    client.get(reverse("second"))
    page = client.post(reverse("second"), {"code": code_of(person)})
    return page.context["codes"]


def test_the_first_page_makes_the_owner_once(client, db):
    path = reverse("first", args=[first_key()])
    assert client.get(reverse("first", args=["x" * 32])).status_code == 404
    form = {
        "username": "alice",
        "first_name": "Alice",
        "new_password1": "kort",
        "new_password2": "kort",
    }
    assert client.post(path, form).status_code == 200
    form |= {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post(path, form).headers["Location"] == HOME
    owner = Person.objects.get()
    assert (owner.username, owner.role, str(owner)) == ("alice", "owner", "Alice")
    assert not owner.is_superuser
    assert is_in(client)
    assert Client().get(path).status_code == 404
    assert Change.objects.get().what == "person.made"


def test_the_right_password_leads_to_the_page_that_was_asked_for(client, people):
    asked = client.get(reverse("people"))
    assert asked.headers["Location"] == "/sign-in/?next=/people/"
    assert sign_in(client, "Alice ", onward="/people/").headers["Location"] == "/people/"
    assert is_in(client)


def test_who_signs_in_gets_a_new_session(client, people):
    session = client.session
    session["x"] = 1
    session.save()
    before = client.session.session_key
    sign_in(client)
    assert client.session.session_key != before


@pytest.mark.parametrize(("name", "password"), [("alice", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_are_told_alike(client, people, name, password):
    page = sign_in(client, name, password)
    assert page.status_code == 200
    assert "Brugernavn og adgangskode passer ikke sammen." in page.content.decode()
    assert not is_in(client)


def test_after_some_failures_one_waits_longer_and_longer(client, people):
    for _ in range(waiting.FREE):
        assert sign_in(client, "alice", WRONG).status_code == 200
    first = sign_in(client)
    assert first.status_code == 429
    assert not is_in(client)
    Attempt.objects.update(until="2020-01-01T00:00Z", failures=waiting.FREE + 1)
    # A day later all is forgotten; before that the wait doubles.
    assert waiting._wait(waiting.FREE) == waiting.FIRST_WAIT
    assert waiting._wait(waiting.FREE + 1) == 2 * waiting.FIRST_WAIT
    assert waiting._wait(10_000) == waiting.LONGEST_WAIT
    assert sign_in(client).status_code == 302
    assert not Attempt.objects.exists()


def test_guessing_keeps_neither_the_room_nor_the_owners_own_computer_out(people):
    own, other, guesser = Client(), Client(), Client()
    sign_in(own)
    own.post(reverse("sign_out"))
    for _ in range(waiting.FREE + 3):
        sign_in(guesser, "alice", WRONG)
    assert sign_in(guesser).status_code == 429
    # The room: others behind the same address sign in to their own accounts.
    assert sign_in(other, "bo").status_code == 302
    # The account itself, from a computer that it has been used on.
    assert sign_in(own).status_code == 302


def test_the_cookie_of_a_device_is_of_no_use_for_another_account(people):
    own = Client()
    sign_in(own)
    own.post(reverse("sign_out"))
    stolen = Client()
    stolen.cookies[waiting.COOKIE] = own.cookies[waiting.COOKIE].value
    for _ in range(waiting.FREE):
        sign_in(stolen, "bo", "wrong")
    assert sign_in(stolen, "bo").status_code == 429


def test_no_name_that_was_tried_and_no_address_is_kept(client, people):
    client.post(
        reverse("sign_in"),
        {"username": "a secret typed here", "password": "x"},
        REMOTE_ADDR="203.0.113.7",
        headers={"user-agent": "Phone 9"},
    )
    kept = repr(list(Attempt.objects.values())) + repr(list(Change.objects.values()))
    assert "secret" not in kept
    assert "203.0.113.7" not in kept
    assert "Phone" not in kept


def test_a_second_factor_is_asked_for_once_it_is_set_up(people):
    client = Client()
    sign_in(client)
    codes = enrol(client, people["owner"])
    assert len(codes) == 10
    client.post(reverse("sign_out"))
    assert sign_in(client, onward="/people/").headers["Location"] == reverse("sign_in_code")
    assert not is_in(client)
    assert client.post(reverse("sign_in_code"), {"code": "000000"}).status_code == 200
    answer = client.post(reverse("sign_in_code"), {"code": code_of(people["owner"])})
    assert answer.headers["Location"] == "/people/"
    assert is_in(client)


def test_a_recovery_code_works_once(people):
    client = Client()
    sign_in(client)
    first, *_ = enrol(client, people["owner"])
    for attempt, expected in ((Client(), True), (Client(), False)):
        sign_in(attempt)
        attempt.post(reverse("sign_in_code"), {"code": f" {first[:5]} {first[5:].upper()}"})
        assert is_in(attempt) is expected


def test_a_code_of_the_app_counts_once(people):
    client = Client()
    sign_in(client)
    enrol(client, people["owner"])
    code = code_of(people["owner"])
    for attempt, expected in ((Client(), True), (Client(), False)):
        sign_in(attempt)
        attempt.post(reverse("sign_in_code"), {"code": code})
        assert is_in(attempt) is expected


def test_guessing_codes_has_to_wait(people):
    client = Client()
    sign_in(client)
    enrol(client, people["owner"])
    guesser = Client()
    sign_in(guesser)
    for _ in range(waiting.FREE):
        guesser.post(reverse("sign_in_code"), {"code": "123456"})
    assert guesser.post(reverse("sign_in_code"), {"code": "123456"}).status_code == 429


def test_the_picture_of_the_key_is_its_owners_only(people, client):
    sign_in(client)
    client.get(reverse("second"))
    picture = client.get(reverse("second_picture"))
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert picture.content.startswith(b"<?xml")
    assert Client().get(reverse("second_picture")).status_code == 302


def test_where_a_second_factor_is_required_nothing_else_comes_first(people, client, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    sign_in(client)
    assert client.get(reverse("people")).headers["Location"] == reverse("second")
    enrol(client, people["owner"])
    assert client.get(reverse("people")).status_code == 200


def test_the_second_factor_is_removed_with_the_password_only(people, client):
    sign_in(client)
    enrol(client, people["owner"])
    client.post(reverse("second_remove"), {"password": "wrong"})
    assert TOTPDevice.objects.exists()
    client.post(reverse("second_remove"), {"password": PASSWORD})
    assert not TOTPDevice.objects.exists()


def test_a_new_password_ends_sessions_elsewhere(people):
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    form = {"present": "wrong", "new_password1": "eight small boats at sea"}
    form["new_password2"] = form["new_password1"]
    assert here.post(reverse("password"), form).status_code == 200
    form["present"] = PASSWORD
    assert here.post(reverse("password"), form).status_code == 302
    assert is_in(here)
    assert not is_in(there)


def test_sessions_elsewhere_can_be_ended(people):
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    here.post(reverse("end_sessions"))
    assert is_in(here)
    assert not is_in(there)


@pytest.mark.parametrize(("field", "ago"), [("seen", 61 * 60), ("began", 12 * 3600 + 60)])
def test_sessions_end(client, people, field, ago):
    sign_in(client)
    assert is_in(client)
    session = client.session
    session[field] = session[field] - ago
    session.save()
    assert not is_in(client)


def test_a_screen_that_asks_each_second_does_not_write_each_time(
    client, people, django_assert_num_queries
):
    sign_in(client)
    is_in(client)
    before = client.session["seen"]
    with django_assert_num_queries(2):  # the session and who it is; nothing is written
        client.get(HOME)
    assert client.session["seen"] == before


def test_signing_out_ends_the_session_and_asks_for_a_form(client, people):
    sign_in(client)
    assert client.get(reverse("sign_out")).status_code == 405
    client.post(reverse("sign_out"))
    assert not is_in(client)


def test_passwords_are_kept_as_scrypt(settings):
    from vendepunkt.web import settings as ours

    settings.PASSWORD_HASHERS = ours.PASSWORD_HASHERS
    assert make_password(PASSWORD).startswith("scrypt$")
