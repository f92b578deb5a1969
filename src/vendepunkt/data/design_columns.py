"""Columns of a data frame by name, with the names that come nearest when one is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vendepunkt.terms import UsageError


def column(frame: Any, name: str) -> NDArray[Any]:
    """Give the values of a column of a pandas or polars frame.

    Raises
    ------
    UsageError
        With code ``unknown_column``.

    Examples
    --------
    >>> import pandas as pd
    >>> column(pd.DataFrame({"weight": [1, 2]}), "weight")
    array([1, 2])
    """
    if name not in set(frame.columns):
        raise unknown_column(name, [str(known) for known in frame.columns])
    return np.asarray(frame[name])


def matching(frame: Any, asked: Sequence[str]) -> tuple[str, ...]:
    """Give the columns that names and patterns (``rep*``) stand for, in the order of the frame.

    Raises
    ------
    UsageError
        With code ``unknown_column`` if a name or pattern meets no column.
    """
    known = [str(name) for name in frame.columns]
    found: dict[str, None] = {}
    for wanted in asked:
        hits = [wanted] if wanted in known else [n for n in known if fnmatchcase(n, wanted)]
        if not hits:
            raise unknown_column(wanted, known)
        found |= dict.fromkeys(hits)
    return tuple(found)


def unknown_column(name: str, known: Sequence[str]) -> UsageError:
    """Make the error for a column that is not there, with up to three names that come nearest."""
    lower = {column.lower(): column for column in known}
    near = [lower[hit] for hit in get_close_matches(name.lower(), list(lower), n=3)]
    return UsageError(
        "unknown_column",
        f"There is no column {name!r} among the {len(known)} of the data.",
        allowed="" if near else ", ".join(known[:8]) + (", …" if len(known) > 8 else ""),
        try_=" or ".join(near),
    )
