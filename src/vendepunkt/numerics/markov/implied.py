"""What the model says of everybody: shares by wave, and the joint shares of steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.markov.model import Chain


@dataclass(frozen=True, slots=True)
class Implied:
    """Model probabilities, averaged over people by their weights.

    Attributes
    ----------
    shares
        ``(T, M)`` of each wave, exits last.
    steps
        ``(T - 1, M, M)`` joint probability of where people are before and after each step.
    first_last
        ``(M, M)`` the same of the first and the last wave.
    stayers
        ``(K,)`` share of each class of the first wave that never moves; None without stayers.
    """

    shares: Floats
    steps: Floats
    first_last: Floats
    stayers: Floats | None


@dataclass(frozen=True, slots=True)
class CovariateGroups:
    """People with the same covariates at the first wave and in every step.

    Attributes
    ----------
    initial_row
        ``(C,)`` row of covariates of the first wave.
    kinds
        ``(C, T - 1)`` kind of each step.
    weight
        ``(C,)`` their summed weights.
    group_of
        ``(P,)`` group of each sequence.
    """

    initial_row: NDArray[np.integer[Any]]
    kinds: NDArray[np.integer[Any]]
    weight: Floats
    group_of: NDArray[np.integer[Any]]


def covariate_groups(made: Chain) -> CovariateGroups:
    """Tell people apart by their covariates alone."""
    rows = np.column_stack([made.data.initial_row, made.step_row])
    found, inverse = np.unique(rows, axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    weight = np.bincount(inverse, made.data.weight, minlength=len(found)).astype(np.float64)
    return CovariateGroups(found[:, 0], found[:, 1:], weight, inverse)


def of_groups(made: Chain, state: Floats, groups: CovariateGroups) -> tuple[Floats, ...]:
    """Give shares ``(C, T, M)``, steps ``(C, T-1, M, M)``, first and last ``(C, M, M)``, stayers.

    The last is ``(C, K)``, the joint probability of a class at the first wave and staying there.
    """
    trans = made.trans(state).transpose(1, 2, 0, 3)  # (U, G, M, M)
    now = made.initial(state)[groups.initial_row]  # (C, G, M)
    count, parts, lanes = now.shape
    waves = made.data.waves
    shares = np.empty((count, waves, lanes))
    steps = np.empty((count, max(waves - 1, 0), lanes, lanes))
    shares[:, 0] = now.sum(axis=1)
    path = np.einsum("cgj,jk->cgjk", now, np.eye(lanes))
    stay = now[:, -1, : made.classes] if parts > 1 else np.zeros((count, made.classes))
    for t in range(waves - 1):
        move = trans[groups.kinds[:, t]]
        steps[:, t] = np.einsum("cgj,cgjk->cjk", now, move)
        now = np.einsum("cgj,cgjk->cgk", now, move)
        path = np.einsum("cgij,cgjk->cgik", path, move)
        shares[:, t + 1] = now.sum(axis=1)
    return shares, steps, path.sum(axis=1), stay


def implied(made: Chain, state: Floats, groups: CovariateGroups | None = None) -> Implied:
    """Give what the model says of everybody."""
    groups = covariate_groups(made) if groups is None else groups
    share = groups.weight / groups.weight.sum()
    shares, steps, first_last, stay = (
        np.tensordot(share, part, axes=1) for part in of_groups(made, state, groups)
    )
    stayers = None
    if made.form.transition == "movers":
        stayers = stay / np.maximum(shares[0, : made.classes], 1e-300)
    return Implied(shares, steps, first_last, stayers)
