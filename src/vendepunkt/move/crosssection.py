"""Shares at each wave from everybody asked, beside those of the model of the panel members.

Repeated cross-sections with overlap: who was asked at a wave need not be a member of the panel, and
each wave has weights of its own. The measurement is that of the panel; the shares are estimated
anew from everybody with an answer at the wave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import intervals
from vendepunkt.move.ground import Ground
from vendepunkt.move.parameters import person_variance
from vendepunkt.move.smooth import profile_name
from vendepunkt.numerics.markov import SequenceData, posterior

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int32]

#: A smaller difference between two shares is no disagreement, however sure it is.
HALF_A_POINT = 0.005

#: EM for a few shares with known densities stops when no share changes more.
FINEST = 1e-12
LONGEST = 5_000


@dataclass(frozen=True, slots=True, eq=False)
class CrossSection:
    """Shares of the main groups by wave, from everybody asked and from the panel's model.

    Attributes
    ----------
    everybody, panel : (T, G)
        Shares.
    covariance : (2TG, 2TG) or None
        Of both, those of everybody first, wave by wave.
    df
        Degrees of freedom; None for the normal quantile.
    n : (T,)
        People asked with an answer, unweighted.
    """

    everybody: Floats
    panel: Floats
    covariance: Floats | None
    df: float | None
    n: Floats

    def error(self, contrast: Floats) -> Floats:
        """Give the standard errors of linear combinations (m, 2TG) of all shares."""
        if self.covariance is None:
            return np.full(len(contrast), np.nan)
        variance = np.einsum("mi,ij,mj->m", contrast, self.covariance, contrast)
        return np.asarray(np.sqrt(variance.clip(min=0.0)), dtype=np.float64)


def cross_section(ground: Ground) -> CrossSection | None:
    """Estimate the shares of each wave from everybody asked at it.

    Returns
    -------
    CrossSection or None
        None where the panel is weighted and the waves have no weights of their own; with covariates
        (which the others need not have); and where people differ for good in their answers.

    Notes
    -----
    The shares maximise the weighted likelihood of each wave's answers with the profiles of the
    panel's model. Their error counts that these profiles are estimates too, for items with
    categories (others as if known), and that the same people are asked again.

    References
    ----------
    Kish, L. (1965). Survey Sampling, ch. 12.4 (overlapping samples). Wiley.
    """
    material, fit = ground.material, ground.model.fit
    panel = material.panel
    weights = _wave_weights(ground)
    explained = material.initial is not None or material.transition is not None
    if weights is None or explained or fit.form == "random_intercept" or fit.classes == 1:
        return None
    codes = _everybodys_codes(ground)
    densities, answered = _densities(ground, codes)
    people = _people(ground)
    classes, waves = fit.classes, len(panel.waves)
    shares = np.zeros((waves, classes))
    moved: list[Floats] = []
    for t in range(waves):
        used = answered[:, t] & (weights[t] > 0) & panel.inside
        each = np.where(used, weights[t], 0.0)
        ratio = np.where(used[:, None], densities[:, t], 1.0)
        shares[t] = _mixture(ratio, each * people, fit.shares[t])
        own_codes = [item.reshape(-1, waves)[:, t] for item in codes]
        moved.append(_influence(ground, ratio, each, people, shares[t], own_codes))
    places = ground.model.estimates.shapes["shares"][0]
    own = panel_influence(ground, np.eye(ground.model.estimates.value.size)[:, places])
    values = np.concatenate([*moved, own], axis=1)
    to_groups = np.kron(np.eye(2 * waves), ground.membership)
    return CrossSection(
        everybody=shares @ ground.membership,
        panel=fit.shares @ ground.membership,
        covariance=person_variance(ground, values @ to_groups),
        df=ground.model.errors.df,
        n=np.array(
            [people @ (answered[:, t] & (weights[t] > 0) & panel.inside) for t in range(waves)]
        ),
    )


def _wave_weights(ground: Ground) -> list[Floats] | None:
    panel = ground.material.panel
    given = [weights for weights in panel.wave_weights if weights is not None]
    if len(given) == len(panel.waves):
        return [np.nan_to_num(np.asarray(weights), nan=0.0) for weights in given]
    if ground.material.weighted:
        return None
    return [np.ones(panel.n) for _ in panel.waves]


def _people(ground: Ground) -> Floats:
    design = ground.material.panel.design
    if design is None or design.freq is None:
        return np.ones(ground.material.panel.n)
    return np.asarray(design.freq, dtype=np.float64)


def _densities(ground: Ground, codes: list[Codes]) -> tuple[Floats, Bools]:
    """Give the likelihood of everybody's answers at each wave by class, up to a factor, (N, T, K).

    The engine gives the posterior from a wave's answers alone; divided by the shares that went in,
    it is proportional to the likelihood.
    """
    material, fit = ground.material, ground.model.fit
    items = [
        type(item)(item.kind, own, item.values, item.shape)
        for item, own in zip(_items(ground), codes, strict=True)
    ]
    data = SequenceData.collapse(items, len(material.waves), intervals=material.panel.intervals)
    alone = posterior(data, fit).alone
    answered = np.any([own.reshape(-1, len(material.waves)) >= 0 for own in codes], axis=0)
    sequence = data.row_to_pattern
    out = np.ones((material.panel.n, *alone.shape[1:]))
    kept = sequence >= 0
    out[kept] = (alone / np.maximum(fit.shares, 1e-300))[sequence[kept]]
    return out, answered


def _items(ground: Ground) -> list[Any]:
    from vendepunkt.measure import engine

    return engine.engine_items(ground.material.answers)[0]


def _everybodys_codes(ground: Ground) -> list[Codes]:
    """Give everybody's answers in the categories of the model; others count as missing."""
    found = []
    for kept, given in zip(
        ground.material.answers.indicators, ground.material.panel.indicators, strict=True
    ):
        places = {float(value): place for place, value in enumerate(kept.values)}
        renumbered = np.array([places.get(float(value), -1) for value in given.values] + [-1])
        found.append(renumbered[given.codes].astype(np.int32))
    return found


def _mixture(ratio: Floats, weight: Floats, start: Floats) -> Floats:
    """Maximise the shares of classes with known densities `ratio` (N, K)."""
    used = weight > 0
    ratio, weight = ratio[used], weight[used] / weight[used].sum()
    shares = np.maximum(start, 1e-6) / np.maximum(start, 1e-6).sum()
    for _ in range(LONGEST):
        joint = ratio * shares
        after = weight @ (joint / joint.sum(axis=1, keepdims=True))
        change = np.abs(after - shares).max()
        shares = after
        if change < FINEST:
            break
    return np.asarray(shares, dtype=np.float64)


def _influence(
    ground: Ground,
    ratio: Floats,
    weight: Floats,
    people: Floats,
    shares: Floats,
    codes: list[Codes],
) -> Floats:
    """Give each person's influence on the shares at a wave, weight included, (N, K)."""
    classes = shares.size
    mean = ratio @ shares
    score = ratio / mean[:, None]
    free = np.flatnonzero(shares > 1e-8)
    reference = free[shares[free].argmax()]
    inner = np.array([k for k in free if k != reference], dtype=np.intp)
    contrast = score[:, inner] - score[:, [reference]]
    total = weight * people
    information = (contrast * total[:, None]).T @ contrast
    spread = np.zeros((len(inner), classes))
    spread[np.arange(len(inner)), inner] = 1.0
    spread[:, reference] = -1.0
    back = np.linalg.pinv(information) @ spread
    own = (contrast * weight[:, None]) @ back
    by_profiles = _by_profiles(
        ground, score, contrast, total, shares, (inner, int(reference)), codes
    )
    through = panel_influence(ground, by_profiles @ back)
    return np.asarray(own + through, dtype=np.float64)


def _by_profiles(
    ground: Ground,
    score: Floats,
    contrast: Floats,
    total: Floats,
    shares: Floats,
    places: tuple[npt.NDArray[np.intp], int],
    codes: list[Codes],
) -> Floats:
    """Differentiate the estimating equations of the shares by the profiles, (p, K-1).

    The likelihood of a class changes with the probability of the category that was answered.
    """
    inner, reference = places
    classes, model = shares.size, ground.model
    names = np.zeros((classes, len(inner)))
    names[inner, np.arange(len(inner))] = 1.0
    names[reference] = -1.0
    out = np.zeros((model.estimates.value.size, len(inner)))
    for item, profile in enumerate(model.fit.profiles):
        kind = ground.material.answers.indicators[item].kind
        if kind not in {"binary", "nominal", "ordinal", "monotone"}:
            continue
        answers = codes[item]
        block = np.zeros((*profile.shape, len(inner)))
        for category in range(profile.shape[0]):
            mine = answers == category
            each = total[mine, None] * score[mine]
            straight = each.sum(axis=0)[:, None] * names
            through = (each * shares).T @ contrast[mine]
            block[category] = (straight - through) / np.maximum(profile[category], 1e-10)[:, None]
            block[category][model.fit.boundary[item][category]] = 0.0
        out[model.estimates.shapes[profile_name(item)][0]] = block.reshape(-1, len(inner))
    return out


def panel_influence(ground: Ground, by: Floats) -> Floats:
    """Give each person's influence on functions of the panel's estimates, weight included.

    Parameters
    ----------
    ground
        The model.
    by : (p, m)
        Derivatives of the functions by the estimates.

    Returns
    -------
    (N, m) array
    """
    weights = ground.material.weights
    rows = ground.material.data.row_to_pattern
    out = np.zeros((len(rows), by.shape[1]))
    kept = rows >= 0
    out[kept] = np.nan_to_num(ground.model.estimates.influence_on(by), nan=0.0)[rows[kept]]
    return out if weights is None else out * weights[:, None]


def cross_rows(ground: Ground, found: CrossSection) -> list[dict[str, Any]]:
    """Give a row per wave and group: everybody asked, the panel's model, and their difference.

    ``disagree`` marks a difference of half a percentage point or more whose interval leaves out 0.
    """
    level, size = ground.options.conf_level, len(ground.letters)
    count = found.everybody.size
    eye = np.eye(2 * count)
    error = found.error(eye[:count])
    low, high = intervals.probability_interval(found.everybody.ravel(), error, level, found.df)
    gap = (found.panel - found.everybody).ravel()
    gap_error = found.error(eye[count:] - eye[:count])
    gap_low, gap_high = intervals.number_interval(gap, gap_error, level, found.df)
    rows = []
    for place in range(count):
        t, g = divmod(place, size)
        rows.append(
            {
                "wave": ground.waves[t],
                "group": ground.letters[g],
                "estimate": float(found.everybody[t, g]),
                "std_error": float(error[place]),
                "conf_low": float(low[place]),
                "conf_high": float(high[place]),
                "panel": float(found.panel[t, g]),
                "difference": float(gap[place]),
                "difference_low": float(gap_low[place]),
                "difference_high": float(gap_high[place]),
                "disagree": bool(
                    abs(gap[place]) >= HALF_A_POINT and (gap_low[place] > 0 or gap_high[place] < 0)
                ),
                "n": float(found.n[t]),
            }
        )
    return rows


def cross_change_rows(ground: Ground, found: CrossSection) -> list[dict[str, Any]]:
    """Give the change of the shares of everybody asked; its error counts the overlap."""
    size, count = len(ground.letters), found.everybody.size
    eye = np.eye(2 * count)
    rows = []
    for start, end in ground.pairs():
        first = slice(start * size, (start + 1) * size)
        second = slice(end * size, (end + 1) * size)
        change = found.everybody[end] - found.everybody[start]
        error = found.error(eye[second] - eye[first])
        low, high = intervals.number_interval(change, error, ground.options.conf_level, found.df)
        rows += [
            ground.between((start, end))
            | {
                "group": letter,
                "estimate": float(change[g]),
                "std_error": float(error[g]),
                "conf_low": float(low[g]),
                "conf_high": float(high[g]),
                "n": float(min(found.n[start], found.n[end])),
            }
            for g, letter in enumerate(ground.letters)
        ]
    return rows


CROSS_COLUMNS = [
    "wave", "group", "estimate", "std_error", "conf_low", "conf_high", "panel", "difference",
    "difference_low", "difference_high", "disagree", "n",
]  # fmt: skip


def cross_table(ground: Ground, found: CrossSection | None) -> pd.DataFrame:
    """Give :func:`cross_rows` as a frame; empty where there is no cross-section."""
    import pandas as pd

    return pd.DataFrame([] if found is None else cross_rows(ground, found), columns=CROSS_COLUMNS)
