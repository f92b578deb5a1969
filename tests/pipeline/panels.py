"""A study of a small panel: three waves, people who die or refuse, a weight, a certificate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tests.pipeline.conftest import make_study

STUDY = """\
[study]
title = { da = "Et panel", en = "A panel" }
language = "en"
seed = 7
frame = "households"

[data.small]
file = "data/small.csv"
person = "id"
wave = "year"

[waves.2017]
fieldwork = { da = "marts 2017", en = "March 2017" }

[waves.2019]

[waves.2022]
name = { da = "Sidst", en = "Last" }

[design]
cluster = "area"
weights = { panel = "w" }

[dimensions.trust]
label = { da = "Tillid", en = "Trust in others" }

[items.trust]
order = ["high", "low"]
label = { da = "Tillid", en = "Trust" }

[items.health]
order = ["good", "bad"]

[items.money]
order = ["enough", "too little"]

[items.work]
order = ["yes", "no"]

[items.certificate]
order = ["without", "with"]
label = { da = "Bevis", en = "Certificate" }
labels = { with = { da = "med", en = "with it" } }

[items.other]
column = "area"

[labels]
low = { da = "lav", en = "low trust" }

[measure]
items = ["trust", "health", "money", "work"]
wave = 2017
weight = "none"
classes = 2
compare = "2"
starts = 5

[move]
compare = "2"
starts = 5
draws = 20
compare_steps = false
waves = [2017, 2019, 2022]
circumstances = { older = { when = "age >= 40", label = { da = "over 40", en = "over 40" } } }
initial = "age"
transition = "certificate"

[move.dropout]
column = "status"
absorbing = ["died"]

[move.dropout.kinds]
answered = "asked"
refused = "non-response"
dead = { exit = { da = "døde", en = "died" } }

[report]
formats = ["html"]
sections = ["front", "method"]
"""


def rows(n: int = 150) -> str:
    draw = np.random.default_rng(11)
    lines = ["id,year,age,area,w,status,trust,health,money,work,certificate"]
    answers = (("high", "low"), ("good", "bad"), ("enough", "too little"), ("yes", "no"))
    for i in range(n):
        state = int(draw.random() < 0.4)
        given = i % 2
        gone = ""
        for year in (2017, 2019, 2022):
            if year > 2017:
                state = 1 - state if draw.random() < (0.1 if given else 0.25) else state
                if not gone and draw.random() < 0.08:
                    gone = "dead" if draw.random() < 0.5 else "refused"
            picked = [
                pair[int(draw.random() < (0.88 if state else 0.12))] if not gone else ""
                for pair in answers
            ]
            side = ("without", "with")[given]
            cells = [f"p{i}", year, 20 + i % 50 + year - 2017, f"a{i % 12}", 1 + given]
            lines.append(",".join(map(str, [*cells, gone or "answered", *picked, side])))
    return "\n".join(lines) + "\n"


DATA = rows()


def make_panel(folder: Path, toml: str = STUDY, data: str = DATA) -> Path:
    return make_study(folder, toml, data)
