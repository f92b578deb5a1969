"""What the server writes to its log: where it failed, and nothing about anybody."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType


class Plain(logging.Formatter):
    """Lines without addresses of pages, of people, and without what an error quotes.

    An address of a page may hold a code, and the text of an error from a database the words
    somebody sent; the kind of error and the lines of the program are enough to find a fault.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Write one record; the values put into a message of Django's are left out."""
        if record.name.startswith("django") and record.args:
            record = logging.makeLogRecord(record.__dict__)
            record.msg, record.args = str(record.msg).replace("%s", "…"), ()
        return super().format(record)

    def formatException(  # noqa: N802  # the name that logging calls
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """Write the kind of error and where it happened."""
        kind, _, where = ei
        lines = traceback.format_tb(where)
        return "".join(lines) + (kind.__name__ if kind else "")
