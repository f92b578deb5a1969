"""What a panel meeting consists of, from the people who came to the ballots they cast.

Everything here is frozen: the room changes rows in a database; what is analysed is a version.
Ids are short texts, unique within their kind, and mean nothing: no name, no time, no order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["pushes_out", "lets_in", "free"]
Channel: TypeAlias = Literal["phone", "paper", "helper"]
IdeaState: TypeAlias = Literal["held", "shown", "removed", "personal_case"]

#: What a question asks for: what pushes people out, what lets them in, or anything.
KINDS: Final[tuple[Kind, ...]] = ("pushes_out", "lets_in", "free")
#: How something reached the meeting: on a phone, on paper, or typed by a helper.
CHANNELS: Final[tuple[Channel, ...]] = ("phone", "paper", "helper")
#: Held back until a facilitator has read it, shown, removed with a reason, or a person's own case.
IDEA_STATES: Final[tuple[IdeaState, ...]] = ("held", "shown", "removed", "personal_case")


@dataclass(frozen=True, slots=True)
class Words:
    """A text in Danish and English; one of them may be empty, not both where a title is meant.

    Examples
    --------
    >>> Words(da="Ensomhed").in_("en")
    'Ensomhed'
    """

    da: str = ""
    en: str = ""

    def in_(self, language: str) -> str:
        """Give the text in a language, or in the other where that is empty."""
        return (self.da or self.en) if language == "da" else (self.en or self.da)


@dataclass(frozen=True, slots=True)
class LifePhase:
    """A part of life that is talked about, such as childhood and youth."""

    id: str
    title: Words


@dataclass(frozen=True, slots=True)
class Panel:
    """People who were asked: users and practitioners, or local councils.

    Attributes
    ----------
    id, title
        Which panel.
    present
        How many people were counted in the room; None where nobody counted.
    all_members
        Whether all members of the panel took part, so that there is nobody else who could have
        come: how firmly a placing holds is then not asked.
    """

    id: str
    title: Words
    present: int | None = None
    all_members: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A small group of a panel that talked together."""

    id: str
    panel: str
    name: str


@dataclass(frozen=True, slots=True)
class Question:
    """What ideas were asked for in a life phase."""

    id: str
    phase: str
    kind: Kind
    text: Words


@dataclass(frozen=True, slots=True)
class Note:
    """What a note-taker wrote down from a small group; can be cited by a theme or a finding.

    Attributes
    ----------
    phase, theme
        The life phase it is about, and the theme, where one was named.
    version
        Counts up with each change; the version that stands is the latest.
    """

    id: str
    group: str
    phase: str
    text: str
    theme: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Idea:
    """One thing somebody wrote. Never whose it was, never when.

    Attributes
    ----------
    text
        The words as sent; None where they were redacted.
    state, reason
        Whether it is shown, and why not where it is not (also why words were redacted).
    same_as
        The idea this one says again, where a facilitator folded duplicates; the count is kept.
    released
        Whether the words may leave in open data; decided one by one.
    """

    id: str
    panel: str
    question: str
    text: str | None
    channel: Channel = "phone"
    state: IdeaState = "shown"
    reason: str = ""
    same_as: str | None = None
    released: bool = False
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """The decision to take a theme further, whatever its votes.

    Attributes
    ----------
    by
        Who decided: a role or a body, such as "the council".
    why
        The reason, in their words.
    """

    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Theme:
    """What ideas were gathered under, and what people vote on.

    Attributes
    ----------
    phase
        The life phase it belongs to.
    panel
        The panel whose theme it is; None for a theme common to all panels.
    title, description
        In Danish and English.
    version
        Counts up with each change of title or description.
    cites
        Ids of the ideas and notes that the description rests on.
    carried
        The decision to carry it forward, or None.
    on_ballot
        False for a theme that stands without votes.
    gone
        Merged into another or taken away; kept, because the trail of ideas leads through it.
    """

    id: str
    phase: str
    title: Words
    description: Words = field(default_factory=Words)
    panel: str | None = None
    version: int = 1
    cites: tuple[str, ...] = ()
    carried: Carried | None = None
    on_ballot: bool = True
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """An idea put under a theme: the trail from what was said to what was voted on.

    Attributes
    ----------
    by, at, why
        The facilitator's role or initials, when, and why (may be empty).
    undone
        Whether it was taken back; it stays on the record.
    """

    idea: str
    theme: str
    by: str
    at: dt.datetime | None = None
    why: str = ""
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote: a life phase, a rule, and how many places it fills.

    Attributes
    ----------
    rule
        Name of a rule in :data:`vendepunkt.convene.rules.RULES`.
    places
        How many themes are published as chosen.
    choices
        The cap of the ballot: k of choose-k, the dots each has; None where there is none.
    """

    id: str
    phase: str
    rule: str = "choose-k"
    places: int = 3
    choices: int | None = 3
    text: Words = field(default_factory=Words)


#: A ballot's marks: theme → value. The value is 1 for a cross, the dots, the score, or the rank
#: (1 is first, equal ranks allowed). No marks is a blank ballot.
Marks: TypeAlias = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one person voted. It has no id: nothing may lead back to who cast it.

    Attributes
    ----------
    vote, panel
        Where it was cast.
    marks
        Theme → value; empty for a blank ballot.
    channel
        How it reached the meeting; shown in totals only.
    group
        The small group, where the meeting recorded groups.
    """

    vote: str
    panel: str
    marks: Marks = field(default_factory=lambda: MappingProxyType({}))
    channel: Channel = "phone"
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Placing:
    """A published place without ballots, as older results have it.

    Attributes
    ----------
    place
        1 is first; equal places are ties. 0 for "just below the top".
    votes, voters
        How many votes the theme got and how many people voted, where that was published too.
    """

    vote: str
    panel: str
    theme: str
    place: int
    votes: int | None = None
    voters: int | None = None


@dataclass(frozen=True, slots=True)
class SameTheme:
    """One row of a mapping between the themes of panels that were grouped apart.

    Attributes
    ----------
    theme
        A theme of one panel.
    common
        The name both panels' themes are compared under.
    by, why
        Who mapped it, and why.
    """

    theme: str
    common: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """A whole meeting: what was asked, what was said, how it was gathered, what was chosen.

    Attributes
    ----------
    id, title, date, language
        Which meeting; the language is the one it was held in.
    invented
        True for examples and rehearsals: said on everything made from it.
    phases, panels, groups, questions, notes, ideas, themes, placements, votes, ballots
        Its parts, in the order that people see them.
    placings
        Published places without counts, where no ballots are known.
    mapping
        How themes of panels grouped apart correspond.
    help_shown, help_taken
        How many ideas the theme help suggested themes for, and for how many a suggested theme was
        the one chosen; None where it was switched off.
    attribution
        What must be said wherever the data or figures from it are shown.
    """

    id: str
    title: Words
    date: dt.date | None = None
    language: str = "da"
    invented: bool = False
    phases: tuple[LifePhase, ...] = ()
    panels: tuple[Panel, ...] = ()
    groups: tuple[Group, ...] = ()
    questions: tuple[Question, ...] = ()
    notes: tuple[Note, ...] = ()
    ideas: tuple[Idea, ...] = ()
    themes: tuple[Theme, ...] = ()
    placements: tuple[Placement, ...] = ()
    votes: tuple[Vote, ...] = ()
    ballots: tuple[Ballot, ...] = ()
    placings: tuple[Placing, ...] = ()
    mapping: tuple[SameTheme, ...] = ()
    help_shown: int | None = None
    help_taken: int | None = None
    attribution: str = ""

    def themes_of(self, vote: str, panel: str) -> tuple[Theme, ...]:
        """Give the themes on the ballot of a vote in a panel, in their order."""
        phase = next(one.phase for one in self.votes if one.id == vote)
        return tuple(
            theme
            for theme in self.themes
            if theme.on_ballot
            and not theme.gone
            and theme.phase == phase
            and theme.panel in {None, panel}
        )

    def ballots_of(self, vote: str, panel: str) -> tuple[Ballot, ...]:
        """Give the ballots of a vote in a panel."""
        return tuple(b for b in self.ballots if b.vote == vote and b.panel == panel)
