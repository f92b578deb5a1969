"""Item types that poLCA lacks, against R: mclust, flexmix, VGAM, MASS, log-linear glm, multinom.

Tolerances: R's optimisers stop at a relative change of 1e-14 and r_values.csv holds 12 digits:
log-likelihood 1e-4 (as for poLCA), estimates 1e-3 relative or absolute where the surface is flat,
1e-5 in `separated.csv`, where every part is an ordinary regression with a sharp maximum.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from tests.reference.lca_data import counted, nominal, table

from vendepunkt.numerics import Item, LatentClassFit, LatentData, fit_classes, standard_errors

VALUES = table("r_values").set_index(["data", "model", "classes", "quantity"])["value"]
Measured = Callable[..., None]
MIXED, SEPARATED = table("mixed"), table("separated")


def pick(data: str, model: str, classes: int, quantity: str) -> float:
    return float(VALUES.loc[(data, model, classes, quantity)])


def grid(data: str, model: str, classes: int, name: str, rows: int) -> np.ndarray:
    """Values name[j,k] as (rows, classes)."""
    return np.array(
        [
            [pick(data, model, classes, f"{name}[{j},{k}]") for k in range(1, classes + 1)]
            for j in range(1, rows + 1)
        ]
    )


def say(
    measured: Measured, data: str, classes: int, quantity: str, by: str, theirs: float, ours: float
) -> None:
    """Put a row on the page "Does it equal R?"."""
    measured(
        "equals",
        data=data,
        classes=classes,
        quantity=quantity,
        by=by,
        theirs=f"{theirs:.4f}",
        ours=f"{ours:.4f}",
    )


def up_by(fit: LatentClassFit, item: int) -> LatentClassFit:
    """Classes in the order of the first printed row of one item."""
    return fit.reorder(tuple(int(k) for k in np.argsort(fit.profiles[item][0])))


@pytest.mark.parametrize("classes", [1, 2, 3, 4])
def test_gaussian_mixtures_equal_mclust(classes: int, measured: Measured) -> None:
    iris = table("iris")
    data = LatentData.collapse([counted(iris[name], "continuous") for name in iris])
    fit = up_by(fit_classes(data, classes, seed=0), 2)
    expected = pick("iris", "continuous", classes, "loglik")
    assert fit.n_parameters == classes - 1 + 4 * classes + 4
    say(
        measured,
        "iris, continuous",
        classes,
        "log-likelihood",
        "mclust 6.0.0 EEI",
        expected,
        fit.loglik,
    )
    assert fit.loglik > expected - 1e-4
    if fit.loglik < expected + 1e-3:
        means = grid("iris", "continuous", classes, "mean", 4)
        for j in range(4):
            assert np.allclose(fit.profiles[j][0], means[j], atol=1e-3)
            spread = pick("iris", "continuous", classes, f"variance[{j + 1}]")
            assert np.allclose(fit.profiles[j][1], spread, rtol=1e-3)


@pytest.mark.parametrize("classes", [1, 2, 3])
def test_poisson_mixtures_equal_flexmix(classes: int, measured: Measured) -> None:
    counts = MIXED.filter(like="count")
    data = LatentData.collapse([counted(counts[name], "count") for name in counts])
    fit = up_by(fit_classes(data, classes, seed=0), 0)
    expected = pick("mixed", "count", classes, "loglik")
    say(measured, "counts", classes, "log-likelihood", "flexmix 2.3.18", expected, fit.loglik)
    assert fit.loglik > expected - 1e-4
    assert fit.loglik < expected + 1e-2
    means = grid("mixed", "count", classes, "mean", 4)
    assert np.allclose(np.vstack([profile[0] for profile in fit.profiles]), means, rtol=1e-3)
    shares = [pick("mixed", "count", classes, f"share[{k}]") for k in range(1, classes + 1)]
    assert np.allclose(fit.shares, shares, atol=1e-3)


@pytest.mark.parametrize("classes", [1, 2])
def test_negative_binomial_mixtures_equal_mass_and_optim(classes: int, measured: Measured) -> None:
    counts = MIXED.filter(like="negbin")
    data = LatentData.collapse([counted(counts[name], "negbin") for name in counts])
    fit = up_by(fit_classes(data, classes, seed=0), 0)
    if classes == 1:
        expected = sum(pick("mixed", "negbin", 1, f"loglik[{j}]") for j in (1, 2, 3))
    else:
        expected = pick("mixed", "negbin", 2, "loglik")
        means = grid("mixed", "negbin", 2, "mean", 3)
        assert np.allclose(np.vstack([p[0] for p in fit.profiles]), means, rtol=1e-3)
    say(
        measured,
        "negative binomial counts",
        classes,
        "log-likelihood",
        "MASS glm.nb / R optim",
        expected,
        fit.loglik,
    )
    assert fit.loglik == pytest.approx(expected, abs=1e-3)
    assert fit.loglik > expected - 1e-4
    size = [pick("mixed", "negbin", classes, f"size[{j}]") for j in (1, 2, 3)]
    assert np.allclose([profile[1, 0] for profile in fit.profiles], size, rtol=1e-3)


@pytest.mark.parametrize("classes", [1, 2])
def test_ordinal_mixtures_equal_optim(classes: int, measured: Measured) -> None:
    scales = MIXED.filter(like="ordinal")
    data = LatentData.collapse([nominal(scales[name], "ordinal") for name in scales])
    fit = fit_classes(data, classes, seed=0)
    fit = fit.reorder(tuple(int(k) for k in np.argsort(-fit.profiles[0][0])))
    assert fit.n_parameters == classes - 1 + 4 * (3 + classes - 1)
    if classes == 1:
        expected = sum(pick("mixed", "ordinal", 1, f"loglik[{j}]") for j in range(1, 5))
    else:
        expected = pick("mixed", "ordinal", 2, "loglik")
        for j in range(4):
            wanted = [
                [pick("mixed", "ordinal", 2, f"p[{j + 1},{c},{k}]") for k in (1, 2)]
                for c in range(1, 5)
            ]
            assert np.allclose(fit.profiles[j], wanted, atol=1e-3)
    say(measured, "ordinal items", classes, "log-likelihood", "R optim", expected, fit.loglik)
    assert fit.loglik > expected - 1e-4
    assert fit.loglik < expected + 1e-3


def test_one_of_each_kind_equals_optim() -> None:
    data = LatentData.collapse(
        [
            counted(MIXED["count1"], "count"),
            nominal(MIXED["ordinal1"], "ordinal"),
            counted(MIXED["negbin1"], "negbin"),
            counted(np.log1p(MIXED["negbin2"]), "continuous"),
        ]
    )
    fit = fit_classes(data, 2, seed=0)
    assert fit.n_parameters == 13
    assert fit.loglik > pick("mixed", "all kinds", 2, "loglik") - 1e-4


# ---- classes known for certain: four copies of the group, then one item of a type ----


def known(
    extra: list[Item], membership: np.ndarray | None = None
) -> tuple[LatentData, LatentClassFit]:
    markers = [nominal(SEPARATED["g"]) for _ in range(4)]
    data = LatentData.collapse([*markers, *extra], membership=membership)
    fit = fit_classes(data, 3, seed=0)
    order = [int(np.argmax(fit.profiles[0][g])) for g in range(3)]
    return data, fit.reorder(tuple(order))


def total(model: str) -> float:
    return pick("separated", "shares", 3, "loglik") + pick("separated", model, 3, "loglik")


def test_ordinal_by_known_group_equals_vglm() -> None:
    _, fit = known([nominal(SEPARATED["ordinal"], "ordinal")])
    assert fit.loglik == pytest.approx(total("ordinal"), abs=1e-4)
    assert np.allclose(fit.profiles[4], grid("separated", "ordinal", 3, "p", 4), atol=1e-5)


def test_counts_by_known_group_equal_glm_with_their_errors() -> None:
    data, fit = known([counted(SEPARATED["count"], "count")])
    assert fit.loglik == pytest.approx(total("count"), abs=1e-4)
    means = [pick("separated", "count", 3, f"mean[{k}]") for k in (1, 2, 3)]
    spread = [pick("separated", "count", 3, f"se_mean[{k}]") for k in (1, 2, 3)]
    assert np.allclose(fit.profiles[4][0], means, rtol=1e-5)
    errors = standard_errors(data, fit, kind="hessian")
    assert np.allclose(errors.profiles[4][0], spread, rtol=1e-4)


def test_negative_binomial_by_known_group_equals_glm_nb() -> None:
    _, fit = known([counted(SEPARATED["negbin"], "negbin")])
    assert fit.loglik == pytest.approx(total("negbin"), abs=1e-4)
    means = [pick("separated", "negbin", 3, f"mean[{k}]") for k in (1, 2, 3)]
    assert np.allclose(fit.profiles[4][0], means, rtol=1e-4)
    assert fit.profiles[4][1, 0] == pytest.approx(pick("separated", "negbin", 3, "size"), rel=1e-4)


def test_measurements_by_known_group_equal_lm() -> None:
    _, fit = known([counted(SEPARATED["gauss"], "continuous")])
    assert fit.loglik == pytest.approx(total("continuous"), abs=1e-4)
    means = [pick("separated", "continuous", 3, f"mean[{k}]") for k in (1, 2, 3)]
    assert np.allclose(fit.profiles[4][0], means, atol=1e-5)
    spread = pick("separated", "continuous", 3, "variance")
    assert np.allclose(fit.profiles[4][1], spread, rtol=1e-5)


def test_a_pair_by_known_group_equals_the_loglinear_model() -> None:
    cell = (SEPARATED["first"] - 1) * 3 + SEPARATED["second"] - 1
    pair = Item("pair", cell.to_numpy(np.int32), np.arange(11.0), (2, 3))
    _, fit = known([pair])
    assert fit.loglik == pytest.approx(total("pair"), abs=1e-4)
    cells = np.array(
        [
            [
                [pick("separated", "pair", 3, f"p[{i},{j},{k}]") for k in (1, 2, 3)]
                for j in (1, 2, 3)
            ]
            for i in (1, 2)
        ]
    )
    odds = np.log(cells[1, 1:] * cells[0, 0] / cells[1, 0] / cells[0, 1:])
    expected = np.vstack([cells.sum(axis=1), cells.sum(axis=0), odds])
    assert np.allclose(fit.profiles[4], expected, atol=1e-4)


def test_membership_of_known_groups_equals_multinom_with_its_errors() -> None:
    design = np.column_stack([np.ones(len(SEPARATED)), SEPARATED["x"]])
    data, fit = known([], design)
    assert fit.coefficients is not None
    assert fit.loglik == pytest.approx(pick("separated", "membership", 3, "loglik"), abs=1e-4)
    found = fit.coefficients[:, 1:] - fit.coefficients[:, :1]
    names = [[f"coef[{term},{k}]" for k in (2, 3)] for term in ("1", "x")]
    expected = [[pick("separated", "membership", 3, name) for name in row] for row in names]
    assert np.allclose(found, expected, atol=1e-4)
    errors = standard_errors(data, fit, kind="hessian")
    assert errors.coefficients is not None
    names = [[name.replace("coef", "se") for name in row] for row in names]
    spread = [[pick("separated", "membership", 3, name) for name in row] for row in names]
    assert np.allclose(errors.coefficients[:, 1:], spread, rtol=1e-3)
    assert math.isfinite(fit.loglik)
