"""Backups: one moment while votes come in, restored elsewhere, and without what was erased."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.web.panels import panel_of, phones, question_of, small_meeting, theme_ids, vote_of

from vendepunkt.terms.errors import DataError, RefusedError, VendepunktError
from vendepunkt.web import backups
from vendepunkt.web.people.models import Backup, Blob, Change, Person
from vendepunkt.web.record import erase, record
from vendepunkt.web.room.admission import admit
from vendepunkt.web.room.erasing import erase_traces
from vendepunkt.web.room.models import Idea, OpenBallot, Opening, Token
from vendepunkt.web.room.openings import close, open_question, open_vote
from vendepunkt.web.room.secrets import ballot_key
from vendepunkt.web.room.sending import cast, send_idea

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def refused(kind: type[VendepunktError], code: str) -> Iterator[None]:
    """Expect an error of a kind, with its code."""
    with pytest.raises(kind) as told:
        yield
    assert told.value.code == code


def tables_in(path: Path) -> dict[str, dict[Any, dict[str, Any]]]:
    """Give table → key → fields of a backup."""
    with zipfile.ZipFile(path) as zipped:
        names = [name for name in zipped.namelist() if name.endswith(".jsonl")]
        lines = {name: map(json.loads, zipped.read(name).splitlines()) for name in names}
        return {
            name.removesuffix(".jsonl"): {row["pk"]: row["fields"] for row in rows}
            for name, rows in lines.items()
        }


def voting(n: int = 6):
    """Open a vote and an idea question, and let some phones send what they have."""
    meeting = small_meeting()
    panel = panel_of(meeting)
    question, vote = open_question(panel, question_of(meeting)), open_vote(panel, vote_of(meeting))
    themes = theme_ids(meeting)
    for at, phone in enumerate(phones(n)):
        token = admit(panel, None, phone.secret)
        send_idea(question, token, phone.secret, 0, f"idé nummer {at} æøå \N{SNOWMAN}")
        cast(vote, token, phone.secret, {themes[at % 4]: 1} if at else {})
    return meeting, question, vote


def elsewhere(folder: Path, *words: str, url: str = "") -> dict[str, Any]:
    """Run the command in a folder of its own, on SQLite or on the database at `url`."""
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {"DATABASE_URL": url} if url else {}
    environment.pop("VENDEPUNKT_WEB_HOME", None)
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "vendepunkt", "web", "--study", str(folder), *words, "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_what_was_there_is_there_after_a_restore_elsewhere(tmp_path, database, request, people):
    voting()
    record(people["owner"], "theme.renamed", "theme:1", {"title": "A"}, {"title": "Å"})
    file = tmp_path / "a.zip"
    backups.backup(file)
    url = request.getfixturevalue("postgresql") if database == "postgresql" else ""
    there = tmp_path / "there"
    restored = elsewhere(there, "restore", str(file), url=url)
    assert restored["rows"]["room.openballot"] == 6
    elsewhere(there, "backup", str(tmp_path / "b.zip"), url=url)
    first, second = tables_in(file), tables_in(tmp_path / "b.zip")
    # The one thing that is new is the entry that says that it was restored.
    added = set(second["people.change"]) - set(first["people.change"])
    assert [second["people.change"].pop(key)["what"] for key in added] == ["backup.restored"]
    assert second == first
    if database == "sqlite":
        assert all(one["fine"] for one in elsewhere(there, "doctor")["checks"])
    else:
        # Tables that number their rows go on after the highest number.
        made = elsewhere(there, "user", "somebody", "--role", "reader", url=url)
        assert made["made"] is True


def test_all_that_was_acknowledged_before_a_backup_is_in_it_while_votes_come_in(tmp_path):
    meeting = small_meeting()
    panel = panel_of(meeting)
    vote, themes = open_vote(panel, vote_of(meeting)), theme_ids(meeting)
    acknowledged: list[tuple[str, dict[str, int]]] = []
    going, stop = threading.Event(), threading.Event()
    failures: list[BaseException] = []

    def work(at: int) -> None:
        try:
            for number, phone in enumerate(phones(400)):
                token = admit(panel, None, phone.secret)
                marks = {themes[(at + number) % 4]: 1}
                cast(vote, token, phone.secret, marks)
                acknowledged.append((ballot_key(phone.secret, vote.pk), marks))
                if len(acknowledged) > 20:
                    going.set()
                if stop.is_set():
                    break
        except BaseException as error:  # noqa: BLE001  # told to the test below
            failures.append(error)
        finally:
            going.set()
            connection.close()

    workers = [threading.Thread(target=work, args=(at,)) for at in range(4)]
    for worker in workers:
        worker.start()
    going.wait(timeout=60)
    before = list(acknowledged)
    backups.backup(tmp_path / "a.zip")
    stop.set()
    for worker in workers:
        worker.join(timeout=60)
    assert failures == []
    held = tables_in(tmp_path / "a.zip")["room.openballot"]
    assert before
    assert [marks for key, marks in before if held[key]["marks"] != marks] == []
    # It is one moment: no ballot without the token that it was cast with.
    assert len(held) <= len(tables_in(tmp_path / "a.zip")["room.token"])


def test_nobody_waits_for_a_backup_and_it_stays_at_its_moment():
    written = threading.Event()
    failures: list[BaseException] = []

    def write() -> None:
        try:
            record(None, "x.made", "x:1")
        except BaseException as error:  # noqa: BLE001  # told to the test below
            failures.append(error)
        finally:
            written.set()
            connection.close()

    connection.close()
    with backups._moment():
        before = Person.objects.count(), Change.objects.count()
        writer = threading.Thread(target=write)
        writer.start()
        assert written.wait(timeout=15)
        assert (Person.objects.count(), Change.objects.count()) == before
    writer.join(timeout=15)
    assert failures == []
    assert Change.objects.count() == before[1] + 1


def test_closing_takes_the_phones_out_of_a_backup_and_leaves_what_was_voted(tmp_path):
    _meeting, question, vote = voting()
    file = tmp_path / "a.zip"
    made = backups.backup(file)
    before = tables_in(file)
    assert made.open == sorted([question.pk, vote.pk])
    assert all(one["holder"] for one in before["room.token"].values())
    close(vote)
    close(question)
    after = tables_in(file)
    assert after["room.openballot"] == after["room.ideaclaim"] == {}
    assert {one["holder"] for one in after["room.token"].values()} == {""}
    cast_before = Counter(json.dumps(one["marks"]) for one in before["room.openballot"].values())
    cast_after = Counter(json.dumps(one["marks"]) for one in after["room.castballot"].values())
    assert cast_after == cast_before
    assert not set(after["room.castballot"]) & set(before["room.openballot"])
    assert after["room.opening"][vote.pk]["state"] == "erased"
    assert after["room.opening"][vote.pk]["totals"] == {"voted": 6, "blank": 1}
    texts = [sorted(one["text"] for one in t["room.idea"].values()) for t in (before, after)]
    assert texts[0] == texts[1]
    kept = file.read_bytes()
    assert not any(key.encode() in kept for key in before["room.openballot"])
    assert backups.with_traces() == []
    with zipfile.ZipFile(file) as zipped:
        assert json.loads(zipped.read(backups.MANIFEST))["open"] == []
    restored = elsewhere(tmp_path / "there", "restore", str(file))
    assert restored["rows"]["room.castballot"] == 6


def test_closing_one_question_leaves_the_phones_of_what_is_still_open(tmp_path):
    _meeting, question, vote = voting()
    backups.backup(tmp_path / "a.zip")
    close(question)
    after = tables_in(tmp_path / "a.zip")
    assert after["room.ideaclaim"] == {}
    assert len(after["room.openballot"]) == 6
    assert all(one["holder"] for one in after["room.token"].values())
    assert Backup.objects.get().traces == [vote.pk]


def test_words_that_were_erased_leave_the_backups_too(tmp_path):
    meeting, *_ = voting()
    idea = Idea.objects.filter(panel__meeting=meeting).order_by("pk").first()
    record(None, "theme.renamed", "theme:1", after={"title": "Jens Hansen"})
    backups.backup(tmp_path / "a.zip")
    Idea.objects.filter(pk=idea.pk).update(text="", redacted=True)
    erase("theme:1")
    erase_traces(always=True)
    after = tables_in(tmp_path / "a.zip")
    assert after["room.idea"][str(idea.pk)]["text"] == ""
    assert [one["text"] for one in after["people.blob"].values() if one["about"] == "theme:1"] == [
        ""
    ]
    assert Blob.objects.filter(text="").count() == 1


def test_a_meeting_that_was_deleted_leaves_the_backups_too(tmp_path):
    meeting, *_ = voting()
    other, *_ = voting()
    backups.backup(tmp_path / "a.zip")
    key = meeting.pk
    meeting.delete()
    assert backups.sweep() == 1
    after = tables_in(tmp_path / "a.zip")
    assert set(after["room.meeting"]) == {other.pk}
    assert len(after["room.idea"]) == 6
    assert key not in {one["meeting"] for one in after["room.panel"].values()}
    assert backups.sweep() == 0


def test_a_backup_that_was_moved_away_is_known_no_more(tmp_path):
    file = tmp_path / "a.zip"
    backups.backup(file)
    file.rename(tmp_path / "b.zip")
    assert backups.sweep() == 0
    assert not Backup.objects.exists()


def test_a_backup_is_for_its_owner_only_and_overwrites_nothing(tmp_path):
    file = tmp_path / "a.zip"
    backups.backup(file)
    assert file.stat().st_mode & 0o077 == 0
    with refused(DataError, "file_exists"):
        backups.backup(file)
    with refused(DataError, "unwritable_file"):
        backups.backup(tmp_path / "no" / "such" / "a.zip")
    assert Backup.objects.count() == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_what_is_no_backup_or_was_changed_is_refused(tmp_path):
    file = tmp_path / "a.zip"
    backups.backup(file)
    (tmp_path / "text.zip").write_text("no zip", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as zipped:
        zipped.writestr("x", "y")
    for name in ("text.zip", "other.zip"):
        with refused(DataError, "not_a_backup"):
            backups.restore(tmp_path / name)
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(tmp_path / "b.zip", "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, text + b"\n" if name == "room.meeting.jsonl" else text)
    with refused(DataError, "damaged_backup"):
        backups.restore(tmp_path / "b.zip")
    Person.objects.create(username="a")
    with refused(RefusedError, "not_empty"):
        backups.restore(file)


def test_a_backup_of_a_newer_program_is_refused(tmp_path):
    file = tmp_path / "a.zip"
    backups.backup(file)
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(tmp_path / "b.zip", "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == backups.MANIFEST:
                text = text.replace(b'"0001_initial"', b'"9999_later"')
            new.writestr(name, text)
    with refused(DataError, "newer_backup"):
        backups.restore(tmp_path / "b.zip")
    assert not Opening.objects.exists()
    assert not OpenBallot.objects.exists()
    assert not Token.objects.exists()
