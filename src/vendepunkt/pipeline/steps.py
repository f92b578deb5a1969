"""The steps behind the stages. Imported when a stage runs, not before: this brings the numerics."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from vendepunkt.measure import Measurement
from vendepunkt.pipeline.check import stage_problems
from vendepunkt.pipeline.convening import Convened, run_convene
from vendepunkt.pipeline.gathering import gather
from vendepunkt.pipeline.measuring import run_measure
from vendepunkt.pipeline.moving import Moved, run_move
from vendepunkt.pipeline.plan import Made
from vendepunkt.pipeline.prepare import Findings, Prepared, prepare
from vendepunkt.pipeline.spoken import category_labels
from vendepunkt.study import Folder, Study, keep, recall
from vendepunkt.terms import Notice, ProblemsError, UsageError

MEASUREMENT: Final = "work/measure.zip"
MOVEMENT: Final = "work/move.zip"
PANELS: Final = "work/convene.zip"


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
    gather(study, findings)
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


def move_step(study: Study, prepared: Prepared, progress: Callable[[str, float], None]) -> Made:
    """Follow people over the waves, and keep the full result in `work/`."""
    followed, stated = prepared.followed, study.move
    if followed is None or stated is None:
        raise UsageError("no_move", "study.toml has no table [move].", try_="[move]")
    movement, observed, changes = run_move(study, stated, followed, progress)
    parts = (one for one in (movement, observed, *changes) if one is not None)
    notices = distinct([*prepared.survey.notices, *(said for one in parts for said in one.notices)])
    names = {item.name for item in followed.panel.indicators}
    names |= {name for name in (stated.observed, stated.by) if name and name in study.items}
    labels = {name: category_labels(study, prepared.survey, name) for name in sorted(names)}
    found = Moved(movement, observed, changes, labels, notices, prepared.survey.source)
    path = study.folder / MOVEMENT
    keep(path, found)
    return Made(
        found,
        notices,
        found.refs(),
        kept=path.relative_to(study.folder).as_posix(),
        converged=found.converged,
    )


def recall_movement(study: Study) -> Moved | None:
    """Read the movement of the last run back."""
    return recall(Folder(study.folder).root / MOVEMENT, Moved)


def convene_step(study: Study, progress: Callable[[str, float], None]) -> Made:
    """Count the votes of the panel meetings, and keep the full result in `work/`."""
    stated = study.convene
    if stated is None:
        raise UsageError("no_convene", "study.toml has no table [convene].", try_="[convene]")
    findings = Findings(study)
    gathered = gather(study, findings)
    if not study.surveys:
        stage_problems(study, findings)
    if findings.problems:
        raise ProblemsError(findings.problems)
    found = run_convene(study, stated, gathered, progress)
    path = study.folder / PANELS
    keep(path, found)
    return Made(
        found,
        found.notices,
        found.refs(),
        kept=path.relative_to(study.folder).as_posix(),
    )


def recall_panels(study: Study) -> Convened | None:
    """Read the panel meetings of the last run back."""
    return recall(Folder(study.folder).root / PANELS, Convened)


def distinct(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Give each notice once, in the order of first mention."""
    return tuple({(one.code, one.text): one for one in notices}.values())


def report_step(
    study: Study,
    measured: Measured | None,
    moved: Moved | None,
    convened: Convened | None,
    formats: tuple[str, ...],
    progress: Callable[[str, float], None],
) -> Made:
    """Write the report: only what passed disclosure control."""
    from vendepunkt.pipeline.reporting import Found, report_files

    stages = [stage for stage in (measured, moved) if stage is not None]
    notices = distinct([notice for stage in stages for notice in stage.notices])
    found = Found(measured, moved, convened)
    files = report_files(study, found, notices, formats or study.report.formats, progress)
    if convened is not None:
        notices = distinct([*notices, *convened.notices])
    converged = all(
        stage.measurement.converged if isinstance(stage, Measured) else stage.converged
        for stage in stages
    )
    return Made(None, notices, files=files, converged=converged)
