"""A small study folder, made afresh for each test; counted, not fitted, so that it runs at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

STUDY = """\
[study]
title = { da = "Tre spørgsmål", en = "Three questions" }
language = "en"
seed = 7
frame = "households"

[data.small]
file = "data/small.csv"
person = "id"

[design]
strata = "area"
unweighted = { da = "Ingen vægt", en = "There is no weight" }

[items.trust]
order = ["high", "middle", "low"]
labels = { high = { da = "Høj", en = "High trust" } }

[items.health]
order = ["good", "bad"]

[items.money]
column = "money_1"
order = ["enough", "too little"]

[measure]
classifier = "sum_score"
where = "age >= 18"

[report]
formats = ["html"]
sections = ["front", "method"]
"""


def rows(n: int = 120) -> str:
    draw = np.random.default_rng(3)
    lines = ["id,age,area,trust,health,money_1"]
    for i in range(n):
        low = draw.random() < 0.4
        trust = draw.choice(
            ["high", "middle", "low"], p=[0.2, 0.2, 0.6] if low else [0.6, 0.3, 0.1]
        )
        health = draw.choice(["good", "bad"], p=[0.3, 0.7] if low else [0.9, 0.1])
        money = draw.choice(
            ["enough", "too little", ""], p=[0.3, 0.6, 0.1] if low else [0.8, 0.1, 0.1]
        )
        lines.append(f"p{i},{draw.integers(16, 80)},{'ns'[i % 2]},{trust},{health},{money}")
    return "\n".join(lines) + "\n"


DATA = rows()


def make_study(folder: Path, toml: str = STUDY, data: str | bytes = DATA) -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "study.toml").write_text(toml, encoding="utf-8")
    content = data.encode() if isinstance(data, str) else data
    (folder / "data" / "small.csv").write_bytes(content)
    return folder


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return make_study(tmp_path / "study")
