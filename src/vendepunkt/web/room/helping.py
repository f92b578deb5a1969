"""The theme help beside each idea: it suggests, never places, and what became of it is recorded."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from vendepunkt import convene
from vendepunkt.convene import Words
from vendepunkt.convene.help import BOOK, Embedding, Helper, Suggestion, ThemeBook
from vendepunkt.terms import VendepunktError
from vendepunkt.web.room.board import Board, Card
from vendepunkt.web.room.models import HelpUse, Idea, Theme

#: How many themes are suggested for an idea.
MOST: Final = 3
#: How many tables' help a process remembers, so that the second who looks does not wait for it.
_MANY: Final = 16
_recent: dict[str, HelpBeside] = {}
_lock: Final = threading.Lock()


@dataclass(slots=True)
class Help:
    """What may be of help with one idea.

    Attributes
    ----------
    suggested
        Themes it may belong to; those that are new stand in the theme book only.
    same
        An idea on the same question that may say the same, or None.
    """

    suggested: tuple[Suggestion, ...] = ()
    same: Card | None = None


@dataclass(slots=True)
class HelpBeside:
    """Help for all ideas of a table; empty where the meeting has it off.

    Attributes
    ----------
    by_idea
        Key of an idea → the help with it.
    fault
        What is wrong with the study's own theme book or word vectors; empty where nothing is.
    """

    by_idea: dict[str, Help] = field(default_factory=dict)
    fault: str = ""

    def of(self, card: Card) -> Help:
        """Give the help for one idea."""
        return self.by_idea.setdefault(str(card.idea.pk), Help())


def help_beside(board: Board) -> HelpBeside:
    """Suggest themes for the ideas that are not placed yet, and point out those said twice.

    What was suggested is recorded, so that it can be told how often people took it.
    """
    if not board.panel.meeting.theme_help or not board.loose:
        return HelpBeside()
    key = f"{board.panel.pk} {board.phase.pk} {board.version()}"
    known = _recent.get(key)
    if known is None:
        known = _helped(board)
        with _lock:
            if len(_recent) >= _MANY:
                _recent.clear()
            _recent[key] = known
    return known


def forget() -> None:
    """Drop what this process remembers; called where words were erased."""
    with _lock:
        _recent.clear()


def _helped(board: Board) -> HelpBeside:
    found = HelpBeside(fault=_own().fault)
    helper = helper_of(board)
    suggested = helper.suggest_each([card.idea.text for card in board.loose], MOST)
    for card, themes in zip(board.loose, suggested, strict=True):
        found.of(card).suggested = themes
    cards = list(board.cards.values())
    for pair in helper.same([card.idea.text for card in cards]):
        one, other = cards[pair.first], cards[pair.second]
        if one.idea.question_id == other.idea.question_id:
            for mine, its in ((one, other), (other, one)):
                found.of(mine).same = found.of(mine).same or its
    _record(board.loose, found)
    return found


def like(board: Board, idea: Idea, n: int = 3) -> list[Card]:
    """Give the ideas that are most like one; none where the meeting has the help off."""
    if not board.panel.meeting.theme_help:
        return []
    cards = [card for card in board.cards.values() if card.idea.pk != idea.pk]
    alike = helper_of(board).like(idea.text, [card.idea.text for card in cards], n)
    return [cards[one.at] for one in alike]


def helper_of(board: Board) -> Helper:
    """Make the help from the theme book, the meeting's themes and what people have placed."""
    language = board.panel.meeting.language
    themes = [
        convene.Theme(
            id=str(theme.pk),
            phase=board.phase.key,
            title=Words(theme.title_da, theme.title_en),
            description=Words(theme.description_da, theme.description_en),
        )
        for theme in board.themes()
    ]
    placed = [
        (card.idea.text, str(card.placement.theme_id))
        for card in board.cards.values()
        if card.placement
    ]
    own = _own()
    return Helper(
        own.book, themes=themes, examples=placed, language=language, embedding=own.vectors
    )


@dataclass(frozen=True, slots=True)
class _Own:
    """What a study brings itself: its theme book, and word vectors of the place."""

    book: ThemeBook
    vectors: Embedding | None = None
    fault: str = ""


def _own() -> _Own:
    """Give the study's own book and vectors as they are now: an edited book counts at once."""
    path = Path(settings.STUDY) / BOOK if settings.STUDY else None
    written = path.stat().st_mtime_ns if path is not None and path.is_file() else 0
    return _read(str(path) if written else "", written, settings.WORD_VECTORS)


@lru_cache(maxsize=2)
def _read(book: str, _written: int, vectors: str) -> _Own:
    """Read them; what cannot be read is said, and the rest helps all the same."""
    fault: list[str] = []
    found, near = ThemeBook.shipped(), None
    try:
        found = ThemeBook.read(book) if book else found
    except VendepunktError as wrong:
        fault.append(str(wrong))
    try:
        near = Embedding(vectors) if vectors else None
    except VendepunktError as wrong:
        fault.append(str(wrong))
    return _Own(found, near, " ".join(fault))


def _names(suggested: Sequence[Suggestion], language: str) -> list[str]:
    return [one.title.in_(language) if one.new else one.theme for one in suggested]


def _record(cards: Sequence[Card], found: HelpBeside) -> None:
    """Record what is shown; once an idea was decided on, what had been shown for it stays."""
    if not cards:
        return
    language = cards[0].idea.panel.meeting.language
    uses = [
        HelpUse(idea=card.idea, suggested=_names(found.of(card).suggested, language))
        for card in cards
        if found.of(card).suggested
    ]
    decided = HelpUse.objects.filter(taken__isnull=False).values_list("idea_id", flat=True)
    known = set(decided.filter(idea__in=[use.idea for use in uses]))
    HelpUse.objects.bulk_create(
        [use for use in uses if use.idea_id not in known],
        update_conflicts=True,
        update_fields=["suggested"],
        unique_fields=["idea"],
    )


def note_choice(idea: Idea, theme: Theme) -> None:
    """Record whether the theme an idea was put under is one that the help had suggested."""
    use = HelpUse.objects.filter(idea=idea).first()
    if use is None:
        return
    names = {name.casefold() for name in (theme.title_da, theme.title_en, str(theme.pk)) if name}
    use.taken = any(str(name).casefold() in names for name in use.suggested)
    use.save(update_fields=["taken"])
