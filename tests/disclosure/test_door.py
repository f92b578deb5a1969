"""Nothing leaves without the door's word, and the door remembers."""

from __future__ import annotations

import pytest

from vendepunkt.disclosure import Clearance, Door, Rules
from vendepunkt.terms import RefusedError


def test_a_clearance_cannot_be_made_by_hand() -> None:
    with pytest.raises(RefusedError, match="not cleared"):
        Clearance("shares", 5, 0)


def test_a_class_below_the_threshold_is_hidden_whole() -> None:
    found = Door().classes("shares", [700.4, 240.2, 4.4], [705, 236, 4])
    assert found.hidden_profiles.tolist() == [False, False, True]
    assert found.hidden_shares[2]
    assert found.hidden_shares.sum() == 2
    assert found.clearance.hidden == 2


@pytest.mark.parametrize(("expected", "modal"), [(4.9, 9), (9.2, 3)])
def test_the_smaller_of_the_two_sizes_counts(expected: float, modal: int) -> None:
    found = Door().classes("shares", [100, 80, expected], [100, 80, modal])
    assert found.hidden_profiles.tolist() == [False, False, True]


def test_classes_of_some_size_are_shown() -> None:
    found = Door().classes("shares", [700, 240, 60], [705, 236, 59])
    assert not found.hidden_profiles.any()
    assert not found.hidden_shares.any()
    assert found.clearance.hidden == 0


def test_the_door_remembers_what_left() -> None:
    door = Door(Rules(4))
    door.counts("a", [[40, 50], [3, 60]])
    door.counts("b", [20, 30])
    door.without_people("c")
    assert [release.name for release in door.released] == ["a", "b"]
    first = door.released[0]
    assert first.hidden.sum() == 4
    assert (first.system.equations @ first.system.counts == 0).all()


def test_a_figure_inherits_what_its_table_hides() -> None:
    door = Door()
    _, clearance = door.counts("shares", [3, 40, 50])
    assert door.drawn_from("picture", clearance).hidden == clearance.hidden == 2
