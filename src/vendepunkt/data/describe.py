"""What is in a survey: items, types and why, missing answers by reason, waves, weights."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from vendepunkt import __version__
from vendepunkt.data.formats import plain
from vendepunkt.data.missing import Offer, Reason
from vendepunkt.data.weights import Candidate, design_candidates, unused_weights, weight_candidates
from vendepunkt.terms import (
    Notice,
    Provenance,
    Ref,
    RefValue,
    UsageError,
    html_table,
)

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.data.survey import Survey
    from vendepunkt.data.variables import Variable

#: Patterns of participation shown, the most frequent first.
MOST_PATTERNS = 20


@dataclass(frozen=True, slots=True)
class ItemSummary:
    """One variable in short.

    Attributes
    ----------
    item, label
        Name and question.
    kind, guessed, why
        What it is taken to be, whether that was guessed, and on what ground.
    n, n_missing
        Rows with and without an answer.
    missing
        (reason, rows), the most frequent first.
    categories
        (category, code, rows) of a categorical variable; never of free text or ids.
    distinct
        Number of different answers.
    low, mean, high
        Of counts and measures, else None.
    unused
        Labelled categories that do not occur.
    """

    item: str
    label: str
    kind: str
    guessed: bool
    why: str
    n: int
    n_missing: int
    missing: tuple[tuple[Reason, int], ...]
    categories: tuple[tuple[str, str, int], ...]
    distinct: int
    low: float | None
    mean: float | None
    high: float | None
    unused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WaveSummary:
    """One wave in short: rows, persons, and mean number of answered items per row."""

    wave: str
    name: str
    fieldwork: str
    n: int
    persons: int
    answered: float


@dataclass(frozen=True, slots=True, repr=False)
class Description:
    """What is in a survey; made by :func:`describe`.

    Attributes
    ----------
    source, format
        Name and kind of the file.
    n, persons, person, wave
        Rows and persons, and the columns that say who and when.
    items
        A summary of every variable.
    waves
        A summary of every wave.
    patterns
        (waves in which a person answered, persons), the most frequent first.
    weights, design
        Columns that look like weights, strata or clusters.
    offers
        Codes that look missing but are not declared so.
    sets
        Multiple-response set to its columns.
    notices
        What was decided while reading.
    provenance
        Hash of the data and versions.
    """

    source: str
    format: str
    n: int
    persons: int
    person: str | None
    wave: str | None
    items: tuple[ItemSummary, ...]
    waves: tuple[WaveSummary, ...]
    patterns: tuple[tuple[tuple[str, ...], int], ...]
    weights: tuple[Candidate, ...]
    design: tuple[Candidate, ...]
    offers: tuple[Offer, ...]
    sets: dict[str, tuple[str, ...]]
    notices: tuple[Notice, ...]
    provenance: Provenance
    answered: np.ndarray

    def table(self) -> pd.DataFrame:
        """Give one row per variable."""
        import pandas as pd

        rows = [
            (s.item, s.kind, s.guessed, s.why, s.label, s.n, s.n_missing, s.distinct)
            for s in self.items
        ]
        names = ["item", "kind", "guessed", "why", "label", "n", "n_missing", "distinct"]
        return pd.DataFrame(rows, columns=names)

    def categories(self) -> pd.DataFrame:
        """Give one row per category of the categorical variables, with its share of answers."""
        import pandas as pd

        rows = [
            (s.item, name, code, n / s.n if s.n else float("nan"), n)
            for s in self.items
            for name, code, n in s.categories
        ]
        return pd.DataFrame(rows, columns=["item", "category", "code", "estimate", "n"])

    def missing(self) -> pd.DataFrame:
        """Give one row per variable and reason of missing answers."""
        import pandas as pd

        rows = [
            (s.item, reason.code, reason.text, n) for s in self.items for reason, n in s.missing
        ]
        return pd.DataFrame(rows, columns=["item", "code", "reason", "n"])

    def glance(self) -> pd.DataFrame:
        """Give one row that sums the survey up."""
        import pandas as pd

        return pd.DataFrame(
            {
                "source": [self.source],
                "n": [self.n],
                "persons": [self.persons],
                "variables": [len(self.items)],
                "waves": [len(self.waves)],
                "weight_candidates": [len(self.weights)],
                "offered_missing": [len(self.offers)],
            }
        )

    def augment(self, data: pd.DataFrame) -> pd.DataFrame:
        """Give `data` with the number of answered items per row as ``.answered``."""
        if len(data) != self.n:
            raise UsageError(
                "other_rows",
                f"The data have {len(data)} rows, but {self.n} were described.",
                try_="the frame of the survey that was described",
            )
        return data.assign(**{".answered": self.answered})

    def ref(self, row: str) -> RefValue:
        """Give a count: ``n``, ``persons``, or ``n:ITEM`` and ``missing:ITEM``.

        Raises
        ------
        UsageError
            When there is no such row.
        """
        counts: dict[str, int] = {"n": self.n, "persons": self.persons}
        counts |= {f"n:{s.item}": s.n for s in self.items}
        counts |= {f"missing:{s.item}": s.n_missing for s in self.items}
        if row not in counts:
            raise UsageError(
                "unknown_row",
                f"A description has no row {row!r}.",
                allowed="n, persons, n:ITEM, missing:ITEM",
            )
        return RefValue(Ref("data", "describe", row), counts[row])

    def plot(self) -> NoReturn:
        """Refuse: a description is a table and has no figure.

        Raises
        ------
        UsageError
            Always.
        """
        raise UsageError("no_figure", "A description has no figure.", try_="table() or missing()")

    def cite(self) -> str:
        """Say that counting needs no source."""
        return "Counts of answers; no method to cite."

    def __repr__(self) -> str:
        persons = f" of {self.persons} persons" if self.person else ""
        return f"{self.source or 'Data'}: {self.n} rows{persons}, {len(self.items)} variables"

    def _repr_html_(self) -> str:
        return html_table(self.table(), repr(self))

    def as_plain(self) -> dict[str, Any]:
        """Give everything as plain values, as ``vendepunkt describe --json`` prints it."""
        return {
            "source": self.source,
            "format": self.format,
            "n": self.n,
            "persons": self.persons,
            "person": self.person,
            "wave": self.wave,
            "items": [_item_plain(summary) for summary in self.items],
            "waves": [asdict(wave) for wave in self.waves],
            "patterns": [{"waves": list(held), "n": n} for held, n in self.patterns],
            "weights": [asdict(candidate) for candidate in self.weights],
            "design": [asdict(candidate) for candidate in self.design],
            "offered": [
                {"item": o.column, "code": o.code, "label": o.label, "n": o.n, "why": o.why}
                for o in self.offers
            ],
            "sets": {name: list(columns) for name, columns in self.sets.items()},
        }


def describe(survey: Survey, items: Iterable[str] | None = None) -> Description:
    """Say what is in a survey.

    Parameters
    ----------
    survey
        A survey.
    items
        Variables that count as answers when participation in waves is worked out; all
        categorical ones unless given.

    Returns
    -------
    Description
        Items, types and why, missing by reason, waves and patterns, weight candidates.

    Raises
    ------
    UsageError
        When an item is no variable of the survey.

    Examples
    --------
    >>> import pandas as pd
    >>> from vendepunkt.data import Survey
    >>> survey = Survey.from_frame(pd.DataFrame({"id": [1, 2], "trust": [1, None]}), person="id")
    >>> describe(survey).table()[["item", "kind", "n", "n_missing"]]
        item     kind  n  n_missing
    0     id       id  2          0
    1  trust  ordinal  1          1
    """
    chosen = [survey.variable(name).name for name in items] if items is not None else None
    if chosen is None:
        special = {survey.person, survey.wave}
        chosen = [v.name for v in survey.variables.values() if v.categorical]
        chosen = [name for name in chosen if name not in special]
    answered = np.zeros(survey.n, dtype=np.int64)
    for name in chosen:
        answered += survey.frame[name].notna().to_numpy()
    waves, patterns = _participation(survey, answered)
    weights = weight_candidates(survey)
    return Description(
        source=survey.source,
        format=survey.format,
        n=survey.n,
        persons=survey.n_persons,
        person=survey.person,
        wave=survey.wave,
        items=tuple(_summary(survey, variable) for variable in survey.variables.values()),
        waves=waves,
        patterns=patterns,
        weights=weights,
        design=design_candidates(survey),
        offers=survey.offers,
        sets=dict(survey.sets),
        notices=survey.notices + unused_weights(survey),
        provenance=_provenance(survey),
        answered=answered,
    )


def _summary(survey: Survey, variable: Variable) -> ItemSummary:
    column = survey.frame[variable.name]
    n = int(column.notna().sum())
    numeric = variable.kind in ("count", "continuous") and column.dtype.kind == "f" and n > 0
    return ItemSummary(
        item=variable.name,
        label=variable.label,
        kind=variable.kind,
        guessed=variable.kind_guessed,
        why=variable.why,
        n=n,
        n_missing=survey.n - n,
        missing=tuple(survey.missing_counts(variable.name).items()),
        categories=_categories(survey, variable) if variable.categorical else (),
        distinct=int(column.nunique()),
        low=float(column.min()) if numeric else None,
        mean=float(column.mean()) if numeric else None,
        high=float(column.max()) if numeric else None,
        unused=variable.unused_labels,
    )


def _categories(survey: Survey, variable: Variable) -> tuple[tuple[str, str, int], ...]:
    """Name and count categories in the order of their codes, labelled but unused ones too."""
    counts = {plain(v): int(n) for v, n in survey.frame[variable.name].value_counts().items()}
    for code in variable.labels:
        counts.setdefault(code, 0)
    labelled = list(variable.labels)
    texts = any(isinstance(code, str) for code in counts)
    order = sorted(
        counts,
        key=(lambda c: (labelled.index(c) if c in labelled else len(labelled), str(c)))
        if texts
        else (lambda c: (float(c), "")),
    )
    return tuple((variable.labels.get(c, str(c)), str(c), counts[c]) for c in order)


def _participation(
    survey: Survey, answered: np.ndarray
) -> tuple[tuple[WaveSummary, ...], tuple[tuple[tuple[str, ...], int], ...]]:
    """Count rows and persons per wave, and persons per pattern of waves."""
    if survey.wave is None:
        return (), ()
    from vendepunkt.data.identity import wave_codes

    codes = wave_codes(survey.wave_keys(), survey.waves)
    persons = survey.person_codes()
    there = answered > 0
    waves = []
    for place, wave in enumerate(survey.waves):
        rows = codes == place
        waves.append(
            WaveSummary(
                wave=wave.key,
                name=wave.name,
                fieldwork=wave.fieldwork,
                n=int(rows.sum()),
                persons=len(np.unique(persons[rows & there])),
                answered=float(answered[rows].mean()) if rows.any() else 0.0,
            )
        )
    if survey.person is None:
        return tuple(waves), ()
    held = np.zeros((int(persons.max()) + 1, len(survey.waves)), dtype=bool)
    held[persons[there], codes[there]] = True
    found, counts = np.unique(held, axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:MOST_PATTERNS]
    names = [wave.name for wave in survey.waves]
    return tuple(waves), tuple(
        (tuple(n for n, x in zip(names, found[place], strict=True) if x), int(counts[place]))
        for place in order
    )


def _provenance(survey: Survey) -> Provenance:
    versions = {"vendepunkt": __version__, "python": sys.version.split()[0]}
    design = "" if survey.design is None else survey.design.describe()
    return Provenance(survey.data_hash(), design, None, versions, {"describe": survey.source})


def _item_plain(summary: ItemSummary) -> dict[str, Any]:
    given = asdict(summary)
    given["missing"] = [{"code": r.code, "reason": r.text, "n": n} for r, n in summary.missing]
    given["categories"] = [
        {"category": name, "code": code, "n": n} for name, code, n in summary.categories
    ]
    return given
