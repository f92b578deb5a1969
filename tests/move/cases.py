"""Small panels that the tests of the stage share."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vendepunkt.data import ItemDefinition, Panel, Survey, panel, read_survey
from vendepunkt.move import Movement, MoveOptions, move

EXAMPLE = Path(__file__).parents[2] / "examples" / "gss-panel"
Integers = NDArray[np.int64]


def panel_of(
    answers: NDArray[Any],
    *,
    waves: Sequence[str] | None = None,
    columns: dict[str, NDArray[Any]] | None = None,
    dimensions: Sequence[str] = (),
    ordered: bool = True,
    **design: Any,
) -> Panel:
    """A panel from codes (N, T, J), -1 for missing; a row without any answer is no row."""
    people, waves_n, items = answers.shape
    names = list(waves or [str(2010 + 2 * t) for t in range(waves_n)])
    frame = pd.DataFrame(
        {"id": np.repeat(np.arange(people), waves_n), "wave": np.tile(names, people)}
    )
    for j in range(items):
        column = answers[:, :, j].ravel().astype(float)
        frame[f"q{j + 1}"] = np.where(column < 0, np.nan, column)
    for name, values in (columns or {}).items():
        frame[name] = np.repeat(values, waves_n)
    frame = frame[frame[[f"q{j + 1}" for j in range(items)]].notna().any(axis=1)]
    definitions = [
        ItemDefinition(
            f"q{j + 1}",
            dimension=dimensions[j] if dimensions else "",
            order=tuple(range(int(answers[:, :, j].max()) + 1)) if ordered else (),
        )
        for j in range(items)
    ]
    survey = Survey.from_frame(frame.reset_index(drop=True), person="id", wave="wave")
    return panel(survey, definitions, **design)


def exact_paths() -> Integers:
    """100 people over two waves: 60 stay in state 0, 10 go up, 5 down, 25 stay in 1."""
    kinds = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    return np.repeat(kinds, [60, 10, 5, 25], axis=0)


def without_error(paths: Integers, items: int = 4) -> NDArray[np.int64]:
    """Answers that tell the state for certain: every item says it."""
    return np.repeat(paths[:, :, None], items, axis=2)


@cache
def exact() -> Movement:
    """States observed without error at two waves."""
    return move(panel_of(without_error(exact_paths())), quick(classes=(2,)))


def quick(**options: Any) -> MoveOptions:
    """Few starts."""
    return MoveOptions(**({"starts": 5, "max_rounds": 2, "seed": 1, "draws": 50} | options))


PROFILES = np.array(
    [
        [[0.90, 0.08, 0.02], [0.25, 0.60, 0.15], [0.05, 0.15, 0.80]],
        [[0.85, 0.12, 0.03], [0.30, 0.55, 0.15], [0.05, 0.25, 0.70]],
        [[0.92, 0.06, 0.02], [0.20, 0.65, 0.15], [0.10, 0.10, 0.80]],
    ]
)
INITIAL = np.array([0.6, 0.25, 0.15])
STEPS = np.array(
    [
        [[0.85, 0.10, 0.05], [0.15, 0.75, 0.10], [0.05, 0.15, 0.80]],
        [[0.80, 0.15, 0.05], [0.10, 0.80, 0.10], [0.05, 0.20, 0.75]],
    ]
)


def simulated(
    people: int = 1200, items: int = 6, seed: int = 3
) -> tuple[NDArray[np.int64], Integers]:
    """Answers (N, 3, J) and true classes (N, 3) of three groups that move."""
    rng = np.random.default_rng(seed)
    path = np.zeros((people, 3), dtype=np.int64)
    path[:, 0] = rng.choice(3, size=people, p=INITIAL)
    for t in range(2):
        upper = STEPS[t][path[:, t]].cumsum(axis=1)
        path[:, t + 1] = (rng.random(people)[:, None] > upper[:, :2]).sum(axis=1)
    answers = np.zeros((people, 3, items), dtype=np.int64)
    for j in range(items):
        upper = PROFILES[j % 3][path].cumsum(axis=2)
        answers[:, :, j] = (rng.random((people, 3))[:, :, None] > upper[:, :, :2]).sum(axis=2)
    return answers, path


DIMENSIONS = ("economy", "health", "network") * 2


@cache
def noisy() -> Movement:
    """Three classes with error in the answers; a quarter leaves after the first or second wave."""
    answers, _ = simulated()
    rng = np.random.default_rng(8)
    left = rng.choice([1, 2, 3], size=len(answers), p=[0.1, 0.15, 0.75])
    answers[np.arange(3)[None, :] >= left[:, None]] = -1
    return move(panel_of(answers, dimensions=DIMENSIONS), quick(classes=(2, 3)))


@cache
def complete() -> Movement:
    """The same without drop-out."""
    answers, _ = simulated()
    return move(panel_of(answers, dimensions=DIMENSIONS), quick(classes=(3,)))


@cache
def gss_panel() -> Panel:
    """The nine items of the example study over its three waves, under its design."""
    study = tomllib.loads((EXAMPLE / "study.toml").read_text(encoding="utf-8"))
    survey = read_survey(EXAMPLE / "data" / "gss_panel0610.csv", person="firstid", wave="wave")
    definitions = []
    for name, options in study["items"].items():
        stated = {key: value for key, value in options.items() if key not in {"label", "labels"}}
        definitions.append(ItemDefinition.from_options(name, stated))
    return panel(
        survey, definitions, strata="vstrat", clusters="vpsu", nest=True, single_psu="adjust"
    )


@cache
def gss() -> Movement:
    """Three classes of the example study over three waves."""
    return move(gss_panel(), MoveOptions(classes=(3,), starts=20, seed=1))
