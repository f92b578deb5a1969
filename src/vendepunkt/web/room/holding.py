"""Hold what is open in a panel still for as long as something is written into it.

Whatever a phone is told was received must be in the count. So a transaction that writes a ballot
or an idea first holds the openings of its panel, and one that closes waits for all of those, or
they for it.
"""

from __future__ import annotations

from django.db import connection

from vendepunkt.web.room.models import Opening


def hold_open(panel: int) -> frozenset[int]:
    """Give the ids of a panel's openings that are open, and keep them so until the commit.

    Many may hold at the same time: PostgreSQL locks the rows shared. In SQLite one transaction
    writes at a time, so there is nothing to lock.

    Parameters
    ----------
    panel
        Primary key of the panel.
    """
    rows = Opening.objects.filter(panel_id=panel, state=Opening.State.OPEN).order_by("id")
    if connection.vendor != "postgresql":
        return frozenset(rows.values_list("id", flat=True))
    query, values = rows.values_list("id", flat=True).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"{query} FOR SHARE", values)
        return frozenset(row[0] for row in cursor.fetchall())
