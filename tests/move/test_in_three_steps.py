"""Movement in three steps beside the model of all waves at once.

Tolerance: METHODS asks that every transition from 100 people or more is within 0.03 of the one-step
fit at n = 4,000 and an entropy of .75 or more.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vendepunkt.data import ItemDefinition, Panel, Survey, panel
from vendepunkt.move import Movement, MoveOptions, move
from vendepunkt.terms import UsageError

STAYS = np.array([[0.85, 0.12, 0.03], [0.15, 0.75, 0.10], [0.05, 0.15, 0.80]])


def followed(people: int, waves: int = 2) -> Panel:
    """Draw people of three classes who move, asked eight yes-or-no questions at each wave."""
    rng = np.random.default_rng(3)
    yes = np.array([[0.1] * 8, [0.1] * 4 + [0.85] * 4, [0.9] * 8])
    state = rng.choice(3, people, p=[0.5, 0.3, 0.2])
    rows = []
    for wave in range(waves):
        if wave:
            state = (rng.random(people)[:, None] > STAYS[state].cumsum(axis=1)).sum(axis=1)
        answers = (rng.random((people, 8)) < yes[state]).astype(int)
        rows.append(pd.DataFrame(answers, columns=[f"q{j}" for j in range(8)]))
        rows[-1].insert(0, "wave", 2010 + 2 * wave)
        rows[-1].insert(0, "id", np.arange(people))
    survey = Survey.from_frame(pd.concat(rows, ignore_index=True), person="id", wave="wave")
    return panel(survey, [ItemDefinition(f"q{j}", order=(0, 1)) for j in range(8)])


@pytest.fixture(scope="module")
def found() -> Movement:
    options = MoveOptions(classes=(3,), starts=10, three_steps=True, compare_transitions=False)
    return move(followed(4_000), options)


def test_three_steps_agree_with_one(found: Movement) -> None:
    table = found.three_step_table()
    large = table[table["n_origin"] >= 100]
    assert len(large) == 9
    assert (large["estimate"] - large["one_step"]).abs().max() < 0.03
    truth = STAYS.ravel()
    assert np.abs(large["estimate"].to_numpy() - truth).max() < 0.05


def test_crossing_placings_is_further_off_than_three_steps(found: Movement) -> None:
    placed = found.three_table().query("kind == 'apparent'")
    joint = placed["joint"].to_numpy().reshape(3, 3)
    stay = np.diag(joint / joint.sum(axis=1, keepdims=True))
    own = found.three_step_table().query("`from` == to")["estimate"].to_numpy()
    assert np.abs(stay - np.diag(STAYS)).max() > np.abs(own - np.diag(STAYS)).max()
    assert stay.sum() < np.diag(STAYS).sum() - 0.05  # error in placing looks like movement


def test_where_people_were_placed_is_part_of_the_error(found: Movement) -> None:
    table = found.three_step_table()
    interior = table[(table["estimate"] > 0.02) & (table["estimate"] < 0.98)]
    assert (interior["std_error"] > 0).all()
    assert (interior["conf_low"] < interior["estimate"]).all()
    assert interior["std_error"].mean() > 0.99 * interior["std_error_known"].mean()


def test_it_is_empty_unless_asked_for() -> None:
    plain = move(followed(300), MoveOptions(classes=(2,), starts=3, compare_transitions=False))
    assert plain.three_step_table().empty


def test_other_forms_are_refused() -> None:
    options = MoveOptions(
        classes=(2,), form="mover_stayer", starts=3, three_steps=True, compare_transitions=False
    )
    with pytest.raises(UsageError, match="three steps"):
        move(followed(300, waves=3), options)
