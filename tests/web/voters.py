"""A process of its own that votes phone after phone; started by `test_restore.py`.

Says after each ballot, and only then, whose it was and what was on it. Ends when its input does.
"""

from __future__ import annotations

import json
import sys
import threading

import django
from django.db import connections


def main() -> None:
    """Vote until told to stop."""
    database, opening_key, first = sys.argv[1:]
    django.setup()
    connections["default"].settings_dict["NAME"] = database
    from vendepunkt.web.room.admission import admit
    from vendepunkt.web.room.models import Opening
    from vendepunkt.web.room.secrets import Pass, ballot_key
    from vendepunkt.web.room.sending import cast

    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    opening = Opening.objects.select_related("panel__meeting", "vote").get(pk=opening_key)
    n = int(first)
    while not stop.is_set():
        mine = Pass.new()
        marks = {opening.themes[n % len(opening.themes)]: 1}
        cast(opening, admit(opening.panel, mine.key, mine.secret), mine.secret, marks)
        print(json.dumps([ballot_key(mine.secret, opening.pk), mine.key, marks]), flush=True)
        n += 1
    connections.close_all()


if __name__ == "__main__":
    main()
