"""What the tutorial quotes of its report stands in the report that its study makes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from vendepunkt.cli.group import cli

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "tutorial" / "gss-panel.md").read_text(encoding="utf-8")
RUNS = re.findall(r"^```text\n\$ vendepunkt (run \S+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
QUOTES = [line[2:] for line in PAGE.splitlines() if line.startswith("> ")]
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in PAGE.splitlines()
    if line.startswith("| ") and not set(line) <= set("|- ")
]


class Report(HTMLParser):
    """The text of a page, and the rows of its tables."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.rows: list[list[str]] = []
        self.cell = False
        self.unread = False
        self.feed(page)
        self.text = _plain("".join(self.pieces))

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.unread = tag in {"style", "script"}
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.unread = False
        if tag in {"td", "th"}:
            self.cell = False
        if tag in {"p", "li", "td", "th"}:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.unread:
            self.pieces.append(data)
        if self.cell:
            self.rows[-1][-1] += data


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Run the study as the tutorial does, and give what each run printed."""
    folder = tmp_path_factory.mktemp("tutorial")
    shutil.copytree(
        ROOT / "examples" / "gss-panel",
        folder / "examples" / "gss-panel",
        ignore=shutil.ignore_patterns("work", "out"),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield [CliRunner().invoke(cli, command.split()).stdout for command, _ in RUNS]


@pytest.fixture(scope="module")
def report(said: list[str]) -> Report:
    return Report(Path("examples/gss-panel/out/report.html").read_text(encoding="utf-8"))


def test_it_runs_twice_and_says_what_the_page_says(said: list[str]) -> None:
    assert len(RUNS) == 2
    assert said == [output for _, output in RUNS]


def test_what_it_quotes_stands_in_the_report(report: Report) -> None:
    assert len(QUOTES) > 10
    assert [quote for quote in QUOTES if _plain(quote) not in report.text] == []


def test_its_tables_are_the_reports(report: Report) -> None:
    printed = {tuple(_plain(cell) for cell in row) for row in report.rows}
    assert len(ROWS) > 10
    assert [row for row in ROWS if not any(other[: len(row)] == row for other in printed)] == []
