"""Step one: what the classes are, from the answers of every wave and no one's movement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.collapse import Codes, Item, LatentData, product
from vendepunkt.numerics.em import twin
from vendepunkt.numerics.em.layout import Layout
from vendepunkt.numerics.errors import VarianceOfTotal
from vendepunkt.numerics.groups import group_design
from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.latentclass import LatentClassFit, fit_classes
from vendepunkt.numerics.search import Progress
from vendepunkt.numerics.threestep.invariance import Invariance, matched, refuse_unequal
from vendepunkt.terms import DataError, UsageError, choose

#: Whether class shares differ between waves in step one.
SHARES = ("free", "equal")
#: Whether one measurement model holds in all waves, or each wave has its own.
PROFILES = ("equal", "free")


@dataclass(frozen=True)
class Block:
    """The measurement model of some waves.

    Attributes
    ----------
    waves
        The waves it measures, from 0.
    data
        Their answers, a row per person and wave.
    fit
        The model.
    """

    waves: tuple[int, ...]
    data: LatentData
    fit: LatentClassFit

    @cached_property
    def layout(self) -> Layout:
        """Where parameters and densities lie."""
        return Layout.of(self.data)

    def posterior(self, state: Floats) -> Floats:
        """Give class probabilities of each pattern if the parameters were `state`, ``(P, K)``."""
        return twin.posterior(self.data, self.layout, state)[1]

    def patterns(self, wave: int) -> Codes:
        """Give the pattern of each person at a wave, ``(N,)``; -1 without an answer."""
        wide = self.data.row_to_pattern.reshape(-1, len(self.waves))
        return wide[:, self.waves.index(wave)]


@dataclass(frozen=True)
class WaveMeasurement:
    """The classes of all waves, step one of three.

    Attributes
    ----------
    items
        The items over person-waves, person by person.
    waves, classes
        T and K.
    blocks
        One model for all waves, or one for each.
    equal_shares
        Whether the class shares of all waves were held equal.
    weights, freq
        ``(N,)`` sampling weights and numbers of people, or None.
    invariance
        The check that let each wave have its own model; None where one model holds for all.
    """

    items: tuple[Item, ...]
    waves: int
    classes: int
    blocks: tuple[Block, ...]
    equal_shares: bool
    weights: Floats | None
    freq: Floats | None
    invariance: Invariance | None

    @property
    def n_people(self) -> int:
        """Number of people that came in."""
        return len(self.items[0].codes) // self.waves

    @property
    def converged(self) -> bool:
        """Whether every model reached its maximum."""
        return all(block.fit.converged for block in self.blocks)

    def block_of(self, wave: int) -> Block:
        """Give the model that measures a wave."""
        return next(block for block in self.blocks if wave in block.waves)

    @cached_property
    def people_weight(self) -> Floats:
        """Raw weight of each person, frequencies included, ``(N,)``."""
        found = product(self.weights, self.freq)
        return np.ones(self.n_people) if found is None else found

    @cached_property
    def shares(self) -> Floats:
        """Class shares of those who answered at each wave, ``(T, K)``."""
        return np.stack([self._mean(t, self.block_of(t).fit.posterior) for t in range(self.waves)])

    @cached_property
    def entropy(self) -> Floats:
        """How well one wave's answers tell its classes apart, ``(T,)``: 1 is perfectly."""
        found = []
        for t in range(self.waves):
            p = self.block_of(t).fit.posterior
            doubt = -(p * np.log(np.maximum(p, 1e-300))).sum(axis=1, keepdims=True)
            found.append(1.0 - float(self._mean(t, doubt)[0]) / np.log(self.classes))
        return np.array(found)

    def under(self, weights: Floats) -> WaveMeasurement:
        """Fit the same classes again under other weights ``(N,)``, from where they are.

        The check of equal profiles is not made again.
        """
        blocks = []
        for block in self.blocks:
            data = _person_waves(self.items, self.waves, block.waves, weights, self.freq,
                                 by_wave=not block.data.membership.plain)  # fmt: skip
            fit = fit_classes(
                data,
                self.classes,
                initial=block.fit.state,
                seed=block.fit.seed,
                dirichlet=block.fit.dirichlet,
            )
            # Classes keep their places, though their sizes may change order.
            blocks.append(Block(block.waves, data, fit.reorder(_places(block.fit, fit))))
        return replace(self, blocks=tuple(blocks), weights=weights)

    def reorder(self, order: Sequence[int]) -> WaveMeasurement:
        """Give the same classes in another order; ``order[0]`` comes first."""
        blocks = tuple(
            Block(block.waves, block.data, block.fit.reorder(order)) for block in self.blocks
        )
        return replace(self, blocks=blocks)

    def _mean(self, wave: int, values: Floats) -> Floats:
        pattern = self.block_of(wave).patterns(wave)
        there = pattern >= 0
        weight = self.people_weight[there]
        return np.asarray(weight @ values[pattern[there]] / weight.sum())


def measure_waves(
    items: Sequence[Item],
    waves: int,
    classes: int,
    *,
    weights: Floats | None = None,
    freq: Floats | None = None,
    shares: str = "free",
    profiles: str = "equal",
    design: VarianceOfTotal | None = None,
    starts: int = 50,
    seed: int = 0,
    max_rounds: int = 10,
    progress: Progress | None = None,
    dirichlet: float = 0.0,
) -> WaveMeasurement:
    """Fit the classes of all waves from person-waves: step one of three.

    Parameters
    ----------
    items
        At least one, all over the same N·T rows: wave t of person i is row ``i * T + t``; -1 where
        there is no answer.
    waves
        T, 1 or more.
    classes
        K, 2 or more.
    weights
        ``(N,)`` sampling weights, 0 or more, for every wave of a person.
    freq
        ``(N,)`` how many people each row stands for.
    shares
        ``"free"``: the class shares of each wave are its own; ``"equal"``: the same in all.
    profiles
        ``"equal"``: one measurement model for all waves; ``"free"``: one for each wave, where a
        check finds that the classes mean the same in all of them.
    design
        The sampling design over the people, for the test of that check.
    starts, seed, max_rounds, progress, dirichlet
        As in :func:`vendepunkt.numerics.latentclass.fit_classes`.

    Raises
    ------
    UsageError, DataError
        If an option is out of its range, or a wave has no answers.
    RefusedError
        With code ``profiles_differ`` where each wave was to have its own model and the classes do
        not mean the same.

    References
    ----------
    Vermunt, J. K. (2010). Latent class modeling with covariates: two improved three-step
    approaches. Political Analysis 18(4), 450-469. https://doi.org/10.1093/pan/mpq025

    Examples
    --------
    >>> import numpy as np
    >>> from vendepunkt.numerics import Item
    >>> paths = np.repeat([[0, 0], [1, 1], [1, 0]], [60, 30, 10], axis=0).ravel()
    >>> items = [Item("binary", paths.astype(np.int32), np.arange(2.0)) for _ in range(3)]
    >>> measured = measure_waves(items, 2, 2, seed=1)
    >>> measured.shares.round(2).tolist()
    [[0.6, 0.4], [0.7, 0.3]]
    """
    choose(shares, SHARES, "shares")
    choose(profiles, PROFILES, "profiles")
    _check(items, waves, classes)
    options: dict[str, Any] = {
        "starts": starts, "seed": seed, "max_rounds": max_rounds, "dirichlet": dirichlet,
    }  # fmt: skip
    everything = tuple(range(waves))
    data = _person_waves(items, waves, everything, weights, freq, by_wave=shares == "free")
    _check_waves(data, waves)
    parts = 1 + waves * (profiles == "free" and waves > 1)
    pooled = fit_classes(data, classes, progress=_part(progress, 0, parts), **options)
    blocks: tuple[Block, ...] = (Block(everything, data, pooled),)
    invariance = None
    if parts > 1:
        _check_asked(items, waves)
        each = []
        for t in everything:
            own = _person_waves(items, waves, (t,), weights, freq)
            seen = _part(progress, t + 1, parts)
            each.append((own, fit_classes(own, classes, progress=seen, **options)))
        each, invariance = matched(each, pooled, design)
        refuse_unequal(invariance)
        blocks = tuple(Block((t,), own, fit) for t, (own, fit) in enumerate(each))
    return WaveMeasurement(
        items=tuple(items),
        waves=waves,
        classes=classes,
        blocks=blocks,
        equal_shares=shares == "equal" and profiles == "equal",
        weights=weights,
        freq=freq,
        invariance=invariance,
    )


def _part(progress: Progress | None, number: int, parts: int) -> Progress | None:
    """Let one of several fits tell its progress as a part of the whole."""
    if progress is None:
        return None
    return lambda what, share: progress(what, (number + share) / parts)


def _check(items: Sequence[Item], waves: int, classes: int) -> None:
    if not items:
        raise UsageError("no_items", "No item was given.", try_="--items a,b,c")
    rows = len(items[0].codes)
    if waves < 1 or rows % waves or any(len(item.codes) != rows for item in items):
        raise UsageError(
            "bad_waves",
            f"Items have {', '.join(str(len(item.codes)) for item in items)} rows for "
            f"{waves} waves.",
            allowed="people times waves, the same for every item",
        )
    if classes < 2:
        raise UsageError(
            "bad_classes", f"classes is {classes}.", allowed="2 or more: else nobody can move"
        )


def _check_waves(data: LatentData, waves: int) -> None:
    answered = (data.row_to_pattern.reshape(-1, waves) >= 0).any(axis=0)
    if not answered.all():
        empty = ", ".join(str(t + 1) for t in np.flatnonzero(~answered))
        raise DataError(
            "wave_without_answers",
            f"Nobody has an answer to any of the items in wave {empty}.",
            try_="leave the wave out",
        )


def _check_asked(items: Sequence[Item], waves: int) -> None:
    """Refuse to compare profiles where an item has answers in some waves only."""
    answered = np.array([(item.codes.reshape(-1, waves) >= 0).any(axis=0) for item in items])
    if not answered.all():
        j, t = (int(i[0]) for i in np.nonzero(~answered))
        raise UsageError(
            "item_not_asked",
            f"Item {j + 1} has no answers in wave {t + 1}, so that its profile there is not known.",
            try_="one measurement model for all waves, or leave the item out",
        )


def _person_waves(
    items: Sequence[Item],
    waves: int,
    chosen: tuple[int, ...],
    weights: Floats | None,
    freq: Floats | None,
    *,
    by_wave: bool = False,
) -> LatentData:
    """Collapse the answers of some waves; with `by_wave` their class shares differ."""
    own = [_at(item, chosen, waves) for item in items]
    people, each = len(own[0].codes) // len(chosen), len(chosen)
    wave = np.tile(np.arange(each, dtype=np.int32), people)
    return LatentData.collapse(
        own,
        _repeated(weights, each),
        _repeated(freq, each),
        group_design(wave) if by_wave and each > 1 else None,
    )


def _repeated(column: Floats | None, times: int) -> Floats | None:
    return None if column is None else np.repeat(np.asarray(column, dtype=np.float64), times)


def _at(item: Item, chosen: tuple[int, ...], waves: int) -> Item:
    """Give the answers of some waves."""
    codes: NDArray[np.int32] = item.codes.reshape(-1, waves)[:, list(chosen)].reshape(-1)
    return Item(item.kind, np.ascontiguousarray(codes), item.values, item.shape)


def _places(before: LatentClassFit, after: LatentClassFit) -> list[int]:
    """Give the order that puts the classes of `after` nearest to those of `before`."""
    from scipy.optimize import linear_sum_assignment

    apart = [
        [
            sum(
                float(np.abs(one[:, k] - other[:, m]).mean())
                for one, other in zip(before.profiles, after.profiles, strict=True)
            )
            for m in range(after.classes)
        ]
        for k in range(before.classes)
    ]
    return [int(m) for m in linear_sum_assignment(np.array(apart))[1]]
