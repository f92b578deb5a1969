"""Bootstrap p-values of bivariate residuals: draw answers from the model, and fit it again."""

from __future__ import annotations

import numpy as np

from vendepunkt.measure.classifiers.protocol import Progress
from vendepunkt.measure.engine import CATEGORICAL, Engine
from vendepunkt.measure.material import Material
from vendepunkt.measure.model import ClassModel, membership_probabilities
from vendepunkt.measure.patterns import Patterns
from vendepunkt.measure.residuals import PairResidual, pair_residuals, with_bootstrap
from vendepunkt.numerics import fit_classes, run_replicates, simulate


def residuals_with_p(
    material: Material,
    made: Engine,
    model: ClassModel,
    replicates: int,
    seed: int,
    progress: Progress | None = None,
) -> tuple[PairResidual, ...]:
    """Which residuals are larger than chance makes them under the model?

    Parameters
    ----------
    material, made
        The people and answers, and the collapsed data of the model.
    model
        The model; draws keep each row's weight and missing answers.
    replicates, seed
        Draws, and their seed.
    progress
        Called with what is being done and the fraction done.

    Returns
    -------
    tuple of PairResidual
        The model's residuals with p-values.
    """
    categorical = [item.kind in CATEGORICAL for item in material.indicators]
    skip = frozenset(frozenset(pair) for pair in made.pairs)
    found: dict[int, tuple[PairResidual, ...]] = {}

    def one(number: int) -> float:
        drawn = simulate(made.data, model.fit, np.random.default_rng([seed, model.classes, number]))
        again = fit_classes(drawn, model.classes, initial=model.fit.state)
        answers = Patterns(
            made.single(drawn.codes[:, 1:]), drawn.row_to_pattern, drawn.weight, drawn.weight
        )
        pairs = pair_residuals(
            material.names,
            categorical,
            made.profiles(again.profiles),
            membership_probabilities(drawn, again),
            answers,
            skip,
        )
        found[number] = pairs
        return pairs[0].bvr if pairs else 0.0

    if not model.residuals:
        return ()
    run_replicates(one, replicates, progress, f"residuals of {model.classes} classes")
    return with_bootstrap(model.residuals, [found[number] for number in range(replicates)])
