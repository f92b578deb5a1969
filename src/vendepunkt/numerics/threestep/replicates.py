"""All three steps run again under other weights: replicate weights, and the bootstrap of people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.markov.estimates import vector
from vendepunkt.numerics.markov.implied import covariate_groups
from vendepunkt.numerics.threestep.assignment import assign
from vendepunkt.numerics.threestep.fit import ThreeStep, step_three
from vendepunkt.terms import DataError

#: Replicates with a share of any wave further from the full sample's are named.
ELSEWHERE = 0.15


@dataclass(frozen=True, slots=True)
class ThreeStepReplicates:
    """Estimates under each set of weights.

    Attributes
    ----------
    estimates
        ``(R, p)`` in the order of
        :class:`vendepunkt.numerics.threestep.estimates.ThreeStepEstimates`.
    estimate
        ``(p,)`` the same for the full sample.
    elsewhere
        Numbers of the replicates, from 1, that ended in another solution.
    """

    estimates: Floats
    estimate: Floats
    elsewhere: tuple[int, ...]


def three_step_again(found: ThreeStep, weights: Floats) -> ThreeStep:
    """Run all three steps again under other weights ``(N,)``, from where they ended.

    Parameters
    ----------
    found
        The full-sample fit.
    weights
        ``(N,)`` weights of 0 or more.
    """
    placed = assign(found.assignment.measurement.under(weights), found.assignment.rule)
    return step_three(placed, found.structure, initial_state=found.fit.state)


def three_step_replicates(found: ThreeStep, replicate_weights: Floats) -> ThreeStepReplicates:
    """Run all three steps again under each column of replicate weights.

    Parameters
    ----------
    found
        The full-sample fit.
    replicate_weights
        ``(N, R)`` weights of 0 or more, one column per replicate.

    Raises
    ------
    DataError
        If the weights have another number of rows than there are people.
    """
    people = found.assignment.measurement.n_people
    if len(replicate_weights) != people:
        raise DataError(
            "bad_replicates",
            f"Replicate weights have {len(replicate_weights)} rows and the data {people}.",
        )
    estimate = line_up(found)
    estimates = np.stack([line_up(three_step_again(found, w)) for w in replicate_weights.T])
    shares = found.fit.shares.size
    far = np.abs(estimates[:, :shares] - estimate[:shares]).max(axis=1) > ELSEWHERE
    return ThreeStepReplicates(estimates, estimate, tuple((np.flatnonzero(far) + 1).tolist()))


def line_up(found: ThreeStep) -> Floats:
    """Line up all estimates: movement, then the errors of placing."""
    made = found.fit.chain
    value, shapes = vector(found.fit, made, found.fit.state, covariate_groups(made))
    moving = [
        value[where] for name, (where, _) in shapes.items() if not name.startswith("profile ")
    ]
    return np.concatenate([*moving, found.assignment.errors.ravel()])
