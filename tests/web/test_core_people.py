"""Who has an account, and links to choose a password."""

from __future__ import annotations

import re

from django.test import Client
from django.urls import reverse
from tests.web.conftest import PASSWORD

from vendepunkt.web.people.models import Change, Person


def link_in(page: str) -> str:
    found = re.search(r"http://testserver(/welcome/[^<]+)", page)
    assert found
    return found[1]


def test_an_account_is_made_and_its_password_chosen_by_a_link_once(as_role, people):
    owner = as_role("owner")
    made = owner.post(
        reverse("person_new"), {"username": "dorte", "first_name": "Dorte", "role": "reader"}
    )
    path = link_in(made.content.decode())
    client = Client()
    form = {"new_password1": "dorte", "new_password2": "dorte"}
    assert client.post(path, form).status_code == 200
    form = {"new_password1": "nine small boats at sea", "new_password2": "nine small boats at sea"}
    assert client.post(path, form).status_code == 302
    assert client.get(reverse("account")).status_code == 200
    assert Client().get(path).status_code == 404
    assert Person.objects.get(username="dorte").check_password("nine small boats at sea")


def test_a_user_name_is_taken_in_any_case(as_role, people):
    page = as_role("owner").post(
        reverse("person_new"), {"username": "BO", "first_name": "B", "role": "reader"}
    )
    assert "Der er allerede en med det brugernavn." in page.content.decode()


def test_the_only_owner_stays_one(as_role, people):
    owner, pk = as_role("owner"), people["owner"].pk
    form = {"username": "alice", "first_name": "Alice", "role": "reader"}
    assert owner.post(reverse("person", args=[pk]), form).status_code == 200
    owner.post(reverse("person_active", args=[pk]), {"active": "0"})
    alice = Person.objects.get(pk=pk)
    assert (alice.role, alice.is_active) == ("owner", True)


def test_who_is_out_of_use_is_signed_out_and_cannot_come_in(as_role, people):
    reader = as_role("reader")
    owner, pk = as_role("owner"), people["reader"].pk
    owner.post(reverse("person_active", args=[pk]), {"active": "0"})
    assert reader.get(reverse("account")).status_code == 302
    client = Client()
    client.post(reverse("sign_in"), {"username": "lea", "password": PASSWORD})
    assert client.get(reverse("account")).status_code == 302
    owner.post(reverse("person_active", args=[pk]), {"active": "1"})
    client.post(reverse("sign_in"), {"username": "lea", "password": PASSWORD})
    assert client.get(reverse("account")).status_code == 200


def test_a_new_role_holds_at_once_and_is_on_the_record(as_role, people):
    reader, pk = as_role("reader"), people["reader"].pk
    assert reader.get(reverse("log")).status_code == 403
    form = {"username": "lea", "first_name": "Lea", "role": "researcher"}
    as_role("owner").post(reverse("person", args=[pk]), form)
    assert reader.get(reverse("log")).status_code == 200
    change = Change.objects.get(what="person.role_changed")
    assert (change.before(), change.after()) == ({"role": "reader"}, {"role": "researcher"})
    assert change.who == people["owner"]


def test_a_lost_phone_can_be_forgotten_with_a_new_link(as_role, people):
    from django_otp.plugins.otp_totp.models import TOTPDevice

    TOTPDevice.objects.create(user=people["coder"], name="app", confirmed=True)
    path = reverse("person_link", args=[people["coder"].pk])
    as_role("owner").post(path)
    assert TOTPDevice.objects.exists()
    as_role("owner").post(path, {"second": "remove"})
    assert not TOTPDevice.objects.exists()


def test_accounts_are_never_deleted_while_the_log_names_them(people):
    import pytest
    from django.db.models import ProtectedError

    from vendepunkt.web.record import record

    record(people["reader"], "x.done", "x:1")
    with pytest.raises(ProtectedError):
        people["reader"].delete()
