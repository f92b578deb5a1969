"""Transition probabilities from rates, P = exp(QΔ), with their derivatives, for many at once.

Notes
-----
A generator Q has rates of 0 or more off its diagonal and rows that sum to 0. With λ the fastest
rate of leaving, QΔ + λΔ·1 has no negative entry, and exp(QΔ) = exp(−λΔ) exp(QΔ + λΔ·1) is a sum of
positive terms: nothing is subtracted, so that small probabilities keep all their digits and none
is ever negative. The series is taken at Δ/2ˢ, where λΔ/2ˢ is at most one half, and squared s times
(uniformisation with scaling and squaring); rows are set to sum to 1 after each squaring. For any
fixed λ this is an identity, so that derivatives follow by the product rule, term by term.

References
----------
.. [1] Kalbfleisch, J. D. & Lawless, J. F. (1985). The analysis of panel data under a Markov
   assumption. *JASA*, 80, 863–871. doi:10.1080/01621459.1985.10478195
.. [2] Moler, C. & Van Loan, C. (2003). Nineteen dubious ways to compute the exponential of a
   matrix, twenty-five years later. *SIAM Review*, 45, 3–49. doi:10.1137/S00361445024180
.. [3] Najfeld, I. & Havel, T. F. (1995). Derivatives of the matrix exponential and their
   computation. *Advances in Applied Mathematics*, 16, 321–375. doi:10.1006/aama.1995.1017
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: Terms of the series: with a norm of one half the rest is under 1e-17 of the first.
_TERMS = 15
#: Rows of a generator sum to 0 within this share of its fastest rate.
_ROUNDING = 1e-8


def generator(rates: ArrayLike) -> Floats:
    """Make generators of rates: each diagonal becomes minus the sum of its row's other entries.

    Parameters
    ----------
    rates : array_like of shape (..., K, K)
        Rates per unit of time from each state to each other, 0 or more; diagonals are not read.

    Returns
    -------
    ndarray of shape (..., K, K)
        Rows sum to 0.

    Examples
    --------
    >>> generator([[0.0, 0.5], [0.2, 0.0]]).tolist()
    [[-0.5, 0.5], [0.2, -0.2]]
    """
    q = np.array(rates, dtype=np.float64)
    states = np.arange(q.shape[-1])
    q[..., states, states] = 0.0
    q[..., states, states] = -q.sum(axis=-1)
    return q


def log_rate_directions(q: ArrayLike, allowed: NDArray[np.bool_] | None = None) -> Floats:
    """Say how a generator changes with the logarithm of each of its rates.

    Parameters
    ----------
    q : array_like of shape (..., K, K)
        Generators.
    allowed : ndarray of bool, shape (K, K), optional
        The moves that have a rate; all from one state to another if absent.

    Returns
    -------
    ndarray of shape (..., p, K, K)
        Direction of each allowed move in the order of the rows of the matrix: the rate where it
        stands and minus the rate on the diagonal, for :func:`derivatives`.

    Examples
    --------
    >>> log_rate_directions([[-0.5, 0.5], [0.2, -0.2]])[0].tolist()
    [[-0.5, 0.5], [0.0, 0.0]]
    """
    q = np.asarray(q, dtype=np.float64)
    size = q.shape[-1]
    wanted = np.ones((size, size), dtype=np.bool_) if allowed is None else allowed
    origin, destination = np.nonzero(wanted & ~np.eye(size, dtype=np.bool_))
    rate = q[..., origin, destination]
    out = np.zeros((*rate.shape, size, size))
    move = np.arange(len(origin))
    out[..., move, origin, destination] = rate
    out[..., move, origin, origin] = -rate
    return out


def transition_matrices(q: ArrayLike, delta: ArrayLike) -> Floats:
    """Give the transition probabilities over intervals of any length, P = exp(QΔ).

    Parameters
    ----------
    q : array_like of shape (..., K, K)
        Generators, per unit of time.
    delta : array_like of shape (...)
        Lengths of the intervals in the same unit, 0 or more; leading axes of `q` and `delta` are
        broadcast.

    Returns
    -------
    ndarray of shape (..., K, K)
        Probabilities of being in state k at the end for who was in j at the start; rows sum to 1.

    Raises
    ------
    ValueError
        If a matrix is no generator or an interval is negative.

    Examples
    --------
    >>> transition_matrices([[-0.5, 0.5], [0.2, -0.2]], [0.0, 1.0]).round(3).tolist()
    [[[1.0, 0.0], [0.0, 1.0]], [[0.64, 0.36], [0.144, 0.856]]]
    """
    positive, doublings, fade = _scaled(q, delta)
    p, nothing = _series(positive, None, fade)
    return _squared(p, nothing, doublings, axis=-1)[0]


def derivatives(q: ArrayLike, delta: ArrayLike, directions: ArrayLike) -> tuple[Floats, Floats]:
    """Give the transition probabilities and their derivatives by parameters of the generators.

    Parameters
    ----------
    q : array_like of shape (..., K, K)
        Generators, per unit of time.
    delta : array_like of shape (...)
        Lengths of the intervals; leading axes of `q` and `delta` are broadcast.
    directions : array_like of shape (..., p, K, K) or (p, K, K)
        Derivative of `q` by each of p parameters, such as :func:`log_rate_directions`; rows sum
        to 0.

    Returns
    -------
    probabilities : ndarray of shape (..., K, K)
        As :func:`transition_matrices`.
    derivative : ndarray of shape (..., p, K, K)
        Of the probabilities, by each parameter.

    Raises
    ------
    ValueError
        If a matrix is no generator or an interval is negative.

    Examples
    --------
    >>> q = generator([[0.0, 0.5], [0.2, 0.0]])
    >>> p, d = derivatives(q, 1.0, log_rate_directions(q))
    >>> d.round(3).tolist()
    [[[-0.28, 0.28], [-0.032, 0.032]], [[0.032, -0.032], [0.131, -0.131]]]
    """
    positive, doublings, fade = _scaled(q, delta)
    length = np.broadcast_to(np.asarray(delta, dtype=np.float64), doublings.shape)
    scale = length / 2.0**doublings
    change = np.asarray(directions, dtype=np.float64) * scale[..., None, None, None]
    return _squared(*_series(positive, change, fade), doublings, axis=-1)


def pull_back(q: ArrayLike, delta: ArrayLike, weights: ArrayLike) -> Floats:
    """Turn derivatives by the transition probabilities into derivatives by the generators.

    With W the derivative of a function (a log-likelihood: counts over probabilities) by P, this is
    its derivative by each entry of Q as if all were free. Its sum with a direction gives the
    derivative by a parameter, at the cost of one direction instead of p.

    Parameters
    ----------
    q : array_like of shape (..., K, K)
        Generators, per unit of time.
    delta : array_like of shape (...)
        Lengths of the intervals; leading axes of `q` and `delta` are broadcast.
    weights : array_like of shape (..., K, K)
        Derivative of the function by each probability.

    Returns
    -------
    ndarray of shape (..., K, K)
        Derivative of the function by each entry of `q`.

    Raises
    ------
    ValueError
        If a matrix is no generator or an interval is negative.

    Examples
    --------
    >>> q = generator([[0.0, 0.5], [0.2, 0.0]])
    >>> by_q = pull_back(q, 1.0, [[1.0, 0.0], [0.0, 0.0]])
    >>> [round(float((by_q * direction).sum()), 3) for direction in log_rate_directions(q)]
    [-0.28, 0.032]
    """
    positive, doublings, fade = _scaled(q, delta)
    length = np.broadcast_to(np.asarray(delta, dtype=np.float64), doublings.shape)
    scale = length / 2.0**doublings
    # The adjoint of a derivative of the exponential is the derivative at the transpose.
    change = np.asarray(weights, dtype=np.float64) * scale[..., None, None]
    start = _series(np.swapaxes(positive, -1, -2), change[..., None, :, :], fade)
    return _squared(*start, doublings, axis=-2)[1][..., 0, :, :]


def _scaled(q: ArrayLike, delta: ArrayLike) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Give (Q + λ)Δ/2ˢ with no negative entry, s, and exp(−λΔ/2ˢ)."""
    q = np.asarray(q, dtype=np.float64)
    length = np.asarray(delta, dtype=np.float64)
    size = q.shape[-1]
    states = np.arange(size)
    rates = q.copy()
    rates[..., states, states] = 0.0
    leaving = -q[..., states, states]
    fastest = leaving.max(axis=-1)
    off = np.abs(q.sum(axis=-1)).max(axis=-1) > _ROUNDING * fastest
    if not (np.all(np.isfinite(q)) and np.all(rates >= 0.0)) or np.any(off):
        raise ValueError("a generator has rates of 0 or more and rows that sum to 0")
    if not (np.all(np.isfinite(length)) and np.all(length >= 0.0)):
        raise ValueError("an interval has a length of 0 or more")
    norm = fastest * length
    with np.errstate(divide="ignore"):
        doublings = np.maximum(np.ceil(np.log2(norm)) + 1.0, 0.0).astype(np.int64)
    scale = length / 2.0**doublings
    rates[..., states, states] = fastest[..., None] - leaving
    return rates * scale[..., None, None], doublings, np.exp(-fastest * scale)


def _series(positive: Floats, change: Floats | None, fade: Floats) -> tuple[Floats, Floats]:
    """Sum the series of the exponential and, with `change` (..., p, K, K), of its derivatives."""
    size = positive.shape[-1]
    term = np.broadcast_to(np.eye(size), positive.shape)
    total = term.copy()
    slope = np.zeros((*positive.shape[:-2], 0, size, size))
    slopes = slope
    if change is not None:
        slope = np.zeros(np.broadcast_shapes(positive[..., None, :, :].shape, change.shape))
        slopes = slope.copy()
    for k in range(1, _TERMS + 1):
        if change is not None:
            slope = (change @ term[..., None, :, :] + positive[..., None, :, :] @ slope) / k
            slopes += slope
        term = positive @ term / k
        total += term
    if change is not None:
        slopes *= fade[..., None, None, None]
    return total * fade[..., None, None], slopes


def _squared(
    p: Floats, slope: Floats, doublings: NDArray[np.int64], axis: int
) -> tuple[Floats, Floats]:
    """Square p and carry its derivatives along; sums of p along `axis` are held at 1."""
    for step in range(int(doublings.max(initial=0))):
        todo = doublings > step
        part, own = p[todo], slope[todo]
        wide = part[..., None, :, :]
        moved = wide @ own + own @ wide
        squared = part @ part
        total = squared.sum(axis=axis, keepdims=True)
        p[todo] = squared / total
        slope[todo] = moved / total[..., None, :, :]
    return p, slope
