"""Drop-out as a destination: a model in which people can leave, for a reason, from their group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import engine as measured_engine
from vendepunkt.measure import intervals
from vendepunkt.move.ground import Ground
from vendepunkt.move.model import Errors, errors_of
from vendepunkt.move.smooth import Smooth, conditional, estimated
from vendepunkt.move.weak import nearest, weak_interval
from vendepunkt.numerics.markov import (
    MarkovFit,
    MovementEstimates,
    Paths,
    SequenceData,
    fit_markov,
    movement_estimates,
    posterior,
)
from vendepunkt.numerics.markov.model import chain

Floats = npt.NDArray[np.float64]

#: What people are called of whom it is not known why they left.
UNKNOWN = "unknown"
#: Pseudo-people in each cell of a row, for the intervals of small cells (Jeffreys' prior).
EACH = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Leavers:
    """Where people stand who are not asked, as the exits of a chain.

    Attributes
    ----------
    names, kinds
        Of the E destinations: the reason and ``exit``, ``non-response`` or ``unknown``.
    absorbing
        Of each whether nobody comes back.
    exits : (N, T)
        0 in a class, e in destination e; 0 before a person is asked for the first time.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    absorbing: tuple[bool, ...]
    exits: npt.NDArray[np.int8]


def leavers(ground: Ground) -> Leavers:
    """Say where everybody used stands at each wave; the first reason for leaving is carried.

    An exit (death, emigration, institution) is absorbing unless somebody was asked again after it;
    refusal and loss are not. People who were asked before and are not asked now, for no known
    reason, stand in a destination of their own.
    """
    panel, material = ground.material.panel, ground.material
    present = material.present
    before = np.cumsum(panel.asked | present, axis=1) > 0
    gone = material.used[:, None] & before & ~panel.asked & ~present
    # A death that is known of a person who refused before ends the refusal.
    by_exit = np.zeros(1 + len(panel.exit_names), dtype=np.int64)
    for place, name in enumerate(panel.exit_names):
        by_exit[1 + place] = 1 + panel.reason_names.index(name)
    codes = np.where(panel.exits > 0, by_exit[panel.exits], panel.reasons)
    unknown = len(panel.reason_names) + 1
    codes = np.where(gone, np.where(codes > 0, codes, unknown), 0)
    names = (*panel.reason_names, UNKNOWN)
    kinds = (*panel.reason_kinds, UNKNOWN)
    kept = [code for code in range(1, unknown + 1) if (codes == code).any()]
    number = np.zeros(unknown + 1, dtype=np.int8)
    number[kept] = np.arange(1, len(kept) + 1)
    final = dict(zip(panel.exit_names, panel.absorbing, strict=True))
    exits = number[codes]
    return Leavers(
        names=tuple(names[code - 1] for code in kept),
        kinds=tuple(kinds[code - 1] for code in kept),
        absorbing=tuple(
            final.get(names[code - 1], False) and not _left(exits, e)
            for e, code in enumerate(kept, start=1)
        ),
        exits=exits,
    )


def _left(exits: npt.NDArray[np.int8], number: int) -> bool:
    """Whether anybody leaves a destination again."""
    there = exits[:, :-1] == number
    return bool((there & (exits[:, 1:] != number)).any())


@dataclass(frozen=True, slots=True, eq=False)
class Destinations:
    """A fit with destinations beside the classes.

    Attributes
    ----------
    ground
        The model without them, whose classes and groups these are.
    who
        Who stands in which destination.
    data, fit, paths, estimates, errors
        The fit.
    apart
        Largest difference of a class share at the first wave from the model without destinations.
    """

    ground: Ground
    who: Leavers
    data: SequenceData
    fit: MarkovFit
    paths: Paths
    estimates: MovementEstimates
    errors: Errors
    apart: float

    @property
    def letters(self) -> tuple[str, ...]:
        """Main groups, then destinations."""
        return (*self.ground.letters, *self.who.names)

    @property
    def membership(self) -> Floats:
        """Ones where a class or destination is what a column says, (K + E, G + E)."""
        inside, count = self.ground.membership, len(self.who.names)
        out = np.zeros((inside.shape[0] + count, inside.shape[1] + count))
        out[: inside.shape[0], : inside.shape[1]] = inside
        out[inside.shape[0] :, inside.shape[1] :] = np.eye(count)
        return out

    def joint(self, pair: tuple[int, int]) -> Smooth:
        """Joint probabilities of where people are at two waves, (G + E, G + E)."""
        start, end = pair
        if end == start + 1:
            classes = estimated(self.estimates, "steps")[start]
        else:
            classes = estimated(self.estimates, "first_last")
        return classes.weighted("kl,kg,lh->gh", self.membership, self.membership)

    def people(self, pair: tuple[int, int]) -> Floats:
        """Count people, (G + E, G + E): the smaller of those expected and those placed.

        Among those who answered at the first of two waves and of whom it is known where they are
        at the second.
        """
        material = self.ground.material
        start, end = pair
        known = material.present[:, start] & (
            material.present[:, end] | (self.who.exits[:, end] > 0)
        )
        sequence = self.data.row_to_pattern
        mine = known & (sequence >= 0)
        counts = np.bincount(
            sequence[mine], weights=material.people()[mine], minlength=self.data.n_patterns
        )
        posterior = self.paths.steps[:, start] if end == start + 1 else self.paths.first_last
        classes = np.einsum("p,pkl->kl", counts, posterior)
        expected = self.membership.T @ classes @ self.membership
        size = len(self.letters)
        of = self.membership.argmax(axis=1)
        cell = of[self.paths.viterbi[:, start]] * size + of[self.paths.viterbi[:, end]]
        placed = np.bincount(cell, weights=counts, minlength=size * size).reshape(size, size)
        return np.asarray(np.minimum(expected, placed), dtype=np.float64)


def destinations(ground: Ground) -> Destinations | None:
    """Fit the model with leaving as a destination of each step, from where the model stands.

    Transitions are as the model's; with rates, and where some never move, one matrix for each step
    of the plain form, as people leave at a wave and not at a rate.

    Returns
    -------
    Destinations or None
        None where nobody leaves.

    References
    ----------
    Bartolucci, F. & Farcomeni, A. (2015). A discrete time event-history approach to informative
    drop-out in mixed latent Markov models with covariates. Biometrics, 71(1), 80–89.
    https://doi.org/10.1111/biom.12224
    """
    who = leavers(ground)
    if not who.names:
        return None
    material, fit = ground.material, ground.model.fit
    design, used = material.design, material.used
    items, _ = measured_engine.engine_items(material.answers)
    weights = None if material.weights is None else np.where(used, material.weights, 0.0)
    freq = None if design is None or design.freq is None else np.where(used, design.freq, 0.0)
    data = SequenceData.collapse(
        items,
        len(material.waves),
        weights=weights,
        freq=freq,
        initial=None
        if material.initial is None
        else np.nan_to_num(material.initial.matrix, nan=0.0),
        transition=None if material.transition is None else material.transition.matrix,
        intervals=material.panel.intervals,
        exits=who.exits,
        absorbing=who.absorbing,
    )
    kind = fit.transitions_kind if fit.form == "plain" else "free"
    kind = "free" if kind == "rate" else kind
    again = fit_markov(
        data, fit.classes, kind, initial_state=_start(data, fit, kind), starts=1,
        dirichlet=fit.dirichlet,
    )  # fmt: skip
    again = again.reorder(nearest(fit.profiles, again.profiles))
    estimates = movement_estimates(data, again)
    apart = float(np.abs(again.initial - fit.initial).max())
    return Destinations(
        ground=ground,
        who=who,
        data=data,
        fit=again,
        paths=posterior(data, again),
        estimates=estimates,
        errors=_errors(ground, data, again, estimates),
        apart=apart,
    )


def _errors(
    ground: Ground, data: SequenceData, fit: MarkovFit, estimates: MovementEstimates
) -> Errors:
    from dataclasses import replace

    return errors_of(replace(ground.material, data=data), fit, estimates, ground.options)


def _start(data: SequenceData, fit: MarkovFit, kind: str) -> Floats:
    """Take the parameters of the model without destinations, and leaving as it is seen."""
    made = chain(data, fit.classes, kind, "plain", None, fit.dirichlet)
    state = np.zeros((made.n_state, made.lanes))
    classes, count = fit.classes, data.exits
    state[made.pieces[0].rows, classes:] = -60.0
    if fit.form == "plain":
        state[made.pieces[0].rows, :classes] = fit.state[fit.chain.pieces[0].rows, :classes]
    else:
        state[made.pieces[0].rows.start, :classes] = np.log(np.maximum(fit.initial, 1e-12))
    gone = data.exit_of[data.observed] > 0
    leaving = np.clip((data.weight @ gone) / data.weight.sum(), 0.01, 0.9)
    for piece in made.moves:
        step = piece.kinds.start or 0
        p = np.full(made.lanes, leaving[step + 1] / count)
        if piece.number < classes:
            p[:classes] = fit.transitions[step, piece.number] * (1.0 - leaving[step + 1])
        state[piece.rows] = 0.0
        state[piece.rows.start : piece.rows.start + piece.what.bases] = np.log(np.maximum(p, 1e-9))
    for piece, known in zip(made.items, fit.chain.items, strict=True):
        own = fit.state[known.rows, :classes]
        if own.shape[0] != piece.what.n_state:
            # With a random intercept an item has loadings too; its average profile will do.
            own = np.log(np.maximum(fit.profiles[piece.number], 1e-9))[: piece.what.n_state]
        state[piece.rows, :classes] = own
        state[piece.rows, classes:] = own[:, :1]
    return state


def destination_rows(found: Destinations) -> list[dict[str, Any]]:
    """Give a row per step (0: first to last wave), main group, and where its people go."""
    ground = found.ground
    return [row for pair in ground.pairs() for row in _rows_of(found, pair)]


def _rows_of(found: Destinations, pair: tuple[int, int]) -> list[dict[str, Any]]:
    ground, errors = found.ground, found.errors
    joint = found.joint(pair)
    probability = conditional(joint)
    known = None if errors.covariance is None else np.nan_to_num(errors.covariance, nan=0.0)
    error = probability.std_error(known)
    value = probability.value
    error = np.where((value > 1e-4) & (value < 1 - 1e-4) & (error > 0), error, np.nan)
    level = ground.options.conf_level
    low, high = intervals.probability_interval(value, error, level, errors.df)
    people = found.people(pair)
    origin = joint.value.sum(axis=1, keepdims=True) * ground.material.n
    how = np.where(np.isfinite(low), "logit", "").astype("U9")
    groups = np.arange(len(value)) < len(ground.letters)
    small = intervals.small_cells(value, origin) & np.isfinite(value) & groups[:, None]
    if errors.identified:
        worth = _worth(ground, value, error, origin)
        lower, upper = weak_interval(
            value, (np.nan_to_num(value) * worth + EACH) / (worth + EACH * len(value)),
            worth, EACH * len(value), level,
        )  # fmt: skip
        low, high = np.where(small, lower, low), np.where(small, upper, high)
        how = np.where(small, "dirichlet", how)
    kinds = (*["group"] * len(ground.letters), *found.who.kinds)
    return [
        {"step": pair[0] + 1 if pair[1] == pair[0] + 1 else 0}
        | ground.between(pair)
        | {
            "from": start,
            "to": end,
            "kind": kinds[h],
            "estimate": float(value[g, h]),
            "std_error": float(error[g, h]),
            "conf_low": float(low[g, h]),
            "conf_high": float(high[g, h]),
            "interval": str(how[g, h]),
            "n": float(people[g, h]),
            "joint": float(joint.value[g, h]),
        }
        for g, start in enumerate(ground.letters)
        for h, end in enumerate(found.letters)
    ]


def _worth(ground: Ground, value: Floats, error: Floats, origin: Floats) -> Floats:
    """How many people, each placed for certain and counted alike, does each origin rest on?

    By the median of p(1 − p)/s² over the destinations that have an error, never more than people.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        each = value * (1 - value) / error**2
    own = np.array([np.median(row[np.isfinite(row)]) if np.isfinite(row).any() else np.nan
                    for row in each])[:, None]  # fmt: skip
    effective = origin * ground.material.n_effective / ground.material.n
    worth = np.where(np.isfinite(own), own, effective * ground.model.criteria.accuracy)
    return np.asarray(np.broadcast_to(np.minimum(worth, np.maximum(origin, 1e-9)), value.shape))
