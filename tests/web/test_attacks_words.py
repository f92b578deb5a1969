"""Attacks by words that people enter: in pages, pictures, sheets, tables and files."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from tests.web.panels import phones, question_of, stand_at, vote_of
from tests.web.tables import a_table, again

from vendepunkt.convene import Words
from vendepunkt.web.people.models import Person
from vendepunkt.web.room import grouping, moderation, notes, typing_in
from vendepunkt.web.room.admission import admit
from vendepunkt.web.room.models import Group, Idea, Meeting, Panel, Phase, Question, Theme, Vote
from vendepunkt.web.room.openings import close, open_question, open_vote
from vendepunkt.web.room.secrets import Pass
from vendepunkt.web.room.sending import cast
from vendepunkt.web.room.versions import forget

pytestmark = pytest.mark.django_db

EVIL = (
    "'\"></title></script></textarea><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}"
)
#: What may not stand in a page: the beginnings of elements that somebody wrote.
ALIVE = re.compile(r"<script>alert|<img src=x|onerror=alert\(2\)>(?!&)|</title></script>")


@pytest.fixture
def evil(people):
    """Give a meeting in which every text that people enter is an attack."""
    forget()
    Person.objects.filter(username="bo").update(first_name=EVIL[:150])
    board = a_table((EVIL, "Ingen at tale med", f"=HYPERLINK(1){EVIL}"), record_groups=True)
    meeting, panel = board.panel.meeting, board.panel
    text = {"title_da": EVIL, "title_en": EVIL}
    for model in (Meeting, Panel, Phase):
        model.objects.update(**text)
    Theme.objects.update(**text, description_da=EVIL, description_en=EVIL, carried_by=EVIL,
                         carried_why=EVIL)  # fmt: skip
    for model in (Question, Vote):
        model.objects.update(text_da=EVIL, text_en=EVIL)
    board = again(board)
    group = Group.objects.create(panel=panel, name=EVIL[:60])
    bo = people["facilitator"]
    notes.write(group, bo, board.phase, EVIL)
    theme = board.themes().first()
    ideas = list(board.ideas())
    first = [(str(ideas[0].pk), board.card(ideas[0]).stamp)]
    grouping.place(board, bo, first, str(theme.pk), EVIL)
    grouping.new_theme(board, bo, Words(f"Ny {EVIL}", f"New {EVIL}"), [])
    last = [(str(ideas[2].pk), again(board).card(ideas[2]).stamp)]
    moderation.remove(again(board), bo, last, EVIL)
    Idea.objects.update(released=True)
    # A word that cannot be a key of anything.
    Meeting.objects.update(mapping=[{"theme": theme.pk.hex[:12], "common": EVIL, "by": EVIL,
                                     "why": EVIL}])  # fmt: skip
    opening = open_vote(panel, vote_of(meeting))
    for phone in phones(6):
        cast(opening, admit(panel, None, phone.secret), phone.secret, {opening.themes[0]: 1})
    batch = typing_in.new_batch(opening, bo, helper=False)
    typing_in.add_ballot(batch, "", 1, spoilt=EVIL[:200])
    close(opening)
    question = open_question(panel, question_of(meeting))
    typing_in.new_batch(question, bo, helper=False)
    close(question)
    forget()
    return again(board)


def staff_pages(board) -> list[str]:
    meeting, panel, phase = board.panel.meeting, board.panel, board.phase
    room = [meeting.slug, panel.key]
    idea, theme = board.ideas().first(), board.themes().first()
    note = notes.notes_of(panel).first()
    batches = panel.batches.order_by("pk")
    pages = [
        reverse("home"), reverse("people"), reverse("account"), reverse("log"),
        reverse("meetings"), reverse("meeting", args=[meeting.slug]),
        reverse("prepare", args=[meeting.slug]), reverse("sheets", args=[meeting.slug]),
        reverse("results", args=[meeting.slug]), reverse("trail", args=[meeting.slug]),
        reverse("release", args=[meeting.slug]), reverse("exports", args=[meeting.slug]),
        reverse("mapping", args=[meeting.slug]), reverse("delete", args=[meeting.slug]),
        reverse("paper", args=room), reverse("lead", args=room), reverse("queue", args=room),
        reverse("history", args=room), reverse("notes", args=room),
        reverse("note", args=[*room, note.pk]), reverse("group", args=[*room, phase.key]),
        reverse("group_table", args=[*room, phase.key]),
        reverse("idea", args=[*room, phase.key, idea.pk]),
        reverse("theme", args=[*room, phase.key, theme.pk]),
        reverse("edit", args=[meeting.slug, "panel", panel.pk]),
        reverse("edit", args=[meeting.slug, "phase", phase.pk]),
        reverse("edit", args=[meeting.slug, "group", panel.groups.get().pk]),
        reverse("person", args=[Person.objects.get(username="bo").pk]),
    ]  # fmt: skip
    return pages + [reverse("pile", args=[*room, one.pk]) for one in batches]


@pytest.mark.parametrize("language", ["da", "en"])
def test_no_word_of_anybody_is_run_on_a_page_of_staff(evil, as_role, language):
    client = as_role("owner")
    client.cookies["language"] = language
    quoted = 0
    for address in staff_pages(evil):
        answer = client.get(address, follow=True)
        page = answer.content.decode()
        assert answer.status_code == 200, address
        assert not ALIVE.search(page), address
        assert ">49<" not in page
        assert "{{7*7}}" in page or EVIL[:10] not in page
        quoted += "&lt;script&gt;alert(1)" in page
    assert quoted >= 20, "the words are on the pages"


def test_no_word_of_anybody_is_run_where_something_stands_in_the_way(evil, as_role):
    client = as_role("owner")
    room = [evil.panel.meeting.slug, evil.panel.key]
    table = reverse("group_do", args=[*room, evil.phase.key])
    theme = evil.themes().first()
    sent = {
        "command": "describe",
        "seen": f"theme:{theme.pk}@999",
        "title_da": f"Andet {EVIL}",
        "back": EVIL,
    }
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.post(table, sent | {"odd<script>alert(1)": EVIL}, headers=headers)
        assert answer.status_code in {400, 409}
        assert not ALIVE.search(answer.content.decode())
        assert "&lt;script&gt;" in answer.content.decode()


@pytest.mark.parametrize("step", ["welcome", "ideas", "grouping", "vote", "result", "end"])
def test_no_word_of_anybody_is_run_on_phones_or_the_screen(evil, step):
    panel = evil.panel
    client, phone = Client(), phones(1)[0]
    token = admit(panel, None, phone.secret)
    client.cookies[f"vp-{panel.code}"] = str(Pass(token.key, phone.secret))
    if step == "ideas":
        open_question(panel, question_of(panel.meeting))
    if step == "vote":
        open_vote(panel, vote_of(panel.meeting))
    stand_at(panel, step, revealed=True)
    here = reverse("place", args=[panel.code])
    pages = [client.get(here), client.get(here + "?part=1"), Client().get(here)]
    sent = {"do": "idea", "opening": 999, "text": EVIL, "language": EVIL, "speak": EVIL}
    pages += [client.post(here, sent), client.post("/", {"code": EVIL, "panel": EVIL})]
    pages.append(client.get(reverse("screen", args=[panel.screen_key])))
    for one in pages:
        assert not ALIVE.search(one.content.decode())
    assert any("&lt;script&gt;alert(1)" in one.content.decode() for one in pages)


def test_pictures_hold_words_as_words(evil, as_role):
    client = as_role("owner")
    meeting, panel = evil.panel.meeting, evil.panel
    vote = vote_of(meeting)
    drawn = [
        client.get(reverse("picture", args=[meeting.slug, vote.key, panel.key])),
        client.get(reverse("screen_picture", args=[panel.screen_key])),
    ]
    for one in drawn:
        assert one.status_code == 200
        text = one.content.decode()
        assert "<script" not in text.casefold()
        assert "onerror=alert(2)>" not in text
        assert not re.search(r"<(foreignObject|iframe|img)\b", text)
        assert "default-src 'self'" in one["Content-Security-Policy"]
        assert one["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("words", ['#read("/etc/passwd")', "] #panic(1) [", '$ \\ ` // /* " }'])
@pytest.mark.parametrize("kind", ["poster", "slips", "ballots"])
def test_words_are_set_in_print_and_not_obeyed(as_role, kind, words):
    board = a_table()
    Meeting.objects.update(title_da=words, title_en=words, rehearsal=False)
    Phase.objects.update(title_da=words, title_en=words)
    Question.objects.update(text_da=words, text_en=words)
    Theme.objects.update(title_da=words, title_en=words, description_da=words)
    address = reverse("sheet", args=[board.panel.meeting.slug, kind])
    asked = {"panel": board.panel.key, "phase": board.phase.key, "copies": "1"}
    answer = as_role("owner").get(address, asked)
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Security-Policy"]


@pytest.mark.parametrize("words", ["=1+1", "+1", "-2+3|cmd", "@SUM(A1)", "\t=1", "＝1"])
def test_no_cell_that_leaves_is_a_formula(as_role, words):
    board = a_table((words, "Ingen at tale med"))
    Meeting.objects.update(title_da=words, rehearsal=False)
    Panel.objects.update(title_da=words)
    Theme.objects.update(title_da=words, description_da=words, carried_by=words, carried_why=words)
    Idea.objects.update(released=True)
    opening = open_vote(board.panel, vote_of(board.panel.meeting))
    for phone in phones(6):
        token = admit(board.panel, None, phone.secret)
        cast(opening, token, phone.secret, {opening.themes[0]: 1})
    close(opening)
    slug, client = board.panel.meeting.slug, as_role("researcher")
    cells: list[str] = []
    for kind in ("tables", "ballots", "workbook", "pabulib"):
        asked = {"panel": "users", "phase": board.phase.key}
        answer = client.get(reverse("export", args=[slug, kind]), asked)
        assert answer.status_code == 200, kind
        name = re.search(r'filename="([^"]*)"', answer["Content-Disposition"])
        assert name is not None
        assert re.fullmatch(r"[\w.-]+", name[1]), "a name is a key, never words"
        cells += cells_in(name[1], answer.content)
    assert any(words.strip() in cell for cell in cells)
    assert [cell for cell in cells if re.match(r"[=+\-@\t\r＝]", cell)] == []


def cells_in(name: str, content: bytes) -> list[str]:
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return [cell for one in packed.namelist() for cell in cells_in(one, packed.read(one))]
    if name.endswith(".xlsx"):
        sheets = load_workbook(io.BytesIO(content)).worksheets
        all_cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]
        assert [cell for cell in all_cells if cell.data_type == "f"] == []
        return []
    if name.endswith(".csv"):
        return [
            cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row
        ]
    return []
