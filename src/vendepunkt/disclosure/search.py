"""The search for the cells to hide beside those that are too small: few, and enough."""

from __future__ import annotations

from time import monotonic

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from vendepunkt.disclosure.rules import Rules
from vendepunkt.disclosure.system import CountSystem
from vendepunkt.disclosure.witnesses import Witnesses

_TIE = 1e-6
_HALF = 0.5


def find_pattern(
    system: CountSystem, primary: NDArray[np.bool_], rules: Rules
) -> tuple[NDArray[np.bool_], float | None]:
    """Find a safe pattern of hidden cells, the cheapest one if time allows.

    A safe pattern is made first, one exposed cell at a time. Then the integer programme looks for
    a cheaper one: it begins with the cells that are exposed when only small cells are hidden, and
    takes in further ones where its answer leaves them exposed. (Hiding more never narrows an
    interval, so cells that are safe stay safe.) Its bound says how far the result is from best.

    Parameters
    ----------
    system
        The counts and their equations.
    primary
        Cells that are too small, (m,).
    rules
        The threshold, and the seconds for the search.

    Returns
    -------
    hidden
        A pattern that passes the audit, (m,).
    gap
        Share of its cost that a best pattern might save; None if nothing is known.
    """
    started = monotonic()
    witnesses = Witnesses(system, rules.threshold)
    targets = np.zeros(primary.size, bool)
    targets[witnesses.exposed(primary)] = True
    if not targets.any():
        return primary, 0.0
    best = _one_by_one(system, primary, rules, witnesses)
    price, bound = float(system.costs[best].sum()), None
    while (left := rules.time_limit - (monotonic() - started)) > 0:
        answer, least = _cheapest(system, primary, targets, rules.threshold, left)
        bound = least if bound is None or (least is not None and least > bound) else bound
        if answer is None or (bound is not None and bound >= price - _TIE):
            break
        exposed = witnesses.exposed(answer)
        if not exposed.size:
            if system.costs[answer].sum() < price - _TIE:
                best, price = answer, float(system.costs[answer].sum())
            break
        if targets[exposed].all():
            break
        targets[exposed] = True
    if bound is None:
        return best, None
    gap = max(0.0, (price - bound) / price)
    return best, gap if gap > _TIE else 0.0


def _one_by_one(
    system: CountSystem, primary: NDArray[np.bool_], rules: Rules, witnesses: Witnesses
) -> NDArray[np.bool_]:
    """Protect the largest exposed cell at the least cost, again and again; then give cells back."""
    started, hidden = monotonic(), primary.copy()
    while (exposed := witnesses.exposed(hidden)).size:
        target = np.zeros(hidden.size, bool)
        target[exposed[np.argmax(system.counts[exposed])]] = True
        left = max(rules.time_limit - (monotonic() - started), 0.0)
        answer, _ = _cheapest(system, hidden, target, rules.threshold, left) if left else (None, 0)
        if answer is None or (answer == hidden).all():
            hidden = _neighbour(system, hidden, target)
        else:
            hidden |= answer
    for cell in sorted(np.flatnonzero(hidden & ~primary), key=lambda c: -system.costs[c]):
        if monotonic() - started > rules.time_limit:
            break
        less = hidden.copy()
        less[cell] = False
        if not witnesses.exposed(less).size:
            hidden = less
    return hidden


def _neighbour(
    system: CountSystem, hidden: NDArray[np.bool_], target: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Hide the cheapest shown cell that shares a sum with the target, or else any."""
    free = ~hidden & ~system.fixed
    lines = np.flatnonzero(abs(system.equations[:, target]).sum(axis=1))
    near = free & (np.asarray(abs(system.equations[lines]).sum(axis=0)).ravel() > 0)
    places = np.flatnonzero(near if near.any() else free)
    more = hidden.copy()
    more[places[np.argmin(system.costs[places])]] = True
    return more


def _cheapest(
    system: CountSystem,
    forced: NDArray[np.bool_],
    targets: NDArray[np.bool_],
    threshold: int,
    seconds: float,
) -> tuple[NDArray[np.bool_] | None, float | None]:
    """Solve for the cheapest pattern that holds `forced` and protects those targets it hides.

    For each target two other tables must exist that agree with all that is shown, apart in that
    cell by the threshold, one of them reaching it. A deviation never needs to exceed the
    threshold anywhere, because it can be cut down to the cycles through the target.

    Returns
    -------
    pattern
        The hidden cells, (m,), or None if the time was too short for any.
    bound
        What every such pattern costs at least, or None.
    """
    m, t = system.counts.size, threshold
    places = np.flatnonzero(targets)
    blocks = 2 * places.size
    must = forced[places]
    eye = sparse.eye_array(m, format="csr")
    down = sparse.diags_array(np.minimum(system.counts, t).astype(float), format="csr")
    many = sparse.eye_array(blocks, format="csr")
    column = sparse.csr_array(np.ones((blocks, 1)))
    nothing = sparse.csr_array((blocks * system.equations.shape[0], m))
    kept = sparse.hstack([nothing, sparse.kron(many, system.equations)])
    above = sparse.hstack([-t * sparse.kron(column, eye), sparse.kron(many, eye)])
    below = sparse.hstack([sparse.kron(column, down), sparse.kron(many, eye)])
    apart = sparse.lil_array((places.size, m + blocks * m))
    reach = sparse.lil_array((places.size, m + blocks * m))
    for row, cell in enumerate(places):
        up, low = m + 2 * row * m + cell, m + (2 * row + 1) * m + cell
        apart[row, up], apart[row, low], reach[row, up] = 1, -1, 1
        # a target that need not be hidden is protected only where it is
        apart[row, cell] = reach[row, cell] = 0 if must[row] else -t
    answer = milp(
        np.concatenate([system.costs, np.zeros(blocks * m)]),
        integrality=np.concatenate([np.ones(m, np.int64), np.zeros(blocks * m, np.int64)]),
        bounds=Bounds(
            np.concatenate([forced.astype(float), np.full(blocks * m, -float(t))]),
            np.concatenate([(~system.fixed).astype(float), np.full(blocks * m, float(t))]),
        ),
        constraints=[
            LinearConstraint(kept, 0, 0),
            LinearConstraint(above, -np.inf, 0),
            LinearConstraint(below, 0, np.inf),
            LinearConstraint(apart.tocsr(), np.where(must, t, 0.0), np.inf),
            LinearConstraint(reach.tocsr(), np.where(must, t, 0.0) - system.counts[places], np.inf),
        ],
        options={"time_limit": seconds},
    )
    bound = getattr(answer, "mip_dual_bound", None)
    return (
        None if answer.x is None else answer.x[:m] > _HALF,
        float(bound) if bound is not None and np.isfinite(bound) else None,
    )
