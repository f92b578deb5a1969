"""Everything that is wrong with a study, at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vendepunkt.study import Study, read_study
from vendepunkt.terms import Problem, VendepunktError

if TYPE_CHECKING:
    from vendepunkt.pipeline.prepare import Findings


def check_study(folder: str | Path) -> tuple[Problem, ...]:
    """Say everything that is wrong with a study: `study.toml`, its data, and how they fit.

    Parameters
    ----------
    folder
        The study folder.

    Returns
    -------
    tuple of Problem
        In the order of the lines; empty when the study can be run.

    Raises
    ------
    DataError
        If there is no such folder, or no `study.toml` in it.
    """
    reading = read_study(folder)
    problems = list(reading.problems)
    if reading.study is not None:
        known = {problem.line for problem in problems}
        # A line that is wrong in itself is not complained about a second time for what follows.
        problems += [p for p in fit_problems(reading.study) if p.line not in known or not p.line]
    return tuple(sorted(problems, key=lambda problem: (problem.line, problem.text)))


def fit_problems(study: Study) -> list[Problem]:
    """Say in what a study and its data, or its options and the stages, do not fit."""
    from vendepunkt.pipeline.gathering import gather
    from vendepunkt.pipeline.prepare import Findings, prepare

    findings = Findings(study)
    if study.surveys:
        prepare(study, findings)
    gather(study, findings)
    stage_problems(study, findings)
    return findings.problems


def stage_problems(study: Study, findings: Findings) -> None:
    """Note options that a stage refuses."""
    from vendepunkt.pipeline.measuring import measure_options
    from vendepunkt.pipeline.moving import move_options
    from vendepunkt.report import SECTIONS, check_format

    if study.measures:
        with findings.noting(("measure",)):
            measure_options(study)
    if study.move is not None and study.move.latent:
        with findings.noting(("move",)):
            move_options(study, study.move)
    for place, name in enumerate(study.report.sections):
        if name not in SECTIONS:
            findings.add(
                ("report", "sections", place),
                "unknown_section",
                f"[report] sections names {name!r}, which is no section.",
                allowed=", ".join(SECTIONS),
            )
    for place, name in enumerate(study.report.formats):
        try:
            check_format(name)
        except VendepunktError as error:
            findings.error(("report", "formats", place), error)
