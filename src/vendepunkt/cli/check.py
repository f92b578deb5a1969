"""``vendepunkt check STUDY``: everything that is wrong, at once."""

from __future__ import annotations

from pathlib import Path

import click

from vendepunkt.cli.answer import answer
from vendepunkt.cli.options import json_option, study_argument
from vendepunkt.terms import ProblemsError


@click.command("check")
@study_argument
@json_option
def command(folder: Path, *, as_json: bool) -> None:
    """Say everything that is wrong with a study, at once.

    Each problem stands with its line of study.toml. The data are read, and nothing is written.
    """
    from vendepunkt.pipeline import check_study

    problems = check_study(folder)
    if problems:
        raise ProblemsError(problems)
    answer(
        {"study": folder.resolve().name, "problems": []},
        schema="check/1",
        as_json=as_json,
        lines=[f"Nothing is wrong with {folder.resolve().name}."],
    )
