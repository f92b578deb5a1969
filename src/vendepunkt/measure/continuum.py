"""Groups or continuum: do the classes look like cuts on one spectrum?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vendepunkt.measure.classifiers.protocol import Progress
from vendepunkt.measure.engine import CATEGORICAL, engine
from vendepunkt.measure.material import Material
from vendepunkt.measure.model import ClassModel
from vendepunkt.measure.options import MeasureOptions
from vendepunkt.measure.words import Said
from vendepunkt.numerics import LatentClassFit, fit_classes

#: Differences in BIC from here on are called clear (very strong in Kass and Raftery's words).
CLEAR = 10.0

#: A difference in BIC under this is none.
EQUAL = 1.0

#: Expected scores that fall by less than this from one class to the next count as equal.
FLAT = 0.01

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Continuum:
    """Free classes against classes that are ordered in every item.

    Attributes
    ----------
    classes
        Number of classes compared.
    free_loglik, ordered_loglik
        Log-likelihood with profiles free, and with profiles that may only get worse from class to
        class in every item (stochastic order).
    free_bic, ordered_bic
        Their BIC. Ordered classes have as many parameters; an order that costs nothing in
        likelihood is therefore an equal BIC.
    located_bic
        BIC of classes whose answers are shifted along each item's scale (adjacent-category logit);
        None where that fit puts the classes in different orders on different items, and so is no
        spectrum.
    verdict
        ``spectrum``, ``groups`` or ``unclear``.
    """

    classes: int
    free_loglik: float
    ordered_loglik: float
    free_bic: float
    ordered_bic: float
    located_bic: float | None
    verdict: str

    @property
    def said(self) -> Said:
        """The sentence for the page."""
        simpler = _simpler(self.ordered_bic, self.located_bic)
        return Said(
            f"measure.continuum.{self.verdict}",
            {"classes": self.classes, "difference": float(abs(simpler - self.free_bic))},
        )


def continuum(
    material: Material, free: ClassModel, options: MeasureOptions, progress: Progress | None = None
) -> Continuum | None:
    """Do the classes look like cuts on one spectrum, or like different kinds of people?

    Parameters
    ----------
    material
        The people and answers.
    free
        The fit with unrestricted profiles.
    options
        Starts and seed.

    Returns
    -------
    Continuum or None
        None for one class, or when fewer than two items have an order.

    References
    ----------
    Croon, M. (1990). Latent class analysis with ordered latent classes. British Journal of
    Mathematical and Statistical Psychology, 43(2), 171–192.
    https://doi.org/10.1111/j.2044-8317.1990.tb00934.x

    Kass, R. E. & Raftery, A. E. (1995). Bayes factors. JASA, 90(430), 773–795.
    https://doi.org/10.1080/01621459.1995.10476572
    """
    ordered_items = [
        item
        for item in material.indicators
        if item.kind in CATEGORICAL and len(item.scores) and not np.isnan(item.scores).any()
    ]
    if free.classes == 1 or len(ordered_items) < 2:
        return None
    ordered = _refit(material, "monotone", free.classes, options, progress)
    located = _refit(material, "ordinal", free.classes, options, progress)
    ordered_bic = _bic(ordered, material.n)
    located_bic = (
        _bic(located, material.n) if in_one_order(located.profiles, material.scores) else None
    )
    return Continuum(
        classes=free.classes,
        free_loglik=free.fit.loglik,
        ordered_loglik=ordered.loglik,
        free_bic=free.criteria.bic,
        ordered_bic=ordered_bic,
        located_bic=located_bic,
        verdict=verdict(free.criteria.bic, ordered_bic, located_bic),
    )


def verdict(free_bic: float, ordered_bic: float, located_bic: float | None) -> str:
    """Say what the criteria say: ``spectrum``, ``groups`` or ``unclear``.

    Examples
    --------
    >>> verdict(1000.0, 1000.5, None), verdict(1000.0, 1040.0, 1030.0)
    ('spectrum', 'groups')
    >>> verdict(1000.0, 1005.0, None)
    'unclear'
    """
    simpler = _simpler(ordered_bic, located_bic)
    if simpler - free_bic > CLEAR:
        return "groups"
    # Ordered classes never have a better likelihood at the same number of parameters, so an
    # equal BIC already means that the order costs nothing.
    if ordered_bic - free_bic < EQUAL or free_bic - simpler > CLEAR:
        return "spectrum"
    return "unclear"


def in_one_order(profiles: Sequence[Floats], scores: Sequence[Floats]) -> bool:
    """Whether one order of the classes makes the expected score rise, or stay, in every item."""
    expected = np.array(
        [
            score @ profile
            for profile, score in zip(profiles, scores, strict=True)
            if score.size == profile.shape[0] and not np.isnan(score).any()
        ]
    )
    ranked = expected[:, np.argsort(expected.mean(axis=0), kind="stable")]
    return bool((np.diff(ranked, axis=1) >= -FLAT).all())


def _simpler(ordered_bic: float, located_bic: float | None) -> float:
    return ordered_bic if located_bic is None else min(ordered_bic, located_bic)


def _refit(
    material: Material, kind: str, classes: int, options: MeasureOptions, progress: Progress | None
) -> LatentClassFit:
    return fit_classes(
        engine(material, kind=kind).data,
        classes,
        starts=options.starts,
        seed=options.seed,
        max_rounds=options.max_rounds,
        progress=progress,
    )


def _bic(fit: LatentClassFit, n: float) -> float:
    return float(-2.0 * fit.loglik + fit.n_parameters * np.log(n))
