"""Who may see and do what, written down from what each role is for and tried on a real meeting.

The list below is not made from the program's own: it says what somebody who runs meetings expects.
Everybody else is told that they may not; who is not signed in is asked to sign in.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests.web.evening import Evening, Page

from vendepunkt.web.people.models import Change, Person
from vendepunkt.web.room.models import Idea, Meeting, Opening, Panel, Theme

pytestmark = pytest.mark.django_db

LEADERS = {"owner", "researcher", "facilitator"}
AT_THE_TABLE = LEADERS | {"note_taker"}
INTERESTED = AT_THE_TABLE | {"reader"}
EVERYBODY = INTERESTED | {"interviewer", "coder"}

#: Name of a page in the evening → who may see it.
SEES: dict[str, set[str]] = {
    name: roles
    for roles, names in (
        (EVERYBODY, ("home", "account", "password", "second")),
        ({"owner"}, ("people", "person_new", "person")),
        ({"owner", "researcher"}, ("log", "log_verify", "mapping", "release", "exports", "delete")),
        (INTERESTED, ("meetings", "meeting", "results", "trail")),
        (LEADERS, ("new_meeting", "prepare", "sheets", "add a panel", "add a phase")),
        (LEADERS, [f"change a {kind}" for kind in ("panel", "phase", "question", "group")]),
        (LEADERS, ("lead", "group", "idea", "theme", "the queue", "history")),
        (AT_THE_TABLE, ("notes", "a note", "paper", "a pile of slips", "a pile of ballots")),
        (AT_THE_TABLE, ("mending a ballot", "a second reading")),
    )
    for name in names
}
#: Pages that need no account.
FREE = {
    *("sign_in", "door", "kept", "kept_anywhere", "accessibility", "no such page", "place"),
    *("screen", "the receipt", "changing a vote", "may not", "the list of a reader"),
}


@pytest.fixture
def held(people) -> tuple[Evening, list[Page]]:
    """Give a meeting at its result, with every page that there was on the way."""
    evening, seen = Evening(people, "da"), []
    for stop, pages in evening.stops():
        seen += pages
        if stop == "result":
            break
    return evening, seen


def test_everybody_sees_their_pages_and_nobody_else(
    held: tuple[Evening, list[Page]], as_role: Callable[[str], Client]
) -> None:
    _evening, pages = held
    browsers = {role: as_role(role) for role in sorted(EVERYBODY)}
    wrong: list[str] = []
    tried = set()
    for page in {(one.name, one.url) for one in pages}:
        name, url = page
        if name in FREE:
            continue
        assert name in SEES, f"{name}: nobody has said who may see it"
        tried.add(name)
        for role, browser in browsers.items():
            status = browser.get(url).status_code
            expected = {200, 302} if role in SEES[name] else {403}
            if status not in expected:
                wrong.append(f"{role} gets {status} at {url}")
        stranger = Client().get(url)
        if stranger.status_code != 302 or "/sign-in/" not in stranger.headers["Location"]:
            wrong.append(f"a stranger gets {stranger.status_code} at {url}")
    assert wrong == []
    assert tried == set(SEES)


def standing() -> list[object]:
    """Give what nobody may change who may not."""
    return [
        *Meeting.objects.order_by("pk").values_list(),
        *Panel.objects.order_by("pk").values_list(),
        *Theme.objects.order_by("pk").values_list(),
        *Idea.objects.order_by("pk").values_list(),
        *Opening.objects.order_by("pk").values_list(),
        *Person.objects.order_by("pk").values_list("pk", "role", "password", "is_active"),
        Change.objects.count(),
    ]


def test_who_may_not_changes_nothing(
    held: tuple[Evening, list[Page]], as_role: Callable[[str], Client]
) -> None:
    """Each deed by each role that has no business with it, and by strangers."""
    evening, _pages = held
    here = f"/meetings/{evening.meeting.slug}/"
    room = f"{here}{evening.panel.key}/"
    idea = Idea.objects.filter(panel=evening.panel, redacted=False).first()
    deeds: list[tuple[str, dict[str, object], set[str]]] = [
        (f"{room}lead/do/", {"command": "go:0", "at": evening.panel.at}, LEADERS),
        (f"{room}lead/do/", {"command": "hand-out"}, LEADERS),
        (
            f"{room}group/{evening.phase.key}/do/",
            {"command": "new", "title_da": "Nyt"},
            LEADERS,
        ),
        (f"{room}history/undo/", {"number": 1}, LEADERS),
        (f"{room}notes/do/", {"command": "write", "text": "En note"}, AT_THE_TABLE),
        (f"{room}paper/new/", {"opening": 1}, AT_THE_TABLE),
        (f"{here}prepare/", {"title_da": "Andet"}, LEADERS),
        (f"{here}prepare/rehearsal/", {}, LEADERS),
        (f"{here}prepare/invented/{evening.panel.key}/", {}, LEADERS),
        (f"{here}print/codes/{evening.panel.key}/", {"count": 5}, LEADERS),
        (f"{here}release/", {"idea": str(idea.pk)}, {"owner", "researcher"}),
        (f"{here}freeze/", {}, {"owner", "researcher"}),
        (f"{here}delete/", {"typed": evening.meeting.slug}, {"owner", "researcher"}),
        ("/meetings/new/", {"title_da": "Nyt"}, LEADERS),
        ("/meetings/show-me/", {}, LEADERS),
        ("/people/new/", {"username": "x", "first_name": "X", "role": "owner"}, {"owner"}),
        (f"/people/{evening.bo.pk}/", {"role": "owner", "username": "bo"}, {"owner"}),
        (f"/people/{evening.bo.pk}/active/", {"active": "0"}, {"owner"}),
        (f"/people/{evening.bo.pk}/link/", {}, {"owner"}),
    ]
    before = standing()
    wrong = []
    for url, fields, may in deeds:
        for role in sorted(EVERYBODY - may):
            status = as_role(role).post(url, fields).status_code
            if status != 403:
                wrong.append(f"{role} gets {status} at {url}")
        if Client().post(url, fields).status_code != 302:
            wrong.append(f"a stranger at {url}")
    assert wrong == []
    assert standing() == before


def test_a_link_of_one_meeting_opens_nothing_of_another(
    held: tuple[Evening, list[Page]], people: dict[str, Person], as_role: Callable[[str], Client]
) -> None:
    """A row's own number or key under another meeting's address is no page."""
    evening, pages = held
    other = Evening(people, "en")
    bo, swapped = as_role("owner"), 0
    for page in pages:
        parts = page.url.split("/")
        own = [part for part in parts[3:] if part.isdigit() or len(part) == 36]
        if evening.meeting.slug in parts and own:
            url = page.url.replace(evening.meeting.slug, other.meeting.slug)
            swapped += 1
            assert bo.get(url).status_code == 404, url
    assert swapped > 8
