"""What the code offers is in the documentation: commands, families, codes, packages."""

from __future__ import annotations

import importlib

import pytest

import pages
import registries
from vendepunkt.cli.group import COMMANDS

TEXT = "\n".join(path.read_text(encoding="utf-8") for path in sorted(pages.REFERENCE.rglob("*.md")))


def test_generated_pages_are_fresh() -> None:
    assert pages.main(check=True) == 0


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_its_part(command: str) -> None:
    assert f"\n## {command}\n" in TEXT


@pytest.mark.parametrize("code", sorted({one.code for one in registries.said()}))
def test_every_code_is_explained(code: str) -> None:
    assert f"\n`{code}`" in TEXT


@pytest.mark.parametrize("family", registries.families(), ids=lambda family: family.module)
def test_every_member_of_a_family_is_named(family: registries.Family) -> None:
    listed = getattr(importlib.import_module(family.module), family.name)
    assert set(family.members) == set(listed)
    assert [member for member in listed if f"\n- `{member}`" not in TEXT] == []


def test_there_are_families_and_codes() -> None:
    assert len(registries.families()) > 2
    assert len(registries.said()) > 20
