"""An attack from outside on a copy of the closed room, by all that its files hold.

The phones are real: they come in, write and vote over the pages, each from an address and with a
browser of its own. The attacker has every file of the database, every log line, the secrets of
every second phone, and saw in which order people pressed. Nothing is assumed about the tables:
each column of each table, the order in which rows lie, and each pair of rows that share a value
are tried.
"""

from __future__ import annotations

import itertools
import logging
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.web.panels import panel_of, small_meeting
from tests.web.raw import files_of_the_database

from vendepunkt.convene import Words
from vendepunkt.web.room import steps
from vendepunkt.web.room.models import Idea, Opening, Panel, Theme
from vendepunkt.web.room.phone.place import places
from vendepunkt.web.room.phone.visit import cookie_name
from vendepunkt.web.room.secrets import Pass, guard

pytestmark = pytest.mark.django_db(transaction=True)

PHONES = 120
#: A correlation with the order of pressing that chance gives once in a million columns.
MOST = 5 / PHONES**0.5


class Phone:
    """A phone with an address and a browser of its own."""

    def __init__(self, n: int, panel: Panel) -> None:
        self.n, self.panel, self.mine = n, panel, Pass.new()
        self.address, self.agent = f"203.0.113.{n}", f"Zzyzx-{n:03d}-telefon"
        self.client = Client(REMOTE_ADDR=self.address, HTTP_USER_AGENT=self.agent)

    def send(self, **fields: Any) -> int:
        form = {"guard": guard(self.mine.secret), **fields}
        return self.client.post(f"/m/{self.panel.code}/", form).status_code

    def come_in(self) -> None:
        form = {"do": "join", "pass": str(self.mine)}
        self.client.post(f"/m/{self.panel.code}/", form)
        self.client.cookies[cookie_name(self.panel)] = str(self.mine)
        assert self.client.get(f"/m/{self.panel.code}/").status_code == 200


class Copy:
    """The closed room: its files, and what the attacker knows."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        self.panel = panel = panel_of(small_meeting(rule="approval", choices=None))
        phase = panel.meeting.phases.get()
        for at in range(4):
            title = Words(f"Tema {at}").da
            Theme.objects.create(
                meeting=panel.meeting, phase=phase, position=9 + at, title_da=title
            )
        self.phones = [Phone(n, panel) for n in range(PHONES)]
        self._to("ideas")
        asked = Opening.objects.get(panel=panel, question__isnull=False)
        for phone in self.phones:
            phone.come_in()
            fields = {"do": "idea", "opening": asked.pk, "slot": 0, "text": self.idea(phone.n)}
            assert phone.send(**fields) == 303
        self._to("vote")
        vote = Opening.objects.get(panel=panel, vote__isnull=False)
        self.marks = []
        for phone in self.phones:
            # Every ballot is another one: whose it is can be proved, were there anything to find.
            chosen = [theme for bit, theme in enumerate(vote.themes) if (phone.n + 1) >> bit & 1]
            fields = {"do": "vote", "opening": vote.pk, "theme": chosen}
            assert phone.send(**fields) == 303
            self.marks.append(set(chosen))
        self._to("end")
        assert set(Opening.objects.values_list("state", flat=True)) == {Opening.State.ERASED}
        self.log = caplog.text
        path = Path(str(connection.settings_dict["NAME"]))
        self.files = files_of_the_database()
        self.base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    def _to(self, kind: str) -> None:
        steps.go(self.panel, self.panel.meeting.steps.get(kind=kind).position, None)
        places.forget(self.panel.code)

    @staticmethod
    def idea(n: int) -> str:
        return f"tanke {(n * 37) % 1000:03d} om noget"

    def tables(self) -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
        """Give table → its columns and its rows, in the order in which they lie."""
        found = {}
        names = "SELECT name FROM sqlite_master WHERE type = 'table'"
        for (name,) in self.base.execute(names).fetchall():
            rows = self.base.execute(f'SELECT * FROM "{name}"')  # noqa: S608
            found[name] = ([column[0] for column in rows.description], rows.fetchall())
        return found

    def owner_of(self, row: tuple[Any, ...]) -> int | None:
        """Give whose row it is, by what only the one who watched the whole meeting knows."""
        for value in row:
            if not isinstance(value, str):
                continue
            for n, chosen in enumerate(self.marks):
                if value.startswith("{") and self._marks(value) == chosen:
                    return n
            if value.startswith("tanke "):
                return next(n for n in range(PHONES) if self.idea(n) == value)
        return next((p.n for p in self.phones if p.mine.key in row), None)

    @staticmethod
    def _marks(text: str) -> set[str]:
        import json

        try:
            return set(json.loads(text))
        except ValueError:
            return set()


@pytest.fixture
def copy(caplog: pytest.LogCaptureFixture) -> Copy:
    if connection.vendor != "sqlite":
        pytest.skip("this attack reads the files of SQLite; test_reidentification has PostgreSQL")
    return Copy(caplog)


def correlation(first: list[float], second: list[float]) -> float:
    """Give the correlation of two orders; 0 where one of them does not vary."""
    n = len(first)
    ranks = [
        [sorted(range(n), key=one.__getitem__).index(at) for at in range(n)]
        for one in (first, second)
    ]
    if len(set(first)) < 3:
        return 0.0
    middle = (n - 1) / 2
    top = sum((a - middle) * (b - middle) for a, b in zip(*ranks, strict=True))
    return top / sum((a - middle) ** 2 for a in ranks[0])


def as_number(value: Any) -> float | None:
    """Read a value as a number, whatever it is."""
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str) and value:
        head = value.replace("-", "").replace(":", "").replace(" ", "").replace(".", "")
        try:
            return float(head) if head.isdigit() else float(int(head[:12], 16))
        except ValueError:
            return None
    return None


def test_no_column_and_no_order_of_rows_tells_when_somebody_pressed(copy: Copy) -> None:
    """A column that goes with the order of pressing would tell whose the other rows are."""
    tried, told = 0, []
    for table, (columns, rows) in copy.tables().items():
        owned = [(copy.owner_of(row), at, row) for at, row in enumerate(rows)]
        mine = [(n, at, row) for n, at, row in owned if n is not None]
        if len(mine) < PHONES // 2:
            continue
        order = [float(n) for n, _, _ in mine]
        lying = correlation([float(at) for _, at, _ in mine], order)
        if abs(lying) > MOST:
            told.append(f"{table}: the order of rows ({lying:.2f})")
        tried += 1
        for at, column in enumerate(columns):
            numbers = [as_number(row[at]) for _, _, row in mine]
            if any(value is None for value in numbers):
                continue
            found = correlation([float(value or 0) for value in numbers], order)
            tried += 1
            if abs(found) > MOST:
                told.append(f"{table}.{column} ({found:.2f})")
    # Ideas, ballots and tokens: each with its order, and columns that could be read as numbers.
    assert tried >= 6
    assert told == []


def test_the_attack_finds_an_order_where_there_is_one() -> None:
    order = [float(n) for n in range(PHONES)]
    assert correlation(order, order) > MOST
    assert correlation([n + (17 * n) % 40 for n in order], order) > MOST


def test_no_two_rows_of_one_person_share_anything(copy: Copy) -> None:
    """Rows are joined over every value they hold: no idea, ballot and phone meet in a value."""
    tables = copy.tables()
    held: dict[str, set[int]] = {}
    for table, (_columns, rows) in tables.items():
        for row in rows:
            owner = copy.owner_of(row)
            if owner is None:
                continue
            for value in row:
                if isinstance(value, str) and len(value) >= 8:
                    held.setdefault(f"{value}", set()).add(owner)
                    held.setdefault(f"@{table}@{value}", set()).add(owner)
    seen_in: dict[str, set[str]] = {}
    for key in held:
        if key.startswith("@"):
            _, table, value = key.split("@", 2)
            seen_in.setdefault(value, set()).add(table)
    joins = [
        (value, tables_of)
        for value, tables_of in seen_in.items()
        if len(tables_of) > 1 and len(held[value]) < PHONES // 2
    ]
    assert joins == []


def test_no_address_no_browser_no_secret_is_in_any_file_or_log(copy: Copy) -> None:
    files = b"\0".join(copy.files.values())
    for phone in copy.phones:
        for word in (phone.address, phone.agent, phone.mine.secret):
            assert word.encode() not in files
            assert word not in copy.log
    assert b"Zzyzx" not in files
    assert all(one.text.encode() in files for one in Idea.objects.all())


def test_each_idea_is_there_once_and_nothing_lies_in_pages_that_are_free(copy: Copy) -> None:
    """What was deleted leaves no second copy behind, in free pages or in the write-ahead log."""
    files = b"\0".join(copy.files.values())
    counts = {n: files.count(copy.idea(n).encode()) for n in range(PHONES)}
    assert set(counts.values()) == {1}
    assert copy.base.execute("PRAGMA freelist_count").fetchone() == (0,)
    journal = [content for name, content in copy.files.items() if name.endswith("-wal")]
    kept = [phone.mine.key for phone in copy.phones]
    for content, key in itertools.product(journal, kept):
        assert key.encode() not in content
