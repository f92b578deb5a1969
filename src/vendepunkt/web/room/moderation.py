"""Read what came in: show it, hold it back, take it away with a reason, strike out names."""

from __future__ import annotations

import re
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from vendepunkt.terms import RefusedError
from vendepunkt.web.people.models import Person
from vendepunkt.web.record import erase, record
from vendepunkt.web.room.board import Board
from vendepunkt.web.room.edits import Clash, ConflictError, Edit, alone, thing
from vendepunkt.web.room.erasing import erase_words
from vendepunkt.web.room.grouping import Seen, stand_alone
from vendepunkt.web.room.models import Action, Idea, Note, Panel, Theme
from vendepunkt.web.room.versions import bump

#: What stands where words were struck out; the same in all languages.
STRUCK: Final = "▇▇▇"
_REASON_LENGTH: Final = 300


def show(board: Board, who: Person, ideas: Seen) -> Action | None:
    """Let ideas be seen by the panel, from whatever state they were in."""
    return _turn(board, who, ideas, Idea.State.SHOWN, "")


def hold(board: Board, who: Person, ideas: Seen) -> Action | None:
    """Hold ideas back until they were read again."""
    return _turn(board, who, ideas, Idea.State.HELD, "")


def remove(board: Board, who: Person, ideas: Seen, reason: str) -> Action | None:
    """Take ideas away; the reason is kept, and it can be undone.

    Raises
    ------
    RefusedError
        ``reason_needed`` without a reason.
    """
    return _turn(board, who, ideas, Idea.State.REMOVED, _needed(reason))


def personal_case(board: Board, who: Person, ideas: Seen, reason: str = "") -> Action | None:
    """Mark ideas as a person's own case, which the panel does not take up."""
    return _turn(board, who, ideas, Idea.State.PERSONAL_CASE, reason.strip()[:_REASON_LENGTH])


def advice() -> str:
    """Give the text that is said where somebody wrote of their own case."""
    return _(
        "The panel does not take up individual cases. It talks about what is the same for many. "
        "If you need help with your own case, ask a facilitator where you can turn."
    )


def waiting(panel: Panel) -> int:
    """Give how many ideas wait to be read."""
    return Idea.objects.filter(panel=panel, state=Idea.State.HELD).count()


def _turn(board: Board, who: Person, ideas: Seen, state: str, reason: str) -> Action | None:
    with alone(board.panel.meeting):
        found = [_seen(board, key, saw, state) for key, saw in ideas]
        clashes = [one for one in found if isinstance(one, Clash)]
        if clashes:
            raise ConflictError(clashes)
        if not found:
            raise RefusedError("nothing_chosen", _("No idea is chosen."))
        turned = [one for one in found if isinstance(one, Idea)]
        # A reason is somebody's words: it stands under the idea, so that it can be erased with it.
        about = thing(turned[0]) if len(turned) == 1 and reason else ""
        edit = Edit(who, f"idea.{state}", board.place, about=about)
        for idea in turned:
            if state != Idea.State.SHOWN:
                stand_alone(board, edit, idea)
                edit.put(thing(idea), "same_as", None)
                edit.move(idea, None)
            edit.set(idea, state=state, reason=reason)
        edit.said = {"n": len(turned)}
        action = edit.write()
        bump(board.panel)
        return action


def _seen(board: Board, key: str, saw: str, state: str) -> Idea | Clash:
    idea = board.ideas().filter(pk=key).first()
    if idea is None:
        return Clash(f"idea:{key}", "", _("It is gone."))
    card = board.card(idea)
    if card.stamp == saw or idea.state == state:
        return idea
    return Clash(thing(idea), idea.text, _("Somebody placed or moderated it meanwhile."))


def redact(
    board: Board, who: Person, idea_key: str, seen: str, reason: str, words: str | None = None
) -> None:
    """Erase words of an idea for good: some of them, such as a name, or all.

    It cannot be undone. The reason is kept; the words leave the database and the record.

    Parameters
    ----------
    board, who
        Where, and who does it.
    idea_key, seen
        Which idea, and the stamp that the page saw.
    reason
        Why; without the words themselves.
    words
        What to strike out, wherever it stands in the idea, in upper or lower case; None for all.

    Raises
    ------
    RefusedError
        ``reason_needed`` without a reason; ``words_not_there``; ``reason_tells`` where the reason
        holds what is struck out.
    ConflictError
        Where somebody moved or moderated the idea meanwhile.
    """
    reason = _needed(reason)
    with alone(board.panel.meeting):
        found = _seen(board, idea_key, seen, "")
        if isinstance(found, Clash):
            raise ConflictError([found])
        text, whole = _struck(found.text, words, reason)
        Idea.objects.filter(pk=found.pk).update(
            text=text, redacted=whole or found.redacted, reason=reason
        )
        erase(thing(found), who)
        # A reason that was given for several ideas at once stands under their place.
        erase(board.place.about, who, holding=(f'"{thing(found)}"', '"reason":'))
        record(who, "idea.redacted", thing(found))
        bump(board.panel)
        _clean_files()


def redact_note(note: Note, who: Person, seen: int, reason: str, words: str | None = None) -> None:
    """Erase words of a note for good, also from the record of how it was written.

    Raises
    ------
    RefusedError, ConflictError
        As :func:`redact`.
    """
    reason = _needed(reason)
    with alone(note.group.panel.meeting):
        note.refresh_from_db()
        if note.version != seen:
            raise ConflictError([Clash(thing(note), note.text, note.text)])
        text, _whole = _struck(note.text, words, reason)
        Note.objects.filter(pk=note.pk).update(text=text or STRUCK, version=F("version") + 1)
        erase(thing(note), who)
        record(who, "note.redacted", thing(note), after={"reason": reason})
        _clean_files()


def redact_theme(board: Board, who: Person, theme_key: str, reason: str, words: str) -> None:
    """Strike words out of a theme's name and description for good, also in its history.

    Raises
    ------
    RefusedError
        As :func:`redact`; ``reason_needed`` also where no words are given.
    ConflictError
        Where the theme is gone.
    """
    reason, words = _needed(reason), _needed(words)
    with alone(board.panel.meeting):
        theme = board.theme(theme_key)
        fields = ("title_da", "title_en", "description_da", "description_en", "carried_why")
        texts = {field: getattr(theme, field) for field in fields}
        _struck("\n".join(texts.values()), words, reason)
        texts = {field: _strike(text, words) for field, text in texts.items()}
        Theme.objects.filter(pk=theme.pk).update(**texts, version=F("version") + 1)
        erase(thing(theme), who)
        record(who, "theme.redacted", thing(theme), after={"reason": reason})
        bump(board.panel)
        _clean_files()


def _strike(text: str, words: str) -> str:
    return re.sub(re.escape(words), STRUCK, text, flags=re.IGNORECASE)


def _struck(text: str, words: str | None, reason: str) -> tuple[str, bool]:
    """Give the text without the words, and whether nothing of it is left."""
    if words is None:
        return "", True
    words = words.strip()
    if not words:
        raise RefusedError("words_needed", _("Write the words that are to be erased."))
    if _strike(reason, words) != reason:
        raise RefusedError("reason_tells", _("The reason holds the words that are to be erased."))
    left = _strike(text, words)
    if left == text:
        raise RefusedError("words_not_there", _("Those words do not stand there."))
    return left, False


def _needed(reason: str) -> str:
    reason = " ".join(reason.split())[:_REASON_LENGTH]
    if not reason:
        raise RefusedError("reason_needed", _("Say why in a few words."))
    return reason


def _clean_files() -> None:
    """Once it is committed, leave no bytes of what was erased in files and backups."""
    transaction.on_commit(_rewrite, robust=True)


def _rewrite() -> None:
    from vendepunkt.web.room.helping import forget

    forget()
    erase_words()


__all__ = [
    "STRUCK",
    "advice",
    "hold",
    "personal_case",
    "redact",
    "redact_note",
    "redact_theme",
    "remove",
    "show",
    "waiting",
]
