"""Progress on standard error: a bar with an estimate in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from vendepunkt.pipeline import Progress

#: Seconds between two lines.
_SECONDS = 2.0


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
    """A line when a stage begins, and then one every few seconds while it takes long.

    Parameters
    ----------
    clock
        Gives the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.begun: set[str] = set()
        self.last = 0.0

    def __call__(self, stage: str, what: str, done: float) -> None:
        """Print a line if it is time for one."""
        now = self.clock()
        if stage not in self.begun:
            self.begun.add(stage)
            self.last = now
            click.echo(f"{stage} …", err=True)
        elif what and done < 1 and now - self.last >= _SECONDS:
            self.last = now
            click.echo(f"{stage}: {what}, {done:.0%} done", err=True)


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
    # The pace of ten minutes, not of the last half: parts report seldom when they are long.
    with Bar(*columns, console=Console(stderr=True), speed_estimate_period=600) as bar:
        tasks: dict[str, object] = {}

        def show(stage: str, what: str, done: float) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(what, total=1.0, stage=stage)
            bar.update(tasks[stage], completed=done, description=what)  # type: ignore[arg-type]

        yield show
