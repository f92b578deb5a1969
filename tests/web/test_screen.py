"""The projector: what it shows when, that it needs no account, and that it tells nothing early."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.web.panels import stand_at, vote_of
from tests.web.tables import TEXTS, a_table, bo, seen, theme

from vendepunkt.convene import Words
from vendepunkt.web.room import clock, grouping, steps
from vendepunkt.web.room.models import Batch, CastBallot, Idea, Opening, PaperBallot
from vendepunkt.web.room.openings import open_vote
from vendepunkt.web.room.screen.shown import BARS, pages_of, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def board():
    return a_table(language="en")


@pytest.fixture
def panel(board):
    return board.panel


def page(panel) -> str:
    answer = Client().get(reverse("screen", args=[panel.screen_key]))
    assert answer.status_code == 200
    return answer.content.decode()


def vote(panel, ballots, *, state="erased") -> Opening:
    """Lay a closed vote with ballots, which are numbers of themes."""
    opening = open_vote(panel, vote_of(panel.meeting))
    Opening.objects.filter(pk=opening.pk).update(state=state)
    for at, marks in enumerate(ballots):
        CastBallot.objects.create(
            key=f"{at:032x}", opening=opening, marks={opening.themes[n]: 1 for n in marks}
        )
    return opening


def test_it_needs_the_key_and_nothing_else(panel) -> None:
    client = Client()
    assert client.get(reverse("screen", args=[panel.screen_key])).status_code == 200
    assert client.get(reverse("screen", args=["guessed"])).status_code == 404
    assert client.get(reverse("screen", args=["x" * 500])).status_code == 404
    assert not client.cookies


def test_it_begins_with_how_to_come_in(panel) -> None:
    shown_now = page(panel)
    assert panel.code in shown_now
    picture = Client().get(reverse("screen_picture", args=[panel.screen_key]))
    assert picture["Content-Type"] == "image/svg+xml"
    assert b"<svg" in picture.content[:200]


def test_where_a_code_is_handed_to_each_none_is_shown_for_all() -> None:
    panel = a_table(language="en", admission="single").panel
    assert "the code on your slip" in page(panel)


def test_it_speaks_the_language_of_the_meeting_not_of_the_browser() -> None:
    panel = a_table(language="da").panel
    client = Client(headers={"Accept-Language": "en"})
    assert 'lang="da"' in client.get(reverse("screen", args=[panel.screen_key])).content.decode()


def test_ideas_are_hidden_until_they_are_revealed(panel) -> None:
    stand_at(panel, "ideas")
    assert "What pushes young people out?" in page(panel)
    assert not any(text in page(panel) for text in TEXTS)
    steps.reveal(panel, bo(), shown=True)
    assert all(text in page(panel) for text in TEXTS)


@pytest.mark.parametrize("state", ["held", "removed", "personal_case"])
def test_what_is_not_to_be_shown_is_not_shown(panel, state) -> None:
    Idea.objects.filter(text=TEXTS[0]).update(state=state)
    stand_at(panel, "ideas", revealed=True)
    assert TEXTS[0] not in page(panel)


def test_many_ideas_are_turned_page_by_page_and_each_is_on_one(panel) -> None:
    texts = [f"Idé nummer {n} " + "om noget " * (n % 7) for n in range(40)]
    Idea.objects.all().delete()
    question = panel.meeting.phases.get().questions.get()
    for text in texts:
        Idea.objects.create(panel=panel, question=question, text=text.strip())
    stand_at(panel, "ideas", revealed=True)
    found = []
    for at in range(pages_of(panel)):
        panel.page = at
        ideas = [text for text, _n in shown(panel).ideas]
        assert sum(map(len, ideas)) <= 330 or len(ideas) == 1
        found += ideas
    assert sorted(found) == sorted(text.strip() for text in texts)
    panel.page = 999
    assert shown(panel).page == pages_of(panel) - 1


def test_folded_ideas_show_how_many_they_are(board) -> None:
    grouping.fold(board, bo(), seen(board, 1, 4))
    stand_at(board.panel, "ideas", revealed=True)
    assert "× 2" in page(board.panel)


def test_themes_are_shown_while_grouping_once_revealed(board) -> None:
    grouping.place(board, bo(), seen(board, 0), str(theme(board, "Tillid").pk))
    stand_at(board.panel, "grouping")
    assert "Trust" not in page(board.panel)
    stand_at(board.panel, "grouping", revealed=True)
    assert re.search(r"Trust</span> <span class=\"n\">1 idea<", page(board.panel))


def test_while_people_vote_the_themes_stand_and_no_number(panel) -> None:
    stand_at(panel, "vote")
    vote(panel, [(0, 1)] * 6, state="open")
    assert "Loneliness" in page(panel)
    assert "Choose up to 3 themes" in page(panel)
    assert 'class="votes"' not in page(panel)


def test_the_result_waits_for_the_facilitator(panel) -> None:
    vote(panel, [(0,)] * 6)
    stand_at(panel, "result")
    assert "Loneliness" not in page(panel)
    stand_at(panel, "result", revealed=True)
    assert "Loneliness" in page(panel)


def test_the_result_has_counts_the_cut_and_who_was_there(panel) -> None:
    panel.present = 9
    panel.save()
    vote(panel, [(0, 1, 2)] * 5 + [(0, 1, 3)] * 2 + [()])
    stand_at(panel, "result", revealed=True)
    now = page(panel)
    assert re.findall(r'class="votes">(\d+)', now) == ["7", "7", "5", "2"]
    assert re.findall(r'<li class="(\w+)"><span class="place">(\d)', now) == [
        ("chosen", "1"),
        ("chosen", "1"),
        ("chosen", "3"),
        ("under", "4"),
    ]
    assert "8 people voted, 1 of them blank; 9 were present" in now
    assert "3 votes short" in now


def test_ties_at_the_cut_are_said(panel) -> None:
    vote(panel, [(0, 1, 2)] * 3 + [(0, 1, 3)] * 3)
    stand_at(panel, "result", revealed=True)
    now = page(panel)
    assert now.count("Tied for the last place") == 2
    assert "No lot was drawn" in now


def test_few_votes_show_neither_numbers_nor_order_nor_what_was_chosen(panel) -> None:
    vote(panel, [(3,), (3,), (2,), (1,)])
    stand_at(panel, "result", revealed=True)
    now = page(panel)
    assert "Few people voted" in now
    for word in ('class="votes"', "Chosen", "Tied", "Loneliness", "Trust"):
        assert word not in now


def test_paper_counts_once_its_pile_is_counted(panel) -> None:
    opening = vote(panel, [(0,)] * 5)
    stand_at(panel, "result", revealed=True)
    batch = Batch.objects.create(panel=panel, opening=opening, kind="ballots")
    PaperBallot.objects.create(batch=batch, number=1, marks={opening.themes[0]: 1})
    PaperBallot.objects.create(batch=batch, number=2, marks={}, spoilt="ulæselig")
    assert shown(panel).voters == 5
    Batch.objects.update(counted=True)
    assert (shown(panel).voters, shown(panel).bars[0].votes) == (6, 6)


def test_long_lists_are_turned_too(board) -> None:
    panel = board.panel
    for n in range(BARS):
        grouping.new_theme(board, bo(), Words(en=f"Theme {n}"))
    vote(panel, [(0,)] * 6)
    stand_at(panel, "result", revealed=True)
    assert (len(shown(panel).bars), shown(panel).pages) == (BARS, 2)


def test_its_version_changes_when_there_is_something_new_and_only_then(board) -> None:
    client, panel = Client(), board.panel
    address = reverse("screen_version", args=[panel.screen_key])
    stand_at(panel, "ideas", revealed=True)
    first = client.get(address)
    held = {"If-None-Match": first["ETag"]}
    assert client.get(address, headers=held).status_code == 304
    # An idea that arrives moves nothing on the screen.
    Idea.objects.create(panel=panel, question=panel.meeting.phases.get().questions.get(), text="Ny")
    assert client.get(address, headers=held).status_code == 304
    steps.reveal(panel, bo(), shown=True, page=1)
    assert client.get(address, headers=held).status_code == 200


def test_the_time_is_shown_and_announced_politely(panel) -> None:
    stand_at(panel, "ideas")
    clock.start(panel, 4, bo())
    now = page(panel)
    assert 'data-time="4 minutes left."' in now
    # Said in a place that stays when the rest is shown anew.
    assert '<p class="unseen" role="status" id="spoken"></p>' in now
    panel.ends_at = timezone.now() - dt.timedelta(minutes=1)
    panel.save()
    assert "Nothing closes by itself." in page(panel)


def test_without_javascript_the_browser_asks_again_by_itself(panel) -> None:
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in page(panel)
