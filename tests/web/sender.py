"""A process of its own that sends something at a signal; started by `test_once.py`.

Reads a line of JSON: the database, and what to send. Says "ready", waits for a line, sends, writes
what came of it, and waits for the next.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django
from django.db import connections


def main() -> None:
    """Do task after task."""
    django.setup()
    for line in sys.stdin:
        task = json.loads(line)
        connections["default"].settings_dict["NAME"] = task["database"]
        print(json.dumps(send(task)), flush=True)
        connections.close_all()


def send(task: dict[str, Any]) -> list[str]:
    """Send what a task says, once the signal has come."""
    from vendepunkt.terms.errors import VendepunktError
    from vendepunkt.web.room.models import Opening, Token
    from vendepunkt.web.room.sending import cast, send_idea

    opening = Opening.objects.select_related("panel__meeting", "question", "vote").get(
        pk=task["opening"]
    )
    token = Token(key=task["key"], panel=opening.panel)
    print("ready", flush=True)
    sys.stdin.readline()
    said = []
    for one in task["sends"]:
        try:
            if "marks" in one:
                cast(opening, token, task["secret"], one["marks"])
            else:
                send_idea(opening, token, task["secret"], one["slot"], one["text"])
            said.append("taken")
        except VendepunktError as error:
            said.append(error.code)
    return said


if __name__ == "__main__":
    main()
