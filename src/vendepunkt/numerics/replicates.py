"""The estimator run again for every replicate weight, all in one batch of lanes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vendepunkt.numerics.collapse import LatentData
from vendepunkt.numerics.em import twin
from vendepunkt.numerics.em.climb import climb
from vendepunkt.numerics.em.layout import Layout
from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.latentclass import LatentClassFit
from vendepunkt.numerics.search import LONGEST
from vendepunkt.terms import DataError

#: EM stops when a step gains less; the estimates are then sure to about 1e-5.
GAIN = 1e-10
#: Replicates whose class shares differ by more from the full sample's are named.
ELSEWHERE = 0.15


@dataclass(frozen=True, slots=True)
class ClassReplicates:
    """Estimates under each replicate weight.

    Attributes
    ----------
    estimates
        ``(R, p)`` class shares, then profiles, in the order of
        :func:`vendepunkt.numerics.errors.names`.
    estimate
        ``(p,)`` the same for the full sample.
    elsewhere
        Numbers of the replicates, from 1, that ended in another solution.
    """

    estimates: Floats
    estimate: Floats
    elsewhere: tuple[int, ...]


def class_replicates(
    data: LatentData, fit: LatentClassFit, replicate_weights: Floats
) -> ClassReplicates:
    """Fit the model again under each column of replicate weights, starting at the full fit.

    Parameters
    ----------
    data
        What the model was fitted to.
    fit
        The full-sample fit.
    replicate_weights
        ``(n_rows, R)`` weights of 0 or more, one column per replicate.

    Raises
    ------
    DataError
        If the weights have another number of rows than the data.
    """
    if len(replicate_weights) != data.n_rows:
        raise DataError(
            "bad_replicates",
            f"Replicate weights have {len(replicate_weights)} rows and the data {data.n_rows}.",
        )
    layout = Layout.of(data)
    n_replicates = replicate_weights.shape[1]
    own = np.zeros((data.n_patterns, n_replicates))
    used = data.row_to_pattern >= 0
    np.add.at(own, data.row_to_pattern[used], replicate_weights[used])
    own *= data.weight.sum() / np.maximum(own.sum(axis=0), 1e-300)
    states = np.repeat(fit.state[None], n_replicates, axis=0)
    ends = climb(
        data,
        layout,
        states,
        most=LONGEST,
        gain=GAIN,
        prior=fit.dirichlet,
        lane_weight=own,
    )
    estimates = np.stack(
        [_vector(data, layout, state, own[:, r]) for r, state in enumerate(ends.states)]
    )
    far = np.abs(estimates[:, : fit.classes] - fit.shares).max(axis=1) > ELSEWHERE
    full = _vector(data, layout, fit.state, data.weight)
    return ClassReplicates(estimates, full, tuple((np.flatnonzero(far) + 1).tolist()))


def _vector(data: LatentData, layout: Layout, state: Floats, weight: Floats) -> Floats:
    """Line up class shares and profiles of one state."""
    post = twin.posterior(data, layout, state)[1]
    profiles = [
        item.profile(state[where]).ravel()
        for item, where in zip(data.items, layout.state_of[1:], strict=True)
    ]
    return np.concatenate([weight @ post / weight.sum(), *profiles])
