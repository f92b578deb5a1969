"""What if leavers had been worse off than the model says? Shares and movement over a range."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from vendepunkt.move.ground import DIRECTIONS, Ground

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: By what the odds of the worse groups are multiplied; 1 is missing at random.
ODDS = (1.0, 1.5, 2.0, 3.0)
#: Odds tried when looking for the one at which a conclusion turns.
FARTHEST = 20.0
FINENESS = 62
HALVINGS = 7


def worse(probability: Floats, odds: float) -> Floats:
    """Multiply the odds of being above each cut between groups by `odds`.

    Parameters
    ----------
    probability : (…, G)
        Probabilities of the groups, the least severe first; they add to any total, which is kept.
    odds
        1 or more; 1 changes nothing.

    Returns
    -------
    (…, G) array
        With S(c) the probability of a group more severe than cut c, S′/(1 − S′) = odds · S/(1 − S)
        at every cut: with two groups, the odds of the worse one times `odds`.

    Examples
    --------
    >>> worse(np.array([0.5, 0.5]), 3.0).tolist()
    [0.25, 0.75]
    >>> worse(np.array([0.5, 0.3, 0.2]), 2.0).round(4).tolist()
    [0.3333, 0.3333, 0.3333]
    """
    total = probability.sum(axis=-1, keepdims=True)
    share = np.divide(probability, total, out=np.zeros_like(probability), where=total > 0)
    above = share[..., ::-1].cumsum(axis=-1)[..., ::-1].clip(max=1.0)
    moved = odds * above / (1.0 + (odds - 1.0) * above)
    later = np.concatenate([moved[..., 1:], np.zeros_like(moved[..., :1])], axis=-1)
    return np.asarray((moved - later) * total)


class Tipping:
    """Shares and movement when those not seen are taken to be worse off than the model says.

    For everybody who was asked before and is not asked at a wave, save those known to have left
    the population (exits keep the model's probabilities), the posterior of the main group at that
    wave given all answers and given the group at the first wave is shifted by :func:`worse`. So the
    first wave stays as it is, and with odds 1 everything is as under missing at random. The model's
    joint shares of the groups at the two waves are multiplied, cell by cell, with the ratio of the
    mean posterior after and before the shift, and each row made to add to what it was.

    Parameters
    ----------
    ground
        The model.
    asked : (N, T)
        Who was asked when.
    exits : (N, T)
        Above 0 where a person is known to have left the population.

    References
    ----------
    Yan, X., Lee, S. & Li, N. (2009). Missing data handling methods in medical device clinical
    trials (tipping-point analysis). Journal of Biopharmaceutical Statistics, 19(6), 1085–1098.
    https://doi.org/10.1080/10543400903243009
    """

    def __init__(self, ground: Ground, asked: Bools, exits: npt.NDArray[np.int8]) -> None:
        self.ground = ground
        self.kept: dict[int, tuple[Floats, Floats, Floats]] = {}
        material = ground.material
        before = np.cumsum(asked, axis=1) > 0
        self.gone = material.used[:, None] & before & ~asked & (exits == 0)
        self.weight = material.people()
        if material.weights is not None:
            self.weight = self.weight * np.where(material.used, material.weights, 0.0)

    def n(self, wave: int) -> float:
        """Count the people not seen at a wave whose probabilities are shifted, unweighted."""
        return float(self.ground.material.people() @ self.gone[:, wave])

    def joint(self, wave: int, odds: float) -> Floats:
        """Give the joint shares of the groups at the first wave and at another, (G, G)."""
        mean, gone, posterior = self._parts(wave)
        shifted = mean + np.einsum("p,pgh->gh", gone, worse(posterior, odds) - posterior)
        model = self.ground_joint(wave)
        # Row by row, so that the groups of the first wave keep their shares.
        ratio = np.divide(shifted, mean, out=np.ones_like(mean), where=mean > 0)
        moved = model * ratio
        whole = moved.sum(axis=1, keepdims=True)
        kept = model.sum(axis=1, keepdims=True)
        return np.asarray(np.divide(moved * kept, whole, out=model.copy(), where=whole > 0))

    def _parts(self, wave: int) -> tuple[Floats, Floats, Floats]:
        """Give the summed joint posterior, and weights and posteriors of those not seen."""
        if wave not in self.kept:
            posterior = self.ground.posterior((0, wave))
            gone = self._by_sequence(self.weight * self.gone[:, wave])
            mean = np.einsum("p,pgh->gh", self._by_sequence(self.weight), posterior)
            self.kept[wave] = (mean, gone[gone > 0], posterior[gone > 0])
        return self.kept[wave]

    def ground_joint(self, wave: int) -> Floats:
        """Give the model's joint shares of the first wave and another."""
        model, inside = self.ground.model, self.ground.membership
        last = len(self.ground.waves) - 1
        if wave in (1, last):
            return np.asarray(self.ground.joint((0, wave)).value)
        joint = model.estimates.get("steps")[0]
        for step in range(1, wave):
            after = model.estimates.get("steps")[step]
            start = after.sum(axis=1, keepdims=True)
            joint = joint @ np.divide(after, start, out=np.zeros_like(after), where=start > 0)
        return np.asarray(inside.T @ joint @ inside)

    def _by_sequence(self, values: Floats) -> Floats:
        data = self.ground.material.data
        kept = data.row_to_pattern >= 0
        return np.bincount(
            data.row_to_pattern[kept], weights=values[kept], minlength=data.n_patterns
        ).astype(np.float64)


def share_rows(found: Tipping) -> list[dict[str, Any]]:
    """Give the shares of each wave after the first under each of :data:`ODDS`."""
    ground = found.ground
    return [
        {"odds": odds, "wave": ground.waves[wave], "group": letter}
        | {"estimate": float(share), "n": found.n(wave)}
        for wave in range(1, len(ground.waves))
        for odds in ODDS
        for letter, share in zip(
            ground.letters, found.joint(wave, odds).sum(axis=0), strict=True
        )
    ]  # fmt: skip


def movement_rows(found: Tipping) -> list[dict[str, Any]]:
    """Give who moved in which direction, from the first wave to each later one, at all odds."""
    ground = found.ground
    marks = ground.directions()
    rows = []
    for wave in range(1, len(ground.waves)):
        for odds in ODDS:
            moved = np.einsum("gh,dgh->d", found.joint(wave, odds), marks)
            rows += [
                {"odds": odds}
                | ground.between((0, wave))
                | {"direction": name, "estimate": float(share), "n": found.n(wave)}
                for name, share in zip(DIRECTIONS, moved, strict=True)
            ]
    return rows


def turning_rows(found: Tipping) -> list[dict[str, Any]]:
    """At which odds would a group's change from first to last wave turn to its opposite?

    ``odds`` is NaN where no odds up to :data:`FARTHEST` turns it.
    """
    ground = found.ground
    last = len(ground.waves) - 1
    tried = np.geomspace(1.0, FARTHEST, FINENESS)
    changes = np.array([_change(found, last, float(odds)) for odds in tried])
    turned = np.sign(changes) * np.sign(changes[0]) < 0
    return [
        ground.between((0, last))
        | {
            "group": letter,
            "change": float(changes[0, g]),
            "odds": _turn(found, last, g, tried, turned[:, g]),
        }
        for g, letter in enumerate(ground.letters)
    ]


def _change(found: Tipping, wave: int, odds: float) -> Floats:
    """How much did each group grow since the first wave?"""
    joint = found.joint(wave, odds)
    return np.asarray(joint.sum(axis=0) - joint.sum(axis=1))


def _turn(found: Tipping, wave: int, group: int, tried: Floats, turned: Bools) -> float:
    """Give the first odds at which a change has turned, halving where it lies between two tried."""
    if not turned.any():
        return float("nan")
    place = int(turned.argmax())
    low, high = float(tried[place - 1]), float(tried[place])
    sign = np.sign(_change(found, wave, high)[group])
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if np.sign(_change(found, wave, middle)[group]) == sign:
            high = middle
        else:
            low = middle
    return high
