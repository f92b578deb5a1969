"""The estimator run again for every replicate weight, all in one batch of lanes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.markov.climb import climb
from vendepunkt.numerics.markov.estimates import vector
from vendepunkt.numerics.markov.fit import MarkovFit
from vendepunkt.numerics.markov.implied import covariate_groups
from vendepunkt.numerics.markov.sequences import SequenceData
from vendepunkt.numerics.search import LONGEST
from vendepunkt.terms import DataError

#: EM stops when a step gains less; the estimates are then sure to about 1e-5.
GAIN = 1e-10
#: Replicates with a share of any wave further from the full sample's are named.
ELSEWHERE = 0.15


@dataclass(frozen=True, slots=True)
class MarkovReplicates:
    """Estimates under each replicate weight.

    Attributes
    ----------
    estimates
        ``(R, p)`` in the order of
        :class:`vendepunkt.numerics.markov.estimates.MovementEstimates`.
    estimate
        ``(p,)`` the same for the full sample.
    elsewhere
        Numbers of the replicates, from 1, that ended in another solution.
    """

    estimates: Floats
    estimate: Floats
    elsewhere: tuple[int, ...]


def fit_replicates(
    data: SequenceData, fit: MarkovFit, replicate_weights: Floats
) -> MarkovReplicates:
    """Fit the model again under each column of replicate weights, starting at the full fit.

    Parameters
    ----------
    data
        What the model was fitted to.
    fit
        The full-sample fit.
    replicate_weights
        ``(N, R)`` weights of 0 or more, one column per replicate.

    Raises
    ------
    DataError
        If the weights have another number of rows than there are people.
    """
    if len(replicate_weights) != data.n_rows:
        raise DataError(
            "bad_replicates",
            f"Replicate weights have {len(replicate_weights)} rows and the data {data.n_rows}.",
        )
    count = replicate_weights.shape[1]
    own = np.zeros((data.n_patterns, count))
    used = data.row_to_pattern >= 0
    np.add.at(own, data.row_to_pattern[used], replicate_weights[used])
    own *= data.weight.sum() / np.maximum(own.sum(axis=0), 1e-300)
    states = np.repeat(fit.state[None], count, axis=0)
    ends = climb(fit.chain, states, most=LONGEST, gain=GAIN, own_weight=own)
    estimates = []
    for r, state in enumerate(ends.states):
        weighed = fit.chain.over(replace(data, weight=own[:, r]))
        estimates.append(vector(fit, weighed, state, covariate_groups(weighed))[0])
    full, shapes = vector(fit, fit.chain, fit.state, covariate_groups(fit.chain))
    found = np.stack(estimates)
    shares = shapes["shares"][0]
    far = np.abs(found[:, shares] - full[shares]).max(axis=1) > ELSEWHERE
    return MarkovReplicates(found, full, tuple((np.flatnonzero(far) + 1).tolist()))
