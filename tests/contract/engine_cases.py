"""Bridges between the engine's data and fits and the twin's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from tests.contract.item_cases import CASES, coded, twin_item
from tests.twin import latent_class as twin

from vendepunkt.numerics import Item, LatentClassFit, LatentData

Real = NDArray[np.float64]


def engine_item(kind: str, column: Real) -> Item:
    """One column of answers (nan missing) as the engine takes it."""
    codes, values = coded(kind, column)
    return Item(kind, codes, values, CASES[kind].shape)


def collapse(
    kinds: Sequence[str],
    table: Real,
    *,
    weights: Real | None = None,
    freq: Real | None = None,
    membership: Real | None = None,
) -> LatentData:
    """Columns of answers of these kinds, collapsed."""
    items = [engine_item(kind, column) for kind, column in zip(kinds, table.T, strict=True)]
    return LatentData.collapse(items, weights, freq, membership)


def mixture(
    kinds: Sequence[str],
    table: Real,
    classes: int,
    *,
    weights: Real | None = None,
    membership: Real | None = None,
) -> twin.Mixture:
    """The twin's model of the same answers, rows without any answer left out by the caller."""
    items = [twin_item(kind, column, classes) for kind, column in zip(kinds, table.T, strict=True)]
    return twin.Mixture(items, classes, membership, weights)


def parameters(model: twin.Mixture, fit: LatentClassFit) -> Real:
    """The twin's unconstrained parameters at the engine's estimates."""
    if fit.coefficients is None:
        head = np.log(fit.shares[1:] / fit.shares[0])
    else:
        head = (fit.coefficients[:, 1:] - fit.coefficients[:, :1]).ravel()
    parts = [item.invert(p) for item, p in zip(model.items, fit.profiles, strict=True)]
    return np.concatenate([head, *parts])


def interior(model: twin.Mixture, fit: LatentClassFit) -> NDArray[np.bool_]:
    """Which of the twin's parameters are not held at 0 or 1 (nominal items; the rest are free)."""
    flags = [np.ones(model.n_membership, dtype=bool)]
    for item, profile in zip(model.items, fit.profiles, strict=True):
        keep = np.ones(item.n_parameters, dtype=bool)
        if isinstance(item, twin.Nominal):
            inside = (profile >= 1e-4) & (profile <= 1 - 1e-4)
            keep = np.concatenate(
                [np.delete(inside[:, k], item.base[k]) for k in range(item.classes)]
            )
        flags.append(keep)
    return np.concatenate(flags)


def stacked(shares: Real, profiles: Sequence[Real]) -> Real:
    """Shares, then profiles row by row, as the twin stacks its estimates."""
    return np.concatenate([shares, *[np.asarray(table).ravel() for table in profiles]])
