"""How people move the errors of placing: through the classes, and through who is in the sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vendepunkt.numerics.collapse import Codes
from vendepunkt.numerics.errors import inverse_information
from vendepunkt.numerics.information import Derivatives, derivatives
from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.problem import ClassProblem
from vendepunkt.numerics.threestep.assignment import Assignment, rule_of
from vendepunkt.numerics.threestep.measurement import Block

#: The errors of placing are differenced over so much of each parameter of step one.
NEAR = 1e-5


@dataclass(frozen=True, slots=True)
class Moved:
    """One parameter of step one, moved up and down.

    Attributes
    ----------
    influence
        ``(P,)`` influence of people on it, per raw weight.
    up, down
        How the patterns of each wave would be placed.
    by
        How far it was moved.
    """

    influence: Floats
    up: list[Floats]
    down: list[Floats]
    by: float


@dataclass(frozen=True, slots=True)
class Carried:
    """What people do to the errors of placing.

    Attributes
    ----------
    influence
        ``(P, G K K)`` influence of people on the errors of each group of waves, per raw weight.
    by_wave
        ``(P, T K K)`` the same spread to waves.
    """

    influence: Floats
    by_wave: Floats
    _first: tuple[tuple[Block, Derivatives, Floats], ...]

    def nearby(self, assignment: Assignment) -> Iterator[Moved]:
        """Move each parameter of step one in turn."""
        here = assignment.rules
        for block, found, influence in self._first:
            for i in range(found.n_free):
                up, down = (
                    [
                        rule_of(post, assignment.rule) if t in block.waves else here[t]
                        for t in range(assignment.measurement.waves)
                    ]
                    for post in _posteriors(block, found, i)
                )
                yield Moved(influence[:, i], up, down, NEAR)


def carried(assignment: Assignment, latent: Codes) -> Carried:
    """Give how people move the errors of placing.

    Parameters
    ----------
    assignment
        Steps one and two.
    latent
        ``(P, T)`` pattern of each wave of each distinct person in that wave's measurement model.
    """
    first = []
    for block in assignment.measurement.blocks:
        found = derivatives(block.data, block.layout, block.fit.state, keep_score=True)
        bread, _ = inverse_information(-found.hessian)
        each = _padded(found.score @ bread) * block.data.scale
        influence = np.zeros((len(latent), found.n_free))
        for t in block.waves:
            influence += each[latent[:, t]]
        first.append((block, found, influence))
    k = assignment.measurement.classes
    parts = {}
    for block, found, influence in first:
        groups = [group for group in assignment.groups if group.block is block]
        slopes = np.zeros((len(groups), found.n_free, k * k))
        for i in range(found.n_free):
            ends = []
            for post in _posteriors(block, found, i):
                moved = assignment.rule == "proportional"
                ends.append([g.errors_at(post, post if moved else g.rule) for g in groups])
            for g, (up, down) in enumerate(zip(*ends, strict=True)):
                slopes[g, i] = (up - down).ravel() / (2 * NEAR)
        for group, slope in zip(groups, slopes, strict=True):
            post = block.fit.posterior
            people = group.weight @ post
            # Who is in the sample moves a mean over the sample, whatever the model.
            away = group.rule[:, None, :] - group.errors
            own = post[:, :, None] / np.maximum(people, 1e-300)[:, None] * away
            each = _padded(own.reshape(len(post), -1)) * block.data.scale
            part = influence @ slope
            for t in group.waves:
                part = part + each[latent[:, t]]
            parts[group.waves] = part
    return Carried(
        influence=np.concatenate([parts[group.waves] for group in assignment.groups], axis=1),
        by_wave=np.concatenate(
            [
                next(part for waves, part in parts.items() if t in waves)
                for t in range(assignment.measurement.waves)
            ],
            axis=1,
        ),
        _first=tuple(first),
    )


def _posteriors(block: Block, found: Derivatives, i: int) -> tuple[Floats, Floats]:
    """Give class probabilities with parameter `i` of step one moved up, and down."""
    problem = ClassProblem(block.data, block.layout, block.fit.classes)
    unit = NEAR * np.eye(found.n_free)[i]
    up, down = (
        block.posterior(problem.move(block.fit.state, found, step)) for step in (unit, -unit)
    )
    return up, down


def _padded(values: Floats) -> Floats:
    """Add a row of zeros at the end, which pattern -1 finds."""
    return np.vstack([values, np.zeros((1, values.shape[1]))])
