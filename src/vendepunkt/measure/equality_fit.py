"""The models behind a comparison of groups: fitted, aligned to equal profiles, and tested."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vendepunkt.data import Indicator
from vendepunkt.measure.engine import CATEGORICAL, engine_items
from vendepunkt.measure.material import Material
from vendepunkt.measure.model import ClassModel
from vendepunkt.measure.options import MeasureOptions
from vendepunkt.numerics import (
    Item,
    LatentClassFit,
    LatentData,
    fit_classes,
    group_design,
    split_by_group,
    standard_errors,
)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class EqualityTest:
    """A test of equal profiles: ``lr``, ``wald``, or an empty kind for none."""

    kind: str = ""
    statistic: float | None = None
    df: float | None = None
    p_value: float | None = None


@dataclass(frozen=True, slots=True)
class Fitted:
    """One model.

    Attributes
    ----------
    fit, data
        The fit and what it was made on.
    free
        Positions of the free items.
    first
        Position of each item, or of its copy for the first group, among the fit's items.
    order : (G, K)
        Which of the fit's classes is which of the result's, in each group; groups differ only
        where every item is free and nothing ties their classes together.
    shares : (G, K)
        Share of each of the result's classes in each group.
    """

    fit: LatentClassFit
    data: LatentData
    free: tuple[int, ...]
    first: tuple[int, ...]
    order: npt.NDArray[np.intp]
    shares: Floats

    def copy(self, item: int, group: int) -> int:
        """Give the place of an item's profile in a group among the fit's items."""
        return self.first[item] + (group if item in self.free else 0)

    def profile(self, item: int, group: int) -> Floats:
        """Give the profile (V, K) of an item in a group, classes in the result's order."""
        return self.fit.profiles[self.copy(item, group)][:, self.order[group]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What all models of one comparison share.

    Attributes
    ----------
    material, model, options
        The people, the classes they were found to be in, and how models are fitted.
    items, names, categorical
        The engine's items, what they are called, and whether their profiles are probabilities.
    group : (n,)
        Group of each row; 0 for rows without answers.
    sizes : (G,)
        Share of each group among the people compared.
    """

    material: Material
    model: ClassModel
    options: MeasureOptions
    items: list[Item]
    names: tuple[str, ...]
    categorical: tuple[bool, ...]
    group: Integers
    sizes: Floats

    @classmethod
    def of(
        cls,
        material: Material,
        model: ClassModel,
        held: Indicator,
        known: Bools,
        options: MeasureOptions,
    ) -> Comparison:
        """Take the people whose group is known; the others have no answers here."""
        items, columns = engine_items(material, options.direct_effects)
        kinds = {item.name: item.kind in CATEGORICAL for item in material.indicators}
        group = np.zeros(material.used.size, dtype=np.int32)
        group[known] = held.codes
        weights = np.where(known, material.scaled_weights(), 0.0)
        sizes = np.bincount(group, weights=weights)
        return cls(
            material=material,
            model=model,
            options=options,
            items=[
                replace(item, codes=np.where(known, item.codes, -1).astype(np.int32))
                for item in items
            ],
            names=tuple(
                " \N{MULTIPLICATION SIGN} ".join(name for name, _ in parts) for parts in columns
            ),
            categorical=tuple(len(parts) == 1 and kinds[parts[0][0]] for parts in columns),
            group=group,
            sizes=sizes / sizes.sum(),
        )

    def equal(self) -> Fitted:
        """Fit equal profiles; its classes are put in the order of the measurement's."""
        data = self._data(())
        fit = self._searched(data)
        first = tuple(range(len(self.items)))
        known = dict(zip(self.material.names, self.model.classification.profiles, strict=True))
        order = _nearest(
            [
                np.abs(known[name][:, :, None] - fit.profiles[j][:, None, :]).mean(axis=0)
                for j, name in enumerate(self.names)
                if self.categorical[j]
            ]
        )
        return self._shared(fit, data, (), first, order)

    def freed(self, free: tuple[int, ...], equal: Fitted) -> Fitted:
        """Fit profiles that are free in some items: from equal profiles, and from random starts."""
        data = self._data(free)
        groups = len(self.sizes)
        at = equal.data.membership.n_state
        start = [equal.fit.state[:at]]
        first, place = [], 0
        for j, item in enumerate(equal.data.items):
            copies = groups if j in free else 1
            start += [equal.fit.state[at : at + item.n_state]] * copies
            first.append(place)
            at, place = at + item.n_state, place + copies
        fits = [
            fit_classes(data, self.model.classes, initial=np.concatenate(start)),
            self._searched(data),
        ]
        fit = max(fits, key=lambda one: one.loglik)
        identity = np.arange(self.model.classes)
        fitted = self._shared(fit, data, free, tuple(first), identity)
        by_group = [self._distances(fitted, equal, g) for g in range(groups)]
        if len(free) == len(self.items):
            order = np.stack([_nearest(distances) for distances in by_group])
        else:
            order = _nearest([distance for distances in by_group for distance in distances])
        return self._shared(fit, data, free, tuple(first), order)

    def apart(self, fitted: Fitted, equal: Fitted) -> float:
        """Give the mean absolute difference between the profiles of two models."""
        differences = [
            np.abs(fitted.profile(j, g) - equal.profile(j, g)).mean()
            for g in range(len(self.sizes))
            for j in range(len(self.items))
            if self.categorical[j]
        ]
        return float(np.mean(differences)) if differences else 0.0

    def test(self, fitted: Fitted, equal: Fitted) -> EqualityTest:
        """Test equal profiles: by likelihood where people count alike, else by the design."""
        from scipy import stats

        if not fitted.free:
            return EqualityTest()
        design = self.material.design
        alike = design is None or (
            design.weights is None
            and design.strata is None
            and not design.clusters
            and design.replicates is None
        )
        if alike:
            ratio = max(2.0 * (fitted.fit.loglik - equal.fit.loglik), 0.0)
            df = fitted.fit.n_parameters - equal.fit.n_parameters
            return EqualityTest("lr", ratio, float(df), float(stats.chi2.sf(ratio, df)))
        return self._wald(fitted)

    def _wald(self, fitted: Fitted) -> EqualityTest:
        """Test the differences between the groups' profiles with the covariance of the design."""
        from scipy import stats

        design = self.material.design
        if design is None or any(not self.categorical[j] for j in fitted.free):
            return EqualityTest()
        errors = standard_errors(fitted.data, fitted.fit, kind="design", design=design)
        ones, others = self._contrasts(fitted)
        restrictions = ones.size
        freedom = design.df - restrictions + 1
        if not errors.identified or restrictions == 0 or freedom < 1:
            return EqualityTest()
        flat = np.concatenate([profile.ravel() for profile in fitted.fit.profiles])
        first = fitted.fit.classes
        difference = flat[ones] - flat[others]
        contrast = np.zeros((restrictions, errors.covariance.shape[0]))
        rows = np.arange(restrictions)
        contrast[rows, first + ones] = 1.0
        contrast[rows, first + others] = -1.0
        variance = contrast @ errors.covariance @ contrast.T
        if np.linalg.matrix_rank(variance) < restrictions:
            return EqualityTest()
        wald = float(difference @ np.linalg.solve(variance, difference))
        # The correction that survey programs make for a covariance known from few PSUs.
        value = wald / restrictions * freedom / design.df
        return EqualityTest(
            "wald", value, float(restrictions), float(stats.f.sf(value, restrictions, freedom))
        )

    def _contrasts(self, fitted: Fitted) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Pair the profile entries of each later group with those of the first.

        The last category follows from the others, and what is at 0 or 1 has no variance.
        """
        sizes = [profile.size for profile in fitted.fit.profiles]
        begins = np.concatenate([[0], np.cumsum(sizes)])
        ones, others = [], []
        for j in fitted.free:
            for g in range(1, len(self.sizes)):
                mine, base = fitted.copy(j, g), fitted.copy(j, 0)
                for row in range(fitted.fit.profiles[mine].shape[0] - 1):
                    for k in range(fitted.fit.classes):
                        a, b = fitted.order[g][k], fitted.order[0][k]
                        marks = fitted.fit.boundary
                        if not (marks[mine][row, a] or marks[base][row, b]):
                            ones.append(begins[mine] + row * fitted.fit.classes + a)
                            others.append(begins[base] + row * fitted.fit.classes + b)
        return np.array(ones, dtype=np.intp), np.array(others, dtype=np.intp)

    def _data(self, free: tuple[int, ...]) -> LatentData:
        material = self.material
        membership = group_design(self.group)
        if material.covariates is not None:
            explained = np.nan_to_num(material.covariates.matrix[:, 1:], nan=0.0)
            membership = np.column_stack([membership, explained])
        weights = material.weights
        return LatentData.collapse(
            split_by_group(self.items, self.group, free),
            weights=None if weights is None else np.where(material.used, weights, 0.0),
            freq=material.freq,
            membership=membership,
        )

    def _searched(self, data: LatentData) -> LatentClassFit:
        options = self.options
        return fit_classes(
            data,
            self.model.classes,
            starts=options.starts,
            seed=options.seed,
            max_rounds=options.max_rounds,
        )

    def _distances(self, fitted: Fitted, equal: Fitted, group: int) -> list[Floats]:
        """Give for each item how far each class is from each class under equal profiles."""
        return [
            np.abs(equal.profile(j, group)[:, :, None] - fitted.profile(j, group)[:, None, :]).mean(
                axis=0
            )
            for j in range(len(self.items))
            if self.categorical[j]
        ]

    def _shared(
        self,
        fit: LatentClassFit,
        data: LatentData,
        free: tuple[int, ...],
        first: tuple[int, ...],
        order: npt.NDArray[np.intp],
    ) -> Fitted:
        """Give a fit with the shares of its classes, put in order, in each group."""
        groups = len(self.sizes)
        orders = np.broadcast_to(order, (groups, fit.classes))
        answered = data.row_to_pattern >= 0
        # Patterns tell groups apart: membership is part of them.
        group = np.zeros(data.n_patterns, dtype=np.int64)
        group[data.row_to_pattern[answered]] = self.group[answered]
        summed = np.zeros((groups, fit.classes))
        np.add.at(summed, group, data.weight[:, None] * fit.posterior)
        shares = summed / summed.sum(axis=1, keepdims=True)
        return Fitted(fit, data, free, first, orders, np.take_along_axis(shares, orders, axis=1))


def _nearest(distances: list[Floats]) -> npt.NDArray[np.intp]:
    """Match classes one to one so that their profiles are as near as they can be."""
    from scipy.optimize import linear_sum_assignment

    if not distances:
        raise ValueError("no item has categories")
    return np.asarray(linear_sum_assignment(np.sum(distances, axis=0))[1], dtype=np.intp)
