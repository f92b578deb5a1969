"""Standard errors: poLCA's on real data, and the twin's numerical ones where poLCA has none.

Tolerances: poLCA's errors come from the outer product of scores at an EM solution polished to
1e-12, printed with eight digits: 1e-3 relative away from the boundary, as METHODS asks. The
covariate model is printed with three digits. The twin's Hessian is good to about 1e-8: 1e-5.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from tests.reference.lca_data import answers, collapsed, nominal, table
from tests.twin import latent_class as twin

from vendepunkt.numerics import LatentClassFit, LatentData, fit_classes, standard_errors

REFERENCE = table("reference_se")
Measured = Callable[..., None]
CASES = [("gss82", 3), ("carcinoma", 2), ("carcinoma", 3)]


def by_share(data: LatentData, fit: LatentClassFit) -> LatentClassFit:
    return fit.reorder(tuple(int(k) for k in np.argsort(-fit.shares)))


@pytest.mark.parametrize(("name", "classes"), CASES)
def test_opg_equals_polca(name: str, classes: int, measured: Measured) -> None:
    data = collapsed(name)
    fit = by_share(data, fit_classes(data, classes, seed=0))
    errors = standard_errors(data, fit, kind="opg")
    rows = REFERENCE[(REFERENCE["data"] == name) & (REFERENCE["K"] == classes)]
    shares = rows[rows["item"] == "share"].sort_values("estimate", ascending=False)
    order = {int(k): place for place, k in enumerate(shares["class"])}
    assert np.allclose(fit.shares, shares["estimate"], atol=1e-5)
    assert np.allclose(errors.shares, shares["std_error"], rtol=1e-3)
    for k, theirs in enumerate(shares["std_error"]):
        measured(
            "equals",
            data=name,
            classes=classes,
            quantity=f"standard error of share {k + 1} (opg)",
            by="poLCA 1.6.0.2",
            theirs=f"{theirs:.6f}",
            ours=f"{errors.shares[k]:.6f}",
        )
    compared = 0
    for place, item in enumerate(answers(name).columns):
        for row in rows[rows["item"] == item].itertuples():
            at = int(row.category) - 1, order[int(row[3])]
            assert fit.profiles[place][at] == pytest.approx(row.estimate, abs=2e-5)
            if not row.at_boundary:
                assert errors.profiles[place][at] == pytest.approx(row.std_error, rel=1e-3)
                compared += 1
            elif min(row.estimate, 1 - row.estimate) < 1e-6:
                assert fit.boundary[place][at]
                assert np.isnan(errors.profiles[place][at])
    assert compared > 10


@pytest.mark.parametrize(
    ("name", "classes"), [*CASES, pytest.param("carers", 2, marks=pytest.mark.slow)]
)
def test_each_kind_equals_numerical_differentiation(name: str, classes: int) -> None:
    data = collapsed(name)
    fit = fit_classes(data, classes, seed=0)
    frame = answers(name).dropna(how="all")
    items = []
    for column in frame:
        item = nominal(frame[column])
        items.append(twin.Nominal(item.codes.astype(int), len(item.values), classes))
    parts = [item.invert(profile) for item, profile in zip(items, fit.profiles, strict=True)]
    theta = np.concatenate([np.log(fit.shares[1:] / fit.shares[0]), *parts])
    free = [np.ones(classes - 1, dtype=bool)]
    for item, profile in zip(items, fit.profiles, strict=True):
        inside = (profile >= 1e-4) & (profile <= 1 - 1e-4)
        free.extend(np.delete(inside[:, k], item.base[k]) for k in range(classes))
    model = twin.Mixture(items, classes)
    assert model.loglik(theta) == pytest.approx(fit.loglik, abs=1e-5)
    held = np.concatenate([np.zeros(classes), *[marks.ravel() for marks in fit.boundary]]) > 0
    for form, covariance in twin.covariances(model, theta, free=np.concatenate(free)).items():
        errors = standard_errors(data, fit, kind=form)
        found = np.concatenate([errors.shares, *[table.ravel() for table in errors.profiles]])
        expected = np.sqrt(np.diag(covariance))
        assert np.isnan(found[held]).all()
        assert np.allclose(found[~held], expected[~held], rtol=1e-5, atol=1e-7)


def test_the_covariate_model_of_polca(measured: Measured) -> None:
    reference = table("covariates").set_index("term")
    loglik = float(reference.loc["loglik", "estimate"])
    frame = table("election").loc[:, [*answers("election").columns, "PARTY"]].dropna()
    design = np.column_stack([np.ones(len(frame)), frame["PARTY"].to_numpy(float)])
    items = [nominal(frame[name]) for name in answers("election").columns]
    data = LatentData.collapse(items, membership=design)
    fit = fit_classes(data, 3, seed=0)
    assert data.n == 1300
    assert fit.n_parameters == 112
    assert fit.loglik > loglik - 1e-4
    shares = [float(share) for share in str(reference.loc["shares", "estimate"]).split()]
    assert np.allclose(np.sort(fit.shares)[::-1], shares, atol=2e-3)
    effects = reference.loc[["PARTY of one class", "PARTY of the other class"]]
    slopes = pd.to_numeric(effects["estimate"]).to_numpy()
    slope_errors = effects["std_error"].to_numpy()
    assert fit.coefficients is not None
    lowest = int(np.argmin(fit.coefficients[1]))
    turned = fit.reorder((lowest, *[k for k in range(3) if k != lowest]))
    assert turned.coefficients is not None
    found = turned.coefficients[1, 1:] - turned.coefficients[1, 0]
    assert np.allclose(np.sort(found), slopes, atol=1e-3)
    for theirs, ours in zip(slopes, np.sort(found), strict=True):
        measured(
            "equals",
            data="election ~ PARTY",
            classes=3,
            quantity="effect of PARTY",
            by="poLCA 1.6.0.2",
            theirs=f"{theirs:.4f}",
            ours=f"{ours:.4f}",
        )
    errors = standard_errors(data, turned, kind="opg")
    assert errors.coefficients is not None
    assert np.allclose(errors.coefficients[1, 1:][np.argsort(found)], slope_errors, atol=1e-3)


@pytest.mark.slow
def test_nineteen_of_twenty_seeds_reach_the_covariate_model() -> None:
    frame = table("election").loc[:, [*answers("election").columns, "PARTY"]].dropna()
    design = np.column_stack([np.ones(len(frame)), frame["PARTY"].to_numpy(float)])
    items = [nominal(frame[name]) for name in answers("election").columns]
    data = LatentData.collapse(items, membership=design)
    fits = [fit_classes(data, 3, seed=seed) for seed in range(1, 21)]
    missed = [fit for fit in fits if fit.loglik < -16222.3233 - 1e-4]
    assert len(missed) <= 1
    assert all(fit.starts_at_best < 3 or not fit.converged for fit in missed)
