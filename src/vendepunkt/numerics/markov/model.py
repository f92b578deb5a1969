"""A latent Markov model laid out: its pieces, and what each is to the chain.

Every piece (the first wave's membership, the destinations of an origin, an item) is seen as an
item over its distinct values, as in :mod:`vendepunkt.numerics.items`: so one code differentiates
and moves them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.collapse import Codes, distinct_rows
from vendepunkt.numerics.compile import LANES
from vendepunkt.numerics.em.layout import Layout
from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.markov.destination import Destination
from vendepunkt.numerics.markov.forms import FORMS, Form, Spread
from vendepunkt.numerics.markov.intercept import FixedItem, InterceptItem
from vendepunkt.numerics.markov.rates import Rates
from vendepunkt.numerics.markov.sequences import SequenceData
from vendepunkt.numerics.markov.stayers import MoverStayerMembership
from vendepunkt.terms import UsageError, choose

#: How transition probabilities may differ between steps.
TRANSITIONS: Final = ("constant", "free", "rate")
Role = Literal["initial", "transition", "item"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of the model.

    Attributes
    ----------
    what
        The piece as an item: knows its densities, maximum and derivatives.
    role, number
        What it is to the chain; which item, or which origin (-1: all origins).
    rows
        Its rows of the state.
    kinds
        Kinds of step it is about.
    spread
        Which components it belongs to.
    lanes
        Columns of the state it uses.
    """

    what: Any
    role: Role
    number: int
    rows: slice
    kinds: slice
    spread: Spread
    lanes: int

    def density(self, state: Floats) -> Floats:
        """Give its log densities, ``(V, columns)``."""
        return np.asarray(self.what.log_density(state[self.rows, : self.lanes]))


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of one set of parameters: counts by component and state.

    Attributes
    ----------
    initial
        ``(R, G, M)``.
    trans
        ``(M, U, G, M)``.
    items
        ``(V, G, M)`` for each item.
    loglik
        Weighted log-likelihood.
    """

    initial: Floats
    trans: Floats
    items: tuple[Floats, ...]
    loglik: float

    def of(self, piece: Piece) -> Floats:
        """Give what is expected of a piece, ``(V, columns)``."""
        if piece.role == "transition":
            if piece.number < 0:
                whole = self.trans.reshape(-1, *self.trans.shape[2:])
            else:
                whole = self.trans[piece.number, piece.kinds]
        else:
            whole = self.initial if piece.role == "initial" else self.items[piece.number]
            whole = whole[..., : piece.lanes]
        if piece.spread == "each":
            return np.ascontiguousarray(whole.reshape(len(whole), -1))
        return np.ascontiguousarray(whole[:, 0] if piece.spread == "movers" else whole.sum(axis=1))


@dataclass(frozen=True, slots=True)
class Chain:
    """A latent Markov model of some sequences.

    Attributes
    ----------
    data
        The sequences.
    classes, lanes
        K classes and M states: the classes, then the exits.
    form, components
        The form and its number of chains, G.
    node_weight
        ``(G,)`` probability of each component, where it is known.
    transitions
        One of :data:`TRANSITIONS`.
    pieces
        Membership at the first wave, transitions, items; in the order of the state.
    n_state
        Rows of the state ``(D, M)``.
    step_row
        ``(P, T - 1)`` kind of step as this model tells them apart.
    step_of
        ``(U,)`` one step (0, 1, …) each kind of step is of; -1 where it is of several.
    kind_of_step
        ``(kinds in the data,)`` kind in this model of each kind of step in the data.
    fast
        Whether the compiled functions know every piece.
    layout
        Where parameters and densities lie for them.
    prior
        Weight of the Dirichlet prior.
    """

    data: SequenceData
    classes: int
    lanes: int
    form: Form
    components: int
    node_weight: Floats
    transitions: str
    pieces: tuple[Piece, ...]
    n_state: int
    step_row: Codes
    n_kinds: int
    kind_of_step: NDArray[np.int64]
    fast: bool
    layout: Layout
    prior: float

    @property
    def items(self) -> tuple[Piece, ...]:
        """The items."""
        return tuple(piece for piece in self.pieces if piece.role == "item")

    @property
    def moves(self) -> tuple[Piece, ...]:
        """The pieces of the transitions."""
        return tuple(piece for piece in self.pieces if piece.role == "transition")

    @property
    def smooth(self) -> bool:
        """Whether the maximum is a zero of the plain gradient."""
        return self.prior == 0 and self.layout.accelerated

    @property
    def leaping(self) -> tuple[int, NDArray[np.int64]]:
        """Give the rows of the state that are log-odds, and the items whose leaps are projected."""
        spec = self.layout.spec
        if any(piece.what.kernel_kind < 0 for piece in self.items):
            return self.n_state, spec[:0]
        return self.items[0].rows.start, spec

    @property
    def n_parameters(self) -> int:
        """Parameters, those at a boundary included."""
        return int(sum(piece.what.n_parameters(piece.lanes) for piece in self.pieces))

    @property
    def starts_per_block(self) -> int:
        """How many starts one block of lanes carries."""
        return max(LANES // (self.lanes * self.components), 1)

    def over(self, data: SequenceData) -> Chain:
        """Give the same model over other sequences of the same items."""
        from dataclasses import replace

        return replace(
            self,
            data=data,
            step_row=_renumbered(self.kind_of_step, data),
        )

    def initial(self, state: Floats) -> Floats:
        """Give the probabilities of the first wave, ``(R, G, M)``."""
        piece = self.pieces[0]
        p = np.exp(piece.density(state))
        out = np.zeros((len(p), self.components, self.lanes))
        if piece.spread == "each":
            out[:, :, : self.classes] = p.reshape(len(p), self.components, self.classes)
        else:
            out[:, :, : self.classes] = p[:, None, :] * self.node_weight[:, None]
        return out

    def trans(self, state: Floats) -> Floats:
        """Give the transition probabilities, ``(M, U, G, M)``; who cannot move stays."""
        out = np.zeros((self.lanes, self.n_kinds, self.components, self.lanes))
        for j in range(self.lanes):
            out[j, :, :, j] = 1.0
        for piece in self.moves:
            p = np.exp(piece.density(state))
            own = slice(0, 1) if piece.spread == "movers" else slice(None)
            if piece.number < 0:
                out[:, :, own] = p.reshape(self.lanes, self.n_kinds, 1, self.lanes)
            else:
                out[piece.number, piece.kinds, own] = p[:, None, :]
        return out

    def densities(self, state: Floats) -> list[Floats]:
        """Give the log densities of each item's values, no answer last: ``(V + 1, G, K)``."""
        found = []
        for piece in self.items:
            log = piece.density(state)
            shape = (len(log), self.components, self.classes)
            wide = log.reshape(shape) if piece.spread == "each" else log[:, None, :]
            nothing = np.zeros((1, self.components, self.classes))
            found.append(np.concatenate([np.broadcast_to(wide, shape), nothing]))
        return found

    def maximise(self, state: Floats, expected: Expected) -> Floats:
        """Give the next state of one EM step."""
        out = state.copy()
        for piece in self.pieces:
            own = state[piece.rows, : piece.lanes]
            out[piece.rows, : piece.lanes] = piece.what.maximise(
                expected.of(piece), own, self.prior
            )
        return out


def chain(
    data: SequenceData,
    classes: int,
    transitions: str = "constant",
    form: str = "plain",
    fixed: Sequence[Floats] | None = None,
    prior: float = 0.0,
) -> Chain:
    """Lay out a latent Markov model.

    Parameters
    ----------
    data
        The sequences.
    classes
        1 or more; with exits and components at most 64 lanes in all.
    transitions
        ``"constant"``: the same at every step; ``"free"``: of each step its own; ``"rate"``:
        rates per year, for waves of unequal distance.
    form
        A key of :data:`vendepunkt.numerics.markov.forms.FORMS`.
    fixed
        ``(V, K)`` profiles held fixed, one for each item; None estimates them.
    prior
        Weight of the Dirichlet prior; 0 for maximum likelihood.

    Raises
    ------
    UsageError
        If the model cannot be had from these data.
    """
    choose(transitions, TRANSITIONS, "transitions")
    choose(form, tuple(FORMS), "form")
    shape = FORMS[form]
    _check(data, classes, transitions, shape, fixed)
    lanes = classes + data.exits
    components = shape.components(lanes)
    node, weight = shape.nodes(lanes)
    kinds, design, interval = _kinds(data, transitions)
    membership = (
        MoverStayerMembership(data.membership.design)
        if shape.initial == "each"
        else data.membership
    )
    pieces = [Piece(membership, "initial", 0, slice(0, membership.n_state), slice(0),
                    shape.initial, classes)]  # fmt: skip
    row = membership.n_state
    for what, number, own in _moves(data, classes, lanes, transitions, design, interval):
        rows = slice(row, row + what.n_state)
        pieces.append(Piece(what, "transition", number, rows, own, shape.transition, lanes))
        row += what.n_state
    between = row - data.membership.n_state
    for j, item in enumerate(data.items):
        what = item
        if fixed is not None:
            what = FixedItem(item.values, fixed[j])
        elif shape.intercept:
            what = InterceptItem(item.values, node, weight)
        rows = slice(row, row + what.n_state)
        pieces.append(Piece(what, "item", j, rows, slice(0), shape.item, classes))
        row += what.n_state
    codes = np.column_stack([np.zeros(len(data.answers), dtype=np.int32), data.answers])
    return Chain(
        data=data,
        classes=classes,
        lanes=lanes,
        form=shape,
        components=components,
        node_weight=weight,
        transitions=transitions,
        pieces=tuple(pieces),
        n_state=row,
        step_row=_renumbered(kinds, data),
        n_kinds=len(design),
        kind_of_step=kinds,
        fast=form == "plain" and fixed is None and transitions != "rate",
        layout=Layout.lay(data.membership, data.items, codes, between),
        prior=prior,
    )


def _renumbered(kinds: NDArray[np.int64], data: SequenceData) -> Codes:
    if data.waves == 1:
        return np.zeros((data.n_patterns, 0), dtype=np.int32)
    return np.ascontiguousarray(kinds.astype(np.int32)[data.step_row])


def _check(
    data: SequenceData,
    classes: int,
    transitions: str,
    form: Form,
    fixed: Sequence[Floats] | None,
) -> None:
    most = form.most_lanes - data.exits
    if not 1 <= classes <= most:
        raise UsageError(
            "bad_classes", f"classes is {classes}.", allowed=f"a whole number 1 to {most}"
        )
    if data.waves < form.least_waves:
        raise UsageError(
            "too_few_waves",
            f"The form {form.name} cannot be told apart with {data.waves} waves.",
            allowed=f"{form.least_waves} waves or more",
            try_="the form plain",
        )
    if form.name == "mover_stayer" and len(data.items) == 1 and data.waves < 4:
        raise UsageError(
            "too_few_waves",
            "With one item, movers and stayers cannot be told apart in fewer than 4 waves.",
            allowed="4 waves or more, or more items",
            try_="the form plain",
        )
    if form.name != "plain" and data.exits:
        raise UsageError(
            "form_with_exits",
            f"The form {form.name} cannot be fitted together with exits as destinations.",
            allowed="the form plain",
            try_="people who left count as not answering",
        )
    if form.intercept and any(item.kernel_kind not in (0, 1) for item in data.items):
        raise UsageError(
            "form_with_numbers",
            "A random intercept is for items with categories.",
            allowed="binary, nominal and ordinal items",
        )
    if transitions == "rate" and np.isnan(data.steps.interval).any():
        raise UsageError(
            "no_intervals",
            "Rates per year need the years between the waves.",
            try_="waves named by their year, or the times of the waves",
        )
    if fixed is not None and len(fixed) != len(data.items):
        raise UsageError(
            "bad_fixed", f"{len(fixed)} profiles are held fixed for {len(data.items)} items."
        )


def _kinds(data: SequenceData, transitions: str) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Tell steps apart as the model does: the kind of each, their design and their intervals."""
    steps = data.steps
    if transitions == "constant":
        told = steps.design
    elif transitions == "rate":
        told = np.column_stack([steps.interval, steps.design])
    else:
        each = np.eye(max(data.waves - 1, 1))[steps.step]
        told = np.column_stack([each, steps.design[:, 1:]])
    rows, kinds = distinct_rows(told, len(told))
    if transitions == "free":
        # In the order of the steps: the constant of the first step comes first.
        rows, kinds = rows[::-1], (len(rows) - 1 - kinds).astype(np.int32)
    if transitions == "rate":
        return kinds.astype(np.int64), np.ascontiguousarray(rows[:, 1:]), rows[:, 0]
    return kinds.astype(np.int64), np.ascontiguousarray(rows), np.full(len(rows), np.nan)


def _moves(
    data: SequenceData,
    classes: int,
    lanes: int,
    transitions: str,
    design: Floats,
    interval: Floats,
) -> list[tuple[Any, int, slice]]:
    """Give the pieces of the transitions: what, origin, and kinds of step."""
    if data.waves == 1 or lanes == 1:
        return []
    open_ = np.concatenate([np.ones(classes, bool), ~np.asarray(data.absorbing, bool)])
    if transitions == "rate":
        return [(Rates(design, interval, lanes, open_), -1, slice(None))]
    found: list[tuple[Any, int, slice]] = []
    for origin in np.flatnonzero(open_):
        if data.steps.plain:
            # Nobody is in an exit before the first step: it has no transitions from there.
            first = transitions == "free" and origin >= classes
            found += [
                (Destination(np.ones((1, 1)), int(origin), 1), int(origin), slice(u, u + 1))
                for u in range(len(design))
                if not (first and design[u, 0] == 1)
            ]
        else:
            bases = data.waves - 1 if transitions == "free" else 1
            found.append((Destination(design, int(origin), bases), int(origin), slice(None)))
    return found
