"""Progress on standard error: a bar with an estimate in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from vendepunkt.pipeline import Progress

_STEP = 0.25


@contextmanager
def showing() -> Iterator[Progress]:
    """Show how far the stages have come, as suits where standard error goes.

    Yields
    ------
    Progress
        To be handed to :func:`vendepunkt.pipeline.run_study`.
    """
    if sys.stderr.isatty():
        with _bar() as bar:
            yield bar
    else:
        yield Lines()


class Lines:
    """A line when a stage begins, and one at each quarter of what takes long."""

    def __init__(self) -> None:
        self.last: tuple[str, str, int] = ("", "", -1)

    def __call__(self, stage: str, what: str, done: float) -> None:
        """Print a line if something new is to be said."""
        if not what:
            if done < 1:
                click.echo(f"{stage} …", err=True)
            return
        here = (stage, what, int(done / _STEP))
        if here != self.last:
            self.last = here
            click.echo(f"{stage}: {what} {done:.0%}", err=True)


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.fields[stage]:8}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Bar(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, object] = {}

        def show(stage: str, what: str, done: float) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(what, total=1.0, stage=stage)
            bar.update(tasks[stage], completed=done, description=what)  # type: ignore[arg-type]

        yield show
