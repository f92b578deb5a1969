"""What a form on a table of ideas can ask for: the word on its button, and what is then done.

A command stands in the value of a button, its arguments behind colons: ``place:THEME``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from django.http import Http404, QueryDict

from vendepunkt.convene import Words
from vendepunkt.web.people.models import Person
from vendepunkt.web.room import grouping, moderation
from vendepunkt.web.room.board import Board
from vendepunkt.web.room.lead.common import (
    key_in,
    seen_ideas,
    seen_row,
    words,
)
from vendepunkt.web.room.models import Action, Idea, Note, Theme

Done: TypeAlias = "Action | Theme | None"

#: Longest description of a theme, in characters.
LONGEST: Final = 4000


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was sent: on which table, by whom, what is in it, and what its button says."""

    board: Board
    person: Person
    post: QueryDict
    arguments: list[str]


Command: TypeAlias = Callable[[Sent], Done]


def do(board: Board, person: Person, post: QueryDict) -> Done:
    """Do what a form asks for.

    Parameters
    ----------
    board
        The table.
    person
        Who sent it.
    post
        The form; its field ``command`` says what.
    """
    name, *arguments = post.get("command", "").split(":")
    command = COMMANDS.get(name)
    if command is None:
        raise Http404
    return command(Sent(board, person, post, arguments))


def _ideas(post: QueryDict) -> list[tuple[str, str]]:
    return seen_ideas(post.getlist("idea"))


def _first(arguments: list[str]) -> str:
    return key_in(arguments[0] if arguments else "")


def _place(sent: Sent) -> Done:
    theme = _first(sent.arguments or [sent.post.get("theme", "")])
    return grouping.place(
        sent.board, sent.person, _ideas(sent.post), theme, words(sent.post, "why")
    )


def _one(sent: Sent) -> Done:
    """Place the one idea that stands in the button itself, whatever else is ticked."""
    if len(sent.arguments) != 2:
        raise Http404
    return grouping.place(
        sent.board, sent.person, seen_ideas(sent.arguments[:1]), key_in(sent.arguments[1])
    )


def _unplace(sent: Sent) -> Done:
    return grouping.unplace(sent.board, sent.person, _ideas(sent.post))


def _fold(sent: Sent) -> Done:
    head = key_in(sent.arguments[0]) if sent.arguments else ""
    return grouping.fold(sent.board, sent.person, _ideas(sent.post), head)


def _pair(sent: Sent) -> Done:
    """Fold the second of two ideas that stand in the button into the first."""
    pair = seen_ideas(sent.arguments)
    return grouping.fold(sent.board, sent.person, pair, pair[0][0] if pair else "")


def _unfold(sent: Sent) -> Done:
    return grouping.unfold(sent.board, sent.person, _first(sent.arguments))


def _title(post: QueryDict) -> Words:
    longest = grouping.TITLE_LENGTH
    return Words(words(post, "title_da", longest), words(post, "title_en", longest))


def _new(sent: Sent) -> Done:
    return grouping.new_theme(sent.board, sent.person, _title(sent.post), _ideas(sent.post))


def _book(sent: Sent) -> Done:
    """Make a theme of the theme book, and put the idea in the button under it."""
    from vendepunkt.web.room.helping import helper_of

    if len(sent.arguments) != 2 or not (ideas := seen_ideas(sent.arguments[:1])):
        raise Http404
    text = sent.board.ideas().filter(pk=ideas[0][0]).values_list("text", flat=True).first() or ""
    for one in helper_of(sent.board).suggest(text):
        if one.new and one.theme == sent.arguments[1]:
            return grouping.new_theme(sent.board, sent.person, one.title, ideas)
    raise Http404


def _describe(sent: Sent) -> Done:
    key, version = seen_row(sent.post)
    about = Words(
        words(sent.post, "description_da", LONGEST), words(sent.post, "description_en", LONGEST)
    )
    return grouping.describe(sent.board, sent.person, key, version, _title(sent.post), about)


def _split(sent: Sent) -> Done:
    key, _version = seen_row(sent.post)
    return grouping.split(sent.board, sent.person, key, _ideas(sent.post), _title(sent.post))


def _merge(sent: Sent) -> Done:
    key, version = seen_row(sent.post)
    return grouping.merge(sent.board, sent.person, key, key_in(sent.post.get("into", "")), version)


def _away(sent: Sent) -> Done:
    key, version = seen_row(sent.post)
    return grouping.remove(sent.board, sent.person, key, version)


def _order(sent: Sent) -> Done:
    if (
        len(sent.arguments) != 3
        or sent.arguments[1] not in {"up", "down"}
        or not sent.arguments[2].isdecimal()
    ):
        raise Http404
    by = -1 if sent.arguments[1] == "up" else 1
    return grouping.order(
        sent.board, sent.person, key_in(sent.arguments[0]), by, int(sent.arguments[2][:6])
    )


def _carry(sent: Sent) -> Done:
    key, version = seen_row(sent.post)
    by, why = words(sent.post, "by", 200), words(sent.post, "why", 1000)
    return grouping.carry(sent.board, sent.person, key, version, by, why)


def _ballot(sent: Sent) -> Done:
    key, version = seen_row(sent.post)
    return grouping.ballot(sent.board, sent.person, key, version, on=sent.arguments == ["on"])


def _cite(sent: Sent) -> Done:
    """Cite the sources that are ticked, and stop citing those that are shown and not ticked."""
    key, _version = seen_row(sent.post)
    wanted = {key_in(one) for one in sent.post.getlist("source")}
    had = grouping.cited(sent.board.theme(key))
    done: Done = None
    for source in [*wanted - had, *had - wanted]:
        row = _source(sent.board, source)
        if row is not None:
            done = grouping.cite(sent.board, sent.person, key, row, there=source in wanted)
    return done


def _source(board: Board, key: str) -> Idea | Note | None:
    idea = Idea.objects.filter(pk=key, question__phase=board.phase).first()
    notes = Note.objects.filter(pk=key, group__panel__meeting=board.panel.meeting)
    return idea or notes.first()


def _show(sent: Sent) -> Done:
    return moderation.show(sent.board, sent.person, _ideas(sent.post))


def _hold(sent: Sent) -> Done:
    return moderation.hold(sent.board, sent.person, _ideas(sent.post))


def _remove(sent: Sent) -> Done:
    return moderation.remove(sent.board, sent.person, _ideas(sent.post), words(sent.post, "reason"))


def _personal(sent: Sent) -> Done:
    return moderation.personal_case(
        sent.board, sent.person, _ideas(sent.post), words(sent.post, "reason")
    )


def _redact(sent: Sent) -> Done:
    """Erase words of an idea that stands in the form, or all of them."""
    for key, stamp in _ideas(sent.post)[:1]:
        strike = None if sent.arguments == ["all"] else words(sent.post, "words")
        moderation.redact(sent.board, sent.person, key, stamp, words(sent.post, "reason"), strike)
    return None


def _redact_theme(sent: Sent) -> Done:
    key, _version = seen_row(sent.post)
    moderation.redact_theme(
        sent.board, sent.person, key, words(sent.post, "reason"), words(sent.post, "words")
    )
    return None


#: The word on the button → what it does.
COMMANDS: Final[dict[str, Command]] = {
    "place": _place,
    "one": _one,
    "unplace": _unplace,
    "fold": _fold,
    "pair": _pair,
    "unfold": _unfold,
    "new": _new,
    "book": _book,
    "describe": _describe,
    "split": _split,
    "merge": _merge,
    "away": _away,
    "order": _order,
    "carry": _carry,
    "ballot": _ballot,
    "cite": _cite,
    "show": _show,
    "hold": _hold,
    "remove": _remove,
    "personal": _personal,
    "redact": _redact,
    "redact-theme": _redact_theme,
}
