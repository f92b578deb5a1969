"""Tests of nested models that hold under weights and clusters: Wald, and a scaled ratio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vendepunkt.data import Design

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NestedTest:
    """A test of restrictions.

    Attributes
    ----------
    kind
        ``lr``: likelihood ratio, where people count alike. ``wald``: F test by the covariance of
        the design. ``scaled_lr``: likelihood ratio over its mean design effect, F. Empty for none.
    statistic, df, p_value
        The ratio or the F; its (first) degrees of freedom; None where there is no test.
    """

    kind: str = ""
    statistic: float | None = None
    df: float | None = None
    p_value: float | None = None


def people_count_alike(design: Design | None) -> bool:
    """Whether the likelihood is a plain one: no weights, strata, clusters or replicates."""
    return design is None or (
        design.weights is None
        and design.strata is None
        and not design.clusters
        and design.replicates is None
    )


def likelihood_ratio(restricted: float, free: float, df: float) -> NestedTest:
    """Test by two log-likelihoods of people who count alike.

    Examples
    --------
    >>> likelihood_ratio(-100.0, -98.0, 1.0).p_value.__round__(4)
    0.0455
    """
    from scipy import stats

    if df <= 0:
        return NestedTest()
    ratio = max(2.0 * (free - restricted), 0.0)
    return NestedTest("lr", ratio, df, float(stats.chi2.sf(ratio, df)))


def wald(value: Floats, variance: Floats, design_df: float | None) -> NestedTest:
    """Test that m numbers are 0 by their covariance.

    Parameters
    ----------
    value : (m,)
        The numbers.
    variance : (m, m)
        Their covariance.
    design_df
        Degrees of freedom of the design; None for none to be counted.

    References
    ----------
    Korn, E. L. & Graubard, B. I. (1990). Simultaneous testing of regression coefficients with
    complex survey data. The American Statistician, 44(4), 270–276.
    https://doi.org/10.1080/00031305.1990.10475737
    """
    from scipy import stats

    count = len(value)
    if count == 0 or np.linalg.matrix_rank(variance) < count:
        return NestedTest()
    found = float(value @ np.linalg.solve(variance, value))
    if design_df is None:
        return NestedTest("wald", found, float(count), float(stats.chi2.sf(found, count)))
    freedom = design_df - count + 1
    if freedom < 1:
        return NestedTest()
    # The correction that survey programs make for a covariance known from few PSUs.
    f = found / count * freedom / design_df
    return NestedTest("wald", f, float(count), float(stats.f.sf(f, count, freedom)))


def scaled_ratio(
    restricted: float, free: float, effects: Floats, design_df: float | None
) -> NestedTest:
    """Test by a ratio of pseudo log-likelihoods, brought back to scale.

    Such a ratio is distributed as a sum of chi-squares, each times a design effect. It is divided
    by their mean, and the spread between them lowers the degrees of freedom (Satterthwaite).

    Parameters
    ----------
    restricted, free
        Pseudo log-likelihoods, weights scaled to mean 1.
    effects : (m,)
        Design effects of the restrictions: eigenvalues of the covariance under the design over that
        of independent people.
    design_df
        Degrees of freedom of the design, or None.

    References
    ----------
    Rao, J. N. K. & Scott, A. J. (1984). On chi-squared tests for multiway contingency tables with
    cell proportions estimated from survey data. The Annals of Statistics, 12(1), 46–60.
    https://doi.org/10.1214/aos/1176346391

    Lumley, T. & Scott, A. (2014). Tests for regression models fitted to survey data. Australian &
    New Zealand Journal of Statistics, 56(1), 1–14. https://doi.org/10.1111/anzs.12065

    Examples
    --------
    >>> test = scaled_ratio(-100.0, -98.0, np.array([1.0]), None)
    >>> round(test.p_value, 4)
    0.0455
    """
    from scipy import stats

    if not effects.size or not np.isfinite(effects).all() or effects.mean() <= 0:
        return NestedTest()
    ratio = max(2.0 * (free - restricted), 0.0)
    df = round(float(effects.sum() ** 2 / (effects**2).sum()), 9)
    f = ratio / float(effects.sum())
    if design_df is None:
        return NestedTest("scaled_lr", f, df, float(stats.chi2.sf(f * df, df)))
    return NestedTest("scaled_lr", f, df, float(stats.f.sf(f, df, design_df)))


def design_effects(naive: Floats, design: Floats) -> Floats:
    """Give the eigenvalues of one covariance over another, on the space where `naive` varies.

    Examples
    --------
    >>> design_effects(np.eye(2), np.diag([2.0, 3.0])).round(6).tolist()
    [2.0, 3.0]
    """
    values, vectors = np.linalg.eigh(naive)
    kept = values > max(float(values.max(initial=0.0)), 1e-300) * 1e-9
    inside = vectors[:, kept] / np.sqrt(values[kept])
    return np.asarray(np.linalg.eigvalsh(inside.T @ design @ inside), dtype=np.float64)
