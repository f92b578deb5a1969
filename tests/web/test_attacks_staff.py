"""Attacks on the pages of those who work here: accounts, rights, keys of other meetings."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from tests.web.conftest import PASSWORD
from tests.web.panels import question_of, vote_of
from tests.web.tables import a_table

from vendepunkt.web.people import second, waiting
from vendepunkt.web.people.models import Attempt, Change, Person
from vendepunkt.web.room import typing_in
from vendepunkt.web.room.models import (
    Batch,
    Group,
    Idea,
    Meeting,
    Note,
    Opening,
    PaperBallot,
    Placement,
    Theme,
    Token,
)
from vendepunkt.web.room.openings import close, open_question, open_vote

pytestmark = pytest.mark.django_db


# --- signing in ---------------------------------------------------------------------------------


def sign_in(client: Client, name: str, password: str):
    return client.post(reverse("sign_in"), {"username": name, "password": password})


def test_an_account_is_waited_for_under_all_its_spellings(people):
    """PostgreSQL finds "ALICE" for a name with a letter that has the same capital."""
    spellings = [
        "alice",
        "ALICE",
        " Alice ",
        "al\u0131ce",
        "al\u0131CE",
        "AL\u0131CE",
        "aL\u0131ce",
    ]
    client = Client()
    for name in spellings * 2:
        answer = sign_in(client, name, "wrong words")
    known = Attempt.objects.count()
    assert sign_in(client, "alice", PASSWORD).status_code == 429
    found = {name for name in spellings if Person.objects.filter(username__iexact=name.strip())}
    others = {name.strip().casefold() for name in spellings if name not in found}
    assert known == 1 + len(others), "each account is counted once"
    assert answer.status_code in {200, 429}


def test_the_wait_is_not_left_by_dropping_or_forging_the_cookie_of_the_device(people):
    client = Client()
    for _ in range(waiting.FREE + 1):
        sign_in(client, "alice", "wrong words")
    client.cookies.clear()
    assert sign_in(client, "alice", PASSWORD).status_code == 429
    client.cookies[waiting.COOKIE] = "forged:cookie"
    assert sign_in(client, "alice", PASSWORD).status_code == 429
    # Whoever signed in to another account there before is no known device of this one.
    bo = Client()
    assert sign_in(bo, "bo", PASSWORD).status_code == 302
    bo.post(reverse("sign_out"))
    assert sign_in(bo, "alice", PASSWORD).status_code == 429
    # And nobody else waits.
    assert sign_in(Client(), "nina", PASSWORD).status_code == 302


def test_ones_present_password_cannot_be_guessed_from_an_open_session(as_role):
    client = as_role("facilitator")
    sent = {"new_password1": "ten green bottles on it", "new_password2": "ten green bottles on it"}
    for _ in range(waiting.FREE + 1):
        client.post(reverse("password"), sent | {"present": "wrong words"})
    client.post(reverse("password"), sent | {"present": PASSWORD})
    assert Person.objects.get(username="bo").check_password(PASSWORD), "it has to wait"


def test_a_session_is_another_after_signing_in_and_ends_with_the_password(people):
    client, elsewhere = Client(), Client()
    sign_in(elsewhere, "alice", PASSWORD)
    client.get(reverse("sign_in"))
    client.cookies["session"] = "fixedbysomebodyelse0123456789abc"
    sign_in(client, "alice", PASSWORD)
    assert client.cookies["session"].value != "fixedbysomebodyelse0123456789abc"
    new = "ten green bottles on it"
    sent = {"present": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post(reverse("password"), sent).status_code == 302
    assert client.get(reverse("people")).status_code == 200
    assert elsewhere.get(reverse("people")).status_code == 302


def with_app(person: Person):
    device = second.started(person)
    device.confirmed = True
    device.save()
    return device


def code_of(device) -> str:
    totp = TOTP(device.bin_key)
    return f"{totp.token():06d}"


def test_a_code_of_the_app_works_once(people):
    device = with_app(people["owner"])
    code = code_of(device)
    assert second.check(people["owner"], code) is not None
    assert second.check(people["owner"], code) is None


@pytest.mark.django_db(transaction=True)
def test_a_code_that_is_sent_twice_at_once_works_once(people):
    device = with_app(people["owner"])
    code, start = code_of(device), threading.Barrier(4)
    held: list[bool] = []

    def try_it() -> None:
        start.wait(timeout=20)
        try:
            held.append(second.check(people["owner"], code) is not None)
        finally:
            connection.close()

    tries = [threading.Thread(target=try_it) for _ in range(4)]
    for one in tries:
        one.start()
    for one in tries:
        one.join(timeout=60)
    assert sorted(held) == [False, False, False, True]


def test_another_app_is_not_set_up_from_an_open_session_without_the_password(as_role, people):
    """Whoever finds a computer signed in would else sign in as that person from then on."""
    bo = people["facilitator"]
    with_app(bo)
    client = as_role("facilitator")
    client.get(reverse("second"))
    fresh = second.started(bo)
    client.post(reverse("second"), {"code": code_of(fresh)})
    fresh.refresh_from_db()
    assert not fresh.confirmed
    before = second.codes_left(bo)
    client.post(reverse("new_codes"), {"password": "wrong words"})
    assert second.codes_left(bo) == before
    client.post(reverse("new_codes"), {"password": PASSWORD})
    assert second.codes_left(bo) == second.CODES
    client.post(reverse("second"), {"code": code_of(fresh), "present": PASSWORD})
    fresh.refresh_from_db()
    assert fresh.confirmed


@pytest.mark.parametrize("onward", [
    "//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example",
    "javascript:alert(1)", "http:///elsewhere.example", "\t//elsewhere.example", "https:elsewhere",
])  # fmt: skip
def test_nobody_is_led_to_another_place(people, onward):
    client = Client()
    answer = client.post(reverse("language"), {"language": "en", "next": onward})
    assert answer["Location"] == "/"
    sent = {"username": "alice", "password": PASSWORD, "next": onward}
    assert client.post(reverse("sign_in"), sent)["Location"] == reverse("home")
    assert client.get(reverse("sign_in"), {"next": onward})["Location"] == reverse("home")


def test_the_key_of_the_first_page_is_long_and_gone_after_use(db):
    from vendepunkt.web.people.views.signing import first_key

    address = reverse("first", args=[first_key()])
    assert len(first_key()) == 32
    assert Client().get(reverse("first", args=["0" * 32])).status_code == 404
    assert Client().get(reverse("first", args=["é" * 32])).status_code == 404
    assert Client().get(address).status_code == 200
    new = "ten green bottles on it"
    sent = {"username": "eva", "first_name": "Eva", "new_password1": new, "new_password2": new}
    assert Client().post(address, sent).status_code == 302
    assert Client().post(address, sent | {"username": "mallory"}).status_code == 404
    Person.objects.update(is_active=False)
    assert Client().get(address).status_code == 404


# --- one meeting's keys in the forms of another -------------------------------------------------

EVERYTHING = (
    Meeting, Group, Idea, Note, Opening, PaperBallot, Batch, Placement, Theme, Token,
)  # fmt: skip


def rows_of(meeting: Meeting) -> list:
    """Give every row of a meeting, in plain values."""
    paths = {
        Meeting: "pk", Group: "panel__meeting", Idea: "panel__meeting", Theme: "meeting",
        Note: "group__panel__meeting", Opening: "panel__meeting", Batch: "panel__meeting",
        PaperBallot: "batch__panel__meeting", Placement: "idea__panel__meeting",
        Token: "panel__meeting",
    }  # fmt: skip
    return [
        sorted(map(repr, one.objects.filter(**{paths[one]: meeting.pk}).values()))
        for one in EVERYTHING
    ]


@pytest.fixture
def two(people):
    """Give a meeting that somebody leads, and another full of things."""
    here, there = a_table(), a_table()
    group = Group.objects.create(panel=there.panel, name="Bord 9")
    theme = there.themes().first()
    Note.objects.create(group=group, phase=there.phase, text="Et notat", by=people["owner"])
    Placement.objects.create(idea=there.ideas().first(), theme=theme, by=people["owner"])
    vote = open_vote(there.panel, vote_of(there.panel.meeting))
    question = open_question(there.panel, question_of(there.panel.meeting))
    batch = typing_in.new_batch(vote, people["owner"], helper=False)
    typing_in.new_batch(question, people["owner"], helper=False)
    typing_in.add_ballot(batch, "1", 1)
    Token.objects.create(key="ABCD2345", panel=there.panel)
    close(question)
    return here, there


def test_keys_of_another_meeting_change_nothing_there(two, as_role):
    here, there = two
    owner = as_role("owner")
    owner.raise_request_exception = False
    idea, other = there.ideas()[:2]
    theme, second_theme = there.themes()[:2]
    mine = here.ideas().first()
    note = Note.objects.get(group__panel=there.panel)
    group = Group.objects.get(panel=there.panel)
    seen = [f"{one.pk}|{there.card(one).stamp}" for one in (idea, other)]
    own = f"{mine.pk}|{here.card(mine).stamp}"
    theme_seen = f"theme:{theme.pk}@{theme.version}"
    before = rows_of(there.panel.meeting)
    room = [here.panel.meeting.slug, here.panel.key]
    table = reverse("group_do", args=[*room, here.phase.key])
    words = {"title_da": "Ny", "reason": "x", "words": "a", "why": "x", "by": "x"}
    for command in (
        f"place:{theme.pk}", "unplace", "fold", f"unfold:{idea.pk}", "new", "describe", "split",
        "merge", "away", f"order:{theme.pk}:up:0", "carry", "ballot:off", "cite", "show", "hold",
        "remove", "personal", "redact:all", "redact-theme", f"one:{seen[0]}:{theme.pk}",
        f"pair:{seen[0]}:{seen[1]}", f"book:{seen[0]}:x",
    ):  # fmt: skip
        sent = words | {"command": command, "idea": seen, "seen": theme_seen}
        sent |= {"into": str(second_theme.pk), "source": [str(idea.pk), str(note.pk)]}
        answer = owner.post(table, sent)
        assert answer.status_code in {302, 400, 404, 409}, command
        assert rows_of(there.panel.meeting) == before, command
    # Ideas of one's own under a theme of the other.
    owner.post(table, {"command": f"place:{theme.pk}", "idea": own})
    noted = reverse("note_do", args=room)
    for command in ("change", "remove", "redact:all"):
        sent = words | {"command": command, "seen": f"note:{note.pk}@1", "text": "Ny"}
        assert owner.post(noted, sent | {"phase": here.phase.key}).status_code == 404
    owner.post(noted, {"command": "write", "group": group.pk, "phase": here.phase.key, "text": "x"})
    owner.post(reverse("lead_do", args=room), {"command": "retire", "code": "ABCD2345"})
    number = Change.objects.order_by("-number").values_list("number", flat=True).first()
    owner.post(reverse("undo", args=room), {"number": number, "with": "later"})
    assert rows_of(there.panel.meeting) == before


def test_piles_and_plans_of_another_meeting_are_not_there(two, as_role):
    here, there = two
    owner = as_role("owner")
    room = [here.panel.meeting.slug, here.panel.key]
    slug = here.panel.meeting.slug
    before = rows_of(there.panel.meeting)
    opening = Opening.objects.filter(panel=there.panel).first()
    batch = Batch.objects.get(panel=there.panel, kind="ballots")
    assert owner.post(reverse("begin_pile", args=room), {"opening": opening.pk}).status_code == 404
    for name, more in (("pile", ()), ("second_reading", ()), ("count_pile", ()), ("mend", (1,))):
        address = reverse(name, args=[*room, batch.pk, *more])
        sent = {"number": 1, "marks": "2"}
        assert owner.post(address, sent).status_code == 404, name
    phase, group = there.phase, Group.objects.get(panel=there.panel)
    for kind, pk in (
        ("panel", there.panel.pk), ("phase", phase.pk), ("group", group.pk),
        ("question", question_of(there.panel.meeting).pk),
    ):  # fmt: skip
        for name in ("edit", "remove"):
            address = reverse(name, args=[slug, kind, pk])
            assert owner.post(address, {"name": "x", "title_da": "x"}).status_code == 404
    for kind, parent in (("question", phase.pk), ("group", there.panel.pk)):
        address = reverse("add_to", args=[slug, kind, parent])
        sent = {"name": "x", "text_da": "x", "kind": "free"}
        assert owner.post(address, sent).status_code == 404
    idea = there.ideas().first()
    owner.post(reverse("release", args=[slug]), {"released": [str(idea.pk)]})
    assert rows_of(there.panel.meeting) == before


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 20, "٣", "-1", "1e3", "\x00", " 7"])
def test_odd_numbers_and_keys_in_forms_do_not_make_the_server_fail(as_role, people, number):
    board = a_table()
    owner = as_role("owner")
    owner.raise_request_exception = False
    slug, key = board.panel.meeting.slug, board.panel.key
    room = [slug, key]
    batch = typing_in.new_batch(
        open_vote(board.panel, vote_of(board.panel.meeting)), people["owner"], helper=False
    )
    answers = [
        owner.post(reverse("begin_pile", args=room), {"opening": number}),
        owner.post(reverse("lead_do", args=room), {"command": f"go:{number}", "at": "0"}),
        owner.post(reverse("lead_do", args=room), {"command": "present", "present": number}),
        owner.post(reverse("note_do", args=room), {"command": "write", "group": number}),
        owner.post(reverse("note_do", args=room), {"command": number, "seen": number}),
        owner.post(reverse("undo", args=room), {"number": number}),
        owner.post(reverse("group_do", args=[*room, board.phase.key]), {"command": number}),
        owner.post(
            reverse("group_do", args=[*room, board.phase.key]),
            {"command": f"order:{board.themes().first().pk}:up:{number}"},
        ),
        owner.post(reverse("pile", args=[*room, batch.pk]), {"number": number, "marks": number}),
        owner.get(reverse("sheet", args=[slug, "slips"]), {"phase": number, "copies": number}),
        owner.get(reverse("sheet", args=[slug, "poster"]), {"panel": number}),
        owner.get(
            reverse("sheet", args=[slug, "slips"]),
            {"phase": board.phase.key, "question": number, "copies": "1"},
        ),
        owner.get(reverse("export", args=[slug, "ballots"]), {"panel": number, "phase": number}),
        owner.get(reverse("log"), {"page": number, "who": number, "about": number}),
        owner.post(reverse("make_codes", args=room), {f"{key}-count": number}),
        owner.post(reverse("release", args=[slug]), {"released": number}),
        owner.post(reverse("delete", args=[slug]), {"typed": number}),
        owner.post(reverse("sign_in"), {"username": number, "password": number}),
        Client(raise_request_exception=False).post(
            reverse("sign_in"), {"username": number, "password": number}
        ),
        Client(raise_request_exception=False).post("/", {"code": number, "panel": number}),
    ]
    assert [n for n, one in enumerate(answers) if one.status_code >= 500] == []
