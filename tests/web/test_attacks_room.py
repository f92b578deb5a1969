"""Attacks on the room: forged forms, odd addresses, long texts, single votes in a result."""

from __future__ import annotations

import re
import time

import pytest
from django.test import Client
from django.urls import reverse
from tests.web.panels import panel_of, phones, question_of, small_meeting, stand_at, vote_of

from vendepunkt.terms.errors import DataError
from vendepunkt.web.room import sending
from vendepunkt.web.room.admission import admit
from vendepunkt.web.room.models import Token
from vendepunkt.web.room.openings import close, open_question, open_vote
from vendepunkt.web.room.screen.shown import shown
from vendepunkt.web.room.secrets import Pass, guard
from vendepunkt.web.room.sending import cast, plain_text, send_idea
from vendepunkt.web.room.versions import forget

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel():
    forget()
    return panel_of(small_meeting(language="en"))


def held(panel, *ballots: tuple[int, ...]):
    """Hold a vote in which each marks some themes, and show its result."""
    opening = open_vote(panel, vote_of(panel.meeting))
    for phone, marked in zip(phones(len(ballots)), ballots, strict=True):
        token = admit(panel, None, phone.secret)
        cast(opening, token, phone.secret, {opening.themes[at]: 1 for at in marked})
    close(opening)
    stand_at(panel, "result", revealed=True)
    return opening


def come_in(client: Client, panel):
    """Press the button at the door of a panel."""
    here = reverse("place", args=[panel.code])
    page = client.get(here).content.decode()
    sent = dict(re.findall(r'name="(pass|guard)" value="([^"]*)"', page))
    return client.post(here, sent | {"do": "join"})


def marks_told(page: str) -> set[str]:
    """Give what a page says of themes beside their names."""
    return {word for word in ("Chosen", "Tied for the last place", "vote short") if word in page}


@pytest.mark.parametrize("headers", [
    {"Origin": "null"},
    {"Origin": "https://elsewhere.example"},
    {"Referer": "https://elsewhere.example/x"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
], ids=str)  # fmt: skip
@pytest.mark.parametrize("where", ["place", "door"])
def test_another_site_cannot_bring_a_phone_in_with_a_pass_that_it_knows(panel, headers, where):
    mine = Pass.new()
    client = Client(headers=headers)
    here = reverse("place", args=[panel.code]) if where == "place" else reverse("door")
    sent = {"do": "join", "pass": str(mine)} | ({"code": panel.code} if where == "door" else {})
    answer = client.post(here, sent)
    assert answer.status_code == 403
    assert f"vp-{panel.code}" not in answer.cookies
    assert not Token.objects.filter(key=mine.key).exists()


def test_a_phone_that_says_where_it_comes_from_is_let_in(panel):
    client = Client(headers={"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"})
    answer = come_in(client, panel)
    assert answer.status_code == 303


@pytest.mark.parametrize("address", [
    "/m/%00/", "/m/%00/v", "/m/A%00B/kept", "/m/{code}/%00/", "/screen/%00/", "/screen/%00/v",
    "/screen/%00/qr.svg", "/m/%ED%A0%80/", "/m/%FF/v", "/screen/%FF/",
    "/m/" + "9" * 3000 + "/v", "/m/{code}/?from=" + "9" * 3000, "/m/{code}/?from=%D9%A3",
])  # fmt: skip
def test_no_address_makes_the_server_fail(panel, address):
    client = Client(raise_request_exception=False)
    assert client.get(address.replace("{code}", panel.code)).status_code in {200, 404, 429}


def test_no_text_makes_the_server_count_for_minutes():
    """Composing letters takes the square of the marks on one letter, unless they are few."""
    text = "a" + "\N{COMBINING ACUTE ACCENT}\N{COMBINING GRAVE ACCENT BELOW}" * 100_000
    began = time.process_time()
    kept = plain_text(text)
    # Minutes without the guard; the limit is wide, for slow machines.
    assert time.process_time() - began < 20
    assert len(kept) <= 6


def test_letters_with_the_marks_that_languages_write_are_kept():
    viet, hebrew = "Việt Nam", "בְּרֵאשִׁית"
    assert plain_text(viet) == viet
    assert plain_text(hebrew) == plain_text(plain_text(hebrew))
    assert plain_text("e\N{COMBINING ACUTE ACCENT}") == "é"
    assert (
        plain_text("a" + "\N{COMBINING ACUTE ACCENT}" * 50)
        == "á" + "\N{COMBINING ACUTE ACCENT}" * 4
    )


def test_a_text_far_too_long_is_turned_away_without_being_read(panel, monkeypatch):
    read: list[int] = []
    real = sending.plain_text
    monkeypatch.setattr(sending, "plain_text", lambda text: read.append(len(text)) or real(text))
    opening = open_question(panel, question_of(panel.meeting))
    phone = phones(1)[0]
    token = admit(panel, None, phone.secret)
    with pytest.raises(DataError) as told:
        sending.send_idea(opening, token, phone.secret, 0, "a" * 2_400_000)
    assert told.value.code == "idea_too_long"
    assert sum(read) <= 200_000


@pytest.mark.parametrize("ballots", [[(0, 2)], [(0,), (1,)], [(0,), (0,), (1,), (0,)]], ids=str)
def test_a_result_of_few_says_on_no_page_what_was_chosen(panel, ballots):
    held(panel, *ballots)
    phone, client = phones(1)[0], Client()
    token = admit(panel, None, phone.secret)
    client.cookies[f"vp-{panel.code}"] = str(Pass(token.key, phone.secret))
    on_phone = client.get(reverse("place", args=[panel.code])).content.decode()
    on_screen = client.get(reverse("screen", args=[panel.screen_key])).content.decode()
    assert "Loneliness" in on_phone
    assert marks_told(on_phone) == set()
    assert marks_told(on_screen) == set()
    assert {bar.status for bar in shown(panel).bars} <= {"below"}
    assert 'class="chosen"' not in on_phone


def test_a_page_with_somebodys_own_choices_is_kept_nowhere(panel):
    opening = open_vote(panel, vote_of(panel.meeting))
    stand_at(panel, "vote")
    client = Client()
    here = reverse("place", args=[panel.code])
    pages = [client.get("/"), client.get(here), come_in(client, panel)]
    secret = client.cookies[f"vp-{panel.code}"].value.partition(".")[2]
    form = {"do": "vote", "opening": opening.pk, "theme": opening.themes[:2]}
    pages.append(client.post(here, form | {"guard": guard(secret)}))
    assert pages[-1].status_code == 303
    pages += [client.get(here), client.get(here + "?part=1"), client.get(here + "kept")]
    pages += [client.post(here, form), client.get("/m/NOSUCH/"), client.get(here + "ABCD2345/")]
    assert "Poverty" in pages[4].content.decode()
    for one in pages:
        assert one["Cache-Control"] == "no-store", one.request["PATH_INFO"]
        assert "frame-ancestors 'none'" in one["Content-Security-Policy"]
        assert "unsafe" not in one["Content-Security-Policy"]
        assert one["X-Frame-Options"] == "DENY"
        for cookie in one.cookies.values():
            assert cookie["httponly"]
            assert cookie["samesite"] == "Lax"
        assert secret not in one.get("Location", "")


def test_no_number_that_everybody_may_ask_for_says_when_somebody_wrote_or_voted(panel):
    """Whoever sits in the room and asks each second must not see who pressed a button just now."""
    vote = open_vote(panel, vote_of(panel.meeting))
    question = open_question(panel, question_of(panel.meeting))
    stand_at(panel, "vote", revealed=True)
    asked = [
        reverse("place_version", args=[panel.code]),
        reverse("screen_version", args=[panel.screen_key]),
    ]

    def answers() -> list[bytes]:
        forget()
        return [Client().get(one).content for one in asked]

    before = answers()
    assert all(before)
    phone = phones(1)[0]
    token = admit(panel, None, phone.secret)
    assert answers() == before
    send_idea(question, token, phone.secret, 0, "Tid")
    assert answers() == before
    cast(vote, token, phone.secret, {vote.themes[0]: 1})
    assert answers() == before
    cast(vote, token, phone.secret, {vote.themes[1]: 1})
    assert answers() == before
