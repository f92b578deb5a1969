"""The command line: one module per command, loaded when the command is called."""

from vendepunkt.cli.group import cli, main

__all__ = ["cli", "main"]
