"""Panels with a known truth, and the GSS panel: what the tests of movement stand on."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from vendepunkt.data import ItemDefinition, Panel, Survey, Wave, panel

ROOT = Path(__file__).parents[2]
GSS = ROOT / "examples" / "gss-panel"
NOT = "Selected, but not Eligible and not Reinterviewd"
REASONS = {
    "Selected, Eligible, and Reinterviewed": "asked",
    "Selected, Eligible, but not Reinterviewed": "non-response: not reinterviewed",
    "Attrited": "non-response: attrited",
    f"{NOT} Because r Was Deceased": "exit: died",
    f"{NOT} Because r Was in Institution": "exit: institution",
    f"{NOT} Because r Lived Outside Us": "exit: abroad",
    NOT: "non-response: not eligible",
}
DESIGN: dict[str, Any] = {
    "strata": "vstrat", "clusters": "vpsu", "nest": True, "single_psu": "adjust",
}  # fmt: skip

#: Two classes, three classes: transitions of a step and probabilities of the worse answer.
STEP2 = np.array([[0.9, 0.1], [0.3, 0.7]])
STEP3 = np.array([[0.85, 0.12, 0.03], [0.2, 0.65, 0.15], [0.05, 0.25, 0.7]])
WORSE2 = np.array([[0.15, 0.85]] * 6)
WORSE3 = np.array([[0.1, 0.5, 0.9], [0.1, 0.4, 0.85], [0.05, 0.6, 0.9], [0.15, 0.5, 0.95]] * 2)


@dataclass(frozen=True)
class Truth:
    """People over waves with their true classes.

    Attributes
    ----------
    classes : (N, T)
        True classes.
    frame
        A row for each person and wave asked, or with a reason: ``id wave reason i1 …``.
    items
        Names of the items.
    """

    classes: np.ndarray
    frame: pd.DataFrame
    items: tuple[str, ...]

    def panel(self, **options: Any) -> Panel:
        """Make the panel, items from good (0) to bad (1)."""
        names = sorted(self.frame["wave"].unique())
        survey = Survey.from_frame(
            self.frame, person="id", wave="wave",
            waves=[Wave(str(key), str(2000 + 2 * key)) for key in names],
        )  # fmt: skip
        items = [ItemDefinition(name, order=(0, 1), dimension=name) for name in self.items]
        kinds = {"dead": "exit: died", "refused": "non-response: refused", "asked": "asked"}
        seen = set(self.frame["reason"])
        return panel(
            survey, items, reason_column="reason",
            reason_kinds={key: kind for key, kind in kinds.items() if key in seen}, **options,
        )  # fmt: skip


def people(
    n: int,
    waves: int = 3,
    *,
    shares: Any = (0.6, 0.4),
    step: np.ndarray = STEP2,
    worse: np.ndarray = WORSE2,
    worse_at: dict[int, np.ndarray] | None = None,
    refuse: Any = None,
    die: Any = None,
    extra: dict[str, np.ndarray] | None = None,
    seed: int = 0,
) -> Truth:
    """Simulate people who move between classes.

    `step` may be a matrix for each step; `refuse` and `die` are the probabilities by class of
    not being there at the next wave, for good; `worse_at` gives other answers at some waves;
    `extra` adds columns (N, T).
    """
    rng = np.random.default_rng(seed)
    size = len(shares)
    classes = np.empty((n, waves), dtype=int)
    classes[:, 0] = rng.choice(size, n, p=shares)
    for t in range(1, waves):
        upper = (step if step.ndim == 2 else step[t - 1]).cumsum(axis=1)[classes[:, t - 1]]
        drawn = (rng.random(n)[:, None] > upper).sum(axis=1)
        classes[:, t] = np.minimum(drawn, size - 1)
    state = np.zeros((n, waves), dtype=int)
    for t in range(1, waves):
        state[:, t] = state[:, t - 1]
        for code, chances in ((1, refuse), (2, die)):
            if chances is not None:
                goes = rng.random(n) < np.asarray(chances)[classes[:, t - 1]]
                state[:, t] = np.where((state[:, t] == 0) & goes, code, state[:, t])
    items = tuple(f"i{j + 1}" for j in range(len(worse)))
    rows = []
    for t in range(waves):
        now = (worse_at or {}).get(t, worse)
        answers = (rng.random((n, len(worse))) < now.T[classes[:, t]]).astype(float)
        answers[state[:, t] > 0] = np.nan
        part = pd.DataFrame(answers, columns=list(items))
        part.insert(0, "id", np.arange(n))
        part.insert(1, "wave", t + 1)
        part.insert(2, "reason", np.array(["asked", "refused", "dead"])[state[:, t]])
        for name, values in (extra or {}).items():
            part[name] = np.where(state[:, t] > 0, np.nan, values[:, t])
        rows.append(part)
    return Truth(classes, pd.concat(rows, ignore_index=True), items)


def definitions() -> list[ItemDefinition]:
    """Items of the GSS panel as its example study defines them."""
    study = tomllib.loads((GSS / "study.toml").read_text())
    return [
        ItemDefinition.from_options(
            name, {key: value for key, value in item.items() if key not in {"label", "labels"}}
        )
        for name, item in study["items"].items()
    ]


@cache
def gss_panel() -> Panel:
    """All 2,000 people of the GSS panel, unweighted, with strata and PSUs."""
    waves = [Wave("1", "2006"), Wave("2", "2008"), Wave("3", "2010")]
    frame = pd.read_csv(GSS / "data" / "gss_panel0610.csv", dtype={"firstid": str})
    survey = Survey.from_frame(frame, person="firstid", wave="wave", waves=waves)
    return panel(
        survey, definitions(), reason_column="panstat", reason_kinds=REASONS, **DESIGN
    )  # fmt: skip
