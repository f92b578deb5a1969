"""Do the answers mean the same at every wave? Measurement equal, partly free and free over waves.

A movement is a change of people only where it is no change of meaning: where people of one group
answer an item differently at a later wave, an equal measurement would take that for movement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vendepunkt.language import listed, number, text
from vendepunkt.measure import Progress
from vendepunkt.measure import notices as measured_notices
from vendepunkt.move.ground import Ground
from vendepunkt.move.invariance_fit import Freed, Waves
from vendepunkt.move.scaled import NestedTest
from vendepunkt.terms import Notice

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]

#: Classes whose profiles differ by more than this between waves, on average, are not the same.
ANOTHER = 0.10
#: Items whose profiles differ at this level are named, over all items tested (Holm).
LEVEL = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class InvarianceModel:
    """One model of the comparison.

    Attributes
    ----------
    form
        ``equal``, ``partly`` or ``free``.
    items
        Items whose profiles may differ between waves.
    fit
        The fit, matched to equal profiles.
    test
        Against equal profiles.
    bic
        With n = people; of a pseudo log-likelihood where sampling weights are used.
    shares : (T, G)
        Shares of the main groups by wave.
    change
        Largest change of any of them against equal profiles, 0 to 1; None where the classes are no
        longer the same.
    apart : (T, T, K)
        Mean absolute difference of the profiles of each class between waves.
    """

    form: str
    items: tuple[str, ...]
    fit: Freed
    test: NestedTest
    bic: float
    shares: Floats
    change: float | None
    apart: Floats

    @property
    def farthest(self) -> float:
        """Largest mean difference, over the classes, of the profiles of two waves."""
        means = np.nanmean(self.apart, axis=2) if self.apart.size else np.zeros((1, 1))
        return float(np.nanmax(means))


@dataclass(frozen=True, eq=False)
class Invariance:
    """Equal profiles over the waves against profiles free in one item, or in all.

    Attributes
    ----------
    ground
        The model of movement, with equal profiles.
    models
        Equal profiles first, then each item free, then all free.
    """

    ground: Ground
    models: tuple[InvarianceModel, ...]

    @property
    def free(self) -> InvarianceModel:
        """The model with all items free."""
        return self.models[-1]

    @property
    def comparable(self) -> bool:
        """Whether the groups are the same at every wave.

        If not, no common name and no transition is to be printed.
        """
        return self.free.farthest <= ANOTHER

    @property
    def lowest_bic(self) -> InvarianceModel:
        """The model with the lowest BIC."""
        return min(self.models, key=lambda model: model.bic)

    @property
    def largest_change(self) -> float:
        """Largest change of any main-group share when a single item is free, 0 to 1."""
        changes = [model.change for model in self.models if model.form == "partly"]
        return max((change for change in changes if change is not None), default=0.0)

    @property
    def differing(self) -> tuple[str, ...]:
        """Items that people of one class answer differently at different waves, beyond chance.

        By Holm's rule, so that the chance of naming any without cause is at most 5 %.
        """
        tested = sorted(
            (model.test.p_value, model.items[0])
            for model in self.models
            if model.form == "partly" and model.test.p_value is not None
        )
        found = []
        for place, (p_value, item) in enumerate(tested):
            if p_value * (len(tested) - place) >= LEVEL:
                break
            found.append(item)
        return tuple(sorted(found, key=self.ground.material.answers.names.index))

    def table(self) -> pd.DataFrame:
        """Give one row per model.

        Returns
        -------
        DataFrame
            ``form items loglik n_parameters bic test statistic df p_value change apart``: what is
            free, its fit, the test against equal profiles (``lr``, ``wald`` or ``scaled_lr``), the
            largest change of any main-group share, and how far the profiles of two waves are apart
            at most (mean absolute difference of probabilities).
        """
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "form": model.form,
                    "items": ", ".join(model.items),
                    "loglik": model.fit.fit.loglik,
                    "n_parameters": model.fit.fit.n_parameters,
                    "bic": model.bic,
                    "test": model.test.kind,
                    "statistic": _number(model.test.statistic),
                    "df": _number(model.test.df),
                    "p_value": _number(model.test.p_value),
                    "change": _number(model.change),
                    "apart": model.farthest,
                    "converged": model.fit.fit.converged,
                }
                for model in self.models
            ]
        )

    def shares_table(self) -> pd.DataFrame:
        """Set the shares of the main groups by wave side by side: equal, partly free, free.

        Returns
        -------
        DataFrame
            ``form items wave group estimate``.
        """
        import pandas as pd

        ground = self.ground
        rows = [
            (model.form, ", ".join(model.items), wave, letter, float(model.shares[t, g]))
            for model in self.models
            for t, wave in enumerate(ground.waves)
            for g, letter in enumerate(ground.letters)
        ]
        return pd.DataFrame(rows, columns=["form", "items", "wave", "group", "estimate"])

    def apart_table(self) -> pd.DataFrame:
        """How far are the profiles of each class apart between waves, where all items are free?

        Returns
        -------
        DataFrame
            ``wave_from wave_to class estimate``; class ``all`` is the mean over the classes.
        """
        import pandas as pd

        waves, apart = self.ground.waves, self.free.apart
        rows = []
        for one in range(len(waves)):
            for other in range(one + 1, len(waves)):
                pair = (waves[one], waves[other])
                each = [(*pair, k + 1, float(gap)) for k, gap in enumerate(apart[one, other])]
                rows += [(*pair, "all", float(apart[one, other].mean())), *each]
        return pd.DataFrame(rows, columns=["wave_from", "wave_to", "class", "estimate"])

    def sentences(self, language: str, labels: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """Say what was found, for the page.

        Parameters
        ----------
        language
            ``"da"`` or ``"en"``.
        labels
            What readers see for an item, by its name.
        """
        named = dict(labels or {})
        best, free = self.lowest_bic, self.free
        if not self.comparable:
            gap = number(free.farthest, language, 2)
            return (text("move.measurement.apart", language, difference=gap),)
        if best.form == "partly":
            first = text(
                "move.measurement.one", language, item=named.get(best.items[0], best.items[0])
            )
        else:
            first = text(f"move.measurement.{'equal' if best.form == 'equal' else 'all'}", language)
        said = [first]
        if self.differing:
            items = listed([named.get(name, name) for name in self.differing], language)
            said.append(text("move.measurement.differing", language, items=items))
        change = number(100 * self.largest_change, language, 1)
        said.append(text("move.measurement.change", language, change=change))
        if free.change is not None:
            change = number(100 * free.change, language, 1)
            said.append(text("move.measurement.change_all", language, change=change))
        return tuple(said)

    @cached_property
    def notices(self) -> tuple[Notice, ...]:
        """What is to be said."""
        found = []
        if not self.comparable:
            gap = f"{self.free.farthest:.2f}"
            found.append(measured_notices.notice("move_measurement_apart", difference=gap))
        elif self.differing:
            changes = [self.largest_change, self.free.change or 0.0]
            found.append(
                measured_notices.notice(
                    "move_measurement_differs",
                    items=", ".join(self.differing),
                    change=f"{100 * max(changes):.1f}",
                )
            )
        stuck = sum(not model.fit.fit.converged for model in self.models)
        if stuck:
            found.append(measured_notices.notice("move_measurement_not_converged", n=stuck))
        return tuple(found)


def invariance(ground: Ground, progress: Progress | None = None) -> Invariance | None:
    """Do people of one class answer alike at every wave, and does it matter for the shares?

    Parameters
    ----------
    ground
        The model of movement, with equal profiles.
    progress
        Called with what is being done and the fraction done.

    Returns
    -------
    Invariance or None
        None for one class, and where no item was answered at two waves.

    Notes
    -----
    Each model is fitted from where equal profiles stand; with all items free, from random starts
    too. Classes are then matched by their profiles, wave by wave where nothing ties them together.

    References
    ----------
    Collins, L. M. & Lanza, S. T. (2010). Latent class and latent transition analysis, ch. 7. Wiley.
    https://doi.org/10.1002/9780470567333

    Bartolucci, F., Pennoni, F. & Francis, B. (2007). A latent Markov model for detecting patterns
    of criminal activity. Journal of the Royal Statistical Society A, 170(1), 115–132.
    https://doi.org/10.1111/j.1467-985X.2006.00440.x
    """
    work = Waves.of(ground.material, ground.model, ground.options)
    if ground.model.classes == 1 or not work.freeable or not any(work.categorical):
        return None
    equal = work.equal()
    found = [_model(ground, work, equal, "equal")]
    sets = [(j,) for j in work.freeable] if len(work.freeable) > 1 else []
    for number_done, free in enumerate(sets):
        if progress is not None:
            progress("measurement over waves", number_done / (len(sets) + 1))
        found.append(_model(ground, work, work.freed(free), "partly"))
    if progress is not None:
        progress("measurement over waves", len(sets) / (len(sets) + 1))
    found.append(_model(ground, work, work.freed(work.freeable), "free"))
    if progress is not None:
        progress("measurement over waves", 1.0)
    return Invariance(ground, tuple(found))


def _model(ground: Ground, work: Waves, freed: Freed, form: str) -> InvarianceModel:
    shares = freed.shares @ ground.membership
    apart = work.distances(freed)
    same = _far(work, freed) <= ANOTHER
    known = ground.model.fit.shares @ ground.membership
    fit = freed.fit
    return InvarianceModel(
        form=form,
        items=tuple(ground.material.answers.names[j] for j in freed.free),
        fit=freed,
        test=NestedTest() if form == "equal" else work.test(freed),
        bic=float(-2.0 * fit.loglik + fit.n_parameters * np.log(ground.material.n)),
        shares=shares,
        change=float(np.abs(shares - known).max()) if same else None,
        apart=apart,
    )


def _far(work: Waves, freed: Freed) -> float:
    """Give the mean difference of the profiles from equal ones, at the wave where it is largest."""
    known = work.model.fit.profiles
    gaps = [
        np.mean(
            [
                np.abs(freed.profile(j, wave) - known[j]).mean()
                for j in range(len(work.items))
                if work.categorical[j] and work.asked[j, wave]
            ]
            or [0.0]
        )
        for wave in range(work.asked.shape[1])
    ]
    return float(max(gaps))


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
