"""Progress on standard error: few lines, and a fraction that only rises."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tests.measure.cases import spectrum_people

from vendepunkt.cli.progress import Lines
from vendepunkt.measure import MeasureOptions, measure


def test_lines_are_few_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    lines = Lines(lambda: now)
    for step in range(100):
        now = step / 10
        lines("measure", "3 classes, round 1", step / 100)
    now = 30.0
    lines("report", "", 0.0)
    lines("report", "", 1.0)
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "measure …"
    assert said[1] == "measure: 3 classes, round 1, 20% done"
    assert len(said) == 6
    assert said[-1] == "report …"


def test_the_fraction_done_rises_from_part_to_part() -> None:
    seen: list[float] = []
    people = spectrum_people(300)
    sex = people[5]
    measure(
        people[:5],
        MeasureOptions(
            classes=(1, 2), chosen=2, starts=5, blrt=3, blrt_starts=2, continuum=True,
            local_dependence=True, order="severity",
        ),
        equal_across=sex,
        progress=lambda _, done: seen.append(done),
    )  # fmt: skip
    assert seen == sorted(seen)
    assert seen[0] >= 0
    assert 0.7 < seen[-1] <= 1
    # Small steps: nothing takes most of the time unseen.
    assert max(later - former for former, later in pairwise(seen)) < 0.2
