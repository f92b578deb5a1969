"""Which cells to hide: those that are too small, and as few others as keep them unknown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from vendepunkt.disclosure.audit import Audit, audit
from vendepunkt.disclosure.rules import Rules
from vendepunkt.disclosure.system import CountSystem, Totals, of_table


@dataclass(frozen=True, slots=True)
class Protection:
    """Which cells of a table are hidden, and how well.

    Attributes
    ----------
    hidden
        The cells without sums, in the shape they were given.
    hidden_rows, hidden_columns
        The rows' sums, (rows,), and the columns' sums, (columns,); all False where not released.
    hidden_total
        The sum of all.
    primary
        How many cells are hidden because they are too small; the rest protects these.
    audit
        The reader's interval of every hidden cell.
    gap
        How far the pattern may be from the best one, as a share of what it hides; 0 when it is
        the best, None when the search ran out of time before it could say.
    """

    hidden: NDArray[np.bool_]
    hidden_rows: NDArray[np.bool_]
    hidden_columns: NDArray[np.bool_]
    hidden_total: bool
    primary: int
    audit: Audit
    gap: float | None

    @property
    def count(self) -> int:
        """How many cells are hidden, sums included."""
        return int(
            self.hidden.sum()
            + self.hidden_rows.sum()
            + self.hidden_columns.sum()
            + self.hidden_total
        )


def protect(
    counts: ArrayLike,
    rules: Rules,
    *,
    totals: Totals = "both",
    structural: ArrayLike | None = None,
    small: ArrayLike | None = None,
) -> Protection:
    """Decide which cells of a table are hidden so that none can be got back from the others.

    Hidden first is every count under the threshold, zeros included unless they are so by
    definition: a zero says that nobody in the row has the property, and a row with one filled
    category says it of everybody. Then as few further cells as possible are hidden so that every
    hidden cell, seen from all that is shown, keeps an interval at least as wide as the threshold
    that reaches the threshold.

    Parameters
    ----------
    counts
        Unweighted counts without sums, (rows, columns) or (columns,).
    rules
        The threshold.
    totals
        Which sums are released or follow from what is: ``"both"``, ``"rows"``, ``"columns"``,
        ``"none"``. Percentages and their base give counts back: a table of row percentages with n
        has ``"rows"``.
    structural
        Cells that are zero by definition.
    small
        Further cells that are too small for a reason the counts do not show, such as a modal
        count; same shape as `counts`.

    Returns
    -------
    Protection
        What to hide. If the search takes longer than ``rules.time_limit``, a safe pattern that may
        hide more than needed.

    Examples
    --------
    >>> from vendepunkt.disclosure import Rules, protect
    >>> protect([[3, 40], [20, 31]], Rules()).hidden
    array([[ True,  True],
           [ True,  True]])
    """
    shape = np.shape(counts)
    system = of_table(counts, totals, structural)
    primary = (system.counts < rules.threshold) & ~system.fixed
    if small is not None:
        primary |= _inside(small, system, shape)
    hidden, gap = _pattern(system, primary, rules)
    whole = hidden.reshape(system.shape)
    rows, columns = _sides(shape)
    has_rows, has_columns = whole.shape[1] > columns, whole.shape[0] > rows
    return Protection(
        hidden=whole[:rows, :columns].reshape(shape),
        hidden_rows=whole[:rows, -1] if has_rows else np.zeros(rows, bool),
        hidden_columns=whole[-1, :columns] if has_columns else np.zeros(columns, bool),
        hidden_total=bool(has_rows and has_columns and whole[-1, -1]),
        primary=int(primary.sum()),
        audit=audit(system, hidden, rules),
        gap=gap,
    )


def _pattern(
    system: CountSystem, primary: NDArray[np.bool_], rules: Rules
) -> tuple[NDArray[np.bool_], float | None]:
    """Solve for the cheapest pattern; cells found exposed become targets of the next round."""
    targets, gap = primary.copy(), 0.0
    if not primary.any():
        return primary, gap
    seconds = rules.time_limit
    while True:
        if audit(system, targets, rules).safe:
            return targets, gap
        answer = _cheapest(system, primary, targets, rules, seconds)
        if answer is None:
            return _greedy(system, primary, rules), None
        hidden, gap, took = answer
        seconds = max(seconds - took, 0.0)
        exposed = audit(system, hidden, rules).exposed
        if not exposed.size:
            return hidden, gap
        if targets[exposed].all() or not seconds:
            return _greedy(system, hidden, rules), None
        targets[exposed] = True


def _cheapest(
    system: CountSystem,
    primary: NDArray[np.bool_],
    targets: NDArray[np.bool_],
    rules: Rules,
    seconds: float,
) -> tuple[NDArray[np.bool_], float, float] | None:
    """Find the cheapest pattern that protects the targets among the cells it hides.

    For each target two other tables must exist that agree with all that is shown, apart in that
    cell by the threshold, one of them reaching it. A deviation never needs to exceed the
    threshold anywhere, because it can be cut down to the cycles through the target.
    """
    from time import monotonic

    m, t = system.counts.size, rules.threshold
    places = np.flatnonzero(targets)
    blocks = 2 * places.size
    eye = sparse.eye_array(m, format="csr")
    down = sparse.diags_array(np.minimum(system.counts, t).astype(float), format="csr")
    many = sparse.eye_array(blocks, format="csr")
    column = sparse.csr_array(np.ones((blocks, 1)))
    kept = sparse.hstack([sparse.csr_array((blocks * system.equations.shape[0], m)),
                          sparse.kron(many, system.equations)])  # fmt: skip
    above = sparse.hstack([-t * sparse.kron(column, eye), sparse.kron(many, eye)])
    below = sparse.hstack([sparse.kron(column, down), sparse.kron(many, eye)])
    apart = sparse.lil_array((places.size, m + blocks * m))
    reach = sparse.lil_array((places.size, m + blocks * m))
    for row, cell in enumerate(places):
        up, low = m + 2 * row * m + cell, m + (2 * row + 1) * m + cell
        apart[row, up], apart[row, low], reach[row, up] = 1, -1, 1
        # a target that need not be hidden is protected only where it is
        apart[row, cell] = reach[row, cell] = 0 if primary[cell] else -t
    need = np.where(primary[places], t, 0.0)
    arrive = np.where(primary[places], t - system.counts[places], -system.counts[places])
    started = monotonic()
    answer = milp(
        np.concatenate([system.costs, np.zeros(blocks * m)]),
        integrality=np.concatenate([np.ones(m, np.int64), np.zeros(blocks * m, np.int64)]),
        bounds=Bounds(
            np.concatenate([primary.astype(float), np.full(blocks * m, -float(t))]),
            np.concatenate([(~system.fixed).astype(float), np.full(blocks * m, float(t))]),
        ),
        constraints=[
            LinearConstraint(kept, 0, 0),
            LinearConstraint(above, -np.inf, 0),
            LinearConstraint(below, 0, np.inf),
            LinearConstraint(apart.tocsr(), need, np.inf),
            LinearConstraint(reach.tocsr(), arrive, np.inf),
        ],
        options={"time_limit": seconds},
    )
    if answer.x is None:
        return None
    gap = float(getattr(answer, "mip_gap", 0.0) or 0.0)
    return answer.x[:m] > 0.5, gap, monotonic() - started


def _greedy(system: CountSystem, hidden: NDArray[np.bool_], rules: Rules) -> NDArray[np.bool_]:
    """Hide the cheapest neighbour of an exposed cell until none is; everything hidden is safe."""
    hidden = hidden.copy()
    while (exposed := audit(system, hidden, rules).exposed).size:
        lines = np.flatnonzero(np.asarray(system.equations[:, exposed[:1]].sum(axis=1)).ravel())
        near = np.asarray(abs(system.equations[lines]).sum(axis=0)).ravel() > 0
        free = near & ~hidden & ~system.fixed
        if not free.any():
            free = ~hidden & ~system.fixed
        if not free.any():
            break
        places = np.flatnonzero(free)
        hidden[places[np.argmin(system.costs[places])]] = True
    return hidden


def _inside(small: ArrayLike, system: CountSystem, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    whole = np.zeros(system.shape, bool)
    rows, columns = _sides(shape)
    whole[:rows, :columns] = np.asarray(small, bool).reshape(rows, columns)
    return whole.ravel() & ~system.fixed


def _sides(shape: tuple[int, ...]) -> tuple[int, int]:
    return (1, shape[0]) if len(shape) == 1 else (shape[0], shape[1])
