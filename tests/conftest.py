"""What all tests share: tables that tests measure and the documentation prints."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# The same examples on every machine, and no clock: a slow machine is no failure.
settings.register_profile("house", derandomize=True, deadline=None, database=None)
settings.load_profile("house")

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference" / "measured"
#: Page → its heading and the sentence under it.
TITLES = {
    "equals": (
        "Does it equal R?",
        "Each row is an answer that was not made here, and what Vendepunkt says to the same data.",
    ),
    "simulations": (
        "Simulations",
        "What happens when the truth is known: each row is a setting that was simulated.",
    ),
    "theme-help": (
        "Theme help",
        "How often {doc}`/explanation/theme-help` is right, on ideas that we made up.",
    ),
}
_rows: dict[str, list[dict[str, str]]] = {}


@pytest.fixture
def interrupts_are_heard() -> Iterator[None]:
    """Let this process and its children hear Ctrl-C: one begun in the background does not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def root() -> Path:
    """Give the root of the repository."""
    return ROOT


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Give a function that puts a row on a page of docs/reference/measured.

    ``measured("equals", data="gss82", quantity="log-likelihood", theirs=…, ours=…)``: the page is
    ``equals`` or ``simulations``, the columns are the keywords, in their order. The page is
    written when pytest is called with ``--write-pages``.
    """

    def measure(page: str, **columns: object) -> None:
        assert page in TITLES, f"no page {page!r}; there are {', '.join(TITLES)}"
        record_property("measured", [page, {key: _shown(v) for key, v in columns.items()}])

    return measure


def _shown(value: object) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text.replace("|", "\\|")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer --write-pages."""
    parser.addoption(
        "--write-pages", action="store_true", help="write what tests measured into the docs"
    )


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Gather the rows, also those that came from a worker process."""
    if report.when == "call" and report.passed:
        for name, value in report.user_properties:
            if name == "measured":
                page, row = value  # type: ignore[misc]
                _rows.setdefault(page, []).append(row)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the pages, in one order whatever the workers' order was."""
    writes = session.config.getoption("--write-pages") and not hasattr(
        session.config, "workerinput"
    )
    if writes and exitstatus == 0:
        PAGES.mkdir(parents=True, exist_ok=True)
        for page, rows in _rows.items():
            (PAGES / f"{page}.md").write_text("\n".join(_page(page, rows)), encoding="utf-8")


def _page(page: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    title, sentence = TITLES[page]
    yield f"# {title}\n\n{sentence} Written by the tests (`--write-pages`), never by hand.\n"
    tables: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for row in rows:
        tables.setdefault(tuple(row), []).append(tuple(row.values()))
    for columns in sorted(tables):
        yield "| " + " | ".join(name.replace("_", " ") for name in columns) + " |"
        yield "| " + " | ".join("---" for _ in columns) + " |"
        yield from ("| " + " | ".join(cells) + " |" for cells in sorted(tables[columns]))
        yield ""
