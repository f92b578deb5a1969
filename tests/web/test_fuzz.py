"""Hostile input at every address, by anybody and by somebody signed in: never a failure of ours.

Nothing that is sent may give a 500, a traceback, or an answer that names somebody.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.web.evening import Evening
from tests.web.test_core_rights import ALL, ALL_CONVERTERS, right_of

from vendepunkt.web.people.models import Person
from vendepunkt.web.room.board import Board
from vendepunkt.web.room.models import CastBallot, Idea, OpenBallot, Opening, Theme
from vendepunkt.web.room.phone.guesses import guesses
from vendepunkt.web.room.phone.visit import TRIED, cookie_name
from vendepunkt.web.room.secrets import Pass, guard

pytestmark = pytest.mark.django_db

#: Text that programs have stumbled over.
ODD = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "0",
    "-1",
    "9" * 400,
    "1e9",
    "１２",
    "²",
    "İıſ",
    "\u202eevil\u202c",
    "\u200b\u2060\ufeff",
    "Z\u0351\u036b\u0343a\u0363" * 50,
    "👩‍👩‍👧‍👦" * 20,
    "\ud7ff\ue000\uffff",
    "'; DROP TABLE room_idea; --",
    "{{ 7|add:7 }}{% debug %}",
    "<script>alert(1)</script>",
    "../../../etc/passwd",
    "%00%ff%2f",
    "a" * 5000,
    "\r\nSet-Cookie: a=b",
    "None",
    "true",
    "[]",
    '{"a": {}}',
    "=1+1",
)
odd = st.one_of(st.sampled_from(ODD), st.text(max_size=60))
quick = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
#: Field names of every form of participants, and some that no form has.
FIELDS = (
    *("do", "code", "panel", "pass", "guard", "language", "speak", "opening", "slot", "text"),
    *("theme", "blank", "from", "ok", "part", "csrfmiddlewaretoken", "", "x" * 300),
)


class Known:
    """What no answer may say: who has an account, and what lies behind."""

    def __init__(self, evening: Evening) -> None:
        secrets = [mine.secret for mine in evening.passes().values()]
        ballots = list(CastBallot.objects.values_list("key", flat=True))
        self.never = [*secrets, *ballots, "Traceback", "OperationalError", "DataError at"]

    def check(self, answer: Any, *, own: str = "") -> None:
        """Check an answer; ``own`` is the secret that its phone itself sent."""
        assert answer.status_code < 500, answer.status_code
        if answer.streaming:
            return
        page = answer.content.decode(errors="replace")
        said = [one for one in self.never if one != own and one in page]
        assert said == []
        # What was sent never becomes a tag of the page.
        assert "<script>alert" not in page


@pytest.fixture
def known(voting: Evening) -> Known:
    return Known(voting)


@pytest.fixture
def voting(people) -> Evening:
    """Give a meeting whose vote is open, with ideas, themes, notes and paper."""
    evening = Evening(people, "da")
    for stop, _pages in evening.stops():
        if stop == "vote":
            break
    return evening


@pytest.fixture(autouse=True)
def _few_guesses():
    """Forget what was guessed, so that wrong codes are still looked up."""
    guesses.__init__()
    yield
    guesses.__init__()


def phone(evening: Evening) -> Client:
    """Give a phone that is in."""
    client = Client(raise_request_exception=False)
    client.cookies[cookie_name(evening.panel)] = str(evening.voter)
    return client


def as_sent(value: str) -> str:
    """Give a cookie as a server hands it on: its bytes, one a letter, on one line."""
    return "".join(value.splitlines()).encode().decode("latin-1")


@quick
@given(data=st.data())
def test_any_address_by_anybody(voting, known, data) -> None:
    """Each address with odd words where its own stand, by any method."""
    route = data.draw(st.sampled_from(sorted(ALL)))
    path = route
    for name, converter in ALL_CONVERTERS[route].items():
        kind = type(converter).__name__.removesuffix("Converter").casefold()
        word = data.draw(odd if kind == "str" else st.from_regex(converter.regex, fullmatch=True))
        path = path.replace(f"<{kind}:{name}>", word).replace(f"<{name}>", word)
    method = data.draw(
        st.sampled_from(["get", "post", "put", "delete", "patch", "head", "options"])
    )
    client = Client(raise_request_exception=False)
    known.check(getattr(client, method)(path.encode("utf-8", "replace").decode()))


@quick
@given(form=st.lists(st.tuples(st.sampled_from(FIELDS), odd), max_size=8), get=st.booleans())
def test_any_form_at_the_doors(voting, known, form, get) -> None:
    client = Client(raise_request_exception=False)
    fields: dict[str, list[str]] = {}
    for name, value in form:
        fields.setdefault(name, []).append(value)
    for path in ("/", f"/m/{voting.panel.code}/", "/sign-in/", "/language/"):
        known.check(client.get(path, fields) if get else client.post(path, fields))


@quick
@given(
    form=st.lists(st.tuples(st.sampled_from(FIELDS), odd), max_size=8),
    do=st.sampled_from(["idea", "vote", "join", "change", "look"]),
    guarded=st.booleans(),
    right_opening=st.booleans(),
)
def test_any_form_of_a_phone_that_is_in(voting, known, form, do, guarded, right_opening) -> None:
    """A phone with a pass of its own sends whatever it likes: what it casts is a ballot or none."""
    vote = Opening.objects.get(panel=voting.panel, vote__isnull=False)
    fields: dict[str, list[str]] = {}
    for name, value in form:
        fields.setdefault(name, []).append(value)
    fields["do"] = [do]
    if guarded:
        fields["guard"] = [guard(voting.voter.secret)]
    if right_opening:
        fields["opening"] = [str(vote.pk)]
    ideas = Idea.objects.count()
    answer = phone(voting).post(f"/m/{voting.panel.code}/", fields)
    known.check(answer, own=voting.voter.secret)
    # No question is open in a vote, and nobody without the guard changes anything.
    assert Idea.objects.count() == ideas


@quick
@given(value=odd, name=st.sampled_from(["session", "csrf", "language", TRIED, "pass"]))
def test_any_cookie(voting, known, value, name) -> None:
    client = Client(raise_request_exception=False)
    named = cookie_name(voting.panel) if name == "pass" else name
    client.cookies[named] = as_sent(value)
    for path in ("/", f"/m/{voting.panel.code}/", f"/m/{voting.panel.code}/v", "/home/"):
        known.check(client.get(path))


@pytest.mark.parametrize("text", ["a" * 100_000, "\u0301" * 100_000, "<" * 100_000, "😀" * 100_000])
def test_an_idea_of_a_hundred_thousand_characters(people, text) -> None:
    evening = Evening(people, "da")
    for stop, _pages in evening.stops():
        if stop == "ideas":
            break
    opening = Opening.objects.get(panel=evening.panel)
    form = {"do": "idea", "guard": guard(evening.voter.secret), "opening": opening.pk, "slot": 0}
    answer = phone(evening).post(f"/m/{evening.panel.code}/", {**form, "text": text})
    if set(text) == {"\u0301"}:
        # Marks that pile up on nothing are no words; a few of them are kept.
        assert all(len(idea.text) < 10 for idea in Idea.objects.all())
        return
    assert answer.status_code == 422
    assert "Din idé er for lang" in answer.content.decode()
    assert not Idea.objects.exists()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"do=idea&text=%FF%FE%C0%80", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"--x\r\nContent-Disposition: form-data", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b"a=b", "multipart/form-data; boundary=" + "x" * 500),
        (b"a=1", "application/x-www-form-urlencoded; charset=no-such"),
        (b"a=1", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"a=1", ""),
        (b"&".join(b"f%d=1" % n for n in range(5000)), "application/x-www-form-urlencoded"),
        (b"text=" + b"a" * 3_000_000, "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_no_form(voting, known, body, kind) -> None:
    for path in ("/", f"/m/{voting.panel.code}/", "/sign-in/", "/language/"):
        answer = phone(voting).generic("POST", path, body, content_type=kind)
        known.check(answer, own=voting.voter.secret)


def test_a_ballot_for_another_panel_or_an_opening_that_is_closed_is_not_taken(voting) -> None:
    """The races of phases: what was open when the page was read is not any more."""
    asked, other = voting.panel, voting.other
    theirs = Opening.objects.get(panel=other, vote__isnull=False)
    closed = Opening.objects.get(panel=asked, question__isnull=False)
    theme = str(Theme.objects.filter(meeting=voting.meeting).first().pk)
    before = (Idea.objects.count(), OpenBallot.objects.filter(opening=theirs).count())
    for opening in (theirs.pk, closed.pk, 0, 10**9):
        for do in ("vote", "idea"):
            form = {"do": do, "guard": guard(voting.voter.secret), "opening": opening}
            form |= {"theme": theme, "text": "x", "slot": 0}
            answer = phone(voting).post(f"/m/{asked.code}/", form)
            assert answer.status_code in {409, 422}
    assert (Idea.objects.count(), OpenBallot.objects.filter(opening=theirs).count()) == before


@settings(quick, max_examples=60)
@given(secret=st.text("0123456789abcdef", min_size=32, max_size=32), key=st.text(max_size=40))
def test_forged_passes_open_nothing(voting, known, secret, key) -> None:
    client = Client(raise_request_exception=False)
    client.cookies[cookie_name(voting.panel)] = as_sent(f"{key}.{secret}")
    answer = client.get(f"/m/{voting.panel.code}/")
    known.check(answer)
    assert "Ensomhed" not in answer.content.decode()


def test_the_token_of_somebody_with_another_secret_is_told_nothing(voting, known) -> None:
    client = Client()
    client.cookies[cookie_name(voting.panel)] = str(Pass(voting.voter.key, Pass.new().secret))
    answer = client.get(f"/m/{voting.panel.code}/")
    known.check(answer)
    assert answer.status_code == 409
    assert "Ensomhed" not in answer.content.decode()


#: Fields of the forms of staff that lead somewhere in the code.
STAFF = (
    *("command", "idea", "theme", "seen", "back", "title_da", "title_en", "description_da", "why"),
    *("reason", "words", "number", "minutes", "present", "at", "code", "text", "group", "phase"),
    *("typed", "sending", "opening", "helper", "spoilt", "marks", "lines", "count", "admission"),
    *("date", "delete_by", "rule", "choices", "places", "kind", "name", "username", "role"),
    *("first_name", "password", "active", "source", "into", "by", "panel", "page", "who", "about"),
)


@pytest.fixture
def owner(people) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(people["owner"])
    return client


@pytest.fixture
def signed_in(owner) -> str:
    """Give the key of the owner's session."""
    return owner.cookies["session"].value


def staff_addresses(evening: Evening) -> list[str]:
    """Give every address of those who work here, in a meeting that is there."""
    row = Idea.objects.filter(panel=evening.panel, channel="phone", state="shown").first()
    theme = Theme.objects.filter(meeting=evening.meeting).first()
    known = {"slug": evening.meeting.slug, "key": evening.panel.key, "phase": evening.phase.key}
    some = {"kind": "panel", "parent": evening.panel.pk, "number": 1, "vote": evening.phase.key}
    found = []
    for route, pattern in ALL.items():
        if right_of(pattern) == "public" or pattern.name in {"sign_out", "password", "delete"}:
            continue
        values: dict[str, Any] = {}
        for name in ALL_CONVERTERS[route]:
            if name == "pk":
                uses = {"idea": row.pk, "theme": theme.pk}
                values[name] = uses.get(pattern.name, evening.bo.pk)
                if "uuid" in route and pattern.name not in uses:
                    values[name] = row.pk
            else:
                values[name] = {**known, **some, "panel": evening.panel.key}.get(name, "csv")
        found.append(reverse(pattern.name, kwargs=values))
    return found


COMMANDS = (
    *("place", "one", "unplace", "fold", "pair", "unfold", "new", "book", "describe", "split"),
    *("merge", "away", "order", "carry", "ballot", "cite", "show", "hold", "remove", "personal"),
    *("redact", "redact-theme", "go", "again", "reveal", "hide", "page", "present", "clock"),
    *("hand-out", "retire", "write", "change", "erase", "no-such"),
)


@settings(quick, max_examples=400)
@given(data=st.data())
def test_any_form_by_an_owner(voting, owner, signed_in, data) -> None:
    """Somebody signed in, or a program of theirs, sends whatever it likes to any address."""
    paths = staff_addresses(voting)
    doing = [one for one in paths if one.endswith("/do/")]
    path = data.draw(st.one_of(st.sampled_from(paths), st.sampled_from(doing)))
    idea = Idea.objects.filter(panel=voting.panel).order_by("pk").first()
    theme = Theme.objects.filter(meeting=voting.meeting).order_by("pk").first()
    stamp = Board(voting.panel, voting.phase).card(idea).stamp
    real = [
        str(idea.pk),
        f"{idea.pk}|{stamp}",
        str(theme.pk),
        f"theme:{theme.pk}@{theme.version}",
        "1",
    ]
    value = st.one_of(odd, st.sampled_from(real))
    fields = data.draw(
        st.dictionaries(st.sampled_from(STAFF), st.lists(value, max_size=3), max_size=8)
    )
    if path in doing:
        name, rest = data.draw(st.sampled_from(COMMANDS)), data.draw(st.lists(value, max_size=3))
        fields["command"] = [":".join([name, *rest])]
    posts = path in doing or data.draw(st.booleans())
    method = owner.post if posts else owner.get
    # A session that an address renewed is undone with all else.
    owner.cookies.clear()
    owner.cookies["session"] = signed_in
    with transaction.atomic():
        answer = method(path, fields)
        # The next one meets the meeting as it was.
        transaction.set_rollback(True)
    assert answer.status_code < 500, (path, fields)
    assert not answer.headers.get("Location", "").startswith("/sign-in/?")
    assert Person.objects.filter(is_active=True).exists()
    if not answer.streaming and "html" in answer.headers.get("Content-Type", ""):
        page = answer.content.decode(errors="replace")
        assert "<script>alert" not in page
        assert not re.search(r"Traceback \(most recent", page)
