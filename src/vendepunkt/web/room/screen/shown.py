"""What the projector shows at each step: a few lines at a time, turned by the facilitator."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from vendepunkt.web.room import clock
from vendepunkt.web.room.board import Board, Column
from vendepunkt.web.room.models import Meeting, Opening, Panel, Question, Step, Theme
from vendepunkt.web.room.openings import ballot_themes
from vendepunkt.web.room.standing import FEWEST, last_closed, tally_of
from vendepunkt.web.room.steps import last_opening, step_now

T = TypeVar("T")

#: Letters that fit on a page of ideas at the smallest size read from the back of a room.
LETTERS: Final = 330
#: Ideas on a page at most, lines of a list, and themes of a result.
IDEAS: Final = 6
LINES: Final = 8
BARS: Final = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One theme of a result.

    Attributes
    ----------
    theme
        Which.
    place, votes
        Its place with ties, and its votes.
    width
        Length of its bar, in hundredths of the longest.
    status
        ``chosen``, ``tied`` for the last places, ``under`` the cut as the next one, or ``below``.
    short
        Votes that the one just under the cut lacks.
    """

    theme: Theme
    place: int
    votes: int
    width: float
    status: str
    short: int = 0


@dataclass(slots=True)
class Shown:
    """What stands on the screen.

    Attributes
    ----------
    panel, step
        Where the panel is.
    questions, ideas, columns, themes, bars
        What there is of each at this step, on this page.
    voters, blank
        Of the result; None where it is not shown.
    tied
        Whether themes are tied for the last places.
    few
        Whether too few voted for the result to be shown.
    carried
        Themes that are carried forward, whatever their votes.
    page, pages
        Which page of how many.
    open
        Whether people can write or vote just now.
    """

    panel: Panel
    step: Step | None
    questions: list[Question] = field(default_factory=list)
    ideas: list[tuple[str, int]] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    themes: list[Theme] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    voters: int | None = None
    blank: int | None = None
    tied: bool = False
    few: bool = False
    carried: list[Theme] = field(default_factory=list)
    page: int = 0
    pages: int = 1
    open: bool = False

    @property
    def kind(self) -> str:
        """Give what happens now."""
        return Step.Kind.WELCOME if self.step is None else self.step.kind


def shown(panel: Panel) -> Shown:
    """Give what the projector of a panel shows now."""
    step = step_now(panel)
    now = Shown(panel, step)
    if step is None or step.phase is None:
        return now
    if step.kind == Step.Kind.IDEAS:
        _ideas(now, step)
    elif step.kind == Step.Kind.GROUPING:
        _grouping(now, step)
    elif step.kind == Step.Kind.VOTE:
        _vote(now, step)
    elif step.kind == Step.Kind.RESULT and panel.revealed:
        _result(now, step)
    return now


def pages_of(panel: Panel) -> int:
    """Give how many pages there are to turn, once things are revealed."""
    panel.revealed, was = True, panel.revealed
    try:
        return shown(panel).pages
    finally:
        panel.revealed = was


def version_of(panel: Panel) -> str:
    """Give a short text that changes when the screen has something new to show.

    Ideas that arrive do not change it: the facilitator turns the page or shows them anew.
    """
    parts: list[Any] = [panel.version, panel.at, clock.announcement(panel)]
    if panel.revealed:
        meetings = Meeting.objects.filter(pk=panel.meeting_id)
        parts.append(meetings.values_list("version", flat=True).first())
    return hashlib.blake2b(repr(parts).encode(), digest_size=9).hexdigest()


def _board(now: Shown, step: Step) -> Board | None:
    return Board(now.panel, step.phase) if step.phase is not None else None


def _ideas(now: Shown, step: Step) -> None:
    board = _board(now, step)
    if board is None or step.phase is None:
        return
    now.questions = list(step.phase.questions.all())
    openings = Opening.objects.filter(panel=now.panel, state=Opening.State.OPEN)
    now.open = openings.filter(question__in=now.questions).exists()
    if now.panel.revealed:
        _idea_page(now, board)


def _idea_page(now: Shown, board: Board) -> None:
    lines = [(card.idea.text, card.count) for card in board.cards.values() if card.idea.text]
    pages = _by_letters(lines)
    now.page, now.pages = _clamped(now.panel.page, len(pages)), len(pages)
    now.ideas = pages[now.page]


def _by_letters(lines: Sequence[tuple[str, int]]) -> list[list[tuple[str, int]]]:
    """Cut a list of ideas into pages that can be read from the back."""
    pages: list[list[tuple[str, int]]] = [[]]
    room = LETTERS
    for line in lines:
        # A short idea takes a line of its own all the same.
        takes = max(len(line[0]), LETTERS // IDEAS)
        if pages[-1] and (takes > room or len(pages[-1]) == IDEAS):
            pages.append([])
            room = LETTERS
        pages[-1].append(line)
        room -= takes
    return pages


def _grouping(now: Shown, step: Step) -> None:
    board = _board(now, step)
    if board is None or not now.panel.revealed:
        return
    columns = board.columns
    if not columns:
        _idea_page(now, board)
        return
    now.columns = _paged(now, columns, LINES)


def _vote(now: Shown, step: Step) -> None:
    if step.vote is None:
        return
    opening = last_opening(now.panel, step.vote)
    now.open = opening is not None and opening.state == Opening.State.OPEN
    if opening is None:
        now.themes = ballot_themes(now.panel, step.vote)
        return
    by_key = {str(theme.pk): theme for theme in Theme.objects.filter(pk__in=opening.themes)}
    now.themes = [by_key[key] for key in opening.themes if key in by_key]


def _result(now: Shown, step: Step) -> None:
    if step.phase is None:
        return
    now.carried = [
        one.theme for one in Board(now.panel, step.phase).columns if one.theme.carried_by
    ]
    opening = last_closed(now.panel, step.phase)
    counted = tally_of(opening) if opening else None
    if opening is None or counted is None:
        return
    themes = {str(theme.pk): theme for theme in Theme.objects.filter(pk__in=opening.themes)}
    if counted.voters < FEWEST:
        # What was chosen, and in which order, would tell who voted what, as numbers do.
        now.few = True
        return
    under = {one.theme: one.margin for one in counted.just_under}
    most = max((one.votes for one in counted.standings), default=0) or 1
    bars = [
        Bar(
            theme=themes[one.theme],
            place=one.rank,
            votes=int(one.votes),
            width=round(float(100 * one.votes / most), 1),
            status="under" if one.theme in under else one.status,
            short=abs(int(under.get(one.theme) or 0)),
        )
        for one in counted.standings
        if one.theme in themes
    ]
    now.bars = _paged(now, bars, BARS)
    now.tied = any(one.status == "tied" for one in counted.standings)
    now.voters, now.blank = counted.voters, counted.blank


def _paged(now: Shown, lines: list[T], most: int) -> list[T]:
    now.pages = max(1, -(-len(lines) // most))
    now.page = _clamped(now.panel.page, now.pages)
    return lines[now.page * most : (now.page + 1) * most]


def _clamped(page: int, pages: int) -> int:
    return max(0, min(page, pages - 1))
