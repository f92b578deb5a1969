"""People × waves: the same questions of the same people, who was asked when, and who left why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from vendepunkt.data.identity import need_column
from vendepunkt.data.items import NUMERIC_KINDS, Indicator, ItemDefinition
from vendepunkt.data.panel_people import one_value, placed
from vendepunkt.terms import DataError, Notice, UsageError, choose

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.data.design import Design
    from vendepunkt.data.survey import Survey

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

#: What a label of a column of reasons can mean. An exit leaves the population (death, emigration,
#: institution); non-response leaves the survey only (refusal, loss).
REASON_KINDS: Final = ("exit", "non-response", "asked")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Panel:
    """N people over T waves; made by :func:`panel`, never changed.

    Attributes
    ----------
    survey
        Where the answers come from.
    waves, wave_keys
        Names of the T waves in order, and their values in the wave column.
    times
        (T,) when the waves were, in years, or None where it is not known.
    person_rows
        int32 (N, T): row in ``survey.frame``, -1 where there is none.
    indicators
        The items with codes (N·T,), person by person: place i·T + t is person i in wave t. -1 is
        missing, not asked or not there. Categories are those in use over all the waves.
    present
        bool (N, T): answered at least one item.
    asked
        bool (N, T): was interviewed, whether or not an item was answered.
    reasons
        int8 (N, T): why the person is not there: 1 + place in `reason_names`, 0 where asked or
        where nothing is known. The first reason is carried forward until the person is asked again.
    reason_names, reason_kinds
        The reasons, and of each whether it is an ``"exit"`` or ``"non-response"``.
    exits
        int8 (N, T): the exit a person stands in: 1 + place in `exit_names`, 0 for none. Unlike in
        `reasons`, a death that is known of a person who had refused before counts.
    exit_names, absorbing
        The reasons that are exits, and of each whether nobody is asked again after it.
    design
        How the N people were drawn, with their panel weight; None where nothing was said.
    wave_weights
        Of each wave the cross-section weights (N,), 0 for who was not asked; None without.
    members
        bool (N,): counts in movements. False for people without a panel weight who are kept for the
        shares of single waves; the design gives them weight 0.
    inside
        bool (N,): belongs to the people looked at; see :meth:`domain`.
    notices
        What had to be decided.
    """

    survey: Survey
    waves: tuple[str, ...]
    wave_keys: tuple[str, ...]
    times: Floats | None
    person_rows: npt.NDArray[np.int32]
    indicators: tuple[Indicator, ...]
    present: Bools
    asked: Bools
    reasons: npt.NDArray[np.int8]
    reason_names: tuple[str, ...]
    reason_kinds: tuple[str, ...]
    exits: npt.NDArray[np.int8]
    exit_names: tuple[str, ...]
    absorbing: tuple[bool, ...]
    design: Design | None
    wave_weights: tuple[Floats | None, ...]
    members: Bools
    inside: Bools
    notices: tuple[Notice, ...] = ()

    @property
    def n(self) -> int:
        """People."""
        return len(self.person_rows)

    @property
    def n_waves(self) -> int:
        """Waves."""
        return len(self.waves)

    @property
    def intervals(self) -> Floats | None:
        """Years from each wave to the next (T - 1,), or None where the times are not known."""
        return None if self.times is None else np.diff(self.times)

    @property
    def left(self) -> Bools:
        """Who was asked in the first wave and not in the last (N,)."""
        return np.asarray(self.asked[:, 0] & ~self.asked[:, -1])

    def place(self, wave: str) -> int:
        """Give the place of a wave, named as readers see it or as in the wave column.

        Raises
        ------
        UsageError
            With code ``not_allowed``.
        """
        wave = str(wave)
        if wave not in self.waves and wave in self.wave_keys:
            return self.wave_keys.index(wave)
        return self.waves.index(choose(wave, self.waves, "wave"))

    def take(self, mask: npt.ArrayLike) -> Panel:
        """Drop people from the panel and from its design, as if they had never been drawn.

        For a subpopulation this is the wrong door: use :meth:`domain`.

        Parameters
        ----------
        mask
            (n,) True for the people to keep.

        Raises
        ------
        DataError
            When nobody is left, or an item is left without an answer.
        """
        kept = self._mask(mask)
        if kept.all():
            return self
        cells = np.repeat(kept, self.n_waves)
        return replace(
            self,
            person_rows=self.person_rows[kept],
            indicators=tuple(item.take(cells) for item in self.indicators),
            present=self.present[kept],
            asked=self.asked[kept],
            reasons=self.reasons[kept],
            exits=self.exits[kept],
            design=None if self.design is None else self.design.take(kept),
            wave_weights=tuple(None if w is None else w[kept] for w in self.wave_weights),
            members=self.members[kept],
            inside=self.inside[kept],
        )

    def domain(self, mask: npt.ArrayLike) -> Panel:
        """Look at some people only, and keep all in the design.

        Parameters
        ----------
        mask
            (n,) True for the people to look at.

        Returns
        -------
        Panel
            Of the same N people; the answers of those outside are taken out.

        Raises
        ------
        DataError
            When nobody is left, or an item is left without an answer.
        """
        kept = self._mask(mask)
        inside = self.inside & kept
        cells = np.repeat(inside, self.n_waves)
        every = np.ones(len(cells), dtype=bool)
        blank = [
            replace(item, codes=np.where(cells, item.codes, np.int32(-1)))
            for item in self.indicators
        ]
        there = inside[:, None]
        return replace(
            self,
            indicators=tuple(item.take(every) for item in blank),
            present=self.present & there,
            asked=self.asked & there,
            reasons=np.where(there, self.reasons, np.int8(0)),
            exits=np.where(there, self.exits, np.int8(0)),
            design=None if self.design is None else self.design.domain(kept),
            wave_weights=tuple(
                None if w is None else np.where(inside, w, 0.0) for w in self.wave_weights
            ),
            inside=inside,
        )

    def _mask(self, mask: npt.ArrayLike) -> Bools:
        kept = np.asarray(mask, dtype=bool)
        if kept.shape != (self.n,):
            raise UsageError(
                "other_rows",
                f"The mask has shape {kept.shape}, but the panel {self.n} people.",
                try_="one True or False for each person",
            )
        if not kept.any():
            raise DataError("no_rows", "Nobody is left.", try_="another condition")
        return kept

    def indicator(self, item: ItemDefinition | str) -> Indicator:
        """Give an item of the panel by name, or make another of the survey's columns.

        Parameters
        ----------
        item
            Name of one of `indicators` or of a column, or a definition.

        Returns
        -------
        Indicator
            Codes (N·T,), person by person.

        Raises
        ------
        DataError, UsageError
            As :meth:`Survey.indicator`.
        """
        for held in self.indicators:
            if held.name == item:
                return held
        from vendepunkt.data.panel_build import spread

        cells = np.where(self.inside[:, None], self.person_rows, -1)
        return spread(self.survey, (item,), cells)[0]

    def values(self, column: str) -> npt.NDArray[Any]:
        """Give a column of the survey by person and wave.

        Parameters
        ----------
        column
            Name of the column.

        Returns
        -------
        numpy.ndarray
            (N, T) float64 with NaN, or for written answers object with None, where there is none.
        """
        need_column(self.survey.frame, column, "The variable")
        return placed(self.survey.frame[column], self.person_rows)

    def constant(self, column: str) -> pd.Series:
        """Give each person's one value of a column that does not change over the waves.

        Parameters
        ----------
        column
            Name of the column; missing in some waves is no change.

        Returns
        -------
        pandas.Series
            (N,) NaN where a person has no value in any wave.

        Raises
        ------
        DataError
            With code ``differs_within_person``; rows are named, never values.
        """
        need_column(self.survey.frame, column, "The variable")
        return one_value(self.survey.frame, column, self.person_rows)

    def frame_at(self, wave: str | None = None) -> pd.DataFrame:
        """Give the survey's columns with one row per person.

        Parameters
        ----------
        wave
            The wave to take; None for the first wave each person was asked in (or has a row in).

        Returns
        -------
        pandas.DataFrame
            (N rows) all NaN for a person without a row.
        """
        if wave is not None:
            rows = self.person_rows[:, self.place(wave)]
        else:
            there = self.person_rows >= 0
            first = np.where(self.asked.any(axis=1), self.asked.argmax(axis=1), there.argmax(1))
            rows = self.person_rows[np.arange(self.n), first]
        return self.survey.frame.reset_index(drop=True).reindex(rows).reset_index(drop=True)

    def __repr__(self) -> str:
        asked = ", ".join(str(int(n)) for n in self.asked.sum(axis=0))
        items = f"{len(self.indicators)} item{'s' if len(self.indicators) != 1 else ''}"
        return (
            f"Panel({self.survey.source or 'frame'}: {self.n} people, "
            f"{self.n_waves} waves ({', '.join(self.waves)}), {items}; asked {asked})"
        )

    def _repr_html_(self) -> str:
        from vendepunkt.data.panel_tables import retention
        from vendepunkt.terms import html_table

        return html_table(retention(self), repr(self))


def observed(held: Panel, item: ItemDefinition | str) -> npt.NDArray[np.int32]:
    """Give the states of people over waves, where one categorical item says the state.

    Parameters
    ----------
    held
        People over waves.
    item
        Name of an item of the panel or of a column, or a definition; what the states are called
        stands in ``held.indicator(item).categories``.

    Returns
    -------
    numpy.ndarray
        int32 (N, T): place of the state, -1 where it is not known.

    Raises
    ------
    UsageError
        With code ``not_a_state`` for a count or a measure.

    Examples
    --------
    >>> import pandas as pd
    >>> from vendepunkt.data import Survey, panel
    >>> frame = pd.DataFrame({"id": [1, 1, 2, 2], "year": [2017, 2022] * 2})
    >>> frame["home"] = ["street", "own", "own", None]
    >>> homes = panel(Survey.from_frame(frame, person="id", wave="year"), ["home"])
    >>> observed(homes, "home").tolist(), homes.indicator("home").categories
    ([[1, 0], [0, -1]], ('own', 'street'))
    """
    indicator = held.indicator(item)
    if indicator.kind in NUMERIC_KINDS:
        raise UsageError(
            "not_a_state",
            f"Item {indicator.name!r} is {indicator.kind}, and states are categories.",
            allowed="binary, nominal, ordinal",
        )
    return indicator.codes.reshape(held.n, held.n_waves)
