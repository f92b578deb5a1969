"""Items of different types in one model: categories, a count, and a measure."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest
from tests.move.cases import quick, simulated

from vendepunkt.data import ItemDefinition, Survey, panel
from vendepunkt.move import Movement, move, plain_answer

CLOSE = pytest.approx


@cache
def mixed() -> tuple[Movement, np.ndarray]:
    """Three classes by three questions, visits (3 more in each class) and income (3 less)."""
    answers, paths = simulated(800)
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {"id": np.repeat(np.arange(800), 3), "wave": np.tile(["2010", "2012", "2014"], 800)}
    )
    for j in range(3):
        frame[f"q{j + 1}"] = answers[:, :, j].ravel()
    frame["visits"] = rng.poisson(1 + 3 * paths.ravel())
    frame["income"] = np.round(rng.normal(10 - 3 * paths.ravel(), 1.5), 1)
    frame.loc[::7, "income"] = np.nan
    items = [ItemDefinition(f"q{j + 1}", order=(0, 1, 2)) for j in range(3)]
    items += [
        ItemDefinition("visits", kind="count", order=("low", "high")),
        ItemDefinition("income", kind="continuous"),
    ]
    followed = panel(Survey.from_frame(frame, person="id", wave="wave"), items)
    return move(followed, quick(classes=(3,))), paths


def test_movement_is_recovered() -> None:
    found, paths = mixed()
    for step in range(2):
        own = found.transition_table().query(f"step == {step + 1}")["estimate"].to_numpy()
        for g, row in enumerate(own.reshape(3, 3)):
            after = paths[paths[:, step] == g, step + 1]
            assert row == CLOSE(np.bincount(after, minlength=3) / len(after), abs=0.05)


def test_numbers_take_no_part_in_severity_and_it_is_said() -> None:
    found, _ = mixed()
    assert [n.values["item"] for n in found.notices if n.code == "numeric_severity"] == ["visits"]
    severity = found.model.severity
    assert severity is not None
    assert [weight is None for weight in severity.weights] == [False] * 3 + [True] * 2


def test_everybody_asked_agrees_with_the_panel() -> None:
    table = mixed()[0].cross_section_table()
    assert not table["disagree"].any()
    assert (table["difference"].abs() < 0.02).all()


def test_it_can_be_written_down() -> None:
    answer = plain_answer(mixed()[0])
    assert list(answer["profile"]["visits"]) == ["mean"]
    assert answer["profile"]["income"]["mean"] == CLOSE([10.0, 7.0, 4.0], abs=0.3)
    json.dumps(answer)
