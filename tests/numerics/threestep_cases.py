"""Panels on which three steps are tried, and a slow likelihood of step three."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.simulation.markov_populations import STEPS, draw_codes, draw_paths, items_of

from vendepunkt.numerics import Item
from vendepunkt.numerics.threestep import ThreeStep, assign, measure_waves, three_step
from vendepunkt.terms import VendepunktError

Real = NDArray[np.float64]

#: Probability of a yes in each class, (J, K).
YES = np.array(
    [[0.9, 0.1, 0.2], [0.9, 0.2, 0.1], [0.8, 0.8, 0.1], [0.8, 0.9, 0.2], [0.9, 0.1, 0.8],
     [0.1, 0.1, 0.9]]
)  # fmt: skip


def panel(
    people: int = 300, waves: int = 3, *, missing: float = 0.15, seed: int = 5
) -> tuple[list[Item], Real, Real]:
    """Items of a panel, weights (N,) and a covariate (N,) with the values -1, 0, 1."""
    rng = np.random.default_rng(seed)
    initial = np.tile([0.5, 0.3, 0.2], (people, 1))
    paths = draw_paths(rng, initial, np.tile(STEPS[: waves - 1], (people, 1, 1, 1)))
    profiles = [np.vstack([1.0 - p, p]) for p in YES]
    codes = draw_codes(rng, paths, profiles, missing=missing)
    # Some people miss a whole wave, and a few all of them.
    codes[: people // 6, waves - 1] = -1
    codes[people - 3 :] = -1
    weights = rng.uniform(0.5, 2.0, people)
    return items_of(codes, "binary", 2), weights, rng.integers(0, 3, people) - 1.0


def fitted(
    rule: str = "modal", *, waves: int = 3, covariate: bool = False, **options: Any
) -> tuple[ThreeStep, Real]:
    """All three steps over a panel, and its weights."""
    items, weights, x = panel(waves=waves)
    measuring = {key: options.pop(key) for key in ("shares", "profiles") if key in options}
    measured = measure_waves(items, waves, 3, weights=weights, starts=10, seed=1, **measuring)
    if covariate:
        design = np.column_stack([np.ones(len(x)), x])
        options["initial"] = design
        if waves > 1:
            options["transition"] = np.repeat(design[:, None], waves - 1, axis=1)
    return three_step(assign(measured, rule), seed=1, **options), weights


def slow_loglik(found: ThreeStep, weights: Real, initial: Real, steps: Real) -> float:
    """Sum over every person, placing and path: no chain, no collapsing."""
    placed = found.assignment
    measured, errors = placed.measurement, placed.errors
    waves, classes = measured.waves, measured.classes
    total = 0.0
    answered = (placed.codes >= 0).any(axis=1)
    scale = answered.sum() / weights[answered].sum()
    for i in np.flatnonzero(answered):
        shares = []
        for t in range(waves):
            pattern = int(measured.block_of(t).patterns(t)[i])
            shares.append(None if pattern < 0 else placed.rules[t][pattern])
        choices = [range(classes) if share is not None else (-1,) for share in shares]
        for path in product(*choices):
            part = np.prod([shares[t][s] for t, s in enumerate(path) if s >= 0])
            if part > 0:
                likelihood = _of_path(path, errors, initial, steps)
                total += weights[i] * scale * part * np.log(likelihood)
    return total


def _of_path(placed: tuple[int, ...], errors: Real, initial: Real, steps: Real) -> float:
    total = 0.0
    for true in product(range(len(initial)), repeat=len(placed)):
        chance = initial[true[0]]
        for t in range(1, len(true)):
            chance *= steps[t - 1][true[t - 1], true[t]]
        for t, s in enumerate(placed):
            chance *= 1.0 if s < 0 else errors[t, true[t], s]
        total += chance
    return total


@contextmanager
def refused(code: str, error: type[VendepunktError]) -> Iterator[None]:
    """Expect an error with this code, that says what is wrong."""
    with pytest.raises(error) as caught:
        yield
    assert caught.value.code == code
    assert caught.value.text
