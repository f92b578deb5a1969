"""The results of a meeting for those who work with it, remembered while nothing changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from vendepunkt import convene
from vendepunkt.convene import Comparison, MeetingTally, Tally
from vendepunkt.terms import DataError
from vendepunkt.web.room.freezing import to_meeting, vote_id
from vendepunkt.web.room.models import Meeting, Opening, Panel, PaperBallot, Vote

#: How many meetings' tallies a process remembers: drawing other meetings takes its time.
_MANY: Final = 8
_kept: OrderedDict[int, tuple[int, MeetingTally]] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one round of a vote in one panel.

    Attributes
    ----------
    panel, vote, round
        Which.
    totals
        What was counted at closing: present, admitted, voted, blank.
    tally
        The tally; None where nobody voted.
    spoilt, uncounted
        Paper ballots that do not count, and those in piles that do not count yet.
    """

    panel: Panel
    vote: Vote
    round: int
    totals: Mapping[str, int | None]
    tally: Tally | None
    spoilt: int
    uncounted: int

    @property
    def key(self) -> str:
        """Id of the vote with its round, as the frozen version names it."""
        return vote_id(self.vote, self.round)


def tally_of(meeting: Meeting) -> MeetingTally:
    """Tally all closed votes of a meeting; the same ballots are tallied once."""
    found = to_meeting(meeting, whole=False)
    stamp = hash(_stamp(found))
    with _lock:
        kept = _kept.get(meeting.pk)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    made = convene.tally_meeting(found)
    with _lock:
        _kept[meeting.pk] = (stamp, made)
        _kept.move_to_end(meeting.pk)
        while len(_kept) > _MANY:
            _kept.popitem(last=False)
    return made


def comparison_of(meeting: Meeting) -> Comparison | None:
    """Set the panels of a meeting side by side; None where there is nothing to compare yet."""
    try:
        return convene.compare(to_meeting(meeting, whole=False))
    except DataError:
        return None


def results_of(meeting: Meeting) -> list[Result]:
    """Give the results of all closed votes, by life phase, panel and round."""
    tallies = {(one.vote, one.panel): one for one in tally_of(meeting).tallies}
    openings = (
        Opening.objects.filter(panel__meeting=meeting, vote__isnull=False)
        .exclude(state=Opening.State.OPEN)
        .select_related("vote__phase", "panel")
        .order_by("vote__phase__position", "vote_id", "panel_id", "round")
    )
    results = []
    for opening in openings:
        if opening.vote is None:
            continue
        typed = PaperBallot.objects.filter(batch__opening=opening)
        results.append(
            Result(
                panel=opening.panel,
                vote=opening.vote,
                round=opening.round,
                totals=opening.totals,
                tally=tallies.get((vote_id(opening.vote, opening.round), opening.panel.key)),
                spoilt=typed.filter(batch__counted=True).exclude(spoilt="").count(),
                uncounted=typed.filter(batch__counted=False).count(),
            )
        )
    return results


def _stamp(meeting: convene.Meeting) -> tuple[object, ...]:
    """Give all that a tally rests on, as one value that can be hashed."""
    ballots = tuple(
        (b.vote, b.panel, tuple(sorted(b.marks.items())), b.channel, b.group)
        for b in meeting.ballots
    )
    return (meeting.panels, meeting.votes, meeting.themes, ballots)
