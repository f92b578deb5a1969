"""Tables for people: rows set under each other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def painted(rows: Sequence[Sequence[str]], *, words: int = 1, width: int = 100) -> Iterator[str]:
    """Set rows under each other; rich draws the rule and cuts long words.

    Parameters
    ----------
    rows
        The headings, then the rows.
    words
        So many columns from the left hold words, the others numbers.
    width
        The widest a table may be; what does not fit goes on in the next line.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for place, heading in enumerate(rows[0]):
        table.add_column(heading, justify="left" if place < words else "right")
    for row in rows[1:]:
        table.add_row(*row)
    console = Console(width=width, no_color=True)
    with console.capture() as capture:
        console.print(table)
    yield capture.get().rstrip()


def span(low: float, high: float) -> str:
    """Write an interval in per cent; nothing where there is none."""
    return f"{100 * low:.1f} to {100 * high:.1f}" if math.isfinite(low) else ""


def percent(value: float) -> str:
    """Write a share in per cent; nothing where there is none."""
    return f"{100 * value:.1f} %" if math.isfinite(value) else ""


def with_span(row: Mapping[str, Any]) -> str:
    """Write the estimate of a row as a share, with its interval where there is one."""
    limits = span(row["conf_low"], row["conf_high"])
    return percent(row["estimate"]) + (f" ({limits})" if limits else "")


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows of a table as plain values."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
