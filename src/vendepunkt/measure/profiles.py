"""Tidy rows: shares, profiles and severities of classes and main groups, with intervals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from vendepunkt.measure import estimates
from vendepunkt.measure.classification import Classification
from vendepunkt.measure.estimates import Estimates
from vendepunkt.measure.groups import MainGroups
from vendepunkt.measure.material import Material
from vendepunkt.terms.columns import ordered

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]


def class_rows(material: Material, found: Classification, level: float) -> list[Row]:
    """Give shares, severities and profiles of the classes, one row each.

    Returns
    -------
    list of dict
        ``term`` is share, severity or profile; ``class`` counts from 1; ``n`` is the smaller of
        the people expected in and placed in the class. ``boundary`` marks a probability at 0 or 1.
    """
    keys = [{"class": k + 1} for k in range(found.classes)]
    return list(_rows(material, found, np.eye(found.classes), keys, found.n(), level))


def group_rows(
    material: Material, found: Classification, groups: MainGroups, level: float
) -> list[Row]:
    """Give the same rows for the main groups; ``group`` is A for the least severe."""
    keys = [{"group": group.letter} for group in groups.groups]
    return list(_rows(material, found, groups.membership, keys, groups.n(found), level))


def frame(rows: list[Row]) -> pd.DataFrame:
    """Put tidy rows into a data frame with the columns in their fixed order."""
    import pandas as pd

    table = pd.DataFrame(rows)
    return table[ordered(list(table.columns))]


def _rows(
    material: Material,
    found: Classification,
    membership: estimates.Floats,
    keys: list[Row],
    people: estimates.Floats,
    level: float,
) -> Iterator[Row]:
    sizes = estimates.shares(found, membership, level)
    yield from _of({"term": "share"}, keys, sizes, people)
    severe = estimates.severities(found, membership, level)
    if severe is not None:
        yield from _of({"term": "severity"}, keys, severe, people)
    for position, item in enumerate(material.indicators):
        answers = estimates.profile(found, position, membership, level)
        fixed = (found.boundary[position].astype(float) @ membership) >= membership.sum(axis=0)
        for row, name in enumerate(found.rows[position]):
            one = Estimates(
                answers.estimate[row],
                answers.std_error[row],
                answers.conf_low[row],
                answers.conf_high[row],
                answers.interval[row],
                answers.small[row],
            )
            fields = {"term": "profile", "item": item.name, "category": name}
            yield from _of(fields, keys, one, people, fixed[row])


def _of(
    fields: Row,
    keys: list[Row],
    values: Estimates,
    people: estimates.Floats,
    boundary: Any = None,
) -> Iterator[Row]:
    for position, key in enumerate(keys):
        yield {
            **fields,
            **key,
            "estimate": float(values.estimate[position]),
            "std_error": float(values.std_error[position]),
            "conf_low": float(values.conf_low[position]),
            "conf_high": float(values.conf_high[position]),
            "n": float(people[position]),
            "interval": str(values.interval[position]),
            "boundary": bool(boundary[position]) if boundary is not None else False,
        }
