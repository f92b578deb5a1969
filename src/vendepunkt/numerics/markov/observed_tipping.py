"""What if those who left fared worse? Where everybody would be, by how much worse.

Notes
-----
Those who left are first placed like those of the same group and first state who stayed (missing at
random). Then their odds of a worse state are multiplied, at every cut of the order of the states at
once. How much worse they fared is not in the data: the table shows at which odds a finding tips.

References
----------
.. [1] Little, R. J. A. & Rubin, D. B. (2019). *Statistical Analysis with Missing Data*, chapter 15.
   Wiley. doi:10.1002/9781119482260
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vendepunkt.numerics.markov.observed_patterns import collapse_states
from vendepunkt.terms import UsageError

Floats = NDArray[np.float64]

#: Factors shown if none are named: as those who stayed, then up to three times worse (METHODS 6).
ODDS = (1.0, 1.5, 2.0, 3.0)


@dataclass(frozen=True, slots=True)
class TippingPoint:
    """States of everybody who answered at the first wave, under worse and worse odds of leavers.

    Attributes
    ----------
    odds : tuple of float
        O factors on the leavers' odds of a worse state.
    order : tuple of int
        States from best to worst.
    transitions : ndarray of shape (O, G, T, M, M)
        From the first wave to each wave; nan where nobody started.
    shares : ndarray of shape (O, G, T, M)
        Shares of the states at each wave.
    missing : ndarray of shape (G, T)
        Weighted share without a state at each wave.
    alone : ndarray of bool, shape (G, T, M)
        First states all of whose people had left: these are placed like the rest of their group.
    """

    odds: tuple[float, ...]
    order: tuple[int, ...]
    transitions: Floats
    shares: Floats
    missing: Floats
    alone: NDArray[np.bool_]


def tipping_point(
    states: ArrayLike,
    n_states: int,
    *,
    order: Sequence[int] | None = None,
    odds: Sequence[float] = ODDS,
    weights: ArrayLike | None = None,
    freq: ArrayLike | None = None,
    group: ArrayLike | None = None,
) -> TippingPoint:
    """Where would everybody be, if those who left had fared worse?

    Parameters
    ----------
    states : array_like of int, shape (N, T)
        State of each person at each wave; -1 where it is not known. Who has none at the first wave
        is left out.
    n_states : int
        M.
    order : sequence of int, optional
        All states from best to worst; 0, 1, … if absent.
    odds : sequence of float
        Factors over 0 on the leavers' odds of a worse state.
    weights, freq, group
        As in :func:`vendepunkt.numerics.markov.observed.observed_transitions`.

    Returns
    -------
    TippingPoint

    Raises
    ------
    UsageError
        With code ``bad_order`` or ``bad_odds``.
    DataError
        As :func:`~vendepunkt.numerics.markov.observed.observed_transitions`.

    Examples
    --------
    Of four people one has left; of the three others one is worse off.

    >>> found = tipping_point([[0, 0], [0, 0], [0, 1], [0, -1]], 2, odds=(1.0, 2.0))
    >>> found.shares[:, 0, 1].round(3).tolist()
    [[0.667, 0.333], [0.625, 0.375]]
    """
    chosen = tuple(range(n_states)) if order is None else tuple(order)
    if sorted(chosen) != list(range(n_states)):
        raise UsageError(
            "bad_order",
            "The order of the states does not name each of them once.",
            allowed=f"the states 0 to {n_states - 1}, from best to worst",
        )
    factors = tuple(float(factor) for factor in odds)
    if not factors or not all(np.isfinite(factors)) or min(factors) <= 0:
        raise UsageError("bad_odds", "Odds of leavers are multiplied.", allowed="numbers over 0")
    found = collapse_states(states, n_states, weights=weights, freq=freq, group=group)
    groups, waves = found.n_groups, found.codes.shape[1]
    # Where people of each group and first state went; the last column counts those who left.
    went = np.zeros((groups, waves, n_states, n_states + 1))
    there = found.codes[:, 0] >= 0
    for t in range(waves):
        end = np.where(found.codes[there, t] < 0, n_states, found.codes[there, t])
        np.add.at(went[:, t], (found.group[there], found.codes[there, 0], end), found.weight[there])
    stayed, left = went[..., :-1], went[..., -1]
    started = went.sum(axis=-1)
    alone = (stayed.sum(axis=-1) == 0) & (started > 0)
    pooled = np.broadcast_to(stayed.sum(axis=-2, keepdims=True), stayed.shape)
    alike = _shares(np.where(alone[..., None], pooled, stayed))
    gone = left[..., None]
    placed = [np.where(gone > 0, gone * worse(alike, chosen, factor), 0.0) for factor in factors]
    moved = stayed + np.stack(placed)
    everybody = started.sum(axis=-1)
    missing = np.full(everybody.shape, np.nan)
    np.divide(left.sum(axis=-1), everybody, out=missing, where=everybody > 0)
    return TippingPoint(
        factors, chosen, _shares(moved), _shares(moved.sum(axis=-2)), missing, alone
    )


def worse(shares: ArrayLike, order: Sequence[int], factor: float) -> Floats:
    """Multiply the odds of being beyond each cut of an order.

    Parameters
    ----------
    shares : array_like of shape (..., M)
        Shares that sum to 1.
    order : sequence of int
        All states from best to worst.
    factor : float
        What the odds of a worse state are multiplied by.

    Examples
    --------
    >>> worse([0.5, 0.3, 0.2], (0, 1, 2), 2.0).round(3).tolist()
    [0.333, 0.333, 0.333]
    """
    sorted_shares = np.asarray(shares, dtype=np.float64)[..., list(order)]
    beyond = np.clip(1.0 - np.cumsum(sorted_shares, axis=-1), 0.0, 1.0)
    shifted = factor * beyond / (1.0 - beyond + factor * beyond)
    shifted[..., -1] = 0.0
    first = np.ones((*shifted.shape[:-1], 1))
    parts = -np.diff(np.concatenate([first, shifted], axis=-1), axis=-1)
    out = np.empty_like(parts)
    out[..., list(order)] = parts
    return out


def _shares(amounts: Floats) -> Floats:
    total = amounts.sum(axis=-1, keepdims=True)
    out = np.full(amounts.shape, np.nan)
    np.divide(amounts, total, out=out, where=total > 0)
    return out
