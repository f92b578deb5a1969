"""The pages of those who lead: what they show, what their buttons do, and without JavaScript."""

from __future__ import annotations

import re
import uuid

import pytest
from django.urls import reverse
from django.utils.html import escape
from tests.web.panels import question_of, vote_of
from tests.web.tables import TEXTS, a_table, again, idea, seen, theme

from vendepunkt.web.people.models import Change
from vendepunkt.web.room import grouping, steps
from vendepunkt.web.room.admission import admit
from vendepunkt.web.room.models import Group, HelpUse, Idea, Note, Placement, Token
from vendepunkt.web.room.secrets import new_secret
from vendepunkt.web.room.sending import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def board():
    return a_table(language="en")


@pytest.fixture
def bo(as_role, board):
    client = as_role("facilitator")
    client.cookies["language"] = "en"
    return client


def at(board, name: str, *more: str) -> str:
    room = [board.panel.meeting.slug, board.panel.key]
    return reverse(name, args=[*room, *more])


def table(board, name: str = "group", *more: str) -> str:
    return at(board, name, board.phase.key, *more)


def do(client, board, command: str, **fields):
    return client.post(table(board, "group_do"), {"command": command, **fields})


def lead(client, board, command: str, **fields):
    return client.post(at(board, "lead_do"), {"command": command, **fields}, follow=True)


def token(board, *numbers: int) -> list[str]:
    return [f"{key}|{stamp}" for key, stamp in seen(board, *numbers)]


def under(board, number: int) -> str | None:
    placed = board.card(idea(board, number)).placement
    return placed.theme.title_en if placed else None


@pytest.mark.parametrize("name", ["lead", "queue", "history", "notes"])
def test_every_page_is_there(bo, board, name) -> None:
    assert bo.get(at(board, name)).status_code == 200


def test_the_table_shows_ideas_and_themes_with_a_button_each(bo, board) -> None:
    page = bo.get(table(board)).content.decode()
    for text in TEXTS:
        assert escape(text) in page
    assert page.count(">Place here<") == 4
    assert "6 ideas" in page


def test_ideas_are_placed_without_javascript(bo, board) -> None:
    answer = do(bo, board, f"place:{theme(board, 'Tillid').pk}", idea=token(board, 0, 1))
    assert (answer.status_code, answer.url) == (302, table(board))
    assert under(board, 0) == under(board, 1) == "Trust"
    assert "Placed under “Trust”: 2" in bo.get(table(board)).content.decode()


def test_with_htmx_the_table_alone_comes_back(bo, board) -> None:
    answer = bo.post(
        table(board, "group_do"),
        {"command": f"place:{theme(board, 'Tillid').pk}", "idea": token(board, 0)},
        headers={"HX-Request": "true"},
    )
    page = answer.content.decode()
    assert page.lstrip().startswith('<div id="table"')
    assert "Placed under “Trust”: 1" in page


@pytest.mark.parametrize("htmx", [False, True])
def test_a_conflict_shows_both_and_can_be_sent_again(bo, board, people, htmx) -> None:
    stale = token(board, 0)
    grouping.place(board, people["owner"], seen(board, 0), str(theme(board, "Tillid").pk))
    headers = {"HX-Request": "true"} if htmx else {}
    command = f"place:{theme(board, 'Ensomhed').pk}"
    answer = bo.post(table(board, "group_do"), {"command": command, "idea": stale}, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert ("Alice" in page, "placed under “Trust”" in page) == (True, True)
    assert answer.get("HX-Retarget") == ("#again" if htmx else None)
    assert under(board, 0) == "Trust"
    fields = dict(re.findall(r'type="hidden" name="(command|idea)" value="([^"]*)"', page))
    do(bo, board, fields["command"], idea=[fields["idea"]])
    assert under(board, 0) == "Loneliness"


def test_what_was_typed_is_kept_where_somebody_else_wrote_meanwhile(bo, board, people) -> None:
    one = theme(board, "Tillid")
    from vendepunkt.convene import Words

    grouping.describe(
        board, people["owner"], str(one.pk), 1, Words("Tillid", "Trust"), Words("Alices ord")
    )
    fields = {"title_da": "Tillid", "title_en": "Trust", "description_da": "Bos egne ord"}
    answer = do(bo, board, "describe", seen=f"theme:{one.pk}@1", **fields)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert ("Alices ord" in page, "Bos egne ord" in page) == (True, True)
    assert f"theme:{one.pk}@2" in page
    do(bo, board, "describe", seen=f"theme:{one.pk}@2", **fields)
    one.refresh_from_db()
    assert one.description_da == "Bos egne ord"


def test_a_refusal_keeps_what_was_typed(bo, board) -> None:
    answer = do(bo, board, "new", title_en="Trust")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "There is a theme with that name already." in page
    assert 'value="Trust"' in page


def test_the_table_is_sent_only_when_it_changed(bo, board) -> None:
    address = table(board, "group_table")
    first = bo.get(address)
    held = {"If-None-Match": first["ETag"]}
    assert bo.get(address, headers=held).status_code == 304
    Idea.objects.create(panel=board.panel, question=question_of(board.panel.meeting), text="Nyt")
    changed = bo.get(address, headers=held)
    assert changed.status_code == 200
    assert "Nyt" in changed.content.decode()
    assert f'data-version="{changed["ETag"].strip(chr(34))}"' in changed.content.decode()


def test_help_is_shown_recorded_and_never_places(bo, board) -> None:
    page = bo.get(table(board)).content.decode()
    assert "Perhaps:" in page
    assert HelpUse.objects.filter(taken=None).exists()
    assert not Placement.objects.exists()


def test_no_help_where_the_meeting_has_it_off(bo) -> None:
    board = a_table(language="en", theme_help=False)
    page = bo.get(table(board)).content.decode()
    assert "Perhaps:" not in page
    assert "Yes, fold" not in page
    assert not HelpUse.objects.exists()


def test_a_suggestion_is_taken_with_one_press(bo) -> None:
    board = a_table(("Nobody trusts the authorities", "No trust"), language="en")
    page = bo.get(table(board)).content.decode()
    command = re.search(r'value="(one:[^"]*)" class="link"', page)[1]
    do(bo, board, command)
    use = HelpUse.objects.get(taken=True)
    assert str(Placement.objects.get(undone=False).theme_id) in use.suggested


def test_a_theme_of_the_book_is_made_with_one_press(bo) -> None:
    board = a_table(("There are no cheap flats, people become homeless",), language="en")
    page = bo.get(table(board)).content.decode()
    command = re.search(r'value="(book:[^"]*)" class="link"', page)[1]
    do(bo, board, command)
    assert Placement.objects.get(undone=False).theme in board.themes()
    assert HelpUse.objects.get().taken is True


def test_ideas_that_say_the_same_are_pointed_out_and_folded(bo, board) -> None:
    page = bo.get(table(board)).content.decode()
    command = re.search(r'value="(pair:[^"]*)"', page)[1]
    do(bo, board, command)
    assert Idea.objects.exclude(same_as=None).count() == 1


def test_anybody_who_leads_undoes_what_another_did(bo, board, people) -> None:
    grouping.place(board, people["owner"], seen(board, 0), str(theme(board, "Tillid").pk))
    page = bo.get(at(board, "history")).content.decode()
    assert "Placed under “Trust”: 1" in page
    number = re.search(r'name="number" value="(\d+)"', page)[1]
    assert "Alice" in page
    bo.post(at(board, "undo"), {"number": number, "back": "history"})
    assert under(board, 0) is None
    assert "Do it again" in bo.get(at(board, "history")).content.decode()


def test_what_blocks_an_undoing_is_named(bo, board, people) -> None:
    from vendepunkt.convene import Words
    from vendepunkt.web.room.models import Action

    made = grouping.new_theme(board, people["owner"], Words(en="New one"))
    first = Action.objects.get()
    grouping.place(board, people["owner"], seen(board, 0), str(made.pk))
    answer = bo.post(at(board, "undo"), {"number": first.pk, "back": "history"})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Placed under “New one”: 1" in page
    assert 'name="with" value="later"' in page
    fields = {"number": first.pk, "back": "history", "with": "later"}
    assert bo.post(at(board, "undo"), fields).url == at(board, "history")
    assert made not in board.themes()
    assert under(board, 0) is None


def test_the_next_button_takes_the_panel_through_the_agenda(bo, board) -> None:
    for _turn in range(8):
        page = bo.get(at(board, "lead")).content.decode()
        button = re.search(r'class="next" name="command" value="([^"]*)"', page)
        if button is None:
            break
        position = re.search(r'name="at" value="(\d+)"', page)[1]
        assert lead(bo, board, button[1], at=position).status_code == 200
    board.panel.refresh_from_db()
    assert board.panel.at == 5
    assert "The meeting is over." in page


def test_a_page_that_shows_an_old_step_does_not_move_the_panel(bo, board, people) -> None:
    steps.go(board.panel, 1, people["owner"])
    answer = lead(bo, board, "go:2", at=0)
    assert answer.status_code == 409
    board.panel.refresh_from_db()
    assert board.panel.at == 1


def test_who_is_in_and_how_many_voted_is_a_count_only(bo, board, people) -> None:
    steps.go(board.panel, 3, people["owner"])
    opening = steps.last_opening(board.panel, vote_of(board.panel.meeting))
    for _phone in range(3):
        secret = new_secret()
        cast(opening, admit(board.panel, None, secret), secret, {opening.themes[0]: 1})
    page = bo.get(at(board, "lead_state")).content.decode()
    counts = re.findall(r"<dd>(\d+)", page)
    assert counts[:2] == ["3", "3"]
    assert not any(t.key in page for t in Token.objects.all())


def test_people_present_time_and_revealing(bo, board) -> None:
    lead(bo, board, "go:1", at=0)
    lead(bo, board, "present", present="28")
    lead(bo, board, "clock:start", minutes="12")
    lead(bo, board, "reveal")
    lead(bo, board, "page:1")
    board.panel.refresh_from_db()
    panel = board.panel
    assert (panel.present, panel.revealed, panel.page) == (28, True, 1)
    assert panel.ends_at is not None
    lead(bo, board, "clock:stop", minutes="")
    board.panel.refresh_from_db()
    assert board.panel.ends_at is None


def test_a_lost_phones_code_is_retired_and_a_new_one_handed_out(bo, board) -> None:
    page = lead(bo, board, "hand-out").content.decode()
    code = Token.objects.get().key
    assert code in page
    assert lead(bo, board, "retire", code=f" {code.lower()} ").status_code == 200
    assert Token.objects.get().retired
    assert lead(bo, board, "retire", code="ZZZZ").status_code == 400
    from vendepunkt.web.people.models import Blob

    assert not Blob.objects.filter(text__contains=code).exists()
    assert {c.what for c in Change.objects.all()} >= {"code.handed_out", "code.retired"}


def test_the_queue_shows_what_waits_and_lets_it_through(bo, board) -> None:
    Idea.objects.filter(pk=idea(board, 0).pk).update(state="held")
    assert escape(TEXTS[0]) in bo.get(at(board, "queue")).content.decode()
    answer = do(bo, board, "show", idea=token(board, 0), back="queue")
    assert answer.url == at(board, "queue")
    assert idea(board, 0).state == "shown"


def test_one_idea_is_placed_folded_and_erased_on_its_own_page(bo, board) -> None:
    page = bo.get(table(board, "idea", str(idea(board, 0).pk))).content.decode()
    assert "individual cases" in page
    assert "cannot be undone" in page
    fields = {"idea": token(board, 0), "theme": str(theme(board, "Tillid").pk), "why": "same"}
    do(bo, board, "place", **fields)
    assert Placement.objects.get().why == "same"
    do(bo, board, "redact", idea=token(board, 0), words="alene", reason="a name")
    assert board.ideas().filter(text="Man føler sig ▇▇▇").exists()


def test_a_theme_is_described_cited_split_merged_and_carried_on_its_page(bo, board) -> None:
    one = theme(board, "Tillid")
    do(bo, board, f"place:{one.pk}", idea=token(board, 0, 5))
    group = Group.objects.create(panel=board.panel, name="Bord 1")
    note = Note.objects.create(group=group, phase=board.phase, text="Sagt ved bordet")
    page = bo.get(table(board, "theme", str(one.pk))).content.decode()
    assert "Sagt ved bordet" in page
    sources = [str(idea(board, 0).pk), str(note.pk)]
    do(bo, board, "cite", seen=f"theme:{one.pk}@1", source=sources)
    assert grouping.cited(one) == set(sources)
    do(bo, board, "cite", seen=f"theme:{one.pk}@1", source=sources[:1])
    assert grouping.cited(one) == set(sources[:1])
    do(bo, board, "split", seen=f"theme:{one.pk}@1", idea=token(board, 5), title_en="Distrust")
    new = board.themes().get(title_en="Distrust")
    do(bo, board, "carry", seen=f"theme:{new.pk}@{new.version}", by="The council", why="Matters")
    new.refresh_from_db()
    assert new.carried_by == "The council"
    do(bo, board, "merge", seen=f"theme:{new.pk}@{new.version}", into=str(one.pk))
    assert under(board, 5) == "Trust"
    assert new not in board.themes()


def test_a_note_taker_writes_and_changes_notes_and_leads_nothing(as_role, board) -> None:
    nina = as_role("note_taker")
    group = Group.objects.create(panel=board.panel, name="Bord 1")
    fields = {"text": "Ingen lytter", "phase": "youth", "theme": ""}
    for _press in range(2):
        nina.post(at(board, "note_do"), {"command": "write", "group": group.pk, **fields})
    note = Note.objects.get()
    assert nina.get(at(board, "note", str(note.pk))).status_code == 200
    saw = f"note:{note.pk}@{note.version}"
    changed = {**fields, "text": "Ingen hører efter", "theme": str(theme(board, "Tillid").pk)}
    nina.post(at(board, "note_do"), {"command": "change", "seen": saw, **changed})
    stale = nina.post(at(board, "note_do"), {"command": "change", "seen": saw, **fields})
    assert stale.status_code == 409
    assert "Ingen hører efter" in stale.content.decode()
    note.refresh_from_db()
    assert (note.text, note.theme) == ("Ingen hører efter", theme(board, "Tillid"))
    for name in ("lead", "queue", "history"):
        assert nina.get(at(board, name)).status_code == 403


@pytest.mark.parametrize(
    "fields",
    [
        {"command": ""},
        {"command": "place:x"},
        {"command": f"place:{uuid.uuid4()}", "idea": "x"},
        {"command": "one:a:b"},
        {"command": "pair:a"},
        {"command": "order:a:b:c"},
        {"command": "unfold:x"},
        {"command": "describe", "seen": "theme:x@1"},
        {"command": "merge", "seen": f"theme:{uuid.uuid4()}@99999999999"},
        {"command": "new", "title_en": "\x00"},
        {"command": "new", "title_en": "x" * 9999},
        {"command": "book:x:y"},
        {"command": "cite", "seen": f"theme:{uuid.uuid4()}@1", "source": "x"},
        {"command": "remove", "idea": f"{uuid.uuid4()}|0..shown", "reason": "\ud800"[:0] + "x"},
        {"command": "fold", "idea": [f"{uuid.uuid4()}|x", "|", "%s"]},
    ],
)
def test_what_no_page_sends_is_answered_clearly(bo, board, fields) -> None:
    assert bo.post(table(board, "group_do"), fields).status_code in {400, 404, 409}
    assert again(board).loose


@pytest.mark.parametrize(
    "fields",
    [
        {"command": "go:99", "at": "0"},
        {"command": "go:", "at": "0"},
        {"command": "go:1", "at": "x"},
        {"command": "present", "present": "many"},
        {"command": "clock:start", "minutes": "-1"},
        {"command": "clock:start", "minutes": "٣"},
        {"command": "page:x"},
        {"command": "nothing"},
    ],
)
def test_what_no_button_sends_is_answered_clearly(bo, board, fields) -> None:
    assert bo.post(at(board, "lead_do"), fields).status_code in {400, 404}


def test_more_votes_than_people_are_pointed_out(bo, board, people) -> None:
    steps.count_present(board.panel, 1, people["owner"])
    for _phone in range(2):
        admit(board.panel, None, new_secret())
    assert "More than were counted" in bo.get(at(board, "lead_state")).content.decode()


def test_a_closed_step_says_what_happens_instead_of_opening_again(bo, board) -> None:
    for position in (1, 2):
        lead(bo, board, f"go:{position}", at=position - 1)
    page = lead(bo, board, "go:1", at=2).content.decode()
    assert "stay closed" in page
    assert "Let people write again, in a new round" in page
    assert "A new round is open" in lead(bo, board, "again", at=1).content.decode()


def test_traces_that_are_not_erased_yet_are_said(db, as_role) -> None:
    from tests.web.panels import panel_of, question_of, small_meeting

    from vendepunkt.web.room import openings
    from vendepunkt.web.room.models import Opening

    meeting = small_meeting()
    opening = openings.open_question(panel_of(meeting), question_of(meeting))
    openings.close(opening)
    where = f"/meetings/{meeting.slug}/users/lead/"
    Opening.objects.update(state=Opening.State.CLOSED)
    assert "spor af telefoner" in as_role("facilitator").get(where).content.decode()
    Opening.objects.update(state=Opening.State.ERASED)
    assert "spor af telefoner" not in as_role("facilitator").get(where).content.decode()
