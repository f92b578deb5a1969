"""The survey: answers with their meaning, their waves and the reasons of what is missing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from vendepunkt.data.identity import Wave, keys, need_column
from vendepunkt.data.items import Indicator, ItemDefinition
from vendepunkt.data.missing import (
    NO_REASON,
    Offer,
    Reason,
    Reasons,
    none_missing,
    offer_notice,
)
from vendepunkt.data.variables import KINDS, Variable
from vendepunkt.terms import DataError, Notice, UsageError, choose, html_table

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from vendepunkt.data.design import Design
    from vendepunkt.data.waves import Wide


@dataclass(frozen=True, slots=True, repr=False)
class Survey:
    """What people answered.

    Made by :func:`read_survey` or :meth:`from_frame`; every change gives a new survey.

    Attributes
    ----------
    frame
        A row per person, or per person and wave; NaN where an answer is missing.
    variables
        Column to :class:`Variable`.
    person, wave
        Names of the columns that say who and when, or None.
    design
        How the sample was drawn and weighted, or None.
    source
        Name of the file, without its folder.
    notices
        What had to be decided, and what is offered.
    reasons
        Column to the reasons of its missing answers, for columns that have any.
    waves
        The waves that occur, in order; empty without a wave column.
    offers
        Codes that look missing but are not declared so.
    format
        What the file is, with its encoding.
    sets
        Multiple-response set to its columns.
    """

    frame: pd.DataFrame
    variables: Mapping[str, Variable]
    person: str | None = None
    wave: str | None = None
    design: Design | None = None
    source: str = ""
    notices: tuple[Notice, ...] = ()
    reasons: Mapping[str, Reasons] = field(default_factory=dict)
    waves: tuple[Wave, ...] = ()
    offers: tuple[Offer, ...] = ()
    format: str = ""
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        person: str | None = None,
        wave: str | None = None,
        wide: Wide | None = None,
        waves: Mapping[str, str] | Iterable[str | Wave] | None = None,
        labels: Mapping[str, str] | None = None,
        value_labels: Mapping[str, Mapping[Any, str]] | None = None,
        missing: Mapping[str, Iterable[Any]] | None = None,
    ) -> Survey:
        """Make a survey from a pandas or polars frame.

        Parameters
        ----------
        frame
            A pandas or polars frame, or an Arrow table.
        person, wave, wide, waves
            As in :func:`read_survey`.
        labels
            Column to question.
        value_labels
            Column to {code: label}.
        missing
            Column to the codes that are missing.

        Raises
        ------
        DataError
            As :func:`read_survey`.

        Examples
        --------
        >>> import pandas as pd
        >>> survey = Survey.from_frame(
        ...     pd.DataFrame({"id": [1, 2, 3], "trust": [1, 2, 9]}),
        ...     person="id",
        ...     value_labels={"trust": {1: "yes", 2: "no", 9: "refused"}},
        ...     missing={"trust": [9]},
        ... )
        >>> survey.missing_reasons("trust").tolist()
        [None, None, '9: refused']
        """
        from vendepunkt.data.reading import survey_of_frame

        return survey_of_frame(
            frame,
            person=person,
            wave=wave,
            wide=wide,
            waves=waves,
            labels=labels,
            value_labels=value_labels,
            missing=missing,
        )

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.frame)

    @property
    def n_persons(self) -> int:
        """Persons; rows when no person column was named."""
        return self.n if self.person is None else int(self.frame[self.person].nunique())

    def variable(self, name: str) -> Variable:
        """Give a variable, or say which name comes nearest.

        Raises
        ------
        UsageError
            With code ``unknown_column``.
        """
        need_column(self.frame, name, "The variable")
        return self.variables[name]

    def person_codes(self) -> npt.NDArray[np.int64]:
        """Give each row the number of its person (n,), from 0 in order of appearance."""
        import pandas as pd

        if self.person is None:
            return np.arange(self.n)
        return np.asarray(pd.factorize(keys(self.frame[self.person]))[0], dtype=np.int64)

    def wave_keys(self) -> pd.Series:
        """Give the wave of each row as text (n,).

        Raises
        ------
        UsageError
            When no wave column was named.
        """
        if self.wave is None:
            raise UsageError(
                "no_wave", "The survey has no wave column.", try_="read_survey(…, wave='year')"
            )
        return keys(self.frame[self.wave])

    def of_wave(self, key: str) -> Survey:
        """Keep the rows of one wave.

        Raises
        ------
        UsageError
            When there is no such wave.
        """
        known = [wave.key for wave in self.waves]
        if str(key) not in known:
            choose(str(key), known or ["(none)"], "wave")
        held = keys(_text_series([str(key)])).iloc[0]
        return self.take((self.wave_keys() == held).to_numpy())

    def take(self, rows: npt.NDArray[Any]) -> Survey:
        """Keep some rows, with their reasons and design.

        Parameters
        ----------
        rows
            Mask (n,), True for the rows to keep.

        Raises
        ------
        DataError
            When no row is left.
        """
        mask = np.asarray(rows, dtype=bool)
        if not mask.any():
            raise DataError("no_rows", "No row is left.", try_="another condition or wave")
        frame = self.frame[mask].reset_index(drop=True)
        waves = self.waves
        if self.wave is not None:
            left = set(keys(frame[self.wave]))
            waves = tuple(w for w in waves if keys(_text_series([w.key])).iloc[0] in left)
        return replace(
            self,
            frame=frame,
            design=None if self.design is None else self.design.take(mask),
            reasons={name: held.take(mask) for name, held in self.reasons.items()},
            waves=waves,
        )

    def where(self, condition: str) -> Survey:
        """Keep the rows for which a condition is true.

        Parameters
        ----------
        condition
            Such as ``"wave == 2017 and age >= 18"``; see :func:`rows_where`.

        Examples
        --------
        >>> import pandas as pd
        >>> Survey.from_frame(pd.DataFrame({"age": [15, 40, None]})).where("age >= 18").n
        1
        """
        from vendepunkt.data.where import rows_where

        labels = {name: variable.labels for name, variable in self.variables.items()}
        return self.take(rows_where(self.frame, condition, labels))

    def missing_reasons(self, name: str) -> pd.Series:
        """Say why each answer to a variable is missing.

        Parameters
        ----------
        name
            A variable.

        Returns
        -------
        pandas.Series
            (n,) ``"code: reason"`` where missing, ``"no reason given"`` for an empty cell, None
            where there is an answer (object dtype).
        """
        import pandas as pd

        self.variable(name)
        held = self.reasons.get(name, none_missing(self.n))
        words = np.array([None, *(str(kind) for kind in held.kinds), NO_REASON], dtype=object)
        empty = self.frame[name].isna().to_numpy() & (held.codes == 0)
        return pd.Series(
            words[np.where(empty, len(words) - 1, held.codes)], name=name, dtype=object
        )

    def missing_counts(self, name: str) -> dict[Reason, int]:
        """Count the missing answers to a variable by reason, the most frequent first."""
        self.variable(name)
        held = self.reasons.get(name, none_missing(self.n))
        counts = np.bincount(held.codes, minlength=len(held.kinds) + 1)
        found = {kind: int(n) for kind, n in zip(held.kinds, counts[1:], strict=True) if n}
        empty = int((self.frame[name].isna().to_numpy() & (held.codes == 0)).sum())
        if empty:
            found[Reason("", NO_REASON)] = empty
        return dict(sorted(found.items(), key=lambda pair: -pair[1]))

    def accept_missing(self, columns: Iterable[str] | None = None) -> Survey:
        """Take the codes that are offered as missing, keeping their labels as reasons.

        Parameters
        ----------
        columns
            Columns for which to accept; None for all.

        Returns
        -------
        Survey
            With these answers missing and no longer offered.
        """
        chosen = None if columns is None else list(columns)
        for name in chosen or ():
            self.variable(name)
        accepted = [offer for offer in self.offers if chosen is None or offer.column in chosen]
        frame, reasons = self.frame.copy(deep=False), dict(self.reasons)
        variables = dict(self.variables)
        for offer in accepted:
            mask = (frame[offer.column] == offer.code).to_numpy(dtype=bool, na_value=False)
            reason = Reason(str(offer.code), offer.label)
            held = reasons.get(offer.column, none_missing(self.n))
            reasons[offer.column] = held.joined(mask, reason)
            frame[offer.column] = frame[offer.column].mask(mask)
            variable = variables[offer.column]
            variables[offer.column] = replace(
                variable,
                labels={c: text for c, text in variable.labels.items() if c != offer.code},
                missing={**variable.missing, reason.code: reason.text},
            )
        variables = _guessed_again(frame, variables, accepted)
        found = tuple(offer for offer in self.offers if offer not in accepted)
        others = tuple(n for n in self.notices if n.code != "offered_missing")
        return replace(
            self,
            frame=frame,
            reasons=reasons,
            variables=variables,
            offers=found,
            notices=others + offer_notice(found),
        )

    def with_kinds(self, kinds: Mapping[str, str]) -> Survey:
        """Say what variables are, in place of the guess.

        Parameters
        ----------
        kinds
            Column to one of ``binary nominal ordinal count continuous text id date``.
        """
        variables = dict(self.variables)
        for name, kind in kinds.items():
            choose(kind, KINDS, f"kind of {name!r}")
            variables[name] = replace(
                self.variable(name), kind=kind, kind_guessed=False, why="as asked for"
            )
        return replace(self, variables=variables)

    def with_design(self, design: Design) -> Survey:
        """Say how the sample was drawn and weighted."""
        return replace(self, design=design)

    def indicator(self, definition: ItemDefinition | str) -> Indicator:
        """Turn an item into codes for the engine.

        Parameters
        ----------
        definition
            What the study says of the item, or just the name of a column.

        Returns
        -------
        Indicator
            Categories are those that occur in the rows of this survey, over all its waves.

        Raises
        ------
        DataError, UsageError
            When the recodes do not fit the answers.

        Examples
        --------
        >>> import pandas as pd
        >>> survey = Survey.from_frame(pd.DataFrame({"trust": ["low", "high", None, "low"]}))
        >>> item = survey.indicator(ItemDefinition("trust", order=("high", "low")))
        >>> item.codes.tolist(), item.scores.tolist()
        ([1, 0, -1, 1], [0.0, 1.0])
        """
        from vendepunkt.data.recode import build

        if isinstance(definition, str):
            definition = ItemDefinition(definition)
        names = definition.columns or (definition.name,)
        for name in names:
            alone = name == definition.name
            what = "The item" if alone else f"The column of item {definition.name!r},"
            need_column(self.frame, name, what)
        built = build(
            definition, [self.frame[name] for name in names], [self.variables[n] for n in names]
        )
        offered = sorted({str(o.code) for o in self.offers if o.column in names and
                          o.label in built.categories})  # fmt: skip
        if not offered:
            return built
        text = (
            f"Item {definition.name!r} counts {', '.join(offered)} as answers, "
            "though their labels read as missing."
        )
        notice = Notice(
            "offered_missing_used", text, {"item": definition.name, "codes": ", ".join(offered)}
        )
        return replace(built, notices=(*built.notices, notice))

    def indicators(self, definitions: Iterable[ItemDefinition | str]) -> tuple[Indicator, ...]:
        """Turn several items into codes; see :meth:`indicator`."""
        return tuple(self.indicator(definition) for definition in definitions)

    def data_hash(self) -> str:
        """SHA-256 over names and answers, for provenance."""
        import pandas as pd

        digest = hashlib.sha256("\x1f".join(map(str, self.frame.columns)).encode())
        for name in self.frame.columns:
            digest.update(
                pd.util.hash_pandas_object(self.frame[name], index=False).to_numpy().tobytes()
            )
        return digest.hexdigest()

    def __repr__(self) -> str:
        waves = f", {len(self.waves)} waves" if self.waves else ""
        persons = f"{self.n_persons} persons, " if self.person else ""
        return (
            f"Survey({self.source or 'frame'}: {persons}{self.n} rows, "
            f"{len(self.variables)} variables{waves})"
        )

    def _repr_html_(self) -> str:
        import pandas as pd

        rows = [(v.name, v.label, v.kind, v.why) for v in self.variables.values()]
        frame = pd.DataFrame(rows, columns=["item", "label", "kind", "why"])
        return html_table(frame, repr(self))


def _text_series(values: list[str]) -> pd.Series:
    import pandas as pd

    return pd.Series(values, dtype="str")


def _guessed_again(
    frame: pd.DataFrame, variables: dict[str, Variable], accepted: list[Offer]
) -> dict[str, Variable]:
    """Guess anew what the variables are from which codes were taken."""
    from vendepunkt.data.variables import make_variable

    for name in {offer.column for offer in accepted}:
        old = variables[name]
        if old.kind_guessed:
            variables[name] = make_variable(
                frame[name], label=old.label, labels=old.labels, missing=old.missing
            )
    return variables
