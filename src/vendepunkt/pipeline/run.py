"""Running a study: what is fresh is left alone, what is stale is made, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vendepunkt.pipeline import plan
from vendepunkt.pipeline.plan import Progress, Stage, Wanted, chosen_stages
from vendepunkt.study import (
    Folder,
    Made,
    RefStore,
    State,
    Study,
    hash_bytes,
    hash_file,
    load_study,
    publish,
)
from vendepunkt.terms import Notice


@dataclass(frozen=True, slots=True)
class Done:
    """What a run did.

    Attributes
    ----------
    folder
        The study folder.
    made
        Stages that were run.
    fresh
        Stages asked for in which nothing had changed.
    files
        Published files, as paths within the study folder.
    notices
        What the program says of its own accord.
    converged
        Whether the estimates reached a maximum.
    """

    folder: Path
    made: tuple[str, ...]
    fresh: tuple[str, ...]
    files: tuple[str, ...]
    notices: tuple[Notice, ...] = ()
    converged: bool = True


def run_study(
    folder: str | Path,
    *,
    only: Iterable[str] = (),
    formats: Iterable[str] = (),
    force: bool = False,
    progress: Progress | None = None,
) -> Done:
    """Run a study: from its data to its report.

    Parameters
    ----------
    folder
        The study folder.
    only
        Stages to run; all by default. What they need and is stale is made on the way, and not
        published.
    formats
        Formats of the report in place of those in `study.toml`.
    force
        Run even where nothing has changed.
    progress
        Called with the stage, what it is doing, and the fraction done.

    Returns
    -------
    Done
        What was made and what was fresh.

    Raises
    ------
    ProblemsError
        With everything that is wrong with `study.toml` or the data, before anything is written.
    """
    study = load_study(folder)
    wanted = Wanted(tuple(formats))
    stages = chosen_stages(study, tuple(only))
    run = _Run(study, wanted, plan.keys(study, wanted), progress, force)
    for stage in stages:
        if run.is_fresh(stage):
            run.fresh.append(stage.name)
        else:
            run.make(stage)
    return run.done()


class _Run:
    """One run; holds the results that stages hand on."""

    def __init__(
        self,
        study: Study,
        wanted: Wanted,
        keys: Mapping[str, str],
        progress: Progress | None,
        force: bool,
    ) -> None:
        self.study = study
        self.folder = Folder(study.folder)
        self.wanted = wanted
        self.keys = keys
        self.stages = plan.stages_of(study)
        self.progress = progress
        self.force = force
        self.state = State.read(self.folder.state)
        self.results: dict[str, Any] = {}
        self.made: list[str] = []
        self.fresh: list[str] = []

    def is_fresh(self, stage: Stage) -> bool:
        unchanged = self.state.is_fresh(stage.name, self.keys[stage.name], self.study.folder)
        # What stands on a stage that was just made again is made again too.
        return unchanged and not self.force and not set(stage.needs) & set(self.made)

    def result(self, name: str) -> Any:
        """Give the result of a stage: of this run, of the last one, or made now."""
        if name in self.results:
            return self.results[name]
        stage = self.stages[name]
        if stage.recall is not None and self.state.is_fresh(
            name, self.keys[name], self.study.folder
        ):
            found = stage.recall(self.study)
            if found is not None:
                self.results[name] = found
                return found
        self.make(stage)
        return self.results[name]

    def make(self, stage: Stage) -> None:
        if stage.name in self.results:
            return
        needed = {name: self.result(name) for name in stage.needs}
        self.say(stage.name)("", 0.0)
        made = stage.step(self.study, needed, self.wanted, self.say(stage.name))
        self.results[stage.name] = made.result
        self.write(stage, made)
        self.made.append(stage.name)
        self.say(stage.name)("", 1.0)

    def write(self, stage: Stage, made: plan.Made) -> None:
        """Put the files of a stage in place; only then say in the state that it was made."""
        before = self.state.stages.get(stage.name)
        # What the step itself has just kept in `work/` is not one of the files to clear away.
        old = [name for name in (before.files if before else ()) if name != made.kept]
        publish(made.files, self.study.folder, tuple(old))
        if made.refs:
            store = RefStore.read(self.folder.refs).with_stage(stage.name, made.refs)
            store.write(self.folder.refs)
        # Last: an interruption before this line leaves a stage that is made again next time.
        files = {name: hash_bytes(content) for name, content in made.files.items()}
        if made.kept:
            files[made.kept] = hash_file(self.study.folder / made.kept)
        done = Made(self.keys[stage.name], files, made.notices, made.converged)
        self.state = self.state.with_stage(stage.name, done)
        self.state.write(self.folder.state)

    def say(self, stage: str) -> Callable[[str, float], None]:
        def report(what: str, done: float) -> None:
            if self.progress is not None:
                self.progress(stage, what, done)

        return report

    def done(self) -> Done:
        # What was fresh is said again: a warning does not go away by running twice.
        stages = [self.state.stages[name] for name in (*self.made, *self.fresh)]
        said = {notice.code + notice.text: notice for made in stages for notice in made.notices}
        published = [
            name
            for made in self.state.stages.values()
            for name in made.files
            if name.startswith("out/")
        ]
        return Done(
            self.study.folder,
            tuple(self.made),
            tuple(self.fresh),
            tuple(sorted(published)),
            tuple(said.values()),
            all(made.converged for made in stages),
        )
