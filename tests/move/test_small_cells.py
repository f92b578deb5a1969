"""Intervals of rare transitions cover: true probabilities .01–.05, 30–100 people in the origin.

200 samples each; a coverage of .93 is held less two Monte Carlo errors (.036).
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.move.cases import panel_of, quick

from vendepunkt.move import move
from vendepunkt.move.weak import transitions

SAMPLES = 200


@pytest.mark.slow
@pytest.mark.parametrize(
    ("people", "origin", "probability", "right"),
    [(300, 0.20, 0.03, 0.85), (300, 0.30, 0.01, 0.85), (300, 0.15, 0.05, 0.80)],
)
def test_rare_transitions_are_covered(
    people: int, origin: float, probability: float, right: float
) -> None:
    rng = np.random.default_rng(11)
    steps = np.array([[0.9, 0.1], [probability, 1 - probability]])
    covered = 0
    for _ in range(SAMPLES):
        first = (rng.random(people) < origin).astype(int)
        last = (rng.random(people) < steps[first, 1]).astype(int)
        state = np.stack([first, last], axis=1)[:, :, None]
        worse = np.where(state == 1, right, 1 - right)
        answers = (rng.random((people, 2, 6)) < worse).astype(int)
        options = quick(classes=(2,), starts=4, max_rounds=1)
        found = move(panel_of(answers), options)
        named = transitions(found.ground, (0, 1), found.weak)
        covered += named.conf_low[1, 0] <= probability <= named.conf_high[1, 0]
    assert covered / SAMPLES >= 0.93 - 2 * np.sqrt(0.93 * 0.07 / SAMPLES)
