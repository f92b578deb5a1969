"""Three-step ML slopes of StepMix 3.0.0 on simulated answers.

StepMix stops its EM by the log-likelihood, and prints estimates that still move in the fifth digit:
they are compared within 1e-4.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from vendepunkt.numerics import Item
from vendepunkt.numerics.threestep import assign, measure_waves, three_step

HERE = Path(__file__).parent / "threestep"


def test_slopes_are_those_of_stepmix(measured: Callable[..., None]) -> None:
    rows = np.loadtxt(HERE / "answers.csv", delimiter=",", skiprows=1)
    items = [Item("binary", column.astype(np.int32), np.arange(2.0)) for column in rows[:, :6].T]
    found = measure_waves(items, 1, 3, seed=1)
    yes = sum(profile[1] for profile in found.blocks[0].fit.profiles)
    placed = assign(found.reorder(np.argsort(-yes).tolist()))
    design = np.column_stack([np.ones(len(rows)), rows[:, 6]])
    ours = three_step(placed, initial=design, seed=1).fit.initial_coefficients
    assert ours is not None
    with (HERE / "stepmix.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            own = ours[("constant", "z").index(row["term"]), int(row["class"]) - 1]
            measured(
                "equals",
                data="threestep/answers",
                quantity=f"three-step ML, {row['term']} of class {row['class']}",
                theirs=float(row["estimate"]),
                ours=float(own),
                source="StepMix 3.0.0",
            )
            assert own == pytest.approx(float(row["estimate"]), abs=1e-4)
