"""The further parts of a movement; each is made where it was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from vendepunkt.move.dropout import DropOut
from vendepunkt.move.excess import Excess
from vendepunkt.move.in_three_steps import InThreeSteps
from vendepunkt.move.invariance import Invariance
from vendepunkt.move.within import Within
from vendepunkt.terms import Notice


@dataclass(frozen=True, slots=True, eq=False)
class Further:
    """The further parts of a movement; None where not asked for, or where there are none.

    Attributes
    ----------
    excess
        Interval of the apparent excess.
    dropout
        Who left, why, where to, and what if they were worse off.
    measurement
        Measurement equal, partly free and free over waves.
    within
        How profiles changed within the groups.
    three_steps
        The same movement in three steps.
    """

    excess: Excess | None = None
    dropout: DropOut | None = None
    measurement: Invariance | None = None
    within: Within | None = None
    three_steps: InThreeSteps | None = None

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the parts say of their own accord."""
        parts = (self.excess, self.dropout, self.measurement, self.within, self.three_steps)
        return tuple(one for part in parts if part is not None for one in part.notices)
