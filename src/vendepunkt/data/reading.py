"""From a file or a frame to a survey."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vendepunkt.data import missing as missing_answers
from vendepunkt.data.formats import RawFile, ReadOptions, plain, read_raw
from vendepunkt.data.identity import (
    Wave,
    check_duplicates,
    check_persons,
    check_waves,
    need_column,
    waves_of,
)
from vendepunkt.data.items import ItemDefinition
from vendepunkt.data.survey import Survey
from vendepunkt.data.variables import make_variable
from vendepunkt.data.waves import Parts, lengthen
from vendepunkt.terms import Notice

if TYPE_CHECKING:
    from vendepunkt.data.waves import Wide


def read_survey(
    path: str | Path,
    *,
    person: str | None = None,
    wave: str | None = None,
    wide: Wide | None = None,
    encoding: str | None = None,
    items: Iterable[str | ItemDefinition] | None = None,
    waves: Mapping[str, str] | Iterable[str | Wave] | None = None,
    sheet: str | None = None,
) -> Survey:
    r"""Read a survey file: what people answered, and what their answers mean.

    Parameters
    ----------
    path
        A .csv, .tsv, .parquet, .sav, .zsav, .dta, .sas7bdat or .xlsx file.
    person
        Column with the person's id, kept exactly as it is written.
    wave
        Column with the wave, in a file with a row per person and wave; with `wide` the name of
        the new column ("wave" unless given).
    wide
        Marks of the waves in the column names of a file with a row per person, such as
        ``("t1", "t2")``, or the columns spelt out: ``{"2017": {"trust": "q5a"}, …}``.
    encoding
        Character encoding, where the file has the wrong one or none.
    items
        Items that the file must have; a missing one is named with the nearest name.
    waves
        The waves that may occur, as keys, :class:`Wave` or {key: fieldwork}.
    sheet
        Sheet of a workbook.

    Returns
    -------
    Survey
        With NaN for missing answers, their reasons kept, and codes that only look missing offered.

    Raises
    ------
    DataError
        When the file is damaged, empty, cut off or not what its name says; when a person stands
        twice in a wave, ids are written in two forms, or a wave was not declared.
    UsageError
        When a named column, sheet or wave mark does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "answers.csv"
    ...     _ = file.write_text("id;trust\n01;high\n02;low\n03;high\n")
    ...     read_survey(file, person="id")
    Survey(answers.csv: 3 persons, 3 rows, 2 variables)
    """
    file = Path(path)
    as_text = tuple(name for name in (person,) if name)
    raw = read_raw(file, ReadOptions(encoding=encoding, sheet=sheet, as_text=as_text))
    return _survey(raw, person, wave, wide, waves, items, file.name)


def survey_of_frame(
    frame: Any,
    *,
    person: str | None,
    wave: str | None,
    wide: Wide | None,
    waves: Mapping[str, str] | Iterable[str | Wave] | None,
    labels: Mapping[str, str] | None,
    value_labels: Mapping[str, Mapping[Any, str]] | None,
    missing: Mapping[str, Iterable[Any]] | None,
) -> Survey:
    """Make a survey from a frame; see :meth:`Survey.from_frame`."""
    from vendepunkt.data.formats import arrow

    options = ReadOptions(as_text=(person,) if person else ())
    raw = arrow.from_table(arrow.table_of(frame), options, "the frame", "a data frame")
    for name in {*(labels or ()), *(value_labels or ()), *(missing or ())}:
        need_column(raw.frame, name, "The labelled column")
    raw = replace(
        raw,
        labels=dict(labels or {}),
        value_labels={
            **raw.value_labels,
            **{
                name: {plain(code): text for code, text in held.items()}
                for name, held in (value_labels or {}).items()
            },
        },
        missing_codes={
            name: tuple(plain(code) for code in codes) for name, codes in (missing or {}).items()
        },
    )
    return _survey(raw, person, wave, wide, waves, None, "")


def _survey(
    raw: RawFile,
    person: str | None,
    wave: str | None,
    wide: Wide | None,
    waves: Mapping[str, str] | Iterable[str | Wave] | None,
    items: Iterable[str | ItemDefinition] | None,
    source: str,
) -> Survey:
    """Check who and when, separate missing answers, lengthen wide files, describe variables."""
    if person is not None:
        need_column(raw.frame, person, "The person column")
        check_persons(raw.frame, person)
    frame, reasons, declared = missing_answers.separate(raw)
    parts = Parts(
        frame, raw.labels, raw.value_labels, raw.scales, reasons, declared, tuple(raw.notices)
    )
    if wide:
        if person is not None:
            check_duplicates(frame, person, None)
        else:
            parts, person = _numbered(parts)
        wave = wave or "wave"
        parts = lengthen(parts, wide, wave)
    found: tuple[Wave, ...] = ()
    if wave is not None:
        need_column(parts.frame, wave, "The wave column")
        stated = waves if waves is None or isinstance(waves, Mapping) else list(waves)
        order = waves_of(stated) or (waves_of([str(key) for key in wide]) if wide else ())
        found = check_waves(parts.frame, wave, order)
    if person is not None:
        check_duplicates(parts.frame, person, wave)
    for item in items or ():
        names = (item,) if isinstance(item, str) else item.columns or (item.name,)
        for name in names:
            need_column(parts.frame, name, "The item")
    variables = {
        str(name): make_variable(
            parts.frame[name],
            label=parts.labels.get(name, ""),
            labels=parts.value_labels.get(name),
            missing=parts.declared.get(name),
            scale=parts.scales.get(name, ""),
            role="person" if name == person else "wave" if name == wave else "",
        )
        for name in parts.frame.columns
    }
    offered = missing_answers.offers(variables, parts.frame)
    return Survey(
        frame=parts.frame,
        variables=variables,
        person=person,
        wave=wave,
        source=source,
        notices=parts.notices + missing_answers.offer_notice(offered),
        reasons=parts.reasons,
        waves=found,
        offers=offered,
        format=f"{raw.format}, {raw.encoding}" if raw.encoding else raw.format,
        sets=raw.sets,
    )


def _numbered(parts: Parts) -> tuple[Parts, str]:
    """Give the rows of a wide file without a person column their own."""
    import pandas as pd

    name = next(c for c in ("person", "row", "person_row") if c not in parts.frame.columns)
    numbers = pd.Series(range(1, len(parts.frame) + 1), name=name, dtype="float64")
    text = f"No person column was named; every row is taken as one person, numbered in {name!r}."
    frame = pd.concat([numbers, parts.frame], axis=1)
    return replace(
        parts, frame=frame, notices=(*parts.notices, Notice("numbered", text, {"column": name}))
    ), name
