"""How a command answers: one JSON object, or lines for people."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

import click

from vendepunkt.terms import Notice


def answer(
    payload: Mapping[str, Any],
    *,
    schema: str,
    notices: Iterable[Notice] = (),
    as_json: bool,
    lines: Iterable[str] = (),
) -> None:
    """Print the answer of a command.

    Parameters
    ----------
    payload
        What the command found, as plain values, arrays or frozen results; not-a-number and
        infinity become null.
    schema
        Name of the answer's shape with its version, such as ``"measure/1"``.
    notices
        What the program says of its own accord; the field ``warnings`` of the JSON answer.
    as_json
        One JSON object on standard output, else `lines`; the notices then go to standard error.
    lines
        The answer for people. An iterator is only read when it is needed.
    """
    said = tuple(notices)
    if as_json:
        print_json({"schema": schema, **payload, "warnings": [notice.as_json() for notice in said]})
        return
    for line in lines:
        click.echo(line)
    for notice in said:
        click.echo(f"Note: {notice.text}", err=True)


def print_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object, in plain ASCII so that every terminal and pipe carries it."""
    click.echo(json.dumps(plain(value), allow_nan=False))


def plain(value: Any) -> Any:
    """Turn a value into what JSON knows.

    Numbers that are not finite become None; arrays become lists; frozen results become objects.

    Examples
    --------
    >>> plain({"a": (1, float("nan")), 2017: "x"})
    {'a': [1, None], '2017': 'x'}
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    # numpy scalars and arrays, without importing numpy for a command that has none.
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return value if value is None or isinstance(value, (str, bool, int)) else str(value)
