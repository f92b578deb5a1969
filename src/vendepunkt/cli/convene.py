"""``vendepunkt convene``: panel meetings from ballots to places, files in and out."""

from __future__ import annotations

import importlib
from typing import Final

import click

#: Command → (module of this package, its object there, the line that stands in ``--help``).
PARTS: Final[dict[str, tuple[str, str, str]]] = {
    "tally": ("convene_tally", "command", "Count a vote and say how firmly each place holds."),
    "compare": ("convene_compare", "command", "Set panels side by side."),
    "import": ("convene_files", "import_", "Read a meeting from a file, and freeze it."),
    "export": ("convene_files", "export", "Write a meeting to a file."),
}


class LazyParts(click.Group):
    """A group that imports the module of a part when the part is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the parts, in the order of the work."""
        return list(PARTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a part."""
        if cmd_name not in PARTS:
            raise click.UsageError(
                f"`vendepunkt convene` has no part {cmd_name!r}. It has: {', '.join(PARTS)}.", ctx
            )
        module, name, _ = PARTS[cmd_name]
        found = getattr(importlib.import_module(f"vendepunkt.cli.{module}"), name)
        if not isinstance(found, click.Command):
            raise TypeError(f"vendepunkt.cli.{module}.{name} is no click command")
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the parts without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in PARTS.items()])


@click.group("convene", cls=LazyParts)
def command() -> None:
    """Count and compare the votes of panel meetings, and bring meetings in and out of files."""
