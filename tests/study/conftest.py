"""A study that is right, for tests that make it wrong."""

from __future__ import annotations

import pytest

GOOD = """\
# The indicators of a panel.
[study]
title = { da = "Udsatte grupper", en = "Groups" }
language = "da"
seed = 20171
frame = "households"

[data.panel]
file = "data/panel.csv"
person = "id"
wave = "year"
delete_by = 2029-12-31

[waves.2006]
name = "2006"
fieldwork = { da = "marts-august 2006", en = "March-August 2006" }

[design]
strata = "stratum"
cluster = ["psu", "house"]
nest = true
single_psu = "adjust"
weights = { wave = { 2006 = "w06" }, panel = "wp" }

[dimensions.trust]
label = { da = "Tillid", en = "Trust" }

[items.trust]
column = "trust1"
dimension = "trust"
order = [
  "can trust",  # best
  "depends",
  "cannot trust",
]
merge = { depends = ["it depends", "other"] }
labels = { depends = { da = "Kommer an på", en = "Depends" } }
scores = { "can trust" = 0, depends = 0.5, "cannot trust" = 1 }

[items.fair]
dimension = "trust"
missing = [-9, -8]
reverse = true

[items.money]
type = "binary"

[labels]
"cannot trust" = { da = "Kan ikke stole på", en = "Cannot trust" }

[measure]
items = ["trust", "fair", "money"]
classes = 3
compare = "1-5"
wave = 2006
where = "age >= 18"
blrt = 100

[groups]
majority = [1]
excluded = [2, 3]
names = { excluded = { da = "Eksklusionsgruppen", en = "The excluded" } }

[report]
formats = ["html"]
threshold = 10
"""


@pytest.fixture
def good() -> str:
    return GOOD
