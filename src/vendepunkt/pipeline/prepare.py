"""The stage `data`: from what `study.toml` says of the data to indicators and a design.

Everything that does not fit is collected with its line, so that `check` can say it all at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vendepunkt.data import (
    Indicator,
    ItemDefinition,
    Survey,
    Wave,
    drawn_rows,
    read_survey,
    rows_where,
    unused_weights,
)
from vendepunkt.pipeline.following import follow
from vendepunkt.pipeline.formula import ModelMatrix, model_matrix
from vendepunkt.study import DataTable, ItemTable, Study
from vendepunkt.terms import Notice, Problem, VendepunktError

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.data import Design
    from vendepunkt.pipeline.following import Followed

Path = tuple[str | int, ...]
Bools = npt.NDArray[np.bool_]

#: Which key of an item a complaint of the data stage is about.
_ITEM_KEYS = {
    "not_in_order": "order",
    "no_order": "order",
    "bad_order": "order",
    "bad_scores": "scores",
    "not_binary": "type",
    "not_a_count": "type",
    "not_numbers": "type",
    "many_values": "type",
}
#: Which key of the design, by a part of the code of what is wrong.
_DESIGN_KEYS = {
    "weight": "weights",
    "freq": "freq",
    "fpc": "fpc",
    "nested": "cluster",
    "replicate": "replicates",
}
_PERSON = ("missing_id", "ids_in_two_forms", "duplicate_person")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the later stages take from the data.

    Attributes
    ----------
    survey
        The rows of the design: those of the wave used.
    indicators
        The items of `[measure]`, in order, named as in the data.
    where : (n,) or None
        Rows inside the population of interest.
    design
        The sampling design of these rows, or None where nothing is said about it.
    covariates
        What class membership depends on, or None.
    equal_across
        Groups of people whose profiles are compared, or None.
    notices
        What had to be decided.
    followed
        The people of all waves, or None without `[move]`.
    """

    survey: Survey
    indicators: tuple[Indicator, ...]
    where: Bools | None
    design: Design | None
    covariates: ModelMatrix | None
    equal_across: Indicator | None = None
    notices: tuple[Notice, ...] = ()
    followed: Followed | None = None


@dataclass(slots=True)
class Findings:
    """Collects what does not fit, each with the line of `study.toml` it is about."""

    study: Study
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: Path, code: str, text: str, allowed: str = "", try_: str = "") -> None:
        """Note a problem at the line of a key."""
        line = self.study.lines.at(path)
        problem = Problem(code, text, allowed, try_, "study.toml", line)
        # Measuring and following look at the same items and columns.
        if problem not in self.problems:
            self.problems.append(problem)

    def error(self, path: Path, error: VendepunktError) -> None:
        """Note an error of a stage at the line of a key."""
        self.add(path, error.code, error.text, error.allowed, error.try_)

    @contextmanager
    def noting(self, path: Path) -> Iterator[None]:
        """Note an error of the block in place of raising it."""
        try:
            yield
        except VendepunktError as error:
            self.error(path, error)


def prepare(study: Study, findings: Findings) -> Prepared | None:
    """Read the data of a study and take from them what the later stages need.

    Parameters
    ----------
    study
        The study.
    findings
        Where everything that does not fit is noted.

    Returns
    -------
    Prepared or None
        None where something was noted that leaves nothing to go on with.
    """
    if not study.data:
        return None
    table = next(iter(study.data.values()))
    survey = read(study, table, findings)
    if survey is None:
        return None
    _need_columns(study, survey, findings)
    followed = follow(study, survey, findings)
    if study.move is not None and not study.measures:
        return (
            None
            if findings.problems
            else Prepared(survey, (), None, None, None, None, survey.notices, followed)
        )
    if study.measure.wave is not None and survey.wave is not None:
        with findings.noting(("measure", "wave")):
            survey = survey.of_wave(study.measure.wave)
    where = _where(study, survey, findings)
    weight = weight_column(study)
    kept = _drawn(survey, weight, where, findings)
    if kept is None:
        weight = None  # noted; what else is wrong with the design is looked for without it
    elif not kept.all():
        survey, where = survey.take(kept), None if where is None else where[kept]
    found = indicators(study, study.measure.items, survey, findings)
    design = _design(study, survey, weight, findings)
    covariates = _covariates(study, survey, findings)
    across = _equal_across(study, survey, findings)
    if findings.problems:
        return None
    said = [*survey.notices, *(notice for item in found for notice in item.notices)]
    if design is not None:
        survey = survey.with_design(design)
    said += unused_weights(survey, weighted=weight is not None)
    return Prepared(survey, found, where, design, covariates, across, tuple(said), followed)


def read(study: Study, table: DataTable, findings: Findings) -> Survey | None:
    """Read the data file; where only persons or waves are wrong, go on without them."""
    here: Path = ("data", table.name)
    path = study.folder / table.file
    if table.delete_by is not None and table.delete_by < dt.datetime.now(tz=dt.UTC).date():
        findings.add(
            (*here, "delete_by"),
            "past_delete_by",
            f"[data.{table.name}] had to be gone by {table.delete_by}, and is still there.",
            try_="delete the file; where you may keep the data for longer, state the new day",
        )
        return None
    if not table.file:
        return None
    if not path.is_file():
        _no_file(study, table, findings)
        return None
    language = study.language
    waves = [
        Wave(wave.key, wave.name.get(language, wave.key), (wave.fieldwork or {}).get(language, ""))
        for wave in study.waves.values()
    ]
    try:
        return read_survey(
            path,
            person=table.person,
            wave=table.wave,
            wide=table.wide or None,
            encoding=table.encoding,
            waves=waves or None,
        )
    except VendepunktError as error:
        try:
            plain = read_survey(path, encoding=table.encoding)
        except VendepunktError as worse:
            findings.error((*here, "file"), worse)
            return None
        known = set(plain.frame.columns)
        wrong = [
            key
            for key in ("person", "wave")
            if (getattr(table, key) or next(iter(known))) not in known
        ]
        for key in wrong:
            no_column(findings, (*here, key), getattr(table, key), plain.frame)
        if not wrong:
            key = "person" if error.code in _PERSON else "wide" if table.wide else "wave"
            findings.error((*here, key if getattr(table, key) else "file"), error)
        return plain


def _no_file(study: Study, table: DataTable, findings: Findings) -> None:
    folder = (study.folder / table.file).parent
    there = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    near = get_close_matches((study.folder / table.file).name, there, n=1)
    findings.add(
        ("data", table.name, "file"),
        "no_file",
        f"[data.{table.name}] file {table.file!r} is not in the study folder.",
        try_=near[0] if near else "copy the data file into the folder `data` of the study",
    )


def no_column(findings: Findings, path: Path, name: str, frame: pd.DataFrame) -> None:
    """Note a column that the data do not have."""
    columns = [str(column) for column in frame.columns]
    near = get_close_matches(name, columns, n=3)
    folded = [column for column in columns if column.lower() == name.lower()]
    findings.add(
        path,
        "unknown_column",
        f"{_key(path)} names the column {name!r}, which the data do not have.",
        allowed="" if folded or near else _listed(columns),
        try_=" or ".join(folded[:1] or near),
    )


def _key(path: Path) -> str:
    names = [str(part) for part in path if isinstance(part, str)]
    depth = 1 if names[0] in ("design", "measure", "move") else 2
    return f"[{'.'.join(names[:depth])}] {'.'.join(names[depth:])}".rstrip()


def _listed(names: Sequence[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _need_columns(study: Study, survey: Survey, findings: Findings) -> None:
    """Note every column that the study names and the data do not have."""
    design = study.design
    asked: list[tuple[Path, str]] = []
    for item in study.items.values():
        several = len(item.columns) > 1
        for place, column in enumerate(item.columns):
            end: Path = ("columns", place) if several else ("column",)
            asked.append((("items", item.name, *end), column))
    for key in ("strata", "freq"):
        column = getattr(design, key)
        if column is not None:
            asked.append((("design", key), column))
    for key in ("cluster", "fpc"):
        asked += [(("design", key, i), name) for i, name in enumerate(getattr(design, key))]
    weights = [design.weight, design.panel_weight, *design.wave_weights.values()]
    asked += [(("design", "weights"), name) for name in weights if name is not None]
    known = set(survey.frame.columns)
    for path, name in asked:
        if name not in known:
            no_column(findings, path, name, survey.frame)


def _where(study: Study, survey: Survey, findings: Findings) -> Bools | None:
    condition = study.measure.where
    if condition is None:
        return None
    labels = {name: variable.labels for name, variable in survey.variables.items()}
    path: Path = ("measure", "where")
    with findings.noting(path):
        rows = rows_where(survey.frame, condition, labels, "[measure] where")
        if rows.any():
            return rows
        findings.add(path, "no_rows", "[measure] where leaves no row of the data.")
    return None


def weight_column(study: Study) -> str | None:
    """Name the column of weights that the measurement uses, or None."""
    design, measure = study.design, study.measure
    if measure.weight == "none":
        return None
    if measure.weight == "panel":
        return design.panel_weight
    if measure.wave is not None and measure.wave in design.wave_weights:
        return design.wave_weights[measure.wave]
    return design.weight


def _drawn(
    survey: Survey, weight: str | None, where: Bools | None, findings: Findings
) -> Bools | None:
    """Find the rows that were drawn; None where one of those asked for has no weight."""
    try:
        return drawn_rows(survey.frame, weight, where)
    except VendepunktError as error:
        findings.error(("design", "weights"), error)
        return None


def definition(item: ItemTable, language: str) -> ItemDefinition:
    """Say an item of `study.toml` in the words of the data stage."""
    answers: dict[int | float | str, str] = dict(item.map.items())
    return ItemDefinition(
        name=item.name,
        columns=item.columns,
        dimension=item.dimension,
        kind=item.type or "",
        order=item.order,
        merge=item.merge,
        map=answers,
        missing=item.missing,
        scores=item.scores,
        reverse=item.reverse,
        label=(item.label or {}).get(language, ""),
    )


def indicators(
    study: Study, names: Sequence[str], survey: Survey, findings: Findings
) -> tuple[Indicator, ...]:
    """Make items of the study; what does not fit is noted where it stands, and left out."""
    found = []
    known = set(survey.frame.columns)
    for name in names:
        item = study.items.get(name)
        if item is None or not known.issuperset(item.columns):
            continue  # noted already, where the name stands
        if _unknown_categories(item, survey, findings):
            continue  # what the data stage would say now follows from that
        try:
            found.append(survey.indicator(definition(item, study.language)))
        except VendepunktError as error:
            findings.error(_item_path(item, error), error)
    return tuple(found)


def _item_path(item: ItemTable, error: VendepunktError) -> Path:
    key = _ITEM_KEYS.get(error.code, "column")
    if error.code == "unknown_answer":
        key = next((key for key in ("map", "merge", "missing") if getattr(item, key)), "column")
    return ("items", item.name, key)


def _unknown_categories(item: ItemTable, survey: Survey, findings: Findings) -> bool:
    """Note categories of `order` that no answer, label or recode has: slips of the pen."""
    if item.type in ("count", "negbin", "continuous"):
        return False
    known: dict[str, None] = {}
    for column in item.columns:
        variable = survey.variables[column]
        if not (variable.labels or variable.categorical):
            return False
        values = survey.frame[column].dropna().unique()
        known |= dict.fromkeys(_written(value) for value in values)
        for code, label in variable.labels.items():
            known |= {_written(code): None, label: None}
    named = item.merge if isinstance(item.merge, dict) else {}
    known |= dict.fromkeys([*named, *item.map.values()])
    strange = False
    for place, category in enumerate(item.order):
        if _written(category) not in known:
            strange = True
            near = get_close_matches(str(category), list(known), n=1)
            findings.add(
                ("items", item.name, "order", place),
                "unknown_category",
                f"[items.{item.name}] order names {category!r}, which is no answer in the data.",
                allowed=_listed(list(known), 20),
                try_=repr(near[0]) if near else "",
            )
    return strange


def _written(value: object) -> str:
    return f"{value:g}" if isinstance(value, (float, np.floating)) else str(value)


def _covariates(study: Study, survey: Survey, findings: Findings) -> ModelMatrix | None:
    formula = study.measure.covariates
    if formula is None:
        return None
    try:
        return model_matrix(survey.frame, formula, "[measure] covariates")
    except VendepunktError as error:
        findings.error(("measure", "covariates"), error)
        return None


def _equal_across(study: Study, survey: Survey, findings: Findings) -> Indicator | None:
    """Take the groups to compare: an item of the study with its recodes, or a column."""
    name = study.measure.equal_across
    if name is None:
        return None
    item, path = study.items.get(name), ("measure", "equal_across")
    if item is None and name not in survey.frame.columns:
        no_column(findings, path, name, survey.frame)
        return None
    if item is not None and not set(item.columns) <= set(survey.frame.columns):
        return None  # noted already, where the column stands
    try:
        return survey.indicator(
            ItemDefinition(name) if item is None else definition(item, study.language)
        )
    except VendepunktError as error:
        findings.error(path, error)
        return None


def _design(study: Study, survey: Survey, weight: str | None, findings: Findings) -> Design | None:
    from vendepunkt.data import Design

    stated = study.design
    if not (
        weight or stated.freq or stated.strata or stated.cluster or stated.replicates or stated.fpc
    ):
        return None
    needed = [weight, stated.freq, stated.strata, *stated.cluster, *stated.fpc]
    known = set(survey.frame.columns)
    if any(name is not None and name not in known for name in needed):
        return None  # noted already
    try:
        design = Design.from_frame(
            survey.frame,
            weights=weight,
            freq=stated.freq,
            strata=stated.strata,
            clusters=stated.cluster,
            fpc=stated.fpc,
            replicates=stated.replicates,
            replicate_type=stated.replicate_type,
            nest=stated.nest,
            single_psu=stated.single_psu,
        )
    except VendepunktError as error:
        key = next((key for part, key in _DESIGN_KEYS.items() if part in error.code), "")
        findings.error(("design", key) if key else ("design",), error)
        return None
    note_single_psus(study, design, findings)
    return design


def note_single_psus(study: Study, design: Design, findings: Findings) -> None:
    """Note strata with one PSU where it is not said what to do with them."""
    stated = study.design
    if stated.single_psu == "fail" and not stated.replicates and design.n_single_strata:
        findings.add(
            ("design", "single_psu"),
            "single_psu",
            f"{design.n_single_strata} of {design.n_strata} strata have one PSU, and the rule "
            "for them is to fail.",
            allowed="adjust, average, remove, certainty",
            try_='single_psu = "adjust", which centres such a stratum at the mean of all',
        )
