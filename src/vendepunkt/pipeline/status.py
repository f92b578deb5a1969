"""Which stages of a study are up to date, without running any."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vendepunkt.pipeline import plan
from vendepunkt.study import Folder, State, load_study


@dataclass(frozen=True, slots=True)
class StageStatus:
    """How a stage stands.

    Attributes
    ----------
    name, question
        The stage.
    state
        ``fresh``; ``stale`` where something it was made from, or a file it wrote, has changed;
        ``missing`` where it was never made.
    """

    name: str
    question: str
    state: str


def study_status(folder: str | Path) -> tuple[StageStatus, ...]:
    """Say for each stage whether it is fresh, stale or missing.

    Raises
    ------
    ProblemsError
        If `study.toml` cannot be used.
    """
    study = load_study(folder)
    keys = plan.keys(study, plan.Wanted())
    state = State.read(Folder(study.folder).state)
    found = []
    for stage in plan.stages_of(study).values():
        fresh = state.is_fresh(stage.name, keys[stage.name], study.folder)
        name = "fresh" if fresh else "stale" if stage.name in state.stages else "missing"
        found.append(StageStatus(stage.name, stage.question, name))
    return tuple(found)
