"""What a fit says of its own search, and what it is held to on odd data."""

from __future__ import annotations

import numpy as np
import pytest
from tests.numerics.conftest import random_data, random_item
from tests.reference.lca_data import collapsed

from vendepunkt.numerics import Item, LatentData, fit_classes, standard_errors
from vendepunkt.terms import DataError, UsageError


def test_a_single_start_is_never_called_replicated() -> None:
    data = collapsed("gss_wave1", "fiml", "")
    fit = fit_classes(data, 3, starts=1, max_rounds=1, seed=1)
    assert not fit.replicated
    assert fit.missed_basin_95 == 1.0


def test_one_class_has_one_maximum() -> None:
    fit = fit_classes(random_data(("nominal",) * 3), 1)
    assert fit.replicated
    assert (fit.missed_basin_95, fit.starts_finished) == (0.0, 1)


def test_the_same_seed_gives_the_same_fit() -> None:
    data = random_data(("nominal",) * 5)
    one, two = fit_classes(data, 3, seed=7), fit_classes(data, 3, seed=7)
    assert one.loglik == two.loglik
    np.testing.assert_array_equal(one.shares, two.shares)


def test_progress_is_told_between_nothing_and_all() -> None:
    told: list[tuple[str, float]] = []
    fit_classes(
        random_data(("nominal",) * 4), 2, progress=lambda what, share: told.append((what, share))
    )
    assert told[0][0] == "2 classes, round 1"
    assert all(0 <= share <= 1 for _, share in told)


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_the_unit_of_a_measurement_changes_nothing_but_the_constant(unit: float) -> None:
    rng = np.random.default_rng(4)
    member = rng.integers(0, 2, 400)
    items = [random_item("continuous", member, rng, 0.0) for _ in range(3)]
    scaled = [Item(item.kind, item.codes, item.values * unit) for item in items]
    plain = fit_classes(LatentData.collapse(items), 2)
    other = fit_classes(LatentData.collapse(scaled), 2)
    assert other.converged
    assert other.loglik + 3 * 400 * np.log(unit) == pytest.approx(plain.loglik, abs=1e-4)


def test_rows_of_weight_nought_are_nobody() -> None:
    rng = np.random.default_rng(4)
    items = [random_item("nominal", rng.integers(0, 2, 200), rng, 0.1) for _ in range(4)]
    weights = np.where(np.arange(200) < 150, 1.3, 0.0)
    kept = [Item(item.kind, item.codes[:150], item.values) for item in items]
    with_them, without = (
        LatentData.collapse(items, weights),
        LatentData.collapse(kept, weights[:150]),
    )
    assert (with_them.n, with_them.weighted_n) == (without.n, without.weighted_n)
    assert fit_classes(with_them, 2).loglik == pytest.approx(fit_classes(without, 2).loglik)
    assert (with_them.row_to_pattern[150:] == -1).all()


def test_an_empty_cell_of_a_pair_is_held_and_the_rest_identified() -> None:
    rng = np.random.default_rng(2)
    member = rng.integers(0, 2, 900)
    first = (rng.random(900) < np.where(member, 0.8, 0.2)).astype(int)
    second = np.where(first == 1, 0, (rng.random(900) < np.where(member, 0.7, 0.2)).astype(int))
    pair = Item("pair", (2 * first + second).astype(np.int32), np.arange(4.0), (2, 2))
    others = [random_item("binary", member, rng, 0.0) for _ in range(4)]
    data = LatentData.collapse([pair, *others])
    fit = fit_classes(data, 2)
    assert fit.boundary[0].any()
    assert standard_errors(data, fit, "hessian").identified


@pytest.mark.parametrize(
    ("option", "value"), [("classes", 0), ("classes", 33), ("starts", 0), ("max_rounds", 0)]
)
def test_options_out_of_range_name_the_value(option: str, value: int) -> None:
    data = random_data(("nominal",) * 3)
    with pytest.raises(UsageError, match=f"{option} is {value}"):
        fit_classes(data, **{"classes": 2, option: value})  # type: ignore[arg-type]


def test_nobody_answering_anything_is_an_error() -> None:
    item = Item("binary", np.full(5, -1, dtype=np.int32), np.arange(2.0))
    with pytest.raises(DataError, match="No row has an answer"):
        LatentData.collapse([item])


def test_a_negative_weight_is_named_by_row() -> None:
    item = Item("binary", np.array([0, 1, 1], dtype=np.int32), np.arange(2.0))
    with pytest.raises(DataError, match=r"1 rows \(rows 2\)"):
        LatentData.collapse([item], weights=np.array([1.0, -1.0, 1.0]))


def test_a_sum_over_many_items_is_collapsed_like_a_few() -> None:
    """More combinations than a 64-bit number holds: rows are renumbered on the way."""
    rng = np.random.default_rng(1)
    codes = rng.integers(-1, 9, (60, 40)).astype(np.int32)
    codes = np.concatenate([codes, codes[:20]])
    items = [Item("nominal", column.copy(), np.arange(9.0)) for column in codes.T]
    data = LatentData.collapse(items)
    assert data.n_patterns == 60
    back = data.codes[data.row_to_pattern][:, 1:]
    np.testing.assert_array_equal(np.where(back == 9, -1, back), codes)


def test_very_many_patterns_are_searched_on_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """The maximum found on a part and finished on all is the one found on all."""
    data = random_data(("nominal",) * 8, n=4000, classes=3, seed=6)
    whole = fit_classes(data, 3)
    monkeypatch.setattr("vendepunkt.numerics.search.LARGE", 1000)
    monkeypatch.setattr("vendepunkt.numerics.search.PART", 800)
    parted = fit_classes(data, 3)
    assert (parted.searched, whole.searched) == (800, data.n_patterns)
    assert parted.loglik == pytest.approx(whole.loglik, abs=1e-4)
    assert parted.converged


def test_newton_helps_starts_that_creep(monkeypatch: pytest.MonkeyPatch) -> None:
    data = collapsed("values", "fiml", "")
    patient = fit_classes(data, 3)
    monkeypatch.setattr("vendepunkt.numerics.search.PATIENCE", 20)
    helped = fit_classes(data, 3)
    assert helped.loglik == pytest.approx(patient.loglik, abs=1e-4)
    assert helped.starts_at_best >= 3
