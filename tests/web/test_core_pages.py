"""The pages of accounts and of the log: whole in both languages, and safe against other places."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from tests.web import pseudo

from vendepunkt.study import changes
from vendepunkt.web import rights
from vendepunkt.web.people.kinds import KINDS
from vendepunkt.web.people.models import Change
from vendepunkt.web.people.views import log
from vendepunkt.web.record import erase, head, record

PLAIN = [
    "account", "password", "second", "people", "person_new", "log", "log_verify", "accessibility"
]  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_all_that_is_seen_can_be_translated(as_role, name):
    client = as_role("owner")
    with pseudo.speaking():
        page = client.get(reverse(name)).content.decode()
    assert pseudo.unmarked(page) == []


def test_what_nobody_can_translate_is_found():
    page = (
        '<p>⟦Hej <b>Bo</b>⟧ 12 %</p><p>there</p><i translate="no">Jens <b>H</b></i>'
        '<img alt="cat"><img alt="⟦kat⟧"><input type="submit" value="Send"><script>x</script>'
    )
    assert pseudo.unmarked(page) == ["there", 'alt="…": cat', "value: Send"]


@pytest.mark.parametrize(("path", "status"), [("/no-such/", 404), ("/people/", 403)])
def test_errors_have_a_page_of_their_own(as_role, path, status):
    client = as_role("reader")
    with pseudo.speaking():
        answer = client.get(path)
    assert answer.status_code == status
    assert pseudo.unmarked(answer.content.decode()) == []


def test_a_failure_is_told_without_anything_about_it(as_role, monkeypatch):
    def fail(*_):
        raise ValueError("Jens Hansen")

    monkeypatch.setattr(log, "Paginator", fail)
    client = as_role("owner")
    client.raise_request_exception = False
    with pseudo.speaking():
        answer = client.get(reverse("log"))
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Jens" not in page
    assert "⟦" in page


def test_a_form_that_is_too_old_gets_a_page_that_says_so(people):
    answer = Client(enforce_csrf_checks=True).post(reverse("sign_in"), {"username": "alice"})
    assert answer.status_code == 403
    assert "Siden har stået åben for længe" in answer.content.decode()


def test_every_answer_says_what_a_browser_may_do(as_role):
    for answer in (as_role("owner").get(reverse("people")), Client().get("/no-such/")):
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_language_is_chosen_by_a_button_and_kept(client):
    assert 'lang="da"' in client.get(reverse("sign_in")).content.decode()
    answer = client.post(reverse("language"), {"language": "en", "next": "/sign-in/"})
    assert answer.headers["Location"] == "/sign-in/"
    assert 'lang="en"' in client.get(reverse("sign_in")).content.decode()


@pytest.mark.parametrize("onward", ["https://elsewhere.example/", "//elsewhere.example", ""])
def test_no_page_sends_people_elsewhere(people, client, onward):
    answer = client.post(reverse("language"), {"language": "en", "next": onward})
    assert answer.headers["Location"] == "/"
    form = {"username": "alice", "password": "seven small boats at sea", "next": onward}
    assert client.post(reverse("sign_in"), form).headers["Location"] == reverse("home")


def test_no_page_has_a_style_or_script_of_its_own(as_role):
    client = as_role("owner")
    for name in PLAIN:
        page = client.get(reverse(name)).content.decode()
        assert "<style" not in page
        assert "style=" not in page
        assert " on" not in "".join(part.split(">")[0] for part in page.split("<button")[1:])


def test_the_log_says_who_did_what_and_what_stood_before(as_role, people):
    record(people["facilitator"], "theme.renamed", "theme:1", {"title": "<b>A"}, {"title": "Å"})
    record(None, "x.unknown", "x:1", after={"n": 1})
    erase("x:1", people["owner"])
    client = as_role("researcher")
    with pseudo.speaking():
        page = client.get(reverse("log")).content.decode()
    assert pseudo.unmarked(page) == ["x.unknown", "x.unknown"]
    page = client.get(reverse("log"), {"what": "theme.renamed"}).content.decode()
    assert "Et tema har fået et nyt navn" in page
    assert "title: &lt;b&gt;A" in page
    assert 'translate="no">Bo<' in page
    assert "theme:1" in page
    assert "x:1" not in page
    erased = client.get(reverse("log"), {"about": "x:1"}).content.decode()
    assert "<dd>Slettet" in erased
    by_alice = client.get(reverse("log"), {"who": people["owner"].pk}).content.decode()
    assert "Ord er slettet" in by_alice
    assert "theme:1" not in by_alice


def test_the_log_is_paged_and_keeps_its_filter(as_role, people):
    for number in range(log.PAGE + 1):
        record(people["coder"], "theme.made", f"theme:{number}")
    client = as_role("owner")
    first = client.get(reverse("log"), {"what": "theme.made"}).content.decode()
    assert "?what=theme.made&amp;page=2" in first
    second = client.get(reverse("log"), {"what": "theme.made", "page": "2"}).content.decode()
    assert "theme:0<" in second
    assert client.get(reverse("log"), {"page": "x", "what": "no such"}).status_code == 200


def test_the_chain_is_handed_out_and_verifies_without_the_database(as_role, people):
    record(people["coder"], "theme.made", "theme:1", after={"title": "Fattigdom"})
    erase("theme:1")
    lines = as_role("researcher").get(reverse("log_export")).getvalue().decode().splitlines()
    entries = [changes.from_line(line) for line in lines]
    tombstones = {one.after: changes.Content(one.after, "", None) for one in entries if one.after}
    assert changes.verify(entries, tombstones, seen=head()) == ()
    assert "Fattigdom" not in "".join(lines)


def test_a_log_that_was_changed_is_said_to_be(as_role, people):
    record(people["coder"], "theme.made", "theme:1")
    record(people["coder"], "theme.made", "theme:2")
    client = as_role("owner")
    assert (
        "Alle 2 ændringer følger af hinanden" in client.get(reverse("log_verify")).content.decode()
    )
    Change.objects.filter(number=1).update(about="theme:9")
    page = client.get(reverse("log_verify")).content.decode()
    assert "Ved nummer 1:" in page
    assert "selve ændringen er lavet om" in page


def test_the_statement_says_who_runs_the_place_or_that_it_is_a_draft(client, settings):
    assert "Det er et udkast" in client.get("/was/").content.decode()
    settings.RUN_BY, settings.CONTACT = "Rådet", "raad@example.dk"
    page = client.get("/was/").content.decode()
    assert "Det er et udkast" not in page
    assert "raad@example.dk" in page
    settings.WAS_URL = "https://www.was.example/raadet"
    assert client.get("/was/").headers["Location"] == "https://www.was.example/raadet"


def _kinds() -> set[str]:
    """Name every kind of change that the source writes into the record."""
    things = "backup|clock|code|idea|meeting|note|opening|panel|paper|person|record|theme"
    found: set[str] = set()
    for path in Path(rights.__file__).parent.glob("**/*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(rf'"((?:{things})\.[a-z_]+)"', text))
    return {one for one in found if one not in rights.RIGHTS and not one.endswith(".html")}


@pytest.mark.parametrize("kind", sorted(_kinds()))
def test_a_kind_of_change_has_words_for_the_log(kind):
    assert kind in KINDS, f"say in people/kinds.py what {kind} is called"


def test_a_browser_that_asks_for_an_icon_gets_one_and_keeps_it(client):
    answer = client.get("/favicon.ico")
    assert answer.status_code == 200
    assert answer.content.startswith(b"<svg")
    assert "max-age=604800" in answer.headers["Cache-Control"]
