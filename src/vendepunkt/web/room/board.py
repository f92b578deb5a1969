"""The ideas and themes of one panel in one life phase, as they lie on the table."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from vendepunkt.terms import RefusedError
from vendepunkt.web.room.edits import Clash, ConflictError, Place, thing
from vendepunkt.web.room.models import Idea, Opening, Panel, Phase, Placement, Theme
from vendepunkt.web.room.words import said


@dataclass(slots=True)
class Card:
    """An idea as it lies on the table.

    Attributes
    ----------
    idea
        The idea.
    placement
        The placement that stands, or None.
    same
        Ideas folded into this one.
    """

    idea: Idea
    placement: Placement | None = None
    same: list[Idea] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Give how many people's ideas this is: itself and those folded into it."""
        return 1 + len(self.same)

    @property
    def stamp(self) -> str:
        """Give what a page saw of it; another stamp means that somebody changed it meanwhile."""
        return stamp(self.idea, self.placement)


@dataclass(slots=True)
class Column:
    """A theme with what lies under it."""

    theme: Theme
    cards: list[Card] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Give how many ideas lie under it, folded ones too."""
        return sum(card.count for card in self.cards)


def stamp(idea: Idea, placement: Placement | None) -> str:
    """Give a short text that changes whenever somebody places, folds or moderates an idea."""
    folded = str(idea.same_as_id or "")[:8]
    return f"{placement.pk if placement else 0}.{folded}.{idea.state}"


class Board:
    """What one panel said in one life phase, and the themes it is gathered under.

    Parameters
    ----------
    panel, phase
        Whose ideas, about which part of life.
    """

    def __init__(self, panel: Panel, phase: Phase) -> None:
        self.panel = panel
        self.phase = phase
        self.place = Place(panel.meeting, panel, phase)

    def ideas(self) -> QuerySet[Idea]:
        """Give all ideas, also those that are not shown; in no order that says when they came."""
        of_phase = Idea.objects.filter(panel=self.panel, question__phase=self.phase)
        return of_phase.select_related("question").order_by("question__position", "id")

    def themes(self) -> QuerySet[Theme]:
        """Give the themes that are there, in the order facilitators gave them."""
        common = Q(panel=None) | Q(panel=self.panel)
        return Theme.objects.filter(common, phase=self.phase, gone=False)

    @cached_property
    def cards(self) -> dict[str, Card]:
        """Give a card for each idea that is shown and not folded into another."""
        standing = {
            one.idea_id: one
            for one in Placement.objects.filter(
                idea__panel=self.panel, idea__question__phase=self.phase, undone=False
            ).select_related("by")
        }
        same: dict[object, list[Idea]] = defaultdict(list)
        heads: list[Idea] = []
        for idea in self.ideas():
            if idea.state != Idea.State.SHOWN:
                continue
            (same[idea.same_as_id] if idea.same_as_id else heads).append(idea)
        return {str(i.pk): Card(i, standing.get(i.pk), same[i.pk]) for i in heads}

    @cached_property
    def columns(self) -> list[Column]:
        """Give the themes with their cards."""
        by_theme = {theme.pk: Column(theme) for theme in self.themes()}
        for card in self.cards.values():
            if card.placement and card.placement.theme_id in by_theme:
                by_theme[card.placement.theme_id].cards.append(card)
        return list(by_theme.values())

    @cached_property
    def loose(self) -> list[Card]:
        """Give the cards that are under no theme yet."""
        return [card for card in self.cards.values() if card.placement is None]

    def version(self) -> str:
        """Give a short text that changes whenever anything on the table does, without drawing it.

        Ideas that arrive or are written anew count, although nobody placed anything.
        """
        ideas = self.ideas().values_list("pk", "text", "state", "same_as_id", "redacted")
        panel = Panel.objects.values_list("version", "meeting__version").get(pk=self.panel.pk)
        digest = hashlib.blake2b(repr((panel, list(ideas))).encode(), digest_size=9)
        return digest.hexdigest()

    def seen(self, wanted: Iterable[tuple[str, str]]) -> list[Card]:
        """Give the cards of ideas as a page saw them.

        Parameters
        ----------
        wanted
            Keys of ideas, each with the stamp that the page saw.

        Raises
        ------
        ConflictError
            Where somebody placed, folded or took away one of them meanwhile.
        RefusedError
            ``nothing_chosen`` where there is none.
        """
        cards: list[Card] = []
        clashes: list[Clash] = []
        for key, saw in wanted:
            idea = self.ideas().filter(pk=key).first()
            if idea is None:
                clashes.append(Clash(f"idea:{key}", "", _("It is gone.")))
                continue
            card = self.card(idea)
            if card.stamp != saw:
                clashes.append(self._clash(card))
            cards.append(card)
        if clashes:
            raise ConflictError(clashes)
        if not cards:
            raise RefusedError("nothing_chosen", _("No idea is chosen."))
        return cards

    def card(self, idea: Idea) -> Card:
        """Give an idea of any state with where it lies now."""
        placed = Placement.objects.filter(idea=idea, undone=False).select_related("by", "theme")
        same = Idea.objects.filter(same_as=idea, state=Idea.State.SHOWN).order_by("id")
        return Card(idea, placed.first(), list(same))

    def theme(self, key: str) -> Theme:
        """Give a theme of this table that is there.

        Raises
        ------
        ConflictError
            Where somebody took it away meanwhile.
        """
        theme = self.themes().filter(pk=key).first()
        if theme is not None:
            return theme
        gone = Theme.objects.filter(pk=key, meeting=self.panel.meeting).first()
        title = said(gone, "title") if gone else ""
        raise ConflictError([Clash(f"theme:{key}", title, _("The theme is gone."))])

    def needs_no_vote(self) -> None:
        """Refuse to change what people are voting on just now.

        Raises
        ------
        RefusedError
            ``vote_open``.
        """
        running = Opening.objects.filter(vote__phase=self.phase, state=Opening.State.OPEN)
        if not self.panel.meeting.common_themes:
            running = running.filter(panel=self.panel)
        if running.exists():
            raise RefusedError(
                "vote_open",
                _("People are voting on these themes just now."),
                try_=_("close the vote first"),
            )

    def _clash(self, card: Card) -> Clash:
        idea, placed = card.idea, card.placement
        if idea.same_as_id:
            theirs = _("It was folded into another idea.")
        elif idea.state != Idea.State.SHOWN:
            theirs = _("It is not shown any more.")
        elif placed is None:
            theirs = _("It was taken out of its theme.")
        else:
            theirs = _("It was placed under “%(theme)s”.") % {"theme": said(placed.theme, "title")}
        by = str(placed.by) if placed and placed.by else ""
        return Clash(thing(idea), idea.text, theirs, by)
