"""The same movement in three steps: groups first, then placing, then movement between placings.

Beside the model of all waves at once, it shows how far the result rests on fitting groups and
movement together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import Progress
from vendepunkt.measure import engine as measured_engine
from vendepunkt.measure import intervals as measured_intervals
from vendepunkt.move.ground import Ground
from vendepunkt.move.smooth import Smooth, conditional, estimated
from vendepunkt.numerics.items import BOUNDARY
from vendepunkt.numerics.threestep import (
    ThreeStep,
    ThreeStepEstimates,
    WaveMeasurement,
    assign,
    measure_waves,
    three_step,
    three_step_estimates,
    three_step_notices,
)
from vendepunkt.terms import Notice, UsageError

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class InThreeSteps:
    """Movement in three steps, beside the model of all waves at once.

    Attributes
    ----------
    ground
        The model of all waves at once.
    found
        The three steps.
    estimates
        What they say, with the uncertainty of the first carried to the last.
    """

    ground: Ground
    found: ThreeStep
    estimates: ThreeStepEstimates

    def joint(self, pair: tuple[int, int]) -> Smooth:
        """Joint probabilities of the main groups at two waves, (G, G)."""
        start, end = pair
        step = end == start + 1
        both = estimated(self.estimates, "steps")[start] if step else (
            estimated(self.estimates, "first_last")
        )  # fmt: skip
        into = self.ground.membership
        return both.weighted("kl,kg,lh->gh", into, into)

    def table(self) -> pd.DataFrame:
        """Give the transitions of each step and of first to last wave, beside the one-step model.

        Returns
        -------
        DataFrame
            ``step wave_from wave_to from to estimate std_error std_error_known conf_low conf_high
            one_step n_origin``: in three steps, its error with and without the uncertainty of
            where people were placed, and the estimate of the model of all waves at once.
        """
        import pandas as pd

        ground = self.ground
        design = ground.material.design
        kind = "robust" if design is None else "design"
        carried = self.estimates.covariance(kind, design)
        known = self.estimates.covariance(kind, design, carry=False)
        df = None if design is None else float(design.df)
        rows = []
        for pair in ground.pairs():
            there = conditional(self.joint(pair))
            before = conditional(ground.joint(pair)).value
            # What is held at 0 or 1 has no error, and no interval.
            held = (there.value < BOUNDARY) | (there.value > 1 - BOUNDARY)
            error, alone = (
                np.where(held, np.nan, there.std_error(covariance))
                for covariance in (carried, known)
            )
            low, high = measured_intervals.probability_interval(
                there.value, error, ground.options.conf_level, df
            )
            origin = ground.cells(pair).sum(axis=1).n
            rows += [
                {"step": pair[0] + 1 if pair[1] == pair[0] + 1 else 0}
                | ground.between(pair)
                | {
                    "from": start,
                    "to": end,
                    "estimate": float(there.value[g, h]),
                    "std_error": float(error[g, h]),
                    "std_error_known": float(alone[g, h]),
                    "conf_low": float(low[g, h]),
                    "conf_high": float(high[g, h]),
                    "one_step": float(before[g, h]),
                    "n_origin": float(origin[g]),
                }
                for g, start in enumerate(ground.letters)
                for h, end in enumerate(ground.letters)
            ]
        return pd.DataFrame(rows)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What makes three steps of these placings unsure."""
        return three_step_notices(self.found.assignment)


def in_three_steps(ground: Ground, progress: Progress | None = None) -> InThreeSteps:
    """Fit the movement of a model again in three steps.

    Parameters
    ----------
    ground
        The model of all waves at once; its groups are found again by their profiles.
    progress
        Called with what is being done and the fraction done.

    Raises
    ------
    UsageError
        With code ``three_steps_plain`` for a form other than plain, or rates of leaving.
    """
    options, people, model = ground.options, ground.material, ground.model
    if options.form != "plain":
        raise UsageError(
            "three_steps_plain",
            f"Movement of the form {options.form} cannot be fitted in three steps.",
            allowed="the form plain",
            try_="form plain, or no three steps",
        )
    freq = None if people.design is None else people.design.freq
    weights = None if people.weights is None else np.where(people.used, people.weights, 0.0)
    measured = measure_waves(
        measured_engine.engine_items(people.answers)[0],
        len(people.waves),
        model.fit.classes,
        weights=weights,
        freq=None if freq is None else np.where(people.used, freq, 0.0),
        starts=options.starts,
        seed=options.seed,
        max_rounds=options.max_rounds,
        progress=progress,
        dirichlet=options.dirichlet,
    )
    measured = measured.reorder(_alike(model.fit.profiles, measured))
    found = three_step(
        assign(measured),
        options.transitions,
        initial=None if people.initial is None else np.nan_to_num(people.initial.matrix),
        transition=None if people.transition is None else np.nan_to_num(people.transition.matrix),
        intervals=people.panel.intervals,
        seed=options.seed,
    )
    return InThreeSteps(ground, found, three_step_estimates(found))


def _alike(profiles: tuple[Floats, ...], measured: WaveMeasurement) -> list[int]:
    """Give the classes of the first step in the order of those they are most alike."""
    from scipy.optimize import linear_sum_assignment

    before = np.concatenate(profiles)
    after = np.concatenate(measured.blocks[0].fit.profiles)
    size = np.maximum(np.abs(before).max(axis=1, keepdims=True), 1e-12)
    apart = np.abs(before[:, :, None] / size[:, None] - after[:, None, :] / size[:, None])
    return [int(k) for k in linear_sum_assignment(apart.mean(axis=0))[1]]
