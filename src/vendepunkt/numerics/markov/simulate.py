"""Draw answers of the same people from a fitted model: the parametric bootstrap."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.bootstrap import item_kind
from vendepunkt.numerics.collapse import Item
from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.items.base import draw_categories, draw_rows
from vendepunkt.numerics.markov.fit import MarkovFit
from vendepunkt.numerics.markov.intercept import FixedItem, InterceptItem
from vendepunkt.numerics.markov.sequences import SequenceData


def simulate_sequences(
    data: SequenceData, fit: MarkovFit, rng: np.random.Generator
) -> SequenceData:
    """Draw answers from a fitted model.

    Every person keeps their weight, their covariates and which answers are missing. Where exits
    are destinations, whether and when people leave is drawn, and who has left has no answers.
    """
    made, used = fit.chain, np.flatnonzero(data.row_to_pattern >= 0)
    sequence = data.row_to_pattern[used]
    weights = None if data.row_weight is None else data.row_weight[used]
    if data.freq is not None:
        # A row of f people becomes f rows, since each draws answers of their own.
        people = data.freq[used].round().astype(np.int64)
        sequence = np.repeat(sequence, people)
        weights = None if weights is None else np.repeat(weights, people)
    path, part = _paths(data, fit, sequence, rng)
    answers = data.answers[data.observed[sequence]].reshape(-1, len(data.items))
    where = np.minimum(path.reshape(-1), made.classes - 1)
    component = np.repeat(part, data.waves)
    inside = path.reshape(-1) < made.classes
    items = []
    for j, (piece, item) in enumerate(zip(made.items, data.items, strict=True)):
        state, codes = fit.state[piece.rows, : piece.lanes], answers[:, j].astype(np.int64)
        what = piece.what
        if isinstance(what, InterceptItem):
            p = what.probabilities(state).reshape(what.n_values, -1)
            lane = component * made.classes + where
            drawn, values = draw_categories(rng, p, lane, codes), what.values
        elif isinstance(what, FixedItem):
            drawn, values = draw_categories(rng, what.known, where, codes), what.values
        else:
            drawn, values = what.draw(rng, state, where, codes)
        missing = (codes == item.n_values) | ~inside
        own = np.where(missing, -1, drawn).astype(np.int32)
        items.append(Item(item_kind(item), own, values, item.shape))
    steps = data.steps
    kinds = data.step_row[sequence]
    return SequenceData.collapse(
        items,
        data.waves,
        weights=weights,
        initial=None
        if data.membership.plain
        else data.membership.design[data.initial_row[sequence]],
        transition=None if steps.plain else steps.design[kinds],
        intervals=_intervals(data),
        exits=np.maximum(path - made.classes + 1, 0) if data.exits else None,
        absorbing=data.absorbing,
    )


def _paths(
    data: SequenceData, fit: MarkovFit, sequence: NDArray[np.integer], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw the component and the path of each person."""
    made = fit.chain
    start = made.initial(fit.state)[data.initial_row[sequence]]
    trans = made.trans(fit.state).transpose(1, 2, 0, 3)
    flat = draw_rows(rng, start.reshape(len(start), -1))
    part, now = np.divmod(flat, made.lanes)
    path = np.empty((len(sequence), data.waves), dtype=np.int64)
    path[:, 0] = now
    for t in range(data.waves - 1):
        kind = made.step_row[sequence, t]
        now = draw_rows(rng, trans[kind, part, now])
        path[:, t + 1] = now
    return path, part


def _intervals(data: SequenceData) -> Floats | None:
    steps = data.steps
    if data.waves == 1 or np.isnan(steps.interval).any():
        return None
    return np.array([steps.interval[steps.step == t][0] for t in range(data.waves - 1)])
