"""Equal or unequal profiles across groups of people: sex, age, origin, survey mode."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.collapse import Item
from vendepunkt.numerics.items import Floats
from vendepunkt.terms import DataError


def split_by_group(
    items: Sequence[Item], group: NDArray[np.int32], free: Collection[int]
) -> list[Item]:
    """Let some items have a profile of their own in each group.

    An item that is free becomes one item per group, answered in that group only and missing by
    design elsewhere: the likelihood is that of a model with unequal profiles.

    Parameters
    ----------
    items
        The items.
    group
        ``(n,)`` group of each row, 0, 1, …; no row may be without one.
    free
        Positions of the items whose profile may differ between the groups.

    Returns
    -------
    list of Item
        The items in order, each free one followed by its copies for the other groups.

    References
    ----------
    Clogg, C. C. & Goodman, L. A. (1984). Latent structure analysis of a set of multidimensional
    contingency tables. Journal of the American Statistical Association 79(388), 762-771.
    https://doi.org/10.1080/01621459.1984.10477093

    Examples
    --------
    >>> item = Item("binary", np.array([0, 1, 1, 0], dtype=np.int32), np.arange(2.0))
    >>> parts = split_by_group([item], np.array([0, 0, 1, 1], dtype=np.int32), free=[0])
    >>> [part.codes.tolist() for part in parts]
    [[0, 1, -1, -1], [-1, -1, 1, 0]]
    """
    if len(group) and int(group.min()) < 0:
        rows = np.flatnonzero(group < 0)
        raise DataError(
            "no_group",
            f"The group is missing in {len(rows)} rows "
            f"(rows {', '.join(str(row + 1) for row in rows[:5])}).",
            try_="leave those rows out with --where",
        )
    found = []
    for position, item in enumerate(items):
        if position not in free:
            found.append(item)
            continue
        for number in range(int(group.max()) + 1):
            codes = np.where(group == number, item.codes, -1).astype(np.int32)
            found.append(Item(item.kind, codes, item.values, item.shape))
    return found


def group_design(group: NDArray[np.int32]) -> Floats:
    """Give the design matrix that lets class shares differ freely between groups, ``(n, G)``.

    Examples
    --------
    >>> group_design(np.array([0, 1, 1], dtype=np.int32))
    array([[1., 0.],
           [1., 1.],
           [1., 1.]])
    """
    dummies = (group[:, None] == np.arange(1, int(group.max()) + 1)).astype(np.float64)
    return np.column_stack([np.ones(len(group)), dummies])
