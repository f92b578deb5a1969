"""Every stage in its order: what it depends on, and the step that runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
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
    applies
        Whether a study asks for it.
    inputs
        Path within the study folder → SHA-256 of the files that people put there and that its
        result is made from.
    """

    name: str
    question: str
    needs: tuple[str, ...]
    tables: tuple[str, ...]
    step: Step
    code: tuple[str, ...] = ()
    recall: Callable[[Study], Any] | None = None
    applies: Callable[[Study], bool] = lambda _: True
    inputs: Callable[[Study], Mapping[str, str]] = lambda _: {}


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


def _move(
    study: Study, results: Mapping[str, Any], _: Wanted, progress: Callable[[str, float], None]
) -> Made:
    from vendepunkt.pipeline.steps import move_step

    return move_step(study, results["data"], progress)


def _convene(
    study: Study, _: Mapping[str, Any], __: Wanted, progress: Callable[[str, float], None]
) -> Made:
    from vendepunkt.pipeline.steps import convene_step

    return convene_step(study, progress)


def _report(
    study: Study, results: Mapping[str, Any], wanted: Wanted, progress: Callable[[str, float], None]
) -> Made:
    from vendepunkt.pipeline.steps import report_step

    measured, moved = results.get("measure"), results.get("move")
    convened = results.get("convene")
    return report_step(study, measured, moved, convened, wanted.formats, progress)


def _recall_measurement(study: Study) -> Any:
    from vendepunkt.pipeline.steps import recall_measurement

    return recall_measurement(study)


def _recall_movement(study: Study) -> Any:
    from vendepunkt.pipeline.steps import recall_movement

    return recall_movement(study)


def _recall_panels(study: Study) -> Any:
    from vendepunkt.pipeline.steps import recall_panels

    return recall_panels(study)


def _panel_files(study: Study) -> Mapping[str, str]:
    from vendepunkt.pipeline.gathering import panel_files

    return panel_files(study)


def _data_files(study: Study) -> dict[str, str]:
    return {
        table.file: hash_file(study.folder / table.file)
        for table in study.data.values()
        if table.file
    }


_CODE: Final = ("terms", "numerics", "study", "data", "pipeline")
_DATA_TABLES: Final = ("data", "waves", "design", "items", "measure", "study.language", "labels")

#: The stages in their order; a stage uses those above it only.
STAGES: Final[dict[str, Stage]] = {
    stage.name: stage
    for stage in (
        Stage(
            "data",
            "What did people answer?",
            (),
            _DATA_TABLES,
            _data,
            _CODE,
            applies=lambda study: study.surveys,
            inputs=_data_files,
        ),
        Stage(
            "measure",
            "Who is how excluded?",
            ("data",),
            ("measure", "groups", "study.seed"),
            _measure,
            (*_CODE, "measure"),
            _recall_measurement,
            lambda study: study.measures,
        ),
        Stage(
            "move",
            "Who moves between the groups?",
            ("data",),
            ("move", "groups", "study.seed"),
            _move,
            (*_CODE, "measure", "move"),
            _recall_movement,
            lambda study: study.move is not None,
        ),
        Stage(
            "convene",
            "What do those who know it say?",
            (),
            ("convene", "study.seed", "report.threshold"),
            _convene,
            ("terms", "numerics", "language", "disclosure", "study", "convene", "pipeline"),
            _recall_panels,
            lambda study: study.convene is not None,
            _panel_files,
        ),
        Stage(
            "report",
            "Who may read it?",
            ("measure", "move", "convene"),
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


def stages_of(study: Study) -> dict[str, Stage]:
    """Give the stages that a study asks for, in their order; each needs only such stages."""
    wanted = {name: stage for name, stage in STAGES.items() if stage.applies(study)}
    return {
        name: replace(stage, needs=tuple(other for other in stage.needs if other in wanted))
        for name, stage in wanted.items()
    }


def chosen_stages(study: Study, only: tuple[str, ...]) -> tuple[Stage, ...]:
    """Give the stages named, in their order; all that the study asks for where none is named.

    Raises
    ------
    UsageError
        If a name is no stage, or one that the study does not ask for.
    """
    known = stages_of(study)
    for name in only:
        if name not in STAGES:
            raise UsageError(
                "unknown_stage",
                f"--only names {name!r}, which is no stage of this version.",
                allowed=", ".join(STAGES),
            )
        if name not in known:
            raise UsageError(
                "stage_not_asked_for",
                f"--only names {name!r}, and study.toml has no table [{name}].",
                allowed=", ".join(known),
                try_=f"a table [{name}]",
            )
    return tuple(stage for stage in known.values() if not only or stage.name in only)


def keys(study: Study, wanted: Wanted) -> dict[str, str]:
    """Give for each stage the hash over everything it is made from.

    A stage's key holds those of the stages it needs, so a change goes on to all that follows.
    """
    found: dict[str, str] = {}
    for stage in stages_of(study).values():
        found[stage.name] = hash_values(
            program(stage.code),
            relevant(study.source, stage.tables),
            dict(stage.inputs(study)),
            [found[name] for name in stage.needs],
            wanted.formats if stage.name == "report" else (),
        )
    return found
