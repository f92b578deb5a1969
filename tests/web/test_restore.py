"""The room is lost: what was acknowledged before the backup is there in another room.

Votes come in from processes of their own while the command writes the backup. It is restored by
the command too, in another folder or another database, and the vote is closed and counted there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection
from tests.web.panels import panel_of, small_meeting, vote_of
from tests.web.test_core_backups import elsewhere, tables_in

from vendepunkt.web import backups
from vendepunkt.web.room.openings import open_vote

pytestmark = pytest.mark.django_db(transaction=True)

PROCESSES = 3
#: Ballots acknowledged before the backup begins.
BEFORE = 30


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_all_that_was_acknowledged_before_the_backup_is_there_elsewhere(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgresql") if database == "postgresql" else ""
    panel = panel_of(small_meeting())
    opening = open_vote(panel, vote_of(panel.meeting))
    name = str(connection.settings_dict["NAME"])
    script = Path(__file__).with_name("voters.py")
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "vendepunkt.web.settings"}
    environment["VENDEPUNKT_SECRET_KEY"] = "a key of the tests"  # noqa: S105
    voters = [
        subprocess.Popen(
            [sys.executable, str(script), name, str(opening.pk), str(at)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for at in range(PROCESSES)
    ]
    said: list[str] = []
    enough = threading.Event()

    def listen(voter: subprocess.Popen[str]) -> None:
        for line in voter.stdout or ():
            said.append(line)
            if len(said) >= BEFORE:
                enough.set()

    listeners = [threading.Thread(target=listen, args=(voter,)) for voter in voters]
    for listener in listeners:
        listener.start()
    assert enough.wait(60)
    acknowledged = [json.loads(line) for line in list(said)]
    backups.backup(tmp_path / "room.zip")
    at_the_end = len(said)
    for voter in voters:
        voter.stdin.close()  # type: ignore[union-attr]
    for listener, voter in zip(listeners, voters, strict=True):
        listener.join(60)
        voter.stdout.close()  # type: ignore[union-attr]
        assert voter.wait(60) == 0
    # Votes went on coming while it was written: it was no quiet room.
    assert at_the_end > len(acknowledged)

    there = tmp_path / "there"
    restored = elsewhere(there, "restore", str(tmp_path / "room.zip"), url=url)
    assert restored["rows"]["room.openballot"] >= len(acknowledged)
    elsewhere(there, "backup", str(tmp_path / "again.zip"), url=url)
    held = tables_in(tmp_path / "again.zip")
    ballots, tokens = held["room.openballot"], held["room.token"]
    missing = [key for key, _token, marks in acknowledged if ballots[key]["marks"] != marks]
    assert missing == []
    assert all(token in tokens and tokens[token]["holder"] for _key, token, _marks in acknowledged)
    # One moment: nobody's ballot is there without the phone that came in before it.
    assert len(ballots) <= len(tokens)
    assert Counter(len(one["marks"]) for one in ballots.values()) == {1: len(ballots)}
