"""Transitions between observed states: counts, probabilities and influence values.

Nothing is assumed about error of measurement: what was answered is taken as the state. Wherever
answers are uncertain, error looks like movement; the latent models are made for that.

References
----------
.. [1] Anderson, T. W. & Goodman, L. A. (1957). Statistical inference about Markov chains.
   *Annals of Mathematical Statistics*, 28, 89–110. doi:10.1214/aoms/1177707039
.. [2] Binder, D. A. (1983). On the variances of asymptotically normal estimators from complex
   surveys. *International Statistical Review*, 51, 279–292. doi:10.2307/1402588
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vendepunkt.numerics.errors import Influence, VarianceOfTotal
from vendepunkt.numerics.markov.observed_patterns import Patterns, collapse_states
from vendepunkt.terms import UsageError, choose

Floats = NDArray[np.float64]
Step = tuple[int, int]

#: What a probability of a cell is a share of.
KINDS = ("origin", "joint")


@dataclass(frozen=True)
class ObservedTransitions:
    """How many went from each state to each other, in each step and group.

    Attributes
    ----------
    n_states : int
        M states.
    steps : tuple of (int, int)
        The S pairs of waves, counted from 0.
    counts : ndarray of shape (G, S, M, M)
        People by group, step, state at the start and state at the end; unweighted.
    weighted : ndarray of shape (G, S, M, M)
        Sums of their weights.
    squared : ndarray of shape (G, S, M, M)
        Sums of their squared weights.
    through_gaps : bool
        Whether a step is taken by those only who gave no answer in between, so that steps of
        different length add up to one likelihood.
    patterns : Patterns or None
        The distinct sequences, the way back to people; None where only counts came in.
    """

    n_states: int
    steps: tuple[Step, ...]
    counts: Floats
    weighted: Floats
    squared: Floats
    through_gaps: bool = False
    patterns: Patterns | None = field(default=None, repr=False)

    @property
    def groups(self) -> int:
        """Number of groups."""
        return len(self.counts)

    @cached_property
    def probabilities(self) -> Floats:
        """Share of those who started in a state, (G, S, M, M); nan where nobody did."""
        return _shares(self.weighted, self.weighted.sum(axis=-1, keepdims=True))

    @cached_property
    def joint(self) -> Floats:
        """Share of everybody in the step, (G, S, M, M); nan where there is nobody."""
        return _shares(self.weighted, self.weighted.sum(axis=(-2, -1), keepdims=True))

    @cached_property
    def n_origin(self) -> Floats:
        """People who started in each state, (G, S, M); unweighted."""
        return np.asarray(self.counts.sum(axis=-1))

    @cached_property
    def effective_n(self) -> Floats:
        """Size of an equally weighted origin of the same precision, (Σw)²/Σw², (G, S, M)."""
        squared = self.squared.sum(axis=-1)
        total = self.weighted.sum(axis=-1)
        size: Floats = np.zeros_like(total)
        np.divide(total**2, squared, out=size, where=squared > 0)
        return size

    @property
    def chain(self) -> tuple[int, ...]:
        """Numbers of the steps from wave to next wave."""
        return tuple(i for i, (begin, end) in enumerate(self.steps) if end == begin + 1)

    @property
    def weights_matter(self) -> bool:
        """Whether people count unequally."""
        return not (
            np.array_equal(self.counts, self.weighted) and np.array_equal(self.counts, self.squared)
        )

    def values(self, kind: str = "origin") -> Floats:
        """Give the influence of each pattern on each probability, (P, G·S·M·M).

        Parameters
        ----------
        kind : {"origin", "joint"}
            :attr:`probabilities` or :attr:`joint`. Columns run over destinations fastest; the
            column of a probability that is not known is 0.

        Raises
        ------
        UsageError
            With code ``only_counts`` where no people came in.
        """
        choose(kind, KINDS, "kind")
        found = self._people()
        groups, size = self.groups, self.n_states
        out = np.zeros((len(found.group), groups, len(self.steps), size, size))
        for s, step in enumerate(self.steps):
            taken, begin, end = found.step(step, through_gaps=self.through_gaps)
            group = found.group[taken]
            total = self.weighted[:, s].sum(axis=-1)
            if kind == "origin":
                share = self.probabilities[group, s, begin]
                each = 1.0 / total[group, begin]
                out[taken, group, s, begin] = -share * each[:, None]
            else:
                share = self.joint[group, s]
                each = 1.0 / total.sum(axis=-1)[group]
                out[taken, group, s] = -share * each[:, None, None]
            out[taken, group, s, begin, end] += each
        return out.reshape(len(found.group), -1)

    def influence(self, kind: str = "origin") -> Influence:
        """Give the influence values of the probabilities with the way back to people.

        Parameters
        ----------
        kind : {"origin", "joint"}
            As in :meth:`values`.

        Returns
        -------
        Influence
            The estimate differs from the truth by about the sum over people of weight times value.
        """
        return Influence(self.values(kind), self._people().row_to_pattern, self.names)

    @property
    def names(self) -> tuple[str, ...]:
        """What each cell is, such as ``"group 1 wave 1-2 from 1 to 3"``, in the order of values."""
        cells = np.ndindex(self.groups, len(self.steps), self.n_states, self.n_states)
        return tuple(
            f"group {g + 1} wave {self.steps[s][0] + 1}-{self.steps[s][1] + 1} "
            f"from {j + 1} to {k + 1}"
            for g, s, j, k in cells
        )

    def at_risk(self, group: int, step: int, state: int) -> NDArray[np.bool_]:
        """Tell which patterns take part in a step from a state, (P,)."""
        found = self._people()
        taken, begin, _ = found.step(self.steps[step], through_gaps=self.through_gaps)
        mask = np.zeros(len(found.group), dtype=np.bool_)
        mask[taken[(begin == state) & (found.group[taken] == group)]] = True
        return mask

    def covariance(self, design: VarianceOfTotal | None = None, kind: str = "origin") -> Floats:
        """Give the covariance of all probabilities, (G·S·M·M, G·S·M·M).

        Parameters
        ----------
        design
            The sampling design of the people; without one they count as drawn one by one.
        kind : {"origin", "joint"}
            As in :meth:`values`. From counts alone ``"origin"`` only: whose steps are whose is not
            known then, and steps count as independent, which they are in a Markov chain.
        """
        if design is not None:
            return design.variance(self.values(kind), self._people().row_to_pattern).covariance
        if self.patterns is not None:
            values = self.values(kind)
            return np.asarray((values * self.patterns.squared[:, None]).T @ values)
        if kind != "origin":
            raise _only_counts()
        return _block_diagonal(self.row_covariance())

    def row_covariance(self) -> Floats:
        """Give the covariance within each row, people drawn one by one, (G, S, M, M, M)."""
        total = self.weighted.sum(axis=-1)
        share = np.nan_to_num(self.probabilities)
        own = share[..., :, None] * self.squared[..., None, :]
        spread = np.eye(self.n_states) * self.squared[..., None, :] - own - np.swapaxes(own, -1, -2)
        spread += share[..., :, None] * share[..., None, :] * self.squared.sum(-1)[..., None, None]
        there = (total > 0)[..., None, None]
        variance: Floats = np.zeros_like(spread)
        np.divide(spread, total[..., None, None] ** 2, out=variance, where=there)
        return variance

    def _people(self) -> Patterns:
        if self.patterns is None:
            raise _only_counts()
        return self.patterns


def observed_transitions(
    states: ArrayLike,
    n_states: int,
    *,
    weights: ArrayLike | None = None,
    freq: ArrayLike | None = None,
    group: ArrayLike | None = None,
    steps: Sequence[Step] | None = None,
    through_gaps: bool = False,
) -> ObservedTransitions:
    """Who went from which state to which?

    Parameters
    ----------
    states : array_like of int, shape (N, T)
        State of each person at each wave, 0 … M − 1; -1 where it is not known.
    n_states : int
        M.
    weights : array_like of shape (N,), optional
        Sampling weights, 0 or more.
    freq : array_like of shape (N,), optional
        How many people a row stands for.
    group : array_like of int, shape (N,), optional
        Group of each person, 0 … G − 1; -1 for none, who is left out.
    steps : sequence of (int, int), optional
        Pairs of waves, counted from 0. If absent: each wave to the next, then the first wave to
        each later one ("from baseline").
    through_gaps : bool
        Take from each person the steps from each answer to that person's next answer, over waves
        without one. If `steps` is absent they are all pairs of waves that occur.

    Returns
    -------
    ObservedTransitions

    Raises
    ------
    DataError
        With code ``bad_states``, ``bad_group``, ``bad_weight``, ``bad_freq`` or ``no_answers``.
    UsageError
        With code ``bad_step``.

    Examples
    --------
    >>> found = observed_transitions([[0, 0, 1], [0, 1, 1], [1, 1, -1]], 2)
    >>> found.steps
    ((0, 1), (1, 2), (0, 2))
    >>> found.probabilities[0, 0].tolist()
    [[0.5, 0.5], [0.0, 1.0]]
    """
    found = collapse_states(states, n_states, weights=weights, freq=freq, group=group)
    chosen = _chosen_steps(steps, found, through_gaps=through_gaps)
    groups = found.n_groups
    shape = (groups, len(chosen), n_states, n_states)
    counts, weighted, squared = (np.zeros(shape) for _ in range(3))
    for s, step in enumerate(chosen):
        taken, begin, end = found.step(step, through_gaps=through_gaps)
        cell = (found.group[taken] * n_states + begin) * n_states + end
        for table, amount in (
            (counts, found.people),
            (weighted, found.weight),
            (squared, found.squared),
        ):
            total = np.bincount(cell, amount[taken], minlength=groups * n_states**2)
            table[:, s] = total.reshape(groups, n_states, n_states)
    return ObservedTransitions(n_states, chosen, counts, weighted, squared, through_gaps, found)


def checked_steps(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Read pairs of waves, each from a wave to a later one.

    Raises
    ------
    UsageError
        With code ``bad_step``.
    """
    chosen = tuple((int(begin), int(end)) for begin, end in steps)
    for begin, end in chosen:
        if not 0 <= begin < end:
            raise UsageError(
                "bad_step",
                f"A step goes from wave {begin + 1} to wave {end + 1}.",
                allowed="from a wave to a later one",
            )
    return chosen


def _shares(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def _only_counts() -> UsageError:
    return UsageError(
        "only_counts",
        "Only counts of moves are known, not whose they are.",
        try_="the states of the people, person by wave",
    )


def _chosen_steps(
    steps: Sequence[Step] | None, found: Patterns, *, through_gaps: bool
) -> tuple[Step, ...]:
    waves = found.codes.shape[1]
    if steps is not None:
        chosen = checked_steps(steps)
        if any(end >= waves for _, end in chosen):
            raise UsageError("bad_step", "A step goes beyond the last wave.", allowed=f"{waves}")
        return chosen
    if not through_gaps:
        nexts = [(t, t + 1) for t in range(waves - 1)]
        return tuple(nexts + [(0, t) for t in range(2, waves)])
    pairs = [(a, b) for width in range(1, waves) for a, b in _of_width(width, waves)]
    return tuple(pair for pair in pairs if len(found.step(pair, through_gaps=True)[0]))


def _of_width(width: int, waves: int) -> list[Step]:
    return [(t, t + width) for t in range(waves - width)]


def _block_diagonal(blocks: Floats) -> Floats:
    size = blocks.shape[-1]
    rows = blocks.reshape(-1, size, size)
    out = np.zeros((len(rows), size, len(rows), size))
    each = np.arange(len(rows))
    out[each, :, each, :] = rows
    return out.reshape(len(rows) * size, -1)
