"""Every stage in its order: what it depends on, and the step that runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from vendepunkt.study import Study, hash_file, hash_values, program, relevant
from vendepunkt.terms import Notice, RefValue, UsageError


class Progress(Protocol):
    """Called with the stage, what it is doing, and the fraction done from 0 to 1."""

    def __call__(self, stage: str, what: str, done: float) -> None:
        """Show how far a stage has come."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a run was asked for.

    Attributes
    ----------
    formats
        Formats of the report in place of those of `[report]`; empty for those.
    """

    formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """What a step made.

    Attributes
    ----------
    result
        The result, handed to later stages.
    notices
        What the program says of its own accord.
    refs
        Values that can be cited.
    files
        Path within the study folder → content of the files to write.
    kept
        File in `work/` that holds the result for the next run, or empty.
    converged
        Whether the estimates reached a maximum.
    """

    result: Any
    notices: tuple[Notice, ...] = ()
    refs: tuple[RefValue, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    kept: str = ""
    converged: bool = True


Step = Callable[[Study, Mapping[str, Any], Wanted, Callable[[str, float], None]], Made]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the work.

    Attributes
    ----------
    name
        Name, as in ``--only``.
    question
        What it answers.
    needs
        Stages whose results it takes.
    tables
        Tables, or single keys, of `study.toml` that its result depends on.
    step
        Runs it.
    code
        Packages of the program that its result is made by; all where empty.
    recall
        Reads its result of the last run back, or None where it is quicker made anew.
    """

    name: str
    question: str
    needs: tuple[str, ...]
    tables: tuple[str, ...]
    step: Step
    code: tuple[str, ...] = ()
    recall: Callable[[Study], Any] | None = None


def _data(
    study: Study, _: Mapping[str, Any], __: Wanted, progress: Callable[[str, float], None]
) -> Made:
    from vendepunkt.pipeline.steps import data_step

    return data_step(study, progress)


def _measure(
    study: Study, results: Mapping[str, Any], _: Wanted, progress: Callable[[str, float], None]
) -> Made:
    from vendepunkt.pipeline.steps import measure_step

    return measure_step(study, results["data"], progress)


def _report(
    study: Study, results: Mapping[str, Any], wanted: Wanted, progress: Callable[[str, float], None]
) -> Made:
    from vendepunkt.pipeline.steps import report_step

    return report_step(study, results["measure"], wanted.formats, progress)


def _recall_measurement(study: Study) -> Any:
    from vendepunkt.pipeline.steps import recall_measurement

    return recall_measurement(study)


_CODE: Final = ("terms", "numerics", "study", "data", "pipeline")
_DATA_TABLES: Final = ("data", "waves", "design", "items", "measure", "study.language", "labels")

#: The stages in their order; a stage uses those above it only.
STAGES: Final[dict[str, Stage]] = {
    stage.name: stage
    for stage in (
        Stage("data", "What did people answer?", (), _DATA_TABLES, _data, _CODE),
        Stage(
            "measure",
            "Who is how excluded?",
            ("data",),
            ("measure", "groups", "study.seed"),
            _measure,
            (*_CODE, "measure"),
            _recall_measurement,
        ),
        Stage(
            "report",
            "Who may read it?",
            ("measure",),
            (
                "study",
                "data",
                "waves",
                "design",
                "dimensions",
                "items",
                "labels",
                "groups",
                "report",
            ),
            _report,
        ),
    )
}


def chosen_stages(only: tuple[str, ...]) -> tuple[Stage, ...]:
    """Give the stages named, in their order; all of them where none is named.

    Raises
    ------
    UsageError
        If a name is no stage.
    """
    for name in only:
        if name not in STAGES:
            raise UsageError(
                "unknown_stage",
                f"--only names {name!r}, which is no stage of this version.",
                allowed=", ".join(STAGES),
            )
    return tuple(stage for stage in STAGES.values() if not only or stage.name in only)


def keys(study: Study, wanted: Wanted) -> dict[str, str]:
    """Give for each stage the hash over everything it is made from.

    A stage's key holds those of the stages it needs, so a change goes on to all that follows.
    """
    files = [hash_file(study.folder / table.file) for table in study.data.values() if table.file]
    found: dict[str, str] = {}
    for stage in STAGES.values():
        found[stage.name] = hash_values(
            program(stage.code),
            relevant(study.source, stage.tables),
            files if not stage.needs else [found[name] for name in stage.needs],
            wanted.formats if stage.name == "report" else (),
        )
    return found
