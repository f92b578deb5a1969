"""What came in is read: shown, held back, taken away with a reason, words erased for good."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.web.raw import files_of_the_database
from tests.web.tables import TEXTS, a_table, bo, carla, idea, seen, theme

from vendepunkt.convene import Words
from vendepunkt.terms import RefusedError
from vendepunkt.web.people.models import Blob
from vendepunkt.web.record import history, verify
from vendepunkt.web.room import grouping, moderation, notes
from vendepunkt.web.room.edits import ConflictError, thing
from vendepunkt.web.room.models import Group, Idea, Note
from vendepunkt.web.room.moderation import STRUCK

pytestmark = pytest.mark.django_db


@pytest.fixture
def board():
    return a_table()


def test_what_is_held_back_waits_until_it_was_read(board) -> None:
    Idea.objects.filter(pk=idea(board, 0).pk).update(state="held")
    assert moderation.waiting(board.panel) == 1
    assert str(idea(board, 0).pk) not in board.cards
    moderation.show(board, bo(), seen(board, 0))
    assert moderation.waiting(board.panel) == 0
    assert idea(board, 0).state == "shown"


def test_taking_away_needs_a_reason_which_is_kept(board) -> None:
    with pytest.raises(RefusedError) as caught:
        moderation.remove(board, bo(), seen(board, 0), "  ")
    assert caught.value.code == "reason_needed"
    moderation.remove(board, bo(), seen(board, 0), "hån mod  andre")
    assert (idea(board, 0).state, idea(board, 0).reason) == ("removed", "hån mod andre")


def test_a_personal_case_is_marked_and_the_advice_says_what_the_panel_does_not_do(board) -> None:
    moderation.personal_case(board, bo(), seen(board, 1))
    assert idea(board, 1).state == "personal_case"
    assert "individual cases" in str(moderation.advice()) or "enkeltsager" in str(
        moderation.advice()
    )


def test_the_second_of_two_who_moderate_is_told(board) -> None:
    saw = seen(board, 0)
    moderation.remove(board, bo(), saw, "et navn")
    with pytest.raises(ConflictError):
        moderation.personal_case(board, carla(), saw)
    assert moderation.remove(board, carla(), saw, "et navn") is None


def test_a_name_is_struck_out_wherever_it_stands_and_is_nowhere_left(board) -> None:
    row = idea(board, 0)
    text = "Hans Hansen lyttede ikke, sagde HANS HANSEN"
    Idea.objects.filter(pk=row.pk).update(text=text)
    stamp = board.card(row).stamp
    moderation.hold(board, bo(), [(str(row.pk), stamp)])
    (saw,) = [board.card(idea_now).stamp for idea_now in board.ideas().filter(pk=row.pk)]
    moderation.redact(board, bo(), str(row.pk), saw, "navn på en person", "Hans Hansen")
    row.refresh_from_db()
    assert row.text == f"{STRUCK} lyttede ikke, sagde {STRUCK}"
    assert (row.reason, row.redacted) == ("navn på en person", False)
    assert not Blob.objects.filter(text__icontains="hansen").exists()
    assert history(thing(row)).filter(what="idea.redacted").count() == 1
    assert verify() == ()


def test_all_words_go_where_none_are_named(board) -> None:
    row = idea(board, 0)
    moderation.redact(board, bo(), *seen(board, 0)[0], "en sag")
    row.refresh_from_db()
    assert (row.text, row.redacted, row.reason) == ("", True, "en sag")


@pytest.mark.parametrize(
    ("words", "reason", "code"),
    [
        ("Grete", "navn", "words_not_there"),
        ("alene", "sagde alene", "reason_tells"),
        (" ", "navn", "words_needed"),
    ],
)
def test_words_that_are_not_there_or_stand_in_the_reason_are_refused(
    board, words, reason, code
) -> None:
    row = idea(board, 0)
    with pytest.raises(RefusedError) as caught:
        moderation.redact(board, bo(), *seen(board, 0)[0], reason, words)
    assert caught.value.code == code
    row.refresh_from_db()
    assert row.text == TEXTS[0]


def test_an_idea_that_was_moved_meanwhile_is_not_struck_blindly(board) -> None:
    (saw,) = seen(board, 0)
    grouping.place(board, carla(), [saw], str(theme(board, "Tillid").pk))
    with pytest.raises(ConflictError):
        moderation.redact(board, bo(), *saw, "navn")


def test_a_note_is_erased_also_in_how_it_was_written(board) -> None:
    group = Group.objects.create(panel=board.panel, name="Bord 1")
    note = notes.write(group, bo(), board.phase, "Hans Hansen mistede sit arbejde")
    notes.change(note, bo(), 2, board.phase, "Hans Hansen mistede alt")
    note.refresh_from_db()
    moderation.redact_note(note, bo(), note.version, "et navn", "hans hansen")
    assert Note.objects.get().text == f"{STRUCK} mistede alt"
    assert not Blob.objects.filter(text__icontains="hansen").exists()
    assert verify() == ()


def test_a_theme_is_erased_also_in_its_history(board) -> None:
    one = theme(board, "Tillid")
    grouping.describe(board, bo(), str(one.pk), 1, Words(da="Tillid"), Words(da="Grete sagde det"))
    moderation.redact_theme(board, bo(), str(one.pk), "et navn", "Grete")
    one.refresh_from_db()
    assert one.description_da == f"{STRUCK} sagde det"
    assert not Blob.objects.filter(text__icontains="grete").exists()


@pytest.mark.django_db(transaction=True)
def test_erased_words_are_not_left_in_the_files_of_the_database() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("looks into the files of SQLite")
    board = a_table(("Grethe Ulvesang svigtede mig", *TEXTS))

    def bytes_there() -> bytes:
        return b"".join(files_of_the_database().values())

    assert b"Ulvesang" in bytes_there()
    row = board.ideas().get(text__startswith="Grethe")
    stamp = board.card(row).stamp
    moderation.redact(board, bo(), str(row.pk), stamp, "et navn", "Grethe Ulvesang")
    assert b"Ulvesang" not in bytes_there()
