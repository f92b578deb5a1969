"""The record: in the transaction of the change, whole under many at once, and erasable."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import uuid

import pytest
from django.db import connection, transaction

from vendepunkt.web.people.models import Blob, Change
from vendepunkt.web.record import changing, erase, head, history, record, verify


def test_a_change_says_what_stood_before_and_after(people):
    change = record(people["owner"], "theme.renamed", "theme:1", {"title": "A"}, {"title": "Å\0"})
    again = Change.objects.get(pk=change.pk)
    assert (again.before(), again.after()) == ({"title": "A"}, {"title": "Å\0"})
    assert again.who == people["owner"]
    assert verify() == ()


def test_values_of_the_database_can_be_recorded(db):
    key = uuid.uuid4()
    assert record(None, "idea.placed", "idea:1", after={"theme": key}).after() == {
        "theme": str(key)
    }


def test_what_is_undone_with_its_transaction_leaves_no_entry(db):
    record(None, "a", "x:1")
    with transaction.atomic():
        record(None, "b", "x:1", after={"n": 1})
        transaction.set_rollback(True)
    record(None, "c", "x:1")
    assert [change.what for change in history("x:1")] == ["a", "c"]
    assert verify() == ()
    assert not Blob.objects.exists()


def test_erasing_takes_the_words_and_leaves_the_chain(people):
    first = record(
        people["coder"], "idea.redacted", "idea:1", {"text": "Jens Hansen"}, {"text": ""}
    )
    other = record(None, "idea.placed", "idea:2", after={"theme": "a"})
    assert erase("idea:1", people["owner"]) == 2
    assert (first.before(), first.after()) == (None, None)
    assert other.after() == {"theme": "a"}
    assert not Blob.objects.filter(about="idea:1").exclude(text="").exists()
    assert [change.what for change in history("idea:1")] == ["idea.redacted", "record.erased"]
    assert verify() == ()
    assert erase(["idea:1", "idea:3"]) == 0


def test_tampering_in_the_database_shows(people):
    for number in range(3):
        record(people["owner"], "theme.renamed", "theme:1", after={"n": number})
    seen = head()
    Change.objects.filter(number=2).update(who=people["reader"])
    assert [(fault.number, fault.kind) for fault in verify()] == [(2, "altered")]
    Change.objects.filter(number=2).update(who=people["owner"])
    Change.objects.filter(number=3).delete()
    assert verify() == ()
    assert [(fault.number, fault.kind) for fault in verify(seen)] == [(3, "cut_off")]


@pytest.mark.django_db(transaction=True)
def test_the_chain_stays_whole_when_many_record_at_once():
    threads, each = 8, 10
    start = threading.Barrier(threads)
    failures: list[BaseException] = []

    def work(name: int) -> None:
        try:
            start.wait(timeout=30)
            for number in range(each):
                with changing():
                    record(None, "x.made", f"x:{name}", after={"n": number})
                    record(None, "x.named", f"x:{name}")
        except BaseException as error:  # noqa: BLE001  # told to the test below
            failures.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(name,)) for name in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert failures == []
    assert Change.objects.count() == threads * each * 2
    assert verify() == ()
    # Two entries of one transaction stand beside each other: nobody came between.
    kinds = list(Change.objects.values_list("what", flat=True))
    assert kinds == ["x.made", "x.named"] * threads * each


PROCESS = """
import sys, django
from django.db import connections
django.setup()
connections["default"].settings_dict["NAME"] = sys.argv[1]
from vendepunkt.web.record import changing, record
connections["default"].ensure_connection()
print("ready", flush=True)
sys.stdin.readline()
for number in range(25):
    with changing():
        record(None, "x.made", "x:" + sys.argv[2], after={"n": number})
        record(None, "x.named", "x:" + sys.argv[2])
"""


@pytest.mark.django_db(transaction=True)
def test_the_chain_stays_whole_when_processes_record_at_once():
    database, processes = str(connection.settings_dict["NAME"]), 3
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, database, str(name)],
            env={**os.environ, "VENDEPUNKT_SECRET_KEY": "a key of the tests, long enough"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in range(processes)
    ]
    for one in started:
        assert one.stdout.readline() == "ready\n"
    for one in started:
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in started:
        one.communicate(timeout=60)
    assert [one.returncode for one in started] == [0] * processes
    assert Change.objects.count() == processes * 25 * 2
    assert verify() == ()
