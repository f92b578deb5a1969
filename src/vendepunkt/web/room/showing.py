"""The invented meeting that shows a newcomer in three minutes how it works."""

from __future__ import annotations

from django.utils import timezone

from vendepunkt.convene import Words
from vendepunkt.web.people.models import Person
from vendepunkt.web.record import changing, record
from vendepunkt.web.room.invented import THEMES
from vendepunkt.web.room.making import PhasePlan, make_meeting
from vendepunkt.web.room.models import Group, Meeting, Theme
from vendepunkt.web.room.prepare.keys import key_of


@changing()
def show_me(who: Person | None, language: str) -> Meeting:
    """Make a meeting to try: a panel, two life phases, themes ready; all of it invented.

    It begins at its first step. Whoever leads it lets invented people answer beside themselves.

    Parameters
    ----------
    who
        Who asked for it.
    language
        ``"da"`` or ``"en"``.
    """
    taken = frozenset(Meeting.objects.values_list("slug", flat=True))
    meeting = make_meeting(
        key_of("vis-mig" if language == "da" else "show-me", taken),
        Words("Prøv et møde", "Try a meeting"),
        [("panel", Words("Prøvepanelet", "The panel to try"))],
        [
            PhasePlan(
                "childhood",
                Words("Barndom og ungdom", "Childhood and youth"),
                [
                    (
                        "pushes_out",
                        Words("Hvad skubber børn og unge ud?", "What pushes the young out?"),
                    )
                ],
            ),
            PhasePlan(
                "adult-life",
                Words("Voksenliv og alderdom", "Adult life and old age"),
                [("lets_in", Words("Hvad lukker voksne ind igen?", "What lets adults in again?"))],
            ),
        ],
        language=language,
        date=timezone.localdate(),
        invented=True,
        rehearsal=True,
    )
    Group.objects.create(panel=meeting.panels.get(), name="1")
    for phase, titles in zip(meeting.phases.all(), THEMES, strict=True):
        Theme.objects.bulk_create(
            Theme(
                meeting=meeting,
                phase=phase,
                position=at,
                title_da=title.da,
                title_en=title.en,
            )
            for at, title in enumerate(titles)
        )
    record(who, "meeting.make", f"meeting:{meeting.slug}", after={"invented": True})
    return meeting
