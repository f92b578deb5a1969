"""Hold what is open in a panel still for as long as something is written into it.

Whatever a phone is told was received must be in the count. So a transaction that writes a ballot
or an idea first holds the openings of its panel, and one that closes waits for all of those, or
they for it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction

from vendepunkt.web.room.models import Opening

#: Written out, because it runs with everything that is sent.
_OPEN: Final = "SELECT id FROM room_opening WHERE panel_id = %s AND state = %s ORDER BY id"

#: In SQLite one writes at a time, and whoever finds it taken sleeps and looks again. Threads of
#: one process queue here in their turn instead.
_TURN: Final = threading.Lock()


@contextmanager
def writing() -> Iterator[None]:
    """Open a transaction that writes what a phone sent."""
    # Whoever is inside a transaction has the turn of the database already.
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    with _TURN, transaction.atomic():
        yield


def hold_open(panel: int) -> frozenset[int]:
    """Give the ids of a panel's openings that are open, and keep them so until the commit.

    Many may hold at the same time: PostgreSQL locks the rows shared. In SQLite one transaction
    writes at a time, so there is nothing to lock.

    Parameters
    ----------
    panel
        Primary key of the panel.
    """
    share = " FOR SHARE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"{_OPEN}{share}", [panel, Opening.State.OPEN.value])
        return frozenset(row[0] for row in cursor.fetchall())
