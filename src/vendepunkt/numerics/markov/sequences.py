"""People's answers over waves become distinct sequences of distinct answer patterns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.collapse import (
    Codes,
    Item,
    checked_weights,
    distinct_patterns,
    distinct_rows,
    len_of,
    product,
    sums,
)
from vendepunkt.numerics.items import FAMILY, Floats, ItemType, Membership
from vendepunkt.terms import DataError, UsageError

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Steps:
    """The distinct kinds of step from one wave to the next.

    Attributes
    ----------
    design
        ``(U, Q)`` covariates of the step with their constant; ``(U, 1)`` of ones without any.
    step
        ``(U,)`` which step it is, 0 for that from the first wave to the second.
    interval
        ``(U,)`` its length in years; NaN where not given.
    """

    design: Floats
    step: NDArray[np.int64]
    interval: Floats

    @property
    def plain(self) -> bool:
        """Whether there are no covariates."""
        return bool(self.design.shape[1] == 1)


@dataclass(frozen=True, slots=True)
class SequenceData:
    """What a latent Markov model sees of a panel.

    Attributes
    ----------
    items
        One bound item type for each item, in order.
    membership
        Membership at the first wave as an item over the distinct rows of covariates.
    waves
        ``T``.
    steps
        The distinct kinds of step.
    answers
        ``(W, J)`` distinct answer patterns of a wave; the number of values stands for missing.
    exit_of
        ``(W,)`` 0 for an answer pattern (an empty one included), e for being in exit e.
    observed
        ``(P, T)`` pattern of each wave of each distinct sequence.
    initial_row
        ``(P,)`` row of covariates of the first wave.
    step_row
        ``(P, T - 1)`` kind of each step.
    length
        ``(P,)`` waves up to the last one of which something is known.
    weight, weight_squared
        ``(P,)`` summed weights, scaled to mean 1 over the people used, and their summed squares.
    row_to_pattern
        ``(N,)`` sequence of each person, -1 for people of whom nothing is known.
    n, n_empty, weighted_n, scale, weighted, freq, row_weight
        As in :class:`vendepunkt.numerics.collapse.LatentData`, counted in people.
    absorbing
        For each exit whether there is no way back.
    """

    items: tuple[ItemType, ...]
    membership: Membership
    waves: int
    steps: Steps
    answers: Codes
    exit_of: NDArray[np.int64]
    observed: Codes
    initial_row: Codes
    step_row: Codes
    length: NDArray[np.int64]
    weight: Floats
    weight_squared: Floats
    row_to_pattern: Codes
    n: float
    n_empty: float
    weighted_n: float
    scale: float
    weighted: bool
    absorbing: tuple[bool, ...] = ()
    freq: Floats | None = field(default=None, repr=False)
    row_weight: Floats | None = field(default=None, repr=False)

    @property
    def n_patterns(self) -> int:
        """Number of distinct sequences."""
        return len(self.weight)

    @property
    def n_rows(self) -> int:
        """Number of people that came in."""
        return len(self.row_to_pattern)

    @property
    def exits(self) -> int:
        """Number of exits."""
        return len(self.absorbing)

    @property
    def totals(self) -> tuple[Floats, ...]:
        """Weighted answers of all waves by item, ``(V,)`` each."""
        people = np.zeros(len(self.answers))
        for t in range(self.waves):
            people += sums(self.observed[:, t], self.weight, len(self.answers))
        return tuple(
            sums(self.answers[:, j], people, item.n_values + 1)[:-1]
            for j, item in enumerate(self.items)
        )

    def part(self, size: int, rng: np.random.Generator) -> SequenceData:
        """Give the same model over `size` sequences drawn at random; it knows no people."""
        kept = np.sort(rng.choice(self.n_patterns, size, replace=False))
        return replace(
            self,
            observed=np.ascontiguousarray(self.observed[kept]),
            initial_row=self.initial_row[kept],
            step_row=np.ascontiguousarray(self.step_row[kept]),
            length=self.length[kept],
            weight=self.weight[kept],
            weight_squared=self.weight_squared[kept],
            row_to_pattern=np.zeros(0, dtype=np.int32),
            n=float(self.weight[kept].sum()),
            freq=None,
            row_weight=None,
        )

    @classmethod
    def collapse(
        cls,
        items: Sequence[Item],
        waves: int,
        *,
        weights: Floats | None = None,
        freq: Floats | None = None,
        initial: Floats | None = None,
        transition: Floats | None = None,
        intervals: Floats | None = None,
        exits: NDArray[np.integer] | None = None,
        absorbing: Sequence[bool] = (),
    ) -> SequenceData:
        """Collapse people to distinct sequences.

        Parameters
        ----------
        items
            At least one, all over the same N·T rows: wave t of person i is row ``i * T + t``.
        waves
            T, 1 or more.
        weights
            ``(N,)`` sampling weights, 0 or more; scaled to mean 1 over the people used.
        freq
            ``(N,)`` how many people each row stands for.
        initial
            ``(N, Q0)`` design matrix of the class at the first wave, with its constant.
        transition
            ``(N, T - 1, Q)`` design matrix of each step, with its constant first.
        intervals
            ``(T - 1,)`` years from each wave to the next, above 0.
        exits
            ``(N, T)`` 0 where a person is in one of the classes, asked or not; e where the person
            is known to be in exit e. Nobody may be in an exit at the first wave.
        absorbing
            For each exit 1, 2, … whether there is no way back.

        Raises
        ------
        UsageError, DataError
            If lengths do not fit, nobody has an answer, or somebody comes back from where there
            is no way back.

        Examples
        --------
        >>> import numpy as np
        >>> item = Item("binary", np.array([0, 0, 1, -1, 0, 0]), np.array([0.0, 1.0]))
        >>> data = SequenceData.collapse([item], 2)
        >>> data.n, data.n_patterns
        (3.0, 2)
        """
        people = _people(items, waves)
        design, initial_row = distinct_rows(initial, people)
        steps, step_row = _steps(transition, intervals, waves, people)
        out = _exits(exits, absorbing, waves, people)
        answers, exit_of, observed, known = _wave_patterns(items, out, waves)
        columns = [initial_row, *step_row.T, *observed.T]
        sizes = [len(design), *[len(steps.step)] * (waves - 1), *[len(answers)] * waves]
        keys, pattern = distinct_patterns(columns, sizes)
        sequence = keys[:, waves:]
        # Who is not known to have left is in a class, also after the last answer.
        length = _length(known[sequence], whole=len(absorbing) > 0)
        answered = ((exit_of[sequence] == 0) & known[sequence]).any(axis=1)
        counted = _weighed(pattern, len(keys), weights, freq)
        used = answered & (counted.people > 0)
        n, weighted_n = float(counted.people[used].sum()), float(counted.weight[used].sum())
        if n <= 0 or weighted_n <= 0:
            raise DataError("no_answers", "Nobody has an answer to any of the items.")
        scale = n / weighted_n
        number = np.where(used, np.cumsum(used) - 1, -1).astype(np.int32)
        row_to_pattern = number[pattern]
        if counted.each is not None:
            row_to_pattern = np.where(counted.each > 0, row_to_pattern, -1).astype(np.int32)
        return cls(
            items=tuple(FAMILY[item.kind](item.values, item.shape) for item in items),
            membership=Membership(design),
            waves=waves,
            steps=steps,
            answers=answers,
            exit_of=exit_of,
            observed=np.ascontiguousarray(sequence[used]),
            initial_row=np.ascontiguousarray(keys[used, 0]),
            step_row=np.ascontiguousarray(keys[used, 1:waves]),
            length=length[used],
            weight=counted.weight[used] * scale,
            weight_squared=counted.squared[used] * scale**2,
            row_to_pattern=row_to_pattern,
            n=n,
            n_empty=float(counted.people[~answered].sum()),
            weighted_n=weighted_n,
            scale=scale,
            weighted=weights is not None,
            absorbing=tuple(bool(mark) for mark in absorbing),
            freq=None if freq is None else counted.each,
            row_weight=counted.own,
        )


@dataclass(frozen=True, slots=True)
class _Weighed:
    """People and weights of each pattern; how many people each row is, and its own weight."""

    people: Floats
    weight: Floats
    squared: Floats
    each: Floats | None
    own: Floats | None


def _weighed(pattern: Codes, count: int, weights: Floats | None, freq: Floats | None) -> _Weighed:
    """Add people and weights up by pattern."""
    each = None if freq is None else checked_weights(freq, "freq")
    own = None if weights is None else checked_weights(weights, "weight")
    raw = product(each, own)
    if own is not None:
        # Nobody is counted who has no weight: such a person says nothing.
        each = product(each, (own > 0).astype(np.float64))
    return _Weighed(
        sums(pattern, each, count),
        sums(pattern, raw, count),
        sums(pattern, product(raw, own), count),
        each,
        own,
    )


def _people(items: Sequence[Item], waves: int) -> int:
    if not items:
        raise UsageError("no_items", "No item was given.", try_="--items a,b,c")
    rows = len(items[0].codes)
    if waves < 1 or rows % waves or any(len(item.codes) != rows for item in items):
        raise UsageError(
            "bad_waves",
            f"Items have {', '.join(str(len(item.codes)) for item in items)} rows for "
            f"{waves} waves.",
            allowed="people times waves, the same for every item",
        )
    return rows // waves


def _steps(
    transition: Floats | None, intervals: Floats | None, waves: int, people: int
) -> tuple[Steps, Codes]:
    """Give the distinct kinds of step and which of them each person takes, ``(N, T - 1)``."""
    length = np.full(max(waves - 1, 0), np.nan)
    if intervals is not None:
        length = np.asarray(intervals, dtype=np.float64)
        if length.shape != (waves - 1,) or not (length > 0).all():
            raise UsageError(
                "bad_intervals",
                f"The intervals between waves are {length.tolist()}.",
                allowed=f"{waves - 1} numbers of years above 0",
            )
    if transition is None:
        number = np.arange(waves - 1)
        row = np.broadcast_to(number.astype(np.int32), (people, waves - 1))
        return Steps(np.ones((waves - 1, 1)), number.astype(np.int64), length), row
    given = np.asarray(transition, dtype=np.float64)
    if given.ndim != 3 or given.shape[:2] != (people, waves - 1):
        raise UsageError(
            "bad_transition",
            f"The covariates of the steps have the shape {given.shape}.",
            allowed=f"({people}, {waves - 1}, number of covariates)",
        )
    step = np.broadcast_to(np.arange(waves - 1), (people, waves - 1))
    rows = np.concatenate([step[:, :, None], given], axis=2).reshape(-1, 1 + given.shape[2])
    found, inverse = distinct_rows(rows, len(rows))
    number = found[:, 0].astype(np.int64)
    design = np.ascontiguousarray(found[:, 1:])
    return Steps(design, number, length[number]), inverse.reshape(people, waves - 1)


def _exits(
    exits: NDArray[np.integer] | None, absorbing: Sequence[bool], waves: int, people: int
) -> NDArray[np.int64]:
    if exits is None:
        return np.zeros((people, waves), dtype=np.int64)
    found = np.asarray(exits, dtype=np.int64)
    if found.shape != (people, waves) or found.min() < 0 or found.max() > len(absorbing):
        raise UsageError(
            "bad_exits",
            f"The exits have the shape {found.shape} and run to {found.max(initial=0)}.",
            allowed=f"({people}, {waves}), numbers 0 to {len(absorbing)}",
        )
    if (found[:, 0] > 0).any():
        raise DataError(
            "exit_at_first_wave",
            f"{int((found[:, 0] > 0).sum())} people have left before the first wave.",
            try_="leave them out",
        )
    final = np.isin(found, 1 + np.flatnonzero(np.asarray(absorbing, dtype=bool)))
    back = final[:, :-1] & (found[:, 1:] != found[:, :-1])
    if back.any():
        raise DataError(
            "back_from_exit",
            f"{int(back.any(axis=1).sum())} people come back from where there is no way back.",
            try_="carry the first reason for leaving forward, or let the exit not be absorbing",
        )
    return found


def _wave_patterns(
    items: Sequence[Item], out: NDArray[np.int64], waves: int
) -> tuple[Codes, NDArray[np.int64], Codes, Bools]:
    """Give the distinct patterns of a wave, their exit, those of each person, and whether known."""
    gone = out.reshape(-1)
    codes = [np.where(gone > 0, -1, item.codes).astype(np.int32) for item in items]
    top = int(gone.max(initial=0)) + 1
    keys, pattern = distinct_patterns(
        [gone.astype(np.int32), *codes], [top, *(len_of(item) for item in items)]
    )
    missing = np.array([len_of(item) for item in items])
    exit_of = keys[:, 0].astype(np.int64)
    answers = np.ascontiguousarray(keys[:, 1:])
    known = (answers != missing).any(axis=1) | (exit_of > 0)
    return answers, exit_of, pattern.reshape(-1, waves), known


def _length(known: Bools, *, whole: bool) -> NDArray[np.int64]:
    """Give the number of waves up to the last known one, at least 1; all of them if `whole`."""
    waves = known.shape[1]
    if whole:
        return np.full(len(known), waves, dtype=np.int64)
    last = waves - np.argmax(known[:, ::-1], axis=1)
    return np.where(known.any(axis=1), last, 1).astype(np.int64)
