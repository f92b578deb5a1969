"""What further parts of a movement can be asked for; each is made where it was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.terms import Notice


class ExcessPart(Protocol):
    """The apparent excess with a bootstrap interval."""

    def table(self) -> pd.DataFrame:
        """Give ``wave_from wave_to estimate conf_low conf_high replicates``."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is to be said."""


class DropOutPart(Protocol):
    """Who leaves, why, where to, and what if leavers were worse off."""

    def dropout_table(self) -> pd.DataFrame:
        """Give ``wave group asked share_lost`` with an interval."""

    def reason_table(self) -> pd.DataFrame:
        """Give ``wave reason kind n share``."""

    def destinations_table(self) -> pd.DataFrame:
        """Give transitions with exits among the destinations."""

    def tipping_table(self) -> pd.DataFrame:
        """Give ``odds wave group estimate``."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is to be said."""


class MeasurementPart(Protocol):
    """Measurement equal, partly free and free over waves."""

    def table(self) -> pd.DataFrame:
        """Give ``form loglik n_parameters bic test statistic df p_value change``."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is to be said."""


class WithinPart(Protocol):
    """How the profile of a group changes while its size may not."""

    def table(self) -> pd.DataFrame:
        """Give ``item category group wave estimate``."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is to be said."""


@dataclass(frozen=True, slots=True, eq=False)
class Further:
    """The further parts of a movement; None where not asked for.

    Attributes
    ----------
    excess
        Interval of the apparent excess.
    dropout
        Who left.
    measurement
        Measurement equal, partly free and free over waves.
    within
        Change of profiles within groups.
    """

    excess: ExcessPart | None = None
    dropout: DropOutPart | None = None
    measurement: MeasurementPart | None = None
    within: WithinPart | None = None

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the parts say of their own accord."""
        parts = (self.excess, self.dropout, self.measurement, self.within)
        return tuple(one for part in parts if part is not None for one in part.notices)
