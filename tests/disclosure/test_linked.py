"""Several tables of the same people as one system: what one shows must not give another away."""

from __future__ import annotations

import numpy as np
import pytest

from vendepunkt.disclosure import Door, LinkedCounts, Rules, audit, protect


def linked_waves(cells: np.ndarray, *, sums: bool = True) -> tuple[LinkedCounts, np.ndarray, list]:
    """A table of movement with its sums, and the sums above, below and on the diagonal."""
    linked = LinkedCounts()
    places = linked.cells(cells)
    first = [linked.total(row) for row in places]
    last = [linked.total(column) for column in places.T]
    everybody = linked.total(first, cost=10.0)
    linked.equal(last, everybody)
    size = len(cells)
    above = [linked.total(places[np.triu_indices(size, 1)])] if sums else []
    stayed = [linked.total(places.diagonal())] if sums else []
    return linked, places, [*first, *last, everybody, *above, *stayed]


def test_without_further_sums_it_is_the_protection_of_one_table() -> None:
    cells = np.array([[3, 40], [20, 31]])
    linked, places, _ = linked_waves(cells, sums=False)
    hidden, _ = Door().linked("table", linked)
    assert (hidden[places] == protect(cells, Rules()).hidden).all()


def test_a_shown_direction_is_counted_in() -> None:
    """A pattern that holds for the table alone gives a cell away beside the number of stayers."""
    cells = np.array([[330, 44, 23], [1, 266, 23], [22, 64, 504]])
    alone = protect(cells, Rules()).hidden
    linked, places, _ = linked_waves(cells)
    system = linked.system()
    pattern = np.zeros(system.counts.size, dtype=bool)
    pattern[places] = alone
    assert not audit(system, pattern, Rules()).safe
    hidden, _ = Door().linked("movement", linked)
    assert audit(system, hidden, Rules()).safe
    assert hidden[places[1, 0]]


def test_the_same_counts_a_second_time_keep_their_pattern() -> None:
    cells = np.array([[50, 2, 30], [20, 31, 9], [8, 7, 60]])
    door = Door()
    first, clearance = door.linked("movement", linked_waves(cells)[0])
    again, second = door.linked("movement", linked_waves(cells)[0])
    assert (first == again).all()
    assert clearance == second
    assert len(door.released) == 1


def test_cells_too_small_by_another_count_are_hidden() -> None:
    linked = LinkedCounts()
    places = linked.cells([12, 40, 70], small=[True, False, False])
    linked.total(places)
    hidden, clearance = Door().linked("groups", linked)
    assert hidden[places].sum() == 2
    assert clearance.hidden == 2


def test_what_is_zero_by_definition_is_not_hidden() -> None:
    linked = LinkedCounts()
    places = linked.cells([0, 40, 70], structural=[True, False, False])
    linked.total(places)
    assert not Door().linked("groups", linked)[0].any()


def test_parts_that_do_not_sum_are_refused() -> None:
    linked = LinkedCounts()
    places = linked.cells([5, 6])
    whole = linked.total(places)
    with pytest.raises(ValueError, match="do not sum"):
        linked.equal(places[:1], whole)
