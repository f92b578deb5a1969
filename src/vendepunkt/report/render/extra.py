"""The parts of the ``[report]`` extra, fetched when a report is written and not before."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from vendepunkt.terms import UsageError


def fetch(module: str) -> Any:
    """Import a module of the extra, or say how to install it.

    Raises
    ------
    UsageError
        ``"missing_extra"`` if it is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name != module:
            raise
        raise UsageError(
            "missing_extra",
            f"Reports need {module}, which is not installed.",
            try_='pip install "vendepunkt[report]"',
        ) from None
