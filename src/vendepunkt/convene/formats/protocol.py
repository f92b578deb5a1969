"""What every file format of meetings offers, and what reading and writing give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Protocol

from vendepunkt.convene.types import Ballot, Meeting, Panel, Theme, Vote
from vendepunkt.language import text
from vendepunkt.terms import Notice, RefusedError, UsageError

#: Fewest voters of a split whose numbers may leave; a smaller one is hidden.
FEWEST: Final = 5

#: What a format can say it holds → in words. Contract tests write it, read it, and compare.
HOLDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "marks": "what stands on each ballot",
        "blank": "blank ballots",
        "themes": "which themes were on the ballot",
        "titles": "titles of the themes in the meeting's language",
        "panels": "several panels",
        "phases": "several life phases",
        "groups": "the small group of each ballot",
        "ideas": "ideas in people's own words, and the themes they were put under",
        "places": "published places, also just below the top",
        "attribution": "what must be said wherever the data are shown",
        "everything": "every part of a meeting",
    }
)


@dataclass(frozen=True, slots=True)
class Imported:
    """A meeting that was read, and what the program says about the file of its own accord."""

    meeting: Meeting
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that a format cannot hold, or that was hidden.

    Attributes
    ----------
    code
        The sentence is ``loss.<code>`` of the language catalogues.
    values
        What it is filled with.

    Examples
    --------
    >>> Loss("groups").said("en")
    'Small groups are not in the file.'
    """

    code: str
    values: Mapping[str, str | int] = field(default_factory=lambda: MappingProxyType({}))

    def said(self, language: str) -> str:
        """Say it in Danish or English."""
        return text(f"loss.{self.code}", language, **self.values)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Attributes
    ----------
    paths
        The files, or the folder.
    lost
        One entry for each thing of the meeting that the format cannot hold, or that was hidden.
    """

    paths: tuple[Path, ...]
    lost: tuple[Loss, ...] = ()

    @property
    def losses(self) -> tuple[str, ...]:
        """What was lost, in English, as the command line says it."""
        return self.said("en")

    def said(self, language: str) -> tuple[str, ...]:
        """What was lost, a sentence each, in Danish or English."""
        return tuple(loss.said(language) for loss in self.lost)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which panel and life phase are written, where a format holds one vote only."""

    panel: str | None = None
    phase: str | None = None


class Format(Protocol):
    """A file format of meetings; one member of :data:`vendepunkt.convene.formats.FORMATS`."""

    @property
    def name(self) -> str:
        """Name in options."""

    @property
    def words(self) -> str:
        """What it is, in a few words."""

    @property
    def suffix(self) -> str:
        """Ending of its files, or nothing where it is a folder."""

    @property
    def reads(self) -> bool:
        """Whether meetings can be read from it."""

    @property
    def writes(self) -> bool:
        """Whether meetings can be written to it."""

    @property
    def holds(self) -> frozenset[str]:
        """What comes back when it is written and read; keys of :data:`HOLDS`."""

    def claims(self, path: Path) -> bool:
        """Whether a file or folder looks like this format. Never raises for what it cannot read."""

    def read(self, path: Path, mapping: Mapping[str, Any]) -> Imported:
        """Read a meeting; `mapping` is what a mapping file holds, perhaps nothing."""

    def write(self, meeting: Meeting, path: Path, choice: Choice) -> Written:
        """Write a meeting."""


@dataclass(frozen=True, slots=True)
class OneVote:
    """One vote in one panel, as formats hold that know neither panels nor phases."""

    vote: Vote
    panel: Panel
    themes: tuple[Theme, ...]
    ballots: tuple[Ballot, ...]
    language: str

    @property
    def titles(self) -> tuple[str, ...]:
        """Titles of the themes in the meeting's language, their ids where they have none."""
        return tuple(theme.title.in_(self.language) or theme.id for theme in self.themes)


def one_vote(meeting: Meeting, choice: Choice) -> OneVote:
    """Choose the vote and panel to be written, with ballots in an order that tells nothing.

    Of several rounds in a phase and panel the last is written.

    Raises
    ------
    UsageError
        ``"which_vote"`` where several votes have ballots and the choice leaves more than one, or
        none; ``"no_ballots"`` where the meeting has none at all.
    RefusedError
        ``"few_voters"`` where fewer than five people voted: single ballots of so few people would
        say who voted for what.
    """
    from vendepunkt.convene.frozen_rows import canonical

    phases = {vote.id: vote.phase for vote in meeting.votes}
    cast = {(ballot.vote, ballot.panel) for ballot in meeting.ballots}
    pairs = [
        (vote, panel) for vote in meeting.votes for panel in meeting.panels
        if (vote.id, panel.id) in cast
    ]  # fmt: skip
    if not pairs:
        raise UsageError("no_ballots", "The meeting holds no ballots, so there are none to write.")
    wanted = [
        (vote, panel)
        for vote, panel in pairs
        if choice.panel in {None, panel.id} and choice.phase in {None, phases[vote.id]}
    ]
    if wanted and len({(vote.phase, panel.id) for vote, panel in wanted}) == 1:
        # The same question put again: the last round stands, and the earlier ones are said.
        wanted = wanted[-1:]
    if len(wanted) != 1:
        said = "; ".join(f"--panel {panel.id} --phase {vote.phase}" for vote, panel in pairs)
        raise UsageError(
            "which_vote",
            f"This format holds one vote of one panel, and {len(wanted)} are chosen.",
            allowed=said,
            try_=said.split("; ")[0],
        )
    vote, panel = wanted[0]
    ballots = canonical(meeting).ballots_of(vote.id, panel.id)
    if len(ballots) < FEWEST:
        raise RefusedError(
            "few_voters",
            f"{len(ballots)} people voted in this panel and phase; "
            "single ballots of so few would say who voted for what.",
            allowed=f"votes of {FEWEST} people or more",
            try_="--format tables, where their numbers are hidden",
        )
    return OneVote(vote, panel, meeting.themes_of(vote.id, panel.id), ballots, meeting.language)


def lost_beside_the_vote(meeting: Meeting, kept: OneVote) -> list[Loss]:
    """Say what a format loses that holds the bare ballots of one vote."""
    ballots = kept.ballots
    told = {
        "other_votes": len(meeting.ballots) > len(ballots),
        "channels": any(ballot.channel != "phone" for ballot in ballots),
        "groups": any(ballot.group for ballot in ballots),
        "ideas_and_notes": bool(meeting.ideas or meeting.notes),
        "descriptions": any(theme.description.in_("en") or theme.carried for theme in kept.themes),
        "present": kept.panel.present is not None,
        "places": bool(meeting.placings),
    }
    return [Loss(code) for code, lost in told.items() if lost]
