"""Do the items mean the same to all? Profiles equal across groups of people, or free in some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vendepunkt.data import Indicator
from vendepunkt.measure.classifiers.protocol import Progress
from vendepunkt.measure.engine import CATEGORICAL
from vendepunkt.measure.equality_fit import Comparison, Fitted
from vendepunkt.measure.material import Material
from vendepunkt.measure.model import ClassModel
from vendepunkt.measure.options import MeasureOptions
from vendepunkt.measure.words import Said
from vendepunkt.terms import DataError, UsageError

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]

#: More groups than this have too few people each for a comparison.
MOST_GROUPS = 12
#: Classes whose profiles differ by more than this, on average, are not the same classes.
ANOTHER = 0.10


@dataclass(frozen=True, slots=True)
class EqualityModel:
    """One model of the comparison.

    Attributes
    ----------
    free
        Items whose profiles may differ between the groups; empty where all are equal.
    loglik, n_parameters, bic
        Of the model; a pseudo log-likelihood where sampling weights are used.
    test
        ``lr``, a likelihood ratio against equal profiles; ``wald``, an F test of the differences
        by the covariance of the design; empty where there is none.
    statistic, df, p_value
        Of the test, or None: for equal profiles themselves, for more differences than the design
        has degrees of freedom, and where the profiles are not determined.
    shares : (G, K)
        Share of each class in each group.
    change
        Largest change of any class share, in any group or among all, against equal profiles; None
        where the classes are no longer the same.
    """

    free: tuple[str, ...]
    loglik: float
    n_parameters: int
    bic: float
    test: str
    statistic: float | None
    df: float | None
    p_value: float | None
    shares: Floats
    change: float | None


@dataclass(frozen=True, slots=True)
class Equality:
    """Equal profiles across groups against profiles that are free in one item, or in all.

    Attributes
    ----------
    column, label
        What the groups differ in.
    groups
        Names of the groups.
    classes
        Number of classes.
    n
        Unweighted people in each group.
    n_without
        People left out of the comparison because their group is not known.
    models
        Equal profiles first, then each item free, then all free.
    """

    column: str
    label: str
    groups: tuple[str, ...]
    classes: int
    n: tuple[float, ...]
    n_without: float
    models: tuple[EqualityModel, ...]

    @property
    def lowest_bic(self) -> EqualityModel:
        """The model with the lowest BIC."""
        return min(self.models, key=lambda model: model.bic)

    @property
    def largest_change(self) -> float:
        """Largest change of any class share when a single item is free, 0 to 1."""
        changes = [model.change for model in self.models[1:-1] if model.change is not None]
        return max(changes, default=0.0)

    @property
    def said(self) -> Said:
        """The sentence for the page: what BIC prefers."""
        best = self.lowest_bic
        kind = "equal" if not best.free else "one" if best is not self.models[-1] else "all"
        values: dict[str, int | float | str | tuple[str, ...]] = {"column": self.label}
        if kind == "one":
            values["item"] = best.free[0]
        return Said(f"measure.equality.{kind}", values)

    @property
    def said_change(self) -> Said:
        """The sentence for the page: how much a free item changes a share, in percentage points."""
        change = 100 * self.largest_change
        return Said("measure.equality.change", {"column": self.label, "change": float(change)})

    def table(self) -> pd.DataFrame:
        """Give one row per model: what is free, its fit, the test and the largest change."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "free": ", ".join(model.free),
                    "loglik": model.loglik,
                    "n_parameters": model.n_parameters,
                    "bic": model.bic,
                    "test": model.test,
                    "statistic": model.statistic,
                    "df": model.df,
                    "p_value": model.p_value,
                    "change": model.change,
                }
                for model in self.models
            ]
        )


def equality(
    material: Material,
    model: ClassModel,
    across: Indicator,
    options: MeasureOptions,
    progress: Progress | None = None,
) -> Equality | None:
    """Do people of all groups in a class answer alike, and does it matter for the shares?

    Class shares differ between the groups in every model. People whose group is not known are
    left out of all models and counted.

    Parameters
    ----------
    material
        The people and answers.
    model
        The classes whose profiles are compared.
    across
        The groups, such as sex, age group or the way of answering, as an item over the same rows.
    options
        Starts, seed and direct effects.
    progress
        Called with what is being done and the fraction done.

    Returns
    -------
    Equality or None
        None for one class.

    Raises
    ------
    UsageError
        If no item has categories.
    DataError
        If there are fewer than two groups among the people used, or more than twelve.

    References
    ----------
    Clogg, C. C. & Goodman, L. A. (1984). Latent structure analysis of a set of multidimensional
    contingency tables. JASA, 79(388), 762–771. https://doi.org/10.1080/01621459.1984.10477093

    Kankaraš, M., Moors, G. & Vermunt, J. K. (2010). Testing for measurement invariance with latent
    class analysis. In Cross-cultural analysis. Routledge. https://doi.org/10.4324/9780203882924
    """
    if model.classes == 1:
        return None
    if not any(item.kind in CATEGORICAL for item in material.indicators):
        raise UsageError(
            "bad_equal_across",
            "Profiles can be compared across groups where items have categories, and none has.",
            allowed="at least one item with categories",
        )
    known = material.used & (across.codes >= 0)
    held = across.take(known)
    _check_groups(held)
    work = Comparison.of(material, model, held, known, options)
    everything = tuple(range(len(work.names)))
    free_sets = [*[(j,) for j in everything], everything]
    equal = work.equal()
    found = [_model(work, equal, equal)]
    for place, free in enumerate(free_sets):
        if progress is not None:
            progress(f"profiles by {across.name}", place / len(free_sets))
        found.append(_model(work, work.freed(free, equal), equal))
    n = np.bincount(held.codes, weights=material.people()[known], minlength=len(held.categories))
    return Equality(
        column=across.name,
        label=across.label or across.name,
        groups=held.categories,
        classes=model.classes,
        n=tuple(n.tolist()),
        n_without=float(material.people()[material.used & ~known].sum()),
        models=tuple(found),
    )


def _model(work: Comparison, fitted: Fitted, equal: Fitted) -> EqualityModel:
    """Judge one model against equal profiles."""
    test = work.test(fitted, equal)
    change = None
    if work.apart(fitted, equal) <= ANOTHER:
        among_all = work.sizes @ (fitted.shares - equal.shares)
        change = float(max(np.abs(fitted.shares - equal.shares).max(), np.abs(among_all).max()))
    return EqualityModel(
        free=tuple(work.names[j] for j in fitted.free),
        loglik=fitted.fit.loglik,
        n_parameters=fitted.fit.n_parameters,
        bic=float(-2.0 * fitted.fit.loglik + fitted.fit.n_parameters * np.log(fitted.data.n)),
        test=test.kind,
        statistic=test.statistic,
        df=test.df,
        p_value=test.p_value,
        shares=fitted.shares,
        change=change,
    )


def _check_groups(held: Indicator) -> None:
    count = len(held.categories)
    if not 2 <= count <= MOST_GROUPS:
        raise DataError(
            "bad_equal_across",
            f"{held.name} parts the people used into {count} "
            f"{'group' if count == 1 else 'groups'}.",
            allowed=f"2 to {MOST_GROUPS} groups",
            try_="another column, or merge its categories",
        )
