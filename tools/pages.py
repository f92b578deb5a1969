"""Write the pages of the reference that are made from the code, or say which are not fresh.

python tools/pages.py [--check]
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click

import registries
from vendepunkt.cli.group import cli
from vendepunkt.study.schema import LATER, TABLES
from vendepunkt.study.schema_parts import Key

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"
MADE = "<!-- Made by `make docs` from the code; what is written here by hand is overwritten. -->"
WIDTH = 90


def command_line() -> Iterator[str]:
    """Give the page of all commands: their own help."""
    yield "# The command line\n"
    yield "Every stage is a command that takes a plain file. What `--help` says:\n"
    with click.Context(cli, info_name="vendepunkt", **cli.context_settings) as top:
        yield from _help(cli, top)
        yield from _parts(cli, top, "##")


def _parts(group: click.Group, context: click.Context, level: str) -> Iterator[str]:
    """Give each command of a group, and those of the groups in it."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        inner = click.Context(command, info_name=name, parent=context)
        yield f"{level} {inner.command_path.removeprefix('vendepunkt ')}\n"
        yield from _help(command, inner)
        if isinstance(command, click.Group):
            yield from _parts(command, inner, f"{level}#")


def _help(command: click.Command, context: click.Context) -> Iterator[str]:
    context.terminal_width = context.max_content_width = WIDTH
    yield f"```text\n{command.get_help(context).rstrip()}\n```\n"


def codes() -> Iterator[str]:
    """Give the page of all codes: what can go wrong, and what is said of its own accord."""
    yield "# Errors and notices\n"
    yield (
        'With `--json` an error is `{"error": {code, text, allowed, try}}`, and every answer\nhas '
        "`warnings` with `{code, text}`. ‹…› stands where a value is named.\n"
        "The number is the exit code that the command ends with.\n"
    )
    yield from _codes("Errors", [one for one in registries.said() if one.exit_code])
    yield from _codes("Notices", [one for one in registries.said() if not one.exit_code])


def _codes(title: str, said: list[registries.Said]) -> Iterator[str]:
    yield f"## {title}\n"
    for code, group in groupby(said, key=lambda one: one.code):
        ways = list(group)
        ends = ", ".join(sorted({one.exit_code for one in ways} - {""}))
        yield f"`{code}`" + (f" ({ends})" if ends else "")
        texts = sorted({_plain(one.text) for one in ways if one.text})
        yield "".join(f": {text}\n" for text in texts or ["The sentence depends on the case."])


def _plain(text: str) -> str:
    """Keep MyST from reading marks in a sentence."""
    for mark in "\\*_`<>[]{}$":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())


def families() -> Iterator[str]:
    """Give the page of all families and their members."""
    yield "# Families\n"
    yield (
        "A family is a folder: one file per member, one dictionary that lists them. What is\n"
        "listed is tested by the contract tests, documented here, and offered by the commands.\n"
    )
    for family in registries.families():
        yield f"## {family.module}\n\n{_plain(family.summary)} Listed in `{family.name}`:\n"
        yield "".join(f"- `{member}`\n" for member in family.members)


def study_toml() -> Iterator[str]:
    """Give the page of `study.toml`: every table and key of its schema."""
    yield "# study.toml\n"
    yield (
        "What a study is, in one file. It is [TOML](https://toml.io): `[table]`, `key = value`,\n"
        "and comments after `#`. A key that is not named here is an error, and `vendepunkt check`\n"
        "says all errors at once, each with its line.\n\n"
        'A text for readers is the same in every language, `"…"`, or one per language,\n'
        '`{da = "…", en = "…"}`; it must then be there in the language of the report. A\n'
        "*category* is an answer as it is called after `map` and `merge`: by its label in the\n"
        "data, or by its code.\n"
    )
    for table in TABLES.values():
        yield f"## `{table.heading}`\n\n{table.about}{' Required.' if table.required else ''}\n"
        yield f"```toml\n{table.example}```\n"
        rows = [f"| `{key.name}` | {_meant(key)} |" for key in table.keys]
        yield "\n".join(["| key | meaning |", "| --- | --- |", *rows]) + "\n"
    later = ", ".join(f"`[{name}]` ({what})" for name, what in LATER.items())
    yield f"## Tables of later versions\n\nRefused by name until then: {later}.\n"


def _meant(key: Key) -> str:
    without = "**Required.**" if key.required else f"Without it: {key.default}."
    return f"{key.about} *{_cell(key.kind.allowed)}.* {without}"


def _cell(text: str) -> str:
    return re.sub(r"([|{}\[])", r"\\\1", text)


def api(package: str) -> Iterator[str]:
    """Give the page of a package: all that its front door offers."""
    yield f"# vendepunkt.{package}\n"
    yield f"```{{eval-rst}}\n.. automodule:: vendepunkt.{package}\n   :members:\n```\n"


def pages() -> dict[Path, str]:
    """Make all pages, by their path."""
    made = {
        REFERENCE / "cli.md": command_line(),
        REFERENCE / "codes.md": codes(),
        REFERENCE / "families.md": families(),
        REFERENCE / "study-toml.md": study_toml(),
    }
    for package in registries.packages():
        made[REFERENCE / "api" / f"{package}.md"] = api(package)
    return {path: f"{MADE}\n\n" + "\n".join(text).rstrip() + "\n" for path, text in made.items()}


def main(*, check: bool) -> int:
    """Write the pages, or compare them with what would be written."""
    made = pages()
    stale = [
        path
        for path, text in made.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    left = [path for path in (REFERENCE / "api").glob("*.md") if path not in made]
    if check:
        for path in stale + left:
            print(f"{path.relative_to(REFERENCE.parent.parent)} is not fresh. Try: make docs")
        return int(bool(stale or left))
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made[path], encoding="utf-8")
    for path in left:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
