"""What is hidden stays unknown: small tables by hand, many tables against an independent reader.

The reader in these tests shares no code with the program: he writes the sums down cell by cell
and asks linear programming (or, on the smallest tables, counts every table that fits).
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from vendepunkt.disclosure import Protection, Rules, audit, of_table, protect
from vendepunkt.terms import UsageError

THRESHOLD = 5


def shown(counts: np.ndarray, protection: Protection) -> dict[tuple[int, int], int | None]:
    """Lay out what a reader sees: each cell with the sums as the last row and column."""
    rows, columns = counts.shape
    table: dict[tuple[int, int], int | None] = {}
    for i, j in product(range(rows), range(columns)):
        table[i, j] = None if protection.hidden[i, j] else int(counts[i, j])
    for i in range(rows):
        table[i, columns] = None if protection.hidden_rows[i] else int(counts[i].sum())
    for j in range(columns):
        table[rows, j] = None if protection.hidden_columns[j] else int(counts[:, j].sum())
    table[rows, columns] = None if protection.hidden_total else int(counts.sum())
    return table


def reader(table: dict[tuple[int, int], int | None]) -> dict[tuple[int, int], tuple[float, float]]:
    """Work out the interval of each hidden cell by linear programming over the whole table."""
    rows, columns = max(table)
    place = {cell: number for number, cell in enumerate(table)}
    left: list[list[float]] = []
    right: list[float] = []

    def say(cells: dict[tuple[int, int], float], value: float) -> None:
        line = [0.0] * len(table)
        for cell, factor in cells.items():
            line[place[cell]] = factor
        left.append(line)
        right.append(value)

    for i in range(rows + 1):
        say({(i, j): 1.0 for j in range(columns)} | {(i, columns): -1.0}, 0)
    for j in range(columns + 1):
        say({(i, j): 1.0 for i in range(rows)} | {(rows, j): -1.0}, 0)
    for cell, value in table.items():
        if value is not None:
            say({cell: 1.0}, value)
    found = {}
    for cell, value in table.items():
        if value is None:
            goal = np.zeros(len(table))
            goal[place[cell]] = 1
            low = linprog(goal, A_eq=left, b_eq=right, method="highs")
            high = linprog(-goal, A_eq=left, b_eq=right, method="highs")
            top = np.inf if high.status == 3 else -high.fun
            found[cell] = (np.ceil(low.fun - 1e-6), np.floor(top + 1e-6))
    return found


@pytest.mark.parametrize("seed", range(20))
def test_a_reader_learns_too_little_about_every_hidden_cell(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = rng.integers(2, 6, size=2)
    counts = rng.negative_binomial(0.8, 0.8 / (0.8 + rng.integers(4, 30)), size=shape)
    protection = protect(counts, Rules(THRESHOLD))
    table = shown(counts, protection)
    for cell, value in table.items():
        assert value is None or value >= THRESHOLD, cell
    for cell, (low, high) in reader(table).items():
        assert high - low >= THRESHOLD, (cell, low, high)
        assert high >= THRESHOLD, (cell, low, high)


@pytest.mark.parametrize("seed", range(15))
def test_the_program_and_the_reader_find_the_same_intervals(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    counts = rng.poisson(9, size=(3, 4))
    protection = protect(counts, Rules(THRESHOLD))
    checked = protection.audit
    theirs = reader(shown(counts, protection))
    cells = [divmod(int(cell), 5) for cell in checked.cells]
    assert set(cells) == set(theirs)
    for cell, low, high in zip(cells, checked.low, checked.high, strict=True):
        assert theirs[cell] == (low, high)


@pytest.mark.parametrize("seed", range(10))
def test_counting_every_table_that_fits_agrees(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 9, size=(2, 3))
    system = of_table(counts)
    hidden = np.zeros(12, bool)
    hidden[[0, 1, 4, 5]] = True
    found = audit(system, hidden, Rules())
    free = [(0, 0), (0, 1), (1, 0), (1, 1)]
    fits = []
    for values in product(range(18), repeat=4):
        table = counts.copy()
        for cell, value in zip(free, values, strict=True):
            table[cell] = value
        same_rows = (table.sum(1) == counts.sum(1)).all()
        if same_rows and (table.sum(0) == counts.sum(0)).all():
            fits.append(values)
    assert list(found.low) == list(np.min(fits, axis=0))
    assert list(found.high) == list(np.max(fits, axis=0))


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_hidden_in_vain(seed: int) -> None:
    rng = np.random.default_rng(200 + seed)
    counts = rng.poisson(10, size=(4, 3))
    rules = Rules(THRESHOLD)
    protection = protect(counts, rules)
    system = of_table(counts)
    hidden = np.zeros(system.counts.size, bool)
    hidden[protection.audit.cells] = True
    for cell in np.flatnonzero(hidden & (system.counts >= THRESHOLD)):
        less = hidden.copy()
        less[cell] = False
        assert not audit(system, less, rules).safe


def test_one_hidden_share_of_a_hundred_per_cent_would_come_back() -> None:
    protection = protect([3, 100, 200], Rules())
    assert protection.primary == 1
    assert protection.hidden.sum() == 2
    assert not protection.hidden_rows.any()


def test_two_small_cells_that_sum_to_less_than_the_threshold_are_not_enough() -> None:
    assert protect([1, 2, 60, 80], Rules()).hidden.sum() == 3


def test_a_zero_and_a_row_with_one_filled_category_are_protected() -> None:
    protection = protect([[0, 0, 50], [20, 30, 40], [25, 35, 45]], Rules())
    assert protection.hidden[0].all()


def test_a_zero_by_definition_may_be_shown() -> None:
    structural = [[True, False], [False, False]]
    protection = protect([[0, 50], [20, 30]], Rules(), structural=structural)
    assert not protection.hidden.any()


def test_percentages_of_rows_with_their_n_are_rows_with_their_sums() -> None:
    counts = [[3, 40, 50], [30, 41, 52]]
    assert protect(counts, Rules(), totals="none").hidden.sum() == 1
    assert protect(counts, Rules(), totals="rows").hidden.sum() == 2
    assert protect(counts, Rules(), totals="both").hidden.sum() == 4


def test_a_sum_that_is_too_small_is_hidden_itself() -> None:
    protection = protect([[1, 1], [20, 30], [25, 35]], Rules())
    assert protection.hidden_rows[0]
    assert protection.audit.safe


def test_without_time_the_pattern_is_safe_and_says_that_it_may_not_be_the_best() -> None:
    rng = np.random.default_rng(3)
    counts = rng.poisson(6, size=(8, 5))
    protection = protect(counts, Rules(time_limit=0.0))
    assert protection.gap is None
    table = shown(counts, protection)
    assert all(high - low >= THRESHOLD for low, high in reader(table).values())
    assert min(value for value in table.values() if value is not None) >= THRESHOLD


def test_a_table_of_large_counts_is_shown_whole() -> None:
    protection = protect([[50, 60], [70, 80]], Rules())
    assert protection.count == 0
    assert protection.gap == 0


@pytest.mark.parametrize("threshold", [2, 0, -1])
def test_no_threshold_under_three(threshold: int) -> None:
    with pytest.raises(UsageError, match="3 or more"):
        Rules(threshold)


def test_a_higher_threshold_hides_more() -> None:
    counts = [[6, 40, 50], [30, 41, 52]]
    assert protect(counts, Rules(5)).count == 0
    assert protect(counts, Rules(10)).count > 0
