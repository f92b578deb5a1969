"""All votes of a meeting tallied: every vote in every panel that has ballots."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from vendepunkt.convene.rules import RULES
from vendepunkt.convene.tally import SOURCES, Tally, tally
from vendepunkt.convene.tally_notices import notice
from vendepunkt.convene.types import Marks, Meeting, Panel, Vote
from vendepunkt.study import versions
from vendepunkt.terms import Notice, Provenance, RefValue, UsageError, html_table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class MeetingTally:
    """The votes of a meeting, in the shape all results have.

    Attributes
    ----------
    meeting
        What was tallied.
    tallies
        One for each vote and panel with ballots, votes first in the order of the meeting.
    notices, provenance
        What the program says of its own accord, each sentence once, and where it came from.
    """

    meeting: Meeting
    tallies: tuple[Tally, ...]
    notices: tuple[Notice, ...]
    provenance: Provenance
    converged: bool = field(default=True)

    def of(self, vote: str, panel: str) -> Tally:
        """Give the tally of a vote in a panel.

        Raises
        ------
        UsageError
            ``unknown_tally`` if there were no ballots.
        """
        for one in self.tallies:
            if (one.vote, one.panel) == (vote, panel):
                return one
        raise UsageError("unknown_tally", f"The panel {panel!r} has no ballots in {vote!r}.")

    def table(self) -> pd.DataFrame:
        """Give every estimate, tidy, with the columns ``vote`` and ``panel`` last."""
        return self._stacked([one.table() for one in self.tallies])

    def standings_table(self) -> pd.DataFrame:
        """Give a row per vote, panel and theme: see :meth:`.tally.Tally.standings_table`."""
        return self._stacked([one.standings_table() for one in self.tallies])

    def _stacked(self, tables: list[pd.DataFrame]) -> pd.DataFrame:
        import pandas as pd

        if not tables:
            return pd.DataFrame(columns=["vote", "panel"])
        named = [
            table.assign(vote=one.vote, panel=one.panel)
            for one, table in zip(self.tallies, tables, strict=True)
        ]
        return pd.concat(named, ignore_index=True)

    def glance(self) -> pd.DataFrame:
        """Give a row per vote and panel: see :meth:`.tally.Tally.glance`."""
        import pandas as pd

        if not self.tallies:
            return pd.DataFrame(columns=["vote", "panel"])
        return pd.concat([one.glance() for one in self.tallies], ignore_index=True)

    def augment(self, data: pd.DataFrame) -> pd.DataFrame:
        """Give `data`, with columns ``vote``, ``panel`` and ``theme``, with standings added."""
        keys = ["vote", "panel", "theme"]
        if not set(keys) <= set(data.columns):
            raise UsageError("no_theme_column", "The data have no columns vote, panel and theme.")
        return data.merge(self.standings_table(), on=keys, how="left")

    def refs(self) -> dict[str, RefValue]:
        """Give every citable value by its written ref."""
        return self._refs

    @cached_property
    def _refs(self) -> dict[str, RefValue]:
        return {name: value for one in self.tallies for name, value in one.refs().items()}

    def ref(self, row: str) -> RefValue:
        """Give the citable value of a row key, such as ``VOTE/PANEL/THEME/share``.

        Raises
        ------
        UsageError
            ``unknown_ref`` if there is no such row.
        """
        full = row if row.startswith("convene/") else f"convene/{row}"
        if full not in self._refs:
            raise UsageError(
                "unknown_ref", f"There is no value {row!r}.", try_="VOTE/PANEL/summary/voters"
            )
        return self._refs[full]

    def plot(self, language: str = "en") -> Figure:
        """Draw the first vote of the first panel; see :meth:`.tally.Tally.plot` for each.

        Raises
        ------
        UsageError
            ``no_ballots`` if the meeting has none.
        """
        if not self.tallies:
            raise UsageError("no_ballots", "The meeting has no ballots to draw.")
        return self.tallies[0].plot(language)

    def cite(self) -> str:
        """Give the sources of the method."""
        return "\n".join(SOURCES)

    def __repr__(self) -> str:
        return f"<MeetingTally: {self._said()}>"

    def _repr_html_(self) -> str:
        return html_table(self.glance(), self._said())

    def _said(self) -> str:
        votes = {one.vote for one in self.tallies}
        panels = {one.panel for one in self.tallies}
        cast = sum(one.voters for one in self.tallies)
        made = "invented; " if self.meeting.invented else ""
        return f"{made}{len(votes)} votes, {len(panels)} panels, {cast} ballots"


def tally_meeting(
    meeting: Meeting,
    *,
    rule: str | None = None,
    places: int | None = None,
    choices: int | None = None,
    chance: bool = True,
    seed: int = 1,
    draws: int | None = None,
    conf_level: float = 0.95,
) -> MeetingTally:
    """Tally every vote of a meeting in every panel that has ballots.

    Parameters
    ----------
    meeting
        The meeting.
    rule, places
        In place of each vote's own; None for its own. The ballots must fit the rule; dots and
        scores above 0 can be counted as crosses, which is said; where people agreed (1) and
        disagreed (-1), agreements are always counted so.
    choices
        The cap of the ballots; that of the vote by default, where the rule has the same kind of
        cap.
    chance, seed, draws, conf_level
        As in :func:`vendepunkt.convene.tally`. Groups are redrawn whole where every vote says
        which group it came from or at least one does.

    Returns
    -------
    MeetingTally
        Votes of rank-only results, without ballots, are no part of it.

    Examples
    --------
    >>> from vendepunkt.convene import Ballot, LifePhase, Meeting, Panel, Theme, Vote, Words
    >>> meeting = Meeting(
    ...     "m", Words(en="Spring"), phases=(LifePhase("p", Words(en="Youth")),),
    ...     panels=(Panel("users", Words(en="Users")),),
    ...     themes=(Theme("home", "p", Words(en="Home")), Theme("work", "p", Words(en="Work"))),
    ...     votes=(Vote("v", "p", places=1),), ballots=(Ballot("v", "users", {"home": 1}),) * 4,
    ... )
    >>> tally_meeting(meeting).ref("v/users/home/people").value
    4
    """
    found = tuple(
        _one(
            meeting,
            vote,
            panel,
            rule=rule or vote.rule,
            places=places or vote.places,
            choices=choices,
            chance=chance,
            seed=seed,
            draws=draws,
            conf_level=conf_level,
        )
        for vote in meeting.votes
        for panel in meeting.panels
        if meeting.ballots_of(vote.id, panel.id)
    )
    said = {(one.code, one.text): one for each in found for one in each.notices}
    digest = hashlib.sha256("".join(one.provenance.data_hash for one in found).encode())
    return MeetingTally(
        meeting=meeting,
        tallies=found,
        notices=tuple(said.values()),
        provenance=Provenance(
            data_hash=digest.hexdigest(),
            design="panels, not samples",
            seed=seed if any(one.firmness is not None for one in found) else None,
            versions=versions(),
            call={
                "rule": rule,
                "places": places,
                "choices": choices,
                "chance": chance,
                "draws": draws,
            },
        ),
    )


def _one(
    meeting: Meeting,
    vote: Vote,
    panel: Panel,
    *,
    rule: str,
    places: int,
    choices: int | None,
    chance: bool,
    seed: int,
    draws: int | None,
    conf_level: float,
) -> Tally:
    ballots = meeting.ballots_of(vote.id, panel.id)
    themes = meeting.themes_of(vote.id, panel.id)
    groups = [ballot.group for ballot in ballots]
    cast = [ballot.marks for ballot in ballots]
    held, counted = (RULES[name].form for name in (vote.rule, rule))
    opinions = any(value < 0 for marks in cast for value in marks.values())
    if opinions and counted.kind != "crosses":
        rule, counted = "approval", RULES["approval"].form
    as_crosses = counted.kind == "crosses" and held.kind in {"dots", "scores"}
    if choices is None and held == counted:
        choices = vote.choices
    found = tally(
        [_crosses(marks) for marks in cast] if as_crosses else cast,
        [theme.id for theme in themes],
        rule=rule,
        places=places,
        choices=choices,
        # Where people agreed and disagreed, groups were found from the votes: nobody sat together.
        groups=groups if any(groups) and not opinions else None,
        present=panel.present,
        channels=[ballot.channel for ballot in ballots],
        all_members=panel.all_members,
        chance=chance,
        seed=seed,
        draws=draws,
        conf_level=conf_level,
        titles={theme.id: theme.title for theme in themes},
        vote=vote.id,
        panel=panel.id,
    )
    if not as_crosses:
        return found
    return replace(found, notices=(*found.notices, notice("convene_as_crosses", rule=vote.rule)))


def _crosses(marks: Marks) -> Marks:
    return {theme: Fraction(1) for theme, value in marks.items() if value > 0}
