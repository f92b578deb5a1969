"""The weighted bootstrap likelihood-ratio test keeps its size (METHODS 4: 3 to 7 % of 500)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.simulation.blrt_size import COLUMNS, p_value, row


@pytest.mark.slow
@pytest.mark.parametrize("weighted", [True, False], ids=["weighted", "unweighted"])
def test_it_rejects_one_in_twenty(weighted: bool, measured: Callable[..., None]) -> None:
    found = row([p_value(seed, weighted=weighted) for seed in range(1, 501)], weighted)
    said = dict(zip(COLUMNS, found, strict=True))
    measured("simulations", test="BLRT, 2 against 3 classes", **said)
    assert 0.03 <= float(said["rejection"]) <= 0.07


def test_its_p_is_never_zero() -> None:
    assert 1 / 40 <= p_value(3) <= 1
