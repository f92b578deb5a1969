"""Every ``$ vendepunkt`` line of the README and the documentation does what the page says."""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from vendepunkt.cli.group import cli

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("[!_]*/**/*.md"))]
BLOCK = re.compile(r"^```\s*console\n(.*?)^```", re.MULTILINE | re.DOTALL)
#: What a page may also ask a reader to type; these are run by people and by CI.
ELSEWHERE = ("make", "python", "python3", "pip", "apt-get", "git", "cd")
HOW = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def _examples(page: Path) -> Iterator[tuple[str, str]]:
    """Give each command with the output that the page shows under it."""
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            while command.endswith("\\"):
                more, _, output = output.partition("\n")
                command = command[:-1] + more.strip()
            yield command, output


WITH_COMMANDS = [page for page in PAGES if list(_examples(page))]


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_commands_on_a_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(
        ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("work", "out")
    )
    shutil.copy(Path(__file__).parent / "my-survey.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    for command, expected in _examples(page):
        words = shlex.split(command)
        if words[0] in ELSEWHERE:
            continue
        assert words[0] == "vendepunkt", f"{command!r} is no command that is known here"
        result = CliRunner().invoke(cli, words[1:])
        assert result.exit_code == 0, f"{command}\n{result.output}"
        if expected.strip():
            same = doctest.OutputChecker().check_output(expected, result.stdout, HOW)
            assert same, f"{command} said\n{result.stdout}\nand the page says\n{expected}"
