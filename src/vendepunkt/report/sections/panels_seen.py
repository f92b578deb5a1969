"""Panel meetings on their way out: what is hidden of each vote, and how things are named.

A count of people who chose a theme is hidden where it is under the threshold, and so is one that so
few did *not* choose: either would say something of a few people. The counts of a vote are looked at
as one system: each theme's yes and no sum to those who voted, and so do the channels. Where fewer
than the threshold voted, nothing of the vote is shown but what was chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from vendepunkt.convene import Meeting, Panel, Tally, Vote
from vendepunkt.convene.held import Held
from vendepunkt.convene.standings import Chosen, Standing
from vendepunkt.disclosure import Clearance, Door, LinkedCounts
from vendepunkt.language import date, listed, text
from vendepunkt.report.compose import Context
from vendepunkt.report.inline import literal, ref

#: Hiding how many voted hides everything; hiding who did not choose a theme costs nobody anything.
_VOTERS, _NOT_CHOSEN = 1000.0, 0.1

#: Signs that have a meaning of their own within a marked place.
_SIGNS = frozenset("{}|")


@dataclass(frozen=True, slots=True, eq=False)
class SeenVote:
    """One vote of one panel on its way out.

    Attributes
    ----------
    tally
        The vote, counted.
    whole
        Whether so few voted that no number of it is shown.
    themes
        Themes whose numbers are hidden.
    blank, present
        Whether the number of blank ballots, and of those present, is hidden.
    channels
        Channels whose number is hidden.
    without
        Ways of choosing (``"votes"``, ``"people"``) of which it is hidden how many are left
        without a theme.
    clearance
        For everything drawn from it.
    """

    tally: Tally
    whole: bool
    themes: frozenset[str]
    blank: bool
    present: bool
    channels: frozenset[str]
    without: frozenset[str]
    clearance: Clearance

    def hides(self, theme: str) -> bool:
        """Whether the numbers of a theme are hidden."""
        return self.whole or theme in self.themes

    def order(self) -> tuple[Standing, ...]:
        """Give the themes as they are shown: by their side of the cut, hidden ones last."""
        sides = ("chosen", "tied", "below")
        found = self.tally.standings
        paper = list(self.tally.profile.themes)

        def place(one: Standing) -> tuple[int, bool, int]:
            away = self.hides(one.theme)
            # Among hidden themes their order would say which has more.
            return sides.index(one.status), away, paper.index(one.theme) if away else 0

        return tuple(sorted(found, key=place))


@dataclass(frozen=True, slots=True, eq=False)
class SeenMeeting:
    """A meeting on its way out.

    Attributes
    ----------
    context
        With language and door.
    held
        The meeting with its results.
    name
        What names of tables and figures begin with.
    votes
        Vote and panel → what of it may be seen; only those with ballots.
    """

    context: Context
    held: Held
    name: str
    votes: Mapping[tuple[str, str], SeenVote]

    @property
    def meeting(self) -> Meeting:
        """The meeting."""
        return self.held.meeting

    @property
    def language(self) -> str:
        """The language of the report."""
        return self.context.language

    def title(self, theme: str) -> str:
        """Give the title of a theme; its id where it has none."""
        for one in self.meeting.themes:
            if one.id == theme:
                return one.title.in_(self.language) or theme
        return theme

    def titles(self, themes: object) -> str:
        """Name themes in a sentence."""
        names = [self.quoted(self.title(str(theme))) for theme in themes]  # type: ignore[attr-defined]
        return literal(listed(names, self.language))

    def quoted(self, words: str) -> str:
        """Put a name between quotation marks."""
        return text("convene.page.quoted", self.language, words=words)

    def panel(self, panel: Panel) -> str:
        """Give the name of a panel."""
        return panel.title.in_(self.language) or panel.id

    def ref(self, vote: Vote | Tally, panel: str, tail: str, form: str) -> str:
        """Mark the place of a number of a vote."""
        name = vote.id if isinstance(vote, Vote) else vote.vote
        return self.place(f"convene/{self.held.mark}{name}/{panel}/{tail}", form)

    def own(self, result: str, row: str, form: str = "n") -> str:
        """Mark the place of a number of the meeting itself."""
        return self.place(f"convene/{result}/{self.meeting.id}/{row}", form)

    def place(self, name: str, form: str) -> str:
        """Mark a place; a name that holds signs of its own is printed as it stands."""
        if not _SIGNS & set(name):
            return ref(name, form)
        from vendepunkt.report.inline import FORMATS

        return literal(FORMATS[form](self.context.refs[name], self.language))

    def source(self) -> str:
        """Say under a table or figure where it comes from, and that it is invented where it is."""
        said = [self.called()]
        if self.meeting.invented:
            said.append(text("convene.page.invented_short", self.language))
        elif self.meeting.attribution:
            said.append(self.meeting.attribution.rstrip("."))
        return literal("; ".join(said) + ".")

    def called(self) -> str:
        """Name the meeting, with its day."""
        title = self.meeting.title.in_(self.language) or self.meeting.id
        if self.meeting.date is None:
            return title
        return f"{title}, {date(self.meeting.date, self.language)}"

    def cleared(self, name: str, clearance: Clearance | None = None) -> Clearance:
        """Clear a table or figure of this meeting under its name."""
        door = self.context.door
        if clearance is None:
            return door.without_people(name)
        return door.drawn_from(name, clearance)

    def tallies(self, phase: str) -> Iterator[tuple[Panel, list[SeenVote]]]:
        """Give each panel with its votes on a life phase, the first vote first."""
        for panel in self.meeting.panels:
            yield (
                panel,
                [
                    self.votes[vote.id, panel.id]
                    for vote in self.meeting.votes
                    if vote.phase == phase and (vote.id, panel.id) in self.votes
                ],
            )


_SEEN: WeakKeyDictionary[Door, tuple[SeenMeeting, ...]] = WeakKeyDictionary()


def panel_meetings(context: Context) -> tuple[SeenMeeting, ...]:
    """Give the panel meetings of a report, each let through the door once."""
    held = context.results.get("convene")
    if not held:
        return ()
    if context.door not in _SEEN:
        several = len(held) > 1
        _SEEN[context.door] = tuple(
            _seen(context, one, f"panels-{place}" if several else "panels")
            for place, one in enumerate(held, start=1)
        )
    return _SEEN[context.door]


def _seen(context: Context, held: Held, name: str) -> SeenMeeting:
    votes = {
        (one.vote, one.panel): _seen_vote(context, one, f"{name}-vote-{place}")
        for place, one in enumerate(held.tally.tallies, start=1)
    }
    return SeenMeeting(context, held, name, votes)


def _seen_vote(context: Context, found: Tally, name: str) -> SeenVote:
    """Let the counts of one vote pass the door together."""
    door, threshold = context.door, context.door.rules.threshold
    few = found.present is not None and found.present < threshold
    if found.voters < threshold:
        everything = frozenset(found.profile.themes)
        return SeenVote(
            tally=found,
            whole=True,
            themes=everything,
            blank=True,
            present=few,
            channels=frozenset(found.channels),
            without=frozenset({"votes", "people"}),
            clearance=door.drawn_from(name, door.without_people(name), hidden=len(everything)),
        )
    linked, people = LinkedCounts(), found.profile.people()
    voters = int(linked.cells([found.voters], cost=_VOTERS)[0])
    yes = {theme: _of(linked, voters, found.voters, people[theme]) for theme in people}
    blank = _of(linked, voters, found.voters, found.blank)
    left = {
        way: _of(linked, voters, found.voters, chosen.without[1])
        for way, chosen in ways(found).items()
    }
    channels = {}
    if found.channels and sum(found.channels.values()) == found.voters:
        places = linked.cells(list(found.channels.values()))
        linked.equal(places, voters)
        channels = dict(zip(found.channels, places, strict=True))
    hidden, clearance = door.linked(name, linked)
    return SeenVote(
        tally=found,
        whole=bool(hidden[voters]),
        themes=frozenset(theme for theme, place in yes.items() if hidden[place]),
        blank=bool(hidden[blank]),
        present=few,
        channels=frozenset(channel for channel, place in channels.items() if hidden[place]),
        without=frozenset(way for way, place in left.items() if hidden[place]),
        clearance=clearance,
    )


def _of(linked: LinkedCounts, voters: int, all_of_them: int, some: int) -> int:
    """Add how many of those who voted did something, and how many did not."""
    yes = linked.cells([some])
    no = linked.cells([all_of_them - some], cost=_NOT_CHOSEN)
    linked.equal([int(yes[0]), int(no[0])], voters)
    return int(yes[0])


def ways(found: Tally) -> dict[str, Chosen]:
    """Give the two ways to choose: by votes, and so that most people are represented."""
    both = {"votes": found.chosen}
    if found.representative is not None:
        both["people"] = found.representative
    return both
