"""The sum score: count deprivations by dimension and cut, as HILDA and AROPE do."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from vendepunkt.data import Indicator
from vendepunkt.measure.cells import base
from vendepunkt.measure.classification import Classification
from vendepunkt.measure.classifiers.protocol import Classified, Progress
from vendepunkt.measure.material import Material
from vendepunkt.measure.options import MeasureOptions
from vendepunkt.measure.patterns import Patterns, patterns
from vendepunkt.measure.severity import severity
from vendepunkt.terms import Notice, UsageError

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class SumScore:
    """Place people by how many of their answers count as deprived.

    An answer counts as deprived from a stated category on. The score of a dimension is the share
    of its answered items that are deprived; a person's score is the sum over the dimensions,
    scaled up where a dimension has no answer. The cut-offs part the scores into ranks.

    References
    ----------
    Scutella, R., Wilkins, R. & Kostenko, W. (2013). Intensity and persistence of individuals'
    social exclusion in Australia. Australian Journal of Social Issues, 48(3), 273–298.
    https://doi.org/10.1002/j.1839-4655.2013.tb00283.x

    Alkire, S. & Foster, J. (2011). Counting and multidimensional poverty measurement. Journal of
    Public Economics, 95(7–8), 476–487. https://doi.org/10.1016/j.jpubeco.2010.11.006
    """

    name = "sum_score"
    sources = (
        "Scutella, Wilkins & Kostenko (2013). https://doi.org/10.1002/j.1839-4655.2013.tb00283.x",
        "Alkire & Foster (2011). https://doi.org/10.1016/j.jpubeco.2010.11.006",
    )

    def classify(
        self, material: Material, options: MeasureOptions, progress: Progress | None = None
    ) -> Classified:
        """Place everybody by the sum score; ranks without people are left out and named.

        Raises
        ------
        UsageError
            If an item has no order, or the category stated for an item is not one of its own.
        """
        threshold = [
            _threshold(item, options.sum_score.deprived_from) for item in material.indicators
        ]
        _check_names(material, options)
        collapsed = patterns(material)
        score = scores(collapsed, threshold, material.dimensions)
        rank = np.searchsorted(np.asarray(options.sum_score.cutoffs), score, side="right")
        present = np.unique(rank)
        notices: tuple[Notice, ...] = ()
        if present.size <= len(options.sum_score.cutoffs):
            empty = sorted(set(range(len(options.sum_score.cutoffs) + 1)) - set(present.tolist()))
            said = ", ".join(str(number + 1) for number in empty)
            notices = (
                Notice("empty_rank", f"Nobody has a score of rank {said}.", {"ranks": said}),
            )
        member = (rank[:, None] == present[None, :]).astype(np.float64)
        if progress is not None:
            progress("sum score", 1.0)
        return Classified(_classification(material, collapsed, member), notices)


def scores(collapsed: Patterns, threshold: list[int], dimensions: tuple[str, ...]) -> Floats:
    """How deprived is each answer pattern, from 0 to the number of dimensions?

    Parameters
    ----------
    collapsed
        The answer patterns.
    threshold
        For each item the category number from which on an answer counts as deprived.
    dimensions
        Dimension of each item.

    Returns
    -------
    (P,) array
        Sum over dimensions of the share of answered items that are deprived, times the number of
        dimensions over those with an answer.
    """
    given = collapsed.codes >= 0
    deprived = given & (collapsed.codes >= np.asarray(threshold))
    total = np.zeros(collapsed.codes.shape[0])
    answered = np.zeros(collapsed.codes.shape[0])
    names = tuple(dict.fromkeys(dimensions))
    for name in names:
        inside = [j for j, dimension in enumerate(dimensions) if dimension == name]
        asked = given[:, inside].sum(axis=1)
        share = np.divide(
            deprived[:, inside].sum(axis=1), asked, out=np.zeros(asked.size), where=asked > 0
        )
        total += share
        answered += asked > 0
    # Rounded, so that 1/3 + 1/3 + 1/3 reaches a cut-off of 1.
    return np.round(total * len(names) / answered, 9)


def _threshold(item: Indicator, stated: Mapping[str, str]) -> int:
    if not len(item.scores) or np.isnan(item.scores).any():
        raise UsageError(
            "item_without_order",
            f"{item.name} has no order from good to bad, which the sum score needs.",
            try_=f"an order for {item.name}, or leave it out",
        )
    wanted = stated.get(item.name)
    if wanted is None:
        return int(np.argmax(item.scores))
    if wanted not in item.categories:
        raise UsageError(
            "not_allowed",
            f"deprived_from says {wanted!r} for {item.name}.",
            allowed=", ".join(item.categories),
        )
    return item.categories.index(wanted)


def _check_names(material: Material, options: MeasureOptions) -> None:
    unknown = sorted(set(options.sum_score.deprived_from) - set(material.names))
    if unknown:
        raise UsageError(
            "not_allowed",
            f"deprived_from names {', '.join(unknown)}.",
            allowed=", ".join(material.names),
        )


def _classification(material: Material, collapsed: Patterns, member: Floats) -> Classification:
    profiles, rows, influence = _observed(material, collapsed, member)
    covariance, df, kind = _covariance(material, collapsed, influence)
    boundary = tuple((profile <= 0) | (profile >= 1) for profile in profiles)
    if covariance is not None:
        fixed = np.concatenate(
            [np.zeros(member.shape[1], dtype=bool), *[marks.ravel() for marks in boundary]]
        )
        covariance[fixed] = np.nan
        covariance[:, fixed] = np.nan
    return Classification(
        posterior=member,
        row_to_pattern=collapsed.row_to_pattern,
        weights=collapsed.weights,
        counts=collapsed.counts,
        shares=collapsed.weights @ member / collapsed.weights.sum(),
        profiles=profiles,
        rows=rows,
        boundary=boundary,
        covariance=covariance,
        se_kind=kind,
        df=df,
        severity=severity(profiles, material.scores, material.dimensions),
        base=base(material, collapsed, member),
    )


def _observed(
    material: Material, collapsed: Patterns, member: Floats
) -> tuple[tuple[Floats, ...], tuple[tuple[str, ...], ...], Floats]:
    """Give each group's answers, and the influence of each pattern on shares and answers.

    Both are ratios of weighted totals, whose influence is (1(c) − p) over the total of those who
    answered; summed with the weights it is the linearised ratio of survey sampling.
    """
    total = collapsed.weights.sum()
    shares = collapsed.weights @ member / total
    influence = [(member - shares) / total]
    profiles, rows = [], []
    for column, item in enumerate(material.indicators):
        answers = collapsed.codes[:, column]
        given = (answers >= 0)[:, None] * member
        asked = collapsed.weights @ given
        size = len(item.values)
        profile = np.full((size, member.shape[1]), np.nan)
        for category in range(size):
            mine = (answers == category)[:, None] * member
            profile[category] = np.divide(
                collapsed.weights @ mine, asked, out=np.full(asked.size, np.nan), where=asked > 0
            )
            part = np.divide(
                mine - profile[category] * given, asked, where=asked > 0, out=np.zeros(mine.shape)
            )
            influence.append(part)
        profiles.append(profile)
        rows.append(tuple(item.categories))
    return tuple(profiles), tuple(rows), np.concatenate(influence, axis=1)


def _covariance(
    material: Material, collapsed: Patterns, influence: Floats
) -> tuple[Floats | None, float | None, str]:
    if material.design is None:
        # Independent people: n/(n − 1) Σ z z', each person with their own weight.
        n = collapsed.counts.sum()
        scale = float(n / (n - 1.0)) if n > 1 else 1.0
        covariance = scale * (influence.T * collapsed.counts) @ influence
        return np.asarray(covariance, dtype=np.float64), None, "robust"
    # The design sums raw weights; the influence was made with weights that add to n.
    raw = material.scaled_weights().sum() / material.weighted_n
    variance = material.design.variance(influence * raw, collapsed.row_to_pattern)
    return variance.covariance.copy(), float(variance.df), "design"
