"""The steps behind the stages. Imported when a stage runs, not before: this brings the numerics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from vendepunkt.measure import Measurement
from vendepunkt.pipeline.check import stage_problems
from vendepunkt.pipeline.measuring import run_measure
from vendepunkt.pipeline.plan import Made
from vendepunkt.pipeline.prepare import Findings, Prepared, prepare
from vendepunkt.pipeline.spoken import category_labels
from vendepunkt.study import Folder, Study, keep, recall
from vendepunkt.terms import Notice, ProblemsError

MEASUREMENT: Final = "work/measure.zip"


@dataclass(frozen=True, slots=True)
class Measured:
    """What the stage `measure` hands to the report.

    Attributes
    ----------
    measurement
        The result, named as in the data.
    labels
        Item → category → what readers see.
    notices
        What the program says of its own accord, about data and measurement.
    source
        Name of the data file.
    """

    measurement: Measurement
    labels: dict[str, dict[str, str]]
    notices: tuple[Notice, ...]
    source: str


def data_step(study: Study, progress: Callable[[str, float], None]) -> Made:
    """Read the data; everything that is wrong is raised at once, before anything is written."""
    progress("reading", 0.0)
    findings = Findings(study)
    prepared = prepare(study, findings)
    stage_problems(study, findings)
    if findings.problems or prepared is None:
        raise ProblemsError(findings.problems)
    return Made(prepared, prepared.notices)


def measure_step(study: Study, prepared: Prepared, progress: Callable[[str, float], None]) -> Made:
    """Find the groups, and keep the full result in `work/`."""
    measurement = run_measure(study, prepared, progress)
    notices = (*prepared.notices, *(n for n in measurement.notices if n not in prepared.notices))
    labels = {
        item.name: category_labels(study, prepared.survey, item.name)
        for item in measurement.material.indicators
    }
    result = Measured(measurement, labels, notices, prepared.survey.source)
    path = study.folder / MEASUREMENT
    keep(path, result)
    return Made(
        result,
        notices,
        tuple(measurement.refs().values()),
        kept=path.relative_to(study.folder).as_posix(),
        converged=measurement.converged,
    )


def recall_measurement(study: Study) -> Measured | None:
    """Read the measurement of the last run back."""
    return recall(Folder(study.folder).root / MEASUREMENT, Measured)


def report_step(
    study: Study,
    measured: Measured,
    formats: tuple[str, ...],
    progress: Callable[[str, float], None],
) -> Made:
    """Write the report: only what passed disclosure control."""
    from vendepunkt.pipeline.reporting import report_files

    files = report_files(study, measured, formats or study.report.formats, progress)
    return Made(None, measured.notices, files=files, converged=measured.measurement.converged)
