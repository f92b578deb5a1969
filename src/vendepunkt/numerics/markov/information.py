"""Score and information of a latent Markov model.

The score is exact (Fisher's identity). The information is the complete-data curvature, exact from
tables over distinct values, plus the change of the expected counts with the parameters (Oakes'
identity); only that change is a difference of two passes, and all those passes run as lanes side
by side.

References
----------
Oakes, D. (1999). Direct calculation of the information matrix via the EM algorithm. Journal of the
Royal Statistical Society B 61(2), 479-482. https://doi.org/10.1111/1467-9868.00188
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.collapse import Codes
from vendepunkt.numerics.information import add_curvature
from vendepunkt.numerics.items import Floats, Local
from vendepunkt.numerics.markov.climb import expect_all
from vendepunkt.numerics.markov.model import Chain, Expected, Piece
from vendepunkt.numerics.markov.passes import Pass, run

#: Free parameters are logits: the expected counts are differenced over so much of them.
APART = 1e-4
#: Sequences looked at together, to bound memory.
CHUNK = 8_192


@dataclass(frozen=True, slots=True)
class ChainDerivatives:
    """First and second derivatives of the log-likelihood in the free parameters.

    Attributes
    ----------
    loglik
        Weighted log-likelihood.
    gradient
        ``(p,)``.
    hessian
        ``(p, p)``.
    locals
        What each piece said of itself.
    first
        First free parameter of each piece; the last entry is ``p``.
    """

    loglik: float
    gradient: Floats
    hessian: Floats
    locals: tuple[Local, ...]
    first: NDArray[np.int64]

    @property
    def n_free(self) -> int:
        """Number of free parameters."""
        return int(self.first[-1])


def derivatives(chain: Chain, state: Floats, *, roughly: bool = False) -> ChainDerivatives:
    """Differentiate the log-likelihood at `state` ``(D, M)``.

    The gradient is exact. The expected counts are differenced on both sides; `roughly` on one, at
    half the cost: good enough to find the way up, not for standard errors.
    """
    here = expect_all(chain, state[None])[0]
    locals_ = local_pieces(chain, state, here)
    first = np.concatenate([[0], np.cumsum([local.n_free for local in locals_])]).astype(np.int64)
    p = int(first[-1])
    hessian = np.zeros((p, p))
    for local, offset in zip(locals_, first[:-1], strict=True):
        add_curvature(hessian, local, int(offset))
    sides = (APART,) if roughly else (APART, -APART)
    steps = np.concatenate([side * np.eye(p) for side in sides])
    nearby = np.empty((len(steps), *state.shape))
    for place, step in enumerate(steps):
        nearby[place] = move(chain, state, locals_, first, step)
    slopes = [_gradient(chain, locals_, first, found) for found in expect_all(chain, nearby)]
    gradient = _gradient(chain, locals_, first, here)
    for i in range(p):
        below = gradient if roughly else slopes[p + i]
        hessian[:, i] += (slopes[i] - below) / (APART * len(sides))
    return ChainDerivatives(
        here.loglik,
        gradient,
        (hessian + hessian.T) / 2,
        locals_,
        first,
    )


def slope(chain: Chain, state: Floats) -> ChainDerivatives:
    """Give log-likelihood and gradient at `state` from one pass; the Hessian is left empty."""
    here = expect_all(chain, state[None])[0]
    locals_ = local_pieces(chain, state, here)
    first = np.concatenate([[0], np.cumsum([local.n_free for local in locals_])]).astype(np.int64)
    gradient = _gradient(chain, locals_, first, here)
    return ChainDerivatives(here.loglik, gradient, np.zeros((0, 0)), locals_, first)


def local_pieces(chain: Chain, state: Floats, found: Expected) -> tuple[Local, ...]:
    """Let each piece differentiate itself at `state`."""
    return tuple(
        piece.what.local(state[piece.rows, : piece.lanes], found.of(piece))
        for piece in chain.pieces
    )


def move(
    chain: Chain,
    state: Floats,
    locals_: tuple[Local, ...],
    first: NDArray[np.int64],
    step: Floats,
) -> Floats:
    """Give the state after its free parameters moved by `step` ``(p,)``."""
    moved = state.copy()
    for j, (piece, local) in enumerate(zip(chain.pieces, locals_, strict=True)):
        own = step[first[j] : first[j + 1]]
        if own.any():
            inside = state[piece.rows, : piece.lanes]
            moved[piece.rows, : piece.lanes] = piece.what.move(inside, local, own)
    return moved


def scores(chain: Chain, state: Floats, found: ChainDerivatives) -> Floats:
    """Give the derivative of each sequence's log-likelihood, ``(P, p)``, unweighted."""
    data = chain.data
    out = np.zeros((data.n_patterns, found.n_free))
    for begin in range(0, data.n_patterns, CHUNK):
        rows = slice(begin, begin + CHUNK)
        answered = run(chain, state, rows)
        for j, (piece, local) in enumerate(zip(chain.pieces, found.locals, strict=True)):
            if local.n_free == 0:
                continue
            own = np.zeros((len(answered.loglik), local.n_free))
            for codes, share in _visits(chain, piece, answered, rows):
                _add_score(own, local, codes, share)
            out[rows, found.first[j] : found.first[j + 1]] = own
    return out


def _add_score(out: Floats, local: Local, codes: Codes, share: Floats) -> None:
    """Add scores of the values `codes` ``(n,)``, weighed by `share` ``(n, columns)``."""
    tables = local.score
    if int(codes.max(initial=0)) == len(tables):
        tables = np.concatenate([tables, np.zeros((1, *tables.shape[1:]))])
    for lane, index in enumerate(local.index):
        free = np.flatnonzero(index >= 0)
        if len(free):
            out[:, index[free]] += share[:, lane, None] * tables[:, lane, free][codes]


def _visits(
    chain: Chain, piece: Piece, answered: Pass, rows: slice
) -> Iterator[tuple[Codes, Floats]]:
    """Give, visit by visit, which value of a piece each sequence has and with what probability."""
    data = chain.data
    if piece.role == "initial":
        yield data.initial_row[rows], _spread(piece, answered.smoothed[:, 0])
        return
    observed, kinds = data.observed[rows], chain.step_row[rows]
    if piece.role == "item":
        for t in range(data.waves):
            codes = data.answers[observed[:, t], piece.number]
            yield codes, _spread(piece, answered.smoothed[:, t])
        return
    origins = range(chain.lanes) if piece.number < 0 else (piece.number,)
    for t in range(data.waves - 1):
        for origin in origins:
            share = _spread(piece, answered.steps[:, t, :, origin])
            if piece.number < 0:
                yield origin * chain.n_kinds + kinds[:, t], share
            elif piece.kinds == slice(None):
                yield kinds[:, t], share
            else:
                inside = kinds[:, t] == piece.kinds.start
                yield np.zeros(len(kinds), dtype=np.int32), share * inside[:, None]


def _spread(piece: Piece, share: Floats) -> Floats:
    """Give probabilities ``(n, G, M)`` as the columns of a piece."""
    own = share[:, :, : piece.lanes]
    if piece.spread == "each":
        return own.reshape(len(own), -1)
    return own[:, 0] if piece.spread == "movers" else own.sum(axis=1)


def _gradient(
    chain: Chain, locals_: tuple[Local, ...], first: NDArray[np.int64], found: Expected
) -> Floats:
    """Add up counts times scores, piece by piece."""
    out = np.zeros(int(first[-1]))
    for j, (piece, local) in enumerate(zip(chain.pieces, locals_, strict=True)):
        if local.n_free == 0:
            continue
        by_lane = np.einsum("vk,vkd->kd", found.of(piece), local.score)
        there = local.index >= 0
        np.add.at(out, local.index[there] + first[j], by_lane[there])
    return out
