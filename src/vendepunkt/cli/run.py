"""``vendepunkt run STUDY``: from data to report."""

from __future__ import annotations

from pathlib import Path

import click

from vendepunkt.cli.answer import answer
from vendepunkt.cli.options import NAMES, json_option, study_argument
from vendepunkt.terms import UsageError

#: The exit code of a run whose estimates did not reach a maximum.
NOT_CONVERGED = 4


@click.command("run")
@study_argument
@click.option(
    "--only",
    type=NAMES,
    default=(),
    metavar="STAGE,…",
    help="Stages to run: data, measure, move, report.",
)
@click.option(
    "--to", "formats", type=NAMES, default=(), metavar="html,pdf", help="Formats of the report."
)
@click.option("--force", is_flag=True, help="Run even where nothing has changed.")
@click.option("--draft", is_flag=True, hidden=True)
@json_option
def command(
    folder: Path,
    only: tuple[str, ...],
    formats: tuple[str, ...],
    *,
    force: bool,
    draft: bool,
    as_json: bool,
) -> int:
    """Run a study: data, groups, movement, report.

    STUDY is a folder with a study.toml; the folder you stand in when none is named. Where nothing
    has changed since the last run, nothing is done. Ctrl-C leaves the last complete result.
    """
    from vendepunkt.cli.progress import showing
    from vendepunkt.pipeline import run_study

    if draft:
        raise UsageError(
            "later_option",
            "--draft comes with a later version: this one has no findings to go stale.",
        )
    with showing() as progress:
        done = run_study(folder, only=only, formats=formats, force=force, progress=progress)
    payload = {
        "study": folder.resolve().name,
        "made": done.made,
        "fresh": done.fresh,
        "files": done.files,
        "converged": done.converged,
    }
    lines = [f"{(done.folder / name).as_posix()}" for name in done.files if "/report." in name]
    if not done.made:
        lines.append(
            "Nothing has changed since the last run; nothing was done (--force runs it again)."
        )
    answer(payload, schema="run/1", notices=done.notices, as_json=as_json, lines=lines)
    return 0 if done.converged else NOT_CONVERGED
