"""Items that are numbers, and answers in words whose order nobody has stated."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from vendepunkt.cli import cli
from vendepunkt.data import ItemDefinition, Survey
from vendepunkt.measure import MeasureOptions, measure


@pytest.fixture
def answers() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    member = rng.integers(0, 2, 300)
    words = np.array(["good", "middling", "bad"])
    frame = pd.DataFrame(
        {
            name: words[rng.binomial(2, np.where(member == 1, 0.8, 0.2))]
            for name in ("a", "b", "c", "d")
        }
    )
    frame["visits"] = rng.poisson(1 + 4 * member)
    return frame


def test_a_count_with_an_order_forms_groups_but_has_no_severity(answers: pd.DataFrame) -> None:
    survey = Survey.from_frame(answers)
    order = ("good", "middling", "bad")
    items = [
        survey.indicator(ItemDefinition.from_options(name, {"order": order}))
        for name in ("a", "b", "c", "d")
    ]
    count = {"type": "count", "order": ("high", "low")}
    items.append(survey.indicator(ItemDefinition.from_options("visits", count)))
    found = measure(items, MeasureOptions(classes=(2,)))
    assert any(notice.code == "numeric_severity" for notice in found.notices)
    assert found.converged


def test_words_are_not_put_in_order_by_the_alphabet(answers: pd.DataFrame, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    answers.to_csv(file, index=False)
    call = ["measure", str(file), "--items", "a,b,c,d", "--classes", "2", "--json"]
    refused = CliRunner().invoke(cli, [*call, "--order", "severity"])
    assert refused.exit_code == 2
    assert json.loads(refused.stdout)["error"]["code"] == "no_order"
    assert CliRunner().invoke(cli, call).exit_code == 0
