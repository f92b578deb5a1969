"""The twin against R: at R's estimates it gives R's log-likelihood, and its gradient is zero.

Tolerances: R's values are stored with 12 digits and its optimisers stop at a relative change of
1e-14, so log-likelihoods agree within 1e-5. flexmix prints estimates from an EM that stops at a
change of 1e-12 in the log-likelihood: the gradient there is below 0.05 in every parameter.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.twin import latent_class as twin

HERE = Path(__file__).parent / "lca"
VALUES = pd.read_csv(HERE / "r_values.csv")
MIXED = pd.read_csv(HERE / "mixed.csv")


def value(data: str, model: str, classes: int, quantity: str) -> float:
    pick = VALUES[
        (VALUES["data"] == data)
        & (VALUES["model"] == model)
        & (VALUES["classes"] == classes)
        & (VALUES["quantity"] == quantity)
    ]
    (found,) = pick["value"]
    return float(found)


def table(data: str, model: str, classes: int, name: str, rows: int) -> np.ndarray:
    """Values name[j,k] as (rows, classes)."""
    return np.array(
        [
            [value(data, model, classes, f"{name}[{j},{k}]") for k in range(1, classes + 1)]
            for j in range(1, rows + 1)
        ]
    )


def shares(data: str, model: str, classes: int) -> np.ndarray:
    found = np.array([value(data, model, classes, f"share[{k + 1}]") for k in range(classes)])
    return np.log(found[1:] / found[0])


def stands(model: twin.Mixture, theta: np.ndarray, loglik: float) -> None:
    assert model.loglik(theta) == pytest.approx(loglik, abs=1e-5)
    assert np.abs(twin.complex_step(model.loglik, theta)).max() < 0.05


@pytest.mark.parametrize("classes", [1, 2, 3])
def test_it_agrees_with_flexmix_on_poisson_mixtures(classes: int) -> None:
    counts = MIXED.filter(like="count").to_numpy(float)
    model = twin.Mixture([twin.Count(y, classes) for y in counts.T], classes)
    means = table("mixed", "count", classes, "mean", 4)
    theta = np.concatenate([shares("mixed", "count", classes), np.log(means).ravel()])
    stands(model, theta, value("mixed", "count", classes, "loglik"))


@pytest.mark.parametrize("classes", [1, 2, 3, 4])
def test_it_agrees_with_mclust_on_gaussian_mixtures(classes: int) -> None:
    measures = pd.read_csv(HERE / "iris.csv").to_numpy(float)
    model = twin.Mixture([twin.Continuous(y, classes) for y in measures.T], classes)
    means = table("iris", "continuous", classes, "mean", 4)
    spread = [value("iris", "continuous", classes, f"variance[{j}]") for j in range(1, 5)]
    parts = np.column_stack([means, 0.5 * np.log(spread)])
    theta = np.concatenate([shares("iris", "continuous", classes), parts.ravel()])
    stands(model, theta, value("iris", "continuous", classes, "loglik"))


def test_it_agrees_with_r_on_negative_binomial_mixtures() -> None:
    counts = MIXED.filter(like="negbin").to_numpy(float)
    model = twin.Mixture([twin.NegativeBinomial(y, 2) for y in counts.T], 2)
    means = table("mixed", "negbin", 2, "mean", 3)
    size = [value("mixed", "negbin", 2, f"size[{j}]") for j in range(1, 4)]
    parts = np.log(np.column_stack([means, size]))
    theta = np.concatenate([shares("mixed", "negbin", 2), parts.ravel()])
    stands(model, theta, value("mixed", "negbin", 2, "loglik"))


def test_it_agrees_with_r_on_ordinal_mixtures() -> None:
    codes = MIXED.filter(like="ordinal").to_numpy() - 1
    items = [twin.Ordinal(y, 4, 2) for y in codes.T]
    tables = [
        np.array(
            [[value("mixed", "ordinal", 2, f"p[{j},{c},{k}]") for k in (1, 2)] for c in range(1, 5)]
        )
        for j in range(1, 5)
    ]
    parts = [item.invert(table) for item, table in zip(items, tables, strict=True)]
    theta = np.concatenate([shares("mixed", "ordinal", 2), *parts])
    stands(twin.Mixture(items, 2), theta, value("mixed", "ordinal", 2, "loglik"))
