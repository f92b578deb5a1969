"""Attacks on what should be gone: words in backups and logs of the database, single ballots."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import zipfile
from pathlib import Path

import pytest
from django.db import connection
from tests.web.panels import panel_of
from tests.web.raw import files_of_the_database
from tests.web.tables import a_table, again, bo

from vendepunkt.convene import Words
from vendepunkt.web import backups
from vendepunkt.web.people.models import Blob
from vendepunkt.web.room import deletion, grouping, moderation, notes
from vendepunkt.web.room.models import Group, Idea

pytestmark = pytest.mark.django_db(transaction=True)

#: A name that nobody else in the tests has.
NAME = "Quirinus Vestergreen"


def in_zip(path: Path) -> str:
    """Give all that a backup says."""
    with zipfile.ZipFile(path) as zipped:
        return "\n".join(zipped.read(name).decode() for name in zipped.namelist())


def in_files() -> bytes:
    """Give every byte of the database's files."""
    return b"".join(files_of_the_database().values())


def named_table():
    """Lay a table on which one idea, one note and one theme hold a name."""
    board = a_table((f"Skoleskift, siger {NAME}", "Ingen at tale med"))
    group = Group.objects.create(panel=board.panel, name="Bord 1")
    note = notes.write(group, bo(), board.phase, f"{NAME} sad ved bordet")
    assert note is not None
    grouping.new_theme(board, bo(), Words(f"Som {NAME}", "Alike"), [])
    return again(board), note


def the_idea(board):
    row = board.ideas().get(text__contains=NAME)
    return str(row.pk), board.card(row).stamp


@pytest.mark.parametrize("words", [NAME, None], ids=["a-name", "all-words"])
def test_words_that_were_struck_out_leave_backups_at_once(tmp_path, words):
    board, note = named_table()
    file = tmp_path / "a.zip"
    backups.backup(file)
    assert in_zip(file).count(NAME) >= 3
    moderation.redact(board, bo(), *the_idea(board), "et navn", words)
    note.refresh_from_db()
    moderation.redact_note(note, bo(), note.version, "et navn", words)
    named = board.themes().get(title_da__contains=NAME)
    moderation.redact_theme(board, bo(), str(named.pk), "et navn", NAME)
    assert NAME not in in_zip(file)
    assert "Ingen at tale med" in in_zip(file), "the others' words stay"


def test_a_meeting_that_is_deleted_leaves_backups_at_once(tmp_path):
    board, _note = named_table()
    file = tmp_path / "a.zip"
    backups.backup(file)
    deletion.delete_meeting(board.panel.meeting, bo())
    assert NAME not in in_zip(file)


def test_a_rehearsal_that_ended_leaves_backups_at_once(tmp_path):
    from vendepunkt.web.room import preparing

    board, _note = named_table()
    file = tmp_path / "a.zip"
    backups.backup(file)
    preparing.end_rehearsal(board.panel.meeting, bo())
    assert NAME not in in_zip(file)


def test_words_are_erased_later_where_somebody_was_reading_just_then(is_postgresql, monkeypatch):
    if is_postgresql:
        pytest.skip("SQLite's log of recent writes")
    from vendepunkt.web.room import erasing

    monkeypatch.setattr(erasing, "PATIENCE", 0.1)
    monkeypatch.setattr(erasing, "PAUSE", 0.0)
    board, _note = named_table()
    text = board.ideas().get(text__contains=NAME).text
    reader = sqlite3.connect(connection.settings_dict["NAME"])
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM room_idea").fetchone()
    moderation.redact(board, bo(), *the_idea(board), "et navn")
    assert text.encode() in in_files(), "the reader holds it back"
    reader.rollback()
    reader.close()
    erasing.request_finished.send(sender=None)
    assert text.encode() not in in_files()


def test_a_name_in_one_reason_for_many_ideas_can_be_erased():
    others = a_table(("Et", "To"))
    both = [(str(one.pk), others.card(one).stamp) for one in others.ideas()]
    moderation.remove(others, bo(), both, f"handler om {NAME}")
    for one in others.ideas():
        fresh = again(others)
        moderation.redact(fresh, bo(), str(one.pk), fresh.card(one).stamp, "et navn")
    assert not Idea.objects.filter(reason__contains=NAME, panel=panel_of(others.panel.meeting))
    kept = Blob.objects.filter(about__startswith=others.place.about, text__contains=NAME)
    assert not kept.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX rights")
def test_nobody_else_on_the_machine_reads_the_database(tmp_path, monkeypatch):
    from vendepunkt.web.serving import make_home

    monkeypatch.delenv("DATABASE_URL", raising=False)
    home = tmp_path / "there-already"
    home.mkdir(mode=0o755)
    before = os.umask(0o022)
    try:
        make_home(home)
        base = sqlite3.connect(home / "room.sqlite3")
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("CREATE TABLE x (y)")
        files = [one for one in home.iterdir() if one.is_file()]
        assert len(files) >= 3
        assert [one.name for one in files if stat.S_IMODE(one.stat().st_mode) & 0o077] == []
        base.close()
    finally:
        os.umask(before)


def test_ideas_that_lie_nowhere_yet_stand_in_no_order_of_arrival(
    as_role, django_assert_max_num_queries
):
    board = a_table(tuple(f"Idé nummer {n}" for n in range(40)))
    address = f"/meetings/{board.panel.meeting.slug}/trail/"
    with django_assert_max_num_queries(60) as seen:
        page = as_role("reader").get(address).content.decode()
    by_key = [one.text for one in Idea.objects.order_by("id")]
    assert sorted(by_key, key=lambda text: page.index(f">{text}<")) == by_key
    asked = [one["sql"] for one in seen.captured_queries if 'FROM "room_idea"' in one["sql"]]
    assert asked
    assert all("ORDER BY" in one for one in asked)
