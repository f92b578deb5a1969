"""Step three: movement between classes from where people were placed, errors of placing known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.collapse import Codes, Item
from vendepunkt.numerics.groups import split_by_group
from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.markov import MarkovFit, SequenceData, fit_markov
from vendepunkt.numerics.search import Progress
from vendepunkt.numerics.threestep.assignment import Assignment
from vendepunkt.terms import DataError, UsageError

#: Placing in proportion makes every path of every person a row: at most so many.
MOST_ROWS = 4_000_000


@dataclass(frozen=True, slots=True)
class Placings:
    """Each distinct person's possible placings over the waves, as rows.

    Attributes
    ----------
    people
        The people by all their answers and covariates.
    latent
        ``(P, T)`` pattern of each of their waves in that wave's measurement model, -1 for none.
    owner
        ``(R,)`` the person of each row.
    codes
        ``(R, T)`` class the row is placed in, -1 for none.
    """

    people: SequenceData
    latent: Codes
    owner: NDArray[np.int64]
    codes: NDArray[np.int32]

    def fractions(self, rules: Sequence[Floats]) -> Floats:
        """Give the share of its person that each row stands for; `rules` ``(·, K)`` by wave."""
        found = np.ones(len(self.owner))
        for t, rule in enumerate(rules):
            pattern, code = self.latent[self.owner, t], self.codes[:, t]
            found *= np.where(code >= 0, rule[pattern, np.maximum(code, 0)], 1.0)
        return found


@dataclass(frozen=True, slots=True)
class Structure:
    """What step three asks of movement, over people.

    Attributes
    ----------
    transitions, initial, transition, intervals, exits, absorbing, dirichlet
        As in :func:`three_step`.
    """

    transitions: str
    initial: Floats | None
    transition: Floats | None
    intervals: Floats | None
    exits: NDArray[np.integer[Any]] | None
    absorbing: tuple[bool, ...]
    dirichlet: float


@dataclass(frozen=True, slots=True)
class ThreeStep:
    """Movement between classes, fitted in three steps.

    Attributes
    ----------
    assignment
        Steps one and two.
    fit
        Step three: a latent Markov model whose only item is where people were placed, with the
        errors of placing as its known profile.
    data
        What it was fitted to.
    placings
        The people and their placings.
    row
        ``(R,)`` sequence in `data` of each placing.
    structure
        What step three was asked.
    """

    assignment: Assignment
    fit: MarkovFit
    data: SequenceData
    placings: Placings
    row: Codes
    structure: Structure = field(repr=False)

    def __repr__(self) -> str:
        measured = self.assignment.measurement
        return (
            f"ThreeStep({measured.classes} classes over {measured.waves} waves, "
            f"{self.assignment.rule} placing, {self.assignment.correct.mean():.0%} expected to be "
            f"placed right{'' if self.fit.converged else ', NOT CONVERGED'})"
        )


def three_step(
    assignment: Assignment,
    transitions: str = "free",
    *,
    initial: Floats | None = None,
    transition: Floats | None = None,
    intervals: Floats | None = None,
    exits: NDArray[np.integer[Any]] | None = None,
    absorbing: Sequence[bool] = (),
    starts: int = 10,
    seed: int = 0,
    max_rounds: int = 10,
    progress: Progress | None = None,
    dirichlet: float = 0.0,
    initial_state: Floats | None = None,
) -> ThreeStep:
    """Fit movement from where people were placed, by maximum likelihood: step three of three.

    The errors of placing are held as step two found them; the sampling weights of step one are
    used again. Covariates enter here alone, and so cannot change what the classes are.

    Parameters
    ----------
    assignment
        Steps one and two.
    transitions
        ``"free"`` (each step its own), ``"constant"`` or ``"rate"`` (rates per year).
    initial
        ``(N, Q0)`` design matrix of the first wave's class, with its constant.
    transition
        ``(N, T - 1, Q)`` design matrix of each step, with its constant first.
    intervals
        ``(T - 1,)`` years from each wave to the next; rates need them.
    exits, absorbing
        As in :meth:`vendepunkt.numerics.markov.SequenceData.collapse`.
    starts, seed, max_rounds, progress, dirichlet, initial_state
        As in :func:`vendepunkt.numerics.markov.fit_markov`.

    Raises
    ------
    UsageError, DataError
        If an option is out of its range, a covariate is missing, or proportional placing over so
        many waves makes too many rows.

    References
    ----------
    Bakk, Z., Tekle, F. B. & Vermunt, J. K. (2013). Estimating the association between latent class
    membership and external variables using bias-adjusted three-step approaches. Sociological
    Methodology 43(1), 272-311. https://doi.org/10.1177/0081175012470644

    Di Mari, R., Oberski, D. L. & Vermunt, J. K. (2016). Bias-adjusted three-step latent Markov
    modeling with covariates. Structural Equation Modeling 23(5), 649-660.
    https://doi.org/10.1080/10705511.2016.1191015

    Nylund-Gibson, K., Grimm, R., Quirk, M. & Furlong, M. (2014). A latent transition mixture model
    using the three-step specification. Structural Equation Modeling 21(3), 439-454.
    https://doi.org/10.1080/10705511.2014.915375

    Examples
    --------
    >>> import numpy as np
    >>> from vendepunkt.numerics import Item
    >>> from vendepunkt.numerics.threestep import assign, measure_waves
    >>> paths = np.repeat([[0, 0], [1, 1], [1, 0]], [60, 30, 10], axis=0).ravel()
    >>> items = [Item("binary", paths.astype(np.int32), np.arange(2.0)) for _ in range(3)]
    >>> found = three_step(assign(measure_waves(items, 2, 2, seed=1)), seed=1)
    >>> found.fit.transitions.round(2).tolist()
    [[[1.0, 0.0], [0.25, 0.75]]]
    """
    for name, given in (("first wave", initial), ("steps", transition)):
        _check_covariates(name, given)
    structure = Structure(
        transitions, initial, transition, intervals, exits, tuple(absorbing), dirichlet
    )
    return step_three(
        assignment,
        structure,
        starts=starts,
        seed=seed,
        max_rounds=max_rounds,
        progress=progress,
        initial_state=initial_state,
    )


def step_three(assignment: Assignment, structure: Structure, **search: Any) -> ThreeStep:
    """Fit step three; `search` as in :func:`vendepunkt.numerics.markov.fit_markov`."""
    measured = assignment.measurement
    _check_exits(assignment, structure.exits)
    people = SequenceData.collapse(
        measured.items,
        measured.waves,
        weights=measured.weights,
        freq=measured.freq,
        initial=structure.initial,
        transition=structure.transition,
        intervals=structure.intervals,
        exits=structure.exits,
        absorbing=structure.absorbing,
    )
    placings = _placings(assignment, people)
    data = _placed(assignment, placings, structure.intervals)
    fit = fit_markov(
        data,
        measured.classes,
        structure.transitions,
        dirichlet=structure.dirichlet,
        fixed=[group.errors.T for group in assignment.groups],
        **search,
    )
    return ThreeStep(assignment, fit, data, placings, data.row_to_pattern, structure)


def latent_patterns(
    assignment: Assignment, people: SequenceData
) -> tuple[NDArray[np.int64], Codes]:
    """Give one person of each sequence, and what pattern each of their waves has in step one."""
    measured = assignment.measurement
    used = np.flatnonzero(people.row_to_pattern >= 0)
    one = np.empty(people.n_patterns, dtype=np.int64)
    one[people.row_to_pattern[used]] = used
    latent = np.column_stack(
        [measured.block_of(t).patterns(t)[one] for t in range(measured.waves)]
    ).astype(np.int32)
    return one, latent


def _placings(assignment: Assignment, people: SequenceData) -> Placings:
    """Give each person a row, or one for each path they may be placed on."""
    measured = assignment.measurement
    one, latent = latent_patterns(assignment, people)
    owner = np.arange(people.n_patterns)
    if assignment.rule == "modal":
        codes = np.where(latent >= 0, assignment.codes[one], -1).astype(np.int32)
        return Placings(people, latent, owner, codes)
    rows = int((measured.classes ** (latent >= 0).sum(axis=1).astype(float)).sum())
    if rows > MOST_ROWS:
        raise UsageError(
            "too_many_placings",
            f"Placing in proportion over {measured.waves} waves makes {rows} rows.",
            allowed=f"at most {MOST_ROWS}",
            try_="the rule modal",
        )
    owners, placed = [], []
    answered, which = np.unique(latent >= 0, axis=0, return_inverse=True)
    for number, mask in enumerate(answered):
        own = np.flatnonzero(which.reshape(-1) == number)
        choices = [range(measured.classes) if there else (-1,) for there in mask]
        paths = np.array(list(product(*choices)), dtype=np.int32)
        owners.append(np.repeat(own, len(paths)))
        placed.append(np.tile(paths, (len(own), 1)))
    return Placings(people, latent, np.concatenate(owners), np.concatenate(placed))


def _placed(assignment: Assignment, placings: Placings, intervals: Floats | None) -> SequenceData:
    """Collapse placings to sequences, each with the weight of the people placed so."""
    people, owner = placings.people, placings.owner
    waves, classes = people.waves, assignment.measurement.classes
    item = Item("nominal", placings.codes.reshape(-1), np.arange(float(classes)))
    items = [item]
    if len(assignment.groups) > 1:
        number = np.empty(waves, dtype=np.int32)
        for g, group in enumerate(assignment.groups):
            number[list(group.waves)] = g
        items = split_by_group(items, np.tile(number, len(owner)), free=[0])
    steps = people.steps
    return SequenceData.collapse(
        items,
        waves,
        freq=people.weight[owner] * placings.fractions(assignment.rules),
        initial=None
        if people.membership.plain
        else people.membership.design[people.initial_row[owner]],
        transition=None if steps.plain else steps.design[people.step_row[owner]],
        intervals=intervals,
        exits=people.exit_of[people.observed][owner] if people.exits else None,
        absorbing=people.absorbing,
    )


def _check_covariates(where: str, given: Floats | None) -> None:
    if given is None:
        return
    bad = np.flatnonzero(~np.isfinite(np.asarray(given, float)).reshape(len(given), -1).all(axis=1))
    if len(bad):
        rows = ", ".join(str(row + 1) for row in bad[:5])
        raise DataError(
            "missing_covariate",
            f"A covariate of the {where} is missing for {len(bad)} people (rows {rows}).",
            allowed="a number for everybody",
            try_="leave those people out with --where, or impute",
        )


def _check_exits(assignment: Assignment, exits: NDArray[np.integer[Any]] | None) -> None:
    if exits is None:
        return
    both = (np.asarray(exits) > 0) & (assignment.codes >= 0)
    if both.any():
        raise DataError(
            "answers_in_exit",
            f"{int(both.any(axis=1).sum())} people have answers in a wave in which they have left.",
            try_="leave those answers out",
        )
