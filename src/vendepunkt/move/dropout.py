"""Drop-out: who left, why, where to, and what if those who left were worse off than they seem.

Movement is estimated as if people who left had gone on like people with the same answers who stayed
(missing at random). Beside it stand a model in which leaving is a destination, and a table of what
would come out if leavers had been worse off. Nothing here corrects movement.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from vendepunkt.data import leavers as panel_leavers
from vendepunkt.data import retention
from vendepunkt.language import listed, points, statement, text
from vendepunkt.measure import notices as measured_notices
from vendepunkt.move.destinations import Destinations, destination_rows, destinations
from vendepunkt.move.ground import Ground
from vendepunkt.move.leaving import Leaving, leaving, leaving_rows
from vendepunkt.move.tipping import Tipping, movement_rows, share_rows, turning_rows
from vendepunkt.terms import Notice

if TYPE_CHECKING:
    import pandas as pd

#: Where a class share differs by more between the models with and without destinations, it is said.
ANOTHER = 0.03
#: Groups lost differently at this level.
LEVEL = 0.05


@dataclass(frozen=True, eq=False)
class DropOut:
    """Who left, why, where to, and what if they were worse off.

    Attributes
    ----------
    ground
        The model of movement, under missing at random.
    leaving
        Shares lost by group at the first wave.
    model
        The fit with leaving as a destination, or None where nobody left.
    tipping
        Shares and movement if leavers were worse off, or None where no item has an order.
    """

    ground: Ground
    leaving: Leaving
    model: Destinations | None
    tipping: Tipping | None

    @property
    def asked_first(self) -> int:
        """People asked at the first wave, unweighted."""
        panel = self.ground.material.panel
        return int((panel.asked[:, 0] & panel.inside).sum())

    @property
    def left(self) -> int:
        """People asked at the first wave and not at the last, unweighted."""
        panel = self.ground.material.panel
        return int((panel.left & panel.inside).sum())

    @property
    def share_left(self) -> float:
        """Share of those asked at the first wave who are not asked at the last, 0 to 1."""
        return self.left / self.asked_first if self.asked_first else 0.0

    @property
    def most(self) -> str:
        """Letter of the group that lost most by the last wave; empty where nobody was lost."""
        place = self.leaving.most
        return "" if place is None else self.ground.letters[place]

    @property
    def differs(self) -> bool | None:
        """Whether the groups lost differently, beyond chance; None without a test."""
        p_value = self.leaving.p_value
        return None if p_value is None else p_value < LEVEL

    def statement(self, language: str) -> str:
        """Say how many are gone and whose group lost most (the fourth of the twelve sentences).

        Returns
        -------
        str
            Empty where nobody is gone.
        """
        if not self.left:
            return ""
        waves = self.ground.waves
        groups = self.ground.groups
        name = groups.name(groups.groups[self.leaving.most or 0], language)
        return statement(
            "dropout",
            language,
            x=points(self.share_left, language, 1),
            first=waves[0],
            last=waves[-1],
            groups=listed([name], language),
        )

    def dropout_table(self) -> pd.DataFrame:
        """Which share of each group at the first wave is not asked at each later one?

        Returns
        -------
        DataFrame
            ``wave group asked share_lost std_error conf_low conf_high interval n``: of those asked
            at the first wave; ``asked`` and ``n`` (lost) count unweighted people.
        """
        import pandas as pd

        columns = ["wave", "group", "asked", "share_lost", "std_error", "conf_low", "conf_high"]
        rows = leaving_rows(self.ground, self.leaving)
        return pd.DataFrame(rows, columns=[*columns, "interval", "n"])

    def reason_table(self) -> pd.DataFrame:
        """Count where everybody is at each wave: asked, or not and why.

        Returns
        -------
        DataFrame
            ``wave reason kind n share``; the first reason for leaving is carried forward. Shares
            are of the people looked at, unweighted, and add to 1 in each wave. Kinds as of
            :func:`vendepunkt.data.retention`.
        """
        counts = retention(self.ground.material.panel)
        people = counts.groupby("wave")["n"].transform("sum")
        table = counts.assign(share=counts["n"] / people)
        return table[["wave", "reason", "kind", "n", "share"]]

    def leavers_table(self) -> pd.DataFrame:
        """Count why those asked at the first wave are not asked at the last.

        Returns
        -------
        DataFrame
            ``wave_from wave_to kind reason n share``, as :func:`vendepunkt.data.leavers`.
        """
        return panel_leavers(self.ground.material.panel)

    def destinations_table(self) -> pd.DataFrame:
        """Where do the people of each group go, with leaving among the destinations?

        Returns
        -------
        DataFrame
            ``step wave_from wave_to from to kind estimate std_error conf_low conf_high interval n
            joint``: ``to`` is a main group or a reason, ``kind`` says which (``group``, ``exit``,
            ``non-response``, ``unknown``); step 0 is from the first to the last wave. Rows of one
            origin add to 1.
        """
        import pandas as pd

        columns = ["step", "wave_from", "wave_to", "from", "to", "kind", "estimate", "std_error"]
        columns += ["conf_low", "conf_high", "interval", "n", "joint"]
        rows = [] if self.model is None else destination_rows(self.model)
        return pd.DataFrame(rows, columns=columns)

    def comparison_table(self) -> pd.DataFrame:
        """Set the shares under missing at random beside those of the people still there.

        Returns
        -------
        DataFrame
            ``wave group estimate remaining difference``: ``estimate`` is of everybody, had they
            stayed; ``remaining`` of those still in a group, from the model with destinations.
        """
        import pandas as pd

        columns = ["wave", "group", "estimate", "remaining", "difference"]
        if self.model is None:
            return pd.DataFrame(columns=columns)
        ground, count = self.ground, self.ground.model.classes
        there = self.model.fit.shares[:, :count] @ ground.membership
        there = there / there.sum(axis=1, keepdims=True)
        everybody = ground.shares().value
        rows = [
            (wave, letter, everybody[t, g], there[t, g], there[t, g] - everybody[t, g])
            for t, wave in enumerate(ground.waves)
            for g, letter in enumerate(ground.letters)
        ]
        return pd.DataFrame(rows, columns=columns)

    def tipping_table(self) -> pd.DataFrame:
        """What if leavers had been worse off? Shares of each later wave, by odds.

        Returns
        -------
        DataFrame
            ``odds wave group estimate n``; see :class:`vendepunkt.move.tipping.Tipping` for what
            the odds are of. ``n`` is how many people's probabilities are shifted. Odds of 1 are
            missing at random: the shares of the model.
        """
        import pandas as pd

        rows = [] if self.tipping is None else share_rows(self.tipping)
        return pd.DataFrame(rows, columns=["odds", "wave", "group", "estimate", "n"])

    def tipping_movement_table(self) -> pd.DataFrame:
        """What if leavers had been worse off? Who moved which way since the first wave, by odds.

        Returns
        -------
        DataFrame
            ``odds wave_from wave_to direction estimate n``.
        """
        import pandas as pd

        rows = [] if self.tipping is None else movement_rows(self.tipping)
        columns = ["odds", "wave_from", "wave_to", "direction", "estimate", "n"]
        return pd.DataFrame(rows, columns=columns)

    def turning_table(self) -> pd.DataFrame:
        """At which odds would a group's change from first to last wave turn to its opposite?

        Returns
        -------
        DataFrame
            ``wave_from wave_to group change odds``; odds are NaN where none up to 20 turns it.
        """
        import pandas as pd

        rows = [] if self.tipping is None else turning_rows(self.tipping)
        return pd.DataFrame(rows, columns=["wave_from", "wave_to", "group", "change", "odds"])

    def population(self, language: str) -> tuple[str, ...]:
        """Say whom each way of looking at drop-out is about, a sentence for each table."""
        said = [text("move.dropout.random", language)]
        if self.model is not None:
            said.append(text("move.dropout.destination", language))
        if self.tipping is not None:
            said.append(text("move.dropout.tipping", language))
        return tuple(said)

    @cached_property
    def notices(self) -> tuple[Notice, ...]:
        """What is to be said."""
        panel, found = self.ground.material.panel, []
        unknown = int((panel.left & panel.inside & (panel.reasons[:, -1] == 0)).sum())
        if unknown:
            found.append(measured_notices.notice("move_left_unknown", n=unknown, of=self.left))
        if self.differs is False:
            found.append(measured_notices.notice("move_left_alike"))
        if self.left and self.tipping is None:
            found.append(measured_notices.notice("move_no_tipping"))
        if self.model is None:
            return tuple(found)
        if not self.model.fit.converged:
            found.append(measured_notices.notice("move_destinations_not_converged"))
        if not self.model.errors.identified:
            found.append(measured_notices.notice("move_destinations_not_identified"))
        if self.model.apart > ANOTHER:
            points = f"{100 * self.model.apart:.0f}"
            found.append(measured_notices.notice("move_destinations_apart", points=points))
        return tuple(found)


def drop_out(ground: Ground) -> DropOut:
    """Who left, why, where to, and what if they were worse off than they seem?

    Parameters
    ----------
    ground
        The model of movement.

    References
    ----------
    Little, R. J. A. & Rubin, D. B. (2019). Statistical analysis with missing data (3rd ed.). Wiley.
    https://doi.org/10.1002/9781119482260

    National Research Council (2010). The prevention and treatment of missing data in clinical
    trials, ch. 5 (sensitivity analysis). https://doi.org/10.17226/12955
    """
    panel = ground.material.panel
    asked = np.asarray(panel.asked | ground.material.present)
    ordered = ground.groups.severity is not None and len(ground.letters) > 1
    return DropOut(
        ground=ground,
        leaving=leaving(ground, asked),
        model=destinations(ground),
        tipping=Tipping(ground, asked, panel.exits) if ordered else None,
    )
