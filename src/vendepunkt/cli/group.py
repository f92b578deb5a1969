"""The group of commands: lazy loading, exit codes, and errors as sentences or JSON."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import MutableMapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

import click

from vendepunkt.cli import failure

#: Command → (module of this package, the line that stands in ``--help``).
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "run": ("run", "Run a study: data, groups, movement, report."),
    "check": ("check", "Say everything that is wrong with a study, at once."),
    "new": ("new", "Make a new study folder."),
    "status": ("status", "Say which stages of a study are up to date."),
    "describe": ("describe", "Show what is in a data file."),
    "measure": ("measure", "Fit groups to a data file."),
    "move": ("move", "Follow people over the waves of a data file."),
    "convene": ("convene", "Count and compare the votes of panel meetings."),
    "serve": ("serve", "Open the rooms of panel meetings in a browser."),
    "web": ("web", "Look after the web application: accounts, backups, health."),
}

#: Commands that are known by name and come with a later version.
LATER: Final = (
    "relate",
    "estimate",
    "tabulate",
    "select",
    "interview",
    "qca",
    "pseudonymise",
)


class LazyGroup(click.Group):
    """A click group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands of this version, in the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; one that comes later is refused by name."""
        if cmd_name in LATER:
            raise click.UsageError(
                f"`vendepunkt {cmd_name}` comes with a later version. "
                f"This version has: {', '.join(COMMANDS)}.",
                ctx,
            )
        if cmd_name not in COMMANDS:
            near = get_close_matches(cmd_name, list(COMMANDS), n=1)
            meant = f" Did you mean `{near[0]}`?" if near else ""
            raise click.UsageError(
                f"There is no command {cmd_name!r}.{meant} It has: {', '.join(COMMANDS)}.",
                ctx,
            )
        module = importlib.import_module(f"vendepunkt.cli.{COMMANDS[cmd_name][0]}")
        command = module.command
        if not isinstance(command, click.Command):
            raise TypeError(f"vendepunkt.cli.{COMMANDS[cmd_name][0]}.command is no click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command and end with its exit code; no mistake of a user ends in a traceback."""
        words = list(sys.argv[1:] if args is None else args)
        wanted = failure.Wanted(json="--json" in words, debug="--debug" in words)
        try:
            code = super().main(
                words,
                prog_name or "vendepunkt",
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )
        except Exception as error:  # noqa: BLE001  # the one place where every failure is told
            code = failure.report(error, wanted)
        except KeyboardInterrupt:
            code = failure.interrupted(wanted)
        status = code if isinstance(code, int) else 0
        if not standalone_mode:
            return status
        sys.exit(status)


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="vendepunkt", prog_name="vendepunkt")
@click.option(
    "--debug",
    is_flag=True,
    help="Print the traceback when the program itself fails.",
    expose_value=False,
)
def cli() -> None:
    """Measure social exclusion in a population, from a survey file to a report.

    Start with your own file: `vendepunkt describe FILE`, then `vendepunkt new FOLDER --data FILE`,
    then `vendepunkt run FOLDER`.
    """


def main(environ: MutableMapping[str, str] = os.environ) -> None:
    """Enter from the console script."""
    # One thread per BLAS call: the engine has its own threads, and more only get in the way.
    environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    cli()
