"""What every table of movement stands on: people, model, main groups, and the cells they fill."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import MainGroups
from vendepunkt.move.material import MoveMaterial
from vendepunkt.move.model import MoveModel
from vendepunkt.move.options import MoveOptions
from vendepunkt.move.paths import pair_joint
from vendepunkt.move.smooth import Smooth, estimated

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: Directions of a move between main groups, in the order of tables.
DIRECTIONS = ("more", "less", "sideways", "stayed")


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """How many people stand in each cell, unweighted.

    Attributes
    ----------
    expected
        Sum of the posteriors.
    modal
        People whose most likely path (given all waves) runs through the cell.
    """

    expected: Floats
    modal: Floats

    @property
    def n(self) -> Floats:
        """The smaller of the two."""
        return np.minimum(self.expected, self.modal)

    def sum(self, axis: int) -> Cells:
        """Add cells up along an axis."""
        return Cells(self.expected.sum(axis=axis), self.modal.sum(axis=axis))


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """One fitted model with its main groups.

    Attributes
    ----------
    material, model, groups, options
        The people, the fit, the main groups and what was asked for.
    present : (P, T)
        At which waves the people of each sequence answered.
    counts, weight : (P,)
        Unweighted people, and scaled weights, of each sequence.
    """

    material: MoveMaterial
    model: MoveModel
    groups: MainGroups
    options: MoveOptions
    present: Bools
    counts: Floats
    weight: Floats
    kept: dict[tuple[int, int], Floats] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls, material: MoveMaterial, model: MoveModel, groups: MainGroups, options: MoveOptions
    ) -> Ground:
        """Count the people of the sequences once."""
        return cls(
            material,
            model,
            groups,
            options,
            material.present_patterns(),
            material.counts(),
            np.asarray(material.data.weight, dtype=np.float64),
        )

    @property
    def waves(self) -> tuple[str, ...]:
        """Names of the waves."""
        return self.material.waves

    @property
    def letters(self) -> tuple[str, ...]:
        """Letters of the main groups, the least severe first."""
        return tuple(group.letter for group in self.groups.groups)

    @property
    def membership(self) -> Floats:
        """Ones where a class belongs to a group, (K, G)."""
        return self.groups.membership

    @property
    def covariance(self) -> Floats | None:
        """Covariance of the estimates, what is held at a boundary as without error."""
        known = self.model.errors.covariance
        return None if known is None else np.nan_to_num(known, nan=0.0)

    def pairs(self) -> list[tuple[int, int]]:
        """Give the pairs of waves that tables are made of: each step, then first to last."""
        last = len(self.waves) - 1
        steps = [(wave, wave + 1) for wave in range(last)]
        return steps if last == 1 else [*steps, (0, last)]

    def pooled_steps(self, pair: tuple[int, int]) -> list[int]:
        """Give the steps that tell of the transitions of one: all, where one matrix holds."""
        if self.model.fit.transitions_kind == "free":
            return [pair[0]]
        return list(range(len(self.waves) - 1))

    def between(self, pair: tuple[int, int]) -> dict[str, str]:
        """Name a pair of waves as the columns of a table."""
        return {"wave_from": self.waves[pair[0]], "wave_to": self.waves[pair[1]]}

    def shares(self) -> Smooth:
        """Shares of the main groups by wave, (T, G)."""
        return estimated(self.model.estimates, "shares").weighted("tk,kg->tg", self.membership)

    def class_joint(self, pair: tuple[int, int]) -> Smooth:
        """Joint probabilities of the classes at two waves, (K, K), of a step or first and last."""
        start, end = pair
        if end == start + 1:
            return estimated(self.model.estimates, "steps")[start]
        return estimated(self.model.estimates, "first_last")

    def joint(self, pair: tuple[int, int]) -> Smooth:
        """Joint probabilities of the main groups at two waves, (G, G): sums over classes."""
        found = self.class_joint(pair)
        return found.weighted("kl,kg,lh->gh", self.membership, self.membership)

    def posterior(self, pair: tuple[int, int]) -> Floats:
        """Joint posterior of the main groups at two waves for each sequence, (P, G, G)."""
        if pair not in self.kept:
            classes = pair_joint(self.model, pair, self.options)
            self.kept[pair] = np.einsum(
                "pkl,kg,lh->pgh", classes, self.membership, self.membership, optimize=True
            )
        return self.kept[pair]

    def modal_groups(self) -> npt.NDArray[np.intp]:
        """Main group at each wave on the most likely path, (P, T)."""
        of_class = self.membership.argmax(axis=1)
        return np.asarray(of_class[self.model.paths.viterbi], dtype=np.intp)

    def both(self, pair: tuple[int, int]) -> Bools:
        """Whether the people of each sequence answered at both waves, (P,)."""
        return np.asarray(self.present[:, pair[0]] & self.present[:, pair[1]])

    def cells(self, pair: tuple[int, int]) -> Cells:
        """People by main group at two waves, among those who answered at both, (G, G)."""
        counts = self.counts * self.both(pair)
        placed = self.modal_groups()
        size = len(self.letters)
        modal = np.bincount(
            placed[:, pair[0]] * size + placed[:, pair[1]], weights=counts, minlength=size * size
        )
        expected = np.einsum("p,pgh->gh", counts, self.posterior(pair))
        return Cells(np.asarray(expected), modal.reshape(size, size).astype(np.float64))

    def wave_cells(self, wave: int) -> Cells:
        """People by main group at a wave, among those who answered at it, (G,)."""
        counts = self.counts * self.present[:, wave]
        modal = np.bincount(
            self.modal_groups()[:, wave], weights=counts, minlength=len(self.letters)
        )
        expected = counts @ self.model.paths.smoothed[:, wave] @ self.membership
        return Cells(np.asarray(expected, dtype=np.float64), modal.astype(np.float64))

    def direction(self, start: int, end: int) -> str:
        """Say where a move between two main groups goes: one of :data:`DIRECTIONS`.

        Without an order of the items every move is sideways.
        """
        if start == end:
            return "stayed"
        if self.groups.severity is None:
            return "sideways"
        return self.groups.severity.direction(start, end)

    def directions(self) -> Floats:
        """Mark which pair of groups goes in which direction, (4, G, G) of zeros and ones."""
        size = len(self.letters)
        out = np.zeros((len(DIRECTIONS), size, size))
        for start in range(size):
            for end in range(size):
                out[DIRECTIONS.index(self.direction(start, end)), start, end] = 1.0
        return out
