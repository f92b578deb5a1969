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
#: Waves multiplied before the logarithm is taken.
STRIDE = 8


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
def turned(trans: Floats, turn: Floats, lanes: int, starts: int) -> None:
    """Lay transitions ``(M, U, LANES)`` out by how far they go, ``(U, M, M starts)``.

    Entry d of a kind of step holds, for every state reached, the probability of coming from the
    state d before it, round the circle. So a step is M products of whole rows.
    """
    for kind in range(turn.shape[0]):
        for d in range(lanes):
            for k in range(lanes):
                j = (k - d) % lanes
                for s in range(starts):
                    turn[kind, d, k * starts + s] = trans[j, kind, k * starts + s]


@kernel
def returned(turn: Floats, trans: Floats, lanes: int, starts: int) -> None:
    """Lay counts by how far they go out by origin again."""
    for kind in range(turn.shape[0]):
        for d in range(lanes):
            for k in range(lanes):
                j = (k - d) % lanes
                for s in range(starts):
                    trans[j, kind, k * starts + s] = turn[kind, d, k * starts + s]


@kernel
def expect(
    initial: Floats,
    turn: Floats,
    density: Floats,
    scale: Floats,
    initial_row: Codes,
    observed: Codes,
    step_row: Codes,
    length: Integers,
    weight: Floats,
    own_weight: Floats,
    count_initial: Floats,
    count_turn: Floats,
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
    turn
        ``(U, M, M starts)`` transition probabilities, from :func:`turned`.
    density, scale
        From :func:`wave_densities`.
    own_weight
        ``(P, starts)`` weights of its own for each start; ``(0, 0)`` for `weight` ``(P,)``.
    count_initial, count_turn, count_wave
        What is added up: shapes of `initial`, `turn` and `density`.
    loglik
        ``(starts,)`` weighted log-likelihoods.
    each
        ``(P, starts)`` log-likelihood of each sequence; ``(0, 0)`` where nobody asks. Who asks
        gets nothing else.
    """
    used = lanes * starts
    # Probabilities of the states so far, written twice over: any turn of them is a whole row.
    forward = np.zeros((observed.shape[1], 2 * used))
    unit = np.zeros((observed.shape[1], starts))
    back = np.zeros(2 * used)
    tail = np.zeros(used)
    total = np.zeros(starts)
    log_total = np.zeros(starts)
    product = np.ones(starts)
    weighs = own_weight.shape[0] > 0
    keeps = each.shape[0] > 0
    count_initial[:, :] = 0.0
    count_turn[:, :, :] = 0.0
    count_wave[:, :] = 0.0
    loglik[:] = 0.0
    for p in range(observed.shape[0]):
        waves = length[p]
        start = initial[initial_row[p]]
        for s in range(starts):
            log_total[s] = 0.0
            product[s] = 1.0
        for t in range(waves):
            seen = observed[p, t]
            here = density[seen]
            now = forward[t]
            if t == 0:
                for lane in range(used):
                    now[lane] = start[lane] * here[lane]
            else:
                moves = turn[step_row[p, t - 1]]
                for lane in range(used):
                    now[lane] = 0.0
                for d in range(lanes):
                    far = moves[d]
                    shift = (lanes - d) * starts
                    came = forward[t - 1][shift : shift + used]
                    for lane in range(used):
                        now[lane] += came[lane] * far[lane]
                for lane in range(used):
                    now[lane] *= here[lane]
            for s in range(starts):
                total[s] = now[s]
            for k in range(1, lanes):
                for s in range(starts):
                    total[s] += now[k * starts + s]
            for s in range(starts):
                product[s] *= total[s]
                log_total[s] += scale[seen, s]
                unit[t, s] = 1.0 / total[s] if total[s] > 0.0 else 0.0
            for k in range(lanes):
                for s in range(starts):
                    now[k * starts + s] *= unit[t, s]
            for lane in range(used):
                now[used + lane] = now[lane]
            if t % STRIDE == STRIDE - 1 or t == waves - 1:
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
        count = count_wave[observed[p, waves - 1]]
        now = forward[waves - 1]
        for lane in range(used):
            count[lane] += now[lane] * back[lane]
        for later in range(1, waves):
            t = waves - later
            here = density[observed[p, t]]
            moves = turn[step_row[p, t - 1]]
            counts = count_turn[step_row[p, t - 1]]
            for k in range(lanes):
                for s in range(starts):
                    lane = k * starts + s
                    tail[lane] = back[lane] * here[lane] * unit[t, s]
            for lane in range(2 * used):
                back[lane] = 0.0
            for d in range(lanes):
                far = moves[d]
                count = counts[d]
                shift = (lanes - d) * starts
                came = forward[t - 1][shift : shift + used]
                onto = back[shift : shift + used]
                for lane in range(used):
                    moved = far[lane] * tail[lane]
                    onto[lane] += moved
                    count[lane] += came[lane] * moved
            count = count_wave[observed[p, t - 1]]
            now = forward[t - 1]
            for lane in range(used):
                back[lane] += back[used + lane]
                count[lane] += now[lane] * back[lane]
        count = count_initial[initial_row[p]]
        now = forward[0]
        for lane in range(used):
            count[lane] += now[lane] * back[lane]


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
