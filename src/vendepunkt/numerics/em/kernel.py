"""The compiled engine: one fused step over all lanes of a block, and SQUAREM around it.

No logarithm and no exponential is taken per answer: densities are gathered and multiplied, one log
per pattern and start is enough. All lanes of a block run together; a start that has converged keeps
its state while the others go on.

References
----------
Varadhan, R. & Roland, C. (2008). Simple and globally convergent methods for accelerating the
convergence of any EM algorithm. Scandinavian Journal of Statistics 35(2), 335-353.
https://doi.org/10.1111/j.1467-9469.2007.00585.x
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.collapse import Codes
from vendepunkt.numerics.compile import LANES, kernel
from vendepunkt.numerics.items import (
    gaussian,
    membership,
    monotone,
    negative_binomial,
    nominal,
    ordinal,
    pair,
    poisson,
)
from vendepunkt.numerics.items.base import Floats, Integers
from vendepunkt.numerics.small import log_lanes

#: Under this a product of densities is computed again with rescaling.
TINY = 1e-270
#: No class is further from the best than this, in logs.
FARTHEST = -230.0

Bools = NDArray[np.bool_]


@kernel
def _relative(
    table: Floats, offset: Floats, r0: int, n_values: int, classes: int, starts: int
) -> None:
    """Turn log densities into densities relative to the best class of each start.

    The logs of the best go to `offset`; they are added to the log-likelihood afterwards.
    """
    for r in range(r0, r0 + n_values):
        for s in range(starts):
            best = -np.inf
            for k in range(classes):
                best = max(best, table[r, k * starts + s])
            offset[r, s] = best
            for k in range(classes):
                lane = k * starts + s
                table[r, lane] = math.exp(max(table[r, lane] - best, FARTHEST))


@kernel
def fill_table(
    state: Floats,
    table: Floats,
    offset: Floats,
    spec: Integers,
    values: Floats,
    design: Floats,
    classes: int,
    starts: int,
) -> None:
    """Turn the parameters of all lanes into densities."""
    membership.density_lanes(state, 0, table, design, classes, starts)
    for j in range(spec.shape[0]):
        kind, s0, r0, n_values = spec[j, 0], spec[j, 1], spec[j, 2], spec[j, 3]
        if kind in {0, 5}:
            nominal.density_lanes(state, s0, table, r0, n_values)
        elif kind == 1:
            ordinal.density_lanes(state, s0, table, r0, n_values, classes, starts)
        elif kind == 2:
            poisson.log_density_lanes(state, s0, table, r0, n_values, values, classes, starts)
            _relative(table, offset, r0, n_values, classes, starts)
        elif kind == 3:
            negative_binomial.log_density_lanes(
                state, s0, table, r0, n_values, values, classes, starts
            )
            _relative(table, offset, r0, n_values, classes, starts)
        elif kind == 4:
            gaussian.log_density_lanes(state, s0, table, r0, n_values, values, classes, starts)
            _relative(table, offset, r0, n_values, classes, starts)
        else:
            pair.density_lanes(state, s0, table, r0, spec[j, 4], spec[j, 5], classes, starts)


@kernel
def maximise(
    counts: Floats,
    table: Floats,
    state: Floats,
    out: Floats,
    spec: Integers,
    values: Floats,
    design: Floats,
    classes: int,
    starts: int,
    prior: float,
) -> None:
    """Turn expected counts into the next parameters of all lanes."""
    membership.maximise_lanes(counts, table, state, out, 0, design, classes, starts, prior)
    for j in range(spec.shape[0]):
        kind, s0, r0, n_values = spec[j, 0], spec[j, 1], spec[j, 2], spec[j, 3]
        if kind == 0:
            nominal.maximise_lanes(counts, r0, n_values, out, s0, prior)
        elif kind == 1:
            ordinal.maximise_lanes(counts, r0, n_values, state, out, s0, classes, starts)
        elif kind == 2:
            poisson.maximise_lanes(counts, r0, n_values, values, state, out, s0, classes, starts)
        elif kind == 3:
            negative_binomial.maximise_lanes(
                counts, r0, n_values, values, state, out, s0, classes, starts
            )
        elif kind == 4:
            gaussian.maximise_lanes(counts, r0, n_values, values, state, out, s0, classes, starts)
        elif kind == 5:
            monotone.maximise_lanes(counts, r0, n_values, state, out, s0, classes, starts, prior)
        else:
            pair.maximise_lanes(counts, r0, state, out, s0, spec[j, 4], spec[j, 5], classes, starts)


@kernel
def _rescued(
    table: Floats, codes: Codes, p: int, classes: int, starts: int, s: int, post: Floats
) -> float:
    """Multiply the densities of one start again, rescaling after each; give the log taken out."""
    log_scale = 0.0
    for k in range(classes):
        post[k * starts + s] = 1.0
    for j in range(codes.shape[1]):
        largest = 0.0
        for k in range(classes):
            lane = k * starts + s
            post[lane] *= table[codes[p, j], lane]
            largest = max(largest, post[lane])
        if largest <= 0.0:
            largest = 1e-300
        for k in range(classes):
            post[k * starts + s] = max(post[k * starts + s] / largest, 1e-200)
        log_scale += math.log(largest)
    return log_scale


@kernel
def expect(
    codes: Codes,
    weight: Floats,
    lane_weight: Floats,
    table: Floats,
    counts: Floats,
    loglik: Floats,
    classes: int,
    starts: int,
) -> None:
    """Gather densities, weigh posteriors into counts, add up the log-likelihood of each start."""
    post = np.empty(LANES)
    total = np.ones(LANES)
    logs = np.empty(LANES)
    share = np.zeros(LANES)
    scratch = np.empty(LANES, dtype=np.int64)
    columns = codes.shape[1]
    own_weights = lane_weight.shape[0] > 0
    counts[:, :] = 0.0
    loglik[:] = 0.0
    for p in range(codes.shape[0]):
        row = codes[p, 0]
        for lane in range(LANES):
            post[lane] = table[row, lane]
        for j in range(1, columns):
            row = codes[p, j]
            for lane in range(LANES):
                post[lane] *= table[row, lane]
        for s in range(starts):
            total[s] = post[s]
        for k in range(1, classes):
            for s in range(starts):
                total[s] += post[k * starts + s]
        tiny = 0
        for s in range(starts):
            tiny += not total[s] > TINY
        if tiny > 0:
            for s in range(starts):
                if not total[s] > TINY:
                    own = lane_weight[p, s] if own_weights else weight[p]
                    loglik[s] += own * _rescued(table, codes, p, classes, starts, s, post)
                    total[s] = 0.0
                    for k in range(classes):
                        total[s] += post[k * starts + s]
        log_lanes(total, logs, scratch, starts)
        if own_weights:
            for s in range(starts):
                loglik[s] += lane_weight[p, s] * logs[s]
                share[s] = lane_weight[p, s] / total[s]
        else:
            for s in range(starts):
                loglik[s] += weight[p] * logs[s]
                share[s] = weight[p] / total[s]
        for k in range(classes):
            for s in range(starts):
                post[k * starts + s] *= share[s]
        for j in range(columns):
            row = codes[p, j]
            for lane in range(LANES):
                counts[row, lane] += post[lane]


@kernel
def em_step(
    state: Floats,
    out: Floats,
    table: Floats,
    counts: Floats,
    offset: Floats,
    loglik: Floats,
    codes: Codes,
    weight: Floats,
    lane_weight: Floats,
    spec: Integers,
    values: Floats,
    design: Floats,
    classes: int,
    starts: int,
    prior: float,
) -> None:
    """Make one EM step for every start of a block; `loglik` is that of the state that came in."""
    fill_table(state, table, offset, spec, values, design, classes, starts)
    expect(codes, weight, lane_weight, table, counts, loglik, classes, starts)
    for j in range(spec.shape[0]):
        if 2 <= spec[j, 0] <= 4:
            for r in range(spec[j, 2], spec[j, 2] + spec[j, 3]):
                for s in range(starts):
                    people = 0.0
                    for k in range(classes):
                        people += counts[r, k * starts + s]
                    loglik[s] += people * offset[r, s]
    if prior > 0.0:
        _add_prior(table, loglik, spec, classes, starts, prior)
    maximise(counts, table, state, out, spec, values, design, classes, starts, prior)


@kernel
def _add_prior(
    table: Floats, loglik: Floats, spec: Integers, classes: int, starts: int, prior: float
) -> None:
    """Add the log of the Dirichlet prior to what is maximised."""
    for s in range(starts):
        for k in range(classes):
            lane = k * starts + s
            loglik[s] += prior / classes * math.log(table[0, lane])
            for j in range(spec.shape[0]):
                if spec[j, 0] in {0, 5}:
                    for r in range(spec[j, 2], spec[j, 2] + spec[j, 3]):
                        loglik[s] += prior / spec[j, 3] * math.log(table[r, lane])


@kernel
def extrapolate(
    old: Floats,
    one: Floats,
    two: Floats,
    out: Floats,
    spec: Integers,
    columns: int,
    classes: int,
    starts: int,
    longest: Floats,
) -> None:
    """Leap along the last two steps of each start, as far as their curvature lets one trust."""
    leap = np.empty(LANES)
    for lane in range(LANES):
        leap[lane] = -1.0
    for s in range(starts):
        first = 0.0
        second = 0.0
        for k in range(classes):
            lane = k * starts + s
            for d in range(old.shape[0]):
                r = one[d, lane] - old[d, lane]
                v = two[d, lane] - one[d, lane] - r
                first += r * r
                second += v * v
        alpha = -1.0
        if second > 0.0:
            alpha = -math.sqrt(first / second)
        alpha = max(min(alpha, -1.0), -longest[s])
        if alpha == -longest[s]:
            longest[s] *= 4.0
        for k in range(classes):
            leap[k * starts + s] = alpha
    for d in range(old.shape[0]):
        for lane in range(LANES):
            a = leap[lane]
            r = one[d, lane] - old[d, lane]
            v = two[d, lane] - one[d, lane] - r
            out[d, lane] = old[d, lane] - 2.0 * a * r + a * a * v
    for d in range(old.shape[0]):
        for lane in range(LANES):
            out[d, lane] = (
                min(max(out[d, lane], -1e6), 1e6)
                if d >= columns
                else min(max(out[d, lane], -60.0), 60.0)
            )
    for j in range(spec.shape[0]):
        if spec[j, 0] == 0:
            nominal.project_lanes(out, spec[j, 1], spec[j, 3])


@kernel
def settle(
    state: Floats,
    two: Floats,
    three: Floats,
    before: Floats,
    after: Floats,
    loglik: Floats,
    done: Bools,
    steps: Integers,
    gain: float,
    classes: int,
    starts: int,
) -> int:
    """Take note of two steps of every start; give how many starts still climb.

    What a start stood at moves to `three`, from where it may leap; a start that is done ends in
    `two`, and one that broke down falls to minus infinity.
    """
    waiting = 0
    for s in range(starts):
        if done[s]:
            continue
        steps[s] += 2
        loglik[s] = after[s] if math.isfinite(after[s]) else -np.inf
        done[s] = not math.isfinite(after[s]) or after[s] - before[s] < gain
        if not done[s]:
            waiting += 1
        for k in range(classes):
            lane = k * starts + s
            for d in range(state.shape[0]):
                three[d, lane] = state[d, lane]
                state[d, lane] = two[d, lane]
    return waiting


@kernel
def land(
    state: Floats,
    one: Floats,
    leapt: Floats,
    after: Floats,
    done: Bools,
    steps: Integers,
    longest: Floats,
    classes: int,
    starts: int,
) -> None:
    """Keep the leap of each start that did not fall by it, and shorten the others' next."""
    for s in range(starts):
        if done[s]:
            continue
        steps[s] += 1
        if math.isfinite(leapt[s]) and leapt[s] >= after[s]:
            for k in range(classes):
                lane = k * starts + s
                for d in range(state.shape[0]):
                    state[d, lane] = one[d, lane]
        else:
            longest[s] = max(1.0, 0.25 * longest[s])


@kernel
def climb(
    state: Floats,
    codes: Codes,
    weight: Floats,
    lane_weight: Floats,
    spec: Integers,
    values: Floats,
    design: Floats,
    n_table: int,
    classes: int,
    starts: int,
    prior: float,
    accelerated: bool,
    most: int,
    gain: float,
    loglik: Floats,
    done: Bools,
    steps: Integers,
    longest: Floats,
) -> int:
    """Climb with every start of a block until each gains less than `gain` in a step.

    `state` ``(D, LANES)`` is changed in place. `loglik`, `done`, `steps` and `longest`
    ``(starts,)`` are carried from call to call; at most about `most` steps are made in this one.
    """
    table = np.ones((n_table, LANES))
    counts = np.empty((n_table, LANES))
    offset = np.zeros((n_table, LANES))
    one = state.copy()
    two = state.copy()
    three = state.copy()
    before = np.empty(LANES)
    after = np.empty(LANES)
    leapt = np.empty(LANES)
    made = 0
    waiting = 1
    phase = 0
    # One call of em_step serves all three phases: it is compiled into this loop once.
    while waiting > 0 and (made < most or phase > 0):
        source = state if phase == 0 else one if phase == 1 else three
        target = two if phase == 1 else one
        reached = before if phase == 0 else after if phase == 1 else leapt
        em_step(
            source, target, table, counts, offset, reached, codes, weight, lane_weight, spec,
            values, design, classes, starts, prior,
        )  # fmt: skip
        made += 1
        if phase == 0:
            phase = 1
        elif phase == 1:
            waiting = settle(
                state, two, three, before, after, loglik, done, steps, gain, classes, starts
            )
            phase = 0
            if accelerated:
                extrapolate(three, one, two, three, spec, design.shape[1], classes, starts, longest)
                phase = 2
        else:
            land(state, one, leapt, after, done, steps, longest, classes, starts)
            phase = 0
    return made
