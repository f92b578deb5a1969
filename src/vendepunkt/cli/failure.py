"""What a command says and returns when something goes wrong."""

from __future__ import annotations

import errno
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from vendepunkt.cli.answer import print_json
from vendepunkt.terms import ProblemsError, VendepunktError

#: Exit codes: 0 done, 2 usage, 3 bad data, 4 did not converge, 5 refused.
USAGE: Final = 2
BAD_DATA: Final = 3
INTERRUPTED: Final = 130
PROGRAM: Final = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the user asked to be answered.

    Attributes
    ----------
    json
        One JSON object on standard output.
    debug
        A traceback when the program itself fails.
    """

    json: bool
    debug: bool


def report(error: Exception, wanted: Wanted) -> int:
    """Say what went wrong and give the exit code.

    Parameters
    ----------
    error
        What was raised by the command, or by click while it read the options.
    wanted
        How to answer.

    Returns
    -------
    int
        2 usage, 3 bad data, 4 not converged, 5 refused, 130 interrupted, 1 the program's own fault.
    """
    if isinstance(error, click.exceptions.Exit):
        return int(error.exit_code)
    if isinstance(error, click.exceptions.Abort):
        return interrupted(wanted)
    if isinstance(error, VendepunktError):
        return _say(error.as_json() | _problems(error), str(error), error.exit_code, wanted)
    if isinstance(error, click.ClickException):
        return _usage(error, wanted)
    if isinstance(error, OSError):
        return _system(error, wanted)
    return _program(error, wanted)


def interrupted(wanted: Wanted) -> int:
    """Say that the user stopped the command."""
    text = "Stopped. What was complete before is unchanged."
    return _say(
        _fields("interrupted", text, try_="the same command again"), text, INTERRUPTED, wanted
    )


def _problems(error: VendepunktError) -> dict[str, object]:
    if not isinstance(error, ProblemsError):
        return {}
    return {
        "problems": [
            {
                "code": problem.code,
                "text": problem.text,
                "allowed": problem.allowed,
                "try": problem.try_,
                "file": problem.file,
                "line": problem.line or None,
            }
            for problem in error.problems
        ]
    }


def _usage(error: click.ClickException, wanted: Wanted) -> int:
    text = error.format_message()
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        if not wanted.json:
            click.echo(text, err=True)
            return USAGE
        text = "No command is named."
    allowed = ""
    hint = "vendepunkt --help"
    context = getattr(error, "ctx", None)
    if context is not None:
        hint = f"{context.command_path} --help"
    if isinstance(error, click.NoSuchOption) and error.possibilities:
        allowed = ", ".join(sorted(error.possibilities))
    said = text if "Try" in text else f"{text} Try: {hint}."
    return _say(_fields("usage", text, allowed, hint), said, USAGE, wanted)


def _system(error: OSError, wanted: Wanted) -> int:
    """Say that a file cannot be read or written: the user's to put right, not a traceback."""
    if error.errno == errno.EPIPE:
        # Whoever read our output has gone: nothing to say, and nobody to say it to.
        sys.stdout = None
        return PROGRAM
    what = error.strerror or type(error).__name__
    name = Path(str(error.filename)).name if error.filename else "a file"
    text = f"{name} cannot be read or written: {what}."
    return _say(
        _fields("file_access", text, try_="another place, or its rights"), text, BAD_DATA, wanted
    )


def _program(error: Exception, wanted: Wanted) -> int:
    text = f"The program itself failed ({type(error).__name__}); this is not your mistake."
    hint = "the same command with `vendepunkt --debug …`, and send us what it prints"
    if wanted.debug:
        traceback.print_exception(error, file=sys.stderr)
    return _say(_fields("program", text, try_=hint), f"{text} Try: {hint}.", PROGRAM, wanted)


def _fields(code: str, text: str, allowed: str = "", try_: str = "") -> dict[str, object]:
    return {"code": code, "text": text, "allowed": allowed, "try": try_}


def _say(fields: dict[str, object] | dict[str, str], text: str, code: int, wanted: Wanted) -> int:
    if wanted.json:
        print_json({"error": dict(fields)})
    else:
        click.echo(f"Error: {text}", err=True)
    return code
