"""Move the meeting of the load test along, in a process of its own: prepare, go, count.

python benchmarks/meeting_stage.py ACTION [ARGUMENT]; the environment is the server's.
"""

from __future__ import annotations

import json
import sys
from collections import Counter

import django

THEMES = 12


def prepare() -> dict[str, object]:
    """Make a meeting of one panel and two life phases, held in earnest, with its themes."""
    from vendepunkt.convene import Words
    from vendepunkt.web.people.models import Person
    from vendepunkt.web.room.making import PhasePlan, make_meeting
    from vendepunkt.web.room.models import Theme

    Person.objects.create_user("load", password=None, role="owner")
    plans = [
        PhasePlan(key, Words(f"Fase {key}"), [("pushes_out", Words("Hvad skubber folk ud?"))])
        for key in ("a", "b")
    ]
    meeting = make_meeting(
        "load", Words("Belastningsprøve"), [("panel", Words("Panelet"))], plans, rehearsal=False
    )
    for phase in meeting.phases.all():
        for n in range(THEMES):
            Theme.objects.create(
                meeting=meeting,
                phase=phase,
                position=n,
                title_da=f"Tema nummer {n}",
                description_da="Et par linjer om, hvad folk mente med det, da de talte om det.",
            )
    return {"code": meeting.panels.get().code}


def go(position: str) -> dict[str, object]:
    """Take the panel to a step of the agenda, as the facilitator's button does."""
    from vendepunkt.web.people.models import Person
    from vendepunkt.web.room import steps
    from vendepunkt.web.room.models import Panel

    steps.go(Panel.objects.get(), int(position), Person.objects.get())
    return {}


def count() -> dict[str, object]:
    """Count what the closed votes hold, and the ideas."""
    from vendepunkt.web.room.models import CastBallot, Idea, Theme, Token

    places = {str(theme.pk): theme.position for theme in Theme.objects.all()}
    votes: dict[str, dict[str, int]] = {}
    for ballot in CastBallot.objects.select_related("opening__vote"):
        vote = ballot.opening.vote
        marks = "+".join(str(n) for n in sorted(places[theme] for theme in ballot.marks))
        kept = votes.setdefault(vote.key if vote else "", {})
        kept[marks] = kept.get(marks, 0) + 1
    texts = Counter(Idea.objects.values_list("text", flat=True))
    return {"votes": votes, "ideas": texts, "tokens": Token.objects.filter(arrived=True).count()}


if __name__ == "__main__":
    django.setup()
    action = {"prepare": prepare, "go": go, "count": count}[sys.argv[1]]
    print(json.dumps(action(*sys.argv[2:])))
