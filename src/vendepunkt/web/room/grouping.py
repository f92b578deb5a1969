"""Gather ideas under themes, together with others, so that nothing anybody did is lost."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max
from django.utils.translation import gettext as _

from vendepunkt.convene import Words
from vendepunkt.terms import RefusedError
from vendepunkt.web.people.models import Person
from vendepunkt.web.room.board import Board, Card
from vendepunkt.web.room.edits import Clash, ConflictError, Edit, alone, cite_of, thing
from vendepunkt.web.room.helping import note_choice
from vendepunkt.web.room.models import Action, Cite, Idea, Note, Theme
from vendepunkt.web.room.words import said

#: Keys of ideas, each with the stamp that the page saw.
Seen = Sequence[tuple[str, str]]
#: As long as the columns of a theme are.
TITLE_LENGTH = 200


def place(board: Board, who: Person, ideas: Seen, theme_key: str, why: str = "") -> Action | None:
    """Put ideas under a theme, from wherever they are.

    Sent twice it counts once: what is there already stays.

    Parameters
    ----------
    board, who
        The table, and who places.
    ideas
        Which, as the page saw them.
    theme_key
        Key of the theme.
    why
        Why; may be empty.

    Raises
    ------
    ConflictError
        Where somebody changed one of the ideas, or took the theme away, meanwhile.
    """
    with alone(board.panel.meeting):
        theme = board.theme(theme_key)
        wanted = [one for one in ideas if not _lies(one[0], theme)]
        if ideas and not wanted:
            return None
        edit = Edit(who, "idea.placed", board.place)
        for key, _saw in set(ideas) - set(wanted):
            edit.rests_on(board.ideas().get(pk=key), "placement")
        for card in board.seen(wanted):
            _needs_shown(card)
            edit.move(card.idea, theme, why)
            note_choice(card.idea, theme)
        edit.said = {"theme": str(theme.pk), "n": len(wanted)}
        return edit.write()


def unplace(board: Board, who: Person, ideas: Seen) -> Action | None:
    """Take ideas out of their themes, back to those not placed yet."""
    with alone(board.panel.meeting):
        edit = Edit(who, "idea.unplaced", board.place)
        cards = board.seen(ideas)
        for card in cards:
            edit.move(card.idea, None)
        edit.said = {"n": len(cards)}
        return edit.write()


def fold(board: Board, who: Person, ideas: Seen, head_key: str = "") -> Action | None:
    """Lay ideas that say the same on top of one another; each still counts.

    Parameters
    ----------
    board, who
        The table, and who folds.
    ideas
        Two or more ideas on the same question.
    head_key
        The one that stays on top; else one that others are folded into already, else the first.

    Raises
    ------
    RefusedError
        ``fold_two`` where there are not two; ``other_question`` where they answer different ones.
    """
    with alone(board.panel.meeting):
        cards = board.seen(ideas)
        if len(cards) < 2:
            raise RefusedError("fold_two", _("Choose two ideas or more that say the same."))
        if len({card.idea.question_id for card in cards}) > 1:
            raise RefusedError(
                "other_question", _("Ideas on different questions cannot be folded together.")
            )
        for card in cards:
            _needs_shown(card)
        head = max(cards, key=lambda card: (str(card.idea.pk) == head_key, len(card.same) > 0))
        edit = Edit(who, "idea.folded", board.place)
        edit.rests_on(head.idea, "state", "same_as")
        for card in cards:
            if card is head:
                continue
            edit.move(card.idea, None)
            edit.rests_on(card.idea, "state")
            for idea in (card.idea, *card.same):
                edit.put(thing(idea), "same_as", str(head.idea.pk))
        edit.said = {"n": sum(card.count for card in cards)}
        return edit.write()


def unfold(board: Board, who: Person, idea_key: str) -> Action | None:
    """Let an idea stand for itself again, under the theme of the one it was folded into."""
    with alone(board.panel.meeting):
        idea = board.ideas().filter(pk=idea_key).select_related("same_as").first()
        if idea is None or idea.same_as is None:
            return None
        edit = Edit(who, "idea.unfolded", board.place)
        _stand_alone(board, edit, idea, idea.same_as)
        return edit.write()


def stand_alone(board: Board, edit: Edit, head: Idea) -> None:
    """Unfold all that is folded into an idea, within another change."""
    for idea in Idea.objects.filter(same_as=head).order_by("id"):
        _stand_alone(board, edit, idea, head)


def _stand_alone(board: Board, edit: Edit, idea: Idea, head: Idea) -> None:
    edit.put(thing(idea), "same_as", None)
    edit.rests_on(head, "state", "same_as", "placement")
    placed = board.card(head).placement
    if placed is not None and idea.state == Idea.State.SHOWN:
        edit.move(idea, placed.theme)


def new_theme(board: Board, who: Person, title: Words, ideas: Seen = ()) -> Theme:
    """Make a theme, and put ideas under it at once.

    Parameters
    ----------
    board, who
        The table, and who makes it.
    title
        Its name in Danish, English or both.
    ideas
        Ideas to put under it, as the page saw them.

    Raises
    ------
    RefusedError
        ``theme_unnamed``; ``theme_exists`` where a theme of the table has that name already.
    """
    with alone(board.panel.meeting):
        board.needs_no_vote()
        cards = board.seen(ideas) if ideas else []
        edit = Edit(who, "theme.made", board.place)
        theme = _make(board, edit, title)
        for card in cards:
            _needs_shown(card)
            edit.move(card.idea, theme)
            note_choice(card.idea, theme)
        edit.said["n"] = len(cards)
        edit.write()
    return theme


def _make(board: Board, edit: Edit, title: Words) -> Theme:
    title = _checked(board, title)
    last = Theme.objects.filter(phase=board.phase).aggregate(last=Max("position"))["last"]
    theme = Theme.objects.create(
        meeting=board.panel.meeting,
        phase=board.phase,
        panel=None if board.panel.meeting.common_themes else board.panel,
        position=0 if last is None else last + 1,
        title_da=title.da,
        title_en=title.en,
        gone=True,
    )
    edit.about = thing(theme)
    edit.said = {"theme": str(theme.pk)}
    # Made as one that is gone, so that undoing takes it away and nothing of it is lost.
    edit.set(theme, gone=False)
    return theme


def _checked(board: Board, title: Words, but: Theme | None = None) -> Words:
    title = Words(da=" ".join(title.da.split()), en=" ".join(title.en.split()))
    if not title.da and not title.en:
        raise RefusedError("theme_unnamed", _("The theme has no name."))
    if max(len(title.da), len(title.en)) > TITLE_LENGTH:
        raise RefusedError("theme_long", _("The name is too long."), allowed=str(TITLE_LENGTH))
    taken = {
        name.casefold()
        for theme in board.themes()
        if but is None or theme.pk != but.pk
        for name in (theme.title_da, theme.title_en)
        if name
    }
    if {title.da.casefold(), title.en.casefold()} & taken:
        raise RefusedError("theme_exists", _("There is a theme with that name already."))
    return title


def describe(
    board: Board, who: Person, theme_key: str, seen: int, title: Words, description: Words
) -> Action | None:
    """Give a theme its name and description, as a new version.

    Raises
    ------
    ConflictError
        Where somebody wrote something else meanwhile.
    RefusedError
        As :func:`new_theme`; ``vote_open`` while people vote on it.
    """
    with alone(board.panel.meeting):
        theme = board.theme(theme_key)
        title = _checked(board, title, but=theme)
        now = (theme.title_da, theme.title_en, theme.description_da, theme.description_en)
        wanted = (title.da, title.en, description.da.strip(), description.en.strip())
        if now == wanted:
            return None
        check_version(theme, seen)
        board.needs_no_vote()
        edit = Edit(who, "theme.described", board.place, about=thing(theme))
        fields = ("title_da", "title_en", "description_da", "description_en")
        edit.set(theme, **dict(zip(fields, wanted, strict=True)))
        edit.rests_on(theme, "gone")
        edit.said = {"theme": str(theme.pk)}
        return edit.write()


def check_version(theme: Theme, seen: int) -> None:
    """Check that a theme is as the page saw it.

    Raises
    ------
    ConflictError
        Where it has another version.
    """
    if theme.version == seen:
        return
    from vendepunkt.web.record import history

    last = history(thing(theme)).last()
    by = str(last.who) if last and last.who else ""
    words = [said(theme, "title"), theme.description_da, theme.description_en]
    theirs = " — ".join(word for word in words if word)
    raise ConflictError([Clash(thing(theme), said(theme, "title"), theirs, by)])


def split(board: Board, who: Person, theme_key: str, ideas: Seen, title: Words) -> Theme:
    """Make a new theme of some of the ideas under a theme.

    Raises
    ------
    RefusedError
        As :func:`new_theme`; ``nothing_chosen`` where no idea is to go.
    ConflictError
        Where one of the ideas is elsewhere by now.
    """
    with alone(board.panel.meeting):
        board.needs_no_vote()
        old = board.theme(theme_key)
        cards = board.seen(ideas)
        edit = Edit(who, "theme.split", board.place)
        theme = _make(board, edit, title)
        edit.rests_on(old, "gone")
        for card in cards:
            edit.move(card.idea, theme)
        edit.said |= {"from": str(old.pk), "n": len(cards)}
        others = [one for one in board.themes() if one.pk != theme.pk]
        at = next(i for i, one in enumerate(others) if one.pk == old.pk) + 1
        _line_up(edit, [*others[:at], theme, *others[at:]])
        edit.write()
    return theme


def merge(board: Board, who: Person, theme_key: str, into_key: str, seen: int) -> Action | None:
    """Put all ideas and citations of a theme under another, and take the first away.

    Raises
    ------
    ConflictError
        Where the theme was changed or taken away meanwhile.
    RefusedError
        ``same_theme``; ``vote_open`` while people vote on them.
    """
    with alone(board.panel.meeting):
        board.needs_no_vote()
        theme, into = board.theme(theme_key), board.theme(into_key)
        if theme.pk == into.pk:
            raise RefusedError("same_theme", _("Choose another theme to merge it into."))
        check_version(theme, seen)
        edit = Edit(who, "theme.merged", board.place)
        edit.rests_on(into, "gone")
        _move_all(edit, theme, into)
        for cite in theme.cites.select_related("idea", "note"):
            source = cite.idea or cite.note
            if source is not None:
                edit.put(cite_of(theme, source), "there", value=False)
                edit.put(cite_of(into, source), "there", value=True)
        edit.set(theme, gone=True)
        edit.said = {"theme": str(theme.pk), "into": str(into.pk)}
        return edit.write()


def remove(board: Board, who: Person, theme_key: str, seen: int) -> Action | None:
    """Take a theme away; its ideas lie among those not placed again.

    Raises
    ------
    ConflictError
        Where it was changed meanwhile.
    RefusedError
        ``vote_open`` while people vote on it.
    """
    with alone(board.panel.meeting):
        board.needs_no_vote()
        theme = board.theme(theme_key)
        check_version(theme, seen)
        edit = Edit(who, "theme.removed", board.place)
        _move_all(edit, theme, None)
        edit.set(theme, gone=True)
        edit.said = {"theme": str(theme.pk)}
        return edit.write()


def _move_all(edit: Edit, theme: Theme, into: Theme | None) -> None:
    # Of all panels that share the theme, not of this one alone.
    standing = theme.placements.filter(undone=False).select_related("idea")
    for placement in standing:
        edit.move(placement.idea, into)


def order(board: Board, who: Person, theme_key: str, by: int, seen: int) -> Action | None:
    """Move a theme up or down among the others.

    Parameters
    ----------
    board, who
        The table, and who moves it.
    theme_key
        Which theme.
    by
        -1 for one up, 1 for one down.
    seen
        Its place among the themes as the page saw it, counted from 0; a command that was sent
        twice moves once.
    """
    with alone(board.panel.meeting):
        board.needs_no_vote()
        theme = board.theme(theme_key)
        themes = list(board.themes())
        at = next(i for i, one in enumerate(themes) if one.pk == theme.pk)
        to = at + by
        if at != seen or not 0 <= to < len(themes):
            return None
        edit = Edit(who, "theme.ordered", board.place)
        edit.said = {"theme": str(theme.pk)}
        themes.insert(to, themes.pop(at))
        _line_up(edit, themes)
        return edit.write()


def _line_up(edit: Edit, themes: list[Theme]) -> None:
    """Give themes the places they have among them, in a new order.

    No new place is made up, so that a theme made later still comes last when this is undone.
    """
    places = sorted(theme.position for theme in themes)
    for theme, position in zip(themes, places, strict=True):
        edit.rests_on(theme, "position")
        edit.set(theme, position=position)


def cite(
    board: Board, who: Person, theme_key: str, source: Idea | Note, *, there: bool = True
) -> Action | None:
    """Say that a theme's description rests on an idea or a note, or that it no longer does."""
    with alone(board.panel.meeting):
        theme = board.theme(theme_key)
        edit = Edit(who, "theme.cited" if there else "theme.uncited", board.place)
        edit.rests_on(theme, "gone")
        edit.put(cite_of(theme, source), "there", value=there)
        edit.said = {"theme": str(theme.pk)}
        return edit.write()


def cited(theme: Theme) -> set[str]:
    """Give the keys of the ideas and notes that a theme cites."""
    pairs = Cite.objects.filter(theme=theme).values_list("idea_id", "note_id")
    return {str(key) for pair in pairs for key in filter(None, pair)}


def carry(board: Board, who: Person, theme_key: str, seen: int, by: str, why: str) -> Action | None:
    """Carry a theme forward whatever its votes; with no name that decision is taken back.

    Parameters
    ----------
    board, who, theme_key, seen
        As :func:`describe`.
    by
        Who decided it: a role or a body.
    why
        The reason, which is shown with the result.

    Raises
    ------
    RefusedError
        ``carry_why`` where the reason is missing.
    ConflictError
        Where somebody changed the theme meanwhile.
    """
    by, why = by.strip(), why.strip()
    if by and not why:
        raise RefusedError("carry_why", _("Say why it is carried forward."))
    with alone(board.panel.meeting):
        theme = board.theme(theme_key)
        if (theme.carried_by, theme.carried_why) == (by, why if by else ""):
            return None
        check_version(theme, seen)
        what = "theme.carried" if by else "theme.not_carried"
        edit = Edit(who, what, board.place, about=thing(theme))
        edit.rests_on(theme, "gone")
        edit.set(theme, carried_by=by, carried_why=why if by else "")
        edit.said = {"theme": str(theme.pk)}
        return edit.write()


def ballot(board: Board, who: Person, theme_key: str, seen: int, *, on: bool) -> Action | None:
    """Put a theme on the ballot, or let it stand without votes."""
    with alone(board.panel.meeting):
        theme = board.theme(theme_key)
        if theme.on_ballot == on:
            return None
        board.needs_no_vote()
        check_version(theme, seen)
        edit = Edit(who, "theme.on_ballot" if on else "theme.off_ballot", board.place)
        edit.rests_on(theme, "gone")
        edit.set(theme, on_ballot=on)
        edit.said = {"theme": str(theme.pk)}
        return edit.write()


def _lies(key: str, theme: Theme) -> bool:
    return theme.placements.filter(idea_id=key, undone=False).exists()


def _needs_shown(card: Card) -> None:
    if card.idea.state != Idea.State.SHOWN or card.idea.same_as_id:
        raise RefusedError("not_shown", _("Only ideas that are shown can be placed."))
