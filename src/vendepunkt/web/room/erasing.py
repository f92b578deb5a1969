"""Erase from the database's files what a closing deleted.

Deleting a row leaves its bytes: in SQLite's log of recent writes and in free pages, in
PostgreSQL in the table until it is rewritten. Until that is done an opening is *closed*; then it
is *erased*. Where somebody is reading just then it is tried again after the next answers that this
process gives, when nobody waits for it any more, and whenever something opens or closes.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.core.signals import request_finished
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper

from vendepunkt.web.room.models import Opening
from vendepunkt.web.room.tables import ROWLESS, WORDS

#: How long, in seconds, readers are waited for before it is left for the next chance.
PATIENCE: Final = 3.0
#: How long, in seconds, to leave the readers alone before it is tried again.
PAUSE: Final = 2.0
_log = logging.getLogger(__name__)


@dataclass
class _Due:
    """When to try again; None where nothing is known to be left.

    Attributes
    ----------
    at
        When, on the clock that only ever grows.
    words
        Whether words of people were erased that may still lie in the files.
    """

    at: float | None = None
    words: bool = False


_due = _Due()


def erase_traces(*, always: bool = False) -> bool:
    """Clean the database's files of what was deleted at closings; say whether that is done.

    Called after each closing, and by pages of staff for as long as something is closed and not
    erased. Never inside a transaction. Backups that lie where they were made are cleaned too.

    Parameters
    ----------
    always
        Clean also where nothing was closed: after words were redacted, or a meeting deleted.
    """
    words = always or _due.words
    due = list(Opening.objects.filter(state=Opening.State.CLOSED).values_list("id", flat=True))
    if not due and not words:
        return True
    # Remembered until it is done: nothing else says that words were erased.
    _due.words = words
    if connection.in_atomic_block:
        _due.at = time.monotonic() + PAUSE if words else _due.at
        return False
    try:
        done = _sqlite() if connection.vendor == "sqlite" else _postgresql(words=words)
    except OperationalError:
        done = False
    _due.at = None if done else time.monotonic() + PAUSE
    if not done:
        _log.warning("Traces of closed openings are not erased yet: the database is being read.")
        return False
    _due.words = False
    # Late, because backups know what an opening is.
    from vendepunkt.web.backups import sweep

    sweep()
    # Only those that were closed before the cleaning began.
    Opening.objects.filter(pk__in=due, state=Opening.State.CLOSED).update(
        state=Opening.State.ERASED
    )
    return True


def erase_words() -> None:
    """Clean files and backups of words that were struck out or deleted; after the commit."""
    erase_traces(always=True)


def traces_left() -> bool:
    """Say whether something is closed whose traces are still to be erased."""
    return Opening.objects.filter(state=Opening.State.CLOSED).exists()


def _try_again(**_signal: object) -> None:
    """After an answer was given, try again where it did not succeed before."""
    if _due.at is not None and time.monotonic() >= _due.at:
        _due.at = None  # other threads leave it to this one
        erase_traces()


request_finished.connect(_try_again, dispatch_uid="vendepunkt.erase_traces")


def _sqlite() -> bool:
    """Write the file anew and empty the log of recent writes."""
    with connection.cursor() as cursor, _patient(cursor):
        # The first empties the log, so that the file holds all; VACUUM writes the whole file
        # anew through the log; the second empties it of the pages that were there before.
        if not _emptied(cursor):
            return False
        cursor.execute("VACUUM")
        return _emptied(cursor)


@contextmanager
def _patient(cursor: CursorWrapper) -> Iterator[None]:
    """Wait for readers shortly: phones that write are waiting behind us."""
    cursor.execute("PRAGMA busy_timeout")
    before = cursor.fetchone()[0]
    cursor.execute(f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}")
    try:
        yield
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {int(before)}")


def _emptied(cursor: CursorWrapper) -> bool:
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    busy, _log_pages, _moved = cursor.fetchone()
    return not busy


def _postgresql(*, words: bool) -> bool:
    """Write the tables anew in the order of their random keys, without what was deleted."""
    with connection.cursor() as cursor:
        if not _nobody_sees_back(cursor):
            return False
        cursor.execute(f"SET lock_timeout = '{int(PATIENCE * 1000)}ms'")
        try:
            for table in ROWLESS:
                cursor.execute(f'CLUSTER "{table}" USING "{table}_pkey"')
            for table in WORDS if words else ():
                cursor.execute(f'VACUUM FULL "{table}"')
        finally:
            cursor.execute("RESET lock_timeout")
    return True


def _nobody_sees_back(cursor: CursorWrapper) -> bool:
    """Wait until no transaction is left that could still read what was deleted.

    A table that is written anew keeps what somebody may still read.
    """
    cursor.execute("SELECT txid_current()")
    now = int(cursor.fetchone()[0])
    until = time.monotonic() + PATIENCE
    while True:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND age(backend_xmin) >= age(%s::text::xid)",
            [str(now % 2**32)],
        )
        if not cursor.fetchone()[0]:
            return True
        if time.monotonic() > until:
            return False
        cursor.execute("SELECT pg_sleep(0.05)")
