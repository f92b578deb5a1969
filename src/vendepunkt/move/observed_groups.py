"""Groups of people that are set beside each other: those with and without something."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vendepunkt.data import ItemDefinition, Panel
from vendepunkt.data import observed as states_of
from vendepunkt.terms import DataError, UsageError

#: More groups than this are no groups but measurements.
MOST_GROUPS = 12


@dataclass(frozen=True, slots=True, eq=False)
class PersonGroups:
    """Which group each person belongs to.

    Attributes
    ----------
    name, label
        The column or item, and what readers see.
    names
        The groups, in the order of the item, or of the codes.
    codes
        int32 (N,): place in `names`, -1 where it is not known.
    """

    name: str
    label: str
    names: tuple[str, ...]
    codes: npt.NDArray[np.int32]

    @property
    def n_unknown(self) -> int:
        """People whose group is not known."""
        return int((self.codes < 0).sum())


def person_groups(panel: Panel, given: ItemDefinition | str) -> PersonGroups:
    """Take groups of people from a column or an item that does not change over the waves.

    Parameters
    ----------
    panel
        People over waves.
    given
        Name of an item or a column, or a definition.

    Raises
    ------
    DataError
        With code ``differs_within_person``.
    UsageError
        With code ``not_a_state`` for a measure, ``many_groups`` for more than twelve groups.

    Examples
    --------
    >>> import pandas as pd
    >>> from vendepunkt.data import Survey, panel
    >>> frame = pd.DataFrame({"id": [1, 1, 2, 2], "year": [0, 1, 0, 1], "q": [0, 1, 1, 0]})
    >>> frame["sec"] = ["yes", "yes", "no", "no"]
    >>> people = panel(Survey.from_frame(frame, person="id", wave="year"), ["q"])
    >>> groups = person_groups(people, "sec")
    >>> groups.names, groups.codes.tolist()
    (('no', 'yes'), [1, 0])
    """
    indicator = panel.indicator(given)
    codes = states_of(panel, given)
    if len(indicator.categories) > MOST_GROUPS:
        raise UsageError(
            "many_groups",
            f"{indicator.name!r} has {len(indicator.categories)} different values.",
            allowed=f"at most {MOST_GROUPS} groups",
            try_="an item of the study with fewer, merged categories",
        )
    known = codes >= 0
    most = codes.max(axis=1)
    least = np.where(known, codes, most[:, None]).min(axis=1)
    differs = int((most > least).sum())
    if differs:
        raise DataError(
            "differs_within_person",
            f"{indicator.name!r} differs between the waves of {differs} people.",
            allowed="one value per person",
            try_="the value of the first wave as a column of its own",
        )
    return PersonGroups(
        indicator.name, indicator.label or indicator.name, indicator.categories, most
    )
