"""A meeting with what it came to: what a report, or a page of results, is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from vendepunkt.convene.trail import trail_refs
from vendepunkt.convene.types import Meeting, Vote
from vendepunkt.terms import Ref

if TYPE_CHECKING:
    from vendepunkt.convene.comparison import Comparison
    from vendepunkt.convene.meeting_tally import MeetingTally
    from vendepunkt.terms import RefValue


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting and its results.

    Attributes
    ----------
    meeting
        The meeting, with the rules its votes were counted by.
    tally
        Every vote in every panel.
    comparison
        The panels side by side, or None where there is one panel, or nothing in common.
    own
        Id of a vote → the vote as the meeting held it, where it was counted otherwise.
    released
        Whether words of ideas that were released one by one may be printed.
    mark
        What stands before the names of votes in refs: empty, or ``MEETING:`` in a study that
        reads several meetings, so that two votes of one name stay apart.
    """

    meeting: Meeting
    tally: MeetingTally
    comparison: Comparison | None = None
    own: Mapping[str, Vote] = field(default_factory=lambda: MappingProxyType({}))
    released: bool = True
    mark: str = ""

    def refs(self) -> dict[str, RefValue]:
        """Give every citable value: of the votes, of the comparison, and of what was said."""
        results = dict(self.tally.refs())
        if self.comparison is not None:
            results |= self.comparison.refs()
        values = [*trail_refs(self.meeting), *(self._marked(one) for one in results.values())]
        return {str(value.ref): value for value in values}

    def _marked(self, value: RefValue) -> RefValue:
        ref = value.ref
        return replace(value, ref=Ref(ref.stage, self.mark + ref.result, ref.row))
