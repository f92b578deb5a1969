"""Score and information of a mixture, exact, from tables over distinct values.

Louis' identity gives the observed information from complete-data pieces, and every item type knows
its pieces as a table over its distinct values: so nothing is differentiated numerically and no row
is visited, only patterns.

References
----------
Louis, T. A. (1982). Finding the observed information matrix when using the EM algorithm. Journal of
the Royal Statistical Society B 44(2), 226-233.
https://doi.org/10.1111/j.2517-6161.1982.tb01203.x
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.collapse import LatentData
from vendepunkt.numerics.em import twin
from vendepunkt.numerics.em.layout import Layout
from vendepunkt.numerics.items import Floats, Local

#: Patterns looked at together, to bound memory.
CHUNK = 16_384


@dataclass(frozen=True, slots=True)
class Derivatives:
    """First and second derivatives of the log-likelihood in the free parameters.

    Attributes
    ----------
    loglik
        Weighted log-likelihood.
    gradient
        ``(p,)``.
    hessian
        ``(p, p)``.
    score
        ``(P, p)`` derivative of each pattern's log-likelihood, unweighted; ``(0, p)`` if not asked
        for.
    posterior
        ``(P, K)``.
    locals
        What membership and each item said of themselves.
    first
        First free parameter of membership and of each item; the last entry is ``p``.
    """

    loglik: float
    gradient: Floats
    hessian: Floats
    score: Floats
    posterior: Floats
    locals: tuple[Local, ...]
    first: NDArray[np.int64]

    @property
    def n_free(self) -> int:
        """Number of free parameters."""
        return int(self.first[-1])


def derivatives(
    data: LatentData, layout: Layout, state: Floats, *, keep_score: bool = False
) -> Derivatives:
    """Differentiate the log-likelihood at `state` ``(D, K)``."""
    loglik, post = twin.posterior(data, layout, state)
    counts = twin.expected_counts(data, post * data.weight[:, None])
    locals_ = tuple(
        part.local(state[where], count)
        for part, where, count in zip(twin.parts(data), layout.state_of, counts, strict=True)
    )
    first = np.concatenate([[0], np.cumsum([local.n_free for local in locals_])])
    p, classes = int(first[-1]), state.shape[1]
    columns, global_index = _columns(locals_, first, classes)
    hessian = np.zeros((p, p))
    for local, offset in zip(locals_, first[:-1], strict=True):
        add_curvature(hessian, local, int(offset))
    score = np.zeros((data.n_patterns if keep_score else 0, p))
    gradient = np.zeros(p)
    for begin in range(0, data.n_patterns, CHUNK):
        rows = slice(begin, begin + CHUNK)
        weight = data.weight[rows]
        part_score = np.zeros((len(weight), p))
        for k in range(classes):
            own = _gather(data, locals_, columns[k], rows, k)
            at = global_index[k]
            part_score[:, at] += post[rows, k, None] * own
            weighted = own * (weight * post[rows, k])[:, None]
            hessian[np.ix_(at, at)] += weighted.T @ own
        gradient += weight @ part_score
        hessian -= (part_score * weight[:, None]).T @ part_score
        if keep_score:
            score[rows] = part_score
    return Derivatives(float(data.weight @ loglik), gradient, hessian, score, post, locals_, first)


def _columns(
    locals_: tuple[Local, ...], first: NDArray[np.int64], classes: int
) -> tuple[list[list[NDArray[np.int64]]], list[NDArray[np.int64]]]:
    """Give for each class the columns of each part that are free, and their global numbers."""
    columns, numbers = [], []
    for k in range(classes):
        free = [np.flatnonzero(local.index[k] >= 0) for local in locals_]
        columns.append(free)
        numbers.append(
            np.concatenate(
                [
                    local.index[k][at] + offset
                    for local, at, offset in zip(locals_, free, first[:-1], strict=True)
                ]
            ).astype(np.int64)
        )
    return columns, numbers


def _gather(
    data: LatentData,
    locals_: tuple[Local, ...],
    columns: list[NDArray[np.int64]],
    rows: slice,
    k: int,
) -> Floats:
    """Give the complete-data score of patterns if they were in class `k`, ``(rows, d)``."""
    found = []
    for j, (local, at) in enumerate(zip(locals_, columns, strict=True)):
        table = local.score[:, k, at]
        if j:
            table = np.vstack([table, np.zeros((1, len(at)))])
        found.append(table[data.codes[rows, j]])
    return np.concatenate(found, axis=1)


def add_curvature(hessian: Floats, local: Local, offset: int) -> None:
    """Add what a piece says of its curvature, its first free parameter at `offset`."""
    for k, curvature in enumerate(local.curvature):
        free = np.flatnonzero(local.index[k] >= 0)
        at = local.index[k][free] + offset
        hessian[np.ix_(at, at)] += curvature[np.ix_(free, free)]
