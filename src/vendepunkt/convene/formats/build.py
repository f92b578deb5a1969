"""A meeting put together from what a file names: ids are made, titles are kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil
from types import MappingProxyType
from typing import Any, Final

from vendepunkt.convene.formats.mapping import Head, VoteMap
from vendepunkt.convene.types import (
    Ballot,
    Channel,
    Group,
    Idea,
    Kind,
    LifePhase,
    Meeting,
    Panel,
    Placement,
    Placing,
    Question,
    Theme,
    Vote,
    Words,
)

_LETTERS: Final = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ß": "ss", "đ": "d", "ł": "l"})
_UNKNOWN_PANEL: Final = Words("Panelet", "The panel")
_UNKNOWN_PHASE: Final = Words("Livsfasen", "The life phase")


def slug(text: str) -> str:
    """Give plain letters, digits and hyphens for a title; empty where nothing plain is in it.

    Examples
    --------
    >>> slug("Overgangen til voksenlivet – æøå")
    'overgangen-til-voksenlivet-aeoeaa'
    """
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")


@dataclass(slots=True)
class Builder:
    """Gathers the parts of a meeting; the same name twice is the same part.

    Attributes
    ----------
    head
        Title, date and the like.
    votes
        Rule, choices and places of every vote.
    """

    head: Head
    votes: VoteMap
    _parts: dict[str, dict[Any, Any]] = field(default_factory=dict)
    _ids: set[str] = field(default_factory=set)
    _ideas: list[Idea] = field(default_factory=list)
    _placements: list[Placement] = field(default_factory=list)
    _ballots: list[Ballot] = field(default_factory=list)
    _placings: list[Placing] = field(default_factory=list)

    def panel(self, title: str = "", *, present: int | None = None) -> str:
        """Give the id of a panel, known or new."""
        words = self._words(title) if title else _UNKNOWN_PANEL
        return self._part("panel", title, lambda id_: Panel(id_, words, present), title or "panel")

    def phase(self, title: str = "") -> str:
        """Give the id of a life phase, known or new."""
        words = self._words(title) if title else _UNKNOWN_PHASE
        return self._part("phase", title, lambda id_: LifePhase(id_, words), title or "phase")

    def group(self, name: str, panel: str) -> str:
        """Give the id of a small group of a panel."""
        return self._part("group", (panel, name), lambda id_: Group(id_, panel, name), name)

    def question(self, phase: str, kind: Kind, text: str = "") -> str:
        """Give the id of the question of a phase and kind."""
        words = self._words(text)
        return self._part(
            "question", (phase, kind, text), lambda id_: Question(id_, phase, kind, words), kind
        )

    def theme(self, title: str, phase: str, *, id_: str = "", on_ballot: bool = True) -> str:
        """Give the id of a theme of a phase; titles that differ in case or blanks are one theme."""
        key = (phase, id_ or " ".join(title.casefold().split()))
        words = self._words(title)
        return self._part(
            "theme",
            key,
            lambda made: Theme(made, phase, words, on_ballot=on_ballot),
            id_ or title,
            exact=bool(id_),
        )

    def vote(self, phase: str) -> str:
        """Give the id of the vote of a phase."""
        votes = self.votes
        return self._part(
            "vote",
            phase,
            lambda id_: Vote(id_, phase, votes.rule, votes.places, votes.choices),
            f"vote-{phase}",
        )

    def idea(
        self,
        text: str,
        panel: str,
        question: str,
        *,
        channel: Channel = "phone",
        theme: str = "",
        **more: Any,
    ) -> str:
        """Add an idea, and its placement where it has a theme."""
        id_ = f"idea-{len(self._ideas) + 1}"
        self._ideas.append(Idea(id_, panel, question, text, channel, **more))
        if theme:
            self._placements.append(Placement(id_, theme, by="import"))
        return id_

    def ballot(
        self,
        vote: str,
        panel: str,
        marks: Mapping[str, Fraction],
        channel: Channel = "phone",
        group: str | None = None,
    ) -> None:
        """Add a ballot."""
        held = MappingProxyType(dict(marks))
        self._ballots.append(Ballot(vote, panel, held, channel, group))

    def placing(self, placing: Placing) -> None:
        """Add a published place."""
        self._placings.append(placing)

    def ids(self, kind: str) -> tuple[str, ...]:
        """Give the ids of a kind of part, in the order they were met."""
        return tuple(part.id for part in self._parts.get(kind, {}).values())

    def meeting(self) -> Meeting:
        """Give the meeting; its ballots stand in an order that tells nothing."""
        from vendepunkt.convene.frozen_rows import canonical

        head = self.head
        made = Meeting(
            id=head.id,
            title=head.title,
            date=head.date,
            language=head.language,
            invented=head.invented,
            phases=self._all("phase"),
            panels=self._all("panel"),
            groups=self._all("group"),
            questions=self._all("question"),
            ideas=tuple(self._ideas),
            themes=self._all("theme"),
            placements=tuple(self._placements),
            votes=tuple(self._capped(vote) for vote in self._all("vote")),
            ballots=tuple(self._ballots),
            placings=tuple(self._placings),
            attribution=head.attribution,
        )
        return canonical(made)

    def _capped(self, vote: Vote) -> Vote:
        """Give a vote its rule, and its number of choices where that needs one, by the ballots."""
        from vendepunkt.convene.rules import RULES

        if not vote.rule:
            cast = [one for one in self._ballots if one.vote == vote.id]
            crosses = all(value == 1 for one in cast for value in one.marks.values())
            without = "approval" if cast else "choose-k"
            vote = replace(vote, rule=without if crosses else "score")
        if vote.choices is not None or RULES[vote.rule].form.cap == "none":
            return vote
        cap = RULES[vote.rule].form.cap
        used = [
            len(one.marks) if cap == "marks" else sum(one.marks.values()) if cap == "total"
            else max(one.marks.values(), default=0)
            for one in self._ballots if one.vote == vote.id
        ]  # fmt: skip
        return replace(vote, choices=max(1, ceil(max(used, default=1))))

    def _words(self, title: str) -> Words:
        return Words(da=title) if self.head.language == "da" else Words(en=title)

    def _all(self, kind: str) -> tuple[Any, ...]:
        return tuple(self._parts.get(kind, {}).values())

    def _part(self, kind: str, key: Any, make: Any, name: str, *, exact: bool = False) -> str:
        known = self._parts.setdefault(kind, {})
        if key not in known:
            known[key] = make(self._fresh(kind, name, exact=exact))
        return str(known[key].id)

    def _fresh(self, kind: str, name: str, *, exact: bool) -> str:
        if exact:
            return name
        plain = slug(name) or kind
        id_, n = plain, 1
        while (taken := f"{kind}/{id_}") in self._ids:
            n += 1
            id_ = f"{plain}-{n}"
        self._ids.add(taken)
        return id_
