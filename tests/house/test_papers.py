"""The files that a reader meets first say what is true."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml

import tree
from vendepunkt import __version__

ROOT = tree.ROOT
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_one_version() -> None:
    assert PROJECT["version"] == __version__
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == __version__


def test_citation_has_what_the_format_requires() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    assert citation["license"] == PROJECT["license"]
    assert citation["title"]
    assert citation["message"]
    assert all(
        "name" in a or {"family-names", "given-names"} <= set(a) for a in citation["authors"]
    )


def test_changelog_has_the_coming_release_or_this_one() -> None:
    headings = re.findall(
        r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert any(head == "Unreleased" or head.startswith(__version__) for head in headings)


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"]
)
def test_links_between_files_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", text)
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_every_make_target_of_the_help_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    asked = ["setup", "demo", "test", "check", "slow", "bench", "docs", "lock", "bundle", "help"]
    assert [
        name for name in asked if not re.search(rf"^{name}:.*## ", makefile, re.MULTILINE)
    ] == []
