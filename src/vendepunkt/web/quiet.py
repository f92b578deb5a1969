"""The server's own log, without anything about those who ask."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]


class Quiet(Logger):  # type: ignore[misc]
    """Writes what went wrong with the server; never an address of a page or of anybody."""

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Write where it failed; what was asked for is left out."""
        if args and "request" in str(msg):
            msg, args = str(msg).replace("%s", "…").replace("%r", "…"), ()
        super().exception(msg, *args, **kwargs)

    def access(self, *args: Any, **kwargs: Any) -> None:
        """Write nothing about a request."""
