"""The one shape that every stage's results have."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from vendepunkt.terms.notices import Notice
from vendepunkt.terms.refs import RefValue

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a result came from, enough to make it again.

    Attributes
    ----------
    data_hash
        SHA-256 of the data the result was made from.
    design
        The sampling design in words, with the rule for single PSUs.
    seed
        Seed of the random numbers, or None where nothing was drawn.
    versions
        Versions of the program and of what it computed with.
    call
        The options, as plain values.
    """

    data_hash: str
    design: str
    seed: int | None
    versions: dict[str, str]
    call: dict[str, Any] = field(default_factory=dict)


@runtime_checkable
class Result(Protocol):
    """What a result of any stage can be asked for."""

    @property
    def provenance(self) -> Provenance:
        """Where the result came from."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the program says about it of its own accord."""

    def table(self) -> pd.DataFrame:
        """Give tidy rows with the columns of :mod:`vendepunkt.terms.columns`."""

    def glance(self) -> pd.DataFrame:
        """Give one row that sums the result up."""

    def augment(self, data: pd.DataFrame) -> pd.DataFrame:
        """Give `data` with the result's columns for each row added."""

    def ref(self, row: str) -> RefValue:
        """Give the citable value of a row key."""

    def plot(self) -> Figure:
        """Draw the result."""

    def cite(self) -> str:
        """Give the sources of the method."""


def html_table(frame: pd.DataFrame, caption: str) -> str:
    """Write a small semantic HTML table without scripts, for notebooks.

    Parameters
    ----------
    frame
        Rows to show; column names become headings.
    caption
        One sentence that says honestly what was fitted on how many.
    """
    from html import escape

    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in frame.columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_shown(value))}</td>" for value in row) + "</tr>"
        for row in frame.itertuples(index=False)
    )
    return (
        f"<table><caption>{escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _shown(value: object) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.4g}"
    return "" if value is None else str(value)
