"""The theme help takes a study's own book as it is now, and says what it cannot read."""

from __future__ import annotations

import pytest
from tests.web.panels import panel_of, question_of, small_meeting

from vendepunkt.web.room import helping, openings, steps
from vendepunkt.web.room.board import Board
from vendepunkt.web.room.models import Idea

pytestmark = pytest.mark.django_db

BOOK = """
[garden]
title.da = "{title}"
text.da = "Urter, jord, bede og drivhus; at grave og plante sammen med andre i en fælles have."
"""


@pytest.fixture
def board():
    meeting = small_meeting()
    panel = panel_of(meeting)
    openings.open_question(panel, question_of(meeting))
    text = "vi gravede bede og plantede urter i drivhuset"
    Idea.objects.create(panel=panel, question=question_of(meeting), text=text)
    return Board(panel, meeting.phases.get())


def _first(board) -> str:
    helping.forget()
    ((_, help_),) = [(card, helping.help_beside(board).of(card)) for card in board.loose]
    return help_.suggested[0].title.da if help_.suggested else ""


def _written(path, title: str, at: int) -> None:
    import os

    path.write_text(BOOK.format(title=title), encoding="utf-8")
    os.utime(path, (at, at))


def test_an_edited_book_counts_at_once(board, settings, tmp_path) -> None:
    settings.STUDY = str(tmp_path)
    assert _first(board) != "Fælles haver"
    _written(tmp_path / "theme-book.toml", "Fælles haver", 1_000_000)
    assert _first(board) == "Fælles haver"
    _written(tmp_path / "theme-book.toml", "At dyrke sammen", 2_000_000)
    assert _first(board) == "At dyrke sammen"


def test_what_cannot_be_read_is_said_and_the_page_stands(
    board, settings, tmp_path, people, as_role
) -> None:
    settings.STUDY = str(tmp_path)
    settings.WORD_VECTORS = str(tmp_path / "nowhere")
    (tmp_path / "theme-book.toml").write_text("[garden\n", encoding="utf-8")
    helping.forget()
    assert helping.help_beside(board).fault
    steps.go(board.panel, 2, people["facilitator"])
    where = f"/meetings/{board.panel.meeting.slug}/users/group/youth/"
    page = as_role("facilitator").get(where)
    assert page.status_code == 200
    assert "kan ikke læses" in page.content.decode()
