"""Models whose items are free over the waves: fitted, matched to equal profiles, and tested."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import engine as measured_engine
from vendepunkt.move.material import MoveMaterial
from vendepunkt.move.model import Errors, MoveModel, errors_of
from vendepunkt.move.options import MoveOptions
from vendepunkt.move.scaled import (
    NestedTest,
    design_effects,
    likelihood_ratio,
    people_count_alike,
    scaled_ratio,
    wald,
)
from vendepunkt.move.smooth import Smooth, estimated, profile_name
from vendepunkt.numerics import Item, split_by_group
from vendepunkt.numerics.markov import (
    MarkovFit,
    MovementEstimates,
    SequenceData,
    fit_markov,
    movement_estimates,
)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.intp]

#: Random starts of the model with all items free, beside the start from equal profiles.
STARTS = 10


@dataclass(frozen=True, eq=False)
class Freed:
    """A fit in which some items have profiles of their own at each wave.

    Attributes
    ----------
    base
        What all models of the comparison share.
    fit, data
        The fit and what it was made on.
    free
        Places of the free items.
    place : (J, T)
        Which of the fit's items an item is at a wave; -1 where nobody answered it.
    order : (T, K)
        Which of the fit's classes is which of the result's, at each wave: waves differ only where
        every item is free and nothing ties their classes together.
    """

    base: Waves
    fit: MarkovFit
    data: SequenceData
    free: tuple[int, ...]
    place: Integers
    order: Integers

    def profile(self, item: int, wave: int) -> Floats:
        """Profile of an item (V, K) at a wave, classes in the result's order."""
        return np.asarray(self.fit.profiles[self.place[item, wave]][:, self.order[wave]])

    @property
    def shares(self) -> Floats:
        """Shares of the classes by wave (T, K), in the result's order."""
        return np.asarray(np.take_along_axis(self.fit.shares, self.order, axis=1))

    @cached_property
    def estimates(self) -> MovementEstimates:
        """The estimates as one vector."""
        return movement_estimates(self.data, self.fit)

    @cached_property
    def errors(self) -> Errors:
        """Their covariance, as the model's."""
        from dataclasses import replace

        material = replace(self.base.material, data=self.data)
        return errors_of(material, self.fit, self.estimates, self.base.options)

    def smooth_profile(self, item: int, wave: int) -> Smooth:
        """Profile of an item at a wave with its gradient, (V, K)."""
        found = estimated(self.estimates, profile_name(int(self.place[item, wave])))
        return Smooth(found.value[:, self.order[wave]], found.gradient[:, self.order[wave]])

    def smooth_shares(self) -> Smooth:
        """Shares of the classes by wave with their gradient, (T, K)."""
        found, rows = estimated(self.estimates, "shares"), np.arange(len(self.order))[:, None]
        return Smooth(found.value[rows, self.order], found.gradient[rows, self.order])


@dataclass(frozen=True, eq=False)
class Waves:
    """What the models of one comparison share.

    Attributes
    ----------
    material, model, options
        The people, the fit with equal profiles, and how it was made.
    items
        The items over person-waves, as the engine takes them.
    categorical
        Of each whether its profile holds probabilities.
    asked : (J, T)
        Whether anybody answered it at a wave.
    """

    material: MoveMaterial
    model: MoveModel
    options: MoveOptions
    items: list[Item]
    categorical: tuple[bool, ...]
    asked: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, material: MoveMaterial, model: MoveModel, options: MoveOptions) -> Waves:
        """Lay the items out."""
        items, _ = measured_engine.engine_items(material.answers)
        waves = len(material.waves)
        return cls(
            material=material,
            model=model,
            options=options,
            items=items,
            categorical=tuple(
                item.kind in measured_engine.CATEGORICAL for item in material.answers.indicators
            ),
            asked=np.array([(item.codes.reshape(-1, waves) >= 0).any(axis=0) for item in items]),
        )

    @property
    def freeable(self) -> tuple[int, ...]:
        """Places of the items that somebody answered at two waves or more."""
        return tuple(np.flatnonzero(self.asked.sum(axis=1) > 1).tolist())

    def equal(self) -> Freed:
        """Give the fit with equal profiles."""
        fit = self.model.fit
        place = np.where(self.asked, np.arange(len(self.items))[:, None], -1)
        order = np.tile(np.arange(fit.classes), (fit.waves, 1))
        return Freed(self, fit, self.material.data, (), place, order)

    def freed(self, free: tuple[int, ...]) -> Freed:
        """Fit profiles that are free in some items, from equal profiles.

        Where all items are free, from :data:`STARTS` random starts too: the best fit is taken.
        """
        items, place = self._split(free)
        data = self._data(items)
        fit = self.model.fit
        made = fit.chain
        rows = [fit.state[: made.items[0].rows.start]]
        for j, piece in enumerate(made.items):
            rows += [fit.state[piece.rows]] * len(np.unique(place[j][place[j] >= 0]))
        options = self.options
        fits = [
            fit_markov(
                data, fit.classes, fit.transitions_kind, fit.form, starts=1, seed=options.seed,
                initial_state=np.concatenate(rows), dirichlet=fit.dirichlet,
            )
        ]  # fmt: skip
        whole = len(free) == len(self.freeable)
        if whole:
            fits.append(
                fit_markov(
                    data, fit.classes, fit.transitions_kind, fit.form,
                    starts=min(options.starts, STARTS), seed=options.seed, max_rounds=1,
                    dirichlet=fit.dirichlet,
                )
            )  # fmt: skip
        best = max(fits, key=lambda one: one.loglik)
        return Freed(self, best, data, free, place, self._matched(best, place, apart=whole))

    def _split(self, free: tuple[int, ...]) -> tuple[list[Item], Integers]:
        """Give an item for each wave of a free item that anybody answered, and which is which."""
        waves = len(self.material.waves)
        wave_of = np.tile(np.arange(waves, dtype=np.int32), len(self.material.used))
        place = np.full(self.asked.shape, -1, dtype=np.intp)
        items: list[Item] = []
        for j, item in enumerate(self.items):
            there = np.flatnonzero(self.asked[j])
            if j not in free:
                place[j, there] = len(items)
                items.append(item)
                continue
            copies = split_by_group([item], wave_of, free=[0])
            for t in there:
                place[j, t] = len(items)
                items.append(copies[t])
        return items, place

    def _data(self, items: list[Item]) -> SequenceData:
        material = self.material
        design, used = material.design, material.used
        freq = None if design is None or design.freq is None else np.where(used, design.freq, 0.0)
        return SequenceData.collapse(
            items,
            len(material.waves),
            weights=None if material.weights is None else np.where(used, material.weights, 0.0),
            freq=freq,
            initial=None
            if material.initial is None
            else np.nan_to_num(material.initial.matrix, nan=0.0),
            transition=None if material.transition is None else material.transition.matrix,
            intervals=material.panel.intervals,
        )

    def _matched(self, fit: MarkovFit, place: Integers, *, apart: bool) -> Integers:
        """Match classes to those of equal profiles: each wave by itself, or all together."""
        from scipy.optimize import linear_sum_assignment

        known = self.model.fit.profiles
        distance = np.zeros((len(self.material.waves), fit.classes, fit.classes))
        for j, wave in zip(*np.nonzero(place >= 0), strict=True):
            if self.categorical[j]:
                profile = fit.profiles[place[j, wave]]
                gap = np.abs(known[j][:, :, None] - profile[:, None, :])
                distance[wave] += gap.mean(axis=0)
        if not apart:
            distance = np.broadcast_to(distance.sum(axis=0), distance.shape)
        return np.stack([linear_sum_assignment(own)[1] for own in distance])

    def distances(self, freed: Freed) -> Floats:
        """How far are the profiles of each class apart between waves? (T, T, K).

        The mean absolute difference of the probabilities of the items answered at both; NaN where
        there are none.
        """
        waves, classes = len(self.material.waves), self.model.classes
        out = np.full((waves, waves, classes), np.nan)
        for one in range(waves):
            for other in range(waves):
                gaps = [
                    np.abs(freed.profile(j, one) - freed.profile(j, other)).mean(axis=0)
                    for j in range(len(self.items))
                    if self.categorical[j] and self.asked[j, one] and self.asked[j, other]
                ]
                if gaps:
                    out[one, other] = np.mean(gaps, axis=0)
        return out

    def test(self, freed: Freed) -> NestedTest:
        """Test equal profiles: by likelihood where people count alike, else by the design."""
        design = self.material.design
        equal = self.model.fit
        df = float(freed.fit.n_parameters - equal.n_parameters)
        if people_count_alike(design):
            return likelihood_ratio(equal.loglik, freed.fit.loglik, df)
        if any(not self.categorical[j] for j in freed.free):
            return NestedTest()
        covariance = freed.errors.covariance
        if covariance is None:
            return NestedTest()
        contrast = self._contrast(freed)
        if contrast.value.size == 0:
            return NestedTest()
        gradient, design_df = contrast.gradient, freed.errors.df
        variance = gradient @ np.nan_to_num(covariance, nan=0.0) @ gradient.T
        # Beyond half the degrees of freedom the covariance of so many is hardly known.
        if design_df is None or 2 * len(gradient) <= design_df:
            found = wald(contrast.value, variance, design_df)
            if found.kind:
                return found
        naive = gradient @ np.nan_to_num(freed.estimates.covariance("hessian")) @ gradient.T
        effects = design_effects(naive, variance)
        return scaled_ratio(equal.loglik, freed.fit.loglik, effects, design_df)

    def _contrast(self, freed: Freed) -> Smooth:
        """Give the differences of the free profiles from those of the first wave asked.

        The last category follows from the others, and what is at 0 or 1 has no variance.
        """
        values, gradients = [], []
        for j in freed.free:
            first, *later = np.flatnonzero(self.asked[j]).tolist()
            for wave in later:
                gap = freed.smooth_profile(j, wave) - freed.smooth_profile(j, first)
                held = (
                    freed.fit.boundary[freed.place[j, wave]][:, freed.order[wave]]
                    | freed.fit.boundary[freed.place[j, first]][:, freed.order[first]]
                )
                inside = ~held
                inside[-1] = False
                values.append(gap.value[inside])
                gradients.append(gap.gradient[inside])
        width = freed.estimates.value.size
        if not values:
            return Smooth(np.zeros(0), np.zeros((0, width)))
        return Smooth(np.concatenate(values), np.concatenate(gradients))
