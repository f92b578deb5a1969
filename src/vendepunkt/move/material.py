"""A panel as the arrays that models of movement work on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import Covariates, Material, MeasureOptions
from vendepunkt.measure import engine as measured_engine
from vendepunkt.measure import material as measured_material
from vendepunkt.move.covariates import TimeCovariates
from vendepunkt.move.options import MoveOptions
from vendepunkt.numerics.markov import SequenceData
from vendepunkt.terms import DataError, UsageError

if TYPE_CHECKING:
    from vendepunkt.data import Design, Panel

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class MoveMaterial:
    """The people, waves and answers that movement is followed in.

    Attributes
    ----------
    panel
        People by waves.
    answers
        The items over the N·T person-waves (person by person), with categories in use only.
    data
        The distinct sequences of answers.
    used : (N,)
        People used: in the population, weight over 0, at least one answer at any wave, and with
        all covariates where there are any.
    present : (N, T)
        People used who answered at least one item at the wave.
    weights : (N,) or None
        Panel weights as they stand in the data.
    design
        The sampling design of all N people, with those used as its domain, or None.
    initial, transition
        What explains the first class and who moves, or None.
    n, n_empty, n_incomplete, n_weightless
        People used; people without any answer; people left out because a covariate is missing;
        people of weight 0, who are no part of the panel.
    n_carried
        People with a covariate carried forward to waves after the last one they answered.
    weighted_n
        Raw sum of the weights of the people used.
    n_effective
        (Σw)²/Σw² of the people used.
    """

    panel: Panel
    answers: Material
    data: SequenceData
    used: Bools
    present: Bools
    weights: Floats | None
    design: Design | None
    initial: Covariates | None
    transition: TimeCovariates | None
    n: float
    n_empty: float
    n_incomplete: float
    n_weightless: float
    n_carried: float
    weighted_n: float
    n_effective: float

    @property
    def waves(self) -> tuple[str, ...]:
        """Names of the waves, in order."""
        return self.panel.waves

    @property
    def weighted(self) -> bool:
        """Whether panel weights are used; if not, results hold among the respondents."""
        return self.weights is not None

    def people(self) -> Floats:
        """How many people each of the N stands for, 0 for those not used, (N,)."""
        freq = None if self.design is None else self.design.freq
        each = np.ones(self.used.size) if freq is None else np.asarray(freq, dtype=np.float64)
        return np.where(self.used, each, 0.0)

    def counts(self) -> Floats:
        """Unweighted people of each sequence, (P,)."""
        kept = self.data.row_to_pattern >= 0
        return np.bincount(
            self.data.row_to_pattern[kept],
            weights=self.people()[kept],
            minlength=self.data.n_patterns,
        ).astype(np.float64)

    def present_patterns(self) -> Bools:
        """At which waves the people of each sequence answered, (P, T)."""
        out = np.zeros((self.data.n_patterns, len(self.waves)), dtype=bool)
        rows = np.flatnonzero(self.data.row_to_pattern >= 0)
        out[self.data.row_to_pattern[rows]] = self.present[rows]
        return out

    def spread(self, values: npt.NDArray[np.generic]) -> Floats:
        """Give values of the sequences person by person, NaN for people not used."""
        out = np.full((self.used.size, *values.shape[1:]), np.nan)
        kept = self.data.row_to_pattern >= 0
        out[kept] = values[self.data.row_to_pattern[kept]]
        return out


def material(
    panel: Panel,
    options: MoveOptions,
    initial: Covariates | None = None,
    transition: TimeCovariates | None = None,
) -> MoveMaterial:
    """Check the panel and say who is used.

    Parameters
    ----------
    panel
        People by waves, two waves or more.
    options
        What is asked for.
    initial
        What explains the class at the first wave, a row per person.
    transition
        What explains who moves, per person and step.

    Raises
    ------
    UsageError
        If there are fewer than two waves, shapes do not fit, or rates are asked for without years.
    DataError
        If nobody is left, or an item has fewer than two categories in use.
    """
    _check(panel, options, initial, transition)
    design, waves = panel.design, len(panel.waves)
    weights, freq, people, weightless = _people(panel)
    answered = _answered(panel)
    anything = answered.any(axis=1)
    filled, complete, carried = _filled(transition, answered)
    if initial is not None:
        complete &= np.isfinite(initial.matrix).all(axis=1)
    used = anything & complete & (people > 0)
    if not used.any():
        raise DataError(
            "no_rows",
            f"Nobody is left to follow: {int(people[~anything].sum())} have no answer at any wave, "
            f"{int(people[anything & ~complete].sum())} lack a covariate.",
            try_="other items or covariates",
        )
    answers = measured_material.material(
        panel.indicators, MeasureOptions(), where=np.repeat(used, waves)
    )
    each = np.where(used, 1.0 if weights is None else weights, 0.0)
    if weights is not None:
        answers = replace(answers, weights=np.repeat(each, waves))
    raw = people * each
    return MoveMaterial(
        panel=panel,
        answers=answers,
        data=SequenceData.collapse(
            measured_engine.engine_items(answers)[0],
            waves,
            weights=None if weights is None else each,
            freq=None if freq is None else np.where(used, people, 0.0),
            # People not used have no answers, so that nobody looks at their covariates.
            initial=None if initial is None else np.nan_to_num(initial.matrix, nan=0.0),
            transition=filled,
            intervals=panel.intervals,
        ),
        used=used,
        present=answered & used[:, None],
        weights=weights,
        design=design if design is None or used.all() else design.domain(used),
        initial=initial,
        transition=None
        if transition is None or filled is None
        else replace(transition, matrix=filled),
        n=float(people[used].sum()),
        n_empty=float(people[~anything].sum()),
        n_incomplete=float(people[anything & ~complete].sum()),
        n_weightless=weightless,
        n_carried=float(people[used & carried].sum()),
        weighted_n=float(raw.sum()),
        n_effective=float(raw.sum() ** 2 / (raw @ each)),
    )


def _people(panel: Panel) -> tuple[Floats | None, Floats | None, Floats, float]:
    """Give weights, counts, people a row stands for (0 outside), and people of weight 0."""
    design = panel.design
    weights = None if design is None or design.weights is None else np.asarray(design.weights)
    freq = None if design is None or design.freq is None else np.asarray(design.freq)
    people = np.ones(panel.n) if freq is None else freq.astype(np.float64)
    people = people * (panel.members & panel.inside)
    weightless = 0.0
    if weights is not None:
        weightless = float(people[weights == 0].sum())
        people = people * (weights > 0)
    return weights, freq, people, weightless


def _answered(panel: Panel) -> Bools:
    """Say who answered at least one item at each wave, (N, T)."""
    given = np.zeros((panel.n, len(panel.waves)), dtype=bool)
    for item in panel.indicators:
        given |= item.codes.reshape(given.shape) >= 0
    return given


def _filled(
    transition: TimeCovariates | None, answered: Bools
) -> tuple[Floats | None, Bools, Bools]:
    """Fill covariates of steps after the last answered wave from the step before.

    Such a step says nothing of who moves; shares of the later waves need a value all the same.

    Returns
    -------
    matrix : (N, T-1, Q) or None
    complete : (N,)
        Whether no covariate is missing up to the last answered wave.
    carried : (N,)
        Whether a value was carried forward.
    """
    n, waves = answered.shape
    nobody = np.zeros(n, dtype=bool)
    if transition is None:
        return None, ~nobody, nobody
    matrix = np.array(transition.matrix, dtype=np.float64)
    known: Bools = np.asarray(np.isfinite(matrix).all(axis=2))
    last = waves - 1 - answered[:, ::-1].argmax(axis=1)
    counts = np.arange(waves - 1) < last[:, None]
    complete: Bools = np.asarray((known | ~counts).all(axis=1))
    carried = nobody.copy()
    for step in range(1, waves - 1):
        rows = ~known[:, step] & known[:, step - 1] & complete
        matrix[rows, step] = matrix[rows, step - 1]
        known[rows, step] = True
        carried |= rows
    complete &= known.all(axis=1)
    return np.nan_to_num(matrix, nan=0.0), complete, carried & complete


def _check(
    panel: Panel,
    options: MoveOptions,
    initial: Covariates | None,
    transition: TimeCovariates | None,
) -> None:
    waves = len(panel.waves)
    if waves < 2:
        raise UsageError(
            "one_wave",
            f"The panel has {waves} wave.",
            allowed="two waves or more",
            try_="the stage measure, for one wave",
        )
    if options.transitions == "rate" and panel.times is None:
        raise UsageError(
            "no_times",
            "Rates need to know when the waves were, and the names of the waves do not say it.",
            allowed="waves named by their year, or times of the waves",
            try_="--transitions free",
        )
    if initial is not None and len(initial.matrix) != panel.n:
        raise UsageError(
            "lengths",
            f"The covariates have {len(initial.matrix)} rows and the panel has {panel.n} people.",
        )
    if transition is not None and transition.matrix.shape[:2] != (panel.n, waves - 1):
        raise UsageError(
            "lengths",
            f"The covariates of the steps are of {transition.matrix.shape[0]} people and "
            f"{transition.steps} steps, the panel of {panel.n} people and {waves - 1} steps.",
        )
