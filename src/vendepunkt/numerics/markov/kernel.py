"""The compiled forward-backward pass over collapsed sequences, all lanes of a block together.

A lane is one class of one start, class-major as in :mod:`vendepunkt.numerics.em.layout`; a start is
one set of parameters, or one component of it where the model is a mixture of chains. Probabilities
are rescaled at every wave, so that nothing underflows however long the sequence is.

References
----------
Baum, L. E., Petrie, T., Soules, G. & Weiss, N. (1970). A maximization technique occurring in the
statistical analysis of probabilistic functions of Markov chains. Annals of Mathematical Statistics
41(1), 164-171. https://doi.org/10.1214/aoms/1177697196
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.collapse import Codes
from vendepunkt.numerics.compile import LANES, kernel
from vendepunkt.numerics.items import Floats

Integers = NDArray[np.int64]

#: Items multiplied before the product is brought back to its largest.
STRETCH = 16


@kernel
def wave_densities(
    table: Floats,
    offset: Floats,
    rows: Codes,
    exit_of: Integers,
    density: Floats,
    scale: Floats,
    classes: int,
    starts: int,
) -> None:
    """Multiply the densities of the answers of each pattern of a wave.

    `density` ``(W, LANES)`` is relative to the best class of each start; the log of the best stands
    in `scale` ``(W, starts)``. A pattern that is an exit has the density 1 there and 0 elsewhere.
    """
    best = np.empty(starts)
    for w in range(rows.shape[0]):
        gone = exit_of[w]
        for s in range(starts):
            scale[w, s] = 0.0
        for lane in range(LANES):
            density[w, lane] = 0.0
        if gone > 0:
            for s in range(starts):
                density[w, (classes + gone - 1) * starts + s] = 1.0
            continue
        for lane in range(classes * starts):
            density[w, lane] = 1.0
        for j in range(rows.shape[1]):
            row = rows[w, j]
            for lane in range(classes * starts):
                density[w, lane] *= table[row, lane]
            for s in range(starts):
                scale[w, s] += offset[row, s]
            if j % STRETCH == STRETCH - 1 or j == rows.shape[1] - 1:
                for s in range(starts):
                    best[s] = 1e-300
                for k in range(classes):
                    for s in range(starts):
                        best[s] = max(best[s], density[w, k * starts + s])
                for s in range(starts):
                    scale[w, s] += math.log(best[s])
                    best[s] = 1.0 / best[s]
                for k in range(classes):
                    for s in range(starts):
                        density[w, k * starts + s] *= best[s]


@kernel
def expect(
    initial: Floats,
    trans: Floats,
    density: Floats,
    scale: Floats,
    initial_row: Codes,
    observed: Codes,
    step_row: Codes,
    length: Integers,
    weight: Floats,
    own_weight: Floats,
    count_initial: Floats,
    count_trans: Floats,
    count_wave: Floats,
    loglik: Floats,
    each: Floats,
    lanes: int,
    starts: int,
) -> None:
    """Run forward and backward over every sequence and add up what is expected.

    Parameters
    ----------
    initial
        ``(R, LANES)`` probabilities of the first wave for each row of covariates.
    trans
        ``(M, U, LANES)`` from each of `lanes` states, in each kind of step, to each state.
    density, scale
        From :func:`wave_densities`.
    own_weight
        ``(P, starts)`` weights of its own for each start; ``(0, 0)`` for `weight` ``(P,)``.
    count_initial, count_trans, count_wave
        What is added up: shapes of `initial`, `trans` and `density`.
    loglik
        ``(starts,)`` weighted log-likelihoods.
    each
        ``(P, starts)`` log-likelihood of each sequence; ``(0, 0)`` where nobody asks. Who asks
        gets nothing else.
    """
    longest = observed.shape[1]
    forward = np.zeros((longest, LANES))
    unit = np.zeros((longest, LANES))
    ahead = np.zeros(LANES)
    back = np.zeros(LANES)
    total = np.ones(LANES)
    log_total = np.zeros(LANES)
    product = np.ones(LANES)
    weighs = own_weight.shape[0] > 0
    keeps = each.shape[0] > 0
    count_initial[:, :] = 0.0
    count_trans[:, :, :] = 0.0
    count_wave[:, :] = 0.0
    loglik[:] = 0.0
    for p in range(observed.shape[0]):
        waves = length[p]
        first = initial_row[p]
        for s in range(starts):
            log_total[s] = 0.0
            product[s] = 1.0
        for t in range(waves):
            seen = observed[p, t]
            if t == 0:
                for lane in range(LANES):
                    forward[0, lane] = initial[first, lane] * density[seen, lane]
            else:
                kind = step_row[p, t - 1]
                for lane in range(LANES):
                    ahead[lane] = 0.0
                for j in range(lanes):
                    here = j * starts
                    for k in range(lanes):
                        there = k * starts
                        for s in range(starts):
                            ahead[there + s] += forward[t - 1, here + s] * trans[j, kind, there + s]
                for lane in range(LANES):
                    forward[t, lane] = ahead[lane] * density[seen, lane]
            for s in range(starts):
                total[s] = forward[t, s]
            for k in range(1, lanes):
                for s in range(starts):
                    total[s] += forward[t, k * starts + s]
            for s in range(starts):
                product[s] *= total[s]
                log_total[s] += scale[seen, s]
                unit[t, s] = 1.0 / total[s] if total[s] > 0.0 else 0.0
            for k in range(lanes):
                for s in range(starts):
                    forward[t, k * starts + s] *= unit[t, s]
            if t % 8 == 7 or t == waves - 1:
                for s in range(starts):
                    log_total[s] += math.log(product[s]) if product[s] > 0.0 else -np.inf
                    product[s] = 1.0
        if keeps:
            for s in range(starts):
                each[p, s] = log_total[s]
            continue
        for s in range(starts):
            own = own_weight[p, s] if weighs else weight[p]
            if own != 0.0:
                loglik[s] += own * log_total[s]
            for k in range(lanes):
                back[k * starts + s] = own
        for lane in range(LANES):
            count_wave[observed[p, waves - 1], lane] += forward[waves - 1, lane] * back[lane]
        for later in range(1, waves):
            t = waves - later
            seen = observed[p, t]
            kind = step_row[p, t - 1]
            for k in range(lanes):
                for s in range(starts):
                    back[k * starts + s] *= density[seen, k * starts + s] * unit[t, s]
            for j in range(lanes):
                here = j * starts
                for s in range(starts):
                    total[s] = 0.0
                for k in range(lanes):
                    there = k * starts
                    for s in range(starts):
                        moved = trans[j, kind, there + s] * back[there + s]
                        total[s] += moved
                        count_trans[j, kind, there + s] += forward[t - 1, here + s] * moved
                for s in range(starts):
                    ahead[here + s] = total[s]
            for lane in range(lanes * starts):
                back[lane] = ahead[lane]
                count_wave[observed[p, t - 1], lane] += forward[t - 1, lane] * back[lane]
        for lane in range(lanes * starts):
            count_initial[first, lane] += forward[0, lane] * back[lane]


@kernel
def answer_counts(
    count_wave: Floats, rows: Codes, exit_of: Integers, counts: Floats, first: int
) -> None:
    """Add the people expected behind each wave's pattern up by answer, from row `first` on."""
    counts[first:, :] = 0.0
    for w in range(rows.shape[0]):
        if exit_of[w] > 0:
            continue
        for j in range(rows.shape[1]):
            row = rows[w, j]
            for lane in range(LANES):
                counts[row, lane] += count_wave[w, lane]
