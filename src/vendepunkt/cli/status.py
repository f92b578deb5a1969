"""``vendepunkt status STUDY``: which stages are up to date."""

from __future__ import annotations

from pathlib import Path

import click

from vendepunkt.cli.answer import answer
from vendepunkt.cli.options import json_option, study_argument


@click.command("status")
@study_argument
@json_option
def command(folder: Path, *, as_json: bool) -> None:
    """Say which stages of a study are up to date; nothing is run."""
    from vendepunkt.pipeline import study_status

    found = study_status(folder)
    answer(
        {"stages": {one.name: one.state for one in found}},
        schema="status/1",
        as_json=as_json,
        lines=[f"{one.name:8} {one.state:8} {one.question}" for one in found],
    )
