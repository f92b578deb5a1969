"""What the sections about groups share: the measurement, what is hidden, sentences with refs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vendepunkt.disclosure import ClassProtection, Clearance
from vendepunkt.language import text
from vendepunkt.measure import Measurement, Said
from vendepunkt.report.blocks import HIDDEN, Cell, Estimate, Figure
from vendepunkt.report.compose import Context
from vendepunkt.report.inline import literal, ref

if TYPE_CHECKING:
    import pandas as pd

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Shown:
    """The measurement on its way out: names of the groups, and what of them is hidden.

    Attributes
    ----------
    found
        The measurement, in the reader's words.
    names
        Names of the main groups, the least severe first.
    protection
        Which groups are hidden.
    """

    found: Measurement
    names: tuple[str, ...]
    protection: ClassProtection

    @property
    def visible(self) -> Bools:
        """Groups whose answers are shown, (G,)."""
        return ~self.protection.hidden_profiles


def measured(context: Context) -> Measurement | None:
    """Give the measurement of the report, or None where the stage did not run."""
    found = context.results.get("measure")
    return found if isinstance(found, Measurement) else None


def shown(context: Context, found: Measurement, table: str) -> Shown:
    """Let the main groups pass the door.

    Parameters
    ----------
    context
        With the door.
    found
        The measurement.
    table
        Name of what is shown of the groups.
    """
    classification, groups = found.classification, found.groups
    posterior = groups.posterior(classification)
    expected = groups.expected(classification)
    placed = np.bincount(
        posterior.argmax(axis=1), weights=classification.counts, minlength=expected.size
    )
    names = tuple(groups.name(group, context.language) for group in groups.groups)
    return Shown(found, names, context.door.classes(table, expected, placed))


def sentence(said: Said, language: str, name: str) -> str:
    """Say a sentence whose numbers are printed from the refs ``measure/said/NAME/…``."""
    places = {}
    for key, value in said.values.items():
        if isinstance(value, int):
            places[key] = ref(f"measure/said/{name}/{key}", "n")
        elif isinstance(value, float):
            places[key] = ref(f"measure/said/{name}/{key}", "num1")
        elif isinstance(value, str):
            places[key] = literal(value)
    return said.sentence(language, places)


def base(context: Context) -> str:
    """Say whom the shares are about: the population, or those who answered."""
    weighting = "weighted" if context.method.weighted else "unweighted"
    return text(f"report.base.{weighting}", context.language)


def estimate(value: float, low: float, high: float) -> Estimate:
    """Make a cell; bounds that do not exist are left out."""
    known = np.isfinite(low) and np.isfinite(high)
    return Estimate(float(value), *((float(low), float(high)) if known else ()))


def unless(hidden: object, cell: Cell) -> Cell:
    """Give a cell, or the mark of a hidden one."""
    return HIDDEN if hidden else cell


def without(frame: pd.DataFrame, names: Sequence[str], hidden: Bools) -> pd.DataFrame:
    """Take every number of some groups out of a table for a figure.

    Parameters
    ----------
    frame
        With a column ``group``.
    names
        Names of the groups.
    hidden
        Which to take out, (G,).
    """
    gone = {name for name, away in zip(names, hidden, strict=True) if away}
    out = frame.copy()
    numbers = [c for c in ("estimate", "conf_low", "conf_high", "n") if c in out.columns]
    out.loc[out["group"].isin(gone), numbers] = np.nan
    return out


def picture(
    context: Context,
    name: str,
    kind: str,
    table: pd.DataFrame,
    caption: str,
    clearance: Clearance,
    options: Mapping[str, Any] | None = None,
    source: str = "",
) -> Figure:
    """Draw a figure of a cleared table, with its words.

    Parameters
    ----------
    context
        Language, door and source.
    name, kind
        File name, and the key of :data:`vendepunkt.figures.FIGURES`.
    table
        What is drawn; hidden numbers are NaN.
    caption
        The heading of the figure.
    clearance
        That of the table it is drawn from.
    options
        Further options of the figure.
    source
        Where it comes from, where that is not what the whole report comes from.
    """
    from vendepunkt.figures import alt_text, draw, svg_text

    given = dict(options or {})
    alt = alt_text(kind, table, context.language, **given)
    wide, narrow = (
        svg_text(draw(kind, table, context.language, width=width, **given), alt)
        for width in ("wide", "narrow")
    )
    return Figure(
        name,
        caption,
        wide,
        literal(alt),
        context.door.drawn_from(name, clearance),
        source=source or (literal(context.about.source) if context.about.source else ""),
        narrow=narrow,
    )
