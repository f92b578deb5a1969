"""Opening, and closing so that nothing leads back to a person."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.web.panels import panel_of, question_of, small_meeting, theme_ids, vote_of

from vendepunkt.terms.errors import DataError, RefusedError
from vendepunkt.web.people.models import Change
from vendepunkt.web.room.admission import admit
from vendepunkt.web.room.models import CastBallot, IdeaClaim, OpenBallot, Opening, Theme, Token
from vendepunkt.web.room.openings import close, open_question, open_vote
from vendepunkt.web.room.secrets import new_secret
from vendepunkt.web.room.sending import cast, send_idea
from vendepunkt.web.room.tables import has_row_ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel():
    return panel_of(small_meeting())


def hold_a_vote(panel, ballots) -> Opening:
    """Hold a vote: one phone per ballot; the ballots are numbers of themes."""
    opening = open_vote(panel, vote_of(panel.meeting))
    for ballot in ballots:
        secret = new_secret()
        token = admit(panel, None, secret)
        cast(opening, token, secret, {opening.themes[n]: 1 for n in ballot})
    return opening


def test_opening_what_is_open_gives_the_same_opening(panel) -> None:
    question = question_of(panel.meeting)
    assert open_question(panel, question) == open_question(panel, question)
    assert Opening.objects.count() == 1


def test_a_ballot_lists_what_is_on_it_when_it_opens(panel) -> None:
    ids = theme_ids(panel.meeting)
    Theme.objects.filter(pk=ids[0]).update(on_ballot=False)
    Theme.objects.filter(pk=ids[1]).update(gone=True)
    Theme.objects.filter(pk=ids[2]).update(panel=panel.meeting.panels.get(key="local"))
    assert open_vote(panel, vote_of(panel.meeting)).themes == [ids[3]]


def test_a_vote_on_nothing_is_refused(panel) -> None:
    Theme.objects.update(gone=True)
    with pytest.raises(RefusedError) as caught:
        open_vote(panel, vote_of(panel.meeting))
    assert caught.value.code == "no_themes"


def test_a_vote_that_needs_a_number_of_choices_does_not_open_without(panel) -> None:
    vote = vote_of(panel.meeting)
    vote.choices = None
    with pytest.raises(DataError) as caught:
        open_vote(panel, vote)
    assert caught.value.code == "vote_without_choices"
    assert not Opening.objects.exists()


def test_closing_keeps_every_ballot_and_no_key_of_a_phone(panel) -> None:
    ballots = [(0, 1), (2,), (), (0, 1), (3,)]
    opening = hold_a_vote(panel, ballots)
    keys = set(OpenBallot.objects.values_list("key", flat=True))
    totals = close(opening)
    assert totals == {"present": None, "admitted": 5, "voted": 5, "blank": 1}
    cast_now = CastBallot.objects.filter(opening=opening)
    assert sorted(tuple(sorted(map(opening.themes.index, b.marks))) for b in cast_now) == sorted(
        ballots
    )
    assert not OpenBallot.objects.exists()
    assert not keys & {ballot.key for ballot in cast_now}
    assert set(Token.objects.values_list("holder", flat=True)) == {""}


def test_closing_forgets_which_phone_sent_which_idea(panel) -> None:
    opening = open_question(panel, question_of(panel.meeting))
    secret = new_secret()
    idea = send_idea(opening, admit(panel, None, secret), secret, 0, "Tid")
    assert close(opening)["ideas"] == 1
    assert not IdeaClaim.objects.exists()
    idea.refresh_from_db()
    assert idea.text == "Tid"


def test_closing_twice_is_closing_once(panel) -> None:
    opening = hold_a_vote(panel, [(0,), (1,)])
    assert close(opening) == close(opening)
    assert CastBallot.objects.count() == 2


def test_a_second_round_leaves_the_first_as_it_was(panel) -> None:
    first = hold_a_vote(panel, [(0,), (1,)])
    close(first)
    second = hold_a_vote(panel, [(2,)])
    close(second)
    assert second.round == 2
    assert CastBallot.objects.filter(opening=first).count() == 2
    assert CastBallot.objects.filter(opening=second).count() == 1


def test_the_record_has_totals_and_no_ballot(panel) -> None:
    opening = hold_a_vote(panel, [(0,), (1,)])
    close(opening)
    closed = Change.objects.get(what="opening.closed")
    assert closed.after() == {"present": None, "admitted": 2, "voted": 2, "blank": 0}
    said = "".join(str(change.after()) for change in Change.objects.all())
    assert not any(theme in said for theme in opening.themes)


def test_opening_and_closing_are_new_to_phones(panel) -> None:
    before = panel.version
    opening = hold_a_vote(panel, [(0,)])
    panel.refresh_from_db()
    opened = panel.version
    close(opening)
    panel.refresh_from_db()
    assert before < opened < panel.version


def test_a_vote_on_a_phone_is_no_news_to_others(panel) -> None:
    opening = open_vote(panel, vote_of(panel.meeting))
    panel.refresh_from_db()
    before = panel.version
    secret = new_secret()
    cast(opening, admit(panel, None, secret), secret, {})
    panel.refresh_from_db()
    assert panel.version == before


def test_closed_is_erased_only_when_the_files_are_clean(panel) -> None:
    """Inside a test's transaction nothing can be erased, and nothing says so."""
    opening = hold_a_vote(panel, [(0,)])
    close(opening)
    assert Opening.objects.get(pk=opening.pk).state == Opening.State.CLOSED


def test_the_tables_of_nobodys_rows_have_no_row_ids() -> None:
    """A migration that made SQLite build one anew ends with `without_row_ids`."""
    assert has_row_ids(connection) == []


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_foreign_keys_still_lead_to_the_tables_that_were_laid_anew() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE sql LIKE '%new\\_\\_%' ESCAPE '\\'")
        assert cursor.fetchall() == []
        cursor.execute("PRAGMA foreign_key_check")
        assert cursor.fetchall() == []
