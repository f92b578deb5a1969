"""Step two: placing people by the answers of one wave, and how often that goes wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.collapse import sums
from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.threestep.measurement import Block, WaveMeasurement
from vendepunkt.terms import choose

#: How people are placed: in the likeliest class, or in all in proportion to their probabilities.
RULES = ("modal", "proportional")


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Waves with one matrix of classification errors.

    Attributes
    ----------
    block
        The measurement model of these waves.
    waves
        The waves.
    weight
        ``(P,)`` scaled weight of each pattern in these waves.
    rule
        ``(P, K)`` share of each pattern that is placed in each class.
    errors
        ``(K, K)`` [true][assigned].
    """

    block: Block
    waves: tuple[int, ...]
    weight: Floats
    rule: Floats
    errors: Floats

    def errors_at(self, posterior: Floats, rule: Floats) -> Floats:
        """Give the errors if class probabilities were `posterior` and placing `rule`."""
        joint = (posterior * self.weight[:, None]).T @ rule
        return np.asarray(joint / np.maximum(joint.sum(axis=1, keepdims=True), 1e-300))


@dataclass(frozen=True, slots=True)
class Assignment:
    """Where people are placed at each wave by that wave's answers alone.

    Attributes
    ----------
    measurement
        Step one.
    rule
        One of :data:`RULES`.
    codes
        ``(N, T)`` likeliest class, -1 for a wave without answers: never a class by default.
    groups
        Waves that share a matrix of classification errors.
    """

    measurement: WaveMeasurement
    rule: str
    codes: NDArray[np.int32]
    groups: tuple[ErrorGroup, ...]

    @property
    def errors(self) -> Floats:
        """P(assigned | true), ``(T, K, K)`` [wave][true][assigned]."""
        found = np.empty((self.measurement.waves, *self.groups[0].errors.shape))
        for group in self.groups:
            found[list(group.waves)] = group.errors
        return found

    @property
    def rules(self) -> list[Floats]:
        """How the patterns of each wave are placed, ``(P, K)`` by wave."""
        by_wave = {t: group.rule for group in self.groups for t in group.waves}
        return [by_wave[t] for t in range(self.measurement.waves)]

    @property
    def never_assigned(self) -> tuple[tuple[int, int], ...]:
        """Wave and class, from 0, of the classes that nobody is placed in."""
        empty = self.errors.max(axis=1) <= 0
        return tuple((int(t), int(k)) for t, k in np.argwhere(empty))

    @property
    def correct(self) -> Floats:
        """Share of people expected to be placed right at each wave, ``(T,)``."""
        right = np.diagonal(self.errors, axis1=1, axis2=2)
        return np.asarray((self.measurement.shares * right).sum(axis=1))

    def apparent(self) -> Floats:
        """Cross likeliest classes of each wave and the next, ``(T - 1, K, K)`` as shares.

        Error of placing is not taken out: it looks like movement.
        """
        size, weight = self.measurement.classes, self.measurement.people_weight
        found = []
        for one, other in zip(self.codes.T[:-1], self.codes.T[1:], strict=True):
            both = (one >= 0) & (other >= 0)
            cell = one[both] * size + other[both]
            table = sums(cell, weight[both], size**2).reshape(size, size)
            found.append(table / table.sum())
        return np.array(found).reshape(-1, size, size)


def assign(measurement: WaveMeasurement, rule: str = "modal") -> Assignment:
    """Place people at each wave by the answers of that wave: step two of three.

    Parameters
    ----------
    measurement
        Step one.
    rule
        ``"modal"`` or ``"proportional"``.

    References
    ----------
    Bolck, A., Croon, M. & Hagenaars, J. (2004). Estimating latent structure models with
    categorical variables: one-step versus three-step estimators. Political Analysis 12(1), 3-27.
    https://doi.org/10.1093/pan/mph001

    Examples
    --------
    >>> import numpy as np
    >>> from vendepunkt.numerics import Item
    >>> from vendepunkt.numerics.threestep import measure_waves
    >>> paths = np.repeat([[0, 0], [1, 1], [1, 0]], [60, 30, 10], axis=0).ravel()
    >>> items = [Item("binary", paths.astype(np.int32), np.arange(2.0)) for _ in range(3)]
    >>> placed = assign(measure_waves(items, 2, 2, seed=1))
    >>> placed.apparent().round(2).tolist()
    [[[0.6, 0.0], [0.1, 0.3]]]
    """
    choose(rule, RULES, "rule")
    codes = np.full((measurement.n_people, measurement.waves), -1, dtype=np.int32)
    groups = []
    for block in measurement.blocks:
        modal = block.fit.posterior.argmax(axis=1).astype(np.int32)
        for t in block.waves:
            pattern = block.patterns(t)
            codes[:, t] = np.where(pattern >= 0, modal[pattern], -1)
        own = rule_of(block.fit.posterior, rule)
        together = (block.waves,) if measurement.equal_shares else [(t,) for t in block.waves]
        for waves in together:
            weight = _weights(measurement, block, waves)
            bare = ErrorGroup(block, waves, weight, own, np.zeros((0, 0)))
            errors = bare.errors_at(block.fit.posterior, own)
            groups.append(ErrorGroup(block, waves, weight, own, errors))
    return Assignment(measurement, rule, codes, tuple(groups))


def rule_of(posterior: Floats, rule: str) -> Floats:
    """Give the share of each pattern that is placed in each class, ``(P, K)``."""
    if rule == "proportional":
        return posterior
    return np.asarray(np.eye(posterior.shape[1])[posterior.argmax(axis=1)])


def _weights(measurement: WaveMeasurement, block: Block, waves: tuple[int, ...]) -> Floats:
    """Add up the scaled weights of the patterns of some waves."""
    total = np.zeros(block.data.n_patterns)
    for t in waves:
        pattern = block.patterns(t)
        there = pattern >= 0
        total += sums(pattern[there], measurement.people_weight[there], len(total))
    return total * block.data.scale
