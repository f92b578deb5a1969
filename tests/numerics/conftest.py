"""Random data for every item type, made from the type's own model."""

from __future__ import annotations

import numpy as np
import pytest

from vendepunkt.numerics import Item, LatentData

KINDS = ("nominal", "binary", "ordinal", "count", "negbin", "continuous", "monotone", "pair")


def random_item(kind: str, member: np.ndarray, rng: np.random.Generator, missing: float) -> Item:
    """Draw answers of people in classes `member` to one item of a type."""
    n, shape = len(member), (0, 0)
    if kind in ("count", "negbin"):
        drawn = rng.negative_binomial(2, 1 / (1 + (member + 0.5)), n).astype(float)
    elif kind == "continuous":
        drawn = np.round(member * 1.5 + rng.standard_normal(n), 2)
    elif kind == "pair":
        first = (rng.random(n) < 0.2 + 0.3 * (member % 2)).astype(int)
        second = np.where(rng.random(n) < 0.3, first, rng.integers(0, 3, n))
        codes = first * 3 + second
        lost = rng.random(n)
        codes = np.where(lost < 0.1, 6 + first, np.where(lost < 0.2, 8 + second, codes))
        codes[rng.random(n) < missing] = -1
        return Item(kind, codes.astype(np.int32), np.arange(6.0), (2, 3))
    else:
        n_values = 2 if kind == "binary" else 4
        chance = np.clip((member + 1) / 4 + 0.1 * rng.standard_normal(), 0.1, 0.9)
        drawn = rng.binomial(n_values - 1, chance).astype(float)
    values, codes = np.unique(drawn, return_inverse=True)
    codes = codes.astype(np.int32)
    codes[rng.random(n) < missing] = -1
    return Item(kind, codes, values, shape)


def random_data(
    kinds: tuple[str, ...],
    *,
    n: int = 300,
    classes: int = 3,
    seed: int = 0,
    missing: float = 0.1,
    weighted: bool = False,
    covariates: bool = False,
) -> LatentData:
    """Draw answers to items of `kinds`, with covariates and weights if wanted."""
    rng = np.random.default_rng(seed)
    member = rng.integers(0, classes, n)
    items = [random_item(kind, member, rng, missing) for kind in kinds]
    weights = rng.uniform(0.3, 3.0, n) if weighted else None
    design = None
    if covariates:
        x = rng.integers(0, 4, n) + member
        design = np.column_stack([np.ones(n), x])
    return LatentData.collapse(items, weights=weights, membership=design)


@pytest.fixture
def mixed() -> LatentData:
    """Every item type at once, with weights and a covariate."""
    return random_data(KINDS, weighted=True, covariates=True, seed=3)
