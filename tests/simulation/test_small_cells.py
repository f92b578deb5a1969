"""The bar of METHODS 3 for small cells: coverage of at least 93 %, one-sided excess allowed.

With 2,000 replicates the Monte-Carlo error of a coverage of 95 % is 0.5 %.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.simulation.small_cells import SETTINGS, Setting, summary


@pytest.mark.slow
@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_intervals_of_rare_moves_cover(setting: Setting, measured: Callable[..., None]) -> None:
    row = summary(setting, 2000)
    measured("simulations", **row)
    assert float(str(row["covered"])) >= 0.93, row


@pytest.mark.parametrize("setting", [SETTINGS[0], SETTINGS[-1]], ids=str)
def test_a_few_replicates_choose_the_exact_interval(setting: Setting) -> None:
    row = summary(setting, 10)
    assert float(str(row["korn_graubard"])) == 1.0
