"""``vendepunkt new FOLDER``: a study folder to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from vendepunkt.cli.answer import answer
from vendepunkt.cli.options import json_option


@click.command("new")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--data", type=click.Path(path_type=Path), metavar="FILE", help="Data file to copy into it."
)
@click.option("--language", type=click.Choice(["da", "en"]), default="en", show_default=True)
@json_option
def command(folder: Path, data: Path | None, language: str, *, as_json: bool) -> None:
    """Make a new study folder.

    With --data the columns with categories stand in study.toml as items, ready to be sorted out,
    ordered and run.
    """
    from vendepunkt.pipeline import new_study

    made = new_study(folder, data=data, language=language)
    lines = [f"{(made.folder / 'study.toml').as_posix()} is made."]
    if made.data is None:
        lines.append(
            f"Put your data file into {(made.folder / 'data').as_posix()} and name it there."
        )
    else:
        lines.append(
            f"{len(made.items)} columns stand there as items; keep those that measure exclusion."
        )
    lines.append(f"Then: vendepunkt check {made.folder.as_posix()}")
    answer(
        {"folder": made.folder, "items": made.items, "data": made.data},
        schema="new/1",
        as_json=as_json,
        lines=lines,
    )
