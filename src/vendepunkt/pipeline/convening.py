"""The stage `convene`: from frozen meetings to their votes counted and their panels compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vendepunkt.convene import tally_meeting
from vendepunkt.convene.comparison import Comparison, compare
from vendepunkt.convene.held import Held
from vendepunkt.pipeline.gathering import Gathered
from vendepunkt.study import ConveneTable, Study, hash_values, versions
from vendepunkt.terms import DataError, Notice, Provenance, RefValue

#: Notices that say how many people there were, by the values that hold such numbers.
_COUNTS = {"convene_small": ("n",), "convene_more_than_present": ("voters", "present")}


@dataclass(frozen=True, slots=True)
class Convened:
    """What the stage `convene` hands to the report.

    Attributes
    ----------
    meetings
        Every meeting with its results.
    notices
        What the program says of its own accord.
    """

    meetings: tuple[Held, ...]
    notices: tuple[Notice, ...]

    def refs(self) -> tuple[RefValue, ...]:
        """Give every citable value of all meetings."""
        return tuple(value for one in self.meetings for value in one.refs().values())

    @property
    def provenance(self) -> Provenance:
        """Where the results came from: the ballots, and how they were counted."""
        made = [one.tally.provenance for one in self.meetings]
        compared = [one.comparison for one in self.meetings if one.comparison is not None]
        return Provenance(
            data_hash=hash_values([one.data_hash for one in made]),
            design="panels, not samples",
            seed=next((one.seed for one in made if one.seed is not None), None),
            versions=versions(),
            call={
                "meetings": [one.meeting.id for one in self.meetings],
                "tally": [one.call for one in made],
                "compare": [one.provenance.call for one in compared],
            },
        )

    def outside(self, threshold: int) -> tuple[Notice, ...]:
        """Give the notices that may leave: none that says how many where they were few."""
        return tuple(
            notice
            for notice in self.notices
            if all(
                int(str(notice.values.get(key, threshold))) >= threshold
                for key in _COUNTS.get(notice.code, ())
            )
        )


def run_convene(
    study: Study,
    stated: ConveneTable,
    gathered: Sequence[Gathered],
    progress: Callable[[str, float], None],
) -> Convened:
    """Count the votes of every meeting and compare its panels.

    Parameters
    ----------
    study
        For the seed and the threshold.
    stated
        `[convene]`.
    gathered
        The meetings.
    progress
        Called with what is being done and the fraction done.
    """
    held, notices = [], list[Notice]()
    several = len(gathered) > 1
    for place, one in enumerate(gathered):
        progress(f"counting {one.meeting.id}", place / len(gathered))
        counted = tally_meeting(
            one.meeting, chance=stated.chance, seed=study.seed, draws=stated.draws
        )
        compared = _compared(study, stated, one)
        held.append(
            Held(
                meeting=one.meeting,
                tally=counted,
                comparison=compared,
                own=one.own,
                released=stated.texts == "released",
                mark=f"{one.meeting.id}:" if several else "",
            )
        )
        notices += counted.notices
        notices += () if compared is None else compared.notices
    distinct = {(notice.code, notice.text): notice for notice in notices}
    return Convened(tuple(held), tuple(distinct.values()))


def _compared(study: Study, stated: ConveneTable, one: Gathered) -> Comparison | None:
    """Compare the panels of a meeting; None where they have nothing in common."""
    try:
        return compare(
            one.meeting,
            random_draws=stated.random_draws,
            threshold=study.report.threshold,
        )
    except DataError as error:
        if error.code == "nothing_to_compare":
            return None
        raise
